"""The waist of the house: a program as sparse arrays, and what changed since.

Everything before it sees no solver, everything after it sees no model object.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

__all__ = ["Edits", "MatrixForm"]


@dataclass(frozen=True)
class MatrixForm:
    """A linear or mixed-integer program as arrays.

        minimise or maximise   offset + sum_j cost[j] * x[j]
        subject to             row_lower[i] <= sum_k values[k] * x[indices[k]] <= row_upper[i],
                               for k = starts[i], ..., starts[i+1] - 1
                               column_lower[j] <= x[j] <= column_upper[j],
                               x[j] integer where integer[j] is 1

    Indices count from 0; a missing bound is `math.inf` or its negative.  No row has a variable twice,
    no value is 0, no number is NaN, and the bounds of integer columns are integers.  Lower above upper
    means that the program is infeasible.  The arrays are to be read only: until a program gets more rows, it shares
    `indices` and `values` with its forms.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var(lb=0), lp.IntVar(lb=0, ub=9)
    >>> lp.objective = x + 2*y + 1
    >>> _ = lp.add_constraint(3*x + 4*y >= 5)
    >>> form = lp.compile()
    >>> form.starts.tolist(), form.indices.tolist(), form.values.tolist()
    ([0, 2], [0, 1], [3.0, 4.0])
    >>> form.row_lower.tolist(), form.cost.tolist(), form.offset, list(form.integer)
    ([5.0], [1.0, 2.0], 1.0, [0, 1])
    """

    maximize: bool
    offset: float
    cost: array[float]
    column_lower: array[float]
    column_upper: array[float]
    integer: bytes
    row_lower: array[float]
    row_upper: array[float]
    starts: array[int]
    indices: array[int]
    values: array[float]
    column_names: dict[int, str] = field(default_factory=dict)
    row_names: dict[int, str] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """The number of variables."""
        return len(self.column_lower)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.row_lower)

    @property
    def nonzeros(self) -> int:
        """The number of coefficients."""
        return len(self.indices)

    def row(self, i: int) -> tuple[array[int], array[float]]:
        """(indices, values) of row i."""
        return self.indices[self.starts[i] : self.starts[i + 1]], self.values[self.starts[i] : self.starts[i + 1]]


_NOTHING: Mapping[int, Any] = MappingProxyType({})


class Edits:
    """What changed since a `MatrixForm` was loaded, to be applied in the order of the fields.

    Removed places count as they were; all other places as they are after the removals.  New columns and rows
    stand at the end, and are described like edited ones.
    """

    removed_rows: Sequence[int] = ()
    removed_columns: Sequence[int] = ()
    new_columns: int = 0
    new_rows: int = 0
    column_bounds: Mapping[int, tuple[float, float]] = _NOTHING
    integer: Mapping[int, bool] = _NOTHING
    row_bounds: Mapping[int, tuple[float, float]] = _NOTHING
    row_terms: Mapping[int, tuple[list[int], list[float]]] = _NOTHING
    costs: Mapping[int, float] = _NOTHING
    offset: float = 0.0
    maximize: bool = False

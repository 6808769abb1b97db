"""The interface between models and solvers: a program as sparse arrays, and what changed since.

Code before it sees no solver, code after it sees no model object.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from typing import Any, NamedTuple, NoReturn, Optional, TypeVar

from pplp.core.scalars import made_name
from pplp.ground.decimals import rational

__all__ = ["Edits", "MatrixForm", "edited", "renumber"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class MatrixForm:
    """A linear or mixed-integer program as arrays.

        minimize or maximize   offset + sum_j cost[j] * x[j]
        subject to             row_lower[i] <= sum_k values[k] * x[indices[k]] <= row_upper[i],
                               for k = starts[i], ..., starts[i+1] - 1
                               column_lower[j] <= x[j] <= column_upper[j],
                               x[j] integer where integer[j] is 1

    Indices count from 0; a missing bound is `math.inf` or its negative.  No row has a variable twice,
    no value is 0, no number is NaN, and the bounds of integer columns are integers.  A lower bound above its upper
    bound means that the program is infeasible.  The arrays are read-only: until a program gets more rows, it shares
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
    #: For columns with bounds that are rows of one variable, factor * x: the column's own bounds, and each row's
    #: (lower, upper, factor).  `column_lower` and `column_upper` have the quotients, which are rounded.
    divided: dict[int, tuple[tuple[float, float, float], ...]] = field(default_factory=dict, compare=False)

    def quotients(self) -> dict[int, tuple[Optional[Fraction], Optional[Fraction]]]:
        """The bounds of the columns in `divided`, as exact quotients of the written decimals; None for no bound.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x = lp.Var("x", lb=0)
        >>> _ = lp.add_constraint(3*x <= 1)
        >>> lp.compile().quotients()
        {0: (Fraction(0, 1), Fraction(1, 3))}
        """
        return {j: _interval(rows) for j, rows in self.divided.items()}

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

    def column_label(self, j: int) -> str:
        """The name of column j, or x and its number."""
        return self.column_names.get(j) or made_name("x", j, self.column_names.values())

    def row_label(self, i: int) -> str:
        """The name of row i, or R and its number."""
        return self.row_names.get(i) or made_name("R", i, self.row_names.values())


def _interval(rows: Iterable[tuple[float, float, float]]) -> tuple[Optional[Fraction], Optional[Fraction]]:
    """What is left of the line by lower <= factor * x <= upper for all the rows."""
    lower: Optional[Fraction] = None
    upper: Optional[Fraction] = None
    for low, high, factor in rows:
        a = rational(factor)
        ends = [rational(end) / a if abs(end) < inf else None for end in (low, high)]
        first, last = ends if factor > 0 else reversed(ends)
        if first is not None and (lower is None or first > lower):
            lower = first
        if last is not None and (upper is None or last < upper):
            upper = last
    return lower, upper


class _Nothing(Mapping[int, Any]):
    """No change: a constant, because most edits have few kinds of changes; a pickle refers to it by name."""

    def __getitem__(self, key: int) -> NoReturn:
        raise KeyError(key)

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __reduce__(self) -> str:
        return "_NOTHING"


_NOTHING: Mapping[int, Any] = _Nothing()


class Edits(NamedTuple):
    """The changes since a `MatrixForm` was loaded, to be applied in the order of the fields.

    Removed indices count as they were before; all others as they are after the removals.  New columns and rows
    are at the end, and are described like edited ones.
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


def edited(form: MatrixForm, edits: Edits) -> MatrixForm:
    """The form after the edits.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var(lb=0), lp.Var(lb=0)
    >>> _ = lp.add_constraint(x + y <= 4)
    >>> edits = Edits(row_bounds={0: (1.0, 3.0)}, costs={1: 2.5})
    >>> form = edited(lp.compile(), edits)
    >>> form.row_lower[0], form.row_upper[0], form.cost.tolist(), form.values.tolist()
    (1.0, 3.0, [0.0, 2.5], [1.0, 1.0])
    """
    gone_columns, gone_rows = set(edits.removed_columns), set(edits.removed_rows)
    cost = _placed(form.cost, gone_columns, edits.new_columns, edits.costs)
    bounds = edits.column_bounds
    lower = _placed(form.column_lower, gone_columns, edits.new_columns, {j: low for j, (low, _) in bounds.items()})
    upper = _placed(form.column_upper, gone_columns, edits.new_columns, {j: high for j, (_, high) in bounds.items()})
    sides = edits.row_bounds
    row_lower = _placed(form.row_lower, gone_rows, edits.new_rows, {i: low for i, (low, _) in sides.items()})
    row_upper = _placed(form.row_upper, gone_rows, edits.new_rows, {i: high for i, (_, high) in sides.items()})
    integer = bytearray(flag for j, flag in enumerate(form.integer) if j not in gone_columns)
    integer.extend(bytes(edits.new_columns))
    for j, flag in edits.integer.items():
        integer[j] = flag
    starts, indices, values = form.starts, form.indices, form.values
    if gone_columns or gone_rows or edits.new_rows or edits.row_terms:
        starts, indices, values = _matrix(form, edits, gone_columns, gone_rows, len(row_lower))
    return MatrixForm(
        edits.maximize,
        edits.offset,
        cost,
        lower,
        upper,
        bytes(integer),
        row_lower,
        row_upper,
        starts,
        indices,
        values,
        _renamed(form.column_names, form.columns, gone_columns),
        _renamed(form.row_names, form.rows, gone_rows),
        {j: rows for j, rows in _renamed(form.divided, form.columns, gone_columns).items() if j not in bounds},
    )


def renumber(places: set[int], removed: Sequence[int]) -> None:
    """Renumber these indices for the removal of others, which are in ascending order."""
    gone = set(removed)
    left = [place - bisect_left(removed, place) for place in places if place not in gone]
    places.clear()
    places.update(left)


def _placed(numbers: array[float], gone: set[int], new: int, changed: Mapping[int, float]) -> array[float]:
    """The numbers without those that are gone, with new ones appended, and with the changed ones."""
    left = array("d", [a for k, a in enumerate(numbers) if k not in gone]) if gone else numbers[:]
    left.extend([0.0] * new)
    for k, a in changed.items():
        left[k] = a
    return left


def _renamed(names: dict[int, _T], count: int, gone: set[int]) -> dict[int, _T]:
    if not gone:
        return names
    places = {k: place for place, k in enumerate(k for k in range(count) if k not in gone)}
    return {places[k]: name for k, name in names.items() if k in places}


def _matrix(
    form: MatrixForm, edits: Edits, gone_columns: set[int], gone_rows: set[int], rows: int
) -> tuple[array[int], array[int], array[float]]:
    """(starts, indices, values) after the edits."""
    place = {j: k for k, j in enumerate(j for j in range(form.columns) if j not in gone_columns)}
    left = [i for i in range(form.rows) if i not in gone_rows]
    starts, indices, values = array("q", [0]), array("i"), array("d")
    for i in range(rows):
        if i in edits.row_terms:
            terms, factors = edits.row_terms[i]
            indices.extend(terms)
            values.extend(factors)
        elif i < len(left):
            for j, a in zip(*form.row(left[i])):
                if j in place:
                    indices.append(place[j])
                    values.append(a)
        starts.append(len(indices))
    return starts, indices, values

"""What the handles and stores of a program ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Optional

from pplp.errors import RemovedObject

if TYPE_CHECKING:
    from pplp.core.columns import Columns
    from pplp.core.journal import Journal
    from pplp.core.origins import Origins
    from pplp.core.records import Reformulations
    from pplp.core.rows import BoundRows, ConstantRows, Rows, _Named
    from pplp.core.scalars import Number
    from pplp.core.turns import Turns
    from pplp.core.values import Answers

__all__ = ["Owner", "Version"]

#: It is another one after every edit.
Version = tuple[int, int, int, int]


class Owner:
    """A program as its variables, constraints and stores see it: data, and what they ask of it."""

    name: Optional[str]
    _turns: Turns
    _columns: Columns
    _rows: Rows
    _bound_rows: BoundRows
    _constant_rows: ConstantRows
    _row_names: dict[str, int]
    _crossed: dict[tuple[type[Any], int], None]  # whose lower bound was set above the upper one
    _reformulations: Reformulations
    _family: bytes  # shared by copies: it tells whose handles they understand
    _traces_all: bool
    _traces_constraints: bool
    _traced: Optional[Origins]  # those of the rows, for the hot path
    _edits: int
    _journal: Optional[Journal]
    _session: Answers

    def _version(self) -> Version:
        return self._edits, len(self._columns.lower), len(self._rows.starts), len(self._bound_rows.lower)

    def _title(self) -> str:
        return f"program {self.name!r}" if self.name else f"program 0x{id(self):x}"

    def _bounds_at(self, index: int) -> tuple[float, float]:
        lower, upper = self._columns.lower[index], self._columns.upper[index]
        lower, upper = self._bound_rows.tightened(index, lower, upper)
        return float(lower), float(upper)

    def _check_living(self, indices: Iterable[int]) -> None:
        removed = self._columns.removed
        if removed and not removed.isdisjoint(indices):
            index = min(removed.intersection(indices))
            raise RemovedObject(
                f"Variable {self._columns.label(index)} of {self._title()} was removed. "
                "Build the expression without it."
            )

    # ---- what `Model` and the program itself answer
    def _handle(self, index: int) -> Any:
        """The variable of this index."""
        raise NotImplementedError  # pragma: no cover

    def _row_handle(self, kind: type[Any], index: int) -> Any:
        """The constraint of this index."""
        raise NotImplementedError  # pragma: no cover

    def _living(self, thing: Any) -> int:
        """The index of a variable or constraint of this program that was not removed."""
        raise NotImplementedError  # pragma: no cover

    def _column(self, variable: Any) -> int:
        """The index of what must be a variable of this program that was not removed."""
        raise NotImplementedError  # pragma: no cover

    def _bounds_of(self, variable: Any) -> tuple[float, float]:
        """The bounds in force of a variable."""
        raise NotImplementedError  # pragma: no cover

    def _set_variable_bounds(self, variable: Any, lower: Optional[Number], upper: Optional[Number]) -> None:
        """Set one bound, or both."""
        raise NotImplementedError  # pragma: no cover

    def _fix(self, variable: Any, value: Number) -> None:
        """Hold it at a value."""
        raise NotImplementedError  # pragma: no cover

    def _unfix(self, variable: Any) -> None:
        """Give it its own bounds back."""
        raise NotImplementedError  # pragma: no cover

    def _set_kinds(self, indices: Sequence[int], integer: Sequence[bool]) -> None:
        """Make variables integer or continuous."""
        raise NotImplementedError  # pragma: no cover

    def _cost_of(self, variable: Any) -> float:
        """Its coefficient in the objective."""
        raise NotImplementedError  # pragma: no cover

    def _set_costs(self, indices: Sequence[int], costs: Sequence[float]) -> None:
        """Set the coefficients of variables in the objective."""
        raise NotImplementedError  # pragma: no cover

    def _set_cost(self, variable: Any, cost: Number) -> None:
        """Set its coefficient in the objective."""
        raise NotImplementedError  # pragma: no cover

    def _set_constraint_bounds(
        self, constraint: Any, lower: Optional[Number] = None, upper: Optional[Number] = None
    ) -> None:
        """Set one side of a constraint, or both."""
        raise NotImplementedError  # pragma: no cover

    def _put_constraint_bounds(self, constraint: Any, store: _Named, row: int, low: float, high: float) -> None:
        """Sides that were checked."""
        raise NotImplementedError  # pragma: no cover

    def _set_terms(self, constraint: Any, index: int, value: float) -> None:
        """Set the coefficient of the variable of this index in a constraint."""
        raise NotImplementedError  # pragma: no cover

    def value(self, expression: Any) -> Any:
        """The value of an expression at the current solution."""
        raise NotImplementedError  # pragma: no cover

    def _current(self, what: str) -> Any:
        """The current solution, to read `what` of it; raises `NotSolved` or `StaleSolution` where there is none."""
        raise NotImplementedError  # pragma: no cover

    def _settle(self) -> None:
        """Have answers that nobody has read yet know the names of what is forgotten now."""

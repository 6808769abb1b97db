"""The facts of the report: the program's arrays, its answer row by row, and the sensitivity ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Optional

from pplp.answers.sensitivity import Sensitivity
from pplp.answers.solution import Solution, numbers_of
from pplp.core.constraints import BoundConstraint, Constraint
from pplp.core.handle import index_of
from pplp.core.owner import bound_rows_of
from pplp.display.notation import sense_of
from pplp.errors import InvalidValue, PplpError
from pplp.form.compiler import column_places, compile_form
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import activities

if TYPE_CHECKING:
    from pplp.answers.ranges import Range
    from pplp.answers.solvable import Solvable

__all__ = ["Facts", "Row", "bound_at"]

#: The sensitivity ranges need the whole tableau, which has about this many entries.
_TABLEAU = 4_000_000
#: A value this near to a bound, relatively, is at it.
_NEAR = 1e-9


class Row(NamedTuple):
    """A constraint and its part of the solution."""

    constraint: Constraint
    lower: float
    upper: float
    value: float
    slack: float
    dual: float

    @property
    def binds(self) -> bool:
        """True if it is at a bound."""
        return self.slack == 0


class Facts:
    """A program's arrays, its answer, and the sensitivity ranges if there are any."""

    def __init__(self, program: Solvable, title: Optional[str]) -> None:
        if title is not None and not isinstance(title, str):
            raise InvalidValue(f"The title of a report must be text, not {title!r}.")
        self.program = program
        self.is_stale = program.solution is not None and program.status is Status.UNSOLVED
        self.solution: Optional[Solution] = None if self.is_stale else program.solution
        self.sense = sense_of(program)
        self.form: MatrixForm = compile_form(program, self.sense.is_maximize)
        self.kind = "Mixed-integer program" if any(self.form.integer) else "Linear program"
        self.title = title or program.name or self.kind
        self.values: Optional[Sequence[float]] = None
        self.costs: Optional[Sequence[float]] = None
        self.rows: list[Row] = []
        numbers = numbers_of(self.solution) if self.solution is not None else None
        if numbers is not None:
            self.values = [value + 0.0 for value in numbers.primal()]
            self.costs = numbers.reduced_costs()
            self.duals = numbers.duals()
            self.rows = [*self._rows()]
        self.ranges, self.no_ranges = self._sensitivity()

    def _rows(self) -> Iterator[Row]:
        """All constraints, as `LinearProgram.constraints` lists them."""
        assert self.values is not None and self.solution is not None
        program, form, duals = self.program, self.form, self.duals
        values, bounds, at = activities(form, self.values), bound_rows_of(program), column_places(program)
        for k, constraint in enumerate(program.constraints):
            index = index_of(constraint)
            if k < form.rows:
                lower, upper, value = form.row_lower[k], form.row_upper[k], values[k]
            elif isinstance(constraint, BoundConstraint):
                value = bounds.factor[index] * self.values[at[bounds.column[index]]]
                lower, upper = bounds.lower[index], bounds.upper[index]
            else:
                lower, upper, value = constraint.lb, constraint.ub, 0.0
            slack = min(value - lower, upper - value)
            if slack <= _NEAR * max(1.0, abs(value)):
                slack = 0.0
            dual = 0.0
            if duals is not None and k < form.rows:
                dual = duals[k] + 0.0
            elif duals is not None and slack == 0:
                dual = self.solution.dual(constraint) + 0.0
            yield Row(constraint, float(lower), float(upper), value, slack, dual)

    def _sensitivity(self) -> tuple[Optional[Sensitivity], str]:
        """The ranges, or the reason why there are none."""
        form = self.form
        if self.values is None or self.costs is None:
            return None, ""
        if form.rows * form.columns > _TABLEAU:
            return None, "The ranges of costs and right-hand sides are left out: the program is large."
        try:
            return Sensitivity.of(self.program), ""
        except PplpError as error:
            return None, f"The ranges of costs and right-hand sides are left out. {error}"

    def range_of(self, row: Row) -> Optional[Range]:
        """The range of the bound that a constraint is at, or of its only one."""
        assert self.ranges is not None
        if row.lower == -inf and row.upper == inf:
            return None
        its = self.ranges[row.constraint]
        if row.lower == row.upper or (row.lower == -inf) != (row.upper == inf):
            return its.rhs
        return its.ub if row.upper - row.value <= row.value - row.lower else its.lb


def bound_at(value: float, lower: float, upper: float) -> str:
    """The bound that a value is at; empty if it is between them."""
    near = _NEAR * max(1.0, abs(value))
    at_lower, at_upper = value - lower <= near, upper - value <= near
    return "fixed" if at_lower and at_upper else "lower" if at_lower else "upper" if at_upper else ""

"""How well a point satisfies a program: residuals in the user's units and names, and violations.

What is measured, and how, is defined in `pplp.answers.residuals`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import mul
from typing import TYPE_CHECKING, Any, Union

from pplp.answers.residuals import KINDS, Found, Kind, Measured, Quality, Residuals
from pplp.answers.solution import Solution, numbers_at
from pplp.answers.solvable import current_solution
from pplp.core.constraints import BoundConstraint, Constraint, constraint_at, same_program
from pplp.core.expressions import Variable, variable_at
from pplp.core.handle import index_of
from pplp.core.owner import bound_rows_of, columns_of, index_in, title_of
from pplp.core.scalars import is_number, real, shown
from pplp.core.sense import Sense
from pplp.errors import ExpressionError, ForeignObject, InvalidValue
from pplp.form.compiler import column_places, compile_form, row_places
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import is_small
from pplp.ground.quoting import quoted
from pplp.ground.words import screenful

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable
    from pplp.core.model import Model

__all__ = ["Quality", "Residual", "Verification"]

#: Duals are large from here on, by the costs: what their rounding costs at a distant bound is more than a tolerance.
_LARGE = 1e4


@dataclass(frozen=True)
class Residual:
    """The violation of one condition.

    `amount` is in the user's units.  `relative` is the amount divided by the size of the numbers that it comes from; it
    is compared with the tolerance.
    """

    #: One of `KINDS`.
    kind: Kind
    #: The constraint or variable; None for the objective, and if none is violated.
    of: Union[Constraint, Variable, None]
    amount: float
    relative: float
    #: The residual in words.
    said: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.said}"


class Verification:
    """Whether a point satisfies a program, and whether its duals prove it optimal; returned by `LinearProgram.verify`.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0), lp.IntVar("y", lb=0)
    >>> steel = lp.add_constraint(2*x + y <= 10, name="steel")
    >>> lp.objective = x + y
    >>> report = lp.verify({x: 4.25, y: 2.5})
    >>> report.ok, report.objective
    (False, 6.75)
    >>> print(report)
    The point is not feasible, within 1e-06 of the size of the numbers:
      row: steel = 11.0 is above 10 by 1
      integrality: y = 2.5 is 0.5 from an integer
    Worst residuals: row 1, bound 0, integrality 0.5.
    >>> worst, _ = report.violations
    >>> worst.of, worst.amount, report.quality.bound
    (steel: 2 x + y <= 10, 1.0, 0.0)
    """

    _is_proved_exactly = False  # older pickles do not say

    def __init__(self, program: Model, form: MatrixForm, numbers: Measured, tolerance: float) -> None:
        found, names = Residuals(form, numbers, tolerance), _Names(program)
        #: The objective at the point, rounded once.
        self.objective = found.objective
        self.tolerance = tolerance
        #: The worst of each kind, relative to the size of the numbers, in the order of `KINDS`.
        self.residuals = tuple(map(names.residual, found.worst))
        #: All that are beyond the tolerance: by kind, the worst first.  Duals that do not prove a point which the exact
        #: simplex finds optimal are none.
        self.violations = tuple(map(names.residual, found.violations))
        self._has_duals = numbers.y is not None
        if self.violations and not self._breaks_the_point() and _are_large(form, numbers.y or ()):
            self._is_proved_exactly = _is_optimal_exactly(form, found.objective, tolerance, numbers.x)
            self.violations = () if self._is_proved_exactly else self.violations
        #: The worst residual of each kind, in the user's units.
        self.quality = found.quality

    @property
    def ok(self) -> bool:
        """True if nothing is violated by more than the tolerance."""
        return not self.violations

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        size = f"within {self.tolerance:g} of the size of the numbers"
        if self.ok:
            lines = [f"The point is feasible{' and proved optimal' * self._has_duals}, {size}."]
            if self._is_proved_exactly:
                lines.append("Its duals are too large to prove that; the exact simplex does.")
        else:
            what = (
                "point is not feasible"
                if self._breaks_the_point()
                else "point is feasible, but its duals do not prove it optimal"
            )
            lines = [f"The {what}, {size}:", *screenful(self.violations)]
        quality = ((kind, getattr(self.quality, kind.replace(" ", "_"))) for kind in KINDS)
        return "\n".join(
            [*lines, f"Worst residuals: {', '.join(f'{kind} {it:.3g}' for kind, it in quality if it is not None)}."]
        )

    __repr__ = __str__

    def _breaks_the_point(self) -> bool:
        return any(found.kind in ("row", "bound", "integrality", "objective") for found in self.violations)


def _are_large(form: MatrixForm, y: Sequence[float]) -> bool:
    """Are duals so large that rounding is all that is left of a reduced cost?"""
    greatest = max((abs(a * y[i]) for i in range(len(y)) for a in form.row(i)[1]), default=0.0)
    return greatest > _LARGE * max(map(abs, form.cost), default=0.0)


def _is_optimal_exactly(form: MatrixForm, objective: float, tolerance: float, x: Sequence[float]) -> bool:
    """Has the optimum of a small program this objective, in exact arithmetic?"""
    if not is_small(form):
        return False
    from pplp.engines.clock import Clock
    from pplp.engines.contract import Options
    from pplp.engines.judgment import exact_vertex

    vertex, _ = exact_vertex(form, "", Clock(Options()))
    size = sum(map(abs, map(mul, form.cost, x)))
    return vertex.status is Status.OPTIMAL and abs(float(vertex.objective) - objective) <= tolerance * size


# ---- by name
class _Names:
    """Translates positions in the matrix to the program's names."""

    def __init__(self, program: Model) -> None:
        self._program = program
        self._rows, self._columns = row_places(program).indices(), column_places(program).indices()

    def residual(self, found: Found) -> Residual:
        """The residual in the user's names."""
        kind, k, facts = found.kind, found.k, found.facts
        of: Union[Constraint, Variable, None] = None
        if k is not None:
            is_row = kind == "row" or (kind in ("dual sign", "complementary slackness") and k < len(self._rows))
            place = k if is_row or kind in ("bound", "integrality", "reduced cost") else k - len(self._rows)
            of = self._row(place) if is_row else variable_at(self._program, self._columns[place])
        name = of.name if of is not None else ""
        if not found.amount:
            said = "none is violated"
        elif kind in ("row", "bound"):
            value, lower, upper = facts
            side, bound = ("below", lower) if value < lower else ("above", upper)
            said = f"{name} = {value!r} is {side} {shown(bound) if abs(bound) < inf else bound} by {found.amount:.3g}"
            if value != value:
                said = f"{name} = {value!r} is not a number"
            if kind == "bound" and isinstance(of, Variable):
                said += self._written_as(of, value > upper)
        elif kind == "integrality":
            said = f"{name} = {facts[0]!r} is {found.amount:.3g} from an integer"
        elif kind == "reduced cost":
            said = f"the duals give {name} the reduced cost {facts[1]!r}, the solution says {facts[0]!r}"
        elif kind == "dual sign":
            said = f"{name} has the dual {facts[0]!r}, but no bound on that side"
        elif kind == "complementary slackness":
            price, value, bound = facts
            said = f"{name} = {value!r} has the dual {price!r}, but is not at its bound {shown(bound)}"
        else:
            said = f"the solution says {facts[0]!r}, the point gives {facts[1]!r}"
        return Residual(kind, of, found.amount, found.relative, said)

    def _row(self, place: int) -> Constraint:
        row: Constraint = constraint_at(self._program, Constraint, self._rows[place])
        return row

    def _written_as(self, x: Variable, is_upper: bool) -> str:
        """The constraint that sets the bound, if one does."""
        columns = columns_of(self._program)
        own = (columns.lower, columns.upper)[is_upper][index_of(x)]
        _, row = bound_rows_of(self._program).tightest(index_of(x), is_upper, own)
        return "" if row is None else f" ({constraint_at(self._program, BoundConstraint, row)})"


# ---- for the program
def verification_of(program: Solvable, given: Any, tolerance: Any) -> Verification:
    """Implements `LinearProgram.verify`."""
    if not is_number(tolerance) or not 0 <= float(tolerance) < inf:
        raise InvalidValue(f"The tolerance must be a nonnegative number, not {quoted(tolerance)}.")
    limit = float(tolerance)
    if given is None:
        given = current_solution(program, "solution")
    if isinstance(given, Solution):
        return _of_solution(program, given, limit)
    if not isinstance(given, Mapping):
        raise ExpressionError(
            f"verify() takes a Solution, or a mapping of variables to values such as {{x: 3, y: 4}}, not "
            f"{quoted(given)}."
        )
    values: dict[int, float] = {}
    for x, value in given.items():
        if not isinstance(x, Variable):
            raise ExpressionError(f"The keys must be variables, not {quoted(x)}.")
        same_program(program, x)
        if not is_number(value):
            raise ExpressionError(f"The value {value!r} of {x} must be a number.")
        values[index_in(program, x)] = real(value, "value", x)
    missing = [x.name for x in program.variables if index_of(x) not in values]
    if missing:
        names = ", ".join(missing[:5]) + ", ..." * (len(missing) > 5)
        raise InvalidValue(f"The point has no value for {names}. Give one for every variable.")
    point = [values[j] for j in column_places(program).indices()]
    return Verification(program, compile_form(program, False), Measured(point), limit)


def _of_solution(program: Model, solution: Solution, tolerance: float) -> Verification:
    if not solution.knows(program):
        raise ForeignObject(
            f"This solution is of another program than this one ({title_of(program)}). To check its values here, write "
            "lp.verify({x: ..., y: ...})."
        )
    numbers = numbers_at(solution, column_places(program).indices(), row_places(program).indices())
    return Verification(program, compile_form(program, Sense.of(solution.sense).is_maximize), numbers, tolerance)

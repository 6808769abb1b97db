"""How well a point satisfies a program: residuals in the user's units and names, and what is violated.

Every number is computed from the program itself, in sums that are rounded once.  In a linear program

    row                       how far  a.x  is outside of its bounds
    bound                     how far  x  is outside of its bounds
    integrality               how far an integer variable is from an integer
    reduced cost              |d - (c - A'y)|, what is told apart from what the duals give
    dual sign                 |price| of a row or variable that has no bound where its price pulls it
    complementary slackness   |price| times the distance to the bound that the price asks for: what the objective loses
    objective                 |c.x + c0 - what was told|

Each is held against the size of the numbers that it comes from, as in `pplp.form.verification`: in other units, of the
objective, of a row or of a variable, the verdict is the same.  The price of a row is
its dual, that of a variable its reduced cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf
from operator import mul
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from pplp.answers.solution import Solution
from pplp.core.constraints import BoundConstraint, Constraint, same_program
from pplp.core.expressions import Variable
from pplp.core.scalars import is_number, real, shown
from pplp.errors import ExpressionError, ForeignObject, InvalidValue, StaleSolution
from pplp.form.compiler import column_places, compile_form, row_places
from pplp.form.matrix_form import MatrixForm
from pplp.form.verification import TOLERANCE, Sizes, total
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable
    from pplp.core.model import Model

__all__ = ["Quality", "Residual", "Verification"]

KINDS = ("row", "bound", "integrality", "reduced cost", "dual sign", "complementary slackness", "objective")
#: What is computed from several numbers of a solver may be off by more.
_ALLOWANCE = {"reduced cost": 10.0}
_SCREENFUL = 20


@dataclass(frozen=True)
class Quality:
    """The worst residual of each kind, in the user's units; None for a kind that there is not.

    Those of duals are None where the solution has none, as with integer variables; `integrality` is None without them.
    """

    row: float
    bound: float
    integrality: Optional[float]
    reduced_cost: Optional[float]
    dual_sign: Optional[float]
    complementary_slackness: Optional[float]
    objective: Optional[float]


@dataclass(frozen=True)
class Residual:
    """How far one condition is from holding.

    `amount` is in the user's units.  `relative` is that by the size of the numbers that it was computed from; it is
    what is held against the tolerance.
    """

    #: One of `KINDS`.
    kind: str
    #: The constraint or variable; None for the objective, and where there is none of the kind.
    of: Union[Constraint, Variable, None]
    amount: float
    relative: float
    #: In words.
    said: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.said}"


class _Found(NamedTuple):
    """A residual by place: k counts rows or columns; nothing is said yet."""

    kind: str
    k: Optional[int]
    amount: float
    relative: float
    facts: tuple[Any, ...] = ()


class Verification:
    """Does a point satisfy a program, and do its duals prove that none is better?  `LinearProgram.verify` makes it.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0), lp.IntVar("y", lb=0)
    >>> steel = lp.add_constraint(2*x + y <= 10, name="steel")
    >>> lp.objective = x + y
    >>> report = lp.verify({x: 4.25, y: 2.5})
    >>> report.ok, report.objective
    (False, 6.75)
    >>> print(report)
    The point does not hold, to 1e-06 of the size of the numbers:
      row: steel = 11.0 is above 10 by 1
      integrality: y = 2.5 is 0.5 from an integer
    Worst residuals: row 1, bound 0, integrality 0.5.
    >>> worst, _ = report.violations
    >>> worst.of, worst.amount, report.quality.bound
    (steel: 2 x + y <= 10, 1.0, 0.0)
    """

    def __init__(
        self, program: Model, form: MatrixForm, numbers: _Numbers, tolerance: float, own_objective: bool = True
    ) -> None:
        #: The objective at the point, rounded once.
        self.objective = fsum([form.offset, *map(mul, form.cost, numbers.x)])
        self.tolerance = tolerance
        worst: dict[str, _Found] = {}
        violated: list[_Found] = []
        for found in _all_residuals(form, numbers, self.objective):
            known = worst.get(found.kind)
            if known is None or found.relative > known.relative:
                worst[found.kind] = found
            if not found.relative <= tolerance * _ALLOWANCE.get(found.kind, 1.0):
                violated.append(found)
        names = _Names(program)
        #: The worst of each kind, by the size of the numbers, in the order of `KINDS`.
        self.residuals = tuple(names.residual(worst[kind]) for kind in KINDS if kind in worst)
        violated.sort(key=lambda found: (KINDS.index(found.kind), -found.relative))
        #: All that are beyond the tolerance: by kind, the worst first.
        self.violations = tuple(names.residual(found) for found in violated)
        self._has_duals = numbers.y is not None
        amounts = _greatest(self.residuals, self.violations)
        #: The worst residual of each kind, in the user's units.
        self.quality = Quality(
            amounts.get("row", 0.0), amounts.get("bound", 0.0), *(amounts.get(kind) for kind in KINDS[2:])
        )

    @property
    def ok(self) -> bool:
        """Is nothing violated by more than the tolerance?"""
        return not self.violations

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        size = f"to {self.tolerance:g} of the size of the numbers"
        if self.ok:
            lines = [f"The point holds{' and is optimal' * self._has_duals}, {size}."]
        else:
            what = (
                "point does not hold" if self._breaks_the_point() else "point holds, its duals do not prove it optimal"
            )
            lines = [f"The {what}, {size}:", *(f"  {found}" for found in self.violations[:_SCREENFUL])]
            if len(self.violations) > _SCREENFUL:
                lines.append(f"  ... {len(self.violations) - _SCREENFUL} more")
        quality = ((kind, getattr(self.quality, kind.replace(" ", "_"))) for kind in KINDS)
        return "\n".join(
            [*lines, f"Worst residuals: {', '.join(f'{kind} {it:.3g}' for kind, it in quality if it is not None)}."]
        )

    __repr__ = __str__

    def _breaks_the_point(self) -> bool:
        return any(found.kind in ("row", "bound", "integrality", "objective") for found in self.violations)


def _greatest(*several: Sequence[Residual]) -> dict[str, float]:
    amounts: dict[str, float] = {}
    for residuals in several:
        for found in residuals:
            if not found.amount <= amounts.get(found.kind, 0.0):
                amounts[found.kind] = found.amount
            amounts.setdefault(found.kind, 0.0)
    return amounts


class _Numbers(NamedTuple):
    """What is verified, by place; no duals for a point alone, no objective where none was told."""

    x: Sequence[float]
    y: Optional[Sequence[float]] = None
    reduced_costs: Optional[Sequence[float]] = None
    objective: Optional[float] = None


# ---- by place
def _all_residuals(form: MatrixForm, numbers: _Numbers, objective: float) -> Iterator[_Found]:
    x = numbers.x
    values = []
    sizes = Sizes(form, x, numbers.y or ())
    rows, columns = sizes.of_point()
    for i in range(form.rows):
        products = [a * x[j] for j, a in zip(*form.row(i))]
        values.append(total(products))
        size = max(map(abs, products), default=0.0)
        yield _outside("row", i, values[i], form.row_lower[i], form.row_upper[i], size, rows[i])
    for j, value in enumerate(x):
        yield _outside("bound", j, value, form.column_lower[j], form.column_upper[j], columns[j], columns[j])
        if form.integer[j]:
            off = abs(value - round(value)) if value - value == 0 else inf
            yield _Found("integrality", j, off, off, (value,))
    if numbers.y is not None and numbers.reduced_costs is not None:
        yield from _dual_residuals(form, numbers, values, sizes)
    if numbers.objective is not None:
        off = _size(objective - numbers.objective)
        scale = max(abs(objective), abs(form.offset), max(map(abs, map(mul, form.cost, x)), default=0.0))
        yield _Found("objective", None, off, _ratio(off, scale), (numbers.objective, objective))


def _size(off: float) -> float:
    """What is no number is as far off as can be."""
    return abs(off) if off == off else inf


def _ratio(off: float, size: float) -> float:
    return 0.0 if not off else off / size if size else inf


def _relative(off: float, own: float, floor: float) -> float:
    """By the own size; or where that is rounding itself, by what rounding may leave, a millionth as much."""
    return min(_ratio(off, own), 1e6 * _ratio(off, floor))


def _outside(kind: str, k: int, value: float, lower: float, upper: float, size: float, floor: float) -> _Found:
    if value - value != 0:
        return _Found(kind, k, inf, inf, (value, lower, upper))
    off = max(0.0, lower - value, value - upper)
    own = max(size, abs(lower if value < lower else upper)) if off else 0.0
    return _Found(kind, k, off, _relative(off, own, floor), (value, lower, upper))


def _dual_residuals(form: MatrixForm, numbers: _Numbers, row_values: list[float], sizes: Sizes) -> Iterator[_Found]:
    y, told = numbers.y or (), numbers.reduced_costs or ()
    terms: list[list[float]] = [[cost] for cost in form.cost]
    for i, dual in enumerate(y):
        if dual:
            for j, a in zip(*form.row(i)):
                terms[j].append(-a * dual)
    prices = [total(found) for found in terms]
    scales = [max(map(abs, found)) for found in terms]
    of_rows, of_columns = sizes.of_prices()
    for j, (price, d) in enumerate(zip(prices, told)):
        off = _size(price - d)
        yield _Found("reduced cost", j, off, _relative(off, scales[j], of_columns[j]), (d, price))
    # What the objective loses is held against its own size, and against what rounding leaves of it.
    largest = total([abs(c * value) for c, value in zip(form.cost, numbers.x)])
    floor = total([abs(c) * size for c, size in zip(form.cost, sizes.of_point()[1])])
    rows = zip(y, row_values, form.row_lower, form.row_upper, of_rows, of_rows)
    columns = zip(prices, numbers.x, form.column_lower, form.column_upper, scales, of_columns)
    sign = -1.0 if form.maximize else 1.0
    for first, several in ((0, rows), (form.rows, columns)):
        for k, (price, value, lower, upper, scale, noise) in enumerate(several, first):
            bound = lower if sign * price > 0 else upper
            if not price or value == bound:
                continue
            weight = _size(price)
            if abs(bound) == inf:
                yield _Found("dual sign", k, weight, _relative(weight, scale, noise), (price,))
                continue
            loss = weight * _size(value - bound)
            facts = price, value, bound
            yield _Found("complementary slackness", k, loss, _size(_relative(loss, largest, floor)), facts)
    yield _Found("dual sign", None, 0.0, 0.0)
    yield _Found("complementary slackness", None, 0.0, 0.0)


# ---- by name
class _Names:
    """Says of places what they are in the program."""

    def __init__(self, program: Model) -> None:
        self._program = program
        self._rows, self._columns = row_places(program).indices(), column_places(program).indices()

    def residual(self, found: _Found) -> Residual:
        """The residual in the user's names."""
        kind, k, facts = found.kind, found.k, found.facts
        of: Union[Constraint, Variable, None] = None
        if k is not None:
            is_row = kind == "row" or (kind in ("dual sign", "complementary slackness") and k < len(self._rows))
            place = k if is_row or kind in ("bound", "integrality", "reduced cost") else k - len(self._rows)
            of = self._row(place) if is_row else self._program._handle(self._columns[place])
        name = of.name if of is not None else ""
        if not found.amount:
            said = "none is violated"
        elif kind in ("row", "bound"):
            value, lower, upper = facts
            side, bound = ("below", lower) if value < lower else ("above", upper)
            said = f"{name} = {value!r} is {side} {shown(bound) if abs(bound) < inf else bound} by {found.amount:.3g}"
            if value != value:
                said = f"{name} = {value!r} is no number"
            if kind == "bound" and isinstance(of, Variable):
                said += self._written_as(of, value > upper)
        elif kind == "integrality":
            said = f"{name} = {facts[0]!r} is {found.amount:.3g} from an integer"
        elif kind == "reduced cost":
            said = f"that of {name} is {facts[1]!r} by the duals, and {facts[0]!r} was told"
        elif kind == "dual sign":
            said = f"{name} has the price {facts[0]!r} and no bound on that side"
        elif kind == "complementary slackness":
            price, value, bound = facts
            said = f"{name} = {value!r} has the price {price!r} and is not at its bound {shown(bound)}"
        else:
            said = f"{facts[0]!r} was told, and it is {facts[1]!r}"
        return Residual(kind, of, found.amount, found.relative, said)

    def _row(self, place: int) -> Constraint:
        row: Constraint = self._program._row_handle(Constraint, self._rows[place])
        return row

    def _written_as(self, x: Variable, is_upper: bool) -> str:
        """The constraint that sets the bound, where it was written as one."""
        columns = self._program._columns
        own = (columns.lower, columns.upper)[is_upper][x._index]
        _, row = self._program._bound_rows.tightest(x._index, is_upper, own)
        return "" if row is None else f" ({self._program._row_handle(BoundConstraint, row)})"


# ---- for the program
def verification_of(program: Solvable, given: Any, tolerance: Any) -> Verification:
    """What `LinearProgram.verify` returns."""
    if not is_number(tolerance) or not 0 <= float(tolerance) < inf:
        raise InvalidValue(f"The tolerance must be a number that is not negative, not {quoted(tolerance)}.")
    limit = float(tolerance)
    if given is None:
        given = program._current("solution")
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
            raise ExpressionError(f"The keys are variables, and {quoted(x)} is none.")
        same_program(program, x)
        if not is_number(value):
            raise ExpressionError(f"The value {value!r} of {x} must be a number.")
        values[program._living(x)] = real(value, "value", x)
    missing = [x.name for x in program.variables if x._index not in values]
    if missing:
        names = ", ".join(missing[:5]) + ", ..." * (len(missing) > 5)
        raise InvalidValue(f"A point has a value for every variable; there is none for {names}.")
    point = [values[j] for j in column_places(program).indices()]
    return Verification(program, compile_form(program, False), _Numbers(point), limit)


def _of_solution(
    program: Model, solution: Solution, tolerance: float, form: Optional[MatrixForm] = None
) -> Verification:
    if not solution._knows(program):
        raise ForeignObject(
            f"This solution is not of {program._title()}. For its values at variables of this one write "
            "lp.verify({x: ..., y: ...})."
        )
    own = solution._outcome.own_objective
    x = solution.values_at(column_places(program).indices())
    y: Optional[list[float]] = None
    costs: Optional[list[float]] = None
    numbers = solution._numbers
    if numbers is not None and own:
        duals, reduced = numbers.duals(), numbers.reduced_costs()
        if duals is not None and reduced is not None:
            at_row, at_column = solution._at_row, solution._at_column
            # A constraint that came later has the dual 0, if the solution is to remain one.
            y = [duals[at_row[i]] if i in at_row else 0.0 for i in row_places(program).indices()]
            costs = [reduced[at_column[j]] for j in column_places(program).indices()]
    if form is None:
        form = compile_form(program, solution.sense == "maximize")
    return Verification(program, form, _Numbers(x, y, costs, solution.objective if own else None), tolerance)


def quality_of(program: Optional[Model], solution: Solution, form: Optional[MatrixForm] = None) -> Quality:
    """The quality of a solution of the program, as long as that is at hand as it was solved; or of another form."""
    if program is None:
        raise StaleSolution(
            "The quality was not asked for before the program was edited or dropped. "
            "lp.verify(solution) tells how far the solution is one of the program as it is now."
        )
    return _of_solution(program, solution, TOLERANCE, form).quality

"""Proofs that there is no optimum: constraints that contradict each other, or a direction that improves for ever.

Each is found by a linear program that always has an optimum, and is then checked against the `MatrixForm` in rational
arithmetic, on the binary numbers that its floats are.  In this file rows and variables are numbered together, rows
first.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, inf, lcm
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from pplp.core.constraints import BoundConstraint, Constraint
from pplp.core.expressions import Variable
from pplp.core.scalars import are_crossed, shown
from pplp.engines.contract import Options
from pplp.engines.judgment import exactly_contradicting, exactly_improving
from pplp.engines.registry import make_engine
from pplp.errors import ForeignObject, NoCertificate, NotSolved, NumericalTrouble
from pplp.form.compiler import column_places, row_places
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, Status
from pplp.form.verification import is_small, outcome_complaint
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["FarkasCertificate", "Premise", "UnboundedRay"]

Handle = Union[Variable, Constraint]
Weights = dict[int, Fraction]

#: What should be 0 may be this much, relative, where floating point leaves no exact proof.
_TOLERANCE = Fraction(1, 10**9)
#: Numbers are tried as fractions of denominators up to these first.
_DENOMINATORS = (12, 1000, 10**6)
_SCREENFUL = 20
#: A doubt about a program of at most so many coefficients is settled without being asked.
_SHORT = 100_000


# ---- infeasible
class Contradiction(NamedTuple):
    """Multipliers of the lower bounds (``row >= lower``) and of the upper ones (``-row >= -upper``), none negative."""

    lower: Weights
    upper: Weights

    def added_up(self, form: MatrixForm) -> tuple[Weights, Fraction]:
        """What the inequalities add up to: coefficients >= total."""
        coefficients: Weights = {}
        total = Fraction(0)
        for side, weights in enumerate(self):
            for k, weight in weights.items():
                signed = -weight if side else weight
                for j, a in _terms(form, k):
                    coefficients[j] = coefficients.get(j, Fraction(0)) + signed * Fraction(a)
                total += signed * Fraction(_bounds(form, k)[side])
        return coefficients, total

    def error(self, form: MatrixForm) -> Optional[Fraction]:
        """The sum of the coefficients that do not cancel, in sizes, by the total; None where it is no contradiction.

        A point that satisfied all would have a variable of at least the size 1 / error.
        """
        for side, weights in enumerate(self):
            if any(weight < 0 or abs(_bounds(form, k)[side]) == inf for k, weight in weights.items()):
                return None
        coefficients, total = self.added_up(form)
        left = sum(map(abs, coefficients.values()), Fraction(0))
        return left / total if total > 0 and left <= _TOLERANCE * total else None


def _terms(form: MatrixForm, k: int) -> Iterable[tuple[int, float]]:
    return zip(*form.row(k)) if k < form.rows else ((k - form.rows, 1.0),)


def _bounds(form: MatrixForm, k: int) -> tuple[float, float]:
    j = k - form.rows
    return (form.row_lower[k], form.row_upper[k]) if j < 0 else (form.column_lower[j], form.column_upper[j])


def contradiction(form: MatrixForm, time_limit: Optional[float] = None) -> Optional[Contradiction]:
    """Multipliers that prove that no point satisfies all rows and bounds; None where there are points.

    Raises `NumericalTrouble` where it is too close to call, or takes too long.
    """
    for k in range(form.rows + form.columns):
        lower, upper = _bounds(form, k)
        if are_crossed(lower, upper):
            return Contradiction({k: Fraction(1)}, {k: Fraction(1)})
    vertex = exactly_contradicting(form)
    if vertex is not None:
        if vertex.status is Status.OPTIMAL:
            return None
        exact = [(i, 0 if weight > 0 else 1) for i, weight in enumerate(vertex.proof)]
        found = _with_bounds(form, exact, _whole([abs(weight) for weight in vertex.proof]))
        if found.error(form) is not None:
            return found
    relaxed, sides = least_relaxation(form)
    duals, least = _solved(relaxed, time_limit)[1:]
    # Of rows of size 1 they are of like size, and rounding errors are told from what is small.
    sizes = [max(map(abs, form.row(i)[1]), default=1.0) for i, _ in sides]
    greatest = max((abs(_bounds(form, i)[side]) / size for (i, side), size in zip(sides, sizes)), default=0.0)
    # An absolute tolerance may have left all of it; of a small program that is told by looking for a proof.
    most = float(_TOLERANCE) * max(1.0, greatest)
    if least <= (float(_TOLERANCE) * greatest if is_small(form) else most):
        return None
    shares = [max(0.0, -dual if side else dual) * size for dual, size, (_, side) in zip(duals, sizes, sides)]
    best = None
    for guess in _fractions(shares):
        found = _with_bounds(form, sides, _whole([share / Fraction(size) for share, size in zip(guess, sizes)]))
        error = found.error(form)
        if error == 0:
            return found
        best = best or (found if error is not None else None)
    if best is not None or least <= most:
        return best
    raise NumericalTrouble(
        f"The rows can hold only when they are relaxed by {least:.3g}, but floating point gave no proof of it. "
        "Look for coefficients of very different size."
    )


def least_relaxation(form: MatrixForm) -> tuple[MatrixForm, list[tuple[int, int]]]:
    """minimise t: all bounds hold, and all rows by t times their greatest coefficient; feasible whatever the rows.

    And for each of its rows what it is of: (row, 0 for its lower bound or 1 for its upper one).
    """
    starts, indices, values = array("q", [0]), array("i"), array("d")
    lower, upper = array("d"), array("d")
    sides = []
    for i in range(form.rows):
        terms, factors = form.row(i)
        size = max(map(abs, factors), default=1.0)
        for side, bound in enumerate(_bounds(form, i)):
            if abs(bound) < inf:
                indices.extend(terms)
                indices.append(form.columns)
                values.extend(factors)
                values.append(-size if side else size)
                starts.append(len(indices))
                lower.append(-inf if side else bound)
                upper.append(bound if side else inf)
                sides.append((i, side))
    cost = array("d", [*[0.0] * form.columns, 1.0])
    column_lower, column_upper = form.column_lower + array("d", [0.0]), form.column_upper + array("d", [inf])
    integer = bytes(form.columns + 1)
    return (
        MatrixForm(False, 0.0, cost, column_lower, column_upper, integer, lower, upper, starts, indices, values),
        sides,
    )


def _with_bounds(form: MatrixForm, sides: list[tuple[int, int]], weights: list[Fraction]) -> Contradiction:
    """The contradiction of these multipliers of rows: those of the bounds are what cancels the coefficients."""
    found = Contradiction({}, {})
    for (i, side), weight in zip(sides, weights):
        if weight:
            found[side][i] = weight
    for j, a in found.added_up(form)[0].items():
        side = 1 if a > 0 else 0
        if a and abs(_bounds(form, form.rows + j)[side]) < inf:
            found[side][form.rows + j] = abs(a)
    return found


# ---- unbounded
def direction_program(form: MatrixForm) -> tuple[MatrixForm, list[tuple[int, int]]]:
    """The best direction of length 1, the length being the sum of all moves: bounds that are there must not be left.

    And for each of its columns what it is of: (variable, +1 or -1 for the way it moves).
    """
    moves = [(j, 1) for j in range(form.columns) if form.column_upper[j] == inf]
    moves += [(j, -1) for j in range(form.columns) if form.column_lower[j] == -inf]
    at: dict[int, list[tuple[int, int]]] = {}
    for place, (j, way) in enumerate(moves):
        at.setdefault(j, []).append((place, way))
    starts, indices, values = array("q", [0]), array("i"), array("d")
    for i in range(form.rows):
        for j, a in _terms(form, i):
            for place, way in at.get(j, ()):
                indices.append(place)
                values.append(way * a)
        starts.append(len(indices))
    indices.extend(range(len(moves)))
    values.extend([1.0] * len(moves))
    starts.append(len(indices))
    lower = array("d", [*(0.0 if bound > -inf else -inf for bound in form.row_lower), -inf])
    upper = array("d", [*(0.0 if bound < inf else inf for bound in form.row_upper), 1.0])
    cost = array("d", [way * form.cost[j] for j, way in moves])
    zeros, ones = array("d", [0.0] * len(moves)), array("d", [inf] * len(moves))
    integer = bytes(len(moves))
    return (
        MatrixForm(form.maximize, 0.0, cost, zeros, ones, integer, lower, upper, starts, indices, values),
        moves,
    )


def direction(form: MatrixForm) -> Optional[Weights]:
    """A direction in which no row or bound is ever left and the objective improves; None where there is none."""
    program, moves = direction_program(form)
    if not any(program.cost):
        return None
    vertex = exactly_improving(form)
    if vertex is not None:
        found = {j: step for j, step in enumerate(_whole(list(vertex.proof))) if step}
        if not found or direction_error(form, found) is not None:
            return found or None
    values, _, best = _solved(program)
    if abs(best) <= float(_TOLERANCE) * max(map(abs, program.cost)):
        return None
    nearest: Optional[Weights] = None
    for guess in _fractions(values):
        found = {}
        for (j, way), value in zip(moves, _whole(guess)):
            if value:
                found[j] = found.get(j, Fraction(0)) + way * value
        found = {j: step for j, step in found.items() if step}
        error = direction_error(form, found)
        if error == 0:
            return found
        nearest = nearest or (found if error is not None else None)
    if nearest is not None:
        return nearest
    raise NumericalTrouble(
        f"There is a direction in which the objective improves by {abs(best):.3g} for each unit, but floating point "
        "gave no proof of it. Look for coefficients of very different size."
    )


def direction_error(form: MatrixForm, steps: Weights) -> Optional[Fraction]:
    """How far it leaves rows that it must not, by coefficient and step; None where it is no direction."""
    worst, longest = Fraction(0), max(map(abs, steps.values()), default=Fraction(1))
    for j, step in steps.items():
        if (form.column_upper[j] if step > 0 else -form.column_lower[j]) < inf:
            return None
    for i in range(form.rows):
        off = sum((steps[j] * Fraction(a) for j, a in _terms(form, i) if j in steps), Fraction(0))
        if off and (form.row_upper[i] if off > 0 else -form.row_lower[i]) < inf:
            worst = max(worst, abs(off) / (longest * max(abs(Fraction(a)) for _, a in _terms(form, i))))
    better = sum(Fraction(form.cost[j]) * step for j, step in steps.items())
    return worst if worst <= _TOLERANCE and (better > 0 if form.maximize else better < 0) else None


# ---- where an engine's word is not enough
def settled(outcome: Outcome, form: MatrixForm, options: Options, verified: bool) -> Outcome:
    """What may be said of a program after its engine said this.

    Of an engine that does not verify its numbers, they are checked here; what it calls infeasible or unbounded
    must have a proof.  Where routes contradicted each other (`Status.NUMERICAL`), a proof decides.
    That an integer program with a feasible relaxation has no integer point has no proof: it is taken as it is said.
    """
    status = outcome.status
    if not verified:
        complaint = outcome_complaint(form, outcome)
        if complaint is not None:
            return _doubted(outcome, f"The solver's answer does not hold: {complaint}.")
    if status not in (Status.NUMERICAL, Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
        return outcome
    if verified and (options.time_limit is not None or form.nonzeros > _SHORT):
        return outcome
    has_integers = any(form.integer)
    try:
        if contradiction(form) is not None:
            proved = Status.INFEASIBLE
        elif has_integers:
            return outcome
        else:
            proved = Status.UNBOUNDED if direction(form) is not None else Status.NUMERICAL
    except NumericalTrouble:
        proved = Status.NUMERICAL
    if proved is status:
        return outcome
    if proved is Status.NUMERICAL:
        return _doubted(outcome, f"The solver's answer, {status}, has no proof.")
    outcome.status, outcome.message, outcome.numbers, outcome.bound = proved, "", None, None
    outcome.method = f"{outcome.method}, and a proof that it is {proved}"
    return outcome


def _doubted(outcome: Outcome, message: str) -> Outcome:
    """The same without its numbers, which are not to be believed."""
    if outcome.status is Status.NUMERICAL and outcome.message:
        return outcome
    found = Outcome(Status.NUMERICAL, iterations=outcome.iterations, nodes=outcome.nodes, seconds=outcome.seconds)
    found.method, found.reason, found.message = outcome.method, outcome.reason, message
    return found


# ---- both
def bound_as_written(program: Solvable, index: int, side: int) -> tuple[Handle, int, float]:
    """(what sets a bound of a variable, its side, its bound): the variable itself, or a constraint of it alone."""
    store = program._bound_rows
    own = (program._columns.lower, program._columns.upper)[side][index]
    _, row = store.tightest(index, bool(side), own)
    if row is None:
        return program._handle(index), side, float(own)
    its_side = side if store.factor[row] > 0 else 1 - side
    return program._row_handle(BoundConstraint, row), its_side, (store.lower, store.upper)[its_side][row]


def _solved(form: MatrixForm, time_limit: Optional[float] = None) -> tuple[list[float], list[float], float]:
    """(values, duals, objective) of a program that has an optimum."""
    engine = make_engine("glpk")
    try:
        engine.load(form)
        for tolerance in (1e-11, 1e-9, 1e-7):  # what is within the solver's tolerance is no proof
            options = Options(feasibility_tolerance=tolerance, optimality_tolerance=tolerance, time_limit=time_limit)
            outcome = engine.solve(options)
            if outcome.status in (Status.OPTIMAL, Status.TIME_LIMIT):
                break
        if outcome.status is not Status.OPTIMAL or outcome.numbers is None:
            raise NumericalTrouble(f"The search for a certificate failed: {outcome.status}. {outcome.message}")
        return list(outcome.numbers.primal()), list(outcome.numbers.duals() or ()), outcome.objective
    finally:
        engine.close()


def _fractions(numbers: list[float]) -> Iterator[list[Fraction]]:
    """The numbers as fractions of the greatest, at first of small denominators: solvers leave rounding errors."""
    greatest = max(map(abs, numbers), default=1.0) or 1.0
    shares = [Fraction(number / greatest) for number in numbers]
    for denominator in _DENOMINATORS:
        yield [share.limit_denominator(denominator) for share in shares]
    yield shares


def _whole(numbers: list[Fraction]) -> list[Fraction]:
    """The numbers in the same proportion: small integers where that can be, else with the greatest 1."""
    common = lcm(*(number.denominator for number in numbers))
    if common <= _DENOMINATORS[-1]:
        divisor = gcd(*(int(number * common) for number in numbers)) or 1
        return [number * common / divisor for number in numbers]
    greatest = max(map(abs, numbers), default=Fraction(1))
    return [number / greatest for number in numbers]


@dataclass(frozen=True)
class Premise:
    """One inequality of a `FarkasCertificate`: a bound of a constraint or variable, and how often it is taken."""

    #: The constraint, or the variable whose own bound it is.
    of: Handle
    #: "lower" or "upper".
    side: str
    bound: float
    multiplier: float

    def __str__(self) -> str:
        body = self.of.name if isinstance(self.of, Variable) else repr(self.of.expression)
        name = f"{self.of.name}: " if isinstance(self.of, Constraint) else ""
        return f"{self.multiplier:g} * ({name}{body} {'>=' if self.side == 'lower' else '<='} {shown(self.bound)})"


class FarkasCertificate:
    """A proof that no point satisfies all constraints: added up, so much of each, they say ``0 >= gap`` > 0.

    ``certificate[c]`` is the multiplier of a constraint, ``certificate[x]`` that of a variable's own bound: positive
    where the lower bound is taken (``e >= b``), negative where the upper one is (``e <= b``), 0 where it has no part.

    It was checked against the program's data in rational arithmetic, and `verify` does so again.  `radius` says how
    much is proved: that no point with all variables below it in size satisfies the constraints.  It is infinite
    where all coefficients cancelled to the last bit (`is_exact`), and at least 1e9 where they did not.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0)
    >>> need = lp.add_constraint(x + y >= 6, name="need")
    >>> most = lp.add_constraint(2*y - x <= 3, name="most")
    >>> lp.solve().status
    <Status.INFEASIBLE: 'infeasible'>
    >>> proof = lp.infeasibility_certificate()
    >>> print(proof)
    These cannot all hold:
      2 * (need: x + y >= 6)
      1 * (most: 2 y - x <= 3)
      3 * (x <= 2)
    Added up: 0 >= 3.
    >>> proof[need], proof[most], proof[x], proof[y], proof.is_exact
    (2.0, -1.0, -3.0, 0.0, True)
    """

    def __init__(self, program: Solvable, form: MatrixForm, found: Contradiction) -> None:
        self._program, self._form, self._found = program, form, found
        error = found.error(form)
        assert error is not None
        #: Did all coefficients cancel to the last bit?
        self.is_exact = error == 0
        #: No point satisfies the constraints that has all variables below this in size.
        self.radius = float(1 / error) if error else inf
        #: The positive right-hand side.
        self.gap = float(found.added_up(form)[1])
        #: The inequalities, rows first.
        self.premises = tuple(self._premises())

    @classmethod
    def of(cls, program: Solvable) -> FarkasCertificate:
        """What `LinearProgram.infeasibility_certificate` returns."""
        form = program.compile()
        found = contradiction(form)
        if found is None:
            is_infeasible, has_integers = program.status is Status.INFEASIBLE, any(form.integer)
            if is_infeasible and not has_integers:
                raise NumericalTrouble(
                    "The program was called infeasible, and a point was found that holds up to rounding. "
                    "Look for coefficients of very different size."
                )
            raise NoCertificate(
                "The relaxation has a point, so no constraints contradict each other: that there is no integer point "
                "has no certificate of this kind."
                if is_infeasible
                else f"The program {'without integrality ' * has_integers}is feasible: there is no contradiction."
            )
        return cls(program, form, found)

    def _premises(self) -> Iterator[Premise]:
        program, form = self._program, self._form
        constraints, variables = row_places(program).indices(), column_places(program).indices()
        for k in sorted({*self._found.lower, *self._found.upper}):
            for side, weights in enumerate((self._found.lower, self._found.upper)):
                if k not in weights:
                    continue
                bound, weight = _bounds(form, k)[side], float(weights[k])
                if k < form.rows:
                    yield Premise(program._row_handle(Constraint, constraints[k]), _SIDES[side], bound, weight)
                    continue
                of, its_side, limit = bound_as_written(program, variables[k - form.rows], side)
                if isinstance(of, Variable):
                    yield Premise(of, _SIDES[side], bound, weight)
                else:
                    yield Premise(of, _SIDES[its_side], limit, weight / abs(program._bound_rows.factor[of._index]))

    def __getitem__(self, thing: Handle) -> float:
        if not isinstance(thing, (Variable, Constraint)) or thing._program is not self._program:
            raise ForeignObject(f"{quoted(thing)} is no variable or constraint of the program of this certificate.")
        return (
            sum(
                (premise.multiplier if premise.side == "lower" else -premise.multiplier)
                for premise in self.premises
                if type(premise.of) is type(thing) and premise.of._index == thing._index
            )
            + 0.0
        )

    def verify(self) -> bool:
        """Do the inequalities, added up once more in rational arithmetic, contradict each other?"""
        return self._found.error(self._form) is not None

    def __str__(self) -> str:
        lines = [f"  {premise}" for premise in self.premises[:_SCREENFUL]]
        if len(self.premises) > _SCREENFUL:
            lines.append(f"  ... {len(self.premises) - _SCREENFUL} more")
        return "\n".join(["These cannot all hold:", *lines, f"Added up: 0 >= {shown(self.gap)}."])

    __repr__ = __str__


_SIDES = ("lower", "upper")


class UnboundedRay(Mapping[Variable, float]):
    """A direction in which no constraint is ever left and the objective improves: variable -> step, where it moves.

    From any point that satisfies the constraints all of ``point + t * ray`` for t >= 0 do; each unit of t changes the
    objective by `slope`.  It was checked against the program's data in rational arithmetic, and `verify` does so again;
    `is_exact` says whether it held to the last bit, or to 1e-9 of coefficient times step.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y, z = lp.Var("x", lb=0), lp.Var("y", lb=0), lp.Var("z", lb=0, ub=1)
    >>> c = lp.add_constraint(x - 2*y <= 3)
    >>> lp.objective = x - y + z
    >>> lp.solve("maximize").status
    <Status.UNBOUNDED: 'unbounded'>
    >>> ray = lp.unbounded_ray()
    >>> ray
    x + 2 t, y + 1 t: the objective changes by 1 t
    >>> dict(ray), ray.get(z, 0.0), ray.slope
    ({x: 2.0, y: 1.0}, 0.0, 1.0)
    """

    def __init__(self, program: Solvable, form: MatrixForm, steps: Weights) -> None:
        error = direction_error(form, steps)
        assert error is not None
        self._form, self._exact = form, steps
        variables = column_places(program).indices()
        self._steps = {program._handle(variables[j]): float(step) for j, step in sorted(steps.items())}
        #: What the objective changes by in a unit.
        self.slope = float(sum(Fraction(form.cost[j]) * step for j, step in steps.items()))
        #: Did every row hold to the last bit?
        self.is_exact = error == 0
        #: How far rows are left in a unit, relative to their greatest coefficient and the longest step.
        self.residual = float(error)

    @classmethod
    def of(cls, program: Solvable, sense: Optional[str]) -> UnboundedRay:
        """What `LinearProgram.unbounded_ray` returns."""
        is_known = program.status is Status.UNBOUNDED
        if sense is None:
            solution = program.solution
            if solution is None:
                raise NotSolved(
                    "Which way? Solve the program first, or call unbounded_ray('maximize') or ('minimize')."
                )
            sense = solution.sense
        is_known = is_known and program.solution is not None and program.solution.sense == sense
        form = program.compile(sense)
        steps = direction(form)
        if steps is None:
            raise NoCertificate(f"There is no direction in which the objective improves for ever ({sense}).")
        if not is_known:
            if contradiction(form) is not None:
                raise NoCertificate("The program is infeasible, so not unbounded: see infeasibility_certificate().")
            if any(form.integer):
                raise NotSolved(f"Whether the program has an integer point is not known: call solve({sense!r}) first.")
        return cls(program, form, steps)

    def __getitem__(self, variable: Variable) -> float:
        return self._steps[variable]

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def verify(self) -> bool:
        """Does the direction hold, and the objective improve, computed once more in rational arithmetic?"""
        return direction_error(self._form, self._exact) is not None

    def __repr__(self) -> str:
        moves = [f"{x.name} {'-' if a < 0 else '+'} {abs(a):g} t" for x, a in list(self._steps.items())[:_SCREENFUL]]
        if len(self._steps) > _SCREENFUL:
            moves.append(f"... {len(self._steps) - _SCREENFUL} more")
        return f"{', '.join(moves)}: the objective changes by {self.slope:g} t"

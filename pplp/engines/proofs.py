"""Proofs that there is no optimum: contradictory rows and bounds (Farkas), or a ray that improves without limit.

Each is found by a linear program that always has an optimum, and is then checked against the `MatrixForm` in rational
arithmetic, with the exact binary values of its floats.  In this file rows and variables are numbered together, rows
first.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import gcd, inf, lcm
from typing import NamedTuple, Optional

from pplp.engines.contract import Options
from pplp.engines.judgment import exactly_contradicting, exactly_improving
from pplp.engines.registry import make_engine
from pplp.errors import NumericalTrouble
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import are_crossed, is_small

__all__ = [
    "Contradiction",
    "Multipliers",
    "bounds_of",
    "contradiction",
    "direction",
    "direction_error",
    "least_relaxation",
]

Multipliers = dict[int, Fraction]

#: The relative error that a proof may have if no exact one was found.
_TOLERANCE = Fraction(1, 10**9)
#: A solver's numbers are first approximated by fractions with denominators up to these, in this order.
_DENOMINATORS = (12, 1000, 10**6)


# ---- infeasible
class Contradiction(NamedTuple):
    """Nonnegative multipliers of the lower bounds (``row >= lower``) and of the upper ones (``-row >= -upper``)."""

    lower: Multipliers
    upper: Multipliers

    def aggregate(self, form: MatrixForm) -> tuple[Multipliers, Fraction]:
        """The weighted sum of the inequalities: coefficients >= total."""
        coefficients: Multipliers = {}
        total = Fraction(0)
        for side, weights in enumerate(self):
            for k, weight in weights.items():
                signed = -weight if side else weight
                for j, a in _terms(form, k):
                    coefficients[j] = coefficients.get(j, Fraction(0)) + signed * Fraction(a)
                total += signed * Fraction(bounds_of(form, k)[side])
        return coefficients, total

    def error(self, form: MatrixForm) -> Optional[Fraction]:
        """The sum of the absolute coefficients, which should cancel, divided by the total; None if this is no proof.

        A point that satisfies all the inequalities has a variable with an absolute value of at least 1 / error.
        """
        for side, weights in enumerate(self):
            if any(weight < 0 or abs(bounds_of(form, k)[side]) == inf for k, weight in weights.items()):
                return None
        coefficients, total = self.aggregate(form)
        left = sum(map(abs, coefficients.values()), Fraction(0))
        return left / total if total > 0 and left <= _TOLERANCE * total else None


def _terms(form: MatrixForm, k: int) -> Iterable[tuple[int, float]]:
    return zip(*form.row(k)) if k < form.rows else ((k - form.rows, 1.0),)


def bounds_of(form: MatrixForm, k: int) -> tuple[float, float]:
    """The bounds of row k, or of a variable, which are numbered after the rows."""
    j = k - form.rows
    return (form.row_lower[k], form.row_upper[k]) if j < 0 else (form.column_lower[j], form.column_upper[j])


def contradiction(form: MatrixForm, time_limit: Optional[float] = None) -> Optional[Contradiction]:
    """Multipliers that prove that no point satisfies all rows and bounds; None if some point does.

    Raises `NumericalTrouble` if it is too close to call, or takes too long.
    """
    for k in range(form.rows + form.columns):
        lower, upper = bounds_of(form, k)
        if are_crossed(lower, upper):
            return Contradiction({k: Fraction(1)}, {k: Fraction(1)})
    vertex = exactly_contradicting(form)
    if vertex is not None:
        if vertex.status is Status.OPTIMAL:
            return None
        exact = [(i, 0 if weight > 0 else 1) for i, weight in enumerate(vertex.proof)]
        found = _withbounds_of(form, exact, _whole([abs(weight) for weight in vertex.proof]))
        if found.error(form) is not None:
            return found
    relaxed, sides = least_relaxation(form)
    duals, least = _solved(relaxed, time_limit)[1:]
    # The multipliers of rows scaled to size 1 are of similar size, so small ones can be told from rounding errors.
    sizes = [max(map(abs, form.row(i)[1]), default=1.0) for i, _ in sides]
    greatest = max((abs(bounds_of(form, i)[side]) / size for (i, side), size in zip(sides, sizes)), default=0.0)
    # A relaxation below the absolute tolerance may be needed or noise: in a small program, a proof is looked for.
    most = float(_TOLERANCE) * max(1.0, greatest)
    if least <= (float(_TOLERANCE) * greatest if is_small(form) else most):
        return None
    shares = [max(0.0, -dual if side else dual) * size for dual, size, (_, side) in zip(duals, sizes, sides)]
    best = None
    for guess in _fractions(shares):
        found = _withbounds_of(form, sides, _whole([share / Fraction(size) for share, size in zip(guess, sizes)]))
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
    """The program: minimize t such that all bounds hold, and each row holds within t times its largest coefficient.

    It is feasible whatever the rows.  Also returns where each of its rows is from: (row, 0 for the row's lower bound or
    1 for its upper one).
    """
    starts, indices, values = array("q", [0]), array("i"), array("d")
    lower, upper = array("d"), array("d")
    sides = []
    for i in range(form.rows):
        terms, factors = form.row(i)
        size = max(map(abs, factors), default=1.0)
        for side, bound in enumerate(bounds_of(form, i)):
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


def _withbounds_of(form: MatrixForm, sides: list[tuple[int, int]], weights: list[Fraction]) -> Contradiction:
    """The contradiction with these multipliers of rows; variables' bounds get those that cancel the coefficients."""
    found = Contradiction({}, {})
    for (i, side), weight in zip(sides, weights):
        if weight:
            found[side][i] = weight
    for j, a in found.aggregate(form)[0].items():
        side = 1 if a > 0 else 0
        if a and abs(bounds_of(form, form.rows + j)[side]) < inf:
            found[side][form.rows + j] = abs(a)
    return found


# ---- unbounded
def direction_program(form: MatrixForm) -> tuple[MatrixForm, list[tuple[int, int]]]:
    """The program of the directions that stay within all rows and bounds, with absolute steps of at most 1 in total.

    Also returns where each of its columns is from: (variable, +1 or -1 for the way the variable moves).
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


def direction(form: MatrixForm) -> Optional[Multipliers]:
    """A ray that stays within all rows and bounds while the objective improves; None if there is none."""
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
    nearest: Optional[Multipliers] = None
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


def direction_error(form: MatrixForm, steps: Multipliers) -> Optional[Fraction]:
    """The largest violation of a row, relative to its largest coefficient and the longest step; None if not a ray."""
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


# ---- both
def _solved(form: MatrixForm, time_limit: Optional[float] = None) -> tuple[list[float], list[float], float]:
    """(values, duals, objective) of a program that has an optimum."""
    engine = make_engine("glpk")
    try:
        engine.load(form)
        for tolerance in (1e-11, 1e-9, 1e-7):  # the narrowest first: an error within the tolerance spoils the proof
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
    """The numbers divided by the greatest; first with small denominators, to remove the solver's rounding errors."""
    greatest = max(map(abs, numbers), default=1.0) or 1.0
    shares = [Fraction(number / greatest) for number in numbers]
    for denominator in _DENOMINATORS:
        yield [share.limit_denominator(denominator) for share in shares]
    yield shares


def _whole(numbers: list[Fraction]) -> list[Fraction]:
    """The numbers, scaled to small integers if possible, else so that the greatest is 1."""
    common = lcm(*(number.denominator for number in numbers))
    if common <= _DENOMINATORS[-1]:
        divisor = gcd(*(int(number * common) for number in numbers)) or 1
        return [number * common / divisor for number in numbers]
    greatest = max(map(abs, numbers), default=Fraction(1))
    return [number / greatest for number in numbers]

"""Confirms a solver's answer to a linear program: what does not hold is repaired, or not returned.

An optimum that violates the program is refined (see `refinement.py`).  If that does not help, and if a small program
is called infeasible or unbounded, the simplex in rational arithmetic continues from the solver's last basis: its
result needs no proof.  For a large program the solver must give a proof: multipliers of the rows that contradict each
other and the bounds, or a point and a direction in which the objective improves without limit.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Sequence
from fractions import Fraction
from math import inf, isfinite
from typing import Any, Callable, NamedTuple, Optional

from pplp.engines.clock import Clock
from pplp.engines.contract import Options
from pplp.engines.rational import Start, Vertex, solve_exactly
from pplp.engines.refinement import Claim, Resolve, holds, reduced_costs, refined
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import ReadNumbers, Status
from pplp.form.verification import ROUNDING, TOLERANCE, is_small, total
from pplp.ground.decimals import rational

__all__ = [
    "Mended",
    "contradicts",
    "exact_answer",
    "exact_vertex",
    "exactly_contradicting",
    "exactly_improving",
    "held_to",
    "improves",
    "last_digits",
    "loosened",
    "mended",
    "numbers_of",
    "widened",
]

#: A proof must be clear of rounding by this, relative to the numbers that it adds up.
_CLEAR = 1e-9
#: What should cancel in it may be left with this of its greatest product.
_CANCELS = 1e-12
#: The last digits of the user's numbers may be rounding, as in 0.1 + 0.2; of sums of them this much is.
_LAST = 4e-15
#: Floats hold all integers up to here.
_LARGEST = 2**53
#: Rows and columns of a program that the exact simplex solves from nothing.
_TINY = 60
#: Pivots times rows that the exact simplex makes before it gives up; a number of pivots knows no clock.
_PATIENCE = 30_000
_DEFAULT = Options()
#: A float, or a fraction where nothing is to be rounded.
Real = Any
#: A small one that cannot be mended is held to this.
_ENOUGH = 1e-13
#: A program of at most this many coefficients is held to this, and refined where it does not hold.
_REFINED, _MEDIUM = 200_000, 1e-9


class Mended(NamedTuple):
    """An answer that holds: with numbers where it is an optimum, and the letters of its basis, if it has one."""

    status: Status
    how: str
    numbers: Optional[ReadNumbers] = None
    letters: str = ""
    is_close: bool = False  # is the proof that there is no optimum one by rounding alone?


def held_to(options: Options, form: MatrixForm) -> float:
    """The tolerance of an answer: narrow where it can be mended, unless a wider one was asked for."""
    asked = 10 * max(float(options.feasibility_tolerance), float(options.optimality_tolerance))
    is_wide = asked > 10 * max(_DEFAULT.feasibility_tolerance, _DEFAULT.optimality_tolerance)
    if is_small(form) and not is_wide:
        return ROUNDING
    return max(_MEDIUM if form.nonzeros <= _REFINED and not is_wide else TOLERANCE, asked if is_wide else 0.0)


def mended(form: MatrixForm, claim: Claim, resolve: Resolve, clock: Clock) -> Optional[Mended]:
    """The optimum that the claim is near to, or what else there is in its place; None if that cannot be told."""
    tolerance = held_to(clock.options, form)
    if not all(map(isfinite, (*claim.x, *claim.y))):
        return exact_answer(form, claim.letters, clock)
    iterations = clock.iterations  # those of the program itself are counted
    try:
        better = refined(form, claim, resolve, tolerance)
    finally:
        clock.iterations = iterations
    if better is not None:
        return _mended_by(form, better, "iterative refinement")
    found = exact_answer(form, claim.letters, clock)
    if found is None or found.is_close:
        enough = max(_ENOUGH if is_small(form) else TOLERANCE, tolerance)
        if holds(form, claim, enough):
            return _mended_by(form, claim, "")
    return found


def _mended_by(form: MatrixForm, claim: Claim, how: str) -> Mended:
    numbers = ReadNumbers(list(claim.x), reduced_costs(form, claim.y), list(claim.y))
    return Mended(Status.OPTIMAL, how, numbers, claim.letters)


def exact_answer(form: MatrixForm, letters: str, clock: Clock) -> Optional[Mended]:
    """The answer of the exact simplex from a basis, or from the slack basis; None of a program that is not small."""
    if not is_small(form):
        return None
    vertex, is_close = exact_vertex(form, letters, clock)
    how = "exact simplex"
    if vertex.status is Status.OPTIMAL:
        return Mended(vertex.status, how, numbers_of(form, vertex), vertex.letters, is_close)
    return None if vertex.status is Status.NUMERICAL else Mended(vertex.status, how, is_close=is_close)


def exact_vertex(form: MatrixForm, letters: str, clock: Clock) -> tuple[Vertex, bool]:
    """What the exact simplex says; is it close?  What is infeasible by the last digits alone is none."""
    start = Start.of(letters) if letters else None
    vertex = solve_exactly(form, start, _patience(form, clock.stopping))
    clock.iterations += vertex.pivots
    is_close = _is_close(form, vertex)
    if is_close and vertex.status is Status.INFEASIBLE:
        vertex = solve_exactly(widened(form), start, _patience(form, clock.stopping))
    return vertex, is_close


def widened(form: MatrixForm) -> MatrixForm:
    """The program with all bounds looser by the rounding of sums of the user's numbers.

    What is whole by its kind is not rounded: bounds of integers, and sides of rows of integers with whole coefficients.
    """
    return _looser(form, last_digits)


def loosened(form: MatrixForm, share: float) -> MatrixForm:
    """The program with all rows looser by this share of their bounds; those of integers alone take no more integers."""

    def slack(end: float, is_whole: bool) -> float:
        return 0.0 if abs(end) == inf else min(0.5 if is_whole and end.is_integer() else inf, share * abs(end))

    return dataclasses.replace(
        _looser(form, slack), column_lower=form.column_lower, column_upper=form.column_upper, divided=form.divided
    )


def _looser(form: MatrixForm, slack: Callable[[float, bool], float]) -> MatrixForm:
    whole = bytes(map(_is_whole, (form,) * form.rows, range(form.rows)))
    sides = (
        (-1, form.column_lower, form.integer),
        (1, form.column_upper, form.integer),
        (-1, form.row_lower, whole),
        (1, form.row_upper, whole),
    )
    lower, upper, row_lower, row_upper = (
        array("d", [end + way * slack(end, bool(flag)) for end, flag in zip(ends, flags)]) for way, ends, flags in sides
    )
    return dataclasses.replace(
        form, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper, divided={}
    )


def _is_whole(form: MatrixForm, i: int) -> bool:
    """Can a row only take integers?"""
    indices, values = form.row(i)
    return all(form.integer[j] for j in indices) and all(map(float.is_integer, values))


def last_digits(end: float, is_whole: bool = False) -> float:
    """How much of a bound may be rounding; of an integer nothing, where integers are what it is of."""
    is_exact = abs(end) == inf or (is_whole and end.is_integer() and abs(end) < _LARGEST)
    return 0.0 if is_exact else _LAST * abs(end)


def _patience(form: MatrixForm, stopping: Callable[[], Optional[Status]]) -> Callable[[], Optional[Status]]:
    """Stops the exact simplex when somebody wants it, or after this many pivots."""
    asked, pivots = 0, _PATIENCE / (form.rows + 1)
    # It asks once in a pivot, and once for each row of a factorization, of which there is one in forty pivots.
    most = 2 * form.rows + pivots * (1 + form.rows / 40)

    def stop() -> Optional[Status]:
        nonlocal asked
        asked += 1
        return stopping() or (Status.NUMERICAL if asked > most else None)

    return stop


def _is_close(form: MatrixForm, vertex: Vertex) -> bool:
    """Does the proof rest on the last digits of the program's numbers?  These may be rounded, as in 0.1 + 0.2.

    Multipliers of rows must come out above what the bounds allow, a direction with a gain, by more than `_LAST` of
    the numbers that they add up.
    """
    if vertex.status is Status.INFEASIBLE and vertex.proof:
        return not contradicts(form, vertex.proof, _LAST)
    if vertex.status is Status.UNBOUNDED and vertex.proof:
        return not improves(form, vertex.proof, _LAST)
    return False


def exactly_contradicting(form: MatrixForm) -> Optional[Vertex]:
    """A vertex of the program without its objective, or the proof that there is no point; None if it takes long."""
    without = dataclasses.replace(form, cost=array("d", bytes(8 * form.columns)), offset=0.0)
    return _unstarted(without)


def exactly_improving(form: MatrixForm) -> Optional[Vertex]:
    """The proof that some direction improves without limit, or the vertex that there is none; None if it takes long.

    Whether the program has a point is another question: the directions are the points of the program with 0 for all
    bounds.
    """
    lower, upper = (_cone(ends) for ends in (form.column_lower, form.column_upper))
    row_lower, row_upper = (_cone(ends) for ends in (form.row_lower, form.row_upper))
    return _unstarted(
        dataclasses.replace(
            form, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper, divided={}
        )
    )


def _unstarted(form: MatrixForm) -> Optional[Vertex]:
    if not form.rows + form.columns <= _TINY:
        return None
    vertex = solve_exactly(form, None, _patience(form, lambda: None))
    if vertex.status is Status.NUMERICAL or _is_close(form, vertex):
        return None
    return vertex


def _cone(ends: array[float]) -> array[float]:
    return array("d", [end if abs(end) == inf else 0.0 for end in ends])


def numbers_of(form: MatrixForm, vertex: Vertex) -> ReadNumbers:
    """The vertex in floats; what a bound in floats would cut off is at the bound."""
    bounds = zip(vertex.values, form.column_lower, form.column_upper)
    values = [min(max(float(x), low), high) for x, low, high in bounds]
    return ReadNumbers(values, list(map(float, vertex.reduced_costs)), list(map(float, vertex.duals)))


# ---- proofs of a solver's own
def contradicts(form: MatrixForm, weights: Sequence[Real], clear: float = _CLEAR) -> bool:
    """Do so much of each row contradict each other and the bounds?

    The rows add up to ``sum of weight * row``, which the rows' bounds put above some number; the bounds of the columns
    must keep it below that, by more than `clear` of the numbers that are added up.  All is computed in floats of
    sums that are rounded once, and in fractions where the weights are.
    """
    least: list[Real] = []
    left: dict[int, list[Real]] = {}
    for i, weight in enumerate(weights):
        if not weight:
            continue
        bound = form.row_lower[i] if weight > 0 else form.row_upper[i]
        if abs(bound) == inf:
            return False
        least.append(_times(weight, bound))
        for j, a in zip(*form.row(i)):
            left.setdefault(j, []).append(_times(weight, a))
    most: list[Real] = []
    for j, products in left.items():
        factor, low, high = _sum(products), form.column_lower[j], form.column_upper[j]
        if not factor:
            continue
        if not isinstance(factor, Fraction) and abs(factor) <= _CANCELS * max(map(abs, products)):
            if max(abs(low), abs(high)) < inf:  # it has little to say, and may say it
                most.append(_times(abs(factor), max(abs(low), abs(high))))
            continue
        bound = high if factor > 0 else low
        if abs(bound) == inf:
            return False
        most.append(_times(factor, bound))
    size = max(map(abs, [*least, *most]), default=0.0)
    return bool(clear * size < _sum(least) - _sum(most) < inf)


def improves(form: MatrixForm, steps: Sequence[Real], clear: float = _CLEAR) -> bool:
    """Does this direction leave no row and no bound, and improve the objective, by more than rounding can do?"""
    for step, low, high in zip(steps, form.column_lower, form.column_upper):
        if step and (high if step > 0 else -low) < inf:
            return False
    for i in range(form.rows):
        products = [_times(steps[j], a) for j, a in zip(*form.row(i)) if steps[j]]
        off = _sum(products)
        noise = 0.0 if isinstance(off, Fraction) else _CANCELS * max(map(abs, products), default=0.0)
        if abs(off) > noise and (form.row_upper[i] if off > 0 else -form.row_lower[i]) < inf:
            return False
    gains = [_times(step, c) for c, step in zip(form.cost, steps) if step and c]
    gain = _sum(gains) * (1 if form.maximize else -1)
    return bool(gain > clear * max(map(abs, gains), default=0.0))


def _times(weight: Real, number: float) -> Real:
    return weight * rational(number) if isinstance(weight, Fraction) else weight * number


def _sum(products: Sequence[Real]) -> Real:
    if products and isinstance(products[0], Fraction):
        return sum(products, Fraction(0))
    return total([float(product) for product in products])

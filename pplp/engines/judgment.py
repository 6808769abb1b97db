"""Confirms a solver's answer to a linear program; an answer that does not hold is repaired or rejected.

An optimum that violates the program is refined (see `refinement.py`).  If that does not help, or if the solver calls a
small program infeasible or unbounded, the simplex in rational arithmetic continues from the solver's last basis; its
result needs no proof.  For a large program the solver must give a proof: multipliers of rows that contradict each other
and the bounds, or a point and a direction in which the objective improves without limit.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Sequence
from fractions import Fraction
from math import inf, isfinite
from typing import Any, Callable, NamedTuple, Optional

from pplp.engines.clock import Clock
from pplp.engines.rational import Start, Vertex, solve_exactly
from pplp.engines.refinement import Claim, Resolve, holds, reduced_costs, refined
from pplp.engines.tolerance import held_to
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import ReadNumbers, Status
from pplp.form.verification import TOLERANCE, is_small, total
from pplp.ground.decimals import rational

__all__ = [
    "Repaired",
    "contradicts",
    "exact_answer",
    "exact_vertex",
    "exactly_contradicting",
    "exactly_improving",
    "improves",
    "last_digits",
    "loosened",
    "repaired",
    "numbers_of",
    "widened",
]

#: A proof must hold by this margin, relative to the numbers that it adds, so that it does not depend on rounding.
_CLEAR = 1e-9
#: A sum that should cancel counts as 0 up to this share of its largest product.
_CANCELS = 1e-12
#: The share of a sum of the user's numbers that may be rounding, as in 0.1 + 0.2.
_LAST = 4e-15
#: Floats represent all integers up to here exactly.
_LARGEST = 2**53
#: The most rows and columns together of a program that the exact simplex solves without a starting basis.
_TINY = 60
#: The exact simplex gives up after this many pivots times rows; unlike seconds, pivots do not depend on the machine.
_PATIENCE = 30_000
#: A float, or a fraction if nothing may be rounded.
Real = Any
#: The tolerance for the answer of a small program that cannot be repaired.
_ENOUGH = 1e-13


class Repaired(NamedTuple):
    """A confirmed answer: an optimum comes with numbers, and with the letters of its basis if it has one."""

    status: Status
    how: str
    numbers: Optional[ReadNumbers] = None
    letters: str = ""
    is_close: bool = False  # True if the proof that there is no optimum depends on rounding


def repaired(form: MatrixForm, claim: Claim, resolve: Resolve, clock: Clock) -> Optional[Repaired]:
    """The claim refined to an optimum, or else the exact answer; None if neither is found."""
    tolerance = held_to(clock.options, form)
    if not all(map(isfinite, (*claim.x, *claim.y))):
        return exact_answer(form, claim.letters, clock)
    iterations = clock.iterations  # restored below: only iterations on the program itself are counted
    try:
        better = refined(form, claim, resolve, tolerance)
    finally:
        clock.iterations = iterations
    if better is not None:
        return _repaired_by(form, better, "iterative refinement")
    found = exact_answer(form, claim.letters, clock)
    if found is None or found.is_close:
        enough = max(_ENOUGH if is_small(form) else TOLERANCE, tolerance)
        if holds(form, claim, enough):
            return _repaired_by(form, claim, "")
    return found


def _repaired_by(form: MatrixForm, claim: Claim, how: str) -> Repaired:
    numbers = ReadNumbers(list(claim.x), reduced_costs(form, claim.y), list(claim.y))
    return Repaired(Status.OPTIMAL, how, numbers, claim.letters)


def exact_answer(form: MatrixForm, letters: str, clock: Clock) -> Optional[Repaired]:
    """The answer of the exact simplex, from a basis or the slack basis; None if it gave up, or for a large program."""
    if not is_small(form):
        return None
    vertex, is_close = exact_vertex(form, letters, clock)
    how = "exact simplex"
    if vertex.status is Status.OPTIMAL:
        return Repaired(vertex.status, how, numbers_of(form, vertex), vertex.letters, is_close)
    return None if vertex.status is Status.NUMERICAL else Repaired(vertex.status, how, is_close=is_close)


def exact_vertex(form: MatrixForm, letters: str, clock: Clock) -> tuple[Vertex, bool]:
    """(the result of the exact simplex, True if it depends on rounding of the program's numbers).

    If the program is infeasible by such rounding alone, the result is that of the `widened` program.
    """
    start = Start.of(letters) if letters else None
    vertex = solve_exactly(form, start, _patience(form, clock.stopping))
    clock.iterations += vertex.pivots
    is_close = _is_close(form, vertex)
    if is_close and vertex.status is Status.INFEASIBLE:
        vertex = solve_exactly(widened(form), start, _patience(form, clock.stopping))
    return vertex, is_close


def widened(form: MatrixForm) -> MatrixForm:
    """The program with all bounds loosened by the rounding that sums of the user's numbers may have.

    A bound that is an integer keeps its value if it is a bound of an integer variable, or of a row of integer variables
    with integer coefficients.
    """
    return _looser(form, last_digits)


def loosened(form: MatrixForm, share: float) -> MatrixForm:
    """The program with the bounds of all rows loosened by this share; rows of integers admit no further integers."""

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
    """True if a row can only have integer values."""
    indices, values = form.row(i)
    return all(form.integer[j] for j in indices) and all(map(float.is_integer, values))


def last_digits(end: float, is_whole: bool = False) -> float:
    """How much of a bound may be rounding; 0 for an integer bound of an integer variable or row (`is_whole`)."""
    is_exact = abs(end) == inf or (is_whole and end.is_integer() and abs(end) < _LARGEST)
    return 0.0 if is_exact else _LAST * abs(end)


def _patience(form: MatrixForm, stopping: Callable[[], Optional[Status]]) -> Callable[[], Optional[Status]]:
    """A function that stops the exact simplex on request, or after too many pivots."""
    asked, pivots = 0, _PATIENCE / (form.rows + 1)
    # The simplex calls it once per pivot, and once per row in each factorization, which comes every forty pivots.
    most = 2 * form.rows + pivots * (1 + form.rows / 40)

    def stop() -> Optional[Status]:
        nonlocal asked
        asked += 1
        return stopping() or (Status.NUMERICAL if asked > most else None)

    return stop


def _is_close(form: MatrixForm, vertex: Vertex) -> bool:
    """True if the proof depends on the last digits of the program's numbers, which may be rounded, as in 0.1 + 0.2.

    The contradiction, or the gain of the direction, must be more than `_LAST` of the numbers that it adds.
    """
    if vertex.status is Status.INFEASIBLE and vertex.proof:
        return not contradicts(form, vertex.proof, _LAST)
    if vertex.status is Status.UNBOUNDED and vertex.proof:
        return not improves(form, vertex.proof, _LAST)
    return False


def exactly_contradicting(form: MatrixForm) -> Optional[Vertex]:
    """Any feasible vertex, or the proof of infeasibility; None if the program is too large or too close to call."""
    without = dataclasses.replace(form, cost=array("d", bytes(8 * form.columns)), offset=0.0)
    return _unstarted(without)


def exactly_improving(form: MatrixForm) -> Optional[Vertex]:
    """The proof that a ray improves without limit, or that there is none; None if too large or too close to call.

    Rays are the points of the program with 0 in place of every finite bound, so the program itself may be infeasible.
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
    """The vertex in floats; a value that its rounded bound would cut off is moved to the bound."""
    bounds = zip(vertex.values, form.column_lower, form.column_upper)
    values = [min(max(float(x), low), high) for x, low, high in bounds]
    return ReadNumbers(values, list(map(float, vertex.reduced_costs)), list(map(float, vertex.duals)))


# ---- proofs by a solver
def contradicts(form: MatrixForm, weights: Sequence[Real], clear: float = _CLEAR) -> bool:
    """True if the rows with these weights contradict each other and the bounds.

    The rows' bounds give a lower limit for ``sum of weight * row``, and the columns' bounds an upper limit.  The upper
    limit must be below the lower one by more than `clear` of the numbers that are added.  With weights in fractions
    nothing is rounded; in floats each sum is rounded once.
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
            if max(abs(low), abs(high)) < inf:  # it may be noise, so it counts at worst: with the largest bound
                most.append(_times(abs(factor), max(abs(low), abs(high))))
            continue
        bound = high if factor > 0 else low
        if abs(bound) == inf:
            return False
        most.append(_times(factor, bound))
    size = max(map(abs, [*least, *most]), default=0.0)
    return bool(clear * size < _sum(least) - _sum(most) < inf)


def improves(form: MatrixForm, steps: Sequence[Real], clear: float = _CLEAR) -> bool:
    """True if this direction stays within all rows and bounds, and improves the objective by more than rounding."""
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

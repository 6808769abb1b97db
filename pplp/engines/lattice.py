"""Solves small integer programs with unbounded integers exactly, where branch and bound may never end.

Branch and bound never proves that 0.1 <= 5 x - 7 y <= 0.4 has no integers x, y >= 0: it can branch on x and y without
limit.  So this module branches on other integers.  Let R be directions in which the feasible region goes on without
limit and the objective does not change, as many as there are with linearly independent integer components, and L the
space that these components span.  Then

    min c x  over the feasible integer x   =   min c x  over the feasible x with w = E x integer

where E x are those coordinates of the integer lattice that are constant along L: here w = 5 x - 7 y.  Proof: from a
feasible x with an integer w, steps along R bring the other coordinates to the next integers; the point stays feasible,
and costs the same.  So w can be required to be integer in place of x.  Without an objective the rows bound w; with one,
values of w far out worsen it.  Branch and bound on w therefore ends, in rational arithmetic, too.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, gcd, inf, lcm
from typing import Optional

from pplp.engines.clock import Clock
from pplp.engines.divisibility import contradictory_equations
from pplp.engines.exact_search import best_vertex
from pplp.engines.judgment import exact_vertex, widened
from pplp.engines.rational import Vertex
from pplp.engines.routes import Search
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import POINT, is_small, objective_value, primal_complaint
from pplp.ground.decimals import rational

__all__ = ["last_word", "lattice_answer"]

#: If the bounds of an integer are farther apart than this, those that are this far from 0 are left out at first.
_WIDE = 1000.0
#: The most rows and columns together of a program that is solved here, and the limit on nodes of its search.
_TINY, _NODES = 60, 1000
#: Floats represent all integers up to here exactly.
_LARGEST = 2**53
_ROUTE = "exact search along bounded directions"

Point = list[Fraction]


class _Unknown(Exception):
    """No answer was found: the search was stopped, or it or its numbers grew too large."""


def last_word(form: MatrixForm, clock: Clock, found: Search) -> Search:
    """The result `found`; if it is undecided, the answer of `lattice_answer`, if there is one."""
    if found.status not in (Status.NUMERICAL, Status.INFEASIBLE_OR_UNBOUNDED):
        return found
    return lattice_answer(form, clock) or found


def lattice_answer(form: MatrixForm, clock: Clock) -> Optional[Search]:
    """The proved answer of a small program with an integer whose bounds are far apart or missing; None if not found."""
    if clock.options.callback is not None or clock.stopping() is not None or not is_small(form):
        return None
    opened = _opened(form)
    if opened is None:
        return None
    found = _held(opened, form, clock)
    if found is not None and (opened is form or found.status is not Status.UNBOUNDED):
        return found
    return None if opened is form else _held(form, form, clock)


def _held(opened: MatrixForm, form: MatrixForm, clock: Clock) -> Optional[Search]:
    """The answer of `opened`, which is `form` without some bounds; None if its point violates those bounds."""
    iterations = clock.iterations  # restored below: only iterations on the program itself are counted
    try:
        found = _answer(opened, clock)
    except _Unknown:
        return None
    finally:
        clock.iterations = iterations
    holds = found.values is None or primal_complaint(form, found.values, POINT) is None
    return found if holds else None


def _opened(form: MatrixForm) -> Optional[MatrixForm]:
    """The program without the far bounds of its integers in wide ranges; None if no integer has a wide range."""
    lower, upper = form.column_lower[:], form.column_upper[:]
    is_wide = False
    for j, (integer, low, high) in enumerate(zip(form.integer, lower, upper)):
        if integer and high - low > _WIDE:
            is_wide = True
            lower[j] = -inf if low < -_WIDE else low
            upper[j] = inf if high > _WIDE else high
    if not is_wide:
        return None
    if lower == form.column_lower and upper == form.column_upper:
        return form
    return dataclasses.replace(form, column_lower=lower, column_upper=upper)


def _answer(form: MatrixForm, clock: Clock) -> Search:
    """The answer: infeasible by divisibility, or else the result of the search."""
    contradiction = contradictory_equations(form)
    if contradiction is not None:
        return Search(Status.INFEASIBLE, "divisibility", contradiction.said(form), is_proved=True)
    if form.rows + form.columns > _TINY:
        raise _Unknown
    found = _searched(form, clock)
    if found.status is Status.INFEASIBLE:  # confirm it with looser bounds: the data's last digits may be rounded
        looser = widened(form)
        found = found if looser == dataclasses.replace(form, divided={}) else _searched(looser, clock)
    return found


def _searched(form: MatrixForm, clock: Clock) -> Search:
    still = dataclasses.replace(form, cost=array("d", bytes(8 * form.columns)), offset=0.0)
    lattice = _Lattice(still, clock)
    ranges = lattice.ranges(still)
    for coordinate, (low, high) in ranges.items():
        if low > high:
            return Search(Status.INFEASIBLE, _ROUTE, lattice.said(form, coordinate), is_proved=True)
    point, nodes = lattice.best(still, ranges, None)
    if point is None:
        return Search(Status.INFEASIBLE, _ROUTE, nodes=nodes, is_proved=True)
    if any(form.cost):
        if _vertex(form, clock).status is Status.UNBOUNDED:
            return Search(Status.UNBOUNDED, f"{_ROUTE}, and a direction", nodes=nodes, is_proved=True)
        better, more = _Lattice(form, clock).best(form, {}, _objective(form, point))
        point, nodes = better or point, nodes + more
    values = list(map(float, point))
    return Search(Status.OPTIMAL, _ROUTE, "", values, objective_value(form, values), nodes, is_proved=True)


def _objective(form: MatrixForm, point: Point) -> Fraction:
    return sum((rational(c) * x for c, x in zip(form.cost, point) if c), rational(form.offset))


def _vertex(form: MatrixForm, clock: Clock) -> Vertex:
    vertex, _ = exact_vertex(form, "", clock)
    if vertex.status not in (Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED):
        raise _Unknown
    return vertex


class _Lattice:
    """The directions R of a program, and a unimodular matrix of coordinates of its integers x.

    The first rows of the matrix, one for each direction, are coordinates that change along R: its product with R is
    upper triangular, with zeros below.  The other rows are E: the constant coordinates, those that R does not change.
    """

    def __init__(self, form: MatrixForm, clock: Clock) -> None:
        self._clock = clock
        self._columns = [j for j, integer in enumerate(form.integer) if integer]
        count = len(self._columns)
        self._coordinates = [[int(j == k) for j in range(count)] for k in range(count)]
        self._directions: list[Point] = []
        self._find(form)

    # ---- the directions
    def _find(self, form: MatrixForm) -> None:
        cone = _cone(form)
        k = 0
        while len(self._directions) + k < len(self._coordinates):
            row = self._coordinates[len(self._directions) + k]
            for maximize in (True, False):
                goal = dataclasses.replace(cone, cost=self._cost(row, form.columns), maximize=maximize)
                found = _vertex(goal, self._clock)
                if found.objective:
                    self._take(list(found.values))
                    k = -1
                    break
            k += 1

    def _cost(self, row: Sequence[int], columns: int) -> array[float]:
        if max(map(abs, row)) >= _LARGEST:
            raise _Unknown
        cost = array("d", bytes(8 * columns))
        for j, a in zip(self._columns, row):
            cost[j] = float(a)
        return cost

    def _take(self, direction: Point) -> None:
        """Add a direction, and transform the constant coordinates so that it changes only one, which leaves them."""
        scale = lcm(*(direction[j].denominator for j in self._columns))
        steps = [int(direction[j] * scale) for j in self._columns]
        divisor = gcd(*steps)
        self._directions.append([step * scale / divisor for step in direction])
        first = len(self._directions) - 1
        rows = self._coordinates[first:]
        changes = [sum(a * step // divisor for a, step in zip(row, steps)) for row in rows]
        while sum(map(bool, changes)) > 1:  # Euclid's algorithm
            pivot = min((k for k, change in enumerate(changes) if change), key=lambda k: abs(changes[k]))
            for k, change in enumerate(changes):
                factor = change // changes[pivot] if k != pivot else 0
                if factor:
                    rows[k] = [a - factor * b for a, b in zip(rows[k], rows[pivot])]
                    changes[k] -= factor * changes[pivot]
        pivot = next(k for k, change in enumerate(changes) if change)
        rows.insert(0, rows.pop(pivot))
        self._coordinates[first:] = rows

    # ---- the program in which the constant coordinates are integers
    def _staying(self) -> list[list[int]]:
        return self._coordinates[len(self._directions) :]

    def ranges(self, form: MatrixForm) -> dict[int, tuple[int, int]]:
        """The least and greatest integer value of each constant coordinate in the relaxation; crossed if none."""
        found = {}
        for k, row in enumerate(self._staying()):
            ends = []
            for maximize in (False, True):
                goal = dataclasses.replace(form, cost=self._cost(row, form.columns), maximize=maximize)
                vertex = _vertex(goal, self._clock)
                if vertex.status is Status.INFEASIBLE:
                    return {k: (1, 0)}
                if vertex.status is Status.UNBOUNDED:
                    raise _Unknown
                ends.append(vertex.objective)
            found[k] = ceil(ends[0]), floor(ends[1])
            if ceil(ends[0]) > floor(ends[1]):
                break
        return found

    def said(self, form: MatrixForm, coordinate: int) -> str:
        """A message: this coordinate has no integer value."""
        terms = [(a, form.column_label(j)) for j, a in zip(self._columns, self._staying()[coordinate]) if a]
        sign = -1 if terms[0][0] < 0 else 1
        text = " ".join(f"{'-' if sign * a < 0 else '+'} {f'{abs(a)} ' * (abs(a) != 1)}{name}" for a, name in terms)
        return f"The constraints leave no whole number for {text[2:]}, which is one where the variables are integers."

    def best(
        self, form: MatrixForm, ranges: dict[int, tuple[int, int]], limit: Optional[Fraction]
    ) -> tuple[Optional[Point], int]:
        """(the best integer point that is better than the limit, or None; the number of nodes)."""
        ended = best_vertex(self._finite(form, ranges), self._clock, _NODES, limit)
        if ended is None:
            raise _Unknown
        point = None if ended.best is None else self._whole(ended.best.values[: form.columns])
        return point, ended.nodes

    def _finite(self, form: MatrixForm, ranges: dict[int, tuple[int, int]]) -> MatrixForm:
        """The program in which w is integer in place of x: it has more columns, and rows E x - w = 0."""
        integer = bytearray(form.columns)
        lower, upper, cost = form.column_lower[:], form.column_upper[:], form.cost[:]
        row_lower, row_upper, starts = form.row_lower[:], form.row_upper[:], form.starts[:]
        indices, values = form.indices[:], form.values[:]
        for k, row in enumerate(self._staying()):
            low, high = map(float, ranges[k]) if k in ranges else (-inf, inf)
            terms = [(j, float(a)) for j, a in zip(self._columns, row) if a]
            if len(terms) == 1:  # the coordinate is a variable of the program
                j = terms[0][0]
                integer[j] = True
                continue
            terms.append((len(cost), -1.0))
            lower.append(low)
            upper.append(high)
            cost.append(0.0)
            integer.append(True)
            _equate_to_0(terms, starts, indices, values, row_lower, row_upper)
        return dataclasses.replace(
            form, cost=cost, column_lower=lower, column_upper=upper, integer=bytes(integer), row_lower=row_lower,
            row_upper=row_upper, starts=starts, indices=indices, values=values,
        )  # fmt: skip

    def _whole(self, values: Sequence[Fraction]) -> Point:
        """An integer point, reached along the directions from a point whose constant coordinates are integers."""
        point = list(values)
        for k in reversed(range(len(self._directions))):
            direction, row = self._directions[k], self._coordinates[k]
            here = sum((a * point[j] for j, a in zip(self._columns, row)), Fraction(0))
            rate = sum((a * direction[j] for j, a in zip(self._columns, row)), Fraction(0))
            share = ((ceil(here) if rate > 0 else floor(here)) - here) / rate
            point = [x + share * step for x, step in zip(point, direction)]
        if any(point[j].denominator != 1 or abs(point[j]) >= _LARGEST for j in self._columns):
            raise _Unknown
        return point


def _cone(form: MatrixForm) -> MatrixForm:
    """The program of the directions that never leave the feasible region and cost nothing, with steps of at most 1."""
    ways = zip(form.column_lower, form.column_upper)
    lower = array("d", [-1.0 if low == -inf else 0.0 for low, _ in ways])
    upper = array("d", [1.0 if high == inf else 0.0 for high in form.column_upper])
    row_lower = array("d", [-inf if low == -inf else 0.0 for low in form.row_lower])
    row_upper = array("d", [inf if high == inf else 0.0 for high in form.row_upper])
    starts, indices, values = form.starts[:], form.indices[:], form.values[:]
    costs = [(j, c) for j, c in enumerate(form.cost) if c]
    if costs:
        _equate_to_0(costs, starts, indices, values, row_lower, row_upper)
    return dataclasses.replace(
        form, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper, starts=starts,
        indices=indices, values=values, offset=0.0, divided={},
    )  # fmt: skip


def _equate_to_0(
    terms: Sequence[tuple[int, float]],
    starts: array[int],
    indices: array[int],
    values: array[float],
    row_lower: array[float],
    row_upper: array[float],
) -> None:
    """Append a row: the sum of these terms is 0."""
    indices.extend(j for j, _ in terms)
    values.extend(a for _, a in terms)
    starts.append(len(indices))
    row_lower.append(0.0)
    row_upper.append(0.0)

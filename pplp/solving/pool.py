"""The best solutions of an integer program, in order: the remaining integer points are solved again and again.

When a point has been found, the remaining points are divided into disjoint parts (Lawler 1972, Murty 1968): for
the general integers n1, n2, ... with the values v1, v2, ...

    n1 <= v1 - 1,   n1 >= v1 + 1,
    n1 = v1 and n2 <= v2 - 1,   n1 = v1 and n2 >= v2 + 1,   ...,
    n1 = v1, n2 = v2, ... and at least one binary differs.

The last one needs a single row: the sum of b where b was 0 and of 1 - b where it was 1 is at least 1.  The best
remaining point is the best of all parts, each of which is solved once, on a copy of the program.
"""

from __future__ import annotations

import dataclasses
import heapq
import time
from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from pplp.answers.solution import Solution, frame_of
from pplp.answers.solvable import session_of
from pplp.core.constraints import Constraint
from pplp.core.expressions import Variable
from pplp.core.handle import index_of
from pplp.core.sense import Sense
from pplp.engines.contract import Options
from pplp.form.outcome import Outcome, Status

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["next_best"]

_FOUND = (Status.OPTIMAL, Status.GAP_REACHED)


class _Part(NamedTuple):
    """Integer points: the bounds of the general integers, and the rows that binaries must satisfy."""

    bounds: dict[int, tuple[float, float]]
    rows: frozenset[int]


class _Integer(NamedTuple):
    """An integer variable of the copy, its index (the same in the program), and its own bounds."""

    variable: Variable
    key: int
    low: float
    high: float


class _Parts:
    """A copy of a program, restricted to one part of its points after another."""

    def __init__(self, program: Solvable) -> None:
        self._twin, self._stop = program.copy(), session_of(program).stop
        integers = [_Integer(x, index_of(x), x.lb, x.ub) for x in self._twin.variables if x.integer]
        self._binaries = [n for n in integers if n.low >= 0 and n.high <= 1]
        self._generals = [n for n in integers if not (n.low >= 0 and n.high <= 1)]
        self._rows: list[tuple[Constraint, float]] = []

    def all(self) -> _Part:
        """All points."""
        return _Part({}, frozenset())

    def solve(self, part: _Part, maximize: bool, options: Options) -> Outcome:
        """The best point of a part."""
        for n in self._generals:
            bounds = part.bounds.get(n.key, (n.low, n.high))
            if n.variable.bounds != bounds:
                n.variable.bounds = bounds
        for number, (row, least) in enumerate(self._rows):
            bound = least if number in part.rows else -inf
            if row.lb != bound:
                row.lb = bound
        return session_of(self._twin).ask(self._twin, maximize, options, self._stop)

    def others(self, part: _Part, point: Solution) -> Iterator[_Part]:
        """Divide a part, except for this point, into disjoint parts."""
        fixed = dict(part.bounds)
        for n in self._generals:
            value = int(point.values_at([n.key])[0])
            low, high = part.bounds.get(n.key, (n.low, n.high))
            if low <= value - 1:
                yield _Part({**fixed, n.key: (low, value - 1)}, part.rows)
            if value + 1 <= high:
                yield _Part({**fixed, n.key: (value + 1, high)}, part.rows)
            fixed[n.key] = value, value
        if self._binaries:
            yield _Part(fixed, part.rows | {self._differing(point)})

    def _differing(self, point: Solution) -> int:
        """A new row: at least one binary differs from its value at the point."""
        values = point.values_at([n.key for n in self._binaries])
        changes = sum(1 - n.variable if value > 0.5 else n.variable for n, value in zip(self._binaries, values))
        row = self._twin.add_constraint(changes >= 1)
        self._rows.append((row, row.lb))  # not 1: the constants of the sum have moved to the bound
        return len(self._rows) - 1

    def close(self) -> None:
        """Release the solver's memory."""
        session_of(self._twin).close()


def next_best(program: Solvable, best: Solution, options: Options) -> tuple[tuple[Solution, ...], Status, str]:
    """The solutions after the best one, at most `options.pool` together with it; and the status and message of all.

    The options must be those for an engine, in terms of positions in the matrix.
    """
    began = time.perf_counter()
    found: list[Solution] = []
    if not any(x.integer for x in program.variables):
        return (), best.status, best.message
    maximize, parts = Sense.of(best.sense).is_maximize, _Parts(program)
    waiting: list[tuple[float, int, _Part, Solution]] = []
    part, point, count = parts.all(), best, 0
    try:
        while len(found) + 1 < options.pool:
            for other in parts.others(part, point):
                outcome = parts.solve(other, maximize, _left(options, best, began))
                if outcome.status in _FOUND:
                    solution = Solution(outcome, best.sense, frame_of(best))
                    count += 1  # breaks ties: of equally good solutions, the one found first comes first
                    value = -solution.objective if maximize else solution.objective
                    heapq.heappush(waiting, (value, count, other, solution))
                elif outcome.status is not Status.INFEASIBLE:
                    message = f"{len(found) + 1} of the {options.pool} best solutions were found."
                    return tuple(found), outcome.status, message
            if not waiting:
                break
            _, _, part, point = heapq.heappop(waiting)
            found.append(point)
        return tuple(found), best.status, best.message
    finally:
        parts.close()


def _left(options: Options, best: Solution, began: float) -> Options:
    """The options with the time that is left, and without the start, which was meant for the best solution."""
    limit = options.time_limit
    if limit is not None:
        limit = max(0.0, float(limit) - best.seconds - (time.perf_counter() - began))
    return dataclasses.replace(options, start=None, time_limit=limit)

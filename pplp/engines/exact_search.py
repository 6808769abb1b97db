"""Branch and bound in rational arithmetic, the last resort for a small integer program.

An engine takes 1e-8 for the integer 0, and then accepts a row with large coefficients that the rounded point violates.
If that happens, or the engine's search fails, a small program is searched again without rounding.  So is a small
program with large numbers that the engine calls infeasible: its tolerances are absolute, and rounding may exceed them.
"""

from __future__ import annotations

import dataclasses
from array import array
from fractions import Fraction
from math import floor, inf
from typing import Callable, NamedTuple, Optional

from pplp.engines.clock import Clock
from pplp.engines.integer_points import NODES
from pplp.engines.judgment import exact_vertex, loosened, numbers_of
from pplp.engines.rational import Vertex
from pplp.engines.routes import Search
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import is_small, objective_value

__all__ = ["Ended", "best_vertex", "has_large_numbers", "searched_exactly"]

#: The limit on nodes.
_NODES = 300
#: From here on floats, and so bounds, cannot represent every integer.
_FAR = 2**52
#: In a row with numbers of this size, rounding leaves an error of about 1e-9.
_LARGE = 1e7
#: Bounds of rows are loosened by this share, so that an engine does not take rounding errors for violations.
_LOOSE = 1e-9
#: To confirm an engine's optimum, points that are better by more than this share of it are searched for.  The limit on
#: nodes is `_WORK` divided by the square of the number of rows and columns: the work is about the same in all programs.
_SHARE, _WORK = Fraction(1, 10**9), 4_000


def searched_exactly(
    form: MatrixForm, clock: Clock, found: Search, again: Callable[[MatrixForm, int], Search], is_far: bool = False
) -> Search:
    """The answer `found`, or if it is in doubt and the program is small, the answer of a search without rounding.

    The optimum of a tiny program is also confirmed if its numbers are large, or differ widely in size (`is_far`),
    because an engine may have cut off the branch with the optimum.  `again` has the engine search another program, with
    at most this many nodes.
    """
    if clock.options.callback is not None or not is_small(form) or found.is_proved:
        return found
    if found.status is Status.NUMERICAL or (found.status is Status.INFEASIBLE and has_large_numbers(form)):
        ended = best_vertex(form, clock)
        if ended is not None:
            return _answer(form, ended.best, found.nodes + ended.nodes)
        return _doubted(form, found, again) if found.status is Status.INFEASIBLE else found
    if found.status is Status.OPTIMAL and found.values is not None and (is_far or has_large_numbers(form)):
        objective = Fraction(objective_value(form, found.values))
        better = objective - (-1 if form.maximize else 1) * abs(objective) * _SHARE
        ended = best_vertex(form, clock, _WORK // (form.rows + form.columns) ** 2, better)
        return found if ended is None or ended.best is None else _answer(form, ended.best, found.nodes + ended.nodes)
    return found


def _doubted(form: MatrixForm, found: Search, again: Callable[[MatrixForm, int], Search]) -> Search:
    """Accept that there is no point if the engine finds none with looser rows either, where tolerances do not matter.

    The second search may take a few times as many nodes as the first one.
    """
    second = again(loosened(form, _LOOSE), max(NODES, 4 * found.nodes))
    nodes = found.nodes + second.nodes
    if second.values is None and second.status in (Status.INFEASIBLE, Status.NODE_LIMIT, Status.ITERATION_LIMIT):
        return found._replace(nodes=nodes)
    if second.status in (Status.TIME_LIMIT, Status.INTERRUPTED):
        return Search(second.status, found.route, nodes=nodes)
    message = (
        "The search found no integer point, but one may exist: the result differs if the bounds of rows are looser by "
        f"{_LOOSE:g} of their size. Write equations of large amounts as ranges that allow for rounding."
    )
    return Search(Status.NUMERICAL, found.route, message, nodes=nodes)


def has_large_numbers(form: MatrixForm) -> bool:
    """True if bounds or right-hand sides are so large that an engine may take rounding in a row for a violation."""
    ends = form.column_lower, form.column_upper, form.row_lower, form.row_upper
    return any(_LARGE <= abs(end) < inf for side in ends for end in side)


class Ended(NamedTuple):
    """How a search ended: the best vertex with integer values, None if there is none, and the number of nodes."""

    best: Optional[Vertex]
    nodes: int


def best_vertex(
    form: MatrixForm, clock: Clock, most: int = _NODES, limit: Optional[Fraction] = None
) -> Optional[Ended]:
    """Search without rounding for the best point that is better than the limit; None if the search did not end."""
    best: Optional[Vertex] = None
    sign = -1 if form.maximize else 1
    waiting = [(form.column_lower, form.column_upper, "")]
    for node in range(most):
        if not waiting:
            return Ended(best, node)
        lower, upper, letters = waiting.pop()
        vertex, _ = exact_vertex(dataclasses.replace(form, column_lower=lower, column_upper=upper), letters, clock)
        if vertex.status is Status.INFEASIBLE:
            continue
        if vertex.status is not Status.OPTIMAL:
            return None
        if limit is not None and sign * vertex.objective >= sign * limit:
            continue
        j = next((j for j, x in enumerate(vertex.values) if form.integer[j] and x.denominator != 1), None)
        if j is None:
            best, limit = vertex, vertex.objective
        elif abs(vertex.values[j]) > _FAR:
            return None
        else:
            waiting += _branches(lower, upper, j, vertex)
    return None


def _branches(
    lower: array[float], upper: array[float], j: int, vertex: Vertex
) -> list[tuple[array[float], array[float], str]]:
    """The two child nodes; the one nearer to the vertex is last, because the search takes nodes from the end."""
    below = floor(vertex.values[j])
    less, more = upper[:], lower[:]
    less[j], more[j] = float(below), float(below + 1)
    halves = [(lower, less, vertex.letters), (more, upper, vertex.letters)]
    return halves if vertex.values[j] - below > 0.5 else halves[::-1]


def _answer(form: MatrixForm, best: Optional[Vertex], nodes: int) -> Search:
    route = "branch and bound in rational arithmetic"
    if best is None:
        return Search(Status.INFEASIBLE, route, nodes=nodes)
    values = [x + 0.0 for x in numbers_of(form, best).primal()]
    return Search(Status.OPTIMAL, route, "", values, float(best.objective), nodes)

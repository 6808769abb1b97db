"""The bounds that an unbounded program may lack."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from pplp.core.expressions import Variable
from pplp.form.compiler import column_places

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["missing_bounds"]


def missing_bounds(program: Solvable, maximize: bool) -> list[tuple[Variable, str]]:
    """The variables that their own cost pulls where they have no bound, and on which side.

    The rows may hold them all the same, and pull those of cost 0 either way, which are not among them.
    """
    costs, found = program._objective.costs(program), []
    for j in column_places(program).indices():
        pull = costs[j] if maximize else -costs[j]
        lower, upper = program._bounds_at(j)
        if pull and (upper == inf if pull > 0 else lower == -inf):
            found.append((program._handle(j), "upper" if pull > 0 else "lower"))
    return found

"""The bounds that an unbounded program may lack."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from pplp.core.bounds import Side
from pplp.core.expressions import Variable, variable_at
from pplp.core.objective import objective_of
from pplp.core.owner import bounds_at
from pplp.form.compiler import column_places

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["missing_bounds"]


def missing_bounds(program: Solvable, maximize: bool) -> list[tuple[Variable, Side]]:
    """(variable, side) for each variable whose cost favors a side on which it has no bound.

    Rows may still limit these variables.  Variables with cost 0 are not included: rows may move them either way.
    """
    costs, found = objective_of(program).costs(program), list[tuple[Variable, Side]]()
    for j in column_places(program).indices():
        pull = costs[j] if maximize else -costs[j]
        lower, upper = bounds_at(program, j)
        if pull and (upper == inf if pull > 0 else lower == -inf):
            found.append((variable_at(program, j), "upper" if pull > 0 else "lower"))
    return found

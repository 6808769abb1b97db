"""The conflict that the error message of an infeasible program shows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pplp.core.owner import rows_of
from pplp.diagnosis.conflict import ConflictSearch
from pplp.diagnosis.members import lines_of, members_of
from pplp.errors import PplpError
from pplp.form.outcome import Status

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["brief_explanation"]

#: The time limit of the search for it, and the most rows of a program that is searched.
_SECONDS, _ROWS = 1.5, 50_000


def brief_explanation(program: Solvable) -> str:
    """The conflict of an infeasible program, for a message; empty if it is not found within `_SECONDS`."""
    if len(rows_of(program)) > _ROWS:
        return ""
    try:
        search = ConflictSearch(program, program.compile(), time.perf_counter() + _SECONDS)
        found = search.conflict(Status.INFEASIBLE)
    except PplpError:
        return ""
    if not found:
        return ""
    members = members_of(program, search, found)
    head = "This can never hold:" if len(members) == 1 else "These cannot all hold:"
    return "\n".join(
        [head, *lines_of(members), "lp.explain() shows more, and the least change that makes it feasible."]
    )

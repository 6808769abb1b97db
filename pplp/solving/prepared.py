"""A program as a worker takes it, and what becomes of what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Optional

from pplp.answers.solution import Solution
from pplp.answers.solvable import session_of
from pplp.core.objective import is_maximize
from pplp.core.owner import check_ready, version_of
from pplp.form.compiler import column_places, row_places
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Outcome

if TYPE_CHECKING:
    from pplp.answers.frame import Frame
    from pplp.answers.solvable import Solvable

__all__ = ["Prepared", "framed"]


class Prepared(NamedTuple):
    """A program as a worker takes it: a form, or edits of one that others share; and what becomes of the outcome."""

    form: MatrixForm
    edits: Optional[Edits]
    take: Callable[[Outcome], Solution]


def framed(program: Solvable, sense: str) -> tuple[bool, Frame]:
    """(to be maximized?, what a solution has to know) of a program as it is now."""
    maximize = is_maximize(sense)
    check_ready(program)
    return maximize, session_of(program).frame(
        program, version_of(program), (column_places(program), row_places(program))
    )

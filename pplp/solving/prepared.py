"""A program ready for a worker, and the way back from its outcome."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Optional

from pplp.answers.solution import Solution
from pplp.answers.solvable import session_of
from pplp.core.bounds import check_ready
from pplp.core.owner import version_of
from pplp.engines.packing import PackedEdits
from pplp.form.compiler import column_places, row_places
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome

if TYPE_CHECKING:
    from pplp.answers.frame import Frame
    from pplp.answers.solvable import Solvable

__all__ = ["Prepared", "framed"]


class Prepared(ABC):
    """A program ready for a worker: a form, or edits of a shared form; and how to make a solution of the outcome."""

    __slots__ = ("edits", "form")

    def __init__(self, form: MatrixForm, edits: Optional[PackedEdits]) -> None:
        self.form, self.edits = form, edits

    @abstractmethod
    def take(self, outcome: Outcome) -> Solution:
        """The solution of an outcome."""


def framed(program: Solvable) -> Frame:
    """What a solution has to know of a program as it is now."""
    check_ready(program)
    return session_of(program).frame(program, version_of(program), (column_places(program), row_places(program)))

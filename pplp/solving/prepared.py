"""A program that is ready for a worker, and can turn the worker's outcome into a solution."""

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
    """A program ready for a worker: its form, or edits of a shared form.  `take` turns the outcome into a solution."""

    __slots__ = ("edits", "form")

    def __init__(self, form: MatrixForm, edits: Optional[PackedEdits]) -> None:
        self.form, self.edits = form, edits

    @abstractmethod
    def take(self, outcome: Outcome) -> Solution:
        """The solution of an outcome."""


def framed(program: Solvable) -> Frame:
    """What a solution has to know about the program in its current state."""
    check_ready(program)
    return session_of(program).frame(program, version_of(program), (column_places(program), row_places(program)))

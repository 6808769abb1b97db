"""`Solvable`: a program with its solver and its answers, as those see it who ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from pplp.core.model import Model

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.engines.contract import CancelToken, Engine, Options
    from pplp.form.compiler import Places
    from pplp.form.matrix_form import MatrixForm
    from pplp.form.outcome import Outcome, Status

__all__ = ["Solvable"]


class Solvable(Model):
    """A program that can be solved.  `LinearProgram` says how; what it calls for that is typed against this."""

    verbose: int
    _solution: Optional[Solution]
    _unread: str  # the sense of a solution that the engine has and nobody has asked for
    _engine: Optional[Engine]
    _places: tuple[Places, Places]  # of the variables and rows, as the engine has them
    _stop: CancelToken

    # ---- the answer
    @property
    def solution(self) -> Optional[Solution]:
        """The result of the last solve."""
        raise NotImplementedError  # pragma: no cover

    @property
    def status(self) -> Status:
        """Why the last solve stopped."""
        raise NotImplementedError  # pragma: no cover

    def _current(self, what: str) -> Solution:
        raise NotImplementedError  # pragma: no cover

    def _solution_of(self, outcome: Outcome, sense: str, places: Optional[tuple[Places, Places]] = None) -> Solution:
        """What an engine said, of the program as it is now, or of these variables and rows."""
        raise NotImplementedError  # pragma: no cover

    def _explanation(self, status: Status, maximize: bool) -> str:
        """What to say of a status that has no point."""
        raise NotImplementedError  # pragma: no cover

    # ---- solving
    @property
    def solver(self) -> str:
        """Which engine solves."""
        raise NotImplementedError  # pragma: no cover

    def compile(self, sense: Optional[str] = None) -> MatrixForm:
        """The program as sparse arrays."""
        raise NotImplementedError  # pragma: no cover

    def copy(self) -> Solvable:
        """An independent program with the same contents."""
        raise NotImplementedError  # pragma: no cover

    def _send(self, maximize: bool, options: Options) -> Engine:
        """Give the engine that the options ask for the program, or what changed since it last had it."""
        raise NotImplementedError  # pragma: no cover

    def _answer(self, engine: Engine, maximize: bool, options: Options, stop: CancelToken) -> Outcome:
        """What the engine says, once it holds."""
        raise NotImplementedError  # pragma: no cover

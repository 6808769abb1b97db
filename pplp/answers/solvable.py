"""`Solvable`: a program with its solver and its answers, as other modules see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Protocol

from pplp.core.model import Model
from pplp.core.values import Answers

if TYPE_CHECKING:
    from pplp.answers.frame import Frame
    from pplp.answers.solution import Solution
    from pplp.core.owner import Version
    from pplp.engines.contract import CancelToken, Engine, Options
    from pplp.form.compiler import Places
    from pplp.form.matrix_form import MatrixForm
    from pplp.form.outcome import Outcome, Status

__all__ = ["Live", "Solvable", "current_solution", "session_of", "solver_of"]


class Live(Answers, Protocol):
    """The session with the engine, as the answers and multi-step solves see it."""

    places: tuple[Places, Places]  # of the variables and rows, as the engine has them
    stop: CancelToken  # ends the solve that runs

    def current(self, program: Any, what: str) -> Solution:
        """The solution of the program as it is now, to read `what` of it."""

    @property
    def engine(self) -> Optional[Engine]:
        """The engine; None before the first solve."""

    def ask(self, program: Any, maximize: bool, options: Options, stop: CancelToken) -> Outcome:
        """What the engine finds for the program as it is now, confirmed."""

    def frame(self, program: Any, version: Version, places: Optional[tuple[Places, Places]] = None) -> Frame:
        """What a solution has to know about this version of the program."""

    def take(self, solution: Solution, version: Version) -> None:
        """Make a solution that was found elsewhere the program's own."""

    def close(self) -> None:
        """Release the solver's memory."""


class Solvable(Model):
    """A program that can be solved: the interface of `LinearProgram` that these modules are typed against."""

    verbose: int
    _solver: str
    _session: Live

    # ---- the answer
    @property
    def solution(self) -> Optional[Solution]:
        """The result of the last solve."""
        raise NotImplementedError  # pragma: no cover

    @property
    def status(self) -> Status:
        """Why the last solve stopped."""
        raise NotImplementedError  # pragma: no cover

    # ---- solving
    @property
    def solver(self) -> str:
        """The name of the engine that solves."""
        raise NotImplementedError  # pragma: no cover

    def compile(self, sense: Optional[str] = None) -> MatrixForm:
        """The program as sparse arrays."""
        raise NotImplementedError  # pragma: no cover

    def copy(self) -> Solvable:
        """An independent program with the same contents."""
        raise NotImplementedError  # pragma: no cover


# ---- what other modules may ask of one
def session_of(program: Solvable) -> Live:
    """Its session with the engine."""
    return program._session


def current_solution(program: Solvable, what: str) -> Solution:
    """The current solution, to read `what` from it; raises `NotSolved` or `StaleSolution` if there is none."""
    return program._session.current(program, what)


def solver_of(program: Solvable) -> str:
    """The solver that was chosen for it, or "auto"."""
    return program._solver

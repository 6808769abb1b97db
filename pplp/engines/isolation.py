"""An engine in a separate process: if that process dies, this one does not.

It is an `Engine` like any other.  Its problem is sent with the next solve; its process lives as long as the engine.  A
process that ended while it was idle, or that belongs to the parent of a fork, is replaced silently; only the last
optimal basis, which that process alone knew, is lost.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Optional, Union

from pplp.engines.child import Child, Patience, time_left
from pplp.engines.contract import CancelToken, Engine, Options, listeners
from pplp.engines.progress import Progress
from pplp.engines.tasks import sendable
from pplp.errors import OptionError, SolverCrashed
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Outcome, Status

__all__ = ["Isolated"]

#: How often the caller wakes up while it waits, in seconds.
_LOOK = 0.03
#: After Ctrl-C or an exception in a callable, a solve has this many seconds to end by itself.
_SHORT = 0.15
#: A solve has failed once this many processes were started for it and ended before they began to solve.
_LOSSES = 2


class _Lost(Exception):
    """The process ended before it began to solve."""


class Isolated(Engine):
    """The engine with this name, in a child process."""

    def __init__(self, solver: str) -> None:
        self.solver = solver
        self.loaded = False
        self.abandoned = False
        self.partial: Optional[Outcome] = None
        self.verifies = True
        self._child: Optional[Child] = None
        self._waiting: list[tuple[Any, ...]] = []  # messages that go with the next solve
        self._compile: Callable[[], MatrixForm]  # returns the whole current problem
        self._last: Optional[Progress] = None

    # ---- the problem
    def load(self, form: MatrixForm) -> None:
        """Take a whole problem."""
        self._waiting = [("load", form)]
        self._compile = lambda: form
        self.loaded = True

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take what changed."""
        self._waiting.append(("update", edits))
        self._compile = form

    def start_from(self, columns: str, rows: str) -> None:
        """Start the next solve from a basis."""
        self._waiting.append(("start_from", columns, rows))

    def send(self) -> None:
        """Send now what would otherwise be sent with the next solve."""
        with self._restart_on_error():
            self._sent()

    def _sent(self) -> Child:
        child = self._child
        if child is not None and child.is_foreign:
            child.disown()
            self._renew()
            child = None
        if child is None:
            child = self._child = Child(self.solver)
        while self._waiting:
            child.tell(*self._waiting[0])
            del self._waiting[0]
        return child

    def _renew(self) -> None:
        """Drop the process; the next one will begin with the whole problem."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
        bases = [message for message in self._waiting if message[0] == "start_from"]
        self._waiting = [("load", self._compile()), *bases]

    @contextlib.contextmanager
    def _restart_on_error(self) -> Iterator[None]:
        """After a failure, end the process, whose state is unknown; the next solve starts a new one."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the process."""
        self.loaded = False
        self._waiting = []
        child, self._child = self._child, None  # another thread may close it, too
        if child is not None:
            child.kill()

    # ---- solves
    def solve(self, options: Options, stop: Optional[CancelToken] = None) -> Outcome:
        """Solve the problem, until `stop` is cancelled.  The time limit includes the start of the process."""
        if options.callback is not None:
            raise OptionError(
                "A callback cannot be called from another process. Leave out callback or isolate, whichever you need "
                "less."
            )
        self.partial = self._last = None
        patience, losses = (
            Patience(options.time_limit),
            -int(self._child is not None),
        )  # -1 for an idle process: its loss does not count
        with self._restart_on_error():
            while True:
                try:
                    return self._receive_answer(options, stop, patience)
                except _Lost as lost:
                    losses += 1
                    if losses >= _LOSSES:
                        assert lost.__cause__ is not None
                        raise lost.__cause__ from None
                self._renew()

    def _receive_answer(self, options: Options, stop: Optional[CancelToken], patience: Patience) -> Outcome:
        if options.verbose or options.log is not None or options.wants_progress:
            with listeners(options) as tell:
                return self._watched(options, stop, patience, tell)
        return self._watched(options, stop, patience, None)

    def _watched(
        self,
        options: Options,
        stop: Optional[CancelToken],
        patience: Patience,
        tell: Optional[Callable[[Union[str, Progress]], Any]],
    ) -> Outcome:
        """The outcome; raises `_Lost` if the process ended before it began to solve."""
        tokens = [token for token in (options.cancel, stop) if token is not None]
        has_begun, question, limit = False, None, None
        child = self._sent()
        try:
            while True:
                is_cancelled = any(token.cancelled for token in tokens)
                if question is None and child.wait(_LOOK):
                    limit = time_left(options.time_limit, patience.seconds)
                    its = dataclasses.replace(sendable(options), time_limit=limit)
                    question = child.tell(
                        "solve", its, bool(options.verbose) or options.log is not None, options.wants_progress
                    )
                message = child.receive(_LOOK) if question is not None else None
                if message is not None and message[0] == "done":
                    outcome = self._outcome(message[1])
                    if patience.is_late and outcome.status is Status.INTERRUPTED:
                        outcome.status = Status.TIME_LIMIT
                    return outcome
                if message is not None and message[0] == "began":
                    has_begun = True
                    patience.begin(limit)
                elif message is not None:
                    if message[0] == "progress":
                        self._last = message[1]
                    if tell is not None:
                        tell(message[1])
                is_asked = patience.asks(is_cancelled)
                if is_asked and question is not None:
                    child.tell("stop", question)
                if patience.is_over or (is_asked and question is None):
                    return self._left(Status.TIME_LIMIT if patience.is_late else Status.INTERRUPTED, patience.seconds)
        except SolverCrashed as error:
            if has_begun or child.is_overdue:
                raise
            raise _Lost from error
        except BaseException:
            self.partial = self._interrupted(child, question, patience.seconds)
            raise

    def _interrupted(self, child: Child, question: Any, seconds: float) -> Outcome:
        """What the solve has found a moment after it was asked to stop."""
        with contextlib.suppress(Exception):
            if question is not None:
                child.tell("stop", question)
            end = time.perf_counter() + _SHORT
            while question is not None and time.perf_counter() < end:
                message = child.receive(0.01)
                if message is not None and message[0] == "done":
                    return self._outcome(message[1])
        return self._left(Status.INTERRUPTED, seconds)

    def _outcome(self, said: Any) -> Outcome:
        outcome, self.verifies = said
        found: Outcome = outcome
        return found

    def _left(self, status: Status, seconds: float) -> Outcome:
        """What is known about a solve that did not stop when asked; this ends its process."""
        self.close()
        last = self._last or Progress("simplex", seconds)
        return Outcome(
            status,
            bound=last.bound,
            iterations=last.iterations,
            nodes=last.nodes,
            seconds=seconds,
            method=self._last.phase if self._last is not None else "",
            message="The solver's process did not stop when asked, so it was ended.",
        )

    def basis(self) -> Optional[tuple[str, str]]:
        """The optimal basis."""
        if self._child is None or self._child.is_foreign or self._waiting:
            return None
        with contextlib.suppress(SolverCrashed), self._restart_on_error():
            found: Optional[tuple[str, str]] = self._child.ask("basis")
            return found
        return None

    @property
    def has_lost_basis(self) -> bool:
        """True if the process that knew the basis is gone."""
        return self._child is None or self._child.is_foreign

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Have ``take(k, basics, factors)`` called for each column of the simplex tableau."""
        if self._child is None or self._child.is_foreign:
            raise SolverCrashed("The process that solved this program has ended. Solve it again.")
        with self._restart_on_error():
            columns = self._child.ask("tableau")
        for column in columns:
            take(*column)

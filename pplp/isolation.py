"""An engine in a process of its own: what ends that process does not end this one.

It is an `Engine` like any other.  What it holds is sent when it is solved; its process lives as long as it does.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, Optional, Union

from pplp.child import Child, sendable
from pplp.errors import OptionError, SolverCrashed
from pplp.matrix_form import Edits, MatrixForm
from pplp.solution import Outcome, Status
from pplp.solver import CancelToken, Engine, Options, Progress, audience

__all__ = ["Isolated"]

#: The caller looks up from its wait so often, in seconds.
_LOOK = 0.03
#: A solve that was asked to stop has so long to end by itself; then its process is ended.
_GRACE = 1.0
#: The same after Ctrl-C, and after an exception of a callable.
_SHORT = 0.15
#: A solve whose time is over has so much longer to say so itself.
_LATE, _LATE_SHARE = 1.0, 0.05
#: A process that has not begun by then never will.
_BEGIN = 60.0


class Isolated(Engine):
    """An engine, by its name, in a child process."""

    def __init__(self, solver: str) -> None:
        self.solver = solver
        self.loaded = False
        self.abandoned = False
        self.partial: Optional[Outcome] = None
        self.verifies = True
        self._child: Optional[Child] = None
        self._waiting: list[tuple[Any, ...]] = []  # messages that go with the next solve
        self._last: Optional[Progress] = None

    # ---- what it holds
    def load(self, form: MatrixForm) -> None:
        """Take a whole problem."""
        self._waiting = [("load", form)]
        self.loaded = True

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take what changed."""
        self._waiting.append(("update", edits))

    def start_from(self, columns: str, rows: str) -> None:
        """Have the next solve begin from a basis."""
        self._waiting.append(("start_from", columns, rows))

    def send(self) -> None:
        """Give it now what it would be given with the next solve."""
        with self._care():
            self._sent()

    def _sent(self) -> Child:
        child = self._child
        if child is None:
            child = self._child = Child(self.solver)
        while self._waiting:
            child.tell(*self._waiting[0])
            del self._waiting[0]
        return child

    @contextlib.contextmanager
    def _care(self) -> Any:
        """After a failure the process is in an unknown state: the next solve begins in a new one."""
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

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes that went to the process, and came back."""
        return (self._child.sent, self._child.received) if self._child is not None else (0, 0)

    # ---- what it says
    def solve(self, options: Options, stop: Optional[CancelToken] = None) -> Outcome:
        """Solve what it holds, until `stop` is cancelled."""
        if options.callback is not None:
            raise OptionError(
                "A callback cannot be called from another process. Leave out callback or isolate, whichever you need "
                "less."
            )
        self.partial = self._last = None
        with self._care():
            child = self._sent()
            logs = bool(options.verbose) or options.log is not None
            child.tell("solve", sendable(options), logs, options.wants_progress)
            if not logs and not options.wants_progress:
                return self._watched(child, options, stop, None)
            with audience(options) as tell:
                return self._watched(child, options, stop, tell)

    def _watched(
        self,
        child: Child,
        options: Options,
        stop: Optional[CancelToken],
        tell: Optional[Callable[[Union[str, Progress]], Any]],
    ) -> Outcome:
        tokens = [token for token in (options.cancel, stop) if token is not None]
        began, asked = time.perf_counter(), inf
        limit = inf if options.time_limit is None else float(options.time_limit)
        deadline = began + limit + _BEGIN
        try:
            while True:
                message = child.hear(_LOOK)
                now = time.perf_counter()
                if message is not None and message[0] == "done":
                    outcome = self._outcome(message)
                    if now > deadline and outcome.status is Status.INTERRUPTED:
                        outcome.status = Status.TIME_LIMIT
                    return outcome
                if message is not None and message[0] == "began":
                    deadline = now + limit + max(_LATE, _LATE_SHARE * limit)
                elif message is not None:
                    if message[0] == "progress":
                        self._last = message[1]
                    if tell is not None:
                        tell(message[1])
                if asked == inf and (now > deadline or any(token.cancelled for token in tokens)):
                    child.tell("stop")
                    asked = now
                if now - asked > _GRACE:
                    return self._left(Status.TIME_LIMIT if now > deadline else Status.INTERRUPTED, now - began)
        except SolverCrashed:
            raise
        except BaseException:
            self.partial = self._interrupted(child, time.perf_counter() - began)
            raise

    def _interrupted(self, child: Child, seconds: float) -> Outcome:
        """What there is a moment after it was asked to stop."""
        with contextlib.suppress(Exception):
            child.tell("stop")
            end = time.perf_counter() + _SHORT
            while time.perf_counter() < end:
                message = child.hear(0.01)
                if message is not None and message[0] == "done":
                    return self._outcome(message)
        return self._left(Status.INTERRUPTED, seconds)

    def _outcome(self, message: tuple[Any, ...]) -> Outcome:
        outcome, self.verifies = message[1]
        found: Outcome = outcome
        return found

    def _left(self, status: Status, seconds: float) -> Outcome:
        """What is known of a solve that had to be ended; the process goes with it."""
        self.close()
        last = self._last or Progress("", seconds)
        return Outcome(
            status,
            bound=last.bound,
            iterations=last.iterations,
            nodes=last.nodes,
            seconds=seconds,
            method=last.phase,
            message="The solver's process did not stop when it was asked to, and was ended.",
        )

    def basis(self) -> Optional[tuple[str, str]]:
        """The basis of the optimum that it is at."""
        if self._child is None or self._waiting:
            return None
        with self._care():
            found: Optional[tuple[str, str]] = self._child.ask("basis")
            return found

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Have ``take(k, basics, factors)`` called for each column of the simplex tableau."""
        if self._child is not None:
            with self._care():
                columns = self._child.ask("tableau")
            for column in columns:
                take(*column)

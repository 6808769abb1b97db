"""One solve, as seen by its caller and by the thread inside the solver: limits, news, and the request to stop.

The working thread reads `stop` wherever the solver lets it, posts its log and its progress, and stores
the best point here.  The caller watches: it passes the news to the user's callables, in its own
thread, and raises what they raise.  So Ctrl-C, an exception of the user's, a token and the end of the time
are handled alike: the work is asked to stop, given a moment, and abandoned if it does not stop.
"""

from __future__ import annotations

import abc
import dataclasses
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any, Callable, Optional, Protocol, TypeVar, Union

from pplp.engines.contract import CancelToken, Options, listeners
from pplp.engines.progress import Phase, Progress
from pplp.errors import SolverDied
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import TOLERANCE, primal_complaint, rounded_objective

__all__ = ["Clock", "Job", "ThreadJob"]

# Any: a job returns what the call returns that it makes.

#: How often the caller wakes up while it waits, in seconds.
_LOOK = 0.03
#: How long the work has to end by itself after it was asked to stop.
_GRACE = 0.08
#: The same after the time limit, as a share of it, if that is more.
_GRACE_SHARE, _LONGEST_GRACE = 0.03, 2.0
#: The shortest time between events, and the time after which an event is repeated.
_EVERY, _AGAIN = 0.1, 0.8


class Job(Protocol):
    """A call that another thread makes."""

    def wait(self, seconds: float) -> bool:
        """True if the call has returned, within at most this many seconds."""

    def result(self) -> Any:  # of the type of the call, which is made elsewhere
        """The result of the call; raises what it raised."""


class ThreadJob(abc.ABC):
    """A call that a thread of ours makes, and its result."""

    __slots__ = ("_done", "_error", "_has_returned", "_result", "_thread", "is_parked", "withdrawn")
    #: The name of the solver in messages.
    _solver = ""
    #: True if it leaves the engine's problem alone.
    is_alone = False

    def __init__(self) -> None:
        self.withdrawn = False  # True if nobody is waiting any more
        self.is_parked = False  # True if the solver gave up in it, and its thread sleeps without end
        self._result: Any = None
        self._error: Optional[BaseException] = None
        self._thread: Optional[threading.Thread] = None  # that will make the call
        # The lock wakes the waiting thread; the flag holds the state.  A signal's exception may come between taking
        # the lock and releasing it.
        self._has_returned = False
        self._done = threading.Lock()
        self._done.acquire()

    @abc.abstractmethod
    def begin(self) -> None:
        """Have the call made."""

    def end(self) -> None:
        """The call has returned, or will never be made."""
        if not self._has_returned:
            self._has_returned = True
            self._done.release()

    def wait(self, seconds: float) -> bool:
        """True if the call has returned, within at most this many seconds.  A signal's exception ends the wait at once.

        If its thread has died, it never will return: that counts as an error of the call.
        """
        thread = self._thread
        is_lost = thread is not None and not thread.is_alive()  # first: it may return, and the thread end
        if self._has_returned:
            return True
        if self._done.acquire(True, 0.0 if is_lost else max(0.0, min(seconds, threading.TIMEOUT_MAX))):
            self._done.release()
        if self._has_returned:
            return True
        if is_lost and self._error is None:
            self._error = SolverDied(
                f"The thread in which {self._solver} worked was ended by something outside of pplp. The program is "
                "unchanged: solve it again."
            )
            self.end()
        return is_lost

    def result(self) -> Any:
        """The result of the call; raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result


_C = TypeVar("_C", bound="Clock")


class Clock:
    """What is left of the limits of one solve, what is known so far, and whether it has to stop."""

    def __init__(self, options: Options, stop: Optional[CancelToken] = None) -> None:
        self.options = options
        self.start = time.perf_counter()
        #: Why the work has to stop.
        self.stop: Optional[Status] = None
        self.iterations = 0
        self.nodes = 0
        self.solver_seconds = 0.0
        #: The objective and values of the best point so far.
        self.incumbent: Optional[tuple[float, list[float]]] = None
        self.bound: Optional[float] = None
        self.phase: Phase = "simplex"
        #: The iterations of this solve minus those that the solver counts.
        self.shift = 0
        self._tokens = [token for token in (options.cancel, stop) if token is not None]
        self._whole: Optional[Clock] = None  # that this is a part of
        self._news: deque[Union[str, Progress]] = deque()
        self._posted = -inf

    @contextmanager
    def part(self: _C, **changes: Any) -> Iterator[_C]:
        """The clock of a part of the solve: other options, but the same start, and stopped by the same tokens.

        The solver's time in it counts for the whole.
        """
        part = type(self)(dataclasses.replace(self.options, **changes))
        part.start, part._tokens, part._whole = self.start, self._tokens, self
        try:
            yield part
        finally:
            self.solver_seconds += part.solver_seconds

    @property
    def seconds(self) -> float:
        """Since the solve began."""
        return time.perf_counter() - self.start

    @property
    def left(self) -> float:
        """Seconds left."""
        limit = self.options.time_limit
        return inf if limit is None else float(limit) - self.seconds

    @property
    def iterations_left(self) -> float:
        """Simplex iterations left."""
        limit = self.options.iteration_limit
        return inf if limit is None else limit - self.iterations

    def stopping(self) -> Optional[Status]:
        """Why the work has to stop now, if it has to."""
        if self.stop is None:
            if self._whole is not None and self._whole.stop is not None:
                self.stop = self._whole.stop
            elif any(token.cancelled for token in self._tokens):
                self.stop = Status.INTERRUPTED
            elif self.left <= 0:
                self.stop = Status.TIME_LIMIT
        return self.stop

    # ---- the thread that works
    def found(self, form: MatrixForm, values: list[float]) -> None:
        """Keep an integer point, if it is feasible with its integers rounded."""
        values = [float(round(x)) if integer else x for x, integer in zip(values, form.integer)]
        if primal_complaint(form, values, TOLERANCE) is None:
            self.incumbent = rounded_objective(form, values), values

    @property
    def has_listeners(self) -> bool:
        """True if there is a listener for the log or the progress."""
        options = self.options
        return bool(options.verbose) or options.log is not None or options.wants_progress

    @property
    def wants_log(self) -> bool:
        """True if there is a listener for the log."""
        return bool(self.options.verbose) or self.options.log is not None

    def report(self, event: Callable[[], Progress]) -> None:
        """Post an event, at a bounded rate."""
        if self.options.wants_progress:
            now = time.perf_counter()
            if now - self._posted >= _EVERY:
                self._posted = now
                self._news.append(event())

    def log(self, line: str) -> None:
        """Take a line of the solver's log."""
        if self.wants_log:
            self._news.append(line)

    # ---- the caller
    def watch(self, job: Job) -> Any:
        """Wait for the job and return its result, or None if it did not stop in time.

        Raises what the job raised, what the user's callables raise, and KeyboardInterrupt.
        """
        options = self.options
        if not self.has_listeners:
            return self._watch(job, None)
        with listeners(options) as tell:
            return self._watch(job, tell)

    def _watch(self, job: Job, tell: Optional[Callable[[Union[str, Progress]], Any]]) -> Any:
        asked = inf
        limit = self.options.time_limit
        last, told = Progress(self.phase, self.seconds), time.perf_counter()
        while True:
            done = job.wait(max(0.0, min(_LOOK, self.left)) if self.stop is None else 0.01)
            now = time.perf_counter()
            while tell is not None and self._news:
                news = self._news.popleft()
                if isinstance(news, Progress):
                    last, told = news, now
                tell(news)
            if done:
                return job.result()
            if tell is not None and now - told >= _AGAIN:
                told = now
                tell(dataclasses.replace(last, phase=self.phase, seconds=self.seconds))
            if self.stopping() is not None and asked == inf:
                asked = time.perf_counter()  # a listener may have taken long since the news came
            grace = _GRACE
            if self.stop is Status.TIME_LIMIT and limit is not None:
                grace = max(grace, min(_GRACE_SHARE * float(limit), _LONGEST_GRACE))
            if time.perf_counter() - asked > grace:
                return None

    def stop_and_wait(self, job: Job) -> bool:
        """Ask the work to stop, because its caller was interrupted; returns whether it ended within a moment."""
        self.stop = Status.INTERRUPTED
        return job.wait(_GRACE)

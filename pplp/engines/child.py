"""A process that works for this one; if it dies, this one does not.

    child = Child("glpk")
    child.tell("load", form)
    child.tell("solve", options)         # returns at once
    child.receive(timeout)                  # ("began", None), ("line", text), ("progress", event), ("done", outcome)

Without an engine it calls functions, each named "module:name":

    child = Child()
    child.tell("prepare", "pplp.engines.networks.ortools_flow:load")
    child.tell("call", "pplp.engines.networks.ortools_flow:cheapest_flow", network)
    child.receive(timeout)                  # ("done", flow)

The child runs `desk.py`.  Every message has a number, which its answers repeat; an answer with an unknown number is an
error.  A child belongs to the process that started it: a fork of that process closes the inherited pipes, and starts
children of its own.  A child ends when its standard input is closed, so it ends with this process, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator
from math import inf
from typing import Any, Callable, NoReturn, Optional, Union

from pplp.engines.messages import Said, incoming, packed, write
from pplp.errors import OutOfThreads, SolverCrashed, WorkerNotStarted
from pplp.ground.interpreter import REMEDY, executable, start_python
from pplp.ground.threads import start

__all__ = ["ANSWERED", "Child", "Patience", "time_left"]

# Any: an answer is of the type that the request asks for.

#: The messages that get an answer.
ANSWERED = frozenset(["call", "solve", "solve_many", "basis", "tableau"])
_MAIN = "from pplp.engines.desk import serve; serve()"
#: A hint for signals that a process does not send to itself by mistake.
_KILLED = "It may have been ended by hand, or by the system for want of memory."
#: A process that is not ready after this many seconds is given up.
_START = 60.0
#: A solve that was asked to stop has this many seconds to end by itself; then its process is killed.
_GRACE = 1.0
#: After its time limit a solve has this many more seconds to report, or this share of its limit if that is longer.
_LATE, _LATE_SHARE = 1.0, 0.05
#: A solve has at least this share of its time limit when it begins.
_LEAST_SHARE = 0.1
#: How often a thread that waits for a process to start wakes up, in seconds.
_LOOK = 0.5

Incoming = Union[bytes, bytearray, str]


class Child:
    """A process with at most one engine; reading from it raises `SolverCrashed` once it has died.

    Its raw messages are passed to `deliver` in another thread, and `read` decodes them.  Without `deliver`, they wait
    for `receive`.  Raises `WorkerNotStarted` if the process cannot be started, or is not ready within a minute, and
    `OutOfThreads` if no thread can be started to listen to it.
    """

    def __init__(self, engine: Optional[str] = None, deliver: Optional[Callable[[Incoming], Any]] = None) -> None:
        #: The bytes sent to it, and received from it.
        self.sent = self.received = 0
        #: True once it is ready for work.
        self.is_ready = False
        self._owner, self._count, self._patience = os.getpid(), 0, Patience(_START)
        self._asked: set[tuple[int, int]] = set()
        self._inbox: queue.SimpleQueue[Incoming] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Optional[bytes]] = queue.SimpleQueue()
        self._process = start_python(
            _MAIN,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # a fork would inherit a buffer with unwritten data, and its lock
            start_new_session=os.name == "posix",  # so that Ctrl-C in the terminal goes to this process only
        )
        threads = [
            threading.Thread(target=_send, args=(self._process.stdin, self._outbox), daemon=True),
            threading.Thread(target=_collect, args=(self._process.stdout, deliver or self._inbox.put), daemon=True),
        ]
        self._end = weakref.finalize(self, _end, self._process, self._outbox, threads)
        _living.add(self)
        try:
            for thread in threads:
                start(thread)
        except OutOfThreads:
            self._end()
            raise
        if engine is not None:
            self.tell("engine", engine)

    @property
    def pid(self) -> int:
        """The process ID."""
        return self._process.pid

    @property
    def is_foreign(self) -> bool:
        """True if this process is a fork of the one that the child belongs to."""
        return self._owner != os.getpid()

    def tell(self, name: str, *arguments: Any) -> tuple[int, int]:
        """Send a message; returns its number."""
        self._count += 1
        number = self._owner, self._count
        if name in ANSWERED:
            self._asked.add(number)
        data = packed((number, name, arguments))
        self.sent += len(data)
        self._outbox.put(data)
        return number

    def receive(self, timeout: Optional[float] = None) -> Optional[tuple[Said, Any]]:
        """The kind and content of the next message; None if none came in time.  Raises what the child raised."""
        end = inf if timeout is None else time.perf_counter() + timeout
        while True:
            try:
                _, kind, said = self.read(self._inbox.get(timeout=self._moment(end)))
            except queue.Empty:
                self.check_start()
                if time.perf_counter() >= end:
                    return None
                continue
            if kind != "ready":
                return kind, said

    def _moment(self, end: float) -> Optional[float]:
        """How long to wait for a message: until `end`, but shorter before it is ready, to check whether it starts."""
        if not self.is_ready:
            end = min(end, time.perf_counter() + _LOOK)
        return None if end == inf else max(0.0, end - time.perf_counter())

    def wait(self, timeout: float) -> bool:
        """Wait until it is ready, at most this many seconds; True if it is."""
        if not self.is_ready:
            with contextlib.suppress(queue.Empty):
                self.read(self._inbox.get(timeout=timeout))
            self.check_start()
        return self.is_ready

    @property
    def is_overdue(self) -> bool:
        """True if the time that it had to become ready is over."""
        return not self.is_ready and self._patience.is_late

    def check_start(self) -> None:
        """Raise `WorkerNotStarted` if it is overdue."""
        if not self.is_overdue:
            return
        self._end()
        said = "".join(data for data in self._left() if isinstance(data, str))
        raise WorkerNotStarted(
            f"A process for the solver was not ready within {_START:g} seconds{f': {said}' if said else ''}. See what "
            f"keeps this Python from starting: {executable()}. {REMEDY}"
        )

    def _left(self) -> Iterator[Incoming]:
        """The messages that were not read yet."""
        with contextlib.suppress(queue.Empty):
            while True:
                yield self._inbox.get_nowait()

    def read(self, data: Incoming) -> tuple[tuple[int, int], Said, Any]:
        """Decode a message: the number of the request, the kind, and the content.  Raises what the child raised."""
        if isinstance(data, str):
            self._died(data)
        self.received += len(data)
        if not data:
            self.is_ready = True
            return (self._owner, 0), "ready", None
        number, kind, said = pickle.loads(data)
        if self.is_foreign or number[0] != self._owner or (kind != "raised" and number not in self._asked):
            self._end()
            raise SolverCrashed(
                "The solver's process answered a question that it was not asked, and was ended. Solve again."
            )
        if kind in ("done", "raised"):
            self._asked.discard(number)
        if kind == "raised":
            raise said
        return number, kind, said

    def ask(self, *message: Any) -> Any:
        """Send a message and return the answer."""
        self.tell(*message)
        while True:
            answer = self.receive()
            if answer is not None and answer[0] == "done":
                return answer[1]

    def kill(self) -> None:
        """Kill it at once."""
        self._end()

    def disown(self) -> None:
        """In a fork: drop the child, without any effect on it."""
        self._end.detach()
        self._process.returncode = 0  # so that the Popen object treats it as ended
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _died(self, said: str) -> NoReturn:
        try:
            code: Optional[int] = self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            code = None
        self._end()
        end = f"with the exit code {code}" if code is not None else "all communication"
        if code is not None and code < 0:
            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = "unknown"
            end = f"by signal {-code} ({name})"
        hint = f" {_KILLED}" if code in (-signal.SIGTERM, -9) else ""
        if not self.is_ready:
            reason = f": {said}" if said else "."
            raise WorkerNotStarted(f"The process for the solver ended {end} before it was ready{reason}{hint}")
        raise SolverCrashed(
            f"The process that solved this program ended {end}.{hint} The program is unchanged; solve it again, "
            "or with another method."
        )


_living: weakref.WeakSet[Child] = weakref.WeakSet()


def _after_fork() -> None:
    for child in list(_living):
        child.disown()
    _living.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _send(pipe: Any, outbox: queue.SimpleQueue[Optional[bytes]]) -> None:
    """Write the messages of the outbox, until a None comes, or the child stops reading."""
    with contextlib.suppress(OSError, ValueError), pipe:
        while True:
            data = outbox.get()
            if data is None:
                return
            write(pipe, data)


def _collect(pipe: Any, deliver: Callable[[Incoming], Any]) -> None:
    """Deliver all messages, and in any case the end of the stream."""
    try:
        with pipe:
            for data in incoming(pipe):
                deliver(data)
    except (OSError, ValueError, MemoryError):
        deliver("")


def _end(
    process: subprocess.Popen[bytes], outbox: queue.SimpleQueue[Optional[bytes]], threads: list[threading.Thread]
) -> None:
    process.kill()
    process.wait()
    outbox.put(None)
    for thread, pipe in zip(threads, (process.stdin, process.stdout)):
        if thread.ident is None:  # the thread never started, so it does not close its pipe
            pipe.close()  # type: ignore[union-attr]
        elif thread is not threading.current_thread():
            thread.join(_GRACE)


def time_left(limit: Optional[float], spent: float) -> Optional[float]:
    """What is left of a time limit when a solve begins, but at least a tenth of the limit."""
    return None if limit is None else max(limit - spent, _LEAST_SHARE * limit)


class Patience:
    """How long to wait for a solve in another process: a little longer than its limit, and a second after a stop."""

    def __init__(self, limit: Optional[float], since: Optional[float] = None) -> None:
        self._since = time.perf_counter() if since is None else since
        self._asked = inf
        self._allow(limit, self._since)

    def _allow(self, limit: Optional[float], since: float) -> None:
        self._deadline = inf if limit is None else since + limit + max(_LATE, _LATE_SHARE * limit)

    def begin(self, limit: Optional[float]) -> None:
        """The solve begins now, with this time limit."""
        self._allow(limit, time.perf_counter())

    @property
    def seconds(self) -> float:
        """The time since it was handed over, in seconds."""
        return time.perf_counter() - self._since

    @property
    def is_late(self) -> bool:
        """True if it should have ended by itself before now."""
        return time.perf_counter() > self._deadline

    def asks(self, is_cancelled: bool) -> bool:
        """True, once only, if it must be asked to stop."""
        if self._asked < inf or not (is_cancelled or self.is_late):
            return False
        self._asked = time.perf_counter()
        return True

    @property
    def is_over(self) -> bool:
        """True if it was asked to stop, and has not done so in time."""
        return time.perf_counter() - self._asked > _GRACE

"""What runs in a child process: it answers the messages of `pplp.engines.child`, one after the other."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import os
import pickle
import queue
import signal
import threading
import time
import traceback
from collections import deque
from typing import Any, Callable, NamedTuple, Optional

from pplp.engines.child import ANSWERED, time_left
from pplp.engines.contract import CancelToken, Engine, Options
from pplp.engines.messages import GREETING, Said, incoming, packed, write
from pplp.engines.packing import PackedEdits, compact, portable, unpacked
from pplp.engines.registry import make_engine
from pplp.engines.tasks import Task, failure
from pplp.engines.worker import Worker
from pplp.errors import OutOfThreads
from pplp.form.matrix_form import Edits, MatrixForm, edited
from pplp.form.outcome import Outcome

__all__ = ["serve"]

# Any: only the parent process reads the results of functions, and the bytes of outcomes.

#: Outcomes that follow within this many seconds are sent in one message.
_TOGETHER = 0.005

_Number = tuple[int, int]


class _Asked(NamedTuple):
    """A request that takes time."""

    #: When it came.
    at: float
    #: The token that stops each of its solves.
    stops: list[CancelToken]


class _Post:
    """Sends messages to the parent process."""

    def __init__(self, pipe: Any) -> None:
        self._pipe, self._writing = pipe, threading.Lock()
        self._waiting: deque[tuple[int, Any]] = deque()
        self._number: _Number = (0, 0)
        self._is_waiting = threading.Event()
        threading.Thread(target=self._deliver, daemon=True).start()
        write(pipe, GREETING)

    def __call__(self, number: _Number, kind: Said, said: Any) -> None:
        data = packed((number, kind, said))
        with self._writing:
            write(self._pipe, data)

    def soon(self, number: _Number, place: int, outcome: Any) -> None:
        """Post the outcome of one of several programs a moment later, together with those that follow meanwhile."""
        self._number = number
        self._waiting.append((place, outcome))
        if not self._is_waiting.is_set():
            self._is_waiting.set()

    def last(self, number: _Number, place: int, outcome: Any) -> None:
        """Post the last outcome.  It has been sent when this returns, so a later failure cannot lose it."""
        with self._writing, contextlib.suppress(OSError):  # the parent has stopped reading
            self._waiting.append((place, outcome))
            self._flush(number, "done")

    def _deliver(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._is_waiting.wait()
                self._is_waiting.clear()
                time.sleep(_TOGETHER)
                with self._writing:
                    self._flush(self._number, "outcomes")

    def _flush(self, number: _Number, kind: Said) -> None:
        """Post the waiting outcomes."""
        outcomes = []
        while self._waiting:
            outcomes.append(self._waiting.popleft())
        if not outcomes:
            return
        try:
            data = packed((number, kind, outcomes))
        except Exception as error:  # one of the outcomes cannot be pickled
            data = packed((number, kind, [(place, failure(error)) for place, _ in outcomes]))
        write(self._pipe, data)


class _Server:
    """The engine of this process and its form, or the engines with which it solves many programs.

    Each public method handles the message of its name.
    """

    def __init__(self, post: _Post) -> None:
        self._post = post
        self._engine: Engine
        self._form: Optional[MatrixForm] = None
        self._edits: list[Edits] = []
        self._workers: dict[str, Worker] = {}
        self._shared: Optional[MatrixForm] = None
        self.number: _Number = (0, 0)

    def engine(self, name: str) -> None:
        """Make the engine."""
        self._engine = make_engine(name)

    def prepare(self, function: str) -> None:
        """Call a function, without an answer."""
        _function(function)()

    def call(self, function: str, *arguments: Any) -> Any:
        """Call a function, and answer with its result."""
        return _function(function)(*arguments)

    def load(self, form: MatrixForm) -> None:
        """Like `Engine.load`."""
        self._form, self._edits = form, []
        self._engine.load(form)

    def update(self, edits: Edits) -> None:
        """Like `Engine.update`."""
        self._edits.append(edits)
        self._engine.update(edits, self._whole)

    def _whole(self) -> MatrixForm:
        assert self._form is not None
        while self._edits:
            self._form = edited(self._form, self._edits[0])
            del self._edits[0]
        return self._form

    def solve(self, options: Options, logs: bool, progresses: bool, asked: _Asked) -> tuple[Outcome, bool]:
        """Like `Engine.solve`; log and progress are posted.  The time limit counts from when the request came."""
        number = self.number
        heard: dict[str, Any] = {"time_limit": time_left(options.time_limit, time.perf_counter() - asked.at)}
        if logs:
            heard["log"] = lambda line: self._post(number, "line", line)
        if progresses:
            heard["progress"] = lambda event: self._post(number, "progress", event)
        if self._engine.abandoned:
            self._engine = type(self._engine)()
        if not self._engine.loaded:
            self._engine.load(self._whole())
        self._post(number, "began", None)
        outcome = self._engine.solve(dataclasses.replace(options, **heard), asked.stops[0])
        return portable(outcome), self._engine.verifies

    def solve_many(self, tasks: list[Task], asked: _Asked) -> None:
        """Solve the programs of all tasks; posts each outcome as soon as it is known, with its index."""
        for solver in {task.options.solver for task in tasks}:
            with contextlib.suppress(Exception):  # the outcomes will report an engine that cannot be made
                self._worker(solver)
        self._post(self.number, "began", None)
        place, last = 0, len(asked.stops) - 1
        for task in tasks:
            if task.form is not None:
                self._shared = task.form
            assert self._shared is not None
            for edits in task.edits:
                outcome = self._outcome(self._shared, edits, task.options, asked.stops[place])
                post = self._post.last if place == last else self._post.soon
                post(self.number, place, outcome)
                place += 1

    def _outcome(self, form: MatrixForm, edits: Optional[PackedEdits], options: Options, stop: CancelToken) -> Any:
        """A compact outcome."""
        try:
            return compact(self._worker(options.solver).solve(form, unpacked(edits, form), options, stop))
        except OutOfThreads:
            raise
        except Exception as error:
            return failure(error)

    def _worker(self, solver: str) -> Worker:
        worker = self._workers.get(solver)
        if worker is None:
            worker = self._workers[solver] = Worker(make_engine(solver))
        return worker

    def basis(self) -> Optional[tuple[str, str]]:
        """Like `Engine.basis`."""
        return self._engine.basis()

    def start_from(self, columns: str, rows: str) -> None:
        """Like `Engine.start_from`."""
        self._engine.start_from(columns, rows)

    def tableau(self) -> list[tuple[int, list[int], list[float]]]:
        """Like `Engine.tableau`, but returns all columns at once."""
        found: list[tuple[int, list[int], list[float]]] = []
        self._engine.tableau(lambda k, basics, factors: found.append((k, list(basics), list(factors))))
        return found


def _function(name: str) -> Callable[..., Any]:
    module, name = name.split(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


class _Inbox:
    """The messages of the parent, in order, except for "stop", which takes effect at once."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._asked: dict[_Number, _Asked] = {}
        self._messages: queue.SimpleQueue[tuple[_Number, str, tuple[Any, ...]]] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def get(self) -> tuple[_Number, str, tuple[Any, ...]]:
        """The next message; waits for it."""
        return self._messages.get()

    def forget(self, number: _Number) -> None:
        """Drop a request that was answered."""
        self._asked.pop(number, None)

    def _listen(self) -> None:
        try:
            for data in incoming(self._pipe, is_greeted=True):
                if isinstance(data, str):
                    break
                self._take(*pickle.loads(data))
            os._exit(0)
        except BaseException:  # such as too little memory for a message: without this thread, no message is answered
            traceback.print_exc()
        os._exit(1)

    def _take(self, number: _Number, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "stop":
            self._stop(*arguments)
            return
        if name in ("solve", "solve_many"):  # registered now, because a stop may come before the solve has begun
            count = 1 if name == "solve" else sum(len(task.edits) for task in arguments[0])
            asked = _Asked(time.perf_counter(), [CancelToken() for _ in range(count)])
            self._asked[number] = asked
            arguments = (*arguments, asked)
        self._messages.put((number, name, arguments))

    def _stop(self, number: _Number, begin: int = 0, end: Optional[int] = None) -> None:
        """Stop the solves of a request with the indices from `begin` up to `end`."""
        asked = self._asked.get(number)
        if asked is not None:
            for token in asked.stops[begin:end]:
                token.cancel()


def serve() -> None:
    """Work until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    for place, how in ((0, os.O_RDONLY), (1, os.O_WRONLY)):  # a solver's output must not get between the messages
        other = os.open(os.devnull, how)
        os.dup2(other, place)
        os.close(other)
    inbox, post = _Inbox(source), _Post(target)
    desk = _Server(post)
    while True:
        number, name, arguments = inbox.get()
        desk.number = number
        try:
            answer = getattr(desk, name)(*arguments)
            if name in ANSWERED and name != "solve_many":  # which posts its outcomes itself
                post(number, "done", answer)
        except Exception as error:
            post(number, "raised", _sendable_error(error))
        inbox.forget(number)


def _sendable_error(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error, 5))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error

"""A process that works for this one and may die without it: engines are asked in it as in one's own.

    child = Child("glpk")
    child.tell("load", form)
    child.tell("solve", options)         # returns at once
    child.hear(timeout)                  # ("began", None), ("line", text), ("progress", event), ("done", outcome)

Without an engine it calls functions, each named "module:name":

    child = Child()
    child.tell("prepare", "pplp.networks.ortools_flow:load")
    child.tell("call", "pplp.networks.ortools_flow:cheapest_flow", network)
    child.hear(timeout)                  # ("done", flow)

What goes between the two are pickles with their length before them, on the child's standard input and output.
It ends when its input does: with this process, however that ends.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import traceback
import weakref
from array import array
from collections.abc import Sequence
from typing import IO, Any, NoReturn, Optional

from pplp.errors import SolverCrashed
from pplp.matrix_form import Edits, MatrixForm, edited
from pplp.solution import Outcome, ReadNumbers
from pplp.solver import CancelToken, Options, make_engine
from pplp.threads import start

__all__ = ["Child", "portable"]

_MAIN = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from pplp.child import serve; serve()"
_LENGTH = struct.Struct("<Q")
#: What an option holds that only this process can use.
_OWN = ("log", "progress", "cancel", "callback", "isolate")
#: A signal that a process does not send itself by a mistake of its own.
_KILLED = "It may have been ended by hand, or by the system for want of memory."


class Child:
    """A process with one engine or none; raises `SolverCrashed` in any call when it has died."""

    def __init__(self, engine: Optional[str] = None) -> None:
        spawn = sys.modules.get("multiprocessing.spawn")  # where multiprocessing.set_executable keeps what it is given
        executable = os.fsdecode((spawn.get_executable() if spawn is not None else None) or sys.executable)
        #: Bytes that went there, and came back.
        self.sent = self.received = 0
        self._process = subprocess.Popen(
            [executable, "-c", _MAIN, json.dumps([place for place in sys.path if isinstance(place, str)])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=os.name == "posix",  # Ctrl-C in the terminal is for this process alone
        )
        self._inbox: queue.SimpleQueue[Optional[bytes]] = queue.SimpleQueue()
        self._end = weakref.finalize(self, _end, self._process)
        start(threading.Thread(target=_collect, args=(self._process.stdout, self._inbox), daemon=True))
        if engine is not None:
            self.tell("engine", engine)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def tell(self, *message: Any) -> None:
        """Send a message."""
        data = pickle.dumps(message, 5)
        self.sent += len(data)
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(_LENGTH.pack(len(data)))
            pipe.write(data)
            pipe.flush()
        except (OSError, ValueError):
            self._died()

    def hear(self, timeout: Optional[float] = None) -> Optional[tuple[Any, ...]]:
        """The next message; None when none came in so many seconds.  Raises what the child raised."""
        try:
            data = self._inbox.get(timeout=timeout)
        except queue.Empty:
            return None
        if data is None:
            self._died()
        self.received += len(data)
        message: tuple[Any, ...] = pickle.loads(data)
        if message[0] == "raised":
            raise message[1]
        return message

    def ask(self, *message: Any) -> Any:
        """Send a message and return what is answered."""
        self.tell(*message)
        while True:
            answer = self.hear()
            if answer is not None and answer[0] == "done":
                return answer[1]

    def kill(self) -> None:
        """End it at once."""
        self._end()

    def _died(self) -> NoReturn:
        try:
            code: Optional[int] = self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            code = None
        self._end()
        said = f"with the exit code {code}"
        if code is not None and code < 0:
            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = "unknown"
            said = f"by signal {-code} ({name})"
        hint = f" {_KILLED}" if code in (-signal.SIGTERM, -9) else ""
        raise SolverCrashed(
            f"The process that solved this program ended {said}.{hint} The program is as it was; solve it again, "
            "or with another method."
        )


def _collect(pipe: Any, inbox: queue.SimpleQueue[Optional[bytes]]) -> None:
    """Put every message that comes into the inbox, and None at the end."""
    try:
        while True:
            data = _read(pipe)
            inbox.put(data)
            if data is None:
                return
    except (OSError, ValueError):  # closed meanwhile
        inbox.put(None)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what was left to be written has nobody to read it
                pipe.close()


def _read(pipe: IO[bytes]) -> Optional[bytes]:
    """One message; None where the other side has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return data if len(data) == length else None


def portable(outcome: Outcome) -> Outcome:
    """An outcome whose numbers are here, in as few bytes as may be."""
    numbers = outcome.numbers
    if numbers is not None and not hasattr(numbers, "exact"):
        outcome.numbers = ReadNumbers(*map(_doubles, (numbers.primal(), numbers.reduced_costs(), numbers.duals())))
    return outcome


def _doubles(numbers: Optional[Sequence[float]]) -> Any:
    return None if numbers is None else array("d", numbers)


def sendable(options: Options) -> Options:
    """The options without what stays here; `log` and `progress` are then True or None."""
    fields = {f.name: getattr(options, f.name) for f in dataclasses.fields(options) if f.init and f.name not in _OWN}
    if not isinstance(options.cuts, (str, bool)):
        fields["cuts"] = frozenset(options.cuts)  # it may be the keys of a dictionary
    return Options(**fields)


# --------------------------------------------------------------------- in the child
class _Desk:
    """The engine of this process, and the form that it holds."""

    def __init__(self, post: Any) -> None:
        self._post = post
        self._form: Optional[MatrixForm] = None
        self._edits: list[Edits] = []

    def engine(self, name: str) -> None:
        """Make it."""
        self._engine = make_engine(name)

    def prepare(self, function: str) -> None:
        """Call it; nothing is answered."""
        _function(function)()

    def call(self, function: str, *arguments: Any) -> Any:
        """What it returns."""
        return _function(function)(*arguments)

    def load(self, form: MatrixForm) -> None:
        """As `Engine.load`."""
        self._form, self._edits = form, []
        self._engine.load(form)

    def update(self, edits: Edits) -> None:
        """As `Engine.update`."""
        self._edits.append(edits)
        self._engine.update(edits, self._whole)

    def _whole(self) -> MatrixForm:
        assert self._form is not None
        while self._edits:
            self._form = edited(self._form, self._edits[0])
            del self._edits[0]
        return self._form

    def solve(self, options: Options, logs: bool, progresses: bool, stop: CancelToken) -> Any:
        """As `Engine.solve`; what it says on the way is posted."""
        heard: dict[str, Any] = {}
        if logs:
            heard["log"] = lambda line: self._post(("line", line))
        if progresses:
            heard["progress"] = lambda event: self._post(("progress", event))
        if self._engine.abandoned:
            self._engine = type(self._engine)()
        if not self._engine.loaded:
            self._engine.load(self._whole())
        self._post(("began", None))
        outcome = self._engine.solve(dataclasses.replace(options, **heard), stop)
        return portable(outcome), self._engine.verifies

    def basis(self) -> Optional[tuple[str, str]]:
        """As `Engine.basis`."""
        return self._engine.basis()

    def start_from(self, columns: str, rows: str) -> None:
        """As `Engine.start_from`."""
        self._engine.start_from(columns, rows)

    def tableau(self) -> list[tuple[int, list[int], list[float]]]:
        """As `Engine.tableau`, all at once."""
        found: list[tuple[int, list[int], list[float]]] = []
        self._engine.tableau(lambda k, basics, factors: found.append((k, list(basics), list(factors))))
        return found


def _function(name: str) -> Any:
    module, name = name.split(":")
    return getattr(importlib.import_module(module), name)


#: The messages that are answered.
_ANSWERED = ("call", "solve", "basis", "tableau")


def serve() -> None:
    """Work until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    for place, how in ((0, os.O_RDONLY), (1, os.O_WRONLY)):  # what a solver prints is no message
        other = os.open(os.devnull, how)
        os.dup2(other, place)
        os.close(other)
    inbox: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
    writing = threading.Lock()

    def post(message: tuple[Any, ...]) -> None:
        data = pickle.dumps(message, 5)
        with writing:
            target.write(_LENGTH.pack(len(data)))
            target.write(data)
            target.flush()

    def heard() -> None:
        try:
            listen()
        except BaseException:  # such as too little memory for what comes: nobody would ever answer
            traceback.print_exc()
        os._exit(1)

    def listen() -> None:
        token = CancelToken()
        while True:
            data = _read(source)
            if data is None:
                os._exit(0)
            message = pickle.loads(data)
            if message[0] == "stop":
                token.cancel()
                continue
            if message[0] == "solve":  # a stop that comes before it has begun is meant for it
                token = CancelToken()
                message = (*message, token)
            inbox.put(message)

    threading.Thread(target=heard, daemon=True).start()
    desk = _Desk(post)
    while True:
        name, *arguments = inbox.get()
        try:
            answer = getattr(desk, name)(*arguments)
            if name in _ANSWERED:
                post(("done", answer))
        except Exception as error:
            post(("raised", _sendable_error(error)))


def _sendable_error(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error, 5))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error

"""A function's work in a process of its own, which can be ended at any moment.

What runs inside a C library cannot be interrupted, and may never end or take its process down with it.  A child can
be killed: nothing of it is left, and its parent goes on as if nothing had been.

    work = Child()
    work.ask("pplp.glpk.out_of_kilter:cheapest_flow", network)
    if work.wait(seconds):
        answer = work.result()
    work.end()
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import subprocess
import sys
import threading
from typing import Any, Optional

from pplp.errors import SolverDied

__all__ = ["Child"]

#: What a child runs: the import path is its parent's, and its standard output is kept for the answer alone.
_SCRIPT = "import sys; sys.path[:] = eval(sys.argv[1]); from pplp.child import main; main()"
_SPAWN: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if os.name == "nt"
    else {"start_new_session": True}  # Ctrl-C in the terminal is for the parent alone
)


class Child:
    """A process that calls one function and sends back what it returns or raises; waited for like a `Job`.

    It starts at once, and calls the function `ahead`, which may import what will be needed, while its
    parent makes up the question.  A function is named "module:name"; its arguments, and what it returns, are pickled.
    """

    def __init__(self, ahead: str = "") -> None:
        self._asked = False
        self._done = threading.Lock()
        self._done.acquire()
        self._answer: Optional[bytes] = None
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, repr(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **_SPAWN,
        )
        self._say(ahead)

    def _say(self, thing: Any) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended: that is seen when the answer is read
            assert self._process.stdin is not None
            pickle.dump(thing, self._process.stdin, 4)
            self._process.stdin.flush()

    def ask(self, function: str, *arguments: Any) -> None:
        """Have it call the function; once."""
        self._asked = True
        threading.Thread(target=self._talk, args=(function, arguments), name="pplp-child", daemon=True).start()

    def _talk(self, function: str, arguments: tuple[Any, ...]) -> None:
        """Send the work, and read the answer to its end; standard input stays open as long as it is wanted."""
        process = self._process
        try:
            assert process.stdout is not None
            self._say((function, arguments))
            self._answer = process.stdout.read()
        except (OSError, ValueError):
            pass  # it has ended
        finally:
            self._done.release()

    def wait(self, seconds: float) -> bool:
        """Is it done, after so many seconds at most?"""
        done = self._done.acquire(True, max(0.0, seconds))
        if done:
            self._done.release()
        return done

    def result(self) -> Any:
        """What the function returned; raises what it raised, and `SolverDied` where the process ended before."""
        try:
            good, value = pickle.loads(self._answer or b"")
        except EOFError:
            code = self._process.wait()
            raise SolverDied(
                f"The process in which the solver worked ended with the code {code}. The program is as it was: "
                "solve it again, or with another method."
            ) from None
        if not good:
            raise value
        return value

    def end(self) -> None:
        """Kill it, whatever it is doing or not, and take away what is left of it."""
        self._process.kill()
        if self._asked:
            self.wait(10.0)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


def _end_with_parent() -> None:
    """When nobody holds the other end of standard input any more, nobody wants the answer."""
    sys.stdin.buffer.read(1)
    os._exit(1)


def _function(name: str) -> Any:
    module, name = name.split(":")
    return getattr(importlib.import_module(module), name)


def main() -> None:
    """The child's side: read the work, do it, send the answer."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of the answer
    ahead = pickle.load(sys.stdin.buffer)
    if ahead:
        _function(ahead)()
    function, arguments = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    answer: tuple[bool, Any]
    try:
        answer = True, _function(function)(*arguments)
    except Exception as error:
        answer = False, error
    pickle.dump(answer, out, 4)
    out.flush()
    os._exit(0)  # what is left in memory goes with the process

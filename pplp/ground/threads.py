"""pplp's own threads, and the stacks of others.

In the main interpreter the thread of a solver waits for the next solve, and ends with the process.  A sub-interpreter,
as mod_wsgi makes them, cannot end as long as a thread of it waits: there a thread makes one call and ends.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from types import FrameType
from typing import Any, Optional

from pplp.errors import OutOfThreads

__all__ = ["IS_SUB_INTERPRETER", "SEES_STACKS", "running_threads", "stack_of", "start"]


def _is_sub_interpreter() -> bool:
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            interpreters: Any = import_module(name)
            return bool(interpreters.get_current() != interpreters.get_main())
        except (ImportError, AttributeError):
            continue
    return False


#: True if this is another interpreter than the first one of the process.
IS_SUB_INTERPRETER = _is_sub_interpreter()


#: Can one look at the stack of another thread?  PyPy has the function, too, but it takes the frames out of code that it
#: has compiled and that is running: the other thread then ends the process, by SIGSEGV or SIGABRT (seen with 7.3.11).
SEES_STACKS = sys.implementation.name == "cpython" and hasattr(sys, "_current_frames")


def stack_of(thread: int) -> Optional[FrameType]:
    """The innermost frame of a thread; None if it is no more, or cannot be looked at."""
    return sys._current_frames().get(thread) if SEES_STACKS else None


def running_threads() -> Optional[set[int]]:
    """The threads of this interpreter, also those that Python did not start; None if that cannot be known."""
    return set(sys._current_frames()) if SEES_STACKS else None


def start(thread: threading.Thread) -> None:
    """Start it; raises `OutOfThreads` if the system cannot start another thread."""
    try:
        thread.start()
    except (RuntimeError, MemoryError) as error:
        raise OutOfThreads(
            f"pplp needs a thread, but the system cannot start another one ({error}). End threads that are not "
            "needed, or raise the limit on threads or on memory (ulimit -u, ulimit -v, the limits of the container)."
        ) from error

"""pplp's own threads, and the stacks of other threads.

In the main interpreter, a solver's thread waits for the next solve and ends with the process.  A sub-interpreter, as
used by mod_wsgi, cannot end while one of its threads waits, so there each thread makes one call and ends.
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


#: True if this is not the main interpreter of the process.
IS_SUB_INTERPRETER = _is_sub_interpreter()


#: True if the stack of another thread can be read.  On PyPy it cannot: the function exists, but it moves the frames of
#: running compiled code, and then the other thread crashes the process (SIGSEGV or SIGABRT, seen with 7.3.11).
SEES_STACKS = sys.implementation.name == "cpython" and hasattr(sys, "_current_frames")


def stack_of(thread: int) -> Optional[FrameType]:
    """The innermost frame of a thread; None if the thread has ended or its stack cannot be read."""
    return sys._current_frames().get(thread) if SEES_STACKS else None


def running_threads() -> Optional[set[int]]:
    """The threads of this interpreter, including those that Python did not start; None if that is unknown."""
    return set(sys._current_frames()) if SEES_STACKS else None


def start(thread: threading.Thread) -> None:
    """Start the thread; raises `OutOfThreads` if the system cannot start another one."""
    try:
        thread.start()
    except (RuntimeError, MemoryError) as error:
        if "subinterpreter" in str(error):
            raise OutOfThreads(
                f"pplp needs a thread, which this sub-interpreter does not allow ({error}). "
                "Solve in the main interpreter, or in a sub-interpreter that is not isolated."
            ) from error
        raise OutOfThreads(
            f"pplp needs a thread, but the system cannot start another one ({error}). End threads that are not "
            "needed, or raise the limit on threads or on memory (ulimit -u, ulimit -v, the limits of the container)."
        ) from error

"""Threads of our own.

In the main interpreter the thread of a solver waits for the next solve, and ends with the process.  A sub-interpreter,
as mod_wsgi makes them, cannot end as long as a thread of it waits: there a thread makes one call and ends.
"""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

from pplp.errors import OutOfThreads

__all__ = ["IS_SUB_INTERPRETER", "start"]


def _is_sub_interpreter() -> bool:
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            interpreters: Any = import_module(name)
            return bool(interpreters.get_current() != interpreters.get_main())
        except (ImportError, AttributeError):
            continue
    return False


#: Is this another interpreter than the first one of the process?
IS_SUB_INTERPRETER = _is_sub_interpreter()


def start(thread: threading.Thread) -> None:
    """Start it; raises `OutOfThreads` where the system gives no further one."""
    try:
        thread.start()
    except (RuntimeError, MemoryError) as error:
        raise OutOfThreads(
            f"pplp needs a thread for this, and the system gives no further one ({error}). End threads that are not "
            "needed, or raise the limit on threads or on memory (ulimit -u, ulimit -v, the limits of the container)."
        ) from error

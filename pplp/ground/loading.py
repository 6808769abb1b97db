"""Imports that are made inside a call: whole, whatever comes in between.

Ctrl-C in the middle of an import of numpy leaves a part of it behind, and compiled code that cannot be loaded a second
time: then numpy is lost to the process.  So a signal that comes meanwhile is handled right after the import.
A fork in the middle of an import in another thread leaves the child with a lock that nobody opens.  So a fork waits
for imports of ours, and where those of others were cut off, the child is refused what it would wait for in vain.
"""

from __future__ import annotations

import os
import sys
import threading
from types import FrameType
from typing import Any, Callable, Optional

from pplp.errors import SolverDied

__all__ = ["whole_import"]

#: Held by whoever imports; a fork takes it, too.
_lock = threading.RLock()
#: A fork waits for it so long, in seconds: an import that waits for the thread that forks would never end.
_PATIENCE = 10.0
_is_held_by_fork = _is_child = False


class whole_import:
    """While open, signals wait, and so does a fork in another thread.

    Raises `SolverDied` in the child of a fork that cut off an import in another thread.
    """

    def __enter__(self) -> None:
        if _is_child:
            _check_cut_off()
        self._missed: list[tuple[Callable[[int, Optional[FrameType]], Any], int, Optional[FrameType]]] = []
        self._handlers: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            self._hold_signals()
        _lock.acquire()

    def _hold_signals(self) -> None:
        import signal

        # SIGINT, which is the most likely to raise, first: what it raises here leaves nothing behind.
        for number in sorted(signal.valid_signals(), key=lambda number: number != signal.SIGINT):
            handler = signal.getsignal(number)
            if callable(handler):

                def wait(number: int, frame: Optional[FrameType], handler: Any = handler) -> None:
                    self._missed.append((handler, number, frame))

                try:
                    signal.signal(number, wait)
                except ValueError:  # not in the main interpreter: no signal comes here
                    break
                self._handlers[number] = handler

    def __exit__(self, *_: object) -> None:
        _lock.release()
        if self._handlers:
            import signal

            # And here last: by then all others are as they were.
            for number in sorted(self._handlers, key=lambda number: number == signal.SIGINT):
                signal.signal(number, self._handlers[number])
        for handler, number, frame in self._missed:
            handler(number, frame)


def _check_cut_off() -> None:
    """Raise where the lock of a module is held by a thread that is not in this process."""
    locks = getattr(sys.modules.get("_frozen_importlib"), "_module_locks", {})
    threads = sys._current_frames()
    for name, known in list(locks.items()):
        owner = getattr(known(), "owner", None)
        if owner is not None and owner not in threads:
            raise SolverDied(
                f"This process was forked while another thread imported {name}, and that import can never end here. "
                "Start processes by 'spawn' or 'forkserver', or import what they need before the fork."
            )


def _before_fork() -> None:
    global _is_held_by_fork
    _is_held_by_fork = _lock.acquire(timeout=_PATIENCE)


def _after_fork() -> None:
    if _is_held_by_fork:
        _lock.release()


def _in_child() -> None:
    global _lock, _is_child
    _lock, _is_child = threading.RLock(), True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)

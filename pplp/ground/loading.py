"""Imports inside a call that are always completed, whatever interrupts them.

Ctrl-C in the middle of an import of numpy leaves a part of it behind, and compiled code that cannot be loaded a second
time: then numpy is lost to the process.  So a signal that comes meanwhile is handled right after the import.
A fork in the middle of an import in another thread leaves the child with the lock of a module that nobody opens.  So a
fork waits for imports of ours: those made here, and all others that a module of ours makes.  It holds no lock
meanwhile, for what else is done before a fork may wait for a thread that imports.  Imports that were cut off all the
same, such as those of others, are refused in the child, which would wait for them in vain.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import get_ident
from types import FrameType
from typing import Any, Callable, NoReturn, Optional

from pplp.errors import OutOfFiles, SolverDied
from pplp.ground.threads import SEES_STACKS, stack_of

__all__ = ["later", "loaded_numpy", "telling", "whole_import"]

# Any: modules and what is in them are found by their names.

#: Held by whoever imports.
_lock = threading.RLock()
#: A fork waits for imports so long, in seconds, as one may wait for the thread that forks; it sleeps so long at a time.
_PATIENCE, _NAP = 10.0, 0.001
#: The modules of Python that import, and ours, by the first part of their names.
_IMPORTER, _OURS = "importlib", __name__.partition(".")[0]
#: In the child of a fork: the locks of modules that nobody opens.
_cut_off: list[Any] = []


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Raise `OutOfFiles` if the system gives no further file in the middle of an import."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EMFILE, errno.ENFILE) or isinstance(error, OutOfFiles):
            raise
        raise OutOfFiles(
            error.errno,
            f"This process has as many files open as its system allows, and needs one more to load {name}. Close some, "
            "or raise the limit (ulimit -n).",
        ) from error


class whole_import:
    """While open, signals wait, and so does a fork in another thread."""

    def __enter__(self) -> None:
        self._missed: list[tuple[Callable[[int, Optional[FrameType]], Any], int, Optional[FrameType]]] = []
        self._handlers: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            self._hold_signals()
        self._lock = _lock  # the child of a fork has another one
        self._lock.acquire()

    def _hold_signals(self) -> None:
        with telling("signal"):
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

    def __exit__(self, _: object, error: Optional[BaseException], __: object) -> None:
        self._lock.release()
        if self._handlers:
            import signal

            # And here last: by then all others are as they were.
            for number in sorted(self._handlers, key=lambda number: number == signal.SIGINT):
                signal.signal(number, self._handlers[number])
        for handler, number, frame in self._missed:
            handler(number, frame)
        if isinstance(error, OSError):
            with telling("a package"):
                raise error


def later(
    module: str, names: Mapping[str, str], missing: Optional[Callable[[ImportError], Exception]] = None
) -> Callable[[str], Any]:
    """The `__getattr__` of a module whose names are loaded when they are first asked for.

    `names` says of each "module:attribute", or a whole module. Where a package is missing, what `missing` makes of the
    `ImportError` is raised.

    >>> find = later(__name__, {"root": "math:sqrt"})
    >>> find("root")(9)
    3.0
    """

    def find(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        place, _, attribute = names[name].partition(":")
        try:
            with telling(place):
                found = importlib.import_module(place)
            if attribute:
                found = getattr(found, attribute)
        except ImportError as error:
            if missing is None:
                raise
            raise missing(error) from error
        setattr(sys.modules[module], name, found)  # so that it is not asked for again
        return found

    return find


def loaded_numpy() -> Any:
    """numpy, if this process has it loaded anyway: then long arrays are looked at by it, to the same effect.

    None on PyPy, whose own loops are as fast: there each call of numpy has to imitate what CPython's C code does.
    """
    return None if sys.implementation.name == "pypy" else sys.modules.get("numpy")


# ---- forks
def _module_locks() -> dict[str, Any]:
    """Where Python tells, the locks of modules that are being imported, or are about to be, by their names."""
    known = getattr(sys.modules.get("_frozen_importlib"), "_module_locks", {})
    locks = {name: reference() for name, reference in known.copy().items()}
    return {name: lock for name, lock in locks.items() if hasattr(lock, "owner")}


def _is_importing() -> bool:
    """Is another thread in an import of ours, which may end before the fork?"""
    if not _lock.acquire(blocking=False):
        return True
    _lock.release()
    nobody, me = None, get_ident()
    return any(
        lock.owner not in (nobody, me) and _is_ours(name, lock.owner) and not lock.has_deadlock()
        for name, lock in _module_locks().items()
    )


def _is_ours(name: str, thread: int) -> bool:
    """Is the module one of ours, or does the thread import it for one of ours, directly or not, or unseen?"""
    if name.partition(".")[0] == _OURS or not SEES_STACKS:
        return True
    frame, newer = stack_of(thread), ""
    while frame is not None:
        module = str(frame.f_globals.get("__name__")).partition(".")[0]
        if (module, newer) == (_OURS, _IMPORTER):
            return True
        frame, newer = frame.f_back, module
    return False


def _before_fork() -> None:
    end = time.perf_counter() + _PATIENCE
    while _is_importing() and time.perf_counter() < end:
        time.sleep(_NAP)


def _in_child() -> None:
    global _lock
    _lock = threading.RLock()
    for name, lock in _module_locks().items():
        if lock.owner is None:  # a thread was about to take it, or had just given it back
            sys.modules["_frozen_importlib"]._module_locks.pop(name, None)
        elif lock.owner != get_ident():
            lock.acquire = partial(_refuse, name)
            _cut_off.append(lock)  # a new one in its place would give out half a module


def _refuse(name: str) -> NoReturn:
    raise SolverDied(
        f"This process was forked while another thread imported {name}, and that import can never end here. "
        "Start processes by 'spawn' or 'forkserver', or import what they need before the fork."
    )


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_in_child)

"""Imports inside calls, which signals and forks cannot leave half done.

Ctrl-C during an import of numpy leaves a part of it loaded, and its compiled code cannot be loaded a second time: the
process could not use numpy any more.  So a signal that comes during an import is handled right after it.

A fork during an import in another thread leaves the child with a locked module that nobody will unlock.  So a fork
waits for pplp's imports: those made here, and those that any module of pplp makes.  It holds no lock while it waits,
because another handler may run before the fork and wait for the importing thread.  An import that was cut off all the
same, such as one of the user's code, raises an error in the child, which would otherwise wait without end.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` takes half a millisecond to load
import importlib
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from threading import get_ident
from types import FrameType, ModuleType
from typing import Any, Callable, NoReturn, Optional

from pplp.errors import SolverDied
from pplp.ground.descriptors import needed_to
from pplp.ground.threads import SEES_STACKS, stack_of

__all__ = ["PackageFinder", "install", "is_installed", "later", "loaded_numpy", "whole_import"]

# Any: modules and what is in them are found by their names.

#: Held by the thread that imports.
_lock = threading.RLock()
#: The most seconds that a fork waits for imports, in case an import waits for the forking thread; and the seconds
#: between two looks.
_PATIENCE, _NAP = 10.0, 0.001
#: The top-level names of Python's import machinery and of this package.
_IMPORTER, _OURS = "importlib", __name__.partition(".")[0]
#: In the child of a fork: the locks of modules whose import was cut off.
_cut_off: list[Any] = []


class _Loader(SourceFileLoader):
    """A loader of pplp's modules that raises `OutOfFiles` if the process can open no more files."""

    def exec_module(self, module: ModuleType) -> None:
        with needed_to(f"load {module.__name__}"):
            super().exec_module(module)


class PackageFinder:
    """A finder of pplp's modules, many of which are imported on first use, when all descriptors may be in use."""

    @staticmethod
    def find_spec(
        name: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """The module spec of one of pplp's own modules; None for any other."""
        if name.partition(".")[0] != _OURS or path is None:
            return None
        with needed_to(f"load {name}"):
            spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Add the finder once, right before Python's own, so that finders of other tools still come first."""
    others = [finder for finder in sys.meta_path if getattr(finder, "__qualname__", "") != PackageFinder.__qualname__]
    place = others.index(PathFinder) if PathFinder in others else len(others)
    sys.meta_path[:] = [*others[:place], PackageFinder, *others[place:]]


class whole_import:
    """While open, signals wait, and so do forks in other threads."""

    def __enter__(self) -> None:
        self._missed: list[tuple[Callable[[int, Optional[FrameType]], Any], int, Optional[FrameType]]] = []
        self._handlers: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            self._hold_signals()
        self._lock = _lock  # kept, because the child of a fork gets a new one
        self._lock.acquire()

    def _hold_signals(self) -> None:
        # SIGINT first, because it is the most likely to raise: here nothing has changed yet.
        for number in sorted(_signal.valid_signals(), key=lambda number: number != _signal.SIGINT):
            handler = _signal.getsignal(number)
            if callable(handler):

                def wait(number: int, frame: Optional[FrameType], handler: Any = handler) -> None:
                    self._missed.append((handler, number, frame))

                try:
                    _signal.signal(number, wait)
                except ValueError:  # a sub-interpreter, which gets no signals
                    break
                self._handlers[number] = handler

    def __exit__(self, _: object, error: Optional[BaseException], __: object) -> None:
        self._lock.release()
        if self._handlers:
            # SIGINT last, when all other handlers are restored.
            for number in sorted(self._handlers, key=lambda number: number == _signal.SIGINT):
                _signal.signal(number, self._handlers[number])
        for handler, number, frame in self._missed:
            handler(number, frame)
        if isinstance(error, OSError):
            with needed_to("load a package"):
                raise error


def later(
    module: str, names: Mapping[str, str], missing: Optional[Callable[[ImportError], Exception]] = None
) -> Callable[[str], Any]:
    """A `__getattr__` for a module that loads its names on first use.

    `names` maps each name to "module:attribute" or "module".  If a package is missing, the error that `missing` returns
    for the `ImportError` is raised.

    >>> find = later(__name__, {"root": "math:sqrt"})
    >>> find("root")(9)
    3.0
    """

    def find(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        place, _, attribute = names[name].partition(":")
        try:
            found = importlib.import_module(place)
            if attribute:
                found = getattr(found, attribute)
        except ImportError as error:
            if missing is None:
                raise
            raise missing(error) from error
        setattr(sys.modules[module], name, found)  # then Python finds it without this function
        return found

    return find


def is_installed(package: str) -> bool:
    """True if a package can be found; it is not imported."""
    from importlib.util import find_spec

    with needed_to(f"look for the package {package}"):
        try:
            return find_spec(package) is not None
        except (ImportError, ValueError):
            return False


def loaded_numpy() -> Any:
    """numpy, if this process has loaded it: then it makes loops over long arrays faster, with the same results.

    None on PyPy, whose own loops are as fast and where calls of numpy are slow.
    """
    return None if sys.implementation.name == "pypy" else sys.modules.get("numpy")


# ---- forks
def _module_locks() -> dict[str, Any]:
    """The locks of modules that are being imported or are about to be, by name; empty if Python does not show them."""
    known = getattr(sys.modules.get("_frozen_importlib"), "_module_locks", {})
    locks = {name: reference() for name, reference in known.copy().items()}
    return {name: lock for name, lock in locks.items() if hasattr(lock, "owner")}


def _is_importing() -> bool:
    """True if another thread is in one of pplp's imports, and does not wait for this thread."""
    if not _lock.acquire(blocking=False):
        return True
    _lock.release()
    nobody, me = None, get_ident()
    return any(
        lock.owner not in (nobody, me) and _is_ours(name, lock.owner) and not lock.has_deadlock()
        for name, lock in _module_locks().items()
    )


def _is_ours(name: str, thread: int) -> bool:
    """True if the module is pplp's, or the thread imports it for a module of pplp, or its stack cannot be read."""
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
        if lock.owner is None:  # a thread was about to acquire it, or had just released it
            sys.modules["_frozen_importlib"]._module_locks.pop(name, None)
        elif lock.owner != get_ident():
            lock.acquire = partial(_refuse, name)
            _cut_off.append(lock)  # kept alive: with a new lock, an import would return half a module


def _refuse(name: str) -> NoReturn:
    raise SolverDied(
        f"This process was forked while another thread imported {name}, and that import can never end here. "
        "Start processes by 'spawn' or 'forkserver', or import what they need before the fork."
    )


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_in_child)

"""Where and when GLPK may be called: under a lock, or in one thread that does nothing else.

GLPK keeps its memory in an "environment".  Some builds have one for the process (the wheels of swiglpk for
Linux): then any thread may call, but only one at a time.  Others have one for each thread
(Debian's): then a problem must live and die in one thread.  `call` is right on both: under a lock in the calling
thread, or in one thread that does nothing else.
"""

from __future__ import annotations

import ctypes
import os
import queue
import threading
import time
import weakref
from collections import deque
from typing import Any, Callable, Optional, TypeVar

from pplp.engines.clock import ThreadJob
from pplp.engines.glpk.library import ERROR_HOOK, C, calls, glpk
from pplp.engines.glpk.log import captured_output
from pplp.engines.glpk.memory import is_memory_limited
from pplp.errors import OutOfMemory, SolverDied, SolverMissing
from pplp.ground.threads import IS_SUB_INTERPRETER, start

__all__ = ["Job", "Library", "LoneJob", "delete_later", "call", "call_silent", "suspend"]

# Any: a job returns what the call returns that it makes.

_R = TypeVar("_R")

_lock: Any = threading.RLock()
_making_owner = threading.Lock()
#: Problems whose owner is gone.  A finalizer runs in any thread at any time, so it only puts them here.
_to_delete: deque[Any] = deque()


def delete_later(problem: Any, owner: Any) -> None:
    """Have a problem deleted before the next call, in the thread where that is right.

    Where each thread has an environment, that is its owner's; when that has died, nobody may delete it any more.
    """
    if owner is Library.thread or not Library.per_thread:
        _to_delete.append(problem)


def _one_environment_for_each_thread() -> bool:
    """Ask from a second thread: GLPK says 1 when the environment is there already."""
    calls.glp_init_env()
    answers: list[int] = []

    def ask() -> None:
        answers.append(calls.glp_init_env())

    thread = threading.Thread(target=ask)
    start(thread)
    thread.join()
    return answers != [1]


class Job(ThreadJob):
    """A call that GLPK's thread makes."""

    __slots__ = ("_arguments", "_function")
    _solver = "GLPK"
    #: Those that each thread of ours is at, the last one inside of the others.
    _running: dict[int, list[Job]] = {}

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        super().__init__()
        self._function, self._arguments = function, arguments

    def begin(self) -> None:
        """Have the owner's thread make the call; inside that thread it is made at once."""
        if threading.current_thread() is Library.thread:
            self.run()
        elif IS_SUB_INTERPRETER:
            self._begin_alone()
        else:
            self.give(Library.owner())

    def result(self) -> Any:
        """What the call returned; raises what it raised."""
        if IS_SUB_INTERPRETER and self._thread is not None:
            self._thread.join()  # the interpreter may be ended next
        return super().result()

    def give(self, owner: _Owner) -> None:
        """Have this thread make the call."""
        self._thread = owner
        owner.jobs.put(self)

    def _begin_alone(self) -> None:
        """Make the call in a thread that is made for it."""
        if threading.current_thread() is Library.thread or _lock._is_owned():
            self.run()  # in a callback of a solve
            return
        is_daemon = not IS_SUB_INTERPRETER
        thread = threading.Thread(target=self.run, name="pplp-glpk-alone", args=(True,), daemon=is_daemon)
        start(thread)
        self._thread = thread

    def run(self, alone: bool = False) -> None:
        """Make the call, unless nobody waits for it, and keep what it returns or raises."""
        if self._has_returned:
            return
        function, arguments = self._function, self._arguments
        self._function, self._arguments = _nothing, ()  # what it holds is let go of as soon as it has returned
        running = self._running.setdefault(threading.get_ident(), [])
        running.append(self)
        try:
            if alone and Library.per_thread:
                _listen_for_errors()
            if not self.withdrawn:
                self._result = _locked(function, arguments) if alone else call(function, *arguments)
        except BaseException as error:
            self._error = error
        finally:
            running.pop()
            if not running:
                self._running.pop(threading.get_ident(), None)
            self.end()

    @classmethod
    def give_up(cls, _: Any = None) -> None:
        """GLPK calls this before it ends the process: in a thread of ours the calls fail, and the thread sleeps.

        What GLPK holds in it is not given back.  In a thread of the user's it returns, and the process ends.
        """
        running = cls._running.pop(threading.get_ident(), None)
        if not running:
            return
        thread = threading.current_thread()
        if isinstance(thread, _Owner):
            thread.is_parked = True
        for job in running:
            job.is_parked = True
            job._error = _reason()
        release()
        for job in running:
            job.end()
        while True:
            time.sleep(3600)


class LoneJob(Job):
    """A call in a thread that is made for it, on a problem of its own: it may `suspend`."""

    __slots__ = ()
    is_alone = True

    def begin(self) -> None:
        """Have the thread made, and make the call."""
        self._begin_alone()


def _reason() -> Exception:
    if is_memory_limited():
        return OutOfMemory(
            "GLPK ran out of memory during the solve. Give the process more, leave method at 'auto' (an "
            "interior point takes much more memory than a simplex), or make the program smaller."
        )
    return SolverDied(
        "GLPK failed unexpectedly during the solve. The program is unchanged: solve it by "
        "another method, or with solver='highs'."
    )


def _nothing() -> None:
    """Stands for a call that has been made."""


class _Owner(threading.Thread):
    """A thread that calls GLPK for others.

    Signals are handled in the main thread, between two of its own instructions.  A thread that waits for
    this one can be interrupted at once; one that is inside GLPK cannot, and an exception in a callback of GLPK is lost.
    """

    def __init__(self) -> None:
        super().__init__(name="pplp-glpk", daemon=True)
        self.is_parked = False
        self.jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        start(self)

    def is_alive(self) -> bool:
        """Does it still take jobs?"""
        return super().is_alive() and not self.is_parked

    def run(self) -> None:
        _listen_for_errors()
        while True:
            self.jobs.get().run()


_give_up = ERROR_HOOK(Job.give_up)


def _listen_for_errors() -> None:
    """Have GLPK, in the environment of this thread, call `Job.give_up` before it ends the process."""
    C.glp_error_hook(ctypes.cast(_give_up, ctypes.c_void_p), None)


class Library:
    """What is known of the library that was loaded."""

    per_thread = _one_environment_for_each_thread()
    #: The engines whose problems a fork takes from them, with the thread that owned them or was at work.
    live_engines: weakref.WeakSet[Any] = weakref.WeakSet()
    #: The thread that owns the problems that are made now; None until it is needed.
    thread: Optional[_Owner] = None

    @classmethod
    def owner(cls) -> _Owner:
        """The thread that calls GLPK, made when it is first needed and again after a fork."""
        owner = cls.thread
        if owner is None or not owner.is_alive():
            with _making_owner:
                owner = cls.thread
                if owner is None or not owner.is_alive():
                    if owner is not None and cls.per_thread:
                        cls.orphan()
                    owner = cls.thread = _Owner()
        return owner

    @classmethod
    def orphan(cls) -> None:
        """Let go of all problems of a thread that is no more: no other one may delete or grow what it made."""
        _to_delete.clear()
        for engine in cls.live_engines:
            engine.abandon()


if IS_SUB_INTERPRETER and Library.per_thread:
    raise SolverMissing(
        "This build of GLPK needs a permanent thread, which a sub-interpreter does not allow. Install the "
        "wheel of swiglpk (python -m pip install --only-binary :all: swiglpk), or have the server use the main "
        "interpreter (mod_wsgi: WSGIApplicationGroup %{GLOBAL})."
    )
if not Library.per_thread:
    _listen_for_errors()


def _after_fork() -> None:
    """The child of a fork has none of its parent's threads, and may have got a lock that nobody opens."""
    global _lock, _making_owner
    Job._running.clear()
    was_at_work = not _lock.acquire(blocking=False)  # another thread, which is not here: its problem is half done
    _lock, _making_owner = threading.RLock(), threading.Lock()
    Library.thread = None
    captured_output.forget()
    if Library.per_thread or was_at_work:
        Library.orphan()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def call_silent(function: Callable[..., _R], argument: Any) -> _R:
    """As `call`, for a function that writes nothing: the banners need no switching off."""
    if Library.per_thread:
        return call(function, argument)
    with _lock:
        return function(argument)


def call(function: Callable[..., _R], *arguments: Any) -> _R:
    """Run `function`, which calls GLPK, where and when that is safe; what it raises is raised here."""
    if Library.per_thread and threading.current_thread() is not Library.thread:
        job = Job(function, *arguments)
        try:
            job.give(Library.owner())
            while not job.wait(1.0):
                pass
        except BaseException:
            # The caller may close the problem next: the call, which is a short one, is waited for.  The exception may
            # have come before the thread had it: given twice, it is made once.
            job.withdrawn = True
            job.give(Library.owner())
            while not job.wait(1.0):
                pass
            raise
        result: _R = job.result()
        return result
    return _locked(function, arguments)


def _locked(function: Callable[..., _R], arguments: tuple[Any, ...]) -> _R:
    with _lock:
        # GLPK's banners are off meanwhile; the switch is global, and other users of swiglpk may want it as it was.
        was = calls.glp_term_out(glpk.GLP_OFF)
        try:
            while _to_delete and not (Library.per_thread and threading.current_thread() is not Library.thread):
                calls.glp_delete_prob(_to_delete.popleft())
            return function(*arguments)
        finally:
            if was:
                calls.glp_term_out(was)


def suspend() -> None:
    """Never return, and let others call GLPK: from a callback inside a `LoneJob` that cannot be ended."""
    if threading.current_thread() is Library.thread:
        return
    release()
    while True:
        time.sleep(3600)


def release() -> None:
    """Let others call GLPK, from inside of a call of it that never ends."""
    captured_output.forget()
    C.glp_term_hook(None, None)
    calls.glp_term_out(glpk.GLP_ON)
    _lock._release_save()  # all of it, however often this thread has taken it

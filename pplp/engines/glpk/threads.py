"""Which thread may call GLPK: any thread under a lock, or one thread that does nothing else.

GLPK keeps its memory in an "environment".  Some builds have one for the whole process (swiglpk's wheels for Linux):
any thread may call them, but only one at a time.  Other builds have one for each thread (Debian's): a problem must be
created, used and deleted in the same thread.  `call` is right for both: it calls under a lock in the calling thread,
or in one thread that does nothing else.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
import weakref
from collections import deque
from typing import Any, Callable, Optional, TypeVar

from pplp.engines.clock import ThreadJob
from pplp.engines.glpk.library import ERROR_HOOK, PER_THREAD, C, calls, glpk
from pplp.engines.glpk.log import captured_output
from pplp.engines.glpk.memory import is_memory_limited
from pplp.errors import OutOfMemory, SolverDied, SolverMissing
from pplp.ground.threads import IS_SUB_INTERPRETER, start

try:
    from _queue import SimpleQueue  # the module `queue` takes longer to load
except ImportError:  # on PyPy
    from queue import SimpleQueue

__all__ = ["Job", "Library", "LoneJob", "delete_later", "call", "call_silent", "suspend"]

# Any: a job returns what the call returns that it makes.

_R = TypeVar("_R")

_lock: Any = threading.RLock()
_making_owner = threading.Lock()
#: Problems to delete before the next call.  A finalizer may run in any thread at any time, so it only adds them here.
_to_delete: deque[Any] = deque()


def delete_later(problem: Any, owner: Any) -> None:
    """Have a problem deleted before the next call of GLPK.

    If each thread has an environment, only the owner's thread may delete it; once that has died, its memory is lost.
    """
    if owner is Library.thread or not Library.per_thread:
        _to_delete.append(problem)


class Job(ThreadJob):
    """A call that GLPK's thread makes."""

    __slots__ = ("_arguments", "_function")
    _solver = "GLPK"
    #: The jobs that each thread of ours is running, the innermost last.
    _running: dict[int, list[Job]] = {}

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        super().__init__()
        self._function, self._arguments = function, arguments

    def begin(self) -> None:
        """Start the call in the owner's thread; in that thread itself, make the call at once."""
        if threading.current_thread() is Library.thread:
            self.run()
        elif IS_SUB_INTERPRETER:
            self._begin_alone()
        else:
            self.give(Library.owner())

    def result(self) -> Any:
        """What the call returned; raises what it raised."""
        if IS_SUB_INTERPRETER and self._thread is not None:
            self._thread.join()  # the sub-interpreter may end next, and must not have threads then
        return super().result()

    def give(self, owner: _Owner) -> None:
        """Have this thread make the call."""
        self._thread = owner
        owner.jobs.put(self)

    def _begin_alone(self) -> None:
        """Make the call in a new thread."""
        if threading.current_thread() is Library.thread or _lock._is_owned():
            self.run()  # this is a callback of a solve
            return
        is_daemon = not IS_SUB_INTERPRETER
        thread = threading.Thread(target=self.run, name="pplp-glpk-alone", args=(True,), daemon=is_daemon)
        start(thread)
        self._thread = thread

    def run(self, alone: bool = False) -> None:
        """Make the call, unless it was withdrawn, and keep what it returns or raises."""
        if self._has_returned:
            return
        function, arguments = self._function, self._arguments
        self._function, self._arguments = _nothing, ()  # so that the arguments are released when the call returns
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
        """GLPK calls this before it would abort the process.

        In a thread of ours, this never returns: the jobs of the thread fail, the thread sleeps, and GLPK's memory in
        it is lost.  In a thread of the user's it returns, and the process ends.
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
    """A call in a new thread, on a problem that only it uses; it may `suspend`."""

    __slots__ = ()
    is_alone = True

    def begin(self) -> None:
        """Start the thread."""
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
    """Replaces a function that was called."""


class _Owner(threading.Thread):
    """A thread that calls GLPK for others.

    Python handles signals in the main thread, between two instructions.  A main thread that waits for this one can be
    interrupted at once.  Inside GLPK it could not be, and an exception in a callback of GLPK would be lost.
    """

    def __init__(self) -> None:
        super().__init__(name="pplp-glpk", daemon=True)
        self.is_parked = False
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        start(self)

    def is_alive(self) -> bool:
        """True if it still takes jobs."""
        return super().is_alive() and not self.is_parked

    def run(self) -> None:
        _listen_for_errors()
        while True:
            self.jobs.get().run()


_give_up = ERROR_HOOK(Job.give_up)


def _listen_for_errors() -> None:
    """Have GLPK call `Job.give_up` before it aborts the process; holds for this thread's environment."""
    C.glp_error_hook(ctypes.cast(_give_up, ctypes.c_void_p), None)


class Library:
    """The state of the loaded library."""

    #: True if each thread has an environment.
    per_thread = PER_THREAD
    #: The engines that lose their problems when the thread that owns or uses them is lost, as in a fork.
    live_engines: weakref.WeakSet[Any] = weakref.WeakSet()
    #: The thread that owns new problems; None until it is needed.
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
        """Drop all problems of a dead thread: no other thread may delete or extend them."""
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
    """Reset the state in the child of a fork, which has no other threads and may inherit a held lock."""
    global _lock, _making_owner
    Job._running.clear()
    was_at_work = not _lock.acquire(blocking=False)  # held by a thread that is gone: its problem may be half changed
    _lock, _making_owner = threading.RLock(), threading.Lock()
    Library.thread = None
    captured_output.forget()
    if Library.per_thread or was_at_work:
        Library.orphan()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def call_silent(function: Callable[..., _R], argument: Any) -> _R:
    """Like `call`, for a function that writes nothing, so GLPK's terminal output need not be switched off."""
    if Library.per_thread:
        return call(function, argument)
    with _lock:
        return function(argument)


def call(function: Callable[..., _R], *arguments: Any) -> _R:
    """Run `function`, which calls GLPK, in the right thread and under the lock; raises what it raises."""
    if Library.per_thread and threading.current_thread() is not Library.thread:
        job = Job(function, *arguments)
        try:
            job.give(Library.owner())
            while not job.wait(1.0):
                pass
        except BaseException:
            # An interrupt.  The caller may close the problem next, so wait for the call, which is short.  The interrupt
            # may have come before the thread got the job: it is given again, and runs only once.
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
        # GLPK's terminal output is off during the call.  The switch is global, so it is restored for other users.
        was = calls.glp_term_out(glpk.GLP_OFF)
        try:
            while _to_delete and not (Library.per_thread and threading.current_thread() is not Library.thread):
                calls.glp_delete_prob(_to_delete.popleft())
            return function(*arguments)
        finally:
            if was:
                calls.glp_term_out(was)


def suspend() -> None:
    """Never return, and let other threads call GLPK; for a callback inside a `LoneJob` that cannot be stopped."""
    if threading.current_thread() is Library.thread:
        return
    release()
    while True:
        time.sleep(3600)


def release() -> None:
    """Let other threads call GLPK, from inside a call that never returns."""
    captured_output.forget()
    C.glp_term_hook(None, None)
    calls.glp_term_out(glpk.GLP_ON)
    _lock._release_save()  # releases it fully, however often this thread has acquired it

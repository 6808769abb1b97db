"""The only door to GLPK: swiglpk for single calls, ctypes on the same library for long and bulk ones.

A call through swiglpk holds the interpreter's global lock; one through ctypes lets it go, so a solve does
not stop the program's other threads.  ctypes also takes the address of a whole array.

GLPK keeps its memory in an "environment".  Some builds have one for the process (the wheels of swiglpk for
Linux): then any thread may call, but only one at a time.  Others have one for each thread
(Debian's): then a problem must live and die in one thread.  `call` is right on both: under a lock in the calling
thread, or in one thread that does nothing else.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import queue
import sys
import threading
import time
import weakref
from collections import deque
from typing import Any, Callable, Optional

try:
    import resource
except ImportError:  # a platform that cannot be asked
    resource = None  # type: ignore[assignment]

from pplp.engines.clock import ThreadJob
from pplp.errors import OutOfMemory, SolverDied, SolverMissing
from pplp.ground.loading import whole_import
from pplp.ground.threads import IS_SUB_INTERPRETER, start

try:
    with whole_import():
        import swiglpk
        from swiglpk import _swiglpk
except ImportError as error:
    raise SolverMissing(
        f"The package swiglpk, through which pplp reaches GLPK, cannot be imported ({error}). "
        "Install it with: python -m pip install swiglpk"
    ) from error

__all__ = [
    "NOTHING",
    "TREE_CALLBACK",
    "C",
    "Job",
    "Library",
    "LoneJob",
    "address_of",
    "bury",
    "call",
    "call_silent",
    "calls",
    "captured_output",
    "check_memory",
    "column_duals",
    "column_primals",
    "glpk",
    "is_memory_limited",
    "park",
    "row_duals",
]

#: GLPK's integer constants and its parameter structures, by their own names.
glpk = swiglpk
#: The library, for long and bulk calls: by address, without the interpreter's lock.
C = ctypes.CDLL(_swiglpk.__file__)
#: The library, for short calls.
calls: Any
#: What stands for no array in `calls`.
NOTHING: Any = None

_SIGNATURES = """
    void *glp_create_prob(void); void glp_delete_prob(void *); int glp_init_env(void); int glp_term_out(int);
    int glp_add_rows(void *, int); int glp_add_cols(void *, int);
    void glp_set_obj_dir(void *, int); void glp_set_obj_coef(void *, int, double);
    void glp_set_col_bnds(void *, int, int, double, double); void glp_set_row_bnds(void *, int, int, double, double);
    void glp_set_col_kind(void *, int, int); int glp_get_mat_row(void *, int, int *, double *);
    void glp_unscale_prob(void *); int glp_get_it_cnt(void *); int glp_get_status(void *);
    int glp_get_num_rows(void *); int glp_get_num_cols(void *);
    int glp_get_prim_stat(void *); int glp_get_dual_stat(void *); double glp_get_obj_val(void *);
    int glp_get_col_type(void *, int); double glp_get_col_lb(void *, int); double glp_get_col_ub(void *, int);
    double glp_get_row_prim(void *, int); double glp_get_row_lb(void *, int); double glp_get_row_ub(void *, int);
    double glp_get_col_prim(void *, int); double glp_get_col_dual(void *, int); double glp_get_row_dual(void *, int);
    int glp_ipt_status(void *); double glp_ipt_col_prim(void *, int); double glp_ipt_col_dual(void *, int);
    double glp_ipt_row_dual(void *, int); int glp_get_row_type(void *, int);
    int glp_get_row_stat(void *, int); int glp_get_col_stat(void *, int);
    void glp_set_row_stat(void *, int, int); void glp_set_col_stat(void *, int, int);
    double glp_mip_col_val(void *, int); int glp_mip_status(void *); double glp_mip_obj_val(void *);
"""

if sys.implementation.name == "pypy":
    # PyPy compiles calls through its own cffi to machine code; through swiglpk each costs a microsecond.
    import cffi  # type: ignore[import-untyped,unused-ignore]

    _ffi: Any = cffi.FFI()
    _ffi.cdef(_SIGNATURES)
    calls = _ffi.dlopen(_swiglpk.__file__)
    NOTHING = _ffi.NULL

    def address_of(problem: Any) -> int:
        """The address of a glp_prob."""
        return int(_ffi.cast("uintptr_t", problem))

    def column_primals(problem: Any, count: int) -> list[float]:
        """The values of all columns after a simplex run."""
        return [calls.glp_get_col_prim(problem, j) for j in range(1, count + 1)]

    def column_duals(problem: Any, count: int) -> list[float]:
        """The reduced costs of all columns."""
        return [calls.glp_get_col_dual(problem, j) for j in range(1, count + 1)]

    def row_duals(problem: Any, count: int) -> list[float]:
        """The duals of all rows."""
        return [calls.glp_get_row_dual(problem, i) for i in range(1, count + 1)]

else:
    calls = _swiglpk

    def address_of(problem: Any) -> int:
        """The address of a glp_prob."""
        return int(problem)

    def column_primals(problem: Any, count: int) -> list[float]:
        """The values of all columns after a simplex run; for a problem without integer columns."""
        return list(glpk.get_col_primals(problem)) if count else []

    def column_duals(problem: Any, count: int) -> list[float]:
        """The reduced costs of all columns."""
        return list(glpk.get_col_duals(problem)) if count else []

    def row_duals(problem: Any, count: int) -> list[float]:
        """The duals of all rows."""
        return list(glpk.get_row_duals(problem)) if count else []


_pointer, _int, _double = ctypes.c_void_p, ctypes.c_int, ctypes.c_double
C.glp_init_smcp.argtypes = C.glp_init_iocp.argtypes = [_pointer]
C.glp_init_smcp.restype = C.glp_init_iocp.restype = None
C.glp_simplex.argtypes = [_pointer, _pointer]
C.glp_init_iptcp.argtypes = [_pointer]
C.glp_init_iptcp.restype = None
C.glp_interior.argtypes = [_pointer, _pointer]
C.glp_intopt.argtypes = [_pointer, _pointer]
C.glp_load_matrix.argtypes = [_pointer, _int, _pointer, _pointer, _pointer]
C.glp_load_matrix.restype = None
C.glp_set_mat_row.argtypes = [_pointer, _int, _int, _pointer, _pointer]
C.glp_set_mat_row.restype = None
C.glp_get_mat_row.argtypes = [_pointer, _int, _pointer, _pointer]
C.glp_del_rows.argtypes = C.glp_del_cols.argtypes = [_pointer, _int, _pointer]
C.glp_del_rows.restype = C.glp_del_cols.restype = None
C.glp_check_kkt.argtypes = [_pointer, _int, _int, *[_pointer] * 4]
C.glp_check_kkt.restype = None
C.glp_scale_prob.argtypes = [_pointer, _int]
C.glp_scale_prob.restype = None
C.glp_get_bfcp.argtypes = C.glp_set_bfcp.argtypes = [_pointer, _pointer]
C.glp_get_bfcp.restype = C.glp_set_bfcp.restype = None
# What may write to the log goes through ctypes, too: on PyPy a callback from inside a swiglpk call never returns.
C.glp_adv_basis.argtypes = [_pointer, _int]
C.glp_std_basis.argtypes = [_pointer]
C.glp_adv_basis.restype = C.glp_std_basis.restype = None
C.glp_bf_exists.argtypes = C.glp_factorize.argtypes = C.glp_warm_up.argtypes = [_pointer]
C.glp_eval_tab_col.argtypes = [_pointer, _int, _pointer, _pointer]
C.glp_get_bhead.argtypes = [_pointer, _int]
C.glp_btran.argtypes = [_pointer, _pointer]
C.glp_btran.restype = None
C.glp_get_unbnd_ray.argtypes = [_pointer]
C.glp_ios_best_node.argtypes = C.glp_ios_terminate.argtypes = C.glp_ios_reason.argtypes = [_pointer]
C.glp_ios_node_bound.argtypes = [_pointer, _int]
C.glp_ios_node_bound.restype = _double
C.glp_ios_terminate.restype = None
C.glp_ios_tree_size.argtypes = [_pointer, _pointer, _pointer, _pointer]
C.glp_ios_tree_size.restype = None
C.glp_ios_heur_sol.argtypes = [_pointer, _pointer]
C.glp_ios_can_branch.argtypes = [_pointer, _int]
C.glp_ios_branch_upon.argtypes = [_pointer, _int, _int]
C.glp_ios_branch_upon.restype = None
C.glp_create_graph.argtypes = [_int, _int]
C.glp_create_graph.restype = _pointer
C.glp_delete_graph.argtypes = [_pointer]
C.glp_delete_graph.restype = None
C.glp_add_vertices.argtypes = [_pointer, _int]
C.glp_add_arc.argtypes = [_pointer, _int, _int]
C.glp_add_arc.restype = ctypes.c_size_t
C.glp_mincost_okalg.argtypes = [_pointer, _int, _int, _int, _int, _pointer, _int, _int]
C.glp_npp_alloc_wksp.restype = _pointer
C.glp_npp_free_wksp.argtypes = [_pointer]
C.glp_npp_load_prob.argtypes = [_pointer, _pointer, _int, _int]
C.glp_npp_preprocess1.argtypes = [_pointer, _int]
C.glp_npp_build_prob.argtypes = C.glp_npp_postprocess.argtypes = C.glp_npp_obtain_sol.argtypes = [_pointer, _pointer]
C.glp_npp_free_wksp.restype = C.glp_npp_load_prob.restype = C.glp_npp_build_prob.restype = None
C.glp_npp_postprocess.restype = C.glp_npp_obtain_sol.restype = None
C.glp_term_hook.argtypes = [_pointer, _pointer]
C.glp_term_hook.restype = None

C.glp_error_hook.argtypes = [_pointer, _pointer]
C.glp_error_hook.restype = None

ERROR_HOOK = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
TERM_HOOK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p)
TREE_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)

_lock: Any = threading.RLock()
_making_owner = threading.Lock()
#: Problems whose owner is gone.  A finalizer runs in any thread at any time, so it only puts them here.
_dead: deque[Any] = deque()


def bury(problem: Any, owner: Any) -> None:
    """Have a problem deleted before the next call, in the thread where that is right.

    Where each thread has an environment, that is its owner's; when that has died, nobody may delete it any more.
    """
    if owner is Library._owner or not Library.per_thread:
        _dead.append(problem)


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
        if threading.current_thread() is Library._owner:
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
        if threading.current_thread() is Library._owner or _lock._is_owned():
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
    """A call in a thread that is made for it, on a problem of its own: it may `park`."""

    __slots__ = ()
    is_alone = True

    def begin(self) -> None:
        """Have the thread made, and make the call."""
        self._begin_alone()


def _reason() -> Exception:
    if is_memory_limited():
        return OutOfMemory(
            "GLPK ran out of memory in the middle of the solve. Give the process more, leave method at 'auto' (an "
            "interior point takes much more memory than a simplex), or state a smaller program."
        )
    return SolverDied(
        "GLPK met something that it did not expect, in the middle of the solve. The program is as it was: solve it by "
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
    orphans: weakref.WeakSet[Any] = weakref.WeakSet()
    _owner: Optional[_Owner] = None

    @classmethod
    def owner(cls) -> _Owner:
        """The thread that calls GLPK, made when it is first needed and again after a fork."""
        owner = cls._owner
        if owner is None or not owner.is_alive():
            with _making_owner:
                owner = cls._owner
                if owner is None or not owner.is_alive():
                    if owner is not None and cls.per_thread:
                        cls.orphan()
                    owner = cls._owner = _Owner()
        return owner

    @classmethod
    def orphan(cls) -> None:
        """Let go of all problems of a thread that is no more: no other one may delete or grow what it made."""
        _dead.clear()
        for engine in cls.orphans:
            engine.abandon()


if IS_SUB_INTERPRETER and Library.per_thread:
    raise SolverMissing(
        "This build of GLPK needs a thread that lasts, and a sub-interpreter cannot end while it has one. Install the "
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
    Library._owner = None
    captured_output._hooks.clear()
    if Library.per_thread or was_at_work:
        Library.orphan()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def call_silent(function: Callable[..., Any], argument: Any) -> Any:
    """As `call`, for a function that writes nothing: the banners need no switching off."""
    if Library.per_thread:
        return call(function, argument)
    with _lock:
        return function(argument)


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run `function`, which calls GLPK, where and when that is safe; what it raises is raised here."""
    if Library.per_thread and threading.current_thread() is not Library._owner:
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
        return job.result()
    return _locked(function, arguments)


def _locked(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    with _lock:
        # GLPK's banners are off meanwhile; the switch is global, and other users of swiglpk may want it as it was.
        was = calls.glp_term_out(glpk.GLP_OFF)
        try:
            while _dead and not (Library.per_thread and threading.current_thread() is not Library._owner):
                calls.glp_delete_prob(_dead.popleft())
            return function(*arguments)
        finally:
            if was:
                calls.glp_term_out(was)


def is_memory_limited() -> bool:
    """Has the process a limit of its own, so that even a little memory might not be had?"""
    if resource is None:
        return True
    limit, none = resource.getrlimit, resource.RLIM_INFINITY
    return limit(resource.RLIMIT_AS)[0] != none or limit(resource.RLIMIT_DATA)[0] != none


def check_memory(size: int) -> None:
    """Raise `OutOfMemory` unless so many bytes can be had: GLPK ends the process when it gets none.

    They are asked of the system, which counts them against the limit of the process, and given back untouched.
    """
    try:
        mmap.mmap(-1, size).close()
    except (OSError, MemoryError, ValueError, OverflowError):
        raise OutOfMemory(
            f"Solving this takes up to {max(1, size // 2**20):,} MB of memory, which the process cannot have. Give it "
            "more, or state a smaller program."
        ) from None


def park() -> None:
    """Never return, and let others call GLPK: from a callback inside a `LoneJob` that cannot be ended."""
    if threading.current_thread() is Library._owner:
        return
    release()
    while True:
        time.sleep(3600)


def release() -> None:
    """Let others call GLPK, from inside of a call of it that never ends."""
    captured_output._hooks.clear()
    C.glp_term_hook(None, None)
    calls.glp_term_out(glpk.GLP_ON)
    _lock._release_save()  # all of it, however often this thread has taken it


class captured_output:
    """While open, GLPK's log goes line by line to `sink`; with None GLPK is silent.

    One inside another takes the lines for itself.
    """

    _hooks: list[Any] = []

    def __init__(self, sink: Optional[Callable[[str], Any]]) -> None:
        self._sink = sink
        self._rest = ""
        self.error: Optional[BaseException] = None

    def __enter__(self) -> captured_output:
        if self._sink is not None:
            self._hooks.append(TERM_HOOK(self._take))
            self._listen()
        return self

    def _listen(self) -> None:
        hook = self._hooks[-1] if self._hooks else None
        C.glp_term_hook(None if hook is None else ctypes.cast(hook, ctypes.c_void_p), None)
        calls.glp_term_out(glpk.GLP_OFF if hook is None else glpk.GLP_ON)

    def _take(self, _: Any, text: bytes) -> int:
        # GLPK cannot pass an exception on: keep the first one until its call has returned.
        try:
            *lines, self._rest = (self._rest + text.decode("utf-8", "replace")).split("\n")
            if self.error is None and self._sink is not None:
                for line in lines:
                    self._sink(line)
        except BaseException as error:
            self.error = error
        return 1

    def __exit__(self, *_: object) -> None:
        if self._sink is not None:
            self._hooks.pop()
            self._listen()
            if self._rest and self.error is None:
                self._sink(self._rest)

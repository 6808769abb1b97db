"""Lets threads take turns at a program.

Most programs are used by a single thread, and their edits are short: a lock would add a fifth to their cost.  So the
first thread that uses a program edits it without a lock; each edit only checks whether it is its thread's turn.  A
second thread that wants the program takes the turn away from the first one, and watches the first one's stack until it
has left any edit that it may be in.  From then on every edit, in any thread, takes the lock.  This relies on the GIL,
which lets only one thread run at a time.  Without it (in a free-threaded build), and if stacks cannot be inspected (in
PyPy), every edit takes the program's lock from the beginning.

A solve is long, so it does not hold the lock: `solver` names the thread that solves.  Threads that want to edit or
solve meanwhile wait until it has ended.  The solving thread itself does not wait, nor does a thread that calls a
callback for it, called a guest.  A thread that solves one program never waits for another program, because two threads
could then wait for each other without end: it raises a `CallbackError` instead.

Waiting threads form a line, and newcomers go to its end, so a thread that solves again and again does not keep out one
that wants to edit.  The line only decides who comes next; no edit relies on it.  If a thread has left it silently, by
Ctrl-C, the next thread that notices removes it.

Ctrl-C may interrupt any call at any place, but not between two stores.  So the mark of a solve is restored without a
call, and the lock is only held by ``with``.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from functools import wraps
from sys import _getframe
from threading import get_ident
from types import CodeType, FrameType
from typing import Any, Callable, Optional, TypeVar, cast

from pplp.core.stack import OWN
from pplp.errors import CallbackError
from pplp.ground.threads import SEES_STACKS, stack_of

__all__ = ["GivenUp", "Patience", "Turns", "alone", "edits", "looks", "reads"]

# Any: what takes turns may be any function.

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Result = TypeVar("_Result")

#: How often a thread that waits for a solve wakes up, in seconds, and how long one that waits for an edit sleeps.
_LOOK, _NAP = 0.03, 0.0005
#: True if only one thread runs at a time, and the stacks of the others can be inspected.
_IS_SEEN = getattr(sys, "_is_gil_enabled", lambda: True)() and SEES_STACKS

#: The code objects of functions that check whose turn it is and then edit.
_edit_codes: set[CodeType] = set()

#: How many forks led to this process.  The child of a fork has only one thread, and may have inherited locks that
#: nobody releases.
_generation = 0
_survivor = 0  # the thread that forked
_renewing = threading.Lock()


def _forked() -> None:
    global _generation, _survivor, _renewing
    _generation, _survivor, _renewing = _generation + 1, get_ident(), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


class GivenUp(Exception):
    """A thread's patience ended before its turn came."""


class Patience:
    """How long a solve waits for its turn: until its time limit is over, or its token is cancelled."""

    def __init__(self, time_limit: Optional[float], token: Any) -> None:
        self._limit, self._token, self._began = time_limit, token, time.perf_counter()
        self.has_waited = False

    def left(self) -> Optional[float]:
        """What is left of the time limit; None if there is none."""
        return None if self._limit is None else max(0.0, self._limit - (time.perf_counter() - self._began))

    @property
    def is_cancelled(self) -> bool:
        """True if the token was cancelled."""
        return bool(getattr(self._token, "cancelled", False))

    def check(self) -> None:
        """Raise `GivenUp` once it is over."""
        self.has_waited = True
        if self.is_cancelled or self.left() == 0.0:
            raise GivenUp


class Turns:
    """Decides which thread may edit or solve one program."""

    __slots__ = (
        "_born",
        "_done",
        "_guests",
        "_last",
        "_line",
        "_lock",
        "_only",
        "_wants",
        "asker",
        "solver",
        "thread",
    )

    def __init__(self) -> None:
        self._born = _generation
        self._lock = threading.RLock()
        self._done: Optional[threading.Event] = None  # set when a turn ends that a thread waited for
        self._line: list[int] = []  # the waiting threads, in order of arrival
        self._guests: set[int] = set()
        self._wants: set[int] = set()  # the threads that wait for the lock
        self._last = 0  # the thread that had the lock last
        #: The frame that asked for the edit that `run` is making, if known.
        self.asker: Optional[FrameType] = None
        #: The solving thread; 0 for none.
        self.solver = 0
        #: The thread that edits without asking: the only one that has used the program, or the one that has the lock.
        self.thread = get_ident() if _IS_SEEN else 0
        self._only = get_ident()  # the only thread that has used the program; 0 once there were two

    def _renew(self) -> None:
        """Reset this in the child of a fork, which has only the thread that forked, whatever that was doing."""
        with _renewing:
            if self._born == _generation:
                return
            self._lock, self._done, self._line = threading.RLock(), None, []
            self._wants, self._last = set(), 0
            self._guests &= {_survivor}
            self.solver = _survivor if self.solver == _survivor else 0
            if self._only != _survivor:
                self.thread = _survivor if self.thread == _survivor else 0
                self._only = 0
            self._born = _generation

    @property
    def is_shared(self) -> bool:
        """True if several threads have used the program."""
        return not self._only

    # ---- edits
    def run(
        self,
        function: Callable[..., _Result],
        *arguments: Any,
        reads: bool = False,
        asker: Optional[FrameType] = None,
        **keywords: Any,
    ) -> _Result:
        """Call the function when it is this thread's turn; functions of `_edit_codes` use this if it is not yet."""
        me = get_ident()
        if self._born != _generation:
            self._renew()
        if self._is_awaited(me):
            return self._run(me, asker, function, arguments, keywords)
        try:
            while True:
                if (
                    self._last == me and self._wants
                ):  # a lock is not fair: the running thread would get it again before those that wait for it
                    time.sleep(_NAP)
                self._wants.add(me)
                with self._lock:
                    self._wants.discard(me)
                    self._last = me
                    self._share(me)
                    if reads or self._is_turn(me):
                        return self._run(me, asker, function, arguments, keywords)
                self._wait(me, None)
        finally:
            self._wants.discard(me)
            if self._line and not reads:
                self._leave(me)

    def _run(
        self, me: int, asker: Optional[FrameType], function: Callable[..., _Result], args: Any, keywords: Any
    ) -> _Result:
        before, self.thread, self.asker = self.thread, me, asker
        try:
            return function(*args, **keywords)
        finally:
            self.asker, self.thread = None, before

    def _share(self, me: int) -> None:
        """Make the first thread take the lock, too, from now on; wait until it has left its current edit.

        The caller must hold the lock.
        """
        first = self._only
        if first in (0, me):
            return
        if _IS_SEEN:  # else it takes the lock already
            self.thread = 0
            while _is_editing(stack_of(first)):
                time.sleep(_NAP)
        self._only = 0

    def _is_awaited(self, me: int) -> bool:
        """True if this thread is in an edit without the lock, for whose end another thread may be waiting."""
        return _IS_SEEN and self._only == me and _is_editing(_getframe(OWN))

    # ---- solves
    def alone(self, function: Callable[..., _Result], *arguments: Any, patience: Optional[Patience] = None) -> _Result:
        """Call the function while no other thread edits or solves, except for guests.

        Raises `GivenUp` if there is a `patience`, and it ends before this thread's turn.
        """
        me = get_ident()
        before = me if self.solver == me else 0
        try:
            if not self._begins_at_once(me):
                self._begin(me, patience)
            return function(*arguments)
        finally:
            if self.solver == me:
                self.solver = before
            if self._done is not None and not before:
                self._tell()

    def _begins_at_once(self, me: int) -> bool:
        if self.thread == me and self.solver in (0, me):
            self.solver = me
            return True
        return False

    def _begin(self, me: int, patience: Optional[Patience]) -> None:
        if self._born != _generation:
            self._renew()
        if self._is_awaited(me):
            self.solver = me
            return
        try:
            while me not in self._guests:
                with self._lock:
                    self._share(me)
                    if self._is_turn(me):
                        self.solver = me
                        return
                self._wait(me, patience)
        finally:
            if self._line:
                self._leave(me)

    def as_guest(self, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """Call the function in this thread as a guest of the running solve."""
        me = get_ident()
        is_new = me not in self._guests
        self._guests.add(me)
        try:
            return function(*arguments)
        finally:
            if is_new:
                self._guests.discard(me)

    def _is_others(self, me: int) -> bool:
        return self.solver not in (0, me) and me not in self._guests

    def is_solved_by_others(self) -> bool:
        """True if another thread solves the program now."""
        return self._born == _generation and self._is_others(get_ident())

    # ---- the line
    def _is_turn(self, me: int) -> bool:
        """True if this thread may edit or solve now.  It must hold the lock."""
        if self._is_others(me):
            return False
        if not self._line or self._line[0] == me or self.solver == me or me in self._guests:
            return True
        return _solves_another(self, _getframe(OWN))  # a thread that solves another program never waits

    def _wait(self, me: int, patience: Optional[Patience]) -> None:
        """Wait in the line, for a moment or until a turn has ended."""
        if self._is_others(me) and _solves_another(self, _getframe(OWN)):
            raise CallbackError(
                "The program is being solved in another thread, and a solve that waits for another one might never "
                "end. Edit or solve a copy of it (lp.copy()), or try again after this solve."
            )
        if patience is not None:
            patience.check()
        with self._lock:
            done = self._done
            if done is None or done.is_set():
                done = self._done = threading.Event()
            if me not in self._line:
                self._line.append(me)
            first = self._line[0]
            if self._is_turn(me):
                return
        if not done.wait(_LOOK) and not self.solver and first != me and self._line[:1] == [first]:
            self._leave(first)  # it could have gone on, so it must have left silently

    def _leave(self, thread: int) -> None:
        """Take a thread out of the line, and wake up the others."""
        with self._lock:
            if thread in self._line:
                self._line.remove(thread)
        self._tell()

    def _tell(self) -> None:
        done = self._done
        if done is not None:
            done.set()


_edit_codes.add(Turns._begins_at_once.__code__)
#: Code objects that wait for a turn: a thread at one of them is not editing, and neither is its caller.
_WAITING = Turns.run.__code__, Turns._begin.__code__
_SOLVING = Turns.alone.__code__, Turns.as_guest.__code__


def _is_editing(frame: Optional[FrameType]) -> bool:
    """True if the thread of this frame is in the middle of an edit, not counting one that waits for its turn."""
    while frame is not None:
        if frame.f_code in _WAITING:
            frame = frame.f_back
        elif frame.f_code in _edit_codes:
            return True
        frame = frame.f_back if frame is not None else None
    return False


def _solves_another(turns: Turns, frame: Optional[FrameType]) -> bool:
    """True if the thread of this frame is in the middle of a solve of another program."""
    while frame is not None:
        if frame.f_code in _SOLVING and frame.f_locals["self"] is not turns:
            return True
        frame = frame.f_back
    return False


# ---- what takes a program as its first argument
def looks(function: _Function) -> _Function:
    """Decorates an edit that itself checks whose turn it is, and calls `Turns.run` if it is another thread's."""
    _edit_codes.add(function.__code__)
    return function


def edits(function: _Function) -> _Function:
    """Decorates a function that changes a program: a call waits until no other thread edits or solves the program."""

    @looks
    @wraps(function)
    def edit(program: Any, *arguments: Any, **keywords: Any) -> Any:
        if program._turns.thread != get_ident():
            return program._turns.run(function, program, *arguments, **keywords)
        return function(program, *arguments, **keywords)

    return cast(_Function, edit)


def reads(function: _Function) -> _Function:
    """Decorates a function that reads a program as a whole: a call waits until no other thread edits the program."""

    @looks
    @wraps(function)
    def read(program: Any, *arguments: Any, **keywords: Any) -> Any:
        if program._turns.thread != get_ident():
            return program._turns.run(function, program, *arguments, reads=True, **keywords)
        return function(program, *arguments, **keywords)

    return cast(_Function, read)


def alone(function: _Function) -> _Function:
    """Decorates a function that uses the answer or the engine: a call waits until no other thread edits or solves."""

    @wraps(function)
    def ask(program: Any, *arguments: Any, **keywords: Any) -> Any:
        def call() -> Any:
            return function(program, *arguments, **keywords)

        return program._turns.alone(call)

    return cast(_Function, ask)

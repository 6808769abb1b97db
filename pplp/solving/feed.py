"""Hands out the programs of an iterable one by one, on demand; a generator runs in its own thread.

So a slow generator does not hold up other work, and it makes no more programs than were asked for.
"""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Iterable
from typing import Any, Callable, Generic, Optional, TypeVar

from pplp.errors import OutOfThreads
from pplp.ground.threads import start

__all__ = ["Feed"]

_T = TypeVar("_T")


class Feed(Generic[_T]):
    """The items of an iterable.

    Unless all of them exist already (`is_made`), they are made in another thread, which calls `wake` after each one.
    """

    def __init__(self, each: Iterable[_T], is_made: bool, wake: Callable[[], Any]) -> None:
        #: True once all were taken.
        self.is_over = False
        #: True if taking an item never has to wait for another thread.
        self.is_made = is_made
        self._each, self._wake = iter(each), wake
        self._is_asked = False
        self._asked: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._made: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        if not is_made:
            self._begin()

    def _begin(self) -> None:
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._make,), name="pplp-feed", daemon=True)
        try:
            start(thread)
        except OutOfThreads:
            self.is_made = True

    def _make(self) -> None:
        while self._asked.get():
            try:
                made: tuple[bool, Any] = True, next(self._each)
            except BaseException as error:  # raised by `take`
                made = False, error
            self._made.put(made)
            self._wake()

    def take(self) -> Optional[_T]:
        """The next item; None if it is not ready yet, or if there are no more.  Raises what the iterable raised."""
        if self.is_over:
            return None
        if self.is_made:
            made = next(self._each, self)
            self.is_over = made is self
            return None if made is self else made  # type: ignore[return-value]
        if not self._is_asked:
            self._is_asked = True
            self._asked.put(True)
        if self._made.empty():
            return None
        self._is_asked = False
        is_there, found = self._made.get()
        if is_there:
            return found  # type: ignore[no-any-return]
        self.is_over = True
        if isinstance(found, StopIteration):
            return None
        raise found

    def close(self) -> None:
        """Let the thread that makes the items end."""
        self._asked.put(False)

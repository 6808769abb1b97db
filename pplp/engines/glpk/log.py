"""GLPK's log, line by line."""

from __future__ import annotations

import ctypes
from typing import Any, Callable, Optional

from pplp.engines.glpk.library import TERM_HOOK, C, calls, glpk

__all__ = ["captured_output"]


class captured_output:
    """While open, GLPK's log goes line by line to `sink`; None changes nothing.

    If several are open, the innermost gets the lines.
    """

    _hooks: list[Any] = []

    @classmethod
    def forget(cls) -> None:
        """Drop all that are open, because their thread is gone or will never close them."""
        cls._hooks.clear()

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
        # An exception cannot pass through GLPK: keep the first one until its call has returned.
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

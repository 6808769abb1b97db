"""Ctrl-C while the command ``pplp`` is being imported: it ends as it does later, with code 130 and one line.

Nothing has been done by then, so nothing can be left half done.  This module imports only parts of the interpreter
and modules already loaded with it, so that there is hardly time for an interrupt.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["INTERRUPTED", "restore", "take"]

INTERRUPTED = 130


def _is_command() -> bool:
    """True if this process is the command, by its name or as ``python -m pplp``."""
    name = os.path.basename((getattr(sys, "argv", None) or [""])[0])
    if name != "-m":
        return name in ("pplp", "pplp.exe")
    given = getattr(sys, "orig_argv", [])  # Python 3.9 does not have it
    return "-m" in given and given[given.index("-m") + 1 :][:1] == ["pplp"]


def take() -> bool:
    """Let Ctrl-C end the process, unless there is another handler; returns whether it did, and `restore` undoes it."""
    if _signal.getsignal(_signal.SIGINT) is not _signal.default_int_handler:
        return False
    try:
        _signal.signal(_signal.SIGINT, _leave)
    except ValueError:  # not the main thread
        return False
    return True


def restore() -> None:
    """Restore Python's own handler of Ctrl-C."""
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)


def _leave(*_: Any) -> None:
    os.write(2, b"pplp: interrupted\n")
    os._exit(INTERRUPTED)


#: True if Ctrl-C ends the process while pplp is being imported.
is_taken = _is_command() and take()

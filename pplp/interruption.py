"""Ctrl-C while the command ``pplp`` is still being imported: it ends as it does later, by 130 and with one line.

Nothing has been done by then, and nothing can be left half done.  What is imported here is part of the interpreter, or
has been imported with it: there is no time to be interrupted in.
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
    """Is this process the command, by its name or as ``python -m pplp``?"""
    name = os.path.basename((getattr(sys, "argv", None) or [""])[0])
    if name != "-m":
        return name in ("pplp", "pplp.exe")
    given = getattr(sys, "orig_argv", [])  # 3.9 does not have it
    return "-m" in given and given[given.index("-m") + 1 :][:1] == ["pplp"]


def take() -> bool:
    """Have Ctrl-C end the process, unless somebody has it do something of his own; where it does, `restore` follows."""
    if _signal.getsignal(_signal.SIGINT) is not _signal.default_int_handler:
        return False
    try:
        _signal.signal(_signal.SIGINT, _leave)
    except ValueError:  # another thread than the main one
        return False
    return True


def restore() -> None:
    """Have Ctrl-C do again what it did before."""
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)


def _leave(*_: Any) -> None:
    os.write(2, b"pplp: interrupted\n")
    os._exit(INTERRUPTED)


#: Does Ctrl-C end the process while pplp is being imported?
is_taken = _is_command() and take()

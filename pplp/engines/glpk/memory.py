"""Checks for enough memory: GLPK ends the process when it cannot allocate."""

from __future__ import annotations

import mmap

try:
    from resource import RLIM_INFINITY, RLIMIT_AS, RLIMIT_DATA, getrlimit
except ImportError:  # on a platform that does not tell
    getrlimit = None  # type: ignore[assignment]

from pplp.errors import OutOfMemory

__all__ = ["check_memory", "is_memory_limited"]

#: So few bytes are not asked for, unless the process has a limit: that would take longer than everything else that
#: pplp does for a small program.
_LITTLE = 2**24


def is_memory_limited() -> bool:
    """True if the process may have a memory limit, so that even a small allocation can fail."""
    if getrlimit is None:
        return True
    return getrlimit(RLIMIT_AS)[0] != RLIM_INFINITY or getrlimit(RLIMIT_DATA)[0] != RLIM_INFINITY


def check_memory(size: int) -> None:
    """Raise `OutOfMemory` unless this many bytes can be allocated.

    The bytes are mapped and unmapped untouched: the system counts them against the limit of the process, but never
    provides the pages.
    """
    if size <= _LITTLE and not is_memory_limited():
        return
    try:
        mmap.mmap(-1, size).close()
    except (OSError, MemoryError, ValueError, OverflowError):
        raise OutOfMemory(
            f"Solving this takes up to {max(1, size // 2**20):,} MB of memory, which the process cannot get. Give it "
            "more, or make the program smaller."
        ) from None

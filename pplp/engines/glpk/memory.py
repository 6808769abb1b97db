"""Checks for enough memory: GLPK ends the process when it cannot allocate."""

from __future__ import annotations

import mmap

try:
    import resource
except ImportError:  # Windows, which has no such limits
    resource = None  # type: ignore[assignment]

from pplp.errors import OutOfMemory

__all__ = ["check_memory", "is_memory_limited"]


def is_memory_limited() -> bool:
    """True if the process may have a memory limit, so that even a small allocation can fail."""
    if resource is None:
        return True
    limit, none = resource.getrlimit, resource.RLIM_INFINITY
    return limit(resource.RLIMIT_AS)[0] != none or limit(resource.RLIMIT_DATA)[0] != none


def check_memory(size: int) -> None:
    """Raise `OutOfMemory` unless this many bytes can be allocated.

    The bytes are mapped and unmapped untouched: the system counts them against the limit of the process, but never
    provides the pages.
    """
    try:
        mmap.mmap(-1, size).close()
    except (OSError, MemoryError, ValueError, OverflowError):
        raise OutOfMemory(
            f"Solving this takes up to {max(1, size // 2**20):,} MB of memory, which the process cannot get. Give it "
            "more, or make the program smaller."
        ) from None

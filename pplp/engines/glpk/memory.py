"""Whether the process can have memory: GLPK ends it when it gets none."""

from __future__ import annotations

import mmap

try:
    import resource
except ImportError:  # a platform that cannot be asked
    resource = None  # type: ignore[assignment]

from pplp.errors import OutOfMemory

__all__ = ["check_memory", "is_memory_limited"]


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
            f"Solving this takes up to {max(1, size // 2**20):,} MB of memory, which the process cannot get. Give it "
            "more, or make the program smaller."
        ) from None

"""File descriptors: pplp's own error, with the remedy, when the process can open no more files.

Files, pipes, sockets, and the import of a module all need a descriptor.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pplp.errors import OutOfFiles

__all__ = ["is_out_of_files", "needed_to", "random_bytes"]


def is_out_of_files(error: OSError) -> bool:
    """True if the process, or the whole system, has no descriptor left."""
    return error.errno in (errno.EMFILE, errno.ENFILE)


@contextmanager
def needed_to(purpose: str) -> Iterator[None]:
    """Raise `OutOfFiles` if a file cannot be opened inside; the message says what it was needed for.

    >>> import os
    >>> with needed_to("read a.lp"):
    ...     raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    Traceback (most recent call last):
    pplp.errors.OutOfFiles: [Errno 24] This process has too many open files to read a.lp. Close some, or raise the \
limit (ulimit -n).
    """
    try:
        yield
    except OSError as error:
        if not is_out_of_files(error) or isinstance(error, OutOfFiles):
            raise
        raise OutOfFiles(
            error.errno,
            f"This process has too many open files to {purpose}. Close some, or raise the limit (ulimit -n).",
        ) from error


def random_bytes(count: int) -> bytes:
    """Bytes that nobody else has; PyPy opens a file for them."""
    try:
        return os.urandom(count)
    except OSError:
        with needed_to("make a program or a file"):
            return os.urandom(count)

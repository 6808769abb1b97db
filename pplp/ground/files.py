"""Files that are written completely or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from typing import IO, Any, Union

from pplp.ground.descriptors import needed_to, random_bytes

__all__ = ["Place", "replacing"]

#: A path, an open file (text or bytes), or "-" for the standard streams.
Place = Union[str, "os.PathLike[str]", IO[Any]]


@contextlib.contextmanager
def replacing(path: Union[str, os.PathLike[str]], *, binary: bool = False) -> Iterator[Any]:
    """Open a file to write text or bytes; it replaces the file at `path` once all of it is on the disk.

    Until then it is a draft of a random name in the same folder.  If writing fails, on a full disk or by an exception
    in the with block, the draft is removed and the old file is unchanged.  A device or a pipe is written directly.
    """
    whole, kind, encoding = os.path.realpath(path), "b" * binary, None if binary else "utf-8"
    if os.path.exists(whole) and not os.path.isfile(whole):
        with needed_to(f"write {os.fspath(path)}"):
            file = open(whole, "w" + kind, encoding=encoding)  # noqa: SIM115 - closed below
        with file:
            yield file
        return
    folder, name = os.path.split(whole)
    draft = os.path.join(folder, f".{name[:60]}.{random_bytes(8).hex()}")
    try:
        with needed_to(f"write {os.fspath(path)}"):
            file = open(draft, "x" + kind, encoding=encoding)  # noqa: SIM115 - closed below
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(whole):
            os.chmod(draft, stat.S_IMODE(os.stat(whole).st_mode))
        os.replace(draft, whole)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.remove(draft)
        if isinstance(error, OSError) and error.filename == draft:  # a name that only we know
            error.filename = os.fspath(path)
        raise

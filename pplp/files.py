"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import TextIO, Union

__all__ = ["replacing"]


@contextlib.contextmanager
def replacing(path: Union[str, os.PathLike[str]]) -> Iterator[TextIO]:
    """A text file to write in place of another: that stays as it was until all of this one is on the disk.

    When writing fails, on a full disk or by an exception inside the with block, the draft is taken away.  It stands in
    the same folder, under a name that nobody can foresee.  What is no regular file, a device or a pipe, is written
    as it is.
    """
    whole = os.path.realpath(path)
    if os.path.exists(whole) and not os.path.isfile(whole):
        with open(whole, "w", encoding="utf-8") as file:
            yield file
        return
    folder, name = os.path.split(whole)
    draft = os.path.join(folder, f".{name[:60]}.{os.urandom(8).hex()}")
    try:
        with open(draft, "x", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(whole):
            shutil.copymode(whole, draft)
        os.replace(draft, whole)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(draft)
        raise

"""The target of a program or a solution: a path, a file object or standard output, plain or compressed.

A file is written completely or not at all: next to the old one, which it replaces once it is complete and on disk.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
from collections.abc import Iterable
from typing import Any

from pplp.errors import ExpressionError
from pplp.ground.files import Place, replacing

__all__ = ["write_text"]


def write_text(target: Place, parts: Iterable[str]) -> None:
    """Write the parts one after the other; a suffix .gz, .bz2 or .xz compresses.

    Raises `OSError` if the file system does; a file that existed before is then unchanged.
    """
    if isinstance(target, (str, os.PathLike)):
        path = os.fspath(target)
        if path == "-":
            if sys.stdout is None:
                raise OSError("standard output is closed")
            for part in parts:
                sys.stdout.write(part)
            sys.stdout.flush()
        else:
            with replacing(path, binary=True) as file:
                _pack(os.path.realpath(path), file, parts)
    elif hasattr(target, "write"):
        _write_open(target, parts)
    else:
        raise ExpressionError(f"A file can be written to a path, an open file or '-', not to {target!r}.")


def _write_open(stream: Any, parts: Iterable[str]) -> None:
    """Write to an open file of text or of bytes."""
    try:
        stream.write("")
    except TypeError:
        for part in parts:
            stream.write(part.encode(errors="backslashreplace"))
    else:
        for part in parts:
            stream.write(part)


def _pack(path: str, file: Any, parts: Iterable[str]) -> None:
    suffix = os.path.splitext(path.lower())[1]
    if suffix == ".gz":  # the same program gives the same bytes, without name and time
        packed: Any = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0)
    elif suffix == ".bz2":
        packed = bz2.BZ2File(file, "wb")
    elif suffix == ".xz":
        packed = lzma.LZMAFile(file, "wb")  # noqa: SIM115 - closed below
    else:
        packed = None
    text = io.TextIOWrapper(packed or file, encoding="utf-8", errors="backslashreplace", newline="\n")
    try:
        for part in parts:
            text.write(part)
        text.flush()
    finally:
        text.detach()
        if packed is not None:
            packed.close()

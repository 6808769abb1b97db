"""The source of a program: a path, a file object or standard input, plain or compressed, read line by line.

Input need not be trusted.  Lines of more than `LONGEST_LINE` characters, names of more than `LONGEST_NAME`, and files
of more than `SIZE_LIMIT` bytes, uncompressed, are refused.  Memory and time stay in proportion to what was read.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import re
import stat
import sys
import warnings
import zlib
from collections.abc import Iterator
from functools import partial
from math import inf
from typing import Any, Callable, NoReturn, Optional

from pplp.core.scalars import is_number
from pplp.core.stack import frames_inside
from pplp.errors import ExpressionError, FormatError, OptionError
from pplp.ground.descriptors import needed_to
from pplp.ground.files import Place

__all__ = [
    "COMPRESSIONS",
    "LONGEST_LINE",
    "LONGEST_NAME",
    "SIZE_LIMIT",
    "Source",
    "quoted",
    "size_limit_of",
    "unpacked_suffix",
]

#: The longest line, in characters.
LONGEST_LINE = 1 << 24
#: How many characters are read at a time.
_BLOCK = 1 << 16
#: The longest name, in characters.
LONGEST_NAME = 1 << 12
#: The default size limit of a file, in bytes, uncompressed.
SIZE_LIMIT = 1 << 30
#: How many bytes or characters of a stream are read at a time.
_PART = 1 << 20

#: The suffixes of compressed files.
COMPRESSIONS = (".gz", ".bz2", ".xz")
_MAGIC = (
    (re.compile(rb"\x1f\x8b"), gzip.GzipFile),
    (re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"), bz2.BZ2File),
    (re.compile(rb"\xfd7zXZ\x00"), lzma.LZMAFile),
)
_UNPACKING = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    """Old files have comments and names in Latin-1."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("pplp.latin", _as_latin)


def quoted(text: str) -> str:
    """A piece of the file for a message, shortened if it is long."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def unpacked_suffix(name: str) -> str:
    """The suffix of a file name, in lower case, without that of the compression."""
    stem, suffix = os.path.splitext(name.lower())
    return os.path.splitext(stem)[1] if suffix in COMPRESSIONS else suffix


def size_limit_of(given: Optional[float]) -> float:
    """The given size limit, or the default; raises `OptionError` for an invalid one."""
    if given is None:
        return SIZE_LIMIT
    if not is_number(given) or not given >= 0:
        raise OptionError(
            f"size_limit must be a nonnegative number of bytes, not {given!r}. Write math.inf for no limit."
        )
    return float(given)


class Source:
    """An open file that knows its name and its current line.

        with Source(place) as source:
            for line in source: ...
            raise source.error("expected ...")

    A file object of the caller stays open, positioned after what was read.  Reading more than `size_limit` bytes,
    uncompressed, or characters of a text raises `FormatError`: a compressed file may expand a thousandfold,
    and a device has no end.
    """

    def __init__(self, place: Place, size_limit: float = SIZE_LIMIT) -> None:
        self._size_limit = size_limit
        #: The number of the line read last.
        self.line = 0
        self._owned: list[Any] = []
        self._wrapped: Optional[io.TextIOWrapper] = None
        if isinstance(place, (str, os.PathLike)) and os.fspath(place) == "-":
            self.name = "<stdin>"
            if sys.stdin is None:
                raise OSError("standard input is closed")
            stream: Any = getattr(sys.stdin, "buffer", sys.stdin)
        elif isinstance(place, (str, os.PathLike)):
            self.name = os.fspath(place)
            with needed_to(f"read {self.name}"):
                stream = open(place, "rb")  # noqa: SIM115 - closed by close()
            self._owned.append(stream)
        elif hasattr(place, "read"):
            name = getattr(place, "name", None)
            self.name = name if isinstance(name, str) and name else "<stream>"
            stream = place
        else:
            raise ExpressionError(f"A program can be read from a path, an open file or '-', not from {place!r}.")
        if not isinstance(stream.read(0), str):
            stream = self._decoded(stream)
        elif not isinstance(stream, io.StringIO):  # which is in memory already
            stream = _LimitedText(stream, size_limit, self._refuse_size)
        self._stream = stream

    def _decoded(self, stream: Any) -> io.TextIOWrapper:
        """The text of bytes, uncompressed if they begin as compressed data does."""
        if not hasattr(stream, "peek"):
            stream = io.BufferedReader(_Raw(stream))
        start = bytes(stream.peek(16)[:16])
        is_limited = self._fits(stream)
        for magic, kind in _MAGIC:
            if magic.match(start):
                stream = kind(fileobj=stream) if kind is gzip.GzipFile else kind(stream)
                self._owned.append(stream)
                is_limited = False
                break
        if not is_limited:
            stream = _Limited(stream, self._size_limit, self._refuse_size)
        with needed_to(f"read {self.name}"):  # Python loads the codec on first use
            self._wrapped = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="pplp.latin", newline=None)
        return self._wrapped

    def _fits(self, stream: Any) -> bool:
        """True for a file on disk within the size limit, which needs no counting."""
        if self._size_limit == inf:
            return True
        try:
            found = os.fstat(stream.fileno())
        except (AttributeError, OSError, ValueError):  # not a file
            return False
        return stat.S_ISREG(found.st_mode) and 0 < found.st_size <= self._size_limit

    def _refuse_size(self) -> NoReturn:
        self.fail(
            f"the file has more than {self._size_limit:,.0f} bytes, uncompressed. Allow more: size_limit=, in bytes."
        )

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what was opened here."""
        if self._wrapped is not None:
            self._wrapped.detach()
            self._wrapped = None
        while self._owned:
            self._owned.pop().close()

    def __iter__(self) -> Iterator[str]:
        readline, longest = self._stream.readline, LONGEST_LINE
        while True:
            self.line += 1
            try:
                line = readline(longest + 1)
            except (*_UNPACKING, OSError) as error:
                self._damaged(error)
            if not line:
                self.line -= 1
                return
            if len(line) > longest:
                self.fail(f"the line has more than {longest} characters")
            yield line

    def blocks(self, *, to_end: bool = False) -> Iterator[str]:
        """Whole lines, many at a time; the caller counts them in `line`.

        A caller's text file is read one line at a time, so that it stays positioned after what was read, unless it is
        read to its end.
        """
        if self._wrapped is None and not to_end:
            for line in self:
                self.line -= 1
                yield line
            return
        stream, longest = self._stream, LONGEST_LINE
        while True:
            try:
                text = stream.read(_BLOCK)
                if text and text[-1] != "\n":
                    text += stream.readline(longest + 1)
            except (*_UNPACKING, OSError) as error:
                self._damaged(error)
            if not text:
                return
            if len(text) > longest:
                for place, line in enumerate(text.split("\n"), self.line + 1):
                    if len(line) > longest:
                        self.fail(f"the line has more than {longest} characters", place)
            yield text

    def text(self) -> str:
        """Everything that is left."""
        try:
            if self._wrapped is None or not isinstance(self._wrapped.buffer, _Limited):
                return str(self._stream.read())
            return "".join(iter(partial(self._stream.read, _PART), ""))
        except (*_UNPACKING, OSError) as error:
            self._damaged(error)

    def _damaged(self, error: Exception) -> NoReturn:
        """Report a decompression error; one of the operating system, which has a number, is raised unchanged."""
        if getattr(error, "errno", None) is not None:
            raise error
        raise self.error(f"the compressed file is damaged or cut off: {error}") from error

    def error(self, message: str, line: Optional[int] = None) -> FormatError:
        """An error at the line read last, or at another one."""
        return FormatError(message, self.name, self.line if line is None else line)

    def fail(self, message: str, line: Optional[int] = None) -> NoReturn:
        """Raise this error."""
        raise self.error(message, line)

    def warn(self, message: str, line: Optional[int] = None) -> None:
        """A `RuntimeWarning` about the line read last, or another one, at the user's call."""
        where = f"{self.name}:{self.line if line is None else line}"
        warnings.warn(f"{where}: {message}", RuntimeWarning, stacklevel=1 + frames_inside())


class _Limited(io.BufferedIOBase):
    """The bytes of another stream, counted: above the limit the source refuses them."""

    def __init__(self, stream: Any, limit: float, refuse: Callable[[], NoReturn]) -> None:
        self._stream, self._left, self._refuse = stream, limit, refuse

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read1(_PART if size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            self._refuse()
        return data

    def read(self, size: Optional[int] = -1) -> bytes:
        parts, wanted = [], inf if size is None or size < 0 else size
        while wanted:
            part = self.read1(int(min(wanted, _PART)))
            if not part:
                break
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)


class _LimitedText:
    """The characters of another text stream, counted."""

    def __init__(self, stream: Any, limit: float, refuse: Callable[[], NoReturn]) -> None:
        self._stream, self._left, self._refuse = stream, limit, refuse

    def _counted(self, text: str) -> str:
        self._left -= len(text)
        if self._left < 0:
            self._refuse()
        return text

    def readline(self, size: int = -1) -> str:
        """One line, or as much of it."""
        return self._counted(self._stream.readline(size))

    def read(self, size: int = -1) -> str:
        """At most this many characters, or everything that is left."""
        if size >= 0:
            return self._counted(self._stream.read(size))
        return "".join(iter(partial(self.read, _PART), ""))


class _Raw(io.RawIOBase):
    """Any object that reads bytes, as the raw stream that a buffered one needs."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

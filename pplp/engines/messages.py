"""Messages in a pipe between two processes: pickles, each with its length before it.

The writer begins with a greeting.  Anything before it is not a message, such as what Python prints when it starts.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterator
from typing import Any, Literal, Union

__all__ = ["GREETING", "Said", "incoming", "packed", "write"]

#: The kinds of what a child says: it can be asked, it has begun, what a solver tells meanwhile, some of many answers,
#: the answer, or the error in its place.
Said = Literal["ready", "began", "line", "progress", "outcomes", "done", "raised"]

#: Its end differs from its beginning, so it is found even after a part of it.
GREETING = b"\x00pplp: ready\n"
_LENGTH = struct.Struct("<Q")
#: How many bytes are read at a time, and the most that is kept of what is not a message, the latest.
_CHUNK, _KEPT = 1 << 16, 1 << 11


def packed(message: Any) -> bytes:
    """A message in bytes."""
    data = pickle.dumps(message, 5)
    return _LENGTH.pack(len(data)) + data


def write(pipe: Any, data: bytes) -> None:
    """Write all of it to an unbuffered pipe."""
    left = memoryview(data)
    while left:
        left = left[pipe.write(left) or 0 :]


def incoming(pipe: Any, is_greeted: bool = False) -> Iterator[Union[bytes, bytearray, str]]:
    """The contents of an unbuffered pipe: b"" for the greeting, the pickles, and at the end other output."""
    buffer = bytearray()
    while True:
        while is_greeted and len(buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(buffer)
            end = _LENGTH.size + length
            if end > len(buffer):
                break
            yield bytes(buffer[_LENGTH.size : end])
            del buffer[:end]
        else:
            length = 0
        if length > _CHUNK:  # into its place, without copies
            whole = bytearray(length)
            have = len(buffer) - _LENGTH.size
            whole[:have] = buffer[_LENGTH.size :]
            with memoryview(whole) as rest:
                while have < length:
                    more = pipe.readinto(rest[have:])
                    if not more:
                        yield ""
                        return
                    have += more
            yield whole
            buffer.clear()
            continue
        part = pipe.read(_CHUNK)
        if not part:
            yield "" if is_greeted else buffer.decode("utf-8", "replace").strip()
            return
        buffer += part
        if not is_greeted:
            place = buffer.find(GREETING)
            if place < 0:
                del buffer[:-_KEPT]
                continue
            is_greeted = True
            del buffer[: place + len(GREETING)]
            yield b""

"""Where constraints and variables were written: file and line, recorded by looking at the caller's frame.

What is kept is the caller's code, if it differs from the one before, and the number of its instruction.
The line is computed on demand.
"""

from __future__ import annotations

import dis
from bisect import bisect_right
from collections.abc import Iterable
from types import CodeType, FrameType
from typing import Any, NamedTuple, Optional, Union

from pplp.core.stack import is_ours, users_frame

__all__ = ["Origin", "Origins", "note_here"]

#: In place of an instruction: each object has its own, in `Origins.instructions`.
_EACH = -1


class Origin(NamedTuple):
    """A line of a file.

    >>> print(Origin("plan.py", 12))
    plan.py:12
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Origins:
    """The origins of the objects of one store, by index.

    Section k covers the objects from ``firsts[k]`` to the next section's, all written in ``codes[k]``: at the
    instruction ``ats[k]``, or, if that is -1, each at its own, in `instructions` from ``starts[k]`` on.

    An interrupted call may leave some of that out: `firsts` is what counts, and a section that has fewer
    instructions than objects is ignored.

    >>> origins = Origins()
    >>> origins.put(3, Origin("plan.py", 12), 0)
    >>> origins.of(2, 4), origins.of(3, 4)
    (None, Origin(file='plan.py', line=12))
    """

    __slots__ = ("ats", "code", "codes", "firsts", "instructions", "starts")

    def __init__(self) -> None:
        self.firsts: list[int] = []
        self.codes: list[Union[CodeType, Origin, None]] = []
        self.ats: list[int] = []
        self.starts: list[int] = []
        self.instructions: list[int] = []
        self.code: Optional[CodeType] = None  # of the last section, if each object has its own instruction

    def note(self, index: int, frame: FrameType) -> None:
        """The object with this index, the last one, was written at this frame."""
        if frame.f_code is not self.code:
            self._begin(index, frame.f_code, _EACH)
            self.code = frame.f_code
        self.instructions.append(frame.f_lasti)

    def _begin(self, first: int, code: Union[CodeType, Origin, None], at: int) -> None:
        self.code = None
        count = len(self.firsts)
        for section in (self.codes, self.ats, self.starts):
            del section[count:]  # what an interrupted call left behind
        self.codes.append(code)
        self.ats.append(at)
        self.starts.append(len(self.instructions))
        self.firsts.append(first)  # last: its length is the number of sections

    def put(self, first: int, code: Union[CodeType, Origin, None], at: int) -> None:
        """All from this index on were written at this instruction, replacing earlier records."""
        firsts = self.firsts
        if firsts and firsts[-1] <= first:
            last = len(firsts) - 1
            if self.ats[last] == at and self.codes[last] is code:
                return
        self.code = None
        while firsts and firsts[-1] >= first:
            start = self.starts[len(firsts) - 1]
            del firsts[-1]
            del self.instructions[start:]
        last = len(firsts) - 1
        if firsts and self.ats[last] == _EACH:
            del self.instructions[self.starts[last] + first - firsts[-1] :]
        self._begin(first, code, at)

    def of(self, index: int, count: int) -> Optional[Origin]:
        """Where the object with this index was written, out of `count`; None if that was not recorded."""
        return _line(*self._written(index, count))

    def _written(self, index: int, count: int) -> tuple[Union[CodeType, Origin, None], int]:
        """The code and the instruction of it; the code is None if unknown."""
        k = bisect_right(self.firsts, index) - 1
        if k < 0:
            return None, 0
        at = self.ats[k]
        if at == _EACH:
            if not self._is_whole(k, count):
                return None, 0
            at = self.instructions[self.starts[k] + index - self.firsts[k]]
        return self.codes[k], at

    def kept(self, indices: Iterable[int], count: int) -> Origins:
        """Those of the objects with these indices, in ascending order, out of `count`; the others are gone."""
        made = Origins()
        for index in indices:
            made.put(index, *self._written(index, count))
        made.put(count, None, 0)
        return made

    def _is_whole(self, k: int, count: int) -> bool:
        """True if a section has as many instructions as objects."""
        is_last = k == len(self.firsts) - 1
        end = len(self.instructions) if is_last else self.starts[k + 1]
        return end - self.starts[k] == (count if is_last else self.firsts[k + 1]) - self.firsts[k]

    def copy(self) -> Origins:
        """Separate sections with the same contents."""
        twin = Origins()
        twin.firsts, twin.codes, twin.ats, twin.starts = self.firsts[:], self.codes[:], self.ats[:], self.starts[:]
        twin.instructions, twin.code = self.instructions[:], self.code
        return twin

    def __deepcopy__(self, memo: Any) -> Origins:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle has lines, not code: a section for each run of equal ones.  The last section must be closed."""
        firsts: list[int] = []
        origins: list[Optional[Origin]] = []
        known: dict[tuple[int, int], Optional[Origin]] = {}
        for k, first in enumerate(self.firsts):
            code, ats = self.codes[k], [self.ats[k]]
            if ats[0] == _EACH:
                is_whole = k < len(self.firsts) - 1 and self._is_whole(k, -1)
                ats, code = (self.instructions[self.starts[k] : self.starts[k + 1]], code) if is_whole else ([0], None)
            for index, at in enumerate(ats, first):
                if (id(code), at) not in known:
                    known[id(code), at] = _line(code, at)
                origin = known[id(code), at]
                if not origins or origins[-1] != origin:
                    firsts.append(index)
                    origins.append(origin)
        return _unpickled, (firsts, origins)


def _unpickled(firsts: list[int], origins: list[Optional[Origin]]) -> Origins:
    made = Origins()
    for first, origin in zip(firsts, origins):
        made.put(first, origin, 0)
    return made


def _line(code: Union[CodeType, Origin, None], at: int) -> Optional[Origin]:
    """The line of an instruction of a code."""
    if code is None or isinstance(code, Origin):
        return code
    if is_ours(code):  # a row made by a graph or by a file's reader: the user wrote no line of it
        return None
    found = code.co_firstlineno
    for start, line in dis.findlinestarts(code):
        if start > at:
            break
        found = line or found
    return Origin(code.co_filename, found)


def note_here(origins: Origins, first: int) -> None:
    """All from this index on were written at the user's frame."""
    frame = users_frame()
    if frame is not None:
        origins.put(first, frame.f_code, frame.f_lasti)

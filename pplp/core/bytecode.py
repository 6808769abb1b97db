"""The bytecode of known interpreters: which instruction can follow which, and the height of the stack.

`dis` gives most of it.  This module adds what it leaves out: the exception table of Python 3.11 and later, stack
effects that it has wrong, and the versions that were tested.  The bytecode of other interpreters is not read.
"""

from __future__ import annotations

import sys
from types import CodeType
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from dis import Instruction

__all__ = ["IS_KNOWN", "LEAVES", "RAISES", "Graph", "Offsets"]

#: The versions whose bytecode is known, by the name of the interpreter.
_KNOWN = {"cpython": ((3, 9), (3, 15)), "pypy": ((3, 9), (3, 11))}
_IS_PYPY = sys.implementation.name == "pypy"
_FIRST, _LAST = _KNOWN.get(sys.implementation.name, ((1, 0), (0, 0)))
IS_KNOWN = _FIRST <= sys.version_info[:2] <= _LAST

_ALWAYS_JUMPS = {"JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"}
RAISES = {"RAISE_VARARGS", "RERAISE"}
LEAVES = {"RETURN_VALUE", "RETURN_CONST"} | RAISES
#: Where `dis.stack_effect` is wrong: the effect without the jump, and with it.
_EFFECTS = {"RETURN_GENERATOR": (1, 1), "JUMP_IF_FALSE_OR_POP": (-1, 0), "JUMP_IF_TRUE_OR_POP": (-1, 0)}
if _IS_PYPY:
    _EFFECTS.update(POP_JUMP_IF_FALSE=(-1, -1), POP_JUMP_IF_TRUE=(-1, -1), FOR_ITER=(1, -1))

#: Positions in a code, as f_lasti gives them: as the few runs that they form, which take little space.
Offsets = tuple[range, ...]


class Graph:
    """The instructions of one code object, and which of them can follow one another."""

    def __init__(self, code: CodeType) -> None:
        import dis

        self.code = code
        self.instructions: list[Instruction] = []
        #: For each offset the instruction, including its prefixes and caches; and for each instruction its first
        #: offset.
        self.place: dict[int, int] = {}
        self._starts: list[int] = []
        for one in dis.get_instructions(code):
            self.place[one.offset] = len(self.instructions) - (one.opname == "CACHE")
            if one.opname not in ("CACHE", "EXTENDED_ARG"):
                self.instructions.append(one)
        for offset in range(0, len(code.co_code), 2):
            if self.place.setdefault(offset, self.place.get(offset - 2, 0)) == len(self._starts):
                self._starts.append(offset)
        self._starts.append(len(code.co_code))
        # From Python 3.14 on the end of an `async for` names its beginning, but never goes there.
        self.jumps = {*dis.hasjrel, *dis.hasjabs} - {dis.opmap.get("END_ASYNC_FOR")}
        self._handlers = _exception_table(code)
        self.has_table = hasattr(code, "co_exceptiontable")

    def after(self, k: int, height: int) -> list[tuple[int, int]]:
        """The instructions that can follow, each with the height of the stack before it.

        Raises `ValueError` for an unknown instruction.
        """
        one = self.instructions[k]
        found = []
        if one.opcode in self.jumps:
            found.append((self.place[one.argval], height + self._effect(one, True)))
        if one.opname not in _ALWAYS_JUMPS and one.opname not in LEAVES:
            found.append((k + 1, height + self._effect(one, False)))
        return found

    def _effect(self, one: Instruction, jump: bool) -> int:
        import dis

        if one.opname in _EFFECTS:
            return _EFFECTS[one.opname][jump]
        if _IS_PYPY and one.opname == "FORMAT_VALUE":
            return -1 if (one.arg or 0) & 4 else 0
        if one.opname == "CALL_FUNCTION_EX" and (one.arg or 0) > 1:
            raise ValueError("PyPy would abort.")
        return dis.stack_effect(one.opcode, one.arg, jump=jump)

    def caught(self, k: int) -> Optional[tuple[int, int, int]]:
        """Where an exception in the instruction goes: (instruction, height there, height that is kept)."""
        handler = self._handlers.get(self.instructions[k].offset)
        if handler is None:
            return None
        target, kept, more = handler
        return self.place[target], kept + more, kept

    def heights(self) -> dict[int, int]:
        """The height of the stack before each instruction, if it is unique."""
        found: dict[int, int] = {}
        doubtful = set()
        todo = [(0, 0)]
        while todo:
            k, height = todo.pop()
            if k in found or k >= len(self.instructions):
                if found.get(k) != height:
                    doubtful.add(k)
                continue
            found[k] = height
            caught = self.caught(k)
            if caught is not None:
                todo.append(caught[:2])
            try:
                todo += self.after(k, height)
            except (KeyError, ValueError):
                doubtful.add(k)
        return {k: height for k, height in found.items() if k not in doubtful}

    def reached(self, todo: list[int], end: int) -> set[int]:
        """All instructions that can run after these, except those after `end`, as far as they are known."""
        found: set[int] = set()
        while todo:
            k = todo.pop()
            if k in found or k >= len(self.instructions):
                continue
            found.add(k)
            if k == end:
                continue
            caught = self.caught(k)
            if caught is not None:
                todo.append(caught[0])
            try:
                todo += [later for later, _ in self.after(k, 0)]
            except (KeyError, ValueError):
                continue
        return found

    def offsets(self, instructions: set[int]) -> Offsets:
        """The f_lasti values of a frame at one of the instructions."""
        ends = self._starts
        runs: list[range] = []
        for k in sorted(instructions):
            begin = runs.pop().start if runs and runs[-1].stop == ends[k] else ends[k]
            runs.append(range(begin, ends[k + 1], 2))
        return tuple(runs)


def _exception_table(code: CodeType) -> dict[int, tuple[int, int, int]]:
    """(target, height that is kept, what is pushed on it) for each offset; before Python 3.11 there is none."""
    numbers = []
    number = 0
    for byte in getattr(code, "co_exceptiontable", b""):
        number = number << 6 | byte & 63
        if not byte & 64:
            numbers.append(number)
            number = 0
    found = {}
    for start, length, target, rest in zip(*(numbers[k::4] for k in range(4))):
        for unit in range(start, start + length):
            found[2 * unit] = 2 * target, rest >> 1, 1 + (rest & 1)
    return found

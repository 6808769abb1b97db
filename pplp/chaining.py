"""Is this truth test the middle of a chained comparison?

Python runs ``lo <= e <= hi`` as ``(lo <= e) and (e <= hi)`` with `e` evaluated
once.  The first comparison builds a relation, Python asks for its truth, and if
that is true the second comparison is the value of the whole.  A library that
simply answers "true" loses the first side, or, if it remembers it, puts it into
whatever comparison comes next.

Here the question is put to the bytecode of the caller.  A chain keeps its middle
operand on the stack (``SWAP 2; COPY 2``, before Python 3.11 and on PyPy ``DUP_TOP;
ROT_THREE``) right before the comparison whose truth is tested, and nothing else
does.  The offset of the second comparison is known from the same reading, so the
first side is handed to that comparison, of that operand, in that frame, and to no other.
`and`, `not`, `if`, `in`, a filter, an interpreter with other instructions: all give no
chain.
"""

from __future__ import annotations

import functools
import sys
import threading
from types import CodeType, FrameType
from typing import Any, NamedTuple, Optional

from pplp.errors import ExpressionError

__all__ = ["begin", "finish", "pending"]

#: The instructions that may stand between a comparison and the jump on its truth.
_BETWEEN = frozenset({"CACHE", "COPY", "TO_BOOL", "EXTENDED_ARG"})
#: What keeps the middle operand, as (instruction, argument) pairs.
_KEEPS_MIDDLE = ((("SWAP", 2), ("COPY", 2)), (("DUP_TOP", None), ("ROT_THREE", None)))
_MAY_SUSPEND = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator: CO_* of inspect


class _Chain(NamedTuple):
    thread: int
    frame: FrameType
    first: int  # offset of the truth test
    second: int  # offset of the second comparison
    middle: Any  # the operand that both comparisons share
    side: Any  # what the first comparison said of it


#: The chains between their first and second comparison: nearly always empty.
pending: list[_Chain] = []


@functools.lru_cache(maxsize=256)
def _chains(code: CodeType) -> dict[int, int]:
    """Offset of each chain's truth test -> offset of its second comparison."""
    import dis

    instructions = [i for i in dis.get_instructions(code) if i.opname != "CACHE"]
    found: dict[int, tuple[int, int]] = {}
    ends: dict[int, int] = {}
    for k, compare in enumerate(instructions):
        if compare.opname != "COMPARE_OP" or k < 2:
            continue
        before = tuple((i.opname, i.arg if i.opname in ("SWAP", "COPY") else None) for i in instructions[k - 2 : k])
        if before not in _KEEPS_MIDDLE:
            continue
        tests = []
        for test in instructions[k + 1 :]:
            tests.append(test)
            if test.opname not in _BETWEEN:
                break
        jump = tests[-1]
        if "JUMP" not in jump.opname or "FALSE" not in jump.opname:
            continue
        later = [i.offset for i in instructions[k + 1 :] if i.opname == "COMPARE_OP" and i.offset < jump.argval]
        if later:
            # Interpreters differ in which of these instructions they say they are at.
            ends[compare.offset] = jump.argval
            for at in [compare, *tests]:
                found[at.offset] = (compare.offset, later[-1])
    # Of three comparisons in a row the first and the second leave to the same place: neither is ours.
    return {
        at: last
        for at, (first, last) in found.items()
        if not any(first < other < last and ends[other] == ends[first] for other in ends)
    }


def begin(middle: Any, side: Any) -> bool:
    """Called from a relation's truth test: is it the first half of a chain?  Then remember it.

    `side` is what is handed to the second comparison of `middle`.
    """
    frame: Optional[FrameType] = sys._getframe(2)
    assert frame is not None
    second = _chains(frame.f_code).get(frame.f_lasti)
    if second is None:
        return False
    if pending:
        _forget_abandoned(frame)
    pending.append(_Chain(threading.get_ident(), frame, frame.f_lasti, second, middle, side))
    return True


def finish(middle: Any) -> Any:
    """Called from a comparison of `middle` while a chain is pending: the first side, or None.

    Raises `ExpressionError` when this is the second comparison of a chain whose middle is something else,
    as in ``x <= 5 <= y``.
    """
    thread = threading.get_ident()
    frame = sys._getframe(3)  # beyond _relation() and the operator
    for k in range(len(pending) - 1, -1, -1):
        chain = pending[k]
        if chain.thread == thread and chain.frame is frame and chain.second == frame.f_lasti:
            del pending[k]
            if chain.middle is not middle:
                raise ExpressionError(
                    f"The chain compares {chain.middle} first and {middle} then: a chain has one expression, "
                    "in the middle, and numbers at both ends. Write it as two constraints."
                )
            return chain.side
    return None


def _forget_abandoned(frame: Optional[FrameType]) -> None:
    """Drop this thread's chains whose second comparison can no longer come.

    An exception between the two comparisons leaves one behind.  A suspended coroutine
    does not run either, but may go on.
    """
    thread = threading.get_ident()
    running = set()
    while frame is not None:
        running.add(frame)
        frame = frame.f_back
    pending[:] = [
        chain
        for chain in pending
        if chain.thread != thread
        or (
            (chain.frame in running or chain.frame.f_code.co_flags & _MAY_SUSPEND)
            and chain.first < chain.frame.f_lasti < chain.second
        )
    ]

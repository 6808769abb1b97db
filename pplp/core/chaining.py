"""Recognizes whether a truth test is the middle of a chained comparison.

Python runs ``lo <= e <= hi`` as ``(lo <= e) and (e <= hi)``, with `e` evaluated once.  The first comparison
builds a relation, Python asks for its truth, and if that is true the second comparison is the value of the
whole.  A library that simply answers "true" loses the first side, or adds it to whatever comparison comes next.

So the bytecode of the caller is inspected.  A chain keeps its middle operand on the stack right before
the comparison whose truth is tested, and nothing else does.  From that test on, every path through the code is
followed, with the height of the stack, to the comparisons that use the operand again.  There may be several,
because compilers copy the end of a statement into each branch that leads to it.  If one path ends
otherwise, the code has no chain that we support: its relations have no truth value.

So the first side goes to the second comparison of that operand in that frame, and to no other.  Until then
it is *pending*.  The next comparison looks at what is pending in its thread.  A chain whose frame is still running
is left alone.  One that an exception ended is forgotten.  Any other was not read completely, and raises.
"""

from __future__ import annotations

import sys
from sys import _getframe
from threading import get_ident
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, NamedTuple, Optional
from weakref import ref

from pplp.core.bytecode import IS_KNOWN, LEAVES, RAISES, Graph, Offsets
from pplp.core.stack import COMPARISON, HELPER, OPERATOR, OWN
from pplp.errors import ExpressionError
from pplp.ground.quoting import quoted
from pplp.ground.threads import running_threads

if TYPE_CHECKING:
    from dis import Instruction

__all__ = ["begin", "check", "finish", "is_middle", "pending", "whole"]

# Any: the sides of a chain may be anything.

#: The instructions that keep the middle operand, in newer and in older code.
_KEEPS_MIDDLE = ((("SWAP", 2), ("COPY", 2)), (("DUP_TOP", None), ("ROT_THREE", None)))
#: The instructions that test the first relation, until only the middle operand is left; the test itself is marked.
_TESTS = (
    ("JUMP_IF_FALSE_OR_POP*",),
    ("COPY", "POP_JUMP_IF_FALSE*", "POP_TOP"),
    ("COPY", "TO_BOOL*", "POP_JUMP_IF_FALSE", "POP_TOP"),
    ("COPY", "TO_BOOL*", "POP_JUMP_IF_FALSE", "NOT_TAKEN", "POP_TOP"),
)
_COMPARES = {"COMPARE_OP", "IS_OP", "CONTAINS_OP"}
#: The methods of the right operand that are called if the left one is a number, as in ``5 <= x``.
_MIRRORED = {"<=": "__ge__", ">=": "__le__"}
#: How many operands are moved.
_MOVES = {"ROT_TWO": 2, "ROT_THREE": 3, "ROT_FOUR": 4}

_MAY_SUSPEND = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator: CO_* of inspect
_MANY = 64
_HAS_LOCK = getattr(sys, "_is_gil_enabled", lambda: True)


# --------------------------------------------------------------------- what the bytecode says
class _Span:
    """One chain in a code: where it is tested, and where its second comparison is.

    It does not keep its code, which may be large and used only once, such as a notebook cell.
    """

    __slots__ = ("between", "compare", "last", "operator", "rescued", "second")

    def __init__(self, graph: Graph, compare: int, between: set[int], second: set[int]) -> None:
        self.compare = graph.instructions[compare].offset
        self.operator = graph.instructions[compare].argval
        self.last = graph.instructions[min(second)].argval
        self.between = graph.offsets(between)
        self.second = frozenset(offset for run in graph.offsets(second) for offset in run)
        #: Where an exception between the two comparisons may have led; computed on first use.
        self.rescued: Optional[Offsets] = None

    def may_have_raised(self, frame: FrameType) -> bool:
        """True if a path leads from an exception in its chain to the frame's position, without restarting the chain."""
        if self.rescued is None:
            graph = Graph(frame.f_code)
            inside = {graph.place[offset] for run in (*self.between, self.second) for offset in run}
            if graph.has_table:
                handlers = [caught[0] for caught in map(graph.caught, inside) if caught is not None]
            else:
                handlers = [
                    graph.place[one.argval]
                    for one in graph.instructions
                    if one.opname.startswith("SETUP_")
                    and one.opcode in graph.jumps
                    and one.offset < self.compare < one.argval
                ]
            self.rescued = graph.offsets(graph.reached(handlers, graph.place[self.compare]) - inside)
        return _among(frame.f_lasti, self.rescued)

    def line(self, code: CodeType) -> int:
        """The line of the first comparison."""
        import dis

        return max(pair for pair in dis.findlinestarts(code) if pair[0] <= self.compare)[1]


def _among(at: int, offsets: Offsets) -> bool:
    return any(at in run for run in offsets)


#: id of a code -> the code, and for each f_lasti at which the middle of a chain is tested its span, or None.
_spans_of: dict[int, tuple[ref[CodeType], dict[int, Optional[_Span]]]] = {}


def _spans(code: CodeType) -> dict[int, Optional[_Span]]:
    known = _spans_of.get(id(code))
    if known is None or known[0]() is not code:
        key = id(code)
        held = ref(code, lambda _: _spans_of.pop(key, None))
        known = _spans_of[key] = held, _read(code) if IS_KNOWN else {}
    return known[1]


def _read(code: CodeType) -> dict[int, Optional[_Span]]:
    graph = Graph(code)
    found: dict[int, Optional[_Span]] = {}
    heights: Optional[dict[int, int]] = None
    ones = graph.instructions
    for k in range(2, len(ones)):
        if ones[k].opname != "COMPARE_OP":
            continue
        before = tuple((one.opname, one.arg if one.opname in ("SWAP", "COPY") else None) for one in ones[k - 2 : k])
        test, start = _test(ones, k + 1)
        if before not in _KEEPS_MIDDLE or not test:
            continue
        if heights is None and graph.has_table:
            heights = graph.heights()
        # Without an exception table only the height above the middle operand matters.
        height = 1 if heights is None else heights.get(k, 0) - 2
        span = _span(graph, k, test, start, height) if ones[k].argval in ("<=", ">=") and height > 0 else None
        for run in graph.offsets({test}):
            found.update(dict.fromkeys(run, span))
    return found


def _test(ones: list[Instruction], k: int) -> tuple[int, int]:
    """The instruction that asks for the truth of the first relation, and the one after all of them; or 0, 0."""
    for names in _TESTS:
        if [one.opname for one in ones[k : k + len(names)]] == [name.rstrip("*") for name in names]:
            if names[0] == "COPY" and ones[k].arg != 1:
                continue
            return next(k + n for n, name in enumerate(names) if name[-1] == "*"), k + len(names)
    return 0, 0


def _span(graph: Graph, compare: int, test: int, start: int, middle: int) -> Optional[_Span]:
    """The chain, if all paths from its test lead to a comparison of the operand at the height `middle`."""
    heights: dict[int, int] = {}
    second = set()
    todo = [(start, middle)]
    while todo:
        k, height = todo.pop()
        if k in heights and heights[k] == height:
            continue
        if k in heights or k >= len(graph.instructions) or height < middle:
            return None
        heights[k] = height
        one = graph.instructions[k]
        if height == middle + 1 and one.opname in _COMPARES:
            if one.opname != "COMPARE_OP" or one.argval in ("in", "not in", "is", "is not"):
                return None
            second.add(k)
            continue
        moved = one.arg if one.opname in ("SWAP", "ROT_N") else _MOVES.get(one.opname, 0)
        if moved is None or moved > height - middle:  # a third comparison
            return None
        if one.opname in LEAVES - RAISES or one.opname.startswith("SETUP_"):
            return None
        try:
            todo += graph.after(k, height)
        except (KeyError, ValueError):
            return None
        caught = graph.caught(k)
        if caught is not None and caught[2] >= middle:  # inside the chain, as for `await` and comprehensions
            todo.append(caught[:2])
    between = set(heights) - second | set(range(test, start))
    return _Span(graph, compare, between, second) if second else None


# --------------------------------------------------------------------- the chains that are on their way
class _Half(NamedTuple):
    """A chain between its first and second comparison."""

    thread: int
    frame: FrameType
    span: _Span
    middle: Any  # the operand that both comparisons share
    side: Any  # the side that the first comparison gave
    outer: Optional[_Half]  # the chain of the same frame whose end contains this one


#: The innermost chain of each frame that has one: nearly always empty.  Only its own thread adds to it or removes.
pending: dict[FrameType, _Half] = {}


def begin(middle: Any, side: Any, is_lower: bool, is_upper: bool) -> bool:
    """Called from a relation's truth test: if it is the first half of a chain, remember it.

    `side` goes to the second comparison of `middle`; it is a lower one, as in ``lo <= middle``, or an
    upper one.  Raises `ExpressionError` if `middle` comes first, as in ``x <= 5 <= y``.
    """
    frame = _getframe(HELPER)
    span = _spans(frame.f_code).get(frame.f_lasti)
    if span is None:
        return False
    if not (is_lower if span.operator == "<=" else is_upper):
        raise ExpressionError(
            f"The chain begins with {middle}, but a chain has one expression, in the middle, and numbers at both ends. "
            "Write it as two constraints."
        )
    if len(pending) >= _MANY:
        _forget_ended_threads()
    pending[frame] = _Half(get_ident(), frame, span, middle, side, pending.get(frame))
    return True


def is_middle() -> bool:
    """Called from a truth test: True if it is the middle of a chain, even of one that we cannot read."""
    frame = _getframe(HELPER)
    return frame.f_lasti in _spans(frame.f_code)


def finish(middle: Any) -> Any:
    """Called first in a comparison of `middle` while chains are pending: the side that belongs to it, or None.

    Raises `ExpressionError` if a chain of this thread was not read completely, or has another expression at its end, as
    in ``0 <= x <= y``.
    """
    frame = _getframe(COMPARISON)
    half = pending.get(frame)
    if half is None or frame.f_lasti not in half.span.second:
        check(frame)
        half = pending.get(frame)
        if half is None or frame.f_lasti not in half.span.second:
            return None
    _take_away(half)
    if half.middle is not middle:
        raise ExpressionError(
            f"The chain compares {half.middle} first and {middle} then, but a chain has one expression, "
            "in the middle, and numbers at both ends. Write it as two constraints."
        )
    if _getframe(OPERATOR).f_code.co_name == _MIRRORED.get(half.span.last):
        return None  # an exception ended that chain; now the same place has a number in the middle
    return half.side


def whole(first: Any, right: Any, made: Any) -> Any:
    """The result of a second comparison, unless it leaves the answer to `right`, which would lose the first side."""
    if first is not None and made is NotImplemented:
        raise ExpressionError(
            f"The chain ends with {quoted(right)}, but a chain has numbers at both ends. Write it as two constraints."
        )
    return made


def check(frame: Optional[FrameType]) -> None:
    """Raise `ExpressionError` if a chain that this thread began was not read completely, and forget it.

    `frame` is the one that compares, or adds a constraint.
    """
    running = set()
    above = frame
    while above is not None:
        running.add(above)
        above = above.f_back
    thread = get_ident()
    for half in list(pending.values()):
        if half.frame in running:
            _judge(half, "compares" if half.frame is frame else "calls")
        elif half.thread == thread and _has_ended(half):
            _judge(half, "ended")
        elif half.thread == thread and _HAS_LOCK():  # without it, a frame of another thread cannot be inspected
            _judge(half, "waits")


def _judge(innermost: _Half, frame_is: str) -> None:
    """Leave the chains of one frame, forget them, or raise.

    The frame compares, calls what compares, waits to be resumed (or runs in another thread), or has ended.
    """
    half: Optional[_Half] = innermost
    while half is not None:
        at, span = half.frame.f_lasti, half.span
        is_inside, is_at_end = _among(at, span.between), at in span.second
        if frame_is != "ended" and is_inside:
            return
        if frame_is in ("compares", "waits") and is_at_end:
            return
        if frame_is == "calls" and is_at_end:
            raise _halved(half)  # and stays: a trace or a finalizer may be running before the comparison
        if pending.get(half.frame) is not half:
            return  # completed in another thread meanwhile
        _take_away(half)
        if not (is_inside or is_at_end) and not span.may_have_raised(half.frame):
            raise _halved(half)
        half = half.outer


def _halved(half: _Half) -> ExpressionError:
    code = half.frame.f_code
    return ExpressionError(
        f"The chain in line {half.span.line(code)} of {code.co_name} ({code.co_filename}) compares {half.middle} "
        "first, but its second comparison is not one of that expression. Write e.between(lo, hi), or the triple "
        "(lo, e, hi)."
    )


def _take_away(half: _Half) -> None:
    if half.outer is None:
        pending.pop(half.frame, None)
    else:
        pending[half.frame] = half.outer


def _has_ended(half: _Half) -> bool:
    """True if nothing can resume this frame, which this thread began and does not run now."""
    if half.frame.f_code.co_flags & _MAY_SUSPEND or "greenlet" in sys.modules:
        return _holders(half) <= _ALONE
    return True


def _holders(half: _Half) -> int:
    """The number of references to the frame: whatever can resume it has one."""
    return sys.getrefcount(half.frame) if hasattr(sys, "getrefcount") else 1


def _own_holders() -> int:
    """The references that a chain itself has to its frame when that has ended."""
    half = _Half(0, (lambda: _getframe(OWN))(), None, None, None, None)  # type: ignore[arg-type]
    held = {half.frame: half}
    count = _holders(half)
    return count if held and hasattr(sys, "getrefcount") else 0


_ALONE = _own_holders()


def _forget_ended_threads() -> None:
    """Forget what threads that ended with an exception left behind, if it is known which did."""
    alive = running_threads()
    if alive is None:
        return
    for half in list(pending.values()):
        if half.thread not in alive and not half.frame.f_code.co_flags & _MAY_SUSPEND:
            pending.pop(half.frame, None)

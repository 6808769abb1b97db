"""What a frame is doing: the instruction that it is at, what that calls, and where its operands come from.

A method such as `__iter__` or `__float__` is not told what its answer is for, if C code asks.  The instruction of
the innermost Python frame says what was called.  It is read from the bytecode, with the heights of the stack: the
number of arguments gives the height at which the callee was pushed, and everything pushed later is an operand.
"""

from __future__ import annotations

import builtins
import sys
from types import CodeType, FrameType, MemberDescriptorType, ModuleType
from typing import Any, NamedTuple, Optional

from pplp.core.bytecode import IS_KNOWN, Graph

__all__ = ["Asking", "asking", "value_of"]

# Any: what a name means in somebody's frame may be anything.

#: A name, and what is taken from it: attributes as text, items as tuples of one key or of the path of a key.
Path = tuple[Any, ...]
_LOADS = ("LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT")
_ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD", "LOOKUP_METHOD")
_SUBSCRIPTS = ("BINARY_SUBSCR", "BINARY_SUBSCRIPT")
_OF_TWO = ("BINARY", "INPLACE", "COMPARE", "IS_OP", "CONTAINS")
#: What is on the stack below the arguments: the callee, and from Python 3.11 on a place for `self`.
_IN_HALVES = sys.version_info[:2] == (3, 11)  # there a call is two instructions, and the first one moves the stack
_BELOW = 2 if sys.version_info >= (3, 11) else 1
#: The most positions in code that are remembered.
_MOST = 1024


class _Step(NamedTuple):
    """A part of an instruction: what it names, the height of the stack before it, and the index of the instruction."""

    name: str
    argval: Any
    height: int
    place: int


class Asking(NamedTuple):
    """The instruction that a frame is at."""

    name: str  # as in `dis`
    #: The path of what it calls; empty if it calls nothing, or cannot be read.
    callee: Path = ()
    #: The paths that its operands load.
    loads: tuple[Path, ...] = ()
    #: True if anything is called to make the operands, or they could not be read.
    is_nested: bool = True
    #: True if the first operand is a text constant.
    begins_with_text: bool = False
    #: For an operator: the path of each operand, or of the call that made it, and which of the two.
    operands: tuple[tuple[Path, bool], ...] = ()

    @property
    def is_call(self) -> bool:
        """True if it calls."""
        return _is_call(self.name)


#: What was read before.  An `lru_cache` has a lock on PyPy, which a fork may leave locked.
_known: dict[tuple[CodeType, int], Asking] = {}


def asking(frame: FrameType) -> Asking:
    """What the frame is doing."""
    place = frame.f_code, frame.f_lasti
    found = _known.get(place)
    if found is None:
        if len(_known) >= _MOST:
            _known.clear()
        found = _known[place] = _read(*place)
    return found


def value_of(frame: FrameType, path: Path) -> Any:
    """The object at a path in a frame; None if that is unknown without running foreign code."""
    if not path:
        return None
    name, *rest = path
    found = frame.f_locals.get(name, frame.f_globals.get(name, getattr(builtins, name, None)))
    for one in rest:
        found = _item(frame, found, one) if isinstance(one, tuple) else _attribute(found, one)
    return found


def _item(frame: FrameType, owner: Any, key: tuple[Any, Any]) -> Any:
    kind, name = key
    try:
        return owner[value_of(frame, name) if kind == "path" else name] if type(owner) in (dict, list, tuple) else None
    except (KeyError, IndexError, TypeError):
        return None


def _attribute(owner: Any, name: str) -> Any:
    """An attribute, without running code for it."""
    if isinstance(owner, ModuleType):
        return owner.__dict__.get(name)
    kinds = owner.__mro__ if isinstance(owner, type) else type(owner).__mro__
    of_class = next((vars(kind)[name] for kind in kinds if name in vars(kind)), None)
    if isinstance(owner, type):
        return of_class if owner.__module__ != "builtins" else getattr(owner, name, None)
    if isinstance(of_class, MemberDescriptorType):
        try:
            return of_class.__get__(owner)
        except AttributeError:
            return None
    try:
        return object.__getattribute__(owner, "__dict__").get(name, of_class)
    except AttributeError:
        return of_class


def _is_call(name: str) -> bool:
    return name.startswith("CALL") and "INTRINSIC" not in name


def _read(code: CodeType, offset: int) -> Asking:
    import dis  # imported late: it is slow to import

    if not IS_KNOWN:
        return Asking(dis.opname[code.co_code[offset]] if 0 <= offset < len(code.co_code) else "")
    graph = Graph(code)
    at = graph.place.get(offset)
    if at is None:
        return Asking("")
    ones, heights = graph.instructions, graph.heights()
    if ones[at].opname == "PRECALL":
        at += 1
    one, first = ones[at], at - (at > 0 and ones[at - 1].opname == "PRECALL")
    name, height = one.opname, heights.get(first)
    if height is None:
        return Asking(name)
    taken = _below(name, one.arg or 0) if _is_call(name) else 2 if name.startswith(_OF_TWO) else 1
    steps, is_branched = _making(graph, heights, first, height - taken)
    if not steps:
        return Asking(name)
    if not _is_call(name):
        is_text = steps[0].name.startswith("LOAD_CONST") and isinstance(steps[0].argval, (str, bytes))
        middle = next((k for k in range(len(steps) - 1, 0, -1) if steps[k].height == height - 1), 0)
        operands = (_operand(steps[:middle]), _operand(steps[middle:]))
        return Asking(name, (), *_loaded(steps), is_text, operands)
    iterated = _iterated(steps)
    if iterated:
        return Asking("GET_ITER", (), *_loaded(iterated))
    callee, after = _path(steps, 0)
    slots = 2 if name.startswith("CALL_METHOD") else _BELOW
    lowest = min((step.height - _taken(step) for step in steps[after:] if step.name != "PUSH_NULL"), default=height)
    if is_branched or lowest < height - taken + slots:
        callee, after = (), 0  # it is computed
    return Asking(name, callee, *_loaded(steps[after:]))


def _iterated(steps: list[_Step]) -> list[_Step]:
    """The steps of what a generator expression iterates, if these call one; else none.

    From Python 3.15 on it takes the iterator itself, as it is called, and has no frame yet.
    """
    for k, (one, other) in enumerate(zip(steps, steps[1:])):
        if other.name == "MAKE_FUNCTION" and getattr(one.argval, "co_name", "") == "<genexpr>":
            after = k + 2
            while after < len(steps) and steps[after].name == "SET_FUNCTION_ATTRIBUTE":  # which takes a closure
                after += 1
            return steps[after:] if one.height - (after - k - 2) == steps[0].height else []
    return []


def _making(graph: Graph, heights: dict[int, int], end: int, depth: int) -> tuple[list[_Step], bool]:
    """The steps that make what is above a height of the stack; and whether they start in several branches."""
    ways = [_followers(graph, k) for k in range(end)]
    leading = {end}  # compilers copy the end of a statement into its branches: only what leads to this copy counts
    for k in range(end - 1, -1, -1):
        if not leading.isdisjoint(ways[k]):
            leading.add(k)
    ones = enumerate(graph.instructions[:end])
    steps = [step for k, one in ones if k in leading for step in _steps(k, one, heights.get(k, -1))]
    begin, is_branched = _last_at(steps, depth), False
    while begin is not None:
        start = steps[begin].place
        entering = next((k for k in range(start) if any(way > start and way in leading for way in ways[k])), None)
        if entering is None:
            return steps[begin:], is_branched
        is_branched = True
        begin = _last_at([step for step in steps if step.place <= entering], depth)
    return [], False


def _followers(graph: Graph, k: int) -> list[int]:
    try:
        return [later for later, _ in graph.after(k, 0)]
    except (KeyError, ValueError):
        return [k + 1]


def _below(name: str, arg: int) -> int:
    """How much of the stack a call takes."""
    if name == "CALL_FUNCTION_EX":
        has_names = 1 if sys.version_info >= (3, 14) else arg & 1
        return 1 + has_names + _BELOW
    if name.startswith("CALL_METHOD"):
        return arg + 2 + name.endswith("_KW")
    return arg + _BELOW + name.endswith("_KW")


def _steps(k: int, one: Any, height: int) -> list[_Step]:
    """An instruction in steps of one name each."""
    name, argval = one.opname, one.argval
    if isinstance(argval, tuple) and name.startswith("LOAD_FAST"):
        return [_Step("LOAD_FAST", each, height + n, k) for n, each in enumerate(argval)]
    if isinstance(argval, tuple) and name == "STORE_FAST_LOAD_FAST":
        return [_Step("STORE_FAST", argval[0], height, k), _Step("LOAD_FAST", argval[1], height - 1, k)]
    return [_Step(name, argval, height, k)]


def _last_at(steps: list[_Step], height: int) -> Optional[int]:
    """The last step at this height of the stack: it pushes what is there."""
    return next((k for k in range(len(steps) - 1, -1, -1) if steps[k].height == height), None)


def _path(steps: list[_Step], begin: int) -> tuple[Path, int]:
    """The path that is loaded from there on, and where it ends; empty for anything else."""
    k = begin
    while k < len(steps) and steps[k].name == "PUSH_NULL":
        k += 1
    if k == len(steps) or not steps[k].name.startswith(_LOADS):
        return (), k
    path: list[Any] = [steps[k].argval]
    k += 1
    while k < len(steps):
        name, argval = steps[k].name, steps[k].argval
        if name in _ATTRIBUTES:
            path.append(argval)
            k += 1
        elif (
            name.startswith(("LOAD_CONST", "LOAD_SMALL_INT", *_LOADS))
            and k + 1 < len(steps)
            and _is_subscript(steps[k + 1])
        ):
            path.append(("path", (argval,)) if name.startswith(_LOADS) else ("key", argval))
            k += 2
        else:
            break
    return tuple(path), k


def _operand(steps: list[_Step]) -> tuple[Path, bool]:
    """The path of an operand, or of the last thing it calls."""
    path, end = _path(steps, 0)
    if end == len(steps):
        return path, False
    return (path, True) if _is_call(steps[-1].name) else ((), False)


def _is_subscript(step: _Step) -> bool:
    return step.name in _SUBSCRIPTS or (step.name == "BINARY_OP" and step.argval == 26)  # NB_SUBSCR of Python 3.14


def _loaded(steps: list[_Step]) -> tuple[tuple[Path, ...], bool]:
    """The paths that are loaded in these steps, and whether there are calls among them."""
    found, k = [], 0
    while k < len(steps):
        path, end = _path(steps, k)
        if path:
            found.append(path)
        k = max(end, k + 1)
    nested = any(_is_call(step.name) or step.name in ("FOR_ITER", "SEND", "YIELD_VALUE") for step in steps)
    return tuple(found), nested


def _taken(step: _Step) -> int:
    """How much of the stack an instruction reads, if it could take up a callee before the call."""
    name, arg = step.name, step.argval
    if name.startswith(_OF_TWO):
        return 2
    if name == "PRECALL":
        return _below("CALL", arg)
    if name == "CALL" and _IN_HALVES:
        return 1
    if _is_call(name) and isinstance(arg, int):
        return _below(name, arg)
    if name.startswith("BUILD") and isinstance(arg, int):
        return arg
    return 1 if name in _ATTRIBUTES or name.startswith(("UNARY", "GET_", "POP_TOP", "STORE", "TO_BOOL")) else 0

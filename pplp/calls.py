"""What a frame is doing: the instruction that it is at, what that calls, and what its operands are made of.

A method such as `__iter__` or `__float__` is not told what its answer is for, where C code asks. The instruction of
the innermost Python frame says what was called. It is read from the bytecode, with the heights of the stack: the
callee was pushed at a height that the number of arguments tells, and all that came later is operands.
"""

from __future__ import annotations

import builtins
import functools
import sys
from types import CodeType, FrameType, MemberDescriptorType, ModuleType
from typing import Any, NamedTuple, Optional

from pplp.bytecode import IS_KNOWN, Graph

__all__ = ["Asking", "asking", "value_of"]

#: A name, and what is taken of it: attributes as texts, items as tuples of one key or of the path of a key.
Path = tuple[Any, ...]
#: One instruction: its name, what it names, and the height of the stack before it.
_Step = tuple[str, Any, int]

_LOADS = ("LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT")
_ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD", "LOOKUP_METHOD")
_SUBSCRIPTS = ("BINARY_SUBSCR", "BINARY_SUBSCRIPT")
#: What lies on the stack below the arguments: the callee, and from Python 3.11 on a place for `self`.
_IN_HALVES = sys.version_info[:2] == (3, 11)  # a call is two instructions there, and the first one moves the stack
_BELOW = 2 if sys.version_info >= (3, 11) else 1


class Asking(NamedTuple):
    """The instruction that a frame is at."""

    name: str  # as `dis` has it
    #: The path of what it calls; empty where it calls nothing, or what cannot be read.
    callee: Path = ()
    #: The paths that its operands load.
    loads: tuple[Path, ...] = ()
    #: Is anything called to make the operands, or could they not be read?
    is_nested: bool = True
    #: Is the first operand a text that stands there?
    begins_with_text: bool = False
    #: Of an operator, for each operand the path that it is, or of what it is the result of calling, and which.
    operands: tuple[tuple[Path, bool], ...] = ()

    @property
    def is_call(self) -> bool:
        """Does it call?"""
        return _is_call(self.name)


def asking(frame: FrameType) -> Asking:
    """What the frame is doing."""
    return _read(frame.f_code, frame.f_lasti)


def value_of(frame: FrameType, path: Path) -> Any:
    """What a path means in a frame; None for what cannot be told without running code of others."""
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


@functools.lru_cache(maxsize=4096)
def _read(code: CodeType, offset: int) -> Asking:
    import dis  # as late as that: it is slow to import

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
    height = heights.get(first)
    if height is None:
        return Asking(one.opname)
    steps = [
        step for k, each in enumerate(ones[:first]) for step in _steps(each.opname, each.argval, heights.get(k, -1))
    ]
    if not _is_call(one.opname):
        depth = height - (2 if one.opname.startswith(("BINARY", "INPLACE", "COMPARE")) else 1)
        begin = _begin(steps, depth)
        if begin is None:
            return Asking(one.opname)
        is_text = steps[begin][0].startswith("LOAD_CONST") and isinstance(steps[begin][1], (str, bytes))
        middle = _begin(steps, height - 1) or begin
        operands = (_operand(steps[begin:middle]), _operand(steps[middle:]))
        return Asking(one.opname, (), *_loaded(steps[begin:]), is_text, operands)
    below = _below(one.opname, one.arg or 0)
    depth = height - below
    begin = _begin(steps, depth)
    if begin is None:
        return Asking(one.opname)
    slots = 2 if one.opname.startswith("CALL_METHOD") else _BELOW
    callee, after = _path(steps, begin)
    if any(height - _taken(name, arg) < depth + slots for name, arg, height in steps[after:] if name != "PUSH_NULL"):
        callee, after = (), begin  # it is computed
    return Asking(one.opname, callee, *_loaded(steps[after:]))


def _below(name: str, arg: int) -> int:
    """How much of the stack a call takes."""
    if name == "CALL_FUNCTION_EX":
        has_names = 1 if sys.version_info >= (3, 14) else arg & 1
        return 1 + has_names + _BELOW
    if name.startswith("CALL_METHOD"):
        return arg + 2 + name.endswith("_KW")
    return arg + _BELOW + name.endswith("_KW")


def _steps(name: str, argval: Any, height: int) -> list[_Step]:
    """The instruction in steps of one name each."""
    if isinstance(argval, tuple) and name.startswith("LOAD_FAST"):
        return [("LOAD_FAST", one, height + k) for k, one in enumerate(argval)]
    if isinstance(argval, tuple) and name == "STORE_FAST_LOAD_FAST":
        return [("STORE_FAST", argval[0], height), ("LOAD_FAST", argval[1], height - 1)]
    return [(name, argval, height)]


def _begin(steps: list[_Step], depth: int) -> Optional[int]:
    """The last step at this height: it pushes what lies there."""
    return next((k for k in range(len(steps) - 1, -1, -1) if steps[k][2] == depth), None)


def _path(steps: list[_Step], begin: int) -> tuple[Path, int]:
    """The path that is loaded from there on, and where it ends; empty for anything else."""
    k = begin
    while k < len(steps) and steps[k][0] == "PUSH_NULL":
        k += 1
    if k == len(steps) or not steps[k][0].startswith(_LOADS):
        return (), k
    path: list[Any] = [steps[k][1]]
    k += 1
    while k < len(steps):
        name, argval, _ = steps[k]
        after = steps[k + 1] if k + 1 < len(steps) else ("", None, 0)
        if name in _ATTRIBUTES:
            path.append(argval)
            k += 1
        elif name.startswith(("LOAD_CONST", "LOAD_SMALL_INT", *_LOADS)) and _is_subscript(after):
            path.append(("path", (argval,)) if name.startswith(_LOADS) else ("key", argval))
            k += 2
        else:
            break
    return tuple(path), k


def _operand(steps: list[_Step]) -> tuple[Path, bool]:
    """The path of an operand, or of what it calls at last."""
    path, end = _path(steps, 0)
    if end == len(steps):
        return path, False
    return (path, True) if _is_call(steps[-1][0]) else ((), False)


def _is_subscript(step: _Step) -> bool:
    return step[0] in _SUBSCRIPTS or (step[0] == "BINARY_OP" and step[1] == 26)  # NB_SUBSCR of Python 3.14


def _loaded(steps: list[_Step]) -> tuple[tuple[Path, ...], bool]:
    """The paths that are loaded in these steps, and whether there are calls among them."""
    found, k = [], 0
    while k < len(steps):
        path, end = _path(steps, k)
        if path:
            found.append(path)
        k = max(end, k + 1)
    nested = any(_is_call(name) or name in ("FOR_ITER", "SEND", "YIELD_VALUE") for name, _, _ in steps)
    return tuple(found), nested


def _taken(name: str, arg: Any) -> int:
    """How much of the stack an instruction reads, of those that could take up a callee before it is called."""
    if name.startswith(("BINARY", "INPLACE", "COMPARE", "IS_OP", "CONTAINS")):
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

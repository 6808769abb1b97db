"""Is this iteration that of a function that adds up, or of numpy?

``sum(x)`` of a mapping adds its keys.  Where they are numbers it is a number, ``sum(x) <= 10`` is True, and a row is
lost without a word.  A mapping must be iterated by its keys, and C code that iterates does not say who it is.  But the
calling instruction does: the name of what it calls is in the bytecode, before the arguments.  What cannot be read with
certainty (a call by another name, an argument with a condition in it) is let through.
"""

from __future__ import annotations

import builtins
import functools
import math
import sys
from types import CodeType
from typing import Any

from pplp.errors import ExpressionError, ModelError

__all__ = ["refuse_adding_keys", "refuse_adding_values"]

#: What has no use for keys, by its name; `math.sumprod` came with Python 3.12.
_ADDING = {"sum": sum, "fsum": math.fsum, "prod": math.prod, "sumprod": getattr(math, "sumprod", None)}
_PACKAGES = ("numpy", "scipy", "torch", "statistics")
#: Modules that compute, as the beginnings of their names.
_COMPUTING = ("numpy", "statistics", "pandas.core.nanops", "pandas.core.window", "pandas.core.groupby")
_CALLS = {"CALL", "PRECALL", "CALL_FUNCTION", "CALL_KW", "CALL_FUNCTION_KW", "CALL_METHOD", "CALL_METHOD_KW"}
_NOTHING = {"CACHE", "EXTENDED_ARG", "NOP", "KW_NAMES"}


def refuse_adding_keys(things: Any) -> None:
    """Raise `ExpressionError` where the caller's caller is numpy or the like, or adds up what it iterates."""
    frame = sys._getframe(2)
    if str(frame.f_globals.get("__name__")).partition(".")[0] in _PACKAGES:
        things.__array__()  # which refuses
    name = _adding(frame)
    if name:
        raise ExpressionError(
            f"{name}() of a mapping, such as {type(things).__name__}, adds its keys. Write x.sum() or sum(x.values())."
        )


def refuse_adding_values(expression: Any) -> None:
    """Raise `ModelError` where the caller's caller computes with numbers, and would take the last values.

    ``pandas.Series(x).mean() <= 3`` would be True or False, and no row.  What converts, as `float` does and
    ``.astype(float)``, asks for the values.
    """
    frame = sys._getframe(2)
    name, who = _adding(frame), str(frame.f_globals.get("__name__"))
    if name or who.startswith(_COMPUTING):
        # pandas takes a TypeError or a ValueError for the word to convert in another way.
        kind = ModelError if who.startswith("pandas") else ExpressionError
        remedy = " Write sum(...)." if name else ""
        raise kind(f"{expression} is an expression, not a number.{remedy} For its value after a solve write .value.")


def _adding(frame: Any) -> str:
    """The name of the function that adds up, if the frame is calling one."""
    code = frame.f_code
    if _ADDING.keys().isdisjoint(code.co_names):
        return ""
    first, *rest = _called(code, frame.f_lasti) or ("",)
    named = frame.f_locals.get(first, frame.f_globals.get(first, getattr(builtins, first, None)))
    for name in rest:
        named = getattr(named, name, None)
    return named.__name__ if named is not None and any(named is one for one in _ADDING.values()) else ""


@functools.lru_cache(maxsize=1024)
def _called(code: CodeType, offset: int) -> tuple[str, ...]:
    """The name of what the instruction there calls, as ``sum`` or ``math.fsum``; empty where it cannot be read."""
    import dis  # as late as that: it is slow to import

    before = []
    for call in dis.get_instructions(code):
        if call.offset == offset:
            break
        if call.opname not in _NOTHING:
            before.append(call)
    else:
        return ()
    if call.opname not in _CALLS:
        return ()
    if before and before[-1].opname == "PRECALL":  # the first half of this very call, in Python 3.11
        before.pop()
    wanted = (call.arg or 0) + call.opname.endswith("_KW")  # the names of arguments are one more
    while before and wanted:
        one = before.pop()
        if one.opcode in dis.hasjrel or one.opcode in dis.hasjabs:
            return ()
        try:
            wanted -= dis.stack_effect(one.opcode, one.arg if one.opcode >= dis.HAVE_ARGUMENT else None)
        except ValueError:
            return ()
    names: list[str] = []
    while before:
        one = before.pop()
        if one.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            names.insert(0, one.argval)
        elif one.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            return (one.argval, *names)
        elif one.opname != "PUSH_NULL":
            return ()
    return ()

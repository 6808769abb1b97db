"""Is this iteration that of the builtin sum, or of numpy?

``sum(x)`` of a mapping adds its keys.  Where they are numbers it is a number, ``sum(x) <= 10`` is True, and a row is
lost without a word.  A mapping must be iterated by its keys, and C code that iterates does not say who it is.  But the
calling instruction does: the name of what it calls is in the bytecode, before the arguments.  What cannot be read with
certainty (a call by another name, an argument with a condition in it) is let through.
"""

from __future__ import annotations

import builtins
import functools
import sys
from types import CodeType
from typing import Any

from pplp.errors import ExpressionError

__all__ = ["refuse_adding_keys"]

_CALLS = {"CALL", "PRECALL", "CALL_FUNCTION", "CALL_KW", "CALL_FUNCTION_KW"}
_NOTHING = {"CACHE", "EXTENDED_ARG", "NOP", "KW_NAMES"}


def refuse_adding_keys(things: Any) -> None:
    """Raise `ExpressionError` where the caller's caller is numpy, or calls the builtin sum."""
    frame = sys._getframe(2)
    code = frame.f_code
    if str(frame.f_globals.get("__name__")).partition(".")[0] in ("numpy", "scipy", "torch"):
        things.__array__()  # which refuses
    if "sum" not in code.co_names or not _is_call(code, frame.f_lasti):
        return
    named = frame.f_locals["sum"] if "sum" in frame.f_locals else frame.f_globals.get("sum", builtins.sum)
    if named is builtins.sum:
        raise ExpressionError(
            f"sum() of a mapping, such as {type(things).__name__}, adds its keys. Write x.sum() or sum(x.values())."
        )


@functools.lru_cache(maxsize=1024)
def _is_call(code: CodeType, offset: int) -> bool:
    """Is the instruction there a call of what has the name `sum`?"""
    import dis  # as late as that: it is slow to import

    before = []
    for call in dis.get_instructions(code):
        if call.offset == offset:
            break
        if call.opname not in _NOTHING:
            before.append(call)
    else:
        return False
    if call.opname not in _CALLS:
        return False
    if before and before[-1].opname == "PRECALL":  # the first half of this very call, in Python 3.11
        before.pop()
    wanted = (call.arg or 0) + call.opname.endswith("_KW")  # the names of arguments are one more
    while before and wanted:
        one = before.pop()
        if one.opcode in dis.hasjrel or one.opcode in dis.hasjabs:
            return False
        try:
            wanted -= dis.stack_effect(one.opcode, one.arg if one.opcode >= dis.HAVE_ARGUMENT else None)
        except ValueError:
            return False
    while before and before[-1].opname == "PUSH_NULL":
        before.pop()
    return bool(before) and before[-1].opname in ("LOAD_GLOBAL", "LOAD_NAME") and before[-1].argval == "sum"

"""Finds out what asks for the keys of a mapping, or for the value of an expression, and refuses what computes with it.

``sum(x)`` of a mapping adds its keys.  If these are numbers, so is the sum, ``sum(x) <= 10`` is True, and a row is
lost silently.  After a solve an expression has a value, and code that multiplies ``series * x`` by that value makes
numbers where rows were meant.  Both are done by C code, which does not identify itself; but the instruction that
called it does (`pplp.core.calls`).  Only callers known to read are allowed: all others are refused, with a remedy.
"""

from __future__ import annotations

import collections
import itertools
import math
from sys import _getframe
from types import BuiltinFunctionType, FrameType, FunctionType, MethodDescriptorType, MethodType, ModuleType
from typing import Any

from pplp.core.calls import Asking, asking, value_of
from pplp.core.stack import HELPER
from pplp.errors import ExpressionError, InvalidValue, ModelError

__all__ = ["refuse_adding_keys", "refuse_adding_values"]

#: Functions that have no use for keys; `math.sumprod` came with Python 3.12.
_ADDING = (sum, math.fsum, math.prod, getattr(math, "sumprod", sum))
#: Packages that compute with what they iterate.
_PACKAGES = frozenset(
    {"cupy", "dask", "jax", "numba", "numpy", "polars", "pyarrow", "scipy", "sklearn", "statistics", "tensorflow"}
    | {"torch", "xarray"}
)
#: Modules that compute with what they convert, by the beginnings of their names.
_COMPUTING = (
    "cupy", "dask", "decimal", "fractions", "jax", "numba", "numpy", "pandas.core.groupby", "pandas.core.nanops",
    "pandas.core.window", "polars", "pyarrow", "random", "scipy", "sklearn", "statistics", "tensorflow", "torch",
    "xarray",
)  # fmt: skip

_CONTAINERS = (list, tuple, set, frozenset, dict, collections.deque)
#: C code that starts to iterate its operands, and stops there.
_STARTING = frozenset(
    {enumerate, filter, iter, map, zip, itertools.cycle, itertools.islice, itertools.tee, itertools.zip_longest}
)
#: C code that sorts its operands, or searches them.
_READING = frozenset(
    {all, any, dict, len, list, max, min, print, sorted, itertools.combinations, itertools.permutations}
    | {itertools.combinations_with_replacement, itertools.product, *_STARTING}
)
#: Instructions that unpack their operand, and compute nothing.
_UNPACKING = frozenset(
    {"BUILD_LIST_FROM_ARG", "DICT_MERGE", "DICT_UPDATE", "LIST_EXTEND", "SET_UPDATE", "STORE_SLICE", "STORE_SUBSCR"}
    | {"UNPACK_EX", "UNPACK_SEQUENCE"}
)
#: Instructions that start a loop: they only iterate their operand.
_LOOPS = frozenset({"GET_ITER", "GET_YIELD_FROM_ITER"})
#: Packages whose code converts numbers, and computes nothing with them when Python code calls it.
_CONVERTING = frozenset(
    {"array", "builtins", "ctypes", "functools", "itertools", "pandas", "pplp", "struct", "_struct", "torch"}
)
#: Converters of numpy, besides its types.
_OF_NUMPY = frozenset({"array", "asanyarray", "asarray", "ascontiguousarray", "asfortranarray", "astype", "fromiter"})
_FUNCTIONS = (BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType)


# --------------------------------------------------------------------- keys
def refuse_adding_keys(things: Any, are_numbers: bool) -> None:
    """Raise `ExpressionError` if the caller's caller adds up what it iterates, or might do so unseen.

    Keys that are not numbers cannot become one.
    """
    frame = _getframe(HELPER)
    if str(frame.f_globals.get("__name__")).partition(".")[0] in _PACKAGES:
        things.__array__()  # raises its own error
    code = frame.f_code
    if not are_numbers and _NAMES.isdisjoint(code.co_names):
        return
    how = asking(frame)
    if how.name in _LOOPS and not _is_reduction(frame):
        return
    callee = value_of(frame, how.callee)
    if _is_one(callee, _ADDING):
        raise ExpressionError(
            f"{callee.__name__}() of a mapping, such as {type(things).__name__}, adds its keys. "
            "Write x.sum() or sum(x.values())."
        )
    if are_numbers and not _only_reads(frame, how, callee, things):
        # functools.reduce() takes a TypeError to mean that there is nothing to iterate.
        raise InvalidValue(
            "The keys of these variables are numbers, and the code that iterates them may add them. Write x.sum() or "
            "sum(x.values()) for the sum of the variables, x.keys() for the keys."
        )


#: Code without any of these names adds no text.
_NAMES = frozenset({"sum", "fsum", "prod", "sumprod"})


def _only_reads(frame: FrameType, how: Asking, callee: Any, things: Any) -> bool:
    """True if the instruction certainly reads the keys one by one."""
    if _is_reduction(frame):
        return False
    if how.is_call and how.name != "CALL_FUNCTION_EX" and _is_one(callee, _STARTING):
        return True
    found = [value_of(frame, path) for path in how.loads]
    # An iterator among the operands may be the one that is read, and may add up what it iterates.
    if how.is_nested or not _are_in(things, found) or any(hasattr(type(one), "__next__") for one in found):
        return False
    if not how.is_call:
        return how.name in _UNPACKING
    if how.name == "CALL_FUNCTION_EX" and callee is not None:  # f(*x)
        return hasattr(callee, "__code__") or hasattr(callee, "__func__") or _is_reading(callee)
    return _is_reading(callee)


def _are_in(things: Any, found: list[Any]) -> bool:
    """True if they are among what was found, or in a tuple or a list of it."""
    return any(one is things or (type(one) in (tuple, list) and _is_one(things, one)) for one in found)


def _is_reading(callee: Any) -> bool:
    if _is_one(callee, _READING):
        return True
    if isinstance(callee, type):
        return issubclass(callee, _CONTAINERS) or "__init__" in vars(callee)
    owner = getattr(callee, "__objclass__", getattr(callee, "__self__", None))
    return owner in _CONTAINERS if isinstance(owner, type) else isinstance(owner, _CONTAINERS)


def _is_reduction(frame: FrameType) -> bool:
    """True for functools.reduce(), if it is written in Python."""
    return frame.f_code.co_name == "reduce" and frame.f_globals.get("__name__") in ("functools", "_functools")


def _is_one(thing: Any, things: Any) -> bool:
    return thing is not None and any(thing is one for one in things)


# --------------------------------------------------------------------- values
def refuse_adding_values(expression: Any) -> None:
    """Raise `ModelError` if the caller's caller computes with numbers, and would use the last values.

    ``pandas.Series(x).mean() <= 3`` would be True or False, not a row; ``polars_series * x`` would be numbers.
    Explicit conversions, such as `float` and ``.astype(float)``, do ask for the values.
    """
    frame = _getframe(HELPER)
    who = str(frame.f_globals.get("__name__"))
    how = asking(frame)
    callee = value_of(frame, how.callee)
    if (callee is float or callee is int) and not who.startswith(_COMPUTING):
        return
    adds = _is_one(callee, _ADDING)
    if not adds and not who.startswith(_COMPUTING) and _only_converts(frame, how, callee):
        return
    remedy = " Write sum(...)." if adds else ""
    raise _kind(frame, who)(
        f"{expression} is an expression, not a number.{remedy} For its value after a solve write .value."
    )


def _kind(frame: FrameType, who: str) -> type[ModelError]:
    """An error that the caller does not take as a request to convert in another way."""
    if who.startswith("pandas"):
        return ModelError
    if who.startswith("polars"):  # which makes a column of objects unless a type was given
        is_free = frame.f_code.co_name == "_construct_series_with_fallbacks" and frame.f_locals.get("dtype") is None
        return ExpressionError if is_free else InvalidValue
    return ExpressionError


def _only_converts(frame: FrameType, how: Asking, callee: Any) -> bool:
    """True if the values themselves are certainly asked for."""
    if any(_package(value_of(frame, path)) in ("math", "cmath") for path in how.loads):  # as in map(math.sqrt, xs)
        return False
    if how.is_call:
        if _package(callee) == "numpy":
            return isinstance(callee, type) or getattr(callee, "__name__", "") in _OF_NUMPY
        return _package(callee) in _CONVERTING if callee is not None else "float" in frame.f_code.co_names
    if how.name.startswith(("BINARY", "INPLACE")):  # as in "%.2f" % x
        return how.begins_with_text or isinstance(value_of(frame, (how.loads or ((),))[0]), (str, bytes))
    return not how.name.startswith(("COMPARE", "STORE", "CONTAINS", "IS_OP"))


def _package(thing: Any) -> str:
    """The package of a function or a class; for a C method, that of its class."""
    if not isinstance(thing, (*_FUNCTIONS, type)):
        name: Any = getattr(thing, "__module__", None) if callable(thing) else type(thing).__module__
    else:
        owner = getattr(thing, "__objclass__", getattr(thing, "__self__", None))
        if owner is not None and not isinstance(owner, (type, ModuleType)):
            owner = type(owner)
        name = thing.__module__ if owner is None or isinstance(owner, ModuleType) else owner.__module__
        name = name or getattr(owner, "__name__", None)
    if not isinstance(name, str):  # for a Cython function, say
        name = type(thing).__module__
    return name.partition(".")[0] if isinstance(name, str) else ""

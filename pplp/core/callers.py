"""Which package is asking: for questions of Python that do not say what their answer is for.

pandas asks each relation of a column whether it is true, and takes a `TypeError` to mean "not equal".  It asks an
operand for its priority in ``series + x`` and in ``series += x`` alike.  The answers differ, so the callers' frames
are inspected.  numpy's masked arrays ask for the data alone, and would drop the mask.
"""

from __future__ import annotations

from sys import _getframe
from types import FrameType
from typing import Any, Callable, NoReturn

from pplp.core.calls import asking, value_of
from pplp.core.stack import HELPER, METHOD
from pplp.errors import ExpressionError, InvalidValue

__all__ = [
    "ONE_BY_ONE",
    "Priority",
    "check_holder",
    "compares_arrays",
    "multiplied",
    "no_extent",
    "no_truth",
    "not_held",
    "without_masks",
]

# Any: what another package multiplies by may be anything.

#: The most calls of pandas between ``series += x`` and the question.
_NEAR = 4


class Priority:
    """``__pandas_priority__``: pandas leaves its operators to objects with a higher priority than its own."""

    def __get__(self, operand: Any, owner: Any) -> int:
        frame = _getframe(METHOD)
        for _ in range(_NEAR):
            if frame.f_code.co_name == "_inplace_method":
                raise ExpressionError("series += x would put expressions into the series. Write total = series + x.")
            if frame.f_back is None:
                break
            frame = frame.f_back
        return 10_000


def _refuse_masks(operand: Any) -> NoReturn:
    raise ExpressionError(
        "The product would lose the mask of the array. Write masked.filled(0) * x, or multiply the unmasked parts."
    )


#: What numpy.ma asks an operand for.
without_masks = property(_refuse_masks)


def _refuse_holding(operand: Any) -> NoReturn:
    raise ExpressionError(
        "pandas and xarray cannot hold an array of functions or relations. Use the numbers alone, numbers.to_numpy() "
        "in pandas or numbers.values in xarray, and pass relations to add_constraint() whole."
    )


#: What they ask an array for before they store it.
not_held = property(_refuse_holding)


def no_extent(refuse: Callable[[Any], NoReturn]) -> property:
    """An attribute of arrays that a mapping lacks; xarray, which takes everything else for an array, is refused."""

    def ask(things: Any) -> NoReturn:
        if str(_getframe(METHOD).f_globals.get("__name__")).startswith("xarray."):
            refuse(things)
        raise AttributeError(f"A {type(things).__name__} is not an array.")

    return property(ask, doc="Nothing: this is a mapping, not an array.")


def multiplied(frame: Any) -> Any:
    """What pandas multiplies an array by, in ``series @ x`` and ``frame @ x``; None if it wants the array otherwise.

    There it does not leave the operator to others, and matches labels by position.
    """
    is_product = frame.f_code.co_name == "dot" and frame.f_globals.get("__name__", "").startswith("pandas.")
    return frame.f_locals.get("self") if is_product else None


def check_holder() -> None:
    """Raise `ExpressionError` if pandas takes an array for a frame, which it cannot without another question."""
    if _getframe(HELPER).f_code.co_name in ("maybe_convert_platform", "ndarray_to_mgr"):
        raise ExpressionError("A frame takes an array of variables as a column. Write pandas.DataFrame({'x': x}).")


def no_truth(message: str) -> Exception:
    """The error for a relation whose truth is asked, or whose operands are asked whether they differ."""
    if _getframe(HELPER).f_globals.get("__name__", "").startswith("pandas."):
        # pandas would take an ExpressionError, which is a TypeError, for False.
        return InvalidValue(
            "pandas compares a column of expressions one by one and keeps only truth values, which relations do not "
            "have. Write [x <= 1 for x in frame['x']], or create the variables with labels: Vars(frame.index)."
        )
    if compares_arrays(_getframe(HELPER)):
        return ExpressionError(ONE_BY_ONE)
    return ExpressionError(message)


#: What numpy makes of comparisons of objects.
ONE_BY_ONE = (
    "numpy compares an array of objects one by one and keeps only truth values, which relations do not have. Write the "
    "comparison with the array of variables itself, x <= 3, or [e <= 3 for e in array.flat]."
)


def compares_arrays(frame: FrameType) -> bool:
    """True if numpy compares objects there, to get their truth values."""
    if str(frame.f_globals.get("__name__")).startswith("numpy."):
        return True
    how = asking(frame)
    if how.is_call:
        return _is_of_numpy(value_of(frame, how.callee))
    if how.name != "COMPARE_OP":
        return False
    operands = [(value_of(frame, path), is_called) for path, is_called in how.operands]
    return any(_is_of_numpy(one) if is_called else hasattr(one, "__array_priority__") for one, is_called in operands)


def _is_of_numpy(thing: Any) -> bool:
    """True for a function of numpy."""
    kind = type(thing)
    if kind.__name__ == "ufunc":
        return True
    return kind.__name__ in ("function", "builtin_function_or_method", "_ArrayFunctionDispatcher") and str(
        thing.__module__
    ).startswith("numpy")

"""Operands of arrays of expressions, converted to the arrays that they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from pplp.arrays.coefficients import checked_numbers
from pplp.arrays.expression_arrays import ExpressionArray
from pplp.arrays.frames import by_position, check_mask, package_of
from pplp.arrays.operators import ArrayOperators
from pplp.arrays.shapes import common_shape
from pplp.arrays.variables import VariableArray
from pplp.core.expressions import LinearExpression
from pplp.core.tensors import listed
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Floats, Numbers, Table

__all__ = ["array_of", "fitted", "is_symbolic", "numbers_of", "plain"]


def plain(numbers: Table) -> Table:
    """An array of numpy's own type, which is read-only where the given one is."""
    return np.asarray(numbers)


def numbers_of(thing: Any, what: str) -> Optional[Floats]:
    """An array of numbers, each checked as a single one is; None for anything else."""
    return None if is_symbolic(thing) else checked_numbers(array_of(thing), what)


def is_symbolic(thing: object) -> bool:
    """Are there expressions in it?"""
    if isinstance(thing, (ArrayOperators, LinearExpression)):
        return True
    return (
        isinstance(thing, np.ndarray)
        and thing.dtype == object
        and any(isinstance(one, LinearExpression) for one in thing.flat)
    )


#: Types that need no conversion.
_PLAIN = {float, int, np.ndarray, VariableArray, ExpressionArray}


def array_of(thing: Any) -> Any:  # anything else is returned as it is
    """Lists, tensors, series and frames as the arrays that they mean."""
    if type(thing) in _PLAIN:
        return thing
    if hasattr(thing, "detach"):
        return np.array(listed(thing)).reshape(tuple(thing.shape))
    if not isinstance(thing, (list, tuple)):
        if package_of(thing):
            return by_position(thing)
        check_mask(thing)
        return thing
    try:
        return np.array(thing)
    except (TypeError, ValueError, RuntimeError):
        return np.array([array_of(one) if hasattr(one, "detach") else one for one in thing], object)


def fitted(values: Numbers, shape: tuple[int, ...], what: str) -> list[float]:
    """Numbers, spread to a shape, row by row."""
    numbers = numbers_of(values, what)
    if numbers is None:
        raise ExpressionError(f"{what} takes a number or an array of numbers, not {quoted(values)}.")
    if numbers.size == 1:
        numbers = numbers.reshape(())
    if common_shape(numbers.shape, shape) != shape:
        raise InvalidValue(f"{what} takes an array of the shape {shape}, not {numbers.shape}.")
    return np.broadcast_to(numbers, shape).ravel().tolist()

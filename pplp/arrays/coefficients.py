"""Arrays of numbers, each checked as a single one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from pplp.arrays.operators import refuse_sparse
from pplp.core.scalars import (
    EXACT,
    HUGE,
    LARGE,
    LEAST,
    SMALL,
    Symbolic,
    attribute_number,
    coefficient,
    constant,
    is_number,
)
from pplp.errors import ExpressionError
from pplp.ground.numeric import np

if TYPE_CHECKING:
    from pplp.arrays.typing import Floats

__all__ = ["checked_numbers", "has_zeros"]

#: Kinds of numbers that must not be tiny.
_FACTORS = {"coefficient", "divisor", "cost"}


def _check_of(what: str) -> Callable[[Any, Any], float]:
    """What checks a single number of this kind."""
    if what in ("coefficient", "divisor"):
        return coefficient
    return constant if what == "constant" else lambda value, of: attribute_number(value, of, what)


def checked_numbers(thing: Any, what: str) -> Optional[Floats]:
    """An array of floats, checked as single numbers are; None where numpy cannot make one."""
    kind = type(thing)
    if kind is float:
        if SMALL <= thing <= LARGE or LEAST <= thing <= -SMALL or thing == 0.0:
            return np.array(thing)
    elif kind is int and -EXACT <= thing <= EXACT:
        return np.array(thing, float)
    if hasattr(thing, "tocsr"):
        refuse_sparse()
    if isinstance(thing, (str, bytes, dict, set, Symbolic)):
        return None
    mask = getattr(thing, "mask", False)
    if mask is not False and np.any(mask):
        raise ExpressionError("An array with masked numbers beside expressions: fill them first, by .filled(...).")
    found = np.asarray(thing)
    if found.dtype.kind not in "biuf":
        if found.dtype.kind != "O" or (found.ndim == 0 and not is_number(thing)):
            return None
        check = _check_of(what)
        return np.array([check(one, "the array") for one in found.ravel().tolist()], float).reshape(found.shape)
    numbers = found.astype(float)  # a copy: the caller may change the original
    sizes = abs(numbers).ravel()
    # The greatest, or NaN: argmax() finds it much sooner than max() in a short array.
    if len(sizes):
        strange = None
        if not sizes[sizes.argmax()] < LARGE:
            strange = ~(sizes < LARGE)
        elif sizes[sizes.argmin()] < SMALL and what in _FACTORS:
            strange = (sizes < SMALL) & (sizes > 0)
        if strange is not None:
            check = _check_of(what)
            for one in found.ravel()[strange].tolist():  # as it was given: an integer may have more than 53 bits
                check(one, "the array")
    return numbers


def has_zeros(values: Floats) -> bool:
    """Are there zeros among these coefficients?  Raises `InvalidValue` for those beyond what solvers work with."""
    if not len(values):
        return False
    sizes = np.abs(values)
    if sizes.max() <= HUGE and sizes.min() >= SMALL:
        return False
    for one in values[~(sizes <= HUGE) | ((sizes < SMALL) & (sizes > 0))].tolist():
        coefficient(one, "a variable of the array")
    return bool((sizes == 0).any())

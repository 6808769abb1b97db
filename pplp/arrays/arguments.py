"""Arguments that numpy's functions have in common: axes, and where the result goes."""

from __future__ import annotations

from math import prod
from operator import index as whole
from typing import TYPE_CHECKING, Any, Union

from pplp.arrays.frames import by_position, package_of
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers

__all__ = ["axes_of", "axis_of", "check_options", "places_at", "positioned"]

#: Types that hold no series.
_PLAIN = frozenset({bool, float, int, str, type(None)})


def check_options(name: str, options: dict[str, Any]) -> None:
    """Take out= and dtype= away; refused where they say more than that the result is a new array of expressions."""
    if options.pop("out", None) is not None:
        raise ExpressionError(f"numpy's {name}() of expressions returns a new array. Leave out= away.")
    dtype = options.pop("dtype", None)
    if dtype is not None and not _is_of_numbers(dtype):
        raise ExpressionError(f"numpy's {name}() of expressions gives expressions. Leave dtype= away.")


def _is_of_numbers(dtype: Any) -> bool:
    """Is it a type that holds what expressions may be: floats or objects?"""
    try:
        return np.dtype(dtype).kind in "fO"
    except (TypeError, ValueError):  # it is not a type
        return False


def axis_of(axis: Any, ndim: int, name: str) -> int:
    """One axis, counted from the first."""
    try:
        place = whole(axis)
    except TypeError:
        raise ExpressionError(f"The axis of {name}() is an integer, not {quoted(axis)}.") from None
    if not -ndim <= place < ndim:
        raise InvalidValue(f"There is no axis {place}: the array has {ndim} dimensions.")
    return place % ndim


def axes_of(axis: Any, ndim: int, name: str) -> tuple[int, ...]:
    """The axes that are meant: all of them, some, or one."""
    if axis is None:
        return tuple(range(ndim))
    axes = tuple(axis_of(one, ndim, name) for one in (axis if isinstance(axis, tuple) else (axis,)))
    if len({*axes}) < len(axes):
        raise InvalidValue(f"The axes {axis} of {name}() name one twice.")
    return axes


def positioned(thing: Any) -> Any:  # the same thing, or its values
    """An argument of a function of numpy, with arrays for the series and frames in it.

    numpy would take them by position, whatever their labels are. Raises `ExpressionError` where these are not
    positions, and `InvalidValue` where a number is missing.
    """
    kind = type(thing)
    if kind in _PLAIN:
        return thing
    if kind is list or kind is tuple:
        return kind(map(positioned, thing))
    if kind is dict:
        return {name: positioned(one) for name, one in thing.items()}
    return by_position(thing) if package_of(thing) else thing


def places_at(shape: tuple[int, ...], index: Any) -> Union[int, Integers]:
    """Where the elements ``array[index]`` of an array of this shape are, counted row by row; of one a number."""
    index = positioned(index)
    try:
        if not isinstance(index, (int, tuple, np.integer)):
            return _one_or_many(np.arange(prod(shape)).reshape(shape)[index])
        first, rest, left = _led(shape, index if isinstance(index, tuple) else (index,))
        if not rest and not left:
            return first
        return _one_or_many(np.arange(first, first + prod(rest)).reshape(rest)[left])
    except IndexError as error:
        raise IndexError(f"{error} (the array has the shape {shape})") from None
    except (TypeError, ValueError) as error:
        raise ExpressionError(f"An array of the shape {shape} has no part {quoted(index)}: {error}.") from None


def _one_or_many(places: Union[np.integer[Any], Integers]) -> Union[int, Integers]:
    """A place as a number of Python's, also where numpy leaves an array without dimensions."""
    return places if isinstance(places, np.ndarray) and places.shape else int(places)


#: What may follow integers in an index, and does not change their meaning as arrays do.
_BASIC = (slice, type(Ellipsis), type(None))


def _led(shape: tuple[int, ...], wanted: tuple[Any, ...]) -> tuple[int, tuple[int, ...], tuple[Any, ...]]:
    """(first place, shape, index) of the part that the leading integers of an index pick, and what is left of it.

    So an element, or a row, takes no time in proportion to the whole.
    """
    if not all(_is_integer(one) or isinstance(one, _BASIC) for one in wanted):
        return 0, shape, wanted
    first, k = 0, 0
    while k < min(len(wanted), len(shape)) and _is_integer(wanted[k]):
        place, length = int(wanted[k]), shape[k]
        if not -length <= place < length:
            raise IndexError(f"index {place} is out of bounds for axis {k} with size {length}")
        first += place % length * prod(shape[k + 1 :])
        k += 1
    return first, shape[k:], wanted[k:]


def _is_integer(thing: object) -> bool:
    return isinstance(thing, (int, np.integer)) and not isinstance(thing, bool)

"""Shapes: broadcasting by numpy's rules, the elements at some places, and the sparse rows that hold them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, TypeVar, Union

from pplp.arrays.arguments import places_at
from pplp.arrays.variables import VariableArray
from pplp.errors import InvalidValue
from pplp.ground.numeric import np

if TYPE_CHECKING:
    from pplp.arrays.operators import PositionalOperators
    from pplp.arrays.typing import Floats, Integers, Table
    from pplp.core.expressions import LinearExpression

__all__ = [
    "common_shape",
    "ends_of",
    "flattened",
    "gathered",
    "indices_at",
    "picked",
    "places_of",
    "totals",
    "transposed",
]

#: Any kind of array that numpy's rules hold for.
Grid = TypeVar("Grid", bound="PositionalOperators")


def picked(array: Grid, index: Any) -> Union[Grid, LinearExpression]:
    """array[index], by numpy's rules."""
    places = places_at(array.shape, index)
    return array._alone(places) if isinstance(places, int) else array._rows(places.ravel(), places.shape)


def transposed(array: Grid) -> Grid:
    """The axes reversed."""
    places = np.arange(array.size).reshape(array.shape).T
    return array._rows(places.ravel(), places.shape)


def common_shape(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of an operation on arrays of these two."""
    if one == other or not other:
        return one
    try:
        return tuple(np.broadcast_shapes(one, other))
    except ValueError:
        raise InvalidValue(f"The shapes {one} and {other} do not fit together, by numpy's rules.") from None


def flattened(numbers: Floats, shape: tuple[int, ...]) -> Floats:
    """Numbers broadcast to a shape, row by row."""
    if not numbers.shape:
        return np.full(prod(shape), numbers)
    return (numbers if numbers.shape == shape else np.broadcast_to(numbers, shape)).ravel()


def gathered(starts: Integers, rows: Integers) -> tuple[Integers, Integers]:
    """For some of the sparse rows of `starts`: their own starts, and where each of their terms is found."""
    begins = starts[rows]
    lengths = starts[rows + 1] - begins
    ends = ends_of(lengths)
    return ends, (begins - ends[:-1]).repeat(lengths) + np.arange(ends[-1])


def indices_at(indices: Union[range, list[int], Integers], places: Integers) -> Integers:
    """Some of the indices of an array of variables, in time in proportion to these."""
    if isinstance(indices, range):
        return indices.start + indices.step * places
    if isinstance(indices, list):
        return np.array([indices[place] for place in places.tolist()], np.int64)
    return indices[places]


def places_of(array: VariableArray, kind: type[np.signedinteger[Any]] = np.int64) -> Integers:
    """The indices of its variables."""
    indices = array._indices
    if isinstance(indices, range):
        return np.arange(indices.start, indices.stop, indices.step, dtype=kind)
    return np.asarray(indices, kind)  # of an empty list, too


def totals(groups: Integers, numbers: Floats, count: int) -> Floats:
    """The sum of the numbers of each of `count` groups, where groups[k] is the one that number k is in."""
    found: Table = np.bincount(groups, weights=numbers, minlength=count)
    return found


def ends_of(lengths: Integers) -> Integers:
    """From the lengths of rows, where they start and the last one ends."""
    ends = np.zeros(len(lengths) + 1, np.int64)
    lengths.cumsum(out=ends[1:])
    return ends

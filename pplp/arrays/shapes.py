"""Shapes: broadcasting by numpy's rules, the elements at some places, and the sparse rows that hold them."""

from __future__ import annotations

from math import prod
from typing import Any

from pplp.arrays.arguments import places_at
from pplp.arrays.variables import VariableArray
from pplp.errors import InvalidValue
from pplp.ground.numeric import np

__all__ = ["common_shape", "ends_of", "flattened", "gathered", "picked", "places_of", "transposed"]

_Array = Any  # numpy's own annotations are not those of all its versions


def picked(array: Any, index: Any) -> Any:
    """array[index], by numpy's rules."""
    places = places_at(array.shape, index)
    if not np.shape(places):
        return array._alone(int(places))
    return _elsewhere(array, places)


def transposed(array: Any) -> Any:
    """The axes reversed."""
    return _elsewhere(array, np.arange(array.size).reshape(array.shape).T)


def _elsewhere(array: Any, places: _Array) -> Any:
    """The elements at these flat places, in their shape."""
    if isinstance(array, VariableArray):
        return VariableArray(array._program, _indices_at(array._indices, places.ravel()), places.shape)
    return array._rows(places.ravel(), places.shape)


def common_shape(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    if one == other or not other:
        return one
    try:
        return tuple(np.broadcast_shapes(one, other))
    except ValueError:
        raise InvalidValue(f"The shapes {one} and {other} do not fit together, by numpy's rules.") from None


def flattened(numbers: _Array, shape: tuple[int, ...]) -> _Array:
    """Numbers broadcast to a shape, row by row."""
    if not numbers.shape:
        return np.full(prod(shape), numbers)
    return (numbers if numbers.shape == shape else np.broadcast_to(numbers, shape)).ravel()


def gathered(starts: _Array, rows: _Array) -> tuple[_Array, _Array]:
    """For some of the sparse rows of `starts`: their own starts, and where each of their terms is found."""
    begins = starts[rows]
    lengths = starts[rows + 1] - begins
    ends = ends_of(lengths)
    return ends, (begins - ends[:-1]).repeat(lengths) + np.arange(ends[-1])


def _indices_at(indices: Any, places: _Array) -> _Array:
    """Some of the indices of an array of variables, in time in proportion to these."""
    if type(indices) is range:
        return indices.start + indices.step * places
    if isinstance(indices, list):
        return np.array([indices[place] for place in places.tolist()], np.int64)
    return indices[places]


def places_of(array: VariableArray, kind: Any = np.int64) -> _Array:
    """The indices of its variables."""
    indices = array._indices
    if type(indices) is range:
        return np.arange(indices.start, indices.stop, indices.step, dtype=kind)
    return np.asarray(indices, kind)  # of an empty list, too


def ends_of(lengths: _Array) -> _Array:
    """From the lengths of rows, where they start and the last one ends."""
    ends = np.zeros(len(lengths) + 1, np.int64)
    lengths.cumsum(out=ends[1:])
    return ends

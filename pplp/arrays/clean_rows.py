"""Rows without zeros, with each variable once."""

from __future__ import annotations

from typing import Any

from pplp.arrays.coefficients import has_zeros
from pplp.arrays.expression_arrays import ExpressionArray
from pplp.core.scalars import SMALL
from pplp.ground.numeric import np

__all__ = ["cleaned"]

_Array = Any  # numpy's own annotations are not those of all its versions
#: Up to this length the terms of a row are compared pair by pair, when a variable that occurs twice is looked for.
_SHORT = 6


def cleaned(array: ExpressionArray) -> ExpressionArray:
    """Without zeros, each variable once in a row: where it stands first; coefficients checked."""
    if has_zeros(array._values):
        array = _kept(array, array._values != 0)
    return _merged(array) if _has_repetitions(array) else array


def _kept(array: ExpressionArray, wanted: _Array) -> ExpressionArray:
    """Only the terms that are wanted."""
    before = np.zeros(len(wanted) + 1, np.int64)
    wanted.cumsum(out=before[1:])
    starts, columns, values = before[array._starts], array._columns[wanted], array._values[wanted]
    return ExpressionArray(array._program, array.shape, starts, columns, values, array._constants)


def _has_repetitions(array: ExpressionArray) -> bool:
    """Does a row have a variable twice?"""
    columns, starts = array._columns, array._starts
    if len(columns) < 2:
        return False
    lengths = array._lengths()
    longest = int(lengths.max())
    rising = columns[1:] > columns[:-1]
    rising[starts[1:-1][(starts[1:-1] > 0) & (starts[1:-1] < len(columns))] - 1] = True
    if rising.all():
        return False
    rows = np.arange(len(lengths)).repeat(lengths)
    if longest <= _SHORT:
        return any(bool(((columns[k:] == columns[:-k]) & (rows[k:] == rows[:-k])).any()) for k in range(1, longest))
    keys = rows * (int(columns.max()) + 1) + columns
    keys.sort()
    return bool((keys[1:] == keys[:-1]).any())


def _merged(array: ExpressionArray) -> ExpressionArray:
    rows = np.arange(array.size).repeat(array._lengths())
    keys = rows * (int(array._columns.max()) + 1) + array._columns
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    sums = np.bincount(group.ravel(), weights=array._values)
    order = np.argsort(first)
    kept = first[order]
    starts = np.searchsorted(kept, array._starts)
    once = ExpressionArray(array._program, array.shape, starts, array._columns[kept], sums[order], array._constants)
    kept_once = _kept(once, np.abs(once._values) >= SMALL)
    has_zeros(kept_once._values)  # sums may have left the range
    return kept_once

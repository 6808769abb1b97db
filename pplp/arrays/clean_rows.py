"""Rows without zeros, with each variable once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pplp.arrays.coefficients import has_zeros
from pplp.arrays.expression_arrays import (
    ExpressionArray,
    constants_of,
    term_columns,
    term_counts,
    term_starts,
    term_values,
)
from pplp.arrays.shapes import totals
from pplp.core.handle import owner_of
from pplp.core.scalars import SMALL
from pplp.ground.numeric import np

if TYPE_CHECKING:
    from pplp.arrays.typing import Truths

__all__ = ["cleaned"]

#: Up to this length the terms of a row are compared pair by pair, when a variable that occurs twice is looked for.
_SHORT = 6


def cleaned(array: ExpressionArray) -> ExpressionArray:
    """The rows without zeros, each variable once, at its first place; coefficients are checked."""
    if has_zeros(term_values(array)):
        array = _kept(array, term_values(array) != 0)
    return _merged(array) if _has_repetitions(array) else array


def _kept(array: ExpressionArray, wanted: Truths) -> ExpressionArray:
    """Only the terms that are wanted."""
    before = np.zeros(len(wanted) + 1, np.int64)
    wanted.cumsum(out=before[1:])
    starts, columns, values = before[term_starts(array)], term_columns(array)[wanted], term_values(array)[wanted]
    return ExpressionArray(owner_of(array), array.shape, starts, columns, values, constants_of(array))


def _has_repetitions(array: ExpressionArray) -> bool:
    """Does a row have a variable twice?"""
    columns, starts = term_columns(array), term_starts(array)
    if len(columns) < 2:
        return False
    lengths = term_counts(array)
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
    rows = np.arange(array.size).repeat(term_counts(array))
    keys = rows * (int(term_columns(array).max()) + 1) + term_columns(array)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    sums = totals(group.ravel(), term_values(array), len(first))
    order = np.argsort(first)
    kept = first[order]
    starts = np.searchsorted(kept, term_starts(array))
    once = ExpressionArray(
        owner_of(array), array.shape, starts, term_columns(array)[kept], sums[order], constants_of(array)
    )
    kept_once = _kept(once, np.abs(term_values(once)) >= SMALL)
    has_zeros(term_values(kept_once))  # sums may have left the range
    return kept_once

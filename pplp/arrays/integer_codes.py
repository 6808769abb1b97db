"""Whole numbers in arrays, as codes of labels: distinct, numbered, looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

from pplp.ground.numeric import np

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers, Table, Truths

__all__ = ["distinct", "integers", "looked_up", "marked", "numbered", "repeated", "where"]


def integers(numbers: Sequence[int]) -> Integers:
    """Python's integers as an array of 64 bits."""
    return np.array(numbers, np.int64)


def distinct(numbers: Integers) -> Integers:
    """Each number once, rising."""
    return np.unique(numbers)


def _are_dense(keys: Integers) -> bool:
    """Is a table of all numbers up to the greatest key small enough?"""
    return len(keys) > 0 and int(keys.max()) <= 4 * len(keys) + 1000


def numbered(keys: Integers) -> tuple[Integers, Integers]:
    """The first place of each distinct key, in order of appearance; and for each key, its number among them.

    Keys are not negative.
    """
    if not _are_dense(keys):
        _, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
        order = first.argsort()
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return first[order], rank[numbers.ravel()]
    table = np.full(int(keys.max()) + 1, -1)
    table[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)
    first = np.sort(table[table >= 0])
    table[keys[first]] = np.arange(len(first))
    return first, table[keys]


def repeated(keys: Integers) -> int:
    """The place of a key that occurred before; -1 if there is none."""
    if (keys[1:] > keys[:-1]).all():
        return -1
    order = keys.argsort(kind="stable")
    again = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
    return int(order[again[0] + 1]) if len(again) else -1


def looked_up(wanted: Integers, keys: Integers) -> Integers:
    """For each wanted key its place among the keys, which are distinct and not negative; -1 if it is not there."""
    if not len(keys):
        return np.full(len(wanted), -1)
    if _are_dense(keys):
        table: Integers = np.full(int(keys.max()) + 2, -1)
        table[keys] = np.arange(len(keys))
        found: Integers = table[np.where(wanted < len(table), wanted, -1)]  # the last one is that of no key
        return found
    order = keys.argsort(kind="stable")
    near = order[keys.searchsorted(wanted, sorter=order).clip(max=len(keys) - 1)]
    return np.where(keys[near] == wanted, near, -1)


def marked(count: int, places: Integers) -> Truths:
    """`count` truth values, true at the places."""
    marks = np.zeros(count, bool)
    marks[places] = True
    return marks


def where(condition: Truths, one: Union[int, Integers], other: Union[int, Integers]) -> Integers:
    """The one where the condition holds, else the other."""
    found: Table = np.where(condition, one, other)
    return found

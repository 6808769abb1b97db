"""The entries of a store by index, and what is left of them after many were removed.

An index is never reused: handles, expressions and solutions have it, so a removed object
leaves a hole.  While holes are few, entries are lists and the removed indices a set.  When they outnumber the entries,
`pplp.core.compaction` turns the lists into a `Kept`, which takes memory only for what is left, and the set into a
`Removed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Any, NoReturn, TypeVar, Union

__all__ = [
    "Entries",
    "Kept",
    "Removed",
    "RemovedIndex",
    "has_entry",
    "is_hollow",
    "kept",
    "living",
    "removed_of",
    "waiting",
]

_T = TypeVar("_T")

#: A store with fewer holes is left alone.
_FEW = 64


class Kept(dict[int, _T]):
    """Like a list that lacks some of its entries: new ones get the indices after the last one ever given.

    >>> kept = Kept({0: "a", 7: "b"}, 9)
    >>> kept.append("c")
    >>> kept[7], kept[9], len(kept), 8 in kept, list(kept.keys())
    ('b', 'c', 10, False, [0, 7, 9])
    """

    __slots__ = ("count",)

    def __init__(self, entries: Union[dict[int, _T], Iterable[tuple[int, _T]]] = (), count: int = 0) -> None:
        super().__init__(entries)
        self.count = count  # of all indices ever given

    def __reduce__(self) -> tuple[Any, ...]:
        return Kept, (dict(self.items()), self.count)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> NoReturn:
        raise TypeError("Iterate over living() indices: not every index has an entry.")

    def __delitem__(self, which: Any) -> None:
        """Cut off the end, from an index on; or remove one entry."""
        if not isinstance(which, slice):
            return super().__delitem__(which)
        first = which.start
        for index in range(first, self.count):
            self.pop(index, None)
        self.count = min(self.count, first)

    def append(self, entry: _T) -> None:
        """Add one entry, after all that ever existed."""
        self[self.count] = entry
        self.count += 1

    def extend(self, entries: Iterable[_T]) -> None:
        """Add several entries."""
        for entry in entries:
            self.append(entry)

    def copy(self) -> Kept[_T]:
        """A separate copy of the entries."""
        return Kept(dict(self.items()), self.count)

    __copy__ = copy


Entries = Union[list[_T], Kept[_T]]


class Removed(set[int]):
    """The removed indices of a store with a `Kept`: those in the set, and those below its length that it lacks.

    >>> removed = Removed({7}, Kept({0: "a", 7: "b"}, 9))
    >>> 0 in removed, 7 in removed, 8 in removed, 9 in removed, len(removed)
    (False, True, True, False, 8)
    """

    __slots__ = ("entries", "gone")

    def __init__(self, waiting: Iterable[int], entries: Kept[Any]) -> None:
        super().__init__(waiting)
        self.entries = entries
        self.gone = entries.count - dict.__len__(entries)  # how many have no entry any more

    def __reduce__(self) -> tuple[Any, ...]:
        return Removed, (set(set.__iter__(self)), self.entries)

    def __len__(self) -> int:
        return super().__len__() + self.gone

    def __contains__(self, index: object) -> bool:
        if super().__contains__(index):
            return True
        return isinstance(index, int) and 0 <= index < self.entries.count and index not in self.entries

    def isdisjoint(self, indices: Iterable[Any]) -> bool:
        """True if none of them is removed."""
        return not any(index in self for index in indices)

    def intersection(self, *others: Iterable[Any]) -> set[int]:
        """Those that are removed."""
        return {index for indices in others for index in indices if index in self}

    def of(self, entries: Entries[Any]) -> Removed:
        """The removed indices, for a copy of the entries."""
        assert isinstance(entries, Kept)
        return Removed(set(set.__iter__(self)), entries)


class RemovedIndex(int):
    """The index in the handle of a removed object with a name: the handle keeps it after the program forgot it."""

    name: str = ""


def waiting(removed: Set[int]) -> int:
    """How many removed indices still have an entry."""
    return len(removed) - removed.gone if isinstance(removed, Removed) else len(removed)


def living(entries: Union[Sequence[Any], Kept[Any]], removed: Set[int]) -> list[int]:
    """The indices of what was not removed, in ascending order."""
    if not removed:
        return list(range(len(entries)))
    indices: Iterable[int] = entries.keys() if isinstance(entries, Kept) else range(len(entries))
    out = frozenset(set.__iter__(removed)) if isinstance(removed, Removed) else removed
    return [index for index in indices if index not in out]


def kept(entries: Entries[_T], indices: Iterable[int]) -> Kept[_T]:
    """The entries of these indices; the others are gone."""
    return Kept([(index, entries[index]) for index in indices], len(entries))


def removed_of(removed: set[int], entries: Entries[Any]) -> set[int]:
    """The removed indices, for a copy of the entries."""
    return removed.of(entries) if isinstance(removed, Removed) else set(removed)


def has_entry(entries: Entries[Any], index: int) -> bool:
    """True if anything is left of it."""
    return index in entries if isinstance(entries, Kept) else index < len(entries)


def is_hollow(entries: Entries[Any], removed: Set[int], but: int = 0) -> bool:
    """True if there are more holes than entries, not counting `but` of them."""
    holes = waiting(removed) - but
    if holes <= _FEW:
        return False
    kept = len(entries) - len(removed)
    return holes > kept + but

"""Keys of several parts: those that match a pattern, and numbers by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Optional
from weakref import ref

from pplp.core.bulk import Bulk
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

__all__ = ["Keys", "assigned", "in_order_of"]

_ANY = slice(None)
#: (index, parts, key) of a key.
_Entry = tuple[int, tuple[Any, ...], Any]


class Keys:
    """Keys, found by some of their parts; a key that is not a tuple has one part.

    A pattern is found in a table of the labels at its positions, which is made once: so the sum of what leaves each
    node of a network takes time linear in the arcs.
    """

    __slots__ = ("_by_length", "_labels", "_tables")

    def __init__(self, keys: Iterable[Any]) -> None:
        #: For each key, by the number of its parts.
        self._by_length: dict[int, list[_Entry]] = {}
        for place, key in enumerate(keys):
            parts = _parts(key)
            self._by_length.setdefault(len(parts), []).append((place, parts, key))
        self._tables: dict[Any, dict[tuple[Any, ...], list[_Entry]]] = {}
        self._labels: Optional[set[Any]] = None

    def fitting(self, pattern: tuple[Any, ...]) -> list[Any]:
        """The matching keys, in order."""
        return [key for _, key, _ in self._matched(pattern)]

    def rest(self, pattern: Any) -> dict[Any, Any]:
        """What is left of each matching key, without the parts that the pattern names -> the key."""
        if not any(_is_open(part) for part in _parts(pattern)):
            like = next((length for length in self._by_length if length > len(_parts(pattern))), 0)
            told = f" Those that begin with it are x[{_inside(pattern)}, ...]." if like else ""
            raise InvalidValue(f"There is no variable with the key {quoted(pattern)}.{told}")
        found: dict[Any, Any] = {}
        for _, key, rest in self._matched(_parts(pattern)):
            if rest in found:
                raise InvalidValue(
                    f"The keys {found[rest]!r} and {key!r} would both become {rest!r}. Fix no part in the pattern."
                )
            found[rest] = key
        return found

    def _matched(self, pattern: tuple[Any, ...]) -> list[tuple[int, Any, Any]]:
        """(index, key, what is left of it) for each matching key, in order."""
        if len(pattern) == 1:
            pattern = _parts(pattern[0])
        if any(_is_star(part) for part in pattern) and "*" in self._known():
            raise InvalidValue(
                "'*' is the label of a key here. Write : for any label in that position, or ['*'] for this label."
            )
        found: list[tuple[int, Any, Any]] = []
        lengths = [length for length in self._by_length if _spread(pattern, length) is not None]
        if self._by_length and not lengths:
            counts = " or ".join(map(str, sorted(self._by_length)))
            raise InvalidValue(
                f"No key matches the pattern ({_inside(pattern)}): the keys have {counts} part{'s' * (counts != '1')}. "
                "Write ... for all remaining parts."
            )
        for length in lengths:
            found += self._of_length(length, _spread(pattern, length) or [])
        if not found or any(isinstance(part, (list, set)) for part in pattern):
            self._refuse_unknown(pattern)
        return sorted(found, key=lambda each: each[0]) if len(lengths) > 1 else found

    def _of_length(self, length: int, parts: list[Any]) -> list[tuple[int, Any, Any]]:
        open_places = [place for place, part in enumerate(parts) if _is_open(part)]
        fixed = tuple(place for place, part in enumerate(parts) if not _is_open(part))
        several = {place: _hashed(parts[place]) for place in open_places if isinstance(parts[place], (list, set))}
        if several and prod(map(len, several.values())) <= len(
            self._by_length[length]
        ):  # each combination is looked up
            named = tuple(sorted({*fixed, *several}))
            table = self._table(length, named)
            wanted = product(*(several.get(place, (parts[place],)) for place in named))
            entries = sorted((entry for labels in wanted for entry in _entries(table, labels)), key=_place)
        else:
            entries = _entries(self._table(length, fixed), tuple(parts[place] for place in fixed))
        found = []
        for place, own, key in entries:
            if all(own[at] in labels for at, labels in several.items()):
                left = tuple(own[at] for at in open_places)
                found.append((place, key, key if not fixed else left[0] if len(left) == 1 else left))
        return found

    def _table(self, length: int, places: tuple[int, ...]) -> dict[tuple[Any, ...], list[_Entry]]:
        """The keys with this many parts, by their labels at these positions."""
        table = self._tables.get((length, places))
        if table is None:
            table = self._tables[length, places] = {}
            for entry in self._by_length[length]:
                table.setdefault(tuple(entry[1][place] for place in places), []).append(entry)
        return table

    def _refuse_unknown(self, pattern: tuple[Any, ...]) -> None:
        """Raise `InvalidValue` for a label that no key has at any position: it is misspelled, or of another type."""
        if not self._by_length:
            return
        for part in pattern:
            for label in _hashed(part) if isinstance(part, (list, set)) else () if _is_open(part) else (part,):
                if label not in self._known():
                    raise InvalidValue(
                        f"No key has the label {quoted(label)} at any position. Check its spelling and type."
                    )

    def _known(self) -> set[Any]:
        """The labels of all keys."""
        if self._labels is None:
            self._labels = {part for each in self._by_length.values() for _, parts, _ in each for part in parts}
        return self._labels


def _entries(table: dict[tuple[Any, ...], list[_Entry]], labels: tuple[Any, ...]) -> list[_Entry]:
    try:
        return table.get(labels, [])
    except TypeError as error:
        raise InvalidValue(f"A label in a pattern must be hashable, like the labels of keys: {error}.") from None


def _place(entry: _Entry) -> int:
    return entry[0]


def _parts(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _is_open(part: Any) -> bool:
    """True if it stands for more than one label."""
    return part is ... or isinstance(part, (slice, list, set)) or _is_star(part)


def _is_star(part: Any) -> bool:
    """gurobipy's wildcard for any label at one position."""
    return isinstance(part, str) and part == "*"


def _spread(pattern: tuple[Any, ...], length: int) -> Optional[list[Any]]:
    """The pattern for keys of this length, a single ... expanded to the remaining parts; None if none matches."""
    for part in pattern:
        if isinstance(part, slice) and part != _ANY:
            raise InvalidValue(f"A pattern can contain : alone, not {part}. Write a list of the labels that you mean.")
    dots = [place for place, part in enumerate(pattern) if part is ...]
    missing = length - len(pattern)
    if not missing:
        return [_ANY if part is ... else part for part in pattern]
    if missing > 0 and len(dots) == 1:
        return [*pattern[: dots[0]], *[_ANY] * (missing + 1), *pattern[dots[0] + 1 :]]
    return None


def _hashed(labels: Any) -> set[Any]:
    try:
        return set(labels)
    except TypeError as error:
        raise InvalidValue(f"A label in a pattern must be hashable, like the labels of keys: {error}.") from None


def _inside(pattern: Any) -> str:
    return ", ".join(
        "..." if part is ... else ":" if isinstance(part, slice) else repr(part) for part in _parts(pattern)
    )


def in_order_of(keys: list[Any], numbers: Any, what: str) -> list[Any]:
    """The numbers of these keys, from a dictionary or a series, in order.

    `what` begins the messages.  Raises `InvalidValue` for a key without one, `ExpressionError` for an object without
    keys.
    """
    is_series = hasattr(numbers, "iloc") and hasattr(numbers, "tolist") and hasattr(numbers, "index")  # of pandas
    table = _places_in(numbers.index, what) if is_series else numbers
    if not isinstance(table, Mapping):
        raise ExpressionError(
            f"{what} takes a number, or numbers by key: a dictionary or a series of pandas, not a "
            f"{type(numbers).__name__}, which says only by its order what belongs to what."
        )
    try:
        missing = [key for key in keys if key not in table]
    except TypeError as error:
        raise InvalidValue(f"{what} got a mapping without these keys: {error}.") from None
    if missing:
        more = f", and for {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InvalidValue(
            f"{what} has no entry for the key {quoted(missing[0])}{more}. Give each key a number, even if it is 0."
        )
    found = [table[key] for key in keys]
    return numbers.iloc[found].tolist() if is_series else found


#: id of a pandas index, which never changes -> the index, and the position of each of its labels.
_places_of: dict[int, tuple[ref[Any], dict[Any, int]]] = {}


def _places_in(index: Any, what: str) -> dict[Any, int]:
    """The position of each label; read once, so that a part of the numbers takes time in proportion to the part."""
    key = id(index)
    known = _places_of.get(key)
    if known is None or known[0]() is not index:
        labels: Sequence[Any] = index.tolist()
        places = {label: place for place, label in enumerate(labels)}
        if len(places) < len(labels):
            raise InvalidValue(f"{what} got a series with a repeated label. Add up the values of each label first.")
        known = _places_of[key] = ref(index, lambda _: _places_of.pop(key, None)), places
    return known[1]


def assigned(mapping: Mapping[Any, Any], what: str) -> Iterator[tuple[Any, Any]]:
    """(variable or constraint, number) of a mapping, whose keys may also be arrays of them or keyed variables."""
    for key, values in mapping.items():
        if isinstance(key, Bulk):
            yield from key._assigned(values, what)
        else:
            yield key, values

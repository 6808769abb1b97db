"""Labels: the names of the elements of an array, level by level, as in the index of a data frame.

A level is a column of labels.  The distinct ones are in a list, and each element has the number of its own, its code.
Two sets of labels are matched by their codes, so that no Python object is made for an element.  Levels are matched by
name; where one has no name, by position.  Every label must be on both sides.  Where one side has some of the levels of
the other only, each of its labels serves all elements of the other that have it.

The arrays of numbers are numpy's, made in `integer_codes.py`; where labels come from is known in `frames.py` alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Optional, Protocol, Union

from pplp.arrays import integer_codes
from pplp.arrays.identity import Level, identity
from pplp.errors import InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers, Table, Truths

__all__ = ["Index", "Labels"]

#: An error names at most this many labels.
_NAMED = 3
#: Products of codes stay below this, and in 64 bits.
_MOST = 2**62


class Index(Protocol):
    """Labels as a package of data frames keeps them."""

    #: As its user has it: an index of pandas, a frame of polars.
    native: Any
    #: The names of the levels; None for one that has none.
    names: tuple[Optional[str], ...]

    def __len__(self) -> int: ...

    def is_same(self, other: object) -> bool:
        """Are the labels equal to those of another, in the same order, as far as a glance tells?"""

    def level(self, k: int) -> Level:
        """A `Level`: for each element the number of its label on level k, and the distinct labels in that order."""

    def lacks_labels(self) -> bool:
        """Is there an element without a label: NaN, None?"""

    def labels(self) -> list[Any]:
        """A label for each element: of several levels a tuple."""

    def texts(self) -> list[Any]:
        """The same for messages and names, which tell all of them apart."""

    def check_key(self, key: Any, levels: Optional[Sequence[int]] = None) -> None:
        """Raise `InvalidValue` where a Python object cannot say which label of these levels it is."""

    def picked(self, key: Any) -> Union[int, tuple[Integers, Index]]:
        """What ``.loc[key]`` means: a place, or places and their index."""

    def taken(self, places: Integers, levels: Optional[Sequence[int]] = None) -> Index:
        """The labels at these places, of these levels."""

    def renamed(self, names: Sequence[Optional[str]]) -> Index:
        """The same with other names of the levels."""

    def series(self, numbers: Table, name: str) -> Any:  # of pandas or polars
        """Numbers with these labels, in the form of the package."""


class Labels:
    """The labels of an array of one dimension, no two alike."""

    __slots__ = ("_levels", "_places", "index")

    def __reduce__(self) -> tuple[Any, ...]:
        return Labels, (self.index,)

    def __init__(self, index: Index) -> None:
        self.index = index
        self._levels: dict[int, Level] = {}
        self._places: Optional[dict[Hashable, int]] = None

    @classmethod
    def checked(cls, index: Index, whose: str) -> Labels:
        """Labels of an index, once it is known that every element has one, and one of its own."""
        labels = cls(index)
        if index.lacks_labels():
            raise InvalidValue(f"{whose} has an element without a label (NaN or None). Drop it, or give it one.")
        labels._check_unique(_chosen(labels, range(len(index.names))), whose)
        return labels

    def __len__(self) -> int:
        return len(self.index)

    @property
    def names(self) -> tuple[Optional[str], ...]:
        """The names of the levels."""
        return self.index.names

    def level(self, k: int) -> Level:
        """The `Level` of this number."""
        found = self._levels.get(k)
        if found is None:
            found = self._levels[k] = self.index.level(k)
        return found

    def number_of(self, name: Any, whose: str) -> int:
        """The number of the level of this name; raises `InvalidValue` where there is none, or more than one."""
        found = [k for k, own in enumerate(self.names) if own == name and name is not None]
        if len(found) != 1:
            told = ", ".join(map(repr, self.names))
            raise InvalidValue(
                f"{whose} has {len(found) or 'no'} level{'s' * bool(found)} {quoted(name)}. It has {told}."
            )
        return found[0]

    def place(self, label: Any) -> int:
        """The place of a label; KeyError if there is none."""
        if self._places is None:
            self.index.check_key(label)
            levels = map(self.level, range(len(self.names)))
            columns = [[level.identities[code] for code in level.codes.tolist()] for level in levels]
            keys = columns[0] if len(columns) == 1 else zip(*columns)
            self._places = {one: k for k, one in enumerate(keys)}
        return self._places[identity(label)]

    def at(self, place: int, levels: Optional[Sequence[int]] = None) -> Any:  # a label is any object
        """The label of one element, or of some of its levels."""
        parts = []
        for k in range(len(self.names)) if levels is None else levels:
            level = self.level(k)
            parts.append(level.shown[int(level.codes[place])])
        return parts[0] if len(parts) == 1 else tuple(parts)

    # ---- two of them
    def within(self, other: Labels, whose: str, others: str) -> Optional[Integers]:
        """For each of my labels, where the other has it; None where both are alike.

        The other may have some of my levels only.  Raises `InvalidValue` for levels that do not fit, and for labels
        that only one side has.
        """
        if other is self:
            return None
        pairs = self._pairs(other, whose, others)
        if pairs == list(range(len(self.names))) and self.index.is_same(other.index):
            return None
        places, found, unused = self._looked_up(other, pairs, whose, others)
        if not found.all() or unused.any():
            missing = [self.at(k, pairs) for k in (~found).nonzero()[0].tolist()]
            raise InvalidValue(_mismatch(whose, missing, others, [other.at(k) for k in unused.nonzero()[0].tolist()]))
        return places

    def among(self, other: Labels, whose: str, others: str) -> tuple[Integers, Truths]:
        """For each of my labels, where the other has it, -1 for nowhere; and which of the other's I do not have."""
        pairs = self._pairs(other, whose, others)
        if len(pairs) != len(self.names):
            self._refuse(other, whose, others)
        places, _, unused = self._looked_up(other, pairs, whose, others)
        return places, unused

    def _looked_up(self, other: Labels, pairs: list[int], whose: str, others: str) -> tuple[Integers, Truths, Truths]:
        """For each of my labels: where the other has it, and whether; for each of the other's: whether I lack it."""
        if other.index.lacks_labels():
            raise InvalidValue(f"{others} has an element without a label (NaN or None). Drop it, or give it one.")
        have, wanted = self._keys(other, pairs)
        other._check_unique(have, others)
        places = integer_codes.looked_up(wanted, have)
        found = places >= 0
        return places, found, ~integer_codes.marked(len(have), places[found])

    def _keys(self, other: Labels, pairs: Sequence[int]) -> tuple[Integers, Integers]:
        """A number for each label of the other, and the same for mine; -1 for one that the other has not."""
        have: Any = 0  # numbers only until the first level
        wanted: Any = 0
        size = 1
        for k, own in enumerate(pairs):
            theirs = other.level(k)
            codes, distinct = theirs.codes, theirs.identities
            count = max(len(distinct), 1)
            if size * count >= _MOST:
                kept = integer_codes.distinct(have)
                wanted, have = integer_codes.looked_up(wanted, kept), kept.searchsorted(have)
                size = len(kept)
            mine, names = self.level(own).codes, self.level(own).identities
            if names is not distinct and names != distinct:
                at = {label: number for number, label in enumerate(distinct)}
                mine = integer_codes.integers([at.get(label, -1) for label in names])[mine]
            wanted = integer_codes.where((wanted < 0) | (mine < 0), -1, wanted * count + mine)
            have, size = have * count + codes, size * count
        return have, wanted

    def _check_unique(self, keys: Integers, whose: str) -> None:
        place = integer_codes.repeated(keys)
        if place >= 0:
            raise InvalidValue(
                f"{whose} has the label {quoted(self.at(place))} twice. Group and sum, or drop, before it comes here."
            )

    def _pairs(self, other: Labels, whose: str, others: str) -> list[int]:
        """For each level of the other, which of mine it is."""
        mine, theirs = self.names, other.names
        if None not in (*mine, *theirs) and len({*mine}) == len(mine) and len({*theirs}) == len(theirs):
            if not {*theirs} <= {*mine}:
                self._refuse(other, whose, others)
            return [mine.index(name) for name in theirs]
        if len(mine) != len(theirs) or any(a != b and a is not None and b is not None for a, b in zip(mine, theirs)):
            self._refuse(other, whose, others)
        return list(range(len(mine)))

    def _refuse(self, other: Labels, whose: str, others: str) -> NoReturn:
        mine, theirs = (", ".join(map(str, labels.names)) for labels in (self, other))
        raise InvalidValue(
            f"{whose} is labelled by ({mine}), {others} by ({theirs}): these levels do not fit together. Where they "
            "are the same under another name, say so by .rename_axis(...); where one side has levels too many, take "
            "the sum over them by .groupby(...).sum()."
        )

    # ---- others made of them
    def groups(self, levels: Sequence[int]) -> tuple[Integers, Labels]:
        """For each element the number of its group, by these levels; and the groups' labels, as they first occur."""
        keys = _chosen(self, levels)
        first, numbers = integer_codes.numbered(keys)
        return numbers, Labels(self.index.taken(first, levels))

    def taken(self, places: Integers) -> Labels:
        """Those at these places, no two alike."""
        return Labels(self.index.taken(places))

    def renamed(self, names: Any) -> Labels:
        """The same with other names of the levels: a text, a list of them, or a mapping of old to new ones."""
        if hasattr(names, "items"):
            for old in names:
                self.number_of(old, "The array")
            new = [names.get(own, own) for own in self.names]
        else:
            new = [names] if isinstance(names, str) or names is None else list(names)
        if len(new) != len(self.names) or not all(isinstance(one, str) or one is None for one in new):
            raise InvalidValue(f"{len(self.names)} levels take as many names, not {quoted(names)}.")
        twice = next((one for one in new if one is not None and new.count(one) > 1), None)
        if twice is not None:
            raise InvalidValue(f"Two levels would have the name {quoted(twice)}. Give each a name of its own.")
        twin = Labels(self.index.renamed(new))
        twin._levels = self._levels
        return twin


def _chosen(labels: Labels, levels: Sequence[int]) -> Integers:
    """One number for each element, equal where the labels on these levels are."""
    keys: Any = 0
    size = 1
    for k in levels:
        codes, count = labels.level(k).codes, labels.level(k).count
        if size * count >= _MOST:
            found = integer_codes.distinct(keys)
            keys, size = found.searchsorted(keys), len(found)
        keys, size = keys * count + codes, size * count
    return keys  # type: ignore[no-any-return]


def _mismatch(whose: str, missing: list[Any], others: str, unused: list[Any]) -> str:
    """The message about labels that only one side has."""
    said = [f"only {who} has {_some(labels)}" for who, labels in ((whose, missing), (others, unused)) if labels]
    return (
        f"The labels of {others} and {whose} are not the same: {'; '.join(said)}. Align them on purpose: .loc[...] "
        "takes some of the labels, .reindex(...) adds those that are missing."
    )


def _some(labels: list[Any]) -> str:
    distinct = list(dict.fromkeys(labels))
    more = len(distinct) - _NAMED
    shown: list[Union[str, Any]] = [repr(one) for one in distinct[:_NAMED]]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")

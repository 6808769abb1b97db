"""The variables of a program, by column: bounds, kinds and names."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Optional, Union

from pplp.core.entries import Entries, Kept, Removed, has_entry, kept, living, removed_of
from pplp.core.origins import Origin, Origins
from pplp.core.scalars import made_name
from pplp.errors import InvalidValue
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

__all__ = ["Columns"]


class _OutOfPlace:
    """Not a handle: code that takes it for the next variable's sees that its index is wrong."""

    _index = -1


class Columns(Pickled):
    """Growing lists with one entry for each variable ever made; removed ones keep their index."""

    __slots__ = ("by_name", "fixed", "integer", "lower", "names", "origins", "removed", "spare", "upper")

    def __init__(self) -> None:
        self.lower: Entries[float] = []  # lists: appending one by one is twice as fast as with arrays
        self.upper: Entries[float] = []
        self.integer: Union[bytearray, Kept[int]] = (
            bytearray()
        )  # 1 for integer; may be shorter than the other lists: then continuous
        self.names: dict[int, str] = {}
        self.by_name: dict[str, int] = {}
        self.removed: set[int] = set()
        self.fixed: dict[int, tuple[float, float]] = {}  # those fixed by fix(), with the bounds from before
        self.spare: list[Any] = []  # handles of the next variables, the last one first
        self.origins = Origins()

    def __len__(self) -> int:
        return len(self.lower)

    def repair(self) -> None:
        """Cut off what an interrupted call left behind."""
        count = len(self.lower)
        del self.upper[count:]
        for index in [index for index in self.names if index >= count]:
            self.by_name.pop(self.names.pop(index), None)

    def extend(self, lower: list[float], upper: list[float], names: list[str], integer: bool) -> int:
        """Add many variables at once, with checked bounds and names; returns the index of the first one."""
        first = len(self.lower)
        if len(self.upper) != first:
            self.repair()
        self.spare = [_OutOfPlace()]  # if this is interrupted, the next variable finds it and repairs
        self.upper.extend(upper)
        self.lower.extend(lower)  # from here on they exist
        if integer:
            self.integer.extend(bytes(first - len(self.integer)) + b"\1" * len(lower))
        for index, name in enumerate(names, first):
            self.names[index] = name
            self.by_name[name] = index
        self.spare = []
        return first

    def copy(self) -> Columns:
        """Separate columns with the same contents."""
        twin = Columns()
        twin.lower, twin.upper, twin.integer = self.lower.copy(), self.upper.copy(), self.integer.copy()
        twin.names, twin.by_name = dict(self.names), dict(self.by_name)
        twin.removed = removed_of(self.removed, twin.lower)
        twin.fixed = dict(self.fixed)
        twin.origins = self.origins.copy()
        return twin

    def compacted(self) -> Columns:
        """The same columns without the traces of removed variables."""
        twin = Columns()
        indices = self.living()
        lower = twin.lower = kept(self.lower, indices)
        twin.upper = kept(self.upper, indices)
        twin.integer = Kept([(j, int(self.is_integer(j))) for j in indices], len(self))
        twin.names, twin.by_name = {j: name for j, name in self.names.items() if j in lower}, self.by_name
        twin.removed = Removed((), lower)
        twin.fixed, twin.spare = self.fixed, self.spare
        twin.origins = self.origins.kept(indices, len(self))
        return twin

    def living(self) -> list[int]:
        """The indices of the variables that were not removed."""
        return living(self.lower, self.removed)

    def origin(self, index: int) -> Optional[Origin]:
        """Where a variable was written; None if unknown."""
        return self.origins.of(index, len(self)) if has_entry(self.lower, index) else None

    def label(self, index: int) -> str:
        """The name given, or ``x`` and the number of the variable."""
        given = self.names.get(index) or getattr(index, "name", None)  # as for a `RemovedIndex`
        return given or made_name("x", index, self.by_name)

    def is_integer(self, index: int) -> bool:
        """True if the variable must take an integer value."""
        integer = self.integer
        if isinstance(integer, Kept):
            return integer.get(index) == 1
        return index < len(integer) and integer[index] == 1

    def mark_integer(self, index: int, integer: bool = True) -> None:
        """Make a variable integer or continuous."""
        missing = index + 1 - len(self.integer)
        if missing > 0:
            self.integer.extend(bytes(missing))
        self.integer[index] = integer

    @property
    def any_integer(self) -> bool:
        """True if there is an integer variable."""
        return 1 in (self.integer.values() if isinstance(self.integer, Kept) else self.integer)

    @property
    def integers(self) -> int:
        """The number of integer variables."""
        return sum(self.integer.values() if isinstance(self.integer, Kept) else self.integer)

    def remove(self, index: int) -> None:
        """Remove a variable; its index stays unused, and its name is free for others.

        It keeps its own name, because older solutions have it, too.
        """
        self.removed.add(index)
        self.fixed.pop(index, None)
        name = self.names.get(index)
        if name is not None:
            del self.by_name[name]
        if self.is_integer(index):
            self.integer[index] = 0


def check_name(name: object, taken: Container[str], what: str) -> Optional[str]:
    """Raise `InvalidValue` unless `name` is text that no other object of its kind has."""
    if not isinstance(name, str) or not name:
        several = " For several write lp.Vars(count or keys); bounds are lb= and ub=." * (what == "variable")
        raise InvalidValue(f"The name of a {what} must be non-empty text, not {quoted(name)}.{several}")
    if name in taken:
        raise InvalidValue(f"There is a {what} named {quoted(name)} already. Choose another name, or leave it out.")
    return name

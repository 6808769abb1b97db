"""The records of compound constraints: the variables and rows of each, and the bounds that these rely on."""

from __future__ import annotations

from typing import Any, Optional

from pplp.core.entries import Entries, Removed, has_entry, kept, living, removed_of
from pplp.core.special import Stated

__all__ = ["Reformulations", "Reliance"]

#: What a record relies on about a variable: lower bound, upper bound, integer.
Reliance = tuple[float, float, bool]


class Reformulations:
    """The reformulations of a program: what was made for each, and the bounds that its big-M rely on."""

    def __init__(self) -> None:
        self.titles: Entries[str] = []
        self.variables: Entries[list[int]] = []
        self.constraints: Entries[list[tuple[type[Any], int]]] = []
        self.removed: set[int] = set()
        self.reliances: dict[int, list[tuple[int, Reliance]]] = {}  # column -> (record, what it relies on)
        self.stated: dict[int, Stated] = {}  # by record: for formats with a section for it

    def __len__(self) -> int:
        return len(self.titles)

    def append(
        self,
        title: str,
        variables: list[int],
        constraints: list[tuple[type[Any], int]],
        reliances: dict[int, Reliance],
        stated: Optional[Stated],
    ) -> int:
        """Add a record; returns its index."""
        self.variables.append(variables)
        self.constraints.append(constraints)
        self.titles.append(title)
        index = len(self.titles) - 1
        for column, reliance in reliances.items():
            self.reliances.setdefault(column, []).append((index, reliance))
        if stated is not None:
            self.stated[index] = stated
        return index

    def title(self, index: int) -> str:
        """A record as text."""
        return getattr(index, "name", None) or (
            self.titles[index] if has_entry(self.titles, index) else f"number {index}"
        )

    def living(self) -> list[int]:
        """The records that were not removed."""
        return living(self.titles, self.removed)

    def compacted(self) -> Reformulations:
        """The same without the traces of removed ones."""
        twin, indices = Reformulations(), self.living()
        titles = twin.titles = kept(self.titles, indices)
        twin.variables, twin.constraints = kept(self.variables, indices), kept(self.constraints, indices)
        twin.removed, twin.reliances = Removed((), titles), self.reliances
        return twin

    def remove(self, indices: set[int]) -> None:
        """Forget what these rely on."""
        if not indices:
            return
        self.removed |= indices
        for index in indices:
            self.stated.pop(index, None)
        for column in list(self.reliances):
            kept = [entry for entry in self.reliances[column] if entry[0] not in indices]
            if kept:
                self.reliances[column] = kept
            else:
                del self.reliances[column]

    def copy(self, *, relaxed: bool) -> Reformulations:
        """Separate records with the same contents; those of a relaxed program are plain rows."""
        twin = Reformulations()
        twin.titles, twin.variables, twin.constraints = (
            self.titles.copy(),
            self.variables.copy(),
            self.constraints.copy(),
        )
        twin.removed = removed_of(self.removed, twin.titles)
        twin.reliances = {
            column: [(index, (low, high, integer and not relaxed)) for index, (low, high, integer) in entries]
            for column, entries in self.reliances.items()
        }
        twin.stated = {} if relaxed else dict(self.stated)
        return twin

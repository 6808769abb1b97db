"""The BOUNDS section: which sides of which variables are stated, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from math import inf

from pplp.formats.draft import INFINITE, Draft
from pplp.formats.source import quoted

__all__ = ["KINDS", "WITHOUT_NUMBER", "Bounds"]

#: The kinds of a line that has no number, and all kinds.
WITHOUT_NUMBER = ("FR", "MI", "PL", "BV")
KINDS = ("UP", "LO", "FX", *WITHOUT_NUMBER, "LI", "UI", "SC", "SI")
_LOWER, _UPPER = ("LO", "LI", "FX"), ("UP", "UI", "SC", "SI", "FX")


class Bounds:
    """The bounds that lines state; they may come in any order."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        #: column -> the bound that a line states
        self._lower: dict[int, float] = {}
        self._upper: dict[int, float] = {}
        #: column -> the line that makes it binary
        self._binary: dict[int, int] = {}
        #: column -> the line of an upper bound below 0
        self._negative: dict[int, int] = {}
        #: Integers of MARKER, which are binary unless a line mentions them.
        self.by_default: set[int] = set()

    def take(self, kind: str, j: int, value: float) -> None:
        """One line; the value is ignored if the kind needs none."""
        draft, source = self._draft, self._draft.source
        self.by_default.discard(j)
        if kind in ("LI", "UI", "BV", "SI"):
            draft.integer[j] = 1
        if kind in ("SC", "SI"):
            draft.semicontinuous[j] = source.line
        if kind == "BV":
            self._binary[j] = source.line
        if kind in _LOWER:
            self._state(self._lower, j, value)
        elif kind in ("MI", "FR"):
            self._state(self._lower, j, -inf)
        if kind in _UPPER:
            self._state(self._upper, j, value)
            if value < 0 and kind in ("UP", "UI"):
                self._negative[j] = source.line
        elif kind in ("PL", "FR"):
            self._state(self._upper, j, inf)
        if self._lower.get(j) == inf or self._upper.get(j) == -inf:
            lower, upper = self._lower.get(j, 0.0), self._upper.get(j, inf)
            source.fail(f"the bounds [{lower}, {upper}] leave the column {quoted(draft.column_names[j])} no value")

    def _state(self, side: dict[int, float], j: int, value: float) -> None:
        before = side.setdefault(j, value)
        if before != value:
            which = "lower" if side is self._lower else "upper"
            self._draft.source.fail(
                f"the {which} bound of {quoted(self._draft.column_names[j])} is {value:g} here and {before:g} before, "
                "and readers differ on which of the two counts. Leave one of the lines out"
            )

    def take_all(self, kinds: list[str], columns: Sequence[int], values: list[float]) -> bool:
        """Many lines at once, after the one read last; returns False, with none taken, if one needs checking."""
        lower, upper, found = self._lower, self._upper, {*kinds}
        if not found <= {"UP", "LO", "FX", "FR", "MI", "BV", "UI", "LI"}:
            return False
        parts: list[tuple[str, Sequence[int], list[float]]] = []
        for kind in found:
            if len(found) == 1:
                parts.append((kind, columns, values))
                break
            chosen = [one == kind for one in kinds]
            parts.append((kind, list(compress(columns, chosen)), list(compress(values, chosen))))
        new_lower: dict[int, float] = {}
        new_upper: dict[int, float] = {}
        count_lower = count_upper = 0
        for kind, places, numbers in parts:
            if kind in ("UP", "LO", "FX", "UI", "LI") and not (min(numbers) > -INFINITE and max(numbers) < INFINITE):
                return False
            if kind in ("UP", "UI") and min(numbers) < 0:
                return False
            if kind in ("FR", "MI"):
                numbers = [-inf] * len(places)
            if kind in ("LO", "LI", "FX", "FR", "MI"):
                new_lower.update(zip(places, numbers))
                count_lower += len(places)
            if kind in ("UP", "UI", "FX"):
                new_upper.update(zip(places, numbers))
                count_upper += len(places)
            elif kind == "FR":
                new_upper.update(zip(places, [inf] * len(places)))
                count_upper += len(places)
        if len(new_lower) < count_lower or len(new_upper) < count_upper:
            return False
        if not (lower.keys().isdisjoint(new_lower) and upper.keys().isdisjoint(new_upper)):
            return False
        lower.update(new_lower)
        upper.update(new_upper)
        first, integer = self._draft.source.line + 1, self._draft.integer
        for kind, places, _ in parts:
            self.by_default.difference_update(places)
            if kind == "BV":
                self._binary.update(zip(places, [k for k, one in enumerate(kinds, first) if one == "BV"]))
            if kind in ("BV", "UI", "LI"):
                for j in places:
                    integer[j] = 1
        return True

    def finish(self) -> None:
        """Put them into the draft."""
        lower, upper = self._draft.lower, self._draft.upper
        for j in self.by_default:
            upper[j] = 1.0
        for j, value in self._lower.items():
            lower[j] = value
        for j, value in self._upper.items():
            upper[j] = value
        names, warn = self._draft.column_names, self._draft.source.warn
        for j, line in self._negative.items():
            if j not in self._lower and j not in self._binary:
                lower[j] = -inf
                warn(
                    f"the upper bound of {quoted(names[j])} is {upper[j]:g}, but no line states its lower bound, which "
                    "is read as -inf. Other readers use 0: state it, with LO or MI.",
                    line,
                )
        for j, line in self._binary.items():
            if (j in self._lower or j in self._upper) and (lower[j], upper[j]) != (0.0, 1.0):
                warn(f"{quoted(names[j])} is BV, but has other bounds: it is limited by both.", line)
            lower[j], upper[j] = max(lower[j], 0.0), min(upper[j], 1.0)

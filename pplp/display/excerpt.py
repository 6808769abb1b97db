"""The head and the tail of sequences that may be too long to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, TypeVar

__all__ = ["Excerpt", "excerpt"]

#: How many lines of a table are shown from its head, and from its tail.
HEAD, TAIL = 16, 4

T = TypeVar("T")


class Excerpt(NamedTuple):
    """A sequence that may be too long to show: its head, the number left out, its tail."""

    head: Sequence[Any]
    missing: int
    tail: Sequence[Any]

    def made(self, make: Callable[[Any], Any]) -> Excerpt:
        """The excerpt with `make` applied to each item."""
        return Excerpt([*map(make, self.head)], self.missing, [*map(make, self.tail)])

    def lines(self, write: Callable[[Any], T], left_out: Callable[[int], T]) -> list[T]:
        """A line for each item, and one for the items left out.

        >>> excerpt("abcdefgh", 3, 1).lines(str.upper, "{} more".format)
        ['A', 'B', 'C', '4 more', 'H']
        """
        between = [left_out(self.missing)] if self.missing else []
        return [*map(write, self.head), *between, *map(write, self.tail)]


def excerpt(items: Sequence[Any], head: int = HEAD, tail: int = TAIL) -> Excerpt:
    """The head and the tail; everything if only one item would be left out.

    >>> excerpt(range(100), 3, 1)
    Excerpt(head=range(0, 3), missing=96, tail=range(99, 100))
    >>> excerpt("abcde", 3, 1)
    Excerpt(head='abcde', missing=0, tail='')
    """
    count = len(items)
    if count <= head + tail + 1:
        return Excerpt(items, 0, items[count:])
    return Excerpt(items[:head], count - head - tail, items[count - tail :])

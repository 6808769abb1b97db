"""Words and numbers for sentences, tables and plots: plurals, short names, and excerpts of lists."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import Callable, TypeVar

__all__ = ["SCREENFUL", "brief", "counted", "left_out", "listed", "screenful", "shortened"]

#: How many items of a list are shown, one a line.
SCREENFUL = 20
#: How many items of a list are shown within a sentence.
_LISTED = 12

T = TypeVar("T")


def counted(count: int, noun: str, apart: str = "") -> str:
    """The count with its noun; `apart` separates the thousands.

    >>> counted(1, "row"), counted(0, "row"), counted(1200, "row", ",")
    ('1 row', '0 rows', '1,200 rows')
    """
    return f"{f'{count:,}'.replace(',', apart)} {noun}{'s' * (count != 1)}"


def shortened(text: str, most: int) -> str:
    """The text cut to `most` characters, with an ellipsis if it was longer.

    >>> shortened("chairs", 6), shortened("chairs", 5)
    ('chairs', 'chai…')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def listed(items: Collection[T], write: Callable[[T], str] = str) -> str:
    """The items separated by commas; only the first ones if there are many.

    >>> listed("abc"), listed(range(3000))
    ('a, b, c', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...')
    """
    return ", ".join([*map(write, islice(items, _LISTED)), *(["..."] if len(items) > _LISTED else [])])


def brief(value: float) -> str:
    """A number with 6 digits.

    >>> brief(2.0), brief(1 / 3)
    ('2', '0.333333')
    """
    return f"{value:.6g}"


def left_out(missing: int) -> str:
    """The line that replaces the lines left out."""
    return f"... {missing} more"


def screenful(
    items: Collection[T], most: int = SCREENFUL, write: Callable[[T], str] = str, indent: str = "  "
) -> list[str]:
    """A line for each of the first items, and a line that counts the others.

    >>> screenful("abcd", 3), screenful("abcd", 4)
    (['  a', '  b', '  c', '  ... 1 more'], ['  a', '  b', '  c', '  d'])
    """
    lines = [f"{indent}{write(item)}" for item in islice(items, most)]
    return [*lines, f"{indent}{left_out(len(items) - most)}"] if len(items) > most else lines

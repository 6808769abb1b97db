"""Runs of plain lines: their words in one list, so many for each line."""

from __future__ import annotations

from collections.abc import Iterable

from pplp.formats.mps.bounds import WITHOUT_NUMBER

__all__ = ["WIDTHS", "are_plain", "plain", "uniform"]

#: section -> how many words a plain line may have, the most common number first
WIDTHS = {"ROWS": (2,), "COLUMNS": (5, 3), "RHS": (5, 3), "BOUNDS": (4, 3)}
_NO_PAIR = ("", "")
#: What stands between the lines while their words are counted.
_END = "\0"


def are_plain(text: str, count: int) -> bool:
    """Are so many whole lines all indented, and none a marker?"""
    return (
        text[0] <= " "
        and text[-1] == "\n"
        and text.count("\n ") == count - 1
        and "'MARKER'" not in text
        and _END not in text
    )


def uniform(text: str, count: int, section: str) -> tuple[list[str], int]:
    """(words, so many for each line) of plain lines; no words where the lines differ in their number."""
    words = text.replace("\n", f" {_END} ").split()
    for width in WIDTHS[section]:
        if len(words) == count * (width + 1) and words[width :: width + 1].count(_END) == count:
            del words[width :: width + 1]
            return words, width
    return [], 0


def plain(lines: Iterable[str], section: str) -> tuple[list[str], int]:
    """(words, so many for each line) of the first lines, as far as they look plain for the section.

    The second pair of a line that has one pair is empty, and a bound without a number has 0.
    """
    words: list[str] = []
    width, is_bounds = WIDTHS[section][0], section == "BOUNDS"
    for line in lines:
        fields = line.split()
        if len(fields) != width:
            if is_bounds and len(fields) == 3 and fields[0] in WITHOUT_NUMBER:
                fields.append("0")
            elif width == 5 and len(fields) == 3:
                fields += _NO_PAIR
            else:
                break
        words += fields
    return words, width

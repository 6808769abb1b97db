"""Runs of plain lines: their first words in one list, their second words in another, and so on."""

from __future__ import annotations

from pplp.formats.mps.bounds import WITHOUT_NUMBER

__all__ = ["WIDTHS", "are_plain", "plain", "uniform"]

#: section -> how many words a plain line may have, the most common number first
WIDTHS = {"ROWS": (2,), "COLUMNS": (5, 3), "RHS": (5, 3), "BOUNDS": (4, 3)}
_NO_PAIR = ("", "")
#: Placed between the lines while their words are counted.
_END = "\0"


def are_plain(text: str) -> bool:
    """True if they are whole lines."""
    return text[-1] == "\n" and _END not in text


def uniform(text: str, count: int, section: str) -> list[list[str]]:
    """The first words of plain lines, the second words and so on; nothing if lines differ in their number of words."""
    words = text.replace("\n", f" {_END} ").split()
    for width in WIDTHS[section]:
        if len(words) == count * (width + 1) and words[width :: width + 1].count(_END) == count:
            return [words[place :: width + 1] for place in range(width)]
    return []


def plain(text: str, section: str) -> list[list[str]]:
    """The same if lines differ in their number of words; nothing if one does not look plain.

    The second pair of a line that has one pair is empty, and a bound without a number has 0.
    """
    words: list[str] = []
    width, is_bounds = WIDTHS[section][0], section == "BOUNDS"
    for fields in map(str.split, text.split("\n")[:-1]):
        if len(fields) != width:
            if is_bounds and len(fields) == 3 and fields[0] in WITHOUT_NUMBER:
                fields.append("0")
            elif width == 5 and len(fields) == 3:
                fields += _NO_PAIR
            else:
                return []
        words += fields
    return [words[place::width] for place in range(width)]

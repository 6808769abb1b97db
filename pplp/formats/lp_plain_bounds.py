"""Plain bounds and kinds of an LP file, taken many lines at a time; the exact reader takes all others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, compress
from math import inf
from typing import Optional

from pplp.formats.draft import INFINITE, Draft
from pplp.formats.lp_words import INFINITIES, SECTION_WORDS
from pplp.formats.numbers import looked_up

__all__ = ["PlainBounds"]

#: Placed between lines while their words are counted.
_END = "\0"


class PlainBounds:
    """Takes whole lines with bounds, or with names alone, or none of them."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def bounds(self, text: str) -> bool:
        """Bounds of known variables, ``x <= 4``, ``-1 <= x <= 4`` or ``x free``."""
        draft = self._draft
        if not text.isascii():
            return False
        found: list[tuple[Sequence[int], list[float], list[float]]] = []
        alike = _alike(text)
        try:
            if alike:
                names, low, high = alike
                lower, upper = self._ends([low]), self._ends([high])
                if inf in lower or -inf in upper:
                    return False
                places = draft.places(names)
                _put(draft.lower, places, lower * len(places))
                _put(draft.upper, places, upper * len(places))
                return True
            for width, flat in self._by_width(text).items():
                here = flat[2::5] if width == 5 else flat[::width]
                if width < 5 and not SECTION_WORDS.isdisjoint(map(str.lower, here)):
                    return False
                places = draft.places(here)
                if width == 5:
                    if not len(here) == flat[1::5].count("<=") == flat[3::5].count("<="):
                        return False
                    found.append((places, self._ends(flat[::5]), self._ends(flat[4::5])))
                elif width == 3:
                    if not {*flat[1::3]} <= {"<=", ">=", "="}:
                        return False
                    ends = self._ends(flat[2::3])
                    for relation in {*flat[1::3]}:
                        chosen = list(map(relation.__eq__, flat[1::3]))
                        some, values = list(compress(places, chosen)), list(compress(ends, chosen))
                        found.append((some, [] if relation == "<=" else values, [] if relation == ">=" else values))
                elif {*map(str.lower, flat[1::2])} == {"free"}:
                    found.append((places, [-inf] * len(places), [inf] * len(places)))
                else:
                    return False
        except (KeyError, ValueError):
            return False
        if not found or any(inf in lower or -inf in upper for _, lower, upper in found):
            return False
        if len(found) > 1:  # the last one would count
            for k in (1, 2):
                stated = [j for group in found if group[k] for j in group[0]]
                if len({*stated}) < len(stated):
                    return False
        for places, lower, upper in found:
            _put(draft.lower, places, lower)
            _put(draft.upper, places, upper)
        return True

    @staticmethod
    def _by_width(text: str) -> dict[int, list[str]]:
        """All words of the lines with 2, 3 or 5 words; nothing if there are others."""
        count = text.count("\n")
        words = text.replace("\n", f" {_END} ").split()
        if len(words) == 6 * count and words[5::6].count(_END) == count and _END not in text:
            del words[5::6]
            return {5: words}
        lines = list(map(str.split, text.split("\n")[:-1]))
        widths = {*map(len, lines)}
        if not widths <= {2, 3, 5}:
            return {}
        return {width: list(chain.from_iterable([w for w in lines if len(w) == width])) for width in widths}

    def _ends(self, texts: list[str]) -> list[float]:
        """The numbers of bounds; raises `ValueError` for one that needs checking."""
        distinct = [texts[0]] if texts.count(texts[0]) == len(texts) else list({*texts})
        values = list(map(float, distinct))
        if "_" in "".join(distinct):
            raise ValueError
        for text, value in zip(distinct, values):
            if not -INFINITE < value < INFINITE:
                word = text.lstrip("+-")
                if word.lower() not in INFINITIES or len(text) > len(word) + 1 or word in self._draft.place_of:
                    raise ValueError
        return values * len(texts) if len(values) == 1 else looked_up(dict(zip(distinct, values)), texts)

    def known(self, text: str) -> Optional[Sequence[int]]:
        """The indices of names alone; None if there is anything else."""
        if not text.isascii() or not SECTION_WORDS.isdisjoint(text.lower().split()):
            return None
        try:
            return self._draft.places(text.split())
        except KeyError:
            return None


def _alike(text: str) -> Optional[tuple[list[str], str, str]]:
    """What is between two numbers, if it is the same in every line, such as ``0 <= x <= 1``, and the two numbers."""
    line = text[: text.find("\n")]
    words = line.split()
    if len(words) != 5 or words[1] != "<=" or words[3] != "<=":
        return None
    start = line.index(words[2], line.index("<=") + 2)
    before, behind = line[:start], line[start + len(words[2]) :] + "\n"
    names = text[start : -len(behind)].split(behind + before)
    return (names, words[0], words[4]) if text.endswith(behind) and len(names) == text.count("\n") else None


def _put(entries: list[float], places: Sequence[int], values: list[float]) -> None:
    if not values:
        return
    if isinstance(places, range):
        entries[places.start : places.stop] = values
        return
    for j, value in zip(places, values):
        entries[j] = value

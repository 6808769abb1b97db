"""Plain parts of an LP file, many lines at a time.

Nearly all lines of large files are plain: a label, terms with signs between blanks, one relation and one number.
Behind the first label such rows are a stream of sign, number and name: ``+ 3 x``, ``- 2 y``, and ``<= 5 next:``, which
is the end of a row with the label of the one behind it.  So `split` and slices take them apart at once.  What some
writers leave out, as the number in ``+ x``, is put in first.

Whatever is not plain is left to the exact reader, which comes to the same result or to an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, compress, count, islice
from math import inf
from operator import ge, mul, sub
from typing import Optional

from pplp.formats.draft import INFINITE, Draft
from pplp.formats.numbers import Numbers
from pplp.formats.source import LONGEST_NAME

__all__ = ["INFINITIES", "NAME", "RELATIONS", "PlainLines", "is_label"]

NAME = r"[^\s<>=:+\-*/^\[\]\\0-9.][^\s<>=:+\-*^\\]*"
RELATIONS = {"<": -1, "<=": -1, "=<": -1, ">": 1, ">=": 1, "=>": 1, "=": 0}
INFINITIES = {"inf", "infinity"}
_PLAIN_NAME, _PLAIN_NAMES = re.compile(NAME), re.compile(rf"(?:{NAME} )*")
_NONE: tuple[list[str], list[str], list[str]] = [], [], []
_DIGIT = re.compile(" [0-9]")
_SIGNS = {"+": 1.0, "-": -1.0, **dict.fromkeys(RELATIONS, 0.0)}

#: The first words of lines that may begin a section, in small letters.
_WORDS = frozenset(
    (
        *("minimize", "minimise", "minimum", "min", "maximize", "maximise", "maximum", "max", "subject", "such", "st"),
        *("s.t.", "st.", "lazy", "user", "bound", "bounds", "general", "generals", "gen", "integer", "integers", "int"),
        *("binary", "binaries", "bin", "semi-continuous", "semi", "semis", "sos", "sos1", "sos2", "end", "gencon"),
        *("gencons", "g.c.", "pwlobj", "multi-objective", "multi-objectives", "scenario", "quadratic"),
    )
)
#: The words that begin lines, and do not begin with a sign, a relation or a digit, as far as a colon.
_STARTS = re.compile(r"\n\s*([^\s+\-<>=0-9.:][^\s:]*:?)")
#: A first term of a row without a sign, and a sign that is not between blanks.
_UNSIGNED = re.compile(r":(?= +[^ +\-<>=])")
_GLUED = re.compile(r"[^<>= ] +[+-][^ ]")
_SIDES = [re.compile(rf"({relation} +[+-]) +") for relation in "<>="]
#: A name that has no number before it: its first letter, and the sign before it.
_LETTER = re.compile(r" [+-] +([^0-9. +-])")
_PLUS, _MINUS = re.compile(r" \+ +(?=[^0-9. +-])"), re.compile(r" - +(?=[^0-9. +-])")
#: What stands between lines while their words are counted.
_END = "\0"
#: So many characters say how the terms of a file are written, nearly always.
_SAMPLE = 1 << 13
#: Rows of more terms than these, on average, are long.
_LONG = 16
#: If names have more first letters than these, a regular expression is quicker than `replace` for each.
_LETTERS = 4


def is_label(text: str) -> bool:
    """Is it one name, and nothing else?"""
    label = text.strip()
    return label.isidentifier() or _PLAIN_NAME.fullmatch(label) is not None


class PlainLines:
    """Takes whole lines into a draft, or none of them."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        #: How the terms of this file have been written so far.
        self._is_unsigned = self._is_glued = False
        self._letters = ""
        self._rise = True  # the places of the variables, in each row
        self._numbers = Numbers()

    # ---- terms
    def terms(self, text: str) -> Optional[tuple[list[int], list[float]]]:
        """The terms of lines of the objective; None, and all is as before, where there is anything else."""
        if not text.isascii() or ":" in text or _labels_at_starts(text) is None:
            return None
        signs, texts, names = self._triples(text)
        if not signs or not {"+", "-"}.issuperset(signs):
            return None
        values = self._values(signs, texts)
        places = None if values is None else self._places(names)
        return None if values is None or places is None else (places, values)

    def rows(self, text: str, known: set[str]) -> Optional[list[str]]:
        """Add complete rows, which begin with a label; returns their labels, None where not all are plain."""
        draft, remarks = self._draft, self._draft.remarks
        colon = text.find(":")
        rows = _labels_at_starts(text)
        first = text[:colon].strip()
        is_plain = bool(rows) and text.isascii() and _PLAIN_NAME.fullmatch(first)
        signs, texts, names = self._triples(text[colon:] + " :") if is_plain else _NONE
        if not signs:
            return None
        ends = _places_of_relations(signs, rows or 0)
        labels = [first + ":", *[names[k] for k in ends]]
        if labels.pop() != ":" or len(labels) != rows or ends[-1:] != [len(signs) - 1]:
            return None
        joined = " ".join(["", *labels, ""])
        if joined.count(": ") < len(labels):
            return None
        joined = joined.replace(": ", " ")
        labels = joined.split()
        are_new = len({*labels}) == rows and known.isdisjoint(labels)
        if not (are_new and _are_names(joined) and max(map(len, labels)) <= LONGEST_NAME):
            return None
        if any(told and not told.keys().isdisjoint(labels) for told in (remarks.sides, remarks.ranges)):
            return None
        try:
            sides = self._numbers([texts[k] for k in ends])
        except ValueError:
            return None
        if not -INFINITE < min(sides) <= max(sides) < INFINITE:
            return None
        relations = [signs[k] for k in ends]
        signs, texts, names = _without(ends, signs, texts, names)
        values = self._values(signs, texts)
        if values is None or 0.0 in values:
            return None
        known_columns = len(draft.column_names)
        indices = self._places(names)
        if indices is None:
            return None
        behind = list(map(sub, ends, count()))  # the last term of each row, without the ends of the rows
        lengths = list(map(sub, behind, chain((0,), behind)))
        if 0 in lengths or not self._are_single(indices, behind):
            draft.forget(known_columns)
            return None
        if 0.0 in sides:
            sides = [0.0 + side for side in sides]  # no -0.0
        draft.row_names += labels
        draft.row_lower += _chosen(sides, relations, 1, -inf)
        draft.row_upper += _chosen(sides, relations, -1, inf)
        draft.lengths += lengths
        draft.indices += indices
        draft.values += values
        return labels

    def _triples(self, text: str) -> tuple[list[str], list[str], list[str]]:
        """Signs, numbers and names of all terms; none where there is anything else."""
        for sample in (text[:_SAMPLE], text, ""):
            words = self._complete(text).split()
            if words[:1] == [":"]:  # behind the first label
                del words[0]
            signs = words[::3]
            if len(words) % 3 == 0 and _SIGNS.keys() >= {*signs}:
                return signs, words[1::3], words[2::3]
            if not self._learn(sample):
                break
        return _NONE

    def _complete(self, text: str) -> str:
        """The text with a sign, a blank and a number where this file leaves them out."""
        text = self._with_signs(text)
        if len(self._letters) > _LETTERS:
            return _MINUS.sub(" - 1 ", _PLUS.sub(" + 1 ", text))
        for letter in self._letters:
            text = text.replace(f" + {letter}", f" + 1 {letter}").replace(f" - {letter}", f" - 1 {letter}")
        return text

    def _with_signs(self, text: str) -> str:
        text = " " + text.replace("\n", " ")
        if self._is_unsigned:
            text = _UNSIGNED.sub(": +", text)
        if self._is_glued:
            for sign in "+-":
                has_exponents = f"e{sign}" in text or f"E{sign}" in text
                text = text.replace(f" {sign}", f" {sign} ") if has_exponents else text.replace(sign, f" {sign} ")
            for relation in _SIDES:  # the number behind it keeps its sign
                text = relation.sub(r"\1", text)
        return text

    def _learn(self, text: str) -> bool:
        """Look at how the terms are written; returns whether that is news."""
        before = self._is_unsigned, self._is_glued, self._letters
        flat = text.replace("\n", " ")
        self._is_unsigned = self._is_unsigned or _UNSIGNED.search(flat) is not None
        self._is_glued = self._is_glued or _GLUED.search(flat) is not None
        letters = {*self._letters, *_LETTER.findall(self._with_signs(text))}
        self._letters = "".join(sorted(letters))
        return before != (self._is_unsigned, self._is_glued, self._letters)

    def _values(self, signs: list[str], texts: list[str]) -> Optional[list[float]]:
        """The coefficients of terms; None where one is no number of a fair size."""
        try:
            values = self._numbers(texts)
        except ValueError:
            return None
        return list(map(mul, map(_SIGNS.__getitem__, signs), values)) if "-" in signs else values

    def _are_single(self, indices: list[int], ends: list[int]) -> bool:
        """Does each row, which goes as far as its end, have each variable once?"""
        if self._rise and len(indices) < _LONG * len(ends):
            falls = {*compress(count(1), map(ge, indices, islice(indices, 1, None)))}
            self._rise = falls.issubset(ends)
            if self._rise:
                return True
        return not any([len({*indices[a:b]}) < b - a for a, b in zip([0, *ends], ends)])

    def _places(self, names: list[str]) -> Optional[list[int]]:
        """The places of the names, of which the new ones become columns; None, and none does, where one is no name."""
        draft, place_of = self._draft, self._draft.place_of
        known = len(place_of)
        place_of.default_factory = count(known).__next__
        try:
            places = list(map(place_of.__getitem__, names))
        finally:
            place_of.default_factory = None
        if len(place_of) > known:
            new = list(islice(reversed(place_of), len(place_of) - known))[::-1]
            joined = " ".join(["", *new, ""])
            are_plain = _are_names(joined) and max(map(len, new)) <= LONGEST_NAME
            is_infinite = any(f" {word} " in joined.lower() for word in INFINITIES)
            if not are_plain or is_infinite or draft.remarks.constant in new:
                for name in new:
                    del place_of[name]
                return None
            draft.columns(new)
        return places

    # ---- bounds and kinds
    def bounds(self, text: str) -> bool:
        """Bounds of known variables, ``x <= 4``, ``-1 <= x <= 4`` or ``x free``."""
        draft = self._draft
        if not text.isascii():
            return False
        by_width = self._by_width(text)
        found: list[tuple[list[int], list[float], list[float]]] = []
        try:
            for width, flat in by_width.items():
                here = flat[2::5] if width == 5 else flat[::width]
                if width < 5 and not _WORDS.isdisjoint(map(str.lower, here)):
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
        if len(found) > 1:  # whichever came last would count
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
        """All words of the lines with 2, 3 or 5 words; nothing where there are others."""
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
        """The numbers of bounds; raises `ValueError` for one that needs a second look."""
        distinct = [texts[0]] if texts.count(texts[0]) == len(texts) else list({*texts})
        values = list(map(float, distinct))
        if "_" in "".join(distinct):
            raise ValueError
        for text, value in zip(distinct, values):
            if not -INFINITE < value < INFINITE:
                word = text.lstrip("+-")
                if word.lower() not in INFINITIES or len(text) > len(word) + 1 or word in self._draft.place_of:
                    raise ValueError
        return values * len(texts) if len(values) == 1 else list(map(dict(zip(distinct, values)).__getitem__, texts))

    def known(self, text: str) -> Optional[list[int]]:
        """The places of names alone; None where there is anything else."""
        names = text.split()
        if not text.isascii() or not _WORDS.isdisjoint(map(str.lower, names)):
            return None
        try:
            return self._draft.places(names)
        except KeyError:
            return None


def _are_names(joined: str) -> bool:
    """Are they all names, with a blank before and behind each?"""
    letters = joined.replace(" ", "").replace("_", "")
    if letters.isalnum() and letters.isascii() and not _DIGIT.search(joined):  # as nearly all are
        return True
    return _PLAIN_NAMES.fullmatch(joined, 1) is not None


def _labels_at_starts(text: str) -> Optional[int]:
    """How many lines begin with a label; None where one may begin a section."""
    words = _STARTS.findall("\n" + text)
    others = [word for word in words if word[-1] != ":"]
    return len(words) - len(others) if _WORDS.isdisjoint(map(str.lower, others)) else None


def _places_of_relations(signs: list[str], rows: int) -> list[int]:
    """Where in the signs of so many rows the rows end."""
    if len(signs) < _LONG * rows:
        return list(compress(count(), map(RELATIONS.__contains__, signs)))
    found: list[int] = []
    for relation in RELATIONS.keys() & {*signs}:
        place = -1
        for _ in range(signs.count(relation)):
            place = signs.index(relation, place + 1)
            found.append(place)
    return sorted(found)


def _chosen(sides: list[float], relations: list[str], direction: int, other: float) -> list[float]:
    """The sides of equalities and of inequalities of this direction; another number for the others."""
    found = {RELATIONS[relation] for relation in {*relations}}
    if found == {-direction}:
        return [other] * len(sides)
    if found <= {0, direction}:
        return sides
    return [side if RELATIONS[relation] in (0, direction) else other for side, relation in zip(sides, relations)]


def _without(ends: list[int], *lists: list[str]) -> Iterator[list[str]]:
    """The lists without what is at the ends of rows."""
    count = len(lists[0])
    if count >= _LONG * len(ends):
        for words in lists:
            for place in reversed(ends):
                del words[place]
            yield words
        return
    chosen = bytearray(b"\1") * count
    for place in ends:
        chosen[place] = 0
    for words in lists:
        yield list(compress(words, chosen))


def _put(entries: list[float], places: list[int], values: list[float]) -> None:
    if not values:
        return
    first, behind = places[0], places[0] + len(places)
    if places == list(range(first, behind)):
        entries[first:behind] = values
        return
    for j, value in zip(places, values):
        entries[j] = value

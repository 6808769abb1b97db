"""Plain rows and terms of an LP file, parsed many lines at a time.

Nearly all lines of large files are plain: a label, terms with signs between blanks, one relation and one number.
After the first label, such rows are a stream of sign, number and name: ``+ 3 x``, ``- 2 y``, and ``<= 5 next:``,
which is the end of a row with the label of the next one.  `split` and slices take them apart at once.  What some
writers leave out, such as the number in ``+ x``, is filled in first.

Everything else is left to the exact reader, which returns the same result or an error.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import accumulate, combinations, compress, count, islice, repeat
from math import inf
from operator import add, eq, lt
from typing import Optional

from pplp.core.rows import packed
from pplp.formats.draft import INFINITE, Draft
from pplp.formats.lp_words import INFINITIES, NAME, RELATIONS, SECTION_WORDS
from pplp.formats.numbers import Numbers, looked_up
from pplp.formats.source import LONGEST_NAME

__all__ = ["PlainRows"]

_PLAIN_NAME, _PLAIN_NAMES = re.compile(NAME), re.compile(rf"(?:{NAME} )*")
_NONE: tuple[bytes, list[str], list[str]] = b"", [], []
#: Letters become "a" and digits "0"; blanks remain, and everything else becomes "?".
_KINDS = re.sub(rb"[^\w ]", b"?", re.sub(rb"[A-Za-z_]", b"a", re.sub(rb"[0-9]", b"0", bytes(range(256)))))
#: The first token of a term or of the end of a row; relations of two letters, and their one letter besides "=".
_SIGNS = {"+", "-", *RELATIONS}
_LONG_RELATIONS = {relation for relation in RELATIONS if len(relation) > 1}
_RELATIONS = b"<>="
#: Signs and relations of one letter, by kind: 1 or 0.
_IS_MINUS = bytes.maketrans(b"+-", b"\0\1")
_IS_LOWER, _IS_UPPER = (bytes.maketrans(_RELATIONS, to) for to in (b"\0\1\1", b"\1\0\1"))
#: A row becomes one plus for each term, and an equals sign.
_SHAPE = bytes.maketrans(b"+-<>=", b"++===")

#: New variables whose names must be checked.
_ODD_NAMES = SECTION_WORDS | INFINITIES
#: The words that begin lines, and do not begin with a sign, a relation or a digit; labels end with the colon.
_STARTS = re.compile(r"\n\s*([^\s+\-<>=0-9.:][^\s:]*:?)")
#: A first term of a row without a sign, and a sign that is not between blanks.
_UNSIGNED = re.compile(r":(?= +[^ +\-<>=])")
_GLUED = re.compile(r"[^<>= ] +[+-][^ ]")
_SIDES = [re.compile(rf"({relation} +[+-]) +") for relation in "<>="]
#: A name without a number before it: its first letter, and the sign before it.
_LETTER = re.compile(r" [+-] +([^0-9. +-])")
_PLUS, _MINUS = re.compile(r" \+ +(?=[^0-9. +-])"), re.compile(r" - +(?=[^0-9. +-])")
#: A name that is too long contains a run of this many characters without a blank.
_PIECE = LONGEST_NAME // 2
#: The first characters of a file that show, nearly always, how its terms are written.
_SAMPLE = 1 << 13
#: Rows with more terms than this, on average, are long; rows with this many are short.
_LONG, _SHORT = 16, 4
#: If names have more first letters than this, a regular expression is faster than `replace` for each.
_LETTERS = 4


class PlainRows:
    """Takes whole rows, or terms of the objective, into a draft, or none of them."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        #: How the terms of this file were written so far.
        self._is_unsigned = self._is_glued = False
        self._letters = ""
        self._has_words = False  # True if the name of a variable may begin a section
        self._looked = 0  # the number of variables whose names were checked for that
        self._rise = True  # True as long as the indices of the variables rise in each row
        self._numbers = Numbers()

    # ---- terms
    def terms(self, text: str) -> Optional[tuple[list[int], Sequence[float]]]:
        """The terms of lines of the objective; None, with nothing changed, if there is anything else."""
        if not text.isascii() or ":" in text or self._may_begin_section(text):
            return None
        signs, texts, names = self._triples(text)
        if not signs or signs.strip(b"+-"):
            return None
        values = self._values(signs, texts)
        places = None if values is None else self._places(names)
        return None if values is None or places is None else (places, values)

    def rows(self, text: str, known: dict[str, None]) -> bool:
        """Add complete rows, which begin with a label, and the labels; False, with none added, unless all are plain."""
        before, is_taken = len(known), self._rows(text, known)
        while not is_taken and len(known) > before:
            known.popitem()
        return is_taken

    def _rows(self, text: str, known: dict[str, None]) -> bool:
        draft, remarks = self._draft, self._draft.remarks
        colon = text.find(":")
        first = text[:colon].strip()
        is_plain = text.isascii() and _PLAIN_NAME.fullmatch(first) and not self._may_begin_section(text)
        signs, texts, names = self._triples(text[colon:] + " :") if is_plain else _NONE
        inner = signs.translate(_SHAPE).replace(b"+=", b"\0")  # for each term: is there one after it in its row?
        if inner[-1:] != b"\0" or b"=" in inner:
            return False
        lengths = _lengths(inner)
        side_texts, texts = _parted(texts, lengths)
        labels, names = _parted(names, lengths)
        if labels.pop() != ":":
            return False
        joined = " ".join(["", first + ":", *labels, ""])
        if joined.count(": ") < len(lengths):
            return False
        joined = joined.replace(": ", " ")
        if not _are_names(joined):
            return False
        labels, before = joined.split(), len(known)
        known.update(zip(labels, repeat(None)))
        if len(known) < before + len(lengths):
            return False
        if any(told and not told.keys().isdisjoint(labels) for told in (remarks.sides, remarks.ranges)):
            return False
        try:
            sides = self._numbers(side_texts)
        except ValueError:
            return False
        if not -INFINITE < min(sides) <= max(sides) < INFINITE:
            return False
        values = self._values(signs.translate(None, _RELATIONS), texts)
        if values is None or 0.0 in (values if isinstance(values, list) else values[:1]):
            return False
        known_columns, alike = len(draft.column_names), 1
        if names[lengths[0] :] == names[: -lengths[0]] and lengths.count(lengths[0]) == len(lengths):
            alike = len(lengths)  # all rows have the same variables
        indices = self._places(names[: len(names) // alike])
        if indices is None:
            return False
        if not self._are_single(indices, lengths[: len(lengths) // alike], inner):
            draft.forget(known_columns)
            self._looked = min(self._looked, known_columns)
            return False
        if 0.0 in sides:
            sides = [0.0 + side for side in sides]  # no -0.0
        relations = signs.translate(None, b"+-")
        draft.row_names += labels
        draft.row_lower += _chosen(sides, relations.translate(_IS_LOWER), -inf)
        draft.row_upper += _chosen(sides, relations.translate(_IS_UPPER), inf)
        draft.lengths += lengths
        draft.indices += packed("i", indices) * alike
        draft.values += values if isinstance(values, array) else packed("d", values)
        return True

    def _may_begin_section(self, text: str) -> bool:
        """True if one of the lines may begin a section; False if no variable has such a name."""
        names = self._draft.column_names
        if not self._has_words:
            self._has_words = not SECTION_WORDS.isdisjoint(map(str.lower, names[self._looked :]))
            self._looked = len(names)
        return self._has_words and not SECTION_WORDS.isdisjoint(map(str.lower, _STARTS.findall("\n" + text)))

    def _triples(self, text: str) -> tuple[bytes, list[str], list[str]]:
        """Signs, numbers and names of all terms; none if there is anything else.  A relation is one sign."""
        for sample in (text[:_SAMPLE], text, ""):
            words = self._complete(text).split()
            if words[:1] == [":"]:  # after the first label
                del words[0]
            signs = words[::3]
            found = {*signs}
            if len(words) % 3 == 0 and found <= _SIGNS:
                joined = "".join(signs)
                for relation in found & _LONG_RELATIONS:
                    joined = joined.replace(relation, relation.strip("="))
                if len(joined) == len(signs):  # else there are two relations together
                    return joined.encode(), words[1::3], words[2::3]
            if not (self._learn(sample) or self._learn(text)):
                break
        return _NONE

    def _complete(self, text: str) -> str:
        """The text with a sign, a blank and a number wherever this file leaves them out."""
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
            for relation in _SIDES:  # the number after it keeps its sign
                text = relation.sub(r"\1", text)
        return text

    def _learn(self, text: str) -> bool:
        """Check how the terms are written; returns whether anything changed."""
        before = self._is_unsigned, self._is_glued, self._letters
        flat = text.replace("\n", " ")
        self._is_unsigned = self._is_unsigned or _UNSIGNED.search(flat) is not None
        if any([flat.count(sign) > flat.count(f"{sign} ") for sign in "+-"]):
            self._is_glued = self._is_glued or _GLUED.search(flat) is not None
        letters = {*self._letters, *_LETTER.findall(self._with_signs(text))}
        self._letters = "".join(sorted(letters))
        return before != (self._is_unsigned, self._is_glued, self._letters)

    def _values(self, signs: bytes, texts: list[str]) -> Optional[Sequence[float]]:
        """The coefficients of terms; None if one is not a number of a normal size."""
        try:
            values = self._numbers(texts)
        except ValueError:
            return None
        if texts[0] == texts[-1] and texts.count(texts[0]) == len(texts):
            plus, minus = (packed("d", [value]).tobytes() for value in (values[0], -values[0]))
            if b"-" not in plus:
                return array("d", signs.replace(b"+", plus).replace(b"-", minus))
        is_minus = signs.translate(_IS_MINUS)
        if 1 in is_minus:
            for k in compress(count(), is_minus):
                values[k] = -values[k]
        return values

    def _are_single(self, indices: list[int], lengths: list[int], inner: bytes) -> bool:
        """True if each row, with this many terms, has each variable once; `inner` is 0 for the last term of each."""
        longest = max(lengths)
        if longest <= _SHORT and lengths.count(longest) == len(lengths):  # as columns, no two of which may be the same
            columns = [indices[k::longest] for k in range(longest)]
            return not any(any(map(eq, one, other)) for one, other in combinations(columns, 2))
        if self._rise and len(indices) < _LONG * len(lengths):
            self._rise = all(compress(map(lt, indices, islice(indices, 1, None)), inner))
            if self._rise:
                return True
        ends = list(accumulate(lengths))
        return not any([len({*indices[a:b]}) < b - a for a, b in zip([0, *ends], ends)])

    def _places(self, names: list[str]) -> Optional[list[int]]:
        """The indices of the names; new ones become columns.  None, with none added, if one is not a name."""
        draft, place_of = self._draft, self._draft.place_of
        known, new = len(place_of), names
        if names[0] in place_of:
            place_of.default_factory = count(known).__next__
            try:
                places = looked_up(place_of, names)
            finally:
                place_of.default_factory = None
        else:  # often they are all new, which is the faster way
            places = list(map(place_of.setdefault, names, count(known)))
        if len(place_of) == known:
            return places
        if len(place_of) < known + len(names):
            new = list(islice(reversed(place_of), len(place_of) - known))[::-1]
            if places[0] == known:  # numbered as if all were new
                place_of.update(zip(new, count(known)))
                places = looked_up(place_of, names)
        joined = " ".join(["", *new, ""])
        if not _are_names(joined) or self._are_odd(joined, known) or place_of.get(draft.remarks.constant, -1) >= known:
            for name in new:
                del place_of[name]
            return None
        draft.columns(new)
        if self._looked == known:
            self._looked = len(place_of)
        return places

    def _are_odd(self, joined: str, known: int) -> bool:
        """True if one of the new names, whose indices follow the known ones, is a word that needs checking."""
        if joined.islower():  # then few words are looked for among many names
            place_of = self._draft.place_of
            return any([place_of.get(word, -1) >= known for word in _ODD_NAMES])
        return not _ODD_NAMES.isdisjoint(joined.lower().split())


def _are_names(joined: str) -> bool:
    """True if all are names, none too long, with a blank before and after each."""
    pieces = range(0, len(joined), _PIECE)
    if any([joined.find(" ", k, k + _PIECE) < 0 for k in pieces]) and max(map(len, joined.split())) > LONGEST_NAME:
        return False
    kinds = joined.encode().translate(_KINDS)
    if b"?" not in kinds and b" 0" not in kinds:  # as nearly all are
        return True
    return _PLAIN_NAMES.fullmatch(joined, 1) is not None


def _lengths(inner: bytes) -> list[int]:
    """The number of terms in each row; `inner` is 0 for the last one."""
    first, rows = inner.index(0) + 1, inner.count(0)
    if first * rows == len(inner) and inner == inner[:first] * rows:
        return [first] * rows
    lengths = [len(part) + 1 for part in inner.split(b"\0")]
    lengths.pop()
    return lengths


def _chosen(sides: list[float], chosen: bytes, other: float) -> list[float]:
    """The sides with the flag 1; `other` in place of those with the flag 0."""
    if 0 not in chosen:
        return sides
    if 1 not in chosen:
        return [other] * len(sides)
    return [side if one else other for side, one in zip(sides, chosen)]


def _parted(words: list[str], lengths: list[int]) -> tuple[list[str], list[str]]:
    """The ends of rows, which have this many terms, and everything else."""
    every = lengths[0] + 1
    if lengths.count(lengths[0]) == len(lengths):
        found = words[every - 1 :: every]
        del words[every - 1 :: every]
        return found, words
    ends = list(map(add, accumulate(lengths), count()))
    found = list(map(words.__getitem__, ends))
    for place in ends:
        words[place] = ""
    return found, list(filter(None, words))

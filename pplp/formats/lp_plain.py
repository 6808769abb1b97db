"""Plain rows of an LP file, many at a time: label, terms with signs between blanks, one relation and one number.

Nearly all lines of large files are of that kind.  They wait in a `PlainLines` until there are many, and are then taken
apart by `split` and `map` at once.  Whatever is not plain is left to the exact reader, with its lines, which comes to
the same result or to an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, count, islice
from math import inf
from typing import Optional

from pplp.core.scalars import HUGE, SMALL
from pplp.formats.draft import INFINITE, Draft
from pplp.formats.source import LONGEST_NAME

__all__ = ["INFINITIES", "NAME", "RELATIONS", "PlainLines", "plain_label", "signed"]

NAME = r"[^\s<>=:+\-*/^\[\]\\0-9.][^\s<>=:+\-*^\\]*"
RELATIONS = {"<": -1, "<=": -1, "=<": -1, ">": 1, ">=": 1, "=>": 1, "=": 0}
INFINITIES = {"inf", "infinity"}
_PLAIN_NAME, _PLAIN_NAMES = re.compile(NAME), re.compile(rf"(?:{NAME} )*")
#: A sign with a name behind it, and not a number.
_PLUS, _MINUS = re.compile(r" \+ ?(?=[^0-9. +-])"), re.compile(r" - ?(?=[^0-9. +-])")

#: The beginning of a row, where the first term has no sign.
_UNSIGNED = re.compile(r"\n *(?=[^ +-])")


def signed(text: str) -> str:
    """Terms behind a label, where the first may have no sign."""
    text = text.lstrip()
    return text if text[:1] in ("", "+", "-") else "+ " + text


def plain_label(text: str) -> Optional[str]:
    """The name that a label is; None where there is anything else."""
    label = text.strip()
    return label if label.isidentifier() or _PLAIN_NAME.fullmatch(label) else None


class PlainLines:
    """Lines of the objective or of rows that wait; those of rows begin with a label."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.numbers: list[int] = []  # of the lines
        self.lines: list[str] = []
        self.pieces: list[str] = []  # what each line has behind its label
        self.labels: list[str] = []
        self.firsts: list[int] = []  # of each row: its first line among these

    def add(self, number: int, line: str, piece: str) -> None:
        """One more line."""
        self.numbers.append(number)
        self.lines.append(line)
        self.pieces.append(piece)

    def terms(self) -> Optional[tuple[list[int], list[float]]]:
        """The terms of all lines; None, and all is as before, where there is anything else."""
        return self._terms(" " + "".join(self.pieces).replace("\n", " "))

    def take_rows(self, rows: int) -> bool:
        """Add the first rows, as many, to the draft; False, and none is added, where not all are plain."""
        draft, remarks, labels = self.draft, self.draft.remarks, self.labels[:rows]
        if any(told and not told.keys().isdisjoint(labels) for told in (remarks.sides, remarks.ranges)):
            return False
        parts = self._parts(rows)
        if parts is None or max(map(len, labels)) > LONGEST_NAME:
            return False
        bodies, relations, sides = parts
        text = _UNSIGNED.sub("\n + ", "\n " + "\n ".join(bodies))
        known = len(draft.column_names)
        terms = self._terms(text.replace("\n", " "))
        if terms is None:
            return False
        indices, values = terms
        lengths = [body.count("+") + body.count("-") for body in text.split("\n")[1:]]
        if sum(lengths) != len(indices):  # there are signs in exponents
            lengths = [body.count(" +") + body.count(" -") for body in text.split("\n")[1:]]
        at = list(accumulate(lengths, initial=0))
        if at[-1] != len(indices) or 0.0 in values or any([len({*indices[a:b]}) < b - a for a, b in zip(at, at[1:])]):
            draft.forget(known)
            return False
        draft.row_names += labels
        draft.row_lower += [-inf if relation < 0 else side for relation, side in zip(relations, sides)]
        draft.row_upper += [inf if relation > 0 else side for relation, side in zip(relations, sides)]
        draft.lengths += lengths
        draft.indices += indices
        draft.values += values
        return True

    def _parts(self, rows: int) -> Optional[tuple[Sequence[str], list[int], list[float]]]:
        """The terms, relations and right-hand sides of the first rows; None where one has anything else."""
        bodies = self.pieces[:rows]
        if len(self.lines) > len(self.labels):
            ends = [*self.firsts, len(self.lines)][1 : rows + 1]
            spans = zip(self.firsts, ends)
            bodies = ["".join(self.pieces[first:end]).replace("\n", " ") for first, end in spans]
        try:
            terms, signs, texts = zip(*[body.rsplit(None, 2) for body in bodies])
            relations = [RELATIONS[sign] for sign in signs]
            sides = [0.0 + float(text) for text in texts]  # no -0.0
        except (KeyError, ValueError):
            return None
        digits = "".join(texts)
        is_plain = digits.isascii() and "_" not in digits and all([-INFINITE < side < INFINITE for side in sides])
        return (terms, relations, sides) if is_plain else None

    def _terms(self, text: str) -> Optional[tuple[list[int], list[float]]]:
        """The terms of a text that begins with a blank; each has a sign."""
        if not text.isascii():
            return None
        tokens = _MINUS.sub(" -1 ", _PLUS.sub(" +1 ", text)).replace(" + ", " +").replace(" - ", " -").split()
        factors, names = tokens[::2], tokens[1::2]
        distinct = list({*factors})  # most coefficients come again and again
        if len(factors) != len(names) or not all([factor[0] in "+-" for factor in distinct]):
            return None
        try:
            numbers = list(map(float, distinct))
        except ValueError:
            return None
        sizes = list(map(abs, numbers))
        if "_" in "".join(distinct) or not all([SMALL <= size <= HUGE or not size for size in sizes]):
            return None
        places = self._places(names)
        return None if places is None else (places, list(map(dict(zip(distinct, numbers)).__getitem__, factors)))

    def _places(self, names: list[str]) -> Optional[list[int]]:
        """The places of the names, of which the new ones become columns; None, and none does, where one is no name."""
        draft, place_of = self.draft, self.draft.place_of
        known = len(place_of)
        place_of.default_factory = count(known).__next__
        try:
            places = list(map(place_of.__getitem__, names))
        finally:
            place_of.default_factory = None
        if len(place_of) > known:
            new = list(islice(reversed(place_of), len(place_of) - known))[::-1]
            are_plain = _PLAIN_NAMES.fullmatch(" ".join([*new, ""])) and max(map(len, new)) <= LONGEST_NAME
            if not are_plain or not INFINITIES.isdisjoint(map(str.lower, new)) or draft.remarks.constant in new:
                for name in new:
                    del place_of[name]
                return None
            draft.columns(new)
        return places

"""Plain rows of an LP file, many at a time: label, terms with signs between blanks, one relation and one number.

Nearly all lines of large files are of that kind.  They wait in a `PlainLines` until there are many, and are then taken
apart by `split` and `map` at once.  Whatever is not plain is left to the exact reader, with its lines, which comes to
the same result or to an error.
"""

from __future__ import annotations

import re
from itertools import accumulate
from math import inf
from typing import Optional

from pplp.formats.draft import INFINITE, Draft
from pplp.formats.source import LONGEST_NAME
from pplp.scalars import HUGE, SMALL

__all__ = ["INFINITIES", "NAME", "RELATIONS", "PlainLines", "plain_label", "signed"]

NAME = r"[^\s<>=:+\-*/^\[\]\\0-9.][^\s<>=:+\-*^\\]*"
RELATIONS = {"<": -1, "<=": -1, "=<": -1, ">": 1, ">=": 1, "=>": 1, "=": 0}
INFINITIES = {"inf", "infinity"}
_PLAIN_NAME = re.compile(NAME)
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
        return self._terms(" " + "".join(self.pieces).replace("\n", " "), -1)

    def take_rows(self, count: int) -> bool:
        """Add the first rows, as many, to the draft; False, and none is added, where not all are plain."""
        draft, remarks, labels = self.draft, self.draft.remarks, self.labels[:count]
        if any(told and not told.keys().isdisjoint(labels) for told in (remarks.sides, remarks.ranges)):
            return False
        bodies = self.pieces[:count]
        if len(self.lines) > len(self.labels):
            ends = [*self.firsts, len(self.lines)][1 : count + 1]
            spans = zip(self.firsts, ends)
            bodies = ["".join(self.pieces[first:end]).replace("\n", " ") for first, end in spans]
        try:
            bodies, signs, texts = zip(*[body.rsplit(None, 2) for body in bodies])  # type: ignore[assignment]
            relations = [RELATIONS[sign] for sign in signs]
            sides = [0.0 + float(text) for text in texts]  # no -0.0
        except (KeyError, ValueError):
            return False
        is_plain = all([-INFINITE < side < INFINITE for side in sides]) and "_" not in "".join(texts)
        if not is_plain or max(map(len, labels)) > LONGEST_NAME:
            return False
        text = _UNSIGNED.sub("\n + ", "\n " + "\n ".join(bodies))
        lengths = [body.count(" +") + body.count(" -") for body in text.split("\n")[1:]]
        known = len(draft.column_names)
        terms = self._terms(text.replace("\n", " "), sum(lengths))
        if terms is None:
            return False
        indices, values = terms
        at = list(accumulate(lengths, initial=0))
        if 0.0 in values or any([len({*indices[a:b]}) < b - a for a, b in zip(at, at[1:])]):
            draft.forget(known)
            return False
        draft.row_names += labels
        draft.row_lower += [-inf if relation < 0 else side for relation, side in zip(relations, sides)]
        draft.row_upper += [inf if relation > 0 else side for relation, side in zip(relations, sides)]
        draft.lengths += lengths
        draft.indices += indices
        draft.values += values
        return True

    def _terms(self, text: str, count: int) -> Optional[tuple[list[int], list[float]]]:
        """The terms of a text that begins with a blank; there must be as many, if that is not -1."""
        if not text.isascii():
            return None
        signs = text.count(" +") + text.count(" -")
        tokens = _MINUS.sub(" -1 ", _PLUS.sub(" +1 ", text)).replace(" + ", " +").replace(" - ", " -").split()
        factors, names = tokens[::2], tokens[1::2]
        if not len(factors) == len(names) == signs or (signs != count and count >= 0):
            return None
        distinct = list({*factors})  # most coefficients come again and again
        try:
            numbers = list(map(float, distinct))
        except ValueError:
            return None
        sizes = list(map(abs, numbers))
        if "_" in "".join(distinct) or not all([SMALL <= size <= HUGE or not size for size in sizes]):
            return None
        place_of = self.draft.place_of.__getitem__
        try:
            places = list(map(place_of, names))
        except KeyError:
            if not self._add_columns(names):
                return None
            places = list(map(place_of, names))
        return places, list(map(dict(zip(distinct, numbers)).__getitem__, factors))

    def _add_columns(self, names: list[str]) -> bool:
        """Add the columns of the names that are new; False, and none is added, where not all are names."""
        draft, place_of = self.draft, self.draft.place_of
        new = [name for name in dict.fromkeys(names) if name not in place_of]
        for name in new:
            is_plain = _PLAIN_NAME.fullmatch(name) and len(name) <= LONGEST_NAME and name.lower() not in INFINITIES
            if not is_plain or name == draft.remarks.constant:
                return False
        draft.columns(new)
        return True

"""The COLUMNS section: the entries of the matrix, column by column."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, chain, compress, islice
from math import inf
from operator import ge, ne
from typing import Any

from pplp.core.scalars import HUGE, SMALL
from pplp.formats.draft import Draft
from pplp.formats.names import checked_name
from pplp.formats.source import LONGEST_NAME, quoted

__all__ = ["Columns", "numbers"]


def numbers(texts: list[str]) -> list[float]:
    """What `float` makes of each; raises `ValueError` for what is no coefficient as it is.

    Most files have few different numbers: then each is made and looked at once.
    """
    if len({*texts[:64]}) > 32:
        values = list(map(float, texts))
        _check(texts, values)
        return values
    distinct = list({*texts})
    found = list(map(float, distinct))
    _check(distinct, found)
    return list(map(dict(zip(distinct, found)).__getitem__, texts))


def _check(texts: list[str], values: list[float]) -> None:
    """Raise `ValueError` unless each is 0, or of a size that a coefficient may have."""
    joined = "".join(texts)
    if "_" in joined:
        raise ValueError
    with_letters = "e" in joined or "E" in joined or "n" in joined or "N" in joined  # an exponent, inf or nan
    if with_letters or max(map(len, texts), default=0) > 80:  # else the size is in the digits
        sizes = list(map(abs, values))
        if not sum(sizes) <= HUGE or min(filter(None, sizes), default=1.0) < SMALL:
            raise ValueError


class Columns:
    """What has been read of the section."""

    def __init__(self, draft: Draft, row_of: dict[str, int]) -> None:
        self._draft = draft
        self._row_of = row_of  # -1 for the objective
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[float] = []
        self._current = ""
        self._rows_of_current: set[int] = set()
        #: Are the columns that come integer?
        self.in_markers = False
        #: Those that came between markers.
        self.marked: set[int] = set()

    def take(self, fields: list[str]) -> None:
        """One line."""
        draft, source = self._draft, self._draft.source
        if len(fields) > 2 and fields[1] == "'MARKER'":
            self._marker(fields)
            return
        if len(fields) not in (3, 5):
            source.fail(
                f"expected a column and one or two rows with numbers, found {quoted(' '.join(filter(None, fields)))}"
            )
        name = fields[0]
        if name and (name != self._current or not draft.column_names):
            self._begin(name)
        elif not self._current:
            source.fail("expected the name of a column, found blanks")
        for row_name, text in zip(fields[1::2], fields[2::2]):
            row = self._row_of.get(row_name)
            if row is None:
                source.fail(f"expected the name of a row, found {quoted(row_name)}")
            value = draft.coefficient(text, "a number")
            if row in self._rows_of_current:
                source.fail(f"expected the column {quoted(self._current)} once in the row {quoted(row_name)}")
            self._rows_of_current.add(row)
            if value:
                self._rows.append(row)
                self._columns.append(len(draft.column_names) - 1)
                self._values.append(value)

    def _begin(self, name: str) -> None:
        draft = self._draft
        if name in draft.place_of:
            draft.source.fail(
                f"expected the column {quoted(name)} in one piece: it stood before {quoted(self._current)}"
            )
        self._current = checked_name(name, draft.source)
        self._rows_of_current = set()
        column = draft.column(name)
        if self.in_markers:
            draft.integer[column] = 1
            self.marked.add(column)

    def _marker(self, fields: list[str]) -> None:
        word = fields[-1].strip("'").upper()
        if word not in ("INTORG", "INTEND"):
            self._draft.source.fail(f"expected 'INTORG' or 'INTEND', found {quoted(fields[-1])}")
        self.in_markers = word == "INTORG"

    def take_all(self, words: list[str], width: int) -> bool:
        """Many lines of `width` words, 3 or 5; returns False, and takes none, where one of them needs a second look.

        In lines of 5 words the last two may be empty.
        """
        names = words[::width]
        begins = list(map(ne, names, chain((self._current,), names)))
        new, first = list(compress(names, begins)), len(self._draft.column_names)
        places = dict(zip(new, range(first, first + len(new))))
        if len(places) < len(new) or not self._draft.place_of.keys().isdisjoint(new):
            return False
        if max(map(len, new), default=0) > LONGEST_NAME:
            return False
        columns = list(islice(accumulate(begins, initial=first - 1), 1, None))
        row_names, texts = words[1::width], words[2::width]
        if width == 5:
            row_names, texts = _interleaved(row_names, words[3::5]), _interleaved(texts, words[4::5])
            columns = _interleaved(columns, columns)
            if "" in texts:
                columns = list(compress(columns, texts))
                row_names, texts = list(filter(None, row_names)), list(filter(None, texts))
        try:
            rows = list(map(self._row_of.__getitem__, row_names))
            values = numbers(texts)
        except (KeyError, ValueError):
            return False
        if not self._are_single(rows, columns):
            return False
        self._begin_all(places)
        if new:
            self._current, self._rows_of_current = new[-1], set()
        self._rows_of_current.update(islice(rows, bisect_left(columns, columns[-1]), None))
        if 0.0 in values:
            rows, columns = list(compress(rows, values)), list(compress(columns, values))
            values = list(filter(None, values))
        self._rows += rows
        self._columns += columns
        self._values += values
        return True

    def _are_single(self, rows: list[int], columns: list[int]) -> bool:
        """Is each row once in each column?"""
        known = bisect_left(columns, len(self._draft.column_names))
        if known and not (self._current and self._rows_of_current.isdisjoint(rows[:known])):
            return False
        falls = compress(range(len(rows) - 1), map(ge, rows, islice(rows, 1, None)))
        if all(columns[k] < columns[k + 1] for k in falls):
            return True  # they rise within each column
        return len({*zip(rows, columns)}) == len(rows)

    def _begin_all(self, places: dict[str, int]) -> None:
        draft, count = self._draft, len(places)
        draft.place_of.update(places)
        draft.column_names += places
        draft.cost += [0.0] * count
        draft.lower += [0.0] * count
        draft.upper += [inf] * count
        draft.integer += bytes([self.in_markers]) * count
        if self.in_markers:
            self.marked.update(places.values())

    def finish(self, count: int) -> None:
        """Put them into the draft, which has so many rows; the costs come last and are taken out again."""
        draft = self._draft
        counts = [0] * (count + 1)
        for i in self._rows:
            counts[i] += 1
        draft.transposed(counts, self._rows, self._columns, self._values)
        costs = counts.pop()
        if costs:
            for j, a in zip(draft.indices[-costs:], draft.values[-costs:]):
                draft.cost[j] = a
            del draft.indices[-costs:], draft.values[-costs:]


def _interleaved(one: list[Any], other: list[Any]) -> list[Any]:
    both = one + other
    both[::2], both[1::2] = one, other
    return both

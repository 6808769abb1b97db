"""The COLUMNS section: the entries of the matrix, column by column."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import accumulate, chain, compress, islice
from operator import ge, ne
from typing import Any

from pplp.core.rows import packed
from pplp.formats.draft import Draft
from pplp.formats.names import checked_name
from pplp.formats.numbers import Numbers, looked_up
from pplp.formats.source import LONGEST_NAME, quoted

__all__ = ["Columns"]


class Columns:
    """The part of the section read so far."""

    def __init__(self, draft: Draft, row_of: dict[str, int], numbers: Numbers) -> None:
        self._draft = draft
        self._numbers = numbers
        self._row_of = row_of  # -1 for the objective
        self._rows, self._columns, self._values = array("i"), array("i"), array("d")
        self._current = ""
        self._rows_of_current: set[int] = set()
        #: True between markers, where columns are integer.
        self.in_markers = False
        #: The columns between markers.
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

    def take_all(self, words: list[list[str]]) -> bool:
        """Many lines, by their 3 or 5 words; returns False, with none taken, if one of them needs checking.

        In lines of 5 words the last two may be empty.
        """
        draft, names, row_names, texts = self._draft, *words[:3]
        begins = list(map(ne, names, chain((self._current,), names)))
        new, first = list(compress(names, begins)), len(draft.column_names)
        if len({*new}) < len(new) or not draft.place_of.keys().isdisjoint(new):
            return False
        if max(map(len, new), default=0) > LONGEST_NAME:
            return False
        if len(words) == 5:
            row_names, texts = _interleaved(row_names, words[3]), _interleaved(texts, words[4])
            begins = _interleaved(begins, [False] * len(begins))
            if "" in texts:
                begins = list(compress(begins, texts))
                row_names, texts = list(filter(None, row_names)), list(filter(None, texts))
        try:
            rows = looked_up(self._row_of, row_names)
            values = self._numbers(texts)
        except (KeyError, ValueError):
            return False
        columns = list(islice(accumulate(begins, initial=first - 1), 1, None))
        if not self._are_single(rows, columns, begins):
            return False
        self._begin_all(new)
        if new:
            self._current, self._rows_of_current = new[-1], set()
        self._rows_of_current.update(islice(rows, bisect_left(columns, columns[-1]), None))
        if 0.0 in values:
            rows, columns = list(compress(rows, values)), list(compress(columns, values))
            values = list(filter(None, values))
        self._rows += packed("i", rows)
        self._columns += packed("i", columns)
        self._values += packed("d", values)
        return True

    def _are_single(self, rows: list[int], columns: list[int], begins: list[bool]) -> bool:
        """True if each row occurs once in each column."""
        known = bisect_left(columns, len(self._draft.column_names))
        if known and not (self._current and self._rows_of_current.isdisjoint(rows[:known])):
            return False
        falls = map(ge, rows, islice(rows, 1, None))
        if all(compress(islice(begins, 1, None), falls)):
            return True  # they rise within each column
        return len({*zip(rows, columns)}) == len(rows)

    def _begin_all(self, names: list[str]) -> None:
        draft, first = self._draft, len(self._draft.column_names)
        places = range(first, first + len(names))
        draft.place_of.update(zip(names, places))
        draft.columns(names)
        if self.in_markers:
            draft.integer[first:] = b"\1" * len(names)
            self.marked.update(places)

    def finish(self, count: int) -> None:
        """Put them into the draft, which has this many rows."""
        cost = self._draft.cost
        for j, a in self._draft.transposed(count, self._rows, self._columns, self._values):
            cost[j] = a


def _interleaved(one: list[Any], other: list[Any]) -> list[Any]:
    both = one + other
    both[::2], both[1::2] = one, other
    return both

"""Reading MPS: sections, and their lines one by one or, if many are alike, all at once.

The exact way takes one line; it knows every corner case and says what is wrong.  Runs of plain lines are taken in bulk
first: if anything in such a run needs checking, none of it is taken, and its lines go the exact way.
"""

from __future__ import annotations

import re
from array import array
from itertools import accumulate, repeat
from math import inf
from typing import Any, Optional

from pplp.core.scalars import HUGE
from pplp.formats.draft import INFINITE, Condition, Draft
from pplp.formats.mps.bounds import KINDS, WITHOUT_NUMBER, Bounds
from pplp.formats.mps.columns import Columns
from pplp.formats.mps.fixed import fixed_fields
from pplp.formats.mps.runs import WIDTHS, are_plain, plain, uniform
from pplp.formats.mps.sets import OrderedSets, is_number
from pplp.formats.names import checked_name
from pplp.formats.numbers import Numbers, looked_up
from pplp.formats.source import LONGEST_NAME, Source, quoted

__all__ = ["read_fixed_mps", "read_mps"]

_SECTIONS = (
    *("NAME", "OBJSENSE", "OBJNAME", "ROWS", "LAZYCONS", "USERCUTS", "COLUMNS", "RHS", "RANGES", "BOUNDS"),
    *("SOS", "SETS", "INDICATORS"),
)
_SENSES = {"MAX": True, "MAXIMIZE": True, "MAXIMISE": True, "MIN": False, "MINIMIZE": False, "MINIMISE": False}
_QUADRATIC = "pplp solves linear programs. Approximate the products with piecewise(), or use a quadratic solver"
#: section -> what is wrong with it, and the remedy
_REFUSED = {
    "QUADOBJ": f"it makes the objective quadratic, and {_QUADRATIC}",
    "QMATRIX": f"it makes the objective quadratic, and {_QUADRATIC}",
    "QSECTION": f"it makes the objective or a row quadratic, and {_QUADRATIC}",
    "QCMATRIX": f"it makes a row quadratic, and {_QUADRATIC}",
    "CSECTION": f"it states a second-order cone, and {_QUADRATIC}",
    "GENCONS": "it states general constraints such as MAX or ABS. Write them in Python, with maximum() or abs()",
    "PWLOBJ": "it makes the objective piecewise linear. Write it in Python, with piecewise()",
    "SCENARIOS": "it states several programs. Write each into a file of its own",
    "SOS1": "it comes from lp_solve. Write a section SOS, and each set in it as 'S1 SOS name'",
    "SOS2": "it comes from lp_solve. Write a section SOS, and each set in it as 'S2 SOS name'",
}
#: A line that is not indented, after the end of the line before.
_HEADING = re.compile(r"\n[^\x00-\x20]")
_MARKER = "'MARKER'"
#: With fewer lines, bulk parsing does not pay; nor do halves after this many failures.
_MANY, _MISSES = 16, 16


def _lines_alone(text: str) -> list[int]:
    """Where the lines begin that are never parsed in bulk: headings, comments and markers."""
    found = [heading.start() for heading in _HEADING.finditer("\n" + text)]  # the line end shifts all by one
    at = text.find(_MARKER, text.find("'"))  # one letter is found faster, and from -1 on there is nothing
    if at < 0:
        return found
    markers: list[int] = []
    while at >= 0:
        markers.append(text.rfind("\n", 0, at) + 1)
        end = text.find("\n", at)
        at = text.find(_MARKER, end) if end >= 0 else -1
    return sorted({*found, *markers})


def read_mps(source: Source) -> Draft:
    """The reader of a free MPS file, or of a fixed one in which no name has blanks."""
    return _Reader(source).read()


def read_fixed_mps(source: Source) -> Draft:
    """The reader of a fixed MPS file."""
    return _Reader(source, is_fixed=True).read()


class _Reader:
    def __init__(self, source: Source, *, is_fixed: bool = False) -> None:
        self.source = source
        self.draft = Draft(source)
        self.is_fixed = is_fixed
        self.section = ""
        self.seen: set[str] = set()
        self.row_of: dict[str, int] = {}  # -1 for the objective
        self.kinds: list[str] = []
        self.objective: Optional[str] = None
        self.wanted_objective = ""
        self.numbers = Numbers()
        self.columns = Columns(self.draft, self.row_of, self.numbers)
        self.bounds = Bounds(self.draft)
        self.right: dict[int, float] = {}
        self.ranges: dict[int, float] = {}
        self.infinite: dict[int, int] = {}  # row -> the line of its side, if that counts as infinite
        self.misses = 0  # recent parts that had to be read line by line
        self.is_first = False  # True if the next line is the first one of its section
        self.sets: dict[str, str] = {}  # section -> the name of its first set
        self.several: set[str] = set()  # the sections in which others were found
        self.ordered_sets = OrderedSets(self.draft, self.row_of)

    def read(self) -> Draft:
        """Read the whole file."""
        for text in self.source.blocks():
            if self._block(text):
                return self._finished()
        self.source.fail("expected ENDATA, found the end of the file")

    def _block(self, text: str) -> bool:
        """Whole lines; returns True after ENDATA."""
        start = 0
        for at in _lines_alone(text):
            self._lines(text[start:at])
            start = text.find("\n", at) + 1 or len(text)
            self.source.line += 1
            if self._line(text[at:start].rstrip("\n")):
                return True
        self._lines(text[start:])
        return False

    def _lines(self, text: str) -> None:
        """Whole lines of a section: all at once if they are plain, or in halves, or one by one."""
        if self.is_first and text:  # it may have more than others, such as the name of the objective, or of a set
            self.is_first = False
            line, _, text = text.partition("\n")
            self.source.line += 1
            self._line(line)
        if not text:
            return
        if self._take(text):
            self.misses = 0
            return
        middle = text.rfind("\n", 0, len(text) // 2) + 1
        if (
            middle
            and self.section in WIDTHS
            and not self.is_fixed
            and text.count("\n") >= _MANY
            and self.misses < _MISSES
        ):
            self._lines(text[:middle])
            self._lines(text[middle:])
            return
        self.misses += 1
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        for line in lines:
            self.source.line += 1
            self._line(line)

    def _line(self, line: str) -> bool:
        """One line, parsed exactly; returns True after ENDATA."""
        if line[:1] == "*":
            self.draft.remarks.take(line[1:].lstrip(), self.source)
        elif line and not line.isspace():  # there are blanks of other alphabets
            if line[0] > " ":
                self.section, self.is_first = self._header(line), True
                if self.section == "COLUMNS":
                    self.bounds.by_default = self.columns.marked
                return self.section == "ENDATA"
            self._data(line)
        return False

    # ---- lines in bulk
    def _take(self, text: str) -> bool:
        """Take all lines, or none: then it returns False."""
        section, count = self.section, text.count("\n")
        if count < _MANY or section not in WIDTHS or self.is_fixed or not are_plain(text):
            return False
        words = uniform(text, count, section) or plain(text, section)
        if not words or not self._take_all(words):
            return False
        self.source.line += count
        return True

    def _take_all(self, words: list[list[str]]) -> bool:
        if self.section == "COLUMNS":
            return self.columns.take_all(words)
        if self.section == "RHS":
            return self._take_sides(words)
        if self.section == "BOUNDS":
            return len(words) == 4 and self._take_bounds(*words)
        return self._take_rows(*words)

    def _take_rows(self, kinds: list[str], names: list[str]) -> bool:
        first = len(self.kinds)
        if not (
            {*kinds} <= {"L", "G", "E"}
            and self.row_of.keys().isdisjoint(names)
            and max(map(len, names)) <= LONGEST_NAME
        ):
            return False
        if len({*names}) < len(names):
            return False
        self.row_of.update(zip(names, range(first, first + len(names))))
        self.kinds += kinds
        self.draft.row_names += names
        return True

    def _take_sides(self, words: list[list[str]]) -> bool:
        sets, names, texts = words[:3]
        if {*sets} != {self.sets.get("RHS")}:
            return False
        if len(words) == 5:
            names, texts = list(filter(None, names + words[3])), list(filter(None, texts + words[4]))
        try:
            rows, values = looked_up(self.row_of, names), self.numbers(texts)
        except (KeyError, ValueError):
            return False
        if not -INFINITE < min(values) <= max(values) < INFINITE or len({*rows}) < len(rows):
            return False
        if not self.right.keys().isdisjoint(rows):
            return False
        self.right.update(zip(rows, values))
        return True

    def _take_bounds(self, kinds: list[str], sets: list[str], names: list[str], texts: list[str]) -> bool:
        if {*sets} != {self.sets.get("BOUNDS")}:
            return False
        try:
            columns, values = self.draft.places(names), self.numbers(texts)
        except (KeyError, ValueError):
            return False
        if not {*kinds}.isdisjoint(WITHOUT_NUMBER) and not self.draft.place_of.keys().isdisjoint(texts):
            return False
        return self.bounds.take_all(kinds, columns, values)

    # ---- sections
    def _header(self, line: str) -> str:
        fields = line.split()
        word, source, seen = fields[0].upper(), self.source, self.seen
        if word == "ENDATA":
            if "ROWS" not in seen or "COLUMNS" not in seen:
                source.fail(f"expected {'COLUMNS' if 'ROWS' in seen else 'ROWS'} before ENDATA")
            return word
        if word in _REFUSED:
            source.fail(f"the section {word} cannot be read: {_REFUSED[word]}")
        if word not in _SECTIONS:
            source.fail(f"expected a section ({', '.join(_SECTIONS)}, ENDATA), found {quoted(line.strip())}")
        if word in ("RHS", "RANGES", "BOUNDS") and len(fields) > 2 and is_number(fields[-1]):
            source.fail(f"expected the section {word}, found {quoted(line.strip())}. Indent the lines of a section")
        if word in seen and word not in ("SOS", "SETS"):
            source.fail(f"expected one section {word}, found a second one")
        if word in ("COLUMNS", "LAZYCONS", "USERCUTS") and "ROWS" not in seen:
            source.fail(f"expected ROWS before {word}")
        if word in ("RHS", "RANGES", "BOUNDS", "SOS", "SETS", "INDICATORS") and "COLUMNS" not in seen:
            source.fail(f"expected COLUMNS before {word}")
        if word in ("LAZYCONS", "USERCUTS", "OBJNAME") and "COLUMNS" in seen:
            source.fail(f"expected {word} before COLUMNS")
        if word == "OBJNAME" and "ROWS" in seen:
            source.fail("expected OBJNAME before ROWS, since it names the row N that is the objective")
        seen.add(word)
        if word == "NAME":
            self.draft.program_name = line.split(None, 1)[1].strip() if len(fields) > 1 else None
        elif word == "OBJSENSE" and len(fields) > 1:
            self._sense(fields[1])
        elif word == "OBJNAME" and len(fields) > 1:
            self.wanted_objective = fields[1]
        return word

    def _sense(self, word: str) -> None:
        if word.upper() not in _SENSES:
            self.source.fail(f"expected MAX or MIN, found {quoted(word)}")
        self.draft.maximize = _SENSES[word.upper()]

    def _data(self, line: str) -> None:
        section = self.section
        by_columns = self.is_fixed and section not in ("OBJSENSE", "OBJNAME")
        fields = (
            fixed_fields(line, source=self.source, names=(self.row_of, self.draft.place_of))
            if by_columns
            else line.split()
        )
        if "$" in line:
            self._cut_comment(fields)
        if not fields:
            self.source.fail("expected fields in the columns of fixed MPS")
        if section == "COLUMNS":
            self.columns.take(fields)
        elif section == "OBJSENSE":
            self._sense(line.split()[0])
        elif section == "OBJNAME":
            self.wanted_objective = line.strip()
        elif section in ("ROWS", "LAZYCONS", "USERCUTS"):
            self._row(fields)
        elif section == "RHS":
            self._sides(fields, self.right)
        elif section == "RANGES":
            self._sides(fields, self.ranges)
        elif section == "BOUNDS":
            self._bound(fields)
        elif section in ("SOS", "SETS"):
            self.ordered_sets.take(fields)
        elif section == "INDICATORS":
            self._indicator(fields)
        else:
            self.source.fail(f"expected a section ({', '.join(_SECTIONS)}), found {quoted(line.strip())}")

    def _cut_comment(self, fields: list[str]) -> None:
        """Drop everything from a word with `$` on, unless that is a name, or a name is expected there."""
        for k in range(2 if self.section in ("ROWS", "BOUNDS", "LAZYCONS", "USERCUTS") else 1, len(fields)):
            word = fields[k]
            if word[:1] == "$" and word not in self.row_of and word not in self.draft.place_of:
                del fields[k:]
                while len(fields) > 1 and not fields[-1]:  # blank fields of fixed MPS
                    fields.pop()
                return

    # ---- rows
    def _row(self, fields: list[str]) -> None:
        if len(fields) != 2 or fields[0].upper() not in ("N", "L", "G", "E"):
            self.source.fail(f"expected N, L, G or E and the name of a row, found {quoted(' '.join(fields))}")
        kind, name = fields[0].upper(), checked_name(fields[1], self.source)
        if name in self.row_of:
            self.source.fail(f"expected another name: there is a row {quoted(name)} already")
        if kind == "N" and self.objective is None and self.wanted_objective in ("", name):
            self.objective = name
            self.row_of[name] = -1
            return
        self.row_of[name] = len(self.kinds)
        self.kinds.append(kind)
        self.draft.row_names.append(name)

    def _row_named(self, name: str) -> int:
        row = self.row_of.get(name)
        if row is None:
            self.source.fail(f"expected the name of a row, found {quoted(name)}")
        return row

    def _column_named(self, name: str) -> int:
        column = self.draft.place_of.get(name)
        if column is None:
            self.source.fail(f"expected the name of a column, found {quoted(name)}")
        return column

    # ---- right-hand sides, ranges, bounds
    def _note_set(self, name: str) -> None:
        """The names of sets are ignored; several of them are worth a warning."""
        section = self.section
        first = self.sets.setdefault(section, name)
        if name != first and name and first and section not in self.several:
            self.several.add(section)
            self.source.warn(f"{section} has several sets, {quoted(first)} and {quoted(name)}: all of them count.")

    def _sides(self, fields: list[str], into: dict[int, float]) -> None:
        source, draft, section = self.source, self.draft, self.section
        name = fields.pop(0) if len(fields) % 2 else ""
        if not fields or len(fields) > 4:
            source.fail(f"expected a set, a row and a number in {section}, found {quoted(' '.join(fields))}")
        self._note_set(name)
        for row_name, text in zip(fields[::2], fields[1::2]):
            row = self._row_named(row_name)
            if row in into:
                source.fail(f"expected the row {quoted(row_name)} once in {section}")
            value = draft.number(text, "a number")
            if section == "RANGES" and (row < 0 or self.kinds[row] == "N"):
                kind = "the objective" if row < 0 else "the row N"
                source.fail(f"expected a row with a range, found {kind} {quoted(row_name)}")
            if row >= 0:
                value = draft.side(value, text)
            elif abs(value) > HUGE:
                source.fail(f"expected a constant of the objective up to {HUGE}, found {quoted(text)}")
            if abs(value) == inf and section == "RHS":
                self.infinite[row] = source.line
            into[row] = value

    def _bound(self, fields: list[str]) -> None:
        source, draft = self.source, self.draft
        kind, rest = fields[0].upper(), fields[1:]
        if kind not in KINDS:
            source.fail(f"expected {', '.join(KINDS[:-1])} or {KINDS[-1]}, found {quoted(fields[0])}")
        if kind in WITHOUT_NUMBER:
            if not 1 <= len(rest) <= 3:
                source.fail(f"expected a set and a column after {kind}")
            if len(rest) == 3 and (rest[2] in draft.place_of or not is_number(rest[2])):
                source.fail(
                    f"expected a set and a column after {kind}, found {quoted(' '.join(rest))}. A name with blanks is "
                    "read only with format='fixed-mps': write it without blanks, or remove what follows the column"
                )
            is_named = len(rest) == 3 or (len(rest) == 2 and self._is_set_and_column(*rest))
            value = 0.0
        else:
            if kind in ("SC", "SI") and len(rest) == 2 and self._is_set_and_column(*rest):
                rest.append("inf")
            if len(rest) not in (2, 3):
                source.fail(f"expected a set, a column and a number after {kind}")
            is_named = len(rest) == 3
            value = draft.side(draft.number(rest[-1], "a number"), rest[-1])
        self._note_set(rest[0] if is_named else "")
        name = rest[1 if is_named else 0]
        if not name:
            source.fail("expected the name of a column, found blanks")
        j = draft.place_of.get(name)
        if j is None:
            source.warn(f"the column {quoted(name)} is in no row and is added, because BOUNDS names it.")
            j = draft.column(name)
        self.bounds.take(kind, j, value)

    def _is_set_and_column(self, one: str, other: str) -> bool:
        """True if it is not a column, and a number that is ignored."""
        known = self.draft.place_of
        if other in known or one in known:
            return other in known
        return not is_number(other)

    # ---- indicators
    def _indicator(self, fields: list[str]) -> None:
        source, conditions = self.source, self.draft.conditions
        if len(fields) != 4 or fields[0].upper() != "IF" or not is_number(fields[3]) or float(fields[3]) not in (0, 1):
            source.fail(f"expected IF, a row, a binary column and 0 or 1, found {quoted(' '.join(fields))}")
        row, column = self._row_named(fields[1]), self._column_named(fields[2])
        if row < 0 or self.kinds[row] == "N":
            source.fail(f"expected a row L, G or E after IF, found {quoted(fields[1])}, which is N")
        if row in conditions:
            source.fail(f"expected the row {quoted(fields[1])} once in INDICATORS")
        conditions[row] = Condition(column, int(float(fields[3])), source.line)

    # ---- the end
    def _finished(self) -> Draft:
        draft, source = self.draft, self.source
        self.ordered_sets.finish()
        if self.wanted_objective and self.objective is None:
            source.fail(f"expected a row N named {quoted(self.wanted_objective)}, as OBJNAME says")
        self.columns.finish(len(self.kinds))
        self.bounds.finish()
        seconds = self._seconds() if draft.remarks.ranges else set[int]()
        right = self.right.get(-1, 0.0)
        draft.offset = -right if right else 0.0
        self._state_sides(seconds)
        if seconds:
            self._drop(seconds)
        return draft

    def _state_sides(self, seconds: set[int]) -> None:
        """The bounds of the rows: at once, and one by one if there is more than a right-hand side."""
        draft, kinds = self.draft, self.kinds
        sides = list(map(self.right.get, range(len(kinds)), repeat(0.0)))
        draft.row_lower = [side if kind in "GE" else -inf for kind, side in zip(kinds, sides)]
        draft.row_upper = [side if kind in "LE" else inf for kind, side in zip(kinds, sides)]
        told = draft.remarks.sides
        others = {*self.ranges, *self.infinite, *seconds}
        if told:
            others.update(i for i, name in enumerate(draft.row_names) if name in told)
        others.discard(-1)
        for i in sorted(others):
            name = draft.row_names[i]
            lower, upper = told.get(name) or _sides_of(kinds[i], sides[i], self.ranges.get(i))
            draft.check_sides(name, lower, upper, self.infinite.get(i))
            draft.row_lower[i], draft.row_upper[i] = lower, upper
            if i in seconds:
                draft.row_upper[i - 1] = upper
                draft.check_sides(name, draft.row_lower[i - 1], upper)

    def _seconds(self) -> set[int]:
        """Merge the rows that a comment calls the upper sides of those before them, if they have the same terms."""
        draft, found = self.draft, set[int]()
        ends = list(accumulate(draft.lengths, initial=0))

        def content(i: int) -> tuple[Any, ...]:
            condition = draft.conditions.get(i)
            terms = slice(ends[i], ends[i + 1])
            return condition and condition[:2], draft.indices[terms], draft.values[terms]

        for second, first in draft.remarks.ranges.items():
            i, k = self.row_of.get(first, -1), self.row_of.get(second, -1)
            if 0 <= i == k - 1 and self.kinds[i] == "G" and self.kinds[k] == "L" and content(i) == content(k):
                found.add(k)
        return found

    def _drop(self, rows: set[int]) -> None:
        """Leave out rows."""
        draft = self.draft
        kept = [i for i in range(len(self.kinds)) if i not in rows]
        ends = list(accumulate(draft.lengths, initial=0))
        terms = [k for i in kept for k in range(ends[i], ends[i + 1])]
        draft.indices = array("i", [draft.indices[k] for k in terms])
        draft.values = array("d", [draft.values[k] for k in terms])
        draft.row_lower, draft.row_upper = [draft.row_lower[i] for i in kept], [draft.row_upper[i] for i in kept]
        draft.lengths, draft.row_names = [draft.lengths[i] for i in kept], [draft.row_names[i] for i in kept]
        draft.conditions = {k: draft.conditions[i] for k, i in enumerate(kept) if i in draft.conditions}


def _sides_of(kind: str, side: float, width: Optional[float]) -> tuple[float, float]:
    """The bounds of a row."""
    lower = side if kind in ("G", "E") else -inf
    upper = side if kind in ("L", "E") else inf
    if width is not None:
        if kind == "L" or (kind == "E" and width < 0):
            lower = side - abs(width) if abs(width) < inf else -inf
        elif kind in ("G", "E"):
            upper = side + abs(width) if abs(width) < inf else inf
    return lower, upper

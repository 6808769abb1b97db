"""MPS: the format that every solver reads, free and fixed.

    NAME plan                                 free: fields between blanks, names of any length
    OBJSENSE                                  fixed: fields in the columns 2-3, 5-12, 15-22, 25-36, 40-47, 50-61
        MAX
    ROWS
     N profit                                 N: the first is the objective, others are rows without bounds
     L steel                                  L: <=   G: >=   E: =
    COLUMNS
        M1 'MARKER' 'INTORG'                  integer from here to 'INTEND'
        x profit 3 steel 1
        M2 'MARKER' 'INTEND'
    RHS
        RHS steel 8 profit 7                  the objective's is minus its constant
    RANGES
        RNG steel 4                           L: [b-|r|, b]   G: [b, b+|r|]   E: [b, b+r], or [b+r, b] where r < 0
    BOUNDS
     UP BND x 40
    ENDATA

The corner cases, as the manuals and HiGHS have them: a variable has the bounds 0 and infinity; an integer
one of MARKER without a line in BOUNDS has 0 and 1; UP below 0 takes the lower bound away where none was given; MI, PL,
FR take one or both bounds away; BV is 0 or 1; LI and UI are LO and UP and make the variable integer; SC is 0 or
between the lower bound and this upper one.  Of several right-hand sides, ranges or bounds the first is taken, with a
warning.  Numbers of 1e20 and more are infinite, unless the file was written by pplp.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf, nextafter
from typing import Callable, Optional

from pplp.errors import FormatError
from pplp.formats.draft import Draft
from pplp.formats.names import WrittenNames, checked_name, number_text
from pplp.formats.source import Source, quoted
from pplp.matrix_form import MatrixForm
from pplp.program import LinearProgram
from pplp.scalars import HUGE

__all__ = ["read_fixed_mps", "read_mps", "written_fixed_mps", "written_mps"]

_SECTIONS = ("NAME", "OBJSENSE", "OBJNAME", "ROWS", "LAZYCONS", "USERCUTS", "COLUMNS", "RHS", "RANGES", "BOUNDS", "SOS")
_SENSES = {"MAX": True, "MAXIMIZE": True, "MAXIMISE": True, "MIN": False, "MINIMIZE": False, "MINIMISE": False}


def read_mps(source: Source) -> LinearProgram:
    """The program of a free MPS file, or of a fixed one in which no name has blanks."""
    return _Reader(source, str.split).program()


def read_fixed_mps(source: Source) -> LinearProgram:
    """The program of a fixed MPS file."""
    return _Reader(source, _fixed_fields).program()


def _fixed_fields(line: str) -> list[str]:
    """The fields by their columns; the names may have blanks, and the last ones may be missing."""
    line = line.rstrip()
    if "\t" in line:
        line = line.expandtabs(8)
    fields = [line[start:end].strip() for start, end in ((1, 3), (4, 12), (14, 22), (24, 36), (39, 47), (49, 61))]
    while fields and not fields[-1]:
        fields.pop()
    return fields[1:] if fields and not fields[0] else fields


class _Reader:
    def __init__(self, source: Source, fields: Callable[[str], list[str]]) -> None:
        self.source = source
        self.draft = Draft(source)
        self.is_fixed = fields is _fixed_fields
        self.fields = fields
        self.row_of: dict[str, int] = {}  # -1 for the objective
        self.kinds: list[str] = []
        self.objective: Optional[str] = None
        self.wanted_objective = ""
        self.free_rows: list[str] = []
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.counts: list[int] = []
        self.in_markers = False
        self.by_default: set[int] = set()  # integers of MARKER that BOUNDS has not mentioned
        self.has_lower: set[int] = set()
        self.right: dict[int, float] = {}
        self.ranges: dict[int, float] = {}
        self.sets: dict[str, str] = {}  # section -> the name of its first set
        self.weights: list[tuple[float, int]] = []

    def program(self) -> LinearProgram:
        """Read it all."""
        source, draft = self.source, self.draft
        section, seen = "", set[str]()
        lines = iter(source)
        for line in lines:
            first = line[0]
            if first == "*":
                draft.remarks.take(line[1:].lstrip(), source)
                continue
            if first > " " and not line.isspace():  # there are blanks of other alphabets
                section = self._header(line, section, seen)
                if section == "ENDATA":
                    break
                if section == "COLUMNS":
                    section = self._columns(lines, seen)
                    if section == "ENDATA":
                        break
            elif not line.isspace():
                self._data(section, line)
        else:
            source.fail("expected ENDATA, found the end of the file")
        self._finish_set()
        return self._finished()

    def _header(self, line: str, section: str, seen: set[str]) -> str:
        fields = line.split()
        word = fields[0].upper()
        if word == "ENDATA":
            if "ROWS" not in seen or "COLUMNS" not in seen:
                self.source.fail(f"expected {'COLUMNS' if 'ROWS' in seen else 'ROWS'} before ENDATA")
            return word
        if word not in _SECTIONS:
            self.source.fail(f"expected a section ({', '.join(_SECTIONS)}, ENDATA), found {quoted(line.strip())}")
        if word in seen and word != "SOS":
            self.source.fail(f"expected one section {word}, found a second one")
        if word in ("COLUMNS", "LAZYCONS", "USERCUTS") and "ROWS" not in seen:
            self.source.fail(f"expected ROWS before {word}")
        if word in ("RHS", "RANGES", "BOUNDS", "SOS") and "COLUMNS" not in seen:
            self.source.fail(f"expected COLUMNS before {word}")
        if word in ("LAZYCONS", "USERCUTS", "OBJNAME") and "COLUMNS" in seen:
            self.source.fail(f"expected {word} before COLUMNS")
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

    def _data(self, section: str, line: str) -> None:
        fields = self.fields(line)
        if not fields:
            self.source.fail("expected fields in the columns of fixed MPS")
        if section == "OBJSENSE":
            self._sense(line.split()[0])
        elif section == "OBJNAME":
            self.wanted_objective = line.strip()
        elif section in ("ROWS", "LAZYCONS", "USERCUTS"):
            self._row(fields)
        elif section == "RHS":
            self._sides(fields, section, self.right)
        elif section == "RANGES":
            self._sides(fields, section, self.ranges)
        elif section == "BOUNDS":
            self._bound(fields)
        elif section == "SOS":
            self._set(fields)
        else:
            self.source.fail(f"expected a section ({', '.join(_SECTIONS)}), found {quoted(line.strip())}")

    # ---- rows and columns
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
        self.counts.append(0)
        self.draft.row_names.append(name)

    def _columns(self, lines: Iterator[str], seen: set[str]) -> str:
        """The whole section; returns the one after it."""
        source, draft, row_of, split = self.source, self.draft, self.row_of, self.fields
        rows, columns, values, counts = self.rows, self.columns, self.values, self.counts
        last_column = [-1] * len(counts)  # of each row: the last column that it has
        current, column, in_objective = "", -1, False
        for line in lines:
            first = line[0]
            if first > " ":
                if first == "*":
                    draft.remarks.take(line[1:].lstrip(), source)
                    continue
                if line.isspace():
                    continue
                return self._header(line, "COLUMNS", seen)
            fields = split(line)
            count = len(fields)
            if count > 2 and fields[1] == "'MARKER'":
                self._marker(fields)
                continue
            if count != 3 and count != 5:
                if not fields and line.isspace():
                    continue
                source.fail(f"expected a column and one or two rows with numbers, found {quoted(line.strip())}")
            name = fields[0]
            if name != current or column < 0:
                if not name:
                    source.fail("expected the name of a column, found blanks")
                if name in draft.place_of:
                    source.fail(f"expected the column {quoted(name)} in one piece: it stood before {quoted(current)}")
                current, column, in_objective = name, draft.column(name), False
                if self.in_markers:
                    draft.integer[column] = 1
                    self.by_default.add(column)
            for k in (1, 3) if count == 5 else (1,):
                row = row_of.get(fields[k])
                if row is None:
                    source.fail(f"expected the name of a row, found {quoted(fields[k])}")
                text = fields[k + 1]
                try:
                    value = float(text)
                except ValueError:
                    value = draft.number(text, "a number")
                if not 1e-100 <= value <= 1e100 or "_" in text:
                    value = draft.coefficient(text, "a number")
                if row < 0:
                    if in_objective:
                        source.fail(f"expected the column {quoted(name)} once in the row {quoted(fields[k])}")
                    in_objective = True
                    draft.cost[column] = value
                    continue
                if last_column[row] == column:
                    source.fail(f"expected the column {quoted(name)} once in the row {quoted(fields[k])}")
                last_column[row] = column
                if value:
                    counts[row] += 1
                    rows.append(row)
                    columns.append(column)
                    values.append(value)
        source.fail("expected ENDATA, found the end of the file")

    def _marker(self, fields: list[str]) -> None:
        word = fields[-1].strip("'").upper()
        if word not in ("INTORG", "INTEND"):
            self.source.fail(f"expected 'INTORG' or 'INTEND', found {quoted(fields[-1])}")
        self.in_markers = word == "INTORG"

    # ---- right-hand sides, ranges, bounds, sets
    def _of_first_set(self, section: str, name: str) -> bool:
        """Does the entry belong to the set of this section that counts?"""
        first = self.sets.setdefault(section, name)
        if name != first and f"{section} warned" not in self.sets:
            self.sets[f"{section} warned"] = name
            self.source.warn(f"{section} has several sets; {first!r} is taken, {name!r} and others are left out.")
        return name == first

    def _sides(self, fields: list[str], section: str, into: dict[int, float]) -> None:
        source, draft = self.source, self.draft
        name = fields.pop(0) if len(fields) % 2 else ""
        if not fields or len(fields) > 4:
            source.fail(f"expected a set, a row and a number in {section}, found {quoted(' '.join(fields))}")
        if not self._of_first_set(section, name):
            return
        for row_name, text in zip(fields[::2], fields[1::2]):
            row = self.row_of.get(row_name)
            if row is None:
                source.fail(f"expected the name of a row, found {quoted(row_name)}")
            if row in into:
                source.fail(f"expected the row {quoted(row_name)} once in {section}")
            value = draft.number(text, "a number")
            if row < 0:
                if section == "RANGES":
                    source.fail(f"expected a row with a range, found the objective {quoted(row_name)}")
                if abs(value) > HUGE:
                    source.fail(f"expected a constant of the objective up to {HUGE}, found {quoted(text)}")
            else:
                value = draft.side(value, text)
            into[row] = value

    def _bound(self, fields: list[str]) -> None:
        source, draft = self.source, self.draft
        kind = fields[0].upper()
        needs_number = kind in ("UP", "LO", "FX", "LI", "UI", "SC")
        if not needs_number and kind not in ("FR", "MI", "PL", "BV"):
            source.fail(f"expected UP, LO, FX, FR, MI, PL, BV, LI, UI or SC, found {quoted(fields[0])}")
        rest = fields[1:]
        if needs_number:
            if kind == "SC" and len(rest) == 2 and rest[1] in draft.place_of and rest[0] not in draft.place_of:
                rest.append("inf")
            named = len(rest) == 3
            complete = named or len(rest) == 2
        else:
            named = len(rest) == 3 or (len(rest) == 2 and rest[1] in draft.place_of)
            complete = 1 <= len(rest) <= 3
        if not complete:
            source.fail(f"expected a set, a column{' and a number' if needs_number else ''} after {kind}")
        if not self._of_first_set("BOUNDS", rest[0] if named else ""):
            return
        name = rest[1 if named else 0]
        j = draft.place_of.get(name)
        if j is None:
            source.fail(f"expected the name of a column, found {quoted(name)}")
        value = draft.side(draft.number(rest[-1], "a number"), rest[-1]) if needs_number else 0.0
        self.by_default.discard(j)
        if kind in ("LI", "UI", "BV"):
            draft.integer[j] = 1
        if kind in ("UP", "UI", "SC"):
            if value < 0 and j not in self.has_lower and kind != "SC":
                draft.lower[j] = -inf
            draft.upper[j] = value
            if kind == "SC":
                draft.semicontinuous[j] = source.line
        elif kind in ("LO", "LI"):
            draft.lower[j] = value
            self.has_lower.add(j)
        elif kind == "FX":
            draft.lower[j] = draft.upper[j] = value
            self.has_lower.add(j)
        elif kind == "FR":
            draft.lower[j], draft.upper[j] = -inf, inf
        elif kind == "MI":
            draft.lower[j] = -inf
            self.has_lower.add(j)
        elif kind == "PL":
            draft.upper[j] = inf
        else:
            draft.lower[j], draft.upper[j] = 0.0, 1.0
            self.has_lower.add(j)
        if draft.lower[j] == inf or draft.upper[j] == -inf:
            source.fail(f"the bounds [{draft.lower[j]}, {draft.upper[j]}] leave the column {quoted(name)} no value")

    def _set(self, fields: list[str]) -> None:
        source, draft = self.source, self.draft
        if fields[0].upper() in ("S1", "S2"):
            self._finish_set()
            draft.ordered_sets.append((int(fields[0][1]), [], source.line, ""))
            return
        if not draft.ordered_sets or len(fields) not in (2, 3):
            source.fail(f"expected S1 or S2, or a column and its weight, found {quoted(' '.join(fields))}")
        j = draft.place_of.get(fields[-2])
        if j is None:
            source.fail(f"expected the name of a column, found {quoted(fields[-2])}")
        self.weights.append((draft.number(fields[-1], "a weight"), j))

    def _finish_set(self) -> None:
        if self.weights:
            self.draft.ordered_sets[-1][1].extend(j for _, j in sorted(self.weights))
            self.weights = []

    def _finished(self) -> LinearProgram:
        draft, source = self.draft, self.source
        if self.wanted_objective and self.objective is None:
            source.fail(f"expected a row N named {quoted(self.wanted_objective)}, as OBJNAME says")
        draft.transposed(self.counts, self.rows, self.columns, self.values)
        right = self.right.get(-1, 0.0)
        draft.offset = -right if right else 0.0
        for j in self.by_default:
            draft.upper[j] = 1.0
        for i, kind in enumerate(self.kinds):
            side, width = self.right.get(i, 0.0), self.ranges.get(i)
            lower, upper = -inf, inf
            if kind != "G" and kind != "N":
                upper = side
            if kind != "L" and kind != "N":
                lower = side
            if width is not None:
                if kind == "L" or (kind == "E" and width < 0):
                    lower = side - abs(width)
                elif kind == "G" or kind == "E":
                    upper = side + abs(width)
            if draft.remarks.sides and draft.row_names[i] in draft.remarks.sides:
                lower, upper = draft.remarks.sides[draft.row_names[i]]
            draft.check_sides(draft.row_names[i], lower, upper)
            draft.row_lower.append(lower)
            draft.row_upper.append(upper)
        return draft.program()


# --------------------------------------------------------------------- writing
_SAFE = re.compile(r"[!-#%-)+-~][!-~]{0,254}\Z")
_FIXED_SAFE = re.compile(r"[!-#%-)+-~][!-~]{0,7}\Z")


def written_mps(form: MatrixForm, name: Optional[str]) -> Iterator[str]:
    """The text of a free MPS file, piece by piece."""
    return _written(form, WrittenNames(form, name, lambda text: _is_safe(_SAFE, text)), _free_line)


def written_fixed_mps(form: MatrixForm, name: Optional[str]) -> Iterator[str]:
    """The text of a fixed MPS file; raises `FormatError` for a number of more than 12 characters."""
    return _written(form, WrittenNames(form, name, lambda text: _is_safe(_FIXED_SAFE, text)), _fixed_line)


def _is_safe(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.match(name) is not None and name != "'MARKER'"


def _free_line(kind: str, one: str = "", other: str = "", value: str = "") -> str:
    return f" {kind} {one} {other} {value}".rstrip() + "\n"


def _fixed_line(kind: str, one: str = "", other: str = "", value: str = "") -> str:
    if len(value) > 12:
        shorter = value.replace("e-0", "e-").replace("e+", "e").replace("0.", ".", 1)
        if len(shorter) > 12 or float(shorter) != float(value):
            raise FormatError(
                f"The number {value} of {other} ({one}) has more than the 12 characters that fixed MPS holds. "
                'Write free MPS: format="mps".'
            )
        value = shorter
    if len(one) > 8 or len(other) > 8:
        raise FormatError('The program is too large for the 8 characters of a name in fixed MPS. Use format="mps".')
    return f" {kind:<2} {one:<8}  {other:<8}  {value:>12}".rstrip() + "\n"


def _written(form: MatrixForm, names: WrittenNames, line: Callable[..., str]) -> Iterator[str]:
    for remark in names.heading():
        yield f"* {remark}\n"
    sides = [_sides_of(lower, upper) for lower, upper in zip(form.row_lower, form.row_upper)]
    for written, (_, _, _, exact), lower, upper in zip(names.rows, sides, form.row_lower, form.row_upper):
        if not exact:
            yield f"* pplp sides {written} {lower!r} {upper!r}\n"
    yield "NAME\n"
    if form.maximize:
        yield "OBJSENSE\n    MAX\n"
    yield "ROWS\n"
    objective = names.unused("OBJ")
    yield line("N", objective)
    for written, (kind, _, _, _) in zip(names.rows, sides):
        yield line(kind, written)
    yield "COLUMNS\n"
    yield from _written_columns(form, names, objective, line)
    yield "RHS\n"
    if form.offset:
        yield line("", "RHS", objective, number_text(-form.offset))
    for written, (_, right, _, _) in zip(names.rows, sides):
        if right:
            yield line("", "RHS", written, number_text(right))
    if any(width is not None for _, _, width, _ in sides):
        yield "RANGES\n"
        for written, (_, _, width, _) in zip(names.rows, sides):
            if width is not None:
                yield line("", "RNG", written, number_text(width))
    yield "BOUNDS\n"
    for written, lower, upper, integer in zip(names.columns, form.column_lower, form.column_upper, form.integer):
        if lower == upper:
            yield line("FX", "BND", written, number_text(lower))
        elif lower == -inf and upper == inf:
            yield line("FR", "BND", written)
        else:
            if lower == -inf:
                yield line("MI", "BND", written)
            elif lower or (integer and upper == inf) or upper < 0:  # an integer without a bound would be binary
                yield line("LO", "BND", written, number_text(lower))
            if upper < inf:
                yield line("UP", "BND", written, number_text(upper))
    yield "ENDATA\n"


def _written_columns(form: MatrixForm, names: WrittenNames, objective: str, line: Callable[..., str]) -> Iterator[str]:
    """The matrix by columns."""
    of_column: list[list[int]] = [[] for _ in range(form.columns)]
    factors: list[list[float]] = [[] for _ in range(form.columns)]
    starts = form.starts
    for i in range(form.rows):
        for k in range(starts[i], starts[i + 1]):
            j = form.indices[k]
            of_column[j].append(i)
            factors[j].append(form.values[k])
    rows, is_free, within, markers = names.rows, line is _free_line, 0, 0
    for j, written in enumerate(names.columns):
        if form.integer[j] != within:
            within = form.integer[j]
            yield line("", f"M{markers}", "'MARKER'").rstrip("\n") + f"{'':17}'{'INTORG' if within else 'INTEND'}'\n"
            markers += 1
        entries = [(rows[i], number_text(a)) for i, a in zip(of_column[j], factors[j])]
        if form.cost[j] or not entries:
            entries.insert(0, (objective, number_text(form.cost[j])))
        if is_free:
            yield "".join([f"    {written} {row} {number}\n" for row, number in entries])
        else:
            yield "".join([line("", written, row, number) for row, number in entries])
    if within:
        yield line("", f"M{markers}", "'MARKER'").rstrip("\n") + f"{'':17}'INTEND'\n"


def _sides_of(lower: float, upper: float) -> tuple[str, float, Optional[float], bool]:
    """(kind, right-hand side, range, does that give these bounds to the last bit?) of a row."""
    if lower == upper:
        return "E", lower, None, True
    if lower == -inf:
        return ("N", 0.0, None, True) if upper == inf else ("L", upper, None, True)
    if upper == inf:
        return "G", lower, None, True
    width = upper - lower
    if width >= HUGE:  # as far as a reader will believe; the remark says the rest
        return "G", lower, nextafter(HUGE, 0.0), False
    for candidate in (width, nextafter(width, inf), nextafter(width, 0.0)):
        if lower + candidate == upper:
            return "G", lower, candidate, True
        if upper - candidate == lower:
            return "L", upper, candidate, True
    return "G", lower, width, False

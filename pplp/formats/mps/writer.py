"""Writing MPS, free and fixed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from math import inf, nextafter
from typing import Callable, NamedTuple, Optional

from pplp.core.scalars import HUGE
from pplp.errors import FormatError
from pplp.form.matrix_form import MatrixForm
from pplp.formats.names import WrittenNames, number_text
from pplp.formats.specials import Specials

__all__ = ["written_fixed_mps", "written_mps"]

#: Names that would be read as a marker, or as the beginning of a set.
_WORDS = ("'MARKER'", "S1", "S2", "s1", "s2")
_SAFE = re.compile(r"[!-#%-)+-~][!-~]{0,254}\Z")
_FIXED_SAFE = re.compile(r"[!-#%-)+-~][!-~]{0,7}\Z")


def written_mps(form: MatrixForm, specials: Specials, name: Optional[str]) -> Iterator[str]:
    """The text of a free MPS file, piece by piece."""
    return _written(form, specials, WrittenNames(form, name, partial(_is_safe, _SAFE), specials), _free_line)


def written_fixed_mps(form: MatrixForm, specials: Specials, name: Optional[str]) -> Iterator[str]:
    """The text of a fixed MPS file; raises `FormatError` for a number of more than 12 characters."""
    return _written(form, specials, WrittenNames(form, name, partial(_is_safe, _FIXED_SAFE), specials), _fixed_line)


def _is_safe(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.match(name) is not None and name not in _WORDS


def _free_line(kind: str, one: str = "", other: str = "", value: str = "") -> str:
    return f" {kind} {one} {other} {value}".rstrip() + "\n"


def _fixed_line(kind: str, one: str = "", other: str = "", value: str = "") -> str:
    if len(value) > 12:
        shorter = value.replace("e-0", "e-").replace("e+", "e").replace("0.", ".", 1)
        if len(shorter) > 12 or float(shorter) != float(value):
            raise FormatError(
                f"The number {value} of {other} ({one}) has more than the 12 characters that fixed MPS allows. "
                'Write free MPS: format="mps".'
            )
        value = shorter
    if len(one) > 8 or len(other) > 8:
        raise FormatError('The program is too large for the 8 characters of a name in fixed MPS. Use format="mps".')
    return f" {kind:<2} {one:<8}  {other:<8}  {value:>12}".rstrip() + "\n"


class _Row(NamedTuple):
    """A row as it is written: its kind, right-hand side and range, if it has one."""

    name: str
    kind: str
    right: float
    width: Optional[float]


def _written(form: MatrixForm, specials: Specials, names: WrittenNames, line: Callable[..., str]) -> Iterator[str]:
    for remark in names.heading():
        yield f"* {remark}\n"
    rows: list[list[_Row]] = []  # by row of the form: one, or two for an indicator with two sides
    for i, (written, lower, upper) in enumerate(zip(names.rows, form.row_lower, form.row_upper)):
        if i in specials.conditions and -inf < lower < upper < inf:  # Gurobi takes no range here
            second = names.unused(f"{written}_up")
            yield f"* pplp range {written} {second}\n"
            rows.append([_Row(written, "G", lower, None), _Row(second, "L", upper, None)])
            continue
        kind, right, width, exact = _sides_of(lower, upper)
        if not exact:
            yield f"* pplp sides {written} {lower!r} {upper!r}\n"
        rows.append([_Row(written, kind, right, width)])
    yield "NAME\n"
    if form.maximize:
        yield "OBJSENSE\n    MAX\n"
    yield "ROWS\n"
    objective = names.unused("OBJ")
    yield line("N", objective)
    all_rows = [row for some in rows for row in some]
    for row in all_rows:
        yield line(row.kind, row.name)
    yield "COLUMNS\n"
    yield from _written_columns(form, names, rows, objective, line)
    yield "RHS\n"
    if form.offset:
        yield line("", "RHS", objective, number_text(-form.offset))
    for row in all_rows:
        if row.right:
            yield line("", "RHS", row.name, number_text(row.right))
    if any(row.width is not None for row in all_rows):
        yield "RANGES\n"
        for row in all_rows:
            if row.width is not None:
                yield line("", "RNG", row.name, number_text(row.width))
    yield "BOUNDS\n"
    yield from _written_bounds(form, specials, names, line)
    if specials.ordered_sets:
        yield "SOS\n"
        for title, one in zip(names.sets, specials.ordered_sets):
            yield line(f"S{one.kind}", title)
            for weight, j in enumerate(one.members, 1):
                yield line("", names.columns[j], str(weight))  # SCIP takes no set name before it
    if specials.conditions:
        yield "INDICATORS\n"
        for i, (column, value) in specials.conditions.items():
            for row in rows[i]:
                yield line("IF", row.name, names.columns[column], str(value))
    yield "ENDATA\n"


def _written_bounds(
    form: MatrixForm, specials: Specials, names: WrittenNames, line: Callable[..., str]
) -> Iterator[str]:
    bounds = zip(names.columns, form.column_lower, form.column_upper, form.integer)
    for j, (written, lower, upper, integer) in enumerate(bounds):
        if j in specials.semicontinuous:
            yield line("LO", "BND", written, number_text(lower))
            yield line("SC", "BND", written, number_text(upper))
        elif lower == upper:
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


def _written_columns(
    form: MatrixForm, names: WrittenNames, rows: list[list[_Row]], objective: str, line: Callable[..., str]
) -> Iterator[str]:
    """The matrix by columns."""
    of_column: list[list[str]] = [[] for _ in range(form.columns)]
    factors: list[list[float]] = [[] for _ in range(form.columns)]
    starts = form.starts
    for i, some in enumerate(rows):
        for row in some:
            for k in range(starts[i], starts[i + 1]):
                j = form.indices[k]
                of_column[j].append(row.name)
                factors[j].append(form.values[k])
    is_free, within, markers = line is _free_line, 0, 0
    for j, written in enumerate(names.columns):
        if form.integer[j] != within:
            within = form.integer[j]
            yield line("", f"M{markers}", "'MARKER'").rstrip("\n") + f"{'':17}'{'INTORG' if within else 'INTEND'}'\n"
            markers += 1
        entries = [(name, number_text(a)) for name, a in zip(of_column[j], factors[j])]
        if form.cost[j] or not entries:
            entries.insert(0, (objective, number_text(form.cost[j])))
        if is_free:
            yield "".join([f"    {written} {row} {number}\n" for row, number in entries])
        else:
            yield "".join([line("", written, row, number) for row, number in entries])
    if within:
        yield line("", f"M{markers}", "'MARKER'").rstrip("\n") + f"{'':17}'INTEND'\n"


def _sides_of(lower: float, upper: float) -> tuple[str, float, Optional[float], bool]:
    """(kind, right-hand side, range, True if that gives exactly these bounds) of a row."""
    if lower == upper:
        return "E", lower, None, True
    if lower == -inf:
        return ("N", 0.0, None, True) if upper == inf else ("L", upper, None, True)
    if upper == inf:
        return "G", lower, None, True
    width = upper - lower
    if width >= HUGE:  # as large as a reader accepts; the comment has the exact numbers
        return "G", lower, nextafter(HUGE, 0.0), False
    for candidate in (width, nextafter(width, inf), nextafter(width, 0.0)):
        if lower + candidate == upper:
            return "G", lower, candidate, True
        if upper - candidate == lower:
            return "L", upper, candidate, True
    return "G", lower, width, False

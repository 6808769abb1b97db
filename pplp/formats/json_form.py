"""A `MatrixForm` as JSON: all its numbers, names and signs, and nothing else.

    {"format": "pplp", "version": 1, "name": null, "sense": "minimize", "offset": 0.0,
     "cost": [...], "column_lower": [...], "column_upper": [...], "integer": [0, 1, ...],
     "row_lower": [...], "row_upper": [...], "starts": [0, ...], "indices": [...], "values": [...],
     "column_names": {"0": "x"}, "row_names": {}}

The fields are those of `MatrixForm`; null is a missing bound.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from math import inf
from typing import Any, NoReturn, Optional

from pplp.core.rows import packed
from pplp.core.scalars import HUGE, SMALL
from pplp.core.sense import Sense
from pplp.form.matrix_form import MatrixForm
from pplp.formats.draft import Draft
from pplp.formats.source import Source, quoted

__all__ = ["read_json", "written_json"]


def written_json(form: MatrixForm, name: Optional[str]) -> Iterator[str]:
    """The text of a JSON file, one field per line."""
    yield '{"format": "pplp",\n "version": 1'
    fields: dict[str, Any] = {
        "name": name,
        "sense": Sense.from_bool(form.maximize).value,
        "offset": form.offset,
        "cost": form.cost.tolist(),
        "column_lower": _bounds(form.column_lower),
        "column_upper": _bounds(form.column_upper),
        "integer": list(form.integer),
        "row_lower": _bounds(form.row_lower),
        "row_upper": _bounds(form.row_upper),
        "starts": form.starts.tolist(),
        "indices": form.indices.tolist(),
        "values": form.values.tolist(),
        "column_names": form.column_names,
        "row_names": form.row_names,
    }
    for key, value in fields.items():
        yield f',\n "{key}": {json.dumps(value, allow_nan=False)}'
    yield "}\n"


def _bounds(numbers: array[float]) -> list[Optional[float]]:
    return [None if number in (inf, -inf) else number for number in numbers]


def _integer(digits: str) -> float:
    """An integer of a plausible length; Python takes very long for longer ones."""
    return int(digits) if len(digits) < 20 else float(digits)


def _refused(word: str) -> NoReturn:
    raise ValueError(f"expected a finite number, found {word}")


def read_json(source: Source) -> Draft:
    """The reader of a JSON file."""
    text = source.text()
    try:
        fields = json.loads(text, parse_int=_integer, parse_constant=_refused)
    except json.JSONDecodeError as error:
        source.fail(f"expected JSON: {error.msg}", error.lineno)
    except RecursionError:
        source.fail("expected a program, found lists within lists", 1)
    except ValueError as error:
        source.fail(str(error), 1)
    source.line = 1
    return _Fields(source, fields).read()


class _Fields:
    """The fields, checked one by one."""

    def __init__(self, source: Source, fields: Any) -> None:
        self.source = source
        if not (isinstance(fields, dict) and fields.get("format") == "pplp" and fields.get("version") == 1):
            source.fail('expected an object with "format": "pplp" and "version": 1')
        self.fields: dict[str, Any] = fields

    def read(self) -> Draft:
        """The whole program."""
        source, draft = self.source, Draft(self.source)
        sense, name = Sense.known(self.fields.get("sense")), self.fields.get("name")
        if sense is None:
            source.fail(f'expected "minimize" or "maximize" as "sense", found {quoted(repr(self.fields.get("sense")))}')
        if not (name is None or isinstance(name, str)):
            source.fail(f'expected text or null as "name", found {quoted(repr(name))}')
        draft.remarks.ours, draft.maximize, draft.program_name = True, sense.is_maximize, name
        draft.offset = self.numbers("offset", [self.fields.get("offset")], -HUGE, HUGE)[0]
        draft.cost = self.numbers("cost", self.listed("cost"), -HUGE, HUGE)
        columns = len(draft.cost)
        draft.lower, draft.upper = self.bounds("column_lower", -inf), self.bounds("column_upper", inf)
        integer = self.listed("integer")
        if not all(flag in (0, 1) and type(flag) is int for flag in integer):
            source.fail('expected 0 or 1 in "integer"')
        draft.integer = bytearray(integer)
        draft.row_lower, draft.row_upper = self.bounds("row_lower", -inf), self.bounds("row_upper", inf)
        rows = len(draft.row_lower)
        starts = self.integers("starts", 1 << 62)
        draft.indices = packed("i", self.integers("indices", columns))
        draft.values = packed("d", self.numbers("values", self.listed("values"), -HUGE, HUGE))
        wanted = {
            "column_lower": (len(draft.lower), columns),
            "column_upper": (len(draft.upper), columns),
            "integer": (len(integer), columns),
            "row_upper": (len(draft.row_upper), rows),
            "starts": (len(starts), rows + 1),
            "values": (len(draft.values), len(draft.indices)),
        }
        for key, (found, expected) in wanted.items():
            if found != expected:
                source.fail(f'expected {expected} entries in "{key}", found {found}')
        if starts[0] or starts[-1] != len(draft.indices) or any(a > b for a, b in zip(starts, starts[1:])):
            source.fail(f'expected "starts" to rise from 0 to {len(draft.indices)}')
        draft.lengths = [b - a for a, b in zip(starts, starts[1:])]
        for i, (start, length) in enumerate(zip(starts, draft.lengths)):
            if len({*draft.indices[start : start + length]}) < length:
                source.fail(f"expected every variable once in row {i}")
            draft.check_sides(str(i), draft.row_lower[i], draft.row_upper[i])
        draft.column_names, draft.row_names = self.names("column_names", columns), self.names("row_names", rows)
        for numbers in (draft.cost, draft.values):
            for a in numbers:
                if a and not abs(a) >= SMALL:
                    draft.in_range(a, repr(a))
        if 0.0 in draft.values:
            source.fail('expected no 0 in "values"')
        draft.remarks.ours = False  # the names are the original ones
        return draft

    def listed(self, key: str) -> list[Any]:
        """A field that is a list."""
        found = self.fields.get(key)
        if not isinstance(found, list):
            self.source.fail(f'expected a list as "{key}"')
        return found

    def numbers(self, key: str, entries: Any, low: float, high: float) -> list[float]:
        """Floats."""
        for entry in entries:
            if type(entry) not in (int, float) or not low <= entry <= high:
                self.source.fail(f'expected a number from {low} to {high} in "{key}", found {quoted(repr(entry))}')
        return [float(entry) for entry in entries]

    def bounds(self, key: str, missing: float) -> list[float]:
        """Floats; null becomes `missing`."""
        entries = self.listed(key)
        self.numbers(key, [entry for entry in entries if entry is not None], -HUGE, HUGE)
        return [missing if entry is None else float(entry) for entry in entries]

    def integers(self, key: str, end: int) -> list[int]:
        """Whole numbers from 0 to below the end."""
        entries = self.listed(key)
        for entry in entries:
            if type(entry) is not int or not 0 <= entry < end:
                self.source.fail(f'expected whole numbers from 0 to {end - 1} in "{key}", found {quoted(repr(entry))}')
        return entries

    def names(self, key: str, count: int) -> list[str]:
        """A name for each index, or ""."""
        entries, names = self.fields.get(key), [""] * count
        if not isinstance(entries, dict):
            self.source.fail(f'expected an object as "{key}"')
        for place, name in entries.items():
            if not (isinstance(name, str) and name and place.isascii() and place.isdigit()):
                self.source.fail(f'expected names by place in "{key}", found {quoted(place)}: {quoted(repr(name))}')
            if len(place) > 18 or int(place) >= count:
                self.source.fail(f'expected places below {count} in "{key}", found {quoted(place)}')
            names[int(place)] = name
        return names

"""The tables of the report: cells, rows that sort and filter, and numbers that the page can read back.

A table of more than `MOST` rows keeps the most important ones, and says so.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import chain
from math import inf
from typing import Any, Callable, NamedTuple, Optional, Union

from pplp.display.html import HTML, text
from pplp.ground.words import shortened

__all__ = [
    "APART",
    "MOST",
    "Cell",
    "Formula",
    "Head",
    "Line",
    "data_table",
    "most_of",
    "number",
    "plain",
    "short",
    "table",
]

#: The most rows of a table.
MOST = 2000
#: The longest name that a table shows in full.
_NAME = 200
#: The thousands separator of counts.
APART = "\N{NARROW NO-BREAK SPACE}"

Cell = Union[str, float, None]


class Formula(str):
    """A formula in a cell: already HTML, unlike names and words."""

    __slots__ = ()


class Head(NamedTuple):
    """A column header."""

    title: str
    is_number: bool = True
    hint: str = ""


class Line(NamedTuple):
    """A row of a table: its cells, and the flags it is filtered by."""

    cells: Sequence[Cell]
    flags: str = ""


def data_table(key: str, head: list[Head], lines: list[Line], filters: list[tuple[str, str]], note: str) -> str:
    """A table with its search box and filters."""
    boxes = "".join(f'<label><input type="checkbox" value="{flag}">{words}</label>' for flag, words in filters)
    tools = (
        f'<div class="tools"><label><span>Name</span><input type="search" autocomplete="off"></label>{boxes}'
        f'<output aria-live="polite"></output></div>'
    )
    said = f"<p>{note}</p>\n" if note else ""
    return f"{said}{tools}\n{table(key.capitalize(), head, lines)}"


def table(label: str, head: list[Head], lines: Sequence[Line]) -> str:
    longest = min(24, max((len(str(line.cells[0])) for line in lines), default=0))
    top = "".join(
        f'<th scope="col"{" class=n" if its.is_number else ""}{f" title={_quoted(its.hint)}" if its.hint else ""}>'
        f"{its.title}</th>"
        for its in head
    )
    body = "".join(
        f"<tr{f' class={_quoted(line.flags)}' if line.flags else ''}>"
        f"{''.join(chain([_name_cell(line.cells[0])], map(_cell, line.cells[1:], head[1:])))}</tr>\n"
        for line in lines
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">\n'
        f'<table style="--name:{longest}ch">\n<thead><tr>{top}</tr></thead>\n'
        f"<tbody>\n{body}</tbody></table></div>"
    )


def _quoted(words: str) -> str:
    return f'"{text(words)}"'


def _name_cell(name: Cell) -> str:
    return f'<th scope="row">{short(str(name))}</th>'


def _cell(value: Cell, head: Head) -> str:
    if isinstance(value, str):
        return f"<td class=row>{value}</td>" if isinstance(value, Formula) else f"<td>{text(value)}</td>"
    if value is None or not head.is_number:
        return '<td class="n"></td>'
    shown = number(value, 6)
    exact = repr(value)
    is_exact = abs(value) == inf or float(f"{value:.6g}") == value
    return f"<td class=n>{shown}</td>" if is_exact else f'<td class=n title="{exact}">{shown}</td>'


def number(value: float, digits: int) -> str:
    """A number in a table, which the page can read back, with at most this many digits."""
    if abs(value) == inf:
        return "∞" if value > 0 else f"{HTML.minus}∞"
    shown = f"{value:.{digits}g}"
    if "e" in shown:
        if abs(value) < 10**digits and value == int(value):
            return str(int(value)).replace("-", HTML.minus)
        mantissa, exponent = shown.split("e")
        shown = f"{mantissa}e{int(exponent)}"
    return shown.replace("-", HTML.minus)


def plain(count: int) -> str:
    """A count with thousands separators."""
    return f"{count:,}".replace(",", APART)


def short(name: str) -> str:
    return text(shortened(name, _NAME))


def most_of(count: int, weights: Optional[Sequence[Any]]) -> tuple[Sequence[int], str]:
    """The indices of the rows that a table keeps, in order, and a note on what it leaves out."""
    if count <= MOST:
        return range(count), ""
    said = f"The table shows {plain(MOST)} of {plain(count)}"
    if weights is None:
        return range(MOST), said
    weight: Callable[[int], Any] = weights.__getitem__
    return sorted(heapq.nlargest(MOST, range(count), key=weight)), said

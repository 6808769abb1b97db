r"""CPLEX LP: the format that reads like a textbook.

    \ a comment
    Maximize
     profit: 3 x + 2 y - 7
    Subject To
     steel: x + 2 y <= 8
     1 <= x - y <= 4
    Bounds
     x <= 40
     -infinity <= y <= 10
    General
     y
    End

Sections: Minimize or Maximize, Subject To, Bounds, General, Binary, Semi-Continuous, SOS, End, in upper or lower
case and with their usual short forms; the rows of Lazy Constraints and User Cuts are ordinary rows.  A variable
has the bounds 0 and infinity unless Bounds says otherwise; Binary cuts them to 0 and 1.  Constants in the objective
count, constants in rows go to the other side; a row may have no terms, and a file no objective.  A row of the form
``b = 1 -> x + y <= 3`` is an indicator.  Anything nonlinear is refused.  Some programs misread rows with two sides and
constants in the objective: pplp reads both, and writes them as two rows and as a variable fixed at 1, with comments
from which it restores the originals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import inf
from typing import Optional

from pplp.form.matrix_form import MatrixForm
from pplp.formats.lp_reader import read_lp
from pplp.formats.names import WrittenNames, number_text
from pplp.formats.specials import Specials

__all__ = ["read_lp", "written_lp"]

_MARKS = r"!\"#$%&'(),;?@`{}~"
#: Names that every reader accepts: LP has its own words, and takes e5 for a number; HiGHS before 1.16 takes a leading
#: semicolon for a comment.
_SAFE = re.compile(rf"(?!;|[eE](?:[0-9eE.]|$))[{_MARKS}A-Za-z_][{_MARKS}A-Za-z0-9_.]{{0,254}}\Z")
_WORDS = re.compile(
    r"(minimi[sz]e|minimum|min|maximi[sz]e|maximum|max|subject|such|to|that|st|st\.|s\.t\.|bounds?|generals?|gen|integers?"
    r"|int|binar(y|ies)|bin|semi.*|sos[12]?|s[12]|end|free|inf|infinity|nan|lazy|user|constraints?|cuts|pwlobj|obj"
    r"|gencons?|g\.c\.|scenarios?|quadratic)\Z",
    re.IGNORECASE,
)
_LINE = 200


def _is_safe(name: str) -> bool:
    return _SAFE.match(name) is not None and _WORDS.match(name) is None


def written_lp(form: MatrixForm, specials: Specials, name: Optional[str]) -> Iterator[str]:
    """The text of an LP file, piece by piece."""
    names = WrittenNames(form, name, _is_safe, specials)
    for remark in names.heading():
        yield f"\\ {remark}\n"
    columns = names.columns
    yield "Maximize\n" if form.maximize else "Minimize\n"
    places: Iterable[int] = [j for j, a in enumerate(form.cost) if a]
    if not _in_order(form, specials, places):
        places = range(form.columns)  # with zeros: variables are numbered in the order in which they are mentioned
    terms = [_term(form.cost[j], columns[j]) for j in places]
    constant = ""
    if form.offset:  # Gurobi takes a number by itself for the name of a variable
        constant = names.unused("Constant")
        yield f"\\ pplp constant {constant}\n"
        terms.append(_term(form.offset, constant))
    if not terms and columns:  # GLPK requires a term
        terms = [f"0 {columns[0]}"]
    yield _folded(f" {names.unused('obj')}:", terms)
    yield "Subject To\n"
    starts, indices, values = form.starts, form.indices, form.values
    for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
        condition = ""
        if i in specials.conditions:
            column, value = specials.conditions[i]
            condition = f" {columns[column]} = {value} ->"
        terms = [
            _term(a, columns[j]) for j, a in zip(indices[starts[i] : starts[i + 1]], values[starts[i] : starts[i + 1]])
        ]
        if not terms:
            terms = [f"+ 0 {columns[0]}" if columns else "0"]
        label = names.rows[i]
        if lower == upper:
            relation = f"= {number_text(upper)}"
        elif lower == -inf and upper == inf:
            yield f"\\ pplp sides {label} -inf inf\n"
            relation = ">= -1e30"
        elif lower == -inf:
            relation = f"<= {number_text(upper)}"
        elif upper == inf:
            relation = f">= {number_text(lower)}"
        else:  # Gurobi refuses 1 <= x + y <= 4, and HiGHS makes two separate rows of it
            second = names.unused(f"{label}_up")
            yield f"\\ pplp range {label} {second}\n"
            yield _folded(f" {label}:{condition}", [*terms, f">= {number_text(lower)}"])
            label, relation = second, f"<= {number_text(upper)}"
        yield _folded(f" {label}:{condition}", [*terms, relation])
    yield "Bounds\n"
    if constant:
        yield f" {constant} = 1\n"
    for written, lower, upper in zip(columns, form.column_lower, form.column_upper):
        if lower == upper:
            yield f" {written} = {number_text(lower)}\n"
        elif lower == -inf:
            yield f" {written} free\n" if upper == inf else f" -infinity <= {written} <= {number_text(upper)}\n"
        elif upper < inf:
            yield f" {number_text(lower)} <= {written} <= {number_text(upper)}\n"
        elif lower:
            yield f" {written} >= {number_text(lower)}\n"
    if 1 in form.integer:
        yield "General\n"
        for written, integer in zip(columns, form.integer):
            if integer:
                yield f" {written}\n"
    if specials.semicontinuous:
        yield "Semi-Continuous\n"
        for j in specials.semicontinuous:
            yield f" {columns[j]}\n"
    if specials.ordered_sets:
        yield "SOS\n"
        for written, one in zip(names.sets, specials.ordered_sets):
            members = [f"{columns[j]}:{weight}" for weight, j in enumerate(one.members, 1)]
            yield _folded(f" {written}: S{one.kind}::", members)
    yield "End\n"


def _in_order(form: MatrixForm, specials: Specials, first: Iterable[int]) -> bool:
    """True if the variables are mentioned in the order of their indices, after the objective mentions these."""
    seen = bytearray(form.columns)
    expected = 0
    for places in (first, *_rows_in_parts(form, specials)):
        for j in places:
            if not seen[j]:
                if j != expected:
                    return False
                seen[j] = 1
                expected += 1
    return expected == form.columns


def _rows_in_parts(form: MatrixForm, specials: Specials) -> Iterator[Iterable[int]]:
    """The variables of the rows; the one of a condition comes before the others in its row."""
    done = 0
    for i, (column, _) in sorted(specials.conditions.items()):
        yield form.indices[done : form.starts[i]]
        yield (column,)
        done = form.starts[i]
    yield form.indices[done:]


def _term(a: float, name: str) -> str:
    if a == 1.0:
        return f"+ {name}"
    if a == -1.0:
        return f"- {name}"
    return f"- {number_text(-a)} {name}" if a < 0 else f"+ {number_text(a)} {name}"


def _folded(label: str, terms: list[str]) -> str:
    """The text on one line, or on several if it is long."""
    text = " ".join([label, *terms])
    if len(text) <= _LINE:
        return text + "\n"
    lines, length, start = [], len(label), 0
    for k, term in enumerate(terms):
        length += len(term) + 1
        if length > _LINE and k > start:
            lines.append(" ".join(terms[start:k]))
            start, length = k, len(term) + 2
    lines.append(" ".join(terms[start:]))
    return f"{label} " + "\n  ".join(lines) + "\n"

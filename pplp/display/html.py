"""Expressions, programs and solutions as HTML, for notebooks and the report; names are always escaped.

>>> from pplp import LinearProgram
>>> lp = LinearProgram()
>>> x, y = lp.Var("x[1]", lb=0), lp.Var("<b>")
>>> print(HTML.linear(3*x + 0.25*y))
3 <i>x</i><sub>1</sub> + 0.25 &lt;b&gt;
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from pplp.answers.sensitivity import records_of
from pplp.core.constraints import Constraint
from pplp.core.owner import columns_of
from pplp.display.excerpt import excerpt
from pplp.display.notation import Notation, is_removed, name_of, printable, split_name
from pplp.display.tables import (
    answer,
    by_label,
    dual_rows,
    element_rows,
    grid,
    grid_rows,
    left_out_row,
    program_rows,
    value_rows,
)
from pplp.ground.words import counted

if TYPE_CHECKING:
    from pplp.answers.ranges import Range
    from pplp.answers.sensitivity import Sensitivity
    from pplp.answers.solution import Solution
    from pplp.answers.solvable import Solvable

__all__ = [
    "HTML",
    "Html",
    "array_html",
    "formula_html",
    "lines_html",
    "program_html",
    "report_html",
    "sensitivity_html",
    "solution_html",
    "text",
]


def text(name: object) -> str:
    r"""Any text, escaped for HTML.

    >>> print(text("</script><b>"), text("right\u202eleft"))
    &lt;/script&gt;&lt;b&gt; right\u202eleft
    """
    return escape(printable(str(name)))


class Html(Notation):
    """Formulas in HTML."""

    minus = "\N{MINUS SIGN}"
    le, ge = "≤", "≥"
    infinity = "∞"
    dots, more = "⋯", "…"
    below = "⋮"
    gap = " "

    def symbol(self, name: str) -> str:
        """x with its subscript; words are upright, single letters in italics."""
        base, below = split_name(name)
        shown = f"<i>{base}</i>" if len(base) == 1 and base.isalpha() else escape(base)
        return f"{shown}<sub>{escape(below)}</sub>" if below else shown

    def label(self, name: str) -> str:
        """The text, unchanged."""
        return text(name)

    def power(self, mantissa: str, exponent: str) -> str:
        """10 to the power of -7."""
        ten = f"10<sup>{exponent}</sup>"
        return ten if mantissa == "1" else f"{mantissa}·{ten}"

    def word(self, text: str) -> str:
        """The text, unchanged."""
        return text

    def left_out(self, missing: int) -> str:
        """For the first cell of a row: how many more."""
        return f"{self.more} {missing} more"

    def formulas_left_out(self, missing: int) -> str:
        """For formulas one below the other: how many more."""
        return f"{self.below} {missing} more"

    def element(self, thing: Any) -> str:
        """With its name, in the font of formulas."""
        return formula_html(thing)


#: The only instance.
HTML = Html()

_SERIF = 'style="font-family:STIX Two Text,Cambria,Times New Roman,serif;font-size:110%"'
_LEFT, _RIGHT = ' style="text-align:left"', ' style="text-align:right;font-variant-numeric:tabular-nums"'


def formula_html(thing: Any) -> str:
    """An expression, a relation or a constraint, as an inline formula."""
    if isinstance(thing, Constraint):
        if is_removed(thing):
            return text(repr(thing))
        name = name_of(thing)
        return f"{text(name) + ': ' if name else ''}<span {_SERIF}>{HTML.formula(thing)}</span>"
    return f"<span {_SERIF}>{HTML.formula(thing)}</span>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table whose first `words` columns are text, aligned left; the others are numbers, aligned right."""
    ways = [_LEFT] * words + [_RIGHT] * (len(head) - words)
    top = "".join(f"<th{way}>{cell}</th>" for way, cell in zip(ways, head))
    body = "".join(
        "<tr>" + "".join(f"<td{way}>{cell}</td>" for way, cell in zip(ways, row)) + "</tr>\n" for row in rows
    )
    return f"<table>\n{f'<thead><tr>{top}</tr></thead>' if any(head) else ''}<tbody>\n{body}</tbody></table>"


def array_html(array: Any) -> str:
    """An array of one or two dimensions as a table; a labeled one is listed by its labels."""
    its = by_label(array)
    if its is not None:
        lines = element_rows(its, HTML)
        return table([*map(text, its.names), ""], lines, len(its.names) + 1) if lines else text(repr(array))
    cells = grid(array)
    if cells is None:
        return text(repr(array)) if 0 in array.shape else f"array of shape {array.shape}"
    return table([""] * len(cells[0]), grid_rows(cells, HTML), len(cells[0]))


def program_html(program: Solvable) -> str:
    """Objective, rows, bounds, and integrality."""
    columns = columns_of(program)
    variables, integers = len(columns) - len(columns.removed), columns.integers
    kind = f" ({integers} integer)" if integers else ""
    title = f"<b>{text(program.name)}</b>: " if program.name else ""
    lines = [(what, name, f"<span {_SERIF}>{formula}</span>") for what, name, formula in program_rows(program, HTML)]
    counts = f"{counted(variables, 'variable')}{kind}, {counted(len(program.constraints), 'constraint')}"
    return f"<div>{title}{counts}</div>\n{table(['', '', ''], lines, 3)}"


def solution_html(solution: Solution) -> str:
    """Status, objective and method; values with reduced costs, and duals."""
    facts = [f"<b>{solution.status}</b>"]
    if solution.has_solution:
        facts.append(f"{solution.sense} {HTML.number(solution.objective)}")
        if solution.gap:
            facts.append(f"gap {HTML.number(solution.gap)}")
    if solution.method:
        facts.append(text(solution.method))
    its = answer(solution)
    parts = [f"<div>{' · '.join(facts)}</div>"]
    if solution.message and not solution.has_solution:
        parts.append(f"<div>{text(solution.message)}</div>")
    if its.variables.head:
        head = ["variable", "value", *(["reduced cost"] if its.has_duals else [])]
        parts.append(table(head, value_rows(its, HTML, its.has_duals)))
    if its.rows.head:
        parts.append(table(["constraint", "dual"], dual_rows(its, HTML)))
    return "\n".join(parts)


def sensitivity_html(sensitivity: Sensitivity) -> str:
    """The ranges, as `print` shows them."""
    head = ["name", "of", "now", "from", "to", "objective from", "to", "limits"]

    def line(record: tuple[str, str, Range]) -> list[str]:
        name, what, its = record
        numbers = its.value, its.lower, its.upper, its.lower_objective, its.upper_objective
        limits = (text(limit.name) if limit is not None else "-" for limit in (its.lower_limit, its.upper_limit))
        return [text(name), what, *map(HTML.number, numbers), ", ".join(limits)]

    lines = excerpt(list(records_of(sensitivity))).lines(line, lambda missing: left_out_row(missing, len(head), HTML))
    title = f"<div>objective {HTML.number(sensitivity.objective)} ({sensitivity.sense})</div>"
    degenerate = sensitivity.primal_degenerate or sensitivity.dual_degenerate
    note = "The optimum is degenerate: the true ranges may be wider than these."
    return f"{title}\n{table(head, lines, 2)}" + (f"\n<div>{note}</div>" if degenerate else "")


def report_html(report: object) -> str:
    """An object that prints as a report."""
    return lines_html(str(report))


def lines_html(report: str) -> str:
    """A printed report; its indented lines become list items."""
    parts: list[str] = []
    is_open = False
    for line in report.splitlines():
        is_item = line.startswith("  ")
        if is_item is not is_open:
            parts.append("<ul>" if is_item else "</ul>")
            is_open = is_item
        parts.append(f"<li>{text(line.strip())}</li>" if is_item else f"<div>{text(line)}</div>")
    return "\n".join([*parts, "</ul>"] if is_open else parts)

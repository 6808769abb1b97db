"""A program and its answer as one page of HTML, complete in itself, for a browser.

Everything on it can be read without JavaScript, and nothing is loaded from elsewhere.  Tables of more than `MOST` rows
hold those that matter most, and say so.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from itertools import chain
from math import inf, log10
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from pplp.answers.sensitivity import Sensitivity
from pplp.answers.solution import Solution
from pplp.core import hooks
from pplp.core.constraints import BoundConstraint, Constraint
from pplp.diagnosis.explanation import Explanation
from pplp.diagnosis.lint import findings
from pplp.display.html import HTML, Html, lines_html, program_rows, text
from pplp.display.notation import sense_of
from pplp.display.sparsity_pattern import KINDS, pattern_of, png
from pplp.errors import InvalidValue, PplpError
from pplp.form.compiler import column_places, compile_form
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.statistics import facts_of
from pplp.form.verification import activities
from pplp.formats.target import write_text
from pplp.ground.files import Place

if TYPE_CHECKING:
    from pplp.answers.ranges import Range
    from pplp.answers.solvable import Solvable
    from pplp.diagnosis.lint import Finding

__all__ = ["MOST", "write_report"]

#: So many rows a table holds at most.
MOST = 2000
#: So many binding constraints are listed by what they are worth.
_BINDING = 25
#: The ranges of sensitivity need the whole tableau, which has about as many entries.
_TABLEAU = 4_000_000
#: An explanation is looked for in so many seconds, of programs with so many rows.
_SECONDS, _ROWS = 5.0, 20_000
#: What is this near to a bound, relative, is at it.
_NEAR = 1e-9
#: The longest name that a table shows whole.
_NAME = 200
#: The kinds of coefficients in the picture, on light and on dark; as --k0 to --k3 in the style.
_LIGHT, _DARK = ("#4a6484", "#c2571a", "#0f7b6c", "#7a3e9d"), ("#9db4d0", "#f0a067", "#5cc9b5", "#c79be8")

_Cell = Union[str, float, None]


class _Formula(str):
    """A formula in a cell: HTML already, other than names and words."""

    __slots__ = ()


def write_report(program: Solvable, target: Place, title: Optional[str] = None) -> None:
    """What `LinearProgram.report` does."""
    write_text(target, _Report(program, title).page())


_SIGNS = {"<=": HTML.le, ">=": HTML.ge}


class _Short(Html):
    terms = 5, 1


_SHORT = _Short()


class _Head(NamedTuple):
    """The head of a column."""

    title: str
    is_number: bool = True
    hint: str = ""


class _Line(NamedTuple):
    """A row of a table: its cells, and the flags by which it is filtered."""

    cells: Sequence[_Cell]
    flags: str = ""


class _Row(NamedTuple):
    """A constraint and what the solution says of it."""

    constraint: Constraint
    lower: float
    upper: float
    value: float
    slack: float
    dual: float

    @property
    def binds(self) -> bool:
        """Is it at a bound?"""
        return self.slack == 0


class _Report:
    """A program's arrays and answer, and the parts of its page."""

    def __init__(self, program: Solvable, title: Optional[str]) -> None:
        if title is not None and not isinstance(title, str):
            raise InvalidValue(f"The title of a report must be text, not {title!r}.")
        self.program = program
        self.is_stale = program.solution is not None and program.status is Status.UNSOLVED
        self.solution: Optional[Solution] = None if self.is_stale else program.solution
        self.sense = sense_of(program)
        self.form: MatrixForm = compile_form(program, self.sense == "maximize")
        self.kind = "Mixed-integer program" if any(self.form.integer) else "Linear program"
        self.title = title or program.name or self.kind
        self.values: Optional[Sequence[float]] = None
        self.costs: Optional[Sequence[float]] = None
        self.rows: list[_Row] = []
        numbers = self.solution._numbers if self.solution is not None else None
        if numbers is not None:
            self.values = [value + 0.0 for value in numbers.primal()]
            self.costs = numbers.reduced_costs()
            self.duals = numbers.duals()
            self.rows = [*self._rows()]
        self.ranges, self.no_ranges = self._sensitivity()

    def _rows(self) -> Iterator[_Row]:
        """All constraints, as `LinearProgram.constraints` has them."""
        assert self.values is not None and self.solution is not None
        program, form, duals = self.program, self.form, self.duals
        values, bounds, at = activities(form, self.values), program._bound_rows, column_places(program)
        for k, constraint in enumerate(program.constraints):
            index = constraint._index
            if k < form.rows:
                lower, upper, value = form.row_lower[k], form.row_upper[k], values[k]
            elif isinstance(constraint, BoundConstraint):
                value = bounds.factor[index] * self.values[at[bounds.column[index]]]
                lower, upper = bounds.lower[index], bounds.upper[index]
            else:
                lower, upper, value = constraint.lb, constraint.ub, 0.0
            slack = min(value - lower, upper - value)
            if slack <= _NEAR * max(1.0, abs(value)):
                slack = 0.0
            dual = 0.0
            if duals is not None and k < form.rows:
                dual = duals[k] + 0.0
            elif duals is not None and slack == 0:
                dual = self.solution.dual(constraint) + 0.0
            yield _Row(constraint, float(lower), float(upper), value, slack, dual)

    def _sensitivity(self) -> tuple[Optional[Sensitivity], str]:
        """The ranges, or why there are none."""
        form = self.form
        if self.values is None or self.costs is None:
            return None, ""
        if form.rows * form.columns > _TABLEAU:
            return None, "The ranges of costs and right-hand sides are left out: the program is large."
        try:
            return Sensitivity.of(self.program), ""
        except PplpError as error:
            return None, f"There are no ranges of costs and right-hand sides. {error}"

    # ---- the page
    def page(self) -> Iterator[str]:
        """All of it, part by part."""
        house = files("pplp.display")
        style = house.joinpath("report.css").read_text(encoding="utf-8")
        script = house.joinpath("report.js").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
        sections = [(key, title, body) for key, title, body in self._sections() if body]
        form = self.form
        yield f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="pplp">
<title>{_short(self.title)}</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<header>
<h1>{_short(self.title)}</h1>
<p class="subtitle">{self.kind}, {self.sense}, {_count(form.columns, "variable")}, \
{_count(len(self.program.constraints), "constraint")}, {_count(form.nonzeros, "coefficient")}</p>
<nav aria-label="Sections">{"".join(f'<a href="#{key}">{title}</a>' for key, title, _ in sections)}</nav>
</header>
<main>
"""
        for key, title, body in sections:
            kind = ' class="data"' if key in ("variables", "constraints") else ""
            yield f'<section id="{key}"{kind} aria-labelledby="{key}-title">\n<h2 id="{key}-title">{title}</h2>\n'
            yield f"{body}\n</section>\n"
        yield f"</main>\n<footer>Written by pplp {hooks.version}.</footer>\n"
        yield f"<script>{script}</script>\n</body>\n</html>\n"

    def _sections(self) -> Iterator[tuple[str, str, str]]:
        yield "answer", "Answer", self._answer()
        yield "why", "Why there is no answer", self._explanation()
        yield "binding", "Binding constraints", self._binding()
        yield "variables", "Variables", self._variables()
        yield "constraints", "Constraints", self._constraints()
        yield "program", "Program", self._program()
        yield "numbers", "Sizes and numbers", self._numbers()
        yield "matrix", "Picture of the matrix", self._picture()
        yield "lint", "What looks wrong", self._lint()

    # ---- what was found
    def _answer(self) -> str:
        solution = self.solution
        if self.is_stale:
            return "<p>The program was edited after it was solved. Solve it again for an answer.</p>"
        if solution is None:
            return "<p>The program has not been solved.</p>"
        colour = "good" if solution.is_optimal else "warn" if solution.has_solution else "bad"
        tiles = [_tile("Status", f'<span class="{colour}">{solution.status}</span>')]
        if solution.has_solution:
            of_last = "" if solution._outcome.own_objective else "of the last of several objectives"
            tiles.append(_tile("Objective", _number(solution.objective, 9), f"{solution.sense} {of_last}".strip()))
            if solution.bound is not None and solution.bound != solution.objective:
                gap = f"gap {solution.gap:.3%}" if solution.gap is not None else ""
                tiles.append(_tile("Bound", _number(solution.bound, 9), gap))
        work = [_count(solution.iterations, "iteration")] if solution.iterations else []
        work += [_count(solution.nodes, "node")] if solution.nodes else []
        tiles.append(_tile("Time of the solver", _seconds(solution.seconds), ", ".join(work)))
        if solution.has_solution:
            tiles.append(self._quality(solution))
        if solution.method:
            tiles.append(_tile("Method", f"{text(solution.method)}", text(solution.method_reason), "wide"))
        message = f"<p>{text(solution.message)}</p>" if solution.message else ""
        return f'<dl class="facts">\n{"".join(tiles)}</dl>{message}'

    def _quality(self, solution: Solution) -> str:
        of_kind = {kind: amount for kind, amount in vars(solution.quality).items() if amount is not None}
        kind, worst = max(of_kind.items(), key=lambda found: found[1])
        return _tile("Worst residual", _number(worst, 2), kind.replace("_", " ") if worst else "all holds exactly")

    def _explanation(self) -> str:
        solution = self.solution
        if solution is None or solution.has_solution or self.form.rows > _ROWS:
            return ""
        if solution.status not in (Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
            return ""
        try:
            return f'<div class="why">{lines_html(str(Explanation.of(self.program, self.sense, None, _SECONDS)))}</div>'
        except PplpError:
            return ""

    def _binding(self) -> str:
        binding = [row for row in self.rows if row.binds and (row.lower > -inf or row.upper < inf)]
        if not self.rows:
            return ""
        if not binding:
            return "<p>No constraint is at its bound.</p>"
        those = heapq.nlargest(_BINDING, binding, key=lambda row: abs(row.dual))
        head = [_Head("Constraint", False), _Head("At", False, "The bound that it stands at"), _Head("Bound")]
        said = [f"{_count(len(binding), 'constraint')} of {_plain(len(self.rows))} at a bound."]
        if self.costs is not None:
            head.append(_Head("Dual", hint="d(objective)/d(right-hand side)"))
            if len(binding) > len(those):
                said.append(f"Shown are the {_BINDING} of greatest dual.")
            said.append("The dual is what the objective gains when the bound rises by one.")
        else:
            said += [f"Shown are the first {_BINDING}."] if len(binding) > len(those) else []
            assert self.solution is not None
            said.append(text(self.solution._no_duals("duals")))
        if self.ranges is not None:
            head += [_Head("Holds from"), _Head("to")]
            said.append("It holds while the bound stays in the range, alone.")
            if self.ranges.primal_degenerate or self.ranges.dual_degenerate:
                said.append("The optimum is degenerate: these are the ranges of its basis, the true ones may be wider.")
        if self.no_ranges:
            said.append(text(self.no_ranges))
        lines = []
        for row in those:
            at_upper = row.upper - row.value <= row.value - row.lower
            side = "=" if row.lower == row.upper else "≤" if at_upper else "≥"
            cells: list[_Cell] = [row.constraint.name, side, row.upper if at_upper else row.lower]
            if self.costs is not None:
                cells.append(row.dual)
            if self.ranges is not None:
                cells += _ends(self._range_of(row))
            lines.append(_Line(cells))
        return f"<p>{' '.join(said)}</p>\n{_table('Binding constraints', head, lines)}"

    def _range_of(self, row: _Row) -> Optional[Range]:
        """The range of the bound at which a constraint stands, or of its only one."""
        assert self.ranges is not None
        if row.lower == -inf and row.upper == inf:
            return None
        its = self.ranges[row.constraint]
        if row.lower == row.upper or (row.lower == -inf) != (row.upper == inf):
            return its.rhs  # type: ignore[no-any-return]
        return its.ub if row.upper - row.value <= row.value - row.lower else its.lb  # type: ignore[no-any-return]

    # ---- tables
    def _variables(self) -> str:
        form, values, costs, ranges = self.form, self.values, self.costs, self.ranges
        if not form.columns:
            return ""
        head = [_Head("Variable", False), _Head("Kind", False), _Head("Lower")]
        head += [_Head("Value")] if values is not None else []
        head += [_Head("Upper")]
        head += [_Head("At", False, "The bound that it stands at")] if values is not None else []
        head += [_Head("Cost", hint="The coefficient in the objective")]
        head += [_Head("Reduced cost", hint="d(objective)/d(the bound it stands at)")] if costs is not None else []
        head += [_Head("Cost from", hint="The basis stays optimal within this range"), _Head("to")] if ranges else []
        places, said = _most(form.columns, None if values is None else [abs(value) for value in values])
        handles = column_places(self.program).indices()
        lines = []
        for k in places:
            low, high = form.column_lower[k], form.column_upper[k]
            kind = "continuous"
            if form.integer[k]:
                kind = "binary" if (low, high) == (0, 1) else "integer"
            variable = self.program._handle(handles[k])
            cells: list[_Cell] = [variable.name, kind, low]
            flags = ""
            if values is not None:
                cells.append(values[k])
                at = _bound_at(values[k], low, high)
                flags = " ".join(word for word, is_so in (("nonzero", values[k] != 0), ("binding", bool(at))) if is_so)
            cells.append(high)
            cells += [at] if values is not None else []
            cells.append(form.cost[k] + 0.0)
            cells += [costs[k] + 0.0] if costs is not None else []
            cells += _ends(ranges[variable].cost) if ranges is not None else []
            lines.append(_Line(cells, flags))
        filters = [("nonzero", "Nonzero only"), ("binding", "At a bound only")] if values is not None else []
        note = said and f"{said} {'of greatest absolute value' if values is not None else 'that were made first'}."
        return _data("variables", head, lines, filters, note)

    def _constraints(self) -> str:
        constraints, rows, costs, ranges = self.program.constraints, self.rows, self.costs, self.ranges
        if not constraints:
            return ""
        head = [_Head("Constraint", False), _Head("Lower")]
        head += [_Head("Value")] if rows else []
        head += [_Head("Upper")]
        head += [_Head("Slack", hint="The distance to the nearer bound")] if rows else []
        head += [_Head("Dual", hint="d(objective)/d(right-hand side)")] if costs is not None else []
        head += [_Head("Bound from", hint="The dual holds within this range"), _Head("to")] if ranges else []
        head += [_Head("Row", False)]
        weights = [(abs(row.dual), -row.slack) for row in rows] if rows else None
        places, said = _most(len(constraints), weights)
        lines = []
        for k in places:
            one = constraints[k]
            flags = ""
            if rows:
                row = rows[k]
                cells: list[_Cell] = [one.name, row.lower, row.value, row.upper, row.slack]
                cells += [row.dual] if costs is not None else []
                cells += _ends(self._range_of(row)) if ranges is not None else []
                words = ("binding", row.binds), ("nonzero", row.dual != 0)
                flags = " ".join(word for word, is_so in words if is_so)
            else:
                cells = [one.name, one.lb, one.ub]
            lines.append(_Line([*cells, _Formula(_SHORT.formula(one))], flags))
        filters = [("binding", "Binding only")] if rows else []
        filters += [("nonzero", "Nonzero dual only")] if costs is not None else []
        order = "that were added first"
        if rows:
            order = "of greatest dual, then of least slack" if costs is not None else "of least slack"
        return _data("constraints", head, lines, filters, said and f"{said} {order}.")

    # ---- what was written
    def _program(self) -> str:
        rows = "".join(
            f"<tr><td>{what}</td><td class=soft>{name}</td><td>{formula}</td></tr>\n"
            for what, name, formula in program_rows(self.program)
        )
        label = 'tabindex="0" role="region" aria-label="Program"'
        return f'<div class="scroll formula" {label}><table><tbody>\n{rows}</tbody></table></div>'

    def _numbers(self) -> str:
        facts = facts_of(self.form)
        density = facts["density"]
        of_kind = {kind: _plain(count) for kind, count in facts["of these"].items() if count}
        of_rows = {kind: _plain(count) for kind, count in facts["of the rows"].items() if count}
        columns = {
            "Variables": _plain(facts["variables"]),
            **{f"of these {kind}": count for kind, count in of_kind.items()},
            "longest column": _plain(facts["longest column"]),
        }
        rows = {
            "Rows": _plain(facts["rows"]),
            **{f"of these {_SIGNS.get(kind, kind)}": count for kind, count in of_rows.items()},
            "longest row": _plain(facts["longest row"]),
            "Coefficients": _plain(facts["nonzeros"]) + (f" ({density:.3g} of all)" if density is not None else ""),
        }
        structure = f"<p>{text(facts['structure'])}.</p>" if facts["structure"] else ""
        lists = "".join(
            f'<dl class="list">{"".join(f"<dt>{key}</dt><dd>{fact}</dd>" for key, fact in those.items())}</dl>'
            for those in (columns, rows)
        )
        return f'{structure}<div class="pair">{lists}{self._magnitudes(facts)}</div>'

    def _magnitudes(self, facts: dict[str, Any]) -> str:
        """From where to where the absolute values go, on a scale of powers of ten."""
        found = {name: facts[f"|{name}|"] for name in ("coefficients", "costs", "bounds", "sides")}
        there = {name: (log10(ends[0]), log10(ends[1])) for name, ends in found.items() if ends}
        if not there:
            return ""
        least, most = min(low for low, _ in there.values()), max(high for _, high in there.values())
        width = max(most - least, 1.0)
        bars = []
        for name, (low, high) in there.items():
            start, length = 97 * (low - least) / width, 97 * (high - low) / width
            ends = " to ".join(dict.fromkeys(_number(end, 3) for end in found[name]))
            bar = f'<span class="bar" aria-hidden="true"><i style="left:{start:.1f}%;width:{length:.1f}%"></i></span>'
            bars.append(f"<dt>{name}</dt><dd>{bar}{ends}</dd>")
        return f'<div><h3>Absolute values</h3><dl class="ranges">{"".join(bars)}</dl></div>'

    def _picture(self) -> str:
        form = self.form
        if not form.nonzeros:
            return ""
        pattern = pattern_of(form)
        scale = max(1, min(20, 560 // pattern.width, 400 // pattern.height))
        wide, high = max(pattern.width * scale, 48), max(pattern.height * scale, 24)
        light, dark = (
            f"data:image/png;base64,{base64.b64encode(png(pattern, colours)).decode()}" for colours in (_LIGHT, _DARK)
        )
        said = f"{_count(form.rows, 'row')} by {_count(form.columns, 'column')}"
        if (pattern.width, pattern.height) != (form.columns, form.rows):
            said += f", shown in {pattern.width} by {pattern.height} cells"
            said += ": the stronger the colour, the more coefficients in it" if pattern.fullest > 1 else ""
        legend = "".join(f'<li style="--k:var(--k{kind})">{KINDS[kind]}</li>' for kind in pattern.kinds)
        return f"""<figure class="matrix"><picture class="frame">
<source media="(prefers-color-scheme: dark)" srcset="{dark}">
<img src="{light}" width="{wide}" height="{high}" alt="Where the matrix has coefficients: {said}.">
</picture>
<figcaption>{said}.<ul class="legend">{legend}</ul></figcaption></figure>"""

    def _lint(self) -> str:
        found = findings(self.program, self.sense == "maximize")
        if not found:
            return "<p>Nothing.</p>"
        kinds: dict[str, list[Any]] = {}
        for finding in found:
            kinds.setdefault(finding.code, []).append(finding)
        colours = {"error": "bad", "warning": "warn", "note": "soft"}
        parts = []
        for code, those in kinds.items():
            first = those[0]
            items = "".join(f"<li>{_finding(finding)}</li>" for finding in those[:10])
            more = f"<li>… {_plain(len(those) - 10)} more</li>" if len(those) > 10 else ""
            parts.append(
                f'<div class="finding"><h3><span class="{colours[first.severity]}">{first.severity}</span>: '
                f"{code.replace('-', ' ')} ({_plain(len(those))})</h3><p>{first.remedy}</p><ul>{items}{more}</ul></div>"
            )
        return "\n".join(parts)


# --------------------------------------------------------------------- parts of a page
def _data(key: str, head: list[_Head], lines: list[_Line], filters: list[tuple[str, str]], note: str) -> str:
    """A table with what sorts and filters it."""
    boxes = "".join(f'<label><input type="checkbox" value="{flag}">{words}</label>' for flag, words in filters)
    tools = (
        f'<div class="tools"><label><span>Name</span><input type="search" autocomplete="off"></label>{boxes}'
        f'<output aria-live="polite"></output></div>'
    )
    said = f"<p>{note}</p>\n" if note else ""
    return f"{said}{tools}\n{_table(key.capitalize(), head, lines)}"


def _table(label: str, head: list[_Head], lines: Sequence[_Line]) -> str:
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


def _name_cell(name: _Cell) -> str:
    return f'<th scope="row">{_short(str(name))}</th>'


def _cell(value: _Cell, head: _Head) -> str:
    if isinstance(value, str):
        return f"<td class=row>{value}</td>" if isinstance(value, _Formula) else f"<td>{text(value)}</td>"
    if value is None or not head.is_number:
        return '<td class="n"></td>'
    shown = _number(value, 6)
    exact = repr(value)
    is_exact = abs(value) == inf or float(f"{value:.6g}") == value
    return f"<td class=n>{shown}</td>" if is_exact else f'<td class=n title="{exact}">{shown}</td>'


def _finding(finding: Finding) -> str:
    place = f' <span class="soft">{text(finding.origin)}</span>' if finding.origin is not None else ""
    return f"{text(_cut(finding.message, 500))}{place}"


def _tile(name: str, fact: str, more: str = "", kind: str = "") -> str:
    its = f' class="{kind}"' if kind else ""
    return f"<div{its}><dt>{name}</dt><dd>{fact}</dd>{f'<dd>{more}</dd>' if more else ''}</div>\n"


def _number(value: float, digits: int) -> str:
    """A number in a table, which the page can read back: no more than so many digits."""
    if abs(value) == inf:
        return "∞" if value > 0 else f"{HTML.minus}∞"
    shown = f"{value:.{digits}g}"
    if "e" in shown:
        if abs(value) < 10**digits and value == int(value):
            return str(int(value)).replace("-", HTML.minus)
        mantissa, exponent = shown.split("e")
        shown = f"{mantissa}e{int(exponent)}"
    return shown.replace("-", HTML.minus)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.2g} ms"


def _plain(count: int) -> str:
    """A count, its thousands apart."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _count(count: int, noun: str) -> str:
    return f"{_plain(count)} {noun}{'s' * (count != 1)}"


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _short(name: str) -> str:
    return text(_cut(name, _NAME))


def _bound_at(value: float, lower: float, upper: float) -> str:
    near = _NEAR * max(1.0, abs(value))
    at_lower, at_upper = value - lower <= near, upper - value <= near
    return "fixed" if at_lower and at_upper else "lower" if at_lower else "upper" if at_upper else ""


def _ends(its: Optional[Range]) -> tuple[Optional[float], Optional[float]]:
    return (None, None) if its is None else (its.lower, its.upper)


def _most(count: int, weights: Optional[Sequence[Any]]) -> tuple[Sequence[int], str]:
    """The places of what a table holds, in their order, and what there is to say of what it leaves out."""
    if count <= MOST:
        return range(count), ""
    said = f"The table has the {_plain(MOST)} of {_plain(count)}"
    if weights is None:
        return range(MOST), said
    weight: Callable[[int], Any] = weights.__getitem__
    return sorted(heapq.nlargest(MOST, range(count), key=weight)), said

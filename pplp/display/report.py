"""A program and its answer as one self-contained HTML page.

The page can be read without JavaScript, and loads nothing from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
from collections.abc import Iterator
from importlib.resources import files
from math import inf, log10
from typing import TYPE_CHECKING, Any, Optional

from pplp.answers.solution import Solution, no_duals, outcome_of
from pplp.core import hooks
from pplp.core.expressions import variable_at
from pplp.diagnosis.explanation import Explanation
from pplp.diagnosis.lint import findings
from pplp.display.html import HTML, Html, lines_html, text
from pplp.display.report_facts import Facts, bound_at
from pplp.display.report_table import APART, Cell, Formula, Head, Line, data_table, most_of, number, plain, short, table
from pplp.display.sparsity_pattern import KINDS, pattern_of, png
from pplp.display.tables import program_rows
from pplp.errors import PplpError
from pplp.form.compiler import column_places
from pplp.form.outcome import Status
from pplp.form.statistics import facts_of
from pplp.formats.target import write_text
from pplp.ground.descriptors import needed_to
from pplp.ground.files import Place
from pplp.ground.words import counted, shortened

if TYPE_CHECKING:
    from pplp.answers.ranges import Range
    from pplp.answers.solvable import Solvable
    from pplp.diagnosis.lint import Finding

__all__ = ["write_report"]

#: At most this many binding constraints are listed, those with the largest duals.
_BINDING = 25
#: Explanations are limited to this many seconds, and to programs of at most this many rows.
_SECONDS, _ROWS = 5.0, 20_000
#: The colors of the kinds of coefficients, on light and on dark; --k0 to --k3 in the style.
_LIGHT, _DARK = ("#4a6484", "#c2571a", "#0f7b6c", "#7a3e9d"), ("#9db4d0", "#f0a067", "#5cc9b5", "#c79be8")


def write_report(program: Solvable, target: Place, title: Optional[str] = None) -> None:
    """Implements `LinearProgram.report`."""
    write_text(target, _Report(program, title).page())


_SIGNS = {"<=": HTML.le, ">=": HTML.ge}


class _Short(Html):
    terms = 5, 1


_SHORT = _Short()


class _Report(Facts):
    """The parts of the page."""

    # ---- the page
    def page(self) -> Iterator[str]:
        """The whole page, part by part."""
        with needed_to("read the style of the report"):
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
<title>{short(self.title)}</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<header>
<h1>{short(self.title)}</h1>
<p class="subtitle">{self.kind}, {self.sense}, {counted(form.columns, "variable", APART)}, \
{counted(len(self.program.constraints), "constraint", APART)}, {counted(form.nonzeros, "coefficient", APART)}</p>
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
        yield "matrix", "Matrix", self._picture()
        yield "lint", "Possible mistakes", self._lint()

    # ---- what was found
    def _answer(self) -> str:
        solution = self.solution
        if self.is_stale:
            return "<p>The program was edited after it was solved. Solve it again to see an answer.</p>"
        if solution is None:
            return "<p>The program has not been solved.</p>"
        colour = "good" if solution.is_optimal else "warn" if solution.has_solution else "bad"
        tiles = [_tile("Status", f'<span class="{colour}">{solution.status}</span>')]
        if solution.has_solution:
            of_last = "" if outcome_of(solution).own_objective else "of the last of several objectives"
            tiles.append(_tile("Objective", number(solution.objective, 9), f"{solution.sense} {of_last}".strip()))
            if solution.bound is not None and solution.bound != solution.objective:
                gap = f"gap {solution.gap:.3%}" if solution.gap is not None else ""
                tiles.append(_tile("Bound", number(solution.bound, 9), gap))
        work = [counted(solution.iterations, "iteration", APART)] if solution.iterations else []
        work += [counted(solution.nodes, "node", APART)] if solution.nodes else []
        tiles.append(_tile("Solve time", _seconds(solution.seconds), ", ".join(work)))
        if solution.has_solution:
            tiles.append(self._quality(solution))
        if solution.method:
            tiles.append(_tile("Method", f"{text(solution.method)}", text(solution.method_reason), "wide"))
        message = f"<p>{text(solution.message)}</p>" if solution.message else ""
        return f'<dl class="facts">\n{"".join(tiles)}</dl>{message}'

    def _quality(self, solution: Solution) -> str:
        of_kind = {kind: amount for kind, amount in vars(solution.quality).items() if amount is not None}
        kind, worst = max(of_kind.items(), key=lambda found: found[1])
        return _tile("Worst residual", number(worst, 2), kind.replace("_", " ") if worst else "no violation")

    def _explanation(self) -> str:
        solution = self.solution
        if solution is None or solution.has_solution or self.form.rows > _ROWS:
            return ""
        if solution.status not in (Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
            return ""
        try:
            why = Explanation.of(self.program, self.sense.value, None, _SECONDS)
            return f'<div class="why">{lines_html(str(why))}</div>'
        except PplpError:
            return ""

    def _binding(self) -> str:
        binding = [row for row in self.rows if row.binds and (row.lower > -inf or row.upper < inf)]
        if not self.rows:
            return ""
        if not binding:
            return "<p>No constraint is at a bound.</p>"
        those = heapq.nlargest(_BINDING, binding, key=lambda row: abs(row.dual))
        head = [Head("Constraint", False), Head("At", False, "The bound that it is at"), Head("Bound")]
        said = [f"{counted(len(binding), 'constraint', APART)} of {plain(len(self.rows))} at a bound."]
        if self.costs is not None:
            head.append(Head("Dual", hint="d(objective)/d(right-hand side)"))
            if len(binding) > len(those):
                said.append(f"The {_BINDING} with the largest duals are shown.")
            said.append("The dual is the change in the objective when the bound rises by one.")
        else:
            said += [f"The first {_BINDING} are shown."] if len(binding) > len(those) else []
            assert self.solution is not None
            said.append(text(no_duals(self.solution, "duals")))
        if self.ranges is not None:
            head += [Head("Valid from"), Head("to")]
            said.append("It is valid while only this bound changes, within the range.")
            if self.ranges.primal_degenerate or self.ranges.dual_degenerate:
                said.append("The optimum is degenerate: the true ranges may be wider than these.")
        if self.no_ranges:
            said.append(text(self.no_ranges))
        lines = []
        for row in those:
            at_upper = row.upper - row.value <= row.value - row.lower
            side = "=" if row.lower == row.upper else "≤" if at_upper else "≥"
            cells: list[Cell] = [row.constraint.name, side, row.upper if at_upper else row.lower]
            if self.costs is not None:
                cells.append(row.dual)
            if self.ranges is not None:
                cells += _ends(self.range_of(row))
            lines.append(Line(cells))
        return f"<p>{' '.join(said)}</p>\n{table('Binding constraints', head, lines)}"

    # ---- tables
    def _variables(self) -> str:
        form, values, costs, ranges = self.form, self.values, self.costs, self.ranges
        if not form.columns:
            return ""
        head = [Head("Variable", False), Head("Kind", False), Head("Lower")]
        head += [Head("Value")] if values is not None else []
        head += [Head("Upper")]
        head += [Head("At", False, "The bound that it is at")] if values is not None else []
        head += [Head("Cost", hint="The coefficient in the objective")]
        head += [Head("Reduced cost", hint="d(objective)/d(the bound it is at)")] if costs is not None else []
        head += [Head("Cost from", hint="The basis stays optimal within this range"), Head("to")] if ranges else []
        places, said = most_of(form.columns, None if values is None else [abs(value) for value in values])
        handles = column_places(self.program).indices()
        lines = []
        for k in places:
            low, high = form.column_lower[k], form.column_upper[k]
            kind = "continuous"
            if form.integer[k]:
                kind = "binary" if (low, high) == (0, 1) else "integer"
            variable = variable_at(self.program, handles[k])
            cells: list[Cell] = [variable.name, kind, low]
            flags = ""
            if values is not None:
                cells.append(values[k])
                at = bound_at(values[k], low, high)
                flags = " ".join(word for word, is_so in (("nonzero", values[k] != 0), ("binding", bool(at))) if is_so)
            cells.append(high)
            cells += [at] if values is not None else []
            cells.append(form.cost[k] + 0.0)
            cells += [costs[k] + 0.0] if costs is not None else []
            cells += _ends(ranges[variable].cost) if ranges is not None else []
            lines.append(Line(cells, flags))
        filters = [("nonzero", "Nonzero only"), ("binding", "At a bound only")] if values is not None else []
        note = said and f"{said}: {'those with the largest values' if values is not None else 'the first ones'}."
        return data_table("variables", head, lines, filters, note)

    def _constraints(self) -> str:
        constraints, rows, costs, ranges = self.program.constraints, self.rows, self.costs, self.ranges
        if not constraints:
            return ""
        head = [Head("Constraint", False), Head("Lower")]
        head += [Head("Value")] if rows else []
        head += [Head("Upper")]
        head += [Head("Slack", hint="The distance to the nearer bound")] if rows else []
        head += [Head("Dual", hint="d(objective)/d(right-hand side)")] if costs is not None else []
        head += [Head("Bound from", hint="The dual is valid within this range"), Head("to")] if ranges else []
        head += [Head("Row", False)]
        weights = [(abs(row.dual), -row.slack) for row in rows] if rows else None
        places, said = most_of(len(constraints), weights)
        lines = []
        for k in places:
            one = constraints[k]
            flags = ""
            if rows:
                row = rows[k]
                cells: list[Cell] = [one.name, row.lower, row.value, row.upper, row.slack]
                cells += [row.dual] if costs is not None else []
                cells += _ends(self.range_of(row)) if ranges is not None else []
                words = ("binding", row.binds), ("nonzero", row.dual != 0)
                flags = " ".join(word for word, is_so in words if is_so)
            else:
                cells = [one.name, one.lb, one.ub]
            lines.append(Line([*cells, Formula(_SHORT.formula(one))], flags))
        filters = [("binding", "Binding only")] if rows else []
        filters += [("nonzero", "Nonzero dual only")] if costs is not None else []
        order = "the first ones"
        if rows:
            order = "those with the " + ("largest duals, then the least slack" if costs is not None else "least slack")
        return data_table("constraints", head, lines, filters, said and f"{said}: {order}.")

    # ---- what was written
    def _program(self) -> str:
        rows = "".join(
            f"<tr><td>{what}</td><td class=soft>{name}</td><td>{formula}</td></tr>\n"
            for what, name, formula in program_rows(self.program, HTML)
        )
        label = 'tabindex="0" role="region" aria-label="Program"'
        return f'<div class="scroll formula" {label}><table><tbody>\n{rows}</tbody></table></div>'

    def _numbers(self) -> str:
        facts = facts_of(self.form)
        density = facts["density"]
        of_kind = {kind: plain(count) for kind, count in facts["of these"].items() if count}
        of_rows = {kind: plain(count) for kind, count in facts["of the rows"].items() if count}
        columns = {
            "Variables": plain(facts["variables"]),
            **{f"of these {kind}": count for kind, count in of_kind.items()},
            "most entries in a column": plain(facts["longest column"]),
        }
        rows = {
            "Rows": plain(facts["rows"]),
            **{f"of these {_SIGNS.get(kind, kind)}": count for kind, count in of_rows.items()},
            "most entries in a row": plain(facts["longest row"]),
            "Coefficients": plain(facts["nonzeros"]) + (f" ({100 * density:.3g} %)" if density is not None else ""),
        }
        structure = f"<p>{text(facts['structure'])}.</p>" if facts["structure"] else ""
        lists = "".join(
            f'<dl class="list">{"".join(f"<dt>{key}</dt><dd>{fact}</dd>" for key, fact in those.items())}</dl>'
            for those in (columns, rows)
        )
        return f'{structure}<div class="pair">{lists}{self._magnitudes(facts)}</div>'

    def _magnitudes(self, facts: dict[str, Any]) -> str:
        """The ranges of absolute values, on a scale of powers of ten."""
        found = {name: facts[f"|{name}|"] for name in ("coefficients", "costs", "bounds", "sides")}
        there = {name: (log10(ends[0]), log10(ends[1])) for name, ends in found.items() if ends}
        if not there:
            return ""
        least, most = min(low for low, _ in there.values()), max(high for _, high in there.values())
        width = max(most - least, 1.0)
        bars = []
        for name, (low, high) in there.items():
            start, length = 97 * (low - least) / width, 97 * (high - low) / width
            ends = " to ".join(dict.fromkeys(number(end, 3) for end in found[name]))
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
        said = f"{counted(form.rows, 'row', APART)} by {counted(form.columns, 'column', APART)}"
        if (pattern.width, pattern.height) != (form.columns, form.rows):
            said += f", shown in {pattern.width} by {pattern.height} cells"
            said += ": the stronger the color, the more coefficients a cell has" if pattern.fullest > 1 else ""
        legend = "".join(f'<li style="--k:var(--k{kind})">{KINDS[kind]}</li>' for kind in pattern.kinds)
        return f"""<figure class="matrix"><picture class="frame">
<source media="(prefers-color-scheme: dark)" srcset="{dark}">
<img src="{light}" width="{wide}" height="{high}" alt="Where the matrix has coefficients: {said}.">
</picture>
<figcaption>{said}.<ul class="legend">{legend}</ul></figcaption></figure>"""

    def _lint(self) -> str:
        found = findings(self.program, self.sense)
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
            more = f"<li>… {plain(len(those) - 10)} more</li>" if len(those) > 10 else ""
            parts.append(
                f'<div class="finding"><h3><span class="{colours[first.severity]}">{first.severity}</span>: '
                f"{code.replace('-', ' ')} ({plain(len(those))})</h3><p>{first.remedy}</p><ul>{items}{more}</ul></div>"
            )
        return "\n".join(parts)


# --------------------------------------------------------------------- parts of a page
def _finding(finding: Finding) -> str:
    place = f' <span class="soft">{text(finding.origin)}</span>' if finding.origin is not None else ""
    return f"{text(shortened(finding.message, 500))}{place}"


def _tile(name: str, fact: str, more: str = "", kind: str = "") -> str:
    its = f' class="{kind}"' if kind else ""
    return f"<div{its}><dt>{name}</dt><dd>{fact}</dd>{f'<dd>{more}</dd>' if more else ''}</div>\n"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.2g} ms"


def _ends(its: Optional[Range]) -> tuple[Optional[float], Optional[float]]:
    return (None, None) if its is None else (its.lower, its.upper)

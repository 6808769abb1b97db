r"""Expressions, programs and solutions as LaTeX that works in MathJax and in LaTeX itself, without extra packages.

>>> from pplp import LinearProgram
>>> lp = LinearProgram()
>>> x, ship = lp.Var("x", lb=0), lp.IntVar("ship[a,b_1]", lb=0, ub=40)
>>> print((3*x - 0.5*ship + 5)._repr_latex_())
$3\,x - 0.5\,\mathrm{ship}_{\mathrm{a,b\_1}} + 5$
>>> steel = lp.add_constraint(0 <= x + 2*ship <= 40, name="steel")
>>> print(steel._repr_latex_())
$\mathrm{steel}\colon\; 0 \le x + 2\,\mathrm{ship}_{\mathrm{a,b\_1}} \le 40$
>>> lp.objective = 3*x - 0.5*ship
>>> print(lp._repr_latex_())
$\displaystyle\begin{array}{lll}
\min & 3\,x - 0.5\,\mathrm{ship}_{\mathrm{a,b\_1}} & \\
\text{s.t.} & 0 \le x + 2\,\mathrm{ship}_{\mathrm{a,b\_1}} \le 40 & (\mathrm{steel}) \\
 & x \ge 0 & \\
 & 0 \le \mathrm{ship}_{\mathrm{a,b\_1}} \le 40\;\text{integer} & \\
\end{array}$
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pplp.core.constraints import Constraint
from pplp.core.sense import Sense
from pplp.display.notation import Notation, is_removed, name_of, printable, split_name
from pplp.display.tables import answer, by_label, element_rows, grid, grid_rows, program_rows, value_rows

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.answers.solvable import Solvable
    from pplp.display.tables import ByLabel

__all__ = ["Latex", "array_latex", "formula_latex", "program_latex", "solution_latex"]

#: Characters with a meaning in LaTeX math, as text.  < and > would also have one in the HTML page around it.
_SIGNS = {
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "#": r"\#",
    "&": r"\&",
    "$": r"\$",
    "\\": r"\backslash{}",
    "^": r"\hat{\ }",
    "~": r"{\sim}",
    "<": r"\langle{}",
    ">": r"\rangle{}",
    " ": r"\ ",
    "-": r"\text{-}",
    "'": r"\text{'}",
    "`": r"\text{`}",
}
_SPECIAL = re.compile(r"[_{}%#&$\\^~<> \-'`]|[^\x20-\x7e]+")


def _escaped(name: str) -> str:
    return _SPECIAL.sub(lambda found: _SIGNS.get(found[0]) or rf"\text{{{found[0]}}}", name)


def _upright(text: str) -> str:
    """A word, upright, so that it does not look like a product of letters; numbers are unchanged."""
    return _escaped(text) if text.replace(",", "").isdecimal() else rf"\mathrm{{{_escaped(text)}}}"


class Latex(Notation):
    """Formulas in LaTeX."""

    le, ge = r"\le", r"\ge"
    infinity = r"\infty"
    dots, more = r"\cdots", r"\dots"
    below = r"\vdots"
    minimize, maximize, subject_to = r"\min", r"\max", r"\text{s.t.}"
    times = r"\,"
    gap = r"\;"

    def symbol(self, name: str) -> str:
        """``x_{1,2}`` for x[1,2]; words are upright, single letters in italics."""
        base, below = split_name(name)
        is_letter = len(base) == 1 and base.isascii() and base.isalpha()
        return (base if is_letter else _upright(base)) + (f"_{{{_upright(below)}}}" if below else "")

    def label(self, name: str) -> str:
        """The text, unchanged."""
        return rf"\mathrm{{{_escaped(printable(name))}}}"

    def power(self, mantissa: str, exponent: str) -> str:
        """10^-7."""
        ten = f"10^{{{exponent}}}"
        return ten if mantissa == "1" else rf"{mantissa} \cdot {ten}"

    def word(self, text: str) -> str:
        """The text, upright."""
        return rf"\text{{{text}}}"

    def left_out(self, missing: int) -> str:
        """For formulas one below the other: how many more."""
        return rf"{self.below}\;\text{{{missing} more}}"


_LATEX = Latex()


def formula_latex(thing: Any) -> str:
    """An expression, a relation or a constraint, as an inline formula."""
    name = name_of(thing) if isinstance(thing, Constraint) else None
    if isinstance(thing, Constraint) and is_removed(thing):
        return f"${_LATEX.word('removed constraint')}$"
    label = rf"{_LATEX.label(name)}\colon\; " if name else ""
    return f"${label}{_LATEX.formula(thing)}$"


def array_latex(array: Any) -> str:
    """An array of one or two dimensions: expressions in brackets, rows without; a labeled one as a table."""
    its = by_label(array)
    if its is not None:
        return _table(its) if its.elements.head else f"${_LATEX.word('no elements')}$"
    cells = grid(array)
    if cells is None:
        return f"${_LATEX.word(f'array of shape {array.shape}')}$"
    is_row = not hasattr(array, "__add__")  # relations and constraints have no sum
    left, right = ("", "") if is_row else (r"\left[", r"\right]")
    columns = ("l" if is_row else "c") * len(cells[0])
    return rf"$\displaystyle{left}{_array(columns, grid_rows(cells, _LATEX))}{right}$"


def _table(its: ByLabel) -> str:
    head = [[*(_LATEX.label(name) if name else "" for name in its.names), ""]] if any(its.names) else []
    return rf"$\displaystyle{_array('l' * (len(its.names) + 1), element_rows(its, _LATEX), head)}$"


def _array(columns: str, rows: Iterable[Sequence[str]], head: Iterable[Sequence[str]] = ()) -> str:
    """Rows of cells, below a line if there is a head."""
    above, below = ([f"{' & '.join(row).rstrip()} \\\\\n" for row in part] for part in (head, rows))
    line = "\\hline\n" if above and below else ""
    return f"\\begin{{array}}{{{columns}}}\n{''.join([*above, line, *below])}\\end{{array}}"


def program_latex(program: Solvable) -> str:
    """Objective, rows, bounds, and integrality."""
    rows = ((what, formula, f"({name})" if name else "") for what, name, formula in program_rows(program, _LATEX))
    return rf"$\displaystyle{_array('lll', rows)}$"


def solution_latex(solution: Solution) -> str:
    """Status, objective, and the values."""
    title = [rf"\text{{{solution.status}}}", ""]
    if solution.has_solution:
        sense = _LATEX.maximize if Sense.of(solution.sense).is_maximize else _LATEX.minimize
        title = [rf"\text{{{solution.status}}},\;{sense}", _LATEX.number(solution.objective)]
    return rf"$\displaystyle{_array('lr', value_rows(answer(solution), _LATEX, False), [title])}$"

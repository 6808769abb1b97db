"""What notebooks show: LaTeX and HTML of expressions, constraints, programs and answers."""

from __future__ import annotations

import pkgutil
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pplp import LinearProgram
from pplp.display.drawings import DRAWINGS
from pplp.display.notation import printable

inf = float("inf")
HOSTILE = [
    "<script>alert(1)</script>",
    "</table>",
    '"&amp;',
    "a_b^{c}$\\",
    "x[<b>]",
    "two\nlines",
    "\u202eflip",
    "\ud800",
]


class Page(HTMLParser):
    """The tags and the text of a piece of HTML; complains of tags that do not close in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert not self._open, f"{self._open} stay open"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data


def is_sound(latex: str) -> bool:
    """Is it one formula, whose braces close, without a sign that would end or break it?"""
    assert latex[0] == latex[-1] == "$"
    plain = re.sub(r"\\[^a-zA-Z]", "", latex[1:-1])  # without \{ and the like
    depth = 0
    for sign in plain:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    return depth == 0 and not set("$%#<>~") & set(plain)


@pytest.fixture
def plan():
    lp = LinearProgram(name="plan")
    x, n = lp.Var("x[1,2]", lb=0), lp.IntVar("ship", lb=0, ub=40)
    lp.objective = 3 * x - 2.5 * n + 7
    lp.add_constraint(0 <= x + 2 * n <= 40, name="steel_1")
    return lp


def test_formulas_in_latex(plan):
    x, n = plan.variables
    assert x._repr_latex_() == "$x_{1,2}$"
    assert (-x + 1e-7 * n)._repr_latex_() == r"$-x_{1,2} + 10^{-7}\,\mathrm{ship}$"
    assert (2.5e-9 * n - 3)._repr_latex_() == r"$2.5 \cdot 10^{-9}\,\mathrm{ship} - 3$"
    assert (x - x + 0.1 + 0.2)._repr_latex_() == "$0.3$"
    assert (x + n + 3 <= 10)._repr_latex_() == r"$x_{1,2} + \mathrm{ship} \le 7$"
    assert (x == n)._repr_latex_() == r"$x_{1,2} - \mathrm{ship} = 0$"
    assert (1 - x >= n)._repr_latex_() == r"$-x_{1,2} - \mathrm{ship} \ge -1$"
    (steel,) = plan.constraints
    assert steel._repr_latex_() == r"$\mathrm{steel\_1}\colon\; 0 \le x_{1,2} + 2\,\mathrm{ship} \le 40$"


def test_formulas_in_html(plan):
    x, n = plan.variables
    assert "<i>x</i><sub>1,2</sub>" in x._repr_html_()
    assert "\N{MINUS SIGN}<i>x</i><sub>1,2</sub> + 10<sup>\N{MINUS SIGN}7</sup> ship" in (-x + 1e-7 * n)._repr_html_()
    (steel,) = plan.constraints
    assert Page(steel._repr_html_()).text == "steel_1: 0 ≤ x1,2 + 2 ship ≤ 40"
    plan.remove(steel)
    assert Page(steel._repr_html_()).text == "<constraint steel_1, removed>"
    assert is_sound(steel._repr_latex_())


def test_a_program_says_its_sense_rows_bounds_and_kinds(plan):
    plan.Var("free")
    plan.BoolVar("open")
    plan.Var("z", lb=3, ub=3)
    plan.add_constraint(plan.variables[0] >= 2)
    latex = plan._repr_latex_()
    assert is_sound(latex)
    assert latex.splitlines() == [
        r"$\displaystyle\begin{array}{lll}",
        r"\min & 3\,x_{1,2} - 2.5\,\mathrm{ship} + 7 & \\",
        r"\text{s.t.} & 0 \le x_{1,2} + 2\,\mathrm{ship} \le 40 & (\mathrm{steel\_1}) \\",
        r" & x_{1,2} \ge 2 & \\",
        r" & x_{1,2} \ge 0 & \\",
        r" & 0 \le \mathrm{ship} \le 40\;\text{integer} & \\",
        r" & \mathrm{free}\;\text{free} & \\",
        r" & \mathrm{open}\;\text{binary} & \\",
        r" & z = 3 & \\",
        r"\end{array}$",
    ]
    page = Page(plan._repr_html_())
    assert "plan: 5 variables (2 integer), 2 constraints" in page.text
    assert "min3 x1,2 \N{MINUS SIGN} 2.5 ship + 7" in page.text and "0 ≤ ship ≤ 40 integer" in page.text
    plan.solve("maximize")
    assert plan._repr_latex_().splitlines()[1].startswith(r"\max")


def test_one_is_no_plural():
    lp = LinearProgram(name="plan")
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y <= 4)
    text = Page(lp._repr_html_()).text
    assert text.startswith("plan: 2 variables, 1 constraint") and "1 constraints" not in text
    assert str(lp).splitlines()[0] == "LinearProgram 'plan': 2 variables (0 integer), 1 constraint"
    lp.remove(y)
    assert Page(lp._repr_html_()).text.startswith("plan: 1 variable, 1 constraint")


def test_long_things_show_head_and_tail():
    lp = LinearProgram()
    xs = lp.Vars(1000, "x", lb=0, ub=[*range(1000)])
    lp.add_constraints(xs[i] + xs[i + 1] <= i for i in range(999))
    lp.objective = sum(xs)
    latex, page = lp._repr_latex_(), Page(lp._repr_html_())
    assert is_sound(latex)
    assert latex.count("\n") < 50 and page.tags.count("tr") < 50
    assert r"x_{13} + \cdots + x_{998} + x_{999}" in latex
    assert r"x_{0} + x_{1} \le 0" in latex and r"x_{998} + x_{999} \le 998" in latex
    assert r"\vdots\;\text{979 more}" in latex and "⋮ 979 more" in page.text  # 999 rows, of which 20 are shown
    assert r"0 \le x_{999} \le 999" in latex and r"\text{980 more}" in latex  # and 1000 domains
    solution = lp.solve("maximize")
    assert "… 980 more" in Page(solution._repr_html_()).text
    assert len(solution._repr_latex_()) < 2000


def test_variables_of_the_same_bounds_stand_together():
    lp = LinearProgram()
    lp.Vars(100, "x", lb=0)
    assert r"x_{0}, x_{1}, x_{2}, x_{3}, x_{4}, x_{5}, x_{6}, x_{7}, \dots, x_{99} \ge 0" in lp._repr_latex_()


def test_solutions(plan):
    solution = plan.solve("maximize")  # x = 40, ship = 0: an integer program has no duals
    latex, page = solution._repr_latex_(), Page(solution._repr_html_())
    assert is_sound(latex)
    assert r"\text{optimal},\;\max & 127 \\" in latex and r"x_{1,2} & 40 \\" in latex
    assert page.text.startswith("optimal · maximize 127 · ") and "x1,240" in page.text
    assert "reduced cost" not in page.text
    relaxed = plan.relaxed()
    page = Page(relaxed.solve("maximize")._repr_html_())
    # ship, at 0, would bring -2.5 and take 2 of the steel, at 3 each
    assert "reduced cost" in page.text and "ship0\N{MINUS SIGN}8.5" in page.text and "steel_13" in page.text
    plan.add_constraint(plan.variables[0] + plan.variables[1] >= 100)
    solution = plan.solve("maximize")
    assert "infeasible" in Page(solution._repr_html_()).text and is_sound(solution._repr_latex_())


def test_reports_as_html(plan):
    relaxed = plan.relaxed()
    relaxed.maximize()
    page = Page(relaxed.sensitivity()._repr_html_())
    assert "objective 127 (maximize)" in page.text and "steel_1" in page.text
    page = Page(plan.lint()._repr_html_())
    assert page.text == "No findings."
    plan.add_constraint(plan.variables[0] + plan.variables[1] >= 100, name="<much>")
    page = Page(plan.explain()._repr_html_())
    assert page.text.startswith("Infeasible.") and "<much>" in page.text and "li" in page.tags


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text(name):
    lp = LinearProgram(name=name)
    x, y = lp.Var(name, lb=0), lp.Var("y", lb=0)
    row = lp.add_constraint(x + y <= 4, name=name)
    lp.objective = x + 2 * y
    solution = lp.solve("maximize")
    for thing in (x, x + y, x + y <= 1, row, lp, solution, lp.sensitivity(), lp.lint()):
        html = thing._repr_html_()
        page = Page(html)
        allowed = {"i", "sub", "span", "table", "thead", "tbody", "tr", "th", "td", "div", "b", "ul", "li"}
        assert set(page.tags) <= allowed, html
        html.encode()
        if hasattr(thing, "_repr_latex_"):
            assert is_sound(thing._repr_latex_())
            thing._repr_latex_().encode()
    assert printable(name) in Page(row._repr_html_()).text


@pytest.mark.heavy
@given(st.text(min_size=1, max_size=12))
def test_any_name_in_a_formula(name):
    lp = LinearProgram()
    x = lp.Var(name)
    page = Page((2 * x)._repr_html_())
    assert re.sub(r"[\[\]]", "", page.text) == re.sub(r"[\[\]]", "", f"2 {printable(name)}")
    assert set(page.tags) <= {"span", "i", "sub"}
    assert is_sound((2 * x)._repr_latex_())


def test_arrays():
    np = pytest.importorskip("numpy")
    lp = LinearProgram()
    x = lp.Vars((2, 3), "t", lb=0)
    latex = x._repr_latex_()
    assert latex.splitlines()[0] == r"$\displaystyle\left[\begin{array}{ccc}"
    assert latex.splitlines()[1] == r"t_{0,0} & t_{0,1} & t_{0,2} \\"
    assert latex.endswith("\\end{array}\\right]$")
    page = Page(x._repr_html_())
    assert page.tags.count("tr") == 2 and page.tags.count("td") == 6
    sums = x.sum(axis=1) + np.array([1, 2])
    assert r"t_{0,0} + t_{0,1} + t_{0,2} + 1 \\" in sums._repr_latex_()
    relations = sums <= [4, 5]
    assert r"t_{1,0} + t_{1,1} + t_{1,2} \le 3 \\" in relations._repr_latex_()
    rows = lp.add_constraint(relations, "supply")
    assert r"t_{1,0} + t_{1,1} + t_{1,2} \le 3 \\" in rows._repr_latex_() and "≤ 3" in rows._repr_html_()
    big = lp.Vars((300, 400))
    latex = big._repr_latex_()
    assert len(latex) < 2000 and r"\vdots" in latex and r"\cdots" in latex and "x_{120005}" in latex
    assert Page(big._repr_html_()).tags.count("td") == 11 * 7
    for odd in (lp.Vars((2, 2, 2)), lp.Vars(0), lp.Vars((0, 3))):
        assert "shape" in odd._repr_latex_() and Page(odd._repr_html_()).text


def test_variables_by_key():
    """A mapping is a table of its keys, long ones by head and tail."""
    lp = LinearProgram()
    buy = lp.Vars(["milk", ("rye", "<b>")], "buy")
    page = Page(buy._repr_html_())
    assert page.tags.count("tr") == 2 and page.tags.count("td") == 4 and "b" not in page.tags
    assert "".join(page.text.split()) == "milkbuymilkrye,<b>buyrye,<b>"
    assert buy._repr_latex_().splitlines()[1] == r"\mathrm{milk} & \mathrm{buy}_{\mathrm{milk}} \\"
    assert is_sound(buy._repr_latex_())
    many = lp.Vars(map(str, range(100)), "m")
    assert Page(many._repr_html_()).tags.count("tr") == 21 and "… 80 more" in many._repr_html_()
    assert r"\text{80 more} & \\" in many._repr_latex_()
    none = lp.Vars([], "n")
    assert none._repr_html_() == "{}" and "no elements" in none._repr_latex_()


def test_looking_imports_nothing_beforehand(in_child):
    """Text is made by modules that are imported when somebody looks."""
    names = {f"pplp.display.{name}" for name in ("drawings", "html", "latex", "notation")}
    assert in_child(f"import sys\nprint(sorted({names} & set(sys.modules)))") == "[]\n"


def source_of(kind):
    """The class as it is written, which the accelerator derives a class of the same name from."""
    base = kind.__base__
    return base if (base.__module__, base.__qualname__) == (kind.__module__, kind.__qualname__) else kind


def test_each_type_that_is_shown_is_drawn():
    """The table has every class that takes the mixin, and no other; as mathematics those that say so."""
    pytest.importorskip("numpy")
    from pplp.core.shown import Shown, ShownAsPage

    named = {name: pkgutil.resolve_name(":".join(name.rsplit(".", 1))) for name in DRAWINGS}
    kinds = {name: source_of(kind) for name, kind in named.items()}
    taking = {kind for mixin in (Shown, ShownAsPage) for kind in mixin.__subclasses__()} - {Shown}
    assert {kind for kind in taking if kind.__module__.startswith("pplp.")} == set(kinds.values())
    assert {kind for kind in kinds.values() if "_repr_html_" in vars(kind) or "_repr_latex_" in vars(kind)} == set()
    for name, (_, latex) in DRAWINGS.items():
        assert issubclass(kinds[name], Shown) == (latex is not None) == hasattr(kinds[name], "_repr_latex_"), name


def test_a_subclass_is_drawn_as_its_base():
    """Whatever it is called."""

    class Constraint(LinearProgram):
        pass

    lp = Constraint()
    lp.objective = 2 * lp.Var("x", lb=0)
    assert Page(lp._repr_html_()).text.startswith("1 variable, 0 constraints")
    assert is_sound(lp._repr_latex_())


def test_a_variable_without_a_name_steps_aside_of_names():
    """The second is x1 where nobody else is; in the table of a solution, too."""
    lp = LinearProgram()
    x = lp.Var("x1", lb=0), lp.Var(lb=3)
    lp.objective = x[0] + x[1]
    solution = lp.solve("minimize")
    assert [x.name for x in lp.variables] == ["x1", "x1_"]
    assert Page(solution._repr_html_()).text.count("x1_") == 1 and r"\mathrm{x1\_}" in solution._repr_latex_()


def test_an_unknown_sense_is_drawn(lp):
    """It is refused by the next solve, and is no reason not to show the program."""
    lp.objective = lp.Var("x")
    lp.sense = "max"
    assert ">min<" in lp._repr_html_() and "min" in lp._repr_latex_()

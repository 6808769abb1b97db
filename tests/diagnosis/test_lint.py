"""Findings: each kind found where it is, and not where it is not."""

from __future__ import annotations

import inspect
import pickle
import random
from dataclasses import FrozenInstanceError
from math import inf

import pytest

from pplp import LinearProgram, Status
from pplp.diagnosis.lint import KINDS
from pplp.errors import OptionError
from tests.support.random_programs import random_program


def codes(lp: LinearProgram) -> list[str]:
    """The kinds of its findings."""
    return [finding.code for finding in lp.lint()]


def only(lp: LinearProgram, code: str):
    """Its one finding, of that kind."""
    (finding,) = lp.lint()
    assert finding.code == code and finding.remedy
    return finding


def pair(lb=0.0, ub=inf):
    """A program, two of its variables, in a row that is in order."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=lb, ub=ub), lp.Var("y", lb=lb, ub=ub)
    lp.add_constraint(x - y <= 1)
    return lp, x, y


def test_a_sound_program_has_none():
    """Ranges as two rows, bounds as constraints, network rows: all of it is usual."""
    lp, x, y = pair()
    lp.add_constraint(x + y <= 8)
    lp.add_constraint(x + y >= 1)
    lp.add_constraint(x <= 5)
    n = lp.IntVar("n", lb=0, ub=9)
    lp.add_constraint(n + x >= 1)
    b = lp.BoolVar("b")
    lp.add_constraint(b >> (x + n <= 3))
    assert lp.lint() == () and str(lp.lint()) == "No findings."


def test_empty_rows():
    """Of constants, and of variables removed since."""
    lp = pair()[0]
    constant = lp.add_constraint(sum([]) <= 5, name="nothing")
    assert only(lp, "empty-row").things == (constant,)
    lp.remove(constant)
    a, b = lp.Var(), lp.Var()
    row = lp.add_constraint(a + b <= 5)
    hard = lp.add_constraint(a - b >= 5)
    lp.remove(a, b)
    assert [(f.code, f.things) for f in lp.lint()] == [("infeasible-row", (hard,)), ("empty-row", (row,))]


def test_variables_in_no_row():
    """Without a cost they are of no use; with one, what bounds them decides."""
    lp = pair()[0]
    z = lp.Var("z")
    line = inspect.currentframe().f_lineno
    finding = only(lp, "unused-variable")
    assert finding.things == (z,) and "free" in finding.message and finding.origin is None
    lp.objective = 2 * z
    assert "no lower and no upper bound: minimize and maximize() are unbounded" in only(lp, "unbounded-column").message
    z.lb = 0
    assert only(lp, "unbounded-column").message.endswith("no upper bound: maximize() is unbounded")
    lp.objective = -2 * z
    assert only(lp, "unbounded-column").message.endswith("no upper bound: minimize() is unbounded")
    z.ub = 3
    assert lp.lint() == ()
    lp.trace = True
    lp.Var("w")
    assert only(lp, "unused-variable").origin == (__file__, line + 12)


def test_a_sense_leaves_out_what_concerns_the_other():
    """`z` costs 2, has a lower bound and is in no row: unbounded to maximize, at its bound to minimize."""
    lp = pair()[0]
    z = lp.Var("z", lb=0)
    lp.objective = 2 * z
    assert lp.lint("minimize") == ()
    (found,) = lp.lint("maximize")
    assert (found.code, found.things) == ("unbounded-column", (z,)) and lp.lint() == (found,)
    z.lb = -inf
    (found,) = lp.lint("minimize")
    assert found.message.endswith("no lower bound: minimize() is unbounded")
    lp.objective = 0
    assert [one.code for one in lp.lint("minimize")] == ["unused-variable"]
    with pytest.raises(OptionError, match="'both'"):
        lp.lint("both")


def test_parallel_rows():
    """Multiples, of either sign and in any order of the terms: contradictory, idle, or a range in two rows."""
    lp, x, y = pair(lb=-inf)
    z = lp.Var("z")
    one = lp.add_constraint(0.1 * x + 0.3 * y - 0.7 * z <= 1.1)
    two = lp.add_constraint(-3 * y + 7 * z - x >= -20)
    finding = only(lp, "duplicate-rows")
    assert finding.things == (two, one)
    two.lb = -11
    assert only(lp, "duplicate-rows").things == (two, one)
    two.lb = -5
    assert only(lp, "duplicate-rows").things == (one, two)
    two.lb, two.ub = -inf, -12
    assert "contradicts" in only(lp, "contradictory-rows").message
    assert {*only(lp, "contradictory-rows").things} == {one, two}
    assert lp.solve().status is Status.INFEASIBLE
    two.ub = -11 + 1e-9
    assert "contradictory-rows" not in codes(lp)
    two.ub = 40
    assert lp.lint() == ()
    two.set_coefficient(x, -1.001)
    two.ub = -12
    assert lp.lint() == ()


def test_equal_rows():
    """Of three equal ones the first stays."""
    lp, x, y = pair()
    rows = [lp.add_constraint(x + y == 4) for _ in range(3)]
    assert [f.things for f in lp.lint()] == [(rows[1], rows[0]), (rows[2], rows[0])]


def test_rows_against_the_bounds():
    """Impossible, idle, or neither."""
    lp, x, y = pair(ub=3)
    row = lp.add_constraint(2 * x - y >= 7)
    finding = only(lp, "infeasible-row")
    assert finding.things == (row,) and "greatest value is 6" in finding.message and finding.severity == "error"
    row.lb = -3
    finding = only(lp, "never-binds")
    assert finding.severity == "note" and "from -3 to 6" in finding.message
    row.lb = -2.99
    assert lp.lint() == ()


def test_coefficients():
    """The range within a row, over all rows, and of the objective; with the rows that cause it."""
    lp, x, y = pair()
    wide = lp.add_constraint(1e-5 * x + 2e4 * y <= 1e4, name="wide")
    finding = lp.lint()[0]
    assert finding.things == (wide,) and "from 1e-05 to 20000" in finding.message
    lp.remove(wide)
    small = lp.add_constraint(1e-5 * x + 2e-5 * y <= 1e-4, name="small")
    assert lp.lint() == ()
    large = lp.add_constraint(1e5 * x + 2e5 * y >= 1e4, name="large")
    finding = only(lp, "coefficient-range")
    assert finding.things == (small, large) and "1e-05 (small) to 200000 (large)" in finding.message
    lp.remove(large)
    lp.objective = 1e-6 * x + 1e6 * y
    assert only(lp, "coefficient-range").things == (x, y)


def test_big_m():
    """Greater than the bounds require; derived by nobody; as tight as they allow."""
    lp, x, y = pair(ub=50)
    b = lp.BoolVar("b")
    row = lp.add_constraint(x + y - 1e6 * b <= 20)
    assert "80 is enough" in only(lp, "big-m").message and only(lp, "big-m").things == (row, b)
    row.set_coefficient(b, -80)
    assert lp.lint() == ()
    lp.remove(row)
    row = lp.add_constraint(x + y + 1e6 * b <= 1e6 + 20)  # b: x + y <= 20
    assert "80 is enough" in only(lp, "big-m").message and "with the bound 100" in only(lp, "big-m").message
    lp.remove(row)
    row = lp.add_constraint(1e6 * b - x - y >= -20)
    assert "80 is enough" in only(lp, "big-m").message
    x.ub = inf
    assert "give its variables bounds" in only(lp, "big-m").message
    row.set_coefficient(b, 1e5)
    assert lp.lint() == ()
    lp.remove(row)
    x.ub = 1e8
    lp.add_constraint(x - 1e8 * b <= 0)
    assert "within 1e-5 of 0 lets 1000 through" in only(lp, "big-m").message
    b.integer = False
    assert codes(lp) == []


def test_integers_with_fractional_bounds():
    """What they come to, or that there is no integer."""
    lp, x, _ = pair()
    n = lp.IntVar("n", lb=0.5, ub=4)
    lp.add_constraint(x + n <= 9)
    assert "in [0.5, 4]: that is [1, 4]" in only(lp, "fractional-bounds").message
    n.ub = 0.75
    assert only(lp, "no-integer").things == (n,)
    assert lp.solve().status is Status.INFEASIBLE
    n.ub = 1
    n.lb = 1
    assert only(lp, "fixed-variable").things == (n,)
    low = lp.add_constraint(2 * n >= 7)
    assert only(lp, "crossed-bounds").things == (n, low)


def test_names():
    """Equal but for case, equal in files, too long; an unnamed one steps aside."""
    lp = LinearProgram()
    names = ["Cost", "cost", "a b", "a-b", "t[1,2]", "t[12]", "x" * 300, "ß", "SS"]
    xs = [lp.Var(name, lb=0, ub=1) for name in names]
    assert lp.add_constraint(sum(xs) >= 1).name == "R0"
    lp.add_constraint(xs[0] + xs[1] <= 1, name="R0")
    assert lp.constraints[0].name == "R0_"
    lp.add_constraint(xs[0] - xs[1] <= 0.5, name="R7")
    found = {f.things: f.message for f in lp.lint()}
    assert [f.code for f in lp.lint()] == ["name-collides"] * (len(found) - 1) + ["long-name"]
    assert found[(xs[0], xs[1])] == "'Cost' and 'cost' differ only in case"
    assert "become the same in files" in found[(xs[2], xs[3])]
    assert "300 bytes" in found[(xs[6],)]
    assert not any({xs[4], xs[5]} <= {*things} for things in found)


def test_a_finding_is_frozen_and_has_its_place():
    """And goes through a pickle with its program."""
    lp, x, y = pair(ub=3)
    row = lp.add_constraint(x + y <= 9, name="row")
    finding = only(lp, "never-binds")
    assert finding.origin == row.origin and finding.origin.file == __file__
    assert str(finding).endswith(str(row.origin))
    with pytest.raises(FrozenInstanceError):
        finding.code = "other"
    twin = pickle.loads(pickle.dumps(lp.lint()))
    assert twin[0].message == finding.message and str(twin) == str(lp.lint())


def test_the_report_is_short():
    """Five of a kind, and how many more; the worst kind first."""
    lp, x, y = pair(ub=3)
    lp.Vars(100, "idle")
    lp.add_constraint(x + y >= 7)
    lines = str(lp.lint()).splitlines()
    assert lines[0].startswith("error: infeasible-row (1)") and lines[-1] == "  ... 95 more" and len(lines) == 9


def test_errors_are_infeasible():
    """Random programs: what lint calls an error the solver cannot solve; the remedies of the others are harmless."""
    r = random.Random(8)
    errors = 0
    while errors < 25:
        lp = random_program(r, integers=True)
        found = lp.lint()
        before = lp.solve().status
        if any(f.severity == "error" for f in found):
            errors += 1
            assert before is Status.INFEASIBLE, (str(lp), str(found))
            continue
        idle = {f.things[0] for f in found if f.code in ("duplicate-rows", "never-binds", "empty-row")}
        if idle:
            objective = lp.solution.objective
            lp.remove(*idle)
            after = lp.solve()
            assert after.status is before
            assert after.objective == pytest.approx(objective, nan_ok=True)


def test_every_kind_is_tested_here():
    """By name."""
    text = inspect.getsource(inspect.getmodule(test_names))
    assert all(f'"{code}"' in text for code in KINDS)


@pytest.mark.slow
def test_large():
    """780,000 coefficients, in which nothing is looked at in pairs."""
    lp = LinearProgram()
    xs = list(lp.Vars(390_000, lb=0))
    r = random.Random(4)
    rows = [[] for _ in range(154_000)]
    for x in xs:
        for end in r.sample(range(154_000), 2):
            rows[end].append(x)
    for row in rows:
        lp.add_constraint(sum(row[::2]) - sum(row[1::2]) <= 5)
    found = lp.lint()
    assert {f.code for f in found} <= {"empty-row", "unused-variable", "duplicate-rows", "never-binds"}

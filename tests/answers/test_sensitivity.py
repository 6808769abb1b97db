"""Ranges of costs, right-hand sides and bounds: inside, the objective is the line they predict; beyond, it is not."""

from __future__ import annotations

import pickle
import random
from math import inf, nan

import pytest

from pplp import (
    ExpressionError,
    Infeasible,
    InvalidValue,
    LinearProgram,
    NoDuals,
    NotSolved,
    RemovedObject,
    StaleSolution,
    Status,
    Unbounded,
)
from pplp.answers.ranges import Range
from pplp.core.constraints import BoundConstraint
from pplp.engines.contract import Options
from pplp.engines.registry import make_engine
from pplp.form.matrix_form import MatrixForm
from tests.support.random_programs import highs, random_program


def product_mix():
    """max 3x + 2y at the vertex (4, 2) of x + 2y <= 8 (dual 5/3), x - y <= 2 (dual 4/3)."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.objective = 3 * x + 2 * y
    rows = lp.add_constraint(x + 2 * y <= 8, name="wood"), lp.add_constraint(x - y <= 2, name="steel")
    loose = lp.add_constraint(x + y <= 100, name="loose")
    assert lp.maximize() == 16.0
    return lp, x, y, *rows, loose


def ends(its: Range):
    """(lower, upper) and what ends them."""
    return its.lower, its.upper, its.lower_limit, its.upper_limit


def test_a_vertex_by_hand():
    """The lines (c, 2) through the two edges; the right-hand sides at which a variable becomes 0."""
    lp, x, y, wood, steel, loose = product_mix()
    s = lp.sensitivity()

    assert ends(s[x].cost) == (1.0, inf, steel, None)
    assert (s[x].cost.lower_objective, s[x].cost.upper_objective) == (8.0, inf)
    assert ends(s[y].cost) == (-3.0, 6.0, wood, steel)
    assert ends(s[wood].rhs) == (2.0, 149.0, y, loose)
    assert s[wood].rhs.lower_objective == pytest.approx(6.0)
    assert ends(s[steel].rhs) == (-4.0, 8.0, x, y)
    assert ends(s[loose].rhs) == (6.0, inf, loose, None)
    assert (s[loose].status, s[wood].status, s[x].status) == ("basic", "upper", "basic")
    assert (s[wood].dual, s[steel].dual) == (wood.dual, steel.dual)
    assert (s[steel].rhs.allowable_decrease, s[steel].rhs.allowable_increase) == (6.0, 6.0)
    assert 7.9 in s[steel].rhs and 8.1 not in s[steel].rhs
    assert not s.primal_degenerate and not s.dual_degenerate


def test_a_minimisation_by_hand():
    """min 2x + 3y with x + y >= 4 at (4, 0): x may cost up to 3, y as little as 2, and any less of x than 0 is more."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0, ub=10)
    need = lp.add_constraint(x + y >= 4)
    lp.objective = 2 * x + 3 * y
    assert lp.minimize() == 8.0
    s = lp.sensitivity()

    assert ends(s[x].cost) == (0.0, 3.0, need, y)
    assert ends(s[y].cost) == (2.0, inf, y, None)
    assert ends(s[need].rhs) == (0.0, inf, x, None)
    assert ends(s[y].lb) == (-inf, 4.0, None, x)
    assert (s[y].lb.lower_objective, s[y].lb.upper_objective, s[y].reduced_cost) == (-inf, 12.0, 1.0)
    assert ends(s[y].ub) == (0.0, inf, y, None)


def test_bounds_set_by_constraints():
    """A constraint of one variable ends where the next one takes its place; in its own units."""
    lp = LinearProgram()
    x = lp.Var("x", lb=0, ub=100)
    tight, loose = lp.add_constraint(-2 * x >= -20, name="tight"), lp.add_constraint(x <= 50, name="loose")
    low = lp.add_constraint(x >= 3, name="low")
    lp.objective = 3 * x
    assert lp.maximize() == 30.0
    s = lp.sensitivity()

    assert ends(s[tight].rhs) == (-100.0, -6.0, loose, x)  # x from 3 to 50
    assert (s[tight].rhs.lower_objective, s[tight].rhs.upper_objective) == (150.0, 9.0)
    assert s[tight].dual == tight.dual == -1.5
    assert ends(s[loose].rhs) == (10.0, inf, tight, None)
    assert (s[loose].dual, s[loose].status, s[tight].status) == (0.0, "basic", "lower")
    assert ends(s[low].rhs) == (-inf, 10.0, None, x)
    assert ends(s[x].ub) == (3.0, inf, x, None)


def test_fixed_variables_and_equations():
    """Both bounds may move together, or one of them away from the other."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=2, ub=2), lp.Var("y", lb=0)
    total = lp.add_constraint(x + y == 5)
    lp.objective = x + 4 * y
    assert lp.minimize() == 14.0
    s = lp.sensitivity()

    assert ends(s[x].fixed) == (-inf, 5.0, None, y)
    assert (s[x].fixed.upper_objective, s[x].reduced_cost) == (5.0, -3.0)
    assert ends(s[x].ub) == (2.0, 5.0, x, y)  # the price pulls x up
    assert ends(s[x].lb) == (-inf, 2.0, None, x)
    assert ends(s[x].cost) == (-inf, inf, None, None)
    assert ends(s[total].rhs) == (2.0, inf, y, None)
    assert "fixed" in str(s)


def solved_again(form: MatrixForm) -> tuple[str, float]:
    """(status, objective) by an engine that has never seen it."""
    engine = make_engine("glpk")
    engine.load(form)
    outcome = engine.solve(Options())
    return str(outcome.status), outcome.objective


@pytest.mark.parametrize("solve", [highs, solved_again])
@pytest.mark.parametrize("sense", ["minimize", "maximize"])
@pytest.mark.parametrize("seed", range(16))
def test_every_number_by_solving_again(seed, sense, solve):
    """Inside a range, ends included, the objective is linear; beyond, unless degenerate, it leaves the line."""
    if solve is highs:
        pytest.importorskip("scipy")
    r = random.Random(1000 + seed)
    while True:
        lp = random_program(r, integers=False)
        for c in lp.constraints:  # data that are not all whole numbers are rarely degenerate
            for x in lp.variables:
                if type(c) is not BoundConstraint and c.coefficient(x):
                    c.set_coefficient(x, c.coefficient(x) + r.uniform(-0.3, 0.3))
        if lp.solve(sense).status is Status.OPTIMAL:
            break
    s, beyonds = lp.sensitivity(), 0
    for thing in [*lp.variables, *lp.constraints]:
        for what, its in s[thing]._told():
            points = {its.value, its.lower, its.upper} - {inf, -inf}
            for a, b in ((its.value, its.lower), (its.value, its.upper)):
                points.add((a + b) / 2 if abs(b) < inf else a + (9.5 if b > 0 else -9.5))
            for t in sorted(points):
                expected = line(lp, s, thing, what, its, t)
                status, objective = solve(moved(lp, sense, thing, what, t))
                assert (status, objective) == ("optimal", pytest.approx(expected, rel=1e-6, abs=1e-6)), (thing, what, t)
            if s.primal_degenerate if what == "cost" else s.dual_degenerate:
                continue
            for t in {its.lower - 0.25, its.upper + 0.25} - {inf, -inf}:
                status, objective = solve(moved(lp, sense, thing, what, t))
                predicted = line(lp, s, thing, what, its, t)
                assert status != "optimal" or abs(objective - predicted) > 1e-7, (thing, what, t, str(lp))
                beyonds += 1
    assert beyonds or s.primal_degenerate or s.dual_degenerate


def line(lp, s, thing, what, its, t) -> float:
    """The objective that the solution predicts for the number at t: from duals, reduced costs and values alone."""
    if what == "cost":
        slope = thing.value
    elif its.lower_objective == its.upper_objective:
        slope = 0.0
    else:
        slope = thing.reduced_cost if thing in lp.variables else thing.dual
    return s.objective + slope * (t - its.value)


def moved(lp: LinearProgram, sense: str, thing, what: str, t: float) -> MatrixForm:
    """The program with one of its numbers at t."""
    twin = lp.copy()
    own = twin[thing]
    if what == "cost":
        own.cost = t
    elif thing in lp.variables:
        form = twin.compile(sense)
        if what != "ub":
            form.column_lower[thing._index] = t
        if what != "lb":
            form.column_upper[thing._index] = t
        return form
    else:
        store = own._store()
        if what == "lb" or (what == "rhs" and store.lower[own._index] > -inf):
            store.lower[own._index] = t
        if what == "ub" or (what == "rhs" and store.upper[own._index] < inf):
            store.upper[own._index] = t
    return twin.compile(sense)


def test_badly_scaled_rows_keep_the_users_units():
    """The problem is scaled inside the solver; the ranges are not."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    a = lp.add_constraint(1e5 * x + 2e5 * y <= 8e5)
    b = lp.add_constraint(1e-4 * x - 1e-4 * y <= 2e-4)
    lp.objective = 3e6 * x + 2e6 * y
    assert lp.maximize() == pytest.approx(16e6)
    s = lp.sensitivity()
    assert (s[x].cost.lower, s[y].cost.upper) == (pytest.approx(1e6), pytest.approx(6e6))
    assert (s[a].rhs.lower, s[b].rhs.lower) == (pytest.approx(2e5), pytest.approx(-4e-4))


def test_degeneracy_is_said():
    """Three rows through the vertex (1, 1): a basis' range may be narrower than the true one, and never wider."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    rows = [lp.add_constraint(e <= b) for e, b in ((x + y, 2), (2 * x + y, 3), (x + 2 * y, 3))]
    lp.objective = 4 * x + 3 * y
    assert lp.maximize() == 7.0
    s = lp.sensitivity()
    assert s.primal_degenerate
    assert "degenerate" in str(s)
    true = 1.5, 6.0  # where (cost, 3) lies between the gradients (1, 2) and (2, 1)
    assert true[0] <= s[x].cost.lower <= 4.0 <= s[x].cost.upper <= true[1]
    lp.remove(rows[2])
    lp.objective = 2 * x + 2 * y
    lp.maximize()
    s = lp.sensitivity()
    assert s.dual_degenerate and not s.primal_degenerate
    assert "degenerate" in str(s)


def test_after_a_warm_solve_and_a_later_edit():
    """The short way keeps the basis; an edit makes it stale; the object computed before stays."""
    lp, x, _, wood, steel, _ = product_mix()
    wood.ub = 10
    lp.maximize()
    s = lp.sensitivity()
    assert "last basis" in lp.solution.method
    assert s[wood].rhs.value == 10.0
    assert ends(s[steel].rhs)[:2] == (-5.0, 10.0)
    x.cost = 4
    with pytest.raises(StaleSolution):
        lp.sensitivity()
    lp.maximize()
    assert lp.sensitivity()[x].cost.value == 4.0
    assert s[x].cost.value == 3.0
    new = lp.Var("new")
    with pytest.raises(RemovedObject):
        s[new]
    with pytest.raises(ExpressionError):
        s["x"]
    with pytest.raises(InvalidValue, match="not fixed"):
        _ = s[x].fixed


def test_there_is_none_without_an_optimal_basis(lp):
    """Each refusal by its cause."""
    n, x = lp.IntVar(lb=0, ub=9), lp.Var(lb=0)
    row = lp.add_constraint(2 * n + x <= 7.5)
    lp.objective = 3 * n + x
    with pytest.raises(NotSolved):
        lp.sensitivity()
    lp.maximize()
    with pytest.raises(NoDuals, match=r"fixed\(\).*relaxed\(\)"):
        lp.sensitivity()
    fixed, relaxed = lp.fixed(), lp.relaxed()
    fixed.maximize()
    relaxed.maximize()
    assert ends(fixed.sensitivity()[fixed[row]].rhs)[:2] == (6.0, inf)
    assert ends(relaxed.sensitivity()[relaxed[row]].rhs)[:2] == (0.0, 18.0)
    n.integer = False
    lp.remove(row)
    with pytest.raises(Unbounded):
        lp.maximize()
    with pytest.raises(Unbounded):
        lp.sensitivity()
    lp.add_constraint(n + x <= -1)
    assert lp.solve("maximize").status is Status.INFEASIBLE
    with pytest.raises(Infeasible):
        lp.sensitivity()


def test_programs_of_rows_or_columns_only():
    """Nothing to move, or nothing in its way."""
    lp = LinearProgram()
    lp.objective = 3
    lp.minimize()
    assert str(lp.sensitivity()).startswith("objective 3 (minimize)")
    x = lp.Var("x", lb=1, ub=4)
    lp.objective = 2 * x
    lp.minimize()
    s = lp.sensitivity()
    assert ends(s[x].lb) == (-inf, 4.0, None, x)
    assert ends(s[x].cost) == (0.0, inf, x, None)


def test_removed_things_are_left_out():
    """Places move; handles do not."""
    lp, x, _y, _wood, _steel, loose = product_mix()
    extra = lp.Var("extra", lb=0)
    lp.remove(loose, extra)
    other = lp.Var("other", lb=0)
    last = lp.add_constraint(other + x <= 9)
    lp.objective += 5 * other
    lp.maximize()
    s = lp.sensitivity()
    assert s[last].dual == last.dual
    assert (s[other].value, s[other].status) == (other.value, "basic")
    assert "loose" not in str(s)


def test_table_and_frame():
    """A line for each range; long tables are abbreviated; a frame has them all."""
    pandas = pytest.importorskip("pandas")
    lp, *_ = product_mix()
    s = lp.sensitivity()
    frame = s.to_pandas()
    assert list(frame.index) == [
        ("x", "cost"), ("x", "lb"), ("y", "cost"), ("y", "lb"), ("wood", "rhs"), ("steel", "rhs"), ("loose", "rhs"),
    ]  # fmt: skip
    assert frame.loc[("x", "cost"), "lower"] == 1.0
    assert frame.loc[("wood", "rhs"), "upper_limit"] == "loose"
    assert pandas.isna(frame.loc[("x", "cost"), "upper_limit"])
    assert len(str(s).splitlines()) == 9
    many = LinearProgram()
    many.objective = sum(many.Vars(200, lb=0, ub=1))
    many.maximize()
    text = str(many.sensitivity()).splitlines()
    assert len(text) < 40 and "570 more" in text[-1]


def test_it_can_be_pickled_with_its_program():
    """A pickle of both keeps the handles together."""
    lp, x, _, wood, *_ = product_mix()
    s, twin, y = pickle.loads(pickle.dumps((lp.sensitivity(), lp, x)))
    assert y.program is twin
    assert (s[y].cost.lower, s[twin[wood]].rhs.upper) == (1.0, 149.0)
    assert str(s) == str(lp.sensitivity())
    assert nan not in s[y].cost

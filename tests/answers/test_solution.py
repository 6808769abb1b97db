"""Statuses, duals, reduced costs, stale and missing values."""

from __future__ import annotations

import gc
from math import inf, isnan

import pytest

from pplp import (
    Infeasible,
    InfeasibleOrUnbounded,
    LimitReached,
    LinearProgram,
    NoDuals,
    NotSolved,
    RemovedObject,
    StaleSolution,
    Status,
    Unbounded,
)
from tests.support.random_programs import check_duals


def product_mix():
    """max 3x + 2y; x + 2y <= 8 (dual 5/3 at (4, 2)), x - y <= 2 (dual 4/3)."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.objective = 3 * x + 2 * y
    first, second = lp.add_constraint(x + 2 * y <= 8), lp.add_constraint(x - y <= 2)
    return lp, x, y, first, second


def test_values_duals_and_slacks():
    """The numbers of a vertex, by hand."""
    lp, x, y, first, second = product_mix()
    slackened = lp.add_constraint(x + y <= 100)

    assert lp.maximize() == 16.0
    assert (x.value, y.value) == (4.0, 2.0)
    assert first.dual == pytest.approx(5 / 3)
    assert second.dual == pytest.approx(4 / 3)
    assert (slackened.dual, slackened.slack, slackened.value) == (0.0, 94.0, 6.0)
    assert (x.reduced_cost, y.reduced_cost, first.slack) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("sense", ["minimize", "maximize"])
def test_duals_are_derivatives(sense):
    """Every dual and reduced cost is the slope that moving the bound and solving again finds."""
    sign = 1 if sense == "maximize" else -1
    lp = LinearProgram()
    x = lp.Var(lb=0, ub=3)
    y = lp.Var(lb=-1)
    z = lp.Var(lb=0)
    rows = [
        lp.add_constraint(x + y + z <= 10),
        lp.add_constraint(x - 2 * y >= -8),
        lp.add_constraint(2 * z <= 5),
        lp.add_constraint(-3 * z >= -90),
        lp.add_constraint(1 <= x + z <= 5),
    ]
    lp.objective = sign * (4 * x + 3 * y + 5 * z) + 7
    best = getattr(lp, sense)()
    duals = [c.dual for c in rows]
    prices = [x.reduced_cost, y.reduced_cost, z.reduced_cost]
    h = 1e-3
    for c, dual in zip(rows, duals):
        side = "ub" if c.ub < inf else "lb"
        was = getattr(c, side)
        setattr(c, side, was - h if side == "ub" else was + h)
        slope = (getattr(lp, sense)() - best) / (-h if side == "ub" else h)
        assert slope == pytest.approx(dual, abs=1e-6)
        setattr(c, side, was)
    x.ub = 3 - h
    assert (getattr(lp, sense)() - best) / -h == pytest.approx(prices[0], abs=1e-6)
    assert any(duals)


def test_dual_of_a_bound_constraint():
    """The share of the reduced cost belongs to the constraint that sets the bound."""
    lp = LinearProgram()
    x = lp.Var(lb=0, ub=100)
    loose = lp.add_constraint(x <= 50)
    tight = lp.add_constraint(2 * x <= 20)
    never = lp.add_constraint(x >= -4)
    lp.objective = 3 * x

    assert lp.maximize() == 30.0
    assert (tight.dual, loose.dual, never.dual) == (1.5, 0.0, 0.0)
    assert x.reduced_cost == 3.0
    lp.remove(tight)
    assert lp.maximize() == 150.0
    assert loose.dual == 3.0
    negative = lp.add_constraint(-x >= -7)
    assert lp.maximize() == 21.0
    assert negative.dual == -3.0


def test_mip_has_no_duals_but_names_who_has():
    """fixed() and relaxed() are linear programs, with handles for the same variables."""
    lp = LinearProgram()
    n, x = lp.IntVar(lb=0), lp.Var(lb=0)
    row = lp.add_constraint(2 * n + x <= 7.5)
    lp.objective = 3 * n + x
    assert lp.maximize() == 10.5
    with pytest.raises(NoDuals, match=r"fixed\(\).*relaxed\(\)"):
        _ = row.dual
    with pytest.raises(NoDuals):
        _ = n.reduced_cost
    fixed, relaxed = lp.fixed(), lp.relaxed()
    assert (fixed.maximize(), fixed[row].dual, fixed[n].value) == (10.5, 1.0, 3.0)
    assert relaxed.maximize() == 11.25
    assert relaxed[row].dual == 1.5


def test_values_before_and_after():
    """Not solved, solved, edited, solved again: never a wrong number."""
    lp, x, y, first, _ = product_mix()
    assert lp.status is Status.UNSOLVED
    with pytest.raises(NotSolved, match="call maximize"):
        _ = x.value
    lp.maximize()
    old = lp.solution
    for change in (
        lambda: setattr(first, "ub", 9),
        lambda: setattr(x, "ub", 7),
        lambda: setattr(x, "cost", 4),
        lambda: lp.add_constraint(x <= 50),
        lambda: lp.add_constraint(x + y <= 60),
        lambda: first.set_coefficient(x, 2),
        lambda: lp.Var(),
        lambda: setattr(lp, "objective", lp.objective + y),
        lambda: setattr(y, "integer", False),
    ):
        lp.maximize()
        assert x.value == x.value == lp.solution[x]  # the second one is had by a shorter way
        change()
        assert lp.status is Status.UNSOLVED
        for read in (lambda: x.value, lambda: first.dual, lambda: (x + y).value, lambda: x.reduced_cost):
            with pytest.raises(StaleSolution, match="edited"):
                read()
    assert (old[x], old.dual(first), old.objective) == (4.0, pytest.approx(5 / 3), 16.0)


def test_a_solution_stays_when_the_program_is_gone():
    """It has its own numbers, and cannot be changed."""
    lp, x, y, _, second = product_mix()
    solution = lp.solve("maximize")
    lp.objective = -1 * x - y
    lp.solve("maximize")
    new = lp.Var()

    assert (solution[x], solution[y], solution.dual(second)) == (4.0, 2.0, pytest.approx(4 / 3))
    assert solution.value(x + y) == 6.0
    with pytest.raises(AttributeError, match="frozen"):
        solution.objective = 3
    with pytest.raises(RemovedObject):
        _ = solution[new]
    lp.remove(second, y)
    assert solution.value(x + y) == 6.0
    del lp
    gc.collect()
    assert solution.reduced_cost(x) == 0.0


def test_infeasible_and_unbounded_are_told_apart(lp):
    """By the kind of the error, and by what it says."""
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.objective = x + y
    lp.add_constraint(x - y <= 3)
    with pytest.raises(Unbounded, match="x has no upper bound"):
        lp.maximize()
    assert (lp.status, lp.solution.has_solution) == (Status.UNBOUNDED, False)
    assert isnan(lp.solution.objective)
    assert lp.minimize() == 0.0
    lp.add_constraint(x - y >= 4)
    with pytest.raises(Infeasible) as caught:
        lp.maximize()
    assert caught.value.solution is lp.solution
    with pytest.raises(Infeasible):
        _ = x.value
    assert lp.solve("minimize").status is Status.INFEASIBLE


def test_bounds_that_cross_by_constraints(lp):
    """Named without asking the solver."""
    x = lp.Var("output", lb=0)
    lp.add_constraint(x >= 5)
    lp.add_constraint(x <= 3)
    with pytest.raises(Infeasible, match=r"output has no value between its bounds 5\.0 and 3\.0"):
        lp.minimize()
    n = LinearProgram()
    m = n.IntVar("trucks", lb=0.2, ub=0.8)
    n.objective = m
    with pytest.raises(Infeasible, match=r"No integer trucks satisfies 0\.2 <= trucks <= 0\.8"):
        n.minimize()


def test_integer_corners(lp):
    """Divisibility, unbounded integers, both at once."""
    a, b = lp.IntVar(), lp.IntVar()
    lp.add_constraint(2 * a - 2 * b == 1)
    lp.objective = a + b
    with pytest.raises(Infeasible, match="multiples of 2"):
        lp.maximize()
    other = LinearProgram()
    c, d = other.IntVar(lb=0), other.IntVar(lb=0)
    other.add_constraint(2 * c - 2 * d <= 1)
    other.objective = c + d
    with pytest.raises((Unbounded, InfeasibleOrUnbounded)):
        other.maximize()
    assert other.minimize() == 0


def test_node_limit_carries_the_incumbent():
    """LimitReached has the point found so far, the bound and the gap."""
    lp = LinearProgram()
    xs = [lp.BoolVar() for _ in range(30)]
    for k in range(3):
        weights = [20 + (j * (13 + 6 * k) + j * j * (3 * k + 1)) % 41 for j in range(30)]
        lp.add_constraint(sum(w * x for w, x in zip(weights, xs)) <= sum(weights) // 2)
    lp.objective = sum((40 + 7 * j * j % 31) * x for j, x in enumerate(xs))
    with pytest.raises(LimitReached, match="node limit") as caught:
        lp.maximize(node_limit=30)
    solution = caught.value.solution
    assert solution.status is Status.NODE_LIMIT
    assert solution.nodes <= 40
    best = lp.maximize()
    assert solution.bound >= best - 1e-6
    if solution.has_solution:
        assert solution.objective <= best
        assert solution.gap >= 0


def test_iteration_and_time_limits(lp):
    """A limit says so, and leaves the program usable."""
    xs = [lp.Var(lb=0, ub=9) for _ in range(60)]
    for k in range(60):
        lp.add_constraint(sum(((j * k) % 7 + 1) * x for j, x in enumerate(xs)) <= 40 + k)
    lp.objective = sum((j % 5 + 1) * x for j, x in enumerate(xs))
    with pytest.raises(LimitReached, match="iteration limit"):
        lp.maximize(iteration_limit=1)
    assert lp.status is Status.ITERATION_LIMIT
    # The simplex was at a vertex where all rows hold: that is a solution, with no proof.
    assert all(c.lb <= c.value <= c.ub + 1e-9 for c in lp.constraints)
    assert lp.solution.bound is None
    with pytest.raises(LimitReached, match="time limit"):
        lp.maximize(time_limit=0)
    assert lp.maximize() > 0


def test_no_objective_finds_a_point(lp):
    """The value is 0, the point satisfies the rows."""
    x, y = lp.Var(lb=0), lp.Var(lb=0)
    lp.add_constraint(x + y == 4)

    assert lp.maximize() == 0.0
    assert x.value + y.value == 4.0


def test_empty_programs(lp):
    """No rows, no variables, nothing at all."""
    assert lp.minimize() == 0.0
    lp.objective = 5
    assert lp.minimize() == 5.0
    x = lp.Var(lb=2)
    assert lp.minimize() == 5.0
    lp.objective += x
    assert lp.minimize() == 7.0
    c = lp.add_constraint(x + lp.Var(lb=1, ub=1) <= 9)
    lp.remove(x, *lp.variables[1:])
    assert lp.minimize() == 5.0
    c.lb = 1
    with pytest.raises(Infeasible):
        lp.minimize()


def test_snapped_values(lp):
    """A value at a bound is that bound, an integer is an int."""
    xs = [lp.Var(lb=0, ub=0.3) for _ in range(3)]
    lp.add_constraint(sum(xs) <= 0.9)
    lp.objective = sum(xs)
    lp.maximize()
    assert [x.value for x in xs] == [0.3, 0.3, 0.3]


def test_progress_and_log(lp, tmp_path):
    """The solver's log goes where it was asked to; errors of the callable come out."""
    xs = [lp.IntVar(lb=0, ub=9) for _ in range(12)]
    lp.add_constraint(sum((7 + 3 * j) * x for j, x in enumerate(xs)) <= 501)
    lp.objective = sum((5 + 2 * j) * x for j, x in enumerate(xs))
    lines = []
    lp.maximize(log=lines.append)
    assert any("GLPK" in line for line in lines)
    lp.maximize(log=tmp_path / "solve.log")
    assert "GLPK" in (tmp_path / "solve.log").read_text()

    def broken(line):
        raise RuntimeError("in the log")

    with pytest.raises(RuntimeError, match="in the log"):
        lp.maximize(log=broken)
    assert lp.maximize() > 0


def test_a_row_that_has_one_variable_left():
    """It stays a row when the others are removed: with a dual of its own, and none of it in the reduced cost."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y")
    row = lp.add_constraint(3 * x + 3 * y >= 1)
    lp.remove(y)
    lp.objective = x
    assert lp.minimize() == pytest.approx(1 / 3)
    assert (row.dual, x.reduced_cost) == (pytest.approx(1 / 3), 0.0)
    check_duals(lp, "minimize")
    lp.add_constraint(x >= 1)  # as a bound it has the share of the reduced cost
    assert lp.minimize() == 1.0
    assert (row.dual, x.reduced_cost) == (0.0, 1.0)
    check_duals(lp, "minimize")

"""The methods by the field's names: each gives the right answer, says that it ran, and why."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from pplp import LinearProgram, NoDuals, NoSolution, OptionError, Status
from pplp.engines.rational import solve_exactly
from tests.support.long_programs import dense_mix, holds

METHODS = {
    "primal": {"method": "primal"},
    "dual": {"method": "dual"},
    "primal-dual": {"method": "primal-dual"},
    "interior and crossover": {"method": "interior"},
    "interior": {"method": "interior", "crossover": False},
    "exact": {"method": "exact"},
    "presolve": {"presolve": True},
    "no presolve": {"presolve": False},
    "scaling": {"scaling": True},
    "no scaling": {"scaling": False},
}
SAYS = {
    "primal": "primal simplex",
    "dual": "pure dual simplex",
    "primal-dual": "dual, then primal simplex",
    "interior and crossover": "interior point and crossover",
    "interior": "interior point",
    "exact": "exact simplex",
    "presolve": "presolve and",
    "no scaling": "unscaled",
}


def workshop():
    """Chairs and tables; by hand: 6 chairs and 4 tables, worth 6*30 + 4*50 = 380; wood and hours cost 10 and 10."""
    lp = LinearProgram()
    chairs, tables = lp.Var("chairs", lb=0), lp.Var("tables", lb=0)
    wood = lp.add_constraint(chairs + 3 * tables <= 18, name="wood")
    hours = lp.add_constraint(2 * chairs + 2 * tables <= 20, name="hours")
    lp.objective = 30 * chairs + 50 * tables
    return lp, chairs, tables, wood, hours


@pytest.mark.parametrize("way", METHODS)
def test_values_and_duals(way):
    """Each method gives the same point, duals and reduced costs, by hand."""
    lp, chairs, tables, wood, hours = workshop()
    solution = lp.solve("maximize", **METHODS[way])
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(380)
    assert (solution[chairs], solution[tables]) == pytest.approx((6, 4), rel=1e-6)
    assert (solution.dual(wood), solution.dual(hours)) == pytest.approx((10, 10), rel=1e-5)
    assert solution.reduced_cost(chairs) == pytest.approx(0, abs=1e-5)
    assert SAYS.get(way, "simplex") in solution.method


@pytest.mark.parametrize("way", METHODS)
def test_no_answer(way):
    """Infeasible and unbounded are told apart by each method."""
    lp, chairs, tables, wood, hours = workshop()
    impossible = lp.add_constraint(chairs - tables >= 20)
    assert lp.solve("maximize", **METHODS[way]).status is Status.INFEASIBLE
    lp.remove(impossible, hours)
    wood.set_coefficient(tables, -3)
    assert lp.solve("maximize", **METHODS[way]).status is Status.UNBOUNDED
    assert LinearProgram().minimize(**METHODS[way]) == 0.0


def random_program(draw):
    """A few rows and columns with all kinds of bounds; about a third have no solution."""
    lp = LinearProgram()
    lows, highs = (0, 0, -5, float("-inf")), (float("inf"), 7, 9)
    xs = [lp.Var(lb=draw.choice(lows), ub=draw.choice(highs)) for _ in range(draw.randint(2, 7))]
    for _ in range(draw.randint(1, 7)):
        e, b = (
            sum(draw.randint(-4, 5) * x for x in draw.sample(xs, 2)) + xs[0] * draw.choice((0.5, 0.1)),
            draw.randint(-5, 12),
        )
        lp.add_constraint(draw.choice((e <= b, e >= b, e == b)))
    lp.objective = sum(draw.randint(-5, 5) * x for x in xs)
    return lp


@pytest.mark.parametrize("way", METHODS)
def test_against_highs(way):
    """On random programs each says what HiGHS says."""
    optimize = pytest.importorskip("scipy.optimize")
    draw = random.Random(way)
    seen = set()
    for _ in range(60):
        lp = random_program(draw)
        form = lp.compile("minimize")
        rows = [[0.0] * form.columns for _ in range(form.rows)]
        for i in range(form.rows):
            for j, a in zip(*form.row(i)):
                rows[i][j] = a
        constraint = optimize.LinearConstraint(rows, form.row_lower, form.row_upper) if rows else None
        bounds = optimize.Bounds(form.column_lower, form.column_upper)
        answer = optimize.milp(form.cost, constraints=constraint, bounds=bounds, options={"presolve": False})
        solution = lp.solve("minimize", **METHODS[way])
        expected = {0: Status.OPTIMAL, 2: Status.INFEASIBLE, 3: Status.UNBOUNDED}[answer.status]
        assert solution.status is expected
        if expected is Status.OPTIMAL:
            assert solution.objective == pytest.approx(answer.fun, rel=1e-6, abs=1e-6)
        seen.add(expected)
    assert len(seen) == 3


def test_every_method_is_as_good_on_a_larger_program():
    """All ways lead to one optimum."""
    lp = dense_mix(150)
    best = lp.maximize()
    for how in METHODS.values():
        assert lp.copy().maximize(**how) == pytest.approx(best, rel=1e-6)


def test_a_crossover_leaves_a_basis():
    """The point is a vertex, and the next solve goes on from it; without a crossover there is none."""
    lp = dense_mix(150)
    lp.maximize(method="interior")
    vertex = lp.solution
    basic = sum(0 < vertex[x] < 10 for x in lp.variables)
    assert basic <= 150
    next(iter(lp.variables)).ub = 9
    assert "last basis" in lp.solve("maximize").method
    points = lp.solve("maximize", method="interior", crossover=False)
    assert points.method == "interior point"
    lp.objective += lp.variables[0]
    assert "last basis" not in lp.solve("maximize").method


def test_interior_and_exact_are_for_linear_programs():
    """On integer variables they are refused, before anything is lost."""
    lp, chairs, *_ = workshop()
    chairs.integer = True
    for method in ("interior", "exact"):
        with pytest.raises(OptionError, match=r"integer variables.*relaxed"):
            lp.maximize(method=method)
    assert lp.maximize() == pytest.approx(380)
    lp = LinearProgram(trace=False)
    x, y = lp.Var(lb=0), lp.Var(lb=0)
    for bound in range(20_001):
        lp.add_constraint(x + y <= bound)
    with pytest.raises(OptionError, match="at most 20,000 rows, not 20,001"):
        lp.maximize(method="exact")


def test_fractions():
    """Thirds and tenths are exact; so is the objective, and any expression."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    c = lp.add_constraint(3 * x + 0.1 * y <= 1)
    lp.add_constraint(x + y <= 2)
    lp.objective = x + 0.2 * y + 0.5
    solution = lp.solve("maximize", method="exact")
    # Both rows hold with equality: x = 2 - y and 6 - 2.9 y = 1, so y = 50/29, x = 8/29.
    assert solution.exact(x) == Fraction(8, 29)
    assert solution.exact(y) == Fraction(50, 29)
    assert solution.exact(lp.objective) == Fraction(8 + 10, 29) + Fraction(1, 2)
    assert solution.exact(2 * x - y + 0.1) == Fraction(16 - 50, 29) + Fraction(1, 10)
    assert solution[x] == 8 / 29
    # y1, y2 with 3 y1 + y2 = 1, 0.1 y1 + y2 = 0.2.
    assert solution.dual(c) == 0.8 / 2.9
    lp.maximize()
    with pytest.raises(NoSolution, match="exact"):
        lp.solution.exact(x)


def test_decimals_are_what_was_written():
    """0.1 x + 0.2 y == 0.3 with x = y = 1: true of the decimals, false of the floats' binary values."""
    lp = LinearProgram()
    x, y = lp.Var(lb=1, ub=1), lp.Var(lb=1, ub=1)
    lp.add_constraint(0.1 * x + 0.2 * y == 0.3)
    assert Fraction(0.1) + Fraction(0.2) != Fraction(0.3)
    assert lp.solve(method="exact").status is Status.OPTIMAL


def test_rational_arithmetic_can_be_stopped(hands, monkeypatch):
    """Its numbers grow long; a limit ends it between two rows, and tells the rounded point."""
    lp = dense_mix(200)

    def late(form, vertex, stopping):
        looks = itertools.count()
        return solve_exactly(form, vertex, lambda: hands.forward() if next(looks) == 50 else stopping())

    monkeypatch.setattr("pplp.engines.rational.solve_exactly", late)
    solution = lp.solve("maximize", method="exact", time_limit=1e5)
    assert solution.status is Status.TIME_LIMIT
    assert solution.bound is None
    assert holds(lp)
    with pytest.raises(NoSolution):
        solution.exact(lp.variables[0])


def test_no_tolerance():
    """What a tolerance would forgive, rational arithmetic does not."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0, ub=1), lp.Var(lb=0, ub=1)
    lp.add_constraint(x + y >= 2.00000001)
    assert lp.solve(feasibility_tolerance=1e-6).status is Status.OPTIMAL
    assert lp.solve(method="exact").status is Status.INFEASIBLE


def test_a_degenerate_cycle():
    """Beale's program, on which the textbook rule cycles; its optimum is -1/20."""
    lp = LinearProgram()
    x = lp.Vars(4, lb=0)
    lp.add_constraint(0.25 * x[0] - 60 * x[1] - 0.04 * x[2] + 9 * x[3] <= 0)
    lp.add_constraint(0.5 * x[0] - 90 * x[1] - 0.02 * x[2] + 3 * x[3] <= 0)
    x[2].ub = 1
    lp.objective = -0.75 * x[0] + 150 * x[1] - 0.02 * x[2] + 6 * x[3]
    solution = lp.solve("minimize", method="exact")
    assert solution.exact(lp.objective) == Fraction(-1, 20)
    assert solution.exact(x[2]) == 1


def test_reasons():
    """The choice of "auto" is explained, for a cold and a warm solve; another is said to be asked for."""
    lp, chairs, tables, _, hours = workshop()
    assert "rows hold with all columns at their lower bounds" in lp.solve("maximize").method_reason
    hours.ub = 22
    lp.maximize()
    assert "dual feasible" in lp.solution.method_reason
    assert lp.solution.method == "dual simplex from the last basis"
    chairs.cost = 31
    lp.maximize()
    assert "basis is feasible" in lp.solution.method_reason
    assert lp.solve("maximize", method="dual").method_reason == "asked for"
    assert lp.minimize() == 0
    lp.add_constraint(chairs + tables >= 1)
    assert "0 of 2 columns" in lp.copy().solve("minimize").method_reason


def test_presolve_leaves_a_basis():
    """What the presolver took away is back in place: duals of all rows, and a warm start."""
    lp, chairs, tables, wood, _ = workshop()
    spare = lp.Var("spare", lb=0, ub=0)
    fixed = lp.add_constraint(spare + chairs - chairs + 2 * spare <= 5)
    loose = lp.add_constraint(chairs + tables + spare <= 1000)
    solution = lp.solve("maximize", presolve=True)
    assert "presolve" in solution.method
    assert solution.objective == pytest.approx(380)
    assert (solution.dual(loose), solution.dual(fixed), solution.dual(wood)) == (0, 0, pytest.approx(10))
    wood.ub = 21
    assert lp.maximize() == pytest.approx(410)
    assert "last basis" in lp.solution.method


def test_an_interior_point_inside_has_no_garbage():
    """A program with many optima: the point is one of them, within its bounds; there are duals, too."""
    lp = LinearProgram()
    xs = lp.Vars(4, lb=0, ub=1)
    row = lp.add_constraint(sum(xs) == 2)
    lp.objective = sum(xs)
    solution = lp.solve("minimize", method="interior", crossover=False)
    assert solution.objective == pytest.approx(2, abs=1e-6)
    assert all(0 <= solution[x] <= 1 for x in xs)
    assert solution.dual(row) + solution.reduced_cost(xs[0]) == pytest.approx(1, abs=1e-5)


def test_a_point_without_proof_has_no_duals():
    """After a limit there may be a point, and its duals mean nothing."""
    lp = dense_mix(100)
    solution = lp.solve("maximize", method="primal", iteration_limit=20)
    assert solution.has_solution
    with pytest.raises(NoDuals):
        solution.dual(lp.constraints[0])


@pytest.mark.parametrize(
    ("option", "value"),
    [("method", "simplex"), ("crossover", 1), ("presolve", "yes"), ("scaling", None), ("absolute_gap", -1)],
)
def test_bad_options(option, value):
    """A value that there is not is refused, naming those that there are."""
    with pytest.raises(OptionError, match=f"{option} must be"):
        workshop()[0].maximize(**{option: value})

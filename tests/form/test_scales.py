"""Optimal means optimal in the user's own units: programs far from the everyday scale, against exact arithmetic."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import inf

import pytest

from pplp import LinearProgram, Status
from pplp.core.constraints import Constraint
from pplp.engines import judgment as judges
from pplp.engines.factorization import Factors
from pplp.engines.rational import solve_exactly
from pplp.engines.refinement import Claim, refined
from pplp.form.matrix_form import MatrixForm
from pplp.form.scaling import scale_of
from pplp.form.verification import ROUNDING
from pplp.ground.decimals import rational
from tests.support.engines import ENGINES
from tests.support.scales import Drawn, built, decimal, judged, programs, truth, whole_programs


# ---- random programs
@pytest.mark.parametrize("name", ENGINES)
def test_random_programs(name):
    """Rows, columns, objective and bounds times powers of ten from 1e-9 to 1e9: none wrong, none given up."""
    seen = {}
    for drawn, answer in programs(2024, 400):
        verdict = judged(drawn, answer, built(drawn, solver=name))
        assert verdict.startswith("right"), (verdict, drawn)
        seen[answer.status] = seen.get(answer.status, 0) + 1
    assert min(seen[status] for status in ("optimal", "infeasible", "unbounded")) > 30


@pytest.mark.heavy
@pytest.mark.parametrize("name", ENGINES)
def test_random_integer_programs(name):
    """So it is with integers, against every point of them."""
    for drawn, answer in whole_programs(2024, 60):
        verdict = judged(drawn, answer, built(drawn, solver=name))
        assert verdict == "right", (verdict, drawn)


@pytest.mark.parametrize("name", ENGINES)
def test_both_senses_and_edits(name):
    """A live program that is solved in the other sense, and with an objective in other units, is not wrong either."""
    r = random.Random(8)
    for drawn, _ in programs(99, 60):
        lp = built(drawn, solver=name)
        for _ in range(3):
            sense, unit = r.choice(["minimize", "maximize"]), 10.0 ** r.randint(-9, 9)
            lp.objective = sum(unit * c * x for c, x in zip(drawn.cost, lp.variables))
            warm, cold = lp.solve(sense), lp.copy().solve(sense, method="exact")
            assert warm.status is cold.status, drawn
            if warm.status is Status.OPTIMAL:
                assert warm.objective == pytest.approx(cold.objective, rel=1e-9, abs=0.0), drawn


# ---- single cases
@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("cost", [1e-6, 1e-8, 1e-9, 1e-12, 1e9])
def test_costs_of_any_size(name, cost):
    """x + y <= 1e9: all of it is y, at twice the cost."""
    lp = LinearProgram(solver=name)
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y <= 1e9)
    lp.add_constraint(x - y <= 5e8)
    lp.objective = cost * x + 2 * cost * y
    assert lp.maximize() == pytest.approx(2 * cost * 1e9, rel=1e-12)
    assert lp.verify().ok


@pytest.mark.parametrize("name", ENGINES)
def test_a_small_cost_among_others(name):
    """1 of x, and 2e-8 of 1e9."""
    lp = LinearProgram(solver=name)
    x, y, z = lp.Var("x", lb=0, ub=1), lp.Var("y", lb=0), lp.Var("z", lb=0)
    lp.add_constraint(y + z <= 1e9)
    lp.objective = x + 1e-8 * y + 2e-8 * z
    assert lp.maximize() == 21


@pytest.mark.parametrize("name", ENGINES)
def test_snapping_breaks_no_row(name):
    """3 u = v + w - 4 with v at 1e10: u is 3333333332; and 1000 x = 1.0000000003 leaves x what it is."""
    lp = LinearProgram(solver=name)
    u, v, w = lp.Var("u", lb=0), lp.Var("v", lb=0, ub=1e10), lp.Var("w", lb=0)
    row = lp.add_constraint(3 * u - v - w == -4)
    lp.objective = v - w
    lp.maximize()
    assert row.value == -4
    lp = LinearProgram(solver=name)
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y == 3333333372.33)
    lp.add_constraint(x - y == 3333333372.33)
    lp.objective = x
    assert lp.maximize() == 3333333372.33 and x.value == 3333333372.33


@pytest.mark.parametrize("name", ENGINES)
def test_one_verdict_on_the_last_bit(name):
    """0.1 + 0.2 is above 0.3 by the last bit: as bounds, as rows, and as a bound and a row."""
    third = 0.1 + 0.2
    for kind in ("bounds", "rows", "both"):
        lp = LinearProgram(solver=name)
        x, y = lp.Var("x"), lp.Var("y", lb=0, ub=0)
        lp.add_constraint((x if kind != "rows" else x + y) >= third)
        lp.add_constraint((x if kind == "bounds" else x + y) <= 0.3)
        assert lp.solve("minimize").status is Status.OPTIMAL, kind
    lp.add_constraint(x >= 0.3 + 1e-9)
    assert lp.solve("minimize").status is Status.INFEASIBLE


@pytest.mark.parametrize("name", ENGINES)
def test_an_unbounded_integer_program(name):
    """b = 1, and a + c = -4 with c as great as one likes: 4 a + 3 c falls without limit."""
    lp = LinearProgram(solver=name)
    a, b, c = lp.IntVar("a", ub=10), lp.Var("b", lb=0, ub=10), lp.IntVar("c", lb=0)
    lp.add_constraint(-2 * a - 3 * b - 2 * c == 5)
    lp.objective = 4 * a + 3 * c
    assert lp.solve("minimize").status is Status.UNBOUNDED


@pytest.mark.parametrize("name", ENGINES)
def test_bounds_that_are_rows_are_exact(name):
    """3 x == 1 is x == 1/3, and no float."""
    lp = LinearProgram(solver=name)
    x, y = lp.Var("x"), lp.Var("y", lb=0, ub=0)
    lp.add_constraint(3 * x == 1)
    lp.add_constraint(3 * x + y == 1)
    solution = lp.solve("minimize", method="exact")
    assert solution.status is Status.OPTIMAL and solution.exact(x) == Fraction(1, 3)


def test_a_basic_equality_has_no_range():
    """x - y = 0 with both fixed at 0: with another right-hand side there is no point."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=0), lp.Var("y", lb=0, ub=0)
    row = lp.add_constraint(x - y == 0)
    lp.objective = x + y
    assert lp.minimize() == 0
    its = lp.sensitivity()[row].rhs
    assert lp.basis[row] == "basic" and (its.lower, its.upper) == (0, 0)
    row.rhs = 1
    assert lp.solve("minimize").status is Status.INFEASIBLE


# ---- the parts
def test_decimals_and_binary_values():
    """What somebody wrote is a decimal; what has more digits than anybody writes is the float."""
    assert rational(0.1) == Fraction(1, 10) and rational(-2.5e-9) == Fraction(-25, 10**10)
    assert rational(2.0**-40) == Fraction(1, 2**40) and rational(1 / 3) == Fraction(1 / 3)
    assert rational(1e300) == Fraction(1e300) and rational(0.0) == 0


def test_factors_of_random_matrices():
    """B x = b and y B = c, without rounding; or as many dependent columns as bare rows."""
    r = random.Random(4)
    singular = 0
    for _ in range(200):
        m = r.randint(1, 12)
        columns = [
            {i: r.choice([-2, -1, 1, 3, Fraction(1, 3)]) for i in range(m) if r.random() < 0.4} for _ in range(m)
        ]
        factors = Factors(columns, lambda: None)
        assert len(factors.dependent) == len(factors.bare)
        if factors.dependent:
            singular += 1
            continue
        b = [r.randint(-4, 4) for _ in range(m)]
        x, y = factors.solve(b), factors.solve_transposed(b)
        assert [sum(column.get(i, 0) * v for column, v in zip(columns, x)) for i in range(m)] == b
        assert [sum(a * y[i] for i, a in column.items()) for column in columns] == b
    assert 20 < singular < 180


def form_of(lp: LinearProgram, sense: str) -> MatrixForm:
    """The form."""
    return lp.compile(sense)


def test_refinement_reaches_what_the_solver_cannot_see():
    """A solver with a tolerance of 1e-3 leads to 1e-14."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(3 * x + y <= 1)
    lp.add_constraint(x + 7 * y <= 2)
    lp.objective = x + y
    form = form_of(lp, "maximize")
    asked = []

    def coarse(errors: MatrixForm, letters: str) -> Claim:
        program = LinearProgram()
        xs = [program.Var(lb=low, ub=high) for low, high in zip(errors.column_lower, errors.column_upper)]
        for i in range(errors.rows):
            program.add_constraint(sum(a * xs[j] for j, a in zip(*errors.row(i))) == 0)
        program.objective = sum(c * v for c, v in zip(errors.cost, xs))
        solution = program.solve("maximize", method="exact")
        asked.append(errors)
        return Claim(
            [float(f"{solution[v]:.3g}") for v in xs],
            [float(f"{solution.dual(c):.3g}") for c in program.constraints],
            "BBUUEE",
        )

    found = refined(form, Claim([0.333, 0.238], [0.299, 0.101], "BBUU"), coarse, ROUNDING)
    assert found is not None and len(asked) == 2
    assert found.x[0] == pytest.approx(0.25, rel=1e-14) and found.y[0] == pytest.approx(0.3, rel=1e-9)
    assert refined(form, Claim([9.0, 9.0], [0.0, 0.0], ""), lambda *_: None, ROUNDING) is None


def test_units():
    """The everyday program is handed over as it is; another in powers of two, and is the same to the last bit."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=3), lp.Var("y", lb=0)
    row = lp.add_constraint(x + 2 * y <= 4)
    lp.objective = x + y
    assert scale_of(form_of(lp, "maximize")) is None
    x.cost, row.ub = 1e-9, 4e12
    form = form_of(lp, "maximize")
    units = scale_of(form)
    assert units is not None
    other = units.form(form)
    values = [3.0, 5.0]
    inside = [value / unit for value, unit in zip(values, units.columns)]
    assert units.values(inside) == values
    own = sum(c * v for c, v in zip(form.cost, values))
    assert sum(c * v for c, v in zip(other.cost, inside)) == own * units.objective
    assert other.row_upper[0] == form.row_upper[0] * units.rows[0]


def test_proofs_of_a_large_program():
    """Multipliers and directions are believed where they are clear of rounding, in any unit."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y >= 3)
    lp.add_constraint(x + y <= 2)
    lp.add_constraint(x - y <= 1)
    lp.objective = x
    form = form_of(lp, "maximize")
    assert judges.contradicts(form, [1.0, -1.0, 0.0]) and judges.contradicts(form, [1e-9, -1e-9, 0.0])
    assert not judges.contradicts(form, [-1.0, 1.0, 0.0])
    assert not judges.contradicts(form, [1.0, -0.5, 0.0])
    assert not judges.improves(form, [1.0, 1.0])
    lp.remove(lp.constraints[1])
    form = form_of(lp, "maximize")
    assert judges.improves(form, [1.0, 1.0]) and judges.improves(form, [1e9, 1e9])
    assert not judges.improves(form, [2.0, 1.0]) and not judges.improves(form, [-1.0, -1.0])


@pytest.mark.parametrize("name", ENGINES)
def test_a_large_program_without_an_optimum(monkeypatch, name):
    """By the solver's own multipliers, or its own direction."""
    module = "engines.glpk.simplex" if name == "glpk" else "engines.highs.relaxation"
    monkeypatch.setattr(f"pplp.{module}.is_small", lambda form: False)
    lp = LinearProgram(solver=name)
    x, y, z = lp.Var("x", lb=0), lp.Var("y", lb=0), lp.Var("z", lb=0)
    lp.add_constraint(x + y - z >= 3)
    row = lp.add_constraint(x + y + z <= 2)
    lp.objective = x
    solution = lp.solve("maximize", presolve=False)
    assert solution.status is Status.INFEASIBLE and "a proof" in solution.method
    lp.remove(row)
    lp.add_constraint(x - y <= 1)
    solution = lp.solve("maximize", presolve=False)
    assert solution.status is Status.UNBOUNDED and "a proof" in solution.method


# ---- lint
def test_the_advice_of_lint_moves_no_optimum():
    """What is enough as an M is enough, and what never binds, or says nothing more, can be left out."""
    r = random.Random(12)
    advised = 0
    for _ in range(300):
        lp = LinearProgram()
        x, y, b = lp.Var("x", lb=0, ub=r.randint(3, 30)), lp.Var("y", lb=-2, ub=r.randint(1, 9)), lp.BoolVar("b")
        m = r.choice([100, 1000, 5000]) * r.choice([-1, 1])
        e = r.randint(1, 3) * x + r.choice([-1, 1, 2]) * y + m * b
        bound = r.randint(-5, 40) + (abs(m) if r.random() < 0.5 else 0)
        lp.add_constraint(r.choice([e <= bound, e >= bound - 40, e == bound, (bound - 20, e, bound)]), name="row")
        lp.add_constraint(x + y <= r.randint(2, 40), name="most")
        lp.objective = r.randint(-3, 3) * x + r.randint(-3, 3) * y + r.randint(-4, 4) * b
        for finding in lp.lint():
            twin = lp.copy()
            if finding.code == "big-m" and "is enough" in finding.message:
                enough = float(re.search(r"and (\S+) is enough", finding.message)[1])
                row = next(c for c in twin.constraints if c.name == "row")
                factor = row.coefficient(twin[b])
                row.set_coefficient(twin[b], enough if factor > 0 else -enough)
                moved = re.search(r"with the bound (\S+)", finding.message)
                if moved:
                    setattr(row, "ub" if row.ub < inf else "lb", float(moved[1]))
            elif finding.code in ("never-binds", "duplicate-rows"):
                twin.remove(next(c for c in twin.constraints if c.name == finding.things[0].name))
            else:
                continue
            advised += 1
            for sense in ("minimize", "maximize"):
                before, after = lp.solve(sense), twin.solve(sense)
                assert before.status is after.status, (finding, str(lp))
                if before.status is Status.OPTIMAL:
                    assert after.objective == pytest.approx(before.objective, rel=1e-9, abs=1e-9), (finding, str(lp))
    assert advised > 100


def test_what_a_bound_names_is_in_a_constraint():
    """x <= 5, written as a constraint, is one."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0, ub=1)
    lp.add_constraint(2 * x <= 5)
    lp.objective = y
    assert not [finding for finding in lp.lint() if finding.code == "unused-variable"]
    z = lp.Var("z", ub=4)
    lp.add_constraint(3 * z <= 7)
    lp.objective = y + z
    (found,) = (finding for finding in lp.lint("minimize") if finding.code == "unbounded-column")
    assert "z is in no constraint but of it alone and has no lower bound" in found.message


def drawn_integers(r):
    """Integers with and without bounds, and binaries with great coefficients: rows to be held by 1e-8 of a binary."""
    lp = LinearProgram(trace=False)
    xs = []
    for _ in range(r.randint(2, 4)):
        lower, upper = r.choice([0, 0, 0, -inf, -5, 1]), r.choice([inf, inf, 10, 7])
        xs.append(lp.BoolVar() if r.random() < 0.4 else lp.Var(lb=lower, ub=upper))
        xs[-1].integer = xs[-1].integer or r.random() < 0.6
    for _ in range(r.randint(1, 4)):
        some = r.sample(xs, r.randint(1, 2))
        e = sum(r.choice([1, 2, 3, -1, -2, 0.5, 0.3, 10]) * x for x in some)
        e += r.choice([1, -1]) * r.choice([0, 0, 1e3, 5e3, 1e6 + 0.3, 1e8]) * r.choice(xs)
        low = r.choice([0, 1, -3, 2, -10, 5, -990, 0.3])
        if not e.terms:
            continue
        lp.add_constraint(r.choice([e <= low, e >= low, e.between(low, low + 5), e == low]), row=True)
    lp.objective = sum(r.choice([0, 1, -1, 2, 3]) * x for x in xs)
    return lp


def optimum_by_boxes(lp, sense):
    """The status and the optimum by the exact simplex, which shares no code with pplp: all integers one by one."""
    names = {x._index: k for k, x in enumerate(lp.variables)}
    lower, upper = [x.lb for x in lp.variables], [x.ub for x in lp.variables]
    rows = tuple((c.lb, {names[x._index]: a for x, a in c.terms}, c.ub) for c in lp.constraints)
    cost = tuple(x.cost for x in lp.variables)
    whole = [k for k, x in enumerate(lp.variables) if x.integer]
    best = None
    for values in product(*(range(round(lower[k]), round(upper[k]) + 1) for k in whole)):
        low, high = list(lower), list(upper)
        for k, value in zip(whole, values):
            low[k] = high[k] = float(value)
        found = truth(Drawn(sense == "maximize", cost, tuple(low), tuple(high), rows))
        if found.status == "unbounded":
            return "unbounded", None
        if found.status == "optimal":
            better = max if sense == "maximize" else min
            best = found.objective if best is None else better(best, found.objective)
    return ("infeasible", None) if best is None else ("optimal", best)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("seed", range(25))
def test_integer_programs_with_great_coefficients(name, seed):
    """Within boxes the answer is that of all integers, one by one; without, unbounded and infeasible are told apart."""
    lp = drawn_integers(random.Random(seed))
    statuses = {sense: lp.solve(sense, solver=name, node_limit=20_000).status for sense in ("minimize", "maximize")}
    told = {Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED}
    assert told.issuperset(statuses.values()), statuses
    infeasible = [status is Status.INFEASIBLE for status in statuses.values()]
    assert infeasible[0] == infeasible[1]
    for x in lp.variables:
        if x.integer:
            x.lb, x.ub = max(x.lb, -4), min(x.ub, 4)
    for sense in statuses:
        solution = lp.solve(sense, solver=name)
        status, objective = optimum_by_boxes(lp, sense)
        assert solution.status.value == status
        if objective is not None:
            assert abs(Fraction(solution.objective) - objective) <= Fraction(1, 10**8) * max(1, abs(objective))


# ---- small numbers
@pytest.mark.parametrize("name", ENGINES)
def test_small_values_of_a_warm_solve(name):
    """1e6 x >= b and 1e6 y >= x: y is b / 1e12 after each edit, and not 0."""
    lp = LinearProgram(solver=name)
    x, y, z = lp.Var("x", lb=0), lp.Var("y", lb=0), lp.Var("z", lb=0)
    row = lp.add_constraint(1e6 * x - z >= 100)
    lp.add_constraint(1e6 * y - x >= 0)
    lp.add_constraint(x + y + z <= 5)
    lp.objective = x + y + z
    for b in (100, 50, 0.1, 0.05, 1e-3):
        row.lb = b
        assert lp.minimize() == pytest.approx(b / 1e6 + b / 1e12, rel=1e-12, abs=0)
        assert y.value == pytest.approx(b / 1e12, rel=1e-9, abs=0)
        assert lp.verify().ok


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("factor", [1e6, 1e5, 3e5])
def test_small_objectives_of_a_warm_solve(name, factor):
    """What 1e-13 is to be paid is no 0, at first and after each edit; what is 0 is 0."""
    lp = LinearProgram(solver=name)
    x, z = lp.Var("x", lb=0), lp.Var("z", lb=0)
    row = lp.add_constraint(factor * x - z >= 1e-4)
    lp.add_constraint(x + z <= 5)
    lp.objective = 0.001 * x + z
    for b in (1e-4, 2e-4, 3e-4):
        row.lb = b
        assert lp.minimize() == pytest.approx(0.001 * b / factor, rel=1e-9, abs=0)
        assert lp.verify().ok
    row.lb = 0
    assert lp.minimize() == 0


def test_ranges_of_numbers_far_apart():
    """While a bound stays in its range, the objective follows the dual: by the exact simplex, in any units."""
    r = random.Random(2)
    asked = 0
    for drawn, answer in programs(7, 500):
        if answer.status != "optimal" or drawn.kind != "other units":
            continue
        lp = built(drawn)
        lp.solve("maximize" if drawn.maximize else "minimize")
        ranges = lp.sensitivity()
        places = [k for k, (_, terms, _) in enumerate(drawn.rows) if len(terms) > 1]
        rows = list(zip(places, (c for c in lp.constraints if type(c) is Constraint)))
        for k, row in rows[:2]:
            low, terms, high = drawn.rows[k]
            its = ranges[row].rhs if low == high else ranges[row].lb if low > -inf else ranges[row].ub
            if not (abs(its.lower) < inf and abs(its.upper) < inf and its.lower < its.upper):
                continue
            share = r.random()
            bound = share * its.lower + (1 - share) * its.upper
            bounds = (bound, bound) if low == high else (bound, high) if low > -inf else (low, bound)
            moved = truth(replace(drawn, rows=(*drawn.rows[:k], (bounds[0], terms, bounds[1]), *drawn.rows[k + 1 :])))
            expected = its.lower_objective * share + its.upper_objective * (1 - share)
            assert moved.status == "optimal", (drawn, k, its)
            size = max(abs(decimal(c) * x) for c, x in zip(drawn.cost, answer.point))
            assert abs(float(moved.objective) - expected) <= 1e-6 * max(abs(expected), float(size)), (drawn, k, its)
            asked += 1
    assert asked > 50


def test_the_range_of_a_basic_equality_is_its_bound():
    """To the last digit, however its products round: 0.1 x + 0.2 y = 0.3 at x = y = 1."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=1, ub=1), lp.Var("y", lb=1, ub=1)
    row = lp.add_constraint(0.1 * x + 0.2 * y == 0.3)
    lp.objective = x + y
    assert lp.minimize() == 2
    its = lp.sensitivity()[row].rhs
    assert (its.lower, its.upper) == (0.3, 0.3)


def test_proofs_of_rows_that_are_basic():
    """The multipliers of the exact simplex contradict each other also where the violated row is basic."""
    r = random.Random(3)
    proved = 0
    for _ in range(300):
        lp = LinearProgram(trace=False)
        xs = [lp.Var(lb=r.choice([0, -3, -inf]), ub=r.choice([4, inf])) for _ in range(3)]
        for _ in range(4):
            low = r.randint(-6, 9)
            e = sum(r.choice([-3, -1, 0.1, 2, 5]) * x for x in r.sample(xs, 2))
            lp.add_constraint((low, e, low + r.choice([0, 1, inf])))
        form = form_of(lp, "minimize")
        vertex = solve_exactly(form, None, lambda: None)
        if vertex.status is Status.INFEASIBLE:
            proved += 1
            assert judges.contradicts(form, vertex.proof)
            assert lp.infeasibility_certificate().verify()
    assert proved > 50

"""Integer programs whose branch and bound would never end, as the integers have no bounds: all of them end."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from math import ceil, floor, inf

import pytest

from pplp import LinearProgram, Status
from pplp.engines.clock import Clock
from pplp.engines.contract import CancelToken, Options
from pplp.engines.divisibility import contradictory_equations, no_integer_solution
from pplp.engines.lattice import lattice_answer
from tests.support.engines import ENGINES

# ---- programs that have no integer point, and what explains it
STEPS = {
    "one equation": (2, ["2*x - 2*y == 1"]),
    "three variables": (3, ["3*x + 6*y - 9*z == 2"]),
    "one range": (2, ["(1, 3*x - 3*y, 2)"]),
    "one range of decimals": (2, ["(0.1, x - 1.5*y, 0.4)"]),
    "two rows of one range": (2, ["3*x - 3*y >= 1", "3*x - 3*y <= 2"]),
    "parallel rows": (2, ["3*x - 3*y >= 1", "6*y - 6*x >= -4"]),
    "a sum of equations": (3, ["x + y - 2*z == 1", "x - y == 4"]),
    "a difference of equations": (3, ["3*x + 5*y - 7*z == 1", "x - 3*y + 3*z == 2"]),
    "a range and an equation": (3, ["x + y - 2*z == 1", "(3.5, x - y, 4.5)"]),
}


def program(name: str, count: int, rows: list[str], *, lb: float = 0, ub: float = inf) -> LinearProgram:
    """So many integers, and the rows."""
    lp = LinearProgram(solver=name)
    variables = {letter: lp.IntVar(letter, lb=lb, ub=ub) for letter in "xyz"[:count]}
    for k, row in enumerate(rows):
        lp.add_constraint(eval(row, dict(variables)), name=f"row{k}")
    return lp


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("kind", STEPS)
def test_no_integer_point(name, kind):
    """It ends as infeasible without a limit, whatever the objective, and also where the bounds are far."""
    for ub in (inf, 1e6):
        lp = program(name, *STEPS[kind], ub=ub)
        x, y = lp.variables[:2]
        for objective in (0 * x, x + y, -x - y):
            lp.objective = objective
            assert lp.solve("minimize").status is Status.INFEASIBLE


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("kind", STEPS)
def test_its_explanation(name, kind):
    """All rows take part, and the fewest integers, each of which matters; bounds do not."""
    lp = program(name, *STEPS[kind])
    lp.solve("minimize")
    why = lp.explain()
    assert why.kind == "infeasible" and why.is_irreducible
    assert {member.of.name for member in why.conflict if member.side != "integer"} <= {c.name for c in lp.constraints}
    assert {member.of for member in why.conflict} >= set(lp.constraints)
    assert sum(member.side == "integer" for member in why.conflict) >= 1


def test_the_message_is_the_proof():
    """The equations, how often each is taken, and the right-hand side that results."""
    lp = program("glpk", 3, ["x + y - 2*z == 1", "x - y == 4"])
    solution = lp.solve("minimize")
    assert solution.message == (
        "No integers satisfy the equations: in (1/2) * row0 + (1/2) * row1 the coefficient of every variable is whole, "
        "and the right-hand side 5/2 is not."
    )
    lp = program("glpk", 2, ["7*x + 3*y >= 1.1", "7*x + 3*y <= 1.9"], lb=-inf)
    message = "The constraints leave no whole number for 7 x + 3 y, which is one where the variables are integers."
    assert lp.solve("minimize").message == message


# ---- programs with an optimum that branch and bound does not prove
@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("integer", [False, True])
def test_an_optimum_above_what_the_relaxation_gives(name, integer):
    """The least t >= |2 x - 2 y - 1| is 1, while 2 x - 2 y = 1 would make it 0."""
    lp = LinearProgram(solver=name)
    x, y = lp.IntVar("x", lb=0), lp.IntVar("y", lb=0)
    t = (lp.IntVar if integer else lp.Var)("t")
    lp.add_constraint(t >= 2 * x - 2 * y - 1)
    lp.add_constraint(t >= 1 - 2 * x + 2 * y)
    lp.objective = t
    assert lp.minimize() == 1
    assert lp.verify().ok and isinstance(x.value, int)


@pytest.mark.parametrize("name", ENGINES)
def test_continuous_variables_beside(name):
    """2 x - 2 y + t = 1 needs t of 1, for all integers."""
    lp = LinearProgram(solver=name)
    x, y, t = lp.IntVar("x"), lp.IntVar("y"), lp.Var("t", lb=0, ub=0.9)
    lp.add_constraint(2 * x - 2 * y + t == 1)
    assert lp.solve("minimize").status is Status.INFEASIBLE
    t.ub = 1
    lp.objective = t
    assert lp.minimize() == 1


# ---- random programs
def drawn(r: random.Random, name: str) -> LinearProgram:
    """Two or three integers and at most one continuous variable, far from bounds."""
    lp = LinearProgram(trace=False, solver=name)
    count = r.randint(2, 3)
    for k in range(count):
        lp.IntVar(f"x{k}", lb=r.choice([0, 0, -inf, -3]), ub=r.choice([inf, inf, inf, 5]))
    if r.random() < 0.4:
        lp.Var("t", lb=0, ub=r.choice([inf, 1, 0.4]))
    variables = lp.variables
    for _ in range(r.randint(1, 3)):
        chosen = r.sample(variables, r.randint(2, len(variables)))
        e = sum(r.choice([-7, -5, -4, -3, -2, 2, 3, 4, 5, 7, 1.5]) * x for x in chosen)
        low, width = r.choice([0.1, 0.5, 1, 2, 3, -1]), r.choice([0, 0, 0.3, 0.8, 2, inf])
        lp.add_constraint(e == low if width == 0 else (low, e, low + width))
    lp.objective = sum(r.randint(-2, 4) * x for x in variables)
    return lp


def best_nearby(lp: LinearProgram, sense: int, size: int) -> tuple[bool, Fraction]:
    """Is there a point with all integers below a size, and the best objective: each point is tried."""
    form = lp.compile("minimize")
    integers = [j for j in range(form.columns) if form.integer[j]]
    rest = [j for j in range(form.columns) if not form.integer[j]]
    read = [
        (list(zip(*form.row(i))), Fraction(repr(form.row_lower[i])) if form.row_lower[i] > -inf else None,
         Fraction(repr(form.row_upper[i])) if form.row_upper[i] < inf else None)
        for i in range(form.rows)
    ]  # fmt: skip
    grids = [range(int(max(-size, form.column_lower[j])), int(min(size, form.column_upper[j])) + 1) for j in integers]
    best = None
    for point in product(*grids):
        values = dict(zip(integers, point))
        low: list[Fraction] = [Fraction(repr(form.column_lower[j])) for j in rest]
        high = [Fraction(repr(form.column_upper[j])) for j in rest if form.column_upper[j] < inf]
        holds = True
        for terms, lower, upper in read:
            fixed = sum((Fraction(repr(a)) * values[j] for j, a in terms if j in values), Fraction(0))
            factor = next((Fraction(repr(a)) for j, a in terms if j not in values), None)
            if factor is None:
                holds = (lower is None or lower <= fixed) and (upper is None or fixed <= upper)
            else:
                ends = [None if end is None else (end - fixed) / factor for end in (lower, upper)]
                below, above = ends if factor > 0 else reversed(ends)
                low += [] if below is None else [below]
                high += [] if above is None else [above]
            if not holds:
                break
        if not holds or (rest and high and max(low) > min(high)):
            continue
        cost = sum((Fraction(form.cost[j]) * x for j, x in values.items()), Fraction(0))
        for j in rest:
            share = sense * Fraction(form.cost[j])
            if share < 0 and not high:
                return True, Fraction(-sense * 10**9)
            cost += Fraction(form.cost[j]) * (max(low) if share >= 0 else min(high))
        best = cost if best is None or sense * cost < sense * best else best
    return best is not None, best or Fraction(0)


@pytest.mark.parametrize("name", ENGINES)
def test_random_programs_end(name):
    """Each has an answer, and no point nearby contradicts it; an optimum holds, and an unbounded one has a ray."""
    r = random.Random(31)
    seen = {}
    for _ in range(120):
        lp = drawn(r, name)
        solution = lp.solve("minimize")
        status = solution.status
        seen[status] = seen.get(status, 0) + 1
        there, best = best_nearby(lp, 1, 6)
        assert status is not Status.INFEASIBLE or not there
        if status is Status.UNBOUNDED:
            ray = lp.unbounded_ray()
            assert ray.is_exact and ray.slope < 0
        elif status is Status.OPTIMAL:
            assert lp.verify().ok
            assert not there or solution.objective <= best + Fraction(1, 10**9)
        else:
            assert status is Status.INFEASIBLE
    assert min(seen[status] for status in (Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED)) >= 8


def test_random_equations():
    """Multipliers that prove it are whole by the coefficients and not by the right-hand sides; none for a point."""
    r = random.Random(5)
    proofs = 0
    for _ in range(400):
        lp = LinearProgram(trace=False)
        xs = [lp.IntVar(lb=0) if r.random() < 0.85 else lp.Var() for _ in range(r.randint(2, 5))]
        if r.random() < 0.2:
            xs[0].fix(r.randint(0, 3))
        point = [r.randint(0, 5) for _ in xs]
        point[0] = int(xs[0].lb) if xs[0].lb == xs[0].ub else point[0]
        is_planted = r.random() < 0.4
        for _ in range(r.randint(1, 4)):
            terms = {j: r.choice([-6, -4, -3, -2, 1, 2, 3, 4, 6, 0.5]) for j in r.sample(range(len(xs)), 2)}
            right = sum(a * point[j] for j, a in terms.items()) if is_planted else r.randint(-6, 6)
            lp.add_constraint(sum(a * xs[j] for j, a in terms.items()) == right, row=True)
        form = lp.compile("minimize")
        proof = contradictory_equations(form)
        assert proof is None or not is_planted
        if proof is None:
            continue
        proofs += 1
        side, sums = Fraction(0), {}
        for i, multiplier in proof.multipliers.items():
            side += multiplier * Fraction(form.row_lower[i])
            for j, a in zip(*form.row(i)):
                sums[j] = sums.get(j, 0) + multiplier * Fraction(a)
        for j, a in sums.items():
            if form.column_lower[j] == form.column_upper[j]:
                side -= a * Fraction(form.column_lower[j])
            else:
                assert a.denominator == 1 if form.integer[j] else a == 0
        assert side == proof.side and side.denominator != 1
    assert proofs > 100


@pytest.mark.parametrize("solver", ENGINES)
def test_a_point_and_a_direction_are_unbounded(solver):
    """Each row holds at a point of integers, far from 0, and along a direction in which the objective falls."""
    r = random.Random(15)
    for _ in range(60):
        lp = LinearProgram(solver=solver)
        bases = [r.choice([0, 5, 10**6, -(10**9)]) for _ in range(r.randint(1, 2))]
        xs = [lp.IntVar(lb=base - 0.25, ub=base + 4) for base in bases] + [lp.Var(lb=-2), lp.Var(), lp.Var(ub=1e4)]
        point = [base + r.randint(0, 4) for base in bases] + [r.randint(-2, 9), r.randint(-9, 9), r.randint(-9, 9)]
        step = [0 for _ in bases] + [r.randint(1, 3), r.randint(-3, 3), -r.randint(0, 2)]
        for _ in range(r.randint(1, 4)):
            terms = [r.choice([0, 1, -3, 1e-7, 1e6, 0.01, 1 / 3]) * r.choice([1, 1000]) for _ in xs]
            side = float(sum(Fraction(a) * p for a, p in zip(terms, point)))
            rate = sum(Fraction(a) * d for a, d in zip(terms, step))
            e = sum(a * x for a, x in zip(terms, xs))
            lp.add_constraint(e == side if not rate else e <= side if rate < 0 else e >= side)
        lp.objective = sum(r.uniform(-1, 1) * x for x in xs[: len(bases)]) - 10 * sum(d * x for d, x in zip(step, xs))
        assert lp.solve("minimize").status is Status.UNBOUNDED, str(lp)


def test_rounded_sides_prove_nothing():
    """17470286328.325047 is rounded in its last digits: equations that hold for some integers are no contradiction."""
    r = random.Random(8)
    for _ in range(300):
        lp = LinearProgram(trace=False)
        xs = [lp.IntVar(lb=0), lp.IntVar(lb=0), lp.Var(), lp.Var()]
        point = [r.randint(0, 10**9), r.randint(0, 10**9), round(r.uniform(0, 1e9), 2), 1e9 * r.random()]
        for _ in range(6):
            terms = {j: r.choice([1, -3, 0.01, 100, 7, 1 / 3]) for j in r.sample(range(4), r.randint(2, 4))}
            right = float(sum(Fraction(a) * Fraction(point[j]) for j, a in terms.items()))
            lp.add_constraint(sum(a * xs[j] for j, a in terms.items()) == right)
        form = lp.compile("minimize")
        assert contradictory_equations(form) is None and no_integer_solution(form) is None


def test_ranges_of_one_row():
    """A row is refused exactly where no multiple of its divisor is within its bounds."""
    r = random.Random(6)
    refused = 0
    for _ in range(300):
        lp = LinearProgram(trace=False)
        x, y = lp.IntVar(), lp.IntVar()
        unit = r.choice([1, 2, 3, 0.5, 0.1, 12])
        a, b = r.choice([1, 2, 3, 4]), r.choice([1, 2, 4, 6])
        tenths = r.randint(-30, 30)
        low, high = tenths / 10, (tenths + r.randint(0, 40)) / 10
        lp.add_constraint((low, round(unit * a, 1) * x - round(unit * b, 1) * y, high))
        form = lp.compile("minimize")
        divisor = Fraction(repr(float(unit))) * next(d for d in (4, 3, 2, 1) if a % d == 0 and b % d == 0)
        ends = Fraction(repr(form.row_lower[0])), Fraction(repr(form.row_upper[0]))
        is_out = ceil(ends[0] / divisor) > floor(ends[1] / divisor)
        assert (no_integer_solution(form) is not None) == is_out
        refused += is_out
    assert 30 < refused < 270


# ---- its own limits
def test_where_it_has_no_say():
    """Integers with near bounds, programs that are not small, callbacks, and a solve that is to end."""
    rows = ["7*x + 3*y >= 1.1", "7*x + 3*y <= 1.9"]
    options = Options()
    assert lattice_answer(program("glpk", 2, rows, ub=1000).compile("minimize"), Clock(options)) is None
    form = program("glpk", 2, rows).compile("minimize")
    assert lattice_answer(form, Clock(options)).status is Status.INFEASIBLE
    assert lattice_answer(form, Clock(Options(callback=print))) is None
    token = CancelToken()
    token.cancel()
    assert lattice_answer(form, Clock(options, token)) is None
    lp = program("glpk", 2, rows)
    lp.Vars(500)
    assert lattice_answer(lp.compile("minimize"), Clock(options)) is None


@pytest.mark.parametrize("name", ENGINES)
def test_limits_of_the_solve_are_kept(name):
    """A node limit comes first where it is lower; the bound and the status are those of the search."""
    lp = program(name, 2, ["7*x + 3*y >= 1.1", "7*x + 3*y <= 1.9"], lb=-inf)
    assert lp.solve("minimize", node_limit=1).status in (Status.NODE_LIMIT, Status.INFEASIBLE)
    assert lp.solve("minimize", time_limit=0).status is Status.TIME_LIMIT

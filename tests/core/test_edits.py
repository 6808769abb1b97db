"""Small edits that a user makes: fix and unfix, bounds in one step, rows that columns fill; what expressions tell."""

from __future__ import annotations

import copy
import io
import pickle
import random
from math import inf, isclose

import pytest

from pplp import (
    ExpressionError,
    ForeignObject,
    Infeasible,
    InvalidValue,
    LinearProgram,
    RemovedObject,
    Scenario,
    dot,
)
from tests.support.engines import ENGINES


@pytest.fixture(params=ENGINES)
def lp(request):
    """An empty program of each solver."""
    return LinearProgram(solver=request.param)


@pytest.fixture
def boxed(lp):
    """maximize x + 2 y, x + y <= 8, both in [0, 5]: 13 at (3, 5)."""
    x, y = lp.Var("x", lb=0, ub=5), lp.Var("y", lb=0, ub=5)
    row = lp.add_constraint(x + y <= 8, "row")
    lp.objective = x + 2 * y
    assert lp.maximize() == 13
    return lp, x, y, row


# ---- fix and unfix
def test_fix_holds_and_unfix_gives_back(boxed):
    """In the live engine, at values inside and outside of the own bounds."""
    lp, x, _y, _ = boxed
    for value, best in ((1, 11), (4, 12), (0, 10), (7, 9), (-2, 8)):
        x.fix(value)
        assert (lp.maximize(), x.value, x.bounds, x.is_fixed) == (best, value, (value, value), True)
    x.unfix()
    assert (lp.maximize(), x.bounds, x.is_fixed) == (13, (0, 5), False)
    x.unfix()
    assert (lp.maximize(), x.bounds) == (13, (0, 5))


def test_a_fixed_variable_refuses_one_bound_alone(boxed):
    """Nobody can tell whether it should end the fix; both together do."""
    _, x, _, _ = boxed
    x.fix(3)
    for side in ("lb", "ub"):
        with pytest.raises(InvalidValue, match=r"x is fixed at 3.*x\.unfix\(\).*x\.bounds"):
            setattr(x, side, 4)
    assert x.bounds == (3, 3)
    x.bounds = 1, 4
    assert (x.is_fixed, x.bounds) == (False, (1, 4))
    x.unfix()
    assert x.bounds == (1, 4)


@pytest.mark.parametrize(
    "make", [LinearProgram.copy, copy.deepcopy, LinearProgram.relaxed, lambda lp: pickle.loads(pickle.dumps(lp))]
)
def test_copies_keep_the_fix(boxed, make):
    """And what to go back to; they do not share it."""
    lp, x, _y, _ = boxed
    x.fix(1)
    twin = make(lp)
    assert (twin[x].is_fixed, twin.maximize()) == (True, 11)
    twin[x].unfix()
    assert (twin.maximize(), lp.maximize(), x.is_fixed) == (13, 11, True)


def test_fixed_copy_can_be_unfixed():
    """`lp.fixed()` fixes by the same means."""
    lp = LinearProgram()
    n, x = lp.IntVar("n", lb=0, ub=6), lp.Var("x", lb=0)
    lp.add_constraint(2 * n + 4 * x <= 9)
    lp.objective = 3 * n + 2 * x
    lp.maximize()
    plan = lp.fixed()
    assert (plan.maximize(), plan[n].is_fixed) == (12.5, True)
    plan[n].unfix()
    assert (plan.maximize(), plan[n].bounds) == (13.5, (0, 6))


def test_an_integer_is_fixed_at_whole_numbers(lp):
    """Also at what a solver calls one."""
    n = lp.IntVar("n", lb=0, ub=9)
    lp.objective = n
    with pytest.raises(InvalidValue, match=r"n is an integer variable and cannot be fixed at 2\.5"):
        n.fix(2.5)
    assert not n.is_fixed
    n.fix(3 + 1e-12)
    assert (lp.maximize(), n.value, n.lb) == (3, 3, 3)
    n.unfix()
    n.fix(4)
    n.integer = False
    n.fix(2.5)
    assert lp.maximize() == 2.5


def test_constraints_hold_beside_a_fix(boxed):
    """A bound by a constraint, and a row, say so in the error."""
    lp, x, y, _ = boxed
    least = lp.add_constraint(x <= 2, "least")
    x.fix(4)
    with pytest.raises(Infeasible, match=r"least: x <= 2"):
        lp.maximize()
    lp.remove(least)
    assert lp.maximize() == 12
    y.fix(5)
    with pytest.raises(Infeasible, match=r"row: x \+ y <= 8"):
        lp.maximize()


def test_a_removed_or_foreign_variable_is_not_fixed(boxed):
    """All of an array, or none."""
    lp, x, y, _ = boxed
    lp.remove(y)
    for edit in (lambda: y.fix(1), y.unfix, lambda: y.is_fixed, lambda: setattr(y, "bounds", (0, 1))):
        with pytest.raises(RemovedObject):
            edit()
    with pytest.raises(InvalidValue):
        x.fix(inf)
    assert x.bounds == (0, 5)


def test_one_value_for_an_array_needs_no_numpy(lp):
    """Nor do unfix, remove and keys of start=."""
    x = lp.Vars(3, "x", lb=0, ub=2, integer=True)
    x.cost = 1
    x.fix(5)
    assert lp.maximize() == 15
    x[:2].unfix()
    x[0].ub = 1
    x[:2].bounds = 0, 4
    assert (lp.maximize(start={x[:2]: 3}), x[2].is_fixed) == (13, True)
    lp.remove(x[1:])
    assert lp.maximize() == 4
    with pytest.raises(InvalidValue, match="NaN"):
        x[:1].fix(float("nan"))


@pytest.mark.parametrize("place", [1, 2, 3])
def test_an_interrupt_takes_an_edit_of_an_array_back(lp, place):
    """Wherever it comes, the engine and the program say the same."""

    class Interrupted(list):
        """It cannot be written at one place, once."""

        done = False

        def __setitem__(self, j, value):
            if j == place and not self.done:
                self.done = True
                raise KeyboardInterrupt
            super().__setitem__(j, value)

    x = lp.Vars(4, "x", lb=0, ub=3)
    x.cost = 1
    edits = [lambda: x.fix(1), lambda: setattr(x, "bounds", (0, 2)), lambda: setattr(x, "ub", 1)]
    for edit in edits:
        assert lp.maximize() == 12
        lp._columns.upper = Interrupted(lp._columns.upper)
        with pytest.raises(KeyboardInterrupt):
            edit()
        lp._columns.upper = list(lp._columns.upper)
        assert (lp.maximize(), lp.copy().maximize()) == (12, 12)
        x.unfix()


# ---- bounds that cross
@pytest.mark.parametrize("options", [{}, {"isolate": True}, {"presolve": True}, {"method": "dual"}])
def test_both_bounds_in_either_order(lp, options):
    """Up and down, of a variable, a bound, and the sides of a row."""
    x, y = lp.Var("x", lb=0, ub=100), lp.Var("y", lb=0, ub=100)
    row = lp.add_constraint(x + y >= 1)
    lp.objective = x + y
    for value in (5, 7, 3, 50):
        x.lb = x.ub = value
        assert lp.solve("minimize", **options).objective == value
        x.ub = x.lb = value + 1
        assert lp.solve("minimize", **options).objective == value + 1
    x.bounds = 0, inf
    for value in (60, 80, 40):
        row.lb = row.ub = value
        assert lp.solve("minimize", **options).objective == value
        row.ub = row.lb = value - 3
        assert lp.solve("minimize", **options).objective == value - 3
        row.rhs = value + 2
        assert lp.solve("minimize", **options).objective == value + 2
    bound = lp.add_constraint(2 * x <= 4)
    for value in (20, 6, 8):
        bound.lb = bound.ub = value
        assert lp.solve("maximize", **options)[x] == value / 2


def readers(lp):
    """All that reads a program as a whole."""
    yield from (lp.minimize, lp.maximize, lp.solve, lp.compile, lp.lint, lp.explain, lp.infeasibility_certificate)
    yield lambda: lp.solve(isolate=True)
    yield lambda: lp.minimize([lp.variables[0]])
    yield lambda: lp.scenarios([Scenario()], workers=1)
    yield lambda: lp.write(io.StringIO(), "mps")
    yield lambda: lp.write(io.StringIO(), "lp")
    yield lambda: lp.report(io.StringIO())
    yield lambda: lp.verify({x: 0 for x in lp.variables})
    yield lambda: lp.copy().minimize()
    yield lambda: pickle.loads(pickle.dumps(lp)).minimize()
    yield lambda: lp.relaxed().minimize()


def test_bounds_that_cross_are_told_before_anybody_reads_them(boxed):
    """By name, with both numbers and the remedy; then the answer is as before."""
    lp, x, _y, row = boxed
    x.lb = 7
    words = (
        r"^The lower bound 7 of x is above its upper bound 5\. Set both together \(x\.fix\(7\), x\.bounds = 5, 7\), or "
        r"raise the upper one first\.$"
    )
    for read in readers(lp):
        with pytest.raises(InvalidValue, match=words):
            read()
    assert (x.lb, x.ub) == (7, 5)
    x.lb = 0
    row.lb = 9
    for read in readers(lp):
        with pytest.raises(InvalidValue, match=r"^The lower bound 9 of row is above its upper bound 8\. Set both"):
            read()
    row.lb = -inf
    assert lp.maximize() == 13
    x.lb = 7
    lp.remove(x)
    assert lp.maximize() == 10


def test_conflicts_of_two_statements_are_infeasible_as_ever(boxed):
    """A constraint against a bound is no slip of one assignment."""
    lp, x, _, _ = boxed
    lp.add_constraint(x >= 6)
    with pytest.raises(Infeasible):
        lp.maximize()


def test_a_scenario_sets_bounds_that_cross_none(boxed):
    """What it gives is judged with what stands; then everything is as it was, a fix too."""
    lp, x, _y, row = boxed
    both = Scenario(lb={x: 6}, ub={x: 6})
    assert [s.objective for s in lp.scenarios([both, Scenario(), Scenario(rhs={row: 6})], "maximize", workers=1)] == [
        10,
        13,
        11,
    ]
    with pytest.raises(InvalidValue, match="lower bound 6 of x is above its upper bound 5"):
        lp.scenarios([Scenario(lb={x: 6})], workers=1)
    x.fix(1)
    with pytest.raises(InvalidValue, match="x is fixed at 1"):
        lp.scenarios([Scenario(lb={x: 0})], workers=1)
    assert [s.objective for s in lp.scenarios([both, Scenario(), both], "maximize", workers=1)] == [10, 11, 10]


def test_crossed_bounds_are_no_source_of_a_big_m(lp):
    """What was derived between two assignments is checked with all others."""
    x, b = lp.Var("x", lb=0, ub=5), lp.BoolVar("b")
    x.lb = 7
    lp.add_constraint(b >> (x <= 3))
    x.ub = 9
    with pytest.raises(InvalidValue, match="upper bound of x is now 9"):
        lp.solve()


# ---- rows of one variable, and of none
def test_a_bound_becomes_a_row_and_keeps_its_handle(lp):
    """Dual, slack, value, name, rhs, origin, basis, ranges, copies, pickles, removal; solutions from before."""
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    need, cap = lp.add_constraint(4 * x >= 38, "need"), lp.add_constraint(y <= 3)
    both = lp.add_constraint(x + y >= 1)
    lp.objective = 2 * x + 3 * y
    assert (lp.minimize(), need.dual, need.slack) == (19, 0.5, 0)
    before, twin, origin = lp.solution, lp.copy(), need.origin
    need.set_coefficient(y, 8)
    # min 2 x + 3 y, 4 x + 8 y >= 38, y <= 3: y = 3, x = 3.5
    assert (lp.minimize(), x.value, y.value) == (16, 3.5, 3)
    assert (need.dual, need.value, need.slack, need.rhs, need.name) == (0.5, 38, 0, 38, "need")
    assert (cap.dual, both.dual, need.origin, repr(need)) == (-1, 0, origin, "need: 4 x + 8 y >= 38")
    assert (need.terms, need.coefficient(y)) == (((x, 4.0), (y, 8.0)), 8)
    assert (lp.basis[need], lp.basis[both]) == ("lower", "basic")
    ranges = lp.sensitivity()[need]
    assert (ranges.name, ranges.dual, ranges.rhs.lower) == ("need", 0.5, 24)
    assert (before.dual(need), before[x]) == (0.5, 9.5)
    assert lp.constraints == [both, need, cap]
    assert twin[need].expression.terms == ((twin[x], 4.0),)
    assert twin.minimize() == 19
    again, same, old = pickle.loads(pickle.dumps((lp, need, x)))
    assert (again.minimize(), same.dual, same == again[need], hash(same) == hash(again[need])) == (16, 0.5, True, True)
    need.rhs = 30
    assert lp.minimize() == 12
    other = lp.copy()
    other.remove(other[need])
    assert (other.minimize(), lp.minimize()) == (2, 12)
    x.ub = 0
    with pytest.raises(Infeasible, match=r"need: 4 x \+ 8 y >= 30"):
        lp.minimize()
    lp.remove(need)
    with pytest.raises(RemovedObject):
        _ = need.rhs
    assert lp.add_constraint(x + y <= 9, "need").name == "need"
    assert old.name == "x"


def test_a_warm_basis_goes_over_the_new_row(lp):
    """The letters have one for each row, also for one that was a bound."""
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    need = lp.add_constraint(x >= 3)
    lp.add_constraint(x + y >= 5)
    lp.objective = 2 * x + y
    assert lp.minimize() == 8
    basis = lp.basis
    need.set_coefficient(y, 1)
    lp.basis = basis
    assert lp.minimize() == 5
    assert len(lp.basis.rows) == 2
    with pytest.raises(InvalidValue, match="not a row"):
        lp.basis[lp.add_constraint(x <= 9)]


@pytest.mark.parametrize("row", [False, True])
def test_a_row_of_nothing_is_filled_by_columns(lp, row):
    """As a triple, or as 0 * z."""
    z = lp.Var("z", lb=0)
    empty, zero = lp.add_constraint((-inf, 0, 10), row=row), lp.add_constraint(0 * z <= 6, "zero", row=row)
    lp.objective = z
    z.ub = 99
    assert lp.maximize() == 99
    empty.set_coefficient(z, 2)
    assert (lp.maximize(), empty.dual, repr(empty)) == (5, 0.5, "2 z <= 10")
    w = lp.Var("w", lb=0, cost=1, column={empty: 1, zero: 3})
    assert (lp.maximize(), w.value, z.value, empty.dual, zero.dual) == (6, 2, 4, 0.5, pytest.approx(1 / 6))
    with pytest.raises(InvalidValue, match="given as True"):
        lp.add_constraint(sum([]) <= 5).set_coefficient(z, 1)


def test_a_row_that_does_not_hold_yet(lp):
    """With row=True: infeasible until columns come."""
    demand = lp.add_constraint((4, 0, inf), "demand", row=True)
    with pytest.raises(InvalidValue, match="can never hold"):
        lp.add_constraint((4, 0, inf))
    with pytest.raises(Infeasible, match="demand"):
        lp.minimize()
    x = lp.Var("x", lb=0, cost=3, column={demand: 2})
    assert (lp.minimize(), x.value, demand.dual) == (6, 2, 1.5)


def test_a_column_is_all_or_nothing(boxed):
    """A wrong entry leaves no variable, no coefficient, and bounds as bounds."""
    lp, x, y, row = boxed
    bound, gone = lp.add_constraint(x <= 4), lp.add_constraint(x + y <= 99)
    lp.remove(gone)
    best, before, text = lp.maximize(), lp.compile(), str(lp)
    theirs = LinearProgram()
    foreign = theirs.add_constraint(theirs.Var() <= 3)
    wrong = [
        ({bound: 1, gone: 1}, RemovedObject),
        ({bound: 1, foreign: 1}, ForeignObject),
        ({bound: 1, row: inf}, InvalidValue),
        ({bound: 1, x: 1}, ExpressionError),
        ({bound: 1, lp.add_constraint(True): 1}, InvalidValue),
        ([(bound, 1)], ExpressionError),
    ]
    text = str(lp)
    for column, kind in wrong:
        for make in (lp.Var, lp.IntVar, lp.BoolVar):
            with pytest.raises(kind):
                make("new", column=column, cost=1)
            with pytest.raises(InvalidValue):
                make("x", column={bound: 1})
    assert (lp.compile(), str(lp), lp.maximize()) == (before, text, best)
    n = lp.IntVar("new", lb=0, ub=2, column={bound: 1, row: 0}, cost=4)
    b = lp.BoolVar(column={row: 1}, cost=0.5)
    assert (n.integer, b.ub, row.coefficient(n), bound.terms) == (True, 1, 0, ((x, 1.0), (n, 1.0)))
    assert (lp.maximize(), n.value, b.value) == (20.5, 2, 1)


def cutting_stock(solver, begin, columns):
    """The optimum by column generation, from one pattern for each width."""
    roll, widths, ordered = 10, [3, 4, 5], [30, 20, 10]
    master, pricing = LinearProgram(solver=solver), LinearProgram(solver=solver)
    rows = begin(master, [roll // width for width in widths], ordered)
    cut = [pricing.IntVar(lb=0) for _ in widths]
    pricing.add_constraint(dot(widths, cut) <= roll)
    while True:
        needed = master.minimize()
        pricing.objective = dot([row.dual for row in rows], cut)
        if pricing.maximize() <= 1 + 1e-9:
            return needed
        counts = {row: count.value for row, count in zip(rows, cut)}
        if columns:
            master.Var(lb=0, cost=1, column=counts)
        else:
            new = master.Var(lb=0)
            new.cost = 1
            for row, count in counts.items():
                row.set_coefficient(new, count)


def from_bounds(master, counts, ordered):
    rolls = [master.Var(lb=0, cost=1) for _ in counts]
    return [master.add_constraint(a * x >= b) for a, x, b in zip(counts, rolls, ordered)]


def from_rows(master, counts, ordered):
    rolls = [master.Var(lb=0, cost=1) for _ in counts]
    return [master.add_constraint(a * x >= b, row=True) for a, x, b in zip(counts, rolls, ordered)]


def from_nothing(master, counts, ordered):
    rows = [master.add_constraint((b, 0, inf), row=True) for b in ordered]
    for a, row in zip(counts, rows):
        master.Var(lb=0, cost=1, column={row: a})
    return rows


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("begin", [from_bounds, from_rows, from_nothing])
def test_column_generation_begins_with_one_pattern_for_each_width(solver, begin, columns):
    """22.5 rolls: 30 of 3 and 20 of 4 take 3*30 + 4*20 + 5*10 = 220 at least; the patterns waste 5 of it."""
    assert cutting_stock(solver, begin, columns) == 22.5


@pytest.mark.parametrize("method", ["auto", "primal", "dual", "primal-dual", "interior"])
@pytest.mark.parametrize("presolve", [True, False])
def test_rows_of_one_variable_are_solved_exactly(lp, method, presolve):
    """By hand: GLPK's own presolver drops such a row where its bound is within 1e-3 of the column's."""
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0, ub=1)
    least = lp.add_constraint(x >= 0.0009, row=True)
    most = lp.add_constraint(2 * y <= 1.9994, row=True)
    lp.objective = x - y
    solution = lp.solve("minimize", method=method, presolve=presolve)
    assert solution.objective == pytest.approx(0.0009 - 0.9997, abs=1e-9)
    assert (solution.dual(least), solution.dual(most)) == (pytest.approx(1), pytest.approx(-0.5))
    lp.objective = y - x
    most.bounds = 1.00001, 3
    y.bounds = 0, 0.5
    assert lp.solve("minimize", method=method, presolve=presolve).status.value == "infeasible"


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("solver", ENGINES)
def test_rows_and_bounds_say_the_same(seed, solver):
    """Random programs whose constraints of one variable are rows, bounds, or bounds that became rows."""
    r = random.Random(seed)
    n, senses = r.randrange(1, 6), ["minimize", "maximize"]
    programs = [LinearProgram(solver=solver) for _ in range(3)]
    sides = [(r.randrange(-3, 1), r.randrange(1, 6)) for _ in range(n)]
    costs = [r.randrange(-4, 5) for _ in range(n)]
    single = [(r.randrange(n), r.choice([-2, 1, 3]), r.randrange(-4, 7), r.choice("<>=")) for _ in range(4)]
    rows = [([r.randrange(-2, 4) for _ in range(n)], r.randrange(2, 9)) for _ in range(3)]
    made = []
    for k, lp in enumerate(programs):
        xs = [lp.Var(lb=low, ub=high) for low, high in sides]
        lp.objective = dot(costs, xs)
        for factors, b in rows:
            lp.add_constraint((-inf, dot(factors, xs) + 0 * xs[0], b))
        spare = lp.Var(lb=0, ub=0)
        made.append([])
        for j, a, b, sense in single:
            relation = {"<": a * xs[j] <= b, ">": a * xs[j] >= b - 9, "=": a * xs[j] <= b + 0.0005}[sense]
            row = lp.add_constraint(relation, row=k == 0)
            if k == 2:
                row.set_coefficient(spare, 1)
                row.set_coefficient(spare, 0)
            made[-1].append(row)
    for presolve in (False, True):
        for method in ("primal", "dual", "auto"):
            for sense in senses:
                found = [lp.solve(sense, method=method, presolve=presolve) for lp in programs]
                assert len({solution.status for solution in found}) == 1
                if found[0].has_solution:
                    assert isclose(found[0].objective, found[1].objective, rel_tol=1e-7, abs_tol=1e-7)
                    assert isclose(found[0].objective, found[2].objective, rel_tol=1e-7, abs_tol=1e-7)
                    for lp in programs:
                        assert lp.verify().ok, lp.verify()


# ---- what expressions tell
def test_terms_constant_and_coefficients():
    """Merged, in the order of appearance; of all kinds of expression, and of rows."""
    lp = LinearProgram()
    x, y, z = lp.Var("x"), lp.Var("y"), lp.Var("z")
    e = z + 2 * y - z + 3 * x + y + 4
    assert (e.terms, e.constant) == (((y, 3.0), (x, 3.0)), 4.0)
    assert [e.coefficient(v) for v in (x, y, z)] == [3, 3, 0]
    for one, terms in ((x, ((x, 1.0),)), (5 * x, ((x, 5.0),)), (x + y, ((x, 1.0), (y, 1.0))), (0 * x, ())):
        assert (one.terms, one.constant) == (terms, 0.0)
    row = lp.add_constraint(2 * x + y + 1 <= 9)
    assert (row.terms, row.coefficient(z), row.constant) == (((x, 2.0), (y, 1.0)), 0, 0)
    with pytest.raises(ForeignObject):
        e.coefficient(LinearProgram().Var())
    with pytest.raises(ExpressionError):
        e.coefficient("x")
    lp.remove(z)
    with pytest.raises(RemovedObject):
        e.coefficient(z)


def test_round_and_formats(lp):
    """Of values; text without a format."""
    x, n = lp.Var("x", lb=0, ub=3.7), lp.IntVar("n", lb=0, ub=3)
    lp.objective = x + n
    lp.maximize()
    assert (round(x), round(x, 1), round(n), round(x + n, 1), type(round(x))) == (4, 3.7, 3, 6.7, int)
    assert (f"{x:.2f}", f"{n:3d}", f"{2 * x + n:.1f}", f"{x}", f"{x + n}") == ("3.70", "  3", "10.4", "x", "x + n")
    with pytest.raises(InvalidValue, match="format 'q'"):
        format(x, "q")


def test_unnamed_rows_step_aside(lp):
    """Of a user's R0, B0 and C0, in tables and messages too."""
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    first, second = lp.add_constraint(x + y <= 1), lp.add_constraint(x - y <= 2, "R0")
    third, fourth = lp.add_constraint(x <= 2), lp.add_constraint(y <= 2, "B0")
    assert [c.name for c in (first, second, third, fourth)] == ["R0_", "R0", "B0_", "B0"]
    lp.objective = x
    lp.maximize()
    pytest.importorskip("pandas")
    assert lp.solution.to_pandas("constraints").index.tolist() == ["R0_", "R0", "B0_", "B0"]
    table = io.StringIO()
    lp.solution.write(table, "csv")
    assert [line.split(",")[1] for line in table.getvalue().splitlines() if line.startswith("row")] == ["R0_", "R0"]
    first.bounds = 5, 9
    with pytest.raises(Infeasible) as caught:
        lp.maximize()
    assert "R0:" not in str(caught.value)

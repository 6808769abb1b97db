"""Callbacks of branch and cut, and starts: what they see, what they may do, and what comes of it."""

from __future__ import annotations

import importlib.util
import pickle
import random
import signal
import threading
from math import hypot
from pathlib import Path

import pytest

from pplp import (
    CallbackError,
    ExpressionError,
    ForeignObject,
    InvalidValue,
    LimitReached,
    LinearProgram,
    NoSolution,
    OptionError,
    RemovedObject,
    Status,
)
from pplp.core.constraints import read_relation
from pplp.core.expressions import sum_from
from tests.support.engines import ENGINES

EXAMPLE = Path(__file__).parents[2] / "examples" / "traveling_salesman.py"


def knapsacks(n=30, rows=3, seed=5):
    """Several knapsacks with odd weights: their relaxation is far from integer."""
    r = random.Random(seed)
    lp = LinearProgram()
    xs = lp.Vars(n, lb=0, ub=1, integer=True)
    for _ in range(rows):
        weights = [r.randrange(20, 99) for _ in range(n)]
        lp.add_constraint(sum(w * x for w, x in zip(weights, xs)) <= sum(weights) // 2)
    lp.objective = sum(r.randrange(20, 99) * x for x in xs)
    return lp, list(xs)


# ---- lazy constraints
def random_row(r, xs):
    e = sum(r.choice([-3, -2, -1, 1, 2, 3, 0.5]) * x for x in r.sample(xs, r.randrange(1, len(xs) + 1)))
    b = r.randrange(-4, 13)
    return r.choice([lambda: e <= b, lambda: e >= b - 8, lambda: e.between(b - 3, b)])()


def added_to_a_copy(lp, relations):
    """The program with the relations as constraints."""
    full = lp.copy()
    for relation in relations:
        e, lower, upper = read_relation(lp, relation)
        full.add_constraint((lower, sum_from(full, *e._parts()), upper))
    return full


def compare_late_with_written(seed, events):
    """One random program with rows left out and added late, points submitted and branches chosen at random."""
    r = random.Random(seed)
    lp = LinearProgram()
    n = r.randrange(2, 7)
    xs = [
        lp.IntVar(lb=r.choice([0, -3]), ub=r.choice([1, 4, 6])) if k == 0 or r.random() < 0.8 else lp.Var(lb=0, ub=5)
        for k in range(n)
    ]
    lp.objective = sum(r.randrange(-5, 6) * x for x in xs)
    for _ in range(r.randrange(0, 4)):
        lp.add_constraint(random_row(r, xs))
    lazy = [random_row(r, xs) for _ in range(r.randrange(1, 6))]
    sense = r.choice(["minimize", "maximize"])
    expected = added_to_a_copy(lp, lazy).solve(sense)

    def late(ctx):
        events.add(ctx.event)
        if ctx.event in ("relaxation", "candidate"):
            for relation in lazy:
                e, lower, upper = read_relation(lp, relation)
                off = not lower - 1e-7 <= ctx.value(e) <= upper + 1e-7
                if off and (ctx.event == "candidate" or r.random() < 0.5):
                    ctx.add_lazy(relation)
                    if r.random() < 0.5:
                        break
            if r.random() < 0.3:
                ctx.submit({x: r.randrange(-3, 6) for x in xs if r.random() < 0.8})
        elif ctx.event == "branch" and r.random() < 0.5:
            ctx.branch_on(r.choice(ctx.fractional), r.choice(["up", "down", "auto"]))

    start = {x: r.randrange(-3, 6) for x in xs if r.random() < 0.8} if r.random() < 0.5 else None
    found = lp.solve(sense, callback=late, start=start)

    assert found.status is expected.status, seed
    assert not {id(relation) for relation in found.lazy_constraints} - {id(relation) for relation in lazy}
    if expected.has_solution:
        assert found.objective == pytest.approx(expected.objective), seed
        for relation in lazy:
            e, lower, upper = read_relation(lp, relation)
            assert lower - 1e-5 <= found.value(e) <= upper + 1e-5


def test_lazy_constraints_are_as_good_as_written_ones():
    """Same status, same optimum, and a point that satisfies them."""
    events = set()
    for seed in range(400):
        compare_late_with_written(seed, events)
    assert events == {"relaxation", "candidate", "incumbent", "branch"}


def test_rows_and_gomory_cuts_together(in_child):
    """GLPK aborts when rows are added in the turn for cuts; ours come in another one."""
    script = """
    import random
    for seed in range(150):
        r = random.Random(seed)
        lp = LinearProgram(); xs = [lp.IntVar(lb=0, ub=4) for _ in range(6)]
        for _ in range(3):
            lp.add_constraint(sum(r.randrange(1, 9) * x for x in xs) <= r.randrange(9, 40))
        lp.objective = sum(r.randrange(1, 9) * x for x in xs)
        def f(ctx):
            if ctx.event == "relaxation":
                ctx.add_cut(sum(xs) <= 23)
                ctx.add_lazy(sum(r.randrange(1, 3) * x for x in xs) <= r.randrange(2, 20))
        lp.solve("maximize", callback=f)
    print("alive")
    """
    assert in_child(script).strip() == "alive"


def test_a_submitted_point_must_pass_lazy_constraints(lp):
    """What a callback submits or a start gives is a candidate like any other."""
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)
    lp.add_constraint(2 * x + 2 * y <= 17)
    lp.objective = x + y
    seen = []

    def f(ctx):
        seen.append((ctx.event, ctx.value(x), ctx.value(y)))
        if ctx.event == "candidate" and ctx.value(x) > 2:
            ctx.add_lazy(x <= 2)
        if ctx.event == "relaxation":
            ctx.submit({x: 3, y: 5})
            ctx.submit({x: 2, y: 6})

    # x <= 2 and 2x + 2y <= 17: 8 at best.
    assert lp.maximize(callback=f, start={x: 8, y: 0}) == 8
    assert x.value <= 2
    incumbents = [point for point in seen if point[0] == "incumbent"]
    assert incumbents
    assert all(point[1] <= 2 for point in incumbents)


def test_lazy_constraints_of_one_solve_are_not_of_the_next(lp):
    """They stand in the solution, and the program is as it was."""
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)
    lp.objective = x + 2 * y

    def f(ctx):
        if ctx.event == "candidate":
            ctx.add_lazy(x + y <= 4)

    assert lp.maximize(callback=f) == 8
    assert [str(relation) for relation in lp.solution.lazy_constraints] == ["x + y <= 4"]
    assert len(lp.constraints) == 0
    assert lp.maximize() == 27
    assert lp.solution.lazy_constraints == ()


def test_lazy_constraints_that_leave_nothing(lp):
    """Infeasible through lazy constraints alone."""
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)
    lp.objective = x

    def f(ctx):
        if ctx.event == "candidate":
            ctx.add_lazy(x + y >= 12 if ctx.value(x + y) < 12 else x + y <= 11)

    assert lp.solve("maximize", callback=f).status is Status.INFEASIBLE


def test_an_unbounded_relaxation_is_said(lp):
    """Lazy constraints cannot bound what has no points to look at."""
    x, y = lp.IntVar("x", lb=0), lp.IntVar("y", lb=0)
    lp.objective = x + y
    solution = lp.solve("maximize", callback=lambda ctx: None)
    assert solution.status is Status.INFEASIBLE_OR_UNBOUNDED
    assert "Give the variables bounds" in solution.message


# ---- what a callback sees
def test_what_a_callback_reads():
    """Numbers of the moment: they agree with the point, and end in the solution's."""
    lp, xs = knapsacks()
    lp.IntVar("general", lb=-4, ub=4)
    counts, seconds, incumbents = [], [], []

    def f(ctx):
        assert ctx.program is lp
        point = [ctx.value(x) for x in xs]
        assert ctx.value(lp.objective) == pytest.approx(ctx.objective)
        assert ctx.value(2 * xs[0] + 3 * xs[1] - 1) == pytest.approx(2 * point[0] + 3 * point[1] - 1)
        assert ctx.value(7) == 7
        integral = all(isinstance(value, int) for value in point)
        assert integral is (ctx.event in ("candidate", "incumbent"))
        if ctx.event == "incumbent":
            assert ctx.incumbent == pytest.approx(ctx.objective)
            incumbents.append(ctx.incumbent)
        if ctx.incumbent is not None and ctx.bound is not None:
            assert ctx.bound >= ctx.incumbent - 1e-6
            assert ctx.gap == pytest.approx(abs(ctx.incumbent - ctx.bound) / abs(ctx.incumbent))
        counts.append(ctx.nodes)
        seconds.append(ctx.seconds)

    best = lp.maximize(callback=f)
    assert incumbents == sorted(incumbents)
    assert incumbents[-1] == pytest.approx(best)
    assert counts == sorted(counts)
    assert seconds == sorted(seconds)
    assert lp.copy().maximize() == pytest.approx(best)


def test_removed_variables_have_no_place(lp):
    """Places of the matrix are not indices once a variable is removed; a new variable has no value."""
    gone, x, y = lp.IntVar("gone", lb=0, ub=5), lp.IntVar("x", lb=0, ub=5), lp.IntVar("y", lb=0, ub=5)
    lp.objective = gone + x + 3 * y
    lp.remove(gone)
    new = []

    def f(ctx):
        if ctx.event == "candidate":
            with pytest.raises(RemovedObject):
                ctx.value(gone)
            with pytest.raises(RemovedObject):
                ctx.add_lazy(gone + x <= 1)
            new.append(lp.Var("new"))
            with pytest.raises(RemovedObject, match="new was added after the search began"):
                ctx.value(new[-1])
            lp.remove(new[-1])
            ctx.add_lazy(x + y <= 6)

    # x + 3y with both at most 5 and x + y <= 6: y = 5, x = 1.
    solution = lp.solve("maximize", callback=f)
    assert (solution[x], solution[y], solution.objective) == (1, 5, 16)


# ---- what a callback may not do
def test_calls_at_the_wrong_moment(lp):
    """Each says where it has its place."""
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)
    lp.add_constraint(2 * x + 2 * y <= 17)
    lp.add_constraint(x - y >= -5)
    lp.objective = 3 * x + 2 * y
    kept, other = [], LinearProgram().Var("other")
    wrong = {
        "relaxation": ["fractional", "branch_on"],
        "candidate": ["fractional", "branch_on", "add_cut"],
        "incumbent": ["fractional", "branch_on", "add_cut", "add_lazy", "submit"],
        "branch": ["add_cut", "add_lazy", "submit"],
    }
    seen = set()

    def f(ctx):
        kept.append(ctx)
        seen.add(ctx.event)
        tries = {
            "fractional": lambda: ctx.fractional,
            "branch_on": lambda: ctx.branch_on(x),
            "add_cut": lambda: ctx.add_cut(x + y <= 99),
            "add_lazy": lambda: ctx.add_lazy(x + y <= 99),
            "submit": lambda: ctx.submit({x: 0}),
        }
        for name in wrong[ctx.event]:
            with pytest.raises(CallbackError, match="is not allowed at the event"):
                tries[name]()
        if ctx.event == "branch":
            with pytest.raises(InvalidValue, match="direction"):
                ctx.branch_on(ctx.fractional[0], "sideways")
            with pytest.raises(ExpressionError, match="takes a variable"):
                ctx.branch_on(2 * x)
        if ctx.event == "candidate":
            with pytest.raises(InvalidValue, match="can never hold"):
                ctx.add_lazy(False)
            with pytest.raises(InvalidValue, match="can never hold"):
                ctx.add_lazy(x - x >= 1)
            with pytest.raises(ExpressionError, match="not a constraint"):
                ctx.add_lazy(x)
            with pytest.raises(ForeignObject):
                ctx.add_lazy(other >= 1)
            with pytest.raises(ForeignObject):
                ctx.value(other)
            with pytest.raises(ExpressionError, match="Pass an expression"):
                ctx.value("x")
            ctx.add_lazy(True)
            assert "candidate" in repr(ctx)

    assert lp.maximize(callback=f) == 24  # x = 8, y = 0
    assert {"relaxation", "candidate", "incumbent"} <= seen
    with pytest.raises(CallbackError, match="until the callback returns"):
        kept[0].value(x)
    assert "over" in repr(kept[0])


def test_branching_where_nothing_is_fractional(lp):
    """branch_on refuses a variable that is integer at the node."""
    lp, xs = knapsacks()
    refused = []

    def f(ctx):
        if ctx.event == "branch":
            choice = ctx.fractional
            assert choice
            assert all(abs(ctx.value(x) - round(ctx.value(x))) > 1e-6 for x in choice)
            whole = next(x for x in xs if not any(x is y or x == y for y in choice))
            with pytest.raises(InvalidValue, match="cannot be divided"):
                ctx.branch_on(whole)
            refused.append(whole)
            ctx.branch_on(choice[-1], "down")

    expected = lp.copy().maximize()
    assert lp.maximize(callback=f) == expected
    assert refused


def test_the_program_itself_cannot_be_solved_inside(lp):
    """A copy can, and any other program; the error says so."""
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)
    lp.add_constraint(2 * x + 2 * y <= 17)
    lp.objective = 3 * x + 2 * y
    relaxed_values, threads = [], set()

    def f(ctx):
        threads.add(threading.current_thread().name)
        for solve in (lp.maximize, lp.minimize, lp.solve, lambda: lp.solve(callback=f)):
            with pytest.raises(CallbackError, match="another solve of it cannot start"):
                solve()
        relaxed = lp.relaxed()
        relaxed_values.append(relaxed.maximize())
        assert lp.copy().maximize() == 24
        other = LinearProgram()
        z = other.Var(lb=0, ub=3)
        other.objective = z
        assert other.maximize() == 3
        z.ub = 2
        assert other.maximize() == 2

    assert lp.maximize(callback=f) == 24
    assert set(relaxed_values) == {25.5}
    assert threads == {"pplp-glpk"}
    x.ub = 5
    assert lp.maximize() == 21  # x = 5, y = 3


def test_a_log_inside_a_log(lp):
    """The lines of a solve inside go to its own log, and the outer log goes on."""
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)
    lp.add_constraint(2 * x + 2 * y <= 17)
    lp.objective = 3 * x + 2 * y
    outer, inner = [], []

    def f(ctx):
        lp.copy().solve("maximize", log=inner.append)

    assert lp.maximize(callback=f, log=outer.append) == 24
    # What GLPK says at the end of a search comes after all the solves inside.
    assert [line for line in outer if "INTEGER OPTIMAL SOLUTION FOUND" in line] == ["INTEGER OPTIMAL SOLUTION FOUND"]
    assert any("INTEGER OPTIMAL SOLUTION FOUND" in line for line in inner)


def test_a_callback_is_not_pickled(lp):
    """A program that was solved with a function of this moment is pickled without it."""
    x = lp.IntVar("x", lb=0, ub=9)
    lp.objective = x
    assert lp.maximize(callback=lambda ctx: None, start={x: 3}) == 9
    assert pickle.loads(pickle.dumps(lp)).maximize() == 9


def test_an_edit_inside_is_of_the_next_solve(lp):
    """The solution is stale then, the next one has the edit."""
    x = lp.IntVar("x", lb=0, ub=9)
    y = lp.IntVar("y", lb=0, ub=9)
    lp.objective = x + y

    def f(ctx):
        x.ub = 4

    solution = lp.solve("maximize", callback=f)
    assert solution.objective == 18
    assert lp.status is Status.UNSOLVED
    assert lp.maximize() == 13


def test_a_linear_program_has_no_search(lp):
    """A callback that would never be called is refused."""
    x = lp.Var("x", lb=0, ub=9)
    lp.objective = x
    with pytest.raises(OptionError, match="no integer variables"):
        lp.maximize(callback=lambda ctx: None)
    with pytest.raises(OptionError, match="callback must be a callable"):
        lp.maximize(callback=3)
    assert lp.maximize() == 9


# ---- ends
def test_an_exception_is_raised_to_the_caller():
    """From any event; the program is whole afterwards."""
    expected = knapsacks()[0].maximize()
    for event in ("relaxation", "candidate", "incumbent", "branch"):
        lp, _ = knapsacks()

        def f(ctx, event=event):
            if ctx.event == event:
                raise KeyError(event)

        with pytest.raises(KeyError, match=event):
            lp.maximize(callback=f)
        assert lp.maximize() == expected


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
def test_control_c_during_callbacks():
    """The signal ends the search at its next turn; the program can be solved again."""
    lp, *_ = equations(n=20)
    events = []

    def ring(*_):
        raise KeyboardInterrupt

    def look(ctx):
        if not events:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
        events.append(ctx.event)

    old = signal.signal(signal.SIGALRM, ring)
    try:
        with pytest.raises(KeyboardInterrupt):
            lp.maximize(callback=look)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert events
    assert lp.solve("maximize", node_limit=2, callback=lambda ctx: None).status is Status.NODE_LIMIT


def test_stop():
    """The incumbent and the bound of that moment stay."""
    lp, _ = knapsacks(n=40, rows=5)
    told = []

    def f(ctx):
        if ctx.event == "incumbent":
            told.append(ctx.incumbent)
            ctx.stop()

    solution = lp.solve("maximize", callback=f)
    assert solution.status is Status.INTERRUPTED
    assert told == [pytest.approx(solution.objective)]
    assert solution.bound >= solution.objective
    with pytest.raises(LimitReached, match=r"interrupted.*The start was not used"):
        lp.maximize(callback=f, start={lp.variables[0]: 7})


# ---- starts
def equations(n=12, seed=3):
    """Equations of large numbers with a known point; to find one is hard."""
    r = random.Random(seed)
    lp = LinearProgram()
    xs = list(lp.Vars(n, "x", lb=0, ub=50, integer=True))
    slack = lp.Var("slack", lb=0, ub=100)
    point = {x: r.randrange(0, 51) for x in xs}
    for _ in range(3):
        weights = [r.randrange(10_000, 20_000) for _ in xs]
        total = sum(w * point[x] for w, x in zip(weights, xs))
        lp.add_constraint(sum(w * x for w, x in zip(weights, xs)) + slack == total + 7)
    lp.objective = sum(xs) + slack
    return lp, xs, slack, point


def test_a_start_is_the_first_incumbent():
    """Without it, nothing is found in one node; with it, the point, its continuous part solved for."""
    lp, xs, slack, point = equations()
    assert not lp.solve(node_limit=1).has_solution
    for start in (point, {**point, slack: 7}, {**point, slack: 50}):
        solution = lp.solve(start=start, node_limit=1)
        assert solution.status is Status.NODE_LIMIT
        assert solution.has_solution
        assert [solution[x] for x in xs] == [point[x] for x in xs]
        assert solution[slack] == pytest.approx(7)
    again = lp.solve(start=solution, node_limit=1)
    assert again.has_solution
    assert again.objective == solution.objective
    assert lp.solve(start=solution, time_limit=0).objective == solution.objective


def test_a_start_may_be_partial():
    """One missing integer is found by the linear program, here the only value that fits."""
    lp, xs, _, point = equations()
    part = {x: value for x, value in point.items() if x is not xs[4]}
    lp.add_constraint(sum(xs) == sum(point.values()))
    solution = lp.solve(start=part, node_limit=1)
    assert solution.has_solution
    assert solution[xs[4]] == point[xs[4]]


def test_a_start_that_does_not_hold_is_not_used(lp):
    """The solution says why, in the user's names; the answer is what it would be without."""
    x, y, z = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9), lp.Var("z", lb=0, ub=1)
    lp.add_constraint(2 * x + 2 * y + z <= 17, name="steel")
    lp.objective = x + y
    for start, reason in (
        ({x: 9, y: 9}, "infeasible"),
        ({x: 10, y: 0}, "x = 10.0 is outside its bounds [0.0, 9.0]"),
        ({x: 1.5, y: 0}, "x = 1.5 is not an integer"),
        ({x: 8}, "no value was given for y, and the best one, 0.5, is not an integer"),
        ({x: 8, y: 0}, ""),
    ):
        solution = lp.solve("maximize", start=start)
        assert solution.objective == 8
        assert reason in solution.message
        assert bool(reason) is solution.message.startswith("The start was not used")


@pytest.mark.parametrize("solver", ENGINES)
def test_a_start_without_anything_to_solve_for_is_judged_as_it_is(lp, solver):
    """All its values are integers: 2 * 9 + 2 * 9 = 36 is what it breaks the row with, to each solver."""
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)
    lp.add_constraint(2 * x + 2 * y <= 17, name="steel")
    lp.objective = x + y
    for start, reason in (
        ({x: 9, y: 9}, "the constraint steel = 36.0 is outside [-inf, 17.0]"),
        ({x: 10, y: 0}, "x = 10.0 is outside its bounds [0.0, 9.0]"),
        ({x: 1.5, y: 0}, "x = 1.5 is not an integer"),
    ):
        solution = lp.solve("maximize", start=start, solver=solver)
        assert (solution.objective, solution.message) == (8, f"The start was not used: {reason}.")


def test_what_is_no_start(lp):
    """Refused, each with its reason, before anything is solved."""
    x = lp.IntVar("x", lb=0, ub=9)
    lp.objective = x
    other = LinearProgram()
    z = other.IntVar("z", lb=0, ub=1)
    with pytest.raises(OptionError, match="a Solution or a mapping"):
        lp.maximize(start=[1])
    with pytest.raises(OptionError, match="variables as its keys"):
        lp.maximize(start={"x": 1})
    with pytest.raises(InvalidValue, match="finite"):
        lp.maximize(start={x: float("nan")})
    with pytest.raises(ExpressionError, match="real number"):
        lp.maximize(start={x: "1"})
    with pytest.raises(ForeignObject):
        lp.maximize(start={z: 1})
    with pytest.raises(OptionError, match="another program"):
        lp.maximize(start=other.solve())
    empty = lp.copy()
    empty.add_constraint(empty[x] + 0 <= -1)
    with pytest.raises(NoSolution, match="without a point"):
        empty.maximize(start=empty.solve())
    assert lp.maximize(start={}) == 9


def test_a_start_of_before_the_edits(lp):
    """An earlier solution starts the edited program: what is new is solved for, what is removed is left out."""
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)
    lp.add_constraint(2 * x + 3 * y <= 20)
    lp.objective = 3 * x + 4 * y
    before = lp.solve("maximize")
    lp.remove(x)
    z = lp.Var("z", lb=0, ub=2)
    lp.objective += z
    seen = []
    solution = lp.solve("maximize", start=before, callback=lambda ctx: seen.append((ctx.event, ctx.value(z))))
    assert not solution.message
    assert solution.objective == 4 * 6 + 2


# ---- the traveling salesman
@pytest.fixture(scope="module")
def salesman():
    """The module of the example."""
    spec = importlib.util.spec_from_file_location("traveling_salesman", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shortest_by_highs(cities):
    """The optimum by SciPy's HiGHS, with subtours forbidden one round after another."""
    np = pytest.importorskip("numpy")
    optimize = pytest.importorskip("scipy.optimize")
    n = len(cities)
    roads = [(a, b) for b in range(n) for a in range(b)]
    length = np.array([hypot(cities[a][0] - cities[b][0], cities[a][1] - cities[b][1]) for a, b in roads])
    rows = [[1.0 if city in road else 0.0 for road in roads] for city in range(n)]
    upper, lower = [2.0] * n, [2.0] * n
    while True:
        result = optimize.milp(
            length,
            integrality=np.ones(len(roads)),
            bounds=optimize.Bounds(0, 1),
            constraints=[optimize.LinearConstraint(np.array(rows), np.array(lower), np.array(upper))],
            options={"mip_rel_gap": 0.0},
        )
        assert result.status == 0
        group = list(range(n))
        for (a, b), value in zip(roads, result.x):
            if value > 0.5 and group[a] != group[b]:
                old, new = group[a], group[b]
                group = [new if g == old else g for g in group]
        parts = [{city for city in range(n) if group[city] == g} for g in set(group)]
        if len(parts) == 1:
            return result.fun
        for part in parts:
            rows.append([1.0 if a in part and b in part else 0.0 for a, b in roads])
            lower.append(-np.inf)
            upper.append(len(part) - 1.0)


def test_the_salesman_agrees_with_highs(salesman):
    """Fifteen cities, several draws: the length, and the trip itself."""
    for seed in range(6):
        r = random.Random(seed)
        cities = [(r.randrange(100), r.randrange(100)) for _ in range(15)]
        trip, best = salesman.shortest_trip(cities)
        legs = zip(trip, trip[1:] + trip[:1])
        walked = sum(hypot(cities[a][0] - cities[b][0], cities[a][1] - cities[b][1]) for a, b in legs)
        assert sorted(trip) == list(range(15))
        assert walked == pytest.approx(best)
        assert best == pytest.approx(shortest_by_highs(cities))


@pytest.mark.slow
def test_sixty_cities_agree_with_highs(salesman):
    """The instance of the example."""
    cities = salesman.anywhere()
    assert len(cities) == 60
    _, best = salesman.shortest_trip(cities)
    assert best == pytest.approx(shortest_by_highs(cities))
    assert best == pytest.approx(salesman.SHORTEST)

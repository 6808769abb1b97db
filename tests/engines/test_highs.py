"""HiGHS behind pplp: the same answers as GLPK, the same signs, and what it cannot do is said."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from math import inf
from pathlib import Path

import pytest

import pplp
from pplp import CancelToken, Infeasible, LimitReached, LinearProgram, OptionError, Status, Unbounded, dot
from pplp.engines.contract import Options
from pplp.engines.registry import make_engine
from pplp.errors import CallbackError
from pplp.testing.model import eq, le, maximize
from tests.support.long_programs import once
from tests.support.random_programs import edit, random_program

pytest.importorskip("highspy", reason='highspy is not installed: pip install "pplp[highs]"')


def carpenter(**options):
    """Tables and chairs: 2x + y <= 8, x + 3y <= 9, maximise 3x + 4y; the optimum 17 is at (3, 2)."""
    lp = LinearProgram(**options)
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    wood, hours = lp.add_constraint(2 * x + y <= 8, name="wood"), lp.add_constraint(x + 3 * y <= 9, name="hours")
    lp.objective = 3 * x + 4 * y
    return lp, x, y, wood, hours


def market(n=45, rows=6):
    """A market split: equations whose integer points are hard to find, and to exclude."""
    r = random.Random(1)
    lp = LinearProgram(solver="highs")
    x, over, under = lp.Vars(n, lb=0, ub=1, integer=True), lp.Vars(rows, lb=0), lp.Vars(rows, lb=0)
    for i in range(rows):
        shares = [r.randrange(1, 100) for _ in range(n)]
        lp.add_constraint(dot(shares, x) + over[i] - under[i] == sum(shares) // 2)
    lp.objective = sum(over) + sum(under)
    return lp, x


# ---- answers
def test_optimum_duals_and_basis():
    """3 = 2u + v and 4 = u + 3v give the duals (1, 1)."""
    lp, x, y, wood, hours = carpenter(solver="highs")
    assert lp.maximize() == pytest.approx(17)
    assert (x.value, y.value) == pytest.approx((3, 2))
    assert (wood.dual, hours.dual) == pytest.approx((1, 1))
    assert (x.reduced_cost, y.reduced_cost) == pytest.approx((0, 0))
    assert (lp.basis.variables, lp.basis.rows) == ("BB", "UU")
    assert (lp.solution.solver, lp.solution.solver_reason) == ("highs", "by name")
    # With b wood x is (3b - 9)/5 and y is (18 - b)/5.
    assert (lp.sensitivity()[wood].rhs.lower, lp.sensitivity()[wood].rhs.upper) == pytest.approx((3, 18))


def test_signs_of_both_senses():
    """A binding >= of a minimisation has a dual above 0; the same program negated has its negative."""
    for sense, sign in (("minimize", 1), ("maximize", -1)):
        lp = LinearProgram(solver="highs")
        x, y = lp.Var(lb=0), lp.Var(lb=0)
        need = lp.add_constraint(x + y >= 2)
        lp.objective = sign * (3 * x + 4 * y)
        assert lp.solve(sense).objective == sign * 6
        assert (need.dual, y.reduced_cost) == (sign * 3, sign * 1)


@pytest.mark.parametrize("method", ["auto", "primal", "dual", "primal-dual", "interior", "pdlp", "exact"])
def test_every_method(method):
    """They agree, to their digits; "exact" to the last."""
    lp, x, y, wood, _ = carpenter(solver="highs")
    solution = lp.solve("maximize", method=method)
    assert solution.status is Status.OPTIMAL, solution.message
    assert solution.objective == pytest.approx(17, rel=1e-5)
    assert solution.dual(wood) == pytest.approx(1, abs=1e-4)
    if method == "exact":
        assert solution.exact(x) == 3 and solution.exact(y) == 2
    without = lp.solve("maximize", method="interior", crossover=False)
    assert without.objective == pytest.approx(17, rel=1e-6)


def test_infeasible_unbounded_and_their_proofs():
    """They are told apart, and proved as for GLPK."""
    lp = LinearProgram(solver="highs")
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x - y <= 1)
    lp.objective = x + y
    with pytest.raises(Unbounded, match="has no upper bound"):
        lp.maximize()
    ray = lp.unbounded_ray("maximize")
    assert ray[x] > 0 and ray[y] >= ray[x]
    both = lp.add_constraint(x + y <= -1)
    with pytest.raises(Infeasible):
        lp.maximize()
    assert {premise.of for premise in lp.infeasibility_certificate().premises} == {both, x, y}
    lp.remove(both)
    x.ub, y.ub = 3, 5
    assert lp.maximize() == 8


def test_warm_after_edits():
    """After a change of a bound or a cost the simplex goes on from the last basis."""
    lp, x, _, wood, _ = carpenter(solver="highs")
    lp.maximize()
    wood.ub = 9
    assert lp.maximize() == pytest.approx(18)
    assert lp.solution.method == "dual simplex from the last basis"
    x.cost = 3.5
    lp.maximize()
    assert lp.solution.method == "primal simplex from the last basis"
    assert lp.solution.iterations <= 2


def test_integers_cross_to_ints_and_back():
    """A knapsack, its duals, and its relaxation."""
    lp = LinearProgram(solver="highs")
    x = lp.Vars(4, lb=0, ub=1, integer=True)
    lp.add_constraint(dot([3, 4, 2, 3], x) <= 7)
    lp.objective = dot([10, 13, 7, 8], x)
    assert lp.maximize() == 23
    assert [v.value for v in x] == [1, 1, 0, 0] and type(x[0].value) is int
    assert lp.solution.bound == 23
    assert lp.relaxed().maximize() == pytest.approx(10 + 7 + 13 * 0.5)
    assert [s.objective for s in lp.solve("maximize", pool=3).pool] == [23, 21, 20]


def test_the_same_from_two_lines():
    """A default set once is that of each solve and of copies; an option outdoes it; pickles keep it."""
    lp, *_ = carpenter()
    assert lp.solve("maximize").solver == "glpk"
    assert lp.solve("maximize", solver="highs").solver == "highs"
    assert lp.solve("maximize").solver == "glpk"
    lp.solver = "highs"
    assert lp.maximize() == pytest.approx(17) and lp.solution.solver == "highs"
    assert lp.copy().solver == pickle.loads(pickle.dumps(lp)).solver == "highs"
    again = pickle.loads(pickle.dumps(lp.solution))
    assert (again.solver, again.solver_reason) == ("highs", "by name")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("integers", [False, True])
def test_highs_and_glpk_agree(seed, integers):
    """Six programs a seed, each edited and solved again: status, objective, and all that `verify` looks at."""
    r = random.Random(500 * seed + integers)
    for _ in range(6):
        one = random_program(r, integers)
        two = pickle.loads(pickle.dumps(one))
        two.solver = "highs"
        for k in range(3):
            sense = r.choice(["minimize", "maximize"])
            first, second = one.solve(sense, node_limit=500), two.solve(sense, node_limit=500)
            # GLPK now and then does not know which of the two.
            unknown = {Status.NODE_LIMIT, Status.INFEASIBLE_OR_UNBOUNDED}
            if unknown.isdisjoint([first.status, second.status]):
                assert second.status is first.status, f"{second.message}\n{one}"
            if second.status is Status.OPTIMAL:
                assert two.verify().ok, str(two.verify())
                if first.status is Status.OPTIMAL:
                    assert second.objective == pytest.approx(first.objective, rel=1e-6, abs=1e-6), str(one)
            for program in (one, two):
                edit(random.Random(10 * seed + k), program)


def test_edits_of_every_kind_reach_it():
    """What the live model has become is what a new one of the whole program is."""
    from pplp.engines.highs.problem import Problem

    model = maximize([3, 1, 2], le([1, 2, 0], 4), eq([0, 1, 1], 2), le([1, 0, 1], 9), upper=5)
    live = Problem(model.form())
    for edits in (
        model.remove_rows(0),
        model.remove_columns(1),
        model.add_row(le({0: 2.0, 1: 5.0}, 20)),
        model.set_terms(0, {0: 7.0}),
        model.set_bounds(0, -inf, 3.0),
        model.set_row_bounds(1, 2.0, 8.0),
        model.set_cost(1, -4.0),
        model.set_integer(0, True),
        model.set_offset(2.5),
        model.set_sense(False),
    ):
        live.update(edits)
    fresh = Problem(model.form())
    a, b = live.model.getLp(), fresh.model.getLp()
    assert list(a.col_cost_) == list(b.col_cost_)
    assert (a.col_lower_, a.col_upper_) == (b.col_lower_, b.col_upper_)
    assert (a.row_lower_, a.row_upper_) == (b.row_lower_, b.row_upper_)
    assert (a.sense_, a.offset_, a.integrality_) == (b.sense_, b.offset_, b.integrality_)
    for i in range(live.rows):
        pairs = [sorted(zip(*map(list, each.model.getRowEntries(i)[1:]))) for each in (live, fresh)]
        assert pairs[0] == pairs[1]


def test_in_a_process_of_its_own():
    """A child, and the workers of `solve_many`, run the engine that is asked for."""
    from pplp import Scenario, solve_many

    lp, *_ = carpenter(solver="highs")
    solution = lp.solve("maximize", isolate=True)
    assert (solution.objective, solution.solver) == (pytest.approx(17), "highs")
    assert solution.method == "presolve and dual simplex"
    other = lp.copy()
    other.solver = "glpk"
    found = solve_many([lp, other], sense="maximize", workers=1)
    assert [(s.objective, s.solver) for s in found] == [(pytest.approx(17), "highs"), (pytest.approx(17), "glpk")]
    assert found[0].method == "presolve and dual simplex"
    assert {s.solver for s in solve_many([lp, other], "maximize", workers=1, solver="highs")} == {"highs"}
    (small,) = solve_many([other], sense="maximize", workers=1, solver="auto")
    assert (small.solver, small.solver_reason) == ("glpk", "auto: the program is small")
    assert [s.solver for s in lp.scenarios([Scenario()], "maximize", workers=1)] == ["highs"]


# ---- limits, stops and news
def test_time_limit_and_incumbent(hands):
    """A search that is stopped has its best point and its bound."""
    lp, x = market()
    solution = lp.solve("minimize", time_limit=1e5, progress=once(hands.forward, has_point=True))
    assert solution.status is Status.TIME_LIMIT
    assert solution.has_solution and solution.bound is not None and solution.bound <= solution.objective
    assert all(solution[v] in (0, 1) for v in x)


def test_cancelled_from_another_thread():
    """A token stops the search, and the program can be solved again."""
    lp, _ = market()
    token = CancelToken()
    assert lp.solve("minimize", cancel=token, progress=once(token.cancel)).status is Status.INTERRUPTED
    token.reset()
    with pytest.raises(LimitReached):
        lp.minimize(cancel=token, node_limit=1)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal of POSIX")
def test_ctrl_c():
    """KeyboardInterrupt comes, and the best point so far is in `solution`."""
    lp, _ = market()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ring = once(lambda: os.kill(os.getpid(), signal.SIGINT), has_point=True)
        with pytest.raises(KeyboardInterrupt):
            lp.minimize(progress=ring)
    finally:
        signal.signal(signal.SIGINT, before)
    assert lp.solution is not None and lp.solution.status is Status.INTERRUPTED and lp.solution.has_solution
    assert lp.solve("minimize", node_limit=1).status in (Status.NODE_LIMIT, Status.OPTIMAL)


@pytest.mark.parametrize("version", [(1, 14), (0, 99)])
def test_an_old_highspy_is_refused(version, in_child):
    """The message says which version is needed; newer ones are taken, whatever their number."""
    told = in_child(f"""
        import highspy
        lp = LinearProgram(solver="highs")
        lp.objective = lp.Var(lb=0, ub=1)
        highspy.HIGHS_VERSION_MAJOR, highspy.HIGHS_VERSION_MINOR = {version}
        try: lp.maximize()
        except SolverMissing as error: print(error)
        highspy.HIGHS_VERSION_MAJOR, highspy.HIGHS_VERSION_MINOR = 2, 0
        print(lp.maximize())
    """)
    old = "{}.{}".format(*version)
    assert told == (
        f'highspy {old} is too old, pplp needs 1.15 or later. Install it with: pip install -U "pplp[highs]"\n1.0\n'
    )


def test_progress_and_its_errors():
    """The search tells its incumbent and bound; what the callable raises ends it."""
    lp, _ = market()
    news = []

    def listen(event):
        news.append(event)
        if event.phase == "branch and cut" and event.incumbent is not None and event.bound is not None:
            lp.stop()

    assert lp.solve("minimize", progress=listen).status is Status.INTERRUPTED
    assert news

    def fail(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lp.solve("minimize", progress=fail)


def test_a_callback_hears_of_points():
    """Each better point is a candidate and then the incumbent; stop() ends the search."""
    lp, x = market(20, 3)
    seen = []

    def look(ctx):
        seen.append((ctx.event, ctx.objective, ctx.value(x[0])))
        if len(seen) == 4:
            ctx.stop()

    solution = lp.solve("minimize", callback=look)
    assert [event for event, *_ in seen] == ["candidate", "incumbent"] * (len(seen) // 2)
    objectives = [objective for event, objective, _ in seen if event == "incumbent"]
    assert objectives == sorted(objectives, reverse=True)
    assert solution.status is (Status.INTERRUPTED if len(seen) == 4 else Status.OPTIMAL)


def test_lazy_constraints_are_refused():
    """HiGHS would take points that a lazy constraint excludes: that is said, not passed over."""
    lp = LinearProgram(solver="highs")
    x, y = lp.IntVar("x", lb=0, ub=4), lp.IntVar("y", lb=0, ub=4)
    lp.objective = x + 2 * y

    def lazy(ctx):
        if ctx.event == "candidate":
            ctx.add_lazy(x + y <= 5)

    with pytest.raises(OptionError, match="solver='glpk'"):
        lp.maximize(callback=lazy)
    assert lp.maximize(callback=lazy, solver="glpk") == 9

    def again(ctx):
        lp.maximize()

    with pytest.raises(CallbackError, match="copy"):
        lp.maximize(callback=again)
    assert lp.maximize() == 12


def test_a_start_is_used_or_its_fault_is_said():
    """A start that holds is the first incumbent; one that does not is named."""
    lp, x = market()
    first = lp.solve("minimize", node_limit=1)
    again = lp.solve("minimize", start=first, time_limit=0.0)
    assert again.objective <= first.objective
    wrong = lp.solve("minimize", start={x[0]: 0.5}, node_limit=1)
    assert "not an integer" in wrong.message


REFUSED = [
    {"cuts": True},
    {"cuts": False},
    {"branching": "most fractional"},
    {"backtracking": "depth first"},
    {"feasibility_pump": True},
    {"proximity_search": 1.0},
    {"iteration_limit": 5},
    {"feasibility_tolerance": 1e-11},
]


@pytest.mark.parametrize("options", REFUSED, ids=str)
def test_what_it_cannot_do_has_a_name(options):
    """And who can is said, too."""
    lp = LinearProgram(solver="highs")
    lp.objective = lp.IntVar(lb=0, ub=3) + 0
    with pytest.raises(OptionError, match=f"(?s)HiGHS.*{next(iter(options))}|{next(iter(options))}.*HiGHS"):
        lp.maximize(**options)
    assert lp.maximize() == 3


def test_methods_of_one_engine_only():
    """The first-order method is HiGHS's; it is for linear programs."""
    lp, *_ = carpenter()
    with pytest.raises(OptionError, match="solver='highs'"):
        lp.solve("maximize", method="pdlp")
    assert lp.solve("maximize", method="pdlp", solver="auto").solver == "highs"
    lp.IntVar(lb=0, ub=1)
    with pytest.raises(OptionError, match="integer variables"):
        lp.solve("maximize", method="pdlp", solver="highs")


def test_auto_says_why():
    """Small programs go to GLPK, large ones to HiGHS, and an option decides where only one of them has it."""
    lp = LinearProgram(solver="auto")
    x = lp.Vars(200, lb=0, ub=1, integer=True)
    lp.add_constraint(sum(x) <= 7)
    lp.objective = sum(x)
    assert lp.maximize() == 7
    assert (lp.solution.solver, lp.solution.solver_reason) == ("highs", "auto: 200 integer variables")
    solution = lp.solve("maximize", cuts=False)
    assert (solution.solver, solution.solver_reason) == ("glpk", "auto: only GLPK supports cuts")
    for v in x:
        v.integer = False
    assert lp.solve("maximize").solver_reason == "auto: the program is small"


def test_auto_leaves_networks_to_the_codes_for_them():
    """Of many variables with two coefficients, the arcs of a network go to GLPK's way, others to HiGHS."""
    for factor, solver, said in ((1, "glpk", "arcs of a network"), (2, "highs", "119,998 coefficients")):
        lp = LinearProgram(solver="auto")
        x = lp.Vars(60_000, lb=0, ub=1)
        lp.add_constraint(factor * x[1:] - x[:-1] <= 1)
        solution = lp.solve("maximize", time_limit=60)
        assert (solution.solver, said in solution.solver_reason) == (solver, True)


def test_auto_without_highspy(in_child):
    """It never needs what is not there; by name it says how to install it."""
    in_child(
        """
        import sys
        sys.modules["highspy"] = None
        import importlib.util
        importlib.util.find_spec = lambda name, *rest: None
        lp = LinearProgram(solver="auto")
        x = lp.Vars(200, lb=0, ub=1, integer=True)
        lp.objective = sum(x)
        assert lp.maximize() == 200
        assert lp.solution.solver_reason == "auto: 200 integer variables, but highspy is not installed"
        try:
            lp.maximize(solver="highs")
        except SolverMissing as error:
            assert "pplp[highs]" in str(error)
        else:
            raise AssertionError
        assert lp.maximize() == 200
        """
    )


def test_numbers_at_the_edges():
    """1e20 is a number, crossed bounds are infeasible, and a program may have no rows or no columns."""
    lp = LinearProgram(solver="highs")
    x = lp.Var(lb=0, ub=1e25)
    lp.objective = x
    assert lp.maximize() == 1e25
    lp.remove(x)
    assert lp.maximize() == 0
    y = lp.IntVar(lb=0.2, ub=0.8)
    lp.objective = y
    assert lp.solve("maximize").status is Status.INFEASIBLE


def test_the_interpreter_ends_in_the_middle_of_a_run(in_child):
    """A thread inside HiGHS does not abort the process at its end."""
    in_child(
        """
        import random, threading
        r = random.Random(1)
        lp = LinearProgram(solver="highs")
        x, over, under = lp.Vars(50, lb=0, ub=1, integer=True), lp.Vars(6, lb=0), lp.Vars(6, lb=0)
        for i in range(6):
            w = [r.randrange(1, 100) for _ in range(50)]
            lp.add_constraint(dot(w, x) + over[i] - under[i] == sum(w) // 2)
        lp.objective = sum(over) + sum(under)
        begun = threading.Event()
        work = dict(target=lp.minimize, kwargs=dict(progress=lambda event: begun.set()), daemon=True)
        threading.Thread(**work).start()
        begun.wait()
        """
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs fork")
def test_a_child_of_a_fork_solves(in_child):
    """The child has none of its parent's threads; it makes its own."""
    in_child(
        """
        import os
        lp = LinearProgram(solver="highs")
        x, y = lp.Var(lb=0, ub=4), lp.Var(lb=0)
        lp.add_constraint(x + y <= 9)
        lp.objective = 2 * x + y
        assert lp.maximize() == 13
        child = os.fork()
        x.ub = 5
        assert lp.maximize() == 14
        if child:
            assert os.waitpid(child, 0)[1] == 0
        """
    )


def test_engines_give_their_threads_back():
    """A closed engine, and one that nobody has any more, leave no thread."""
    model = maximize([1, 2], le([1, 1], 4))
    before = threading.active_count()
    for _ in range(20):
        engine = make_engine("highs")
        engine.load(model.form())
        assert engine.solve(Options()).objective == 8
        engine.close()
        lp = carpenter(solver="highs")[0]
        lp.maximize()
        del engine, lp
    deadline = time.perf_counter() + 120  # they are to go, and when is the machine's affair
    while threading.active_count() > before and time.perf_counter() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= before


# ---- the conformance suite
@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        "test_bases",
        "test_duals",
        "test_without_optimum",
        "test_integer",
        "test_optimal",
        "test_scales",
        "test_extremes",
    ],
)
def test_conformance(part):
    """The suite that every engine has to pass; .ci/test runs all of it."""
    house = str(Path(pplp.__file__).parents[1])
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pplp.testing.plugin", "--pyargs"]
    done = subprocess.run(
        [sys.executable, *command, f"pplp.testing.{part}", "--engine", "highs"],
        cwd=house,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout


FAR = """
from itertools import product
from math import inf
from pplp import LinearProgram
for k, sense in product((1.0, 1e-3, 1e3), ("minimize", "maximize")):
    lp = LinearProgram(solver="highs")
    x = lp.Var("x", lb=17413469820.428764 * k, ub=1.439691676671451e16 * k)
    y, z = lp.IntVar("y", lb=-440946519862, ub=440946519862), lp.Var("z")
    lp.add_constraint(123456789.123 * y + x / 3 + 1e-9 * z >= 3197712478715713.5 * k)
    lp.add_constraint(1e-9 * y + 123456789.123 * z + 123456789.123 * x <= 0)
    lp.add_constraint(y + x / 3 + 1e-9 * z >= -2.5)
    lp.objective = x + 3 * y + 0.1 * z
    print(lp.solve(sense, time_limit=20).status)
    lp = LinearProgram(solver="highs")
    a, b = lp.Var("a", lb=-3.5), lp.IntVar("b", lb=-inf, ub=7)
    c, d = lp.Var("c", lb=0, ub=509781712041.4809 * k), lp.Var("d", lb=-inf, ub=10)
    e, f = lp.Var("e", lb=0, ub=3396436282405.7 * k), lp.Var("f")
    g = lp.IntVar("g", lb=-327762024100, ub=327762024100)
    lp.add_constraint(1e6 * a + 123456789.123 * (d + f + c) + 1e-9 * b + e == 0)
    lp.add_constraint(123456789.123 * (a + d) - c + 2.5 * f + (b + g) / 3 + 1e-9 * e <= 0)
    lp.add_constraint(2.5 * (d + g) + f + 123456789.123 * c + 1e-9 * (a + e) == 0)
    lp.objective = -a - b - c + 1e-8 * d + 3 * e - f - g
    print(lp.solve(sense, time_limit=20).status)
"""


def test_great_bounds_beside_integers_do_not_end_the_process(in_child):
    """Where HiGHS fails to solve the relaxation, its heuristics read a point that is not there."""
    assert len(in_child(FAR).splitlines()) == 12

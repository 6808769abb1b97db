"""Many programs, and many scenarios of one: the same answers as one by one, whoever does the work and dies of it."""

from __future__ import annotations

import faulthandler
import itertools
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from math import inf
from pathlib import Path
from random import Random

import pytest

import pplp.engines.tasks
import pplp.solving.executors
from pplp import (
    CancelToken,
    ExpressionError,
    ForeignObject,
    Infeasible,
    InvalidValue,
    LinearProgram,
    OptionError,
    RemovedObject,
    Scenario,
    SolveError,
    Status,
    as_solved,
    solve_many,
)
from pplp.engines.child import Child
from tests.support.long_programs import knapsacks
from tests.support.random_programs import random_program

posix = pytest.mark.skipif(os.name != "posix", reason="ends processes by signals")


def limited(limit, name=""):
    """Maximize x + y with x + 2y <= limit and x <= 5: limit up to 5, then 5 + (limit - 5) / 2."""
    lp = LinearProgram(name=name)
    x, y = lp.Var("x", lb=0, ub=5), lp.Var("y", lb=0)
    lp.add_constraint(x + 2 * y <= limit, name="limit")
    lp.objective = x + y
    return lp


LIMITS = [4, 6, 8, 3, 9, 2, 7, 1]
OPTIMA = [4.0, 5.5, 6.5, 3.0, 7.0, 2.0, 6.0, 1.0]


# --------------------------------------------------------------------- many programs
def test_the_order_is_that_of_the_programs():
    """Each has its solution, which its variables and constraints read."""
    programs = [limited(limit) for limit in LIMITS]
    solutions = solve_many(programs, "maximize", workers=2)
    assert [s.objective for s in solutions] == OPTIMA
    for lp, solution in zip(programs, solutions):
        assert lp.solution is solution and solution.quality.row == 0
        assert lp.constraints[0].dual == (0.5 if lp.constraints[0].ub > 5 else 1.0)
        assert lp.maximize() == solution.objective  # and again, here


def test_every_status():
    """One's outcome is no other's; what would be said of one alone is said."""
    infeasible, unbounded, whole = limited(4), limited(4), limited(4.5)
    infeasible.add_constraint(infeasible.variables[0] >= 6)
    unbounded.remove(unbounded.constraints[0])
    for x in whole.variables:
        x.integer = True
    found = solve_many([infeasible, limited(4), unbounded, whole], "maximize")
    assert [s.status for s in found] == [Status.INFEASIBLE, Status.OPTIMAL, Status.UNBOUNDED, Status.OPTIMAL]
    assert "y has no upper bound" in found[2].message
    assert found[3][whole.variables[0]] == 4 and type(found[3][whole.variables[0]]) is int
    with pytest.raises(Infeasible):
        found[0].objective_or_raise()


def test_each_does_its_own_sense():
    """Without a sense each program's attribute says it."""
    lps = [limited(4), limited(4)]
    lps[1].sense = "maximize"
    assert [s.objective for s in solve_many(lps, workers=1)] == [0.0, 4.0]


@pytest.mark.parametrize("make", [ProcessPoolExecutor, ThreadPoolExecutor])
def test_an_executor(make):
    """Any of concurrent.futures; start and options go with the programs."""
    programs = [limited(limit) for limit in LIMITS]
    lp = knapsacks(items=12, rows=2)
    best = lp.maximize()
    with make(2) as executor:
        assert [s.objective for s in solve_many(programs, "maximize", executor=executor)] == OPTIMA
        again = solve_many([lp], "maximize", executor=executor, start=lp.solution, gap=0.0)
    assert again[0].objective == best and again[0].is_optimal


def test_random_programs():
    """Status and objective are those of a solve alone."""
    programs = [random_program(Random(seed), integers=seed % 2 == 1) for seed in range(60)]
    alone = [lp.copy().solve("maximize", node_limit=300) for lp in programs]
    for one, solution in zip(alone, solve_many(programs, "maximize", workers=2, node_limit=300)):
        assert one.status is solution.status
        assert one.objective == pytest.approx(solution.objective, abs=1e-6, nan_ok=True)


def test_as_solved_takes_a_generator():
    """It is asked for a few more than there are workers; what is solved first comes first."""
    asked = []

    def programs():
        for k, limit in enumerate(LIMITS):
            asked.append(k)
            yield limited(limit)

    for count, (k, solution) in enumerate(as_solved(programs(), "maximize", workers=1), 1):
        assert solution.objective == OPTIMA[k]
        assert len(asked) <= count + 2
    assert count == len(LIMITS)


def test_time_limits_are_each_ones():
    """One limit for all, or one for each."""
    lps = [knapsacks(), limited(4), knapsacks()]
    found = solve_many(lps, "maximize", time_limit=[0.5, None, 0.2], workers=2)
    assert [s.status for s in found] == [Status.TIME_LIMIT, Status.OPTIMAL, Status.TIME_LIMIT]
    with pytest.raises(OptionError, match="2 time limits for 3 programs"):
        solve_many(lps, time_limit=[1, 2])


def test_progress():
    """A callable hears how many of how many; True draws a line."""
    heard = []
    solve_many([limited(4)] * 3, workers=1, progress=lambda *numbers: heard.append(numbers))
    assert heard == [(1, 3), (2, 3), (3, 3)]
    list(as_solved((limited(4) for _ in range(2)), workers=1, progress=lambda *numbers: heard.append(numbers)))
    assert heard[3:] == [(1, None), (2, None)]


def test_the_live_line(capsys):
    """It counts the programs."""
    pytest.importorskip("tqdm")
    solve_many([limited(4)] * 3, workers=1, progress=True)
    assert "3/3" in capsys.readouterr().err


def test_an_edited_program_keeps_its_own_state():
    """What is edited while it is solved does not take the solution for that of what it is by now."""
    lps = [limited(limit) for limit in LIMITS]
    for k, solution in as_solved(lps, "maximize", workers=1, isolate=True):
        assert solution.objective == OPTIMA[k]
        if k == 0:
            lps[1].constraints[0].ub = 9  # it is on its way by now
    assert [lp.status for lp in lps[:3]] == [Status.OPTIMAL, Status.UNSOLVED, Status.OPTIMAL]


@pytest.mark.parametrize(
    "options, said",
    [
        ({"log": print}, "log is for one program"),
        ({"pool": 3}, "pool is for one program"),
        ({"isolate": 1}, "isolate must be True or False"),
        ({"isolate": True, "executor": Executor()}, "isolate does not apply"),
        ({"workers": 0}, "workers must be"),
        ({"workers": True}, "workers must be"),
        ({"executor": 3}, "executor must be"),
        ({"progress": 3}, "progress must be"),
        ({"time_limitt": 3}, "time_limit"),
        ({"time_limit": -3}, "time_limit"),
        ({"sense": "most"}, "sense"),
    ],
)
def test_what_is_refused(options, said):
    """By name, before anything is solved."""
    lp = limited(4)
    with pytest.raises(OptionError, match=said):
        solve_many([lp], **options)
    assert lp.status is Status.UNSOLVED


def test_what_is_no_program():
    """It is named."""
    with pytest.raises(InvalidValue, match="3 is not a LinearProgram"):
        solve_many([limited(4), 3])


def test_nothing_to_do():
    """No programs, no processes."""
    assert solve_many([]) == []


# --------------------------------------------------------------------- what goes wrong
@posix
def test_a_worker_that_dies(mortal):
    """Of what killed two workers the solution says so; all others are finished."""
    lps = [limited(limit) for limit in LIMITS]
    lps[3].add_constraint(lps[3].variables[0] + lps[3].variables[1] <= 50, name="deadly")
    found = solve_many(lps, "maximize", workers=2, solver=mortal)
    assert [s.status for s in found] == [Status.FAILED if k == 3 else Status.OPTIMAL for k in range(8)]
    assert "signal 9 (SIGKILL)" in found[3].message
    with pytest.raises(SolveError, match="SIGKILL"):
        found[3].objective_or_raise()
    assert lps[3].maximize() == OPTIMA[3]


def _poison():
    """Makes this worker die of a program that has a row named "deadly"."""
    faulthandler.disable()  # it is meant to die
    run_task = pplp.solving.executors.run_task

    def dying(task):
        if b"deadly" in task:
            os.abort()
        return run_task(task)

    pplp.solving.executors.run_task = dying


@posix
def test_a_pool_that_breaks():
    """What it had is solved in processes of ours; nothing is lost."""
    lps = [limited(limit) for limit in LIMITS]
    lps[2].add_constraint(lps[2].variables[0] + lps[2].variables[1] <= 50, name="deadly")
    with ProcessPoolExecutor(2, initializer=_poison) as executor:
        assert [s.objective for s in solve_many(lps, "maximize", executor=executor)] == OPTIMA


def test_cancel():
    """All end: those at work with what they have, the others unsolved."""
    token = CancelToken()

    def done(count, total):
        if count == 1:  # a worker has begun, and goes on with one whose first points come at once
            threading.Timer(3.0, token.cancel).start()

    lps = [limited(4), *(knapsacks(seed=k) for k in range(5))]
    found = solve_many(lps, "maximize", workers=2, cancel=token, progress=done)
    assert [s.status for s in found] == [Status.OPTIMAL] + [Status.INTERRUPTED] * 5
    assert any(s.has_solution for s in found[1:3]) and not found[5].has_solution


@posix
def test_control_c_keeps_what_is_solved():
    """It is raised at once; the programs that are done have their solutions, and no process is left."""
    script = """
import os, signal, sys, threading, time
from pplp import solve_many
from pplp.engines.child import Child
from tests.support.long_programs import knapsacks
from tests.solving.test_batch import limited
signal.signal(signal.SIGINT, signal.default_int_handler)
pids, init = [], Child.__init__
def noting(self, *arguments, **named):
    init(self, *arguments, **named)
    pids.append(self.pid)
Child.__init__ = noting
lps = [limited(4), knapsacks(), knapsacks(), knapsacks()]
def done(count, total):
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    solve_many(lps, "maximize", workers=2, progress=done)
    raise SystemExit("it ended")
except KeyboardInterrupt:
    pass
assert lps[0].solution.objective == 4.0 and lps[1].solution is None
from tests.engines.test_isolation import is_running
assert pids
while any(map(is_running, pids)):  # they are to go, and when is the machine's affair
    time.sleep(0.02)
"""
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, cwd=root)
    assert done.returncode == 0, done.stderr


def test_a_script_needs_no_guard(tmp_path):
    """The workers do not run the user's script again."""
    script = tmp_path / "script.py"
    script.write_text(
        "from pplp import LinearProgram, solve_many\n"
        "print('once')\n"
        "lp = LinearProgram(); x = lp.Var(ub=3); lp.objective = x\n"
        "print(solve_many([lp, lp.copy()], 'maximize')[1].objective)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=300)
    assert (done.stdout.split(), done.stderr) == (["once", "3.0"], "")


class Failing(Executor):
    """Does each task at once, and fails of those that have more than one program, or the wrong one."""

    def __init__(self, wrong=b"", error=None):
        self.wrong, self.error, self.tasks = wrong, error or RuntimeError("too warm"), 0

    def submit(self, function, data):
        future = Future()
        self.tasks += 1
        if len(pickle.loads(data).edits) > 1 or (self.wrong and self.wrong in data):
            future.set_exception(self.error)
        else:
            future.set_result(function(data))
        return future


def test_an_executor_that_fails():
    """It tells of which program; an exit there is none here."""
    lps = [limited(limit) for limit in LIMITS]
    lps[2].add_constraint(lps[2].variables[0] + lps[2].variables[1] <= 50, name="deadly")
    for error in (RuntimeError("too warm"), SystemExit("too warm")):
        found = solve_many(lps, "maximize", executor=Failing(b"deadly", error))
        assert [s.status for s in found] == [Status.FAILED if k == 2 else Status.OPTIMAL for k in range(8)]
        assert found[2].message == f"{type(error).__name__}: too warm"


def test_scenarios_that_fail_together():
    """Each is tried alone: only the one at fault has failed."""
    lp = limited(4)
    executor = Failing()
    scenarios = [Scenario(rhs={lp.constraints[0]: limit}) for limit in LIMITS * 10]
    assert [s.objective for s in lp.scenarios(scenarios, "maximize", executor=executor)] == OPTIMA * 10
    assert executor.tasks > 80


@posix
def test_a_pool_that_breaks_under_scenarios():
    """However many they are."""
    lp = limited(4)
    lp.add_constraint(lp.variables[0] + lp.variables[1] <= 50, name="deadly")
    scenarios = [Scenario(rhs={lp.constraints[0]: limit}) for limit in LIMITS * 6]
    with ProcessPoolExecutor(2, initializer=_poison) as executor:
        assert [s.objective for s in lp.scenarios(scenarios, "maximize", executor=executor)] == OPTIMA * 6


def test_an_executor_that_cancels():
    """What it cancels is given to it again, three times in all; then it has failed."""

    class Forgetful(Failing):
        def submit(self, function, data):
            future = super().submit(function, data)
            if self.tasks > self.mind:
                return future
            lost = Future()
            lost.cancel()
            lost.set_running_or_notify_cancel()
            return lost

    for mind, status in ((2, Status.OPTIMAL), (3, Status.FAILED)):
        executor = Forgetful()
        executor.mind = mind
        (solution,) = solve_many([limited(4)], "maximize", executor=executor)
        assert (solution.status, executor.tasks) == (status, 3)
    assert solution.message == "Its executor cancelled it 3 times."


def test_an_executor_that_is_shut_down():
    """Before: the error is raised.  In the middle: what it did not take has failed, and says why."""
    with ThreadPoolExecutor(1) as executor:
        pass
    with pytest.raises(RuntimeError, match="after shutdown"):
        solve_many([limited(4)], executor=executor)
    executor = ThreadPoolExecutor(1)
    found = []
    for _, solution in as_solved([limited(limit) for limit in LIMITS], "maximize", executor=executor):
        found.append(solution)
        executor.shutdown(wait=False)
    assert len(found) == 8 and found[0].is_optimal
    lost = [s for s in found if s.status is Status.FAILED]
    assert lost and all("after shutdown" in s.message for s in lost)


def test_what_is_no_future():
    """An object that only looks like an executor is named."""

    class Strange:
        def submit(self, function, data):
            return 3

    with pytest.raises(OptionError, match="returns int objects"):
        solve_many([limited(4)], executor=Strange())


@pytest.mark.parametrize("limit", [1 << 28, 1])
def test_programs_without_end(monkeypatch, limit):
    """While none is solved, a generator is asked for so many ahead; where they are large, for one for each worker."""

    class Holding(Executor):
        """It begins when it has got as many as it is to get."""

        def __init__(self, count):
            self.held, self.pool = [], ThreadPoolExecutor(1)
            self.count, self.is_open = count, False

        def submit(self, function, data):
            future = Future()
            self.held.append((future, function, data))
            if len(self.held) == self.count:
                self.is_open = True
            while self.is_open and self.held:
                future, function, data = self.held.pop(0)
                self.pool.submit(lambda one=future, f=function, d=data: one.set_result(f(d)))
            return future

    monkeypatch.setattr(pplp.solving.executors, "_BYTES", limit)
    ahead = 256 if limit > 1 else pplp.solving.executors.processors()
    asked = 0

    def programs():
        nonlocal asked
        for limit in itertools.cycle(LIMITS):
            asked += 1
            yield limited(limit)

    executor = Holding(ahead)
    solving = as_solved(programs(), "maximize", executor=executor)
    for count, (k, solution) in enumerate(itertools.islice(solving, 30), 1):
        assert solution.objective == OPTIMA[k % 8]
        assert asked - count <= 2 * ahead + 1  # those that are done meanwhile are handed over first
    assert asked >= ahead
    solving.close()
    executor.pool.shutdown()


def test_an_executor_is_not_waited_for():
    """After a cancel all are told at once, whatever its threads are at."""
    token, gate = CancelToken(), threading.Event()
    executor = ThreadPoolExecutor(1)
    executor.submit(gate.wait, 30)
    threading.Timer(0.3, token.cancel).start()
    found = solve_many([limited(4), limited(5)], "maximize", executor=executor, cancel=token)
    assert [s.status for s in found] == [Status.INTERRUPTED] * 2 and not gate.is_set()
    gate.set()
    executor.shutdown()


def test_threads_of_one_process():
    """They take turns, and the time of each counts from when it begins."""
    with ThreadPoolExecutor(3) as executor:
        lps = [knapsacks(seed=k) for k in range(3)]
        found = solve_many(lps, "maximize", executor=executor, time_limit=0.3)
    assert [s.status for s in found] == [Status.TIME_LIMIT] * 3
    assert all(s.seconds > 0 for s in found)  # 0 where the time of another counted


def test_too_few_time_limits():
    """Of a generator it turns out when its turn comes; none is left out in silence."""
    with pytest.raises(OptionError, match="2 time limits for more programs"):
        list(as_solved((limited(4) for _ in range(5)), time_limit=[1, 2], workers=1))


def test_the_process_ends_while_they_are_at_work():
    """Nobody waits for programs whose solutions nobody will read."""
    script = """
from pplp import as_solved
from tests.support.long_programs import knapsacks
from tests.solving.test_batch import limited
solving = as_solved([limited(4), *(knapsacks(seed=k) for k in range(5))], "maximize", workers=2)
print(next(solving)[1].objective)
"""
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, cwd=root)
    assert (done.stdout, done.stderr, done.returncode) == ("4.0\n", "", 0)


def test_cuts_of_any_collection():
    """Also one that cannot be pickled."""
    lp = knapsacks(items=10)
    assert solve_many([lp], "maximize", cuts={"gomory": 1, "mir": 2}.keys(), workers=1)[0].is_optimal


# --------------------------------------------------------------------- scenarios of one
def edited_copy(lp, scenario):
    """A copy of the program with the scenario's numbers, set one by one."""
    twin = lp.copy()
    for c, value in scenario.rhs.items():
        twin[c].rhs = value
    for x in {**scenario.lb, **scenario.ub}:
        lower, upper = scenario.lb.get(x, twin[x].lb), scenario.ub.get(x, twin[x].ub)
        twin[x].lb = -inf
        twin[x].ub, twin[x].lb = upper, lower
    for x, value in scenario.cost.items():
        twin[x].cost = value
    return twin


@pytest.mark.parametrize("workers", [{"workers": 2}, {"executor": ProcessPoolExecutor}])
def test_scenarios_are_edited_copies(workers):
    """Each is solved as the program with its numbers, and the program is as it was."""
    draw = Random(3)
    lp = LinearProgram()
    xs = lp.Vars(8, "x", lb=0, ub=10)
    xs[2].integer = True
    rows = [lp.add_constraint(sum(draw.randint(1, 5) * x for x in draw.sample(list(xs), 4)) <= 30) for _ in range(6)]
    rows.append(lp.add_constraint(xs[0] - xs[1] == 1))
    rows.append(lp.add_constraint(2 * xs[3] <= 12))  # a bound of one variable
    lp.objective = sum(draw.randint(1, 9) * x for x in xs) + 7
    before = lp.compile("maximize")
    scenarios = [Scenario(name="as it is")]
    for _ in range(25):
        scenarios.append(
            Scenario(
                rhs={c: draw.randint(1, 30) for c in draw.sample(rows, 2)},
                ub={x: draw.randint(3, 9) for x in draw.sample(list(xs), 2)},
                lb={draw.choice(xs): 1.5},
                cost={draw.choice(xs): draw.randint(-3, 12)},
            )
        )
    wanted = [edited_copy(lp, scenario).solve("maximize") for scenario in scenarios]
    if "executor" in workers:
        workers = {"executor": workers["executor"](2)}
    found = lp.scenarios(scenarios, "maximize", **workers)
    if "executor" in workers:
        workers["executor"].shutdown()
    assert [s.status for s in found] == [s.status for s in wanted]
    assert [s.objective for s in found] == pytest.approx([s.objective for s in wanted], nan_ok=True)
    assert {Status.OPTIMAL, Status.INFEASIBLE} == {s.status for s in found}
    assert lp.compile("maximize") == before and lp.status is Status.UNSOLVED
    point = found[0]
    assert lp.verify({x: point[x] for x in xs}).ok


def test_scenario_duals():
    """Each solution answers for the program's own handles."""
    lp = limited(4)
    limit = lp.constraints[0]
    low, high = lp.scenarios([Scenario(), Scenario(rhs={limit: 8})], "maximize")
    assert (low.dual(limit), high.dual(limit), high[lp.variables[0]]) == (1.0, 0.5, 5.0)


def test_scenario_duals_of_one_variable():
    """A constraint of one variable has its dual and its quality at the scenario's side, also after a pickle."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0, ub=1)
    limit = lp.add_constraint(2 * x <= 12)
    lp.add_constraint(x + y <= 100)
    lp.objective = 3 * x + y
    found = lp.scenarios([Scenario(), Scenario(rhs={limit: 8}), Scenario(ub={limit: 6}, cost={x: 4})], "maximize")
    for solution, objective, dual in zip(found, (19, 13, 13), (1.5, 1.5, 2.0)):
        assert (solution.objective, solution.dual(limit)) == (objective, dual)
        assert pickle.loads(pickle.dumps(solution)).dual(limit) == dual
        assert not any(residual for residual in vars(solution.quality).values())


def test_scenarios_of_numpy():
    """Its numbers are as good as others."""
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    lp = limited(4)
    (limit,), (x, _) = lp.constraints, lp.variables
    cases = [Scenario(rhs={limit: numpy.float32(3)}), Scenario(ub={x: numpy.int64(2)}, cost={x: numpy.float64(2)})]
    with ThreadPoolExecutor(1) as executor:
        for its in ({"workers": 1}, {"executor": executor}):
            found = lp.scenarios(cases, "maximize", time_limit=numpy.float64(30), **its)
            assert [s.objective for s in found] == [3.0, 5.0]
    assert solve_many([lp], "maximize", time_limit=numpy.array([3.0]))[0].objective == 4.0


def test_scenarios_that_do_not_fit():
    """Named, and the program is as it was."""
    lp, other = limited(4), limited(5)
    x, _ = lp.variables
    (limit,) = lp.constraints
    ranged = lp.add_constraint(1 <= x + lp.variables[1] <= 9, name="ranged")
    gone = lp.add_constraint(x + lp.variables[1] <= 9)
    lp.remove(gone)
    for scenario, error, said in [
        (Scenario(rhs={other.constraints[0]: 3}), ForeignObject, "does not belong to"),
        (Scenario(rhs={gone: 3}), RemovedObject, "removed"),
        (Scenario(rhs={x: 3}), ExpressionError, "not a Constraint"),
        (Scenario(cost={limit: 3}), ExpressionError, "not a Variable"),
        (Scenario(rhs={ranged: 3}), InvalidValue, "single right-hand side"),
        (Scenario(lb={x: 7}), InvalidValue, "above its upper bound"),
        (Scenario(rhs={limit: float("nan")}), InvalidValue, "NaN"),
        ({"rhs": {limit: 3}}, InvalidValue, "not a Scenario"),
    ]:
        with pytest.raises(error, match=said):
            lp.scenarios([scenario], workers=1)
    with pytest.raises(InvalidValue, match="cost must be a mapping"):
        Scenario(cost=3)
    assert lp.maximize() == 4.0


def test_only_what_differs_is_sent(monkeypatch):
    """A scenario is some hundred bytes, however large the program is."""
    kill, traffic = Child.kill, []
    monkeypatch.setattr(Child, "kill", lambda self: (traffic.append(self.sent), kill(self)))
    lp = LinearProgram()
    xs = lp.Vars(2000, lb=0, ub=1)
    rows = [lp.add_constraint(xs[j] + xs[j + 1] + xs[j + 2] <= 2) for j in range(1998)]
    lp.objective = xs[0] + xs[1] + xs[2]
    form = len(
        pplp.solving.executors.pack_task(pplp.engines.tasks.Task(lp.compile("maximize"), [None], pplp.Options()))
    )
    lp.scenarios([Scenario(rhs={rows[0]: k / 100}) for k in range(100)], "maximize", workers=1, isolate=True)
    assert len(traffic) == 1 and form < traffic[0] < form + 100 * 1000

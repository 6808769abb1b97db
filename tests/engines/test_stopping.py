"""A solve can be left at once, from the keyboard, another thread or a limit; what it found stays, the program too."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pplp import CancelToken, LimitReached, LinearProgram, OptionError, Status
from tests.support.engines import ENGINES
from tests.support.long_programs import dense_mix, holds, knapsacks, once

#: (program, options) for each kind of solve
KINDS = {
    "simplex": ("dense_mix(1600)", {"method": "primal"}),
    "presolved simplex": ("dense_mix(1600)", {"presolve": True}),
    "interior point": ("dense_mix(1200)", {"method": "interior", "crossover": False}),
    "branch and cut": ("knapsacks()", {}),
    "simplex in a child": ("dense_mix(1600)", {"method": "primal", "isolate": True}),
    "branch and cut in a child": ("knapsacks()", {"isolate": True}),
}

CHILD = """
import os, signal
from pplp import LinearProgram, Status
from pplp.engines import isolation
from tests.support.long_programs import *
isolation._SHORT = 100.0  # what a child has found is waited for, however busy the machine is
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background has it ignored
lp, options = {program}, {options}
try:
    ring = once(lambda: os.kill(os.getpid(), signal.SIGINT), has_point={search})
    lp.solve("maximize", progress=ring, **options)
    raise SystemExit("it ended before the signal")
except KeyboardInterrupt:
    pass
assert lp.status is lp.solution.status is Status.INTERRUPTED
found = lp.solution.has_solution
assert not found or holds(lp)
if lp.solution.bound is not None and found:
    assert lp.solution.objective <= lp.solution.bound + 1e-6 and lp.solution.gap >= 0

other = LinearProgram()
x, y = other.Var(lb=0, ub=3), other.Var(lb=0)
other.add_constraint(x + y <= 5)
other.objective = x + 2 * y
assert other.maximize() == 10.0
assert lp.solve("maximize", time_limit=0.3, **options).status is Status.TIME_LIMIT
for x in lp.variables:
    x.ub = 0
assert lp.maximize() == 0.0
print(found)
"""


def _is_search(kind):
    """Is it one that is to find its first point before it is stopped?"""
    return kind.startswith("branch and cut")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends itself a POSIX signal")
@pytest.mark.parametrize("kind", KINDS)
def test_control_c(kind):
    """KeyboardInterrupt comes out of each kind of solve, and the program solves afterwards."""
    program, options = KINDS[kind]
    script = CHILD.format(program=program, options=options, search=_is_search(kind))
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, cwd=root)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "True\n" or not _is_search(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_stop_from_another_thread(kind):
    """stop() ends the solve; its solution says so."""
    program, options = KINDS[kind]
    lp = eval(program)
    solution = lp.solve("maximize", progress=once(lp.stop, _is_search(kind)), **options)
    assert solution is lp.solution
    assert solution.status is lp.status is Status.INTERRUPTED
    if _is_search(kind):
        assert holds(lp)
        assert solution.gap > 0
    with pytest.raises(LimitReached, match="interrupted") as caught:
        solution.objective_or_raise()
    assert caught.value.solution is solution


def test_stop_without_a_solve_does_nothing():
    """Only a solve that runs is stopped."""
    lp = LinearProgram()
    x = lp.Var(ub=4)
    lp.objective = x
    lp.stop()
    assert lp.maximize() == 4.0
    lp.stop()
    x.ub = 5.0
    assert lp.maximize() == 5.0
    lp.stop()
    assert lp.solve("maximize", time_limit=9).status is Status.OPTIMAL


def test_worker_is_stopped_by_the_main_thread():
    """The solve runs in a thread that signals cannot reach."""
    lp, errors, begun = knapsacks(), [], threading.Event()

    def work():
        try:
            lp.maximize(progress=lambda event: begun.set())
        except LimitReached as error:
            errors.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait()
    lp.stop()
    worker.join()
    assert errors[0].solution.status is Status.INTERRUPTED


def test_one_token_for_two_programs():
    """Cancelled, it ends both, and what begins with it; after a reset it is as new."""
    token, found = CancelToken(), []
    programs = [knapsacks(seed=seed) for seed in (1, 2)]
    begun = threading.Event()

    def work(lp):
        found.append(lp.solve("maximize", cancel=token, progress=lambda event: begun.set()))

    workers = [threading.Thread(target=work, args=(lp,)) for lp in programs]
    for worker in workers:
        worker.start()
    begun.wait()  # the other one may not be at work yet
    assert not token.cancelled and not found
    token.cancel()
    for worker in workers:
        worker.join()
    assert [s.status for s in found] == [Status.INTERRUPTED] * 2
    assert programs[0].solve("maximize", cancel=token).status is Status.INTERRUPTED
    token.reset()
    assert programs[0].solve("maximize", cancel=token, node_limit=5).status is Status.NODE_LIMIT
    with pytest.raises(OptionError, match="CancelToken"):
        programs[0].solve(cancel=True)


@pytest.mark.parametrize("solver", ENGINES)
def test_an_abandoned_search_leaves_its_best_point(solver, monkeypatch):
    """Where the solver does not look up in time, what it has told of is there, found by a heuristic or not."""
    monkeypatch.setattr("pplp.engines.clock._GRACE", -1.0)
    lp, told = knapsacks(), []

    def listen(event):
        if event.incumbent is not None:
            told.append(event.incumbent)
            lp.stop()

    solution = lp.solve("maximize", solver=solver, progress=listen)
    assert solution.status is Status.INTERRUPTED and holds(lp)
    assert told[0] - 1e-9 * told[0] <= solution.objective <= solution.bound  # it was told in the solver's digits


@pytest.mark.parametrize("kind", KINDS)
def test_time_limit(kind, hands):
    """It is honoured, the status says so, and an integer search has its best point and bound."""
    program, options = KINDS[kind]
    lp = eval(program)
    solution = lp.solve("maximize", time_limit=1e5, progress=once(hands.forward, _is_search(kind)), **options)
    assert solution.status is Status.TIME_LIMIT
    if _is_search(kind):
        assert holds(lp)
        assert solution.bound >= solution.objective
        assert solution.gap == pytest.approx((solution.bound - solution.objective) / solution.objective)


def test_iteration_limit():
    """The simplex stops at exactly that many, the search near it, the interior point where it can be left."""
    lp = dense_mix(200)
    for options in ({"method": "primal"}, {"method": "dual"}, {"presolve": True}):
        solution = lp.solve("maximize", iteration_limit=37, **options)
        assert (solution.status, solution.iterations) == (Status.ITERATION_LIMIT, 37)
    search = knapsacks().solve("maximize", iteration_limit=3000)
    assert search.status is Status.ITERATION_LIMIT
    assert 3000 <= search.iterations < 3300
    assert search.has_solution
    points = lp.solve("maximize", iteration_limit=4, method="interior")
    assert points.status is Status.ITERATION_LIMIT
    assert lp.maximize() > 0


def test_gaps():
    """The search ends within the gap asked for, relative or absolute, and tells a bound that holds."""
    lp = knapsacks(items=22, rows=3)
    best = lp.maximize()
    assert lp.solution.gap == 0
    for wish in ({"gap": 0.02}, {"absolute_gap": 0.02 * best}):
        solution = lp.solve("maximize", **wish)
        assert solution.status is Status.GAP_REACHED
        assert solution.objective <= best <= solution.bound + 1e-6
        assert 0 < solution.bound - solution.objective <= 0.02 * best * 1.001
        assert holds(lp)
        assert lp.maximize(**wish) == solution.objective  # an answer, not an error


@pytest.mark.slow
def test_slices_reach_the_optimum():
    """Cut into several runs, the simplex ends where HiGHS does, by each method."""
    numpy, optimize = pytest.importorskip("numpy"), pytest.importorskip("scipy.optimize")
    sparse = pytest.importorskip("scipy.sparse")
    lp = dense_mix(600)
    form = lp.compile("maximize")
    matrix = sparse.csr_matrix((form.values, form.indices, form.starts), shape=(form.rows, form.columns))
    cost = -numpy.array(form.cost)
    answer = optimize.linprog(cost, matrix, form.row_upper, bounds=(0, 10), method="highs")
    for options in ({"method": "primal"}, {"method": "dual"}, {"method": "primal", "presolve": True}):
        solution = lp.copy().solve("maximize", **options)
        assert solution.objective == pytest.approx(-answer.fun, rel=1e-9)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
def test_two_signals():
    """The second comes while the first is being handled: still one exception, and a program that works."""
    lp, rings = dense_mix(1600), []

    def ring(*_):
        rings.append(1)
        if len(rings) == 2:
            signal.setitimer(signal.ITIMER_REAL, 0)
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3, 0.02)
        try:
            lp.maximize(method="primal")
        except KeyboardInterrupt:
            while len(rings) < 2:  # where the second comes too late, or is handled here
                signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    for x in lp.variables:
        x.ub = 0
    assert lp.maximize() == 0.0

"""A solve can be left at once, from the keyboard, another thread or a limit; what it found stays, the program too."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pplp import CancelToken, LimitReached, LinearProgram, OptionError, Status
from tests.long_programs import dense_mix, holds, knapsacks

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
import os, signal, sys, threading, time
from pplp import LinearProgram, Status
from tests.long_programs import *
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background has it ignored
lp, options = {program}, {options}
sent = []
def ring():
    if options.get("isolate"):
        while not (lp._engine and lp._engine.traffic[1]):  # until that process says that it has begun
            time.sleep(0.02)
        time.sleep({delay})
    began = time.process_time()
    while not options.get("isolate") and time.process_time() - began < {delay}:  # of work, however busy the machine
        time.sleep(0.02)
    sent.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=ring, daemon=True).start()
try:
    lp.solve("maximize", **options)
    raise SystemExit("it ended before the signal")
except KeyboardInterrupt:
    latency = time.perf_counter() - sent[0]
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
print(latency, found)
"""


def _delay(kind):
    """Seconds before the stop; a search is to have found its first point, on a busy machine, too."""
    return 2.5 if "child" in kind else 1.5 if kind == "branch and cut" else 0.5


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends itself a POSIX signal")
@pytest.mark.parametrize("kind", KINDS)
def test_control_c(kind):
    """KeyboardInterrupt comes at once in each kind of solve, and the program solves afterwards."""
    program, options = KINDS[kind]
    script = CHILD.format(program=program, options=options, delay=_delay(kind))
    root = str(Path(__file__).parent.parent)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=root)
    assert done.returncode == 0, done.stderr
    latency, found = done.stdout.split()
    assert float(latency) < 2  # 0.1 on a machine at rest; the run itself would go on for many seconds
    if kind.startswith("branch and cut"):
        assert found == "True"


@pytest.mark.parametrize("kind", KINDS)
def test_stop_from_another_thread(kind):
    """stop() ends the solve; its solution says so."""
    program, options = KINDS[kind]
    lp = eval(program)
    timer = threading.Timer(_delay(kind), lp.stop)
    timer.start()
    start = time.perf_counter()
    solution = lp.solve("maximize", **options)
    assert time.perf_counter() - start < 4
    timer.join()
    assert solution is lp.solution
    assert solution.status is lp.status is Status.INTERRUPTED
    if kind.startswith("branch and cut"):
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
    lp, errors = knapsacks(), []

    def work():
        try:
            lp.maximize()
        except LimitReached as error:
            errors.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(0.3)
    lp.stop()
    worker.join(20)
    assert not worker.is_alive()
    assert errors[0].solution.status is Status.INTERRUPTED


def test_one_token_for_two_programs():
    """Cancelled, it ends both, and what begins with it; after a reset it is as new."""
    token, found = CancelToken(), []
    programs = [knapsacks(seed=seed) for seed in (1, 2)]
    workers = [threading.Thread(target=lambda p=p: found.append(p.solve("maximize", cancel=token))) for p in programs]
    for worker in workers:
        worker.start()
    time.sleep(0.5)
    assert not token.cancelled
    token.cancel()
    for worker in workers:
        worker.join(20)
    assert [s.status for s in found] == [Status.INTERRUPTED] * 2
    assert programs[0].solve("maximize", cancel=token).status is Status.INTERRUPTED
    token.reset()
    assert programs[0].solve("maximize", cancel=token, node_limit=5).status is Status.NODE_LIMIT
    with pytest.raises(OptionError, match="CancelToken"):
        programs[0].solve(cancel=True)


@pytest.mark.parametrize("kind", KINDS)
def test_time_limit(kind):
    """It is honoured, the status says so, and an integer search has its best point and bound."""
    program, options = KINDS[kind]
    lp = eval(program)
    start = time.perf_counter()
    solution = lp.solve("maximize", time_limit=_delay(kind), **options)
    assert 0.9 * _delay(kind) < time.perf_counter() - start < 4
    assert solution.status is Status.TIME_LIMIT
    if kind.startswith("branch and cut"):
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
        assert solution.seconds > 0.1  # a second slice at least


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
def test_two_signals():
    """The second comes while the first is being handled: still one exception, and a program that works."""
    lp = dense_mix(1600)

    def ring(*_):
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3, 0.02)
        try:
            lp.maximize(method="primal")
        except KeyboardInterrupt:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    for x in lp.variables:
        x.ub = 0
    assert lp.maximize() == 0.0

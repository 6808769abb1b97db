"""Many programs on a cluster of dask.distributed: the same answers, and what is lost on the way is solved again."""

from __future__ import annotations

import contextlib
import gc
import itertools
import logging
import os
import signal
import sys
import threading
import time
from random import Random

import pytest

import pplp.engines.tasks
import pplp.solving.executors
from pplp import CancelToken, LinearProgram, OptionError, Options, Scenario, SolveError, Status, as_solved, solve_many
from tests.graphs.test_decompositions import example
from tests.solving.test_batch import LIMITS, OPTIMA, edited_copy, limited
from tests.support.long_programs import knapsacks
from tests.support.random_programs import highs, random_program

if sys.implementation.name == "pypy":
    pytest.skip("dask.distributed is not made for PyPy", allow_module_level=True)
dask = pytest.importorskip("dask", reason="dask, of the extra `distributed`, is not installed")
distributed = pytest.importorskip("distributed", reason="distributed, of the extra `distributed`, is not installed")

pytestmark = [pytest.mark.xdist_group("dask"), pytest.mark.heavy]  # a cluster of processes
posix = pytest.mark.skipif(os.name != "posix", reason="ends processes by signals")


@contextlib.contextmanager
def local_client(**shape):
    """A client of worker processes on this machine, which are quiet."""
    quiet = {"dashboard_address": ":0", "worker_dashboard_address": None, "silence_logs": logging.CRITICAL}
    with distributed.LocalCluster(processes=True, **quiet, **shape) as cluster, distributed.Client(cluster) as client:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        yield client


@pytest.fixture(scope="module")
def client():
    """Of four worker processes with a thread each: three are killed below, and dask does not always replace them."""
    strict = {"distributed.admin.large-graph-warning-threshold": "1MB"}
    with dask.config.set(strict), local_client(n_workers=4, threads_per_worker=1) as client:
        yield client


class Loaded(str):
    """A name that does something where it is unpickled: in the worker that it is sent to."""

    def __new__(cls, name, code):
        """A name, and an expression."""
        made = super().__new__(cls, name)
        made.code = code
        return made

    def __reduce__(self):
        return eval, (f"({self.code}, {str(self)!r})[1]",)


SLEEP = "__import__('time').sleep(0.15)"
DIE = "__import__('os').kill(__import__('os').getpid(), 9)"


def loaded(limit, code):
    """The program `limited`, whose worker does something first."""
    lp = limited(limit)
    lp.add_constraint(lp.variables[0] + lp.variables[1] <= 50, name=Loaded("loaded", code))
    return lp


def kill_a_busy_worker(client):
    """End the one that has most to do; the number of its process.  One that is gone, but not yet missed, is ignored."""
    pids = client.run(os.getpid, on_error="ignore")
    address = max((item for item in client.processing().items() if item[0] in pids), key=lambda item: len(item[1]))[0]
    os.kill(pids[address], signal.SIGKILL)
    return pids[address]


# --------------------------------------------------------------------- the same answers
def test_many_programs(client):
    """Solutions in the order of the programs; status and objective are those of a solve alone."""
    programs = [limited(limit) for limit in LIMITS]
    solutions = solve_many(programs, "maximize", executor=client.get_executor())
    assert [s.objective for s in solutions] == OPTIMA
    assert [lp.constraints[0].dual for lp in programs] == [0.5 if limit > 5 else 1.0 for limit in LIMITS]
    drawn = [random_program(Random(seed), integers=seed % 2 == 1) for seed in range(40)]
    alone = [lp.copy().solve("maximize", node_limit=300) for lp in drawn]
    for k, solution in as_solved(iter(drawn), "maximize", executor=client.get_executor(), node_limit=300):
        assert alone[k].status is solution.status
        assert alone[k].objective == pytest.approx(solution.objective, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("seed", range(4))
def test_scenarios_are_edited_copies(client, seed):
    """Each is solved as the program with its numbers would be."""
    draw = Random(seed)
    lp = LinearProgram()
    xs = lp.Vars(6, "x", lb=0, ub=10)
    xs[0].integer = seed % 2 == 1
    rows = [lp.add_constraint(sum(draw.randint(1, 5) * x for x in draw.sample(list(xs), 3)) <= 30) for _ in range(4)]
    rows.append(lp.add_constraint(2 * xs[3] <= 12))
    lp.objective = sum(draw.randint(1, 9) * x for x in xs) + 7
    scenarios = [
        Scenario(
            rhs={c: draw.randint(1, 30) for c in draw.sample(rows, 2)},
            ub={x: draw.randint(3, 9) for x in draw.sample(list(xs), 2)},
            cost={draw.choice(xs): draw.randint(-3, 12)},
        )
        for _ in range(30)
    ]
    found = lp.scenarios(scenarios, "maximize", executor=client.get_executor())
    wanted = [edited_copy(lp, scenario).solve("maximize") for scenario in scenarios]
    assert [s.status for s in found] == [s.status for s in wanted]
    assert [s.objective for s in found] == pytest.approx([s.objective for s in wanted])


# --------------------------------------------------------------------- what is lost
@posix
@pytest.mark.parametrize("call", ["solve_many", "as_solved", "scenarios"])
def test_a_worker_is_lost_in_the_middle(client, call):
    """Its process is killed while it works, and every answer is there."""
    client.wait_for_workers(1, timeout=300)
    killed = []

    def done(count, total):
        if not killed:
            killed.append(kill_a_busy_worker(client))

    its = {"executor": client.get_executor(), "progress": done}
    if call == "scenarios":
        lp = loaded(4, SLEEP)
        found = lp.scenarios([Scenario(rhs={lp.constraints[0]: limit}) for limit in LIMITS * 3], "maximize", **its)
    elif call == "solve_many":
        found = solve_many([loaded(limit, SLEEP) for limit in LIMITS * 3], "maximize", **its)
    else:
        pairs = dict(as_solved((loaded(limit, SLEEP) for limit in LIMITS * 3), "maximize", **its))
        found = [pairs[k] for k in range(len(LIMITS) * 3)]
    assert [s.objective for s in found] == OPTIMA * 3
    assert killed and killed[0] not in client.run(os.getpid, on_error="ignore").values()


@posix
@pytest.mark.slow
def test_a_program_that_workers_die_of():
    """It is given up, and says why; all others are finished, also those that died with it."""
    lps = [loaded(limit, DIE) if k == 2 else limited(limit) for k, limit in enumerate(LIMITS)]
    # Two die: of all that the first had, which dask blames alike, and of the one at fault when it is alone.
    strict = {"distributed.scheduler.allowed-failures": 0}
    with dask.config.set(strict), local_client(n_workers=3, threads_per_worker=1) as client:
        found = solve_many(lps, "maximize", executor=client.get_executor())
    assert [s.status for s in found] == [Status.FAILED if k == 2 else Status.OPTIMAL for k in range(8)]
    assert [s.objective for s in found if s.has_solution] == OPTIMA[:2] + OPTIMA[3:]
    assert found[2].message.startswith("KilledWorker: ")
    with pytest.raises(SolveError, match="KilledWorker"):
        found[2].objective_or_raise()
    assert lps[2].maximize() == OPTIMA[2]


def test_what_the_cluster_forgets(client):
    """Tasks that are cancelled behind our back are sent again."""
    client.wait_for_workers(1, timeout=300)
    left = [2]

    def forget(count, total):
        if left[0]:
            left[0] -= 1
            # Those on their way to the scheduler would be lost, and nobody would be told.
            there = client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks))
            client.cancel([distributed.Future(key, client) for key in there if key in client.futures], force=True)

    lps = [loaded(limit, SLEEP) for limit in LIMITS]
    found = solve_many(lps, "maximize", executor=client.get_executor(), progress=forget)
    assert [s.objective for s in found] == OPTIMA and not left[0]


# --------------------------------------------------------------------- what is sent
def test_bytes_of_a_program():
    """A dozen bytes for each coefficient, 25 for each variable, 24 for each row, and a little more."""
    lp = LinearProgram()
    xs = lp.Vars(500, lb=0, ub=1)
    for j in range(400):
        lp.add_constraint(sum(xs[j : j + 50]) <= 9)
    lp.objective = sum(xs)
    form = lp.compile("maximize")
    size = len(pplp.solving.executors.pack_task(pplp.engines.tasks.Task(form, [None], Options())))
    assert size < 12 * form.nonzeros + 25 * form.columns + 24 * form.rows + 2000


def test_a_large_program(client):
    """It is sent without a warning of dask; those that wait are limited by their bytes, too."""
    lp = LinearProgram()
    xs = lp.Vars(60_000, lb=0, ub=1)
    lp.add_constraint(xs[0] + xs[59_999] <= 1)
    lp.objective = xs[0] + 2 * xs[59_999]
    assert len(pplp.solving.executors.pack_task(pplp.engines.tasks.Task(lp.compile(), [None], Options()))) > 1_000_000
    assert solve_many([lp, lp], "maximize", executor=client.get_executor())[1].objective == 2


@pytest.mark.parametrize("limit, ahead", [(1 << 28, 256), (1, 4)])
def test_programs_without_end(client, monkeypatch, limit, ahead):
    """A generator is asked for so many ahead at most; where they are large, for as many as there are workers."""
    client.wait_for_workers(1, timeout=300)
    monkeypatch.setattr(pplp.solving.executors, "_BYTES", limit)
    asked, most = 0, 0

    def programs():
        nonlocal asked
        for limit in itertools.cycle(LIMITS):
            asked += 1
            yield limited(limit)

    solving = as_solved(programs(), "maximize", executor=client.get_executor())
    for count, (k, solution) in enumerate(itertools.islice(solving, 60), 1):
        assert solution.objective == OPTIMA[k % 8]
        most = max(most, asked - count, len(client.futures))
    solving.close()
    assert most <= 2 * ahead  # those that are done meanwhile are handed over first
    end = time.monotonic() + 120  # they are to go, and when is the machine's affair
    while client.futures and time.monotonic() < end:
        gc.collect()
        time.sleep(0.02)
    assert not client.futures  # nothing is held any more


# --------------------------------------------------------------------- control
@posix
def test_cancel():
    """All ends at once, though the workers are still at it: they have a cluster of their own, which ends with them."""
    token = CancelToken()
    lps = [knapsacks(seed=k) for k in range(6)]
    with local_client(n_workers=2, threads_per_worker=1) as client:
        pids = client.run(os.getpid)
        threading.Timer(0.6, token.cancel).start()
        found = solve_many(lps, "maximize", executor=client.get_executor(), cancel=token)
        for pid in pids.values():
            os.kill(pid, signal.SIGKILL)  # or they would search on
    assert [s.status for s in found] == [Status.INTERRUPTED] * 6


def test_the_client_is_no_executor(client):
    """The error says what to write."""
    with pytest.raises(OptionError, match=r"executor=client\.get_executor\(\)"):
        solve_many([limited(4)], executor=client)


@pytest.mark.slow
def test_several_threads_of_a_worker():
    """They solve one after the other: each is right, and its time counts from when it begins."""
    with local_client(n_workers=1, threads_per_worker=3) as client:
        executor = client.get_executor()
        programs = [limited(limit) for limit in LIMITS * 5]
        assert [s.objective for s in solve_many(programs, "maximize", executor=executor)] == OPTIMA * 5
        lp = limited(4)
        scenarios = [Scenario(rhs={lp.constraints[0]: limit}) for limit in LIMITS * 5]
        assert [s.objective for s in lp.scenarios(scenarios, "maximize", executor=executor)] == OPTIMA * 5
        found = solve_many([knapsacks(seed=k) for k in range(3)], "maximize", executor=executor, time_limit=0.5)
        assert [s.status for s in found] == [Status.TIME_LIMIT] * 3
        assert all(s.seconds > 0 for s in found)  # 0 where the time of another counted


@pytest.mark.slow
@pytest.mark.parametrize("name", ["benders", "dantzig_wolfe"])
def test_decompositions(client, name):
    """The examples' subproblems on the cluster: the optimum of the whole."""
    module = example(name)
    status, optimum = highs(module.monolith().compile("minimize"))
    assert status == "optimal"
    assert getattr(module, name)(client.get_executor()) == pytest.approx(optimum, rel=1e-6)


@pytest.mark.slow
def test_the_cluster_goes(client):
    """What it had is not waited for: the solutions say that it failed, and those that are there remain."""
    found = {}
    with local_client(n_workers=1, threads_per_worker=1) as other:
        for k, solution in as_solved((loaded(limit, SLEEP) for limit in LIMITS), executor=other.get_executor()):
            found[k] = solution
            if len(found) == 2:
                other.cluster.close()
    assert sorted(found) == list(range(8))
    assert {s.status for s in found.values()} == {Status.OPTIMAL, Status.FAILED}

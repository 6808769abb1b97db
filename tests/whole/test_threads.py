"""Threads: a solve leaves the interpreter to others, and programs in many threads get their own answers."""

from __future__ import annotations

import sys
import textwrap
import threading
import time
from random import Random

import pytest

from pplp import Infeasible, LinearProgram, OutOfThreads, PplpError, Status, WorkerNotStarted
from pplp.engines.glpk.threads import Library
from tests.support.long_programs import dense_mix, knapsacks, once


@pytest.mark.parametrize(
    ("program", "options"),
    [
        ("dense_mix(1600)", {"method": "primal"}),
        ("dense_mix(1600)", {"presolve": True}),
        ("dense_mix(1200)", {"method": "interior"}),
        ("knapsacks()", {}),
    ],
)
def test_ticks(program, options):
    """A thread that runs a thousand times stops a solve: GLPK, which is called far less often, leaves it the lock."""
    lp, ticks = eval(program), []

    def tick():
        for k in range(1000):
            time.sleep(0.0001)
            ticks.append(k)
        lp.stop()

    assert lp.solve("maximize", progress=once(tick), **options).status is Status.INTERRUPTED
    assert len(ticks) == 1000


def transport(draw):
    """Two sources, one sink: the cheaper one first, then the other."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0, ub=draw.randint(1, 9)), lp.Var(lb=0)
    a, b, demand = draw.randint(1, 9), draw.randint(10, 19), draw.randint(1, 20)
    lp.add_constraint(x + y == demand)
    lp.objective = a * x + b * y
    first = min(x.ub, demand)
    return lp, "minimize", a * first + b * (demand - first)


def coins(draw):
    """The fewest coins of 1, 5 and 25 that make a sum: greedy is right for these."""
    lp, amount = LinearProgram(), draw.randint(1, 200)
    n = [lp.IntVar(lb=0, ub=200) for _ in range(3)]
    lp.add_constraint(n[0] + 5 * n[1] + 25 * n[2] == amount)
    lp.objective = sum(n)
    return lp, "minimize", amount // 25 + amount % 25 // 5 + amount % 5


def diet(draw):
    """A knapsack with fractions: by price over weight."""
    lp, room = LinearProgram(), draw.randint(10, 60)
    goods = [(draw.randint(1, 20), draw.randint(1, 20)) for _ in range(6)]
    xs = lp.Vars(6, lb=0, ub=1)
    lp.add_constraint(sum(w * x for (_, w), x in zip(goods, xs)) <= room)
    lp.objective = sum(p * x for (p, _), x in zip(goods, xs))
    best = 0.0
    for price, weight in sorted(goods, key=lambda good: good[0] / good[1], reverse=True):
        share = min(1.0, room / weight)
        best, room = best + share * price, room - share * weight
    return lp, "maximize", best


def impossible(draw):
    """More than there is."""
    lp, k = LinearProgram(), draw.randint(1, 9)
    x, y = lp.Var(lb=0, ub=k), lp.Var(lb=0, ub=k)
    lp.add_constraint(x + y >= 2 * k + 1)
    return lp, "minimize", None


@pytest.mark.slow
def test_stress():
    """Eight threads, 500 solves each of models of their own, warm and cold, linear and integer: the right answers."""
    wrong, finished = [], []

    def work(seed):
        draw = Random(seed)
        solved = 0
        while solved < 500:
            lp, sense, expected = draw.choice((transport, coins, diet, impossible))(draw)
            for _ in range(draw.randint(1, 3)):
                solved += 1
                try:
                    answer = getattr(lp, sense)()
                except Infeasible:
                    answer = None
                if (answer is None) is not (expected is None) or answer != pytest.approx(expected):
                    wrong.append((seed, solved, answer, expected))
        finished.append(seed)

    threads = [threading.Thread(target=work, args=(seed,), daemon=True) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert sorted(finished) == list(range(8))
    assert wrong == []


def test_small_solves_beside_a_long_one():
    """They wait for their turn, and end when the long one is stopped."""
    long, answers, begun = dense_mix(1600), [], threading.Event()

    def work():
        answers.append(long.solve("maximize", method="primal", progress=lambda event: begun.set()))

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait()
    lp, sense, expected = transport(Random(1))
    threading.Timer(0.3, long.stop).start()
    assert getattr(lp, sense)() == expected
    worker.join()
    assert str(answers[0].status) == "interrupted"


def test_dropped_in_another_thread():
    """A program that one thread solved is dropped in another, and GLPK goes on."""
    for seed in range(30):
        made = []

        def work(seed=seed, made=made):
            lp, sense, expected = diet(Random(seed))
            assert getattr(lp, sense)() == pytest.approx(expected)
            made.append(lp)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        made.clear()
    assert knapsacks(items=10, rows=2).maximize() > 0


# ---- threads that cannot be had
@pytest.mark.parametrize(
    "options",
    [{}, {"solver": "highs"}, {"method": "interior"}, {"isolate": True}, {"progress": print}, {"method": "exact"}],
    ids=str,
)
def test_no_thread(monkeypatch, options):
    """It is an error of pplp's, and the program is solved as soon as there are threads again."""
    if "solver" in options:
        pytest.importorskip("highspy")
    lp, sense, expected = transport(Random(1))

    def refuse(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for _ in range(2):
            try:
                assert getattr(lp, sense)(**options) == pytest.approx(expected)  # where it needs none
            except (OutOfThreads, WorkerNotStarted) as error:
                assert isinstance(error, PplpError) and isinstance(error, RuntimeError)
                assert "raise the limit" in str(error)
    assert getattr(lp, sense)(**options) == pytest.approx(expected)
    assert getattr(lp, sense)() == pytest.approx(expected)


# ---- sub-interpreters
SOLVES = """
import sys, threading
sys.path[:] = PATH
from pplp import LinearProgram, SolverMissing
lp = LinearProgram()
n, x = lp.IntVar("n", lb=0, ub=3), lp.Var("x", lb=0)
lp.add_constraint(n + x <= 4)
lp.objective = 2 * n + x
inner = []
def callback(ctx):
    small = LinearProgram()
    small.objective = small.Var(lb=0, ub=1)
    inner.append(small.maximize())
def solve():
    assert lp.maximize(callback=callback) == lp.maximize() == 7.0 and set(inner) == {1.0}
    assert lp.relaxed().maximize(method="interior") == lp.relaxed().maximize() == 7.0
def refused(call):
    try:
        call()
    except SolverMissing:
        return
    raise AssertionError("not refused")
refused(solve) if PER_THREAD else solve()
refused(lambda: lp.maximize(solver="highs"))
"""

SUB = f"""
import sys
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    import _interpreters as interpreters
made = interpreters.create("legacy") if sys.version_info >= (3, 13) else interpreters.create(isolated=False)
run = getattr(interpreters, "run_string", None) or interpreters.exec
error = run(made, {SOLVES!r}.replace("PATH", repr(sys.path)).replace("PER_THREAD", sys.argv[1]))
assert error is None, error
interpreters.destroy(made)
print("destroyed")
"""


ISOLATED = """
import sys
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    import _interpreters as interpreters
code = '''
import sys
sys.path[:] = PATH
from pplp import LinearProgram, OutOfThreads, SolverMissing, accelerated
lp = LinearProgram()
x, y = lp.Var("x", lb=0, ub=3), lp.Var("y", lb=0)
c = lp.add_constraint(2 * x + y <= 4)
assert not accelerated and str(c) == "2 x + y <= 4" and str(sum([x, 3 * y])) == "x + 3 y"
lp.objective = x + y
try:
    assert lp.maximize() == 4.0
except (OutOfThreads, SolverMissing) as error:
    assert "sub-interpreter" in str(error) and "Solve in the main interpreter" in str(error), error
assert lp.compile("maximize").rows == 1 and str(lp.add_constraint(x + y <= 3)) == "x + y <= 3"
'''.replace("PATH", repr(sys.path))
made = interpreters.create("isolated") if sys.version_info >= (3, 13) else interpreters.create(isolated=True)
run = getattr(interpreters, "run_string", None) or interpreters.exec
error = run(made, code)
assert error is None, error
interpreters.destroy(made)
print("destroyed", lp.maximize() if "lp" in globals() else "")
"""


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy has no sub-interpreters")
@pytest.mark.parametrize(
    "begin", ["", "lp = LinearProgram(); lp.objective = lp.Var(ub=7); lp.maximize()"], ids=["first", "after"]
)
def test_isolated_sub_interpreter(in_child, begin):
    """One with a lock of its own, or without threads: it states programs in Python, and solves or says why not."""
    assert in_child(f"{begin}\n{textwrap.dedent(ISOLATED)}").split()[0] == "destroyed"


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy has no sub-interpreters")
def test_sub_interpreter(in_child):
    """It solves, or refuses where this build of GLPK cannot; and ends: no thread of pplp waits in it."""
    assert in_child(SUB.replace("sys.argv[1]", repr(str(Library.per_thread)))).split() == ["destroyed"]

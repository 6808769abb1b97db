"""Several threads and one program: no edit and no answer is lost, mixed up, or ends the process."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from pplp import CallbackError, CancelToken, LimitReached, LinearProgram, PplpError, Status, solve_many
from pplp.core import rows, turns
from pplp.core.turns import Turns, edits
from pplp.solution import Outcome, ReadNumbers
from pplp.solver import Engine, register_engine
from pplp.testing.test_threads import run_all
from tests.support.engines import ENGINES

#: Threads of a child: what ends the process is seen by its exit code, and what keeps it by the stacks that it leaves.
_CHILD = """
import faulthandler, sys
faulthandler.dump_traceback_later(240, exit=True)
from tests.core.test_turns import {name}
sys.setswitchinterval(1e-5)
{name}(*{arguments!r})
"""


def in_child(name, *arguments):
    """Run a function of this module in a process of its own, which ends well."""
    script = _CHILD.format(name=name, arguments=arguments)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]


# ---- the answer is that of one state of the program
#: Optimum of max c * (x0 + ... + x4) over x <= a, x + y <= b, y >= 0: 5 * c * min(a, b).  A mix of two states has
#: another sum, for no sum of five of these numbers that are not all the same is five times one of them.
_BOUNDS, _COSTS = (7.0, 11.0, 13.0, 1013.0), (1.0, 100.0)
_RIGHT = {5 * c * a for a in _BOUNDS for c in _COSTS}


def atomic_edits(solver, seed):
    """Arrays are edited as a whole, by three threads, beside two that solve."""
    lp = LinearProgram(solver=solver)
    x, y = lp.Vars((5,), "x", lb=0, ub=7), lp.Vars((5,), "y", lb=0)
    rows = lp.add_constraint(x + y <= 7)
    x.cost = 1.0
    left = [3]

    def edit(number):
        draw = random.Random(100 * seed + number)
        for _ in range(150):
            what = draw.randrange(6)
            if what == 0:
                x.ub = draw.choice(_BOUNDS)
            elif what == 1:
                rows.ub = draw.choice(_BOUNDS)
            elif what == 2:
                x.cost = draw.choice(_COSTS)
            elif what == 3:
                lp.objective = draw.choice(_COSTS) * sum(x)
            elif what == 4:
                more = lp.add_constraint(x <= draw.choice(_BOUNDS))
                lp.remove(more)
            else:
                x.bounds = 0, draw.choice(_BOUNDS)
        left[0] -= 1

    def solve():
        while left[0] > 0:
            assert lp.maximize() in _RIGHT
            assert pickle.loads(pickle.dumps(lp)).maximize() in _RIGHT

    def copy():
        while left[0] > 0:
            assert lp.copy().maximize(solver="glpk") in _RIGHT
            assert lp.solve("maximize").objective in _RIGHT

    run_all(*[lambda k=k: edit(k) for k in range(3)], solve, copy)


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("seed", range(2))
def test_an_answer_is_of_one_state(solver, seed):
    """Never of half an edit."""
    pytest.importorskip("numpy")
    in_child("atomic_edits", solver, seed)


def counted_edits(solver):
    """One thread raises a bound step by step; an answer lies between the steps before and after its solve."""
    lp = LinearProgram(solver=solver)
    x = lp.Var("x", lb=0, ub=0)
    row = lp.add_constraint(x + lp.Var("y", lb=0) <= 1000)
    lp.objective = x
    steps = [0]

    def edit():
        for k in range(1, 301):
            if k % 3 == 0:
                lp.remove(lp.add_constraint(x + k * lp.Var(lb=0, ub=1) <= 5000))
            x.ub = float(k)
            steps[0] = k
        row.ub = 2000.0

    def solve():
        while steps[0] < 300:
            before = steps[0]
            answer = lp.maximize()
            assert before <= answer <= steps[0] + 1

    run_all(edit, solve, solve)
    assert lp.maximize() == 300.0


@pytest.mark.parametrize("solver", ENGINES)
def test_an_answer_is_of_its_time(solver):
    """A solve takes the program as it is when its turn comes: no older, no newer."""
    in_child("counted_edits", solver)


# ---- every kind of edit and solve
def anything(solver, seed):
    """Four threads do what they like; in the end the program is what a copy of it says, and no foreign error came."""
    faulthandler.enable()
    lp = LinearProgram(solver=solver, trace=True)
    xs = [lp.Var(lb=0, ub=9) for _ in range(6)]
    total = sum(xs)
    lp.objective = sum((i + 1) * x for i, x in enumerate(xs))
    made, names = [], [0]

    def work(number):
        draw, mine = random.Random(100 * seed + number), []

        def name():
            names[0] += 1
            return f"of {number}, {names[0]}"

        def relax():
            lp.relaxed().maximize()

        def new():
            made.append(lp.Var(name(), lb=0, ub=1))

        def several():
            made.extend(lp.Vars(3, lb=0, ub=1))

        def column():
            made.append(lp.Var(lb=0, ub=1, cost=0.5, column={mine[-1]: 1.0} if mine else None))

        deeds = [
            lambda: mine.append(lp.add_constraint(total + xs[number] <= draw.randrange(20, 40))),
            lambda: mine.append(lp.add_constraint(0 <= total <= draw.randrange(20, 40), name())),
            lambda: mine.append(lp.add_constraint(xs[number] <= draw.randrange(3, 9))),
            lambda: mine.append(lp.add_constraint(abs(xs[number] - xs[0]) <= 8)),
            lambda: lp.add_constraints([xs[0] + xs[number] <= 18]),
            lambda: mine and lp.remove(mine.pop(draw.randrange(len(mine)))),
            lambda: setattr(xs[draw.randrange(6)], "ub", draw.randrange(3, 9)),
            lambda: setattr(xs[number], "cost", draw.randrange(1, 5)),
            lambda: setattr(lp, "objective", total + draw.randrange(3)),
            lambda: (xs[number].fix(draw.randrange(3)), xs[number].unfix()),
            lambda: repr(lp) + str(lp) + repr(lp.constraints[-1:]) + repr(lp.objective),
            lambda: lp.compile().nonzeros,
            lambda: pickle.loads(pickle.dumps(lp)),
            lambda: lp.lint(),
            lambda: lp.value(xs[0]),
            lambda: lp.maximize([xs[0], total]),
            lambda: lp.sensitivity(),
            lambda: lp.solve("maximize", method=draw.choice(["primal", "dual", "exact"])),
            *[relax, new, several, column],
            *[lambda: lp.maximize()] * 6,
        ]
        for _ in range(120):
            with contextlib.suppress(PplpError):
                draw.choice(deeds)()

    run_all(*[lambda k=k: work(k) for k in range(4)])
    indices = [x._index for x in made]
    assert len({*indices}) == len(indices)
    assert lp.maximize() == pytest.approx(lp.copy().maximize(solver="glpk"))
    assert lp.verify().ok
    assert all(c.origin is None or c.origin.file == __file__ for c in lp.constraints)


@pytest.mark.parametrize("solver", ENGINES)
def test_anything(solver):
    """In a process of its own."""
    in_child("anything", solver, 1)


# ---- who waits for whom
def long_solve(during):
    """A program whose callback runs `during` once, while it is solved; returns it and its answer."""
    lp = LinearProgram(name="long")
    n = lp.Vars(2, "n", lb=0, ub=4, integer=True)
    lp.add_constraint(2 * n[0] + 2 * n[1] <= 7)
    lp.objective = n[0] + n[1]
    calls = []

    def callback(ctx):
        if not calls:
            calls.append(ctx.event)
            during(lp)

    assert lp.maximize(callback=callback) == 3.0
    return lp


def in_thread(function):
    """What a function returns, or the error that it raises, in another thread."""
    found = []

    def call():
        try:
            found.append(function())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    return found[0]


def test_a_solve_whose_time_is_over_before_its_turn():
    """It says so, and that it was stopped where it was."""
    found, token = [], CancelToken()
    token.cancel()

    def during(lp):
        assert lp.status is Status.OPTIMAL or lp.status is Status.UNSOLVED
        found.append(in_thread(lambda: lp.status))
        found.append(in_thread(lambda: lp.solve(time_limit=0).status))
        found.append(in_thread(lambda: lp.solve(cancel=token).status))
        found.append(in_thread(lambda: lp.maximize(time_limit=0)))
        found.append(in_thread(lambda: lp.maximize([lp.variables[0]], cancel=token)))

    lp = long_solve(during)
    assert found[:3] == [Status.UNSOLVED, Status.TIME_LIMIT, Status.INTERRUPTED]
    assert [type(error) for error in found[3:]] == [LimitReached, LimitReached]
    assert "did not start" in str(found[3])
    assert lp.status is Status.OPTIMAL


def test_an_edit_waits():
    """It is made when the solve has ended, whose answer it does not touch."""
    edits, threads = [], []

    def during(lp):
        def edit():
            lp.variables[0].ub = 0
            edits.append("made")

        threads.append(threading.Thread(target=edit))
        threads[0].start()
        threads[0].join(0.1)
        assert not edits

    lp = long_solve(during)
    threads[0].join()
    assert edits == ["made"]
    assert (lp.status, lp.maximize()) == (Status.UNSOLVED, 3.0)


def test_what_the_solve_calls_does_not_wait():
    """A callback edits the program that is solved, in its own thread; the answer is that of before."""

    def during(lp):
        lp.variables[0].ub = 0
        lp.add_constraint(lp.variables[0] + lp.variables[1] <= 1)
        assert in_thread(lambda: lp.compile().rows) == 2
        assert lp.copy().maximize() == 1.0

    lp = long_solve(during)
    assert (lp.status, lp.maximize()) == (Status.UNSOLVED, 1.0)


def test_two_programs_do_not_wait_for_each_other():
    """A callback that would wait for another program's solve is refused; else each could wait for the other."""
    other = LinearProgram(name="other")
    x = other.Var("x", lb=0, ub=1)
    other.objective = x
    begun, ended = threading.Event(), threading.Event()

    def hold():
        begun.set()
        ended.wait()

    holder = threading.Thread(target=other._turns.alone, args=(hold,))
    holder.start()
    begun.wait()

    def during(lp):
        try:
            with pytest.raises(CallbackError, match=r"another thread.*copy"):
                x.ub = 2
            with pytest.raises(CallbackError):
                other.maximize()
        finally:
            ended.set()

    long_solve(during)
    holder.join()
    assert (x.ub, other.maximize()) == (1.0, 1.0)


def test_callables_of_one_solve_in_two_threads():
    """Progress is told in the thread that solves, the callback is called in another one: both edit."""
    lp = LinearProgram()
    n = lp.Vars(12, "n", lb=0, ub=4, integer=True)
    draw = random.Random(3)
    for _ in range(4):
        lp.add_constraint(sum(draw.randrange(1, 9) * x for x in n) <= 61)
    lp.objective = sum(draw.randrange(5, 9) * x for x in n)

    def edit(_):
        lp.remove(lp.add_constraint(n[0] + n[1] <= 100))

    answer = lp.solve("maximize", callback=edit, progress=edit, log=edit)
    assert answer.objective == pytest.approx(lp.copy().maximize())
    assert lp.maximize() == answer.objective


@pytest.mark.skipif(os.name != "posix", reason="a signal to the own process")
def test_interrupt_while_waiting():
    """Ctrl-C ends the wait, not the solve of the other thread."""
    lp = LinearProgram()
    x = lp.Var("x", lb=0, ub=1)
    lp.objective = x
    begun, ended = threading.Event(), threading.Event()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def hold():
        begun.set()
        os.kill(os.getpid(), signal.SIGINT)
        ended.wait()

    holder = threading.Thread(target=lp._turns.alone, args=(hold,))
    try:
        with pytest.raises(KeyboardInterrupt):
            holder.start()
            begun.wait()
            x.ub = 2
            lp.maximize()
    finally:
        signal.signal(signal.SIGINT, before)
        ended.set()
        holder.join()
    assert lp.maximize() == x.ub


def test_the_first_thread_after_the_second():
    """Once two have used it, both take turns; where things were written is known all the same."""
    lp = LinearProgram(trace=True)
    x, y = in_thread(lambda: [lp.Var("x", lb=0, ub=2), lp.IntVar("y", lb=0, ub=3)])
    row = lp.add_constraint(x + y <= 4)
    z = lp.Var("z", lb=0, ub=1)
    x.ub = 1
    lp.objective = x + 2 * y + z
    assert lp.maximize() == 8.0
    assert {one.origin.file for one in (x, y, z, row)} == {__file__}


#: Edits, and reads of the whole program, in the middle of which the answer may be asked for.
ASKS = {
    "repr": lambda lp, rows: repr(lp),
    "text": lambda lp, rows: str(lp),
    "page": lambda lp, rows: lp._repr_html_(),
    "formulas": lambda lp, rows: lp._repr_latex_(),
    "remove": lambda lp, rows: lp.remove(*rows),
    "copy": lambda lp, rows: lp.copy(),
    "pickle": lambda lp, rows: pickle.dumps(lp),
    "compile": lambda lp, rows: lp.compile(),
    "edit": lambda lp, rows: ask_in_an_edit(lp),
}


@edits
def ask_in_an_edit(lp):
    return lp.solution


def answers_in_edits():
    """A second thread comes in the middle of what the first one does, and waits for its end; it asks for the answer."""
    alone, before, asking = Turns.alone, turns.time.sleep, []
    for name, deed in ASKS.items():
        lp = LinearProgram(trace=False)
        x = lp.Vars(3, lb=0, ub=1)
        lp.objective = sum(x)
        rows = [lp.add_constraint(sum(x) <= 2 + k) for k in range(200)]  # so many that their room is given back
        assert lp.maximize() == 2.0
        x[0].ub = 0
        assert lp.maximize() == 2.0  # of which nothing has been read yet
        waits, threads = threading.Event(), []

        def nap(_, waits=waits):
            waits.set()
            before(0.0001)

        def asked(self, *arguments, lp=lp, x=x, waits=waits, threads=threads, **named):
            if not threads:
                threads.append(threading.Thread(target=lambda: setattr(x[1], "ub", 5)))
                threads[0].start()
                waits.wait(1)
            return alone(self, *arguments, **named)

        turns.time.sleep, Turns.alone = nap, asked
        deed(lp, rows)
        turns.time.sleep, Turns.alone = before, alone
        for thread in threads:
            thread.join()
        asking += [name for _ in threads]
        assert (x[1].ub, lp._turns.solver, name) == (5 if threads else 1, 0, name)
        assert lp.maximize() == lp.copy().maximize()
    assert {"repr", "page", "remove", "edit"} <= {*asking}


def test_an_answer_is_asked_for_in_an_edit():
    """Nobody waits forever: neither who asks, nor who waits for the end of the edit."""
    pytest.importorskip("numpy")
    in_child("answers_in_edits")


# ---- who comes next
class Told(Engine):
    """All variables are at their lower bounds; each solve calls `during` first."""

    verifies = True
    during = staticmethod(lambda: None)

    def load(self, form):
        self.form, self.loaded = form, True

    def solve(self, options, stop=None):
        type(self).during()
        lower = list(self.form.column_lower)
        return Outcome(Status.OPTIMAL, ReadNumbers(lower, [0.0] * len(lower), []), 0.0, 0.0)


register_engine("told", Told)


@pytest.fixture
def told(monkeypatch):
    """A program whose solves are told, and threads that go on only when another one waits."""
    monkeypatch.setattr("pplp.core.turns._LOOK", 1e6)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e3)
    lp = LinearProgram(solver="told")
    lp.Var("x", lb=0)
    yield lp
    sys.setswitchinterval(before)


def until_waiting(lp, count):
    """So many threads wait for their turn."""
    for _ in range(100_000):
        if len(lp._turns._line) >= count:
            return
        time.sleep(0.0001)
    raise AssertionError("Nobody waits.")


#: What a thread may wait with.
WAITERS = {
    "bound": lambda lp: setattr(lp.variables[0], "ub", 9),
    "row": lambda lp: lp.add_constraint(lp.variables[0] >= -1),
    "variable": lambda lp: lp.Var(lb=0),
    "objective": lambda lp: setattr(lp, "objective", lp.variables[0]),
    "solve": lambda lp: lp.solve(),
    "in order": lambda lp: lp.minimize([lp.variables[0]]),
}


@pytest.mark.parametrize("waiter", WAITERS)
def test_a_loop_of_solves_keeps_nobody_out(told, monkeypatch, waiter):
    """Who waits has its turn before the next solve of the thread that solves again and again."""
    done, threads, main = [], [], threading.get_ident()

    def wait(number):
        WAITERS[waiter](told)
        done.append(number)

    def during():
        if threading.get_ident() != main:
            return
        done.append("solve")
        if done == ["solve"]:
            for number in range(3):
                threads.append(threading.Thread(target=wait, args=(number,)))
                threads[-1].start()
                until_waiting(told, number + 1)

    monkeypatch.setattr(Told, "during", staticmethod(during))
    for _ in range(20):
        told.solve()
    for thread in threads:
        thread.join()
    assert sorted(done[:5], key=str) == [0, 1, 2, "solve", "solve"] and done[5:] == ["solve"] * 18
    assert done[:2] == ["solve", 0]


def test_two_loops_of_solves_take_turns(told, monkeypatch):
    """One solve each."""
    order, threads, main = [], [], threading.get_ident()

    def during():
        order.append(threading.get_ident() == main)
        if len(order) == 1:
            threads.append(threading.Thread(target=lambda: [told.solve() for _ in range(10)]))
            threads[0].start()
        if len(order) < 19:
            until_waiting(told, 1)

    monkeypatch.setattr(Told, "during", staticmethod(during))
    for _ in range(10):
        told.solve()
    threads[0].join()
    assert order == [True, False] * 10


def test_one_that_has_left_the_line_without_a_word():
    """Nobody waits for it, as for a thread that an exception ended in between."""
    lp = LinearProgram()
    x = lp.Var("x", lb=0, ub=1)
    lp.objective = x
    assert in_thread(lp.maximize) == 1.0
    lp._turns._line.append(-1)
    x.ub = 2
    assert (lp.maximize(), in_thread(lp.maximize), lp._turns._line) == (2.0, 2.0, [])


def test_a_callback_does_not_stand_in_line():
    """While others wait for the end of the solve, what the solve calls edits, reads and solves."""
    threads, found = [], []

    def during(lp):
        threads.append(threading.Thread(target=lambda: setattr(lp.variables[0], "ub", 0)))
        threads[0].start()
        until_waiting(lp, 1)
        lp.variables[1].ub = 1
        found.append(lp.compile().columns)
        found.append(in_thread(lambda: lp.compile().columns))

    lp = long_solve(during)
    threads[0].join()
    assert (found, lp.maximize()) == ([2, 2], 1.0)


# ---- forks
def forks(solver, integer):
    """A child that was forked while another thread solved: it solves what it likes."""
    faulthandler.dump_traceback_later(120, exit=True)
    draw = random.Random(1)
    lp = LinearProgram(solver=solver)
    x = lp.Vars(15, lb=0, ub=3, integer=integer)
    for k in range(20):
        lp.add_constraint(sum(draw.randrange(1, 9) * one for one in x) <= 60 + k)
    lp.objective = sum(draw.randrange(5, 20) * one for one in x)
    right = lp.relaxed().maximize()
    go = [True]

    def solve():
        while go[0]:
            lp.solve("maximize", node_limit=200)

    thread = threading.Thread(target=solve)
    thread.start()
    for _ in range(4):
        child = os.fork()
        if not child:
            small = LinearProgram(solver=solver)
            a = small.Var(lb=0, ub=4)
            small.objective = a
            code = 0
            try:
                code = 0 if (small.maximize(), lp.relaxed().maximize()) == (4.0, pytest.approx(right)) else 3
                found = lp.solve("maximize", node_limit=200)
                if not integer and found.objective != pytest.approx(right):
                    code = 4
            except PplpError:
                pass
            except BaseException:
                code = 5
            os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
    go[0] = False
    thread.join()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy's own threads do not survive a fork")
@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("integer", [False, True])
def test_forks(solver, integer):
    """Nothing hangs, and no answer is wrong."""
    in_child("forks", solver, integer)


# ---- readers
READS = {
    "compile": lambda lp, row: lp.compile("maximize"),
    "batch": lambda lp, row: solve_many([lp], "maximize", workers=1),
    "text": lambda lp, row: (str(lp), repr(row)),
    "copy": lambda lp, row: lp.copy(),
}


def reads_beside(solver, read):
    """One thread adds rows, solves and removes them; another one only reads."""
    sys.setswitchinterval(1e-6)
    lp = LinearProgram(solver=solver, trace=False)
    x = lp.Vars(200, lb=0, ub=1)
    lp.objective = sum(x)
    first = lp.add_constraint(sum(x) <= 1000)
    lp.maximize()
    go, wrong = [True], []

    def reader():
        try:
            while go:
                READS[read](lp, first)
        except BaseException as error:
            wrong.append(repr(error))

    thread = threading.Thread(target=reader)
    thread.start()
    try:
        for _ in range(60):
            made = [lp.add_constraint((k + 2) * x[k] + 3 * x[k + 1] <= 5000) for k in range(50)]
            lp.maximize()
            wrong += [str(c) for k, c in enumerate(made) if str(c) != f"{k + 2} x{k} + 3 x{k + 1} <= 5000"]
            lp.remove(*made)
    finally:
        go.clear()
        thread.join()
    assert wrong == []


@pytest.mark.heavy
@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("read", READS)
def test_readers_beside_edits_and_solves(solver, read):
    """Whatever reads the program in another thread leaves its rows as they are, and sees whole ones."""
    in_child("reads_beside", solver, read)


#: What packs the terms of rows that wait, as far as nobody has: reads, and a solve that tells its engine of edits.
PACKS = {
    **READS,
    "row": lambda lp, row: str(row),
    "solve": lambda lp, row: lp.maximize(),
    "another solver": lambda lp, row: lp.solve("maximize", solver="told"),
}
#: What comes meanwhile: another one of them, a read that needs no packing, or an edit.
COMES = {**PACKS, "edit": lambda lp, row: lp.add_constraint(lp.variables[0] + 2 * lp.variables[1] <= 3)}
del PACKS["copy"]


class TellingLock:
    """A lock that says when a thread has to wait for it."""

    def __init__(self, tell):
        self._lock, self._tell = threading.RLock(), tell

    def __enter__(self):
        if not self._lock.acquire(blocking=False):
            self._tell()
            self._lock.acquire()

    def __exit__(self, *_):
        self._lock.release()


def packs_alone():
    """A second thread comes in the middle of packing; it waits until the first one has done it."""
    before = rows.Rows._unshare
    for pack in PACKS:
        for come in COMES:
            lp = LinearProgram(trace=False)
            x = lp.Vars(4, lb=0, ub=1)
            lp.objective = sum(x)
            first = lp.add_constraint(sum(x) <= 1000)
            assert lp.maximize() == in_thread(lp.maximize) == 4.0
            has_come, packing, threads = threading.Event(), [], []
            lp._turns._lock = TellingLock(has_come.set)
            made = [lp.add_constraint((k + 2) * x[k] + 3 * x[k + 1] <= 5000) for k in range(3)]

            def come_in(lp=lp, first=first, come=come, packing=packing, told=has_come):
                COMES[come](lp, first)
                if packing == ["begun"]:
                    packing.append("passed by")
                told.set()

            def own(store, come_in=come_in, packing=packing, threads=threads, told=has_come):
                if not threads:
                    threads.append(threading.Thread(target=come_in))
                    packing.append("begun")
                    threads[0].start()
                    told.wait()
                    packing.append("over")
                elif packing == ["begun"]:
                    packing.append("another one")
                    told.set()
                return before(store)

            rows.Rows._unshare = own
            PACKS[pack](lp, first)
            threads[0].join()
            rows.Rows._unshare = before
            assert packing == ["begun", "over"], (pack, come, packing)
            assert [str(c) for c in made] == [f"{k + 2} x{k} + 3 x{k + 1} <= 5000" for k in range(3)], (pack, come)
            assert lp.maximize(solver="glpk") == lp.copy().maximize(solver="glpk") == 4.0


def test_rows_are_packed_by_one_thread_at_a_time():
    """Whatever packs them, and whatever comes meanwhile."""
    in_child("packs_alone")


# ---- interpreters on which the stack of another thread must not be looked at
#: Threads that edit and solve, while a chain is pending, and a fork: all that would look at other stacks.
_UNSEEN = """
import os, sys, threading, warnings
from concurrent.futures import ThreadPoolExecutor

warnings.filterwarnings("ignore", "(?s).*fork")  # from Python 3.12 on beside threads
def look():
    raise SystemExit("Somebody looks at the stacks of other threads.")

if sys.implementation.name != "cpython":
    sys._current_frames = look
elif not {is_seen}:
    del sys._current_frames
from pplp import LinearProgram, solve_many
from pplp.core import chaining

chaining._MANY = 0
lp = LinearProgram()
x = lp.Vars(3, "x", lb=0, ub=9)
lp.objective = sum(x)

def edit():
    for k in range(30):
        row = lp.add_constraint(0 <= x[0] + x[1] <= k + 1)
        assert str(row) == f"0 <= {{x[0]}} + {{x[1]}} <= {{k + 1}}", str(row)

with ThreadPoolExecutor(3) as executor:
    for edited in [executor.submit(edit) for _ in range(3)]:
        edited.result()
assert lp.maximize() == 10.0, lp.value
with ThreadPoolExecutor(2) as executor:
    found = solve_many((lp.copy() for _ in range(9)), "maximize", executor=executor)
assert [s.objective for s in found] == [10.0] * 9
if hasattr(os, "fork"):
    child = os.fork()
    if not child:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.parametrize("is_seen", [True, False])
def test_nobody_looks_at_stacks_where_that_is_not_known_to_be_safe(is_seen):
    """PyPy has the function, too, and a look at a thread in compiled code ends the process."""
    script = _UNSEEN.format(is_seen=is_seen)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_that_two_threads_have_used():
    """Its pickle is one of a copy, and that of a program of one thread is its own, where each edit takes the lock."""
    lp = LinearProgram()
    lp.Var("x", lb=0)
    assert not lp._turns.is_shared and not pickle.loads(pickle.dumps(lp))._turns.is_shared
    in_thread(lambda: lp.Var("y", lb=0))
    assert lp._turns.is_shared and [str(v) for v in pickle.loads(pickle.dumps(lp)).variables] == ["x", "y"]


def test_who_had_the_lock_last_lets_others_go_first(monkeypatch):
    """A thread that edits or reads again and again sleeps a moment while another one waits for the lock."""
    lp = LinearProgram()
    x = lp.Var("x", lb=0)
    in_thread(lambda: setattr(x, "ub", 9))  # from now on every edit takes the lock
    slept, me = [], threading.get_ident()
    monkeypatch.setattr("pplp.core.turns.time.sleep", slept.append)
    x.ub = 8  # the other thread had it last
    lp._turns._wants.add(-1)
    x.ub, x.lb = 7, 1
    assert len(slept) == 2 and lp._turns._last == me and lp._turns._wants == {-1}
    lp._turns._wants.clear()
    x.ub = 6
    assert len(slept) == 2 and x.bounds == (1.0, 6.0)

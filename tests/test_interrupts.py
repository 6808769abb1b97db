"""KeyboardInterrupt at any line of any call: the program is whole, and solves afterwards."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

import pplp
from pplp import LimitReached, LinearProgram

HOUSE = str(Path(pplp.__file__).parent)


class Interrupter:
    """While open, raises KeyboardInterrupt at the given line event inside pplp."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __enter__(self) -> Interrupter:
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _trace(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(HOUSE):
            return None
        # What a finalizer raises, or a callback of C outside of its try, nobody gets: Python itself drops it.
        # At the end of a with block ("call" has one) Python traces a line where it handles no signal.
        spared = frame.f_code.co_name in ("__del__", "bury", "_call", "_take", "call", "_locked", "call_silent")
        if event == "line" and not spared:
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self._trace


def calls(lp, x, y, row):
    """One call of each kind; whatever of them comes about, the optimum of the test stays the same."""
    z = lp.Var("z", lb=0, ub=1)
    lp.add_constraint(x + y + z <= 100, name="loose")
    lp.add_constraint(x + 2 * y - z <= 200)
    lp.add_constraint(3 * z <= 50)
    lp.add_constraint(0 <= x + y <= 500)
    lp.add_constraint(sum([]) <= 4)
    lp.IntVar(lb=0, ub=1)
    x.ub = 9.0
    row.ub = 10.0
    x.cost = 2.0
    lp.objective += 0 * y
    lp.maximize()
    lp.maximize()


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="settrace switches PyPy's compiler off: too slow")
def test_interrupt_at_every_line():
    """From the first line to the last, one program each."""
    at = -1  # the first round is not interrupted: it reads the bytecode of the chain, once for all
    while True:
        at += 1
        lp = LinearProgram()
        x, y = lp.Var("x", lb=0, ub=9), lp.Var("y", lb=0)
        row = lp.add_constraint(x + y <= 10)
        lp.objective = 2 * x + y
        if at % 2:
            lp.maximize()
        with contextlib.suppress(KeyboardInterrupt), Interrupter(at) as interrupter:
            calls(lp, x, y, row)
        new = lp.Var("new", lb=0, ub=2)
        new.cost = 1.0
        fresh = lp.add_constraint(new - y + x <= 9)
        bound = lp.add_constraint(y <= 50)

        assert str(fresh) == "new - y + x <= 9"
        assert str(bound) == "y <= 50"
        assert str(row) == "x + y <= 10"
        assert (new.lb, new.ub, x.lb, x.ub) == (0, 2, 0, 9), at
        # 2x + y + new over x + y <= 10, new + x - y <= 9, new <= 2: x = 8.5, y = 1.5, new = 2 give 20.5.
        assert lp.maximize() == pytest.approx(20.5), at
        assert lp.relaxed().maximize() == pytest.approx(20.5), at
        if at and interrupter.left > 0:
            break
    assert at > 300


def hard_program():
    """A knapsack equality that keeps branch and cut busy for minutes."""
    lp = LinearProgram()
    xs = [lp.IntVar(lb=0, ub=1000) for _ in range(40)]
    for k in range(6):
        weights = [10007 + (j * j * (17 + k) + 131 * j * (k + 3)) % 9973 for j in range(40)]
        lp.add_constraint(sum(w * x for w, x in zip(weights, xs)) == 15 * sum(weights) + 7 * k + 1)
    lp.objective = sum((1 + j * j % 7) * x for j, x in enumerate(xs))
    return lp


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
def test_control_c_in_branch_and_cut():
    """A signal ends the search, and the program can be solved again."""
    lp = hard_program()

    def ring(*_):
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        start = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            lp.maximize()
        assert time.perf_counter() - start < 20
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    with pytest.raises(LimitReached):
        lp.maximize(node_limit=2)


def test_other_threads_run_during_a_solve():
    """The interpreter's lock is free while GLPK works."""
    lp = hard_program()
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.wait(0.01):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        with pytest.raises(LimitReached):
            lp.maximize(time_limit=0.6)
    finally:
        stop.set()
        thread.join()
    assert len(ticks) > 10

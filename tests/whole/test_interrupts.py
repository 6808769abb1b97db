"""KeyboardInterrupt at any line of any call: the program is whole, and solves afterwards."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from pathlib import Path

import pytest

import pplp
from pplp import CancelToken, LimitReached, LinearProgram
from pplp.engines.glpk.threads import Library
from tests.support.long_programs import once

HOUSE = str(Path(pplp.__file__).parent)


class Interrupter:
    """While open, raises KeyboardInterrupt at the given line event inside pplp."""

    def __init__(self, at: int) -> None:
        self.left = at
        self._before = sys.gettrace()  # what measures the coverage goes on afterwards

    def __enter__(self) -> Interrupter:
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _trace(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(HOUSE):
            return None
        # What a finalizer raises, or a callback of C outside of its try, nobody gets: Python itself drops it.
        # At the end of a with block ("call" has one) Python traces a line where it handles no signal.
        spared = frame.f_code.co_name in ("__del__", "delete_later", "_call", "_take", "call", "_locked", "call_silent")
        if event == "line" and not spared:
            self.left -= 1
            if self.left == 0:
                sys.settrace(self._before)
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


@pytest.mark.heavy
@pytest.mark.skipif(sys.implementation.name == "pypy", reason="settrace switches PyPy's compiler off: too slow")
@pytest.mark.parametrize("by_thread", [False, True], ids=["direct", "by_thread"])
def test_interrupt_at_every_line(by_thread, monkeypatch):
    """From the first line to the last, one program each; also where a thread of pplp's own calls GLPK, as on Debian."""
    if by_thread:
        monkeypatch.setattr(Library, "per_thread", True)
    elif Library.per_thread:
        pytest.skip("this GLPK is called by a thread of pplp's own alone")
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


def mixed_program():
    """Maximise 3x + 2n + z over x + n + z <= 6 and 2x + 3n <= 12, n and z integer: `OPTIMUM`."""
    lp = LinearProgram()
    x, n, z = lp.Var("x", lb=0, ub=4), lp.IntVar("n", lb=0, ub=3), lp.BoolVar("z")
    lp.add_constraint(x + n + z <= 6, name="room")
    lp.add_constraint(2 * x + 3 * n <= 12, name="time")
    lp.objective = 3 * x + 2 * n + z
    return lp, x, n, z


#: n = 1, x = 4, z = 1: 15.  With n = 2, x is at most 3, and it is 14; with n = 0 it is 13.
OPTIMUM = 15.0


def infeasible_program():
    lp = LinearProgram()
    a, b = lp.Var("a", lb=0, ub=1), lp.Var("b", lb=0, ub=1)
    lp.add_constraint(a + b >= 3)
    return lp


def stopped(lp, token):
    """Cancelled before it began, and told to stop while nothing runs."""
    token.cancel()
    try:
        lp.solve("maximize", cancel=token)
    finally:
        token.reset()
    lp.stop()
    lp.solve("maximize", time_limit=5)


def basis_there_and_back(lp):
    lp = lp.relaxed()
    lp.maximize()
    basis = lp.basis
    lp.variables[0].ub = 3.5
    lp.basis = basis
    lp.maximize()


def certificates(lp):
    broken = infeasible_program()
    broken.solve()
    str(broken.infeasibility_certificate())
    broken.remove(*broken.constraints)
    broken.variables[0].ub = float("inf")
    broken.objective = broken.variables[0]
    broken.unbounded_ray("maximize")


def listened(lp):
    heard = []
    lp.maximize(progress=heard.append, log=heard.append)


def sensitivity(lp):
    lp = lp.relaxed()
    lp.maximize()
    str(lp.sensitivity())


def verified(lp):
    lp.maximize()
    str(lp.verify())
    str(lp.solution.quality)
    str(lp.verify({x: 2 for x in lp.variables}))


def edited_and_verified(lp):
    room = next(c for c in lp.constraints if c.name == "room")
    room.ub = 5.5
    lp.maximize()
    room.ub = 6
    lp.maximize(method="auto")
    lp.fixed().maximize()


STAGES = {
    "stop and cancel": lambda lp: stopped(lp, CancelToken()),
    "progress and log": listened,
    "a callback": lambda lp: lp.maximize(callback=lambda context: context.value(lp.variables[0])),
    "a start": lambda lp: lp.maximize(start={lp.variables[1]: 1}),
    "objectives in order": lambda lp: lp.maximize(lp.variables[:2]),
    "a pool": lambda lp: lp.solve("maximize", pool=3).pool,
    "sensitivity": sensitivity,
    "basis": basis_there_and_back,
    "certificates": certificates,
    "verify": verified,
    "edits": edited_and_verified,
    "interior": lambda lp: lp.relaxed().maximize(method="interior"),
    "exact": lambda lp: lp.relaxed().maximize(method="exact"),
    "copies": lambda lp: pickle.loads(pickle.dumps(lp.copy())).maximize(),
}


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="settrace switches PyPy's compiler off: too slow")
@pytest.mark.parametrize("stage", list(STAGES))
def test_interrupt_at_every_stage(stage):
    """At some sixty lines of each, from the first to the last, with and without an engine at hand."""
    STAGES[stage](mixed_program()[0])  # what is imported or compiled once
    with Interrupter(10**9) as count:
        STAGES[stage](mixed_program()[0])
    lines = 10**9 - count.left
    assert lines > 60
    interrupted = 0
    for turn in range(60):
        lp, x, n, z = mixed_program()
        if turn % 2:
            lp.maximize()
        text = [str(x), str(n), str(z), str(lp.objective)]
        at = 1 + turn * lines // 60
        try:
            with Interrupter(at):
                STAGES[stage](lp)
        except KeyboardInterrupt:
            interrupted += 1
        assert [str(x), str(n), str(z), str(lp.objective)] == text, at
        for constraint, bound in zip(lp.constraints, (6, 12)):
            constraint.ub = bound  # an interrupted edit was made or not
        assert (lp.maximize(), x.value, n.value, z.value) == (OPTIMUM, 4, 1, 1), at
        assert lp.verify().ok and lp.copy().maximize() == OPTIMUM, at
    assert interrupted > 20  # what is warm has fewer lines


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
        with pytest.raises(KeyboardInterrupt):
            lp.maximize(progress=once(lambda: os.kill(os.getpid(), signal.SIGALRM)))
    finally:
        signal.signal(signal.SIGALRM, old)
    with pytest.raises(LimitReached):
        lp.maximize(node_limit=2)

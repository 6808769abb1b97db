"""What comes in the middle of an operator, a sum, or a row: interrupts, errors, finalizers, subclasses, threads.

These are run with the accelerator and without it.
"""

from __future__ import annotations

import gc
import pickle
import sys
import threading

import pytest

import pplp
from pplp import LinearProgram


class Opcodes:
    """While open, raises KeyboardInterrupt before the given instruction of one function."""

    def __init__(self, function, at):
        self.code, self.left = function.__code__, at
        self._before = sys.gettrace()

    def __enter__(self):
        sys._getframe().f_trace_opcodes = True  # Python 3.12 wants it said of a frame before it traces any
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.settrace(self._before)

    def _trace(self, frame, event, argument):
        if frame.f_code is not self.code:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            self.left -= 1
            if self.left == 0:
                sys.settrace(self._before)
                raise KeyboardInterrupt
        return self._trace


def stated(lp, xs, said):
    """A program, statement by statement; `said` holds what has been made."""
    x, y, z = xs
    said.append(2 * x + 3 * y)
    said.append(said[-1] - z)
    said.append(sum(2 * v for v in xs) + sum(xs) - 1)
    said.append(lp.add_constraint(said[0] <= 4))
    said.append(lp.add_constraint(1 <= said[1] <= 9))
    said.append(lp.Var(lb=0, ub=2))
    said.append(lp.add_constraint(x + y <= z + said[-1]))
    lp.objective = x + y - z
    said.append(pplp.dot([1, 2.0, 3], xs))


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy does not trace instructions")
def test_an_interrupt_between_any_two_instructions():
    """Nothing that was made before it changes, no row is half there, and the program goes on."""
    whole, at = [], 0
    lp = LinearProgram()
    stated(lp, [lp.Var(lb=0) for _ in range(3)], whole)
    texts = [str(thing) for thing in whole]
    while True:
        at += 1
        lp, said = LinearProgram(), []
        xs = [lp.Var(lb=0) for _ in range(3)]
        try:
            with Opcodes(stated, at):
                stated(lp, xs, said)
        except KeyboardInterrupt:
            assert [str(thing) for thing in said] == texts[: len(said)]
            rows = [str(c) for c in lp.constraints]  # one may have come about that nobody holds
            assert rows == [texts[k] for k in (3, 4, 6)][: len(rows)]
            assert str(lp.add_constraint(xs[0] + 2 * xs[1] <= 7)) == "x0 + 2 x1 <= 7"  # no half of a chain is left
            form = lp.compile()
            assert form.rows == len(rows) + 1 and form.starts[-1] == len(form.indices)
            lp.objective = xs[0]
            assert lp.minimize() == 0
        else:
            assert at > 100 and [str(thing) for thing in said] == texts
            return


def test_an_exception_in_the_middle_of_a_sum(lp):
    """Wherever its generator ends, what the sum grew from is as it was, and can be summed again."""

    def ending(terms, after):
        for k, term in enumerate(terms):
            if k == after:
                raise KeyboardInterrupt
            yield term

    xs = [lp.Var() for _ in range(40)]
    base = xs[0] + 2 * xs[1] + 5
    text, terms = str(base), [k * x for k, x in enumerate(xs, 1)]
    for after in range(40):
        for start in (0, base, xs[2]):
            with pytest.raises(KeyboardInterrupt):
                sum(ending(terms, after), start)
        assert str(base) == text and str(base + xs[3]) == "x0 + 2 x1 + x3 + 5"
    assert sum(terms)._parts() == (list(range(40)), list(range(1, 41)), 0.0)


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy's collector runs when it likes")
def test_what_the_collector_runs_in_the_middle():
    """Finalizers edit the program while it is stated: each handle is that of its row, and each sum has its terms."""
    lp = LinearProgram()
    xs = [lp.Var(f"v{k}", lb=0) for k in range(12)]
    between = []

    class Editing:
        """In a cycle, so that the collector ends it wherever it runs."""

        def __init__(self):
            self.itself = self

        def __del__(self):
            k = len(between)
            s = xs[k % 12] + 2 * xs[(k + 1) % 12]
            between.append((lp.add_constraint(s - xs[(k + 5) % 12] >= k), s, lp.Var(lb=0, ub=k)))

    made, before = [], gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        for k in range(300):
            Editing()
            s = sum(xs[: k % 7 + 2]) + 3 * xs[11]
            made.append((lp.add_constraint(s <= k), s - xs[10], lp.Var(lb=0, ub=k)))
    finally:
        gc.set_threshold(*before)
    gc.collect()
    assert len(between) > 200
    for k, (c, s, x) in enumerate(made):
        terms = [f"v{j}" for j in range(k % 7 + 2)]
        assert str(c) == " + ".join([*terms, "3 v11"]) + f" <= {k}" and x.bounds == (0, k)
        assert str(s) == " + ".join([*terms, "3 v11"]) + " - v10"
    for k, (c, s, x) in enumerate(between):
        first = f"v{k % 12} + 2 v{(k + 1) % 12}"
        assert str(s) == first and x.bounds == (0, k) and str(c) == f"{first} - v{(k + 5) % 12} >= {k}"
    assert len({c for c, *_ in made + between}) == len(lp.constraints) == 300 + len(between)


class Counted(LinearProgram):
    """A user's program, which has its say in every row and variable."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def add_constraint(self, relation, name=None, row=False):
        """Note it."""
        made = super().add_constraint(relation, name, row)
        self.seen.append(str(made))
        return made

    def Var(self, name=None, **bounds):
        """Note it, and let nothing be negative."""
        made = super().Var(name, **{"lb": 0, **bounds})
        self.seen.append(made.name)
        return made


def test_a_subclass_of_the_program():
    """Its methods are called, those that it calls work as ever, and its own fields and pickles are there."""
    lp = Counted()
    x, y = lp.Var("x", ub=3), lp.Var()
    lp.add_constraint(2 * x + y <= 4)
    lp.add_constraint(1 <= x - y <= 2, name="between")
    lp.objective = x + y
    assert lp.seen == ["x", "x1", "2 x + x1 <= 4", "between: 1 <= x - x1 <= 2"]
    assert lp.maximize() == pytest.approx(7 / 3) and y.lb == 0
    again = pickle.loads(pickle.dumps(lp))
    assert type(again) is Counted and again.seen == lp.seen and again.maximize() == lp.maximize()


def test_threads_that_state_one_program(lp):
    """Four at once, which the interpreter changes as often as it can: no row, no variable, and no term is lost."""
    xs = [lp.Var(lb=0) for _ in range(4)]
    made = {k: [] for k in range(4)}

    def state(k):
        for n in range(300):
            s = xs[k] + (n + 1) * lp.Var(lb=0, ub=n)
            made[k].append((lp.add_constraint(s <= n), s))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=state, args=(k,)) for k in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert len(lp.constraints) == 1200 and len(lp.variables) == 1204
    for k, pairs in made.items():
        for n, (c, s) in enumerate(pairs):
            (first, j), coefficients, _ = s._parts()
            assert first == k and coefficients == [1, n + 1] and lp.variables[j].ub == n
            assert str(c) == f"{s} <= {n}"

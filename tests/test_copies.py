"""Copies and pickles: the same program, and nothing shared."""

from __future__ import annotations

import copy
import pickle

import pytest

from pplp import ForeignObject, LinearProgram, RemovedObject


@pytest.fixture
def plan():
    """A solved program with every kind of row, a removed variable and a removed row."""
    lp = LinearProgram(name="plan")
    x, n, gone = lp.Var("x", lb=0, ub=4), lp.IntVar("n", lb=0, ub=9), lp.Var("gone")
    row = lp.add_constraint(2 * x + 3 * n <= 20, name="row")
    bound = lp.add_constraint(n <= 5)
    lp.add_constraint(sum([]) <= 3)
    old = lp.add_constraint(x + gone <= 8)
    lp.objective = 3 * x + 4 * n - gone + 1
    lp.remove(old, gone)
    assert lp.maximize() == 29.0
    return lp, x, n, row, bound


MAKERS = [LinearProgram.copy, copy.copy, copy.deepcopy]
MAKERS += [lambda lp, p=p: pickle.loads(pickle.dumps(lp, p)) for p in range(2, pickle.HIGHEST_PROTOCOL + 1)]


@pytest.mark.parametrize("make", MAKERS)
def test_a_copy_is_equal_and_independent(plan, make):
    """The same matrix, bit for bit; edits of one do not reach the other; both solve."""
    lp, x, n, row, bound = plan
    twin = make(lp)
    assert twin.compile("maximize") == lp.compile("maximize")
    assert twin.status.value == "unsolved"
    assert twin.maximize() == 29.0
    twin[x].ub = 1.0
    twin[row].ub = 8.0
    twin.add_constraint(twin[x] + twin[n] <= 2)
    twin.Var("y", lb=0, ub=1)
    assert twin.maximize() == 9.0
    assert (x.value, n.value, lp.status.value) == (4.0, 4, "optimal")
    assert lp.maximize() == 29.0
    assert (lp[twin[bound]], twin[n].name) == (bound, "n")


def test_handles_of_others_are_refused(plan):
    """A copy understands the handles of its family only, and only those it has."""
    lp, *_ = plan
    twin = lp.copy()
    with pytest.raises(ForeignObject):
        twin[LinearProgram().Var()]
    with pytest.raises(RemovedObject):
        twin[lp.Var()]


def test_handles_go_with_their_program(plan):
    """A pickle of a program and its handles keeps them together."""
    lp, x, n, row, _ = plan
    twin, y, total, again = pickle.loads(pickle.dumps((lp, x, x + n + n, row)))
    assert y.program is twin is again.program
    assert str(total) == "x + 2 n"
    y.ub = 0.0
    assert twin.maximize() == 21.0
    assert lp.maximize() == 29.0

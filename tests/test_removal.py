"""What is removed gives its memory back: stores and steps stay as they are, however often something comes and goes."""

from __future__ import annotations

import copy
import pickle
import random
import sys
from array import array
from collections import deque

import pytest

from pplp import LinearProgram, RemovedObject, maximum, sos1, sos2
from pplp.compiler import compile_form
from tests.engines import ENGINES

_LEFT = 12
_STEPS = 400


def base(solver="glpk", trace="constraints"):
    """A small program that stays; what comes and goes is made of its variables."""
    lp = LinearProgram(solver=solver, trace=trace)
    xs = [lp.Var(lb=0, ub=5) for _ in range(_LEFT)]
    rows = [lp.add_constraint(xs[k] + xs[k + 1] <= 4) for k in range(_LEFT - 1)]
    lp.objective = sum(xs)
    return lp, xs, rows


def a_row(lp, xs, rows, k):
    return [lp.add_constraint(xs[k % _LEFT] + xs[(k + 5) % _LEFT] <= 4)]


def a_named_row(lp, xs, rows, k):
    return [lp.add_constraint(xs[k % _LEFT] + xs[(k + 5) % _LEFT] <= 4, name=f"cut{k}")]


def a_range(lp, xs, rows, k):
    return [lp.add_constraint((0, xs[k % _LEFT] + 2 * xs[(k + 5) % _LEFT], 9))]


def a_bound(lp, xs, rows, k):
    return [lp.add_constraint(2 * xs[k % _LEFT] <= 7, name=f"bound{k}")]


def a_constant(lp, xs, rows, k):
    return [lp.add_constraint((-1, 0, 3))]


def a_row_edited(lp, xs, rows, k):
    (row,) = a_row(lp, xs, rows, k)
    row.set_coefficient(xs[(k + 2) % _LEFT], 0.5)
    row.ub = 5
    return [row]


def a_bound_turned_row(lp, xs, rows, k):
    row = lp.add_constraint(xs[k % _LEFT] <= 4)
    row.set_coefficient(xs[(k + 1) % _LEFT], 1)
    return [row]


def a_constant_turned_row(lp, xs, rows, k):
    row = lp.add_constraint((-9, 0, 9), name=f"pattern{k}")
    row.set_coefficient(xs[(k + 1) % _LEFT], 1)
    return [row]


def an_array_of_rows(lp, xs, rows, k):
    ys = lp.Vars(3, f"y{k}", lb=0, ub=1)
    return [lp.add_constraint(ys <= 0.5 * xs[k % _LEFT] + 1), ys]


def a_variable(lp, xs, rows, k):
    x = lp.Var(f"col{k}", lb=0, ub=3)
    lp.objective += 2 * x
    return [x]


def a_column(lp, xs, rows, k):
    return [lp.Var(lb=0, cost=3, column={rows[k % len(rows)]: 1, rows[(k + 3) % len(rows)]: 2})]


def an_integer_with_a_bound(lp, xs, rows, k):
    n = lp.IntVar(lb=0, ub=3)
    bound = lp.add_constraint(2 * n <= 5, name=f"half{k}")
    lp.objective += n
    assert bound.ub == 5
    return [n]


def variables_and_an_objective(lp, xs, rows, k):
    ys = lp.Vars((2, 2), lb=0, ub=1)
    lp.objective = sum(xs) + ys.sum()
    return [ys]


def an_indicator(lp, xs, rows, k):
    b = lp.BoolVar()
    return [lp.add_constraint(b >> (xs[k % _LEFT] <= 2), name=f"if{k}"), b]


def a_set(lp, xs, rows, k):
    return [lp.add_constraint((sos1, sos2)[k % 2](xs[:3]))]


def a_function(lp, xs, rows, k):
    return [lp.add_constraint(maximum(xs[k % _LEFT], xs[(k + 1) % _LEFT]) <= 4)]


KINDS = [
    a_row,
    a_named_row,
    a_range,
    a_bound,
    a_constant,
    a_row_edited,
    a_bound_turned_row,
    a_constant_turned_row,
    an_array_of_rows,
    a_variable,
    a_column,
    an_integer_with_a_bound,
    variables_and_an_objective,
    an_indicator,
    a_set,
    a_function,
]


def stored(thing, known=None):
    """How many entries there are in all lists, dictionaries, sets, arrays and texts that a program has."""
    known = set() if known is None else known
    if id(thing) in known or isinstance(thing, (type, int, float, str, type(None))) or callable(thing):
        return 0
    known.add(id(thing))
    if isinstance(thing, (bytes, bytearray, array)):
        return len(thing)
    if isinstance(thing, dict):
        pairs = list(thing.items())
        return len(pairs) + sum(stored(k, known) + stored(v, known) for k, v in pairs)
    if isinstance(thing, (list, tuple, set, frozenset, deque)):
        items = list(set.__iter__(thing)) if isinstance(thing, set) else list(thing)
        return len(items) + sum(stored(item, known) for item in items)
    if not type(thing).__module__.startswith("pplp"):
        return 0
    own = dict(getattr(thing, "__dict__", {}))
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        own.update((name, getattr(thing, name, None)) for name in ([slots] if isinstance(slots, str) else slots))
    return sum(stored(value, known) for value in own.values())


def greatest_store(step, steps):
    """The most entries after any of the steps."""
    return max(step() for _ in range(steps))


def stepping(lp, xs, rows, kind, solve, at_once=3):
    """A function that adds something, removes the oldest of three, and returns the size of the program."""
    waiting, count = [], 0

    def step():
        nonlocal count
        waiting.append(kind(lp, xs, rows, count))
        count += 1
        if len(waiting) > at_once:
            lp.remove(*waiting.pop(0))
        if solve:
            lp.maximize()
        return stored(lp)

    return step


@pytest.mark.parametrize("trace", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_stores_do_not_grow_without_solving(kind, trace):
    """Edits that are never solved between, of a program that an engine has."""
    lp, xs, rows = base(trace=trace)
    lp.maximize()
    step = stepping(lp, xs, rows, kind, solve=False)
    before = greatest_store(step, _STEPS)
    assert greatest_store(step, 2 * _STEPS) <= before + _STEPS // 4
    assert lp.maximize() == lp.copy().maximize()


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("kind", KINDS)
def test_stores_do_not_grow_with_solving(kind, solver):
    lp, xs, rows = base(solver)
    step = stepping(lp, xs, rows, kind, solve=True)
    before = greatest_store(step, _STEPS // 2)
    assert greatest_store(step, _STEPS) <= before + _STEPS // 4
    assert lp.maximize() == pytest.approx(lp.copy().maximize())

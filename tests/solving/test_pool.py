"""The k best solutions, against all of them counted out."""

from __future__ import annotations

import itertools
import random

import pytest

import pplp.solving.pool
from pplp import LimitReached, LinearProgram, OptionError, Status


def points_by_value(lp, sense):
    """Every choice of the integers and the best objective for it, from the linear program that is left."""
    integer = [x for x in lp.variables if x.integer]
    found = []
    for point in itertools.product(*(range(int(x.lb), int(x.ub) + 1) for x in integer)):
        fixed = lp.relaxed()
        for x, value in zip(integer, point):
            fixed.add_constraint(fixed[x] == value)
        solution = fixed.solve(sense)
        if solution.is_optimal:
            found.append((solution.objective, point))
    return sorted(found, key=lambda pair: pair[0], reverse=sense == "maximize")


def random_program(r):
    """Binaries, general integers and continuous variables, few enough to count."""
    lp = LinearProgram()
    xs = [lp.BoolVar() for _ in range(r.randrange(0, 4))]
    xs += [
        lp.IntVar(lb=low, ub=low + r.randrange(0, 4)) for low in (r.randrange(-3, 3) for _ in range(r.randrange(0, 3)))
    ]
    if not xs:
        xs = [lp.BoolVar()]
    xs += [lp.Var(lb=0, ub=4) for _ in range(r.randrange(0, 3))]
    for _ in range(r.randrange(0, 3)):
        e = sum(r.choice([-3, -2, -1, 1, 2, 3]) * x for x in xs)
        b = r.randrange(-4, 9)
        lp.add_constraint(r.choice([e <= b, e >= b - 6]))
    lp.objective = sum(r.randrange(-4, 5) * x for x in xs)
    if r.random() < 0.3:
        lp.remove(xs[0])
        if not any(x.integer for x in lp.variables):
            lp.BoolVar()
    return lp


def test_the_pool_is_what_counting_gives():
    """Same objectives in the same order, distinct integers, each point as good as its integers allow."""
    for seed in range(60):
        r = random.Random(seed)
        lp = random_program(r)
        sense = r.choice(["minimize", "maximize"])
        k = r.choice([2, 5, 12, 1000])
        expected = points_by_value(lp, sense)
        solution = lp.solve(sense, pool=k)
        pool = solution.pool
        assert solution.status is (Status.OPTIMAL if expected else Status.INFEASIBLE)
        assert [s.objective for s in pool] == pytest.approx([value for value, _ in expected[:k]]), seed
        integer = [x for x in lp.variables if x.integer]
        points = [tuple(s[x] for x in integer) for s in pool]
        assert len(set(points)) == len(points)
        values = dict((point, value) for value, point in expected)
        for s, point in zip(pool, points):
            assert values[point] == pytest.approx(s.objective)
            assert s.value(lp.objective) == pytest.approx(s.objective)
        if pool:
            assert pool[0] is solution


def test_the_program_is_untouched(lp):
    """Nothing is added to it, and it solves as before."""
    x, y = lp.IntVar("x", lb=0), lp.BoolVar("y")
    c = lp.add_constraint(x + 2 * y <= 5)
    lp.objective = x + 3 * y
    solution = lp.solve("maximize", pool=3)
    points = [(s.objective, s[x], s[y]) for s in solution.pool]
    assert points[0] == (6, 3, 1)
    assert sorted(points[1:]) == [(5, 2, 1), (5, 5, 0)]
    assert lp.constraints == [c]
    assert (x.lb, x.ub) == (0, float("inf"))
    assert x.value == 3
    assert lp.status is Status.OPTIMAL
    assert lp.maximize() == 6
    assert lp.solution.pool == (lp.solution,)


def test_unbounded_integers(lp):
    """The parts need no bounds: the whole numbers from nearest to farthest."""
    x = lp.IntVar("x")
    t = lp.Var("t")
    lp.add_constraint(t >= x - 0.25)
    lp.add_constraint(t >= 0.25 - x)
    lp.objective = t
    # |x - 0.25| over the integers: 0, 1, -1, 2, -2.
    assert [s[x] for s in lp.solve(pool=5).pool] == [0, 1, -1, 2, -2]


def test_one_binary(lp):
    """Its row is a bound; there are two points and no third."""
    b = lp.BoolVar("b")
    lp.objective = b
    assert [s[b] for s in lp.solve(pool=9).pool] == [0, 1]
    assert [s[b] for s in lp.solve("maximize", pool=9).pool] == [1, 0]


def test_a_linear_program_has_one(lp):
    """Without integers there is nothing to differ in."""
    x = lp.Var("x", lb=0, ub=3)
    lp.objective = x
    solution = lp.solve("maximize", pool=4)
    assert solution.pool == (solution,)


def test_nothing_to_pool(lp):
    """Infeasible: the pool is empty."""
    x = lp.IntVar("x", lb=0, ub=3)
    y = lp.IntVar("y", lb=0, ub=3)
    lp.add_constraint(x + y >= 9)
    assert lp.solve(pool=4).pool == ()


def test_lazy_constraints_hold_in_all_of_the_pool(lp):
    """The callback is asked for every one."""
    xs = list(lp.Vars(4, lb=0, ub=1, integer=True))
    lp.objective = sum((k + 1) * x for k, x in enumerate(xs))

    def f(ctx):
        if ctx.event == "candidate" and ctx.value(xs[2] + xs[3]) > 1:
            ctx.add_lazy(xs[2] + xs[3] <= 1)

    # Weights 1, 2, 3, 4 and not both 3 and 4: 7, 6 twice, 5.
    solution = lp.solve("maximize", pool=4, callback=f)
    assert [s.objective for s in solution.pool] == [7, 6, 6, 5]
    assert all(s[xs[2]] + s[xs[3]] <= 1 for s in solution.pool)


def test_a_limit_says_so(hands, monkeypatch):
    """What is in the pool is proved; the status says why it is not all."""
    r = random.Random(7)
    lp = LinearProgram()
    xs = list(lp.Vars(18, lb=0, ub=1, integer=True))
    for _ in range(2):
        weights = [r.randrange(20, 99) for _ in xs]
        lp.add_constraint(sum(w * x for w, x in zip(weights, xs)) <= sum(weights) // 2)
    lp.objective = sum(r.randrange(20, 99) * x for x in xs)
    best = lp.maximize()
    searches, left = itertools.count(), pplp.solving.pool._left

    def counted(*arguments):
        if next(searches) == 50:
            hands.forward()
        return left(*arguments)

    monkeypatch.setattr(pplp.solving.pool, "_left", counted)
    solution = lp.solve("maximize", pool=100_000, time_limit=1e5)
    assert solution.status is Status.TIME_LIMIT
    assert "of the 100000 best" in solution.message
    assert solution.objective == best
    objectives = [s.objective for s in solution.pool]
    assert objectives == sorted(objectives, reverse=True)
    assert len(objectives) > 1
    with pytest.raises(LimitReached):
        lp.maximize(pool=100_000, time_limit=0)


def test_how_many(lp):
    """A whole number from 1."""
    lp.objective = lp.BoolVar()
    for wrong in (0, -1, 1.5, "2"):
        with pytest.raises(OptionError, match="pool must be a positive integer"):
            lp.solve(pool=wrong)

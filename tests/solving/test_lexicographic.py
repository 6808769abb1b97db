"""Several objectives in order: against counting, against solving by hand, and what is left of it in the program."""

from __future__ import annotations

import itertools
import random

import pytest

from pplp import (
    ExpressionError,
    ForeignObject,
    Infeasible,
    LimitReached,
    LinearProgram,
    OptionError,
    RemovedObject,
    Status,
    Unbounded,
)
from pplp.core.owner import version_of


def small():
    """Two variables over a triangle: x + y <= 10, x <= 8."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=8), lp.Var("y", lb=0)
    lp.add_constraint(x + y <= 10, name="both")
    lp.objective = x - y
    return lp, x, y


def test_by_hand():
    """First x + y, of which there are many points with 10; then 3x."""
    lp, x, y = small()
    assert lp.maximize([x + y, 3 * x + 1]) == (10, 25)
    assert (x.value, y.value) == (8, 2)
    assert lp.maximize((x + y, y)) == (10, 10)
    assert lp.minimize([-x - y, x]) == (-10, 0)
    assert lp.maximize([x]) == (8,)


def test_losses():
    """Of each optimum as much as is allowed is given up, and no more."""
    lp, x, y = small()
    assert lp.maximize([x, y]) == pytest.approx((8, 2))
    assert lp.maximize([x, y], absolute_loss=3) == pytest.approx((5, 5))
    assert lp.maximize([x, y], relative_loss=0.5) == pytest.approx((4, 6))
    assert lp.maximize([x, y], relative_loss=0.5, absolute_loss=5) == pytest.approx((3, 7))
    # x may lose 2, then y is 4 and may lose a quarter of it.
    losses = dict(absolute_loss=[2, 0, 0], relative_loss=(0, 0.25, 0))
    found = lp.maximize([x, y, -y + 0.001 * x], **losses)
    assert found == pytest.approx((7, 3, -2.993))
    assert lp.minimize([y - x, -y], absolute_loss=2) == pytest.approx((-6, -2))


def test_the_program_is_as_before():
    """Objective, constraints, bounds; and its solution is current."""
    lp, x, y = small()
    text = str(lp)
    assert lp.maximize() == 8
    edits = version_of(lp)
    assert lp.maximize([x + y, y]) == (10, 10)
    assert version_of(lp) == edits
    assert str(lp) == text
    assert len(lp.constraints) == 1
    assert lp.status is Status.OPTIMAL
    assert y.value == 10
    assert (x + 2 * y).value == 20
    assert lp.constraints[0].value == 10
    assert lp.solution.objective == 10
    assert lp.maximize() == 8
    assert (x.value, y.value) == (8, 0)


def test_duals_are_those_of_the_last_objective():
    """max y alone after x = 8 is given: the row has the price 1."""
    lp, x, y = small()
    lp.maximize([x, y])
    assert lp.constraints[0].dual == pytest.approx(1)


def test_against_counting():
    """Random integer programs, each of whose points is looked at."""
    for seed in range(40):
        r = random.Random(seed)
        lp = LinearProgram()
        xs = [lp.IntVar(lb=0, ub=3) for _ in range(4)]
        lp.remove(lp.IntVar())
        rows = [([r.randrange(-3, 6) for _ in xs], r.randrange(4, 12)) for _ in range(2)]
        for weights, b in rows:
            lp.add_constraint(sum(w * x for w, x in zip(weights, xs)) <= b)
        costs = [[r.randrange(-2, 3) for _ in xs] for _ in range(3)]
        losses = [r.choice([0, 1, 2]) for _ in costs]
        points = [
            p
            for p in itertools.product(range(4), repeat=4)
            if all(sum(w * v for w, v in zip(weights, p)) <= b for weights, b in rows)
        ]
        for cost, loss in zip(costs, losses):
            value = {p: sum(c * v for c, v in zip(cost, p)) for p in points}
            best = max(value.values())
            if cost is not costs[-1]:
                points = [p for p in points if value[p] >= best - loss]
        objectives = [sum(c * x for c, x in zip(cost, xs)) + 0 * xs[0] for cost in costs]
        found = lp.maximize(objectives, absolute_loss=losses)
        assert found[-1] == best
        assert tuple(x.value for x in xs) in points
        assert found == tuple(o.value for o in objectives)


def test_what_goes_wrong_at_a_level():
    """The error says which objective it was; nothing is left behind."""
    lp, x, y = small()
    z = lp.Var("z", lb=0)
    with pytest.raises(Unbounded, match=r"Objective 2 of 3, z: .* z has no upper bound"):
        lp.maximize([x, z, y])
    assert lp.status is Status.UNBOUNDED
    assert len(lp.constraints) == 1
    assert lp.maximize() == 8
    lp.add_constraint(x + y >= 11)
    with pytest.raises(Infeasible, match="Objective 1 of 2"):
        lp.maximize([x, y])


def test_integers_and_limits():
    """A limit is a limit; every level begins with the point of the one before."""
    r = random.Random(2)
    lp = LinearProgram()
    xs = list(lp.Vars(40, lb=0, ub=1, integer=True))
    for _ in range(6):
        weights = [r.randrange(20, 99) for _ in xs]
        lp.add_constraint(sum(w * x for w, x in zip(weights, xs)) <= sum(weights) // 2)
    first, second = sum(xs), sum(r.randrange(20, 99) * x for x in xs)
    with pytest.raises(LimitReached, match="Objective 1 of 2") as caught:
        lp.maximize([second, first], node_limit=1)
    assert caught.value.solution.status is Status.NODE_LIMIT
    best, most = lp.maximize([first, second])
    capped = lp.copy()
    capped.objective = sum(capped[x] for x in xs)
    assert best == capped.maximize()
    assert second.value == most


def test_bad_calls():
    """Each with its remedy, before anything is solved."""
    lp, x, y = small()
    other = LinearProgram().Var("other")
    with pytest.raises(ExpressionError, match=r"lp.objective = x \+ y"):
        lp.maximize(x + y)
    for wrong in ([], "xy", 3, {x: 1}):
        with pytest.raises(ExpressionError, match="takes a list of objectives"):
            lp.minimize(wrong)
    with pytest.raises(ExpressionError, match="must be a linear expression"):
        lp.minimize([x, 3])
    with pytest.raises(ForeignObject):
        lp.minimize([x, other])
    with pytest.raises(OptionError, match="one for each of the 2 objectives"):
        lp.minimize([x, y], absolute_loss=[1])
    for wrong in (-1, float("nan"), float("inf"), "much", [1, -1]):
        with pytest.raises(OptionError, match="relative_loss must be"):
            lp.minimize([x, y], relative_loss=wrong)
    with pytest.raises(OptionError, match="no option"):
        lp.minimize([x, y], loss=1)
    with pytest.raises(OptionError, match="pool"):
        lp.minimize([x, y], pool=2)
    lp.remove(y)
    with pytest.raises(RemovedObject):
        lp.minimize([x, y])
    assert lp.maximize() == 8


def test_lazy_constraints_hold_at_every_level():
    """The callback is asked for each objective anew."""
    lp = LinearProgram()
    x, y = lp.IntVar("x", lb=0, ub=9), lp.IntVar("y", lb=0, ub=9)

    def f(ctx):
        if ctx.event == "candidate" and ctx.value(x + y) > 12:
            ctx.add_lazy(x + y <= 12)

    assert lp.maximize([x, y], callback=f) == (9, 3)
    assert lp.maximize([y, x], callback=f, start={x: 9, y: 9}) == (9, 3)

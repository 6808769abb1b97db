"""Limits: the status says why a solve stopped, its point is feasible, and its bound is valid."""

from __future__ import annotations

import random
from math import inf
from typing import Any

import pytest

from pplp.engines.contract import CancelToken, Engine, Method, Options
from pplp.errors import OptionError
from pplp.form.outcome import Outcome, Status
from pplp.testing.model import Model, between, le, maximize
from pplp.testing.proof import check_optimal, check_point
from pplp.testing.test_optimal import klee_minty


def market() -> Model:
    """Market split: four equations of thirty shares, with an optimum that is hard to find and to prove."""
    r = random.Random(5)
    rows = []
    for i in range(4):
        shares = [float(r.randrange(0, 100)) for _ in range(30)]
        rows.append(between(sum(shares) // 2, [*shares, *[0.0] * 2 * i, 1.0, -1.0], sum(shares) // 2))
    return maximize([0.0] * 30 + [-1.0] * 8, *rows, upper=[1.0] * 30 + [1e4] * 8, integer=range(30))


def things() -> Model:
    """A knapsack of thirty things with values close to their weights."""
    r = random.Random(11)
    weights = [float(r.randrange(100, 1000)) for _ in range(30)]
    rows = [le(weights, sum(weights) // 2), le([float(r.randrange(1, 9)) for _ in weights], 40)]
    return maximize([w + r.randrange(0, 40) for w in weights], *rows, upper=1, integer=True)


def check_stopped(model: Model, outcome: Outcome, status: Status, optimum: float) -> None:
    """Check the status, that a point is feasible, and that the optimum does not pass the bound."""
    assert outcome.status is status
    sign = 1 if model.maximize else -1
    slack = 1e-6 * max(1.0, abs(optimum))
    if outcome.numbers is not None:
        reached = float(check_point(model, outcome.numbers.primal()))
        assert reached == pytest.approx(outcome.objective, rel=1e-6, abs=1e-6)
        assert sign * (optimum - reached) >= -slack
    if outcome.bound is not None:
        assert sign * (outcome.bound - optimum) >= -slack


@pytest.mark.parametrize("limit", [0, 1, 2, 5])
@pytest.mark.parametrize("method", ["auto", "primal", "dual"])
def test_iterations(engine: Engine, limit: int, method: Method) -> None:
    """A limit of iterations is kept, and the next solve without one finds the optimum."""
    model = klee_minty(8)
    for row in model.rows:
        row.upper += 1.0
    engine.load(model.form())
    optimum = engine.solve(Options()).objective
    engine.load(model.form())
    outcome = engine.solve(Options(iteration_limit=limit, method=method))
    if outcome.status is Status.OPTIMAL:
        assert limit and outcome.iterations <= limit
        check_optimal(model, outcome, optimum)
    else:
        check_stopped(model, outcome, Status.ITERATION_LIMIT, optimum)
    assert outcome.iterations <= limit
    check_optimal(model, engine.solve(Options()), optimum)


@pytest.mark.parametrize("integer", [False, True])
def test_no_time(engine: Engine, integer: bool) -> None:
    """A time limit of 0 stops the solve at once."""
    model = things()
    if not integer:
        for column in model.columns:
            column.integer = False
    engine.load(model.form())
    outcome = engine.solve(Options(time_limit=0))
    optimum = engine.solve(Options()).objective
    check_stopped(model, outcome, Status.TIME_LIMIT, optimum)


def test_a_little_time(engine: Engine) -> None:
    """The search ends at its time limit."""
    model = market()
    engine.load(model.form())
    outcome = engine.solve(Options(time_limit=0.3))
    if outcome.status is Status.OPTIMAL:
        check_optimal(model, outcome)
    else:
        check_stopped(model, outcome, Status.TIME_LIMIT, 0.0 if outcome.numbers is None else outcome.objective)


@pytest.mark.parametrize("options", [{}, {"cuts": False}], ids=["auto", "no cuts"])
@pytest.mark.parametrize("limit", [0, 1, 2, 10])
def test_nodes(engine: Engine, limit: int, options: dict[str, Any]) -> None:
    """A limit of nodes is kept, and the next solve without one finds the optimum."""
    model = things()
    engine.load(model.form())
    try:
        stopped = engine.solve(Options(node_limit=limit, **options))
    except OptionError as error:
        pytest.skip(str(error))
    optimum = engine.solve(Options(**options)).objective
    if stopped.status is Status.OPTIMAL:
        check_optimal(model, stopped, optimum)
    else:
        check_stopped(model, stopped, Status.NODE_LIMIT, optimum)
    assert stopped.nodes <= max(limit, 1) + 1


@pytest.mark.parametrize(
    "options", [*({"gap": g} for g in (0.5, 0.01, inf)), *({"absolute_gap": g} for g in (100.0, 5.0, inf))]
)
def test_gaps(engine: Engine, options: dict[str, Any]) -> None:
    """The objective is as near to the bound as the gap allows, and both are valid."""
    model = things()
    engine.load(model.form())
    outcome = engine.solve(Options(**options))
    optimum = engine.solve(Options()).objective
    if outcome.status is Status.OPTIMAL:
        check_optimal(model, outcome, optimum)
        return
    check_stopped(model, outcome, Status.GAP_REACHED, optimum)
    assert outcome.numbers is not None and outcome.bound is not None
    off = abs(outcome.bound - outcome.objective)
    assert off <= options.get("absolute_gap", options.get("gap", 0.0) * abs(outcome.objective)) + 1e-6


def test_a_gap_of_an_infeasible_program(engine: Engine) -> None:
    """An infeasible program stays infeasible, whatever the gap."""
    engine.load(maximize([1, 1], between(3, [2, 2], 3), upper=5, integer=True).form())
    assert engine.solve(Options(gap=0.9)).status is Status.INFEASIBLE


@pytest.mark.parametrize("integer", [False, True])
def test_cancelled(engine: Engine, integer: bool) -> None:
    """A canceled token stops the solve at once; after a reset, the solve finds the optimum."""
    model, token = things(), CancelToken()
    if not integer:
        for column in model.columns:
            column.integer = False
    engine.load(model.form())
    token.cancel()
    outcome = engine.solve(Options(), token)
    by_option = engine.solve(Options(cancel=token))
    token.reset()
    optimum = engine.solve(Options(cancel=token), token)
    check_optimal(model, optimum)
    for stopped in (outcome, by_option):
        check_stopped(model, stopped, Status.INTERRUPTED, optimum.objective)


@pytest.mark.parametrize("limit", [{"time_limit": 600}, {"iteration_limit": 10**8}, {"node_limit": 10**7}], ids=str)
def test_wide_limits_do_not_matter(engine: Engine, limit: dict[str, Any]) -> None:
    """Limits that are not reached do not change the answer."""
    model = things()
    engine.load(model.form())
    free = engine.solve(Options())
    engine.load(model.form())
    try:
        held = engine.solve(Options(**limit))
    except OptionError as error:
        pytest.skip(str(error))
    check_optimal(model, held, free.objective)

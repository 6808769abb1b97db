"""Edits in every order, then a warm solve: the answer is that of the edited program."""

from __future__ import annotations

import random
from functools import partial
from itertools import permutations
from math import inf
from typing import Any, Callable

import pytest

from pplp.engines.contract import Engine, Options
from pplp.engines.registry import make_engine
from pplp.form.matrix_form import Edits
from pplp.form.outcome import Outcome, Status
from pplp.testing.model import Column, Model, between, eq, ge, le, maximize, minimize
from pplp.testing.proof import best_integer, check_optimal

SolveAndCheck = Callable[[Model, Engine], Outcome]


def base() -> Model:
    """Four products from three resources, all with bounds, so that any edit leaves a bounded program."""
    return maximize(
        [7, 5, 6, 3],
        le([2, 1, 1, 1], 15),
        between(2, [1, 1, 0, 0], 9),
        le([1, 2, 3, 1], 20),
        upper=[6, 7, 5, 8],
    )


EDITS: dict[str, Callable[[Model], Edits]] = {
    "a cost": lambda model: model.set_cost(0, -2.0),
    "a cost of zero": lambda model: model.set_cost(1, 0.0),
    "a lower bound": lambda model: model.set_bounds(1, 3.0, 7.0),
    "an upper bound": lambda model: model.set_bounds(0, 0.0, 2.0),
    "a fixed column": lambda model: model.set_bounds(0, 1.0, 1.0),
    "a free column in a bounded row": lambda model: model.set_bounds(1, -inf, inf),
    "a right-hand side": lambda model: model.set_row_bounds(0, -inf, 8.0),
    "a range": lambda model: model.set_row_bounds(0, 3.0, 12.0),
    "an equation": lambda model: model.set_row_bounds(1, 4.0, 4.0),
    "a free row": lambda model: model.set_row_bounds(1, -inf, inf),
    "coefficients": lambda model: model.set_terms(0, {0: 1.0, 1: 3.0}),
    "no coefficients": lambda model: model.set_terms(0, {}),
    "a new row": lambda model: model.add_row(le({0: 1.0, 1: 1.0}, 5)),
    "a new empty row": lambda model: model.add_row(between(-1, [], 1)),
    "a new column": lambda model: model.add_column(Column(9.0, 0.0, 4.0), {0: 3.0}),
    "a new empty column": lambda model: model.add_column(Column(1.0, -2.0, 4.0)),
    "a row removed": lambda model: model.remove_rows(0),
    "a column removed": lambda model: model.remove_columns(1),
    "the last row removed": lambda model: model.remove_rows(len(model.rows) - 1),
    "two columns removed": lambda model: model.remove_columns(0, len(model.columns) - 1),
    "the other sense": lambda model: model.set_sense(not model.maximize),
    "a constant": lambda model: model.set_offset(model.offset + 2.5),
    "an integer column": lambda model: model.set_integer(0, True),
    "a continuous column": lambda model: model.set_integer(0, False),
}


@pytest.fixture
def solve_and_check(engine_name: str) -> SolveAndCheck:
    """Solve, and check the answer against the program's own data and a cold solve."""
    return partial(_solve_and_check, engine_name)


def _solve_and_check(engine_name: str, model: Model, engine: Engine) -> Outcome:
    outcome, cold = engine.solve(Options()), make_engine(engine_name)
    cold.load(model.form())
    fresh = cold.solve(Options())
    assert outcome.status is fresh.status, f"{outcome.status}, not {fresh.status}"
    if outcome.status is Status.OPTIMAL:
        check_optimal(model, outcome, fresh.objective)
        check_optimal(model, fresh)
    else:
        assert outcome.numbers is None
    cold.close()
    return outcome


def apply_edit(engine: Engine, model: Model, edit: Callable[[Model], Edits]) -> None:
    """Edit the model, and send the edits to the engine."""
    edits = edit(model)
    form = model.form()
    engine.update(edits, lambda: form)


@pytest.mark.parametrize("name", EDITS)
def test_one_edit(engine: Engine, solve_and_check: SolveAndCheck, name: str) -> None:
    """Every edit between two solves."""
    model = base()
    engine.load(model.form())
    solve_and_check(model, engine)
    apply_edit(engine, model, EDITS[name])
    solve_and_check(model, engine)


@pytest.mark.parametrize("names", [*permutations(EDITS, 2)], ids=", then ".join)
@pytest.mark.parametrize("between_them", [False, True], ids=["at once", "one by one"])
def test_two_edits(engine: Engine, solve_and_check: SolveAndCheck, names: tuple[str, str], between_them: bool) -> None:
    """Every two edits in either order, sent together or with a solve between them."""
    model = base()
    engine.load(model.form())
    engine.solve(Options())
    for name in names:
        if name == "two columns removed" and len(model.columns) < 3:
            continue
        apply_edit(engine, model, EDITS[name])
        if between_them:
            engine.solve(Options())
    solve_and_check(model, engine)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_before_the_first_solve(engine: Engine, solve_and_check: SolveAndCheck, name: str) -> None:
    """A program can be edited before its first solve."""
    model = base()
    engine.load(model.form())
    apply_edit(engine, model, EDITS[name])
    solve_and_check(model, engine)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_and_resume(engine: Engine, solve_and_check: SolveAndCheck, name: str) -> None:
    """After an edit, `resume` returns the optimum, or None and leaves it to `solve`."""
    model, options = base(), Options()
    engine.load(model.form())
    engine.solve(options)
    apply_edit(engine, model, EDITS[name])
    value = engine.resume(options)
    outcome = engine.solve(options) if value is None else engine.outcome()
    check_optimal(model, outcome, value)
    solve_and_check(model, engine)


@pytest.mark.parametrize("seed", range(20))
def test_many_edits(engine: Engine, solve_and_check: SolveAndCheck, seed: int) -> None:
    """Long random sequences of edits."""
    r, model = random.Random(seed), base()
    engine.load(model.form())
    for _ in range(12):
        for _ in range(r.randrange(1, 4)):
            name = r.choice([*EDITS])
            enough = len(model.columns) > 4 and len(model.rows) > 2
            if enough or "removed" not in name:
                apply_edit(engine, model, EDITS[name])
        solve_and_check(model, engine)


def at_least(value: float) -> Callable[[Model], Edits]:
    """The edit that makes row 0 at least this."""
    return lambda model: model.set_row_bounds(0, value, inf)


#: name -> (program, its objective, edits with the objective or the status after each)
STORIES: dict[str, tuple[Model, Any, list[tuple[Callable[[Model], Edits], Any]]]] = {
    "feasible, infeasible, feasible by a bound": (
        minimize([1, 1], ge([1, 1], 4), upper=3),
        4,
        [
            (lambda m: m.set_bounds(0, 0.0, 0.5), Status.INFEASIBLE),
            (lambda m: m.set_bounds(0, 0.0, 1.0), 4),
            (lambda m: m.set_bounds(0, 2.0, 1.0), Status.INFEASIBLE),
            (lambda m: m.set_bounds(0, 2.0, 2.0), 4),
        ],
    ),
    "feasible, infeasible, feasible by a row": (
        maximize([1, 2], le([1, 1], 4)),
        8,
        [
            (lambda m: m.add_row(ge({0: 1.0, 1: 1.0}, 5)), Status.INFEASIBLE),
            (lambda m: m.set_row_bounds(1, 5.0, 4.0), Status.INFEASIBLE),
            (lambda m: m.set_row_bounds(0, -inf, 6.0), Status.INFEASIBLE),
            (lambda m: m.set_row_bounds(1, 5.0, inf), 12),
            (lambda m: m.remove_rows(0), Status.UNBOUNDED),
            (lambda m: m.set_bounds(1, 0.0, 7.0), Status.UNBOUNDED),
            (lambda m: m.set_bounds(0, 0.0, 1.0), 15),
        ],
    ),
    "bounded, unbounded, bounded": (
        maximize([1, 1], le([1, 1], 4)),
        4,
        [
            (lambda m: m.set_terms(0, {0: 1.0}), Status.UNBOUNDED),
            (lambda m: m.set_sense(False), 0),
            (lambda m: m.set_sense(True), Status.UNBOUNDED),
            (lambda m: m.set_cost(1, 0.0), 4),
            (lambda m: m.set_row_bounds(0, -inf, inf), Status.UNBOUNDED),
            (lambda m: m.set_row_bounds(0, -inf, -1.0), Status.INFEASIBLE),
        ],
    ),
    "continuous, integer, continuous": (
        maximize([5, 4], le([6, 4], 24), le([1, 2], 6)),
        21,
        [
            (lambda m: m.set_integer(0, True), 21),
            (lambda m: m.set_integer(1, True), 20),
            (lambda m: m.set_row_bounds(0, -inf, 23.0), 19),
            (lambda m: m.set_integer(0, False), 5 * 19 / 6 + 4),
            (lambda m: m.set_integer(1, False), 5 * 2.75 + 4 * 1.625),
        ],
    ),
    "everything removed and made anew": (
        maximize([1], le([1], 4)),
        4,
        [
            (lambda m: m.remove_rows(0), Status.UNBOUNDED),
            (lambda m: m.remove_columns(0), 0),
            (lambda m: m.add_row(between(-1, [], 1)), 0),
            (lambda m: m.add_row(ge([], 1)), Status.INFEASIBLE),
            (lambda m: m.remove_rows(1), 0),
            (lambda m: m.add_column(Column(2.0, 0.0, inf), {0: 1.0}), 2),
            (lambda m: m.set_offset(5.0), 7),
        ],
    ),
    "a knapsack whose room changes": (
        maximize([10, 13, 7, 8], le([3, 4, 2, 3], 7), upper=1, integer=True),
        23,
        [
            (lambda m: m.set_row_bounds(0, -inf, 6.0), 20),
            (lambda m: m.set_row_bounds(0, -inf, 9.0), 30),
            (lambda m: m.set_bounds(1, 0.0, 0.0), 25),
            (lambda m: m.set_cost(3, 18.0), 35),
            (lambda m: m.set_row_bounds(0, 9.0, inf), Status.INFEASIBLE),
            (lambda m: m.set_bounds(1, 0.0, 1.0), 48),
            (lambda m: m.set_bounds(1, 1.0, 1.0), 48),
            (lambda m: m.set_sense(False), 30),
        ],
    ),
    "parity comes and goes": (
        minimize([1, 1, 1], eq([2, 2, 4], 6), upper=9, integer=True),
        2,
        [
            (lambda m: m.set_row_bounds(0, 7.0, 7.0), Status.INFEASIBLE),
            (lambda m: m.set_integer(2, False), 1.75),
            (lambda m: m.set_integer(2, True), Status.INFEASIBLE),
            (lambda m: m.set_terms(0, {0: 2.0, 1: 3.0, 2: 4.0}), 2),
        ],
    ),
    "a right-hand side goes round": (
        minimize([2, 3], ge([1, 1], 0), upper=10),
        0,
        [
            (at_least(5.0), 10),
            (at_least(10.0), 20),
            (at_least(15.0), 35),
            (at_least(20.0), 50),
            (at_least(25.0), Status.INFEASIBLE),
            (at_least(20.0), 50),
            (at_least(12.5), 27.5),
            (at_least(0.0), 0),
        ],
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story(engine: Engine, solve_and_check: SolveAndCheck, name: str) -> None:
    """After each edit, the answer is the one worked out by hand."""
    model, first, edits = STORIES[name]
    model = model.copy()
    engine.load(model.form())
    for edit, expected in [(None, first), *edits]:
        if edit is not None:
            apply_edit(engine, model, edit)
        outcome = solve_and_check(model, engine)
        if isinstance(expected, Status):
            assert outcome.status is expected
        else:
            check_optimal(model, outcome, expected)


@pytest.mark.parametrize("seed", range(10))
def test_edits_of_small_boxes(engine: Engine, seed: int) -> None:
    """After random edits, the answer of an integer program is the best of all its points."""
    r = random.Random(seed)
    model = maximize([3, 5, 4], le([2, 3, 1], 12), le([4, 1, 2], 11), upper=4, integer=True)
    engine.load(model.form())
    for _ in range(10):
        j, i = r.randrange(3), r.randrange(2)
        kind = r.randrange(5)
        if kind == 0:
            cost = float(r.randrange(-4, 7))
            apply_edit(engine, model, lambda m, j=j, cost=cost: m.set_cost(j, cost))  # type: ignore[misc]
        elif kind == 1:
            low = float(r.randrange(0, 3))
            apply_edit(engine, model, lambda m, j=j, low=low: m.set_bounds(j, low, low + 3))  # type: ignore[misc]
        elif kind == 2:
            b = float(r.randrange(2, 16))
            apply_edit(engine, model, lambda m, i=i, b=b: m.set_row_bounds(i, r.choice([-inf, b - 1]), b))  # type: ignore[misc]
        elif kind == 3:
            terms = {k: float(r.randrange(1, 6)) for k in range(3)}
            apply_edit(engine, model, lambda m, i=i, terms=terms: m.set_terms(i, terms))  # type: ignore[misc]
        else:
            apply_edit(engine, model, lambda m: m.set_sense(not m.maximize))
        expected, outcome = best_integer(model), engine.solve(Options())
        if expected is None:
            assert outcome.status is Status.INFEASIBLE
        else:
            check_optimal(model, outcome, expected)


def test_numbers_outlive_edits(engine: Engine) -> None:
    """An outcome does not change when the program is edited, replaced, or closed."""
    model = base()
    engine.load(model.form())
    first, before = engine.solve(Options()), model.copy()
    apply_edit(engine, model, EDITS["a cost"])
    apply_edit(engine, model, EDITS["a row removed"])
    second = engine.solve(Options())
    check_optimal(before, first)
    check_optimal(model, second)
    engine.load(base().form())
    check_optimal(model, second)
    engine.close()
    check_optimal(before, first)


def test_loaded_again(engine: Engine, solve_and_check: SolveAndCheck) -> None:
    """A program of any shape can replace another, and a closed engine can be loaded again."""
    for model in (
        base(),
        minimize([]),
        maximize([1], le([1], 3), integer=True),
        base(),
        minimize([1, 1], ge([1, 1], 2)),
    ):
        engine.load(model.form())
        assert engine.loaded
        solve_and_check(model, engine)
    engine.close()
    assert not engine.loaded
    engine.load(base().form())
    check_optimal(base(), engine.solve(Options()))


def test_solved_again_without_edits(engine: Engine) -> None:
    """Without edits, `solve` and `resume` give the same answer again."""
    model, options = base(), Options()
    engine.load(model.form())
    value = engine.solve(options).objective
    for _ in range(3):
        check_optimal(model, engine.solve(options), value)
        again = engine.resume(options)
        if again is not None:
            check_optimal(model, engine.outcome(), value)


def test_sent_before_it_is_solved(engine: Engine, solve_and_check: SolveAndCheck) -> None:
    """`send` loads the solver early and changes no answer."""
    model = base()
    engine.load(model.form())
    engine.send()
    apply_edit(engine, model, EDITS["an equation"])
    engine.send()
    solve_and_check(model, engine)

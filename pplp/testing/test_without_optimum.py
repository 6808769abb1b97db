"""Linear programs without an optimum; each case has its proof, which is checked before the engine solves it."""

from __future__ import annotations

from math import inf

import pytest

from pplp.engines.contract import Engine, Options
from pplp.errors import OptionError
from pplp.form.outcome import Status
from pplp.testing.model import Model, between, eq, ge, le, maximize, minimize
from pplp.testing.proof import check_infeasible, check_unbounded
from pplp.testing.test_optimal import METHODS

#: name -> (program, multipliers of the rows that prove it)
INFEASIBLE: dict[str, tuple[Model, dict[int, float]]] = {
    "an empty row": (minimize([1], ge([], 1)), {0: 1}),
    "an empty row by its upper bound": (minimize([1], le([], -1)), {0: -1}),
    "no columns": (minimize([], between(-3, [], -2)), {0: -1}),
    "no columns, maximised": (maximize([], eq([], 5)), {0: 1}),
    "crossed bounds of a column": (minimize([1], lower=3, upper=2), {}),
    "crossed bounds of a row": (minimize([1, 1], between(3, [1, 1], 2)), {}),
    "bounds crossed by a millionth": (minimize([1, 1], ge([1, 1], 1), lower=[1e-6, 0], upper=[0, 9]), {}),
    "a bound against a row of one column": (maximize([1], ge([1], 5), upper=4), {0: 1}),
    "a bound against a row by 1e-3": (minimize([1], ge([1], 1.001), upper=1), {0: 1}),
    "a bound against a row by 1e-5": (minimize([1, 0], ge([1], 1.00001), le([1, 1], 9), upper=[1, inf]), {0: 1}),
    "two rows of one column": (minimize([1], ge([1], 5), le([1], 4), lower=-inf), {0: 1, 1: -1}),
    "a sum against its bounds": (minimize([1, 1], ge([1, 1], 5), upper=2), {0: 1}),
    "a sum of fixed columns": (minimize([1, 1], eq([1, 1], 5), lower=2, upper=2), {0: 1}),
    "parallel rows": (minimize([1, 1], ge([1, 1], 3), le([2, 2], 5)), {0: 2, 1: -1}),
    "parallel equations": (minimize([1, 1], eq([1, 1], 3), eq([2, 2], 5)), {0: 2, 1: -1}),
    "parallel ranges": (minimize([1, 1], between(0, [1, -1], 1), between(3, [2, -2], 4)), {0: -2, 1: 1}),
    "an equation that is the difference of two": (
        minimize([1, 1, 1], eq([1, 2, 1], 4), eq([1, 1, 0], 3), eq([0, 1, 1], 2)),
        {0: -1, 1: 1, 2: 1},
    ),
    "free columns": (minimize([0, 0], ge([1, 1], 1), ge([1, -2], 1), le([3, 0], 2), lower=-inf), {0: 2, 1: 1, 2: -1}),
    "a circle of less than": (
        minimize([1, 1, 1], ge([1, -1], 1), ge([0, 1, -1], 1), ge([-1, 0, 1], 1)),
        {0: 1, 1: 1, 2: 1},
    ),
    "three rows, no two of which conflict": (
        minimize([1, 1], ge([1, 0], 1), ge([0, 1], 1), le([1, 1], 1.5)),
        {0: 1, 1: 1, 2: -1},
    ),
    "more demand than supply": (
        minimize([1, 1, 1, 1], le([1, 1], 3), le([0, 0, 1, 1], 3), ge([1, 0, 1], 4), ge([0, 1, 0, 1], 4)),
        {0: -1, 1: -1, 2: 1, 3: 1},
    ),
    "a flow that does not balance": (
        minimize([1, 1], eq([1], 1), eq([-1, 1], 0), eq([0, -1], -2)),
        {0: -1, 1: -1, 2: -1},
    ),
    "a staircase of 30": (
        minimize([0.0] * 31, *(ge({i: -1.0, i + 1: 1.0}, 1) for i in range(30)), le({30: 1.0}, 29.5)),
        {**dict.fromkeys(range(30), 1.0), 30: -1.0},
    ),
    "no objective": (minimize([0, 0], ge([1, 1], 2), le([1, 1], 1)), {0: 1, 1: -1}),
    "a hundredth": (minimize([1, 1], ge([1, 1], 1.01), le([1, 1], 1)), {0: 1, 1: -1}),
    "great sizes": (minimize([1, 1], ge([1e6, 1e6], 3e9), le([1e3, 1e3], 2e6)), {0: 1, 1: -1000}),
    "small sizes": (minimize([1, 1], ge([1e-3, 1e-3], 3e-1), le([1e-1, 1e-1], 20)), {0: 100, 1: -1}),
    "all at once": (
        maximize([1, 1, 1], le([1, 1, 1], 1), ge([1, 1, 1], 2), ge([1, 0, 0], 3), eq([0, 1, 1], 4)),
        {0: -1, 1: 1},
    ),
    # These also have a direction in which the objective improves without limit.
    "both, by the columns": (minimize([-1, 0], ge([0, 1], 2), le([0, 1], 1)), {0: 1, 1: -1}),
    "both, by the rows": (maximize([1, 1], le([1, -1], -1), le([-1, 1], -1)), {0: -1, 1: -1}),
    "both, free columns": (minimize([1, 1], eq([1, -1], 1), eq([1, -1], 2), lower=-inf), {0: -1, 1: 1}),
    "both, an empty row": (maximize([1], ge([], 1)), {0: 1}),
    "both, a column in no row": (maximize([0, 0, 1], ge([1, 1], 2), le([1, 1], 1)), {0: 1, 1: -1}),
}

#: name -> (program, a point of it, a direction)
UNBOUNDED: dict[str, tuple[Model, list[float], list[float]]] = {
    "no rows": (maximize([1]), [0], [1]),
    "no rows, a free column": (minimize([1], lower=-inf), [0], [-1]),
    "no rows, only an upper bound": (minimize([2], lower=-inf, upper=4), [4], [-1]),
    "no rows, one of many": (minimize([1, -1, 1], upper=[5, inf, 5]), [0, 0, 0], [0, 1, 0]),
    "a column in no row": (maximize([1, 1], le([1], 4)), [0, 0], [0, 1]),
    "an empty row": (maximize([1, 0], le([], 4)), [0, 0], [1, 0]),
    "one row": (maximize([1, 1], le([1, -1], 4)), [0, 0], [1, 1]),
    "one row, negative": (minimize([-1, 0], ge([-1, 1], -4)), [0, 0], [1, 1]),
    "a range": (maximize([1, 1], between(-1, [1, -1], 1)), [0, 0], [1, 1]),
    "an equation": (maximize([1, 0], eq([1, -1], 0)), [0, 0], [1, 1]),
    "an equation of free columns": (minimize([1, 2], eq([1, 1], 5), lower=-inf), [5, 0], [1, -1]),
    "three columns together": (maximize([1, 1, 1], le([1, -1], 1), le([0, 1, -1], 1)), [0, 0, 0], [1, 1, 1]),
    "a direction that is no edge of the bounds": (maximize([2, -1], le([1, -2], 4), le([-1, 1], 1)), [0, 0], [2, 1]),
    "far from the origin": (minimize([-1, -1], ge([1, 1], 100), le([1, -1], 3)), [50, 50], [1, 1]),
    "a degenerate vertex": (maximize([1, 2], ge([1, -1], 0), ge([2, -1], 0), ge([3, -1], 0)), [0, 0], [1, 1]),
    "a circle of arcs that earns": (
        minimize([-1, 0, 0], eq([1, 0, -1], 0), eq([-1, 1], 0), eq([0, -1, 1], 0)),
        [0, 0, 0],
        [1, 1, 1],
    ),
    "a constant": (maximize([1], offset=-1e6), [0], [1]),
    "two fixed columns": (
        maximize([1, 1, 1], le([1, 1, -1], 4), lower=[1, 2, 0], upper=[1, 2, inf]),
        [1, 2, 0],
        [0, 0, 1],
    ),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", INFEASIBLE)
def test_infeasible(engine: Engine, name: str, method: str) -> None:
    """The status is INFEASIBLE, even if there is a direction that improves without limit."""
    model, rows = INFEASIBLE[name]
    check_infeasible(model, rows)
    engine.load(model.form())
    try:
        outcome = engine.solve(Options(**METHODS[method]))
    except OptionError as error:
        pytest.skip(str(error))
    assert outcome.status is Status.INFEASIBLE, f"{outcome.status}: {outcome.message}"
    assert outcome.numbers is None
    assert engine.basis() is None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", UNBOUNDED)
def test_unbounded(engine: Engine, name: str, method: str) -> None:
    """The status is UNBOUNDED."""
    model, point, ray = UNBOUNDED[name]
    check_unbounded(model, point, ray)
    engine.load(model.form())
    try:
        outcome = engine.solve(Options(**METHODS[method]))
    except OptionError as error:
        pytest.skip(str(error))
    assert outcome.status is Status.UNBOUNDED, f"{outcome.status}: {outcome.message}"
    assert outcome.numbers is None
    assert engine.basis() is None

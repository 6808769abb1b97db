"""The signs and values of duals and reduced costs of optima that have only one choice of them.

The dual of a row is d(objective)/d(the bound that it is at), and the reduced cost of a column d(objective)/d(the bound
that it is at), for the objective as written, in both senses.
"""

from __future__ import annotations

from math import inf

import pytest

from pplp.engines.contract import Engine, Method, Options
from pplp.errors import OptionError
from pplp.testing.model import Model, between, eq, ge, le, maximize, minimize
from pplp.testing.proof import check_optimal

#: name -> (program, duals of the rows, reduced costs); each optimum is a nondegenerate vertex.
CASES: dict[str, tuple[Model, list[float], list[float]]] = {
    "min, a lower bound": (minimize([3], lower=2), [], [3]),
    "min, an upper bound": (minimize([-3], lower=-inf, upper=2), [], [-3]),
    "max, a lower bound": (maximize([-3], lower=2), [], [-3]),
    "max, an upper bound": (maximize([3], lower=-inf, upper=2), [], [3]),
    "min, at least": (minimize([3, 4], ge([1, 1], 2)), [3], [0, 1]),
    "min, at most": (minimize([-3, 4], le([1, 1], 2)), [-3], [0, 7]),
    "max, at least": (maximize([-3, -4], ge([1, 1], 2)), [-3], [0, -1]),
    "max, at most": (maximize([3, 4], le([1, 1], 2)), [4], [-1, 0]),
    "min, an equation that costs": (minimize([3, 4], eq([1, 1], 2)), [3], [0, 1]),
    "min, an equation that earns": (minimize([-3, 4], eq([1, 1], 2)), [-3], [0, 7]),
    "max, an equation that costs": (maximize([-3, -4], eq([1, 1], 2)), [-3], [0, -1]),
    "max, an equation that earns": (maximize([3, 4], eq([1, 1], 2)), [4], [-1, 0]),
    "min, the lower end of a range": (minimize([3, 4], between(2, [1, 1], 5)), [3], [0, 1]),
    "min, the upper end of a range": (minimize([-3, 4], between(2, [1, 1], 5)), [-3], [0, 7]),
    "max, the lower end of a range": (maximize([-3, -4], between(2, [1, 1], 5)), [-3], [0, -1]),
    "max, the upper end of a range": (maximize([3, 4], between(2, [1, 1], 5)), [4], [-1, 0]),
    "a range that is slack": (maximize([3, 4], between(-9, [1, 1], 9), upper=2), [0], [3, 4]),
    "a free row": (maximize([3, 4], between(-inf, [1, 1], inf), upper=2), [0], [3, 4]),
    "a row with a negative factor": (minimize([3], ge([-2], -8), lower=-5), [0], [3]),
    "a row with a factor": (maximize([3], le([2], 8)), [1.5], [0]),
    "a free column": (
        minimize([1, 1], ge([1, 0], 2), ge([0, 1], 3), lower=-inf),
        [1, 1],
        [0, 0],
    ),
    "a fixed column": (maximize([3, 1], le([1, 1], 4), lower=[1, 0], upper=[1, inf]), [1], [2, 0]),
    # y . A = (3, 5) with the first row slack.
    "Wyndor": (maximize([3, 5], le([1], 4), le([0, 2], 12), le([3, 2], 18)), [0, 1.5, 1], [0, 0]),
    # 2y + 3z = 3, 4y + 2z = 5.
    "a diet": (minimize([3, 5], ge([2, 4], 8), ge([3, 2], 8)), [1.125, 0.25], [0, 0]),
    # 10y + z = 10, 4y + z = 6.
    "three products": (
        maximize([10, 6, 4], le([1, 1, 1], 100), le([10, 4, 5], 600), le([2, 2, 6], 300)),
        [10 / 3, 2 / 3, 0],
        [0, 0, 4 - 10 / 3 - 10 / 3],
    ),
    "a constant does not matter": (minimize([3, 4], ge([1, 1], 2), offset=1000), [3], [0, 1]),
    "an empty row": (minimize([3, 4], ge([1, 1], 2), between(-1, [], 1)), [3, 0], [0, 1]),
    "an empty column": (minimize([3, 4, -2], ge([1, 1], 2), upper=[9, 9, 5]), [3], [0, 1, -2]),
    "a scaled row": (minimize([3, 4], ge([1e4, 1e4], 2e4)), [3e-4], [0, 1]),
    "a scaled column": (minimize([3e4, 4], ge([1e4, 1], 2)), [3], [0, 1]),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("method", ["primal", "dual", "auto"])
def test_duals(engine: Engine, name: str, method: Method) -> None:
    """Duals and reduced costs are those worked out by hand."""
    model, duals, costs = CASES[name]
    engine.load(model.form())
    try:
        outcome = engine.solve(Options(method=method))
    except OptionError as error:
        pytest.skip(str(error))
    check_optimal(model, outcome)
    assert outcome.numbers is not None
    assert outcome.numbers.duals() == pytest.approx(duals, rel=1e-9, abs=1e-9)
    assert outcome.numbers.reduced_costs() == pytest.approx(costs, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_duals_are_derivatives(engine: Engine, name: str) -> None:
    """If the bound that a row or column is at moves a little, the objective moves by its dual times that."""
    model, duals, costs = CASES[name]
    model = model.copy()
    engine.load(model.form())
    before = engine.solve(Options())
    assert before.numbers is not None
    values, step = list(before.numbers.primal()), 1e-3
    for i, dual in enumerate(duals):
        if dual:
            row, twin = model.rows[i], model.copy()
            value = sum(a * values[j] for j, a in row.terms.items())
            by = step * max(1.0, abs(value))
            ends = (end + by if abs(end - value) < 1e-6 else end for end in (row.lower, row.upper))
            twin.set_row_bounds(i, *ends)
            engine.load(twin.form())
            assert engine.solve(Options()).objective - before.objective == pytest.approx(dual * by, rel=1e-6)
    for j, cost in enumerate(costs):
        if cost:
            column = model.columns[j]
            ends = (end + step if abs(end - values[j]) < 1e-6 else end for end in (column.lower, column.upper))
            twin = model.copy()
            twin.set_bounds(j, *ends)
            engine.load(twin.form())
            check_optimal(twin, engine.solve(Options()), before.objective + cost * step)

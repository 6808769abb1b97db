"""The cases of the other files in other units of the objective, the rows, the columns, and the bounds.

Units are powers of two from about 1e-9 to 1e9, so the programs are the same to the last bit.  The status must not
depend on the units, and the optimum must change only by its unit.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import NamedTuple

import pytest

from pplp.engines.contract import Engine, Options
from pplp.form.outcome import Status
from pplp.testing.model import Column, Model, Row, le, maximize
from pplp.testing.test_integer import CASES as INTEGER
from pplp.testing.test_optimal import CASES as OPTIMAL
from pplp.testing.test_without_optimum import INFEASIBLE, UNBOUNDED

#: About a billion.
_FAR = 2.0**30
#: The error that the objective may have, relative to itself and to its largest product.
_CLOSE, _ROUNDED = Fraction(1, 10**9), Fraction(1, 10**12)


class Units(NamedTuple):
    """Factors of the objective, of each row and each column in turn, and of all bounds."""

    objective: float = 1.0
    rows: tuple[float, ...] = (1.0,)
    columns: tuple[float, ...] = (1.0,)
    bounds: float = 1.0


UNITS = {
    "a small objective": Units(1 / _FAR),
    "a great objective": Units(_FAR),
    "small rows": Units(rows=(1 / _FAR,)),
    "great rows": Units(rows=(_FAR,)),
    "rows of all sizes": Units(rows=(1 / _FAR, 1.0, _FAR, 2.0**-15, 2.0**15)),
    "columns of all sizes": Units(columns=(_FAR, 2.0**-15, 1.0, 1 / _FAR, 2.0**15)),
    "small bounds": Units(bounds=1 / _FAR),
    "great bounds": Units(bounds=_FAR),
    "all of it": Units(2.0**-20, (2.0**20, 2.0**-30, 1.0), (2.0**-25, 1.0, 2.0**20), 2.0**10),
}


def in_units(model: Model, units: Units) -> Model:
    """The program in other units; integer columns keep their unit, and then all bounds keep theirs."""
    bounds = 1.0 if model.is_mip else units.bounds
    sizes = [1.0 if c.integer else units.columns[j % len(units.columns)] for j, c in enumerate(model.columns)]
    columns = [
        Column(units.objective * c.cost / size, c.lower * size * bounds, c.upper * size * bounds, c.integer)
        for c, size in zip(model.columns, sizes)
    ]
    rows = []
    for i, row in enumerate(model.rows):
        unit = units.rows[i % len(units.rows)]
        terms = {j: unit * a / sizes[j] for j, a in row.terms.items()}
        rows.append(Row(row.lower * unit * bounds, terms, row.upper * unit * bounds))
    return Model(model.maximize, model.offset * units.objective * bounds, columns, rows)


def solved(engine: Engine, model: Model, units: Units) -> tuple[Status, float, Fraction]:
    """The status, the objective in the old unit, and the size of its largest product there."""
    other = in_units(model, units)
    engine.load(other.form())
    outcome = engine.solve(Options())
    unit = Fraction(units.objective) * Fraction(1.0 if model.is_mip else units.bounds)
    if outcome.numbers is None:
        return outcome.status, outcome.objective, Fraction(0)
    products = [Fraction(c.cost) * Fraction(x) for c, x in zip(other.columns, outcome.numbers.primal())]
    size = max(map(abs, [*products, Fraction(other.offset)]))
    return outcome.status, float(Fraction(outcome.objective) / unit), size / unit


def check_optimum(engine: Engine, model: Model, objective: float, units: Units) -> None:
    """Check that the optimum, in the old unit, is this objective."""
    status, found, size = solved(engine, model, units)
    assert status is Status.OPTIMAL, status
    assert abs(Fraction(found) - Fraction(objective)) <= _CLOSE * abs(Fraction(objective)) + _ROUNDED * size, found


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("name", OPTIMAL)
def test_optimum(engine: Engine, name: str, units: str) -> None:
    """The optimum changes only by its unit."""
    check_optimum(engine, *OPTIMAL[name], UNITS[units])


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("name", INTEGER)
def test_integer_optimum(engine: Engine, name: str, units: str) -> None:
    """The optimum of an integer program changes only by its unit; integer columns and bounds keep theirs."""
    check_optimum(engine, *INTEGER[name], UNITS[units])


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("name", INFEASIBLE)
def test_infeasible(engine: Engine, name: str, units: str) -> None:
    """An infeasible program is infeasible in all units."""
    assert solved(engine, INFEASIBLE[name][0], UNITS[units])[0] is Status.INFEASIBLE


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("name", UNBOUNDED)
def test_unbounded(engine: Engine, name: str, units: str) -> None:
    """An unbounded program is unbounded in all units."""
    assert solved(engine, UNBOUNDED[name][0], UNITS[units])[0] is Status.UNBOUNDED


@pytest.mark.parametrize("power", [-9, -6, -3, 3, 6, 9])
def test_an_edit_to_other_units(engine: Engine, power: int) -> None:
    """A loaded program is edited number by number until all its numbers have another size."""
    model = maximize([1, 2], le([1, 1], 4), le([1, 3], 6))
    engine.load(model.form())
    assert engine.solve(Options()).objective == 5
    unit = 10.0**power
    for i, bound in enumerate((4.0, 6.0)):
        engine.update(model.set_row_bounds(i, -inf, bound * unit), model.form)
    for j, cost in enumerate((1.0, 2.0)):
        engine.update(model.set_cost(j, cost * unit), model.form)
    assert engine.solve(Options()).objective == pytest.approx(5 * unit * unit, rel=1e-9, abs=0.0)

"""Numbers of extreme size and their rounding: each case is one way in which solvers go wrong.

A reduced cost of 1e-8 is not 0, and a binary at 1e-8 is not an integer.  A large value is not rounded to an integer.
The last digit of a number decides nothing.  The search for an unbounded integer program ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import inf

import pytest

from pplp.engines.contract import Engine, Options
from pplp.errors import OptionError
from pplp.form.outcome import Outcome, Status
from pplp.program import LinearProgram
from pplp.testing.model import Model, between, eq, ge, le, maximize, minimize
from pplp.testing.proof import check_unbounded

#: The relative error that an objective, or a row relative to its largest product, may have.
_CLOSE = Fraction(1, 10**9)
_THIRD = 0.1 + 0.2  # 0.30000000000000004


def _two_rows(cost: float) -> Model:
    """x + y <= 1e9 and x - y <= 5e8: at the optimum y is 1e9, because it pays twice as much."""
    return maximize([cost, 2 * cost], le([1, 1], 1e9), le([1, -1], 5e8))


def _great_coefficient(k: float, most: float) -> Model:
    """At the optimum, x is at its upper and y at its lower bound; the row with the coefficient k is slack."""
    rows = le([-k, -2], 1), le([0, 1], 5)
    return minimize([-1, 1], *rows, lower=[-inf, 1], upper=[most, inf])


#: name -> (program, optimum)
CASES: dict[str, tuple[Model, float]] = {
    **{f"costs of {cost:g}": (_two_rows(cost), 2 * cost * 1e9) for cost in (1e-6, 1e-7, 1e-8, 1e-9, 1e-12)},
    "a small cost among others": (
        maximize([1, 1e-8, 2e-8], le([0, 1, 1], 1e9), le([0, 1, -1], 5e8), upper=[1, inf, inf]),
        21,
    ),
    "a small cost and a bound": (maximize([1e-8], upper=1e9), 10),
    "small costs and bounds": (minimize([-1e-8, -1e-8], le([1, 1], 1.5e9), upper=1e9), -15),
    "small costs of integers": (
        maximize([1e-8, 2e-8], le([2, 2], 1_999_999), upper=1e6, integer=True),
        2e-8 * 999_999,
    ),
    "a great value": (maximize([0, 1, -1], eq([3, -1, -1], -4), upper=[inf, 1e10, inf]), 1e10),
    "a great value with cents": (
        maximize([1, 0], eq([1, 1], 3333333372.33), eq([1, -1], 3333333372.33)),
        3333333372.33,
    ),
    **{
        f"a coefficient of {k:g}, a bound of {most:g}": (_great_coefficient(k, most), 1 - most)
        for k in (1e6, 3e6, 1e7, 1e8)
        for most in (10.0, 1e3, 1e6)
    },
    **{
        f"coefficients of {small:g} and {great:g}": (minimize([1, 1], ge([small, -great], 1)), 1 / small)
        for small in (1e-5, 1e-7, 1e-8)
        for great in (1e4, 1e6)
    },
    # A binary at 1e-5 would satisfy the row.
    "a binary with a great coefficient": (minimize([1, 2], le([-1e6, 0.3], -9), upper=1, integer=True), 1),
    "a binary with a greater one": (minimize([3, 1], ge([1e8, 1], 985), upper=[1, 7], integer=[0]), 3),
    # The continuous part of the objective is below 1e-6.
    "a small objective beside an integer": (
        minimize(
            [0, 0.6796717121275906, 0.04723418258083267],
            *(ge([0, 1e6], 0), le([1e-7, 1e6, 1e-7], 0.5000005), ge([4, 0, 1e6], 17)),
            lower=[-2, 0, -2],
            upper=[10, 1, inf],
            integer=[1],
        ),
        -0.04723418258083267 * 2.3e-5,
    ),
    "a great coefficient beside an integer": (
        minimize(
            [0, -1],
            between(-0.5, [0, 1e6], 0.5),
            le([1e6, 1e-7], -2999999),
            lower=[-3, -inf],
            upper=[-1, 10],
            integer=[0],
        ),
        -5e-7,
    ),
    "a small share of the objective": (
        maximize([0.5, 1.25, -1], between(4.5e5, [1e11, 0, 5e5], 5.5e5), upper=[0.01, 3.75, 3], integer=[1]),
        3.75 + 0.5 * 5.5e-6,
    ),
    # The best point has x = 0, and a branch at 0 that looks infeasible.
    "a branch that seems to be empty": (
        maximize(
            [-0.23265077891095043, -3],
            ge([-0.0017199287293900788, 0.0025878734714891217], -0.001425991993645518),
            le([-0.00030211084570085225, -0.0004], -0.00020211084570085225),
            ge([10, 1e14], 49999950000010),
            lower=[0, -inf],
            upper=[2, inf],
            integer=[0],
        ),
        -3 * 0.20211084570085225 / 0.4,
    ),
    # An integer at -1.999999 would satisfy the rows; the best point with -2 is better than the best with -1.
    "an integer that is nearly one": (
        minimize(
            [-4, -5, -1.1268912990544386, 0],
            between(12.657043309557105, [0, 2.725091351313866, 0.06317350597555205, 1e-7], 14.657043309557105),
            le([0, 0, 4, 0], 5),
            ge([0, -4.818364233150732, 1, 1e6], -2000024.5918211658),
            le([-3.705298736234038, 3, 1e6, 1e6], -1499988.2052987362),
            lower=[0, -2, -2, -3],
            upper=[3, 10, inf, -1],
            integer=[0, 3],
        ),
        -38.60115798715637,
    ),
}


def _solved(engine: Engine, model: Model, **options: object) -> Outcome:
    engine.load(model.form())
    return engine.solve(Options(node_limit=10_000, **options))  # type: ignore[arg-type]


def _check_point(model: Model, values: Sequence[float]) -> None:
    """Check rows and bounds, relative to their own numbers, and that integers are exact."""
    x = [Fraction(value) for value in values]
    for column, value in zip(model.columns, x):
        assert column.lower <= value <= column.upper
        assert not column.integer or value.denominator == 1
    for row in model.rows:
        products = [Fraction(a) * x[j] for j, a in row.terms.items()]
        room = _CLOSE * max([*map(abs, products), *(abs(Fraction(e)) for e in (row.lower, row.upper) if abs(e) < inf)])
        assert row.lower == -inf or sum(products) >= Fraction(row.lower) - room
        assert row.upper == inf or sum(products) <= Fraction(row.upper) + room


@pytest.mark.parametrize("name", CASES)
def test_optimum(engine: Engine, name: str) -> None:
    """The objective and the bound are right to nine digits, and the point is feasible."""
    model, objective = CASES[name]
    outcome = _solved(engine, model)
    assert outcome.status is Status.OPTIMAL, f"{outcome.status}: {outcome.message}"
    assert outcome.numbers is not None and outcome.bound is not None
    for found in (outcome.objective, outcome.bound):
        assert abs(Fraction(found) - Fraction(objective)) <= _CLOSE * abs(Fraction(objective)), found
    _check_point(model, outcome.numbers.primal())


#: name -> (program, a point, a direction)
UNBOUNDED: dict[str, tuple[Model, list[float], list[float]]] = {
    "small costs": (maximize([1e-8, 2e-8], le([1, -1], 1)), [0, 0], [1, 1]),
    "a great coefficient": (minimize([-1, 1], le([-1e7, -2], 1), le([0, 1], 5), lower=[-inf, 1]), [0, 1], [1, 0]),
    "an equation of integers": (
        minimize([4, 0, 3], eq([-2, -3, -2], 5), lower=[-inf, 0, 0], upper=[10, 10, inf], integer=[0, 2]),
        [-4, 1, 0],
        [-1, 0, 1],
    ),
    "an integer that is far out": (
        maximize([0, 1], le([1000000.3, -0.5], -9980), lower=[1, -5], upper=[1, inf], integer=True),
        [1, 3e6],
        [0, 1],
    ),
    "a binary with a great coefficient": (
        minimize([-2, 0, 0], le([0, -1e6, 0.3], -9), upper=[inf, 1, 1], integer=True),
        [0, 1, 0],
        [1, 0, 0],
    ),
}


@pytest.mark.parametrize("name", UNBOUNDED)
def test_unbounded(engine: Engine, name: str) -> None:
    """The engine finds that the program is unbounded, within the node limit."""
    model, point, ray = UNBOUNDED[name]
    check_unbounded(model, point, ray)
    assert _solved(engine, model).status is Status.UNBOUNDED


INFEASIBLE = {
    "an end that is missed by a billionth": minimize([1, 1], ge([1, 1], 2.00000001), upper=1),
    "bounds that cross by more than rounding": minimize([1], lower=0.3 + 1e-9, upper=0.3),
    "rows that cross by more than rounding": minimize([1, 1], ge([1, 1], 0.3 + 1e-9), le([1, 1], 0.3)),
    # A binary at 3e-9 would satisfy the row.
    "a binary that would be small": minimize([1, 1], eq([100000005, 1], 0.3), lower=[0, 0], upper=[1, 0], integer=[0]),
    "integers without bounds that do not matter": minimize(
        [-2, -2, 0], between(1, [0, 0, 1010], 6), le([0.1, 0, 1], 3), upper=[inf, inf, 1], integer=True
    ),
    "integers without bounds beside others": minimize(
        [-2, 2, 0],
        ge([-2, 0, -3], -3),
        le([-1, 0, -1.5], -1.25),
        lower=[1, 0, 0],
        upper=[4, inf, 7],
        integer=True,
    ),
}


@pytest.mark.parametrize("name", INFEASIBLE)
def test_infeasible(engine: Engine, name: str) -> None:
    """The status is INFEASIBLE, not INFEASIBLE_OR_UNBOUNDED."""
    assert _solved(engine, INFEASIBLE[name]).status is Status.INFEASIBLE


ONE_ULP = {
    "bounds": minimize([1], lower=_THIRD, upper=0.3),
    "a range": minimize([1, 1], between(_THIRD, [1, 1], 0.3)),
    "two rows": minimize([1, 1], ge([1, 1], _THIRD), le([1, 1], 0.3)),
    "a bound and a row": minimize([1, 1], ge([1, 1], _THIRD), upper=[0.3, 0]),
    "two bounds and a row": minimize([1, 1], ge([1, 1], _THIRD), upper=[0.1, 0.2]),
    "an integer": minimize([1], ge([0.1], _THIRD), le([0.1], 0.3), integer=True),
}


@pytest.mark.parametrize("name", ONE_ULP)
def test_the_last_digit_decides_nothing(engine: Engine, name: str) -> None:
    """0.1 + 0.2 is above 0.3 by the last bit, which neither bounds nor rows count as a contradiction."""
    assert _solved(engine, ONE_ULP[name]).status is Status.OPTIMAL


#: name -> (program, its point)
EXACT: dict[str, tuple[Model, list[Fraction]]] = {
    "a third": (maximize([1, 0.1], le([3, 1], 1), lower=[0, 0]), [Fraction(1, 3), Fraction(0)]),
    "equations": (minimize([0, 0], eq([3, 1], 1), eq([3, 2], 1)), [Fraction(1, 3), Fraction(0)]),
    "decimals": (minimize([1, 1], ge([0.1, 0.2], 0.3), upper=[1, inf]), [Fraction(0), Fraction(3, 2)]),
}


@pytest.mark.parametrize("name", EXACT)
def test_exact(engine: Engine, name: str) -> None:
    """method="exact" rounds nothing, and takes each number as the decimal that was written."""
    model, point = EXACT[name]
    try:
        outcome = _solved(engine, model, method="exact")
    except OptionError as error:
        pytest.skip(str(error))
    assert outcome.status is Status.OPTIMAL and outcome.numbers is not None
    assert list(outcome.numbers.exact()) == point  # type: ignore[attr-defined]


#: name -> (upper bounds of x and y, costs, equations as coefficients and right-hand side); one equation is basic
EQUATIONS: dict[str, tuple[Sequence[float], Sequence[float], list[tuple[Sequence[float], float]]]] = {
    "of two that are fixed": ((0, 0), (1, 1), [((1, -1), 0)]),
    "that says another one again": ((1, inf), (1, 3), [((1, 1), 4), ((2, 2), 8)]),
    "at a vertex of three": ((inf, inf), (4, 1), [((1, 1), 0), ((1, -1), 0), ((1, -2), 0)]),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_range_of_a_basic_equation(engine_name: str, name: str) -> None:
    """The range of a basic equation is its right-hand side alone, because any other makes the program infeasible."""
    upper, costs, equations = EQUATIONS[name]
    lp = LinearProgram(solver=engine_name)
    x, y = (lp.Var(lb=0, ub=ub) for ub in upper)
    rows = [lp.add_constraint(a * x + b * y == side) for (a, b), side in equations]
    lp.objective = costs[0] * x + costs[1] * y
    lp.minimize()
    ranges = [lp.sensitivity()[row].rhs for row in rows]
    assert all(its is not None for its in ranges)
    basic = [k for k, row in enumerate(rows) if lp.basis[row] == "basic"]
    for k in basic:
        its = ranges[k]
        assert its is not None and (its.lower, its.upper) == (rows[k].rhs, rows[k].rhs)
    for row, its in zip(rows, ranges):
        for other in (row.rhs - 1, row.rhs + 1):
            before, row.rhs = row.rhs, other
            status = lp.solve("minimize").status
            row.rhs = before
            assert status is Status.OPTIMAL or (its is not None and other not in its)

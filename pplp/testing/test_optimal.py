"""Linear programs with an optimum: every method solves each of them, and the duals prove the answer."""

from __future__ import annotations

from math import cos, inf, pi, sin, tan
from typing import Any

import pytest

from pplp.engines.contract import Engine, Options
from pplp.errors import OptionError
from pplp.testing.model import Model, between, eq, ge, le, maximize, minimize
from pplp.testing.proof import check_optimal


def klee_minty(n: int) -> Model:
    """Dantzig's rule visits all 2^n vertices; the optimum 5^n is at x = (0, ..., 0, 5^n)."""
    rows = [le([*(2.0 ** (i - j + 1) for j in range(i)), 1.0], 5.0 ** (i + 1)) for i in range(n)]
    return maximize([2.0 ** (n - j - 1) for j in range(n)], *rows)


def after_hoffman() -> Model:
    """Hoffman's cosines: all rows but the first are homogeneous, so the objective can only be 0 or infinite."""
    t, w = 2 * pi / 5, 2.0
    c, d, s, q = cos(t), cos(2 * t), sin(t), tan(t)
    return minimize(
        [0, 0, 0, (c - 1) / c, w, 0, 2 * w, 4 * s * s, -2 * w * d, 4 * s * s, w * (1 - 2 * c)],
        eq([1], 1),
        eq([0, 1, 0, c, -w * c, d, -2 * w * c * c, d, 2 * w * c * c, c, w * c], 0),
        eq([0, 0, 1, q * s / w, c, q * sin(2 * t) / w, d, -2 * s * s / w, d, -q * s / w, c], 0),
    )


def assignment(costs: list[list[float]]) -> Model:
    """n workers, n tasks: every vertex is degenerate."""
    n = len(costs)
    rows = [eq({n * i + j: 1.0 for j in range(n)}, 1) for i in range(n)]
    columns = [eq({n * i + j: 1.0 for i in range(n)}, 1) for j in range(n)]
    return minimize([cost for row in costs for cost in row], *rows, *columns)


def transportation(costs: list[list[float]], supplies: list[float], demands: list[float]) -> Model:
    """Transportation: ship at least the demands from at most the supplies."""
    n = len(demands)
    out = [le({n * i + j: 1.0 for j in range(n)}, supply) for i, supply in enumerate(supplies)]
    into = [ge({n * i + j: 1.0 for i in range(len(supplies))}, demand) for j, demand in enumerate(demands)]
    return minimize([cost for row in costs for cost in row], *out, *into)


def flow(nodes: int, arcs: list[tuple[int, int]], costs: list[float], supply: dict[int, float], cap: Any) -> Model:
    """The cheapest flow: what leaves a node less what enters it is its supply."""
    terms: list[dict[int, float]] = [{} for _ in range(nodes)]
    for k, (tail, head) in enumerate(arcs):
        terms[tail][k], terms[head][k] = 1.0, -1.0
    return minimize(costs, *(eq(row, supply.get(v, 0.0)) for v, row in enumerate(terms)), upper=cap)


def game(payoffs: list[list[float]]) -> Model:
    """The value of a matrix game for the row player: a free variable of at most the payoff of each column."""
    m = len(payoffs)
    columns = [le({**{i: -payoffs[i][j] for i in range(m)}, m: 1.0}, 0) for j in range(len(payoffs[0]))]
    chances = eq([1.0] * m, 1)
    return maximize([0.0] * m + [1.0], *columns, chances, lower=[0.0] * m + [-inf])


def chain(n: int, growth: float) -> Model:
    """x0 >= 1 and x[i+1] >= growth * x[i]: the least last one is growth^n."""
    rows = [ge({i: -growth, i + 1: 1.0}, 0) for i in range(n)]
    return minimize([0.0] * n + [1.0], ge({0: 1.0}, 1), *rows)


def staircase(n: int) -> Model:
    """maximize x1 + ... + xn where neighbors share 1: every other one is 1."""
    return maximize([1.0] * n, *(le({i: 1.0, i + 1: 1.0}, 1) for i in range(n - 1)))


ARCS = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]

#: name -> (program, objective)
CASES: dict[str, tuple[Model, float]] = {
    # ---- tiny programs
    "nothing": (minimize([]), 0),
    "nothing but a constant, minimised": (minimize([], offset=-7.5), -7.5),
    "nothing but a constant, maximised": (maximize([], offset=-7.5), -7.5),
    "no columns, a row that holds": (minimize([], between(-1, [], 1), offset=2), 2),
    "no columns, a free row and an equation 0 = 0": (maximize([], between(-inf, [], inf), eq([], 0)), 0),
    "no rows, a minimum at the lower bound": (minimize([3], lower=-2, upper=5), -6),
    "no rows, a maximum at the upper bound": (maximize([3], lower=-2, upper=5), 15),
    "no rows, a negative cost": (minimize([-3], lower=-2, upper=5), -15),
    "no rows, several columns": (maximize([1, -2, 0, 4], lower=[0, -1, -inf, 0], upper=[6, 9, inf, 2.5]), 6 + 2 + 10),
    "no objective": (minimize([0, 0], ge([1, 1], 2)), 0),
    "no objective, maximised, an equation": (maximize([0, 0], eq([1, -1], 2), offset=4), 4),
    "a free column in no row, without cost": (minimize([1, 0], ge([1], 3), lower=[0, -inf]), 3),
    "a column in no row, at its lower bound": (minimize([1, 2], ge([1], 3), lower=[0, -4]), -5),
    "a column in no row, at its upper bound": (maximize([-1, 2], ge([1], 3), upper=[inf, 8]), 13),
    "an empty row among others": (minimize([1, 1], between(-3, [], 4), ge([1, 2], 4)), 2),
    "an empty row that is free": (minimize([1, 1], between(-inf, [], inf), ge([1, 2], 4)), 2),
    "empty rows and empty columns": (maximize([0, 1, 0], le([], 0), le([0, 2], 3), ge([], 0)), 1.5),
    # ---- bounds
    "a fixed column": (minimize([1, 1], ge([1, 1], 5), lower=[2, 0], upper=[2, inf]), 5),
    "all columns fixed": (maximize([1, -1], le([1, 1], 7), lower=[3, 4], upper=[3, 4]), -1),
    "a column fixed at 0": (maximize([5, 1], le([1, 1], 2), upper=[0, inf]), 2),
    "a free column": (minimize([1], ge([1, 0], -9), lower=-inf), -9),
    "free columns in equations": (minimize([1, 1], eq([1, 1], 3), eq([1, -1], 7), lower=-inf), 3),
    "only an upper bound, negative": (maximize([2], lower=-inf, upper=-3), -6),
    "only an upper bound, and a row": (minimize([1, 1], ge([1, -1], -4), ge([1, 1], -10), lower=-inf, upper=0), -10),
    "negative boxes": (minimize([1, 1], ge([1, 1], -5), lower=-4, upper=-1), -5),
    "a bound that is tiny": (minimize([1], lower=1e-4, upper=1), 1e-4),
    "a bound that is a row": (minimize([1], ge([1], 0.0009)), 0.0009),  # x >= 0, too, which must not replace the row
    "a row that repeats a bound": (maximize([1, 1], le([1], 4), le([1, 1], 6), upper=4), 6),
    "a row of one column, negative factor": (maximize([1], ge([-2], -3)), 1.5),
    "equal bounds by rows of one column": (minimize([1], ge([1], 2.5), le([1], 2.5)), 2.5),
    # ---- ranges
    "a range, at its upper end": (maximize([1, 2], between(2, [1, 1], 5)), 10),
    "a range, at its lower end": (minimize([1, 2], between(2, [1, 1], 5)), 2),
    "a range that is slack": (maximize([1, 1], between(-9, [1, -1], 9), upper=[2, 3]), 5),
    "a range of negative numbers": (minimize([1, 1], between(-8, [1, 1], -3), lower=-10), -8),
    "a range of both signs": (maximize([0, 1], between(-1, [1, -1], 1), upper=[4, inf]), 5),
    "a range that is a point": (minimize([2, 3], between(4, [1, 1], 4)), 8),
    "a range that a fixed column moves": (maximize([1, 0], between(1, [1, 1], 3), lower=[0, -2], upper=[inf, -2]), 5),
    "two ranges across": (maximize([1, 1], between(0, [1, 1], 4), between(-2, [1, -1], 2)), 4),
    # ---- small classics
    # Wyndor Glass: doors 2, windows 6.
    "Wyndor": (maximize([3, 5], le([1], 4), le([0, 2], 12), le([3, 2], 18)), 36),
    # 2x + 4y >= 8 and 3x + 2y >= 8 meet in (2, 1).
    "a diet": (minimize([3, 5], ge([2, 4], 8), ge([3, 2], 8)), 11),
    # The multipliers 2, 0, 1 of the rows prove 10*x + 6*y + 4*z <= 2200/3.
    "three products": (maximize([10, 6, 4], le([1, 1, 1], 100), le([10, 4, 5], 600), le([2, 2, 6], 300)), 2200 / 3),
    # x = 3, y = 2 solves both equations.
    "two equations, two columns": (maximize([7, 1], eq([1, 1], 5), eq([1, -1], 1)), 23),
    "everything from the cheapest": (minimize([1, 2, 3], ge([1, 1, 1], 10)), 10),
    "everything from the cheapest, with capacities": (minimize([1, 2, 3], ge([1, 1, 1], 10), upper=4), 4 + 8 + 6),
    # |x - 3| + |x - 5| + |x - 10| is least at the median 5: 2 + 0 + 5.
    "a median by absolute values": (
        minimize(
            [0, 1, 1, 1],
            *(r for k, a in enumerate((3, 5, 10), 1) for r in (ge({k: 1, 0: 1}, a), le({0: 1, k: -1}, a))),
            lower=-inf,
        ),
        7,
    ),
    # The midrange of 3, 5, 10 is 6.5, and the greatest distance 3.5.
    "a centre by the greatest distance": (
        minimize([0, 1], *(r for a in (3, 5, 10) for r in (ge([1, 1], a), le([1, -1], a))), lower=-inf),
        3.5,
    ),
    # max(2 - x, x - 8) is least where both are the same, at x = 5.
    "a free column as a maximum": (minimize([0, 1], ge([1, 1], 2), ge([-1, 1], -8), lower=[0, -inf]), -3),
    "rock, paper, scissors": (game([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]), 0),
    # (1/4, 3/4) makes both columns pay the same: 3*1/4 + 1*3/4 and -1*1/4 + 7/3*3/4.
    "a game of two by two": (game([[3, -1], [1, 7 / 3]]), 1.5),
    "a game with a saddle point": (game([[4, 2, 3], [1, 0, 7]]), 2),
    "shortest path as a flow": (flow(4, ARCS, [1, 4, 2, 6, 3], {0: 1, 3: -1}, inf), 6),  # 0-1-2-3
    "cheapest flow of 3 with capacities": (
        # two along 0-1-2-3 (6 each), one along 0-2-3 (7).
        flow(4, ARCS, [1, 4, 2, 6, 3], {0: 3, 3: -3}, [2, 2, 2, 2, 3]),
        19,
    ),
    # The arcs 0-1 and 2-3 cut 3 off, and carry 3 + 1.
    "greatest flow": (
        maximize([1, 1, 0, 0, 0], eq([1, 0, -1, -1], 0), eq([0, 1, 1, 0, -1], 0), upper=[3, 2, 5, 4, 1]),
        4,
    ),
    # The diagonal 1 + 2 + 2, by trying all six.
    "an assignment": (assignment([[1, 4, 6], [5, 2, 7], [8, 3, 2]]), 5),
    "an assignment of all the same": (assignment([[1.0] * 5] * 5), 5),
    # Everything straight, 2*5 + 3*5, or everything across, 4*5 + 1*5.
    "a transportation": (transportation([[2, 4], [1, 3]], [5, 5], [5, 5]), 25),
    "a transportation with supply left": (transportation([[2, 4], [1, 3]], [50, 50], [5, 5]), 20),
    # Make 5 in each of months 1, 2 at cost 1, 2 and store at 0.5: demand 3 and 7.
    "production and storage": (
        minimize([1, 2, 0.5], eq([1, 0, -1], 3), eq([0, 1, 1], 7), upper=[5, 9, inf]),
        5 + 10 + 1,
    ),
    # 0.1*(100 - y) + 0.6*y >= 30 asks for y >= 40.
    "blending": (minimize([0.5, 1.5], eq([1, 1], 100), ge([0.1, 0.6], 30)), 0.5 * 60 + 1.5 * 40),
    # ---- degenerate
    "three lines through the optimum": (maximize([1, 1], le([1, 0], 1), le([0, 1], 1), le([1, 1], 2)), 2),
    "all rows through the origin": (minimize([1, 1], ge([1, -1], 0), ge([-1, 2], 0), ge([3, -1], 0)), 0),
    "a cone of one point": (maximize([1, 1, 1], le([1, 1, 0], 0), le([0, 1, 1], 0), le([1, 0, 1], 0)), 0),
    "an edge of optima": (maximize([1, 1], le([1, 1], 3), upper=2), 3),
    "a face of optima": (minimize([1, 1, 1], ge([1, 1, 1], 3), upper=2), 3),
    "optima that go on without limit": (minimize([1, -1], ge([1, -1], 3)), 3),
    "the same row three times": (maximize([1, 2], *[le([1, 1], 4)] * 3, upper=3), 7),
    "a row and its double": (maximize([1, 2], le([1, 1], 4), le([2, 2], 8), upper=3), 7),
    "the same column twice": (minimize([2, 2, 3], ge([1, 1, 1], 4)), 8),
    "equations of which one is the sum": (minimize([1, 2, 3], eq([1, 1], 4), eq([0, 1, 1], 3), eq([1, 2, 1], 7)), 7),
    "a pyramid of eight sides": (
        # All eight sides z <= 1 - cos(k pi/4) x - sin(k pi/4) y meet in (0, 0, 1).
        maximize([0, 0, 1], *(le([cos(k * pi / 4), sin(k * pi / 4), 1], 1) for k in range(8)), lower=[-inf, -inf, 0]),
        1,
    ),
    "a staircase of 40": (staircase(40), 20),
    "a staircase of 41": (staircase(41), 21),
    # ---- where pivoting rules can cycle
    # At (0.04, 0, 1, 0): -0.75*0.04 - 0.02.
    "Beale": (
        minimize([-0.75, 150, -0.02, 6], le([0.25, -60, -0.04, 9], 0), le([0.5, -90, -0.02, 3], 0), le([0, 0, 1], 1)),
        -0.05,
    ),
    # At (1, 0, 1, 0): -0.75 - 0.5.
    "Beale, in small integers": (
        minimize([-0.75, 20, -0.5, 6], le([0.25, -8, -1, 9], 0), le([0.5, -12, -0.5, 3], 0), le([0, 0, 1], 1)),
        -1.25,
    ),
    # The third row is the objective.
    "Kuhn": (
        maximize([2, 3, -1, -12], le([-2, -9, 1, 9], 0), le([1 / 3, 1, -1 / 3, -2], 0), le([2, 3, -1, -12], 2)),
        2,
    ),
    # At (1, 0, 1, 0): 10 - 9.
    "Chvatal": (maximize([10, -57, -9, -24], le([0.5, -5.5, -2.5, 9], 0), le([0.5, -1.5, -0.5, 1], 0), le([1], 1)), 1),
    # SciPy's HiGHS: -1.
    "Yudin and Golshtein": (
        minimize(
            [0, 0, -1, 1, -1, 1], eq([1, 0, 1, -2, -3, 4], 0), eq([0, 1, 4, -3, -2, 1], 0), le([0, 0, 1, 1, 1, 1], 1)
        ),
        -1,
    ),
    # SciPy's HiGHS: -2.
    "Marshall and Suurballe": (
        minimize(
            [-0.4, -0.4, 1.8], le([0.6, -6.4, 4.8], 0), le([0.2, -1.8, 0.6], 0), le([0.4, -1.6, 0.2], 0), le([0, 1], 1)
        ),
        -2,
    ),
    "after Hoffman": (after_hoffman(), 0),
    "Klee and Minty, 3": (klee_minty(3), 5**3),
    "Klee and Minty, 6": (klee_minty(6), 5**6),
    "Klee and Minty, 10": (klee_minty(10), 5**10),
    # ---- sizes
    "great numbers": (maximize([1e6, 2e6], le([1e5, 1e5], 3e11), upper=2e6), 1e6 * 1e6 + 2e6 * 2e6),
    "small numbers": (maximize([1e-4, 2e-4], le([1e-3, 1e-3], 3e-3), upper=2), 1e-4 + 4e-4),
    "rows of sizes 1e5 and 1e-5": (maximize([1, 1], le([1e5, 2e5], 4e5), le([3e-5, 1e-5], 6e-5)), 2.8),  # (1.6, 1.2)
    "columns of sizes 1e4 and 1e-4": (maximize([1e4, 1e-4], le([1e4, 2e-4], 4), le([3e4, 1e-4], 6)), 2.8),
    "a coefficient of 1e-6": (maximize([1, 1], le([1, 1e-6], 1), upper=[inf, 1e6]), 1e6),
    "costs of 1e7": (minimize([1e7, 1], ge([1, 1], 2), upper=[inf, 1]), 1e7 + 1),
    "bounds of 1e9 that do not hold": (minimize([1, 1], ge([1, 2], 8), upper=1e9), 4),
    "growth by 4, 8 times": (chain(8, 4.0), 4.0**8),
    "growth by 10, 6 times": (chain(6, 10.0), 1e6),
    "a hundred times a tenth": (maximize([0.1] * 100, le([0.1] * 100, 5)), 5),
    "an objective of 1e8 with a constant of -1e8": (minimize([1e8], ge([1], 1), offset=-1e8), 0),
}

METHODS: dict[str, dict[str, Any]] = {
    "auto": {},
    "primal": {"method": "primal"},
    "dual": {"method": "dual"},
    "primal-dual": {"method": "primal-dual"},
    "exact": {"method": "exact"},
    "interior": {"method": "interior"},
    "presolve": {"presolve": True},
    "unscaled": {"scaling": False},
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CASES)
def test_optimum(engine: Engine, name: str, method: str) -> None:
    """The status and the objective are right, and the duals prove the optimum."""
    model, objective = CASES[name]
    engine.load(model.form())
    try:
        outcome = engine.solve(Options(**METHODS[method]))
    except OptionError as error:
        pytest.skip(str(error))
    check_optimal(model, outcome, objective)
    assert engine.loaded and not engine.abandoned


@pytest.mark.parametrize("name", CASES)
def test_the_other_sense(engine: Engine, name: str) -> None:
    """Negating the objective and the sense negates the optimum and the duals."""
    model, objective = CASES[name][0].copy(), CASES[name][1]
    model.maximize, model.offset = not model.maximize, -model.offset
    for column in model.columns:
        column.cost = -column.cost
    engine.load(model.form())
    check_optimal(model, engine.solve(Options()), -objective)


@pytest.mark.parametrize("name", CASES)
def test_rows_and_columns_in_reverse(engine: Engine, name: str) -> None:
    """The order of rows and columns does not change the answer."""
    model, last = CASES[name][0].copy(), len(CASES[name][0].columns) - 1
    model.columns.reverse()
    model.rows.reverse()
    for row in model.rows:
        row.terms = {last - j: a for j, a in row.terms.items()}
    engine.load(model.form())
    check_optimal(model, engine.solve(Options()), CASES[name][1])

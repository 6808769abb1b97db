"""Mixed-integer programs: the status, the objective, and a feasible point with exact integers."""

from __future__ import annotations

import random
from itertools import combinations, permutations
from math import inf
from typing import Any, Callable

import pytest

from pplp.engines.contract import Engine, Options
from pplp.errors import OptionError
from pplp.form.outcome import Status
from pplp.testing.model import Model, Row, between, eq, ge, le, maximize, minimize
from pplp.testing.proof import best_integer, check_optimal, check_unbounded


def knapsack(values: list[float], weights: list[float], room: float) -> Model:
    """The most valuable things that fit into a knapsack."""
    return maximize(values, le(weights, room), upper=1, integer=True)


def queens(n: int) -> Model:
    """The most queens that do not attack each other."""
    lines: dict[tuple[str, int], dict[int, float]] = {}
    for i in range(n):
        for j in range(n):
            for line in (("row", i), ("column", j), ("up", i + j), ("down", i - j)):
                lines.setdefault(line, {})[n * i + j] = 1.0
    return maximize([1.0] * n * n, *(le(line, 1) for line in lines.values()), upper=1, integer=True)


def tour(distances: list[list[float]]) -> Model:
    """The shortest tour; continuous columns give the order of the towns."""
    n = len(distances)
    arcs = [(i, j) for i in range(n) for j in range(n) if i != j]
    at = {arc: k for k, arc in enumerate(arcs)}
    rows: list[Row] = []
    for i in range(n):
        rows.append(eq({at[a]: 1.0 for a in arcs if a[0] == i}, 1))
        rows.append(eq({at[a]: 1.0 for a in arcs if a[1] == i}, 1))
    for i, j in permutations(range(1, n), 2):
        rows.append(le({len(arcs) + i: 1.0, len(arcs) + j: -1.0, at[i, j]: float(n)}, n - 1))
    costs = [distances[i][j] for i, j in arcs] + [0.0] * n
    return minimize(costs, *rows, upper=[1.0] * len(arcs) + [float(n)] * n, integer=range(len(arcs)))


def shortest_tour(distances: list[list[float]]) -> float:
    """The length of the shortest tour, found by trying all."""
    n = len(distances)
    tours = ((0, *order, 0) for order in permutations(range(1, n)))
    return min(sum(distances[a][b] for a, b in zip(tour, tour[1:])) for tour in tours)


def colouring(nodes: int, edges: list[tuple[int, int]], colours: int) -> Model:
    """The fewest colors of a graph; columns say which node has which color, and which colors are used."""
    of = nodes * colours
    rows = [eq({v * colours + c: 1.0 for c in range(colours)}, 1) for v in range(nodes)]
    rows += [
        le({u * colours + c: 1.0, v * colours + c: 1.0, of + c: -1.0}, 0) for u, v in edges for c in range(colours)
    ]
    return minimize([0.0] * of + [1.0] * colours, *rows, upper=1, integer=True)


def sudoku() -> Model:
    """A sudoku of four by four, with any solution as the optimum."""

    def at(i: int, j: int, d: int) -> int:
        return 16 * i + 4 * j + d

    every = range(4)
    rows = [eq({at(i, j, d): 1.0 for d in every}, 1) for i in every for j in every]
    rows += [eq({at(i, j, d): 1.0 for j in every}, 1) for i in every for d in every]
    rows += [eq({at(i, j, d): 1.0 for i in every}, 1) for j in every for d in every]
    rows += [
        eq({at(2 * a + i, 2 * b + j, d): 1.0 for i in (0, 1) for j in (0, 1)}, 1)
        for a in (0, 1)
        for b in (0, 1)
        for d in every
    ]
    lower = [0.0] * 64
    for i, j, d in ((0, 0, 0), (1, 2, 1), (2, 1, 2), (3, 3, 3)):
        lower[at(i, j, d)] = 1.0
    return minimize([0.0] * 64, *rows, lower=lower, upper=1, integer=True)


def lots(demands: list[float], setup: float, storage: float) -> Model:
    """Lot sizing: the columns are, for each period, the amount made, the amount stored, and whether to set up."""
    n, total = len(demands), sum(demands)
    rows = [eq({t: 1.0, n + t: -1.0, **({n + t - 1: 1.0} if t else {})}, demand) for t, demand in enumerate(demands)]
    rows += [le({t: 1.0, 2 * n + t: -total}, 0) for t in range(n)]
    upper = [inf] * (2 * n) + [1.0] * n
    return minimize([0.0] * n + [storage] * n + [setup] * n, *rows, upper=upper, integer=range(2 * n, 3 * n))


def cover(sets: list[set[int]], things: int) -> Model:
    """The fewest sets that cover all things."""
    rows = [ge({k: 1.0 for k, members in enumerate(sets) if thing in members}, 1) for thing in range(things)]
    return minimize([1.0] * len(sets), *rows, upper=1, integer=True)


DISTANCES: list[list[float]] = [[0, 3, 4, 2, 7], [3, 0, 4, 6, 3], [4, 4, 0, 5, 8], [2, 6, 5, 0, 6], [7, 3, 8, 6, 0]]
PETERSEN = [
    *((i, (i + 1) % 5) for i in range(5)),
    *((i, i + 5) for i in range(5)),
    *((5 + i, 5 + (i + 2) % 5) for i in range(5)),
]

#: name -> (program, objective)
CASES: dict[str, tuple[Model, float]] = {
    # ---- tiny programs
    "no rows": (maximize([1, -2], lower=-3, upper=4, integer=True), 4 + 6),
    "no rows, no objective": (minimize([0], integer=True, offset=3), 3),
    "an empty row": (maximize([1], between(-1, [], 1), upper=4, integer=True), 4),
    "an empty column": (minimize([1, 1], ge([2], 3), lower=[0, -2], integer=True), 0),
    "a row of one column": (minimize([1], ge([2], 3), integer=True), 2),
    "a row of one column, a negative factor": (maximize([1], ge([-2], -3), integer=True), 1),
    "a fixed integer": (maximize([1, 1], le([2, 3], 12), lower=[3, 0], upper=[3, inf], integer=True), 5),
    "all fixed": (minimize([1, 1], le([2, 3], 12), lower=[3, 2], upper=[3, 2], integer=True), 5),
    "a constant": (maximize([1], le([2], 5), integer=True, offset=-0.5), 1.5),
    "one integer of two": (maximize([1, 1], le([2, 2], 7), integer=[0]), 3.5),
    "the relaxation is integer": (maximize([3, 5], le([1], 4), le([0, 2], 12), le([3, 2], 18), integer=True), 36),
    # ---- general integers
    "x between thirds": (maximize([1], le([3], 10), integer=True), 3),
    "negative integers": (minimize([1], ge([3], -10), lower=-inf, integer=True), -3),
    "integers of both signs": (minimize([2, 3], ge([4, 7], -13), lower=-5, upper=5, integer=True), -7),  # (-5, 1)
    "integers without bounds, held by rows": (
        maximize([1, 1], between(-7, [2, 1], 7), between(-7, [1, -2], 7), lower=-inf, integer=True),
        5,
    ),
    # 3x + 5y = 1 at (2, -1), (-3, 2), ...: |x| + |y| = 3 by u >= |x|, v >= |y|.
    "an equation of integers without bounds": (
        minimize(
            [0, 0, 1, 1],
            eq([3, 5], 1),
            ge([1, 0, 1], 0),
            ge([-1, 0, 1], 0),
            ge([0, 1, 0, 1], 0),
            ge([0, -1, 0, 1], 0),
            lower=-inf,
            integer=[0, 1],
        ),
        3,
    ),
    "the fewest coins": (minimize([1, 1, 1], eq([6, 10, 15], 30), integer=True), 2),  # 15 + 15
    "coins: 1, 4, 9 and 16 make 23": (minimize([1, 1, 1, 1], eq([1, 4, 9, 16], 23), integer=True), 4),  # 9 + 9 + 4 + 1
    # 33*10 + 67*6.
    "three products": (
        maximize([10, 6, 4], le([1, 1, 1], 100), le([10, 4, 5], 600), le([2, 2, 6], 300), integer=True),
        732,
    ),
    # The relaxation is at (3, 1.5); (3, 1) has 19, (4, 0) has 20.
    "rounding does not do": (maximize([5, 4], le([6, 4], 24), le([1, 2], 6), integer=True), 20),
    # The integer points of the triangle (0, 0), (1, 0), (1/2, 10) have y = 0.
    "a thin triangle": (maximize([0, 1], le([-20, 1], 0), le([20, 1], 20), integer=True), 0),
    "an integer and a range": (maximize([1, 0], between(0.5, [1, -1], 1.5), upper=[9, 4], integer=True), 5),
    "costs that are no integers": (
        maximize([0.1, 0.25], le([1, 2], 7), upper=[3, 9], integer=True),
        0.1 + 0.75,
    ),  # (1, 3)
    # ---- binary
    "a knapsack": (knapsack([10, 13, 7, 8], [3, 4, 2, 3], 7), 23),
    "a knapsack in which all fits": (knapsack([1, 2, 3], [1, 1, 1], 3), 6),
    "a knapsack in which nothing fits": (knapsack([1, 2, 3], [5, 6, 7], 4), 0),
    "a knapsack of the same": (knapsack([3] * 10, [2] * 10, 11), 15),
    "a sum of a subset": (minimize([0] * 5, eq([3, 5, 7, 11, 13], 21), upper=1, integer=True), 0),  # 3 + 7 + 11
    "implications": (maximize([-1, -1, 5], le([-1, 0, 1], 0), le([0, -1, 1], 0), upper=1, integer=True), 3),
    "an exclusive choice": (maximize([3, 4, 5], le([1, 1, 0], 1), le([0, 1, 1], 1), upper=1, integer=True), 8),
    "an odd circle": (
        maximize([1] * 7, *(le({i: 1.0, (i + 1) % 7: 1.0}, 1) for i in range(7)), upper=1, integer=True),
        3,
    ),
    "an even circle": (
        maximize([1] * 8, *(le({i: 1.0, (i + 1) % 8: 1.0}, 1) for i in range(8)), upper=1, integer=True),
        4,
    ),
    "six queens": (queens(6), 6),
    "three queens": (queens(3), 2),
    "a sudoku": (sudoku(), 0),
    "a cover of the plane of seven points": (  # every two of its lines meet, and three lines have all points
        cover([{0, 1, 2}, {0, 3, 4}, {0, 5, 6}, {1, 3, 5}, {1, 4, 6}, {2, 3, 6}, {2, 4, 5}], 7),
        3,
    ),
    "colours of a circle of five": (colouring(5, [(i, (i + 1) % 5) for i in range(5)], 3), 3),
    "colours of a circle of four": (colouring(4, [(i, (i + 1) % 4) for i in range(4)], 3), 2),
    "colours of all with all": (colouring(4, list(combinations(range(4), 2)), 4), 4),
    "independent in Petersen's graph": (
        maximize([1] * 10, *(le({u: 1.0, v: 1.0}, 1) for u, v in PETERSEN), upper=1, integer=True),
        4,
    ),
    # ---- mixed
    "a tour of five": (tour(DISTANCES), shortest_tour(DISTANCES)),
    # Set up once, and store 8, 5 and 1; a second set-up, in period 3, would save 5*0.5*2 at a cost of 10.
    "lots": (lots([5, 3, 4, 1], 10, 0.5), 10 + 4 + 2.5 + 0.5),
    "lots, storage is dear": (lots([5, 3, 4, 1], 1, 10), 4),
    "a fixed charge that is worth it": (maximize([3, -10], le([1, -8], 0), upper=[inf, 1], integer=[1]), 14),
    "a fixed charge that is not": (maximize([3, -30], le([1, -8], 0), upper=[inf, 1], integer=[1]), 0),
    "either of two rows": (maximize([1, 1, 0], le([1, 0, -6], 2), le([0, 1, 6], 8), upper=[8, 8, 1], integer=[2]), 10),
    "a semicontinuous column": (
        minimize([1, 5], ge([1], 2.5), le([1, -10], 0), ge([1, -4], 0), integer=[1], upper=[inf, 1]),
        9,
    ),
    "nearest integer to 2.6": (
        minimize([1, 0], ge([1, 1], 2.6), ge([1, -1], -2.6), lower=[0, -9], upper=9, integer=[1]),
        0.4,
    ),
    "bins": (  # 5 + 3, 5 + 3, 4 into bins of 8
        minimize(
            [0] * 15 + [1] * 3,
            *(eq({3 * i + b: 1.0 for b in range(3)}, 1) for i in range(5)),
            *(
                le({**{3 * i + b: w for i, w in enumerate((5.0, 5.0, 3.0, 3.0, 4.0))}, 15 + b: -8.0}, 0)
                for b in range(3)
            ),
            upper=1,
            integer=True,
        ),
        3,
    ),
    "a big bound that must not leak": (  # z has to be 1 for x >= 1, however great its coefficient is
        minimize([0, 1], ge([1], 1), le([1, -1e6], 0), upper=[1e6, 1], integer=[1]),
        1,
    ),
    "an unused big coefficient": (maximize([1, -1], le([1, -1e7], 3), upper=[1e7, 1], integer=[1]), 1e7 - 1),
    "continuous columns with a free one": (
        maximize(
            [0, 0, 1], le([1, 1, 1], 4.5), eq([1, -1, 0], 0), lower=[1, 1, -inf], upper=[5, 5, inf], integer=[0, 1]
        ),
        2.5,
    ),
}

OPTIONS: dict[str, dict[str, Any]] = {
    "auto": {},
    "no cuts": {"cuts": False},
    "all cuts": {"cuts": True},
    "dual": {"method": "dual"},
    "depth first": {"backtracking": "depth first"},
    "presolve": {"presolve": True},
}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", CASES)
def test_optimum(engine: Engine, name: str, options: str) -> None:
    """The status, the objective, the bound, and the point are right."""
    model, objective = CASES[name]
    engine.load(model.form())
    try:
        outcome = engine.solve(Options(**OPTIONS[options], node_limit=10_000))
    except OptionError as error:
        pytest.skip(str(error))
    check_optimal(model, outcome, objective)
    assert engine.basis() is None


#: Programs without an integer point; most of their relaxations are feasible.
INFEASIBLE: dict[str, Model] = {
    "the relaxation is infeasible": minimize([1, 1], ge([1, 1], 3), upper=1, integer=True),
    "an integer between two": minimize([1], between(0.25, [1], 0.75), integer=True),
    "an integer between two, doubled": maximize([1], between(3, [4], 3.9), lower=-9, integer=True),
    "an even sum that is odd": minimize([1, 1], eq([2, 2], 3), integer=True),
    "parity without bounds": minimize([1, 1], eq([2, -2], 1), lower=-inf, integer=True),
    "a common divisor without bounds": maximize([0, 0, 0], eq([6, 10, 14], 7), lower=-inf, integer=True),
    "a common divisor in the second row": minimize(
        [1] * 3, ge([1, 1, 1], 1), eq([3, 6, 9], 10), lower=-inf, integer=True
    ),
    "29 is not to be paid with 6, 10 and 15": minimize([1, 1, 1], eq([6, 10, 15], 29), integer=True),
    "43 is not to be paid with 6, 9 and 20": minimize([1, 1, 1], eq([6, 9, 20], 43), integer=True),
    "parity of seven": minimize([0] * 7, eq([2] * 7, 7), upper=1, integer=True),
    "parity across rows": minimize([0] * 3, eq([1, 1], 1), eq([0, 1, 1], 1), eq([1, 0, 1], 1), upper=1, integer=True),
    "no sum of a subset": minimize([0] * 4, eq([4, 6, 8, 10], 11), upper=1, integer=True),
    "a thin strip": minimize([0, 0], between(1, [3, -3], 2), upper=50, integer=True),
    "a small box": minimize(
        [0, 0], ge([3, 1], 1), le([3, 1], 2), le([1, 0], 0.9), ge([0, 3], 1), le([0, 3], 2), integer=True
    ),
    "five pigeons in four holes": minimize(
        [0] * 20,
        *(eq({4 * p + h: 1.0 for h in range(4)}, 1) for p in range(5)),
        *(le({4 * p + h: 1.0 for p in range(5)}, 1) for h in range(4)),
        upper=1,
        integer=True,
    ),
    "two colours of an odd circle": minimize(
        [0] * 5, *(eq({i: 1.0, (i + 1) % 5: 1.0}, 1) for i in range(5)), upper=1, integer=True
    ),
    "an empty row": minimize([1], ge([], 1), integer=True),
    "crossed bounds": minimize([1], lower=2, upper=1, integer=True),
    "mixed": minimize([0, 1], eq([2, 1], 1), lower=[0, -0.5], upper=[5, 0.5], integer=[0]),
}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", INFEASIBLE)
def test_infeasible(engine: Engine, name: str, options: str) -> None:
    """The engine finds that there is no integer point."""
    engine.load(INFEASIBLE[name].form())
    try:
        outcome = engine.solve(Options(**OPTIONS[options], node_limit=10_000))
    except OptionError as error:
        pytest.skip(str(error))
    assert outcome.status is Status.INFEASIBLE, f"{outcome.status}: {outcome.message}"
    assert outcome.numbers is None


#: name -> (program, an integer point, an integer direction)
UNBOUNDED: dict[str, tuple[Model, list[float], list[float]]] = {
    "no rows": (maximize([1], integer=True), [0], [1]),
    "one row": (maximize([1, 1], le([2, -1], 3), integer=True), [1, 0], [1, 2]),
    "an equation": (minimize([1, 1], eq([3, -2], 1), lower=-inf, integer=True), [1, 1], [-2, -3]),
    "only the continuous part": (maximize([1, 1], le([1, 0], 4), integer=[0]), [4, 0], [0, 1]),
    "integers to choose, too": (maximize([0, 1, 1], eq([2, 3], 7), integer=[0, 1]), [2, 1, 0], [0, 0, 1]),
}


@pytest.mark.parametrize("name", UNBOUNDED)
def test_unbounded(engine: Engine, name: str) -> None:
    """The program is unbounded; an engine may leave open whether there is an integer point at all."""
    model, point, ray = UNBOUNDED[name]
    check_unbounded(model, point, ray)
    engine.load(model.form())
    outcome = engine.solve(Options(node_limit=10_000))
    assert outcome.status in (Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED)
    assert outcome.numbers is None


def test_infeasible_with_an_unbounded_relaxation(engine: Engine) -> None:
    """maximize x + y, 2x - 2y = 1: there is no integer point, so it is not unbounded."""
    engine.load(maximize([1, 1], eq([2, -2], 1), lower=-inf, integer=True).form())
    assert engine.solve(Options(node_limit=10_000)).status in (Status.INFEASIBLE, Status.INFEASIBLE_OR_UNBOUNDED)


#: (lower, upper): integers, because a form has fractional bounds rounded inwards, which may make them cross
ENDS = [(1, 3), (-3, -1), (0, 0), (-inf, 7), (-7, inf), (1, 0), (4, 3)]


@pytest.mark.parametrize(("lower", "upper"), ENDS)
@pytest.mark.parametrize("make", [minimize, maximize])
def test_ends_of_an_integer(engine: Engine, lower: float, upper: float, make: Callable[..., Model]) -> None:
    """The least or greatest x, integer between its bounds, with x + y <= 100 and 0 <= y <= 0.5."""
    model = make([1, 0], le([1, 1], 100), lower=[lower, 0], upper=[upper, 0.5], integer=[0])
    engine.load(model.form())
    outcome = engine.solve(Options())
    expected = lower if make is minimize else min(upper, 100)
    if lower > upper:
        assert outcome.status is Status.INFEASIBLE
    elif expected == -inf:
        assert outcome.status is Status.UNBOUNDED
    else:
        check_optimal(model, outcome, expected)


@pytest.mark.parametrize("seed", range(25))
def test_small_boxes(engine: Engine, seed: int) -> None:
    """The answer of a random program of four bounded integers is the best of all its points."""
    r = random.Random(seed)
    make = r.choice([minimize, maximize])
    lower = [r.randrange(-3, 2) for _ in range(4)]
    rows = []
    for _ in range(r.randrange(1, 5)):
        coefficients, bound = [r.randrange(-5, 7) for _ in range(4)], r.randrange(-8, 20)
        lower_end, upper_end = r.choice([(-inf, bound), (bound, inf), (bound, bound), (bound, bound + 2)])
        rows.append(between(lower_end, coefficients, upper_end))
    model = make(
        [r.randrange(-9, 10) for _ in range(4)],
        *rows,
        lower=lower,
        upper=[low + r.randrange(0, 6) for low in lower],
        integer=True,
        offset=r.randrange(-3, 4),
    )
    expected = best_integer(model)
    engine.load(model.form())
    outcome = engine.solve(Options())
    if expected is None:
        assert outcome.status is Status.INFEASIBLE, str(outcome.status)
    else:
        check_optimal(model, outcome, expected)

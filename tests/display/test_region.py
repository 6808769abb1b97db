"""The feasible region of two variables: corners worked out by hand, and against a brute-force search."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import inf, isclose
from random import Random

import pytest

from pplp.display.region import Region, View

POSITIVE = [(1, 0, 0, inf), (0, 1, 0, inf)]


def test_a_polygon():
    """5 x + 20 y <= 400 and 10 x + 15 y <= 450 cross at (24, 14)."""
    region = Region([*POSITIVE, (5, 20, -inf, 400), (10, 15, -inf, 450)])
    assert region.corners == [(0, 0), (45, 0), (24, 14), (0, 20)]
    assert region.is_bounded
    assert not region.is_empty
    assert region.has(24, 14)
    assert not region.has(24, 14.0000001)


def test_decimals_are_what_was_written():
    """0.1 x + 0.2 y == 0.3 has the point (1, 1), and three lines that meet there leave it alone."""
    region = Region([(0.1, 0.2, 0.3, 0.3), (1, 0, 1, inf), (0, 1, 1, inf)])
    assert region.corners == [(1, 1)]
    assert region.is_bounded


def test_a_segment():
    """An equation leaves a segment."""
    region = Region([*POSITIVE, (3, 2, 18, 18)])
    assert region.corners == [(0, 9), (6, 0)]
    assert region.within(View(0, 4, 0, 10)) == [(0, 9), (4, 3)]


@pytest.mark.parametrize(
    "rows",
    [
        [*POSITIVE, (1, 1, -inf, -1)],
        [(1, 1, 3, 2)],
        [(1, 0, 0, 1), (1, 0, 2, 3)],
        [(0, 0, 1, inf), (1, 0, 0, 1), (0, 1, 0, 1)],
        [(1, 1, 2, 2), (2, 2, 5, 5)],
    ],
)
def test_nothing(rows):
    """Constraints that contradict leave nothing."""
    region = Region(rows)
    assert region.is_empty
    assert region.corners == []
    assert region.within(View(-9, 9, -9, 9)) == []
    assert region.chord(View(-9, 9, -9, 9), 1, 0, 0) == []
    assert not region.has(0, 0)


def test_without_end():
    """Which sides have no end, and what is seen of it."""
    quadrant = Region(POSITIVE)
    assert quadrant.corners == [(0, 0)]
    assert quadrant.open_sides == (False, True, False, True)
    assert quadrant.within(View(-1, 3, -1, 2)) == [(0, 0), (3, 0), (3, 2), (0, 2)]
    assert Region([]).open_sides == (True, True, True, True)
    assert Region([(0, 1, 2, 3)]).open_sides == (True, True, False, False)
    half = Region([(1, 1, 3, inf)])
    assert half.corners == []
    assert half.within(View(0, 2, 0, 2)) == [(1, 2), (2, 1), (2, 2)]


def test_a_chord():
    """The part of a line that is inside."""
    region = Region([*POSITIVE, (1, 1, -inf, 4)])
    assert sorted(region.chord(View(-1, 9, -1, 9), 1, 0, 3)) == [(3, 0), (3, 1)]
    assert region.chord(View(-1, 9, -1, 9), 1, 0, 4) == [(4, 0)]
    assert region.chord(View(-1, 9, -1, 9), 1, 0, 5) == []


def by_brute_force(rows):
    """All crossings of two lines that satisfy everything, in exact arithmetic."""
    lines = [(a, b, c) for a, b, lower, upper in rows for c in (lower, upper) if abs(c) < inf]
    found = set()
    for (a, b, c), (d, e, f) in combinations(lines, 2):
        determinant = Fraction(a * e - b * d)
        if determinant:
            x, y = (c * e - b * f) / determinant, (a * f - c * d) / determinant
            if all(lower <= p * x + q * y <= upper for p, q, lower, upper in rows):
                found.add((float(x), float(y)))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_corners_against_brute_force(seed):
    """Small whole coefficients, so that many lines meet in one point or are parallel."""
    draw = Random(seed)
    rows = []
    for _ in range(draw.randint(1, 7)):
        a, b = draw.choice([pair for pair in product(range(-2, 3), repeat=2) if any(pair)])
        lower = draw.choice([-inf, -inf, draw.randint(-6, 3)])
        rows.append((a, b, lower, draw.choice([inf, lower if lower > -inf else 2, draw.randint(max(-3, lower), 6)])))
    if draw.random() < 0.6:
        rows += [(1, 0, -4, 5), (0, 1, -3, 4)]
    region = Region(rows)
    assert set(region.corners) == by_brute_force(rows)
    area = sum(p * v - q * u for (p, q), (u, v) in zip(region.corners, region.corners[1:] + region.corners[:1]))
    assert area >= 0  # counterclockwise
    if not region.is_empty and region.is_bounded:
        for direction in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            assert Region([*rows, (*direction, 1000, inf)]).is_empty
    elif not region.is_empty:
        far = [Region([*rows, (*way, 1000, inf)]) for way in ((-1, 0), (1, 0), (0, -1), (0, 1))]
        assert tuple(not one.is_empty for one in far) == region.open_sides


def test_numbers_of_all_sizes():
    """Tiny and huge coefficients stay exact."""
    region = Region([*POSITIVE, (1e-9, 1e9, -inf, 1)])
    assert region.corners == [(0, 0), (1e9, 0), (0, 1e-9)]
    assert all(isclose(x, 1e9) for x, y in region.corners if x)

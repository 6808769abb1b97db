"""The feasible region of two variables: a polygon, cut out of the plane in exact arithmetic.

Each number is the shortest decimal that denotes its float, so three lines that meet in a point meet in a point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, inf
from typing import NamedTuple

from pplp.engines.rational import rational

__all__ = ["HalfPlane", "Point", "Region", "View"]


class Point(NamedTuple):
    """A point of the plane."""

    x: Fraction
    y: Fraction


class HalfPlane(NamedTuple):
    """``a x + b y <= limit``, in whole numbers; a and b are not both 0."""

    a: int
    b: int
    limit: int

    def excess(self, point: Point) -> Fraction:
        """How far the point is outside; negative inside."""
        return self.a * point.x + self.b * point.y - self.limit


class View(NamedTuple):
    """A rectangle of the plane."""

    left: float
    right: float
    bottom: float
    top: float

    def corners(self) -> list[Point]:
        """The corners, counterclockwise."""
        left, right, bottom, top = map(rational, self)
        return [Point(left, bottom), Point(right, bottom), Point(right, top), Point(left, top)]


class Region:
    """All points with ``lower <= a x + b y <= upper``, for each (a, b, lower, upper) of `rows`.

    >>> triangle = Region([(1, 0, 0, inf), (0, 1, 0, inf), (2, 1, -inf, 4)])
    >>> triangle.corners, triangle.is_bounded
    ([(0.0, 0.0), (2.0, 0.0), (0.0, 4.0)], True)
    >>> triangle.within(View(0, 3, 0, 2))
    [(0.0, 0.0), (2.0, 0.0), (1.0, 2.0), (0.0, 2.0)]
    >>> Region([(1, 1, 3, inf)]).is_bounded, Region([(1, 1, 3, 2)]).is_empty
    (False, True)
    """

    #: The corners, counterclockwise from the leftmost; two for a segment, one for a point, and for an unbounded region
    #: those that exist.
    corners: list[tuple[float, float]]
    #: True if it has no point.
    is_empty: bool
    #: Whether it is unbounded to the left, right, bottom and top.
    open_sides: tuple[bool, bool, bool, bool]

    def __init__(self, rows: Iterable[tuple[float, float, float, float]]) -> None:
        planes: list[HalfPlane] = []
        self._half_planes = planes
        self.is_empty = False
        for a, b, lower, upper in rows:
            for sign, limit in ((1, upper), (-1, -lower)):
                if limit < inf:
                    if a or b:
                        planes.append(_whole(sign * a, sign * b, limit))
                    elif limit < 0:
                        self.is_empty = True
        # Two lines cross at quotients of determinants, by Cramer's rule.  The denominators are whole numbers, so
        # every crossing lies inside this square, and points on its border are not corners.
        slopes = max((abs(n) for plane in planes for n in plane[:2]), default=1)
        far = 2 * slopes * max((abs(plane.limit) for plane in planes), default=1) + 1
        whole = [] if self.is_empty else _clipped(_square(far), planes)
        self.is_empty = not whole
        self.corners = [(float(x), float(y)) for x, y in whole if -far < x < far and -far < y < far]
        # The region is unbounded in the directions that no half plane opposes.
        ways = [] if self.is_empty else _clipped(_square(1), [plane._replace(limit=0) for plane in planes])
        self.open_sides = (
            any(x < 0 for x, _ in ways),
            any(x > 0 for x, _ in ways),
            any(y < 0 for _, y in ways),
            any(y > 0 for _, y in ways),
        )

    @property
    def is_bounded(self) -> bool:
        """True if it is bounded on all sides."""
        return not any(self.open_sides)

    def within(self, view: View) -> list[tuple[float, float]]:
        """The corners of its visible part, counterclockwise."""
        if self.is_empty:
            return []
        return [(float(x), float(y)) for x, y in _clipped(view.corners(), self._half_planes)]

    def chord(self, view: View, a: float, b: float, value: float) -> list[tuple[float, float]]:
        """The ends of the visible part of the line ``a x + b y == value`` in it."""
        line = [_whole(a, b, value), _whole(-a, -b, -value)]
        seen = [] if self.is_empty else _clipped(view.corners(), [*line, *self._half_planes])
        return [(float(x), float(y)) for x, y in seen]

    def has(self, x: float, y: float) -> bool:
        """True if the point is in it."""
        point = Point(rational(x), rational(y))
        return not self.is_empty and all(plane.excess(point) <= 0 for plane in self._half_planes)


def _square(half: int) -> list[Point]:
    """The corners of a square around the origin."""
    return [Point(Fraction(x), Fraction(y)) for x, y in ((-half, -half), (half, -half), (half, half), (-half, half))]


def _whole(a: float, b: float, limit: float) -> HalfPlane:
    """The half plane in whole numbers."""
    numbers = [rational(number) for number in (a, b, limit)]
    scale = 1
    for number in numbers:
        scale = scale * number.denominator // gcd(scale, number.denominator)
    return HalfPlane(*(int(number * scale) for number in numbers))


def _clipped(polygon: Sequence[Point], planes: Iterable[HalfPlane]) -> list[Point]:
    """The part of a convex polygon in all half planes; it may be a segment or a point."""
    corners = list(polygon)
    for plane in planes:
        excess = [plane.excess(corner) for corner in corners]
        if not any(e > 0 for e in excess):
            continue
        kept: list[Point] = []
        for k, (corner, here) in enumerate(zip(corners, excess)):
            before, there = corners[k - 1], excess[k - 1]
            if here * there < 0:
                share = there / (there - here)
                kept.append(Point(before.x + share * (corner.x - before.x), before.y + share * (corner.y - before.y)))
            if here <= 0:
                kept.append(corner)
        corners = list(dict.fromkeys(kept))
    first = corners.index(min(corners)) if corners else 0
    return corners[first:] + corners[:first]

"""Piecewise linear functions of an expression."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import inf
from typing import Any, Callable

from pplp.core.expressions import LinearExpression
from pplp.core.handle import owner_of
from pplp.core.scalars import each_of, refuse_unordered, shown
from pplp.errors import ExpressionError, InvalidValue
from pplp.functions.builder import Builder
from pplp.functions.expressions import (
    Function,
    FunctionExpression,
    arrays_of_functions,
    function_expression,
    is_array,
    linear_operand,
    number_operand,
)
from pplp.ground.quoting import quoted

__all__ = ["Piecewise", "piecewise"]

# Any: of an array there is an array, which is made above this floor.


#: Slopes that differ by no more than this, relatively, count as equal.
_SAME_SLOPE = 1e-9


class Piecewise(Function):
    """The polygon through points (x_0, y_0), ..., (x_n, y_n) as a function of e, defined from x_0 to x_n.

        t >= f(e), f convex:   t >= y_i + slope_i (e - x_i)  for every segment i
        otherwise:             e = x_0 + sum of (x_{i+1} - x_i) d_i,   0 <= d_i <= 1,
                               t >= y_0 + sum of (y_{i+1} - y_i) d_i   (or <=, or ==),
                               d_{i+1} <= s_i <= d_i,  s_i binary: a segment starts when the one before is full

    The second form, the incremental method, needs no big-M, and its relaxation is as tight as any.
    """

    __slots__ = ("_e", "_points")

    def __init__(self, e: LinearExpression, points: list[tuple[float, float]]) -> None:
        self._e = e
        self._points = points

    def __repr__(self) -> str:
        points = ", ".join(f"({shown(x)}, {shown(y)})" for x, y in self._points[:4])
        more = ", ..." if len(self._points) > 4 else ""
        return f"piecewise({self._e}, [{points}{more}])"

    @property
    def operands(self) -> Sequence[LinearExpression]:
        return [self._e]

    def at(self, value: Callable[[Any], float]) -> float:
        at, points = float(value(self._e)), self._points
        if not points[0][0] - 1e-6 <= at <= points[-1][0] + 1e-6:
            raise InvalidValue(
                f"{self} is defined from {points[0][0]:g} to {points[-1][0]:g}, but not at {quoted(at)}. Add a point."
            )
        i = max(0, min(sum(x <= at for x, _ in points) - 1, len(points) - 2))
        (x, y), slope = points[i], self._slopes()[i]
        return y + slope * (at - x)

    def _slopes(self) -> list[float]:
        return [(y - y0) / (x - x0) for (x0, y0), (x, y) in zip(self._points, self._points[1:])]

    def _corners(self) -> list[tuple[float, float]]:
        """The points without those on the line through their neighbors."""
        slopes = self._slopes()
        inner = [point for point, a, b in zip(self._points[1:], slopes, slopes[1:]) if _rises(a, b) or _rises(b, a)]
        return [self._points[0], *inner, self._points[-1]]

    def write(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        short = Piecewise(self._e, self._corners())
        slopes = short._slopes()
        pairs = list(zip(slopes, slopes[1:]))
        convex = not any(_rises(b, a) for a, b in pairs)
        concave = not any(_rises(a, b) for a, b in pairs)
        if (convex or not above) and (concave or not below):
            points = short._points
            builder.row(self._e, points[0][0], points[-1][0])
            for (x, y), slope in zip(points, slopes):
                builder.row(t - slope * (self._e - x) - y, 0.0 if above else -inf, 0.0 if below else inf)
        else:
            short._fill(builder, t, above, below)

    def _fill(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        points = self._points
        parts = [builder.variable("part", 0.0, 1.0) for _ in points[1:]]
        width = sum((b[0] - a[0]) * part for part, a, b in zip(parts, points, points[1:]))
        height = sum((b[1] - a[1]) * part for part, a, b in zip(parts, points, points[1:]))
        builder.row(self._e - width, points[0][0], points[0][0])
        builder.row(t - height - points[0][1], 0.0 if above else -inf, 0.0 if below else inf)
        for part, following in zip(parts, parts[1:]):
            full = builder.binary("full")
            builder.row(part - full, 0.0, inf)
            builder.row(full - following, 0.0, inf)


def _rises(a: float, b: float) -> bool:
    """True if the slope b is greater than the slope a."""
    return b - a > _SAME_SLOPE * max(abs(a), abs(b))


def piecewise(e: Any, points: Iterable[tuple[Any, Any]]) -> Any:
    """The piecewise linear function through ``points``, pairs (x, y) with increasing x, at x = e.

    It is defined from the first x to the last, and its constraints keep e there; add a farther point to extend the last
    piece.  ``t >= piecewise(...)`` of a convex one and ``t <= piecewise(...)`` of a concave one stay linear; anything
    else needs one binary for each inner point (points on a straight line count once).  For an array it is the same
    function of each element.

    Raises `ExpressionError` unless e is a linear expression and the points are pairs of numbers, `InvalidValue` for
    fewer than two points, x that do not increase (a jump is not a function), NaN and infinities.

    >>> from pplp import LinearProgram, piecewise
    >>> lp = LinearProgram()
    >>> ordered, price = lp.Var("ordered"), lp.Var("price")
    >>> discount = piecewise(ordered, [(0, 0), (10, 50), (30, 90)])
    >>> lp.add_constraint(price == discount)
    piecewise(ordered, [(0, 0), (10, 50), (30, 90)]) == price: 3 variables, 4 constraints
    >>> _ = lp.add_constraint(ordered >= 20)
    >>> lp.objective = price
    >>> lp.minimize()
    70.0
    """
    pairs: list[tuple[float, float]] = []
    for point in each_of(points, "piecewise() takes a list of points (x, y)"):
        refuse_unordered(point, "A point of piecewise() is a pair (x, y) of numbers")
        if not isinstance(point, Collection) or getattr(point, "shape", (2,)) != (2,) or len(point) != 2:
            raise ExpressionError(f"A point of piecewise() must be a pair (x, y) of numbers, not {quoted(point)}.")
        x, y = [number_operand(number, f"the point {quoted(point)} of piecewise()") for number in point]
        if pairs and not x > pairs[-1][0]:
            raise InvalidValue(
                f"The points of piecewise() must have increasing x, but {x:g} comes after {pairs[-1][0]:g}. Sort them; "
                "to model a jump, choose the piece with binaries, b >> (...)."
            )
        pairs.append((x, y))
    if len(pairs) < 2:
        raise InvalidValue(f"piecewise() needs at least two points, not {len(pairs)}. Add points.")

    def through(one: Any) -> FunctionExpression:
        one = linear_operand(one, "piecewise")
        return function_expression(owner_of(one), 0, [(1.0, Piecewise(one, pairs))])

    return arrays_of_functions().functions(through, e) if is_array(e) else through(e)

"""Programs of functions, implications and sets: the best point of the rows is the best point of a grid."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pplp import (
    InvalidValue,
    LinearProgram,
    Status,
    maximum,
    minimum,
    piecewise,
    semicontinuous,
    sos1,
    sos2,
    truth,
)
from tests.support.drawn_programs import senses

#: Two integers and a binary: the grid has 24 points.
BOXES = [(-2, 1), (0, 2), (0, 1)]
GRID = list(itertools.product(*(range(low, high + 1) for low, high in BOXES)))

small = st.integers(-3, 3)
factors = st.tuples(small, small, small, st.integers(-4, 4))
corners = st.lists(st.tuples(st.integers(1, 12), st.integers(-20, 20)), min_size=1, max_size=4)
inner = st.sampled_from(["<=", ">=", "==", "range"])
functions = st.one_of(
    st.tuples(st.just("abs"), factors),
    st.tuples(st.sampled_from(["maximum", "minimum"]), st.lists(factors | st.integers(-5, 5), min_size=1, max_size=4)),
    st.tuples(st.just("piecewise"), factors, corners),
    st.tuples(st.just("truth"), factors, inner, st.integers(-5, 5), st.integers(0, 3)),
    st.tuples(st.just("linear"), factors),
)
constraints = st.one_of(
    st.tuples(
        st.just("relation"),
        st.lists(st.tuples(st.sampled_from([-2, -1, 1, 2]), functions), min_size=1, max_size=3),
        st.sampled_from(["<=", ">=", "=="]),
        st.integers(-6, 9),
    ),
    st.tuples(st.just("implies"), st.booleans(), factors, inner, st.integers(-5, 5), st.integers(0, 3)),
    st.tuples(st.sampled_from(["sos1", "sos2"]), st.lists(factors, min_size=1, max_size=4)),
    st.tuples(st.just("semicontinuous"), factors, st.integers(-4, 4), st.integers(0, 4)),
)


def linear(xs, f):
    """The same source for expressions and numbers."""
    return f[0] * xs[0] + f[1] * xs[1] + f[2] * xs[2] + f[3]


def compared(e, sense, b, width):
    """A relation of an expression, or a bool of a number."""
    if sense == "range":
        return b <= e <= b + width
    return {"<=": lambda: e <= b, ">=": lambda: e >= b, "==": lambda: e == b}[sense]()


def polygon(corners):
    """Points that rise, from -40 to 40 at least."""
    points, x = [(-40, 5)], -20
    for step, y in corners:
        x += step
        points.append((x, y))
    return [*points, (x + 60, -7)]


def interpolated(points, x):
    """By the book."""
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    raise AssertionError


def made(xs, function):
    """pplp's function of its variables."""
    kind, *given = function
    if kind == "abs":
        return abs(linear(xs, given[0]))
    if kind in ("maximum", "minimum"):
        ours = maximum if kind == "maximum" else minimum
        return ours([f if isinstance(f, int) else linear(xs, f) for f in given[0]])
    if kind == "piecewise":
        return piecewise(linear(xs, given[0]), polygon(given[1]))
    if kind == "truth":
        return truth(compared(linear(xs, given[0]), *given[1:]))
    return linear(xs, given[0])


def value(p, function):
    """The same of numbers."""
    kind, *given = function
    if kind == "abs":
        return abs(linear(p, given[0]))
    if kind in ("maximum", "minimum"):
        python = max if kind == "maximum" else min
        return python(f if isinstance(f, int) else linear(p, f) for f in given[0])
    if kind == "piecewise":
        return interpolated(polygon(given[1]), linear(p, given[0]))
    if kind == "truth":
        return int(compared(linear(p, given[0]), *given[1:]))
    return linear(p, given[0])


def constraint(xs, drawn):
    """pplp's constraint of its variables."""
    kind, *given = drawn
    if kind == "relation":
        return compared(sum(a * made(xs, f) for a, f in given[0]) + 0, given[1], given[2], 0)
    if kind == "implies":
        condition = xs[2] if given[0] else 1 - xs[2]
        return condition >> compared(linear(xs, given[1]), *given[2:])
    if kind in ("sos1", "sos2"):
        return (sos1 if kind == "sos1" else sos2)([linear(xs, f) for f in given[0]])
    return semicontinuous(linear(xs, given[0]), given[1], given[1] + given[2])


def holds(p, drawn):
    """Does it hold at a point?"""
    kind, *given = drawn
    if kind == "relation":
        left = sum(a * value(p, f) for a, f in given[0])
        if given[1] == "==":
            return abs(left - given[2]) < 1e-9
        return left <= given[2] + 1e-9 if given[1] == "<=" else left >= given[2] - 1e-9
    if kind == "implies":
        return p[2] != int(given[0]) or bool(compared(linear(p, given[1]), *given[2:]))
    if kind in ("sos1", "sos2"):
        at = [k for k, f in enumerate(given[0]) if linear(p, f) != 0]
        return not at or at[-1] - at[0] < (1 if kind == "sos1" else 2)
    v = linear(p, given[0])
    return v == 0 or given[1] <= v <= given[1] + given[2]


@given(st.lists(constraints, min_size=1, max_size=3), factors, senses)
def test_the_best_point_is_that_of_the_grid(drawn, goal, sense):
    """Whatever is combined; and without its record the program is what it was."""
    lp = LinearProgram()
    xs = [lp.IntVar(lb=low, ub=high) for low, high in BOXES]
    lp.objective = linear(xs, goal)
    before, records, impossible = lp.compile(sense), [], False
    for one in drawn:
        try:
            records.append(lp.add_constraint(constraint(xs, one)))
        except InvalidValue:  # it says of constants alone what is not so
            assert not any(holds(p, one) for p in GRID)
            impossible = True
    points = [p for p in GRID if all(holds(p, one) for one in drawn)]
    if not impossible:
        solution = lp.solve(sense)
        if points:
            best = (max if sense == "maximize" else min)(linear(p, goal) for p in points)
            assert solution.status is Status.OPTIMAL
            assert solution.objective == pytest.approx(best, abs=1e-6)
            assert tuple(x.value for x in xs) in points
        else:
            assert solution.status is Status.INFEASIBLE
    lp.remove(*records)
    assert lp.compile(sense) == before


@given(functions, st.sampled_from(GRID))
def test_values_of_functions(function, point):
    """A function is read as it is computed."""
    lp = LinearProgram()
    xs = [lp.IntVar(lb=v, ub=v) for v in point]
    lp.minimize()
    f = made(xs, function)
    assert (
        lp.value(f) == pytest.approx(value(point, function))
        if isinstance(f, (int, float))
        else (f.value == pytest.approx(value(point, function)))
    )

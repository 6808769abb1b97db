"""Functions, implications and sets over arrays: numpy's own values, the same programs stated one by one, and a grid."""

from __future__ import annotations

import itertools
from functools import reduce

import numpy as np
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
from tests.support.engines import ENGINES

POINTS = [(-30, 4), (-2, 1), (0, 3), (1, -2), (30, 5)]
#: x has two elements, y is one integer, b has two binaries: the grid has 108 points.
GRID = [
    (np.array(p[:2]), p[2], np.array(p[3:]))
    for p in itertools.product((-1, 0, 1), (-1, 0, 1), (0, 1, 2), (0, 1), (0, 1))
]


class Arrays:
    """pplp's functions of whole arrays."""

    absolute = staticmethod(abs)
    maximum, minimum, truth = staticmethod(maximum), staticmethod(minimum), staticmethod(truth)

    @staticmethod
    def piecewise(e):
        return piecewise(e, POINTS)

    @staticmethod
    def along(e, axis):
        return maximum(e, axis=axis)


def each(act, *operands):
    """Of each element; numpy broadcasts the arrays of objects."""
    return np.frompyfunc(act, len(operands), 1)(*(np.asarray(one, object) for one in operands))


class OneByOne:
    """pplp's functions of single expressions; numpy's arrays of objects do the broadcasting."""

    @staticmethod
    def absolute(e):
        return each(abs, e)

    @staticmethod
    def truth(relation):
        return each(truth, relation)

    @staticmethod
    def piecewise(e):
        return each(lambda one: piecewise(one, POINTS), e)

    @staticmethod
    def maximum(*operands):
        return each(maximum, *operands)

    @staticmethod
    def minimum(*operands):
        return each(minimum, *operands)

    @staticmethod
    def along(e, axis):
        return np.array([maximum(list(line)) for line in np.moveaxis(e, axis, -1)], object)


class Numbers:
    """numpy's functions of numbers."""

    absolute = staticmethod(np.abs)

    @staticmethod
    def maximum(*operands):
        return reduce(np.maximum, operands)

    @staticmethod
    def minimum(*operands):
        return reduce(np.minimum, operands)

    @staticmethod
    def piecewise(e):
        return np.interp(e, *zip(*POINTS))

    @staticmethod
    def truth(holds):
        return np.asarray(holds).astype(int)

    @staticmethod
    def along(e, axis):
        return np.max(e, axis=axis)


small = st.integers(-3, 3)
factor = st.sampled_from([-2, -1, 1, 2])
pair = st.tuples(small, small).map(np.array)
symbolic = st.one_of(
    st.tuples(st.sampled_from(["x", "b"]), factor, small | pair),
    st.tuples(st.just("y"), factor, small),
    st.tuples(st.just("outer"), factor, small | pair),
)
number = st.tuples(st.just("number"), small | pair)
functions = st.one_of(
    st.tuples(st.sampled_from(["absolute", "piecewise"]), symbolic),
    st.tuples(st.sampled_from(["maximum", "minimum"]), symbolic, st.lists(symbolic | number, max_size=2)),
    st.tuples(st.just("truth"), symbolic, symbolic | number, st.booleans()),
    st.tuples(st.just("along"), factor, small, st.sampled_from([0, 1, -1])),
)
relations = st.tuples(
    st.just("relation"),
    st.lists(st.tuples(factor, functions), min_size=1, max_size=2),
    st.none() | symbolic,
    st.booleans(),
    st.sampled_from(["<=", ">=", "=="]),
    small | pair,
)
constraints = st.one_of(
    relations,
    st.tuples(st.just("implies"), st.booleans(), symbolic, symbolic | number, st.booleans()),
    st.tuples(st.sampled_from(["sos1", "sos2"]), factor, small, st.sampled_from([0, 1])),
    st.tuples(st.just("semicontinuous"), symbolic, small | pair, st.integers(0, 3)),
)


def linear(env, drawn):
    """A linear expression of numbers, of arrays of ours, or of arrays of objects."""
    (x, y, b), (kind, *given) = env, drawn
    if kind == "number":
        return given[0]
    a, c = given
    return {"x": lambda: a * x + c, "y": lambda: a * y + c, "b": lambda: a * b + c, "outer": lambda: outer(env, a, c)}[
        kind
    ]()


def outer(env, a, c):
    """Two dimensions of one."""
    x, _, b = env
    return a * x[:, None] - b + c


def value(env, ways, drawn):
    """One of the functions."""
    kind, *given = drawn
    if kind in ("absolute", "piecewise"):
        return getattr(ways, kind)(linear(env, given[0]))
    if kind in ("maximum", "minimum"):
        operands = [linear(env, one) for one in [given[0], *given[1]]]
        if ways is Arrays and len(operands) == 1:
            return maximum(operands) if kind == "maximum" else minimum(operands)
        return getattr(ways, kind)(*operands)
    if kind == "truth":
        return ways.truth(compared(ways, linear(env, given[0]), "<=" if given[2] else ">=", linear(env, given[1])))
    a, c, axis = given
    return ways.along(outer(env, a, c), axis)


def compared(ways, left, sense, right):
    """A relation, or truth values."""
    if ways is OneByOne:
        return each(lambda one, other: compared(None, one, sense, other), left, right)
    return {"<=": lambda: left <= right, ">=": lambda: left >= right, "==": lambda: left == right}[sense]()


def combined(env, ways, terms, more, whole):
    """The left side of a relation."""
    total = sum(a * value(env, ways, f) for a, f in terms)
    if more is not None:
        total = total + linear(env, more)
    return total.sum() if whole and getattr(total, "shape", ()) else total


def relation(env, ways, drawn):
    """What add_constraint takes: one thing, or an array of objects."""
    kind, *given = drawn
    if kind == "relation":
        terms, more, whole, sense, right = given
        return compared(ways, combined(env, ways, terms, more, whole), sense, right)
    if kind == "implies":
        condition = env[2] if given[0] else 1 - env[2]
        implied = compared(ways, linear(env, given[1]), "<=" if given[3] else ">=", linear(env, given[2]))
        if ways is OneByOne:
            return each(lambda one, other: one >> other, condition, implied)
        return condition >> implied
    if kind == "semicontinuous":
        e, lower, width = linear(env, given[0]), given[1], given[2]
        if ways is OneByOne:
            return each(semicontinuous, e, lower, lower + width)
        return semicontinuous(e, lower, lower + width)
    of_kind, (a, c, axis) = sos1 if kind == "sos1" else sos2, given
    e = outer(env, a, c)
    if ways is OneByOne:
        return np.array([of_kind(list(line)) for line in np.moveaxis(e, axis, -1)], object)
    return of_kind(e, axis=axis)


def holds(env, drawn):
    """Does it hold at a point of numbers?"""
    kind, *given = drawn
    if kind == "relation":
        terms, more, whole, sense, right = given
        gap = combined(env, Numbers, terms, more, whole) - right
        within = {"<=": gap <= 1e-9, ">=": gap >= -1e-9, "==": np.abs(gap) <= 1e-9}[sense]
        return bool(np.all(within))
    if kind == "implies":
        on = env[2] if given[0] else 1 - env[2]
        implied = compared(Numbers, linear(env, given[1]), "<=" if given[3] else ">=", linear(env, given[2]))
        return bool(np.all((on == 0) | implied))
    if kind == "semicontinuous":
        e, lower = linear(env, given[0]), given[1]
        return bool(np.all((e == 0) | ((lower <= e) & (e <= lower + given[2]))))
    a, c, axis = given
    for line in np.moveaxis(outer(env, a, c), axis, -1):
        at = np.flatnonzero(line)
        if len(at) and at[-1] - at[0] >= (1 if kind == "sos1" else 2):
            return False
    return True


def program(solver, sense, goal):
    """A program of five integers, and its variables as arrays."""
    lp = LinearProgram(solver=solver)
    x = lp.Vars(2, "x", lb=-1, ub=1, integer=True)
    y = lp.IntVar("y", lb=0, ub=2)
    b = lp.Vars(2, "b", lb=0, ub=1, integer=True)
    lp.objective = objective((x, y, b), goal)
    return lp, (x, y, b)


def objective(env, goal):
    """The same source for expressions and numbers."""
    x, y, b = env
    return goal[0] * x[0] + goal[1] * x[1] + goal[2] * y + goal[3] * b[0] + goal[4] * b[1]


def added(add):
    """Did it go in?  A constraint that constants alone rule out is refused."""
    try:
        add()
    except InvalidValue as error:
        assert "never hold" in str(error)
        return False
    return True


@pytest.mark.parametrize("solver", ENGINES)
@given(st.lists(constraints, min_size=1, max_size=2), st.tuples(small, small, small, small, small), senses)
def test_arrays_are_the_same_as_their_elements(solver, drawn, goal, sense):
    """Whole arrays, the same one by one, and the grid have one optimum; without the records nothing is left."""
    lp, env = program(solver, sense, goal)
    twin, (x, y, b) = program(solver, sense, goal)
    singles = np.array(list(x), object), np.array([y], object), np.array(list(b), object)
    before, records, refused = lp.compile(sense), [], False
    for one in drawn:
        whole = added(lambda one=one: records.append(lp.add_constraint(relation(env, Arrays, one))))
        each = relation(singles, OneByOne, one)
        assert whole == added(lambda each=each: [twin.add_constraint(part) for part in np.ravel(each)])
        refused |= not whole
    points = [objective(p, goal) for p in GRID if all(holds(p, one) for one in drawn)]
    if refused:
        assert not points
    else:
        found, other = lp.solve(sense), twin.solve(sense)
        assert found.status is other.status is (Status.OPTIMAL if points else Status.INFEASIBLE)
        if points:
            best = (max if sense == "maximize" else min)(points)
            assert found.objective == pytest.approx(best, abs=1e-6)
            assert other.objective == pytest.approx(best, abs=1e-6)
            at = (env[0].value, env[1].value, env[2].value)
            assert all(holds(at, one) for one in drawn)
    lp.remove(*records)
    assert lp.compile(sense) == before


@given(st.lists(st.tuples(factor, functions), min_size=1, max_size=2), st.none() | symbolic, st.sampled_from(GRID))
def test_values_are_those_of_numpy(terms, more, point):
    """With all variables fixed: the shape and the numbers."""
    lp = LinearProgram()
    env = lp.Vars(2, lb=point[0], ub=point[0]), lp.Var(lb=point[1], ub=point[1]), lp.Vars(2, lb=point[2], ub=point[2])
    lp.minimize()
    ours, theirs = combined(env, Arrays, terms, more, False), combined(point, Numbers, terms, more, False)
    assert getattr(ours, "shape", ()) == np.shape(theirs)
    assert np.array(lp.value(ours)) == pytest.approx(theirs)
    assert np.array(lp.solution.value(ours)) == pytest.approx(theirs)
    if getattr(ours, "shape", ()):
        assert ours.sum().value == pytest.approx(theirs.sum())
        for axis in range(len(ours.shape)):
            assert np.array(lp.value(ours.sum(axis=axis))) == pytest.approx(theirs.sum(axis=axis))
        assert ours.T.value == pytest.approx(theirs.T)
        assert (ours - 2 * theirs).value == pytest.approx(-theirs)
        assert (np.ones(theirs.shape[0]) @ ours).value == pytest.approx(np.ones(theirs.shape[0]) @ theirs)

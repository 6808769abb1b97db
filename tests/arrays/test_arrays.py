"""Vars in its three forms."""

from __future__ import annotations

import pytest

from pplp import ExpressionError, InvalidValue, LinearProgram, Variable, dot


def test_a_count(lp):
    """A sequence of variables: indexed, sliced, iterated, summed."""
    xs = lp.Vars(4, lb=0, ub=[1, 2, 3, 4])
    assert len(xs) == 4
    assert [x.ub for x in xs] == [1, 2, 3, 4]
    assert str(sum(xs)) == str(xs.sum()) == "x0 + x1 + x2 + x3"
    assert xs[-1] == xs[3]
    assert list(xs[1:3]) == [xs[1], xs[2]]
    assert xs[2] in xs
    with pytest.raises(IndexError):
        xs[4]
    lp.objective = sum(xs)
    assert lp.maximize() == 10.0


def test_a_shape(lp):
    """A grid, by pairs, by rows, by columns."""
    t = lp.Vars((2, 3), "t", ub=[[1, 2, 3], [4, 5, 6]], integer=True)
    assert t.shape == (2, 3)
    assert t[1, 2].name == "t[1,2]"
    assert (t[1][0].ub, t[0, 2].ub) == (4, 3)
    assert [x.name for x in t[:, 1]] == ["t[0,1]", "t[1,1]"]
    assert [len(row) for row in t] == [3, 3]
    assert all(x.integer for x in t.flat)
    assert t[0:1].shape == (1, 3)
    with pytest.raises(IndexError):
        t[0, 0, 0]


def test_keys(lp):
    """A mapping, with bounds by key."""
    buy = lp.Vars(["milk", ("rye", "bread")], "buy", lb=0, ub={"milk": 3, ("rye", "bread"): 4})
    assert buy["milk"].name == "buy[milk]"
    assert buy["rye", "bread"].ub == 4
    assert list(buy) == ["milk", ("rye", "bread")]
    assert isinstance(buy["milk"], Variable)
    with pytest.raises(InvalidValue, match="milk"):
        lp.Vars(["milk"], ub={})
    with pytest.raises(TypeError):
        buy["milk"] = 3


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_of_many(lp, protocol):
    """A mapping and an array of variables travel with their program."""
    import pickle

    buy, grid = lp.Vars(["milk", "rye"], "buy", lb=0, ub=3), lp.Vars((2, 2), lb=0, ub=1)
    twin, there, cells = pickle.loads(pickle.dumps((lp, buy, grid), protocol))
    twin.objective = there["rye"] + cells[1, 1]
    assert twin.maximize() == 4
    assert list(there) == ["milk", "rye"]
    assert cells.shape == (2, 2)


def test_nothing_and_numpy_bounds(lp):
    """No variables at all; bounds from an array."""
    assert list(lp.Vars(0)) == []
    assert dict(lp.Vars([])) == {}
    np = pytest.importorskip("numpy")
    xs = lp.Vars((2, 2), lb=np.zeros((2, 2)), ub=np.arange(4).reshape(2, 2))
    assert [x.ub for x in xs.flat] == [0, 1, 2, 3]


def test_a_program_of_shapes_is_all_or_nothing(lp):
    """A bad entry among many makes no variable."""
    with pytest.raises(InvalidValue):
        lp.Vars((2, 2), lb=[[0, 0], [0, 9]], ub=5)
    assert lp.variables == []
    assert LinearProgram().Vars(2)[0].name == "x0"


def test_products_of_nothing():
    """A sum of no products is 0, and good as an objective."""
    lp = LinearProgram()
    none = lp.Vars(0)
    lp.objective = dot([], none) + 3
    assert lp.minimize() == 3.0


def test_what_is_not_linear_of_a_whole_array():
    """It raises the errors that one expression does, with what to write instead."""
    x = LinearProgram().Vars(2)
    with pytest.raises(ExpressionError, match="Multiply the whole relation"):
        1 / x
    for power in (lambda: x**2, lambda: 2**x):
        with pytest.raises(ExpressionError, match="not linear"):
            power()

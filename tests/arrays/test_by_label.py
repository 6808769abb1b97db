"""Series beside variables: by their labels, or by position where these are positions, or refused."""

from __future__ import annotations

import random

import pytest

from pplp import ExpressionError, InvalidValue, dot

np = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas", reason="pandas is not installed: there are no wheels of it for PyPy")


def ways_beside(x, S, M, I):  # noqa: E741 - numbers, truth values and positions
    """Each function that takes numbers, truth values or positions beside an array of variables."""
    trapezoid = getattr(np, "trapezoid", None) or np.trapz
    return {
        "dot": lambda: dot(S, x),
        "dot of a list": lambda: dot(S, list(x)),
        "dot of an expression": lambda: dot(S, 2 * x),
        "numpy.dot": lambda: np.dot(S, x),
        "inner": lambda: np.inner(x, S),
        "vdot": lambda: np.vdot(S, x),
        "outer": lambda: np.outer(S, x),
        "kron": lambda: np.kron(x, S),
        "tensordot": lambda: np.tensordot(S, x, 1),
        "einsum": lambda: np.einsum("i,i", S, x),
        "add.outer": lambda: np.add.outer(x, S),
        "subtract.outer": lambda: np.subtract.outer(S, x),
        "multiply.outer": lambda: np.multiply.outer(x, S),
        "multiply": lambda: np.multiply(x, S),
        "cross": lambda: np.cross(x, S),
        "trapezoid": lambda: trapezoid(x, S),
        "gradient": lambda: np.gradient(x, S),
        "average": lambda: np.average(x, weights=S),
        "convolve": lambda: np.convolve(x, S),
        "correlate": lambda: np.correlate(x, S),
        "interp": lambda: np.interp(S, [0, 1, 2], x),
        "interp between": lambda: np.interp(0.5, S, x),
        "concatenate": lambda: np.concatenate([x, S]),
        "stack": lambda: np.stack([x, S]),
        "append": lambda: np.append(x, S),
        "insert": lambda: np.insert(x, 0, S),
        "where": lambda: np.where(M, x, 0),
        "where else": lambda: np.where([True, False, True], x, S),
        "select": lambda: np.select([M], [x]),
        "compress": lambda: np.compress(M, x),
        "extract": lambda: np.extract(M, x),
        "sum where": lambda: np.sum(x, where=M),
        "x.sum where": lambda: x.sum(where=M),
        "mean where": lambda: np.mean(x, where=M),
        "sum initial": lambda: np.sum(x, initial=S),
        "repeat": lambda: np.repeat(x, I),
        "x.repeat": lambda: x.repeat(I),
        "take": lambda: np.take(x, I),
        "x.take": lambda: x.take(I),
        "delete": lambda: np.delete(x, I),
        "bincount": lambda: np.bincount(I, weights=x),
        "diff": lambda: np.diff(x, prepend=S),
        "linspace": lambda: np.linspace(x, S, 3),
        "x[mask]": lambda: x[M],
        "x[places]": lambda: x[I],
        "e[mask]": lambda: (2 * x)[M],
        "X[:, mask]": lambda: np.stack([x, x])[:, M],
        "X[:, places]": lambda: np.stack([2 * x, x])[:, I],
    }


def test_labels_that_are_not_positions_are_refused_everywhere(lp):
    """Labels that count from 0 are positions; others are refused, also those of a mask and of places."""
    x = lp.Vars(3, "x")
    numbers, truths, places = np.array([1.0, 2.0, 4.0]), np.array([True, False, True]), np.array([1, 0, 2])
    plain = ways_beside(x, numbers, truths, places)
    ours = ways_beside(x, *map(pandas.Series, (numbers, truths, places)))
    index = [2, 1, 0]
    theirs = ways_beside(x, *(pandas.Series(one, index=index) for one in (numbers, truths, places)))
    for name in plain:
        assert str(ours[name]()) == str(plain[name]()), name
        with pytest.raises(ExpressionError, match="has the labels 2, 1, 0"):
            print(f"taken: {name}:", theirs[name]())


@pytest.mark.parametrize("seed", range(60))
def test_dot_of_two_series_goes_by_label(lp, seed):
    r = random.Random(seed)
    labels = r.sample(["a", "b", "c", "d", 1, 2.5], 4)
    x = lp.Vars(4, "x")
    shuffled = r.sample(range(4), 4)
    cost = pandas.Series({label: float(k + 1) for k, label in enumerate(labels)}, dtype=float).set_axis(
        pandas.Index(labels, tupleize_cols=False)
    )
    column = pandas.Series(
        [x[k] for k in shuffled], index=pandas.Index([labels[k] for k in shuffled], tupleize_cols=False)
    )
    assert sorted(dot(cost, column).terms, key=lambda term: term[1]) == [(x[k], k + 1.0) for k in range(4)]
    with pytest.raises(InvalidValue, match="labels"):
        dot(cost.iloc[:3], column)
    for variables in (list(x), x, 2 * x):
        with pytest.raises(ExpressionError, match="has the labels"):
            dot(cost, variables)
    with pytest.raises(ExpressionError, match="has the labels"):
        dot(list(cost), column)
    with pytest.raises(ExpressionError, match="xarray"):
        dot(FakeDataArray([1.0, 2, 3, 4]), x)


@pytest.mark.parametrize(
    "make", [lambda lp, x: x <= 3, lambda lp, x: lp.add_constraint(x <= 3), lambda lp, x: abs(x) <= 3]
)
def test_dot_takes_expressions_alone(lp, make):
    """Relations and constraints with labels are refused as single ones are."""
    x = lp.Vars(pandas.Index(["a", "b"]), "x", lb=0, ub=9)
    with pytest.raises(ExpressionError, match=r"dot\(\) takes variables and expressions, not \{'a': "):
        dot([1, 2], make(lp, x))


class FakeDataArray:
    """What is seen of an array of xarray."""

    __module__ = "xarray.core.dataarray"
    shape, coords = (4,), {"q": [3, 2, 1, 0]}

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values)


def test_two_names_that_are_one(lp):
    """Levels are named once."""
    index = pandas.MultiIndex.from_product([["p", "q"], [1, 2]], names=["a", "b"])
    x = lp.Vars(index, "x")
    with pytest.raises(InvalidValue, match="'a' twice"):
        x.groupby(["a", "a"])
    with pytest.raises(InvalidValue, match="name 'z'"):
        x.rename_axis(["z", "z"])
    for act in (lambda: x + "x", lambda: x * None, lambda: x <= "x", lambda: x @ 2, lambda: x @ x.sum(), lambda: 2 @ x):
        with pytest.raises(ExpressionError):
            act()
    assert (x == "x") is False

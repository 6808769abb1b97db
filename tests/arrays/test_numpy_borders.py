"""A single expression beside many numbers: the array that broadcasting makes, or an error that says what to write."""

from __future__ import annotations

import operator
from math import inf

import pytest

from pplp import ExpressionError, InvalidValue

np = pytest.importorskip("numpy")

TWO = np.array([1.0, 2.0])
OPERATORS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "<=": operator.le, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip
KINDS = {
    "a variable": lambda v, w: v,
    "a term": lambda v, w: -3 * v,
    "a sum of variables": lambda v, w: v + w,
    "a sum": lambda v, w: 2 * v - w + 7,
    "a sum of an array": lambda v, w: TWO @ v.program.Vars(2),
}


def expected(sign, left, right):
    """Element by element, by the operators of single expressions."""
    act = OPERATORS[sign]
    return [str(act(left, b)) for b in right] if isinstance(right, list) else [str(act(a, right)) for a in left]


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("sign", list(OPERATORS))
def test_beside_an_array(lp, kind, sign):
    """Element by element what single numbers give, on either side, in any shape."""
    e = KINDS[kind](lp.Var("v"), lp.Var("w"))
    act, numbers = OPERATORS[sign], TWO.tolist()
    assert [str(one) for one in act(e, TWO)] == expected(sign, e, numbers)
    assert [str(one) for one in act(TWO, e)] == expected(sign, numbers, e)
    wide = act(e, np.array([[1, 2, 3], [4, 5, 6]]))
    assert wide.shape == (2, 3)
    assert act(e, np.array([])).shape == (0,)


def test_a_quotient(lp):
    v = lp.Var("v")
    assert str((3 * v + 1) / TWO) == "[3 v + 1, 1.5 v + 0.5]"
    with pytest.raises(InvalidValue, match="zero"):
        v / np.array([1, 0])
    with pytest.raises(ExpressionError, match="not linear"):
        TWO / v


def test_rows_of_it_are_constraints(lp):
    """One for each number, with their names; the optimum keeps them all."""
    v, w = lp.Var("v", lb=0), lp.Var("w", lb=0)
    rows = lp.add_constraint(v + 2 * w <= np.array([8, 6, 7]), "row")
    assert [row.name for row in rows] == ["row[0]", "row[1]", "row[2]"]
    lp.objective = v + 3 * w
    assert lp.maximize() == 9 and rows.dual.tolist() == [0, 1.5, 0]


def test_chains(lp):
    """Numbers and arrays at both ends, by numpy's rules; nothing of a chain is lost."""
    v, xs, hi = lp.Var("v"), lp.Vars(2, "x"), TWO + 5
    low = np.array([[1, 2], [3, 4]])
    # Outside of `assert`, whose statements pytest rewrites.
    chains = [
        (0 <= v <= hi, "[0 <= v <= 6, 0 <= v <= 7]"),
        (TWO <= v <= 9, "[1 <= v <= 9, 2 <= v <= 9]"),
        (TWO <= 2 * v + 1 <= hi, "[0 <= 2 v <= 5, 1 <= 2 v <= 6]"),
        (TWO.reshape(2, 1) <= v <= hi, "[1 <= v <= 6, 1 <= v <= 7, 2 <= v <= 6, 2 <= v <= 7]"),
        (low <= xs <= 5, "[1 <= x[0] <= 5, 2 <= x[1] <= 5, 3 <= x[0] <= 5, 4 <= x[1] <= 5]"),
        (low <= xs <= hi, "[1 <= x[0] <= 6, 2 <= x[1] <= 7, 3 <= x[0] <= 6, 4 <= x[1] <= 7]"),
    ]
    for chain, said in chains:
        assert str(chain) == said


@pytest.mark.parametrize(
    "chain",
    [
        lambda v, x: 0 <= v <= x,
        lambda v, x: 0 <= x <= v,
        lambda v, x: 0 <= x <= 2 * x,
        lambda v, x: TWO <= x <= v,
        lambda v, x: TWO <= v <= x,
        lambda v, x: 0 <= v <= np.array([v, 3], object),
    ],
)
def test_a_chain_that_ends_with_expressions_is_refused(lp, chain):
    """Its first half would be lost."""
    with pytest.raises(ExpressionError, match=r"two\s+constraints"):
        chain(lp.Var("v"), lp.Vars(2, "x"))


REFUSED = {
    "a list": [1.0, 2.0],
    "a tuple": (1.0, 2.0),
    "text": np.array(["a", "b"]),
    "complex": np.array([1j, 2]),
}


@pytest.mark.parametrize("operand", list(REFUSED))
@pytest.mark.parametrize("sign", list(OPERATORS))
def test_what_is_refused(lp, operand, sign):
    """By an error of our own that says what is in the way, on either side."""
    v, other = lp.Var("v"), REFUSED[operand]
    for left, right in ((v, other), (2 * v + 1, other), (other, v)):
        with pytest.raises(ExpressionError, match=r"single expression .*(numpy.array\(|numbers in it)"):
            OPERATORS[sign](left, right)


def test_numbers_are_checked(lp):
    v = lp.Var("v")
    for act in (operator.add, operator.mul):
        with pytest.raises(InvalidValue):
            act(v, np.array([1, np.nan]))
        with pytest.raises(InvalidValue):
            act(v, np.array([1, inf]))
    with pytest.raises(InvalidValue, match="NaN"):
        v <= np.array([1, np.nan])
    with pytest.raises(ExpressionError, match="not linear"):
        v * np.array([v, v], object)
    with pytest.raises(ExpressionError, match=r"Write v \* numbers"):
        v @ TWO
    with pytest.raises(ExpressionError, match=r"Write v \* numbers"):
        TWO @ v


def test_expressions_in_an_array_of_objects(lp):
    v, w = lp.Var("v"), lp.Var("w")
    assert str(v - np.array([w, 2], object)) == "[v - w, v - 2]"


def test_functions_beside_arrays(lp):
    """abs() and the like make arrays beside arrays, as expressions do, and refuse lists."""
    v = lp.Var("v")
    f = abs(v)
    others = {"numbers": TWO, "variables": lp.Vars(2, "w"), "objects": np.array([v, 3], object)}
    for act in OPERATORS.values():
        for kind, other in others.items():
            if act is operator.mul and kind != "numbers":
                continue
            assert [str(one) for one in act(f, other).flat] == [str(act(f, one)) for one in other.flat]
        with pytest.raises(ExpressionError, match=r"numpy.array\("):
            act(f, [1, 2])
    assert str(TWO - f) == "[-abs(v) + 1, -abs(v) + 2]"
    assert str(TWO <= f) == "[abs(v) >= 1, abs(v) >= 2]"
    for strange in (np.array(["a", "b"]), np.array([1j, 2]), np.array([None, 1], object)):
        for act in OPERATORS.values():
            with pytest.raises(ExpressionError, match="neither an expression nor a number"):
                act(f, strange)


def test_what_is_no_array_is_left_to_python(lp):
    v = lp.Var("v")
    for other in ("3", None, {"a": 1}, object()):
        assert (v == other) is False
        with pytest.raises(TypeError, match=r"not supported|unsupported"):
            v <= other


def test_without_numpy_lists_are_refused_alike():
    """Nothing of this imports numpy."""
    import subprocess
    import sys

    script = (
        "import sys; sys.modules['numpy'] = None\n"
        "from pplp import ExpressionError, LinearProgram\n"
        "v = LinearProgram().Var('v')\n"
        "try: v <= [1, 2]\nexcept ExpressionError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300)
    assert "A list beside the single expression v" in done.stdout


# ---- with labels
@pytest.fixture
def pandas():
    return pytest.importorskip("pandas", reason="pandas is not installed: there are no wheels of it for PyPy")


@pytest.fixture
def polars():
    return pytest.importorskip("polars", reason="polars is not installed: there are no wheels of it for PyPy")


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("sign", list(OPERATORS))
def test_beside_a_series(lp, pandas, kind, sign):
    """As beside an array, with the labels of the series, on either side."""
    e, act = KINDS[kind](lp.Var("v"), lp.Var("w")), OPERATORS[sign]
    series = pandas.Series({"b": 1.0, "a": 2.0}).rename_axis("k")
    for made, texts in (
        (act(e, series), expected(sign, e, series.tolist())),
        (act(series, e), expected(sign, series.tolist(), e)),
    ):
        assert made._labels.index.native is series.index
        assert [str(one) for one in made] == texts


def test_rows_by_label(lp, pandas):
    x = lp.Vars(pandas.Index(["a", "b"], name="k"), "x", lb=0)
    cap = pandas.Series({"b": 4, "a": 3}).rename_axis("k")
    rows = lp.add_constraint((cap * x).sum() <= cap, "cap")
    assert str(rows["b"]) == "cap[b]: 3 x[a] + 4 x[b] <= 4"
    lp.objective = x.sum()
    assert lp.maximize() == 1 and rows.dual.to_dict() == pytest.approx({"b": 0, "a": 1 / 3})
    assert str(lp.add_constraint(x["a"] <= cap, "one")["a"]) == "one[a]: x[a] <= 3"
    both = 0 <= x["a"] <= cap
    assert str(both) == "{'b': 0 <= x[a] <= 4, 'a': 0 <= x[a] <= 3}"


def test_a_series_that_does_not_fit(lp, pandas):
    v = lp.Var("v")
    good = pandas.Series({"b": 4, "a": 3})
    cases = [
        (lambda: v * pandas.Series([1, None]), InvalidValue, "fillna"),
        (lambda: v * pandas.Series([1, 2], index=["a", "a"]), InvalidValue, "twice"),
        (lambda: v * pandas.Series([1, 2], index=["a", None]), InvalidValue, "without a label"),
        (lambda: v * pandas.Series(["a", "b"]), ExpressionError, "number"),
        (lambda: v * pandas.DataFrame({"c": [1]}), ExpressionError, "Take one column"),
        (lambda: pandas.DataFrame({"c": [1]}) <= v, ExpressionError, "Take one column"),
        (lambda: v * good.index, ExpressionError, "to_numpy"),
        (lambda: v / (0 * good), InvalidValue, "zero"),
        (lambda: good <= v <= good, ExpressionError, "two constraints"),
        (lambda: good <= v <= 9, ExpressionError, "two constraints"),
        (lambda: np.array([1, 2]) <= v <= good, ExpressionError, "two constraints"),
        (lambda: abs(v) * pandas.DataFrame({"c": [1]}), ExpressionError, "Take one column"),
    ]
    for act, kind, said in cases:
        with pytest.raises(kind, match=said):
            act()
    assert not lp.constraints


def test_a_series_of_expressions(lp, pandas):
    v, w = lp.Var("v"), lp.Var("w")
    series = pandas.Series({"a": v, "b": w})
    assert str(series - v) == "{'a': 0, 'b': -v + w}" and str(w + series) == "{'a': w + v, 'b': 2 w}"


def test_what_of_polars_is_refused(lp, polars):
    """It has no labels of its own; by position it goes as an array of numpy's."""
    v, frame = lp.Var("v"), polars.DataFrame({"k": ["a", "b"], "c": [1, 2]})
    cases = [(frame["c"], "to_numpy"), (frame, "to_numpy"), (frame.lazy(), "collect"), (polars.col("c"), "select")]
    for other, said in cases:
        for act in (operator.mul, operator.add, operator.le, operator.eq):
            with pytest.raises(ExpressionError, match=said):
                act(v, other)
    assert str(v * frame["c"].to_numpy()) == "[v, 2 v]"

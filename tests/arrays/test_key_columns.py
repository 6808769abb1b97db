"""pandas, polars, xarray and masked arrays, left and right of expressions: what they mean, or an error that helps."""

from __future__ import annotations

import datetime as dt
import math
import operator
import statistics
from decimal import Decimal

import pytest

from pplp import ExpressionError, InvalidValue, ModelError, PplpError, dot, maximum

np = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas", reason="pandas is not installed: there are no wheels of it for PyPy")
polars = pytest.importorskip("polars", reason="polars is not installed: there are no wheels of it for PyPy")

OPERATORS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "<=": operator.le, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip
NUMBERS = [1.0, 2.0, 3.0]


@pytest.fixture
def x(lp):
    return lp.Vars(3, "x", lb=0, ub=9)


def each(made):
    return [str(one) for one in made]


@pytest.mark.parametrize("sign", list(OPERATORS))
@pytest.mark.parametrize("of", ["variables", "expressions"])
def test_numbers_without_labels(x, sign, of):
    """A series, index or array whose labels count from 0 is taken by position, on either side."""
    array, act = (x if of == "variables" else 2 * x + 1), OPERATORS[sign]
    forms = [
        pandas.Series(NUMBERS),
        pandas.Series(NUMBERS, index=[0, 1, 2], name="cost"),
        pandas.Series([1, 2, 3], dtype="Int64"),
        pandas.Series([Decimal(1), 2, np.int8(3)], dtype=object),
        pandas.Index(NUMBERS),
        pandas.array([1, 2, 3]),
    ]
    for form in forms:
        assert each(act(form, array)) == [str(act(a, e)) for a, e in zip(NUMBERS, array)]
        assert each(act(array, form)) == [str(act(e, a)) for a, e in zip(NUMBERS, array)]
    assert each(act(array, polars.Series(NUMBERS))) == [str(act(e, a)) for a, e in zip(NUMBERS, array)]
    frame = pandas.DataFrame([NUMBERS, NUMBERS[::-1]])
    for made, turned in ((act(frame, array), False), (act(array, frame), True)):
        rows = frame.to_numpy().tolist()
        wanted = [str(act(e, a) if turned else act(a, e)) for row in rows for a, e in zip(row, array)]
        assert made.shape == (2, 3) and each(made if hasattr(made, "_upper") else made.flat) == wanted


@pytest.mark.parametrize("sign", [*OPERATORS, "@"])
def test_labels_beside_an_array_without(lp, x, sign):
    """By position, or by label?  Nobody knows: it is refused, with both."""
    act = OPERATORS.get(sign, operator.matmul)
    series = pandas.Series(NUMBERS, name="cost")
    for labelled in (
        series.sort_values(ascending=False),
        series.rename({0: "a"}),
        series[series > 0].set_axis([1, 2, 3]),
    ):
        for array in (x, x + 1):
            with pytest.raises(ExpressionError, match=r"cost has the labels .*\.to_numpy\(\).*Vars\(series\.index\)"):
                act(array, labelled)
            with pytest.raises(ExpressionError, match="cost has the labels"):
                act(labelled, array)
    frame = pandas.DataFrame(np.eye(3), columns=list("abc"))
    for product in (lambda: x @ frame.T, lambda: frame @ x, lambda: frame.dot(x + 1)):
        with pytest.raises(ExpressionError, match="The DataFrame has the labels a, b, c"):
            product()
    for deed in (lambda: setattr(x, "ub", series.set_axis(list("abc"))), lambda: lp.Vars(3, ub=series[::-1])):
        with pytest.raises(ExpressionError, match="cost has the labels"):
            deed()
    assert x.ub.tolist() == [9, 9, 9]


def test_by_label_on_the_left(lp):
    """With labels on both sides, order does not matter."""
    cost = pandas.Series({"b": 2.0, "a": 1.0}).rename_axis("k")
    y = lp.Vars(pandas.Index(["a", "b"], name="k"), "y")
    for made in (cost * y, cost.mul(y), cost.astype(object) * y, cost.astype("Float64") * y):
        assert str(made) == "{'a': y[a], 'b': 2 y[b]}"
    assert str(cost.le(y)) == "{'a': y[a] >= 1, 'b': y[b] >= 2}"
    frame = cost.to_frame()
    for act in (lambda: cost @ y, lambda: cost.dot(y), lambda: pandas.Series(y), lambda: pandas.DataFrame({"y": y}),
                lambda: frame.assign(y=y), lambda: frame @ y, lambda: frame * y):  # fmt: skip
        with pytest.raises(ExpressionError, match=r"labels|Take one column"):
            act()
    column = frame.assign(y=pandas.Series(list(y), index=y.index)).y
    assert {k: str(e) for k, e in (column * cost).items()} == {"b": "2 y[b]", "a": "y[a]"}


def test_arrays_in_pandas(x):
    """A series, an index and a column hold an array by position, and products with it are of its elements."""
    for array in (x, 2 * x + 1):
        texts = each(array)
        assert each(pandas.Series(array)) == each(pandas.Index(array)) == texts
        assert each(pandas.DataFrame({"x": array}).x) == texts
        frame = pandas.DataFrame({"g": list("aba"), "c": NUMBERS})
        assert each(frame.assign(x=array).x) == texts
        frame["x"] = array
        assert {k: str(e) for k, e in frame.groupby("g").x.sum().items()} == {
            "a": str(array[0] + array[2]), "b": texts[1],
        }  # fmt: skip
        total = str(dot(NUMBERS, list(array)))
        assert str(frame.c @ array) == str(frame.c.dot(array)) == str((frame.c * array).sum()) == total
        rows = pandas.DataFrame([NUMBERS, NUMBERS], index=["one", "two"]) @ array
        assert {k: str(e) for k, e in rows.items()} == {"one": total, "two": total}
    wide = x.reshape(1, 3)
    assert each(pandas.DataFrame(wide).iloc[0]) == each(x)


def test_what_pandas_cannot_hold(x):
    """A frame that is one array, and relations as its elements."""
    with pytest.raises(ExpressionError, match=r"pandas\.DataFrame\(\{'x': x\}\)"):
        pandas.DataFrame(x)
    with pytest.raises(ExpressionError, match=r"cannot hold an array of functions or relations.*add_constraint"):
        pandas.Series([1]).dtype == (x <= 1).dtype


def test_in_place(x, lp):
    """`series += x` cannot put expressions into a series of numbers, and says what to write."""
    series, frame = pandas.Series(NUMBERS), pandas.DataFrame([NUMBERS])
    y = lp.Vars(series.index, "y")
    for other in (x, x + 1, x[0], 2 * x[0] + 1, y, y + 1):
        for name in ("__iadd__", "__isub__", "__imul__", "__itruediv__"):
            for left in (series, frame):
                with pytest.raises(ExpressionError, match=r"Write total = series \+ x"):
                    getattr(left, name)(other)
    assert series.tolist() == NUMBERS and frame.iloc[0].tolist() == NUMBERS
    total = series
    total = total + x[0]
    assert each(total)[1] == "x[0] + 2"


# ---- columns of variables
@pytest.fixture
def frame(x):
    return pandas.DataFrame({"g": list("aba"), "c": NUMBERS, "x": list(x), "e": [2 * one + 1 for one in x]})


def test_columns_of_variables(frame, x):
    """Arithmetic of columns is element by element, as ever."""
    assert each(frame.c * frame.x) == ["x[0]", "2 x[1]", "3 x[2]"]
    assert (
        str((frame.c * frame.x).sum())
        == str(frame.c @ frame.x)
        == str(dot(frame.c, frame.x))
        == "x[0] + 2 x[1] + 3 x[2]"
    )
    assert {k: str(one) for k, one in frame.groupby("g").x.sum().items()} == {"a": "x[0] + x[2]", "b": "x[1]"}
    assert each(frame.x.cumsum()) == ["x[0]", "x[0] + x[1]", "x[0] + x[1] + x[2]"]
    assert each(frame.apply(lambda row: row.c * x[row.name], axis=1)) == ["x[0]", "2 x[1]", "3 x[2]"]
    assert each(x - frame.x) == ["0", "0", "0"] and each(frame.e - x) == [f"x[{k}] + 1" for k in range(3)]
    assert each(frame.x.map(lambda one: one + 1)) == ["x[0] + 1", "x[1] + 1", "x[2] + 1"]


@pytest.mark.parametrize("column", ["x", "e"])
def test_columns_are_not_compared(frame, column):
    """pandas would keep a truth value of each relation: False for all that are equal to something."""
    own = frame[column]
    for act in (operator.le, operator.ge, operator.eq, operator.ne):
        for left, right in ((own, 1), (own, frame.c), (frame.c, own), (frame[["x", "e"]], 1), (pandas.Index(own), 1)):
            with pytest.raises(InvalidValue, match=r"\[x <= 1 for x in frame\['x'\]\]"):
                act(left, right)
    for act in (own.eq, own.ne, own.le):
        with pytest.raises(InvalidValue, match="truth values"):
            act(1)
    for act in (operator.lt, operator.gt):
        with pytest.raises(ExpressionError, match="strict"):
            act(own, 1)


def test_columns_of_functions(x):
    """The same of abs(x) and the like; a masked array has no numbers for them, either."""
    own = pandas.Series([abs(one) for one in x])
    assert each(own + 1)[0] == "abs(x[0]) + 1"
    for act in (operator.le, operator.ge, operator.eq, operator.ne):
        with pytest.raises(InvalidValue, match="truth values"):
            act(own, 1)
    masked = np.ma.array(NUMBERS, mask=[False, True, False])
    for deed in (
        lambda: abs(x) <= masked,
        lambda: abs(x) * masked,
        lambda: maximum(x, masked),
        lambda: abs(x[0]) + masked,
    ):
        with pytest.raises(InvalidValue, match="mask"):
            deed()
    series = pandas.Series(NUMBERS)
    for other in (abs(x), abs(x[0])):
        with pytest.raises(ExpressionError, match="total = series"):
            series += other


def test_columns_that_are_the_same(frame):
    """Two columns are compared as variables are: the same ones are equal."""
    assert (frame.x == frame.x).all() and not (frame.x != frame.x).any()
    assert frame.x.drop_duplicates().tolist() == frame.x.tolist()
    assert len(pandas.concat([frame.x, frame.x]).unique()) == 3


# ---- what is not numbers
NO_NUMBERS = {
    "NA": pandas.Series([1, None, 3], dtype="Int64"),
    "NaN": pandas.Series([1, np.nan, 3]),
    "None": pandas.Series([1, None, 3], dtype=object),
    "null": polars.Series([1, None, 3]),
    "null among truth values": polars.Series([True, None, False]),
    "NaN of polars": polars.Series([1.0, np.nan, 3.0]),
    "times": pandas.Series(pandas.date_range("2024", periods=3)),
    "instants": pandas.Series(pandas.date_range("2024", periods=3, tz="UTC")),
    "durations": pandas.Series(pandas.to_timedelta([1, 2, 3])),
    "periods": pandas.Series(pandas.period_range("2024", periods=3)),
    "intervals": pandas.Series(pandas.interval_range(0, 3)),
    "texts": pandas.Series(["1", "2", "3"]),
    "categories": pandas.Series(["1", "2", "3"], dtype="category"),
    "days of polars": polars.Series([dt.date(2024, 1, k) for k in (1, 2, 3)]),
    "times of polars": polars.Series([dt.datetime(2024, 1, k) for k in (1, 2, 3)]),
    "durations of polars": polars.Series([dt.timedelta(k) for k in (1, 2, 3)]),
    "categories of polars": polars.Series(["1", "2", "3"], dtype=polars.Categorical),
    "texts of polars": polars.Series(["1", "2", "3"]),
    "lists": polars.Series([[1], [2], [3]]),
    "masked": np.ma.array(NUMBERS, mask=[False, True, False]),
}


@pytest.mark.parametrize("kind", list(NO_NUMBERS))
def test_what_is_not_numbers(lp, x, kind):
    """Refused by our own error beside arrays, with labels and without, beside one expression, and as bounds."""
    values = NO_NUMBERS[kind]
    y = lp.Vars(pandas.RangeIndex(3), "y")
    z = lp.Vars(polars.DataFrame({"k": [0, 1, 2]}), "z")
    beside = values
    if isinstance(values, polars.Series):
        beside = polars.DataFrame({"k": [0, 1, 2], "v": values})
    for act in OPERATORS.values():
        for left, right in (
            (x, values),
            (2 * x + 1, values),
            (y, beside),
            (z, beside),
            (x[0], values),
            (z + 1, beside),
        ):
            with pytest.raises(PplpError):
                act(left, right)
            if not isinstance(right, (polars.Series, polars.DataFrame)):
                with pytest.raises(PplpError):
                    act(right, left)
    for deed in (
        lambda: setattr(x, "ub", values),
        lambda: setattr(y, "lb", beside),
        lambda: lp.Vars(3, ub=values),
        lambda: lp.Vars(["a", "b", "c"], lb=values),
        lambda: lp.Vars(pandas.RangeIndex(3), ub=beside),
    ):
        with pytest.raises(PplpError):
            deed()
    assert len(lp.variables) == 9 and x.ub.tolist() == [9, 9, 9] and y.lb.tolist() == [-np.inf] * 3


def test_scalars_of_pandas(x, lp):
    """A number that is missing, and a time, beside anything."""
    y = lp.Vars(pandas.RangeIndex(3), "y")
    for other in (pandas.NA, pandas.NaT, pandas.Timestamp("2024"), pandas.Timedelta(1), pandas.Interval(0, 1)):
        for act in OPERATORS.values():
            for one in (x, x + 1, x[0], 2 * x[0] + 1, y):
                with pytest.raises(ExpressionError, match="is not a number"):
                    act(one, other)
    frame = pandas.DataFrame({"g": ["a"], "c": [1]})
    for other in (frame.groupby("g"), frame.c.rolling(1), frame.c.groupby(frame.g)):
        for one in (x, x[0], y):
            with pytest.raises(ExpressionError, match="aggregate groups"):
                one * other


def test_numbers_in_other_forms(lp, x):
    """What are numbers, however they are kept."""
    y = lp.Vars(pandas.RangeIndex(3), "y")
    forms = [
        pandas.Series([1, 2, 3], dtype="Int64"),
        pandas.Series([1, 2, 3], dtype="category"),
        pandas.Series([1, 2, 3], dtype=pandas.SparseDtype(int)),
        pandas.Series([Decimal(1), Decimal(2), Decimal(3)]),
        polars.Series([1, 2, 3], dtype=getattr(polars, "Int128", polars.Int64)),
        polars.Series(["1", "2", "3"]).cast(polars.Decimal(10, 2)),
        np.ma.array(NUMBERS),
    ]
    for form in forms:
        assert each(x * form) == ["x[0]", "2 x[1]", "3 x[2]"]
        x.ub = form
        assert x.ub.tolist() == lp.Vars(3, ub=form).ub.tolist() == NUMBERS
        if isinstance(form, pandas.Series):
            assert each(y * form) == ["y[0]", "2 y[1]", "3 y[2]"]


def test_pyarrow(lp, x):
    pytest.importorskip("pyarrow", exc_type=ImportError)
    for kind in ("int64[pyarrow]", "double[pyarrow]"):
        series = pandas.Series([1, 2, 3], dtype=kind)
        assert each(x * series) == each(series * x) == ["x[0]", "2 x[1]", "3 x[2]"]
        with pytest.raises(InvalidValue, match="no number"):
            x * series.where(series > 1)
    y = lp.Vars(pandas.Index(["a", "b"], dtype="string[pyarrow]"), "y")
    assert each(y * pandas.Series({"b": 2, "a": 1})) == ["y[a]", "2 y[b]"]


def test_masked_arrays_leave_nothing_out(x):
    """An entry that is masked has no number, and an element is not left out for it."""
    masked = np.ma.array(NUMBERS, mask=[False, True, False])
    for deed in (lambda: x * masked, lambda: masked * x, lambda: masked <= x, lambda: x @ masked, lambda: masked @ x,
                 lambda: np.ma.multiply(masked, x), lambda: np.ma.multiply(masked, x[0])):  # fmt: skip
        with pytest.raises(PplpError, match="mask"):
            deed()


def test_xarray(lp, x):
    """Beside arrays, expressions and as labels: the remedy is to say which numbers are meant."""
    xarray = pytest.importorskip("xarray")
    y = lp.Vars(pandas.Index(["a", "b", "c"], name="t"), "y")
    array = xarray.DataArray(NUMBERS, coords={"t": list("abc")}, name="cost")
    for act in OPERATORS.values():
        for one in (x, x + 1, x[0], y, 2 * y + 1):
            with pytest.raises(ExpressionError, match=r"\.values .*\.to_series\(\)"):
                act(one, array)
    for deed in (lambda: lp.Vars(array), lambda: lp.Vars(xarray.Dataset({"a": array}))):
        with pytest.raises(InvalidValue, match=r"\.to_series\(\)"):
            deed()
    assert each(x * array.values) == ["x[0]", "2 x[1]", "3 x[2]"] and each(y * array.to_series()) == [
        "y[a]",
        "2 y[b]",
        "3 y[c]",
    ]
    with pytest.raises(ExpressionError, match="labels"):
        array * y
    # xarray does not ask the right operand: it holds what the numbers make of it, by position.
    assert each((array * x).values) == each((x[::-1] * array.values[::-1])[::-1]) == ["x[0]", "2 x[1]", "3 x[2]"]


def test_a_dataset_of_xarray(lp, x):
    """Beside a single expression, an array and labels, and as bounds: it is a mapping, and never one of numbers."""
    xarray = pytest.importorskip("xarray")
    y = lp.Vars(pandas.Index(["a", "b", "c"], name="t"), "y")
    dataset = xarray.Dataset({name: number for number, name in enumerate("abc")})
    for act in OPERATORS.values():
        for one in (x, x[0], x[0] + x[1], y, 2 * y + 1):
            with pytest.raises(ExpressionError, match=r"A Dataset of xarray has several arrays. Take one of them"):
                act(one, dataset)
    with pytest.raises(ExpressionError, match="several arrays"):
        y.ub = dataset
    assert y.ub.tolist() == [float("inf")] * 3


# ---- polars does not ask the right operand
@pytest.mark.parametrize("sign", [*OPERATORS, "@"])
def test_polars_on_the_left_is_an_error(lp, x, sign):
    """Always an error, by its own words or by ours; never a column of something else."""
    refusals = (TypeError, polars.exceptions.PolarsError, PplpError)
    act = OPERATORS.get(sign, operator.matmul)
    z = lp.Vars(polars.DataFrame({"k": [0, 1, 2]}), "z")
    series, frame = polars.Series("v", NUMBERS), polars.DataFrame({"k": [0, 1, 2], "v": NUMBERS})
    for one in (x, x + 1, x[0], 2 * x[0] + 1, z, z + 1):
        for left in (series, frame):
            if sign == "@" and left is frame:
                continue  # polars has no @ of frames: it is ours
            with pytest.raises(refusals):
                act(left, one)
        with pytest.raises(refusals):
            frame.select(act(polars.col("v"), one))
    for one in (x, z, x[0]):
        with pytest.raises(refusals):
            frame.with_columns(x=one)
    assert str(frame @ z) == "z[0] + 2 z[1] + 3 z[2]"


def test_functions_of_pandas_hold_single_expressions(lp):
    """What pandas makes by numpy's functions of numbers and expressions is a column as any other, or refused."""
    u, v = lp.Var("u"), lp.Vars(3, "v")
    series, frame = pandas.Series([1.0, 2, 3]), pandas.DataFrame({"a": [1.0, 2], "b": [3.0, 4]})
    mixed = series.where(series > 1, u)
    assert [str(one) for one in mixed] == ["u", "2", "3"] and "u" in repr(mixed)
    assert str(mixed.sum()) == "u + 5" and str((mixed * 2)[0]) == "2 u"
    assert [str(one) for one in series.mask(series > 2, v)] == ["1.0", "2.0", "v[2]"]
    assert str(frame.add(u)) == str(pandas.DataFrame({"a": [u + 1, u + 2], "b": [u + 3, u + 4]}))
    assert str(frame.where(frame > 1, u).sum().sum()) == "u + 9"
    for deed in (lambda: frame.clip(upper=u), lambda: frame.le(u), lambda: series.clip(upper=u), lambda: mixed <= 3):
        with pytest.raises(PplpError):
            deed()


def test_dimensions_of_xarray(lp):
    """Those that say nothing of the expressions beside them are refused."""
    xarray = pytest.importorskip("xarray")
    u, x = lp.Var("u"), lp.Vars((2, 3), "x")
    table = xarray.DataArray(np.arange(6.0).reshape(2, 3), dims=("i", "j"))
    assert str((table * x).values[1, 2]) == "5 x[1,2]" and str((table * u).values[1, 2]) == "5 u"
    assert str((table[:1] * xarray.DataArray(x, dims=("k", "j"))).shape) == "(1, 3, 2)"
    for deed in (
        lambda: table.sum() * u,
        lambda: table.sum() - x,
        lambda: table[0] * x,
        lambda: table.sum() <= u,
    ):
        with pytest.raises(ExpressionError, match=r"\.item\(\)|hold"):
            deed()


def test_a_mask_of_labels_is_given_to_loc(lp):
    """x[...] takes one label; the error for an array says what takes many."""
    x = lp.Vars(pandas.Index(["a", "b", "c"]), "x")
    for mask in (x.index != "a", np.array([True, False, True]), ["a", "b"]):
        with pytest.raises(KeyError, match=r"\.loc\[\.\.\.\]"):
            x[mask]
        assert mask not in x
    assert str(x.loc[x.index != "a"].sum()) == "x[b] + x[c]"


def test_what_computes_does_not_take_the_values_of_the_last_solution(lp, x):
    """It would give a number where an expression is meant; what converts gives the values."""
    lp.minimize()
    column = pandas.Series(x)
    frame = pandas.DataFrame({"group": [0, 0, 1], "x": x})
    for deed in (
        lambda: column.mean(),
        lambda: column.std(),
        lambda: column.rolling(2).sum(),
        lambda: column.expanding().sum(),
        lambda: frame.groupby("group").x.std(),
        lambda: statistics.fmean(x),
        lambda: math.fsum(x),
    ):
        with pytest.raises(ModelError, match=r"\.value"):
            deed()
    with pytest.raises(ModelError):  # pandas puts words of its own in front
        frame.groupby("group").x.mean()
    assert str(column.sum()) == "x[0] + x[1] + x[2]"
    assert column.astype(float).tolist() == pandas.Series(x, dtype=float).tolist() == [0, 0, 0]
    assert math.fsum([float(one) for one in x]) == math.fsum(one.value for one in x) == 0
    assert np.array(list(x), float).tolist() == [0, 0, 0]

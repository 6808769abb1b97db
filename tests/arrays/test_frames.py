"""Labelled variables, expressions and constraints: whatever the order of the labels, each number meets its own."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from fractions import Fraction

import pytest

import pplp
from pplp import ExpressionError, ForeignObject, InvalidValue, LinearProgram, OptionError, StaleSolution, dot

np = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas", reason="pandas is not installed: there are no wheels of it for PyPy")
polars = pytest.importorskip("polars", reason="polars is not installed: there are no wheels of it for PyPy")
hypothesis = pytest.importorskip("hypothesis")
given, settings, st = hypothesis.given, hypothesis.settings, hypothesis.strategies

ROUTES = [("s", "n"), ("s", "c"), ("s", "t"), ("d", "n"), ("d", "c"), ("d", "t")]
MILES = dict(zip(ROUTES, [2.5, 1.7, 1.8, 2.5, 1.8, 1.4]))
SUPPLY = {"s": 350, "d": 600}
DEMAND = {"n": 325, "c": 300, "t": 275}


def series(numbers, *names, name=None):
    """A pandas series of a dictionary."""
    found = pandas.Series(numbers, name=name)
    return found.rename_axis(list(names) if len(names) > 1 else names[0])


def keyed(numbers, *names, name="number"):
    """A polars frame of a dictionary: key columns, and one of the numbers."""
    keys = [key if isinstance(key, tuple) else (key,) for key in numbers]
    columns = {level: [key[k] for key in keys] for k, level in enumerate(names)}
    return polars.DataFrame({**columns, name: list(numbers.values())})


MAKERS = {"pandas": series, "polars": keyed}


def plain(result):
    """A series or frame of results as a dictionary."""
    if isinstance(result, pandas.Series):
        return result.to_dict()
    *keys, numbers = result.get_columns()
    labels = keys[0].to_list() if len(keys) == 1 else list(zip(*keys))
    return dict(zip(labels, numbers.to_list()))


def text(array):
    """Label -> expression as text."""
    return {label: str(one) for label, one in array.items()}


def backwards(numbers):
    return dict(reversed(numbers.items()))


@pytest.fixture(params=["pandas", "polars"])
def make(request):
    """What makes data of a dictionary, in each of the two packages."""
    return MAKERS[request.param]


def vars_by(lp, make, keys, *names, **options):
    """Variables called flow, with these labels."""
    data = make(dict.fromkeys(keys, 0), *names)
    if make is keyed:
        return lp.Vars(data, "flow", keys=names, **options)
    return lp.Vars(data, "flow", **options)


@pytest.fixture
def flow(lp, make):
    return vars_by(lp, make, ROUTES, "plant", "market", lb=0)


# ---- a whole program
def test_transport(lp, make, flow):
    """Supply, demand and freight in any order; the optimum is known, results have the labels of their things."""
    out = lp.add_constraint(flow.groupby("plant").sum() <= make(backwards(SUPPLY), "plant"), "out")
    served = lp.add_constraint(flow.groupby("market").sum() >= make(backwards(DEMAND), "market"), "served")
    lp.objective = 90 * (flow * make(backwards(MILES), "plant", "market")).sum()
    assert lp.minimize() == pytest.approx(153675)
    assert plain(served.dual) == pytest.approx({"n": 225, "c": 153, "t": 126})
    shipped = plain(flow.value)
    assert list(shipped) == ROUTES
    assert sum(MILES[route] * 90 * shipped[route] for route in ROUTES) == pytest.approx(153675)
    assert plain(out.slack) == pytest.approx(
        {plant: SUPPLY[plant] - sum(shipped[route] for route in ROUTES if route[0] == plant) for plant in SUPPLY}
    )
    assert plain(flow.reduced_cost)["s", "t"] == pytest.approx(36)  # 90 * (1.8 - 1.4)
    assert out["s"].name == "out[s]" and served["c"].rhs == 300 and flow["d", "t"].name == "flow[d,t]"


def test_results_have_the_same_index(lp):
    """The very index of pandas comes back, with its names; the series is named by what it is."""
    index = pandas.MultiIndex.from_tuples(ROUTES, names=["plant", "market"])
    flow = lp.Vars(index, lb=0, ub=2)
    lp.objective = flow.sum()
    assert lp.maximize() == 12
    assert flow.value.index is index and flow.value.name == "value"
    assert flow.index is index
    assert (2 * flow + 1).value.tolist() == [5] * 6
    assert lp.solution.value(flow).equals(flow.value) and lp.value(flow).equals(flow.value)


def test_polars_results_are_frames(lp, flow, make):
    """Key columns and one of the numbers; a key column of the same name keeps its own."""
    if make is series:
        pytest.skip("of polars")
    lp.maximize()
    assert flow.value.columns == ["plant", "market", "value"]
    odd = lp.Vars(polars.DataFrame({"value": [1, 2]}), lb=3, ub=3)
    lp.maximize()
    assert odd.value.columns == ["value", "value_"] and odd.value["value_"].to_list() == [3, 3]


def test_integers_are_integers(lp, make):
    n = vars_by(lp, make, "ab", "k", lb=0, ub=2, integer=True)
    lp.objective = n.sum()
    lp.maximize()
    values = plain(n.value)
    assert values == {"a": 2, "b": 2} and all(type(value) is int for value in values.values())


# ---- alignment
def test_numbers_from_both_sides(lp):
    """pandas leaves the operators to us."""
    x = vars_by(lp, series, "ab", "k")
    two = series({"b": 3, "a": 2}, "k")
    assert text(two * x) == text(x * two) == {"a": "2 flow[a]", "b": "3 flow[b]"}
    assert text(two + x) == text(x + two) == {"a": "flow[a] + 2", "b": "flow[b] + 3"}
    assert text(two - x) == {"a": "-flow[a] + 2", "b": "-flow[b] + 3"}
    assert text(x - two) == {"a": "flow[a] - 2", "b": "flow[b] - 3"}
    assert text(x / two) == {"a": "0.5 flow[a]", "b": f"{1 / 3!r} flow[b]"}
    for relation in (two <= x, x >= two):
        assert str(relation) == "{'a': flow[a] >= 2, 'b': flow[b] >= 3}"
    assert str(two == x) == "{'a': flow[a] == 2, 'b': flow[b] == 3}"
    assert str(two >= x) == "{'a': flow[a] <= 2, 'b': flow[b] <= 3}"
    assert str(x @ two) == str(dot(two, x)) == str(dot({"b": 3, "a": 2}, x)) == "2 flow[a] + 3 flow[b]"


def test_two_arrays(lp, make):
    """Each label meets its own, of variables and of expressions."""
    x = vars_by(lp, make, "abc", "k")
    y = lp.Vars(make(dict.fromkeys("cab", 0), "k").head(3) if make is series else keyed(dict.fromkeys("cab", 0), "k"),
                "y", **({} if make is series else {"keys": "k"}))  # fmt: skip
    assert text(x - 2 * y) == {k: f"flow[{k}] - 2 y[{k}]" for k in "abc"}
    assert text(y + x) == {k: f"y[{k}] + flow[{k}]" for k in "cab"}
    assert str((x <= y).__class__.__name__) == "LabelledRelations"
    rows = lp.add_constraint(x <= y, "row")
    assert str(rows["c"]) == "row[c]: flow[c] - y[c] <= 0"
    assert text(sum([x, x])) == {k: f"2 flow[{k}]" for k in "abc"}


def test_levels_in_another_order(lp, make, flow):
    """Levels are matched by name."""
    turned = {(market, plant): miles for (plant, market), miles in MILES.items()}
    product = flow * make(backwards(turned), "market", "plant")
    assert text(product) == {route: f"{MILES[route]} flow[{','.join(route)}]" for route in ROUTES}


def test_expressions_by_key(lp):
    """Variables and expressions in a dictionary or in a series of pandas have labels, too."""
    x, y = vars_by(lp, series, "ab", "k"), lp.Vars(["b", "a"], "y")
    assert text(x + y) == {"a": "flow[a] + y[a]", "b": "flow[b] + y[b]"}
    assert text(pandas.Series({"b": 2 * y["b"], "a": 3}) - x) == {"a": "-flow[a] + 3", "b": "-flow[b] + 2 y[b]"}
    assert str(x <= {"a": y["a"], "b": 4}) == "{'a': flow[a] - y[a] <= 0, 'b': flow[b] <= 4}"


def test_polars_on_the_left_never_passes(lp):
    """It does not leave its operators to us, and raises: nothing is taken by position."""
    x, frame = vars_by(lp, keyed, "ab", "k"), keyed({"a": 1, "b": 2}, "k")
    for act in ("__mul__", "__add__", "__sub__", "__le__", "__ge__", "__eq__", "__truediv__"):
        for left in (frame, frame["number"]):
            with pytest.raises((TypeError, polars.exceptions.PolarsError)):
                if getattr(left, act)(x) is NotImplemented:
                    raise TypeError


def test_levels_without_names_are_matched_by_position(lp, flow):
    assert text(flow * pandas.Series(backwards(MILES)))["d", "t"] == "1.4 flow[d,t]"
    assert text(flow * backwards(MILES))["d", "t"] == "1.4 flow[d,t]"


def test_fewer_levels_serve_all(lp, make, flow):
    """A number for each plant stands beside all its routes, on either side; and so does an expression."""
    out = make(backwards(SUPPLY), "plant")
    assert text(flow - out) == {route: f"flow[{','.join(route)}] - {SUPPLY[route[0]]}" for route in ROUTES}
    opened = lp.Vars(out, "open", ub=1, **({"keys": "plant"} if make is keyed else {}))
    capacity = opened * out
    for relation in (flow <= capacity, capacity >= flow):
        assert len(relation) == 6
    rows = lp.add_constraint(flow <= capacity, "limit")
    assert str(rows["d", "c"]) == "limit[d,c]: flow[d,c] - 600 open[d] <= 0"
    assert text(opened + flow)["s", "n"] == "open[s] + flow[s,n]"


def test_packages_may_be_mixed(lp):
    """Data of one package beside variables of the other; the results are as the variables."""
    x, y = vars_by(lp, series, ROUTES, "plant", "market"), lp.Vars(keyed(MILES, "plant", "market"), "y",
                                                                   keys=["plant", "market"])  # fmt: skip
    assert text(x * keyed(backwards(MILES), "plant", "market")) == text(x * series(MILES, "plant", "market"))
    assert text(y * series(backwards(MILES), "plant", "market")) == text(y * keyed(MILES, "plant", "market"))
    assert text(x + y)["d", "t"] == "flow[d,t] + y[d,t]"


def test_times_and_other_labels(lp):
    """Dates, numbers, categories, truth values are labels, too."""
    days = pandas.date_range("2024-01-30", periods=3, name="day")
    x = lp.Vars(days, "x")
    assert text(x * pandas.Series([3, 2, 1], index=days[::-1]))[days[1]] == "2 x[2024-01-31 00:00:00]"
    same = polars.DataFrame({"day": list(days.to_pydatetime()[::-1]), "number": [3, 2, 1]})
    assert text(x * same) == text(x * pandas.Series([3, 2, 1], index=days[::-1]))
    sizes = pandas.CategoricalIndex(["s", "l"], categories=["l", "m", "s"], name="size")
    z = lp.Vars(sizes, "z")
    assert text(z * series({"l": 1, "s": 5}, "size")) == {"s": "5 z[s]", "l": "z[l]"}
    kinds = polars.DataFrame({"size": polars.Series(["s", "l"], dtype=polars.Categorical), "ok": [True, False]})
    assert text(lp.Vars(kinds, "w")) == {("s", True): "w[s,True]", ("l", False): "w[l,False]"}


# ---- what does not fit
@pytest.mark.parametrize(
    "numbers, said",
    [
        ({"a": 1}, "only flow has 'b', 'c'"),
        ({"a": 1, "b": 2, "c": 3, "z": 4}, "only number has 'z'"),
        ({"a": 1, "b": 2, "z": 4}, "only flow has 'c'; only number has 'z'"),
        ({"z": 1}, "only flow has 'a', 'b', 'c'; only number has 'z'"),
    ],
)
def test_labels_on_one_side_raise(lp, make, numbers, said):
    """In every operator, and for bounds; the error names them and what to do."""
    x = vars_by(lp, make, "abc", "k")
    data = make(numbers, "k", name="number")
    for operation in (lambda: x + data, lambda: x * data, lambda: x <= data, lambda: x @ data, lambda: x == data):
        with pytest.raises(InvalidValue, match=said) as caught:
            operation()
        assert ".loc[" in str(caught.value) and ".reindex(" in str(caught.value)
    with pytest.raises(InvalidValue, match=said.replace("number", "ub")):
        x.ub = data
    with pytest.raises(InvalidValue, match=said.replace("number", "lb")):
        vars_by(lp, lambda *_: make(dict.fromkeys("abc", 0), "k"), "abc", "k", lb=data) if make is series else lp.Vars(
            make(dict.fromkeys("abc", 0), "k"), "flow", keys="k", lb=data
        )
    assert len(lp.variables) == 3


def test_many_labels_are_abbreviated(lp):
    x = lp.Vars(pandas.RangeIndex(1000, name="k"))
    with pytest.raises(InvalidValue, match="only the expression has 3, 4, 5 and 994 more"):
        x + pandas.Series(1, index=pandas.RangeIndex(3, name="k"))


def test_left_over_labels_of_fewer_levels_raise(lp, make, flow):
    with pytest.raises(InvalidValue, match="only number has 'oslo'"):
        flow * make({**SUPPLY, "oslo": 1}, "plant", name="number")
    with pytest.raises(InvalidValue, match="only flow has 'd'"):
        flow <= make({"s": 1}, "plant", name="number")


def test_other_levels_raise(lp, make, flow):
    """Equal labels under different names are not the same, until it is said."""
    plants = flow.groupby("plant").sum()
    other = lp.Vars(make(SUPPLY, "factory"), "f", **({"keys": "factory"} if make is keyed else {}))
    for operation in (lambda: plants + other, lambda: plants + flow.groupby("market").sum()):
        with pytest.raises(InvalidValue, match="rename_axis"):
            operation()
    assert set(text(plants + other.rename_axis("plant"))) == {"s", "d"}
    assert set(text(plants.rename_axis({"plant": "factory"}) + other)) == {"s", "d"}
    with pytest.raises(InvalidValue, match="no level 'nothing'"):
        plants.rename_axis({"nothing": "factory"})
    with pytest.raises(InvalidValue, match="as many names"):
        flow.rename_axis("one")


@pytest.mark.parametrize("other", [np.ones(6), [1] * 6, (1,) * 6, np.ones((6, 6))])
def test_without_labels_raises(lp, flow, other):
    """The order of numbers says nothing; .array is for those who mean it."""
    for operation in (
        lambda: flow + other,
        lambda: other + flow,
        lambda: flow * other,
        lambda: flow <= other,
        lambda: other @ flow,
        lambda: np.asarray(other) * flow,
        lambda: lp.Vars(6) + flow,
        lambda: flow - lp.Vars(6),
    ):
        with pytest.raises(ExpressionError, match="labels"):
            operation()
    with pytest.raises(ExpressionError, match="labels"):
        flow.ub = other
    assert str((np.ones(6) @ flow.array) - flow.sum()) == str(flow.sum() - flow.sum())


def test_missing_numbers_raise(lp, make, flow):
    """By their label, and not by the row that they would spoil."""
    numbers = {**MILES, ("d", "c"): math.nan}
    for operation in (lambda data: flow * data, lambda data: flow <= data):
        with pytest.raises(InvalidValue, match=r"cost has no number .* \('d', 'c'\)"):
            operation(make(numbers, "plant", "market", name="cost"))
    with pytest.raises(InvalidValue, match=r"\('d', 'c'\)"):
        flow * {**MILES, ("d", "c"): None}
    frame = pandas.DataFrame({"k": ["a", "b"], "most": [1, math.nan]})
    for table in (frame, polars.DataFrame(frame.to_dict("list"))):
        with pytest.raises(InvalidValue, match=r"ub has no number .* 'b'"):
            lp.Vars(table, keys="k", ub="most")


def test_a_label_twice_raises(lp, make):
    """In variables and in data."""
    twice = polars.DataFrame({"k": ["a", "a"], "number": [1, 2]})
    data = twice if make is keyed else pandas.DataFrame(twice.to_dict(as_series=False)).set_index("k")["number"]
    with pytest.raises(InvalidValue, match="label 'a' twice"):
        lp.Vars(data, keys="k") if make is keyed else lp.Vars(data)
    x = vars_by(lp, make, "ab", "k")
    with pytest.raises(InvalidValue, match="label 'a' twice"):
        x * data
    with pytest.raises(InvalidValue, match="label 'a' twice"):
        x.loc[["a", "a"]]


def test_data_of_more_levels_is_checked(lp):
    """It gives its labels to the result, and they are as strict as those of variables."""
    x = vars_by(lp, series, "ab", "k")
    good = pandas.MultiIndex.from_tuples([("a", 1), ("b", 1), ("a", 2)], names=["k", "t"])
    assert text(pandas.Series([1, 2, 3], index=good) * x) == {
        ("a", 1): "flow[a]", ("b", 1): "2 flow[b]", ("a", 2): "3 flow[a]",
    }  # fmt: skip
    for pairs, said in (
        ([("a", 1), ("b", 1), ("a", 1)], "twice"),
        ([("a", 1), ("b", 1), (None, 2)], "without a label"),
    ):
        with pytest.raises(InvalidValue, match=said):
            x * pandas.Series([1, 2, 3], index=pandas.MultiIndex.from_tuples(pairs, names=["k", "t"]))


def test_an_element_without_a_label_raises(lp):
    for index in (pandas.Index([1, math.nan]), pandas.MultiIndex.from_tuples([("a", 1), (None, 2)]),
                  polars.DataFrame({"k": [1, None]}), polars.DataFrame({"k": [1.0, math.nan]})):  # fmt: skip
        with pytest.raises(InvalidValue, match="without a label"):
            lp.Vars(index)
    x = lp.Vars(pandas.Index([1.0, 2.0]))
    with pytest.raises(InvalidValue, match="without a label"):
        x * pandas.Series([1, 2], index=[1, math.nan])


def test_other_mistakes(lp, flow):
    """Each with its own error."""
    frame = pandas.DataFrame({"a": [1], "b": [2]})
    cases = [
        (lambda: flow * frame, ExpressionError, "Take one column"),
        (lambda: flow * polars.DataFrame({"a": [1], "b": [2]}), ExpressionError, "key columns"),
        (lambda: flow * keyed(MILES, "plant", "market").with_columns(more=1), ExpressionError, "one column of numbers"),
        (lambda: flow * polars.Series([1.0] * 6), ExpressionError, "labels"),
        (lambda: flow * dict.fromkeys(ROUTES, "a"), ExpressionError, "not a series of numbers"),
        (lambda: flow * flow, ExpressionError, "not linear"),
        (lambda: flow < 3, ExpressionError, "not closed"),
        (lambda: bool(flow), ExpressionError, "truth"),
        (lambda: bool(flow <= 3), ExpressionError, "truth"),
        (lambda: lp.add_constraint(flow), ExpressionError, "not a constraint"),
        (lambda: lp.add_constraint(flow <= -math.inf), InvalidValue, r"of the label \('s', 'n'\) can never hold"),
        (lambda: flow.groupby("nothing"), InvalidValue, "no level 'nothing'"),
        (lambda: flow.groupby(7), ExpressionError, "name of a level"),
        (lambda: flow["s"], KeyError, "no label 's'"),
        (lambda: flow[["s"]], KeyError, "no label"),
        (lambda: flow * {("s",): 1}, InvalidValue, "one label for each of 2 levels"),
        (lambda: flow / 0, InvalidValue, "zero"),
        (lambda: flow + LinearProgram().Var(), ForeignObject, "belongs to"),
        (lambda: lp.Vars(frame, keys=["nothing"]), InvalidValue, "nothing"),
        (lambda: lp.Vars(3, keys=["a"]), InvalidValue, "keys="),
        (lambda: lp.Vars(frame, ub="nothing"), InvalidValue, "names no column"),
        (lambda: lp.Vars(polars.LazyFrame({"a": [1]})), InvalidValue, "collect"),
        (lambda: lp.Vars(polars.DataFrame({"k": [[1], [2]]})), InvalidValue, "labels are text"),
        (lambda: lp.Vars(pandas.Index([1, "1"]), "same"), InvalidValue, r"same name 'same\[1\]'"),
        (lambda: lp.Vars(pandas.Index([1]), lb=2, ub=1), InvalidValue, "above"),
        (lambda: "a" * flow, ExpressionError, "unsupported operand"),
        (lambda: flow.set_axis(pandas.Index([1])), InvalidValue, "as many labels"),
        (lambda: flow.reindex(pandas.MultiIndex.from_tuples(ROUTES[1:])), InvalidValue, "would be lost"),
    ]
    count = len(lp.variables)
    for act, kind, said in cases:
        with pytest.raises(kind, match=said):
            act()
    assert len(lp.variables) == count and not lp.constraints


# ---- sums, parts, other labels
def test_groups(lp, make, flow):
    """By level, by several, by a table of groups; in the order of appearance."""
    assert text(flow.groupby("plant").sum()) == {
        p: " + ".join(f"flow[{p},{m}]" for m in "nct") for p in "sd"
    }  # fmt: skip
    assert list(text((flow + 1).groupby(["market", "plant"]).sum())) == [(m, p) for p, m in ROUTES]
    region = {"t": "mid", "n": "east", "c": "mid"}
    sums = text((2 * flow + 1).groupby(make(region, "market", name="region")).sum())
    assert sums == {
        "east": "2 flow[s,n] + 2 flow[d,n] + 2",
        "mid": "2 flow[s,c] + 2 flow[s,t] + 2 flow[d,c] + 2 flow[d,t] + 4",
    }
    halves = {route: index % 2 for index, route in enumerate(ROUTES)}
    assert set(text(flow.groupby(halves).sum())) == {0, 1}
    with pytest.raises(InvalidValue, match="only flow has 't'"):
        flow.groupby(make({"n": 1, "c": 2}, "market"))


def test_balance_on_a_network(lp, make):
    """Arcs in, less arcs out: sums over other levels, of nodes that some arcs do not have."""
    arcs = {("a", "b"): 1, ("b", "c"): 1, ("a", "c"): 3}
    x = vars_by(lp, make, arcs, "tail", "head", lb=0, ub=4)
    nodes = make(dict.fromkeys("abc", 0), "node")
    nodes = nodes if make is series else nodes.select("node")
    into, out = (x.groupby(end).sum().rename_axis("node").reindex(nodes) for end in ("head", "tail"))
    need = lp.add_constraint(into - out == make({"c": 6, "a": -6, "b": 0}, "node"))
    lp.objective = dot(arcs, x)
    assert lp.minimize() == 4 * 2 + 2 * 3
    assert plain(x.value) == {("a", "b"): 4, ("b", "c"): 4, ("a", "c"): 2}
    prices = plain(need.dual)
    assert prices["c"] - prices["a"] == 3


def test_parts_by_label(lp):
    """Of pandas, whatever its own loc takes."""
    flow = vars_by(lp, series, ROUTES, "plant", "market")
    assert text(flow.loc["s"]) == {m: f"flow[s,{m}]" for m in "nct"}
    assert flow.loc["s", "c"].name == flow["s", "c"].name == "flow[s,c]"
    assert list(text(flow.loc[:, "c"])) == ["s", "d"]
    assert list(text((flow + 1).loc[series(MILES, "plant", "market") < 1.75])) == [("s", "c"), ("d", "t")]
    assert ("s", "c") in flow and ("s", "x") not in flow and [] not in flow
    with pytest.raises(KeyError):
        flow.loc["x"]


def test_parts_by_condition(lp):
    """Of polars: an expression of the key columns, truth values, labels."""
    flow = vars_by(lp, keyed, ROUTES, "plant", "market")
    assert list(text(flow.loc[polars.col("plant") == "s"])) == ROUTES[:3]
    assert list(text(flow.loc[polars.Series([True] + [False] * 5)])) == ROUTES[:1]
    assert list(text(flow.loc[[("d", "c"), ("s", "n")]])) == [("d", "c"), ("s", "n")]
    assert flow.loc["d", "c"].name == "flow[d,c]"
    with pytest.raises(InvalidValue, match="truth value for each"):
        flow.loc[polars.Series([True])]
    with pytest.raises(KeyError):
        flow.loc[[("x", "y")]]


def test_other_labels(lp):
    """What is left of a month becomes the stock of the next."""
    months = pandas.RangeIndex(3, name="month")
    stock = lp.Vars(months, "stock")
    before = stock.loc[:1].set_axis(months[1:]).reindex(months)
    assert text(stock - before) == {0: "stock[0]", 1: "stock[1] - stock[0]", 2: "stock[2] - stock[1]"}


def test_chains(lp, make, flow):
    """lo <= e <= hi by label, with data of fewer levels, too."""
    lo, hi = make(backwards(dict.fromkeys(ROUTES, 1)), "plant", "market"), make(backwards(SUPPLY), "plant")
    rows = lp.add_constraint(0 <= flow + 1 <= hi)
    assert str(rows["d", "n"]) == "-1 <= flow[d,n] <= 599"
    if make is series:
        rows = lp.add_constraint(lo <= 2 * flow <= hi)
        assert str(rows["s", "t"]) == "1 <= 2 flow[s,t] <= 350"
        plants = flow.groupby("plant").sum()
        with pytest.raises(ExpressionError):
            lo <= plants <= hi  # the first half has more labels than the middle


# ---- bounds and edits
def test_bounds(lp, make):
    """By label, by dictionary, by column of the frame; read and set as series."""
    table = polars.DataFrame({"k": ["a", "b"], "low": [-1, 0], "high": [4.0, math.inf]})
    table = table if make is keyed else pandas.DataFrame(table.to_dict(as_series=False))
    x = lp.Vars(table, "x", keys=["k"], lb="low", ub="high")
    assert plain(x.lb) == {"a": -1, "b": 0} and plain(x.ub) == {"a": 4, "b": math.inf}
    x.ub = make({"b": 9, "a": 7}, "k")
    x.lb = {"b": 2, "a": 1}
    assert (x["a"].lb, x["a"].ub, x["b"].lb, x["b"].ub) == (1, 7, 2, 9)
    x.ub = 8
    assert plain(x.ub) == {"a": 8, "b": 8}
    y = vars_by(
        lp, make, "ab", "k", ub=make({"b": Fraction(1, 2), "a": 1}, "k") if make is series else {"b": 0.5, "a": 1}
    )
    assert plain(y.ub) == {"a": 1, "b": 0.5}


def test_edits_are_whole(lp, make):
    """Where one of them cannot be, none is made."""
    x = vars_by(lp, make, "abc", "k", lb=0, ub=5)
    rows = lp.add_constraint(0 <= x + lp.Var("y") <= 8)
    with pytest.raises(InvalidValue, match=r"flow\[b\]"):
        x.bounds = make({"b": 6, "a": 1, "c": 1}, "k"), 5
    with pytest.raises(InvalidValue, match="can never hold"):
        rows.bounds = make({"b": 9, "a": 1, "c": 1}, "k"), 8
    with pytest.raises(InvalidValue, match=r"flow\[b\]"):
        x.lb = make({"b": float("inf"), "a": 1, "c": 1}, "k")
    assert plain(x.lb) == plain(rows.lb) == dict.fromkeys("abc", 0)


def test_edits_of_constraints(lp, make, flow):
    """Right-hand sides by label; then solved again; then taken out."""
    served = lp.add_constraint(flow.groupby("market").sum() >= make(DEMAND, "market"), "served")
    lp.objective = flow.sum()
    assert lp.minimize() == 900
    served.rhs = make({"t": 1, "n": 2, "c": 3}, "market")
    assert plain(served.lb) == plain(served.rhs) == {"n": 2, "c": 3, "t": 1}
    assert lp.minimize() == 6
    assert plain(served.value) == {"n": 2, "c": 3, "t": 1}
    served.ub = 10
    assert plain(served.ub) == dict.fromkeys("nct", 10)
    with pytest.raises(InvalidValue, match="only rhs has 'x'"):
        served.rhs = make({"t": 1, "n": 2, "c": 3, "x": 4}, "market")
    assert len(served) == 3 and [c.name for c in served] == ["served[n]", "served[c]", "served[t]"]
    assert list(dict(served.loc[["t"]].items())) == ["t"]
    lp.remove(*served)
    assert not lp.constraints


def test_empty_and_single(lp, make):
    """No labels at all, and one."""
    none = vars_by(lp, make, [], "k") if make is series else lp.Vars(polars.DataFrame({"k": []}, schema={"k": str}))
    assert len(none) == 0 and str(none.sum()) == "0"
    assert len(lp.add_constraint(none <= 1)) == 0
    assert text(none * {}) == {}
    one = vars_by(lp, make, "a", "k")
    assert text(one.groupby("k").sum()) == {"a": "flow[a]"}
    lp.objective = 0
    lp.minimize()
    assert plain(none.value) == {}


def test_pickles(lp, flow):
    """With their program."""
    twin = pickle.loads(pickle.dumps(2 * flow + 1))
    assert text(twin) == text(2 * flow + 1)
    rows = pickle.loads(pickle.dumps(lp.add_constraint(flow <= 4, "row")))
    assert rows["s", "n"].name == "row[s,n]"


def test_many_levels(lp):
    """More combinations than 64 bits have."""
    rng = np.random.default_rng(5)
    columns = [rng.permutation(5000) for _ in range(6)]  # 5000**6 > 2**64
    index = pandas.MultiIndex.from_arrays(columns, names=list("abcdef"))
    x = lp.Vars(index, lb=0)
    numbers = pandas.Series(np.arange(5000.0), index=index)
    lp.objective = x.sum()
    shuffled = numbers.iloc[rng.permutation(5000)]
    lp.add_constraint(x >= shuffled)
    assert lp.minimize() == 5000 * 4999 / 2
    assert x.value.equals(numbers.rename("value"))
    assert len(x.groupby(["f", "e", "d", "c", "b"]).sum().index) == 5000
    with pytest.raises(InvalidValue, match="only the expression has"):
        x + shuffled.iloc[1:]


# ---- against plain Python
POINTS = [(a, b) for a in "xyz" for b in range(3)]
AMOUNT = st.integers(-5, 5)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_against_dictionaries(data):
    """Chains of operators, each with labels in an order of its own, as dictionaries do them element by element."""
    make = MAKERS[data.draw(st.sampled_from(["pandas", "polars"]))]
    labels = data.draw(st.lists(st.sampled_from(POINTS), min_size=1, unique=True))

    def shuffled(keys):
        return {key: data.draw(AMOUNT) for key in data.draw(st.permutations(list(keys)))}

    lp = LinearProgram()
    known = shuffled(labels)
    keys = {} if make is series else {"keys": ["a", "b"]}
    x = lp.Vars(make(known, "a", "b", name="number"), "x", lb=known, ub=known, **keys)
    lp.minimize()
    array, expected, levels = x, dict(known), ["a", "b"]
    for _ in range(data.draw(st.integers(1, 5))):
        step = data.draw(st.sampled_from(["add", "subtract", "scale", "divide", "coarse", "self", "negate", "group"]))
        if step == "group" and len(levels) == 2:
            k = data.draw(st.sampled_from([0, 1]))
            array, levels = array.groupby(levels[k]).sum(), [levels[k]]
            sums: dict = {}
            for label, value in expected.items():
                sums[label[k]] = sums.get(label[k], 0) + value
            expected = sums
        elif step == "coarse" and len(levels) == 2:
            k = data.draw(st.sampled_from([0, 1]))
            numbers = shuffled({label[k] for label in expected})
            array = array + make(numbers, levels[k])
            expected = {label: value + numbers[label[k]] for label, value in expected.items()}
        elif step == "self" and len(levels) == 2:
            order = data.draw(st.permutations(labels))
            part = x.loc[list(order)]
            array = array + part
            expected = {label: value + known[label] for label, value in expected.items()}
        elif step == "negate":
            array, expected = -array, {label: -value for label, value in expected.items()}
        else:
            numbers = shuffled(expected)
            given_numbers = make(numbers, *levels) if data.draw(st.booleans()) else numbers
            if step == "add":
                array = array + given_numbers
                expected = {label: value + numbers[label] for label, value in expected.items()}
            elif step == "subtract":
                array = array - given_numbers
                expected = {label: value - numbers[label] for label, value in expected.items()}
            elif step == "scale":
                array = array * given_numbers
                expected = {label: value * numbers[label] for label, value in expected.items()}
            elif all(numbers.values()):
                array = array / given_numbers
                expected = {label: value / numbers[label] for label, value in expected.items()}
    assert plain(array.value) == pytest.approx(expected)
    assert array.sum().value == pytest.approx(sum(expected.values()))


# ---- tables
def test_tables_of_a_solution(lp):
    """Variables always; constraints, of every kind, as long as the program is as it was solved."""
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + 2 * y <= 8, "wood")
    lp.add_constraint(2 * x <= 10, "most")
    lp.add_constraint(True, "idle")
    lp.objective = 3 * x + 2 * y
    solution = lp.solve("maximize")
    table = solution.to_pandas()
    assert table.index.name == "name" and list(table.columns) == ["value", "reduced_cost"]
    assert table.loc["x", "value"] == 5 and table.loc["y", "value"] == 1.5
    assert table.loc["x", "reduced_cost"] == solution.reduced_cost(x) == 2
    rows = solution.to_pandas("constraints")
    assert list(rows.index) == ["wood", "most", "idle"]
    assert rows["value"].tolist() == [8, 10, 0] and rows["slack"].tolist() == [0, 0, math.inf]
    assert rows["dual"].tolist() == [1, 1, 0] and rows["ub"].tolist() == [8, 10, math.inf]
    for of in ("variables", "constraints"):
        assert solution.to_polars(of).equals(polars.DataFrame(solution.to_pandas(of).reset_index().to_dict("list")))
    x.ub = 3
    assert solution.to_pandas().equals(table)
    with pytest.raises(StaleSolution):
        solution.to_pandas("constraints")
    with pytest.raises(OptionError, match="'variables' and 'constraints'"):
        solution.to_pandas("rows")
    assert pickle.loads(pickle.dumps(solution)).to_pandas().equals(table)


def test_tables_after_removals(lp):
    """What was removed is not in them, and the others keep their numbers."""
    x = lp.Vars(4, "x", lb=0, ub=9)
    rows = [lp.add_constraint(x[i] + x[3] <= i + 2, f"r{i}") for i in range(3)]
    lp.remove(x[0], rows[1])
    lp.objective = x[1] + 2 * x[2] + x[3]
    solution = lp.solve("maximize")
    assert solution.to_pandas()["value"].to_dict() == {"x[1]": 9, "x[2]": 4, "x[3]": 0}
    table = solution.to_pandas("constraints")
    assert {name: table.loc[name, "value"] for name in table.index} == {c.name: c.value for c in (rows[0], rows[2])}


def test_tables_of_integer_programs(lp):
    """Integers as integers; reduced costs and duals are NaN."""
    n = lp.IntVar("n", lb=0, ub=7)
    lp.add_constraint(2 * n + n <= 10, "row")
    lp.objective = n
    solution = lp.solve("maximize")
    assert solution.to_polars()["value"].to_list() == [3] and solution.to_polars()["value"].dtype == polars.Int64
    assert math.isnan(solution.to_pandas().loc["n", "reduced_cost"])
    assert math.isnan(solution.to_pandas("constraints").loc["row", "dual"])


def test_tables_without_a_point(lp):
    x = lp.Var("x", lb=1)
    lp.add_constraint(x <= 0)
    with pytest.raises(pplp.Infeasible):
        lp.solve("minimize").to_pandas()


def test_sensitivity_as_a_polars_frame(lp):
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + 2 * y <= 8, "wood")
    lp.objective = 3 * x + 2 * y
    lp.maximize()
    frame = lp.sensitivity().to_polars()
    assert frame["name"].to_list() == lp.sensitivity().to_pandas().index.get_level_values("name").to_list()
    assert frame.filter(polars.col("of") == "rhs")["value"].to_list() == [8]


@pytest.mark.parametrize("package, call", [("pandas", "to_pandas"), ("polars", "to_polars")])
def test_a_missing_package_is_named(package, call):
    """With what installs it."""
    script = (
        f"import sys; sys.modules['{package}'] = None\n"
        "from pplp import ExtraMissing, LinearProgram\n"
        "lp = LinearProgram(); x = lp.Var(lb=0); lp.objective = x; s = lp.solve()\n"
        f"try: s.{call}()\nexcept ExtraMissing as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300)
    assert f'pip install "pplp[{package}]"' in done.stdout


def test_what_loc_of_key_columns_does_not_find():
    """Labels, slices and conditions that there are not raise our errors, with what .loc takes."""
    polars = pytest.importorskip("polars")
    x = LinearProgram().Vars(polars.DataFrame({"plant": ["a", "b"]}), "x")
    for key in ("c", ["a", "c"], slice("a", "b")):
        with pytest.raises(KeyError, match=r"no label .* a list of them, or a condition"):
            x.loc[key]
    for condition in (polars.col("market") == "a", polars.col("plant")):
        with pytest.raises(InvalidValue, match="condition on the key columns plant"):
            x.loc[condition]


def test_frames_that_are_not_there_yet():
    """A LazyFrame has neither labels nor numbers."""
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"plant": ["a", "b"], "cost": [1, 2]})
    lp = LinearProgram()
    for keys in (None, ["plant"]):
        with pytest.raises(InvalidValue, match="collect"):
            lp.Vars(frame.lazy(), keys=keys)
    x = lp.Vars(frame, "x", keys=["plant"])
    with pytest.raises(ExpressionError, match="collect"):
        x * frame.lazy()


# ---- what is asked in the words of other packages
@pytest.mark.parametrize(
    "keys, said",
    [(3, "not 3"), (True, "not True"), (["k", "k"], "'k' twice"), ([], "names columns"), ([3], r"\[3\] are none")],
)
def test_keys_that_are_none(lp, keys, said):
    """Of either package; nothing is made."""
    data = {"k": ["a", "b"], "c": [1, 2]}
    for frame in (pandas.DataFrame(data), polars.DataFrame(data)):
        with pytest.raises(InvalidValue, match=f"keys=.*{said}"):
            lp.Vars(frame, "x", keys=keys)
    assert not lp.variables


def test_keys_are_names_in_any_sequence(lp):
    data = {"k": ["a", "b"], "c": [1, 2]}
    for keys in ("k", ("k",), polars.Series(["k"]), pandas.Index(["k"])):
        for frame in (pandas.DataFrame(data), polars.DataFrame(data)):
            assert list(dict(lp.Vars(frame, keys=keys).items())) == ["a", "b"]
    with pytest.raises(InvalidValue, match="keys="):
        lp.Vars(polars.DataFrame(data), keys=polars.col("k"))


def test_columns_of_one_name(lp):
    """pandas has them; which one is meant, nobody knows."""
    frame = pandas.DataFrame([["p", 1, 2, 3], ["q", 3, 4, 5]], columns=["k", "a", "a", "b"])
    with pytest.raises(InvalidValue, match=r"'a', and the frame has 2 of that name\. Rename"):
        lp.Vars(frame, keys=["a"])
    with pytest.raises(InvalidValue, match="ub= names the column 'a', and the frame has 2"):
        lp.Vars(frame, keys=["k"], ub="a")
    assert plain(lp.Vars(frame, keys=["k"], ub="b").ub) == {"p": 3, "q": 5}


@pytest.mark.skipif(not hasattr(polars, "Int128"), reason="this polars has no integers of 128 bits")
def test_integers_that_numpy_has_not(lp):
    """Of 128 bits: they are numbers as others are."""
    frame = polars.DataFrame({"k": ["a", "b"], "c": polars.Series([1, 2], dtype=polars.Int128)})
    x = lp.Vars(frame, "x", keys="k", ub="c")
    assert plain(x.ub) == {"a": 1, "b": 2} and text(x * frame) == {"a": "x[a]", "b": "2 x[b]"}
    x.lb = frame
    assert plain(x.lb) == {"a": 1, "b": 2}
    with pytest.raises(InvalidValue, match="null"):
        x * frame.with_columns(c=polars.Series([1, None], dtype=polars.Int128))


def test_formulas_of_polars_are_no_numbers(lp):
    """An expression of columns is nothing without its frame."""
    frame = keyed({"a": 1, "b": 2}, "k")
    x = lp.Vars(frame, "x", keys="k")
    for act in (lambda: x * polars.col("v"), lambda: x + polars.col("v"), lambda: x <= polars.col("v"),
                lambda: setattr(x, "ub", polars.col("v"))):  # fmt: skip
        with pytest.raises(ExpressionError, match=r"frame.select\('k', \.\.\.\)"):
            act()


def test_groups_in_other_words(lp, make, flow):
    """Each says what to write, with the names of the levels."""
    cases = [
        (lambda: flow.groupby(level="market"), r"no level=: write .groupby\('market'\)"),
        (lambda: flow.groupby(level=1), r"write .groupby\('market'\)"),
        (lambda: flow.groupby(level=["plant", "market"]), r"write .groupby\(\['plant', 'market'\]\)"),
        (lambda: flow.groupby("market", sort=False), r"no sort=: write .groupby\('market'\)"),
        (lambda: flow.groupby(), r"write .groupby\('plant'\)"),
        (lambda: flow.groupby(polars.col("plant")), "name of a level"),
        (lambda: flow.group_by("market"), r"write .groupby\('market'\)"),
        (lambda: flow.group_by("market", "plant"), r"write .groupby\(\['market', 'plant'\]\)"),
        (lambda: flow.group_by(polars.col("plant")), r"write .groupby\('plant'\)"),
        (lambda: flow.sum(axis=0), r"no axis 0\. .*\.groupby\('plant'\)\.sum\(\)"),
        (lambda: flow.sum(1), r"no axis 1\. "),
    ]
    for act, said in cases:
        with pytest.raises(ExpressionError, match=said):
            act()
    assert str(flow.sum(axis=None)) == str(flow.sum())


def test_levels_without_names_are_to_be_named(lp):
    x = lp.Vars(pandas.Index(["a", "b"]), "x")
    with pytest.raises(ExpressionError, match="rename_axis"):
        x.groupby(level=0)


# ---- as notebooks show them
def page_of(shown):
    """The cells of a table of HTML, row by row, as text."""
    import html
    import re

    rows = re.findall(r"<tr>(.*?)</tr>", shown, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in row] for row in cells]


def test_shown_by_label(lp, make, flow):
    """A column for each level, its name above it, and the formula."""
    assert page_of(flow._repr_html_()) == [["plant", "market", ""], *([p, m, f"flow{p},{m}"] for p, m in ROUTES)]
    sums = 2 * flow.groupby("plant").sum() + 1
    assert page_of(sums._repr_html_())[1] == ["s", "2 flows,n + 2 flows,c + 2 flows,t + 1"]
    assert page_of((sums <= 4)._repr_html_())[2] == ["d", "2 flowd,n + 2 flowd,c + 2 flowd,t ≤ 3"]
    rows = lp.add_constraint(sums <= 4, "out")
    assert page_of(rows._repr_html_())[2] == ["d", "out[d]: 2 flowd,n + 2 flowd,c + 2 flowd,t ≤ 3"]
    latex = flow._repr_latex_().splitlines()
    assert latex[:4] == [
        r"$\displaystyle\begin{array}{lll}",
        r"\mathrm{plant} & \mathrm{market} & \\",
        r"\hline",
        r"\mathrm{s} & \mathrm{n} & \mathrm{flow}_{\mathrm{s,n}} \\",
    ]
    for thing, sign in ((sums, "+ 1"), (sums <= 4, r"\le 3"), (rows, r"\le 3")):
        assert thing._repr_latex_().splitlines()[3].startswith(r"\mathrm{s} & 2\,\mathrm{flow}")
        assert sign in thing._repr_latex_()


def test_long_ones_are_abbreviated(lp, make):
    """Head, how many are left out, tail; however many there are."""
    x = vars_by(lp, make, range(1000), "k")
    page = page_of(x._repr_html_())
    assert len(page) == 22 and page[16] == ["15", "flow15"] and page[17] == ["… 980 more", ""] and page[-1][0] == "999"
    assert r"\vdots\;\text{980 more} & \\" in x._repr_latex_() and len(x._repr_latex_()) < 1500


def test_names_that_mean_something_to_a_page(lp, make):
    """Labels and the names of levels are text."""
    x = vars_by(lp, make, ["<b>", "a_$&"], "<i>")
    shown = x._repr_html_()
    assert "<b>" not in shown and "<i>" not in shown.replace("<i>x</i>", "")
    assert page_of(shown)[:2] == [["<i>", ""], ["<b>", "flow<b>"]]
    assert r"\mathrm{a\_\$\&} & " in x._repr_latex_() and "<" not in x._repr_latex_()


def test_none_are_shown(lp, make):
    none = vars_by(lp, make, [], "k") if make is series else lp.Vars(polars.DataFrame({"k": []}, schema={"k": str}))
    assert none._repr_html_() == "{}" and "no elements" in none._repr_latex_()

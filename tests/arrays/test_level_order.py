"""Shifts, differences, rolls and running sums along a level and within groups; parts by position and by level."""

from __future__ import annotations

import itertools
import random

import pytest

from pplp import ExpressionError, ForeignObject, InvalidValue, LinearProgram

np = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas", reason="pandas is not installed: there are no wheels of it for PyPy")
polars = pytest.importorskip("polars", reason="polars is not installed: there are no wheels of it for PyPy")


def labels_of(package, columns):
    """The same labels in both packages."""
    if package == "polars":
        return polars.DataFrame(columns)
    if len(columns) == 1:
        ((name, values),) = columns.items()
        return pandas.Index(values, name=name)
    return pandas.MultiIndex.from_arrays(list(columns.values()), names=list(columns))


def text(array):
    return {label: str(one) for label, one in array.items()}


@pytest.fixture(params=["pandas", "polars"])
def package(request):
    return request.param


@pytest.fixture
def stock(lp, package):
    """Two products in three months, by month."""
    columns = {"product": list("ababab"), "month": [1, 1, 2, 2, 3, 3]}
    return lp.Vars(labels_of(package, columns), "s", lb=0)


@pytest.fixture
def days(lp, package):
    return lp.Vars(labels_of(package, {"day": [1, 2, 3]}), "x")


# ---- a model
def test_an_inventory_in_one_line(lp, package, stock):
    """The optimum is worked out by hand: make early what is cheap then, and pay for keeping it."""
    make = lp.Vars(stock.index, "make", lb=0, ub=30)
    initial = pandas.Series({"a": 5, "b": 0}).rename_axis("product")
    demand = pandas.Series(
        [10, 10, 10, 10, 40, 10], index=labels_of("pandas", {"product": list("ababab"), "month": [1, 1, 2, 2, 3, 3]})
    )
    lp.add_constraint(stock == stock.groupby("product").shift(1, fill_value=initial) + make - demand, "balance")
    lp.objective = make.sum() + stock.sum() / 4
    # a: 5 of the first 10 are there; month 3 needs 40 and makes 30, so 10 are made in month 2 and kept.
    assert lp.minimize() == 5 + 20 + 30 + 30 + 10 / 4
    assert [one.value for one in make] == [5, 10, 20, 10, 30, 10]
    along = stock.shift(1, level="month", fill_value=initial)
    assert text(along) == text(stock.groupby("product").shift(1, fill_value=initial))


def test_ramps(lp, days):
    """Rows only where there is a day before."""
    rows = lp.add_constraint(days.diff() <= 10, "ramp")
    assert [str(row) for row in rows] == ["ramp[2]: x[2] - x[1] <= 10", "ramp[3]: x[3] - x[2] <= 10"]


# ---- shift
def test_shift(days):
    assert text(days.shift()) == {2: "x[1]", 3: "x[2]"}
    assert text(days.shift(-1)) == {1: "x[2]", 2: "x[3]"}
    assert text(days.shift(0)) == text(days)
    assert text(days.shift(2, fill_value=0)) == {1: "0", 2: "0", 3: "x[1]"}
    assert text(days.shift(7)) == text(days.shift(-(10**30))) == {}
    assert text((2 * days + 1).shift(1, level="day", fill_value=days.sum())) == {
        1: "x[1] + x[2] + x[3]", 2: "2 x[1] + 1", 3: "2 x[2] + 1",
    }  # fmt: skip


def test_without_a_start_nothing_is_zero(days):
    """A relation beside all labels says which has no predecessor, and what to write."""
    with pytest.raises(InvalidValue, match=r"x.shift\(1\), which has no fill_value, .* only x has 1"):
        days <= days.shift(1)
    with pytest.raises(InvalidValue, match="no fill_value"):
        days - days.shift(-1)


def test_a_start_by_label(lp, package, stock):
    """Of a level, or of all labels that lack a predecessor, and of no others."""
    of_all = pandas.Series([7, 8], index=labels_of("pandas", {"product": ["b", "a"], "month": [1, 1]}))
    shifted = stock.shift(1, level="month", fill_value=of_all)
    assert [str(one) for one in shifted][:3] == ["8", "7", "s[a,1]"]
    first = lp.Vars(labels_of(package, {"product": ["b", "a"]}), "first")
    assert [str(one) for one in stock.shift(1, level="month", fill_value=first)][:2] == ["first[a]", "first[b]"]
    cases = [
        ({("a", 1): 1}, InvalidValue, "only the start of s.shift"),
        ({("a", 1): 1, ("b", 1): 2, ("a", 2): 3}, InvalidValue, "only the dictionary has"),
        (float("nan"), InvalidValue, "finite"),
        ("5", ExpressionError, "fill_value must be"),
        ([1, 2], ExpressionError, "labels"),
        (LinearProgram().Var(), ForeignObject, "belongs to"),
        (pandas.Series([1.0, None], index=pandas.Index(["a", "b"], name="product")), InvalidValue, "no number"),
        (lp.Vars(labels_of(package, {"product": ["a", "b"], "month": [1, 1], "site": [1, 1]})), InvalidValue, "levels"),
    ]
    for fill, kind, said in cases:
        with pytest.raises(kind, match=said):
            stock.shift(1, level="month", fill_value=fill)


def test_several_levels_need_a_name(stock):
    for what in ("shift", "diff", "roll", "cumsum"):
        with pytest.raises(ExpressionError, match=rf"s has 2 levels.*\.{what}\(level='month'\).*groupby"):
            getattr(stock, what)()
        with pytest.raises(InvalidValue, match="no level 'week'"):
            getattr(stock, what)(level="week")
    for periods in (1.5, "1", None):
        with pytest.raises(ExpressionError, match="periods must be an integer"):
            stock.groupby("product").shift(periods)
    assert text(stock.groupby("product").shift(np.int64(1)))["a", 2] == "s[a,1]"


def test_labels_that_are_missing(lp, package):
    """Along a level what comes before is a label; within a group it is an element, as in pandas."""
    x = lp.Vars(labels_of(package, {"p": list("aaabb"), "t": [1, 2, 3, 1, 3]}), "x")
    assert text(x.shift(1, level="t")) == {("a", 2): "x[a,1]", ("a", 3): "x[a,2]"}
    assert text(x.groupby("p").shift(1)) == {("a", 2): "x[a,1]", ("a", 3): "x[a,2]", ("b", 3): "x[b,1]"}
    frame = pandas.Series([10, 20, 30, 40, 50], index=labels_of("pandas", {"p": list("aaabb"), "t": [1, 2, 3, 1, 3]}))
    theirs = frame.groupby("p").shift(1).dropna().to_dict()
    lp.add_constraint(x == frame)
    lp.minimize()
    assert {label: one.value for label, one in x.groupby("p").shift(1).items()} == theirs
    with pytest.raises(InvalidValue, match="some combinations"):
        x.roll(1, level="t")
    assert text(x.groupby("p").roll(1))["b", 1] == "x[b,3]"


def test_the_order_is_that_of_appearance(lp, package):
    """Of the elements within groups; along a level of texts, where all groups have the labels in one order."""
    x = lp.Vars(labels_of(package, {"p": list("abab"), "t": ["sat", "sat", "mon", "mon"]}), "x")
    assert text(x.shift(1, level="t")) == {("a", "mon"): "x[a,sat]", ("b", "mon"): "x[b,sat]"}
    y = lp.Vars(labels_of(package, {"p": list("abab"), "t": ["mon", "tue", "tue", "mon"]}), "y")
    for what in ("shift", "diff", "roll", "cumsum"):
        with pytest.raises(InvalidValue, match=rf"'t' is not certain.*contradict.*\.groupby\(...\)\.{what}\(\)"):
            getattr(y, what)(level="t")
    assert text(y.groupby("p").shift(1)) == {("a", "tue"): "y[a,mon]", ("b", "mon"): "y[b,tue]"}


def drawn_table(r):
    """Groups that lack some labels of a level, in rows that stand by group, by label or anyhow."""
    labels = r.choice(
        [
            list(range(5)),
            [0.5, 1.5, -2.0, 7.0],
            list("abcde"),
            ["mon", "tue", "wed", "thu"],
            list(pandas.date_range("2024-03-30 22:00", periods=5, freq="h", tz="Europe/Vienna")),
        ]
    )
    labels = r.choice([sorted, lambda given: sorted(given, reverse=True), list])(labels)
    rows = [(group, label) for group in "xyz" for label in labels if r.random() < r.choice([0.5, 0.9, 1])]
    if r.random() < 0.3:
        rows.sort(key=lambda row: labels.index(row[1]))
    elif r.random() < 0.3:
        r.shuffle(rows)
    return rows or [("x", labels[0])]


@pytest.mark.parametrize("seed", range(300))
def test_along_a_level_against_pandas(lp, package, seed):
    """It is what pandas makes of a full table in the order that all groups keep; refused where that is not certain."""
    r = random.Random(seed)
    rows = drawn_table(r)
    x = lp.Vars(labels_of(package, {"g": [g for g, _ in rows], "t": [t for _, t in rows]}), "x")
    own = {row: str(one) for row, one in zip(rows, x)}
    of_group = {g: [t for one, t in rows if one == g] for g in "xyz"}
    order = order_of(of_group, [t for _, t in rows])
    periods = r.choice([1, -1, 2])
    try:
        shifted = x.shift(periods, level="t", fill_value=0)
    except InvalidValue as error:
        assert "is not certain" in str(error)
        assert order is None
        return
    assert order is not None, "no order is certain"
    table = pandas.DataFrame({g: [own.get((g, t), "0") for t in order] for g in "xyz"}, index=range(len(order)))
    wanted = table.shift(periods, fill_value="0")
    for (g, t), one in zip(rows, shifted):
        assert str(one) == wanted[g][order.index(t)], (g, t, rows)
    assert [str(one) for one in x.cumsum(level="t")] == [
        " + ".join(own[g, before] for before in order[: order.index(t) + 1] if (g, before) in own) for g, t in rows
    ]


def order_of(of_group, appearing):
    """The labels in the one order that counts, worked out from its definition; None where there is none."""
    used = list(dict.fromkeys(appearing))

    def is_kept(order):
        return all([t for t in order if t in some] == some for some in of_group.values())

    candidates = [list(order) for order in itertools.permutations(used) if is_kept(order)]
    if not isinstance(used[0], str):
        for order in (sorted(used), sorted(used, reverse=True)):
            if order in candidates:
                return order
    if len(candidates) == 1:
        return candidates[0]
    return used if used in candidates and used == sorted(used) else None


# ---- the others
def test_diff_roll_cumsum(days, stock):
    assert text(days.diff(-1)) == {1: "x[1] - x[2]", 2: "x[2] - x[3]"}
    assert (
        text(days.roll())
        == {1: "x[3]", 2: "x[1]", 3: "x[2]"}
        == text(days.roll(-2))
        == text(days.roll(10**30 + 1 - 10**30))
    )
    assert text(days.cumsum()) == {1: "x[1]", 2: "x[1] + x[2]", 3: "x[1] + x[2] + x[3]"}
    assert text((days + 1).cumsum())[3] == "x[1] + x[2] + x[3] + 3"
    assert text(stock.cumsum(level="month"))["b", 3] == "s[b,1] + s[b,2] + s[b,3]"
    assert text(stock.roll(1, level="product"))["a", 2] == "s[b,2]"
    assert text(stock.groupby(["product", "month"]).cumsum()) == text(stock)


def test_mean(stock):
    assert text((2 * stock + 2).groupby("month").mean())[3] == "s[a,3] + s[b,3] + 2"


def test_groups_by_a_table(stock):
    """Shifts go within any groups."""
    groups = {label: "early" if label[1] < 3 else "late" for label, _ in stock.items()}
    shifted = stock.groupby(groups).shift(1)
    assert text(shifted) == {
        ("b", 1): "s[a,1]", ("a", 2): "s[b,1]", ("b", 2): "s[a,2]", ("b", 3): "s[a,3]",
    }  # fmt: skip


def test_of_none(lp, package):
    none = lp.Vars(labels_of(package, {"t": np.array([], np.int64)}))
    for made in (none.shift(), none.shift(1, fill_value=3), none.diff(), none.roll(), none.cumsum(), none.iloc[:]):
        assert len(made) == 0


# ---- parts
def test_by_position(lp, days, package):
    assert days.iloc[0].name == days.iloc[np.int64(-3)].name == "x[1]"
    for key, found in (
        (slice(1, None), [2, 3]), (slice(None, None, -1), [3, 2, 1]), ([2, 0], [3, 1]), ([], []), (np.array([-1]), [3]),
        ([True, False, True], [1, 3]), (np.array([False, True, False]), [2]), (polars.Series([1]), [2]),
    ):  # fmt: skip
        assert list(text(days.iloc[key])) == found
    days.iloc[1:].ub = 4
    assert [one.ub for one in days] == [float("inf"), 4, 4]
    rows = lp.add_constraint(days + lp.Var("y") <= 3, "row")
    assert rows.iloc[-1].name == "row[3]" and list(text(rows.iloc[:2])) == [1, 2]
    cases = [
        (3, IndexError, "3 elements"),
        ([0, 9], IndexError, "3 elements"),
        ([True, False], IndexError, "3 elements"),
        ("a", IndexError, "3 elements"),
        (1.0, IndexError, "3 elements"),
        ([0, 0], InvalidValue, "twice"),
        ((0, 1), ExpressionError, "position"),
        (True, ExpressionError, "position"),
        (None, ExpressionError, "position"),
        (..., ExpressionError, "position"),
        ([[0, 1]], ExpressionError, "one dimension"),
        (pandas.Series([True, False, True]), ExpressionError, r"\.loc\[series\]"),
    ]
    for key, kind, said in cases:
        with pytest.raises(kind, match=said):
            days.iloc[key]


def test_cross_sections(lp, stock):
    assert text(stock.xs("a")) == text(stock.xs("a", level="product")) == {m: f"s[a,{m}]" for m in (1, 2, 3)}
    assert text(stock.xs(2, level="month")) == {"a": "s[a,2]", "b": "s[b,2]"}
    assert stock.xs(("a", 2)).name == stock.xs((2, "a"), level=["month", "product"]).name == "s[a,2]"
    assert stock.xs(np.int64(2), level="month").index.__len__() == 2
    rows = lp.add_constraint(stock + lp.Var("y") <= 3, "row")
    assert text(rows.xs("b"))[3] == "row[b,3]: s[b,3] + y <= 3"
    for act, kind, said in (
        (lambda: stock.xs("z"), KeyError, "no label 'z' on the level product"),
        (lambda: stock.xs(("b", 9)), KeyError, "no label"),
        (lambda: stock.xs([]), KeyError, "no label"),
        (lambda: stock.xs(True, level="month"), KeyError, "no label"),
        (lambda: stock.xs(1, level="week"), InvalidValue, "no level 'week'"),
        (lambda: stock.xs(("a", 1, 2)), InvalidValue, "2"),
        (lambda: stock.xs("a", level=["product", "month"]), InvalidValue, "as many labels"),
    ):
        with pytest.raises(kind, match=said):
            act()


def test_unstacked(lp, stock, days):
    by_month = stock.unstack()
    assert list(by_month) == [1, 2, 3] and text(by_month[2]) == {"a": "s[a,2]", "b": "s[b,2]"}
    assert text(stock.unstack("product")["b"] - stock.unstack("product")["a"])[3] == "s[b,3] - s[a,3]"
    with pytest.raises(ExpressionError, match="two levels"):
        days.unstack()
    with pytest.raises(InvalidValue, match="no level"):
        stock.unstack("week")


def test_what_comes_of_it_has_no_bounds(days):
    """A shifted array is expressions: its labels are not those of its variables."""
    with pytest.raises(AttributeError):
        days.shift().ub = 3
    assert type(days.iloc[:2]).__name__ == type(days).__name__ == "LabelledVariables"

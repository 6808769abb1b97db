"""Labels that are easily taken for one another: hours that come twice, nanoseconds, truth values, zones and units."""

from __future__ import annotations

import datetime as dt
import pickle
from decimal import Decimal

import pytest

from pplp import InvalidValue, LinearProgram
from pplp.arrays.identity import identity

np = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas", reason="pandas is not installed: there are no wheels of it for PyPy")
polars = pytest.importorskip("polars", reason="polars is not installed: there are no wheels of it for PyPy")

UTC = polars.Series("t", [dt.datetime(2024, 10, 27, h) for h in range(4)]).dt.replace_time_zone("UTC")
BERLIN = UTC.dt.convert_time_zone("Europe/Berlin")  # 02:00, 02:00 again, 03:00, 04:00
TICKS = polars.Series("t", [10**9 + k for k in range(3)]).cast(polars.Datetime("ns"))


def fixed(keys, numbers, lp=None):
    """Variables with these keys, each fixed to its number, and solved."""
    lp = lp or LinearProgram()
    x = lp.Vars(keys.to_frame() if hasattr(keys, "to_frame") and hasattr(keys, "dtype") else keys)
    x.ub = x.index.with_columns(v=polars.Series(numbers, dtype=polars.Float64))
    x.lb = x.ub
    lp.minimize()
    return x


def values(array):
    return array.value["value"].to_list()


@pytest.mark.parametrize("order", [[3, 2, 1, 0], [1, 0, 2, 3], [1, 3, 0, 2]])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "America/New_York"])
def test_the_hour_that_comes_twice(order, zone):
    """Instants are told apart, whatever the zone that shows them."""
    x = fixed(BERLIN, [1, 2, 3, 4])
    hours = UTC.dt.convert_time_zone(zone)
    price = polars.DataFrame({"t": hours[order], "w": [10.0**k for k in order]})
    assert values(x * price) == [1, 20, 300, 4000]
    series = pandas.Series(
        [10.0**k for k in order], index=pandas.DatetimeIndex(UTC.to_numpy()[order], tz="UTC", name="t")
    )
    assert values(x * series.tz_convert(zone)) == [1, 20, 300, 4000]


def test_labels_of_that_hour_as_python_has_them():
    """`fold` says which of the two is meant; a dictionary keeps both."""
    lp = LinearProgram()
    x = lp.Vars(BERLIN.to_frame(), "x")
    assert [x[t].name for t in BERLIN.to_list()] == [one.name for one in x]
    assert len(dict(x.items())) == len({one.name for one in x}) == 4
    assert x.name == "x" and [one.name for one in x][:2] == [
        "x[2024-10-27 02:00:00+02:00]",
        "x[2024-10-27 02:00:00+01:00]",
    ]
    again = dict(zip(dict(x.items()), [1, 2, 3, 4]))
    x.ub = again
    assert x.ub["ub"].to_list() == [1, 2, 3, 4]
    assert repr(x).count("x[") == 4
    assert x.loc[BERLIN.to_list()[1]].name == "x[2024-10-27 02:00:00+01:00]"
    assert [one.name[-7:] for one in x.loc[BERLIN[[1, 0]]]] == ["+01:00]", "+02:00]"]
    # A dictionary of Python's own datetimes has lost one of the two already.
    with pytest.raises(InvalidValue, match="only x has"):
        x * dict.fromkeys(BERLIN.to_list(), 1)


def test_nanoseconds():
    """Keys below the microsecond are told apart, and what Python cannot name is refused."""
    x = fixed(TICKS, [1, 2, 3])
    for order in ([2, 1, 0], [1, 2, 0]):
        price = polars.DataFrame({"t": TICKS[order], "w": [10.0**k for k in order]})
        assert values(x * price) == [1, 20, 300]
    assert len(x.groupby("t").sum()) == 3
    (one,) = x.loc[polars.col("t").to_physical() == 10**9 + 1]
    assert one.name == x.iloc[1].name == x.flat[1].name
    for act in (
        lambda: x[TICKS[1]],
        lambda: TICKS[1] in x,
        lambda: x.loc[TICKS[1]],
        lambda: x.loc[[TICKS[1]]],
        lambda: dict(x.items()),
        lambda: x.xs(TICKS[1]),
    ):
        with pytest.raises(InvalidValue, match=r"'t' have nanoseconds.*\.loc\[pl\.col\('t'\)\.to_phys"):
            act()
    assert "1970-01-01 00:00:01.000000002" in repr(x)
    named = LinearProgram().Vars(TICKS.to_frame(), "x")
    assert len({one.name for one in named}) == 3
    assert [one.name for one in x.loc[TICKS[[2, 0]]]] == [x.flat[2].name, x.flat[0].name]
    with pytest.raises(InvalidValue, match="only the expression has"):
        x * dict.fromkeys([*TICKS.to_list()], 1)


def test_units_are_one_and_zones_are_not_none():
    """Microseconds and nanoseconds are the same time; a local time is not an instant."""
    moments = polars.Series("t", [dt.datetime(2024, 1, 1, h) for h in range(2)])
    x = fixed(moments, [1, 2])
    for unit in ("ms", "us", "ns"):
        assert values(x * polars.DataFrame({"t": moments.dt.cast_time_unit(unit)[[1, 0]], "w": [20, 10]})) == [10, 40]
        stamps = pandas.DatetimeIndex(moments.to_list(), name="t").as_unit(unit)
        assert values(x * pandas.Series([10, 20], index=stamps)) == [10, 40]
    for other in (moments.dt.replace_time_zone("UTC"), moments.dt.date(), moments.to_physical(), moments.cast(str)):
        with pytest.raises(InvalidValue, match="only the expression has"):
            x * polars.DataFrame({"t": other, "w": [1, 2]}).unique("t")


@pytest.mark.parametrize("others", [[1, 0], [1.0, 0.0], ["True", "False"]])
def test_truth_values_are_no_numbers(others):
    """`True == 1` in Python, and the label True is not the label 1."""
    for one, other in (([True, False], others), (others, [True, False])):
        for package in (pandas.Index(one, name="k"), polars.DataFrame({"k": one})):
            x = LinearProgram().Vars(package)
            for data in (
                pandas.Series([1, 2], index=pandas.Index(other, name="k")),
                pandas.Series([1, 2], index=pandas.Index(other, name="k", dtype=object)),
                polars.DataFrame({"k": other, "w": [1, 2]}),
                dict(zip(other, [1, 2])),
            ):
                with pytest.raises(InvalidValue, match="are not the same"):
                    x * data
            with pytest.raises(KeyError):
                x[other[0]]
            assert x[one[0]] is not None and x[np.array(one)[0]] is not None


def test_numbers_are_numbers():
    """Of any width; 1, 1.0 and Decimal("1.00") are one label."""
    forms = [
        polars.DataFrame({"k": polars.Series([1, 2], dtype=polars.Int8)}),
        polars.DataFrame({"k": polars.Series([1, 2], dtype=polars.UInt64)}),
        polars.DataFrame({"k": polars.Series([1, 2], dtype=polars.Float32)}),
        polars.DataFrame({"k": polars.Series(["1.00", "2.00"]).cast(polars.Decimal(10, 2))}),
        pandas.Index([1, 2], name="k"),
        pandas.Index([1.0, 2.0], name="k"),
        pandas.Index([Decimal(1), Decimal("2.0")], name="k"),
    ]
    for one in forms:
        for other in forms:
            x, y = LinearProgram().Vars(one), other
            frame = isinstance(y, polars.DataFrame)
            data = (
                y[[1, 0]].with_columns(w=polars.Series([20, 10])) if frame else pandas.Series([20, 10], index=y[::-1])
            )
            assert [e._parts()[1] for e in x * data] == [[10], [20]]


def test_an_objects_index_says_which_hour():
    """pandas calls two objects equal that are not the same instant; they are not taken for each other."""
    zone = BERLIN.to_list()[0].tzinfo
    early, late = (dt.datetime(2024, 10, 27, 2, fold=fold, tzinfo=zone) for fold in (0, 1))
    x = LinearProgram().Vars(pandas.Index([early], dtype=object, name="t"))
    assert len(x * pandas.Series([1], index=pandas.Index([early], dtype=object, name="t"))) == 1
    with pytest.raises(InvalidValue, match="are not the same"):
        x * pandas.Series([1], index=pandas.Index([late], dtype=object, name="t"))


def test_nothing_picked():
    """Of two columns, one of them of times: no elements."""
    for column in (
        [dt.date(2024, 1, 1), dt.date(2024, 1, 2)],
        [dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 2)],
        [dt.timedelta(1), dt.timedelta(2)],
        [dt.time(1), dt.time(2)],
        [Decimal(1), Decimal(2)],
        [True, False],
        [b"a", b"b"],
    ):
        keys = polars.Series("k", column)
        for frame in (
            keys.to_frame(),
            polars.DataFrame({"k": keys, "p": ["a", "b"]}),
            polars.DataFrame({"p": ["a", "b"], "k": keys}),
        ):
            lp = LinearProgram()
            x = lp.Vars(frame, "x")
            none = x.loc[polars.Series([False, False])]
            assert len(none) == 0 and none.index.columns == frame.columns
            assert len(lp.Vars(frame.head(0), "y")) == 0
            assert len(none + lp.Vars(frame.head(0))) == 0 and len(none.groupby("k").sum()) == 0


def test_a_column_of_nothing():
    none = polars.DataFrame({"k": polars.Series([], dtype=polars.Null)})
    assert len(LinearProgram().Vars(none)) == 0
    with pytest.raises(InvalidValue, match="without a label"):
        LinearProgram().Vars(polars.DataFrame({"k": polars.Series([None], dtype=polars.Null)}))


def test_categories_are_texts():
    """Whatever codes they have."""
    x = LinearProgram().Vars(polars.DataFrame({"k": polars.Series(["a", "b"], dtype=polars.Enum(["b", "a"]))}), "x")
    for kind in (polars.String, polars.Categorical, polars.Enum(["a", "b", "c"])):
        data = polars.DataFrame({"k": polars.Series(["b", "a"], dtype=kind), "w": [2, 1]})
        assert str(x @ data) == "x[a] + 2 x[b]"


def test_keys_of_a_dictionary_are_not_rounded():
    """They were made a column once, in which 2**53 + 1 beside 0.5 is 2**53."""
    big = 2**53 + 1
    for index in (pandas.Index([big, 3], name="k"), polars.DataFrame({"k": [big, 3]})):
        x = LinearProgram().Vars(index, "x")
        assert str(x @ {3: 1, big: 2}) == f"2 x[{big}] + x[3]"
        with pytest.raises(InvalidValue, match="are not the same"):
            x * {big: 1, 0.5: 2}
        with pytest.raises(InvalidValue, match="are not the same"):
            x * {float(2**53): 1, 3: 2}


def test_two_labels_that_python_cannot_tell_apart():
    """They are refused, rather than taken for one: here of a package that stores more than it hands out."""
    pytest.importorskip("pyarrow", exc_type=ImportError)
    ticks = pandas.array([dt.time(0, 0, 1), dt.time(0, 0, 2)], dtype=pandas.ArrowDtype(_arrow_time()))
    assert len(LinearProgram().Vars(pandas.Index(ticks, name="k"))) == 2


def _arrow_time():
    import pyarrow

    return pyarrow.time64("ns")


def test_group_tables_of_mixed_values():
    """What does not make a column is refused in our words."""
    x = LinearProgram().Vars(polars.DataFrame({"k": ["a", "b"]}))
    with pytest.raises(InvalidValue, match="column of labels"):
        x.groupby({"a": "east", "b": 3}).sum()


IDENTITIES = [
    (dt.datetime(2024, 1, 1), pandas.Timestamp("2024-01-01"), np.datetime64("2024-01-01", "us")),
    (dt.timedelta(1), pandas.Timedelta(days=1), np.timedelta64(1, "D")),
    (True, np.bool_(True)),
    (dt.datetime(2024, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), pandas.Timestamp("2024-01-01", tz="UTC")),
    (3, 3.0, np.int8(3), np.float32(3), Decimal("3.0")),
    ("a", np.str_("a")),
]


@pytest.mark.parametrize("alike", IDENTITIES)
def test_identities(alike):
    """One label has one identity, in whatever form; no two of these are the same."""
    assert {identity(one) for one in alike} == {identity(alike[0])}
    assert sum(identity(alike[0]) == identity(others[0]) for others in IDENTITIES) == 1


def test_identities_of_what_is_none():
    assert identity([]) != identity([])
    assert identity((1, True)) != identity((1, 1))
    assert identity(pandas.NaT) is pandas.NaT
    assert pickle.loads(pickle.dumps(identity(True))) == identity(True)

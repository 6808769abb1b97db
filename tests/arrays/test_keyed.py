"""Keyed variables: each method against dictionaries, and nobody takes their keys for numbers."""

from __future__ import annotations

import datetime
import functools
import math
import operator
import random
import statistics
from math import fsum

import pytest

from pplp import (
    ExpressionError,
    InvalidValue,
    LinearProgram,
    PplpError,
    VariableMap,
    dot,
    maximum,
    minimum,
    piecewise,
    solve_many,
    sos1,
    sos2,
)

DAYS = [datetime.date(2024, 1, day) for day in (1, 2, 3)]
LABELS = {
    "integers": [0, 1, 2, 7],
    "texts": ["a", "b", "*x", ""],
    "dates": DAYS,
    "mixed": [0, "a", DAYS[0], 2.5, None, ("u", 1), frozenset("q")],
}


def drawn(seed):
    """(random, keys): some of the tuples of one, two or three labels, or of plain labels, or of both."""
    r = random.Random(seed)
    labels = LABELS[r.choice(list(LABELS))]
    lengths = r.choice([[0], [1], [2], [3], [2, 3], [0, 2]])
    keys = {
        tuple(r.choice(labels) for _ in range(length))
        if length
        else r.choice([x for x in labels if type(x) is not tuple])
        for length in lengths
        for _ in range(r.randrange(1, 9))
    }
    return r, sorted(keys, key=repr)


def fits(key, pattern):
    """By the words of the documentation: `...` is for all parts that are left, one at least."""
    parts = key if isinstance(key, tuple) else (key,)
    if len(pattern) != len(parts) and pattern.count(...) == 1:
        at = pattern.index(...)
        missing = len(parts) - len(pattern) + 1
        if missing < 1:
            return False
        pattern = (*pattern[:at], *[slice(None)] * missing, *pattern[at + 1 :])
    return len(pattern) == len(parts) and all(
        part is ... or isinstance(part, slice) or (own in part if isinstance(part, list) else own == part)
        for own, part in zip(parts, pattern)
    )


def rest(key, pattern):
    """The parts that are not named, of a pattern as long as the key."""
    left = tuple(own for own, part in zip(key, pattern) if part is ... or isinstance(part, (slice, list)))
    return key if len(left) == len(key) else left[0] if len(left) == 1 else left


def text(total):
    return repr(total)


@pytest.mark.parametrize("seed", range(300))
def test_against_dictionaries(seed):
    """Sums, products and parts, by any pattern, are those of a loop over the keys."""
    r, keys = drawn(seed)
    lp = LinearProgram()
    x = lp.Vars(keys, lb=0, ub=9)
    plain = {key: variable for key, variable in zip(keys, lp.variables)}
    numbers = {key: r.randrange(1, 9) for key in [*keys, "one more"]}
    assert list(x) == list(plain) and list(x.values()) == list(plain.values()) and len(x) == len(keys)
    assert all(key in x and x.get(key) is not None for key in keys) and "nowhere" not in x
    assert text(x.sum()) == text(sum(plain.values()))
    assert text(x.prod(numbers)) == text(dot(numbers, x)) == text(sum(numbers[key] * plain[key] for key in keys))
    assert text(dot(numbers, plain)) == text(x.prod(numbers))
    every = [part for key in keys for part in (key if isinstance(key, tuple) else (key,))]
    for _ in range(20):
        made = [
            r.choice([r.choice(every), ..., slice(None), [r.choice(every), r.choice(every)]])
            for _ in range(r.randrange(1, 4))
        ]
        pattern = tuple(part for part in made if not isinstance(part, tuple))
        if not pattern or (len(pattern) == 1 and pattern[0] in ("", None)):
            continue
        chosen = [key for key in keys if fits(key, pattern)]
        try:
            total, product = x.sum(*pattern), x.prod(numbers, *pattern)
        except InvalidValue:
            assert not chosen
            continue
        assert text(total) == text(sum(plain[key] for key in chosen))
        assert text(product) == text(sum(numbers[key] * plain[key] for key in chosen))
        if any(part is ... or isinstance(part, (slice, list)) for part in pattern) and all(
            isinstance(key, tuple) and len(key) == len(pattern) for key in chosen
        ):
            part = x[pattern if len(pattern) > 1 else pattern[0]]
            assert isinstance(part, VariableMap)
            assert [(k, v.name) for k, v in part.items()] == [(rest(key, pattern), plain[key].name) for key in chosen]


@pytest.mark.parametrize("seed", range(40))
def test_numbers_by_key(seed):
    """Bounds, costs, kinds and values are read and set by key; all of them, or none."""
    r, keys = drawn(seed)
    lp = LinearProgram()
    x = lp.Vars(keys, lb=0, ub={key: 9 for key in keys})
    for name, draw in (
        ("lb", lambda: r.randrange(3)),
        ("ub", lambda: r.randrange(5, 9)),
        ("cost", lambda: r.randrange(1, 5)),
    ):
        numbers = {key: float(draw()) for key in keys}
        setattr(x, name, dict(reversed(numbers.items())))
        assert getattr(x, name) == numbers == {key: getattr(x[key], name) for key in keys}
        with pytest.raises(InvalidValue, match="no entry for the key"):
            setattr(x, name, {"nothing": 1})
        with pytest.raises(PplpError):
            setattr(x, name, {**numbers, keys[-1]: math.nan})
        with pytest.raises(ExpressionError, match="by key"):
            setattr(x, name, list(numbers.values()))
        assert getattr(x, name) == numbers
    x.integer = True
    assert x.integer == {key: True for key in keys}
    x.integer = {key: k % 2 == 0 for k, key in enumerate(keys)}
    assert [x[key].integer for key in keys] == [k % 2 == 0 for k in range(len(keys))]
    least = lp.minimize()
    assert x.value == lp.value(x) == lp.solution[x] == lp.solution.value(x) == {key: x[key].value for key in keys}
    assert least == sum(x.cost[key] * x.lb[key] for key in keys)
    x.integer = False
    lp.minimize()
    assert x.reduced_cost == x.cost
    x.ub = 20
    assert set(x.ub.values()) == {20.0}


def test_fix():
    """All, or none; at a number, or at numbers by key."""
    lp = LinearProgram()
    x = lp.Vars(["a", "b"], "x", lb=0, ub=9, integer=True)
    lp.objective = x.sum()
    x.fix({"b": 3, "a": 2})
    assert (lp.maximize(), x.value) == (5.0, {"a": 2, "b": 3})
    x["a"].unfix()
    for bad in ({"a": 1, "b": 2.5}, {"a": 1, "b": math.nan}, {"a": 1}, [1, 2]):
        with pytest.raises(PplpError):
            x.fix(bad)
        assert (x.lb, x.ub) == ({"a": 0, "b": 3}, {"a": 9, "b": 3})
    x.fix(4)
    assert lp.maximize() == 8
    x.unfix()
    assert lp.maximize() == 18


def test_values_of_lists_and_dictionaries():
    """As they are nested."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0, ub=2), lp.IntVar(lb=0, ub=3)
    lp.objective = x + y
    lp.maximize()
    for value in (lp.value, lp.solution.value):
        assert value([x, y]) == [2.0, 3]
        assert value((x + y, [x])) == (5.0, [2.0])
        assert value({"both": x + y}) == {"both": 5.0}
    with pytest.raises(ExpressionError):
        lp.value({x})
    other = LinearProgram().Vars(["a"])
    with pytest.raises(PplpError):
        lp.value(other)
    seen = []
    lp.maximize(callback=lambda context: seen.append(context.value([x, {"y": y}])))
    assert all(len(one) == 2 and list(one[1]) == ["y"] for one in seen)


def test_functions_take_the_variables():
    """Also of keys that are numbers."""
    lp = LinearProgram()
    load = lp.Vars([1, 2], "load", lb=0, ub=8)
    longest = lp.Var("longest", lb=0)
    lp.add_constraint(load[1] + load[2] == 10)
    lp.add_constraint(longest >= maximum(load))
    lp.objective = longest
    assert lp.minimize() == 5
    assert repr(minimum(load)) == "minimum(load[1], load[2])"
    assert repr(sos1(load)) == "sos1(load[1], load[2])" and repr(sos2(load)) == "sos2(load[1], load[2])"


KEYS = {"numbers": [1, 2, 3], "texts": ["a", "b"], "pairs": [("a", 1), ("b", 2)], "places": [0, 1]}


@pytest.fixture(params=list(KEYS))
def keyed(request):
    return LinearProgram().Vars(KEYS[request.param], "x", lb=0, ub=9)


def test_the_builtin_sum_is_refused(keyed):
    """Of a mapping, however it is written; other functions see the keys, as of any mapping."""
    x = keyed

    def same(things, *_, **__):
        return things

    for add in (
        lambda: sum(x),
        lambda: sum(x, 0),
        lambda: sum(x, start=0),
        lambda: 3 * sum(x) + 1 <= 4,
        lambda: [sum(x)],
        lambda: sum({"x": x}["x"]),
        lambda: sum(same(x)),
        lambda: sum(same(x, [1, 2], key={1}), 0),
        lambda: sum(same([x, *[]])[0]),
        lambda: sum(LinearProgram().Vars([1, 2, 3])),
        lambda: sum(same(same)(x)),
        lambda: dict(total=sum(x)),
        lambda: max(sum(x), 3),
        lambda: math.fsum(x),
        lambda: fsum(x) <= 4,
        lambda: math.prod(x),
        lambda: math.sumprod([1] * len(x), x) if hasattr(math, "sumprod") else sum(x),
        lambda: statistics.fmean(x),
        lambda: statistics.mean(x),
    ):
        with pytest.raises(ExpressionError, match=r"x\.sum\(\)"):
            add()
    keys = list(x)
    for harmless in (
        lambda: list(x),
        lambda: [key for key in x],
        lambda: [*x],
        lambda: list(map(lambda key: key, x)),
        lambda: list(dict(x)),
        lambda: [key for key, _ in zip(x, x)],
        lambda: (sum([]), list(x))[1],
        lambda: list({**x}),
        lambda: list(sorted(x, key=keys.index)),
    ):
        assert harmless() == keys
    assert repr(sum(x[key] for key in x)) == repr(sum(x.values())) == repr(x.sum())
    assert sum(map(bool, x)) == sum(bool(key) for key in x)

    def mine(things):
        return list(things)

    def shadowed():
        sum = mine
        return sum(x)

    assert shadowed() == keys


def test_operators_are_refused(keyed):
    """With the comprehension to write."""
    y = LinearProgram().Var("y")
    for act in (
        operator.add,
        operator.sub,
        operator.mul,
        operator.truediv,
        operator.matmul,
        operator.le,
        operator.ge,
        operator.eq,
        operator.ne,
        operator.lt,
        operator.gt,
        operator.pow,
    ):
        for other in (2, y, keyed, [1, 2], {1: 2}):
            with pytest.raises(ExpressionError):
                act(keyed, other)
            with pytest.raises(ExpressionError):
                act(other, keyed)
    for act in (operator.neg, operator.pos, abs):
        with pytest.raises(ExpressionError, match="mapping"):
            act(keyed)
    with pytest.raises(ExpressionError):
        functools.reduce(operator.add, [keyed, keyed])


def test_numpy_takes_no_keys_for_numbers(keyed):
    np = pytest.importorskip("numpy")
    count = len(keyed)
    numbers = np.arange(1.0, count + 1)
    for act in (operator.add, operator.sub, operator.mul, operator.truediv, operator.matmul, operator.le, operator.eq):
        for one in (numbers, np.float64(2), np.array(2)):
            with pytest.raises(ExpressionError, match="mapping"):
                act(one, keyed)
    alone = """sum mean average prod max min ptp std var median cumsum diff array asarray ravel size shape ndim sort
        argsort unique abs negative sqrt isnan any all stack hstack vstack concatenate column_stack atleast_1d squeeze
        copy transpose full_like zeros_like"""
    for name in alone.split():
        with pytest.raises((PplpError, TypeError, KeyError, ValueError)):
            print(name, getattr(np, name)(keyed))
    beside = (
        """dot inner outer vdot multiply add less_equal maximum minimum convolve kron tensordot searchsorted isin"""
    )
    for name in beside.split():
        for pair in ((numbers, keyed), (keyed, numbers)):
            with pytest.raises(ExpressionError):
                print(name, getattr(np, name)(*pair))


def test_pandas(keyed):
    """A series of the variables is right; arithmetic is refused."""
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(keyed)
    assert series.tolist() == list(keyed.values()) and list(series.index) == list(keyed)
    numbers = pandas.Series(range(1, len(keyed) + 1), index=list(keyed)[::-1], dtype=float)
    by_hand = dict(zip(list(keyed)[::-1], numbers.tolist()))
    assert repr(keyed.prod(numbers)) == repr(dot(numbers, keyed)) == repr(keyed.prod(by_hand))
    keyed.ub = numbers
    assert keyed.ub == by_hand
    frame = pandas.DataFrame({"cost": numbers})
    for bad in (
        lambda: numbers * keyed,
        lambda: keyed * numbers,
        lambda: numbers @ keyed,
        lambda: numbers.dot(keyed),
        lambda: numbers <= keyed,
        lambda: numbers == keyed,
        lambda: numbers.mul(keyed),
        lambda: frame * keyed,
        lambda: frame.T @ keyed,
        lambda: keyed.prod(frame),
        lambda: dot(frame, keyed),
        lambda: numbers.index * keyed,
        lambda: keyed.prod(pandas.Series([1, 2], index=[next(iter(keyed))] * 2)),
    ):
        with pytest.raises(PplpError):
            print(bad())


def test_what_has_no_order_is_refused():
    """By everything that goes through several things: sets, dictionaries, frames, text."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=4), lp.Var("y", lb=0, ub=4)
    keyed = lp.Vars([1, 2], "k", lb=0, ub=4)
    things = [{x, y}, frozenset((x, y)), {1: x, 2: y}, {x: 1, y: 2}, {1.0, 2.0}, "ab", b"ab"]
    try:
        import pandas
    except ImportError:
        pass
    else:
        things.append(pandas.DataFrame({1: [1.0, 2.0], 2: [3.0, 4.0]}))
    takers = [
        lambda t: dot(t, [x, y]),
        lambda t: dot([1, 2], t),
        maximum,
        minimum,
        sos1,
        sos2,
        lp.add_constraints,
        lp.maximize,
        lambda t: piecewise(x, t),
        lambda t: piecewise(x, [(0, 0), t]),
        lambda t: lp.maximize([x, y], absolute_loss=t),
        lambda t: lp.scenarios(t),
        lambda t: solve_many(t),
        lambda t: lp.Vars(2, integer=t),
        lambda t: lp.Var(lb=t),
        lambda t: x.between(t, 5),
        lambda t: keyed.prod(t, 1, 2, 3),
        lambda t: dot(t, lp.Vars(2)),
    ]
    for thing in things:
        for take in takers:
            with pytest.raises((PplpError, TypeError)) as caught:
                print(thing, take(thing))
            assert isinstance(caught.value, PplpError)
    for thing in things[:2] + things[4:7]:
        with pytest.raises(PplpError):
            lp.Vars(2, lb=thing)
        with pytest.raises(PplpError):
            print(lp.Vars(thing))


def test_patterns_that_are_mistakes():
    """Are told, with what is meant."""
    lp = LinearProgram()
    x = lp.Vars([("a", 1), ("a", 2), ("b", 1)], "x")
    assert repr(x.sum("a", "*")) == repr(x.sum("a", ...)) == "x[a,1] + x[a,2]"
    assert x.sum("b", 2) == 0  # both labels are there, and the pair is not
    for pattern, message in (
        (("c", ...), "'c'"),
        (("a",), "2 parts"),
        (("a", 1, 1), "2 parts"),
        (("a", slice(1, 2)), "contain : alone"),
        ((..., "1"), "'1'"),
        ((["a", "c"], ...), "'c'"),
        (([[]], ...), "hashable"),
    ):
        with pytest.raises(InvalidValue, match=message):
            x.sum(*pattern)
        if any(part is ... or isinstance(part, slice) for part in pattern):
            with pytest.raises(KeyError):
                x[pattern]
    with pytest.raises(KeyError, match="begin with it"):
        x["a"]
    star = lp.Vars([("*", 1), ("a", 1)])
    with pytest.raises(InvalidValue, match="label of a key"):
        star.sum("*", 1)
    assert len(star[["*"], :]) == 1 and len(star[:, 1]) == 2
    collide = lp.Vars([("a", "b", "c"), ("a", ("b", "c"))])
    with pytest.raises(KeyError, match="both become"):
        collide["a", ...]
    nothing = lp.Vars([])
    assert nothing.sum() == nothing.sum("a", ...) == nothing.prod({}) == 0 and nothing.value == {}


def test_counts_and_shapes():
    """numpy's integers count; what is neither a count, a shape nor keys says what to write."""
    np = pytest.importorskip("numpy")
    lp = LinearProgram()
    for kind in "bhilqBHILQ":
        three = np.array(3).astype(kind)[()]
        assert lp.Vars(three).shape == lp.Vars(np.array(3)).shape == (3,)
        two = np.array(2).astype(kind)[()]
        assert lp.Vars((2, three)).shape == lp.Vars((two, 3)).shape == (2, 3)
        assert all(type(size) is int for size in lp.Vars((three, three)).shape)
    for keys in ([3], [2, 3], np.array([3]), np.array([2, 3])):
        x = lp.Vars(keys)
        assert list(x) == list(keys)
    assert list(lp.Vars({"a": 1, "b": 2})) == list(lp.Vars(key for key in "ab")) == ["a", "b"]
    for bad, message in (
        (lambda: lp.Vars("xs", 3), r"lp\.Vars\(3, 'xs'\)"),
        (lambda: lp.Vars(["a"], ["b"]), "itertools.product"),
        (lambda: lp.Vars({"a", "b"}), "sorted"),
        (lambda: lp.Vars(True), "integers"),
        (lambda: lp.Vars(3.0), "integers"),
        (lambda: lp.Vars((2.0, 3)), "integers"),
        (lambda: lp.Vars(np.True_), "integers"),
        (lambda: lp.Vars(None), "count"),
        (lambda: lp.Vars((2, 3), ub=np.ones((3, 2))), "shape"),
        (lambda: lp.Vars((2, 3), ub=[[1, 2]] * 3), "shape"),
        (lambda: lp.Vars(2, 3), "text"),
        (lambda: lp.Vars(2, integer="no"), "True or False"),
        (lambda: lp.Vars(np.float64(2)), "integers"),
        (lambda: lp.Vars(-1), "negative"),
    ):
        before = len(lp.variables)
        with pytest.raises(PplpError, match=message):
            bad()
        assert len(lp.variables) == before
    assert (
        lp.Vars((2, 2), ub=[[1, 2], [3, 4]]).ub.tolist()
        == lp.Vars((2, 2), ub=[1, 2, 3, 4]).ub.tolist()
        == [[1, 2], [3, 4]]
    )
    assert lp.Vars(2, ub={1: 5, 0: 4}).ub.tolist() == [4, 5]
    assert lp.Vars((1, 2), ub={(0, 1): 5, (0, 0): 4}).ub.tolist() == [[4, 5]]


def test_names_and_bounds_of_one_variable():
    lp = LinearProgram()
    for make in (lp.Var, lp.IntVar, lp.BoolVar):
        for name in (5, ["a"], 0.5, ("a",)):
            with pytest.raises(InvalidValue, match=r"name.*lp\.Vars"):
                make(name)
    assert not lp.variables


def test_what_can_be_set_is_read_as_a_mapping_that_cannot_be_changed(keyed):
    """An assignment to it would change nothing of the program."""
    key = next(iter(keyed))
    for numbers in (keyed.lb, keyed.ub, keyed.cost, keyed.integer, keyed.is_fixed, *keyed.bounds):
        with pytest.raises(InvalidValue, match="read-only"):
            numbers[key] = 3
    keyed.ub = {**keyed.ub, key: 3}
    assert keyed.ub == {one: 3.0 if one == key else 9.0 for one in keyed}

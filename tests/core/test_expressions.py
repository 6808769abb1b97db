"""Operators, sums, relations, and what they refuse."""

from __future__ import annotations

import random
import sys
import threading
from decimal import Decimal
from fractions import Fraction
from math import inf, nan

import pytest

from pplp import ExpressionError, ForeignObject, InvalidValue, LinearProgram, dot
from pplp.core.relations import Relation


@pytest.fixture
def xyn(lp):
    return lp.Var("x"), lp.Var("y"), lp.IntVar("n")


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda x, y, n: 3 * x - 2 * n + 5, "3 x - 2 n + 5"),
        (lambda x, y, n: -x, "-x"),
        (lambda x, y, n: -(x - y), "-x + y"),
        (lambda x, y, n: +x, "x"),
        (lambda x, y, n: 2 - x, "-x + 2"),
        (lambda x, y, n: (x + y) * 3 - x, "2 x + 3 y"),
        (lambda x, y, n: x - x, "0"),
        (lambda x, y, n: 0 * x + 1, "1"),
        (lambda x, y, n: (4 * x + 2) / 2, "2 x + 1"),
        (lambda x, y, n: 3 * x / 3, "x"),
        (lambda x, y, n: x - (y - n), "x - y + n"),
        (lambda x, y, n: 5 - (x + y), "-x - y + 5"),
        (lambda x, y, n: 0.5 * x, "0.5 x"),
        (lambda x, y, n: Fraction(1, 4) * x + Decimal("0.5"), "0.25 x + 0.5"),
        (lambda x, y, n: sum([x, y, n], start=y), "2 y + x + n"),
        (lambda x, y, n: True * x, "x"),
        (lambda x, y, n: 0 <= 2 * x + n <= 40, "0 <= 2 x + n <= 40"),
        (lambda x, y, n: 40 >= 2 * x + n >= 0, "0 <= 2 x + n <= 40"),
        (lambda x, y, n: 2 * x + n + 1 <= 40, "2 x + n <= 39"),
        (lambda x, y, n: x >= y, "x - y >= 0"),
        (lambda x, y, n: x == 3, "x == 3"),
        (lambda x, y, n: 3 == x, "x == 3"),
        (lambda x, y, n: x + y <= inf, "-inf <= x + y <= inf"),
        (lambda x, y, n: (x + y).between(-inf, 2), "x + y <= 2"),
        (lambda x, y, n: dot([1, 2.5, -1], [x, y, n]), "x + 2.5 y - n"),
        (lambda x, y, n: dot([2, 3], [x + y, n]), "2 x + 2 y + 3 n"),
    ],
)
def test_text(xyn, make, text):
    """Expressions and relations read as in a book."""
    assert repr(make(*xyn)) == text


def test_operands_never_change(xyn):
    """Every alias keeps its value, whatever grows from it."""
    x, y, n = xyn
    base = x + y
    first, second = base + n, base - x
    third = first + 2 * y
    base += x

    assert [repr(e) for e in (first, second, third, base)] == ["x + y + n", "y", "x + 3 y + n", "2 x + y"]


def test_random_operators_agree_with_plain_numbers(lp):
    """Thousands of random trees, evaluated term by term."""
    r = random.Random(4)
    xs = [lp.Var() for _ in range(6)]
    point = [r.randrange(-5, 6) for _ in xs]
    pool = [(x, v) for x, v in zip(xs, point)]
    for _ in range(4000):
        (a, u), (b, v) = r.choice(pool), r.choice(pool)
        k = r.choice([-3, -1, 0, 1, 2, 0.5])
        made = r.choice(
            [
                lambda a=a, b=b, u=u, v=v: (a + b, u + v),
                lambda a=a, b=b, u=u, v=v: (a - b, u - v),
                lambda a=a, u=u, k=k: (k * a, k * u),
                lambda a=a, u=u, k=k: (a * k, u * k),
                lambda a=a, u=u, k=k: (k - a, k - u),
                lambda a=a, u=u, k=k: (a + k, u + k),
                lambda a=a, u=u: (-a, -u),
                lambda a=a, u=u: (sum([a, a, a]), 3 * u),
            ]
        )()
        if abs(made[1]) < 1e6:
            pool.append(made)
        if len(pool) > 40:
            del pool[r.randrange(len(xs), 40)]
        indices, coefficients, constant = made[0]._parts()
        assert constant + sum(a * point[j] for j, a in zip(indices, coefficients)) == made[1]
    assert len(pool) > 6


def grown(expression, add):
    """The expression with a hundred terms more, and the bytes that adding one of them took."""
    import tracemalloc  # which PyPy lacks

    tracemalloc.start()
    try:
        most = []
        for _ in range(100):
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            expression = add(expression)
            most.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
    return expression, sorted(most)[50]  # once or twice the buffers are full


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="no tracemalloc")
def test_sum_is_linear_time(lp):
    """100,000 terms are shared by the longer sums: nothing of that size is copied on the way."""
    xs = [lp.Var() for _ in range(100_000)]
    total = sum(xs)
    longer = total + xs[0]

    longer, most = grown(longer, lambda longer: longer + xs[1])
    assert most < 100_000 and len(total.terms) == 100_000 == len(longer.terms)
    assert len(total._parts()[0]) == 100_000 == len(longer._parts()[0]) - 101


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="no tracemalloc")
def test_adding_on_the_left_is_linear_too(lp):
    """x + e of a long e appends at its tail."""
    e = sum(lp.Var() for _ in range(100_000))
    x = lp.Var()

    f, most = grown(x + e, lambda f: x + f)
    assert most < 100_000 and len(e.terms) == 100_000 and len(f._parts()[0]) == 100_101


def test_an_exception_in_a_sum_loses_nothing(xyn):
    """Whatever was built before stays as it was, and can be built on."""
    x, y, n = xyn
    base = x + y

    def broken():
        yield n
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        sum(broken(), base)
    assert repr(base) == "x + y"
    assert repr(base + 3 * n) == "x + y + 3 n"


def test_two_threads_share_a_base(lp):
    """Both sums that grow from one expression at the same time are right."""
    xs = [lp.Var() for _ in range(50)]
    sys.setswitchinterval(1e-6)
    try:
        wrong = []

        def grow(base, k):
            for _ in range(300):
                e = base + k * xs[k]
                e = e + xs[0]
                if e._parts()[0] != [1, 2, k, 0] or e._parts()[1] != [1.0, 1.0, k, 1.0]:
                    wrong.append(e)

        for _ in range(5):
            base = xs[1] + xs[2]
            threads = [threading.Thread(target=grow, args=(base, k)) for k in (3, 4, 5, 6)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
        assert not wrong
        assert repr(base) == "x1 + x2"
    finally:
        sys.setswitchinterval(0.005)


@pytest.mark.parametrize(
    ("bad", "remedy"),
    [
        (lambda x, y: x * y, "not linear"),
        (lambda x, y: x**2, "not linear"),
        (lambda x, y: 2**x, "not linear"),
        (lambda x, y: x / y, "not linear"),
        (lambda x, y: 1 / x, "not linear"),
        (lambda x, y: x // 2, "integer variable"),
        (lambda x, y: x % 2, "integer variable"),
        (lambda x, y: abs(x) * y, "not linear"),
        (lambda x, y: abs(x) < 3, "<="),
        (lambda x, y: max(x, y), "maximum"),
        (lambda x, y: min(x, y), "minimum"),
        (lambda x, y: x < 3, "<="),
        (lambda x, y: x > 3, ">="),
        (lambda x, y: 3 < x, ">="),
        (lambda x, y: x != y, "x is y"),
        (lambda x, y: bool(x), r"\.value"),
        (lambda x, y: bool(x <= 3), "add_constraint"),
        (lambda x, y: not (x + y <= 3), "add_constraint"),
        (lambda x, y: x <= 3 and y <= 3, "two calls"),
        (lambda x, y: [r for r in [x <= 3] if r], "add_constraint"),
        (lambda x, y: 0 <= x <= y, "two constraints"),
        (lambda x, y: y <= x <= 3, "two constraints"),
        (lambda x, y: x <= 5 <= y, "two constraints"),
        (lambda x, y: 0 <= x + y <= 5 <= 6, "add_constraint"),
        (lambda x, y: (x <= 3) <= 4, "lo <= e <= hi"),
        (lambda x, y: (x + y).between("a", 3), "number"),
    ],
)
def test_impossible_operations_name_the_rewrite(xyn, bad, remedy):
    """TypeErrors of our own, with what to write instead."""
    x, y, _ = xyn
    with pytest.raises(ExpressionError, match=remedy):
        bad(x, y)


@pytest.mark.parametrize(
    "bad", [lambda x: x + "3", lambda x: "3" * x, lambda x: x - None, lambda x: x <= "3", lambda x: {1} * x]
)
def test_foreign_operands_are_left_to_python(xyn, bad):
    """Unknown operands return NotImplemented, so Python says what is unsupported."""
    with pytest.raises(TypeError, match=r"(unsupported|not supported|can.t multiply)"):
        bad(xyn[0])


@pytest.mark.parametrize("number", [nan, inf, -inf, 1e200, 1e-200])
@pytest.mark.parametrize(
    "use",
    [lambda a, x, y: a * x, lambda a, x, y: x * a, lambda a, x, y: (x + y) * a, lambda a, x, y: dot([1, a], [x, y])],
)
def test_coefficients_must_be_finite(xyn, number, use):
    """NaN, infinities and numbers no solver can work with are refused at the operator."""
    x, y, _ = xyn
    with pytest.raises(InvalidValue, match=r"(x|y)"):
        use(number, x, y)


@pytest.mark.parametrize(
    "bad", [lambda x: x + nan, lambda x: x - inf, lambda x: x <= nan, lambda x: x / 0, lambda x: x == inf]
)
def test_constants_must_be_numbers(xyn, bad):
    """NaN nowhere, infinity only as a right-hand side."""
    with pytest.raises(InvalidValue):
        bad(xyn[0])


def test_infinite_right_hand_sides(xyn):
    """No bound on that side; impossible on the other."""
    x = xyn[0]
    free = x + 0 <= inf
    assert (free._lower, free._upper) == (-inf, inf)
    with pytest.raises(InvalidValue, match="never hold"):
        _ = x + 0 <= -inf
    with pytest.raises(InvalidValue, match="never hold"):
        _ = 5 <= x <= 3


def test_large_integers():
    """Exact ones pass, rounded ones warn, beyond floats raise."""
    x = LinearProgram().Var("x")
    assert (2**60 * x)._coefficient == 2.0**60
    with pytest.warns(RuntimeWarning, match="53 bits"):
        _ = (2**60 + 1) * x
    with pytest.raises(InvalidValue, match="too large"):
        _ = 10**400 * x


def test_variables_of_two_programs(lp, xyn):
    """Mixing is refused wherever it is tried, with both named."""
    x = xyn[0]
    other = LinearProgram(name="other").Var("w")
    for mix in (
        lambda: x + other,
        lambda: x + x - other,
        lambda: (x + 1) + (other + 1),
        lambda: x <= other,
        lambda: dot([1, 2], [x, other]),
    ):
        with pytest.raises(ForeignObject, match="'other'"):
            mix()
    with pytest.raises(ForeignObject):
        lp.add_constraint(other <= 3)
    with pytest.raises(ForeignObject):
        lp.objective = other


def test_variables_are_keys(lp):
    """Equality builds a constraint; membership and dictionaries are by identity."""
    x, y = lp.Var("x"), lp.Var("y")

    assert isinstance(x == y, Relation)
    assert x in [y, x]
    assert x not in [y]
    assert {x: 1, y: 2}[y] == 2
    assert {x, y, x} == {y, x}
    assert lp.variables == [x, y]
    with pytest.raises(TypeError, match="unhashable"):
        hash(2 * x)


def test_numpy_scalars(lp):
    """On either side, of any kind."""
    np = pytest.importorskip("numpy")
    x = lp.Var("x")

    assert repr(np.float64(2) * x + np.int64(3)) == "2 x + 3"
    assert repr(np.float64(2) <= x) == "x >= 2"
    assert repr(np.float32(0.5) * x <= np.int32(7)) == "0.5 x <= 7"
    assert repr(np.int64(1) - x) == "-x + 1"
    chain = np.float64(0) <= x * np.float64(3) <= np.float64(9)
    assert repr(chain) == "0 <= 3 x <= 9"
    with pytest.raises(InvalidValue):
        _ = np.float64("nan") * x


def test_values_of_expressions(lp):
    """e.value and lp.value agree; numbers are their own value."""
    x, y = lp.Var(lb=0, ub=1.5), lp.IntVar(lb=0, ub=3)
    lp.objective = x + y
    lp.maximize()

    assert (2 * x + y - 1).value == 5.0
    assert lp.value(2 * x + y - 1) == 5.0
    assert lp.value(y) == 3
    assert lp.value(7) == 7.0
    with pytest.raises(ExpressionError):
        lp.value("x")


def test_long_expressions_are_abbreviated(lp):
    """A thousand terms are not printed."""
    text = repr(sum(lp.Var() for _ in range(1000)))
    assert len(text) < 500
    assert "1000 terms" in text


def test_dot_checks_its_lengths(xyn):
    """Different lengths are an error, no terms are 0."""
    with pytest.raises(InvalidValue, match="3 coefficients but 2 variables"):
        dot([1, 2, 3], xyn[:2])
    assert dot([], []) == 0
    with pytest.raises(ExpressionError):
        dot([1, 2], [xyn[0], "y"])
    with pytest.raises(ExpressionError):
        dot(xyn[:2], [1, 2])


@pytest.mark.parametrize("name", [None, "plan"])
def test_two_programs_that_are_called_the_same(name):
    """The message says that they are two."""
    mine, other = LinearProgram(name=name), LinearProgram(name=name)
    with pytest.raises(ForeignObject, match="belongs to another program"):
        mine.add_constraint(other.Var("x") <= 1)

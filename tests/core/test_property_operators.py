"""Random programs of operators say the same of expressions as of plain numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pplp import ExpressionError, InvalidValue, LinearProgram, PplpError, Status, dot

#: Numbers of this size and fineness, and their products, are exact in floating point and far from every tolerance.
GREATEST, FINEST = 2**12, 64

whole = st.integers(-4, 4)
values = st.lists(st.integers(-5, 5), min_size=1, max_size=5)
#: What a factor or a summand may be; all stand for dyadic numbers.
numbers = st.one_of(
    whole,
    st.sampled_from([0.5, -0.25, 2.0, -0.0]),
    st.builds(Fraction, whole, st.sampled_from([1, 2, 4])),
)
divisors = st.sampled_from([1, 2, -2, 4, 0.5, -1.0, Fraction(1, 2)])
places = st.integers(0, 10**6)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["+", "-", "+=", "-=", "longer"]), places, places),
        st.tuples(st.sampled_from(["+k", "k+", "-k", "k-", "*k", "k*"]), places, numbers),
        st.tuples(st.just("/"), places, divisors),
        st.tuples(st.sampled_from(["neg", "pos"]), places),
        st.tuples(st.just("sum"), st.lists(places, max_size=40)),
        st.tuples(st.just("dot"), st.lists(st.tuples(numbers, places), max_size=8)),
    ),
    max_size=25,
)


def apply(step, pool):
    """The step, with the operands that it names among those there are; the same source for expressions and numbers."""
    kind, *given = step

    def at(place):
        return pool[place % len(pool)]

    if kind == "sum":
        return sum(at(place) for place in given[0])
    if kind == "dot":
        return dot([k for k, _ in given[0]], [at(place) for _, place in given[0]])
    left = at(given[0])
    if kind in ("neg", "pos"):
        return -left if kind == "neg" else +left
    other = given[1]
    if kind in ("+", "-", "+=", "-=", "longer"):
        right = at(other)
        if kind == "+":
            return left + right
        if kind == "-":
            return left - right
        if kind == "+=":
            left += right
            return left
        if kind == "-=":
            left -= right
            return left
        for _ in range(40):  # long sums take other roads than short ones
            left = left + right
        return left
    if kind == "/":
        return left / other
    if kind == "+k":
        return left + other
    if kind == "k+":
        return other + left
    if kind == "-k":
        return left - other
    if kind == "k-":
        return other - left
    return left * other if kind == "*k" else other * left


class Plain:
    """A linear expression by the book: {variable: Fraction} and a constant; None is the constant's key."""

    def __init__(self, terms):
        self.terms = {key: a for key, a in terms.items() if a}

    def __add__(self, other):
        other = other.terms if isinstance(other, Plain) else {None: Fraction(other)}
        return Plain({key: self.terms.get(key, 0) + other.get(key, 0) for key in {*self.terms, *other}})

    __radd__ = __add__

    def __neg__(self):
        return self * -1

    def __pos__(self):
        return self

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        return Plain({key: a * Fraction(other) for key, a in self.terms.items()})

    __rmul__ = __mul__

    def __truediv__(self, other):
        return Plain({key: a / Fraction(other) for key, a in self.terms.items()})

    def at(self, point):
        """The value at a point."""
        return sum(a * (1 if key is None else point[key]) for key, a in self.terms.items())

    @property
    def is_moderate(self):
        """Is all of it exact in floating point?"""
        return all(abs(a) <= GREATEST and (a * FINEST).denominator == 1 for a in self.terms.values())


def plain_dot(step, pool):
    """What dot() means."""
    return sum((k * pool[place % len(pool)] for k, place in step[1]), Plain({}))


def drawn(program, point, steps):
    """(expressions, the same by the book): the pool after all steps."""
    ours, plain = list(program.variables), [Plain({k: Fraction(1)}) for k in range(len(point))]
    for step in steps:
        other = plain_dot(step, plain) if step[0] == "dot" else apply(step, plain)
        if not isinstance(other, Plain):
            other = Plain({None: Fraction(other)})
        if not other.is_moderate:
            continue
        one = apply(step, ours)
        if isinstance(one, int):  # of nothing
            assert one == 0
            assert not other.terms
            continue
        ours.append(one)
        plain.append(other)
    return ours, plain


def fixed_at(point):
    """A program whose variables have no choice."""
    lp = LinearProgram()
    for value in point:
        lp.Var(lb=value, ub=value)
    return lp


@given(values, steps)
def test_values_and_coefficients(point, steps):
    """All expressions made on the way keep their coefficients and have the value that numbers have."""
    lp = fixed_at(point)
    ours, plain = drawn(lp, point, steps)
    lp.minimize()
    for one, other in zip(ours, plain):
        assert one.value == other.at(point)
    for one, other in zip(ours[-3:], plain[-3:]):
        lp.objective = one
        assert [x.cost for x in lp.variables] == [other.terms.get(k, 0) for k in range(len(point))]
        assert lp.maximize() == other.at(point)
        form = lp.compile()
        assert list(form.cost) == [other.terms.get(k, 0) for k in range(len(point))]
        assert form.offset == other.terms.get(None, 0)


relations = st.lists(
    st.tuples(st.sampled_from(["<=", ">=", "==", "k<=", "k>=", "k==", "chain", "triple", "down"]), places, places),
    max_size=6,
)


@given(values, steps, relations, st.lists(st.tuples(whole, st.integers(0, 3)), min_size=6, max_size=6))
def test_comparisons(point, steps, relations, ends):
    """Constraints of expressions hold exactly where the comparisons of the numbers do."""
    lp = fixed_at(point)
    ours, plain = drawn(lp, point, steps)
    holds = True
    for (kind, i, j), (shift, width) in zip(relations, ends):
        e, f = ours[i % len(ours)], ours[j % len(ours)]
        left, right = plain[i % len(plain)], plain[j % len(plain)]
        v, w = left.at(point), right.at(point)
        lo = float(v) + shift  # near the value, so that either side occurs
        hi = lo + width
        if kind in ("<=", ">=", "=="):
            made, true = {
                "<=": (lambda e=e, f=f: e <= f, v <= w),
                ">=": (lambda e=e, f=f: e >= f, v >= w),
                "==": (lambda e=e, f=f: e == f, v == w),
            }[kind]
        else:
            made, true = {
                "k<=": (lambda e=e, lo=lo: lo <= e, lo <= v),
                "k>=": (lambda e=e, lo=lo: lo >= e, lo >= v),
                "k==": (lambda e=e, lo=lo: lo == e, lo == v),
                "chain": (lambda e=e, lo=lo, hi=hi: lo <= e <= hi, lo <= v <= hi),
                "down": (lambda e=e, lo=lo, hi=hi: hi >= e >= lo, hi >= v >= lo),
                "triple": (lambda e=e, lo=lo, hi=hi: (lo, e, hi), lo <= v <= hi),
            }[kind]
        constant = not any(key is not None for key in (left - right if len(kind) < 3 else left).terms)
        try:
            c = lp.add_constraint(made())
        except InvalidValue:
            assert not true
            assert constant
            continue
        assert not constant or true
        assert c.ub >= c.lb
        holds = holds and true
    assert lp.solve().status is (Status.OPTIMAL if holds else Status.INFEASIBLE)


@given(values, places, st.sampled_from(["*", "/", "**", "<", ">", "!=", "%", "//", "bool", "k/"]))
def test_what_is_not_linear(point, i, kind):
    """It raises, and says so."""
    lp = fixed_at(point)
    x = lp.variables[i % len(point)]
    e = x + 1
    cases = {
        "*": lambda: x * e,
        "/": lambda: e / x,
        "**": lambda: e**2,
        "<": lambda: e < 3,
        ">": lambda: e > x,
        "!=": lambda: e != 3,
        "%": lambda: e % 2,
        "//": lambda: e // 2,
        "bool": lambda: bool(e),
        "k/": lambda: 1 / e,
    }
    with pytest.raises(ExpressionError):
        cases[kind]()


# --------------------------------------------------------------------- arrays
shapes = st.sampled_from([(1,), (3,), (4,), (2, 3), (3, 1), (1, 4), (2, 2, 2), (3, 3)])
array_steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["+", "-"]), places, places),
        st.tuples(st.sampled_from(["*k", "k*", "+k", "k-"]), places, st.sampled_from([2, -1, 0, 0.5, Fraction(1, 2)])),
        st.tuples(st.sampled_from(["*a", "a*", "+a", "a-", "/a"]), places, shapes),
        st.tuples(st.sampled_from(["M@", "@M"]), places, st.integers(1, 3)),
        st.tuples(st.sampled_from(["sum0", "sum1", "sum", "T", "neg", "flat", "row", "mask", "slice", "pick"]), places),
    ),
    max_size=12,
)


@given(st.lists(shapes, min_size=1, max_size=3), array_steps, st.integers(0, 2**31))
def test_arrays(shapes, steps, seed):
    """Programs of array operators: the shape and every value are those of numpy's arrays of the values."""
    np = pytest.importorskip("numpy")
    r = np.random.default_rng(seed)
    lp = LinearProgram()
    ours, plain = [], []
    for shape in shapes:
        at = r.integers(-3, 4, shape).astype(float)
        ours.append(lp.Vars(shape, lb=at, ub=at))
        plain.append(at)

    def numbers(shape):
        found = r.integers(-2, 3, shape) / 2
        return found, np.where(found == 0, 1.0, found)

    def apply(kind, a, b, operands):
        if kind in ("+", "-"):
            return a + b if kind == "+" else a - b
        if kind in ("*k", "k*", "+k", "k-"):
            k = operands[0]
            return {"*k": lambda: a * k, "k*": lambda: k * a, "+k": lambda: a + k, "k-": lambda: k - a}[kind]()
        if kind in ("*a", "a*", "+a", "a-", "/a"):
            k, divisor = operands
            return {
                "*a": lambda: a * k,
                "a*": lambda: k * a,
                "+a": lambda: a + k,
                "a-": lambda: k - a,
                "/a": lambda: a / divisor,
            }[kind]()
        if kind == "M@":
            return operands[0] @ a
        if kind == "@M":
            return a @ operands[0]
        return {
            "sum0": lambda: a.sum(axis=0),
            "sum1": lambda: a.sum(axis=1),
            "sum": lambda: a.sum(),
            "T": lambda: a.T,
            "neg": lambda: -a,
            "flat": lambda: a.reshape(-1),
            "row": lambda: a[0],
            "slice": lambda: a[::-1],
            "pick": lambda: a[np.array([0, -1, 0])],
            "mask": lambda: a[np.arange(a.shape[0]) % 2 == 0],
        }[kind]()

    for kind, i, *operands in steps:
        k = i % len(ours)
        a, b = plain[k], plain[operands[0] % len(plain)] if kind in ("+", "-") else None
        if kind in ("*a", "a*", "+a", "a-", "/a"):
            operands = numbers(operands[0])
        elif kind == "M@":
            operands = [numbers((operands[0], a.shape[0]))[0]]
        elif kind == "@M":
            operands = [numbers((a.shape[-1], operands[0]))[0]]
        mine = ours[operands[0] % len(ours)] if b is not None else None
        if kind in ("M@", "@M") and a.ndim > 2:
            continue  # numpy's products of stacks are not offered
        try:
            number = apply(kind, a, b, [float(k) if isinstance(k, Fraction) else k for k in operands])
        except (ValueError, IndexError):  # the shapes do not fit
            with pytest.raises((PplpError, IndexError)):
                apply(kind, ours[k], mine, operands)
            continue
        if np.size(number) > 300 or np.abs(number).max(initial=0) > GREATEST:
            continue
        one = apply(kind, ours[k], mine, operands)
        if np.ndim(number):
            assert one.shape == number.shape
            ours.append(one)
            plain.append(number)
        else:
            lp.minimize()
            assert one.value == number
    lp.minimize()
    for one, number in zip(ours, plain):
        assert np.array_equal(one.value, number)
    last, number = ours[-1], plain[-1]
    level = float(np.min(number, initial=0))
    assert lp.add_constraint(last >= level).shape == number.shape
    assert lp.solve().status is Status.OPTIMAL
    if number.size:
        try:
            lp.add_constraint(last <= level - 1)
        except InvalidValue:
            return  # a constant element
        assert lp.solve().status is Status.INFEASIBLE

"""Functions and sets that linear rows and binaries can say: `abs`, `maximum`, `piecewise`, `truth`, `sos2`, ...

A `FunctionExpression` is linear in the values of such functions:

    linear + sum(coefficient[k] * function[k])

Comparing it builds a `FunctionRelation`, which `LinearProgram.add_constraint` takes like any other; the relation
decides which side of each function counts:

    t >= f(e)    above: t is at least the function; of a convex f it takes rows alone, and the program stays linear
    t <= f(e)    below: t is at most the function; of a concave f it takes rows alone
    t == f(e)    both

What is neither takes binaries.  Each function writes its own rows, with the algebra beside it; what they are written
with (new variables, bounds of expressions, big-M) is the `Builder` of reformulation.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import ceil, floor, fsum, inf
from operator import add, mul, sub, truediv
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional, Union

from pplp.core import chaining
from pplp.core.callers import Priority, no_truth
from pplp.core.expressions import LinearExpression, foreign, merged, sum_from
from pplp.core.protocols import numpy_missing
from pplp.core.relations import Relation, Several, no_row
from pplp.core.scalars import (
    Symbolic,
    coefficient,
    constant,
    each_of,
    is_number,
    less,
    not_a_number,
    real,
    refuse_unordered,
    right_hand_side,
    shown,
)
from pplp.core.special import Indicator, OrderedSet, SemicontinuousRange, Special
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.core.owner import Owner
    from pplp.functions.reformulation import Builder, Reformulation

__all__ = [
    "Absolute",
    "Compound",
    "FunctionExpression",
    "FunctionRelation",
    "implication",
    "maximum",
    "minimum",
    "piecewise",
    "semicontinuous",
    "sos1",
    "sos2",
    "truth",
]

#: Slopes that differ by this much, relatively, are one slope.
_SAME_SLOPE = 1e-9
#: A bound this little beyond an integer is meant to be that integer.
_INTEGER_GUARD = 1e-9


# --------------------------------------------------------------------- functions
class Function(Pickled):
    """A function of linear expressions."""

    __slots__ = ()
    #: Does it take the values 0 and 1 only?
    is_zero_or_one = False

    @property
    def operands(self) -> Sequence[LinearExpression]:
        """The expressions that it is a function of."""
        raise NotImplementedError  # pragma: no cover - each function has its own

    def at(self, value: Callable[[Any], float]) -> float:
        """Its value where `value` gives those of linear expressions and numbers."""
        raise NotImplementedError  # pragma: no cover - each function has its own

    def write(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        """The rows of ``t >= f`` (above), ``t <= f`` (below) or both; t is a number or a linear expression."""
        raise NotImplementedError  # pragma: no cover - each function has its own


class Extremum(Function):
    """The greatest (sign 1) or the least (sign -1) of expressions and numbers.

        t >= max(e_1, ..., e_n):   t >= e_i for every i
        t <= max(e_1, ..., e_n):   t <= e_i + M_i (1 - s_i),  s_1 + ... + s_n = 1,  s_i binary,
                                   M_i = max(upper bounds of the others) - lower bound of e_i

    The operands that bounds keep below another are left out.  When all are 0 or 1 no s is needed: then
    t <= max is t <= e_1 + ... + e_n and t <= 1, the logical "or".  min(e) is -max(-e); of binaries it is "and".
    """

    __slots__ = ("_items", "_sign")

    def __init__(self, sign: int, items: list[Any]) -> None:
        self._sign = sign
        self._items = items

    def __repr__(self) -> str:
        return f"{'maximum' if self._sign > 0 else 'minimum'}({', '.join(map(_text, self._items))})"

    @property
    def operands(self) -> Sequence[LinearExpression]:
        return [e for e in self._items if isinstance(e, LinearExpression)]

    def at(self, value: Callable[[Any], float]) -> float:
        return float(self._sign * max(self._sign * value(e) for e in self._items))

    def write(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        if self._sign < 0:
            above, below = below, above
            t = -t
        items = [self._sign * e for e in self._items]
        if above:  # from here on of the greatest
            for e in items:
                builder.row(t - e, 0.0, inf)
        if below and all(builder.is_zero_or_one(e) for e in self._items):
            # The greatest of -b_1, ..., -b_n is at most 0, and at most the sum plus n - 1.
            shift = 0 if self._sign > 0 else len(items) - 1
            builder.row(t - sum(items), -inf, shift)
            if not builder.is_zero_or_one(self._sign * t):
                builder.row(t, -inf, 1.0 if self._sign > 0 else 0.0)
        elif below:
            self._choose(builder, t, items)

    @staticmethod
    def _choose(builder: Builder, t: Any, items: list[Any]) -> None:
        floor_of_all = max(map(builder.low, items))
        kept = [e for e in items if builder.high(e) > floor_of_all]
        if not kept or max(map(builder.low, kept)) < floor_of_all:
            kept.append(next(e for e in items if builder.low(e) == floor_of_all))
        if len(kept) < len(items):
            for e in items:
                if not any(e is other for other in kept):
                    builder.rely_on_high(e)
            builder.rely_on_low(max(kept, key=builder.low))
        if len(kept) == 1:
            builder.row(t - kept[0], -inf, 0.0)
            return
        if len(kept) == 2:
            one = builder.binary("choice")
            choices = [one, 1 - one]
        else:
            choices = [builder.binary("choice") for _ in kept]
            builder.row(sum(choices), 1.0, 1.0)
        highs = [builder.rely_on_high(e) for e in kept]
        for k, (e, chosen) in enumerate(zip(kept, choices)):
            m = builder.big_m(max(highs[:k] + highs[k + 1 :]) - builder.rely_on_low(e), e)
            builder.row(t - e - m * (1 - chosen), -inf, 0.0)


class Absolute(Extremum):
    """``|e| = max(e, -e)``.

    t >= |e| is -t <= e <= t; t <= |e| takes one binary, unless the bounds tell the sign of e.
    """

    __slots__ = ()

    def __init__(self, e: LinearExpression) -> None:
        super().__init__(1, [e, -e])

    def __repr__(self) -> str:
        return f"abs({self._items[0]})"

    def write(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        if above and not below and is_number(t):
            builder.row(self._items[0], -t, t)
        else:
            super().write(builder, t, above, below)


class Piecewise(Function):
    """The polygon through points (x_0, y_0), ..., (x_n, y_n) as a function of e, defined from x_0 to x_n.

        t >= f(e), f convex:   t >= y_i + slope_i (e - x_i)  for every segment i
        otherwise:             e = x_0 + sum of (x_{i+1} - x_i) d_i,   0 <= d_i <= 1,
                               t >= y_0 + sum of (y_{i+1} - y_i) d_i   (or <=, or ==),
                               d_{i+1} <= s_i <= d_i,  s_i binary: a segment starts when the one before is full

    The second, the incremental method, needs no big-M, and its relaxation is as tight as any.
    """

    __slots__ = ("_e", "_points")

    def __init__(self, e: LinearExpression, points: list[tuple[float, float]]) -> None:
        self._e = e
        self._points = points

    def __repr__(self) -> str:
        points = ", ".join(f"({shown(x)}, {shown(y)})" for x, y in self._points[:4])
        more = ", ..." if len(self._points) > 4 else ""
        return f"piecewise({self._e}, [{points}{more}])"

    @property
    def operands(self) -> Sequence[LinearExpression]:
        return [self._e]

    def at(self, value: Callable[[Any], float]) -> float:
        at, points = float(value(self._e)), self._points
        if not points[0][0] - 1e-6 <= at <= points[-1][0] + 1e-6:
            raise InvalidValue(
                f"{self} is defined from {points[0][0]:g} to {points[-1][0]:g}, and not at {quoted(at)}."
            )
        i = max(0, min(sum(x <= at for x, _ in points) - 1, len(points) - 2))
        (x, y), slope = points[i], self._slopes()[i]
        return y + slope * (at - x)

    def _slopes(self) -> list[float]:
        return [(y - y0) / (x - x0) for (x0, y0), (x, y) in zip(self._points, self._points[1:])]

    def _corners(self) -> list[tuple[float, float]]:
        """The points without those on the line through their neighbours."""
        slopes = self._slopes()
        inner = [point for point, a, b in zip(self._points[1:], slopes, slopes[1:]) if _rises(a, b) or _rises(b, a)]
        return [self._points[0], *inner, self._points[-1]]

    def write(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        short = Piecewise(self._e, self._corners())
        slopes = short._slopes()
        pairs = list(zip(slopes, slopes[1:]))
        convex = not any(_rises(b, a) for a, b in pairs)
        concave = not any(_rises(a, b) for a, b in pairs)
        if (convex or not above) and (concave or not below):
            points = short._points
            builder.row(self._e, points[0][0], points[-1][0])
            for (x, y), slope in zip(points, slopes):
                builder.row(t - slope * (self._e - x) - y, 0.0 if above else -inf, 0.0 if below else inf)
        else:
            short._fill(builder, t, above, below)

    def _fill(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        points = self._points
        parts = [builder.variable("part", 0.0, 1.0) for _ in points[1:]]
        width = sum((b[0] - a[0]) * part for part, a, b in zip(parts, points, points[1:]))
        height = sum((b[1] - a[1]) * part for part, a, b in zip(parts, points, points[1:]))
        builder.row(self._e - width, points[0][0], points[0][0])
        builder.row(t - height - points[0][1], 0.0 if above else -inf, 0.0 if below else inf)
        for part, following in zip(parts, parts[1:]):
            full = builder.binary("full")
            builder.row(part - full, 0.0, inf)
            builder.row(full - following, 0.0, inf)


def _rises(a: float, b: float) -> bool:
    """Is the slope b greater than the slope a?"""
    return b - a > _SAME_SLOPE * max(abs(a), abs(b))


class Truth(Function):
    """1 where the relation lower <= e <= upper holds, and 0 where it does not.  With t = 0 or 1:

        t <= truth:   t = 1 implies the relation:   e <= upper + (U - upper) (1 - t),
                                                    e >= lower - (lower - L) (1 - t)
        t >= truth:   t = 0 implies that it fails, which needs integers:
                      e >= upper + 1 - (upper + 1 - L) (t + s)   and, where there are two sides, s binary and
                      e <= lower - 1 + (U - lower + 1) (t + 1 - s)

    L and U are the bounds of e.
    """

    __slots__ = ("_relation",)
    is_zero_or_one = True

    def __init__(self, relation: Relation) -> None:
        self._relation = relation

    def __repr__(self) -> str:
        return f"truth({self._relation})"

    @property
    def operands(self) -> Sequence[LinearExpression]:
        return [self._relation._expression]

    def at(self, value: Callable[[Any], float]) -> float:
        # As an integer expression, or within the tolerance that a solver's answer has.
        found = value(self._relation._expression)
        slack = 1e-6 * max(1.0, abs(found))
        return 1 if self._relation._lower - slack <= found <= self._relation._upper + slack else 0

    def write(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        indices, coefficients, shift = self._relation._expression._parts()
        e = sum_from(self._relation._expression._program, *merged(indices, coefficients), 0.0)
        lower, upper = less(self._relation._lower, shift), less(self._relation._upper, shift)
        if not builder.is_zero_or_one(t):
            wanted, t = t, builder.binary("truth")
            builder.row(wanted - t, 0.0 if above else -inf, 0.0 if below else inf)
        if below and upper < inf:
            m = builder.big_m(builder.rely_on_high(e) - upper, e)
            if m > 0:
                builder.row(e - m * (1 - t), -inf, upper)
        if below and lower > -inf:
            m = builder.big_m(lower - builder.rely_on_low(e), e)
            if m > 0:
                builder.row(e + m * (1 - t), lower, inf)
        if above:
            self._fail(builder, e, t, lower, upper)

    def _fail(self, builder: Builder, e: LinearExpression, t: Any, lower: float, upper: float) -> None:
        """The rows of: t = 0 implies e < lower or e > upper."""
        builder.rely_on_integers(e, f"that {self._relation} fails")
        too_low = ceil(lower - _INTEGER_GUARD) - 1 if lower > -inf else -inf
        too_high = floor(upper + _INTEGER_GUARD) + 1 if upper < inf else inf
        # A side that the bounds rule out is none.
        if too_low > -inf and builder.low(e) > too_low:
            builder.rely_on_low(e)
            too_low = -inf
        if too_high < inf and builder.high(e) < too_high:
            builder.rely_on_high(e)
            too_high = inf
        if too_low == -inf and too_high == inf:
            builder.row(t, 1.0, inf)
            return
        side = builder.binary("side") if too_low > -inf and too_high < inf else 0
        if too_high < inf:
            m = builder.big_m(too_high - builder.rely_on_low(e), e)
            builder.row(e + m * (t + side), too_high, inf)
        if too_low > -inf:
            m = builder.big_m(builder.rely_on_high(e) - too_low, e)
            builder.row(e - m * (t + (1 - side if too_high < inf else 0)), -inf, too_low)


# --------------------------------------------------------------------- expressions of them
class Compared:
    """The relations of what has functions in it, be it one expression or an array of them."""

    __slots__ = ()

    def __le__(self, other: Any) -> Any:
        return compared(self, other, "<=")

    def __ge__(self, other: Any) -> Any:
        return compared(self, other, ">=")

    def __eq__(self, other: Any) -> Any:
        return compared(self, other, "==")

    __hash__: Any = None


class FunctionExpression(Compared, Symbolic):
    """A linear expression plus multiples of `abs`, `maximum`, `minimum`, `piecewise` and `truth`.

    It adds, subtracts, takes numbers as factors, and compares, like a linear expression.  It may not be an objective,
    nor the operand of another function: for that, give it a variable.

    >>> from pplp import LinearProgram, maximum
    >>> lp = LinearProgram()
    >>> x, y, worst = lp.Var("x", lb=0, ub=9), lp.Var("y", lb=0, ub=9), lp.Var("worst")
    >>> lp.add_constraint(worst >= 2*abs(x - 4) + maximum(x, y) - 1)
    2 abs(x - 4) + maximum(x, y) - 1 <= worst: 2 variables, 5 constraints
    >>> _ = lp.add_constraint(x + y == 7)
    >>> lp.objective = worst
    >>> lp.minimize(), x.value, (2*abs(x - 4) + maximum(x, y) - 1).value
    (3.0, 4.0, 3.0)
    """

    __slots__ = ("_count", "_linear", "_program", "_terms")
    #: numpy and pandas leave the operators to us.
    __array_ufunc__ = None
    __pandas_priority__ = Priority()
    _program: Owner
    _linear: Any  # a number or a linear expression
    _terms: list[tuple[float, Function]]  # shared with longer sums, as the buffers of a linear sum are
    _count: int

    # ---- reading
    @property
    def value(self) -> float:
        """The value at the program's current solution; errors as for a linear expression."""
        return self._value_in(self._program._current("value"))

    def _value_in(self, solution: Solution) -> float:
        def value(e: Any) -> Any:
            return e if isinstance(e, (int, float)) else solution.value(e)

        return fsum([value(self._linear), *(a * f.at(value) for a, f in self._terms[: self._count])])

    def __repr__(self) -> str:
        words: list[str] = []
        for a, f in self._terms[: self._count]:
            if words or a < 0:
                words.append("-" if a < 0 else "+")
            words.append(repr(f) if abs(a) == 1 else f"{shown(abs(a))} {f!r}")
        linear = _text(self._linear)
        if linear != "0" or not words:
            negative = linear.startswith("-")
            if words:
                words += ["-" if negative else "+", linear[1:] if negative else linear]
            else:
                words = [linear]
        return " ".join(words) if words[0] != "-" else "-" + " ".join(words[1:])

    # ---- arithmetic
    def __add__(self, other: Any) -> Any:
        return self._plus(other, 1.0)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._plus(other, -1.0)

    def __rsub__(self, other: Any) -> Any:
        return (-self)._plus(other, 1.0)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Symbolic):
            raise ExpressionError(f"{self} * {other} is a product of two expressions, which is not linear.")
        if not is_number(other):
            return _beside(mul, self, other)
        factor = coefficient(other, self)
        terms = [(coefficient(factor * a, f), f) for a, f in self._terms[: self._count]] if factor else []
        return _expression(self._program, self._linear * factor, terms)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Symbolic):
            raise ExpressionError(f"{self} / {other} divides by an expression, which is not linear.")
        if not is_number(other):
            return _beside(truediv, self, other)
        divisor = real(other, "divisor", self)
        if divisor == 0:
            raise InvalidValue(f"{self} is divided by zero.")
        return self * (1.0 / divisor)

    def __neg__(self) -> Any:
        return self * -1

    def __pos__(self) -> FunctionExpression:
        return self

    def _plus(self, other: Any, sign: float) -> Any:
        terms, count = self._terms, self._count
        if isinstance(other, FunctionExpression):
            _same_program(self, other)
            more = [(sign * a, f) for a, f in other._terms[: other._count]]
            if len(terms) != count:
                terms = terms[:count]
            terms += more
            if len(terms) != count + len(more):  # another sum took the tail meanwhile
                terms = terms[:count] + more
            linear = self._linear + sign * other._linear
            return _expression(self._program, linear, terms, count + len(more))
        if isinstance(other, LinearExpression):
            _same_program(self, other)
        elif is_number(other):
            other = constant(other, self)
        else:
            return _beside(add if sign > 0 else sub, self, other)
        return _expression(self._program, self._linear + (other if sign > 0 else -other), terms, count)

    # ---- what has no meaning
    def _refused(self, *_: Any) -> NoReturn:
        raise no_truth(
            f"{self} takes +, -, numbers as factors, and <=, >=, == only. For anything else give it a variable: "
            "t = lp.Var(), and t == ... as a constraint."
        )

    __lt__ = __gt__ = __ne__ = __pow__ = __rpow__ = __rtruediv__ = __floordiv__ = __mod__ = _refused
    __matmul__ = __rmatmul__ = __abs__ = __bool__ = __float__ = __rshift__ = _refused


def _expression(
    program: Owner, linear: Any, terms: list[tuple[float, Function]], count: Optional[int] = None
) -> FunctionExpression:
    expression = FunctionExpression()
    expression._program = program
    expression._linear = linear
    expression._terms = terms
    expression._count = len(terms) if count is None else count
    return expression


def constant_function(program: Owner, linear: Any) -> FunctionExpression:
    """A number or a linear expression as an expression of no functions, which compares and adds as one of some."""
    return _expression(program, linear, [])


def is_array(thing: Any) -> bool:
    """Does it have elements by position or by label, as numpy's, pplp's and the series of pandas have?"""
    return bool(getattr(thing, "shape", ())) and not is_number(thing)


def _arrays() -> Any:
    """The module of arrays of functions, which needs numpy."""
    try:
        from pplp.arrays import function_arrays
    except ImportError as error:
        raise numpy_missing(error) from error
    return function_arrays


def _beside(operation: Callable[[Any, Any], Any], expression: FunctionExpression, other: Any) -> Any:
    """The operation with each element of an array; NotImplemented for what is none."""
    if isinstance(other, (list, tuple)):
        _refuse_list(expression, other)
    if is_array(other):
        return _arrays().functions(operation, expression, other)
    return not_a_number(other, expression)


def _refuse_list(expression: Any, numbers: Any) -> NoReturn:
    raise ExpressionError(
        f"A {type(numbers).__name__} beside the single expression {expression} is not supported. For each of its "
        "numbers write [... for number in numbers], or all at once with numpy.array(numbers)."
    )


def _same_program(left: Any, right: Any) -> None:
    if left._program is not right._program:
        raise foreign(left, right)


def compared(left: Any, right: Any, sense: str) -> Any:
    """left - right compared with 0; the left one is one expression or an array of them."""
    if chaining.pending:
        chaining.finish(left)  # which never is the middle of one
    if isinstance(right, (list, tuple)) and not is_array(left):
        _refuse_list(left, right)
    if is_array(left) or is_array(right):
        return _arrays().relations(left, sense, right)
    return related(left, sense, right)


def related(left: FunctionExpression, sense: str, right: Any) -> Any:
    """The relation of one expression and another or a number, which is no part of a chain."""
    if isinstance(right, (LinearExpression, FunctionExpression)):
        _same_program(left, right)
    elif not is_number(right):
        return not_a_number(right, left, sense == "==")
    else:
        right = right_hand_side(right, left)
        if abs(right) == inf:
            raise InvalidValue(f"{left} {sense} {right} says nothing, or can never hold: write a finite number.")
    return FunctionRelation(left, sense, right)


def _plain_variable(e: LinearExpression) -> Optional[int]:
    """The index of the variable that the expression is; None of any other expression."""
    indices, coefficients, shift = e._parts()
    indices, coefficients = merged(indices, coefficients)
    return indices[0] if list(coefficients) == [1.0] and not shift else None


def _text(operand: Any) -> str:
    return shown(operand) if isinstance(operand, (int, float)) else str(operand)


# --------------------------------------------------------------------- what add_constraint takes
class Compound(Pickled, Several):
    """A constraint that takes several rows, and perhaps variables of its own; `add_constraint` writes them."""

    __slots__ = ()
    _program: Owner

    def _each(self, name: Optional[str]) -> Iterable[tuple[Compound, Optional[str]]]:
        """The single constraints that it consists of, each with the name that it gets."""
        return [(self, name)]

    def _add_to(self, program: Any, name: Optional[str], rows_only: bool) -> Any:
        if rows_only:
            raise no_row(self)
        from pplp.functions.reformulation import reformulate

        return reformulate(program, self, name)

    def _handles(self, records: list[Reformulation]) -> Any:
        """What `add_constraint` returns, of the records of the single ones."""
        return records[0]

    def _operands(self) -> Sequence[Any]:
        """The linear expressions in it, and perhaps numbers."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _write(self, builder: Builder) -> None:
        """All its rows."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _special(self) -> Optional[Special]:
        """What it says, where file formats have a section for it."""
        return None

    def _refused(self, *_: Any) -> NoReturn:
        raise no_truth(
            f"The constraint {self} has no truth value and cannot be compared again. Give it to add_constraint() "
            "whole; write a chain as two constraints."
        )

    __bool__ = __le__ = __ge__ = __lt__ = __gt__ = __eq__ = __ne__ = _refused
    __hash__ = object.__hash__


class FunctionRelation(Compound):
    """``left <= right``, ``left >= right`` or ``left == right``, where functions occur on the left."""

    __slots__ = ("_left", "_program", "_right", "_sense")

    def __init__(self, left: FunctionExpression, sense: str, right: Any) -> None:
        self._program = left._program
        self._left = left
        self._sense = sense
        self._right = right

    def __repr__(self) -> str:
        return f"{self._left} {self._sense} {_text(self._right)}"

    def _operands(self) -> list[Any]:
        e = self._left - self._right
        return [e._linear, *(operand for _, f in e._terms[: e._count] for operand in f.operands)]

    def _write(self, builder: Builder) -> None:
        e = self._left - self._right
        by_function: dict[int, tuple[float, Function]] = {}
        for a, f in e._terms[: e._count]:
            by_function[id(f)] = by_function.get(id(f), (0.0, f))[0] + a, f
        terms = [(a, f) for a, f in by_function.values() if a]
        rest = builder.plain(e._linear)
        at_most, at_least = self._sense != ">=", self._sense != "<="
        if len(terms) == 1:  # a f + rest <= 0 is f <= -rest / a, or >= where a < 0
            a, f = terms[0]
            f.write(builder, builder.plain(rest / -a), *(at_most, at_least) if a > 0 else (at_least, at_most))
            return
        for a, f in terms:
            t = builder.binary("truth") if f.is_zero_or_one else builder.variable("value")
            f.write(builder, t, *(at_most, at_least) if a > 0 else (at_least, at_most))
            rest = rest + a * t
        builder.row(rest, 0.0 if at_least else -inf, 0.0 if at_most else inf)


class Implication(FunctionRelation):
    """``b >> (e <= 5)``, which is ``truth(e <= 5) >= b``."""

    __slots__ = ()

    def __repr__(self) -> str:
        condition = f"({self._right})" if " " in str(self._right) else str(self._right)
        return f"{condition} >> {str(self._left)[5:]}"

    def _special(self) -> Optional[Special]:
        ((_, function),) = self._left._terms[: self._left._count]
        relation = function._relation  # type: ignore[attr-defined]
        indices, coefficients, shift = relation._expression._parts()
        indices, coefficients = merged(indices, coefficients)
        condition, factors = merged(*self._right._parts()[:2])
        lower, upper = relation._lower - shift, relation._upper - shift
        if not condition or not indices or (lower == -inf and upper == inf):
            return None
        return Indicator(condition[0], int(factors[0] > 0), tuple(indices), tuple(coefficients), lower, upper)


class Semicontinuous(Compound):
    """e = 0 or lower <= e <= upper:  ``lower s <= e <= upper s``, s binary."""

    __slots__ = ("_e", "_lower", "_program", "_upper")

    def __init__(self, e: LinearExpression, lower: float, upper: float) -> None:
        self._program = e._program
        self._e = e
        self._lower = lower
        self._upper = upper

    def __repr__(self) -> str:
        return f"semicontinuous({self._e}, {shown(self._lower)}, {shown(self._upper)})"

    def _operands(self) -> list[Any]:
        return [self._e]

    def _write(self, builder: Builder) -> None:
        if self._lower <= 0 <= self._upper:
            builder.row(self._e, self._lower, self._upper)
            return
        on = builder.binary("on")
        builder.row(self._e - builder.big_m(self._upper, self._e) * on, -inf, 0.0)
        builder.row(self._e - builder.big_m(self._lower, self._e) * on, 0.0, inf)

    def _special(self) -> Optional[Special]:
        column = _plain_variable(self._e)
        if column is None or self._lower <= 0 <= self._upper:  # then it is a pair of bounds
            return None
        return SemicontinuousRange(column, self._lower, self._upper)


class SpecialOrderedSet(Compound):
    """At most `kind` of the expressions, next to each other in this order, are not 0.

    L_i p_i <= e_i <= U_i p_i,   L and U the bounds of e
    kind 1:  p_i binary, p_1 + ... + p_n <= 1; a binary e_i is its own p_i
    kind 2:  p_i = s_{i-1} + s_i,  s_1 + ... + s_{n-1} <= 1,  s_i binary: the pair that may differ from 0
    """

    __slots__ = ("_items", "_kind", "_program")

    def __init__(self, kind: int, items: list[LinearExpression]) -> None:
        self._program = items[0]._program
        self._kind = kind
        self._items = items

    def __repr__(self) -> str:
        return f"sos{self._kind}({', '.join(map(str, self._items))})"

    def _operands(self) -> list[Any]:
        return self._items

    def _write(self, builder: Builder) -> None:
        if len(self._items) <= self._kind:
            return
        if self._kind == 2:
            pairs = [builder.binary("pair") for _ in self._items[1:]]
            builder.row(sum(pairs), -inf, 1.0)
            nothing: Any = 0
            for e, before, after in zip(self._items, [nothing, *pairs], [*pairs, nothing]):
                self._switch(builder, e, before + after)
            return
        switches: list[Any] = []
        for e in self._items:
            if builder.is_zero_or_one(e):
                switches.append(e)
            else:
                switches.append(builder.binary("on"))
                self._switch(builder, e, switches[-1])
        builder.row(sum(switches), -inf, 1.0)

    def _special(self) -> Optional[Special]:
        members = [column for column in map(_plain_variable, self._items) if column is not None]
        return OrderedSet(self._kind, tuple(members)) if len({*members}) == len(self._items) else None

    @staticmethod
    def _switch(builder: Builder, e: LinearExpression, p: Any) -> None:
        """p = 0 implies e = 0."""
        builder.row(e - builder.big_m(builder.rely_on_high(e), e) * p, -inf, 0.0)
        builder.row(e - builder.big_m(builder.rely_on_low(e), e) * p, 0.0, inf)


# --------------------------------------------------------------------- what users write
def maximum(*operands: Any, axis: Optional[Union[int, tuple[int, ...]]] = None) -> Any:
    """The greatest of linear expressions and numbers, given one by one or as one iterable; of binaries, "or".

    ``t >= maximum(...)`` stays linear; ``<=`` and ``==`` take binaries, and bounds of the operands, unless all of
    them are binaries.  Of numbers alone it is a number.

    Of several operands with arrays among them, ``maximum(X, Y, 4)`` or ``maximum([X, Y, 4])``, it is an array: the
    greatest at each position, with numpy's broadcasting, or at each label.  Of one array, ``maximum(X)``, it is the
    greatest of all its elements, as `numpy.max`; with ``axis=``, an integer or a tuple of them, along that axis.  Of
    variables by key it is the greatest of the variables.

    Raises `ExpressionError` for operands that are neither linear expressions nor numbers, for dictionaries and sets,
    and for an axis of anything but one array; `InvalidValue` for none, and for shapes or labels that do not fit;
    `ForeignObject` for those of two programs.

    >>> from pplp import LinearProgram, maximum
    >>> lp = LinearProgram()
    >>> x, y, last = lp.Var("x", lb=0), lp.Var("y", lb=0), lp.Var("last")
    >>> _ = lp.add_constraint(x + y == 10)
    >>> lp.add_constraint(last >= maximum(2*x, 3*y, 4))
    maximum(2 x, 3 y, 4) <= last: 0 variables, 3 constraints
    >>> lp.objective = last
    >>> lp.minimize(), x.value, y.value
    (12.0, 6.0, 4.0)
    >>> load = lp.Vars((2, 2), "load", lb=0)
    >>> maximum(load, 1), maximum(load, axis=0)[1]
    ([[maximum(load[0,0], 1), maximum(load[0,1], 1)], [maximum(load[1,0], 1), maximum(load[1,1], 1)]], \
maximum(load[0,1], load[1,1]))
    """
    return _extremum(1, operands, axis)


def minimum(*operands: Any, axis: Optional[Union[int, tuple[int, ...]]] = None) -> Any:
    """The least of linear expressions and numbers; of binaries, "and".  Else as `maximum`, the other way round.

    >>> from pplp import LinearProgram, minimum
    >>> lp = LinearProgram()
    >>> a, b, both = lp.BoolVar("a"), lp.BoolVar("b"), lp.BoolVar("both")
    >>> _ = lp.add_constraint(both == minimum(a, b))
    >>> lp.objective = 3*both - a - b
    >>> lp.maximize(), both.value
    (1.0, 1)
    """
    return _extremum(-1, operands, axis)


def _extremum(sign: int, operands: tuple[Any, ...], axis: Any) -> Any:
    name = "maximum" if sign > 0 else "minimum"
    if len(operands) == 1 and is_array(operands[0]):
        return _arrays().along(lambda items: _extreme(sign, items), operands[0], axis, name)
    if axis is not None:
        raise ExpressionError(f"{name}() takes an axis with one array only: {name}(x, axis={quoted(axis)}).")
    if len(operands) == 1 and isinstance(operands[0], Iterable) and not is_number(operands[0]):
        operands = tuple(each_of(operands[0], f"{name}() takes expressions and numbers"))
    if any(map(is_array, operands)):
        return _arrays().functions(lambda *items: _extreme(sign, items), *operands)
    return _extreme(sign, operands)


def _extreme(sign: int, operands: Sequence[Any]) -> Any:
    """The greatest (sign 1) or the least (sign -1) of single ones."""
    name = "maximum" if sign > 0 else "minimum"
    if not operands:
        raise InvalidValue(f"{name}() of nothing has no value. Look whether an empty list was given.")
    items = [e if isinstance(e, LinearExpression) else _number(e, f"{name}()") for e in operands]
    expressions = [e for e in items if isinstance(e, LinearExpression)]
    if not expressions:
        return sign * max(sign * number for number in items)
    for e in expressions:
        _same_program(expressions[0], e)
    return _expression(expressions[0]._program, 0, [(1.0, Extremum(sign, items))])


def absolute(e: Any) -> Any:
    """What the builtin ``abs(e)`` is, of one expression or of each of an array."""
    if is_array(e):
        return _arrays().functions(absolute, e)
    return _expression(e._program, 0, [(1.0, Absolute(e))])


def piecewise(e: Any, points: Iterable[tuple[Any, Any]]) -> Any:
    """The piecewise linear function through ``points``, pairs (x, y) with x rising, at x = e.

    It is defined from the first x to the last: its constraints keep e there; for a longer last piece give a farther
    point.  ``t >= piecewise(...)`` of a convex one and ``t <= piecewise(...)`` of a concave one stay linear; anything
    else takes one binary for each inner point (points on a straight line count once).  Of an array it is the same
    function of each element.

    Raises `ExpressionError` unless e is a linear expression and the points are pairs of numbers, `InvalidValue` for
    less than two points, x that do not rise (a jump is no function), NaN and infinities.

    >>> from pplp import LinearProgram, piecewise
    >>> lp = LinearProgram()
    >>> ordered, price = lp.Var("ordered"), lp.Var("price")
    >>> discount = piecewise(ordered, [(0, 0), (10, 50), (30, 90)])
    >>> lp.add_constraint(price == discount)
    piecewise(ordered, [(0, 0), (10, 50), (30, 90)]) == price: 3 variables, 4 constraints
    >>> _ = lp.add_constraint(ordered >= 20)
    >>> lp.objective = price
    >>> lp.minimize()
    70.0
    """
    pairs: list[tuple[float, float]] = []
    for point in each_of(points, "piecewise() takes a list of points (x, y)"):
        refuse_unordered(point, "A point of piecewise() is a pair (x, y) of numbers")
        if not isinstance(point, Collection) or getattr(point, "shape", (2,)) != (2,) or len(point) != 2:
            raise ExpressionError(f"A point of piecewise() must be a pair (x, y) of numbers, not {quoted(point)}.")
        x, y = [_number(number, f"the point {quoted(point)} of piecewise()") for number in point]
        if pairs and not x > pairs[-1][0]:
            raise InvalidValue(
                f"The points of piecewise() must have rising x, and {x:g} comes after {pairs[-1][0]:g}. Sort them; "
                "for a jump say with binaries, b >> (...), which piece counts."
            )
        pairs.append((x, y))
    if len(pairs) < 2:
        raise InvalidValue(f"piecewise() takes two points or more, not {len(pairs)}.")

    def through(one: Any) -> FunctionExpression:
        one = _linear(one, "piecewise")
        return _expression(one._program, 0, [(1.0, Piecewise(one, pairs))])

    return _arrays().functions(through, e) if is_array(e) else through(e)


def truth(relation: Any) -> Any:
    """1 where a linear relation holds and 0 where it does not, to be compared and summed.

        r == truth(sum(bs) <= 2)             r tells whether at most two hold
        sum(truth(c) for c in wishes) >= 3   at least three of the wishes are fulfilled

    ``t <= truth(c)``, where t = 1 implies c, takes bounds of the variables in c, for the big-M.  ``t >= truth(c)`` and
    ``==``, where t = 0 implies that c fails, also need integer variables and coefficients: over continuous ones the
    failure of c is no closed set.  Of a `bool`, as ``sum([]) <= 2`` gives, it is 0 or 1.  Of an array of relations,
    such as ``X <= 9``, it is an array.

    Raises `ExpressionError` for anything but a linear relation or a bool.

    >>> from pplp import LinearProgram, truth
    >>> lp = LinearProgram()
    >>> bs, crowded = lp.Vars(4, "b", lb=0, ub=1, integer=True), lp.BoolVar("crowded")
    >>> lp.add_constraint(crowded == truth(sum(bs) >= 3))
    truth(b[0] + b[1] + b[2] + b[3] >= 3) == crowded: 0 variables, 2 constraints
    >>> lp.objective = sum(bs) - 2*crowded
    >>> lp.maximize(), crowded.value
    (2.0, 0)
    """
    if isinstance(relation, Relation):
        return _expression(relation._expression._program, 0, [(1.0, Truth(relation))])
    if isinstance(relation, bool) or type(relation).__name__ == "bool_":
        return int(relation)
    if isinstance(relation, Compound):
        raise ExpressionError(f"truth() takes a linear relation. Give each function in {relation} a variable first.")
    if is_array(relation):
        return _arrays().functions(truth, relation)
    raise ExpressionError(f"truth() takes a relation, such as x + y <= 4, not {quoted(relation)}.")


def implication(condition: Any, relation: Any) -> Any:
    """What ``b >> relation`` is: ``b <= truth(relation)``, b a binary variable or 1 minus one; or arrays of them."""
    if isinstance(relation, Compound):
        raise ExpressionError(
            f"{condition} >> {relation}: what is implied must be linear. Give each function in it a variable first, "
            "and imply a relation of that."
        )
    if is_array(condition) or is_array(relation):
        return _arrays().compounds(implication, condition, relation)
    if not isinstance(relation, (Relation, bool)):
        raise ExpressionError(
            f"{condition} >> {quoted(relation)}: what is implied must be a relation, in parentheses, as in b >> (x "
            "<= 5)."
        )
    from pplp.functions.reformulation import Builder

    if not Builder(condition._program, condition, None).is_zero_or_one(condition):
        raise ExpressionError(
            f"{condition} >> ({relation}): the condition must be a binary variable b, or 1 - b. For a condition of "
            "several, make a binary variable of it: b == minimum(b1, b2), or b == truth(...)."
        )
    holds = truth(relation)
    if is_number(holds):
        return related(constant_function(condition._program, holds), ">=", condition)
    return Implication(holds, ">=", condition)


def semicontinuous(e: Any, lower: Any, upper: Any) -> Compound:
    """The constraint ``e = 0 or lower <= e <= upper``, for `add_constraint`; of an integer variable, semi-integer.

    Of arrays it is the constraint of each element; expression and bounds broadcast as numpy's, or go by label.

    Raises `ExpressionError` unless e is a linear expression, `InvalidValue` for bounds that are crossed, NaN
    or infinite.

    >>> from pplp import LinearProgram, semicontinuous
    >>> lp = LinearProgram()
    >>> x = lp.Var("x")
    >>> batch = lp.add_constraint(semicontinuous(x, 10, 50), name="batch")
    >>> batch
    batch: semicontinuous(x, 10, 50): 1 variable, 2 constraints
    >>> lp.objective = x + 3*batch.variables[0]
    >>> short = lp.add_constraint(x >= 4)
    >>> lp.minimize(), x.value
    (13.0, 10.0)
    """
    if any(map(is_array, (e, lower, upper))):
        return _arrays().compounds(semicontinuous, e, lower, upper)  # type: ignore[no-any-return]
    e = _linear(e, "semicontinuous")
    lower, upper = _number(lower, "semicontinuous()"), _number(upper, "semicontinuous()")
    if lower > upper:
        raise InvalidValue(f"The lower bound {lower:g} of semicontinuous({e}) is above its upper bound {upper:g}.")
    return Semicontinuous(e, lower, upper)


def sos1(expressions: Any, axis: Optional[Union[int, tuple[int, ...]]] = None) -> Compound:
    """The constraint that at most one of the expressions is not 0, for `add_constraint`.

    They need bounds, unless they are binary.  They are a list, variables by key, or an array of one dimension.  Of
    an array of more, ``sos1(X, axis=0)`` is an array of sets, each along that axis.

    Raises `ExpressionError` for anything but linear expressions, and for an array of two dimensions or more without
    an axis; `InvalidValue` for none, `ForeignObject` for those of two programs.

    >>> from pplp import LinearProgram, sos1
    >>> lp = LinearProgram()
    >>> xs = lp.Vars(3, "x", lb=0, ub=4)
    >>> _ = lp.add_constraint(sos1(xs))
    >>> lp.objective = sum(xs)
    >>> lp.maximize()
    4.0
    """
    return _ordered_set(1, expressions, axis)


def sos2(expressions: Any, axis: Optional[Union[int, tuple[int, ...]]] = None) -> Compound:
    """The constraint that at most two of the expressions, next to each other in the order given, are not 0.

    Errors as `sos1`.

    >>> from pplp import LinearProgram, sos2
    >>> lp = LinearProgram()
    >>> xs = lp.Vars(3, "x", lb=0, ub=4)
    >>> record = lp.add_constraint(sos2(xs))
    >>> lp.objective = xs[0] + xs[1] + 2*xs[2]
    >>> lp.maximize(), [x.value for x in xs]
    (12.0, [0.0, 4.0, 4.0])
    """
    return _ordered_set(2, expressions, axis)


def _ordered_set(kind: int, expressions: Any, axis: Any) -> Compound:
    name = f"sos{kind}"
    if is_array(expressions):
        if axis is None and len(expressions.shape) > 1:
            raise ExpressionError(
                f"{name}() of an array of the shape {expressions.shape} needs an axis. Write {name}(x, axis=1) for a "
                f"set in each row, or {name}(x.flat) for one set of all."
            )
        return _arrays().sets_along(lambda items: _ordered(kind, items), expressions, axis, name)  # type: ignore[no-any-return]
    if axis is not None:
        raise ExpressionError(f"{name}() takes an axis with an array only.")
    return _ordered(kind, each_of(expressions, f"{name}() takes a list of expressions"))


def _ordered(kind: int, expressions: Iterable[Any]) -> Compound:
    items = [_linear(e, f"sos{kind}") for e in expressions]
    if not items:
        raise InvalidValue(f"sos{kind}() of nothing says nothing. Look whether an empty list was given.")
    for e in items:
        _same_program(items[0], e)
    return SpecialOrderedSet(kind, items)


def _linear(e: Any, function: str) -> LinearExpression:
    if isinstance(e, FunctionExpression):
        raise ExpressionError(
            f"{function}() takes a linear expression, not {e}. Give that a variable first: t = lp.Var(), "
            "and a constraint of t and it."
        )
    if not isinstance(e, LinearExpression):
        raise ExpressionError(f"{function}() takes a linear expression, not {quoted(e)}.")
    return e


def _number(value: Any, of: str) -> float:
    """A finite number, as a float."""
    if isinstance(value, FunctionExpression):
        raise ExpressionError(
            f"{value} cannot stand in {of}: it is not linear. Give it a variable first: t = lp.Var()."
        )
    if isinstance(value, Symbolic) or not is_number(value):
        raise ExpressionError(f"{quoted(value)} cannot stand in {of}: it is neither linear expression nor number.")
    return constant(value, of)

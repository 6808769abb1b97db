"""Functions and sets that linear rows and binaries can express: `abs`, `maximum`, `piecewise`, `truth`, `sos2`, ...

A `FunctionExpression` is linear in the values of such functions:

    linear + sum(coefficient[k] * function[k])

Comparing it builds a `FunctionRelation`, which `LinearProgram.add_constraint` takes like any other; the relation
decides which side of each function counts:

    t >= f(e)    above: t is at least the function; for a convex f this needs only rows, and the program stays linear
    t <= f(e)    below: t is at most the function; for a concave f this needs only rows
    t == f(e)    both

Everything else needs binaries.  Each function writes its own rows, as its docstring gives them in algebra, with the
tools of the `Builder` (new variables, bounds of expressions, big-M).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf
from operator import add, mul, sub, truediv
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional

from pplp.core import chaining, hooks
from pplp.core.callers import Priority, no_truth
from pplp.core.evaluation import Valued
from pplp.core.expressions import LinearExpression, foreign
from pplp.core.owner import current_of
from pplp.core.protocols import numpy_missing
from pplp.core.relations import Comparison
from pplp.core.scalars import (
    Symbolic,
    coefficient,
    constant,
    is_number,
    not_a_number,
    real,
    right_hand_side,
    shown,
)
from pplp.errors import ExpressionError, InvalidValue
from pplp.functions.builder import Builder
from pplp.functions.compound import Compound
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.owner import Owner
    from pplp.core.values import Values

__all__ = [
    "Compared",
    "Function",
    "FunctionExpression",
    "FunctionRelation",
    "arrays_of_functions",
    "check_same_program",
    "compared",
    "constant_function",
    "function_expression",
    "is_array",
    "linear_operand",
    "number_operand",
    "related",
    "text_of",
]

# Any: beside an array there is an array, which is made above this floor.


class Function(Pickled):
    """A function of linear expressions."""

    __slots__ = ()
    #: True if its values are 0 and 1 only.
    is_zero_or_one = False

    @property
    def operands(self) -> Sequence[LinearExpression]:
        """The expressions that it is a function of."""
        raise NotImplementedError  # pragma: no cover - each function has its own

    def at(self, value: Callable[[Any], float]) -> float:
        """Its value, if `value` gives those of linear expressions and numbers."""
        raise NotImplementedError  # pragma: no cover - each function has its own

    def write(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        """The rows of ``t >= f`` (above), ``t <= f`` (below) or both; t is a number or a linear expression."""
        raise NotImplementedError  # pragma: no cover - each function has its own


class Compared:
    """The relations of an expression with functions in it, or of an array of them."""

    __slots__ = ()

    def __le__(self, other: Any) -> Any:
        return compared(self, other, "<=")

    def __ge__(self, other: Any) -> Any:
        return compared(self, other, ">=")

    def __eq__(self, other: Any) -> Any:
        return compared(self, other, "==")

    __hash__: Any = None


class FunctionExpression(Compared, Symbolic, Valued):
    """A linear expression plus multiples of `abs`, `maximum`, `minimum`, `piecewise` and `truth`.

    It can be added, subtracted, multiplied by numbers, and compared, like a linear expression.  It cannot be an
    objective, or the operand of another function: for that, use a variable.

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
    #: numpy and pandas leave the operators to this class.
    __array_ufunc__ = None
    __pandas_priority__ = Priority()
    _linear: Any  # a number or a linear expression
    _terms: list[tuple[float, Function]]  # shared with longer sums, like the buffers of a linear sum
    _count: int

    # ---- reading
    @property
    def value(self) -> float:
        """The value at the program's current solution; raises as for a linear expression."""
        return self._value_in(current_of(self._program, "value"))

    def _value_in(self, solution: Values) -> float:
        def value(e: Any) -> Any:
            return e if isinstance(e, (int, float)) else solution.value(e)

        return fsum([value(self._linear), *(a * f.at(value) for a, f in self._terms[: self._count])])

    def __repr__(self) -> str:
        words: list[str] = []
        for a, f in self._terms[: self._count]:
            if words or a < 0:
                words.append("-" if a < 0 else "+")
            words.append(repr(f) if abs(a) == 1 else f"{shown(abs(a))} {f!r}")
        linear = text_of(self._linear)
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
        return function_expression(self._program, self._linear * factor, terms)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Symbolic):
            raise ExpressionError(
                f"{self} / {other} divides by an expression, which is not linear. Divide by a number."
            )
        if not is_number(other):
            return _beside(truediv, self, other)
        divisor = real(other, "divisor", self)
        if divisor == 0:
            raise InvalidValue(f"{self} is divided by zero. Divide by another number.")
        return self * (1.0 / divisor)

    def __neg__(self) -> Any:
        return self * -1

    def __pos__(self) -> FunctionExpression:
        return self

    def _plus(self, other: Any, sign: float) -> Any:
        terms, count = self._terms, self._count
        if isinstance(other, FunctionExpression):
            check_same_program(self, other)
            more = [(sign * a, f) for a, f in other._terms[: other._count]]
            if len(terms) != count:
                terms = terms[:count]
            terms += more
            if len(terms) != count + len(more):  # another sum took the tail meanwhile
                terms = terms[:count] + more
            linear = self._linear + sign * other._linear
            return function_expression(self._program, linear, terms, count + len(more))
        if isinstance(other, LinearExpression):
            check_same_program(self, other)
        elif is_number(other):
            other = constant(other, self)
        else:
            return _beside(add if sign > 0 else sub, self, other)
        return function_expression(self._program, self._linear + (other if sign > 0 else -other), terms, count)

    # ---- what has no meaning
    def _refused(self, *_: Any) -> NoReturn:
        raise no_truth(
            f"{self} supports only +, -, multiplication by numbers, and <=, >=, ==. Use a variable for anything else: "
            "t = lp.Var(), and t == ... as a constraint."
        )

    __lt__ = __gt__ = __ne__ = __pow__ = __rpow__ = __rtruediv__ = __floordiv__ = __mod__ = _refused
    __matmul__ = __rmatmul__ = __abs__ = __bool__ = __float__ = __rshift__ = _refused


def function_expression(
    program: Owner, linear: Any, terms: list[tuple[float, Function]], count: Optional[int] = None
) -> FunctionExpression:
    expression = FunctionExpression()
    expression._program = program
    expression._linear = linear
    expression._terms = terms
    expression._count = len(terms) if count is None else count
    return expression


def constant_function(program: Owner, linear: Any) -> FunctionExpression:
    """A number or a linear expression as an expression without functions; it compares and adds like one with some."""
    return function_expression(program, linear, [])


def is_array(thing: Any) -> bool:
    """True if it has elements by position or by label, like arrays of numpy and pplp and series of pandas."""
    return bool(getattr(thing, "shape", ())) and not is_number(thing)


def arrays_of_functions() -> Any:
    """The module of arrays of functions, which needs numpy."""
    try:
        return hooks.function_arrays
    except ImportError as error:
        raise numpy_missing(error) from error


def _beside(operation: Callable[[Any, Any], Any], expression: FunctionExpression, other: Any) -> Any:
    """Apply the operation to each element of an array; NotImplemented for other objects."""
    if isinstance(other, (list, tuple)):
        _refuse_list(expression, other)
    if is_array(other):
        return arrays_of_functions().functions(operation, expression, other)
    return not_a_number(other, expression)


def _refuse_list(expression: Any, numbers: Any) -> NoReturn:
    raise ExpressionError(
        f"A {type(numbers).__name__} with the single expression {expression} is not supported. For each of its "
        "numbers write [... for number in numbers], or all at once with numpy.array(numbers)."
    )


def check_same_program(left: Any, right: Any) -> None:
    if left._program is not right._program:
        raise foreign(left, right)


def compared(left: Any, right: Any, sense: Comparison) -> Any:
    """left - right compared with 0; the left one is one expression or an array of them."""
    if chaining.pending:
        chaining.finish(left)  # which is never the middle of a chain
    if isinstance(right, (list, tuple)) and not is_array(left):
        _refuse_list(left, right)
    if is_array(left) or is_array(right):
        return arrays_of_functions().relations(left, sense, right)
    return related(left, sense, right)


def related(left: FunctionExpression, sense: Comparison, right: Any) -> Any:
    """The relation of one expression and another or a number, not as part of a chain."""
    if isinstance(right, (LinearExpression, FunctionExpression)):
        check_same_program(left, right)
    elif not is_number(right):
        return not_a_number(right, left, sense == "==")
    else:
        right = right_hand_side(right, left)
        if abs(right) == inf:
            raise InvalidValue(f"{left} {sense} {right} always holds, or never does. Write a finite number.")
    return FunctionRelation(left, sense, right)


def text_of(operand: Any) -> str:
    return shown(operand) if isinstance(operand, (int, float)) else str(operand)


class FunctionRelation(Compound):
    """``left <= right``, ``left >= right`` or ``left == right``, with functions on the left."""

    __slots__ = ("_left", "_program", "_right", "_sense")

    def __init__(self, left: FunctionExpression, sense: Comparison, right: Any) -> None:
        self._program = left._program
        self._left = left
        self._sense = sense
        self._right = right

    def __repr__(self) -> str:
        return f"{self._left} {self._sense} {text_of(self._right)}"

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


def linear_operand(e: Any, function: str) -> LinearExpression:
    if isinstance(e, FunctionExpression):
        raise ExpressionError(
            f"{function}() takes a linear expression, not {e}. Use a variable first: t = lp.Var(), "
            "and a constraint that sets t to it."
        )
    if not isinstance(e, LinearExpression):
        raise ExpressionError(f"{function}() takes a linear expression, not {quoted(e)}.")
    return e


def number_operand(value: Any, of: str) -> float:
    """A finite number, as a float."""
    if isinstance(value, FunctionExpression):
        raise ExpressionError(f"{value} cannot be used in {of}: it is not linear. Use a variable first: t = lp.Var().")
    if isinstance(value, Symbolic) or not is_number(value):
        raise ExpressionError(f"{quoted(value)} cannot be used in {of}: write a linear expression or a number.")
    return constant(value, of)


def function_terms(expression: FunctionExpression) -> list[tuple[float, Function]]:
    """(factor, function) for each function in it."""
    return expression._terms[: expression._count]

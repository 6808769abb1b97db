"""The maximum and minimum of expressions and numbers, and absolute values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any, Callable, Optional, Union

from pplp.core.expressions import LinearExpression
from pplp.core.handle import owner_of
from pplp.core.scalars import each_of, is_number
from pplp.errors import ExpressionError, InvalidValue
from pplp.functions.builder import Builder
from pplp.functions.expressions import (
    Function,
    arrays_of_functions,
    check_same_program,
    function_expression,
    is_array,
    number_operand,
    text_of,
)
from pplp.ground.quoting import quoted
from pplp.ground.words import listed

__all__ = ["Absolute", "Extremum", "absolute", "maximum", "minimum"]

# Any: of numbers there is a number, of expressions an expression, of arrays an array, which is made above this floor.


class Extremum(Function):
    """The maximum (sign 1) or the minimum (sign -1) of expressions and numbers.

        t >= max(e_1, ..., e_n):   t >= e_i for every i
        t <= max(e_1, ..., e_n):   t <= e_i + M_i (1 - s_i),  s_1 + ... + s_n = 1,  s_i binary,
                                   M_i = max(upper bounds of the others) - lower bound of e_i

    Operands that bounds keep below another one are left out.  If all are 0 or 1, no s is needed: then
    t <= max is t <= e_1 + ... + e_n and t <= 1, the logical "or".  min(e) is -max(-e); for binaries it is "and".
    """

    __slots__ = ("_items", "_sign")

    def __init__(self, sign: int, items: list[Any]) -> None:
        self._sign = sign
        self._items = items

    def __repr__(self) -> str:
        return f"{'maximum' if self._sign > 0 else 'minimum'}({listed(self._items, text_of)})"

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
        if above:  # from here on as a maximum
            for e in items:
                builder.row(t - e, 0.0, inf)
        if below and all(builder.is_zero_or_one(e) for e in self._items):
            # The maximum of -b_1, ..., -b_n is at most 0, and at most the sum plus n - 1.
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

    t >= |e| is -t <= e <= t; t <= |e| needs one binary, unless the bounds fix the sign of e.
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


def maximum(*operands: Any, axis: Optional[Union[int, tuple[int, ...]]] = None) -> Any:
    """The maximum of linear expressions and numbers, given one by one or as one iterable; of binaries, "or".

    ``t >= maximum(...)`` stays linear; ``<=`` and ``==`` need binaries, and bounds on the operands, unless all of
    them are binaries.  The maximum of numbers alone is a number.

    For several operands with arrays among them, ``maximum(X, Y, 4)`` or ``maximum([X, Y, 4])``, it is an array: the
    maximum at each position, with numpy's broadcasting, or at each label.  For one array, ``maximum(X)``, it is the
    maximum of all its elements, like `numpy.max`; with ``axis=``, an integer or a tuple of them, along that axis.  For
    keyed variables it is the maximum of the variables.

    Raises `ExpressionError` for operands that are neither linear expressions nor numbers, for dictionaries and sets,
    and for an axis with anything but one array; `InvalidValue` without operands, and for shapes or labels that do not
    fit; `ForeignObject` for operands of two programs.

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
    """The minimum of linear expressions and numbers; of binaries, "and".  Otherwise like `maximum`, reversed.

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
        return arrays_of_functions().along(lambda items: _extreme(sign, items), operands[0], axis, name)
    if axis is not None:
        raise ExpressionError(f"{name}() takes an axis with one array only: {name}(x, axis={quoted(axis)}).")
    if len(operands) == 1 and isinstance(operands[0], Iterable) and not is_number(operands[0]):
        operands = tuple(each_of(operands[0], f"{name}() takes expressions and numbers"))
    if any(map(is_array, operands)):
        return arrays_of_functions().functions(lambda *items: _extreme(sign, items), *operands)
    return _extreme(sign, operands)


def _extreme(sign: int, operands: Sequence[Any]) -> Any:
    """The maximum (sign 1) or the minimum (sign -1) of single expressions."""
    name = "maximum" if sign > 0 else "minimum"
    if not operands:
        raise InvalidValue(f"{name}() of nothing has no value. Check whether an empty list was passed.")
    items = [e if isinstance(e, LinearExpression) else number_operand(e, f"{name}()") for e in operands]
    expressions = [e for e in items if isinstance(e, LinearExpression)]
    if not expressions:
        return sign * max(sign * number for number in items)
    for e in expressions:
        check_same_program(expressions[0], e)
    return function_expression(owner_of(expressions[0]), 0, [(1.0, Extremum(sign, items))])


def absolute(e: Any) -> Any:
    """Implements ``abs(e)``, for one expression or for each of an array."""
    if is_array(e):
        return arrays_of_functions().functions(absolute, e)
    return function_expression(owner_of(e), 0, [(1.0, Absolute(e))])

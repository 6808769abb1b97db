"""Sets that are not convex: semicontinuous ranges and special ordered sets."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any, Optional, Union

from pplp.core.expressions import LinearExpression, merged, parts_of
from pplp.core.scalars import each_of, shown
from pplp.core.special import OrderedSet, SemicontinuousRange, Special
from pplp.errors import ExpressionError, InvalidValue
from pplp.functions.builder import Builder
from pplp.functions.compound import Compound
from pplp.functions.expressions import arrays_of_functions, check_same_program, is_array, linear_operand, number_operand
from pplp.ground.words import listed

__all__ = ["Semicontinuous", "SpecialOrderedSet", "semicontinuous", "sos1", "sos2"]


def _plain_variable(e: LinearExpression) -> Optional[int]:
    """The index of the variable that the expression consists of; None for any other expression."""
    indices, coefficients, shift = parts_of(e)
    indices, coefficients = merged(indices, coefficients)
    return indices[0] if list(coefficients) == [1.0] and not shift else None


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
        return f"sos{self._kind}({listed(self._items)})"

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


def semicontinuous(e: Any, lower: Any, upper: Any) -> Compound:
    """The constraint ``e = 0 or lower <= e <= upper``, for `add_constraint`; for an integer variable, semi-integer.

    For arrays it is the constraint on each element; expression and bounds broadcast as in numpy, or go by label.

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
        return arrays_of_functions().compounds(semicontinuous, e, lower, upper)  # type: ignore[no-any-return]
    e = linear_operand(e, "semicontinuous")
    lower, upper = number_operand(lower, "semicontinuous()"), number_operand(upper, "semicontinuous()")
    if lower > upper:
        raise InvalidValue(
            f"The lower bound {lower:g} of semicontinuous({e}) is above its upper bound {upper:g}. Swap them."
        )
    return Semicontinuous(e, lower, upper)


def sos1(expressions: Any, axis: Optional[Union[int, tuple[int, ...]]] = None) -> Compound:
    """The constraint that at most one of the expressions is not 0, for `add_constraint`.

    They need bounds, unless they are binary.  Pass a list, keyed variables, or an array of one dimension.  For
    an array with more, ``sos1(X, axis=0)`` is an array of sets, each along that axis.

    Raises `ExpressionError` for anything but linear expressions, and for an array of two or more dimensions without
    an axis; `InvalidValue` without expressions, `ForeignObject` for expressions of two programs.

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

    Raises the same errors as `sos1`.

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
                f"{name}() of an array of shape {expressions.shape} needs an axis. Write {name}(x, axis=1) for a "
                f"set in each row, or {name}(x.flat) for one set of all."
            )
        return arrays_of_functions().sets_along(lambda items: _ordered(kind, items), expressions, axis, name)  # type: ignore[no-any-return]
    if axis is not None:
        raise ExpressionError(f"{name}() takes an axis with an array only.")
    return _ordered(kind, each_of(expressions, f"{name}() takes a list of expressions"))


def _ordered(kind: int, expressions: Iterable[Any]) -> Compound:
    items = [linear_operand(e, f"sos{kind}") for e in expressions]
    if not items:
        raise InvalidValue(f"sos{kind}() of nothing says nothing. Check whether an empty list was passed.")
    for e in items:
        check_same_program(items[0], e)
    return SpecialOrderedSet(kind, items)

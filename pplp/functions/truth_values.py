"""Whether a relation holds, as a number, and implications of a binary variable."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, Callable, Optional

from pplp.core.expressions import LinearExpression, merged, parts_of, sum_from
from pplp.core.handle import owner_of
from pplp.core.relations import Relation, expression_of, lower_of, upper_of
from pplp.core.scalars import integral, is_number, is_truth, less
from pplp.core.special import Indicator, Special
from pplp.errors import ExpressionError
from pplp.functions.builder import Builder
from pplp.functions.compound import Compound
from pplp.functions.expressions import (
    Function,
    FunctionRelation,
    arrays_of_functions,
    constant_function,
    function_expression,
    function_terms,
    is_array,
    related,
)
from pplp.ground.quoting import quoted

__all__ = ["Implication", "Truth", "implication", "truth"]

# Any: of numbers there is a number, of arrays an array, which is made above this floor.


class Truth(Function):
    """1 if the relation lower <= e <= upper holds, and 0 if it does not.  With t = 0 or 1:

        t <= truth:   t = 1 implies the relation:   e <= upper + (U - upper) (1 - t),
                                                    e >= lower - (lower - L) (1 - t)
        t >= truth:   t = 0 implies that it fails, which needs integers:
                      e >= upper + 1 - (upper + 1 - L) (t + s)   and, with two sides, s binary and
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
        return [expression_of(self._relation)]

    def at(self, value: Callable[[Any], float]) -> float:
        # For integers exactly, else within the tolerance of a solver's answer.
        found = value(expression_of(self._relation))
        slack = 1e-6 * max(1.0, abs(found))
        return 1 if lower_of(self._relation) - slack <= found <= upper_of(self._relation) + slack else 0

    def write(self, builder: Builder, t: Any, above: bool, below: bool) -> None:
        indices, coefficients, shift = parts_of(expression_of(self._relation))
        e = sum_from(owner_of(expression_of(self._relation)), *merged(indices, coefficients), 0.0)
        lower, upper = less(lower_of(self._relation), shift), less(upper_of(self._relation), shift)
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
        least, most = integral(lower, upper)
        too_low, too_high = least - 1, most + 1
        # A side that the bounds rule out does not count.
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


class Implication(FunctionRelation):
    """``b >> (e <= 5)``, which is ``truth(e <= 5) >= b``."""

    __slots__ = ()

    def __repr__(self) -> str:
        condition = f"({self._right})" if " " in str(self._right) else str(self._right)
        return f"{condition} >> {str(self._left)[5:]}"

    def _special(self) -> Optional[Special]:
        ((_, function),) = function_terms(self._left)
        relation = function._relation  # type: ignore[attr-defined]
        indices, coefficients, shift = parts_of(expression_of(relation))
        indices, coefficients = merged(indices, coefficients)
        condition, factors = merged(*parts_of(self._right)[:2])
        lower, upper = lower_of(relation) - shift, upper_of(relation) - shift
        if not condition or not indices or (lower == -inf and upper == inf):
            return None
        return Indicator(condition[0], int(factors[0] > 0), tuple(indices), tuple(coefficients), lower, upper)


def truth(relation: Any) -> Any:
    """1 if a linear relation holds and 0 if it does not, to be compared and summed.

        r == truth(sum(bs) <= 2)             r is 1 if at most two of bs are 1
        sum(truth(c) for c in wishes) >= 3   at least three of the wishes are fulfilled

    ``t <= truth(c)``, where t = 1 implies c, needs bounds on the variables in c, for the big-M.  ``t >= truth(c)`` and
    ``==``, where t = 0 implies that c fails, also need integer variables and coefficients, because the points where c
    fails are not a closed set over continuous ones.  For a `bool`, which is what ``sum([]) <= 2`` gives, it is 0 or 1.
    For an array of relations, such as ``X <= 9``, it is an array.

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
        return function_expression(owner_of(expression_of(relation)), 0, [(1.0, Truth(relation))])
    if is_truth(relation):
        return int(relation)
    if isinstance(relation, Compound):
        raise ExpressionError(f"truth() takes a linear relation. Give each function in {relation} a variable first.")
    if is_array(relation):
        return arrays_of_functions().functions(truth, relation)
    raise ExpressionError(f"truth() takes a relation, such as x + y <= 4, not {quoted(relation)}.")


def implication(condition: Any, relation: Any) -> Any:
    """``b >> relation`` is ``b <= truth(relation)``, with b a binary variable or 1 minus one; or arrays of them."""
    if isinstance(relation, Compound):
        raise ExpressionError(
            f"{condition} >> {relation}: what is implied must be linear. Give each function in it a variable first, "
            "and imply a relation of that."
        )
    if is_array(condition) or is_array(relation):
        return arrays_of_functions().compounds(implication, condition, relation)
    if not isinstance(relation, Relation) and not is_truth(relation):
        raise ExpressionError(
            f"{condition} >> {quoted(relation)}: the right side must be a relation in parentheses, as in b >> (x <= 5)."
        )
    if not Builder(owner_of(condition), condition, None).is_zero_or_one(condition):
        raise ExpressionError(
            f"{condition} >> ({relation}): the condition must be a binary variable b, or 1 - b. To combine "
            "several, make a binary variable of them: b == minimum(b1, b2), or b == truth(...)."
        )
    holds = truth(relation)
    if is_number(holds):
        return related(constant_function(owner_of(condition), holds), ">=", condition)
    return Implication(holds, ">=", condition)

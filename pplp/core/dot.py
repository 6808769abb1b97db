"""`dot`: the sum of numbers times variables, made at once."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress
from typing import TYPE_CHECKING, Any

from pplp.core import hooks
from pplp.core.bulk import Aligned, Bulk
from pplp.core.expressions import LinearExpression, Sum, Variable, foreign, sum_from
from pplp.core.keys import in_order_of
from pplp.core.owner import columns_of
from pplp.core.scalars import LARGE, SMALL, coefficient, each_of, inf
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.acceleration import loops
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.owner import Owner

__all__ = ["dot", "weighted"]


def dot(coefficients: Any, variables: Any) -> LinearExpression:
    """The sum of ``coefficients[k] * variables[k]``, faster than the operators.

    `coefficients` is a sequence of numbers, `variables` an iterable of expressions of one program,
    of the same length.  If the variables have labels or keys, the numbers must have the same ones: a series, or a
    dictionary.  A series with variables without labels goes by position if its labels are 0, 1, 2 and so on.

    Raises `InvalidValue` if the lengths or labels differ, a key has no number or a coefficient is not finite,
    `ForeignObject` for variables of two programs, `ExpressionError` for anything else, such as other labels with
    variables that have none, or a dictionary, a set or a frame with a list.

    >>> from pplp import LinearProgram, dot
    >>> xs = LinearProgram().Vars(3)
    >>> dot([2, 0, -1.5], xs)
    2 x0 - 1.5 x2
    >>> buy = LinearProgram().Vars(["milk", "bread"], "buy")
    >>> dot({"bread": 3, "milk": 1}, buy)
    buy[milk] + 3 buy[bread]
    """
    if isinstance(variables, Aligned):
        return variables._times(coefficients)  # type: ignore[no-any-return]
    if hasattr(coefficients, "__array__") or hasattr(variables, "__array__"):
        coefficients, variables = hooks.in_one_order(coefficients, variables)
        if isinstance(variables, Aligned):
            return variables._times(coefficients)  # type: ignore[no-any-return]
    if type(variables) is not list and isinstance(variables, Mapping):
        coefficients, variables = in_order_of(list(variables.keys()), coefficients, "dot()"), list(variables.values())
    if type(coefficients) is not list:
        if hasattr(coefficients, "tolist"):
            coefficients = coefficients.tolist()
        coefficients = list(each_of(coefficients, "dot() takes a sequence of numbers beside a sequence of expressions"))
    factors = coefficients
    if isinstance(variables, Bulk):
        whole = variables._weighted(factors)
        if whole is not None:
            return whole  # type: ignore[no-any-return]
    operands = (
        variables if type(variables) is list else list(each_of(variables, "dot() takes a sequence of expressions"))
    )
    plain = None if loops is None else loops.weighted(factors, operands)
    if plain is not None:
        return plain  # type: ignore[no-any-return]
    if len(factors) != len(operands):
        raise InvalidValue(
            f"dot() got {len(factors)} coefficients but {len(operands)} variables. Pass one coefficient for each."
        )
    if not operands:
        return 0  # type: ignore[return-value]  # as sum([]) is, and good in every relation
    if set(map(type, operands)) != {Variable}:
        total: Any = 0
        for a, operand in zip(factors, operands):
            if not isinstance(operand, LinearExpression):
                raise ExpressionError(f"dot() takes variables and expressions, not {quoted(operand)}.")
            total = total + coefficient(a, operand) * operand
        return total  # type: ignore[no-any-return]
    program = operands[0]._program
    indices = []
    for operand in operands:
        if operand._program is not program:
            raise foreign(operands[0], operand)
        indices.append(operand._index)
    return weighted(program, indices, factors)


def weighted(program: Owner, indices: list[int], factors: list[Any]) -> Sum:
    """The sum of factors[k] * x[indices[k]], with the factors checked and zeros left out."""
    total = sum(factors) if set(map(type, factors)) <= {float, int} else inf
    # A finite sum contains no NaN, which min() and max() may miss.
    if (
        total - total != 0
        or not factors
        or not (
            max(factors) <= LARGE
            and (min(factors) >= SMALL or (min(factors) >= -LARGE and min(map(abs, factors)) >= SMALL))
        )
    ):
        factors = [coefficient(a, columns_of(program).label(index)) for index, a in zip(indices, factors)]
        if 0.0 in factors:
            indices = list(compress(indices, factors))
            factors = list(compress(factors, factors))
    return sum_from(program, indices, factors, 0.0)

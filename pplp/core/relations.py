"""Relations: what comparisons of expressions build, before a program takes them as constraints."""

from __future__ import annotations

from math import inf
from sys import _getframe
from typing import Any, Literal, NoReturn, Optional

from pplp.core import chaining
from pplp.core.callers import ONE_BY_ONE, compares_arrays, no_truth
from pplp.core.scalars import less, shown
from pplp.core.shown import Shown
from pplp.core.stack import METHOD
from pplp.errors import ExpressionError
from pplp.ground.acceleration import compiled
from pplp.ground.pickles import Pickled

__all__ = ["Comparison", "Difference", "Relation", "SameVariable", "Several", "no_row", "relation_from", "show_row"]

# Any: the expression of a relation, and what several rows give, are made in modules that import this one.

#: The three comparisons that make a relation.
Comparison = Literal["<=", ">=", "=="]


@compiled
class Relation(Shown, Pickled):
    """``lower <= expression <= upper``, not yet a constraint of a program.

    It has no truth value, except in the middle of a chained comparison with numbers at both
    ends: ``lo <= e <= hi`` is one relation.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x"), lp.Var("y")
    >>> fits = 0 <= x + y <= 40
    >>> fits, lp.constraints, lp.add_constraint(fits)
    (0 <= x + y <= 40, [], 0 <= x + y <= 40)
    """

    __slots__ = ("_expression", "_lower", "_upper")
    _expression: Any
    _lower: float
    _upper: float

    def __bool__(self) -> bool:
        lower, upper = self._lower, self._upper
        if chaining.begin(self._expression, (lower, upper), upper == inf, lower == -inf):
            return True
        raise no_truth(
            f"The relation {self} has no truth value. Pass it to add_constraint() whole; for a range write "
            "lo <= e <= hi, or e.between(lo, hi), or add_constraint((lo, e, hi)); write two calls instead of `and`."
        )

    def __repr__(self) -> str:
        shift = self._expression._parts()[2]
        linear = self._expression - shift if shift else self._expression
        return show_row(repr(linear), less(self._lower, shift), less(self._upper, shift))

    def _chained(self, _: Any) -> NoReturn:
        raise ExpressionError(
            f"{self} is compared again. A chain has numbers at both ends, as in lo <= e <= hi; "
            "write anything else as two constraints."
        )

    __le__ = __ge__ = __lt__ = __gt__ = __eq__ = __ne__ = _chained
    __hash__ = object.__hash__


@compiled
class Difference(Relation):
    """A relation between two expressions: ``left - right`` compared with 0.  It cannot be half of a chain."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise no_truth(
            f"The relation {self} has no truth value. A chain such as lo <= e <= hi has numbers at both ends; "
            "write it as two constraints, and pass each to add_constraint() whole."
        )


class SameVariable(Relation):
    """``x == y`` of two plain variables: a relation whose truth is "the same variable"."""

    __slots__ = ("_same",)
    _same: bool

    def __bool__(self) -> bool:
        if chaining.is_middle():
            raise ExpressionError(
                f"A chain that begins with {self} would be cut off if the two are not the same variable. "
                "Write it as two constraints."
            )
        if compares_arrays(_getframe(METHOD)):
            raise ExpressionError(ONE_BY_ONE)
        return self._same


class Several:
    """An object for `add_constraint` that needs several rows, or an unknown number: it adds itself."""

    __slots__ = ()

    def _add_to(self, program: Any, name: Optional[str], rows_only: bool) -> Any:
        """Add all of it, or raise and add nothing; returns what `add_constraint` returns."""
        raise NotImplementedError  # pragma: no cover - each kind has its own


def no_row(relation: Any) -> ExpressionError:
    """The error for ``row=True`` with an object that is not one row."""
    return ExpressionError(
        f"row=True takes a relation on one variable or none, such as 4*x >= 38 or (-math.inf, 0, 5), not {relation}."
    )


def show_row(body: str, lower: float, upper: float) -> str:
    """A row as text: 0 <= 2 x + n <= 40."""
    if lower == upper:
        return f"{body} == {shown(lower)}"
    if lower == -inf and upper == inf:
        return f"-inf <= {body} <= inf"
    if lower == -inf:
        return f"{body} <= {shown(upper)}"
    if upper == inf:
        return f"{body} >= {shown(lower)}"
    return f"{shown(lower)} <= {body} <= {shown(upper)}"


# ---- what other modules may ask of one
def relation_from(expression: Any, lower: float, upper: float) -> Relation:
    """``lower <= expression <= upper``."""
    relation = Relation()
    relation._expression = expression
    relation._lower = lower
    relation._upper = upper
    return relation


def expression_of(relation: Relation) -> Any:
    """The expression between the two sides."""
    return relation._expression


def lower_of(relation: Relation) -> float:
    """Its lower bound."""
    return relation._lower


def upper_of(relation: Relation) -> float:
    """Its upper bound."""
    return relation._upper

"""The ranges over which a program's numbers can move while its optimal basis stays optimal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any, Optional, Union

from pplp.core.constraints import Constraint
from pplp.core.expressions import Variable
from pplp.errors import InvalidValue

__all__ = ["ConstraintRanges", "Handle", "Range", "VariableRanges", "ranges_of", "scaled"]

Handle = Union[Variable, Constraint]


@dataclass(frozen=True)
class Range:
    """One number of the program, and the range in which it can move alone while the basis stays optimal.

    Within the range, the values of the basis (for a bound) or the duals (for a cost) change linearly, and so does the
    objective.
    """

    #: The number now.
    value: float
    #: The ends; infinite if there is no limit.
    lower: float
    upper: float
    #: The objective with the number at either end.
    lower_objective: float
    upper_objective: float
    #: What sets each end: the variable or constraint that reaches a bound, or whose dual changes its sign; else None.
    lower_limit: Optional[Handle]
    upper_limit: Optional[Handle]

    @property
    def allowable_decrease(self) -> float:
        """How far the number can fall."""
        return self.value - self.lower if self.lower > -inf else inf

    @property
    def allowable_increase(self) -> float:
        """How far the number can rise."""
        return self.upper - self.value if self.upper < inf else inf

    def __contains__(self, number: float) -> bool:
        return self.lower <= number <= self.upper


class _Bounded:
    """Common to the ranges of a variable and of a constraint."""

    def __init__(self, name: str, value: float, status: str, lb: Range, ub: Range, both: Optional[Range]) -> None:
        self.name = name
        #: The value at the optimum.
        self.value = value
        #: "basic", or the bound that it is at: "lower", "upper", "free", "fixed".
        self.status = status
        #: The range of the lower bound alone, and of the upper one.
        self.lb, self.ub = lb, ub
        self._both = both

    def __repr__(self) -> str:
        told = "\n".join(f"  {what}: [{r.lower:g}, {r.upper:g}] around {r.value:g}" for what, r in self._told())
        return f"{self.name} = {self.value:g} ({self.status})\n{told}"

    def _told(self) -> Iterator[tuple[str, Range]]:
        """The ranges worth printing, by name."""
        if self._both is not None:
            yield "rhs", self._both
        else:
            if self.lb.value > -inf:
                yield "lb", self.lb
            if self.ub.value < inf:
                yield "ub", self.ub


class VariableRanges(_Bounded):
    """The ranges of a variable: `cost`, `lb`, `ub`."""

    def __init__(self, *shared: Any, cost: Range, reduced_cost: float) -> None:
        super().__init__(*shared)
        #: The range of its coefficient in the objective.
        self.cost = cost
        self.reduced_cost = reduced_cost

    @property
    def fixed(self) -> Range:
        """The range of the value at which it is fixed: of both bounds together.

        Raises `InvalidValue` if the bounds are not equal.
        """
        if self._both is None:
            raise InvalidValue(f"{self.name} is not fixed: its bounds are {self.lb.value} and {self.ub.value}.")
        return self._both

    def _told(self) -> Iterator[tuple[str, Range]]:
        yield "cost", self.cost
        for what, its in super()._told():
            yield "fixed" if what == "rhs" else what, its


class ConstraintRanges(_Bounded):
    """The ranges of a constraint: `rhs`, or `lb` and `ub` if it has both."""

    def __init__(self, *shared: Any, dual: float) -> None:
        super().__init__(*shared)
        self.dual = dual

    @property
    def rhs(self) -> Range:
        """The range of the right-hand side: of the one finite bound, or of both together if they are equal.

        Raises `InvalidValue` for a constraint with two right-hand sides, or without any.
        """
        if self._both is not None:
            return self._both
        lower, upper = self.lb.value, self.ub.value
        if (lower == -inf) == (upper == inf):
            raise InvalidValue(f"{self.name} has no single right-hand side. Read .lb and .ub.")
        return self.lb if upper == inf else self.ub

    def _told(self) -> Iterator[tuple[str, Range]]:
        for what, its in super()._told():
            yield "rhs" if (self.lb.value == -inf) != (self.ub.value == inf) else what, its


def ranges_of(its: Union[VariableRanges, ConstraintRanges]) -> Iterator[tuple[str, Range]]:
    """The ranges worth printing, by name."""
    return its._told()


def scaled(its: Range, a: float) -> Range:
    """The range of a * x given that of x; 0 * inf does not occur."""
    ends = (its.lower, its.lower_objective, its.lower_limit), (its.upper, its.upper_objective, its.upper_limit)
    (lower, low, below), (upper, high, above) = ends if a > 0 else ends[::-1]
    return Range(a * its.value, a * lower, a * upper, low, high, below, above)

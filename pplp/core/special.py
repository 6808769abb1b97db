"""Constraints that file formats have a section for: indicators, special ordered sets, semicontinuous variables.

They are plain numbers, by the index of the variable.  A program solves the rows made for such a constraint; this
module records what the constraint was, and what those rows were when they were made.

    Indicator             x[column] == value  implies  lower <= sum(coefficients[k] * x[indices[k]]) <= upper
    OrderedSet            at most `kind` of the variables, next to each other in this order, are not 0
    SemicontinuousRange   x[column] == 0  or  lower <= x[column] <= upper
"""

from __future__ import annotations

from typing import NamedTuple, Optional, Union

__all__ = ["Indicator", "OrderedSet", "SemicontinuousRange", "Special", "Stated"]


class Indicator(NamedTuple):
    """A row that must hold if a binary variable has a value, 0 or 1."""

    column: int
    value: int
    indices: tuple[int, ...]
    coefficients: tuple[float, ...]
    lower: float
    upper: float


class OrderedSet(NamedTuple):
    """A special ordered set of the kind 1 or 2."""

    kind: int
    members: tuple[int, ...]


class SemicontinuousRange(NamedTuple):
    """The values of a variable besides 0."""

    column: int
    lower: float
    upper: float


Special = Union[Indicator, OrderedSet, SemicontinuousRange]


class Stated(NamedTuple):
    """A special constraint with its name, and what was made for it.

    The rows are (indices, coefficients, lower, upper), the variables (lower, upper, integer).
    """

    special: Special
    name: Optional[str]
    rows: tuple[tuple[tuple[int, ...], tuple[float, ...], float, float], ...]
    variables: tuple[tuple[float, float, bool], ...]

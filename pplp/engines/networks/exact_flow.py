"""Minimum-cost flow in exact arithmetic, for ints of any size, floats, fractions, and decimals.

All numbers are multiplied by a common factor that makes them integers; this is always possible, because a float is an
integer times a power of two.  The compiled simplex first finds a tree with floats.  If its arithmetic was exact, so is
its answer.  If not, the simplex in Python continues from that tree with integers of unlimited size, which usually takes
only one pass over the arcs.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import inf, lcm
from typing import Any, NamedTuple, Optional

from pplp.engines.networks.form import Arcs, verdict
from pplp.engines.networks.network_simplex import GOES_ON, NOISE, UNBOUNDED, Simplex, level_above, loops
from pplp.form.outcome import Status

__all__ = ["ExactFlow", "cheapest_flow", "whole_numbers"]

# Any: numbers are of any kind that has `as_integer_ratio`.

#: Above this, not every integer is a float.
_LARGEST = 2**53
#: How many pivots are made at a time; Ctrl-C takes effect between two slices.
_SLICE = 1000


class ExactFlow(NamedTuple):
    """The status (`OPTIMAL`, `INFEASIBLE`, or `UNBOUNDED`), the flow on each arc, and the cost, as integers.

    Divide the flows by `unit`, and the cost by `unit` times `cost_unit`.
    """

    status: Status
    flows: list[int]
    cost: int
    #: The factor that made capacities and supplies integers, and the one that made weights integers.
    unit: int
    cost_unit: int


def cheapest_flow(
    tails: Sequence[int],
    heads: Sequence[int],
    capacities: Sequence[Any],
    weights: Sequence[Any],
    supplies: Sequence[Any],
) -> ExactFlow:
    """The minimum-cost flow between nodes numbered from 0.

    `supplies` has the supply of each node; they must add up to 0.  Capacities may be infinite.
    """
    unit, (capacities, supplies) = whole_numbers(capacities, supplies)
    cost_unit, (weights,) = whole_numbers(weights)
    root = len(supplies)
    its = Arcs(array("i", tails), array("i", heads), capacities, weights, supplies)
    best = _best(its, root)
    if best.run(0) != UNBOUNDED:
        flows = list(map(int, best.flows()))
        status = Status.INFEASIBLE if any(best.missed()) else Status.OPTIMAL
        return ExactFlow(status, flows, sum(map(int.__mul__, weights, flows)), unit, cost_unit)
    free = _best(its._replace(costs=[0] * len(weights)), root)
    status = Status.INFEASIBLE if any(free.missed()) else Status.UNBOUNDED
    return ExactFlow(status, [], 0, unit, cost_unit)


def whole_numbers(*numbers: Sequence[Any]) -> tuple[int, list[list[Any]]]:
    """The least factor that makes all numbers integers, and the numbers times this factor; infinite ones stay."""
    if all({*map(type, each)} <= {int} or all(type(one) is int or one == inf for one in each) for each in numbers):
        return 1, [list(each) for each in numbers]
    ratios = [[(inf, 1) if one == inf else one.as_integer_ratio() for one in each] for each in numbers]
    unit = lcm(*{below for each in ratios for _, below in each})
    return unit, [[inf if above == inf else above * (unit // below) for above, below in each] for each in ratios]


def _best(its: Arcs, root: int) -> Any:
    """A simplex that has run to its end: the compiled one if its floats are exact, else the one in Python."""
    level = level_above(its.costs, root)
    tree = None if loops is None else _floats(its, root)
    if tree is not None and tree[1]:
        return tree[0]
    best = Simplex(*its, level)
    if tree is not None and not best.start_from(array("i", tree[0].over()), tree[0].full()):
        best = Simplex(*its, level)
    while best.run(_SLICE) == GOES_ON:
        pass
    return best


class _Read:
    """The compiled simplex, with its results as Python lists and arrays."""

    def __init__(self, simplex: Any) -> None:
        self._simplex = simplex
        self.run, self.over, self.full = simplex.run, simplex.over, simplex.full

    def flows(self) -> list[float]:
        return array("d", self._simplex.flows()).tolist()

    def missed(self) -> list[float]:
        return array("d", self._simplex.missed()).tolist()

    def prices(self) -> array[float]:
        return array("d", self._simplex.prices())


def _floats(its: Arcs, root: int) -> Optional[tuple[_Read, bool]]:
    """The compiled simplex, run on the nearest floats, and whether it is exact; None if a number exceeds all floats."""
    try:
        columns = [array("d", column) for column in (its.capacities, its.costs, its.supplies)]
        level = float(level_above(columns[1], root))
    except OverflowError:
        return None
    is_exact = all(sum(map(abs, column)) < _LARGEST for column in (its.costs, its.supplies))
    simplex = loops.Simplex(its.tails, its.heads, *columns, level, 0.0 if is_exact else NOISE)
    while simplex.run(_SLICE) == GOES_ON:
        pass
    best = _Read(simplex)
    if not is_exact or simplex.run(0) == UNBOUNDED or any(best.missed()):
        return best, is_exact
    flows = best.flows()
    is_exact = sum(flows) < _LARGEST and verdict(Arcs(its.tails, its.heads, *columns), flows, best.prices(), 0.0) == 0
    return best, is_exact

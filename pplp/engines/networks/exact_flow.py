"""The cheapest flow in exact arithmetic: ints of any size, floats, fractions and decimals, as they are.

All numbers become whole ones, in the unit that makes them so; a float is a whole number of some power of two.  The
compiled simplex looks for the tree on floats.  Where these are exact, so is its answer; else the simplex in Python goes
on from the tree with whole numbers of any size, which is seldom more than a look at each arc.
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

#: Beyond this not every whole number is a float.
_LARGEST = 2**53
#: So many pivots at a time: Ctrl-C is raised between two.
_SLICE = 1000


class ExactFlow(NamedTuple):
    """`OPTIMAL`, `INFEASIBLE` or `UNBOUNDED`; the flow of each arc, and the cost, in whole numbers of two units."""

    status: Status
    flows: list[int]
    cost: int
    #: What flows have to be divided by, and what the cost has to be divided by besides.
    unit: int
    cost_unit: int


def cheapest_flow(
    tails: Sequence[int],
    heads: Sequence[int],
    capacities: Sequence[Any],
    weights: Sequence[Any],
    supplies: Sequence[Any],
) -> ExactFlow:
    """The cheapest flow between nodes numbered from 0, of which each has a supply; they must add up to 0.

    Capacities may be infinite.
    """
    unit, (capacities, supplies) = whole_numbers(capacities, supplies)
    cost_unit, (weights,) = whole_numbers(weights)
    root = len(supplies)
    its = Arcs(array("i", tails), array("i", heads), capacities, weights, supplies)
    best = _best(its, root)
    if best is not None and best.run(0) != UNBOUNDED:
        flows = list(map(int, best.flows()))
        status = Status.INFEASIBLE if any(best.missed()) else Status.OPTIMAL
        return ExactFlow(status, flows, sum(map(int.__mul__, weights, flows)), unit, cost_unit)
    free = _best(its._replace(costs=[0] * len(weights)), root)
    status = Status.INFEASIBLE if any(free.missed()) else Status.UNBOUNDED
    return ExactFlow(status, [], 0, unit, cost_unit)


def whole_numbers(*numbers: Sequence[Any]) -> tuple[int, list[list[Any]]]:
    """What all numbers have to be multiplied by to be whole, and these; infinite ones stay."""
    if all({*map(type, each)} <= {int} or all(type(one) is int or one == inf for one in each) for each in numbers):
        return 1, [list(each) for each in numbers]
    ratios = [[(inf, 1) if one == inf else one.as_integer_ratio() for one in each] for each in numbers]
    unit = lcm(*{below for each in ratios for _, below in each})
    return unit, [[inf if above == inf else above * (unit // below) for above, below in each] for each in ratios]


def _best(its: Arcs, root: int) -> Any:
    """A simplex at its end: on floats, if they are exact, else in Python."""
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
    """The compiled simplex, whose numbers are read as lists."""

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
    """The compiled simplex on the nearest floats, and is it exact?  None if there are none."""
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

"""A minimum-cost flow problem in integers, and the answer of a network solver."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from operator import add, sub
from typing import Any, NamedTuple

__all__ = ["Flow", "Network", "excesses"]


class Network(NamedTuple):
    """A minimum-cost flow problem in integers: nodes are numbered from 0, and the lower bound of each arc is 0.

    `supplies` is the net outflow of each node; they sum to 0.
    """

    nodes: int
    tails: array[int]
    heads: array[int]
    capacities: array[int]
    costs: array[int]
    supplies: array[int]


class Flow(NamedTuple):
    """An optimal flow by arc, and the duals by node that prove it optimal.

    For every arc, the reduced cost, which is cost - dual[tail] + dual[head], is nonnegative if the arc has spare
    capacity, and nonpositive if it has flow.
    """

    flows: Any
    prices: Any


def excesses(network: Any, prices: Sequence[Any]) -> Iterable[Any]:
    """The reduced cost of each arc: its cost minus the difference of the duals at its ends."""
    price = prices.__getitem__
    return map(add, map(sub, network.costs, map(price, network.tails)), map(price, network.heads))

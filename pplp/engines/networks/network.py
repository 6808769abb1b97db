"""A minimum-cost flow in whole numbers, and the answer of a network solver."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from operator import add, sub
from typing import Any, NamedTuple

__all__ = ["Flow", "Network", "excesses"]


class Network(NamedTuple):
    """A minimum-cost flow: nodes from 0, arcs with a capacity and no lower bound; all numbers are whole.

    `supplies` is the net outflow of each node; they sum to 0.
    """

    nodes: int
    tails: array[int]
    heads: array[int]
    capacities: array[int]
    costs: array[int]
    supplies: array[int]


class Flow(NamedTuple):
    """An optimal flow by arc, and duals by node: no arc with spare capacity costs less than the dual it gains.

    For every arc, cost - dual[tail] + dual[head] is nonnegative if it has spare capacity, and nonpositive if
    it has flow.
    """

    flows: Any
    prices: Any


def excesses(network: Any, prices: Sequence[Any]) -> Iterable[Any]:
    """The reduced cost of each arc: its cost minus the difference of the duals at its ends."""
    price = prices.__getitem__
    return map(add, map(sub, network.costs, map(price, network.tails)), map(price, network.heads))

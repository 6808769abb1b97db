"""How many pivots will a simplex need on a network?  What decides whether a code for networks is worth its start."""

from __future__ import annotations

from itertools import compress, repeat
from operator import gt

from pplp.networks.form import Network

__all__ = ["EACH_ROW", "pivots"]

#: As many for each row, where nothing else is known.
EACH_ROW = 1.5


def pivots(network: Network) -> float:
    """An estimate, right to a factor of three or so where it was measured.

    It is in proportion to the rows; but the dual simplex is done sooner where little is amiss at its start, with
    every arc empty or full as its cost has it.  Each unit that is amiss goes along a path, and each arc of that takes a
    pivot.
    """
    tails, heads, capacities = network.tails, network.heads, network.capacities
    amiss = network.supplies.tolist()
    for k in compress(range(len(tails)), map(gt, repeat(0), network.costs)):
        amiss[tails[k]] -= capacities[k]
        amiss[heads[k]] += capacities[k]
    units = sum(map(abs, amiss)) / 2
    most = EACH_ROW * network.nodes
    if units >= most:
        return most
    return min(most, units * _depth(network, max(range(network.nodes), key=lambda v: abs(amiss[v]))))


def _depth(network: Network, start: int) -> int:
    """How many arcs the nodes that can be reached from one are away, on average and rounded up, whatever the way."""
    beside: list[list[int]] = [[] for _ in range(network.nodes)]
    for tail, head in zip(network.tails, network.heads):
        beside[tail].append(head)
        beside[head].append(tail)
    seen = bytearray(network.nodes)
    seen[start] = 1
    front, depth, total, count = [start], 0, 0, 1
    while front:
        depth += 1
        after = []
        for node in front:
            for other in beside[node]:
                if not seen[other]:
                    seen[other] = 1
                    after.append(other)
        front, total, count = after, total + depth * len(after), count + len(after)
    return 1 + total // count

"""Estimates how many pivots a simplex will need on a network, to decide whether a network solver pays off."""

from __future__ import annotations

from itertools import compress, islice, repeat
from operator import gt, sub

from pplp.engines.networks.form import Arcs
from pplp.engines.networks.structure import might_be_network
from pplp.form.matrix_form import MatrixForm

__all__ = ["EACH_ROW", "pivots", "pivots_at_first_sight"]

#: The pivots per row, if nothing else is known.
EACH_ROW = 1.5
#: If a node is adjacent to at least one in `_SHARE` of all nodes, paths have about `_PATH` arcs.
_SHARE, _PATH = 3, 4


def pivots_at_first_sight(form: MatrixForm) -> float:
    """A rough estimate for a program that may be a network, in a tenth of the time that building the network takes.

    A variable that its cost pulls away from 0 violates at most two rows, by as much as it moves.  Paths are known to be
    short only if there is a hub, a node that is adjacent to many others.  Without one, the estimate is proportional to
    the number of rows.
    """
    most = EACH_ROW * form.rows
    if not might_be_network(form.columns, form.values):  # though its transpose might be one
        return most
    ends = 2 * form.columns - form.nonzeros  # the arcs at the root
    if _SHARE * max(ends, max(map(sub, islice(form.starts, 1, None), form.starts))) < form.rows:
        return most
    costs = enumerate(form.cost)
    pulled = [j for j, cost in costs if cost > 0.0] if form.maximize else [j for j, cost in costs if cost < 0.0]
    moves = sum([form.column_upper[j] - form.column_lower[j] for j in pulled])
    moves += sum(map(abs, form.column_lower)) if any(form.column_lower) else 0.0
    amiss = sum([max(low, -high) for low, high in zip(form.row_lower, form.row_upper) if low > 0.0 or high < 0.0])
    return min(most, _PATH * (moves + amiss / 2))


def pivots(network: Arcs) -> float:
    """An estimate; where it was measured, it was right to within a factor of about three.

    It is proportional to the number of rows, or less: the dual simplex starts with every arc empty or full, whichever
    its cost prefers, and ends sooner if few units are out of balance then.  Each such unit must be sent along a path,
    with about one pivot for each of its arcs.
    """
    tails, heads, capacities = network.tails, network.heads, network.capacities
    amiss = [*network.supplies, -sum(network.supplies)]
    for k in compress(range(len(tails)), map(gt, repeat(0), network.costs)):
        amiss[tails[k]] -= capacities[k]
        amiss[heads[k]] += capacities[k]
    units: float = sum(map(abs, amiss)) / 2
    most = EACH_ROW * len(amiss)
    if not units < most:  # it may be infinite
        return most
    return min(most, units * _depth(network, max(range(len(amiss)), key=lambda v: abs(amiss[v]))))


def _depth(network: Arcs, start: int) -> int:
    """The average distance from a node to all nodes connected with it, in arcs of any direction, rounded up."""
    beside: list[list[int]] = [[] for _ in range(len(network.supplies) + 1)]
    for tail, head in zip(network.tails, network.heads):
        beside[tail].append(head)
        beside[head].append(tail)
    seen = bytearray(len(beside))
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

"""Estimates how many pivots a simplex will need on a network, which decides whether a network solver pays."""

from __future__ import annotations

from itertools import compress, islice, repeat
from operator import gt, sub

from pplp.engines.networks.form import Arcs
from pplp.engines.networks.structure import might_be_network
from pplp.form.matrix_form import MatrixForm

__all__ = ["EACH_ROW", "pivots", "pivots_at_first_sight"]

#: As many for each row, where nothing else is known.
EACH_ROW = 1.5
#: Where a node has this share of the nodes beside it, a path has about so many arcs.
_SHARE, _PATH = 3, 4


def pivots_at_first_sight(form: MatrixForm) -> float:
    """A rough estimate, should the program be a network, in a tenth of the time that it takes to make that of it.

    Each variable that is not 0 where its cost pulls it puts two rows amiss at most.  That paths are short is known
    where there is a hub, a node beside many; else what is in proportion to the rows is all there is to say.
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
    """An estimate, right to a factor of three or so where it was measured.

    It is in proportion to the rows; but the dual simplex is done sooner where little is amiss at its start, with
    every arc empty or full as its cost has it.  Each unit that is amiss goes along a path, and each arc of that takes a
    pivot.
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
    """How many arcs the nodes that can be reached from one are away, on average and rounded up, whatever the way."""
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

"""From an optimal flow to a vertex, and from that and its prices to a basis: a tree of arcs that costs what it gains.

A basis of a network is a spanning tree.  The arcs whose flow is strictly between its ends have to be in it; the
others are chosen among those whose cost is just the difference of the prices (the *tight* ones), and where these do not
span, the prices are moved until one more of them is.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import compress
from typing import NamedTuple, Optional

from pplp.networks.form import Flow, Network, excesses

__all__ = ["Tree", "at_vertex", "tree_of"]

#: So many steps along the paths of a forest are made for each node, to take cycles out of a flow.
_STEPS = 200


class Tree(NamedTuple):
    """A basis: prices, the arcs of a forest that gives them, and one node of each part without the root."""

    prices: list[int]
    arcs: list[int]
    nodes: list[int]


class _Parts:
    """Nodes that are joined to ever larger parts."""

    def __init__(self, count: int) -> None:
        self._over = list(range(count))

    def of(self, node: int) -> int:
        """The node that stands for the part."""
        over = self._over
        while over[node] != node:
            over[node] = node = over[over[node]]
        return node

    def join(self, a: int, b: int) -> bool:
        """Make one part of two; False where they are one already."""
        a, b = self.of(a), self.of(b)
        if a == b:
            return False
        self._over[b] = a
        return True


def _between(network: Network, flows: Sequence[int]) -> list[int]:
    """The arcs that are neither empty nor full."""
    return [k for k in compress(range(len(flows)), flows) if flows[k] < network.capacities[k]]


def at_vertex(network: Network, flow: Flow) -> Flow:
    """The flow without cycles of arcs that are neither empty nor full; at an optimum they cost nothing.

    Raises `OverflowError` where there are too many.
    """
    flows, tails, heads = flow.flows, network.tails, network.heads
    parts = _Parts(network.nodes)
    forest: dict[int, dict[int, int]] = {}  # node -> arc -> the node at its other end
    closing = []
    for k in _between(network, flows):
        if parts.join(tails[k], heads[k]):
            _put(forest, k, tails[k], heads[k])
        else:
            closing.append(k)
    steps = [_STEPS * network.nodes]
    for k in closing:
        path = _path(forest, heads[k], tails[k], steps)
        if steps[0] < 0:
            raise OverflowError("an optimal flow has too many cycles to be made a vertex")
        if path is not None:
            _push(network, flows, forest, [(k, 1), *path])
        if 0 < flows[k] < network.capacities[k]:
            _put(forest, k, tails[k], heads[k])
    return flow


def _put(forest: dict[int, dict[int, int]], k: int, tail: int, head: int) -> None:
    forest.setdefault(tail, {})[k] = head
    forest.setdefault(head, {})[k] = tail


def _path(forest: dict[int, dict[int, int]], start: int, end: int, steps: list[int]) -> Optional[list[tuple[int, int]]]:
    """The arcs from one node to another, as (arc, the node where it is left); None where there is no way."""
    came: dict[int, tuple[int, int]] = {start: (-1, -1)}
    stack = [start]
    while stack and end not in came:
        node = stack.pop()
        steps[0] -= 1
        for k, other in forest.get(node, {}).items():
            if other not in came:
                came[other] = k, node
                stack.append(other)
    if end not in came:
        return None
    path, node = [], end
    while node != start:
        k, node = came[node]
        path.append((k, node))
    return path


def _push(network: Network, flows: array[int], forest: dict[int, dict[int, int]], cycle: list[tuple[int, int]]) -> None:
    """Send flow round a cycle until an arc of it is empty or full, and take such arcs out of the forest."""
    tails, heads, capacities = network.tails, network.heads, network.capacities
    (first, _), *path = cycle
    ways = [(first, 1), *((k, 1 if tails[k] == node else -1) for k, node in path)]
    most = min(capacities[k] - flows[k] if way > 0 else flows[k] for k, way in ways)
    for k, way in ways:
        flows[k] += way * most
        if not 0 < flows[k] < capacities[k] and k in forest.get(tails[k], ()):
            del forest[tails[k]][k], forest[heads[k]][k]


def tree_of(network: Network, flow: Flow) -> Tree:
    """A basis with this flow, which is at a vertex, and optimal prices that it gives: those at hand, moved as needed.

    What is tight already becomes one part.  Then the shortest paths from the part of the root, by what the
    arcs between parts cost too much, tell how far the prices of the others can rise, and then how far they can fall;
    each makes the arcs of its paths tight.
    """
    flows, root = flow.flows, network.nodes - 1
    prices = list(flow.prices)
    parts = _Parts(network.nodes)
    arcs = [k for k in _between(network, flows) if parts.join(network.tails[k], network.heads[k])]
    for k, (excess, capacity) in enumerate(zip(excesses(network, prices), network.capacities)):
        if not excess and capacity and parts.join(network.tails[k], network.heads[k]):
            arcs.append(k)
    bridges: list[int] = list(compress(range(len(flows)), network.capacities))  # where there may be two parts
    way, start, finished = 1, root, {-1}
    while True:
        ways, bridges = _ways(network, bridges, prices, parts, way)
        found = _shortest(ways, parts.of(start))
        far = max(found.values())[0]
        if len(found) > 1:
            for node, part in enumerate(map(parts.of, range(network.nodes))):
                if part not in finished:
                    prices[node] += way * (found[part][0] if part in found else far)
            for _, k in found.values():
                if k >= 0 and parts.join(network.tails[k], network.heads[k]):
                    arcs.append(k)
        elif not _ways(network, bridges, prices, parts, -way)[0].get(parts.of(start)):
            finished.add(parts.of(start))
            start = next((part for part in ways if part not in finished), -1)
            if start < 0:
                break
        way = -way
    # In each part the price of one node is nobody's: that of the root, or of a row that is tied to it.
    chosen: dict[int, int] = {parts.of(root): root}
    for node in range(root):
        chosen.setdefault(parts.of(node), node)
    levels = {part: prices[node] for part, node in chosen.items()}
    prices = [price - levels[parts.of(node)] for node, price in enumerate(prices)]
    return Tree(prices, arcs, [node for node in chosen.values() if node != root])


def _ways(
    network: Network, bridges: list[int], prices: list[int], parts: _Parts, way: int
) -> tuple[dict[int, list[tuple[int, int, int]]], list[int]]:
    """From each part (what it costs too much, the part there, the arc): that one cannot move further than so.

    And those of the arcs that lead from one part to another.
    """
    tails, heads, costs = network.tails, network.heads, network.costs
    part = list(map(parts.of, range(network.nodes)))
    bridges = [k for k in bridges if part[tails[k]] != part[heads[k]]]
    ways: dict[int, list[tuple[int, int, int]]] = {}
    for k in bridges:
        tail, head = tails[k], heads[k]
        excess = costs[k] - prices[tail] + prices[head]
        if (excess > 0) == (way > 0):
            ways.setdefault(part[head], []).append((abs(excess), part[tail], k))
        else:
            ways.setdefault(part[tail], []).append((abs(excess), part[head], k))
    return ways, bridges


def _shortest(ways: dict[int, list[tuple[int, int, int]]], start: int) -> dict[int, tuple[int, int]]:
    """The distance of each part that can be reached, and the arc by which; Dijkstra's method."""
    found: dict[int, tuple[int, int]] = {}
    heap = [(0, start, -1)]
    while heap:
        distance, part, arc = heappop(heap)
        if part not in found:
            found[part] = distance, arc
            for length, other, k in ways.get(part, ()):
                if other not in found:
                    heappush(heap, (distance + length, other, k))
    return found

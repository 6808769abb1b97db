"""From an optimal flow to a vertex, and from that and its duals to a basis: a tree of arcs that costs what it gains.

A basis of a network is a spanning tree.  The arcs whose flow is strictly between its ends have to be in it; the
others are chosen among those whose cost is just the difference of the duals (the *tight* ones), and where these do not
span, the duals are moved until one more of them is.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import compress
from typing import Any, NamedTuple, Optional

from pplp.engines.networks.network import Flow, Network, excesses

__all__ = ["Tree", "at_vertex", "joined", "tree_of"]


class Tree(NamedTuple):
    """A basis: duals, the arcs of a forest that gives them, and one node of each part without the root."""

    prices: list[Any]
    arcs: list[int]
    nodes: list[int]


class _Parts:
    """Sets of nodes that are merged into larger and larger parts."""

    def __init__(self, count: int) -> None:
        self._over = list(range(count))

    def of(self, node: int) -> int:
        """The node that represents the part."""
        over = self._over
        while over[node] != node:
            over[node] = node = over[over[node]]
        return node

    def join(self, a: int, b: int) -> bool:
        """Merge two parts; False if they are the same already."""
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

    Such arcs are put into a forest one after the other.  One that closes a cycle has flow sent round until an arc of
    the cycle is empty or full; that one, if it is another, leaves the forest, as in a pivot of the simplex.
    """
    between = _between(network, flow.flows)
    forest = _Forest(network, between)
    for k in between:
        if k not in forest.arcs and 0 < flow.flows[k] < network.capacities[k]:
            forest.add(k, flow.flows)
    return flow


class _Forest:
    """Trees of arcs, whose nodes know the arc to their parent."""

    def __init__(self, network: Network, between: list[int]) -> None:
        """As low as they can be made: by breadth first."""
        self._network = network
        beside: dict[int, list[tuple[int, int]]] = {}
        for k in between:
            tail, head = network.tails[k], network.heads[k]
            beside.setdefault(tail, []).append((head, k))
            beside.setdefault(head, []).append((tail, k))
        self._parent: dict[int, Optional[int]] = {}
        self._arc: dict[int, int] = {}  # the one to the parent
        for start in beside:
            front = [] if start in self._parent else [start]
            self._parent.setdefault(start, None)
            while front:
                after = []
                for node in front:
                    for other, k in beside[node]:
                        if other not in self._parent:
                            self._parent[other], self._arc[other] = node, k
                            after.append(other)
                front = after
        #: The arcs in it.
        self.arcs = set(self._arc.values())

    def add(self, k: int, flows: array[int]) -> None:
        """Put an arc in, or fill it or empty it round the cycle that it closes."""
        tails, capacities = self._network.tails, self._network.capacities
        tail, head = tails[k], self._network.heads[k]
        down, up, is_cycle = self._paths(tail, head)  # from both ends to where they meet, or to the roots
        if not is_cycle:
            self._hang(down, tail, head, k)
            return
        arcs = self._arc
        cycle = [
            (k, True),
            *((arcs[v], tails[arcs[v]] == v) for v in up),
            *((arcs[v], tails[arcs[v]] != v) for v in down),
        ]
        most = min(capacities[j] - flows[j] if forward else flows[j] for j, forward in cycle)
        for j, forward in cycle:
            flows[j] += most if forward else -most
        if 0 < flows[k] < capacities[k]:
            for path, end, other in ((up, head, tail), (down, tail, head)):
                for place, node in enumerate(path):
                    if not 0 < flows[arcs[node]] < capacities[arcs[node]]:
                        self.arcs.discard(arcs.pop(node))
                        self._hang(path[: place + 1], end, other, k)
                        return

    def _paths(self, a: int, b: int) -> tuple[list[int], list[int], bool]:
        """The nodes from each of two upward, before the first that both paths have; is there one?"""
        parent = self._parent
        paths: tuple[list[int], list[int]] = ([], [])
        places: tuple[dict[int, int], dict[int, int]] = ({}, {})
        ends: list[Optional[int]] = [a, b]
        while ends[0] is not None or ends[1] is not None:
            for side, node in enumerate(ends):
                if node is None:
                    continue
                if node in places[1 - side] or node == ends[1 - side]:
                    other = places[1 - side].get(node, len(paths[1 - side]))
                    del paths[1 - side][other:]
                    return *paths, True
                places[side][node] = len(paths[side])
                paths[side].append(node)
                ends[side] = parent[node]
        return *paths, False

    def _hang(self, path: list[int], end: int, other: int, k: int) -> None:
        """Make `end` the root of its tree, whose root ends the path, and hang it below the other node by an arc."""
        parent, arcs = self._parent, self._arc
        for node, above in zip(path[-2::-1], path[:0:-1]):
            parent[above], arcs[above] = node, arcs[node]
        parent[end], arcs[end] = other, k
        self.arcs.add(k)


def tree_of(network: Network, flow: Flow) -> Tree:
    """A basis with this flow, which is at a vertex, and optimal duals that it gives: those at hand, moved as needed."""
    parts = _Parts(network.nodes)
    arcs = [k for k in _between(network, flow.flows) if parts.join(network.tails[k], network.heads[k])]
    for k, (excess, capacity) in enumerate(zip(excesses(network, flow.prices), network.capacities)):
        if not excess and capacity and parts.join(network.tails[k], network.heads[k]):
            arcs.append(k)
    return _joined(network, flow, parts, arcs)


def joined(network: Network, flow: Flow, arcs: list[int]) -> Tree:
    """A basis with this flow and a forest of arcs, to which arcs are added by which duals are moved as needed."""
    parts = _Parts(network.nodes)
    for k in arcs:
        parts.join(network.tails[k], network.heads[k])
    return _joined(network, flow, parts, list(arcs))


def _joined(network: Network, flow: Flow, parts: _Parts, arcs: list[int]) -> Tree:
    """The parts joined to that of the root.

    The shortest paths from the part of the root, by what the arcs between parts cost too much, tell how far the duals
    of the others can rise, and then how far they can fall; each makes the arcs of its paths tight.
    """
    flows, root = flow.flows, network.nodes - 1
    prices = list(flow.prices)
    if len(arcs) == root:
        return Tree([price - prices[root] for price in prices], arcs, [])
    bridges: list[int] = list(compress(range(len(flows)), network.capacities))  # where there may be two parts
    way, start, finished = 1, root, {-1}
    while True:
        ways, bridges = _ways(network, bridges, flows, prices, parts, way)
        found = _shortest(ways, parts.of(start))
        far = max(found.values())[0]
        if len(found) > 1:
            for node, part in enumerate(map(parts.of, range(network.nodes))):
                if part not in finished:
                    prices[node] += way * (found[part][0] if part in found else far)
            for _, k in found.values():
                if k >= 0 and parts.join(network.tails[k], network.heads[k]):
                    arcs.append(k)
        elif not _ways(network, bridges, flows, prices, parts, -way)[0].get(parts.of(start)):
            finished.add(parts.of(start))
            start = next((part for part in ways if part not in finished), -1)
            if start < 0:
                break
        way = -way
    # In each part the dual of one node is nobody's: that of the root, or of a row that is tied to it.
    chosen: dict[int, int] = {parts.of(root): root}
    for node in range(root):
        chosen.setdefault(parts.of(node), node)
    levels = {part: prices[node] for part, node in chosen.items()}
    prices = [price - levels[parts.of(node)] for node, price in enumerate(prices)]
    return Tree(prices, arcs, [node for node in chosen.values() if node != root])


def _ways(
    network: Network, bridges: list[int], flows: Sequence[Any], prices: list[Any], parts: _Parts, way: int
) -> tuple[dict[int, list[tuple[Any, int, int]]], list[int]]:
    """From each part (what it costs too much, the part there, the arc): that one cannot move further than so.

    And those of the arcs that lead from one part to another.  They are empty, or full.
    """
    tails, heads, costs = network.tails, network.heads, network.costs
    part = list(map(parts.of, range(network.nodes)))
    bridges = [k for k in bridges if part[tails[k]] != part[heads[k]]]
    ways: dict[int, list[tuple[Any, int, int]]] = {}
    for k in bridges:
        tail, head = tails[k], heads[k]
        excess = costs[k] - prices[tail] + prices[head]
        if flows[k]:
            tail, head, excess = head, tail, -excess
        if way < 0:
            tail, head = head, tail
        ways.setdefault(part[head], []).append((max(excess, 0), part[tail], k))
    return ways, bridges


def _shortest(ways: dict[int, list[tuple[Any, int, int]]], start: int) -> dict[int, tuple[Any, int]]:
    """The distance of each part that can be reached, and the arc by which; Dijkstra's method."""
    found: dict[int, tuple[Any, int]] = {}
    heap: list[tuple[Any, int, int]] = [(0, start, -1)]
    while heap:
        distance, part, arc = heappop(heap)
        if part not in found:
            found[part] = distance, arc
            for length, other, k in ways.get(part, ()):
                if other not in found:
                    heappush(heap, (distance + length, other, k))
    return found

"""Turns an optimal flow into a vertex, and a vertex with its duals into a basis.

A basis of a network is a spanning tree of arcs with a reduced cost of 0, called *tight*.  All arcs whose flow is
strictly between 0 and their capacity must be in it.  The others are chosen among the tight arcs.  If these do not reach
all nodes, the duals are moved until more arcs are tight.
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
    """A basis: the duals, the arcs of the forest that determines them, and a node of each tree without the root."""

    prices: list[Any]
    arcs: list[int]
    nodes: list[int]


class _Parts:
    """Disjoint sets of nodes that can be merged (union-find)."""

    def __init__(self, count: int) -> None:
        self._over = list(range(count))

    def of(self, node: int) -> int:
        """The node that represents the part of this node."""
        over = self._over
        while over[node] != node:
            over[node] = node = over[over[node]]
        return node

    def join(self, a: int, b: int) -> bool:
        """Merge the parts of two nodes; False if they are the same part already."""
        a, b = self.of(a), self.of(b)
        if a == b:
            return False
        self._over[b] = a
        return True


def _between(network: Network, flows: Sequence[int]) -> list[int]:
    """The arcs that are neither empty nor full."""
    return [k for k in compress(range(len(flows)), flows) if flows[k] < network.capacities[k]]


def at_vertex(network: Network, flow: Flow) -> Flow:
    """Remove cycles of arcs that are neither empty nor full from an optimal flow, in place.

    Such arcs are added to a forest one after the other.  If one closes a cycle, flow is sent around the cycle until one
    of its arcs is empty or full; if this is another arc, it leaves the forest, as in a pivot of the simplex.  At an
    optimum the cycle costs nothing, so the flow stays optimal.
    """
    between = _between(network, flow.flows)
    forest = _Forest(network, between)
    for k in between:
        if k not in forest.arcs and 0 < flow.flows[k] < network.capacities[k]:
            forest.add(k, flow.flows)
    return flow


class _Forest:
    """Rooted trees of arcs: each node knows its parent and the arc between them."""

    def __init__(self, network: Network, between: list[int]) -> None:
        """Build the trees breadth first, which keeps them shallow."""
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
        """Add an arc.  If it closes a cycle, first send flow around it until one of its arcs is empty or full."""
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
        """The paths from two nodes upward, up to but without their first common node, and whether there is one."""
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
        """Make `end` the root of its tree by reversing the path to its old root; then attach it to `other` by arc k."""
        parent, arcs = self._parent, self._arc
        for node, above in zip(path[-2::-1], path[:0:-1]):
            parent[above], arcs[above] = node, arcs[node]
        parent[end], arcs[end] = other, k
        self.arcs.add(k)


def tree_of(network: Network, flow: Flow) -> Tree:
    """A basis for this flow, which must be a vertex, with optimal duals: the given ones, moved where necessary."""
    parts = _Parts(network.nodes)
    arcs = [k for k in _between(network, flow.flows) if parts.join(network.tails[k], network.heads[k])]
    for k, (excess, capacity) in enumerate(zip(excesses(network, flow.prices), network.capacities)):
        if not excess and capacity and parts.join(network.tails[k], network.heads[k]):
            arcs.append(k)
    return _joined(network, flow, parts, arcs)


def joined(network: Network, flow: Flow, arcs: list[int]) -> Tree:
    """A basis for this flow that contains a forest of arcs; arcs are added to it, and duals moved, where necessary."""
    parts = _Parts(network.nodes)
    for k in arcs:
        parts.join(network.tails[k], network.heads[k])
    return _joined(network, flow, parts, list(arcs))


def _joined(network: Network, flow: Flow, parts: _Parts, arcs: list[int]) -> Tree:
    """Join all parts to the part of the root by tight arcs, as far as arcs lead there.

    Lengths are the reduced costs of the arcs between parts.  The shortest paths from the part of the root tell how far
    the duals of the other parts can rise, and then how far they can fall.  Moving them that far makes the arcs of these
    paths tight.
    """
    flows, root = flow.flows, network.nodes - 1
    prices = list(flow.prices)
    if len(arcs) == root:
        return Tree([price - prices[root] for price in prices], arcs, [])
    bridges: list[int] = list(compress(range(len(flows)), network.capacities))  # arcs that may connect two parts
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
    # In each part one node has the dual 0: the root, or a node whose row becomes basic.
    chosen: dict[int, int] = {parts.of(root): root}
    for node in range(root):
        chosen.setdefault(parts.of(node), node)
    levels = {part: prices[node] for part, node in chosen.items()}
    prices = [price - levels[parts.of(node)] for node, price in enumerate(prices)]
    return Tree(prices, arcs, [node for node in chosen.values() if node != root])


def _ways(
    network: Network, bridges: list[int], flows: Sequence[Any], prices: list[Any], parts: _Parts, way: int
) -> tuple[dict[int, list[tuple[Any, int, int]]], list[int]]:
    """For each part, (length, other part, arc) of each arc that limits how far the other part's duals can move.

    Also the arcs that still lead from one part to another.  All of these are empty or full.
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
    """The distance of each part that can be reached, and the arc that reaches it, by Dijkstra's method."""
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

"""Positions of the nodes of a network in a drawing: in layers, from those that send to those that receive."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["layered"]

#: How many times the order within the layers is improved, forward and backward.
_SWEEPS = 6
#: At most this many dummy nodes are inserted, to make room for arcs that pass through a layer.
_PASSING = 2000


def layered(count: int, tails: Sequence[int], heads: Sequence[int], first: Sequence[int] = ()) -> list[list[float]]:
    """A position [x, y] for each of the nodes 0 to count - 1; x is the layer, and arcs lead to the right.

    A node is to the right of all nodes with an arc to it, ignoring arcs that close a cycle in a search from the nodes
    `first`.  Within a layer each node is near the middle of its neighbors, with room for arcs that pass through.

    >>> layered(4, [0, 0, 1, 2], [1, 2, 3, 3])
    [[0.0, 0.0], [1.0, 0.5], [1.0, -0.5], [2.0, 0.0]]
    >>> layered(3, [0, 1, 0], [1, 2, 2])
    [[0.0, 0.0], [1.0, 0.5], [2.0, 0.0]]
    """
    onward: list[list[int]] = [[] for _ in range(count)]
    for u, v in zip(tails, heads):
        if u != v:
            onward[u].append(v)
    layer = _layers(onward, [*first, *_without_entry(count, heads), *range(count)])
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for u, v in sorted({(min(u, v), max(u, v)) for u, v in zip(tails, heads)}):
        near, far = sorted((u, v), key=lambda node: layer[node])
        step = near
        for between in range(layer[near] + 1, layer[far]):
            if len(layer) - count < _PASSING:
                neighbours[step].append(len(layer))
                neighbours.append([step])
                step = len(layer)
                layer.append(between)
        neighbours[step].append(far)
        neighbours[far].append(step)
    columns: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for node, at in enumerate(layer):
        columns[at].append(node)
    height = [0.0] * len(layer)
    for column in columns:
        _spread(column, height)
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            middle = {k: sum(height[other] for other in neighbours[k]) / max(1, len(neighbours[k])) for k in column}
            column.sort(key=lambda node: -middle[node])
            _spread(column, height)
    return [[float(layer[node]), height[node]] for node in range(count)]


def _without_entry(count: int, heads: Sequence[int]) -> list[int]:
    entered = {*heads}
    return [node for node in range(count) if node not in entered]


def _layers(onward: Sequence[Sequence[int]], starts: Sequence[int]) -> list[int]:
    """The length of the longest path to each node, ignoring arcs that lead back to a node on the path."""
    order: list[int] = []
    state = [0] * len(onward)  # 1: on the current path, 2: done
    for start in starts:
        way = [(start, iter(onward[start]))] if not state[start] else []
        state[start] = state[start] or 1
        while way:
            node, rest = way[-1]
            for other in rest:
                if not state[other]:
                    state[other] = 1
                    way.append((other, iter(onward[other])))
                    break
            else:
                state[node] = 2
                order.append(node)
                way.pop()
    rank = {node: place for place, node in enumerate(reversed(order))}
    layer = [0] * len(onward)
    for node in reversed(order):
        for other in onward[node]:
            if rank[other] > rank[node]:
                layer[other] = max(layer[other], layer[node] + 1)
    return layer


def _spread(column: Sequence[int], height: list[float]) -> None:
    """Place the nodes of a layer at equal distances, from top to bottom, centered at 0."""
    for place, node in enumerate(column):
        height[node] = (len(column) - 1) / 2 - place

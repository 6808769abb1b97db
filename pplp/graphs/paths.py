"""Shortest paths."""

from __future__ import annotations

from math import inf
from typing import Any

from pplp.answers.solvable import current_solution
from pplp.errors import InvalidValue
from pplp.graphs.flow import FlowProblem
from pplp.graphs.flows import _network
from pplp.program import LinearProgram

__all__ = ["ShortestPath"]


class ShortestPath(FlowProblem):
    """The shortest path from `source` to `target`: one unit of flow at least cost.

    `weight` is as for `MinimumCostFlow`, but a missing one is 1, as in networkx.  Weights may be negative; a cycle of
    negative length makes the program unbounded, and a missing path makes it infeasible.  Side constraints, such as a
    limit on the sum of another number along the path, may split the unit; `integer=True` keeps it together.

    >>> from pplp.graphs import ShortestPath
    >>> way = ShortestPath((["a", "a", "b"], ["b", "c", "c"]), "a", "c", weight=[1, 5, 2])
    >>> way.solve().objective, way.path
    (3.0, ['a', 'b', 'c'])
    """

    def __init__(self, graph: Any, source: Any, target: Any, *, weight: Any = "weight", integer: bool = False) -> None:
        network = _network(graph, None)
        ends = network.place_of_node(source, "source"), network.place_of_node(target, "target")
        if ends[0] == ends[1]:
            raise InvalidValue(f"Source and target are the same node {source!r}. Give two different nodes.")
        weights = network.of_arcs(weight, 1, "weight", finite=True)
        if not network.is_directed and min(weights, default=0) < 0:
            place = next(k for k, one in enumerate(weights) if one < 0)
            raise InvalidValue(
                f"The undirected edge {network.keys[place]!r} has a negative weight: there and back would be a cycle "
                "of negative length. Give a directed graph."
            )
        needs = [0] * len(network.nodes)
        needs[ends[0]], needs[ends[1]] = -1, 1
        zeros, open_ended = [0] * len(network), [inf] * len(network)
        lp = LinearProgram(name="ShortestPath")
        super().__init__(lp, network, lower=zeros, upper=open_ended, least=needs, most=needs, whole=True)
        for x in self.x if integer else ():
            x.integer = True
        self._ends = ends
        lp.objective = self._total(weights)

    @property
    def length(self) -> float:
        """The length of the path.  Raises what `flow` raises."""
        return current_solution(self.lp, "length").objective_or_raise()

    @property
    def path(self) -> list[Any]:
        """The nodes along the path.  Raises what `flow` raises."""
        onward: dict[int, list[int]] = {}
        for u, v, amount in zip(self.network.tails, self.network.heads, self._amounts()):
            if amount > 1e-7:
                onward.setdefault(u, []).append(v)
        source, target = self._ends
        before = {source: source}
        waiting = [source]
        for node in waiting:  # the flow may be split over several paths: take any of them
            for other in onward.get(node, ()):
                if other not in before:
                    before[other] = node
                    waiting.append(other)
        way = [target]
        while way[-1] != source:
            way.append(before[way[-1]])
        return [self.network.nodes[node] for node in reversed(way)]

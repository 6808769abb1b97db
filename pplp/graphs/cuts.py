"""Minimum cuts as linear programs whose variables say which side each node is on."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from pplp.answers.solution import Solution
from pplp.answers.solvable import current_solution
from pplp.arrays.variables import indices_of
from pplp.core.expressions import Variable, sum_from
from pplp.errors import InvalidValue
from pplp.graphs.flow import Number, are_whole, as_int, works_in_bulk
from pplp.graphs.flows import _network
from pplp.graphs.names import name_variables
from pplp.program import LinearProgram

__all__ = ["MinimumCut"]

# Any: axes are those of matplotlib, which has no types here.


class MinimumCut:
    """The cheapest set of arcs whose removal cuts `sink` off from `source`.

        minimize  sum of capacity(a) cut(a)   subject to   cut(a) >= side(u) - side(v) for each arc a from u to v,
                  side(source) = 1,  side(sink) = 0,  0 <= side <= 1,  cut >= 0

    It is the dual of `MaximumFlow`, written out so that you can constrain the sides: ``lp.add_constraint(side["a"] ==
    side["b"])`` keeps two nodes together.  Without such constraints every side is 0 or 1; with them, pass
    ``integer=True`` to make the sides integer variables.  An arc without a capacity cannot be cut; if every cut
    needs such an arc, the program is infeasible.

    >>> from pplp.graphs import MinimumCut
    >>> pipes = MinimumCut((["s", "s", "a", "b"], ["a", "b", "t", "t"]), "s", "t", capacity=[4, 2, 3, 5])
    >>> pipes.solve().status.value, pipes.value, pipes.arcs, sorted(pipes.partition[1])
    ('optimal', 5, [('s', 'b'), ('a', 't')], ['b', 't'])
    >>> together = pipes.lp.add_constraint(pipes.side["a"] == pipes.side["b"])
    >>> pipes.solve().objective, sorted(pipes.partition[1])
    (6.0, ['a', 'b', 't'])
    """

    def __init__(
        self, graph: Any, source: Any, sink: Any, *, capacity: Any = "capacity", integer: bool = False
    ) -> None:
        self.network = network = _network(graph, None)
        s, t = network.place_of_node(source, "source"), network.place_of_node(sink, "sink")
        if s == t:
            raise InvalidValue(f"Source and sink are the same node {source!r}. Give two different nodes.")
        capacities = network.capacities(capacity)
        self._ends = s, t
        self._capacities, self._whole = capacities, are_whole(capacities)
        #: The program; you can add constraints to it.
        self.lp = lp = LinearProgram(name="MinimumCut")
        ends = [[0.0] * len(network.nodes), [1.0] * len(network.nodes)]
        ends[0][s], ends[1][t] = 1.0, 0.0
        self._sides = sides = lp.Vars(len(network.nodes), lb=ends[0], ub=ends[1], integer=integer)
        self._cuts = cuts = lp.Vars(len(network), lb=0, ub=[inf if one < inf else 0.0 for one in capacities])
        name_variables(sides, "side", lambda: ((node,) for node in network.nodes))
        name_variables(cuts, "cut", lambda: network.keys)
        arcs = [k for k, (u, v) in enumerate(zip(network.tails, network.heads)) if u != v]
        tails, heads = [network.tails[k] for k in arcs], [network.heads[k] for k in arcs]
        if works_in_bulk(len(arcs)):
            lp.add_constraint(cuts[arcs] - sides[tails] + sides[heads] >= 0)
        else:
            for k, u, v in zip(arcs, tails, heads):
                terms = [indices_of(cuts)[k], indices_of(sides)[u], indices_of(sides)[v]]
                lp.add_constraint(sum_from(lp, terms, [1.0, -1.0, 1.0], 0.0) >= 0)
        finite = [k for k, one in enumerate(capacities) if one < inf]
        costs = [float(capacities[k]) for k in finite]
        lp.objective = sum_from(lp, [indices_of(cuts)[k] for k in finite], costs, 0.0)

    @property
    def side(self) -> Mapping[Any, Variable]:
        """The variable of each node: 1 on the source's side, 0 on the sink's."""
        sides = self._sides
        return self.network.by_node(lambda place: sides[place])

    @property
    def cut(self) -> Mapping[Any, Variable]:
        """The variable of each arc: 1 if it is cut."""
        cuts = self._cuts
        return self.network.by_arc(lambda place: cuts[place])

    def solve(self, **options: Any) -> Solution:
        """Solve with the fields of `Options` as keywords; never raises for an outcome, like `LinearProgram.solve`."""
        return self.lp.solve("minimize", **options)

    @property
    def value(self) -> Number:
        """The capacity of the cut.  Raises what reading a value raises: `NotSolved`, `Infeasible` and so on."""
        return as_int(current_solution(self.lp, "value").objective_or_raise(), self._whole)

    @property
    def partition(self) -> tuple[set[Any], set[Any]]:
        """The nodes on the source's side, and those on the sink's side.  Raises what `value` raises."""
        at_source = self._at_source()
        names = self.network.nodes
        return {n for n, here in zip(names, at_source) if here}, {n for n, here in zip(names, at_source) if not here}

    @property
    def arcs(self) -> list[Any]:
        """The keys of the arcs from the source's side to the sink's.  Raises what `value` raises."""
        here, network = self._at_source(), self.network
        return [key for key, u, v in zip(network.keys, network.tails, network.heads) if here[u] and not here[v]]

    def plot(self, ax: Any = None, *, pos: Any = None) -> Any:
        """Draw the network with matplotlib: the two sides in two colors, the cut arcs wide; returns the axes.

        The arguments and errors are those of `Flow.plot`.

        >>> from pplp.graphs import MinimumCut
        >>> pipes = MinimumCut((["s", "a"], ["a", "t"]), "s", "t", capacity=[4, 3])
        >>> solution = pipes.solve()
        >>> ax = pipes.plot()  # doctest: +SKIP
        >>> ax.get_title()  # doctest: +SKIP
        'optimal, objective 3'
        """
        from pplp.graphs.drawing import Picture, cut_plot

        return cut_plot(Picture(self.lp, self.network, pos, ax), self._at_source, self._capacities, self._ends)

    def _at_source(self) -> list[bool]:
        return [side > 0.5 for side in current_solution(self.lp, "cut").values_at(indices_of(self._sides))]

    def __repr__(self) -> str:
        return f"<MinimumCut: {len(self.network.nodes)} nodes, {len(self.network)} arcs, {self.lp.status}>"

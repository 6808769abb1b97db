"""Solves a network with the network simplex, which ends with a flow, duals, and a tree, or a proof that none exist."""

from __future__ import annotations

from array import array
from math import inf
from typing import Any, NamedTuple

from pplp.engines.networks.form import Arcs, NetworkForm
from pplp.engines.networks.network import Flow
from pplp.engines.networks.network_simplex import GOES_ON, NOISE, UNBOUNDED, Simplex, level_above, loops
from pplp.engines.networks.tree import Tree, joined

__all__ = ["TreeFlow", "TreeSearch"]

#: How many pivots are made at a time: some milliseconds.
_SLICE = 1000 if loops is not None else 100
#: The tolerance if numbers are not whole: for unmet supply, relative to the largest supply; for the gain of a ray,
#: relative to its costs.
_ROUNDING = 1e-9

# Any: the compiled simplex has no types.


class TreeFlow(NamedTuple):
    """An optimal flow, and the arcs of its tree."""

    flow: Flow
    arcs: list[int]

    def tree(self, network: Any) -> Tree:
        """The basis that contains these arcs, with its duals."""
        return joined(network, self.flow, self.arcs)


class TreeSearch:
    """A run of the network simplex: `wait` makes some pivots at a time, so that a `Clock` can watch it."""

    def __init__(self, network: NetworkForm, is_free: bool = False, most: float = inf) -> None:
        """With `is_free` all costs are 0, to find out whether any flow is feasible.

        It gives up once its work, the number of arcs and nodes that were looked at, exceeds `most`.
        """
        self._most = most
        its = network.arcs
        self._network = network
        self._costs = array("d", bytes(8 * len(its.costs))) if is_free else its.costs
        kind = Simplex if loops is None else loops.Simplex
        level = float(level_above(self._costs, len(its.supplies)))
        tolerance = 0.0 if network.is_whole else NOISE
        self._simplex: Any = kind(its.tails, its.heads, its.capacities, self._costs, its.supplies, level, tolerance)
        self._status = GOES_ON

    @property
    def pivots(self) -> int:
        """How many pivots were made."""
        return int(self._simplex.pivots)

    def wait(self, seconds: float) -> bool:
        """Make some pivots; True if the search has ended.

        Their number is fixed, whatever `seconds` is, so that results do not depend on timing.
        """
        self._status = self._simplex.run(_SLICE)
        return self._status != GOES_ON or bool(self._simplex.work > self._most)

    def result(self) -> TreeSearch:
        """The search itself, which has ended."""
        return self

    # ---- results
    def _read(self, code: str, numbers: Any) -> Any:
        return array(code, numbers)

    @property
    def gave_up(self) -> bool:
        """True if it has ended without an answer."""
        return self._status == GOES_ON

    @property
    def misses(self) -> bool:
        """True if the supply or demand of a node is not met."""
        supplies = self._network.arcs.supplies
        allowed = 0.0 if self._network.is_whole else _ROUNDING * max(map(abs, supplies), default=0.0)
        return bool(max(self._read("d", self._simplex.missed()), default=0.0) > allowed)

    @property
    def is_unbounded(self) -> bool:
        """True if a cycle of arcs without a capacity gains."""
        return self._status == UNBOUNDED

    def ray_gains(self) -> bool:
        """Check that the ray is a cycle of arcs without a capacity, and that it gains; exactly if costs are whole."""
        its: Arcs = self._network.arcs
        exact: Any = int if self._network.is_whole else float
        net: dict[int, int] = {}
        gain, size = 0, 0
        for k in self._simplex.ray():
            a, way = (k, 1) if k >= 0 else (~k, -1)
            if a >= len(its.costs) or its.capacities[a] < inf or way < 0:
                return False
            net[its.tails[a]] = net.get(its.tails[a], 0) + 1
            net[its.heads[a]] = net.get(its.heads[a], 0) - 1
            gain -= exact(its.costs[a])
            size += abs(exact(its.costs[a]))
        return not any(net.values()) and gain > (0 if self._network.is_whole else _ROUNDING * size)

    def proves_infeasible(self) -> bool:
        """True if the cut given by the artificial arcs in the tree proves that no flow meets the supplies."""
        levels = map(int, self._read("d", self._simplex.levels()))
        return self._network.proves_infeasible([*levels, 0])

    def tree_flow(self) -> TreeFlow:
        """The optimal flow."""
        count = len(self._costs)
        prices = self._read("d", self._simplex.prices()).tolist()
        arcs = [k for k in self._read("i", self._simplex.over()) if k < count]
        return TreeFlow(Flow(self._read("d", self._simplex.flows()), [*prices, 0.0]), arcs)

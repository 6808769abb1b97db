"""OR-Tools' minimum-cost flow solver: the only module that imports OR-Tools.

OR-Tools is by far the fastest on large networks.  It computes with 64-bit integers and returns no duals, so this module
computes them from the flow.
"""

from __future__ import annotations

import contextlib
from array import array
from typing import Any, Optional

from pplp.engines.networks.network import Flow, Network
from pplp.engines.networks.tree import at_vertex
from pplp.errors import ExtraMissing
from pplp.ground import loading
from pplp.ground.loading import whole_import

__all__ = ["cheapest_flow", "is_installed", "load"]

# Any: arrays are numpy's, which this module is given.


def is_installed() -> bool:
    """True if OR-Tools can be imported; checked without importing it."""
    return loading.is_installed("ortools") and loading.is_installed("numpy")


def load() -> None:
    """Import what `cheapest_flow` needs, ahead of time; errors are left for that function to report."""
    with contextlib.suppress(ImportError), whole_import():
        import numpy  # noqa: F401
        from ortools.graph.python import min_cost_flow  # noqa: F401


def cheapest_flow(network: Network, vertex: bool = True) -> Optional[Flow]:
    """An optimal flow with duals, moved to a vertex unless `vertex` is false; None if no flow is feasible.

    Raises `ExtraMissing` if OR-Tools is not installed, and `OverflowError` for numbers that are too large for it.
    """
    try:
        with whole_import():
            import numpy
            from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
    except ImportError as error:
        raise ExtraMissing(
            f"This takes the packages ortools and numpy, of which one cannot be imported ({error}). "
            'Install them with: python -m pip install "pplp[networks]"'
        ) from error
    tails, heads, capacities, costs, supplies = map(numpy.array, network[1:])
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    solver.set_nodes_supplies(numpy.arange(network.nodes), supplies)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status != solver.OPTIMAL:
        raise OverflowError(f"OR-Tools ended with {status.name}")
    flows = solver.flows(numpy.arange(len(tails)))
    prices = _prices(numpy, network.nodes, tails, heads, capacities, costs, flows)
    if prices is None:
        raise OverflowError("the flow that OR-Tools calls optimal is not")
    flow = Flow(array("q", flows.tobytes()), array("q", prices.tobytes()))
    return at_vertex(network, flow) if vertex else flow


def _prices(numpy: Any, nodes: int, tails: Any, heads: Any, capacities: Any, costs: Any, flows: Any) -> Any:
    """Duals that prove the flow optimal: shortest distances in the residual network; None if it is not optimal.

    This is the Bellman-Ford method, started from all nodes at once.  Each round extends all shortest paths by one arc,
    and looks only at the arcs that leave the front: the nodes whose distance has just improved.  If the front is not
    empty after as many rounds as there are nodes, there is a negative cycle, and the flow is not optimal.
    """
    open_, used = flows < capacities, flows > 0
    begin = numpy.concatenate([tails[open_], heads[used]])
    end = numpy.concatenate([heads[open_], tails[used]])
    length = numpy.concatenate([costs[open_], -costs[used]])
    order = numpy.argsort(begin, kind="stable")
    begin, end, length = begin[order], end[order], length[order]
    starts = numpy.searchsorted(begin, numpy.arange(nodes + 1))
    distance = numpy.zeros(nodes, numpy.int64)
    front = numpy.unique(begin[length < 0])
    for _ in range(nodes + 1):
        if not len(front):
            return -distance
        counts = starts[front + 1] - starts[front]
        total = int(counts.sum())
        # The indices of all arcs that leave the front.
        shift = numpy.repeat(starts[front] - numpy.cumsum(counts) + counts, counts)
        arcs = numpy.arange(total) + shift
        reached = numpy.repeat(distance[front], counts) + length[arcs]
        better = reached < distance[end[arcs]]
        ends = end[arcs[better]]
        numpy.minimum.at(distance, ends, reached[better])
        front = numpy.unique(ends)
    return None

"""GLPK's out-of-kilter algorithm for networks.

It computes with 32-bit integers, may run without limit if they overflow, and cannot be interrupted.  So it runs in a
separate process.
"""

from __future__ import annotations

import ctypes
from array import array
from typing import Optional

from pplp.engines.glpk.library import C
from pplp.engines.glpk.threads import call
from pplp.engines.networks import Flow, Network, at_vertex

__all__ = ["cheapest_flow", "is_small_enough"]

#: The largest sum of capacities, and of costs along a path, that cannot overflow.
_MOST = 2**29
#: Offsets in GLPK's structures, which are part of its binary interface.
_DATA_OF_ARC, _NODES_OF_GRAPH, _DATA_OF_NODE = 16, 32, 24
_DOUBLE = 8


def is_small_enough(network: Network) -> bool:
    """True if its numbers cannot overflow."""
    dearest = sorted(map(abs, network.costs), reverse=True)[: network.nodes]
    return max(sum(network.capacities), sum(map(abs, network.supplies)), sum(dearest)) < _MOST


def cheapest_flow(network: Network, vertex: bool = True) -> Optional[Flow]:
    """An optimal flow with duals, moved to a vertex if `vertex` is true; None if there is no flow."""
    flow: Optional[Flow] = call(_cheapest_flow, network)
    return at_vertex(network, flow) if vertex and flow is not None else flow


def _cheapest_flow(network: Network) -> Optional[Flow]:
    graph = C.glp_create_graph(_DOUBLE, 4 * _DOUBLE)
    C.glp_add_vertices(graph, network.nodes)
    address, doubles = ctypes.c_size_t.from_address, (ctypes.c_double * 4).from_address
    add, arcs = C.glp_add_arc, []
    # The four doubles of an arc: lower bound, capacity, cost, and the flow that GLPK writes.
    for tail, head, capacity, cost in zip(network.tails, network.heads, network.capacities, network.costs):
        numbers = doubles(address(add(graph, tail + 1, head + 1) + _DATA_OF_ARC).value)
        numbers[1], numbers[2] = capacity, cost
        arcs.append(numbers)
    table = address(graph + _NODES_OF_GRAPH).value
    nodes = []
    for i, supply in enumerate(network.supplies, 1):
        number = ctypes.c_double.from_address(address(address(table + 8 * i).value + _DATA_OF_NODE).value)
        number.value = supply
        nodes.append(number)
    code = C.glp_mincost_okalg(graph, 0, 0, _DOUBLE, 2 * _DOUBLE, None, 3 * _DOUBLE, 0)
    # GLPK has replaced the supply of each node by its dual.
    flow = Flow(array("q", (int(numbers[3]) for numbers in arcs)), array("q", (int(node.value) for node in nodes)))
    C.glp_delete_graph(graph)
    return flow if code == 0 else None

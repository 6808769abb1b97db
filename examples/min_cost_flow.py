"""Minimum-cost flow: send the supply of the sources through a network to the sinks, at minimum cost.

    minimize    sum of weight[arc] * flow[arc]
    subject to  (flow into node) - (flow out of node) = demand[node]   for every node
                0 <= flow[arc] <= capacity[arc]                        for every arc

A source has a negative demand.  The graph is a networkx graph, with the attribute names that networkx uses.
"""

import sys

from pplp import LinearProgram

try:
    import networkx
except ImportError:
    sys.exit('This example needs networkx: python -m pip install "pplp[networkx]"')


def main() -> None:
    """Ship 20 units from a port and a mill to two regions."""
    network = networkx.DiGraph()
    network.add_node("port", demand=-15)
    network.add_node("mill", demand=-5)
    network.add_node("junction", demand=0)
    network.add_node("north", demand=8)
    network.add_node("south", demand=12)
    network.add_edge("port", "junction", weight=2, capacity=10)
    network.add_edge("port", "south", weight=6, capacity=9)
    network.add_edge("mill", "junction", weight=1, capacity=4)
    network.add_edge("mill", "north", weight=5, capacity=6)
    network.add_edge("junction", "north", weight=2, capacity=7)
    network.add_edge("junction", "south", weight=3, capacity=8)
    network.add_edge("north", "south", weight=1, capacity=5)

    program = LinearProgram(name="minimum-cost flow")
    capacity = {(tail, head): arc["capacity"] for tail, head, arc in network.edges(data=True)}
    flow = program.Vars(network.edges, "flow", lb=0, ub=capacity)
    program.objective = sum(arc["weight"] * flow[tail, head] for tail, head, arc in network.edges(data=True))
    for node, demand in network.nodes(data="demand"):
        inflow = sum(flow[arc] for arc in network.in_edges(node))
        outflow = sum(flow[arc] for arc in network.out_edges(node))
        program.add_constraint(inflow - outflow == demand, name=node)
    cost = program.minimize()

    for (tail, head), amount in flow.items():
        print(f"{tail:8} -> {head:8} {amount.value:3.0f} of {capacity[tail, head]:2}")
    print(f"cost {cost:.0f}")

    # networkx's network simplex finds the same cost.
    assert cost == networkx.min_cost_flow_cost(network)


if __name__ == "__main__":
    main()

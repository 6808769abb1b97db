"""Networks: flows, cuts, paths, transportation and assignment as linear programs.

Build a problem from a networkx graph, a data frame of edges, or arrays.  Each problem has a `LinearProgram` (``.lp``)
and a variable for each arc (``.arc[u, v]``), so you can add side constraints; once solved, it has the answer in
networkx's form, node duals and reduced costs.  The data need not be integers.  networkx itself is not needed.

>>> from pplp.graphs import MinimumCostFlow
>>> plan = MinimumCostFlow((["a", "a", "b"], ["b", "c", "c"]), demand={"a": -4, "c": 4}, capacity=3, weight=[1, 3, 1])
>>> limit = plan.lp.add_constraint(plan.arc["a", "b"] + plan.arc["b", "c"] <= 5)
>>> plan.solve().status.value, plan.cost, plan.flow
('optimal', 9.5, {'a': {'b': 2.5, 'c': 1.5}, 'b': {'c': 2.5}, 'c': {}})
"""

from pplp.graphs.cuts import MinimumCut
from pplp.graphs.flow import Flow
from pplp.graphs.flows import Circulation, FlowWithGains, MaximumFlow, MinimumCostFlow, MulticommodityFlow
from pplp.graphs.network import Network
from pplp.graphs.paths import ShortestPath
from pplp.graphs.shipping import Assignment, Transportation

__all__ = [
    "Assignment",
    "Circulation",
    "Flow",
    "FlowWithGains",
    "MaximumFlow",
    "MinimumCostFlow",
    "MinimumCut",
    "MulticommodityFlow",
    "Network",
    "ShortestPath",
    "Transportation",
]

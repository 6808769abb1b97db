"""Networks: flows, cuts, paths, transportation and assignment as linear programs.

Each problem is made of a networkx graph, a data frame of edges, or arrays; is a `LinearProgram` (``.lp``) with the
variable of each arc (``.arc[u, v]``), to which side constraints may be added; and has, when it was solved, the
answer in networkx's form, node prices and reduced costs.  Data need not be whole.  networkx itself is not needed.

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

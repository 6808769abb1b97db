"""Programs that are networks: how their structure is found, and the solvers that use it."""

from pplp.engines.networks.form import NetworkForm
from pplp.engines.networks.network import Flow, Network
from pplp.engines.networks.pivots import EACH_ROW, pivots, pivots_at_first_sight
from pplp.engines.networks.structure import NotANetwork, might_be_network
from pplp.engines.networks.transposed import TransposedForm
from pplp.engines.networks.tree import Tree, at_vertex, tree_of
from pplp.engines.networks.tree_flow import TreeFlow, TreeSearch

__all__ = [
    "EACH_ROW",
    "Flow",
    "Network",
    "NetworkForm",
    "NotANetwork",
    "TransposedForm",
    "Tree",
    "TreeFlow",
    "TreeSearch",
    "at_vertex",
    "might_be_network",
    "pivots",
    "pivots_at_first_sight",
    "tree_of",
]

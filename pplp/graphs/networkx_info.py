"""What networkx shows about the backend, without importing networkx.

networkx reads this module while it is being imported itself, so the module must not import networkx.  The backend is
`pplp.graphs.networkx_backend`.

>>> info()["backend_name"], "network_simplex" in info()["functions"]
('pplp', True)
"""

from __future__ import annotations

from typing import Any

__all__ = ["FUNCTIONS", "info"]

#: The functions of networkx that the backend answers.
FUNCTIONS = [
    "capacity_scaling",
    "cost_of_flow",
    "max_flow_min_cost",
    "max_weight_matching",
    "maximum_flow",
    "maximum_flow_value",
    "min_cost_flow",
    "min_cost_flow_cost",
    "minimum_cut",
    "minimum_cut_value",
    "network_simplex",
]


def info() -> dict[str, Any]:
    """The description of this backend for networkx."""
    return {
        "backend_name": "pplp",
        "project": "pplp",
        "package": "pplp.graphs",
        "short_summary": "Flows, cuts and bipartite matchings as linear programs; data need not be integers.",
        "functions": {name: {} for name in FUNCTIONS},
    }

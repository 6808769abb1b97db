"""Pictures: those of `pplp.display` under the name that is documented."""

from pplp.display.matrix_plot import matrix_plot
from pplp.display.network_plot import Arc, network_plot
from pplp.display.region_plot import region_plot
from pplp.display.search_plot import search_progress

__all__ = ["Arc", "matrix_plot", "network_plot", "region_plot", "search_progress"]

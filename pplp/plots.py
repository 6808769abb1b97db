"""Pictures: `pplp.display.plots` under the name that is documented."""

from pplp.display.plots import Arc, matrix_plot, network_plot, region_plot, search_progress

__all__ = ["Arc", "matrix_plot", "network_plot", "region_plot", "search_progress"]

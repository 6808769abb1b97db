"""Pictures: `pplp.display.region_plot` under the name that is documented."""

from pplp.display.region_plot import Arc, matrix_plot, network_plot, region_plot, search_progress

__all__ = ["Arc", "matrix_plot", "network_plot", "region_plot", "search_progress"]

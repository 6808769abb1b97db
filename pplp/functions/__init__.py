"""Functions and sets that linear rows and binaries can say, and the rows that are made of them."""

from typing import TYPE_CHECKING

from pplp.functions.extremum import maximum, minimum
from pplp.functions.piecewise_linear import piecewise
from pplp.functions.sets import semicontinuous, sos1, sos2
from pplp.functions.truth_values import truth
from pplp.ground.former import successors

__all__ = ["maximum", "minimum", "piecewise", "semicontinuous", "sos1", "sos2", "truth"]

if not TYPE_CHECKING:  # which would take any name
    __getattr__ = successors(__name__)

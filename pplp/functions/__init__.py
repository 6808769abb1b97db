"""Functions and sets that linear rows and binaries can express, and the rows that express them."""

from typing import TYPE_CHECKING

from pplp.functions.extremum import maximum, minimum
from pplp.functions.piecewise_linear import piecewise
from pplp.functions.sets import semicontinuous, sos1, sos2
from pplp.functions.truth_values import truth
from pplp.ground.former import successors

__all__ = ["maximum", "minimum", "piecewise", "semicontinuous", "sos1", "sos2", "truth"]

if not TYPE_CHECKING:  # type checkers would accept any name
    __getattr__ = successors(__name__)

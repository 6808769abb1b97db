"""Functions and sets that linear rows and binaries can say, and the rows that are made of them."""

from pplp.functions.compounds import maximum, minimum, piecewise, semicontinuous, sos1, sos2, truth

__all__ = ["maximum", "minimum", "piecewise", "semicontinuous", "sos1", "sos2", "truth"]

"""Functions and sets that linear rows and binaries can say, and the rows that are made of them."""

from typing import Any

from pplp.functions import compounds
from pplp.functions.compounds import maximum, minimum, piecewise, semicontinuous, sos1, sos2, truth

__all__ = ["maximum", "minimum", "piecewise", "semicontinuous", "sos1", "sos2", "truth"]


def __getattr__(name: str) -> Any:
    """What this was called when it was one file: pickles of then say so."""
    return getattr(compounds, name)

"""Arrays of variables and expressions, by position, by key and by label; the doors to numpy, pandas and polars."""

from pplp.arrays.operators import ArrayOperators
from pplp.arrays.variables import VariableArray

__all__ = ["ArrayOperators", "VariableArray"]

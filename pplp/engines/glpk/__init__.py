"""The GLPK engine.  Only in this folder are indices counted from 1, and do bounds have type codes."""

from pplp.engines.glpk.engine import Glpk

__all__ = ["Glpk"]

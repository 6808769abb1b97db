"""The GLPK engine.  Places count from 1, and bounds have type codes, in this folder only."""

from pplp.engines.glpk.engine import Glpk

__all__ = ["Glpk"]

"""The GLPK engine.  Only this folder counts indices from 1 and gives bounds GLPK's type codes."""

from pplp.engines.glpk.engine import Glpk

__all__ = ["Glpk"]

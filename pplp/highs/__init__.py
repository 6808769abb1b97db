"""HiGHS as an engine; ``pip install "pplp[highs]"``.  See `pplp.highs.engine.Highs` for what it takes and what not."""

from pplp.highs.engine import Highs

__all__ = ["Highs"]

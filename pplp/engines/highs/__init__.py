"""HiGHS as an engine; ``pip install "pplp[highs]"``.  See `Highs` for what it takes and what not."""

from pplp.engines.highs.engine import Highs

__all__ = ["Highs"]

"""The HiGHS engine; install it with ``pip install "pplp[highs]"``.  `Highs` says what it supports."""

from pplp.engines.highs.engine import Highs

__all__ = ["Highs"]

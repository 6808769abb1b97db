"""The door to numpy for what works on whole arrays."""

from __future__ import annotations

from pplp.ground.loading import whole_import

with whole_import():
    import numpy as np

__all__ = ["np"]

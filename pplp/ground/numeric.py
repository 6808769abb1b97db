"""The import of numpy, for modules that work on whole arrays."""

from __future__ import annotations

from pplp.ground.loading import whole_import

with whole_import():
    import numpy as np

if tuple(map(int, np.__version__.split(".")[:2])) < (1, 25):
    # Older versions turn an exception of a comparison into False, and then a row would be lost.
    raise ImportError(f"version 1.25.2 or later, and this is {np.__version__}")

__all__ = ["np"]

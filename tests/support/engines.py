"""The engines that the tests run on; those whose package is missing are skipped, and say so."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

HAS_HIGHS = find_spec("highspy") is not None
ENGINES = [
    "glpk",
    pytest.param("highs", marks=pytest.mark.skipif(not HAS_HIGHS, reason="highspy is not installed")),
]

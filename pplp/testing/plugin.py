"""pytest's option --engine, for ``-p pplp.testing.plugin``."""

from __future__ import annotations

import pytest

__all__ = ["pytest_addoption"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option --engine."""
    parser.addoption("--engine", default="glpk", help="the engine to test with pplp's conformance suite")

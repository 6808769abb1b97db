"""pytest's option --engine, for ``-p pplp.testing.plugin``."""

from __future__ import annotations

import pytest

__all__ = ["pytest_addoption"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the name of the engine."""
    parser.addoption("--engine", default="glpk", help="the engine that has to pass the conformance suite of pplp")

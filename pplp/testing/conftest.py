"""Fixtures for the engine under test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pplp.engines.contract import Engine
from pplp.engines.registry import make_engine


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The value of the option --engine; "glpk" by default."""
    name: str = request.config.getoption("--engine", "glpk")
    return name


@pytest.fixture
def engine(engine_name: str) -> Iterator[Engine]:
    """A new engine of that name, closed afterwards."""
    made = make_engine(engine_name)
    yield made
    made.close()

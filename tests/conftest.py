"""What all tests share."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from typing import Any, Callable

import hypothesis
import pytest

from pplp import LinearProgram

# "quick" draws the same few examples on every run; --hypothesis-profile=deep draws new ones, for as long as one likes.
hypothesis.settings.register_profile(
    "quick",
    derandomize=True,
    deadline=None,
    max_examples=100,
    stateful_step_count=20,
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.register_profile(
    "deep",
    hypothesis.settings.get_profile("quick"),
    derandomize=False,
    database=None,
    max_examples=20_000,
    stateful_step_count=60,
    print_blob=True,
)
hypothesis.settings.load_profile("quick")


@pytest.fixture
def lp() -> LinearProgram:
    """An empty program."""
    return LinearProgram()


@pytest.fixture
def in_child() -> Callable[[str], str]:
    """Run a script in a process of its own, so that an abort fails one test; what it prints is returned."""

    def run(script: str, timeout: float = 300) -> str:
        source = "from pplp import *\nimport math\ninf = math.inf\n" + textwrap.dedent(script)
        done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


class Hands:
    """The module `time` with hands that a test moves on: what has a limit of hours is over when the test says so."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def perf_counter(self) -> float:
        return time.perf_counter() + self._ahead

    def forward(self, seconds: float = 1e6) -> None:
        """So many seconds pass."""
        self._ahead += seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """The clock of pplp in this process; the solvers' own, and that of a child, are not moved."""
    hands = Hands()
    for name in ("clock", "isolation", "lexicographic", "pool"):
        monkeypatch.setattr(f"pplp.{name}.time", hands)
    return hands

"""What all tests share."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Callable

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

    def run(script: str, timeout: float = 60) -> str:
        source = "from pplp import *\nimport math\ninf = math.inf\n" + textwrap.dedent(script)
        done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run

"""What all tests share."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Callable

import pytest

from pplp import LinearProgram


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

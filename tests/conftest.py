"""What all tests share."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
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

# A shell starts what it runs in the background with Ctrl-C ignored, and children inherit that: no test of it would end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


#: An engine that dies of a row's name: of "deadly", of "deadly 6" by that signal, of "deadly once ..." the first time
#: that it is solved; with "frozen" it stops until somebody ends it.  With "unfit" the first process that meets one has
#: no threads for any of them, with "unfit always" none has.
_MORTAL = """
import os, signal, time
from pplp import OutOfThreads
from pplp.engines.glpk import Glpk
class Mortal(Glpk):
    def load(self, form):
        self.fates = {name.partition(" ")[0]: name for name in form.row_names.values()}
        super().load(form)
    def solve(self, options, stop=None):
        number = self.fates.get("deadly", "").partition(" ")[2] or str(int(signal.SIGKILL))
        if number.startswith("once"):
            flag = os.path.join(os.path.dirname(__file__), number)
            if os.path.exists(flag):
                return super().solve(options, stop)
            open(flag, "w").close()
            number = str(int(signal.SIGKILL))
        if "deadly" in self.fates:
            os.kill(os.getpid(), int(number))
        if "unfit" in self.fates:
            flag = os.path.join(os.path.dirname(__file__), "unfit")
            with open(flag, "a+") as file:
                file.seek(0)
                known = file.read().split()
                mine = str(os.getpid())
                if not known:
                    file.write(mine)
            if "always" in self.fates["unfit"] or mine in known or not known:
                raise OutOfThreads("there are none")
        if "frozen" in self.fates:
            os.kill(os.getpid(), signal.SIGSTOP)
        while "endless" in self.fates and not stop.cancelled:
            time.sleep(0.001)
        return super().solve(options, stop)
"""


@pytest.fixture
def mortal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an engine that an installed package has, and that may end its process."""
    (tmp_path / "mortals.py").write_text(_MORTAL)
    metadata = tmp_path / "mortals-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: mortals\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[pplp.engines]\nmortal = mortals:Mortal\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "mortal"


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """The clock of pplp in this process; the solvers' own, and that of a child, are not moved."""
    hands = Hands()
    for name in ("engines.child", "engines.clock", "engines.isolation", "solving.lexicographic", "solving.pool"):
        monkeypatch.setattr(f"pplp.{name}.time", hands)
    return hands

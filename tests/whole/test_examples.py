"""Every example runs, with warnings as errors, and its own assertions hold."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pplp

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
OPTIONAL_PACKAGES = {
    "frames": "polars",
    "min_cost_flow": "networkx",
    "scipy_engine": "scipy",
}  # where there is polars, there is pandas


def _case(example: Path) -> Any:
    package = OPTIONAL_PACKAGES.get(example.stem)
    missing = package is not None and importlib.util.find_spec(package) is None
    reason = f"examples/{example.name} needs {package}, which is not installed"
    return pytest.param(example, id=example.stem, marks=[pytest.mark.skipif(missing, reason=reason)])


def test_there_are_examples() -> None:
    """A wrong folder would make the test below pass without a single case."""
    assert EXAMPLES


def test_the_table_of_examples() -> None:
    """It names each once, and what it needs beside pplp."""
    text = (EXAMPLES[0].parent / "README.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| [")}
    assert sorted(rows) == [example.name for example in EXAMPLES] and text.count("| [") == len(rows)
    assert {name for name, row in rows.items() if "needs" in row} == {f"{name}.py" for name in OPTIONAL_PACKAGES}


def test_the_page_of_examples() -> None:
    """It shows the examples in the order of the table."""
    table = (EXAMPLES[0].parent / "README.md").read_text(encoding="utf-8")
    page = (EXAMPLES[0].parents[1] / "docs" / "examples.md").read_text(encoding="utf-8")
    assert re.findall(r'--8<-- "examples/(\w+\.py)"', page) == re.findall(r"^\| \[`(\w+\.py)`\]", table, re.M)


@pytest.mark.parametrize("name", sorted(OPTIONAL_PACKAGES))
def test_a_package_that_is_missing_is_named(name: str) -> None:
    """An example that needs more than pplp says what to install, in one line."""
    package = OPTIONAL_PACKAGES[name]
    (example,) = (example for example in EXAMPLES if example.stem == name)
    script = (
        f"import runpy, sys; sys.modules[{package!r}] = None; runpy.run_path({str(example)!r}, run_name='__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(pplp.__file__).parents[1], capture_output=True, text=True, timeout=300
    )
    assert (run.returncode, run.stdout) == (1, "")
    wanted = package if name == "scipy_engine" else f'"pplp[{package}]"'  # pplp has no extra of SciPy
    assert run.stderr == f"This example needs {package}: python -m pip install {wanted}\n"


@pytest.mark.parametrize("example", [_case(example) for example in EXAMPLES])
def test_example(example: Path) -> None:
    """The example ends well and prints what it found."""
    # The child imports the same pplp as this test, installed or not.
    paths = [str(Path(pplp.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    run = subprocess.run(
        # Before Python 3.10 networkx sees a backend twice that is installed, and beside its own sources.
        [sys.executable, "-W", "error", "-W", "ignore:networkx backend:RuntimeWarning", str(example)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert run.returncode == 0, f"{example.name} ended with {run.returncode}:\n{run.stderr}"
    assert run.stdout.strip(), f"{example.name} printed nothing"
    assert not run.stderr, f"{example.name} wrote to stderr:\n{run.stderr}"

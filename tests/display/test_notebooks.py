"""The notebooks of the documentation run from top to bottom, and what they assert holds."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pplp

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))
#: How many pictures each shows.
PICTURES = {"first_steps": 3, "integer_search": 2, "networks": 3}


def cells(notebook: Path) -> list[dict[str, Any]]:
    """What is in the file."""
    found: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return found


def test_there_are_three():
    """A wrong folder would make the tests below pass without a case."""
    assert {notebook.stem for notebook in NOTEBOOKS} == set(PICTURES)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_stripped(notebook):
    """No outputs, counts or paths of a machine are kept; each asserts something."""
    text = notebook.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|tmp|Users|work)/", text)
    assert set(json.loads(text)["metadata"]) == {"kernelspec", "language_info"}
    code = [cell for cell in cells(notebook) if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert "assert" in "".join(line for cell in code for line in cell["source"])


#: In a process of its own: what Jupyter leaves open ends with it.  The kernel is reached through files, not ports.
RUN = """
import sys
import nbclient, nbformat
from jupyter_client.manager import AsyncKernelManager

source, target, folder = sys.argv[1:]
content = nbformat.read(source, as_version=4)
nbformat.validate(content)
kernel = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=folder + "/kernel")
nbclient.NotebookClient(content, km=kernel, timeout=300, resources={"metadata": {"path": folder}}).execute()
nbformat.write(content, target)
"""


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(notebook, tmp_path):
    """Every cell ends well, without a word on standard error, and the pictures are shown."""
    for package in ("nbclient", "nbformat", "ipykernel", "matplotlib"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"notebooks are run with {package}, which is not installed")
    # The kernel imports the same pplp as this test, installed or not.
    paths = os.pathsep.join(filter(None, [str(Path(pplp.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]))
    target = tmp_path / notebook.name
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(notebook), str(target), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths, "IPYTHONDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    outputs = [output for cell in cells(target) for output in cell.get("outputs", ())]
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []
    pictures = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == PICTURES[notebook.stem]

"""GNU MathProg, read through GLPK's own translator in a process of its own.

A MathProg file is a program: it computes, prints, and its statements ``printf ... >`` and ``table`` write and read
files and data bases.  Read only what you would run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Optional

from pplp.errors import ExtraMissing, FormatError
from pplp.formats.json_form import read_json
from pplp.formats.source import Place, Source
from pplp.program import LinearProgram

__all__ = ["read_mathprog"]

_COMPLAINT = re.compile(r"^(.*):(\d+): (.*)$", re.MULTILINE)
_SCRIPT = "from pplp.glpk.translator import main; main()"


def read_mathprog(model: Place, data: Iterable[Any], time_limit: Optional[float] = None) -> LinearProgram:
    """The program that a MathProg model, with the data of these paths, generates."""
    paths = [data] if isinstance(data, (str, os.PathLike)) else list(data)
    with tempfile.TemporaryDirectory(prefix="pplp-") as folder:
        result = os.path.join(folder, "result.json")
        names: dict[str, str] = {}  # the copy that GLPK reads -> the user's name
        inputs = [_plain(place, os.path.join(folder, f"{k}.mod"), names) for k, place in enumerate([model, *paths])]
        house = str(Path(__file__).resolve().parent.parent.parent)
        path = os.pathsep.join([house, *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            done = subprocess.run(
                [sys.executable, "-c", _SCRIPT, result, *inputs],
                env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=time_limit,
            )
        except subprocess.TimeoutExpired:
            raise FormatError(
                f"The model was not translated within {time_limit:g} seconds. Allow more: time_limit=.",
                names[inputs[0]],
            ) from None
        if done.returncode or not os.path.exists(result):
            raise _error(done, inputs, names)
        with Source(result) as source:
            return read_json(source)


def _plain(place: Place, copy: str, names: dict[str, str]) -> str:
    """A path that GLPK can read: the one given, or that of an unpacked copy."""
    if isinstance(place, (str, os.PathLike)) and os.fspath(place) != "-":
        path = os.path.abspath(os.fspath(place))
        with open(path, "rb") as file:  # where it cannot be read, the error is Python's
            packed = file.read(2) in (b"\x1f\x8b", b"BZ", b"\xfd7")
        if not packed:
            names[path] = os.fspath(place)
            return path
    with Source(place) as source, open(copy, "w", encoding="utf-8") as file:
        file.writelines(source)
        names[copy] = source.name
    return copy


def _error(done: subprocess.CompletedProcess[bytes], inputs: list[str], names: dict[str, str]) -> Exception:
    """What GLPK said of the model."""
    said = done.stdout.decode("utf-8", "replace")
    told = [found for found in _COMPLAINT.finditer(said) if found[1] in names and "warning" not in found[3]]
    if told:
        return FormatError(told[-1][3], names[told[-1][1]], int(told[-1][2]))
    if done.returncode == 3:
        last = [line for line in said.splitlines() if line.strip() and "processing error" not in line]
        return FormatError(last[-1] if last else "the model cannot be translated", names[inputs[0]])
    wrong = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if any("SolverMissing" in line for line in wrong):
        return ExtraMissing(f"MathProg is translated by GLPK. {wrong[-1]}")
    reason = wrong[-1] if wrong else f"it ended with {done.returncode}"
    return FormatError(f"GLPK's translator failed: {reason}", names[inputs[0]])

"""Bytes as a file of one format: a program, or an error of pplp's tree; a program is written as it is.

`run(format, data)` raises `Finding` for anything else.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import warnings
from pathlib import Path

from pplp import Basis, LinearProgram, PplpError

from . import translations
from .calls import Finding

#: A small file of each format, for the fuzzer to begin with.
EXAMPLES = {
    "lp": b"Maximize\n obj: 3 x + 2 y - 4 z + 5\nSubject To\n c1: -1 <= x + 2 y <= 8.5\n c2: x - z >= -3\nBounds\n"
    b" x <= 4\n -inf <= y <= 1e30\n z free\nGeneral\n z\nEnd\n",
    "mps": b"NAME t\nROWS\n N obj\n L c1\n G c2\n E c3\nCOLUMNS\n M1 'MARKER' 'INTORG'\n x obj 3 c1 1\n x c2 1\n"
    b" M2 'MARKER' 'INTEND'\n y obj 2 c3 1\nRHS\n R c1 8 c2 -3\nRANGES\n G c1 4\nBOUNDS\n UP B x 4\n FR B y\nENDATA\n",
    "dimacs": b"c t\np min 3 2\nn 1 4\nn 3 -4\na 1 2 0 4 1\na 2 3 0 9 2\n",
    "basis": b'{"variables": "BL", "rows": "U"}\n',
}
FORMATS = ("lp", "mps", "fixed-mps", "json", "dimacs", "basis")
#: "mathprog" is a target, too, which takes a process for each file.
TARGETS = (*FORMATS, "mathprog")


def examples(format: str) -> list[bytes]:
    """What the fuzzer begins with."""
    return [model.encode() for model in translations.MODELS] if format == "mathprog" else [example(format)]


def example(format: str) -> bytes:
    """One that is read without complaint."""
    if format in EXAMPLES:
        return EXAMPLES[format]
    file = io.StringIO()
    LinearProgram.read(io.BytesIO(EXAMPLES["lp"]), "lp").write(file, format)
    return file.getvalue().encode()


def run(format: str, data: bytes) -> str:
    """What became of it: "program" or "error"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if format == "basis":
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder, "basis")
                    path.write_bytes(data)
                    Basis.load(path)
                return "program"
            program = translated(data) if format == "mathprog" else LinearProgram.read(io.BytesIO(data), format)
        except PplpError:
            return "error"
        str(program)
        for other in ("json", "lp", "mps"):
            come_back(program, other)
    return "program"


def translated(data: bytes) -> LinearProgram:
    """The program of a MathProg model, which finds itself in an empty folder."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        os.chmod(folder, 0o777)
        os.chdir(folder)
        stack.callback(os.chdir, here)
        return LinearProgram.read(io.BytesIO(data), "mathprog", time_limit=3, memory_limit=2e9)


def come_back(program: LinearProgram, format: str) -> None:
    """Written and read, it has the same matrix."""
    file = io.StringIO()
    try:
        program.write(file, format)
        form = program.compile(program.sense)
    except PplpError:
        return  # what the format has no words for
    again = LinearProgram.read(io.StringIO(file.getvalue()), format)
    twin = again.compile(again.sense)
    same = (form.cost, form.column_lower, form.column_upper, form.integer, form.row_lower, form.row_upper, form.offset)
    if same != (
        *(twin.cost, twin.column_lower, twin.column_upper, twin.integer),
        *(twin.row_lower, twin.row_upper, twin.offset),
    ):
        raise Finding(f"written as {format} and read again it is another program")

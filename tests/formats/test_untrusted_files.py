"""Files from anybody: a reader carries nothing out, comes to an end, and takes no more memory than it says."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import math
import os
import pickle
import random
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pplp.answers.basis
from pplp import Basis, FormatError, InvalidValue, LinearProgram, OptionError
from pplp.formats import source
from tests.fuzz import files

GOOD = b'{"variables": "BL", "rows": "U"}\n'


class Bomb:
    """Unpickled, it would end the process."""

    def __reduce__(self):
        return os._exit, (3,)


REFUSED = {
    "nothing": b"",
    "no object": b"[]",
    "one key": b'{"rows": "U"}',
    "a key twice": b'{"rows": "U", "rows": "U"}',
    "a third key": b'{"rows": "U", "variables": "B", "more": "B"}',
    "a number": b'{"rows": 3, "variables": "L"}',
    "another letter": b'{"rows": "X", "variables": "L"}',
    "an escape": b'{"rows": "\\u0042", "variables": "L"}',
    "bytes of no text": b"\xff\xfe\x00" * 9,
    "text that is not ASCII": '{"rows": "Ü", "variables": "L"}'.encode(),
    "deep nesting": b"[" * 2_000_000,
    "deep nesting in a value": b'{"rows": ' + b'{"a":' * 1_000_000,
    "a number with a million digits": b'{"rows": ' + b"9" * 1_000_000 + b"}",
    "a million blanks": b" " * 1_000_000,
    "a million quotes": b'"' * 1_000_000,
    "a key that does not end": b'{"variables": "' + b"B" * 1_000_000,
    "a pickle": pickle.dumps(Bomb()),
    "a Python expression": b"__import__('os')._exit(3)",
    "a file after the file": GOOD + GOOD,
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused_at_once(case, tmp_path):
    """By name, however large or deep the file is."""
    path = tmp_path / "basis.json"
    path.write_bytes(REFUSED[case])
    with pytest.raises(InvalidValue) as caught:
        Basis.load(path)
    assert len(str(caught.value)) < 1000


@given(st.binary(max_size=60) | st.tuples(st.integers(0, len(GOOD) - 1), st.binary(max_size=3)))
def test_damaged_files(tmp_path_factory, damage):
    """A basis or `InvalidValue`, whatever the bytes."""
    path = tmp_path_factory.getbasetemp() / "damaged.json"
    if isinstance(damage, tuple):
        at, instead = damage
        damage = GOOD[:at] + instead + GOOD[at + len(instead) :]
    path.write_bytes(damage)
    try:
        basis = Basis.load(path)
    except InvalidValue:
        return
    assert {*basis.variables, *basis.rows} <= {*"BLUFE"}
    basis.save(path)
    assert Basis.load(path) == basis


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no endless file")
def test_an_endless_file(monkeypatch):
    """No more of it is read than the longest basis has."""
    monkeypatch.setattr(pplp.answers.basis, "_LONGEST", 100_000)
    with pytest.raises(InvalidValue, match="more than 100000 characters"):
        Basis.load("/dev/zero")


def test_the_longest_file(monkeypatch, tmp_path):
    """The limit is one of characters, inclusive."""
    path = tmp_path / "basis.json"
    path.write_bytes(GOOD)
    monkeypatch.setattr(pplp.answers.basis, "_LONGEST", len(GOOD))
    assert Basis.load(path) == Basis("BL", "U")
    monkeypatch.setattr(pplp.answers.basis, "_LONGEST", len(GOOD) - 1)
    with pytest.raises(InvalidValue):
        Basis.load(path)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
@pytest.mark.skipif(sys.implementation.name != "cpython", reason="the figure is CPython's")
def test_memory(in_child, tmp_path):
    """Reading 20 million letters takes a few times as many bytes."""
    path = tmp_path / "basis.json"
    path.write_bytes(b'{"variables": "' + b"L" * 20_000_000 + b'", "rows": ""}')
    said = in_child(
        f"""
        import resource
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert len(Basis.load({str(path)!r}).variables) == 20_000_000
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
        """
    )
    assert int(said) * 1024 < 8 * 20_000_000


ENDLESS = {"lp": b"\\ more\n", "mps": b"* more\n", "fixed-mps": b"* more\n", "json": b" \n", "dimacs": b"c more\n"}
ENDLESS["mathprog"] = b"# more\n"
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


class Endless:
    """A stream without end; it refuses to be read whole."""

    def __init__(self, part, is_text=False):
        self.part = part.decode() if is_text else part
        self.given = 0

    def read(self, size=-1):
        assert 0 <= size <= 1 << 20, "all that there is was asked for"
        self.given += size
        return (self.part * (size // len(self.part) + 1))[:size]

    def readline(self, size=-1):
        self.given += len(self.part)
        return self.part


@pytest.mark.parametrize("is_text", [False, True])
@pytest.mark.parametrize("format", list(ENDLESS))
def test_a_stream_without_end(format, is_text):
    """No more is read than the limit and a block."""
    stream = Endless(ENDLESS[format], is_text)
    with pytest.raises(FormatError, match=r"more than 100,000 bytes, uncompressed\. Allow more: size_limit="):
        LinearProgram.read(stream, format, size_limit=100_000)
    assert stream.given <= 100_000 + (1 << 21)


@pytest.mark.parametrize("packer", list(PACKERS))
@pytest.mark.parametrize("format", list(ENDLESS))
def test_a_small_file_that_is_large_unpacked(format, packer, tmp_path, monkeypatch):
    """It is unpacked no further than the limit, from a path and from a stream, and whole within it."""
    part = ENDLESS[format]
    packed = PACKERS[packer](part * 60_000)
    path = tmp_path / f"bomb.{packer}"
    path.write_bytes(packed)
    for place in (path, io.BytesIO(packed)):
        with pytest.raises(FormatError, match="more than 50,000 bytes, uncompressed"):
            LinearProgram.read(place, format, size_limit=50_000)
    good, _ = files.examples(format)[0], monkeypatch.setattr(source, "SIZE_LIMIT", 10)
    path.write_bytes(PACKERS[packer](good))
    with pytest.raises(FormatError, match="more than 10 bytes"):
        LinearProgram.read(path, format)
    assert LinearProgram.read(path, format, size_limit=len(good)).variables
    with pytest.raises(FormatError):
        LinearProgram.read(path, format, size_limit=len(good) - 1)
    assert LinearProgram.read(path, format, size_limit=math.inf).variables


@pytest.mark.parametrize("format", list(ENDLESS))
def test_a_plain_file_beyond_the_limit(format, tmp_path):
    """The limit is one of bytes, inclusive."""
    good, path = files.examples(format)[0], tmp_path / "plain"
    path.write_bytes(good)
    assert LinearProgram.read(path, format, size_limit=len(good)).variables
    with pytest.raises(FormatError, match="uncompressed"):
        LinearProgram.read(path, format, size_limit=len(good) - 1)


@pytest.mark.parametrize("limit", [-1, math.nan, "1 GiB", True + 1j])
def test_what_is_no_limit(limit):
    with pytest.raises(OptionError, match="size_limit must be a nonnegative number of bytes"):
        LinearProgram.read(io.StringIO(""), "lp", size_limit=limit)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no endless file")
@pytest.mark.parametrize("format", list(ENDLESS))
def test_a_device(format):
    """Its line, or the file, is too long."""
    with pytest.raises(FormatError, match="more than"):
        LinearProgram.read("/dev/zero", format, size_limit=30_000_000)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_read_once(tmp_path):
    """What was no free MPS cannot be read from it again as a fixed one: nobody writes it again."""
    path = tmp_path / "plan.mps"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"NAME\nROWS\nnonsense\n",))
    writer.start()
    with pytest.raises(FormatError):
        LinearProgram.read(path)
    writer.join()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy ends the process itself when it gets no memory")
def test_memory_that_runs_out_is_an_error_of_ours(in_child):
    """A file within the limit, and too little memory for it."""
    said = in_child(
        """
        import io, resource
        from pplp import OutOfMemory
        LinearProgram.read(io.StringIO("Minimize\\n x\\nEnd"), "lp")  # all is imported
        import pplp.formats.json_form
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 50_000_000, -1))
        try:
            LinearProgram.read("/dev/zero", "json", size_limit=1e9)
        except OutOfMemory as error:
            print(error)
        """
    )
    assert said.strip() == "There is not enough memory to read /dev/zero. Free some, or read it on a larger machine."


def test_a_missing_file_is_pythons_matter(tmp_path):
    """As for every file that cannot be opened."""
    with pytest.raises(FileNotFoundError):
        Basis.load(tmp_path / "none.json")


def test_names_are_not_interpreted(lp):
    """A name may be any text: it is shown, and goes nowhere else."""
    strange = ["../../etc/passwd", "$(exit 3)", "`exit 3`", "{0.__class__}", "%s%n", "\x1b[2J", "'; --", "A" * 100_000]
    xs = [lp.Var(name, lb=0, ub=1) for name in strange]
    for name, x in zip(strange, xs):
        lp.add_constraint(x + xs[0] <= 1, name=name)
    lp.objective = sum(xs)
    assert lp.maximize() == len(xs) - 1
    assert [x.name for x in lp.variables] == strange
    assert {c.name for c in lp.constraints} == {*strange}
    assert str(lp)


@pytest.mark.parametrize("format", files.FORMATS)
def test_damaged_files_of_every_format(format):
    """Some bytes changed, taken out or doubled: a program that is written as it is, or our error."""
    good, outcomes = files.example(format), set()
    assert files.run(format, good) == "program"
    for seed in range(150):
        r = random.Random(seed)
        data = bytearray(good)
        for _ in range(r.randrange(1, 4)):
            at, width = r.randrange(len(data)), r.randrange(1, 6)
            kind = r.randrange(3)
            if kind == 0:
                data[at] = r.randrange(256)
            elif kind == 1:
                del data[at : at + width]
            else:
                data[at:at] = data[at : at + width] * r.randrange(1, 4)
        outcomes.add(files.run(format, bytes(data)))
    assert "error" in outcomes


def test_a_range_without_terms_comes_back(lp, tmp_path):
    """A row that lost its variables has two sides still."""
    x, y, z = lp.Vars(3, lb=0, ub=9)
    lp.add_constraint((4, x + y, 8), name="c1")
    lp.objective = z
    lp.remove(x, y)
    for format in ("lp", "mps", "json"):
        lp.write(tmp_path / "model", format)
        again = LinearProgram.read(tmp_path / "model", format).compile()
        assert (list(again.row_lower), list(again.row_upper), again.row_names) == ([4.0], [8.0], {0: "c1"})


@pytest.mark.parametrize("blank", ["\xa0", "\u3000", "\x85"])
def test_blanks_of_other_alphabets(blank):
    """A line of them is an empty line, in every section."""
    lines = files.EXAMPLES["mps"].decode().splitlines()
    for at in range(1, len(lines)):
        text = "\n".join([*lines[:at], blank * 3, *lines[at:]])
        assert files.run("mps", text.encode()) == "program"


def test_a_fixed_mps_column_without_a_name():
    """It is refused, and is no other column's data."""
    text = files.example("fixed-mps").decode()
    line = next(line for line in text.splitlines() if line.startswith("    x ") or line.startswith("    X "))
    assert files.run("fixed-mps", text.replace(line, "    " + " " * 8 + line[12:], 1).encode()) == "error"

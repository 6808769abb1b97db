"""MathProg files, which a process of its own translates: whatever becomes of that, there is a program or an error."""

from __future__ import annotations

import ast
import inspect
import io
import math
import os
import random
import re
import sys

import pytest

import pplp.formats.mathprog as mathprog
from pplp import FormatError, LinearProgram, OptionError
from pplp.engines.glpk import translator
from tests.fuzz import files, translations


def read(text: str, **limits: float) -> LinearProgram:
    return LinearProgram.read(io.BytesIO(text.encode()), "mathprog", **limits)


@pytest.fixture
def forks(monkeypatch, tmp_path):
    """Translate in forks, which start at once."""
    if not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    monkeypatch.setattr(mathprog, "_translated", translations.forked)
    monkeypatch.chdir(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
def test_a_model_that_takes_all_memory_is_an_error():
    """GLPK aborts its process."""
    with pytest.raises(FormatError, match=r"<stream>: .* more memory than 200 MB.*memory_limit="):
        read("set S := 1..100000000; var x{S}; minimize c: x[1]; end;", memory_limit=2e8)


def test_a_translation_for_which_python_has_no_memory(forks, monkeypatch):
    def without_memory(*_):
        raise MemoryError

    monkeypatch.setattr(translator, "_translate", without_memory)
    with pytest.raises(FormatError, match="more memory than 4,295 MB"):
        read("var x; end;")


def test_a_model_that_takes_all_time_is_an_error():
    with pytest.raises(FormatError, match=r"within 0\.5 seconds. Allow more: time_limit="):
        read("for {i in 1..10000, j in 1..10000} printf '%d %d hello\\n', i, j; end;", time_limit=0.5)


@pytest.mark.parametrize("limit", [{"time_limit": -1}, {"memory_limit": math.nan}, {"time_limit": "1"}])
def test_limits_are_numbers(limit):
    with pytest.raises(OptionError, match=f"{next(iter(limit))} must be a nonnegative number"):
        read("var x; end;", **limit)
    with pytest.raises(OptionError, match="are for MathProg"):
        LinearProgram.read(io.StringIO("End"), "lp", memory_limit=3)


def test_without_limits():
    lp = read("var x >= 2; minimize cost: 3*x; end;", time_limit=math.inf, memory_limit=math.inf)
    assert lp.minimize() == 6
    assert lp.name is None  # GLPK would call it by the copy that it reads


def test_a_crash_of_the_translator_is_an_error():
    """Its stack overflows."""
    with pytest.raises(FormatError, match=r"translator failed: it (was ended by SIG|ended with)"):
        read("var x; minimize c: " + "(" * 1_000_000 + "x; end;")


#: text -> what GLPK or the reader says of it
REFUSED = {
    "": "empty model section not allowed",
    "\0": "1: control character 0x00 not allowed",
    "\u00e4 end;": "1: character",
    "# " + "comment" * 100_000: "empty model section not allowed",
    "data; set S := 1 2; end;": "1: empty model section not allowed",
    "for {i in 1..3} for {j in 1..3}": "1: syntax error in model section",
    "var x;\nvar y;\ns.t. a: x=y": "3: syntax error in constraint statement",
    "var x;\nvar x; end;": "2: x multiply declared",
    "var x{1..2} symbolic; end;": "1: variable cannot be symbolic",
    "var " + "x" * 300 + "; end;": "too long",
    "var x; minimize c: x * x; end;": "1: multiplication of linear forms",
    "set S := 1..10000000000; display S; end;": "set too large",
    "param p := 1e308 * 1e308; display p; end;": "floating-point overflow",
    "param p := 1 / 0; display p; end;": "floating-point zero divide",
    "display substr('abc', 0); end;": "substring out of range",
    "display time2str(1e99, '%Y'); end;": "argument out of range",
    "check 1 > 2; end;": "1: check failed",
    "param p{1..2}; data; param p := 1 2 1 3; end;": "already defined",
    "param p; data; param p := abc; end;": "requires numeric data",
    "set s; table t IN 'iODBC' 'DSN=none' 'select': s <- [a]; display s; end;": "1: error on opening table t: ",
    "set s; table t IN 'CSV' '/no/such/file': s <- [a]; display s; end;": "1: error on opening table t: ",
    "printf 'a' > '/no/such/folder/x'; end;": "1: unable to open '/no/such/folder/x' for writing",
    "var x; minimize c: 1e300*x; end;": "what the model generates cannot be read: expected a number from",
    "var x >= 1e301; minimize c: x; end;": "what the model generates cannot be read: expected a number from",
    "var x; s.t. r: 3 <= x <= 1; end;": "what the model generates cannot be read: the row 0 can never hold",
}


@pytest.mark.parametrize("text", list(REFUSED), ids=range(len(REFUSED)))
def test_what_cannot_be_translated(text, forks):
    with pytest.raises(FormatError, match=r"<stream>:.*" + re.escape(REFUSED[text])) as caught:
        read(text, time_limit=20)
    assert "pplp-" not in str(caught.value) and len(str(caught.value)) < 300


def test_what_is_odd_and_right(forks):
    """Statements after the end, declarations that nothing uses."""
    assert read("var x >= 3; minimize c: x; end; garbage").minimize() == 3
    assert read("set S := 1..10000000000; param p := 1 / 0; end;").variables == []
    assert [str(c) for c in read("var x; s.t. r: 2*x >= 3; printf '%n%s%d'; end;").constraints] == ["r: 2 x >= 3"]


def test_the_models_of_the_fuzzer(forks):
    """They are read, but for the one that has a cost of 1e300."""
    assert [files.run("mathprog", model.encode()) for model in translations.MODELS].count("program") == 6


def test_damaged_models(forks):
    """Some bytes changed, taken out or doubled, or a word put in: a program that is written as it is, or our error."""
    outcomes, words = set(), translations.WORDS.split()
    for seed in range(40):
        r = random.Random(seed)
        data = bytearray(r.choice(translations.MODELS).encode())
        for _ in range(r.randrange(1, 4)):
            at, width = r.randrange(len(data)), r.randrange(1, 6)
            kind = r.randrange(4)
            if kind == 0:
                data[at] = r.randrange(256)
            elif kind == 1:
                del data[at : at + width]
            elif kind == 2:
                data[at:at] = data[at : at + width] * r.randrange(1, 4)
            else:
                data[at:at] = f" {r.choice(words)} ".encode()
        outcomes.add(files.run("mathprog", bytes(data)))
    assert outcomes == {"program", "error"}


def test_the_translator_imports_nothing_of_others(monkeypatch, tmp_path):
    """Modules in the current folder, and where PYTHONPATH says, are not the ones that it asks for."""
    for name in ("json", "ctypes", "contextlib", "os", "resource"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert read("var x >= 2; minimize cost: 3*x; end;").minimize() == 6


def test_the_translator_is_light():
    """It imports nothing that is not Python's own, so that it starts at once."""
    tree = ast.parse(inspect.getsource(translator))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"__future__", "contextlib", "ctypes", "json", "math", "os", "resource", "sys", "typing"}


def test_names_that_are_no_utf_8(tmp_path):
    (tmp_path / "a.mod").write_bytes(
        b"set S := {'K\xf6ln', 'Bo\xc3\xb6'}; var x{S} >= 1; minimize c: sum{s in S} x[s]; end;"
    )
    assert [x.name for x in LinearProgram.read(tmp_path / "a.mod").variables] == ["x['K\u00f6ln']", "x['Bo\u00f6']"]

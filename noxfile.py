"""The sessions for development: `nox -l` lists them, and `nox` runs each check in an environment of its own.

Only this file defines the checks; `sh .ci/test` runs the same functions in one environment.  Arguments after `--` go to
pytest: `nox -s tests-3.12 -- tests/diagnosis/test_lint.py`.
"""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "coverage", "rest", "chains", "engines"]
nox.options.reuse_existing_virtualenvs = True

#: One process per core; tests that disturb each other share a process, through the mark xdist_group.
PARALLEL = ["-n", str(os.cpu_count() or 1), "--dist", "loadgroup"]

#: Where the accelerator could make a difference: building, editing, compiling, loading, checking, reading back, copies
#: and pickles, threads, and interrupts.  Files, displays, graphs, and the command line only use what these test.
TOUCHED = [
    *(f"tests/{folder}" for folder in ("answers", "arrays", "core", "diagnosis", "form", "functions")),
    *(f"tests/engines/test_{name}.py" for name in ("engines", "glpk_traps", "live_engine", "methods", "packing")),
    *(f"tests/engines/test_{name}.py" for name in ("stopping", "verification")),
    *(f"tests/solving/test_{name}.py" for name in ("batch", "callbacks", "session")),
    *(f"tests/whole/test_{name}.py" for name in ("copies", "faults", "first_program", "former_names")),
    *(f"tests/whole/test_{name}.py" for name in ("interrupts", "threads")),
]
QUICK = ["-m", "not slow and not heavy"]
PURE = {"PPLP_PURE": "1"}


#: The tests of what is written in C.
_OF_C = ["tests/core", "tests/functions", "tests/engines/test_network_simplex.py"]


@nox.session
def lint(session: nox.Session) -> None:
    """Format and lint the code."""
    session.install("ruff")
    session.run("ruff", "format", "--check")
    session.run("ruff", "check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types, strictly."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session(python=["3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"])
def tests(session: nox.Session) -> None:
    """Run the whole suite."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *PARALLEL, *session.posargs)


@nox.session(python="pypy3")
def pypy(session: nox.Session) -> None:
    """Run the suite on PyPy; tests that need a package without wheels for PyPy are skipped."""
    session.install("-e", ".[suite]")
    # In one process, because the processes of xdist have died on PyPy.
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def suite(session: nox.Session) -> None:
    """Run the whole suite without measuring coverage."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", *PARALLEL, *session.posargs)


@nox.session
def quick(session: nox.Session) -> None:
    """Run the tests that are neither slow nor heavy, in a few minutes, for the other versions of Python."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *PARALLEL, *QUICK, *session.posargs)


@nox.session
def pure(session: nox.Session) -> None:
    """Run the quick tests of all that the accelerator touches without it, on the Python source alone."""
    session.install("-e", ".[test]")
    named = [argument for argument in session.posargs if not argument.startswith("-")]
    tests = session.posargs if named else [*session.posargs, *TOUCHED]
    session.run("python", "-m", "pytest", *PARALLEL, *QUICK, *tests, env=PURE)


@nox.session(python=["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"])
def both(session: nox.Session) -> None:
    """Run the whole suite twice: with the accelerator, and without it."""
    session.install("-e", ".[test]")
    session.run("python", "-c", "import pplp; assert pplp.accelerated, 'the accelerator is not built'")
    for environment in ({"PPLP_PURE": ""}, PURE):
        session.run("python", "-m", "pytest", *PARALLEL, *session.posargs, env=environment)


@nox.session
def sanitizers(session: nox.Session) -> None:
    """Run the tests of what is in C under AddressSanitizer and UBSan; needs gcc, on Linux."""
    session.install("-e", ".[test]")
    flags = "-g -O1 -DKEPT=0 -fsanitize=address,undefined -fno-omit-frame-pointer"
    libraries = [
        str(session.run("gcc", f"-print-file-name=lib{name}.so", external=True, silent=True)).strip()
        for name in ("asan", "ubsan")
    ]
    again = ["python", "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", "-e", "."]
    session.run(*again, env={"CFLAGS": flags})
    watched = {
        "LD_PRELOAD": " ".join(libraries),
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
    }
    tests = session.posargs or [*_OF_C, *QUICK]
    try:
        session.run("python", "-m", "pytest", *tests, env=watched)
    finally:
        session.run(*again)


@nox.session(python="python3-dbg")
def references(session: nox.Session) -> None:
    """Check that a million operations of each kind lose no reference; needs a debug build, Debian's python3-dbg."""
    session.install("-e", ".[suite]")
    session.run("python", "-m", "tests.support.references", *(session.posargs or ["1000000"]))
    # The assertions of such a build check each access to a list or a tuple, too.
    session.run("python", "-m", "pytest", "tests/core", "tests/form", *QUICK)


@nox.session
def chains(session: nox.Session) -> None:
    """Check that none of ten thousand random functions around `lo <= e <= hi` loses a bound."""
    session.install("-e", ".[suite]")
    session.run("python", "-m", "tests.chains", "10000")


@nox.session(python="3.9")
def oldest(session: nox.Session) -> None:
    """Run the suite with the oldest version of every package that pyproject.toml allows."""
    session.install("uv")
    # Not in session.create_tmp(), which would become TMPDIR: Chromium does not start if that path is long.
    oldest = os.path.join(os.path.dirname(session.bin), "oldest.txt")
    python = os.path.join(session.bin, "python")
    choice = ["--resolution", "lowest-direct", "--python", python, "--extra", "test"]
    session.run("uv", "pip", "compile", "-q", *choice, "pyproject.toml", "-o", oldest)
    session.install("-r", oldest, "-e", ".")
    session.run("python", "-m", "pytest", *PARALLEL, *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure the lines and branches of the Python source that the quick tests run, also in threads and children.

    The accelerator is off, because it stands in for the hot lines.  The heavy tests are left to `rest`, because
    measuring triples their time.
    """
    session.install("-e", ".[dev]")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *PARALLEL, *QUICK, *session.posargs, env=PURE)
    session.run("coverage", "combine", "--quiet")
    part = set(session.posargs) - {"-q", "-v", "-x"}  # a part of the tests does not need to reach the minimum
    session.run("coverage", "report", *(["--fail-under=0"] if part else []))


@nox.session
def rest(session: nox.Session) -> None:
    """Run the tests that `coverage` leaves out; together they are the whole suite."""
    session.install("-e", ".[dev]")
    # A part of the tests may contain none of these.
    session.run("python", "-m", "pytest", *PARALLEL, "-m", "slow or heavy", *session.posargs, success_codes=[0, 5])


@nox.session
def engines(session: nox.Session) -> None:
    """Run the conformance suite for HiGHS; for GLPK it is part of the whole suite."""
    session.install("-e", ".[test]")
    suite = ["-q", "-p", "pplp.testing.plugin", "--pyargs", "pplp.testing"]
    session.run("python", "-m", "pytest", *PARALLEL, *suite, "--engine", "highs")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a broken link is an error."""
    session.install("-e", ".[dev,docs]")
    session.run("mkdocs", "build", "--strict", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz, guided by coverage: `nox -s fuzz -- mps /tmp/fuzz-mps 1200`; without arguments, a minute of calls."""
    session.install("-e", ".", "atheris", "numpy")
    session.run("python", "-m", "tests.fuzz", *(session.posargs or ["calls", session.create_tmp(), "60"]))


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Run a benchmark: `nox -s benchmarks -- peers W1`; without arguments, a small network."""
    session.install("-e", ".[peers]" if "peers" in session.posargs else ".[progress]")
    session.run("python", "-m", "benchmarks", *(session.posargs or ["min-cost-flow", "--size", "0.1"]))


@nox.session
def build(session: nox.Session) -> None:
    """Build the source archive and the wheel in dist/, and check their metadata."""
    session.install("build", "twine")
    session.run("python", "-m", "build")
    session.run("twine", "check", "--strict", "dist/*")


@nox.session(python=["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"])
def wheels(session: nox.Session) -> None:
    """Build the wheel for one Python, and test it as cibuildwheel does: installed, and away from the tree."""
    settings = nox.project.load_toml("pyproject.toml")["tool"]["cibuildwheel"]
    home = Path(session.create_tmp())
    shutil.rmtree(home)
    home.mkdir()
    session.install("build")
    session.run("python", "-m", "build", "--outdir", str(home))
    (wheel,) = home.glob("*.whl")
    session.install("--force-reinstall", f"{wheel}[{','.join(settings['test-extras'])}]")
    for source in map(Path, settings["test-sources"]):
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, home / source)
    session.chdir(home)
    for command in settings["test-command"]:
        session.run(*shlex.split(command))

"""The sessions of development: `nox -l` lists them, `nox` runs each of the checks in an environment of its own.

`sh .ci/test` runs the same functions in one environment: what a check is, is said here and nowhere else.  What follows
`--` goes to pytest: `nox -s tests-3.12 -- tests/diagnosis/test_lint.py`.
"""

from __future__ import annotations

import os

import nox

nox.options.sessions = ["lint", "types", "coverage", "rest", "chains", "engines"]
nox.options.reuse_existing_virtualenvs = True

#: One process per core; tests that stand in each other's way share one, by the mark xdist_group.
PARALLEL = ["-n", str(os.cpu_count() or 1), "--dist", "loadgroup"]


@nox.session
def lint(session: nox.Session) -> None:
    """The form of the code."""
    session.install("ruff")
    session.run("ruff", "format", "--check")
    session.run("ruff", "check")


@nox.session
def types(session: nox.Session) -> None:
    """Its types, strictly."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session(python=["3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"])
def tests(session: nox.Session) -> None:
    """The whole suite."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *PARALLEL, *session.posargs)


@nox.session(python="pypy3")
def pypy(session: nox.Session) -> None:
    """The suite on PyPy; tests that need a package which has no wheels for it are skipped."""
    session.install("-e", ".[suite]")
    # In one process: those of xdist have ended by themselves there.
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def suite(session: nox.Session) -> None:
    """The whole suite, without measuring what it runs."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", *PARALLEL, *session.posargs)


@nox.session
def quick(session: nox.Session) -> None:
    """The tests that are neither slow nor heavy, in some minutes: of every other version of Python."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *PARALLEL, "-m", "not slow and not heavy", *session.posargs)


@nox.session
def chains(session: nox.Session) -> None:
    """Ten thousand random functions around `lo <= e <= hi`, of which none may lose a bound."""
    session.install("-e", ".[suite]")
    session.run("python", "-m", "tests.chains", "10000")


@nox.session(python="3.9")
def oldest(session: nox.Session) -> None:
    """The suite with the oldest version of every package that pyproject.toml allows."""
    session.install("uv")
    # Not in session.create_tmp(), which is TMPDIR from then on: Chromium does not start where that is long.
    oldest = os.path.join(os.path.dirname(session.bin), "oldest.txt")
    python = os.path.join(session.bin, "python")
    choice = ["--resolution", "lowest-direct", "--python", python, "--extra", "test"]
    session.run("uv", "pip", "compile", "-q", *choice, "pyproject.toml", "-o", oldest)
    session.install("-r", oldest, "-e", ".")
    session.run("python", "-m", "pytest", *PARALLEL, *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """What of pplp the quick tests run: lines and branches, in threads and children, too.

    The heavy ones are left to `rest`, since measuring triples what they compute.
    """
    session.install("-e", ".[dev]")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *PARALLEL, "-m", "not slow and not heavy", *session.posargs)
    session.run("coverage", "combine", "--quiet")
    part = set(session.posargs) - {"-q", "-v", "-x"}  # who asks for some of the tests is not held to the floor
    session.run("coverage", "report", *(["--fail-under=0"] if part else []))


@nox.session
def rest(session: nox.Session) -> None:
    """The tests that `coverage` leaves out: with it, the whole suite."""
    session.install("-e", ".[dev]")
    # Who asks for some of the tests may have asked for none of these.
    session.run("python", "-m", "pytest", *PARALLEL, "-m", "slow or heavy", *session.posargs, success_codes=[0, 5])


@nox.session
def engines(session: nox.Session) -> None:
    """The conformance suite, of HiGHS; that of GLPK is part of the whole suite."""
    session.install("-e", ".[test]")
    suite = ["-q", "-p", "pplp.testing.plugin", "--pyargs", "pplp.testing"]
    session.run("python", "-m", "pytest", *PARALLEL, *suite, "--engine", "highs")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, where a broken link is an error."""
    session.install("-e", ".[dev,docs]")
    session.run("mkdocs", "build", "--strict", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Coverage-guided fuzzing: `nox -s fuzz -- mps /tmp/fuzz-mps 1200`; without words, a minute of calls."""
    session.install("-e", ".", "atheris", "numpy")
    session.run("python", "-m", "tests.fuzz", *(session.posargs or ["calls", session.create_tmp(), "60"]))


@nox.session
def benchmarks(session: nox.Session) -> None:
    """A workload: `nox -s benchmarks -- peers W1`; without words, a small network."""
    session.install("-e", ".[peers]" if "peers" in session.posargs else ".[progress]")
    session.run("python", "-m", "benchmarks", *(session.posargs or ["min-cost-flow", "--size", "0.1"]))


@nox.session
def build(session: nox.Session) -> None:
    """The source archive in dist/, the wheel made of it, and what an index would say of them."""
    session.install("build", "twine")
    session.run("python", "-m", "build")
    session.run("twine", "check", "--strict", "dist/*")

"""Coverage-guided fuzzing: ``python -m tests.fuzz TARGET FOLDER [SECONDS]``, with atheris installed.

TARGET is "calls", the public interface, or a format that files are read in: `files.TARGETS`.
A child process runs libFuzzer over `calls.run` or `files.run`; where it dies or hangs, its input is kept and another
child goes on.
In FOLDER are then `corpus`, `findings` (inputs that raised what must not be raised, one for each place), and
`crash-...` and `timeout-...` (inputs that ended the process).  ``python -m tests.fuzz show TARGET FILE`` performs one
of them and says what it does.
"""

from __future__ import annotations

import subprocess
import sys
import time
import traceback
from pathlib import Path

#: Inputs to begin with, by the numbers of the calls in the table: a row, an objective and solves, edits between them.
SEEDS = [
    "simple_row simple_objective optimum",
    "simple_row simple_row simple_objective solve read_solution edit_variable solve",
    "several array constrain simple_objective solve array_attributes",
    "functions compare constrain solve remove solve",
    "simple_row simple_objective solve basis another set_basis solve sensitivity",
    "certificates pickled basis_file",
    "bool_var bool_var compare imply constrain lexicographic solve",
]


def seeds(target: str):
    """The inputs to begin with: a file, or the numbers of calls, each with a few bytes for its choices."""
    from . import calls, files

    if target != "calls":
        yield from files.examples(target)
        return
    numbers = {one.__name__: k for k, one in enumerate(calls.CALLS)}
    for k, seed in enumerate(SEEDS):
        yield b"".join(
            bytes([numbers[name]]) + bytes((k * 37 + i * 11) % 256 for i in range(9)) for name in seed.split()
        )


def child(target: str, folder: Path, seconds: str) -> None:
    """Run libFuzzer until the time is over or an input ends this process."""
    import atheris

    with atheris.instrument_imports(include=["pplp"]):  # before anything imports them
        import pplp.answers.sensitivity
        import pplp.arrays.algebra
        import pplp.arrays.relation_arrays
        import pplp.diagnosis.certificates
        import pplp.engines.glpk.branch_and_cut
        import pplp.engines.glpk.engine
        import pplp.engines.rational
        import pplp.formats.dimacs
        import pplp.formats.json_form
        import pplp.formats.lp
        import pplp.formats.mathprog
        import pplp.formats.mps
        import pplp.functions.compound
        import pplp.functions.expressions
        import pplp.solving.lexicographic
        import pplp.solving.pool
        import pplp.solving.search

    from . import translations

    words = folder / "words"
    words.write_text(translations.dictionary())
    if target == "mathprog":
        pplp.formats.mathprog._translated = translations.forked

    def one(data: bytes) -> None:
        try:
            perform(target, data)
        except Exception as error:
            keep(folder, data, error)

    (folder / "corpus").mkdir(exist_ok=True)
    for k, seed in enumerate(seeds(target)):
        (folder / "corpus" / f"seed-{k}").write_bytes(seed)
    atheris.Setup(
        [
            sys.argv[0],
            str(folder / "corpus"),
            f"-artifact_prefix={folder}/",
            f"-max_total_time={seconds}",
            "-max_len=600",
            "-len_control=20",
            "-timeout=30",
            "-rss_limit_mb=3000",
            f"-runs={60_000 if target == 'calls' else 3_000_000}",  # then a new child: no leak is forever
            "-print_final_stats=1",
            "-verbosity=1",
            *([f"-dict={words}"] if target == "mathprog" else []),
        ],
        one,
    )
    atheris.Fuzz()


def keep(folder: Path, data: bytes, error: BaseException) -> None:
    """Write a finding down, one for each place where it was raised."""
    cause = error.__cause__ or error
    last = traceback.extract_tb(cause.__traceback__)[-1]
    place = f"{type(cause).__name__}-{Path(last.filename).stem}-{last.lineno}"
    path = folder / "findings" / place
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(
            "".join(traceback.format_exception(type(error), error, error.__traceback__))
        )


def perform(target: str, data: bytes, say=None) -> None:
    """One input."""
    from . import calls, files

    if target == "calls":
        calls.run(data, say)
    else:
        said = files.run(target, data)
        if say is not None:
            say(said)


def main(target: str, folder: Path, seconds: float) -> None:
    """Children, one after the other, until the time is over."""
    folder.mkdir(parents=True, exist_ok=True)
    end, runs, children = time.time() + seconds, 0, 0
    while time.time() < end - 1:
        left = str(int(end - time.time()))
        with open(folder / f"log-{children}", "wb") as log:
            code = subprocess.call(
                [sys.executable, "-m", "tests.fuzz", "child", target, str(folder), left],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        text = (folder / f"log-{children}").read_text(errors="replace")
        counted = [line.split()[-1] for line in text.splitlines() if "number_of_executed_units" in line]
        runs += int(counted[-1]) if counted else 0
        children += 1
        found = sorted(path.name for path in folder.glob("findings/*.txt"))
        ended = sorted(path.name for path in folder.iterdir() if path.name.startswith(("crash-", "timeout-", "oom-")))
        print(f"child {children} ended with {code}; {runs} inputs so far; {found} {ended}", flush=True)


if __name__ == "__main__":
    command, *given = sys.argv[1:]
    if command == "child":
        child(given[0], Path(given[1]), given[2])
    elif command == "show":
        perform(given[0], Path(given[1]).read_bytes(), lambda line: print(line, flush=True))
    else:
        main(command, Path(given[0]), float(given[1]) if len(given) > 1 else 1200)

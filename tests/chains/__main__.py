"""``python -m tests.chains COUNT [SEED]``: one process for each core."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import warnings
from dataclasses import astuple

from tests.chains.runner import Result, run


def share(first: int, count: int, step: int, seed: str) -> None:
    """Run some of the functions, and print what they did and what is to be said of them."""
    warnings.simplefilter("ignore", SyntaxWarning)
    if hasattr(gc, "freeze"):
        gc.freeze()  # what is collected after a function is its own
    said: list[str] = []
    result = run(range(first, count, step), seed, said.append)
    print(json.dumps([astuple(result), said]))


if __name__ == "__main__":
    if len(sys.argv) == 5:
        share(*map(int, sys.argv[1:4]), sys.argv[4])
        raise SystemExit
    count, seed, cores = int(sys.argv[1]), (*sys.argv[2:], "0")[0], os.cpu_count() or 1
    command = [sys.executable, *(["-O"] * sys.flags.optimize), "-m", "tests.chains"]
    ends = [str(count), str(cores), seed]
    children = [
        subprocess.Popen([*command, str(k), *ends], stdout=subprocess.PIPE, text=True, encoding="utf-8")
        for k in range(cores)
    ]
    total = Result()
    for child in children:
        numbers, said = json.loads(child.communicate()[0].splitlines()[-1])
        total += Result(*numbers)
        print(*said, sep="", end="")
    print(total)
    raise SystemExit(total.wrong > 0)

"""The measured process: ``python -m benchmarks.measure.worker module:function '{"parameters": ...}'``.

What it tells, and at last its result, are lines of JSON on standard output.  Solvers print there as well,
so their standard output is made standard error before anything is imported.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

from benchmarks.measure.surroundings import ran


def main() -> None:
    """Do the job named on the command line."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(message: dict[str, Any]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    def tell(phase: str, **known: Any) -> None:
        say({"phase": phase, **known})

    module, function = sys.argv[1].split(":")
    try:
        job = getattr(importlib.import_module(f"benchmarks.commands.{module}"), function)
        result = job(json.loads(sys.argv[2]), tell)
        say({"result": result, "ran": ran()})
    except ImportError as error:
        say({"error": str(error), "missing": error.name})
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}".splitlines()[0]})
    os._exit(0)  # taking down millions of objects is nobody's measurement


if __name__ == "__main__":
    main()

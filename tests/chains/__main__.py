"""``python -m tests.chains COUNT [SEED]``."""

from __future__ import annotations

import gc
import sys
import warnings

from tests.chains.runner import run

if __name__ == "__main__":
    warnings.simplefilter("ignore", SyntaxWarning)
    if hasattr(gc, "freeze"):
        gc.freeze()  # what is collected after a function is its own
    outcome = run(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "0", print)
    print(outcome)
    raise SystemExit(outcome.wrong > 0)

"""Why a program has no optimum, the proof of it, and what looks wrong before it is solved."""

from typing import Any


def __getattr__(name: str) -> Any:
    """What this was called when it was one file: pickles of then say so."""
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import pplp.diagnosis.explanation as explanation  # not `from`, which would ask here

    return getattr(explanation, name)

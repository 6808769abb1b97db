"""The hot classes and loops, compiled where the accelerator is installed, and as Python has them where it is not.

`pplp.ground.accelerator` is a module in C that repeats the plain case of the hot operators; the Python source is the
reference and says what they mean.  It is optional: PyPy, free-threaded builds, an installation without a compiler,
and ``PPLP_PURE=1`` in the environment have the Python source alone.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from typing import Any, TypeVar

__all__ = ["accelerated", "compiled", "compiled_module", "loops"]

# Any: a module in C is found by its name, and has no types.

_Class = TypeVar("_Class", bound=type)


def compiled(cls: _Class) -> _Class:
    """The class itself: there is no accelerator."""
    return cls


def _is_stale(module: Any, source: str = "accelerator.c") -> bool:
    """Was it built before its source was last changed?  Only where somebody works on pplp is the source beside it."""
    try:
        return os.path.getmtime(os.path.join(os.path.dirname(module.__file__), source)) > os.path.getmtime(
            module.__file__
        )
    except OSError:
        return False


def compiled_module(name: str, source: str) -> Any:
    """A module in C, whose source is beside it if somebody works on pplp; None where it cannot be used."""
    if (
        sys.implementation.name != "cpython"
        or os.environ.get("PPLP_PURE", "") not in ("", "0")
        or not getattr(sys, "_is_gil_enabled", lambda: True)()
    ):
        return None
    try:
        module = importlib.import_module(name)
    except ImportError:
        return None
    if _is_stale(module, source):
        warnings.warn(
            "pplp's accelerator was built from another source than the one that is here, and is not used. "
            "Build it anew: python -m pip install -e .",
            RuntimeWarning,
            stacklevel=3,
        )
        return None
    return module


#: The accelerator's loops over arrays; None where there is no accelerator.
loops: Any = compiled_module("pplp.ground.accelerator", "accelerator.c")
if loops is not None:
    compiled = loops.compiled

#: Do the hot operators run compiled?
accelerated = loops is not None

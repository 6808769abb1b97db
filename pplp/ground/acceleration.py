"""The hot classes, compiled where the accelerator is installed, and as Python has them where it is not.

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

__all__ = ["accelerated", "compiled", "loops"]

_Class = TypeVar("_Class", bound=type)


def compiled(cls: _Class) -> _Class:
    """The class itself: there is no accelerator."""
    return cls


def _is_stale(module: Any) -> bool:
    """Was it built before its source was last changed?  Only where somebody works on pplp is the source beside it."""
    source = os.path.join(os.path.dirname(__file__), "accelerator.c")
    try:
        return os.path.getmtime(source) > os.path.getmtime(module.__file__)
    except OSError:
        return False


#: The accelerator's loops over arrays; None where there is no accelerator.
loops: Any = None

if (
    sys.implementation.name == "cpython"
    and os.environ.get("PPLP_PURE", "") in ("", "0")
    and getattr(sys, "_is_gil_enabled", lambda: True)()
):
    try:
        loops = importlib.import_module("pplp.ground.accelerator")
    except ImportError:
        loops = None
    if loops is not None and _is_stale(loops):
        warnings.warn(
            "pplp's accelerator was built from another source than the one that is here, and is not used. "
            "Build it anew: python -m pip install -e .",
            RuntimeWarning,
            stacklevel=2,
        )
        loops = None
    if loops is not None:
        compiled = loops.compiled

#: Do the hot operators run compiled?
accelerated = loops is not None

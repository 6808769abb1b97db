"""Makes engines by name, and registers names for engines of other packages."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Callable

from pplp.engines.contract import Engine
from pplp.engines.names import OWN, REGISTERED, check_engine, entry_points
from pplp.errors import OptionError
from pplp.ground.loading import whole_import
from pplp.ground.quoting import quoted

__all__ = ["make_engine", "register_engine"]


def register_engine(name: str, factory: Callable[[], Engine]) -> None:
    """Register `factory` for ``solver=name``, for as long as the process lives; see `Engine`.

    Other processes do not know it: for ``isolate=True``, `solve_many` and `LinearProgram.scenarios` an engine must be
    an entry point of an installed package.

    Raises `OptionError` for a name that pplp itself uses.
    """
    if name in OWN or name == "auto":
        raise OptionError(f"The name {quoted(name)} is pplp's own. Choose another one.")
    REGISTERED[name] = factory


def make_engine(name: str, isolate: bool = False) -> Engine:
    """A new engine; raises `OptionError` for an unknown name, `SolverMissing` if its package is not installed.

    With `isolate` it runs in a separate process.
    """
    check_engine(name)
    if isolate:
        from pplp.engines.isolation import Isolated

        return Isolated(name)
    if name in REGISTERED:
        return REGISTERED[name]()  # type: ignore[no-any-return]
    if name in OWN:
        module, kind = OWN[name].split(":")
        return getattr(_loaded(module), kind)()  # type: ignore[no-any-return]
    with whole_import():
        make = entry_points()[name].load()
    return make()  # type: ignore[no-any-return]


def _loaded(module: str) -> ModuleType:
    known = sys.modules.get(module)
    if known is not None and not getattr(known.__spec__, "_initializing", False):  # it is fully imported
        return known
    with whole_import():
        return importlib.import_module(module)

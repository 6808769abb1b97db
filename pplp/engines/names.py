"""The names of engines: pplp's own, registered ones, and those of installed packages."""

from __future__ import annotations

from typing import Any, Callable

from pplp.errors import OptionError
from pplp.ground.quoting import quoted

__all__ = ["OWN", "REGISTERED", "check_engine", "engine_names", "entry_points"]

#: The engines of pplp itself, as entry points name them: they are loaded on first use.
OWN = {"glpk": "pplp.engines.glpk:Glpk", "highs": "pplp.engines.highs:Highs"}
#: The factories of the engines that were registered in this process.
REGISTERED: dict[str, Callable[[], Any]] = {}


def entry_points() -> dict[str, Any]:
    """The engines that installed packages name, not yet loaded."""
    from importlib import metadata

    found: Any = metadata.entry_points()
    group = found.select(group="pplp.engines") if hasattr(found, "select") else found.get("pplp.engines", ())
    return {point.name: point for point in group}


def engine_names() -> list[str]:
    """The values of the option `solver`: pplp's own engines, registered ones, those of installed packages, and auto."""
    return [*dict.fromkeys([*OWN, *REGISTERED, *entry_points()]), "auto"]


def check_engine(name: str) -> None:
    """Raise `OptionError` for an unknown engine name."""
    if name not in OWN and name not in REGISTERED and name not in entry_points():
        *known, auto = engine_names()
        raise OptionError(f"There is no solver {quoted(name)}. The solvers are {', '.join(known)} and {auto}.")

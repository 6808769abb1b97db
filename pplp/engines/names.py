"""The names of engines: pplp's own, those that were registered, and those of installed packages."""

from __future__ import annotations

from typing import Any, Callable

from pplp.errors import OptionError
from pplp.ground.quoting import quoted

__all__ = ["OWN", "REGISTERED", "check_engine", "engine_names", "entry_points"]

#: The engines of pplp itself, as an entry point names them: they are loaded when they are first asked for.
OWN = {"glpk": "pplp.engines.glpk:Glpk", "highs": "pplp.engines.highs:Highs"}
#: What makes the engines that were registered in this process.
REGISTERED: dict[str, Callable[[], Any]] = {}


def entry_points() -> dict[str, Any]:
    """The engines that installed packages name, not yet loaded."""
    from importlib import metadata

    found: Any = metadata.entry_points()
    group = found.select(group="pplp.engines") if hasattr(found, "select") else found.get("pplp.engines", ())
    return {point.name: point for point in group}


def engine_names() -> list[str]:
    """What the option `solver` may be: pplp's own engines, those registered, those of installed packages, and auto."""
    return [*dict.fromkeys([*OWN, *REGISTERED, *entry_points()]), "auto"]


def check_engine(name: str) -> None:
    """Raise `OptionError` for a name of an engine that there is not."""
    if name not in OWN and name not in REGISTERED and name not in entry_points():
        *known, auto = engine_names()
        raise OptionError(f"There is no solver {quoted(name)}. The solvers are {', '.join(known)} and {auto}.")

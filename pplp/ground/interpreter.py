"""How another process of this Python is started, so that it runs this code and no other.

It starts isolated: what lies in the current folder, and what variables such as PYTHONPATH name, is never imported.
Modules of Python itself come first, whatever a folder of the path has of the same name.  pplp is the very package
that started it, found by its place: an installed one, an editable one, or one in a zip archive.  All else is looked for
where this process looks for it, but for relative folders, the current one among them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

from pplp.errors import WorkerNotStarted

__all__ = ["REMEDY", "executable", "opened", "started"]

#: The folder or archive that this pplp lies in.
_HOUSE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: Nothing is imported before the path is in order, and then the modules of Python itself are the first.  What keeps it
#: from its work is told on standard output, where somebody listens.
_BEGIN = """\
import sys
sys.path[:] = filter(None, sys.path)
import json, os, site, traceback
from importlib.machinery import PathFinder
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, [house]) if name == "pplp" else None
try:
    house, path = json.loads(sys.argv.pop(1))
    others = site.getsitepackages() if hasattr(site, "getsitepackages") else []
    own = [place for place in sys.path if place not in others]
    sys.path[:] = own + [place for place in path if place not in own]
    sys.meta_path.insert(0, Finder)
    exec(sys.argv.pop(1))
except Exception as error:
    os.write(1, traceback.format_exception_only(type(error), error)[-1].encode("utf-8", "replace"))
    sys.exit(1)
"""
#: What is no Python by its name is an application that has Python inside of it.
_PYTHON = re.compile(r"python|pypy|graalpy", re.IGNORECASE)
#: The remedy if that Python cannot be started, or does not answer.
REMEDY = "Name a Python that has pplp's packages, by multiprocessing.set_executable(path)."


def started(code: str, *arguments: str, **how: Any) -> subprocess.Popen[bytes]:
    """A process that runs the code, with these arguments; `how` is as for `subprocess.Popen`.

    Raises `WorkerNotStarted` if there is no Python to start, or if the system has no room for a process.
    """
    places = json.dumps([_HOUSE, [place for place in map(_lasting, sys.path) if place]])
    return opened([executable(), *_flags(), "-c", _BEGIN, places, code, *arguments], env=_environment(), **how)


def opened(command: list[str], **how: Any) -> subprocess.Popen[bytes]:
    """Like `subprocess.Popen`; raises `WorkerNotStarted` if the system has no room for a process."""
    try:
        return subprocess.Popen(command, **how)
    except OSError as error:
        raise WorkerNotStarted(
            f"Another process could not be started: {error}. End other processes, close files, or raise the limits of "
            "this one (ulimit)."
        ) from error


def _lasting(place: Any) -> str:
    """A place of the path, if it is the same wherever the current folder is."""
    if not isinstance(place, str):
        return ""
    return place if os.path.isabs(place) else _HOUSE if place and os.path.abspath(place) == _HOUSE else ""


def executable() -> str:
    """The Python to start: that of this process, or what `multiprocessing.set_executable` was given.

    Raises `WorkerNotStarted` if neither is a Python.
    """
    spawn = sys.modules.get("multiprocessing.spawn")
    own = sys.executable or ""
    chosen = os.fsdecode((spawn.get_executable() if spawn is not None else None) or own)
    if chosen != own:
        return chosen
    if not own or not os.path.exists(own):
        raise WorkerNotStarted(f"It is unknown which Python runs this process. {REMEDY}")
    if getattr(sys, "frozen", False) or not _PYTHON.search(os.path.basename(own)):
        raise WorkerNotStarted(f"{own} is an application, not a Python that another process could run. {REMEDY}")
    return own


def _flags() -> list[str]:
    flags = ["-s" if _needs_home() else "-I", "-X", f"utf8={sys.flags.utf8_mode}"]
    return flags + ["-S"] * sys.flags.no_site + ["-B"] * sys.dont_write_bytecode


def _needs_home() -> bool:
    """Does Python find its own modules by a variable, which an isolated one does not read?"""
    return "PYTHONHOME" in os.environ and not sys.flags.ignore_environment


def _environment() -> dict[str, str]:
    """Without what an isolated Python does not read, so that one that needs its home is as good as isolated."""
    kept = os.environ.items()
    return {name: value for name, value in kept if not name.startswith("PYTHON") or name == "PYTHONHOME"}

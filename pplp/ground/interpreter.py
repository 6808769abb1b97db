"""Processes of this Python that import the same modules as this process, and nothing else.

Such a process starts isolated: it imports nothing from the current folder, nor from folders named in variables such as
PYTHONPATH.  Python's own modules come first, even if a folder of the path has a module of the same name.  pplp is
loaded from the place of the package that starts the process: installed, editable, or in a zip archive.  Everything
else is found on the path of this process, without its relative folders.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

from pplp.errors import WorkerNotStarted
from pplp.ground.descriptors import is_out_of_files

__all__ = ["REMEDY", "executable", "start_process", "start_python"]

#: The folder or archive with this pplp.
_HOUSE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: The code that sets the path before it imports anything, with Python's own modules first.  It writes an error to
#: standard output, which the parent reads.
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
#: An executable with another name is an application that embeds Python.
_PYTHON = re.compile(r"python|pypy|graalpy", re.IGNORECASE)
#: The remedy if that Python cannot be started or does not answer.
REMEDY = "Name a Python that has pplp's packages, by multiprocessing.set_executable(path)."


def start_python(code: str, *arguments: str, **how: Any) -> subprocess.Popen[bytes]:
    """Start a Python process that runs the code with these arguments; `how` is passed to `subprocess.Popen`.

    Raises `WorkerNotStarted` if there is no Python to start, or if the system cannot start another process.
    """
    places = json.dumps([_HOUSE, [place for place in map(_lasting, sys.path) if place]])
    return start_process([executable(), *_flags(), "-c", _BEGIN, places, code, *arguments], env=_environment(), **how)


def start_process(command: list[str], **how: Any) -> subprocess.Popen[bytes]:
    """Like `subprocess.Popen`, but raises `WorkerNotStarted` if the system cannot start another process."""
    try:
        return subprocess.Popen(command, **how)
    except OSError as error:
        if is_out_of_files(error):
            raise WorkerNotStarted(
                "Another process could not be started, because this process has too many open files. Close some, or "
                "raise the limit (ulimit -n)."
            ) from error
        raise WorkerNotStarted(
            f"Another process could not be started: {error}. End other processes, close files, or raise the limits of "
            "this one (ulimit)."
        ) from error


def _lasting(place: Any) -> str:
    """An entry of the path that does not depend on the current folder; else an empty string."""
    if not isinstance(place, str):
        return ""
    return place if os.path.isabs(place) else _HOUSE if place and os.path.abspath(place) == _HOUSE else ""


def executable() -> str:
    """The Python to start: the one given to `multiprocessing.set_executable`, or that of this process.

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
    """True if Python finds its own modules by PYTHONHOME, which an isolated Python ignores."""
    return "PYTHONHOME" in os.environ and not sys.flags.ignore_environment


def _environment() -> dict[str, str]:
    """The environment without Python's variables but PYTHONHOME, as an isolated Python sees it."""
    kept = os.environ.items()
    return {name: value for name, value in kept if not name.startswith("PYTHON") or name == "PYTHONHOME"}

"""GNU MathProg, read through GLPK's own translator in a separate process, within limits of time and memory.

A MathProg file is a program: it computes and prints, and its statements ``printf ... >`` and ``table`` write and read
files and data bases, relative to the folder of the process.  Read only what you would run.
"""

from __future__ import annotations

import os
import pkgutil
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from math import inf
from typing import IO, Any, Callable, Optional, TypeVar, cast

from pplp.core.model import Model
from pplp.core.scalars import is_number
from pplp.errors import ExtraMissing, FormatError, OptionError, SolverMissing
from pplp.formats.json_form import read_json
from pplp.formats.source import SIZE_LIMIT, Source
from pplp.ground.descriptors import needed_to
from pplp.ground.files import Place
from pplp.ground.interpreter import executable, start_process
from pplp.ground.threads import start

__all__ = ["MEMORY_LIMIT", "TIME_LIMIT", "read_mathprog"]

_M = TypeVar("_M", bound=Model)

#: The default limits of a translation, in seconds and in bytes.
TIME_LIMIT, MEMORY_LIMIT = 600.0, 4 << 30

#: How many of the translator's last characters are kept: a model may print without limit.
_KEPT = 1 << 16
_COMPLAINT = re.compile(r"^(.*):(\d+): (.*)$", re.MULTILINE)
#: Isolated: nothing is imported from the current folder, nor from folders that environment variables name.
_FLAGS = ("-I", "-S")
_BEGIN = "import sys; sys.path[:] = filter(None, sys.path); exec(sys.argv.pop(1))"


def read_mathprog(
    make: Callable[[], _M],
    model: Place,
    data: Iterable[Any],
    time_limit: Optional[float] = None,
    memory_limit: Optional[float] = None,
    size_limit: float = SIZE_LIMIT,
) -> _M:
    """Read the program that a MathProg model generates, with data files.

    The limits are those of `pplp.formats.read`.
    """
    seconds = _limit("time_limit", time_limit, TIME_LIMIT)
    memory = _limit("memory_limit", memory_limit, MEMORY_LIMIT)
    paths = [data] if isinstance(data, (str, os.PathLike)) else list(data)
    with needed_to("translate the model"), tempfile.TemporaryDirectory(prefix="pplp-") as folder:
        result = os.path.join(folder, "result.json")
        names: dict[str, str] = {}  # the copy that GLPK reads -> the user's name
        inputs = [
            _plain(place, os.path.join(folder, f"{k}.mod"), names, size_limit)
            for k, place in enumerate([model, *paths])
        ]
        name = names[inputs[0]]
        code, said = _translated([_library(), str(min(memory, sys.maxsize)), result, *inputs], seconds)
        if code is None:
            raise FormatError(
                f"The model was not translated within {seconds:g} seconds. Allow more: time_limit=.", name
            )
        if code == 4 or (code and "no memory available" in said):
            raise FormatError(
                f"The translation of the model needs more memory than {memory / 1e6:,.0f} MB. "
                "Allow more: memory_limit=, in bytes.",
                name,
            )
        if code or not os.path.exists(result):
            raise _error(code, said, inputs, names)
        with Source(result, inf) as source:
            try:
                program = read_json(source).program(make)
            except FormatError as error:  # such as one about a name that is too long
                found = str(error).replace(f"{error.file}:{error.line}: ", "", 1)
                raise FormatError(f"what the model generates cannot be read: {found}", name) from None
        if os.path.dirname(inputs[0]) == folder:  # GLPK calls the program by its copy
            program.name = re.sub(r"\.mod(\..*)?$", "", os.path.basename(name)) if name[0] != "<" else None
        return program


def _library() -> str:
    """The file of GLPK."""
    try:
        from pplp.engines.glpk.library import C
    except SolverMissing as error:
        raise ExtraMissing(f"Reading MathProg needs GLPK. {error}") from error
    return str(C._name)


def _limit(name: str, given: Optional[float], default: float) -> float:
    if given is None:
        return default
    if not is_number(given) or not given >= 0:
        raise OptionError(f"{name} must be a nonnegative number, not {given!r}. Write math.inf for no limit.")
    return float(given)


def _translated(arguments: list[str], seconds: float) -> tuple[Optional[int], str]:
    """(exit code, the end of the output) of the translator in a separate process; the code is None after a kill."""
    flags = ("-s", "-S") if "PYTHONHOME" in os.environ else _FLAGS  # an isolated one would not find its own modules
    script = (pkgutil.get_data("pplp.engines.glpk", "translator.py") or b"").decode()
    child = start_process(
        [executable(), *flags, "-c", _BEGIN, script, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    over = threading.Event()

    def end() -> None:
        over.set()
        child.kill()

    clock = threading.Timer(min(seconds, threading.TIMEOUT_MAX), end)
    clock.daemon = True
    try:
        start(clock)
    except BaseException:
        end()
        child.wait()
        raise
    said, stream = b"", cast("IO[bytes]", child.stdout)
    try:
        while True:
            part = stream.read(_KEPT)
            if not part:
                break
            said = (said + part)[-_KEPT:]
        code = child.wait()
    finally:
        clock.cancel()
        child.kill()
        child.wait()
        stream.close()
    return (None if over.is_set() and code else code), said.decode("utf-8", "replace")


def _plain(place: Place, copy: str, names: dict[str, str], size_limit: float) -> str:
    """A path that GLPK can read: the given one, or that of an uncompressed copy, as for a pipe or a device."""
    if isinstance(place, (str, os.PathLike)) and os.fspath(place) != "-":
        path = os.path.abspath(os.fspath(place))
        if os.path.isfile(path) and 0 < os.path.getsize(path) <= size_limit:
            with open(path, "rb") as file:  # raises Python's own error if it cannot be read
                packed = file.read(2) in (b"\x1f\x8b", b"BZ", b"\xfd7")
            if not packed:
                names[path] = os.fspath(place)
                return path
    with Source(place, size_limit) as source, open(copy, "w", encoding="utf-8") as file:
        file.writelines(source)
        names[copy] = source.name
    return copy


def _error(code: int, said: str, inputs: list[str], names: dict[str, str]) -> Exception:
    """The error for GLPK's message about the model."""
    told = [found for found in _COMPLAINT.finditer(said) if found[1] in names and "warning" not in found[3]]
    if told:
        complaint = told[-1]
        before = said[: complaint.start()].rstrip().rpartition("\n")[2].strip()
        reason = f": {before}" if complaint[3].startswith("error on") and not before.startswith("Reading") else ""
        return FormatError(complaint[3] + reason, names[complaint[1]], int(complaint[2]))
    lines = [line.strip() for line in said.splitlines() if line.strip() and "processing error" not in line]
    last = lines[-1] if lines else ""
    if code == 3:
        return FormatError(last or "the model cannot be translated", names[inputs[0]])
    end = f"it ended with {code}" if code >= 0 else f"it was ended by {_signal(-code)}"
    if code < 0 and last.startswith(("Reading", "Generating")):
        last = "brackets or expressions are nested too deeply for its stack" if code == -signal.SIGSEGV else ""
    return FormatError(f"GLPK's translator failed: {end}{f': {last}' if last else ''}", names[inputs[0]])


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

"""The clock, the memory, and the fresh process in which each measurement is made.

A measurement is a *job*: a function ``job(parameters, tell) -> result`` of plain JSON values, named
``module:function`` of `benchmarks.commands`.  `run` has it done by `benchmarks.measure.worker` in a process of
its own, so that no measurement inherits the heap, the caches or the imports of another, and any interpreter can
be the one measured.
The garbage collector stays on, as it is for a user.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional

from benchmarks.measure.surroundings import note

__all__ = ["Failure", "Job", "Memory", "Phases", "Request", "Stopwatch", "Tell", "clock", "run"]

clock = time.perf_counter

#: How a job says what it is doing: the name of a phase, and perhaps how far it is.
Tell = Callable[..., None]
Job = Callable[[dict[str, Any], Tell], dict[str, Any]]


# --------------------------------------------------------------------- inside the measured process
class Phases:
    """Seconds by phase; a phase that is entered again adds to its time."""

    def __init__(self, tell: Tell) -> None:
        self.seconds: dict[str, float] = {}
        self._tell = tell

    @contextlib.contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        self._tell(name)
        start = clock()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + clock() - start


class Stopwatch:
    """How long and how often functions of other modules ran: each is wrapped while the stopwatch is open.

    A name that its owner does not have is passed over, and its time is then part of what is around it.
    """

    def __init__(self, **watched: tuple[tuple[Any, str], ...]) -> None:
        self.seconds = dict.fromkeys(watched, 0.0)
        self.calls = dict.fromkeys(watched, 0)
        self._watched = watched
        self._originals: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Stopwatch:
        for label, places in self._watched.items():
            for owner, name in places:
                original = getattr(owner, name, None)
                if original is not None:
                    self._originals.append((owner, name, original))
                    setattr(owner, name, self._timed(label, original))
        return self

    def _timed(self, label: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **keywords: Any) -> Any:
            start = clock()
            try:
                return function(*arguments, **keywords)
            finally:
                self.seconds[label] += clock() - start
                self.calls[label] += 1

        return timed

    def __exit__(self, *_: object) -> None:
        for owner, name, original in reversed(self._originals):
            setattr(owner, name, original)
        self._originals.clear()


class Memory:
    """The highest resident memory since this was made, in MB; None where the system does not tell (not Linux)."""

    def __init__(self) -> None:
        gc.collect()
        self.before = _status("VmRSS")
        with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # the peak counts from now on

    @property
    def peak(self) -> Optional[float]:
        """The peak of the process so far."""
        return _status("VmHWM")

    @property
    def own(self) -> Optional[float]:
        """The peak without what was there before: interpreter, imports, instance."""
        peak = self.peak
        return None if peak is None or self.before is None else peak - self.before

    @property
    def grown(self) -> Optional[float]:
        """What is resident now, without what was there before."""
        now = _status("VmRSS")
        return None if now is None or self.before is None else now - self.before


def _status(key: str) -> Optional[float]:
    with contextlib.suppress(OSError), open("/proc/self/status") as file:
        for line in file:
            if line.startswith(key + ":"):
                return int(line.split()[1]) / 1024
    return None


# --------------------------------------------------------------------- outside of it
class Failure(Exception):
    """A job that gave no result: `reason` is one line, `missing` the module it could not import, if it was that."""

    def __init__(self, reason: str, missing: Optional[str] = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.missing = missing


@dataclass(frozen=True)
class Request:
    """Which job to run, with what, where, and for how long at most."""

    job: str
    parameters: dict[str, Any]
    #: The interpreter; empty for this one.
    python: str = ""
    limit: Optional[float] = None


#: Told the phase, what is known of it, and every so often None just to show that time passes.
Listener = Callable[[Optional[str], dict[str, Any]], None]
_ROOT = Path(__file__).resolve().parents[2]
_TICK = 0.2


def run(request: Request, listen: Optional[Listener] = None) -> dict[str, Any]:
    """Run a job in a fresh process and return its result; raises `Failure` when there is none."""
    python = request.python or sys.executable
    command = [python, "-m", "benchmarks.measure.worker", request.job, json.dumps(request.parameters)]
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, env=environment, text=True
            )
        except OSError as error:
            raise Failure(f"{python} cannot be started: {error.strerror}") from error
        try:
            found = _listen(process, request, listen or (lambda phase, known: None))
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        if found is None:
            complaints.seek(0)
            said = [line for line in complaints.read().splitlines() if line.strip()]
            raise Failure(said[-1].strip() if said else f"the process ended with status {process.returncode}")
    if "error" in found:
        raise Failure(found["error"], found.get("missing"))
    note(found["ran"])
    result: dict[str, Any] = found["result"]
    return result


def _listen(process: subprocess.Popen[str], request: Request, listen: Listener) -> Optional[dict[str, Any]]:
    """Hand on what the job tells; the last thing it says is its result, or its error."""
    lines: queue.Queue[Optional[str]] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    end = clock() + request.limit if request.limit is not None else None
    while True:
        try:
            line = lines.get(timeout=_TICK)
        except queue.Empty:
            if end is not None and clock() > end:
                raise Failure(f"not done in {request.limit:g} s") from None
            listen(None, {})
            continue
        if line is None:
            return None
        said = json.loads(line)
        if "phase" not in said:
            process.wait()
            return said  # type: ignore[no-any-return]
        listen(said.pop("phase"), said)

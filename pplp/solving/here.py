"""Solves small programs of a batch in this process, while workers start or if workers do not pay off.

A plain loop is hard to beat if a program takes a tenth of a millisecond: starting another process takes some hundred
times as long.  So the caller begins alone, and starts workers once there is enough work for them.  Only small programs
are solved here, by one of pplp's own engines and with an ordinary method.  Branch and cut gets only a short time; if it
needs more, it is started again in a worker.
"""

from __future__ import annotations

import dataclasses
import os
import time
from typing import Optional

from pplp.engines.contract import Options
from pplp.engines.packing import portable
from pplp.engines.registry import make_engine
from pplp.engines.worker import Worker
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Outcome, Status

__all__ = ["Here", "processors"]

_SOLVERS = ("glpk", "highs")
_METHODS = ("auto", "primal", "dual", "dual-first")
#: A program is small if it has at most this many nonzeros, rows, and columns together.
_SMALL = 10_000
#: The time limit for all branch-and-cut searches here together, in seconds.
_SEARCH = 0.05
#: Workers pay off once this many seconds have been spent here, and an estimated number of this many are left.
_WORKED, _LEFT = 0.03, 0.4
#: If the number of programs is unknown: once this many seconds have been spent here, and a program takes this many.
_WORKED_OPEN, _EACH = 0.1, 0.002


def processors() -> int:
    """The number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


class Here:
    """The engines of this process, and how long they have worked."""

    def __init__(self, workers: int) -> None:
        self._can_be_helped = workers > 1
        self._workers: dict[str, Worker] = {}
        self._seconds, self._count = 0.0, 0
        self._search = _SEARCH
        self._form: Optional[MatrixForm] = None
        self._is_small = self._is_integer = False

    def takes(self, form: MatrixForm, options: Options) -> bool:
        """True if this program is suitable for being solved here."""
        if form is not self._form:
            self._form = form
            self._is_small = form.nonzeros + form.rows + form.columns <= _SMALL
            self._is_integer = self._is_small and 1 in form.integer
        if not self._is_small or (self._is_integer and self._search <= 0):
            return False
        return options.solver in _SOLVERS and options.method in _METHODS

    def solve(self, form: MatrixForm, edits: Optional[Edits], options: Options) -> Optional[Outcome]:
        """The outcome; None for a search that would take too long."""
        is_search = self._is_integer and (options.time_limit is None or self._search < float(options.time_limit))
        if is_search:
            options = dataclasses.replace(options, time_limit=self._search)
        began = time.perf_counter()
        worker = self._workers.get(options.solver)
        if worker is None:
            worker = self._workers[options.solver] = Worker(make_engine(options.solver))
        outcome = portable(worker.solve(form, edits, options))
        seconds = time.perf_counter() - began
        self._seconds += seconds
        self._count += 1
        if self._is_integer:
            self._search -= seconds
        if is_search and outcome.status is Status.TIME_LIMIT:
            self._search = 0.0
            return None
        return outcome

    def wants_company(self, left: Optional[int]) -> bool:
        """True if workers would pay off, with this many programs left (None if unknown)."""
        if not self._can_be_helped:
            return False
        if left is None:
            return self._seconds > _WORKED_OPEN and self._seconds > _EACH * self._count
        return self._seconds > _WORKED and self._seconds * left > _LEFT * self._count

    def close(self) -> None:
        """Release the engines."""
        for worker in self._workers.values():
            worker.close()

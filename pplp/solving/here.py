"""Small programs of a batch, solved in this process: for as long as it takes to start others, or if these do not pay.

A plain loop is hard to beat where a program takes a tenth of a millisecond: another process takes some hundred times
as long to start.  So the caller begins by himself, and hires workers when there is work enough for them.  Only what is
small stays here, by an engine of pplp's own and no unusual method; a search for integers may take a moment, and then
begins anew in a worker.
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
#: So many nonzeros, rows and columns are few.
_SMALL = 10_000
#: Searches for integers may take so many seconds, all together.
_SEARCH = 0.05
#: Workers pay when so many seconds have been worked, and so many are left.
_WORKED, _LEFT = 0.03, 0.4
#: Where it is not known how many there are: so many have been worked, and each takes so long.
_WORKED_OPEN, _EACH = 0.1, 0.002


def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


class Here:
    """The engines of this process, and how long they have been at work."""

    def __init__(self, workers: int) -> None:
        self._can_be_helped = workers > 1
        self._workers: dict[str, Worker] = {}
        self._seconds, self._count = 0.0, 0
        self._search = _SEARCH
        self._form: Optional[MatrixForm] = None
        self._is_small = self._is_integer = False

    def takes(self, form: MatrixForm, options: Options) -> bool:
        """Is such a program solved here?"""
        if form is not self._form:
            self._form = form
            self._is_small = form.nonzeros + form.rows + form.columns <= _SMALL
            self._is_integer = self._is_small and 1 in form.integer
        if not self._is_small or (self._is_integer and self._search <= 0):
            return False
        return options.solver in _SOLVERS and options.method in _METHODS

    def solved(self, form: MatrixForm, edits: Optional[Edits], options: Options) -> Optional[Outcome]:
        """The outcome; None for a search that would take too long."""
        is_search = self._is_integer and (options.time_limit is None or self._search < float(options.time_limit))
        if is_search:
            options = dataclasses.replace(options, time_limit=self._search)
        began = time.perf_counter()
        worker = self._workers.get(options.solver)
        if worker is None:
            worker = self._workers[options.solver] = Worker(make_engine(options.solver))
        outcome = portable(worker.solved(form, edits, options))
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
        """Would workers pay, with so many programs left, or with nobody knows how many?"""
        if not self._can_be_helped:
            return False
        if left is None:
            return self._seconds > _WORKED_OPEN and self._seconds > _EACH * self._count
        return self._seconds > _WORKED and self._seconds * left > _LEFT * self._count

    def close(self) -> None:
        """Give the engines back."""
        for worker in self._workers.values():
            worker.close()

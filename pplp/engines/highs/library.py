"""The only module that imports highspy, and numpy for the arrays that highspy takes and returns.

All calls are made in the caller's thread, except `run`.  A run may be long, so a worker's thread makes it, and the
caller can be interrupted while it waits; highspy releases the interpreter's lock during a run.  HiGHS keeps one thread
pool for each thread that runs it, so in a thread of our own it does not share the pool of other users of highspy.  The
pool has one thread: then a program gives the same run on every machine, and the child of a fork has lost no threads.
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
from collections.abc import Sequence
from typing import Any, Callable, Optional

from pplp.engines.clock import Clock, ThreadJob
from pplp.errors import SolverMissing
from pplp.form.outcome import TINY, Status
from pplp.ground.loading import whole_import
from pplp.ground.threads import IS_SUB_INTERPRETER, start

if IS_SUB_INTERPRETER:
    raise SolverMissing(
        "The package highspy, through which pplp reaches HiGHS, hangs in a sub-interpreter. Solve with solver='glpk', "
        "or have the server use the main interpreter (mod_wsgi: WSGIApplicationGroup %{GLOBAL})."
    )
try:
    with whole_import():
        import highspy
        import numpy
except ImportError as error:
    raise SolverMissing(
        f"The package highspy, through which pplp reaches HiGHS, cannot be imported ({error}). "
        'Install it with: pip install "pplp[highs]"'
    ) from error
if (highspy.HIGHS_VERSION_MAJOR, highspy.HIGHS_VERSION_MINOR) < (1, 15):
    raise SolverMissing(
        f"highspy {highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR} is too old, pplp needs 1.15 or later. "
        'Install it with: pip install -U "pplp[highs]"'
    )

__all__ = ["Job", "Worker", "as_array", "highs", "new_model", "numbers_of", "places", "snapped_values"]

# Any: numbers and codes are highspy's, which has no types here.

#: HiGHS's classes and constants, by their own names.
highs: Any = highspy
_FLOAT, _INT = numpy.float64, numpy.int32


class _Model(highspy.Highs):  # type: ignore[misc]
    """HiGHS's own model, without highspy's additions.

    highspy's constructor creates callbacks that pplp does not use and that hold the model in a reference cycle.  In
    some versions (1.16) it also prints HiGHS's banner, before the output can be turned off.
    """

    def __init__(self) -> None:
        _CORE.__init__(self)
        self.callbacks: list[Any] = []


#: The base class of highspy's model; the name of its module differs between versions.
_CORE: Any = highspy.Highs.__bases__[0]


def new_model() -> Any:
    """An empty model that prints nothing, takes all of pplp's numbers unchanged, and runs in one thread."""
    model = _Model()
    for name, value in _SETTINGS.items():
        model.setOptionValue(name, value)
    return model


_INFINITY = float("inf")
_SETTINGS: dict[str, Any] = {
    "output_flag": False,
    "log_to_console": False,
    "threads": 1,
    "parallel": "off",
    # By default, HiGHS takes 1e20 for infinite and drops coefficients below 1e-9; pplp decides itself what is infinite.
    "infinite_bound": _INFINITY,
    "infinite_cost": _INFINITY,
    "large_matrix_value": _INFINITY,
    "small_matrix_value": 1e-12,
}


# ---- arrays
def as_array(items: Any) -> Any:
    """A view of an `array.array` of floats or ints, without a copy."""
    return numpy.frombuffer(items, items.typecode) if len(items) else numpy.zeros(0, items.typecode)


def numbers_of(items: Any) -> Any:
    """An array of floats from any sized iterable."""
    return numpy.fromiter(items, _FLOAT, len(items))


def places(items: Any) -> Any:
    """An array of HiGHS's integers from a sequence or a buffer."""
    return numpy.asarray(items, _INT) if not isinstance(items, bytes) else numpy.frombuffer(items, "u1").astype(_INT)


def snapped_values(values: Sequence[float]) -> list[float]:
    """The values, with those near an integer rounded to it."""
    x = numpy.array(values, _FLOAT)
    nearest = numpy.rint(x)
    sizes = abs(x)
    found = abs(x - nearest) <= numpy.maximum(TINY, 1e-14 * sizes)
    # A small number becomes 0 only if it is also small relative to the largest value.
    found &= (sizes > TINY) | (sizes <= 1e-14 * sizes.max(initial=0.0))
    # Adding 0.0 turns -0.0 into 0.0.
    return (numpy.where(found, nearest, x) + 0.0).tolist()  # type: ignore[no-any-return]


# ---- threads
class Job(ThreadJob):
    """A call that a worker makes."""

    __slots__ = ("_function", "_worker", "clock")
    _solver = "HiGHS"

    def __init__(self, function: Callable[[], Any], clock: Clock, worker: Worker) -> None:
        super().__init__()
        self.clock = clock
        self._function: Optional[Callable[[], Any]] = function
        self._worker = worker

    def begin(self) -> None:
        """Give the call to the worker."""
        self._thread = self._worker
        _running.add(self)
        self._worker.jobs.put(self)

    def run(self) -> None:
        """Make the call, and keep what it returns or raises."""
        function, self._function = self._function, None
        assert function is not None
        try:
            self._result = function()
        except BaseException as error:
            self._error = error
        finally:
            _running.discard(self)
            self.end()


class Worker(threading.Thread):
    """A thread that runs HiGHS for one engine."""

    def __init__(self) -> None:
        super().__init__(name="pplp-highs", daemon=True)
        self.jobs: queue.SimpleQueue[Optional[Job]] = queue.SimpleQueue()
        start(self)

    def end(self) -> None:
        """Let the thread end after its current run."""
        self.jobs.put(None)

    def run(self) -> None:
        while True:
            job = self.jobs.get()
            if job is None:
                break
            job.run()
            del job  # releases what it holds while the thread waits for the next one


_running: set[Job] = set()


def _end_all() -> None:
    """Stop all runs before the interpreter ends: a thread that returns from HiGHS later would abort the process."""
    jobs = list(_running)
    for job in jobs:
        job.clock.stop = Status.INTERRUPTED
    for job in jobs:
        job.wait(2.0)


atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_running.clear)

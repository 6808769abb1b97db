"""Solves programs with an executor of the caller, which may be any of `concurrent.futures`, and may lose jobs.

Programs are sent as bytes, one by one.  Scenarios are sent in groups, because each job must bring the form of their
program with it; the groups are small enough that each worker gets some.
"""

from __future__ import annotations

import os
import pickle
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any, NamedTuple, Optional

from pplp.engines.contract import Options
from pplp.engines.packing import portable, unpacked
from pplp.engines.registry import make_engine
from pplp.engines.tasks import Task, failure, sendable
from pplp.engines.worker import Worker
from pplp.errors import OptionError, SolverCrashed
from pplp.form.outcome import Outcome, Status
from pplp.ground.quoting import quoted
from pplp.solving.here import processors
from pplp.solving.prepared import Prepared

__all__ = ["ExecutorJobs"]

#: How many jobs are sent ahead for each worker: more would only take memory.
_AHEAD = 2
#: The number of jobs sent ahead in all, if the number of workers is unknown or may grow.
_MANY = 256
#: While this many bytes are with the workers, only as many jobs are sent as keep the workers busy.
_BYTES = 1 << 28
#: How many times a job may be lost before it is given up.
_TRIES = 3
#: How many parts the scenarios of one program are sent in, for each worker.
_SHARES = 4


class Job(NamedTuple):
    """One task for an executor, and its state."""

    #: The programs' numbers, and the programs.
    numbers: list[int]
    group: list[Prepared]
    task: Task
    #: How many times it was lost.
    lost: int = 0
    #: True if dask gave it up once because workers died that had it: it may be the cause, or another task of theirs.
    is_suspect: bool = False
    #: The size of what was sent, in bytes.
    size: int = 0

    def parts(self) -> Iterator[Job]:
        """Each program as a job of its own."""
        for k, one, edits in zip(self.numbers, self.group, self.task.edits):
            yield self._replace(numbers=[k], group=[one], task=self.task._replace(edits=[edits]))


class ExecutorJobs:
    """The jobs of an executor: their futures go to `inbox` when they end, and `take` moves the results to `done`.

    If the executor breaks, the programs of its jobs go to `other` one by one, which shows which of them broke it.
    """

    def __init__(
        self,
        executor: Executor,
        is_cancelled: Callable[[], bool],
        inbox: queue.SimpleQueue[Any],
        done: deque[tuple[int, Prepared, Outcome]],
        other: Callable[[int, Prepared, Options], Any],
    ) -> None:
        if not hasattr(executor, "submit") or hasattr(executor, "get_executor"):
            hint = " Write executor=client.get_executor()." if hasattr(executor, "get_executor") else ""
            raise OptionError(f"executor must be a concurrent.futures.Executor, not {quoted(executor)}.{hint}")
        #: True if the executor is broken, and cannot take jobs anymore.
        self.is_broken = False
        self._executor, self._is_cancelled, self._inbox = executor, is_cancelled, inbox
        self._done, self._other = done, other
        known, is_fixed = workers_of(executor)
        self._workers = known or processors()
        #: How many jobs may run or wait for a worker; at most `_least` of them if they are too many bytes.
        self._most = _AHEAD * self._workers if is_fixed else max(_AHEAD * self._workers, _MANY)
        self._least = min(self._workers, self._most)
        self._at_work: dict[Future[Any], Job] = {}
        self._bytes = 0
        self._group: list[tuple[int, Prepared]] = []
        self._options = Options()
        self._suspects: list[Job] = []
        self._has_sent = False

    @property
    def has_room(self) -> bool:
        """True if it can take another job."""
        return len(self._at_work) < (self._most if self._bytes < _BYTES else self._least)

    def finish(self) -> None:
        """No more programs will come."""
        self._start_group()
        if not self._at_work and self._suspects:
            self._start(self._suspects.pop())  # alone, so that no other job is blamed

    def submit(self, k: int, one: Prepared, options: Options, count: Optional[int]) -> None:
        """Have a program solved; `count` is the number of programs, if known."""
        if self._group and self._group[0][1].form is not one.form:
            self._start_group()
        self._group.append((k, one))
        self._options = options
        most = 1 if one.edits is None or count is None else max(1, count // (_SHARES * self._workers))
        if len(self._group) >= most:
            self._start_group()

    def _start_group(self) -> None:
        if self._group:
            numbers, group = [k for k, _ in self._group], [one for _, one in self._group]
            self._group.clear()
            self._start(Job(numbers, group, Task(group[0].form, [one.edits for one in group], self._options)))

    def _start(self, job: Job) -> None:
        """Give a job to the executor; if that is broken, give its programs to `other`."""
        if self.is_broken:
            for k, one in zip(job.numbers, job.group):
                self._other(k, one, job.task.options)
            return
        data = pack_task(job.task)
        future: Future[Any]
        try:
            future = submit_task(self._executor, data)
        except BrokenExecutor:
            self.is_broken = True
            self._start(job)
            return
        except Exception as error:
            if not self._has_sent:  # the executor has never worked
                raise
            future = Future()
            future.set_exception(error)
        self._has_sent = True
        self._at_work[future] = job._replace(size=len(data))
        self._bytes += len(data)
        future.add_done_callback(self._inbox.put)

    def cancel(self) -> list[Future[Any]]:
        """Cancel what the executor has, without waiting for it."""
        futures = list(self._at_work)
        if is_of_dask(self._executor):
            from pplp.solving.cluster import cancel

            cancel(self._executor, futures)
        else:
            for future in futures:
                future.cancel()
        return futures

    def take(self, future: Future[Any]) -> None:
        """Handle the result of a job, unless that was done before."""
        job = self._at_work.pop(future, None)
        if job is not None:
            self._bytes -= job.size
            for k, one, outcome in zip(job.numbers, job.group, self._outcomes(future, job)):
                self._done.append((k, one, outcome))

    def _outcomes(self, future: Future[Any], job: Job) -> list[Outcome]:
        """The outcomes of a job; none if it was started again."""
        if self._is_cancelled() and (future.cancelled() or not future.done()):
            return [Outcome(Status.INTERRUPTED) for _ in job.group]
        error: Optional[BaseException]
        if future.cancelled():  # not by this module: its cluster was restarted, or has lost it
            job = job._replace(lost=job.lost + 1)
            if job.lost < _TRIES:
                self._start(job)
                return []
            error = SolverCrashed(f"Its executor cancelled it {_TRIES} times.")
        else:
            error = future.exception()
        if isinstance(error, BrokenExecutor):  # another job may have broken it: solve its programs elsewhere
            self.is_broken = True
        elif error is None:
            result = future.result()
            outcomes: list[Outcome] = pickle.loads(result) if isinstance(result, bytes) else result
            return outcomes
        elif len(job.group) == 1:
            if job.is_suspect or not is_of_killing(error):
                return [failure(error)]
            self._suspects.append(job._replace(is_suspect=True))
            return []
        for part in job.parts():  # find out which program broke it
            self._start(part)
        return []


def workers_of(executor: Any) -> tuple[Optional[int], bool]:
    """How many tasks the executor can run at a time, None if unknown; and whether that number is fixed."""
    known = getattr(executor, "_max_workers", None)
    if isinstance(known, int) and known > 0:
        return known, True
    if is_of_dask(executor):
        from pplp.solving.cluster import threads_of

        return threads_of(executor), False
    return None, False


def is_of_dask(thing: Any) -> bool:
    """True if the class of this object is one of dask.distributed."""
    return type(thing).__module__.partition(".")[0] == "distributed"


def is_of_killing(error: BaseException) -> bool:
    """True if dask gave up a task because workers that had it died; another task of these workers may be the cause."""
    return is_of_dask(error) and type(error).__name__ == "KilledWorker"


def submit_task(executor: Any, data: bytes) -> Future[Any]:
    """Have an executor solve a packed task."""
    if is_of_dask(executor):
        from pplp.solving.cluster import submit

        return submit(executor, run_task, data)
    future = executor.submit(run_task, data)
    if not isinstance(future, Future):
        raise OptionError(
            f"The executor {quoted(executor)} returns {type(future).__name__} objects, not futures of "
            "concurrent.futures. Use a concurrent.futures.Executor."
        )
    return future


# --------------------------------------------------------------------- in a worker
def pack_task(task: Task) -> bytes:
    """A task as bytes that any worker can read."""
    return pickle.dumps(task._replace(options=sendable(task.options)), 5)


_alone = threading.Lock()


def _after_fork() -> None:
    """Replace the lock: the child of a fork may have inherited it while a thread held it, which the child lacks."""
    global _alone
    _alone = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def run_task(task: bytes) -> bytes:
    """What a worker of an executor runs: solves a packed task, and returns its packed outcomes.

    GLPK works for one thread of a process at a time.  The other threads wait here, before their time limits begin.
    """
    found: Task = pickle.loads(task)
    with _alone:
        engine = make_engine(found.options.solver)
        try:
            worker, form = Worker(engine), found.form
            assert form is not None
            each = (unpacked(edits, form) for edits in found.edits)
            outcomes = [portable(worker.solve(form, edits, found.options)) for edits in each]
            return pickle.dumps(outcomes, 5)
        finally:
            engine.close()

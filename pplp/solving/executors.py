"""The executors of others: any of `concurrent.futures`, which is given programs in bytes, and may break or lose them.

Programs go one by one; scenarios, which get their form with them, as many together as leave each worker some.
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
from pplp.engines.tasks import Task, failed, sendable
from pplp.engines.worker import Worker
from pplp.errors import OptionError, SolverCrashed
from pplp.form.outcome import Outcome, Status
from pplp.ground.quoting import quoted
from pplp.solving.here import processors
from pplp.solving.prepared import Prepared

__all__ = ["ExecutorJobs"]

#: So many jobs are sent ahead for each worker: more would only take memory.
_AHEAD = 2
#: The same in all, where the number of workers is not known, or may become greater.
_MANY = 256
#: Where so many bytes wait for the workers, no more is sent than keeps them at work.
_BYTES = 1 << 28
#: What has been lost so often is given up.
_TRIES = 3
#: Scenarios of one program are sent in so many parts for each worker.
_SHARES = 4


class Job(NamedTuple):
    """What an executor does in one go, and what is to become of it."""

    #: The programs' numbers, and the programs.
    numbers: list[int]
    group: list[Prepared]
    task: Task
    #: So often has it been lost.
    lost: int = 0
    #: Have workers died that had it, among others?
    is_suspect: bool = False
    #: Bytes that it has been sent in.
    size: int = 0

    def parts(self) -> Iterator[Job]:
        """Each program alone."""
        for k, one, edits in zip(self.numbers, self.group, self.task.edits):
            yield self._replace(numbers=[k], group=[one], task=self.task._replace(edits=[edits]))


class ExecutorJobs:
    """The jobs that an executor has: what comes of them goes to `inbox`, and from there by `take` to `done`.

    What it breaks of goes to `other`: the programs one by one, where it shows whose fault it was.
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
        #: Is it of no use any more?
        self.is_broken = False
        self._executor, self._is_cancelled, self._inbox = executor, is_cancelled, inbox
        self._done, self._other = done, other
        known, is_fixed = workers_of(executor)
        self._workers = known or processors()
        #: So many jobs are at work or wait for a worker, if they are not too many bytes: then as many as in `_least`.
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
        """May it be given another job?"""
        return len(self._at_work) < (self._most if self._bytes < _BYTES else self._least)

    def finish(self) -> None:
        """There are no more programs than it was given."""
        self._start_group()
        if not self._at_work and self._suspects:
            self._start(self._suspects.pop())  # alone, so that no other is blamed

    def submit(self, k: int, one: Prepared, options: Options, count: Optional[int]) -> None:
        """Have a program solved; so many are there in all, if that is known."""
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
        """Give a job to the executor, or its programs to workers where that is of no use any more."""
        if self.is_broken:
            for k, one in zip(job.numbers, job.group):
                self._other(k, one, job.task.options)
            return
        data = packed(job.task)
        future: Future[Any]
        try:
            future = submit_task(self._executor, data)
        except BrokenExecutor:
            self.is_broken = True
            self._start(job)
            return
        except Exception as error:
            if not self._has_sent:  # it never was of any use
                raise
            future = Future()
            future.set_exception(error)
        self._has_sent = True
        self._at_work[future] = job._replace(size=len(data))
        self._bytes += len(data)
        future.add_done_callback(self._inbox.put)

    def cancel(self) -> list[Future[Any]]:
        """What the executor has; it is not waited for."""
        futures = list(self._at_work)
        if is_of_dask(self._executor):
            from pplp.solving.cluster import cancel

            cancel(self._executor, futures)
        else:
            for future in futures:
                future.cancel()
        return futures

    def take(self, future: Future[Any]) -> None:
        """What has come of a job, if that is not known already."""
        job = self._at_work.pop(future, None)
        if job is not None:
            self._bytes -= job.size
            for k, one, outcome in zip(job.numbers, job.group, self._outcomes(future, job)):
                self._done.append((k, one, outcome))

    def _outcomes(self, future: Future[Any], job: Job) -> list[Outcome]:
        """What came of it; nothing, where it has begun anew."""
        if self._is_cancelled() and (future.cancelled() or not future.done()):
            return [Outcome(Status.INTERRUPTED) for _ in job.group]
        error: Optional[BaseException]
        if future.cancelled():  # by nobody here: its cluster was restarted, or has lost it
            job = job._replace(lost=job.lost + 1)
            if job.lost < _TRIES:
                self._start(job)
                return []
            error = SolverCrashed(f"Its executor cancelled it {_TRIES} times.")
        else:
            error = future.exception()
        if isinstance(error, BrokenExecutor):  # perhaps not by its fault: it is solved where that shows
            self.is_broken = True
        elif error is None:
            result = future.result()
            outcomes: list[Outcome] = pickle.loads(result) if isinstance(result, bytes) else result
            return outcomes
        elif len(job.group) == 1:
            if job.is_suspect or not is_of_killing(error):
                return [failed(error)]
            self._suspects.append(job._replace(is_suspect=True))
            return []
        for part in job.parts():  # whose fault was it?
            self._start(part)
        return []


def workers_of(executor: Any) -> tuple[Optional[int], bool]:
    """How many programs it can work on at a time, as far as it says; and does that stay so?"""
    known = getattr(executor, "_max_workers", None)
    if isinstance(known, int) and known > 0:
        return known, True
    if is_of_dask(executor):
        from pplp.solving.cluster import threads_of

        return threads_of(executor), False
    return None, False


def is_of_dask(thing: Any) -> bool:
    """Is it of dask.distributed?"""
    return type(thing).__module__.partition(".")[0] == "distributed"


def is_of_killing(error: BaseException) -> bool:
    """Does dask say that workers died which had this task?  They may have died of another one that they had, too."""
    return is_of_dask(error) and type(error).__name__ == "KilledWorker"


def submit_task(executor: Any, data: bytes) -> Future[Any]:
    """Have an executor solve a packed task."""
    if is_of_dask(executor):
        from pplp.solving.cluster import submit

        return submit(executor, solved, data)
    future = executor.submit(solved, data)
    if not isinstance(future, Future):
        raise OptionError(
            f"The executor {quoted(executor)} gives {type(future).__name__} objects, and no futures of "
            "concurrent.futures. Give a concurrent.futures.Executor."
        )
    return future


# --------------------------------------------------------------------- in a worker
def packed(task: Task) -> bytes:
    """A task in bytes, for a worker that knows nothing of it."""
    return pickle.dumps(task._replace(options=sendable(task.options)), 5)


_alone = threading.Lock()


def _after_fork() -> None:
    """The child of a fork may have got a lock that nobody opens."""
    global _alone
    _alone = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def solved(task: bytes) -> bytes:
    """What a worker of an executor does: from a packed task to its packed outcomes.

    GLPK works for one thread of a process at a time: the others wait here, where no time limit runs.
    """
    found: Task = pickle.loads(task)
    with _alone:
        engine = make_engine(found.options.solver)
        try:
            worker, form = Worker(engine), found.form
            assert form is not None
            each = (unpacked(edits, form) for edits in found.edits)
            outcomes = [portable(worker.solved(form, edits, found.options)) for edits in each]
            return pickle.dumps(outcomes, 5)
        finally:
            engine.close()

"""Many programs at once: each is compiled here, solved in another process, and answered here.

What goes to a worker is a `MatrixForm`, what comes back is an `Outcome`; variables and constraints stay where they are.
Without an executor the workers are child processes of this module, each with an engine: one that dies takes one
program with it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
import queue
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Sized
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from pplp.compiler import column_places, compile_form, row_places
from pplp.crew import Crew, Ticket
from pplp.errors import InvalidValue, OptionError, SolverCrashed, WorkerNotStarted
from pplp.feed import Feed
from pplp.here import Here, processors
from pplp.matrix_form import Edits, MatrixForm
from pplp.scalars import each_of
from pplp.solution import Outcome, Solution, Status
from pplp.solver import CancelToken, Options, make_engine
from pplp.tasks import Task, Worker, failed, portable, sendable

if TYPE_CHECKING:
    from pplp.program import LinearProgram
    from pplp.scenarios import Scenario

__all__ = ["as_solved", "solve_many"]

BatchProgress = Union[bool, Callable[[int, Optional[int]], Any], None]
#: What the options of one solve have that is not for many.
_NOT_MANY = ("log", "callback", "pool", "verbose")
#: So many programs are compiled ahead for each worker: more would only take memory.
_AHEAD = 2
#: The same in all, where the number of workers is not known, or may become greater.
_MANY = 256
#: Where so many bytes wait for an executor's workers, no more is sent than keeps them at work.
_BYTES = 1 << 28
#: What an executor has lost so often is given up.
_TRIES = 3
#: Scenarios of one program are sent in so many parts for each worker.
_SHARES = 4
#: The caller looks up from its wait so often, in seconds.
_LOOK = 0.1
#: So many nonzeros that wait for workers are enough.
_HEAVY = 1 << 22


def solve_many(
    programs: Iterable[LinearProgram],
    sense: Optional[str] = None,
    *,
    executor: Optional[Executor] = None,
    workers: Optional[int] = None,
    progress: BatchProgress = None,
    time_limit: Union[float, Sequence[Optional[float]], None] = None,
    **options: Any,
) -> list[Solution]:
    """Solve many programs, several at a time; their solutions, in the order of the programs.

    Each program gets its solution, too, as if it had been solved by itself, so that ``x.value`` and ``c.dual`` work.
    Without a sense each does what its attribute `sense` says.

    `executor` is any `concurrent.futures.Executor`: a ``ProcessPoolExecutor``, dask's ``client.get_executor()`` (which
    needs ``pplp[distributed]``); the programs are sent to it as bytes.  Without one, `workers` child processes do the
    work (as many as there are processors); a script needs no ``if __name__ == "__main__"`` for them.  Threads of one
    process gain nothing: GLPK works for one at a time.

    What cannot be solved for a reason of its own, as when its process dies, has `Status.FAILED`, with the reason in
    `Solution.message`; all others are finished.  If a process pool of yours breaks, what it had is solved in child
    processes, which tells whose fault it was.  What dask loses with a worker it does again; what it says that workers
    died of is tried once more, when all others are done.  What an executor cancels is given to it three times.

    `time_limit` is for each program, in seconds: one number, or one for each.  `progress` is True for a live line
    (needs tqdm), or a callable that takes how many are done, and of how many (None where that is not known).  The
    options are those of `Options`, but for `log`, `verbose`, `callback`, `pool` and `isolate`, which are for one
    program.  A `CancelToken` given as `cancel` ends all with `Status.INTERRUPTED` (what an executor is at goes on, and
    nobody waits for it to be used); Ctrl-C is raised, and what was solved until then has its solution.

    Raises `OptionError` and what compiling a program raises, before anything is solved or when its turn comes.

    >>> from pplp import LinearProgram, solve_many
    >>> programs = []
    >>> for limit in (4, 6, 8):
    ...     lp = LinearProgram(name=f"limit {limit}")
    ...     x, y = lp.Var("x", lb=0, ub=5), lp.Var("y", lb=0)
    ...     _ = lp.add_constraint(x + 2*y <= limit)
    ...     lp.objective = x + y
    ...     programs.append(lp)
    >>> [solution.objective for solution in solve_many(programs, "maximize", workers=2)]
    [4.0, 5.5, 6.5]
    """
    programs = list(each_of(programs, "solve_many() takes programs in order"))
    its = {"executor": executor, "workers": workers, "progress": progress, "time_limit": time_limit, **options}
    found = dict(as_solved(programs, sense, **its))
    return [found[k] for k in range(len(programs))]


def as_solved(
    programs: Iterable[LinearProgram],
    sense: Optional[str] = None,
    *,
    executor: Optional[Executor] = None,
    workers: Optional[int] = None,
    progress: BatchProgress = None,
    time_limit: Union[float, Sequence[Optional[float]], None] = None,
    **options: Any,
) -> Iterator[tuple[int, Solution]]:
    """As `solve_many`, but pairs of a program's number and its solution, each as soon as it is there.

    The programs may be made by a generator, also one without end: it is asked for two programs for each worker, and for
    at most 256 where an executor does not know how many workers it has, or is dask's; if these have more than 256 MB,
    for one for each worker.

    >>> from pplp import LinearProgram, as_solved
    >>> def programs():
    ...     for least in (3, 7):
    ...         lp = LinearProgram()
    ...         lp.objective = 2*lp.Var(lb=least)
    ...         yield lp
    >>> sorted((k, solution.objective) for k, solution in as_solved(programs(), workers=1))
    [(0, 6.0), (1, 14.0)]
    """
    given = _options(options)
    count = len(programs) if isinstance(programs, Sequence) else None
    each = each_of(programs, "as_solved() takes programs in order")
    batch = Batch(executor, workers, given.isolate, given.cancel, progress)
    limited = _limited(given, time_limit, count)

    def prepare(k: int, program: LinearProgram) -> tuple[Prepared, Options]:
        return _prepared(program, sense, limited(k), options)

    return batch.run(each, prepare, count, isinstance(programs, Sized))


def solve_scenarios(
    program: LinearProgram,
    scenarios: Iterable[Scenario],
    sense: str,
    executor: Optional[Executor],
    workers: Optional[int],
    progress: BatchProgress,
    options: dict[str, Any],
) -> list[Solution]:
    """What `LinearProgram.scenarios` does."""
    from pplp.scenarios import preparing

    given, reason = _placed(program, _options(options), options)
    scenarios = list(each_of(scenarios, "scenarios() takes scenarios in order"))
    batch = Batch(executor, workers, given.isolate, given.cancel, progress)
    prepared = preparing(program, sense)

    def prepare(k: int, scenario: Scenario) -> tuple[Prepared, Options]:
        return _told(prepared(scenario), given.solver, reason), given

    found = dict(batch.run(scenarios, prepare, len(scenarios)))
    return [found[k] for k in range(len(scenarios))]


def _options(options: dict[str, Any]) -> Options:
    wrong = [name for name in _NOT_MANY if name in options]
    if wrong:
        raise OptionError(f"{wrong[0]} is for one program at a time: give it to lp.solve(), or leave it out.")
    return Options.of(options)


def _placed(program: LinearProgram, options: Options, names: Collection[str]) -> tuple[Options, str]:
    """The options as a worker takes them for this program, of which `names` were given; and why by that solver."""
    solver, reason = options.solver if "solver" in names else program.solver, "by name"
    if solver == "auto":
        from pplp.choice import chosen_engine

        solver, reason = chosen_engine(program, options)
    if solver != options.solver:
        options = dataclasses.replace(options, solver=solver)
    if options.start is not None:
        from pplp.search import placed

        options, _ = placed(program, options)
    return options, reason


def _limited(options: Options, time_limit: Any, count: Optional[int]) -> Callable[[int], Options]:
    """What gives the k-th program its options, with its time limit."""
    if hasattr(time_limit, "tolist"):  # an array of numpy
        time_limit = time_limit.tolist()
    if not isinstance(time_limit, Sequence) or isinstance(time_limit, str):
        one: Any = time_limit
        same = dataclasses.replace(options, time_limit=one)
        return lambda k: same
    several = f"There are {len(time_limit)} time limits for"
    if count is not None and len(time_limit) != count:
        raise OptionError(f"{several} {count} programs. Give one, or as many.")

    def limited(k: int) -> Options:
        if k >= len(time_limit):
            raise OptionError(f"{several} more programs. Give one, or as many.")
        return dataclasses.replace(options, time_limit=time_limit[k])

    return limited


class Prepared(NamedTuple):
    """A program as a worker takes it: a form, or edits of one that others share; and what becomes of the outcome."""

    form: MatrixForm
    edits: Optional[Edits]
    take: Callable[[Outcome], Solution]


def blank(program: LinearProgram, sense: str) -> tuple[bool, Callable[..., Solution]]:
    """(to be maximized?, what makes a solution of an outcome) of a program as it is now."""
    from pplp.program import LinearProgram, _is_maximize

    if not isinstance(program, LinearProgram):
        raise InvalidValue(f"{program!r} is no LinearProgram.")
    maximize = _is_maximize(sense)
    program._check()
    empty = Outcome(Status.UNSOLVED)
    return maximize, program._solution_of(empty, sense, (column_places(program), row_places(program)))._with


def _told(one: Prepared, solver: str, reason: str) -> Prepared:
    """The same, whose outcome says which solver it is of, and why that one."""

    def take(outcome: Outcome) -> Solution:
        outcome.solver, outcome.solver_reason = solver, reason
        return one.take(outcome)

    return one._replace(take=take)


def _prepared(
    program: LinearProgram, sense: Optional[str], options: Options, names: Collection[str]
) -> tuple[Prepared, Options]:
    """A program as it is now."""
    chosen = sense if sense is not None else getattr(program, "sense", "minimize")
    maximize, make = blank(program, chosen)
    options, reason = _placed(program, options, names)
    version = program._version()

    def take(outcome: Outcome) -> Solution:
        same = program._version() == version
        if outcome.numbers is None and not outcome.message and same:
            outcome.message = program._explanation(outcome.status, maximize)
        solution = make(outcome)
        if same:
            program._unread = ""
            program._solution, program._solved_at = solution, version
        return solution

    return _told(Prepared(compile_form(program, maximize), None, take), options.solver, reason), options


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


class Batch:
    """Programs, and those who solve them: this process, workers of its own, or an executor."""

    def __init__(
        self,
        executor: Optional[Executor],
        workers: Optional[int],
        isolate: bool,
        cancel: Optional[CancelToken],
        progress: BatchProgress,
    ) -> None:
        if executor is not None and workers is not None:
            raise OptionError("The executor knows how many workers it has: give either executor or workers.")
        if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
            raise OptionError(f"workers must be a whole number from 1, not {workers!r}.")
        if executor is not None and (not hasattr(executor, "submit") or hasattr(executor, "get_executor")):
            hint = " Write executor=client.get_executor()." if hasattr(executor, "get_executor") else ""
            raise OptionError(f"executor must be a concurrent.futures.Executor, not {executor!r}.{hint}")
        if executor is not None and isolate:
            raise OptionError("An executor says itself in which processes it works: leave out isolate.")
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise OptionError(f"progress must be True or a callable that takes two numbers, not {progress!r}.")
        self._executor = self._given = executor
        self._cancel, self._progress = cancel, progress
        known, is_fixed = (workers, True) if executor is None else workers_of(executor)
        self._workers = known or processors()
        #: So many tasks are at work or wait for a worker, if they are not too many bytes: then as many as in `_least`.
        self._most = _AHEAD * self._workers if is_fixed else max(_AHEAD * self._workers, _MANY)
        self._least = min(self._workers, self._most)
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._done: deque[tuple[int, Prepared, Outcome]] = deque()
        self._here = None if executor is not None or isolate else Here(min(self._workers, processors()))
        self._crew: Optional[Crew] = None
        self._at_work: dict[Future[Any], Job] = {}
        self._bytes = 0
        self._nonzeros = 0  # of the programs that workers have, or wait for
        self._group: list[tuple[int, Prepared]] = []
        self._suspects: list[Job] = []
        self._has_sent = False

    def run(
        self,
        each: Iterable[Any],
        prepare: Callable[[int, Any], tuple[Prepared, Options]],
        count: Optional[int],
        is_made: bool = True,
    ) -> Iterator[tuple[int, Solution]]:
        """The number and the solution of each, as they come; are they all made, or each when it is asked for?"""
        feed = Feed(each, is_made, lambda: self._inbox.put(None))
        if self._progress is True:
            from pplp.progress_line import CountLine

            with CountLine(count) as line:
                yield from self._run(feed, prepare, count, line)
        else:
            yield from self._run(feed, prepare, count, self._progress or None)

    def _run(self, feed: Feed[Any], prepare: Any, count: Optional[int], tell: Any) -> Iterator[tuple[int, Solution]]:
        taken = done = 0
        try:
            while True:
                while self._done:
                    k, one, outcome = self._done.popleft()
                    done += 1
                    solution = one.take(outcome)
                    if tell is not None:
                        tell(done, count)
                    yield k, solution
                while not self._done and self._has_room(taken - done, feed.is_made):
                    item = feed.take()
                    if item is None:
                        break
                    one, options = prepare(taken, item)
                    self._begin(taken, one, options, count)
                    taken += 1
                    if not self._inbox.empty():
                        self._listen()
                if feed.is_over:
                    self._finish()
                if not self._done:
                    if feed.is_over and taken == done:
                        return
                    self._listen()
        finally:
            feed.close()
            self._cancel_all()
            if self._here is not None:
                self._here.close()
            if self._crew is not None:
                self._crew.close()

    @property
    def _is_cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.cancelled

    def _has_room(self, pending: int, is_made: bool) -> bool:
        """May another program be asked for, beside those that are not answered?"""
        if self._executor is not None:
            return len(self._at_work) < (self._most if self._bytes < _BYTES else self._least)
        if is_made and self._crew is not None and self._nonzeros < _HEAVY:
            return pending < self._most * self._crew.portion
        return pending < self._most

    def _begin(self, k: int, one: Prepared, options: Options, count: Optional[int]) -> None:
        """Have a program solved, by whom there is; so many are there in all, if that is known."""
        if self._is_cancelled:
            self._done.append((k, one, Outcome(Status.INTERRUPTED)))
        elif self._executor is not None:
            self._gather(k, one, options, count)
        elif not self._is_done_here(k, one, options, None if count is None else count - k - 1):
            self._submit(k, one, options)

    def _finish(self) -> None:
        """There are no more programs than those that were begun."""
        self._start_group()
        if self._crew is not None and not self._crew.is_last:
            self._crew.is_last = True
            self._crew.give()
        if not self._at_work and self._suspects:
            self._start(self._suspects.pop())  # alone, so that no other is blamed

    def _listen(self) -> None:
        """Hear what there is, or comes in a moment."""
        with contextlib.suppress(queue.Empty):
            self._hear(self._inbox.get(timeout=_LOOK))
        while not self._inbox.empty():
            self._hear(self._inbox.get())
        if self._is_cancelled:
            for future in self._cancel_all():
                self._take(future)
        if self._crew is not None:
            self._crew.look(self._is_cancelled)
            self._crew.give()
            while self._crew.settled:
                ticket, outcome = self._crew.settled.popleft()
                self._nonzeros -= _weight(ticket.key[1])
                self._done.append((*ticket.key, outcome))

    def _hear(self, news: Any) -> None:
        if isinstance(news, Future):
            self._take(news)
        elif news is not None and self._crew is not None:
            self._crew.heard(*news)

    # ---- here, and by workers of its own
    def _is_done_here(self, k: int, one: Prepared, options: Options, left: Optional[int]) -> bool:
        here, crew = self._here, self._crew
        if here is None or (crew is not None and crew.is_ready) or not here.takes(one.form, options):
            return False
        outcome = here.solved(one.form, one.edits, options)
        if outcome is not None:
            self._done.append((k, one, outcome))
        if crew is None and here.wants_company(left):
            with contextlib.suppress(WorkerNotStarted):  # it goes on alone
                self._hired().start(self._workers)
        return outcome is not None

    def _hired(self) -> Crew:
        if self._crew is None:
            self._crew = Crew(self._workers, self._inbox.put)
        return self._crew

    def _submit(self, k: int, one: Prepared, options: Options) -> None:
        crew = self._hired()
        crew.submit(Ticket((k, one), one.form, one.edits, options))
        self._nonzeros += _weight(one)
        crew.give()

    # ---- by an executor
    def _gather(self, k: int, one: Prepared, options: Options, count: Optional[int]) -> None:
        """Programs go one by one; scenarios, which get their form with them, as many together as leave workers some."""
        if self._group and self._group[0][1].form is not one.form:
            self._start_group()
        self._group.append((k, one))
        self._group_options = options
        most = 1 if one.edits is None or count is None else max(1, count // (_SHARES * self._workers))
        if len(self._group) >= most:
            self._start_group()

    def _start_group(self) -> None:
        if self._group:
            numbers, group = [k for k, _ in self._group], [one for _, one in self._group]
            self._group.clear()
            self._start(Job(numbers, group, Task(group[0].form, [one.edits for one in group], self._group_options)))

    def _start(self, job: Job) -> None:
        """Give a job to the executor, or its programs to workers where that is of no use any more."""
        if self._executor is None:
            for k, one in zip(job.numbers, job.group):
                self._submit(k, one, job.task.options)
            return
        data = packed(job.task)
        future: Future[Any]
        try:
            future = submitted(self._executor, data)
        except BrokenExecutor:
            self._executor = None
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

    def _cancel_all(self) -> list[Future[Any]]:
        """What the executor has; it is not waited for."""
        futures = list(self._at_work)
        if is_of_dask(self._given):
            from pplp.cluster import cancel

            cancel(self._given, futures)
        else:
            for future in futures:
                future.cancel()
        return futures

    def _take(self, future: Future[Any]) -> None:
        """What has come of a job, if that is not known already."""
        job = self._at_work.pop(future, None)
        if job is not None:
            self._bytes -= job.size
            for k, one, outcome in zip(job.numbers, job.group, self._outcomes(future, job)):
                self._done.append((k, one, outcome))

    def _outcomes(self, future: Future[Any], job: Job) -> list[Outcome]:
        """What came of it; nothing, where it has begun anew."""
        if self._is_cancelled and (future.cancelled() or not future.done()):
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
            self._executor = None
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


def _weight(one: Prepared) -> int:
    """What a program takes of the memory, where it does not share its form."""
    return one.form.nonzeros if one.edits is None else 0


def workers_of(executor: Any) -> tuple[Optional[int], bool]:
    """How many programs it can work on at a time, as far as it says; and does that stay so?"""
    known = getattr(executor, "_max_workers", None)
    if isinstance(known, int) and known > 0:
        return known, True
    if is_of_dask(executor):
        from pplp.cluster import threads_of

        return threads_of(executor), False
    return None, False


def is_of_dask(thing: Any) -> bool:
    """Is it of dask.distributed?"""
    return type(thing).__module__.partition(".")[0] == "distributed"


def is_of_killing(error: BaseException) -> bool:
    """Does dask say that workers died which had this task?  They may have died of another one that they had, too."""
    return is_of_dask(error) and type(error).__name__ == "KilledWorker"


def submitted(executor: Any, data: bytes) -> Future[Any]:
    """Have an executor solve a packed task."""
    if is_of_dask(executor):
        from pplp.cluster import submit

        return submit(executor, solved, data)
    future = executor.submit(solved, data)
    if not isinstance(future, Future):
        raise OptionError(
            f"The executor {executor!r} gives {type(future).__name__} objects, and no futures of concurrent.futures. "
            "Give a concurrent.futures.Executor."
        )
    return future


# --------------------------------------------------------------------- in a worker of an executor
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
            outcomes = [portable(worker.solved(form, edits, found.options)) for edits in found.edits]
            return pickle.dumps(outcomes, 5)
        finally:
            engine.close()

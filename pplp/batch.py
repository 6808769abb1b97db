"""Many programs at once: each is compiled here, solved in another process, and answered here.

What goes to a worker is a `MatrixForm`, what comes back is an `Outcome`; variables and constraints stay where they are.
Without an executor the workers are child processes of this module, each with an engine: one that dies takes one
program with it.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import queue
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from pplp.child import portable, sendable
from pplp.compiler import column_places, compile_form, row_places
from pplp.errors import InvalidValue, OptionError, PplpError, SolverCrashed
from pplp.isolation import Isolated
from pplp.matrix_form import Edits, MatrixForm, edited
from pplp.quoting import quoted
from pplp.scalars import each_of
from pplp.solution import Outcome, Solution, Status
from pplp.solver import CancelToken, Engine, Options, answer, make_engine
from pplp.threads import start
from pplp.turns import edits as changes
from pplp.turns import reads

if TYPE_CHECKING:
    from pplp.program import LinearProgram
    from pplp.scenarios import Scenario

__all__ = ["as_solved", "solve_many"]

BatchProgress = Union[bool, Callable[[int, Optional[int]], Any], None]
#: What the options of one solve have that is not for many.
_NOT_MANY = ("log", "callback", "pool", "isolate", "verbose")
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
    batch = Batch(executor, workers, given.cancel, progress)
    limits = _limits(time_limit, count)
    work = (_prepared(program, sense, limits(given, k), options) for k, program in enumerate(each))
    return batch.run(work, count)


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
    from pplp.scenarios import prepared

    given, reason = _placed(program, _options(options), options)
    scenarios = list(each_of(scenarios, "scenarios() takes scenarios in order"))
    batch = Batch(executor, workers, given.cancel, progress)
    work = ((_told(each, given.solver, reason), given) for each in prepared(program, scenarios, sense))
    found = dict(batch.run(work, len(scenarios)))
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


def _limits(time_limit: Any, count: Optional[int]) -> Callable[[Options, int], Options]:
    """What gives the options of the k-th program its time limit."""
    if hasattr(time_limit, "tolist"):  # an array of numpy
        time_limit = time_limit.tolist()
    if not isinstance(time_limit, Sequence) or isinstance(time_limit, str):
        one: Any = time_limit
        return lambda options, k: dataclasses.replace(options, time_limit=one)
    several = f"There are {len(time_limit)} time limits for"
    if count is not None and len(time_limit) != count:
        raise OptionError(f"{several} {count} programs. Give one, or as many.")

    def limited(options: Options, k: int) -> Options:
        if k >= len(time_limit):
            raise OptionError(f"{several} more programs. Give one, or as many.")
        return dataclasses.replace(options, time_limit=time_limit[k])

    return limited


class Prepared(NamedTuple):
    """A program as a worker takes it: a form, or edits of one that others share; and what becomes of the outcome."""

    form: MatrixForm
    edits: Optional[Edits]
    take: Callable[[Outcome], Solution]


class Task(NamedTuple):
    """What a worker does in one go."""

    form: MatrixForm
    #: None for the form as it is.
    edits: list[Optional[Edits]]
    options: Options


def blank(program: LinearProgram, sense: str) -> tuple[bool, Callable[..., Solution]]:
    """(to be maximized?, what makes a solution of an outcome) of a program as it is now."""
    from pplp.program import LinearProgram, _is_maximize

    if not isinstance(program, LinearProgram):
        raise InvalidValue(f"{quoted(program)} is no LinearProgram.")
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
    blank(program, chosen)
    return _prepared_now(program, chosen, options, names)


@reads
def _prepared_now(
    program: LinearProgram, chosen: str, options: Options, names: Collection[str]
) -> tuple[Prepared, Options]:
    maximize, make = blank(program, chosen)
    options, reason = _placed(program, options, names)
    version = program._version()

    def take(outcome: Outcome) -> Solution:
        return _taken(program, version, outcome, make, maximize)

    return _told(Prepared(compile_form(program, maximize), None, take), options.solver, reason), options


@changes
def _taken(
    program: LinearProgram, version: Any, outcome: Outcome, make: Callable[..., Solution], maximize: bool
) -> Solution:
    """The solution of an outcome; it is the program's as long as that is as it was."""
    same = program._version() == version
    if outcome.numbers is None and not outcome.message and same:
        outcome.message = program._explanation(outcome.status, maximize)
    solution = make(outcome)
    if same:
        program._unread = ""
        program._solution, program._solved_at = solution, version
    return solution


class Job(NamedTuple):
    """A task, and what is to become of it."""

    #: The programs' numbers, and the programs.
    numbers: list[int]
    group: list[Prepared]
    task: Task
    #: So often has it been lost.
    lost: int = 0
    #: Have workers died that had it, among others?
    is_suspect: bool = False
    #: Does a child process do it, and no executor?
    is_ours: bool = False
    #: Bytes that it has been sent in.
    size: int = 0

    def parts(self) -> Iterator[Job]:
        """Each program alone."""
        for k, one, edits in zip(self.numbers, self.group, self.task.edits):
            yield self._replace(numbers=[k], group=[one], task=self.task._replace(edits=[edits]))


class Batch:
    """Workers, and what they are at."""

    def __init__(
        self,
        executor: Optional[Executor],
        workers: Optional[int],
        cancel: Optional[CancelToken],
        progress: BatchProgress,
    ) -> None:
        if executor is not None and workers is not None:
            raise OptionError("The executor knows how many workers it has: give either executor or workers.")
        if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
            raise OptionError(f"workers must be a whole number from 1, not {quoted(workers)}.")
        if executor is not None and (not hasattr(executor, "submit") or hasattr(executor, "get_executor")):
            hint = " Write executor=client.get_executor()." if hasattr(executor, "get_executor") else ""
            raise OptionError(f"executor must be a concurrent.futures.Executor, not {quoted(executor)}.{hint}")
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise OptionError(f"progress must be True or a callable that takes two numbers, not {quoted(progress)}.")
        self._executor = self._given = executor
        self._cancel, self._progress = cancel, progress
        known, is_fixed = (workers, True) if executor is None else workers_of(executor)
        self._workers = known or os.cpu_count() or 1
        #: So many tasks are at work or wait for a worker, if they are not too many bytes: then as many as in `_least`.
        self._most = _AHEAD * self._workers if is_fixed else max(_AHEAD * self._workers, _MANY)
        self._least = min(self._workers, self._most)
        self._at_work: dict[Future[Any], Job] = {}
        self._bytes = 0
        self._suspects: list[Job] = []
        self._has_sent = False
        self._crew: Optional[Crew] = None
        self._stop = CancelToken()

    def run(self, work: Iterator[tuple[Prepared, Options]], count: Optional[int]) -> Iterator[tuple[int, Solution]]:
        """The number and the solution of each, as they come."""
        if self._progress is True:
            from pplp.progress_line import CountLine

            with CountLine(count) as line:
                yield from self._run(work, count, line)
        else:
            yield from self._run(work, count, self._progress or None)

    def _run(
        self, work: Iterator[tuple[Prepared, Options]], count: Optional[int], tell: Any
    ) -> Iterator[tuple[int, Solution]]:
        jobs, done = self._jobs(work, count), 0
        try:
            while True:
                while self._has_room:
                    job = next(jobs, None)
                    if job is None:
                        break
                    self._begin(job)
                if not self._at_work:
                    if not self._suspects:
                        return
                    self._begin(self._suspects.pop())  # alone, so that no other is blamed
                ended, _ = wait(self._at_work, _LOOK, FIRST_COMPLETED)
                if self._is_cancelled:
                    ended |= self._cancel_all()
                while ended:
                    future = ended.pop()
                    job = self._at_work.pop(future)
                    self._bytes -= job.size
                    outcomes = self._outcomes(future, job)
                    for k, one, outcome in zip(job.numbers, job.group, outcomes):
                        done += 1
                        solution = one.take(outcome)
                        if tell is not None:
                            tell(done, count)
                        yield k, solution
        finally:
            self._stop.cancel()
            self._cancel_all()
            if self._crew is not None:
                self._crew.close()

    def _jobs(self, work: Iterator[tuple[Prepared, Options]], count: Optional[int]) -> Iterator[Job]:
        """Programs one by one; scenarios, which an executor gets with their form, as many in one as leave it some."""
        most = 1
        if self._executor is not None and count is not None:
            most = max(1, count // (_SHARES * self._workers))
        numbers: list[int] = []
        group: list[Prepared] = []
        options = Options()

        def job() -> Job:
            return Job(numbers, group, Task(group[0].form, [each.edits for each in group], options))

        for k, (one, given) in enumerate(work):
            if group and (len(group) >= most or group[0].form is not one.form or one.edits is None):
                yield job()
                numbers, group = [], []
            numbers.append(k)
            group.append(one)
            options = given
            if one.edits is None:
                yield job()
                numbers, group = [], []
        if group:
            yield job()

    @property
    def _is_cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.cancelled

    @property
    def _has_room(self) -> bool:
        return len(self._at_work) < (self._most if self._bytes < _BYTES else self._least)

    def _begin(self, job: Job) -> None:
        """Have it done, by whom there is."""
        future: Future[Any]
        if self._is_cancelled:
            future = Future()
            future.set_result([Outcome(Status.INTERRUPTED) for _ in job.group])
        elif self._executor is None:
            if self._crew is None:
                self._crew = Crew(self._workers, self._stop)
            job = job._replace(is_ours=True, size=0)
            future = self._crew.submit(job.task)
        else:
            data = packed(job.task)
            job = job._replace(size=len(data))
            try:
                future = submitted(self._executor, data)
            except BrokenExecutor:
                self._executor = None
                for part in job.parts():
                    self._begin(part)
                return
            except Exception as error:
                if not self._has_sent:  # it never was of any use
                    raise
                future = Future()
                future.set_exception(error)
            self._has_sent = True
        self._at_work[future] = job
        self._bytes += job.size

    def _cancel_all(self) -> set[Future[Any]]:
        """Ours end in a moment, with what they have found; an executor's, which are returned, are not waited for."""
        theirs = {future for future, job in self._at_work.items() if not job.is_ours}
        if is_of_dask(self._given):
            from pplp.cluster import cancel

            cancel(self._given, theirs)
        else:
            for future in theirs:
                future.cancel()
        for future in self._at_work.keys() - theirs:
            future.cancel()
        return theirs

    def _outcomes(self, future: Future[Any], job: Job) -> list[Outcome]:
        """What came of it; nothing, where it has begun anew."""
        if self._is_cancelled and (future.cancelled() or not future.done()):
            return [Outcome(Status.INTERRUPTED) for _ in job.group]
        error: Optional[BaseException]
        if future.cancelled():  # by nobody here: its cluster was restarted, or has lost it
            job = job._replace(lost=job.lost + 1)
            if job.lost < _TRIES:
                self._begin(job)
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
            self._begin(part)
        return []


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
            f"The executor {quoted(executor)} gives {type(future).__name__} objects, and no futures of "
            "concurrent.futures. "
            "Give a concurrent.futures.Executor."
        )
    return future


def failed(error: BaseException) -> Outcome:
    """The outcome of what could not be solved."""
    said = str(error) if isinstance(error, PplpError) else f"{type(error).__name__}: {error}"
    return Outcome(Status.FAILED, message=said)


class Crew:
    """Threads, each of which has a child process to do the work: that dies alone.

    They are daemons: a program that ends while they are at work need not wait for them.
    """

    def __init__(self, workers: int, stop: CancelToken) -> None:
        self._most, self._stop = workers, stop
        self._tasks: queue.SimpleQueue[Optional[tuple[Future[Any], Task]]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)  # those that have ended a task, and not been counted on since
        self._engines: list[Isolated] = []

    def submit(self, task: Task) -> Future[Any]:
        """Have it done."""
        future: Future[Any] = Future()
        self._tasks.put((future, task))
        if len(self._threads) < self._most and not self._idle.acquire(blocking=False):
            thread = threading.Thread(target=self._work, name="pplp-crew", daemon=True)
            self._threads.append(thread)
            start(thread)
        return future

    def _work(self) -> None:
        workers: dict[str, Worker] = {}  # by the name of the engine
        while True:
            item = self._tasks.get()
            if item is None:
                for worker in workers.values():
                    worker.close()
                return
            future, task = item
            if future.set_running_or_notify_cancel():
                if self._stop.cancelled:
                    future.set_result([Outcome(Status.INTERRUPTED) for _ in task.edits])
                else:
                    future.set_result(self._worker(workers, task.options.solver).solved(task, self._stop))
            self._idle.release()

    def _worker(self, workers: dict[str, Worker], solver: str) -> Worker:
        """The thread's own, with an engine of this name."""
        if solver not in workers:
            engine = Isolated(solver)
            self._engines.append(engine)
            workers[solver] = Worker(engine)
        return workers[solver]

    def close(self) -> None:
        """End the processes; what they are at ends with them."""
        for _ in self._threads:
            self._tasks.put(None)
        for engine in self._engines:
            engine.close()


class Worker:
    """An engine that goes from task to task, and from edits to edits of one form."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._form: Optional[MatrixForm] = None
        self._at: Optional[Edits] = None

    def close(self) -> None:
        """Give the engine back."""
        self._engine.close()

    def solved(self, task: Task, stop: Optional[CancelToken] = None) -> list[Outcome]:
        """The outcomes of a task."""
        outcomes = []
        for edits in task.edits:
            try:
                outcomes.append(self._solved(task.form, edits, task.options, stop))
            except Exception as error:
                self._form = None
                outcomes.append(failed(error))
        return outcomes

    def _solved(
        self, form: MatrixForm, edits: Optional[Edits], options: Options, stop: Optional[CancelToken]
    ) -> Outcome:
        engine = self._engine
        if self._form is not form or not engine.loaded or engine.abandoned:
            engine.load(form)
            self._form, self._at = form, None

        def whole() -> MatrixForm:
            return form if edits is None else edited(form, edits)

        if edits is not None or self._at is not None:
            engine.update(_step(form, self._at, edits), whole)
            self._at = edits
        return answer(engine, options, stop, whole)


def _step(form: MatrixForm, before: Optional[Edits], after: Optional[Edits]) -> Edits:
    """From the form with some edits of bounds and costs to the form with others."""
    step = Edits()
    step.maximize, step.offset = form.maximize, form.offset
    columns, rows, costs = dict(step.column_bounds), dict(step.row_bounds), dict(step.costs)
    if before is not None:
        columns = {j: (form.column_lower[j], form.column_upper[j]) for j in before.column_bounds}
        rows = {i: (form.row_lower[i], form.row_upper[i]) for i in before.row_bounds}
        costs = {j: form.cost[j] for j in before.costs}
    if after is not None:
        columns.update(after.column_bounds)
        rows.update(after.row_bounds)
        costs.update(after.costs)
        step.offset = after.offset
    step.column_bounds, step.row_bounds, step.costs = columns, rows, costs
    return step


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
            outcomes = Worker(engine).solved(found)
            return pickle.dumps([portable(outcome) for outcome in outcomes], 5)
        finally:
            engine.close()

"""Many programs at once: each is compiled here, solved in another process, and answered here.

What goes to a worker is a `MatrixForm`, what comes back is an `Outcome`; variables and constraints stay where they are.
Without an executor the workers are child processes of this module, each with an engine: one that dies takes one
program with it.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from pplp.child import portable, sendable
from pplp.compiler import column_places, compile_form, row_places
from pplp.errors import InvalidValue, OptionError, PplpError
from pplp.isolation import Isolated
from pplp.matrix_form import Edits, MatrixForm, edited
from pplp.solution import Outcome, Solution, Status
from pplp.solver import CancelToken, Engine, Options, answer, make_engine

if TYPE_CHECKING:
    from pplp.program import LinearProgram
    from pplp.scenarios import Scenario

__all__ = ["as_solved", "solve_many"]

BatchProgress = Union[bool, Callable[[int, Optional[int]], Any], None]
#: What the options of one solve have that is not for many.
_NOT_MANY = ("log", "callback", "pool", "isolate", "verbose")
#: So many programs are compiled ahead for each worker: more would only take memory.
_AHEAD = 2
#: The same in all, where the number of workers is not known.
_MANY = 256
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

    `executor` is any `concurrent.futures.Executor`: a ``ProcessPoolExecutor``, dask's ``client.get_executor()``; the
    programs are sent to it as bytes.  Without one, `workers` child processes do the work (as many as there are
    processors); a script needs no ``if __name__ == "__main__"`` for them.  Threads of one process gain nothing: GLPK
    works for one at a time.

    What cannot be solved for a reason of its own, as when its process dies, has `Status.FAILED`, with the reason in
    `Solution.message`; all others are finished.  If a process pool of yours breaks, what it had is solved in child
    processes, which tells whose fault it was.

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
    programs = list(programs)
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

    The programs may be made by a generator: it is asked for a few more than there are workers.

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
    batch = Batch(executor, workers, given.cancel, progress)
    limited = (dataclasses.replace(given, time_limit=limit) for limit in _limits(time_limit, count))
    work = (_prepared(program, sense, each) for program, each in zip(programs, limited))
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

    given = _options(options)
    if given.start is not None:
        from pplp.search import placed

        given, _ = placed(program, given)
    scenarios = list(scenarios)
    batch = Batch(executor, workers, given.cancel, progress)
    work = ((each, given) for each in prepared(program, scenarios, sense))
    found = dict(batch.run(work, len(scenarios)))
    return [found[k] for k in range(len(scenarios))]


def _options(options: dict[str, Any]) -> Options:
    wrong = [name for name in _NOT_MANY if name in options]
    if wrong:
        raise OptionError(f"{wrong[0]} is for one program at a time: give it to lp.solve(), or leave it out.")
    if options.get("solver") == "auto":
        raise OptionError("solver='auto' is for one program at a time: name the solver, such as 'highs'.")
    return Options.of(options)


def _limits(time_limit: Any, count: Optional[int]) -> Iterable[Optional[float]]:
    if isinstance(time_limit, Sequence) and not isinstance(time_limit, str):
        if count is not None and len(time_limit) != count:
            raise OptionError(f"There are {len(time_limit)} time limits for {count} programs. Give one, or as many.")
        return time_limit
    return repeat(time_limit)


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


def blank(program: LinearProgram, sense: str) -> tuple[bool, Callable[[Outcome], Solution]]:
    """(to be maximized?, what makes a solution of an outcome) of a program as it is now."""
    from pplp.program import LinearProgram, _is_maximize

    if not isinstance(program, LinearProgram):
        raise InvalidValue(f"{program!r} is no LinearProgram.")
    maximize = _is_maximize(sense)
    program._reformulations.check(program)
    empty = Outcome(Status.UNSOLVED)
    return maximize, program._solution_of(empty, sense, (column_places(program), row_places(program)))._with


def _prepared(program: LinearProgram, sense: Optional[str], options: Options) -> tuple[Prepared, Options]:
    """A program as it is now."""
    chosen = sense if sense is not None else getattr(program, "sense", "minimize")
    maximize, make = blank(program, chosen)
    if options.start is not None:
        from pplp.search import placed

        options, _ = placed(program, options)
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

    return Prepared(compile_form(program, maximize), None, take), options


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
            raise OptionError(f"workers must be a whole number from 1, not {workers!r}.")
        if executor is not None and not hasattr(executor, "submit"):
            raise OptionError(f"executor must be a concurrent.futures.Executor, not {executor!r}.")
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise OptionError(f"progress must be True or a callable that takes two numbers, not {progress!r}.")
        self._executor, self._cancel, self._progress = executor, cancel, progress
        known = workers if executor is None else getattr(executor, "_max_workers", None)
        self._workers = known or os.cpu_count() or 1
        #: Tasks at work or waiting for a worker.
        self._window = _AHEAD * self._workers if executor is None or known else _MANY
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
        at_work: dict[Future[Any], tuple[list[int], list[Prepared], Task]] = {}
        tasks, done = self._tasks(work, count), 0
        try:
            while True:
                for numbers, group, task in islice(tasks, self._window - len(at_work)):
                    at_work[self._submit(task)] = numbers, group, task
                if not at_work:
                    return
                ended, _ = wait(at_work, _LOOK, FIRST_COMPLETED)
                if self._cancel is not None and self._cancel.cancelled:
                    for future in at_work:
                        future.cancel()
                for future in ended:
                    numbers, group, task = at_work.pop(future)
                    outcomes = self._outcomes(future, len(numbers))
                    if outcomes is None:  # its pool broke, perhaps not by its fault: it is solved where that shows
                        for k, one, edits in zip(numbers, group, task.edits):
                            alone = task._replace(edits=[edits])
                            at_work[self._crew_of().submit(alone)] = [k], [one], alone
                        continue
                    for k, one, outcome in zip(numbers, group, outcomes):
                        done += 1
                        solution = one.take(outcome)
                        if tell is not None:
                            tell(done, count)
                        yield k, solution
        finally:
            self._stop.cancel()
            for future in at_work:
                future.cancel()
            if self._crew is not None:
                self._crew.close()

    def _tasks(
        self, work: Iterator[tuple[Prepared, Options]], count: Optional[int]
    ) -> Iterator[tuple[list[int], list[Prepared], Task]]:
        """Programs one by one; scenarios, which an executor gets with their form, as many in one as leave it some."""
        most = 1
        if self._executor is not None and count is not None:
            most = max(1, count // (_SHARES * self._workers))
        numbers: list[int] = []
        group: list[Prepared] = []
        options = Options()
        for k, (one, given) in enumerate(work):
            if group and (len(group) >= most or group[0].form is not one.form or one.edits is None):
                yield numbers, group, Task(group[0].form, [each.edits for each in group], options)
                numbers, group = [], []
            numbers.append(k)
            group.append(one)
            options = given
            if one.edits is None:
                yield numbers, group, Task(one.form, [None], options)
                numbers, group = [], []
        if group:
            yield numbers, group, Task(group[0].form, [each.edits for each in group], options)

    def _submit(self, task: Task) -> Future[Any]:
        if self._cancel is not None and self._cancel.cancelled:
            over: Future[Any] = Future()
            over.cancel()
            over.set_running_or_notify_cancel()
            return over
        if self._executor is None:
            return self._crew_of().submit(task)
        try:
            return self._executor.submit(solved, packed(task))
        except BrokenProcessPool:
            self._executor = None
            return self._crew_of().submit(task)

    def _crew_of(self) -> Crew:
        if self._crew is None:
            self._crew = Crew(self._workers, self._stop)
        return self._crew

    def _outcomes(self, future: Future[Any], count: int) -> Optional[list[Outcome]]:
        """What came of it; None where its pool broke."""
        if future.cancelled():
            return [Outcome(Status.INTERRUPTED) for _ in range(count)]
        try:
            result = future.result()
        except BrokenProcessPool:
            self._executor = None
            return None
        except Exception as error:
            return [failed(error) for _ in range(count)]
        outcomes: list[Outcome] = pickle.loads(result) if isinstance(result, bytes) else result
        return outcomes


def failed(error: Exception) -> Outcome:
    """The outcome of what could not be solved."""
    said = str(error) if isinstance(error, PplpError) else f"{type(error).__name__}: {error}"
    return Outcome(Status.FAILED, message=said)


class Crew:
    """Threads, each of which has a child process to do the work: that dies alone."""

    def __init__(self, workers: int, stop: CancelToken) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="pplp")
        self._own = threading.local()
        self._engines: list[Isolated] = []
        self._stop = stop

    def submit(self, task: Task) -> Future[Any]:
        """Have it done."""
        return self._threads.submit(self._solved, task)

    def _solved(self, task: Task) -> list[Outcome]:
        solver = task.options.solver
        worker: Optional[Worker] = getattr(self._own, solver, None)
        if worker is None:
            engine = Isolated(solver)
            self._engines.append(engine)
            worker = Worker(engine)
            setattr(self._own, solver, worker)
        return worker.solved(task, self._stop)

    def close(self) -> None:
        """End the processes; what they are at ends with them."""
        self._threads.shutdown(wait=False)
        for engine in self._engines:
            engine.close()


class Worker:
    """An engine that goes from task to task, and from edits to edits of one form."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._form: Optional[MatrixForm] = None
        self._at: Optional[Edits] = None

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


def solved(task: bytes) -> bytes:
    """What a worker of an executor does: from a packed task to its packed outcomes."""
    its: Task = pickle.loads(task)
    engine = make_engine(its.options.solver)
    try:
        outcomes = Worker(engine).solved(its)
        return pickle.dumps([portable(outcome) for outcome in outcomes], 5)
    finally:
        engine.close()

"""Solves many programs: each is compiled in this process, solved in this or another one, and its answer read in this.

A worker receives a `MatrixForm` and returns an `Outcome`; variables and constraints never leave this process.
Programs are solved by this process (`here.py`), by pplp's own workers (`crew.py`), or by an executor (`executors.py`).
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import queue
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, KeysView, Sequence, ValuesView
from typing import TYPE_CHECKING, Any, Optional, Union

from pplp.answers.solution import Solution
from pplp.answers.solvable import Solvable, session_of
from pplp.core.owner import version_of
from pplp.core.scalars import each_of
from pplp.core.sense import Sense
from pplp.core.turns import edits as changes
from pplp.core.turns import reads
from pplp.engines.contract import CancelToken, Options
from pplp.engines.packing import unpacked
from pplp.errors import CallbackError, InvalidValue, OptionError, OutOfThreads, WorkerNotStarted
from pplp.form.compiler import compile_form
from pplp.form.outcome import Outcome, Status
from pplp.ground.quoting import quoted
from pplp.solving.feed import Feed
from pplp.solving.here import Here, processors
from pplp.solving.prepared import Prepared, framed
from pplp.solving.ticket import Ticket
from pplp.solving.verdicts import complete_message

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pplp.answers.frame import Frame
    from pplp.core.owner import Version
    from pplp.form.matrix_form import MatrixForm
    from pplp.solving.crew import Crew
    from pplp.solving.executors import ExecutorJobs
    from pplp.solving.scenarios import Scenario

__all__ = ["as_solved", "solve_many"]

BatchProgress = Union[bool, Callable[[int, Optional[int]], Any], None]
#: The options of a single solve that do not apply to many.
_NOT_MANY = ("log", "callback", "pool", "verbose")
#: How many programs are compiled ahead for each worker: more would only take memory.
_AHEAD = 2
#: Collections that exist already; anything else, even of known length, makes its programs on demand.
_MADE = (list, tuple, set, frozenset, dict, KeysView, ValuesView)
#: How often the caller wakes up while it waits, in seconds.
_LOOK = 0.1
#: Whole portions are compiled ahead only while fewer nonzeros than this are with workers or wait for them.
_HEAVY = 1 << 22


def solve_many(
    programs: Iterable[Solvable],
    sense: Optional[str] = None,
    *,
    executor: Optional[Executor] = None,
    workers: Optional[int] = None,
    progress: BatchProgress = None,
    time_limit: Union[float, Sequence[Optional[float]], None] = None,
    **options: Any,
) -> list[Solution]:
    """Solve many programs, several at a time; returns their solutions, in the order of the programs.

    Each program also gets its solution, as if solved by itself, so ``x.value`` and ``c.dual`` work.
    Without `sense`, each program's attribute `sense` decides.

    `executor` is any `concurrent.futures.Executor`: a ``ProcessPoolExecutor``, or dask's ``client.get_executor()``
    (which needs ``pplp[distributed]``); the programs are sent to it as bytes.  Without one, up to `workers` child
    processes do the work (by default one per processor); a script needs no ``if __name__ == "__main__"`` for them.
    Threads would gain nothing, because GLPK runs in only one thread of a process at a time.

    Small programs are solved in this process as long as starting workers would not pay off.  With ``isolate=True``
    every program is solved in a worker, whatever the cost.

    A program that cannot be solved has `Status.FAILED`, with the reason in `Solution.message`; all others are solved.
    If a worker dies while it solves a program, the program is tried once more.  If some workers cannot start, the
    others do all the work.  If a process pool of yours breaks, its programs are solved in child processes, which shows
    which program broke it.  dask itself repeats tasks that it loses with a worker; a program that dask blames for dead
    workers is tried once more, after all others.  A program that an executor cancels is submitted up to three times.

    `time_limit` is the limit per program, in seconds: one number, or one for each.  It counts from when a worker gets
    the program, or from when the program waits for the first worker to start.  `progress` is True for a live line
    (needs tqdm), or a callable that takes the number done and the total (None if unknown).  The options are those of
    `Options`, except `log`, `verbose`, `callback` and `pool`, which are for single programs.  A `CancelToken` as
    `cancel` ends all with `Status.INTERRUPTED` (an executor finishes what it has begun, but nothing waits for it);
    Ctrl-C is raised, and programs solved until then have their solution.

    Raises `OptionError`, and what compiling a program raises, before anything is solved or when its turn comes; and
    `WorkerNotStarted` if workers are needed and none can be started.

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
    programs: Iterable[Solvable],
    sense: Optional[str] = None,
    *,
    executor: Optional[Executor] = None,
    workers: Optional[int] = None,
    progress: BatchProgress = None,
    time_limit: Union[float, Sequence[Optional[float]], None] = None,
    **options: Any,
) -> Iterator[tuple[int, Solution]]:
    """Like `solve_many`, but yields pairs of a program's number and its solution, each as soon as it is found.

    The programs may come from a generator, which may be slow or endless.  It runs in its own thread, so that
    finished solutions do not wait for it.  It runs at most two programs ahead for each worker; at most 256 ahead for an
    executor of dask, or one with an unknown number of workers; and one for each worker if they take more than 256 MB.
    An error in the generator is raised here.

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
    options_of = _options_by_number(given, time_limit, count)

    def prepare(k: int, program: Solvable) -> tuple[Prepared, Options]:
        return _prepare(program, sense, options_of(k), options)

    return batch.run(each, prepare, count, isinstance(programs, _MADE))


def solve_scenarios(
    program: Solvable,
    scenarios: Iterable[Scenario],
    sense: Sense,
    executor: Optional[Executor],
    workers: Optional[int],
    progress: BatchProgress,
    options: dict[str, Any],
) -> list[Solution]:
    """Implements `LinearProgram.scenarios`."""
    from pplp.solving.scenarios import preparing

    given, reason = _options_for(program, _options(options), options)
    scenarios = list(each_of(scenarios, "scenarios() takes scenarios in order"))
    batch = Batch(executor, workers, given.isolate, given.cancel, progress)
    prepared = preparing(program, sense, given.solver, reason)

    def prepare(k: int, scenario: Scenario) -> tuple[Prepared, Options]:
        return prepared(scenario), given

    found = dict(batch.run(scenarios, prepare, len(scenarios)))
    return [found[k] for k in range(len(scenarios))]


def _options(options: dict[str, Any]) -> Options:
    wrong = [name for name in _NOT_MANY if name in options]
    if wrong:
        raise OptionError(f"{wrong[0]} is for one program at a time. Pass it to lp.solve(), or leave it out.")
    return Options.of(options)


def _options_for(program: Solvable, options: Options, names: Collection[str]) -> tuple[Options, str]:
    """The options for a program in a worker, and the reason for its solver; `names` are the options that were given."""
    solver, reason = options.solver if "solver" in names else program.solver, "by name"
    if solver == "auto":
        from pplp.solving.choice import chosen_engine

        solver, reason = chosen_engine(program, options)
    if solver != options.solver:
        options = dataclasses.replace(options, solver=solver)
    if options.start is not None:
        from pplp.solving.search import placed

        options, _ = placed(program, options)
    return options, reason


def _options_by_number(options: Options, time_limit: Any, count: Optional[int]) -> Callable[[int], Options]:
    """A function that gives the k-th program its options, with its time limit."""
    if hasattr(time_limit, "tolist"):  # a numpy array
        time_limit = time_limit.tolist()
    if not isinstance(time_limit, Sequence) or isinstance(time_limit, str):
        one: Any = time_limit
        same = dataclasses.replace(options, time_limit=one)
        return lambda k: same
    several = f"There are {len(time_limit)} time limits for"
    if count is not None and len(time_limit) != count:
        raise OptionError(f"{several} {count} programs. Give one for all, or one for each.")

    def options_of(k: int) -> Options:
        if k >= len(time_limit):
            raise OptionError(f"{several} more programs. Give one for all, or one for each.")
        return dataclasses.replace(options, time_limit=time_limit[k])

    return options_of


def _prepare(
    program: Solvable, sense: Optional[str], options: Options, names: Collection[str]
) -> tuple[Prepared, Options]:
    """Compile a program in its current state."""
    if not isinstance(program, Solvable):
        raise InvalidValue(f"{quoted(program)} is not a LinearProgram. Pass programs only.")
    chosen = Sense.of(sense if sense is not None else program.sense)
    return _prepare_now(program, chosen, options, names)


@reads
def _prepare_now(
    program: Solvable, chosen: Sense, options: Options, names: Collection[str]
) -> tuple[Prepared, Options]:
    frame = framed(program)
    options, reason = _options_for(program, options, names)
    return _Whole(program, compile_form(program, chosen.is_maximize), chosen, frame, options.solver, reason), options


class _Whole(Prepared):
    """A compiled program; its solution also becomes the program's, unless the program was edited since."""

    __slots__ = ("_frame", "_program", "_reason", "_sense", "_solver", "_version")

    def __init__(
        self, program: Solvable, form: MatrixForm, sense: Sense, frame: Frame, solver: str, reason: str
    ) -> None:
        super().__init__(form, None)
        self._program, self._version = program, version_of(program)
        self._sense, self._frame, self._solver, self._reason = sense, frame, solver, reason

    def take(self, outcome: Outcome) -> Solution:
        """The solution of an outcome."""
        outcome.solver, outcome.solver_reason = self._solver, self._reason
        return _take(self._program, self._version, outcome, self._sense, self._frame)


@changes
def _take(program: Solvable, version: Version, outcome: Outcome, sense: Sense, frame: Frame) -> Solution:
    """The solution of an outcome; it also becomes the program's, unless the program was edited since."""
    same = version_of(program) == version
    if same:
        complete_message(outcome, program, sense.is_maximize)
    solution = Solution(outcome, sense.value, frame)
    if same:
        session_of(program).take(solution, version)
    return solution


class Batch:
    """Programs, and what solves them: this process, pplp's own workers, or an executor."""

    def __init__(
        self,
        executor: Optional[Executor],
        workers: Optional[int],
        isolate: bool,
        cancel: Optional[CancelToken],
        progress: BatchProgress,
    ) -> None:
        if executor is not None and workers is not None:
            raise OptionError(
                "executor and workers exclude each other: an executor has its own workers. Leave one out."
            )
        if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
            raise OptionError(f"workers must be a positive integer, not {quoted(workers)}.")
        if executor is not None and isolate:
            raise OptionError("isolate does not apply to an executor, which has its own processes. Leave it out.")
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise OptionError(f"progress must be True or a callable that takes two numbers, not {quoted(progress)}.")
        self._cancel, self._progress = cancel, progress
        self._workers, self._owner = workers or processors(), os.getpid()
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._done: deque[tuple[int, Prepared, Outcome]] = deque()
        self._here = None if executor is not None or isolate else Here(min(self._workers, processors()))
        self._crew: Optional[Crew] = None
        self._nonzeros = 0  # of the programs that are with workers or wait for them
        self._jobs: Optional[ExecutorJobs] = None
        if executor is not None:
            from pplp.solving.executors import ExecutorJobs

            self._jobs = ExecutorJobs(executor, lambda: self._is_cancelled, self._inbox, self._done, self._submit)

    def run(
        self,
        each: Iterable[Any],
        prepare: Callable[[int, Any], tuple[Prepared, Options]],
        count: Optional[int],
        is_made: bool = True,
    ) -> Iterator[tuple[int, Solution]]:
        """Yield the number and the solution of each program as they come; `is_made` if all programs exist already."""
        feed = Feed(each, is_made, lambda: self._inbox.put(None))
        if self._progress is True:
            from pplp.engines.progress_line import CountLine

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
                if self._crew is not None:
                    self._crew.give()
                if not self._done:
                    if feed.is_over and taken == done:
                        return
                    self._listen()
        finally:
            feed.close()
            if self._jobs is not None:
                self._jobs.cancel()
            if self._here is not None:
                self._here.close()
            if self._crew is not None:
                self._crew.close()

    @property
    def _is_cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.cancelled

    def _has_room(self, pending: int, is_made: bool) -> bool:
        """True if another program may be taken, while `pending` ones have no answer yet."""
        if self._jobs is not None and not self._jobs.is_broken:
            return self._jobs.has_room
        most = _AHEAD * self._workers
        if is_made and self._crew is not None and self._nonzeros < _HEAVY:
            most *= self._crew.portion
        return pending < most

    def _begin(self, k: int, one: Prepared, options: Options, count: Optional[int]) -> None:
        """Have a program solved by the best means available; `count` is the number of programs, if known."""
        if self._is_cancelled:
            self._done.append((k, one, Outcome(Status.INTERRUPTED)))
        elif self._jobs is not None and not self._jobs.is_broken:
            self._jobs.submit(k, one, options, count)
        elif not self._is_done_here(k, one, options, None if count is None else count - k - 1):
            self._submit(k, one, options)

    def _finish(self) -> None:
        """No more programs will come."""
        if self._jobs is not None:
            self._jobs.finish()
        if self._crew is not None:
            self._crew.is_last = True

    def _listen(self) -> None:
        """Collect the answers that have come, after waiting a moment for the first."""
        if os.getpid() != self._owner:
            raise CallbackError("The parent of this fork is solving these programs. Start a new solve here.")
        with contextlib.suppress(queue.Empty):
            self._hear(self._inbox.get(timeout=_LOOK))
        while not self._inbox.empty():
            self._hear(self._inbox.get())
        if self._jobs is not None and self._is_cancelled:
            for future in self._jobs.cancel():
                self._jobs.take(future)
        if self._crew is not None:
            self._crew.look(self._is_cancelled)
            self._crew.give()
            while self._crew.finished:
                ticket, outcome = self._crew.finished.popleft()
                self._nonzeros -= _weight(ticket.key[1])
                self._done.append((*ticket.key, outcome))

    def _hear(self, news: Any) -> None:
        if isinstance(news, tuple):
            if self._crew is not None:
                self._crew.receive(*news)
        elif news is not None and self._jobs is not None:
            self._jobs.take(news)

    # ---- in this process, and in child processes
    def _is_done_here(self, k: int, one: Prepared, options: Options, left: Optional[int]) -> bool:
        here, crew = self._here, self._crew
        if here is None or (crew is not None and crew.is_ready) or not here.takes(one.form, options):
            return False
        outcome = here.solve(one.form, unpacked(one.edits, one.form), options)
        if outcome is not None:
            self._done.append((k, one, outcome))
        if crew is None and here.wants_company(left):
            with contextlib.suppress(WorkerNotStarted, OutOfThreads):  # continue without workers
                self._hired().start(self._workers)
        return outcome is not None

    def _hired(self) -> Crew:
        if self._crew is None:
            from pplp.solving.crew import Crew

            self._crew = Crew(self._workers, self._inbox.put)
        return self._crew

    def _submit(self, k: int, one: Prepared, options: Options) -> None:
        crew = self._crew or self._hired()
        crew.submit(Ticket((k, one), one.form, one.edits, options))
        self._nonzeros += _weight(one)


def _weight(one: Prepared) -> int:
    """The nonzeros of a program, for the memory that it takes; 0 if it shares its form with others."""
    return one.form.nonzeros if one.edits is None else 0

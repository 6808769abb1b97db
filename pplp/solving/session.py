"""The session of a program with its engine: what was sent to the engine, and what came back.

A program has one session for life.  Copies and pickles begin a new one.

The engine is in one of three states:

    none       `chosen` is None: nothing has been solved yet.
    to load    There is an engine, and the program keeps no journal: the whole program will be sent to the engine.
    in step    The program keeps a journal of the edits that the engine has not seen: only these will be sent.

A send that fails half way leaves the engine "to load", so the next solve begins with the whole program.

The last answer is in one of three states, too:

    none       `answer` is None: before the first solve, and while a solve runs.
    unread     `answer.solution` is None: the engine has the numbers, but nothing has read them yet.
    read       `answer.solution` is the `Solution`.

Each state is one object, so a single assignment changes it.  Ctrl-C between two lines, or another thread that reads
meanwhile, finds either the old state or the new one.

The methods take the program as their argument.  Two objects that refer to each other would not be freed when they
are dropped, and the solver's memory has to be freed with the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Optional

from pplp.answers.basis import Basis
from pplp.answers.duals import bound_dual
from pplp.answers.frame import Frame
from pplp.answers.solution import Solution, frame_of
from pplp.answers.solvable import Solvable, solver_of
from pplp.core.bounds import check_ready
from pplp.core.journal import Journal
from pplp.core.objective import objective_of
from pplp.core.owner import Version, columns_of, crossed_of, family_of, reformulations_of, rows_of, turns_of, version_of
from pplp.core.relations import Relation
from pplp.core.sense import Sense
from pplp.core.turns import GivenUp, Patience
from pplp.core.values import Answer
from pplp.engines.confirmation import answer
from pplp.engines.contract import CancelToken, Engine, Options
from pplp.engines.registry import make_engine
from pplp.errors import CallbackError, NotSolved, StaleSolution
from pplp.form.compiler import Places, column_places, compile_edits, compile_form, row_places
from pplp.form.outcome import Outcome, Status
from pplp.solving.verdicts import complete_message, optimum_of
from pplp.solving.versions import form_of, unedited

__all__ = ["Session"]


class Chosen(NamedTuple):
    """The engine, and how it was chosen."""

    engine: Engine
    name: str
    reason: str
    is_isolated: bool
    options: Options


#: The positions before a program is loaded.
_NOWHERE: tuple[Places, Places] = Places([], set()), Places([], set())
#: The keywords and options before the first solve: those that most programs are solved with.
_NOT_ASKED: tuple[dict[str, Any], Options] = {"verbose": 0, "solver": "glpk"}, Options()


class Session:
    """The engine of one program, and its last answer."""

    __slots__ = ("_asked", "_is_solving", "answer", "chosen", "places", "start", "stop")

    def __init__(self) -> None:
        self.answer: Optional[Answer] = None
        self.chosen: Optional[Chosen] = None
        #: The positions of the variables and rows in the engine's matrix.
        self.places = _NOWHERE
        #: The basis that the user set for the next solve.
        self.start: Optional[Basis] = None
        #: Ends a running solve.
        self.stop = CancelToken()
        self._asked = _NOT_ASKED  # the last keywords, and the options they make
        self._is_solving = False

    @property
    def engine(self) -> Optional[Engine]:
        """The engine; None before the first solve."""
        return None if self.chosen is None else self.chosen.engine

    def close(self) -> None:
        """Release the solver's memory."""
        if self.chosen is not None:
            self.chosen.engine.close()

    # ---- solving
    def optimum(self, program: Solvable, sense: Sense, options: dict[str, Any]) -> float:
        """The optimum of the program's objective; raises the status's error if there is none."""
        if options:
            return optimum_of(self.solve(program, sense, options))
        return turns_of(program).alone(self._optimum, program, sense)

    def optima(
        self, program: Solvable, sense: Sense, objectives: Sequence[Any], options: dict[str, Any]
    ) -> tuple[float, ...]:
        """The optima of several objectives, each over the points that are optimal for the earlier ones."""
        values: list[float] = []
        optimum_of(self._in_turn(program, self._solve_in_order, sense, options, objectives, values))
        return tuple(values)

    def solve(self, program: Solvable, sense: Sense, options: dict[str, Any]) -> Solution:
        """The solution, whatever the outcome."""
        return self._in_turn(program, self._solve, sense, options)

    def _in_turn(
        self, program: Solvable, solve: Callable[..., Solution], sense: Sense, options: dict[str, Any], *more: Any
    ) -> Solution:
        """Solve while no other thread solves or edits; the time spent waiting counts against the time limit."""
        limit = Options.of({"time_limit": options["time_limit"]}).time_limit if "time_limit" in options else None
        patience = Patience(limit, options.get("cancel"))

        def begin() -> Solution:
            self.stop.cancelled = False
            left = patience.left() if patience.has_waited else None
            return solve(program, sense, options if left is None else {**options, "time_limit": left}, *more)

        try:
            return turns_of(program).alone(begin, patience=patience)
        except GivenUp:
            status = Status.INTERRUPTED if patience.is_cancelled else Status.TIME_LIMIT
            message = "Another thread was solving the program the whole time, so this solve did not start."
            return Solution(Outcome(status, message=message), sense.value, self.frame(program, version_of(program)))

    def _optimum(self, program: Solvable, sense: Sense) -> float:
        """The optimum under the program's own options.

        If one short run of the engine finds it, no `Solution` is made until something reads it; until then the engine
        keeps the numbers.
        """
        self.stop.cancelled = False
        options = self._asked[1]
        if not options.is_default or options.verbose != program.verbose or options.solver != solver_of(program):
            options = self._options({}, program)
        version = self._begin(program)
        engine = self._send(program, sense.is_maximize, options, version)
        objective = engine.resume(options)
        if objective is None:
            return optimum_of(self._solved(program, sense, options, engine, version))
        self.answer = Answer(sense, version)
        return objective

    def _solve(self, program: Solvable, sense: Sense, keywords: dict[str, Any]) -> Solution:
        options = self._options(keywords, program)
        version = self._begin(program)
        lazy: Sequence[Relation] = ()
        if options.callback is not None or options.start is not None:
            from pplp.solving.search import placed

            options, lazy = placed(program, options)
        engine = self._send(program, sense.is_maximize, options, version)
        return self._solved(program, sense, options, engine, version, lazy)

    def _options(self, keywords: dict[str, Any], program: Solvable) -> Options:
        """The options of a solve; the same object as the last time if they are equal."""
        keywords = {"verbose": program.verbose, "solver": solver_of(program), **keywords}
        if not _are_same(keywords, self._asked[0]):
            self._asked = keywords, Options.of(keywords)
        return self._asked[1]

    def _begin(self, program: Solvable) -> Version:
        """Check that the program can be solved, and drop the last answer; returns the program's version."""
        if crossed_of(program) or reformulations_of(program).reliances:
            check_ready(program)
        self.answer = None  # unless somebody else holds the solution, the engine need not keep its numbers
        return version_of(program)

    def _solved(
        self,
        program: Solvable,
        sense: Sense,
        options: Options,
        engine: Engine,
        version: Version,
        lazy: Sequence[Relation] = (),
    ) -> Solution:
        """The solution of a program that the engine has."""
        outcome = self._outcome(program, sense, options, engine, version, lazy)
        complete_message(outcome, program, sense.is_maximize)
        solution = Solution(outcome, sense.value, self.frame(program, version))
        self.answer = Answer(sense, version, solution)
        return solution

    def _solve_in_order(
        self,
        program: Solvable,
        sense: Sense,
        options: dict[str, Any],
        objectives: Sequence[Any],
        values: list[float],
    ) -> Solution:
        from pplp.solving.lexicographic import optimized

        version = version_of(program)
        _fill_in(options, program)
        check_ready(program)
        solution, found = optimized(program, objectives, sense, options)
        self.answer = Answer(sense, version, solution)
        values.extend(found)
        return solution

    def _outcome(
        self,
        program: Solvable,
        sense: Sense,
        options: Options,
        engine: Engine,
        version: Version,
        lazy: Sequence[Relation],
    ) -> Outcome:
        """The engine's outcome for the current program; after an exception, its partial answer becomes the solution."""
        try:
            outcome = self._answer_of(program, engine, sense.is_maximize, options, self.stop)
        except BaseException:
            if engine.partial is not None:
                engine.partial.lazy_constraints = tuple(lazy)
                partial = Solution(engine.partial, sense.value, self.frame(program, version))
                self.answer = Answer(sense, version, partial)
            raise
        if options.pool > 1 and outcome.status in (Status.OPTIMAL, Status.GAP_REACHED):
            from pplp.solving.pool import next_best

            if version_of(program) != version:
                raise CallbackError(
                    "The program was edited while it was solved, so its pool is lost. Edit it after the solve."
                )
            best = Solution(outcome, sense.value, self.frame(program, version))
            outcome.others, outcome.status, outcome.message = next_best(program, best, options)
        outcome.lazy_constraints = tuple(lazy)
        return outcome

    def ask(self, program: Solvable, maximize: bool, options: Options, stop: CancelToken) -> Outcome:
        """The engine's outcome for the current program, confirmed; for one step of a solve in several steps."""
        engine = self._send(program, maximize, options, version_of(program))
        return self._answer_of(program, engine, maximize, options, stop)

    def _answer_of(
        self, program: Solvable, engine: Engine, maximize: bool, options: Options, stop: CancelToken
    ) -> Outcome:
        was_solving, self._is_solving = self._is_solving, True
        try:
            outcome = answer(engine, options, stop, form_of(program, maximize, version_of(program)))
        finally:
            self._is_solving = was_solving
        self._sign(outcome)
        return outcome

    def _sign(self, outcome: Outcome) -> None:
        """Note in the outcome which engine it comes from."""
        if self.chosen is not None:
            outcome.solver, outcome.solver_reason = self.chosen.name, self.chosen.reason

    # ---- the engine
    def _choose(self, program: Solvable, options: Options) -> Engine:
        """The engine that the options ask for: the existing one, or a new one in its place."""
        name, reason, before = options.solver, "by name", self.chosen
        if options.solver == "auto":
            from pplp.solving.choice import chosen_engine

            name, reason = chosen_engine(program, options)
        engine = None if before is None or before.engine.abandoned else before.engine
        is_same = before is not None and (before.name, before.is_isolated) == (name, options.isolate)
        if engine is None or not is_same:
            if self._is_solving:
                raise CallbackError(
                    "The program is being solved, so it cannot change its solver now. Solve a copy of it."
                )
            new = make_engine(name, options.isolate)
            if engine is not None:  # an abandoned engine is not closed here: its thread still works, and closes it
                engine.close()
            program._journal, engine = None, new
        self.chosen = Chosen(engine, name, reason, options.isolate, options)
        return engine

    def _send(self, program: Solvable, maximize: bool, options: Options, version: Version) -> Engine:
        """Send the engine the program, or the changes since it last had it."""
        chosen = self.chosen
        if chosen is None or options is not chosen.options or options.solver == "auto" or chosen.engine.abandoned:
            engine = self._choose(program, options)
        else:
            engine = chosen.engine
        journal = program._journal
        if journal is None or not engine.loaded:
            self._load(program, engine, maximize, options)
        else:
            self._update(program, engine, journal, maximize, version)
        if self.start is not None:
            start, self.start = self.start.carried_to(program), None  # the program may have been edited since
            engine.start_from(start.variables, start.rows)
        return engine

    def _load(self, program: Solvable, engine: Engine, maximize: bool, options: Options) -> None:
        program._journal = None  # if the engine fails half way, it is loaded anew
        self.places = column_places(program), row_places(program)
        engine.expect(len(columns_of(program)), rows_of(program).starts[-1], options)
        engine.load(compile_form(program, maximize))
        objective_of(program).mark_sent()
        program._journal = Journal(len(columns_of(program).lower), len(rows_of(program).lower))

    def _update(self, program: Solvable, engine: Engine, journal: Journal, maximize: bool, version: Version) -> None:
        edits = compile_edits(program, journal, self.places, maximize)
        if edits.new_columns or edits.new_rows or edits.removed_rows or edits.removed_columns:
            self.places = column_places(program), row_places(program)
        program._journal = None  # if anything fails half way, the engine is loaded anew
        engine.update(edits, form_of(program, maximize, version))
        objective = objective_of(program)
        if objective.is_dirty:
            objective.mark_sent()
        if journal.kinds or journal.terms or journal.removed_rows or journal.removed_columns:
            journal = Journal(0, 0)
        journal.bounds.clear()
        journal.row_bounds.clear()
        journal.columns, journal.rows = len(columns_of(program).lower), len(rows_of(program).lower)
        program._journal = journal

    # ---- the answer
    def frame(
        self,
        program: Solvable,
        version: Version,
        places: Optional[tuple[Places, Places]] = None,
        is_linear: bool = False,
    ) -> Frame:
        """What a solution has to know about this version of the program; the positions default to the engine's.

        The integer variables are those of now, unless the program `is_linear`.
        """
        at_column, at_row = places or self.places
        columns, integer = columns_of(program), b""
        if columns.any_integer and not is_linear:
            integer = bytes(columns.is_integer(j) for j in at_column.indices())
        names = columns.names, rows_of(program).names
        return Frame(
            id(program), family_of(program), at_column, at_row, integer, names, bound_dual, unedited(program, version)
        )

    def take(self, solution: Solution, version: Version) -> None:
        """Make a solution that was found elsewhere the program's own."""
        self.answer = Answer(Sense.of(solution.sense), version, solution)

    def _read(self, program: Solvable) -> Optional[Answer]:
        """The last answer, with its solution; waits for a solve in another thread."""
        answer = self.answer
        if answer is None or answer.solution is None:
            return turns_of(program).alone(self._read_now, program)
        return answer

    def _read_now(self, program: Solvable) -> Optional[Answer]:
        answer, engine = self.answer, self.engine
        if answer is not None and answer.solution is None and engine is not None:
            outcome = engine.outcome()
            self._sign(outcome)
            # The program had no integers when it was solved, whatever became integer since.
            frame = self.frame(program, answer.version, is_linear=True)
            answer.solution = Solution(outcome, answer.sense.value, frame)
        return answer

    def settle(self, program: Solvable) -> None:
        """Make the last solution now if nothing has read it yet, while the names of everything in it still exist."""
        if self.answer is not None:
            self._read(program)

    def solution(self, program: Solvable) -> Optional[Solution]:
        """The result of the last solve; None before the first."""
        answer = self._read(program)
        return None if answer is None else answer.solution

    def status(self, program: Solvable) -> Status:
        """Why the last solve stopped; `Status.UNSOLVED` after an edit and while another thread solves."""
        answer = None if turns_of(program).is_solved_by_others() else self._read(program)
        if answer is None or answer.version != version_of(program):
            return Status.UNSOLVED
        return answer.solution.status  # type: ignore[no-any-return]

    def current(self, program: Solvable, what: str) -> Solution:
        """The solution of the program as it is now, to read `what` from it."""
        answer = self.answer
        if answer is None or answer.solution is None:
            answer = self._read(program)
        if answer is None:
            raise NotSolved(f"There is no {what} yet: call maximize(), minimize() or solve() first.")
        if answer.version != version_of(program):
            raise StaleSolution(
                f"The {what} is out of date: the program was edited after it was solved. "
                "Solve again, or read the old numbers from the Solution object."
            )
        solution: Solution = answer.solution
        if frame_of(solution).at_column.identity:
            answer.zero = frame_of(solution).zero  # set first, because other threads may read once `values` is set
            answer.values = solution._values
        return solution


def _fill_in(options: dict[str, Any], program: Solvable) -> None:
    """Fill in the options for which the program has its own default."""
    options.setdefault("verbose", program.verbose)
    options.setdefault("solver", solver_of(program))


def _are_same(options: dict[str, Any], others: dict[str, Any]) -> bool:
    """True if the two are known to be equal."""
    try:
        return options == others
    except Exception:  # values may be of any type, so their comparison may raise anything
        return False

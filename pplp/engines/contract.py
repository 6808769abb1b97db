"""What the program and the solver engines say to each other.

An engine holds one problem for as long as it lives:

    engine = make_engine("glpk")
    engine.load(form)                     # a MatrixForm, whole
    outcome = engine.solve(options, stop)
    engine.update(edits, form)            # only what changed; form() gives the whole
    outcome = engine.solve(options, stop) # from the last basis
    engine.close()
"""

from __future__ import annotations

import abc
import contextlib
import dataclasses
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Literal, Optional, Union, get_args

from pplp.engines.names import OWN, check_engine
from pplp.engines.progress import Progress
from pplp.errors import OptionError
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Outcome
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    import logging

__all__ = [
    "CancelToken",
    "Engine",
    "Options",
]

#: The values of the option `method`; the first four are simplex methods that go on from a basis.
Method = Literal["auto", "primal", "dual", "primal-dual", "interior", "exact", "network", "pdlp"]
METHODS: tuple[Method, ...] = get_args(Method)


class CancelToken:
    """Stops every solve that it was given to, from any thread.

    A solve that it stops ends with `Status.INTERRUPTED`; one that begins while it is cancelled ends at once.
    One token may be given to several programs, and be used again after `reset`.

    >>> from pplp import CancelToken, LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var(lb=0, ub=4)
    >>> lp.objective = x
    >>> token = CancelToken()
    >>> token.cancel()
    >>> lp.solve("maximize", cancel=token)
    <Solution: interrupted>
    >>> token.reset()
    >>> lp.maximize(cancel=token)
    4.0
    """

    def __init__(self) -> None:
        #: Has it been cancelled?
        self.cancelled = False

    def cancel(self) -> None:
        """Stop what it was given to; returns at once."""
        self.cancelled = True

    def reset(self) -> None:
        """Make it as new."""
        self.cancelled = False


#: The names that `Options.cuts` takes.
CUTS = frozenset(["gomory", "mir", "cover", "clique"])
#: The rules that `Options.branching` takes: the first, last or most fractional variable, the one whose
#: bound gets worst by one step of the dual simplex (this is "auto"), or by what was seen of it before.
BRANCHING = ("auto", "first fractional", "last fractional", "most fractional", "driebeck-tomlin", "pseudocost")
#: The rules that `Options.backtracking` takes; "auto" is the node with the best bound.
BACKTRACKING = ("auto", "depth first", "breadth first", "best bound", "best projection")


def _is_among(names: Collection[str], value: Any) -> bool:
    """Is it one of the names?  What else it may be is not asked whether it is equal."""
    return isinstance(value, str) and value in names


def _is_just(default: Any, value: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, sorted(names)))


Log = Union[Callable[[str], Any], "logging.Logger", str, "os.PathLike[str]"]


@dataclass(frozen=True)
class Options:
    """How to solve; every field may be a keyword of `maximize`, `minimize` and `solve`.

    Raises `OptionError` for a value out of its range, when it is made.

    >>> Options(time_limit=-1)
    Traceback (most recent call last):
    ...
    pplp.errors.OptionError: time_limit must be a number of seconds that is not negative, not -1.
    """

    #: Which engine solves: "glpk", "highs" (``pip install "pplp[highs]"``), one of another package (see `Engine`), or
    #: "auto": HiGHS where the program is large for GLPK and HiGHS is installed, else GLPK; `Solution.solver` and
    #: `Solution.solver_reason` say which and why.  The default is GLPK: it is always there, and gives the same
    #: answer everywhere.  Left out, it is what `LinearProgram.solver` says.  What an engine cannot do raises
    #: `OptionError`, with the name of one that can.
    solver: str = "glpk"
    #: What works on a linear program, and on the relaxation of a mixed-integer one.
    #: "primal" or "dual": that simplex.  "primal-dual": the dual simplex, which the primal one takes over from where
    #: it fails.  "interior": an interior-point method, for linear programs only.  "exact": a simplex in rational
    #: arithmetic, for linear programs of at most 20,000 rows; see `Solution.exact`.  "network": a
    #: code for minimum-cost flows, where every variable leaves at most one constraint and enters at most one (once
    #: rows are multiplied by numbers) and all data are whole in some decimal or binary unit; OR-Tools' where
    #: ``pplp[networks]`` is installed, else GLPK's out-of-kilter; it works in a process of its own.
    #: "pdlp": HiGHS's first-order method, for large linear programs; its values are right to about 6 digits.
    #: "auto": such a code for a large network that is solved for the first time, else a simplex, chosen by the
    #: program's structure and by what was edited since the last solve; `Solution.method_reason` says why.
    #: An answer that is not confirmed is looked for by other methods, too: `Solution.method` says what gave it.
    method: Method = "auto"
    #: With method="interior": does a simplex go on from the point to a vertex?  That leaves a basis for the next solve.
    #: Otherwise values and duals are the interior point's, right to about 8 digits, and where there
    #: are many optima it lies in the middle of them.  An interior-point run that is stopped cannot be ended: its
    #: thread sleeps, and its memory is not given back.
    crossover: bool = True
    #: Make a linear program smaller before it is solved?  Then the last basis is not used.
    #: "auto": only where the other ways fail.
    presolve: Union[bool, Literal["auto"]] = "auto"
    #: Scale rows and columns?  "auto": yes, unless the answer does not hold then.
    scaling: Union[bool, Literal["auto"]] = "auto"
    #: Wall time in seconds.
    time_limit: Optional[float] = None
    #: Iterations of the simplex, or of the interior point.
    iteration_limit: Optional[int] = None
    #: Nodes of the branch-and-cut tree.
    node_limit: Optional[int] = None
    #: Stop when |objective - bound| / max(1e-10, |objective|) is at most this.
    #: The status is then `GAP_REACHED`, and OPTIMAL only where the bound is met.
    gap: float = 0.0
    #: The same for |objective - bound|.
    absolute_gap: float = 0.0
    #: How far a row or bound may be violated.
    feasibility_tolerance: float = 1e-7
    #: How far a reduced cost may have the wrong sign.
    optimality_tolerance: float = 1e-7
    #: How far an integer variable may be from an integer during the search.
    integrality_tolerance: float = 1e-5
    #: 0 is silent, 1 shows the solver's own log on standard output, 2 all of it.
    verbose: int = 0
    #: Where the solver's log goes, line by line: a callable, a `logging.Logger` or a path.
    log: Optional[Log] = None
    #: Called with a `Progress` now and then, at most ten times a second, in the thread that solves; True draws a live
    #: line in the terminal or notebook (needs tqdm).  An exception in a callable here or in `log` stops the solve
    #: and is raised.
    progress: Union[bool, Callable[[Progress], Any], None] = None
    #: Stops the solve, from any thread.
    cancel: Optional[CancelToken] = None
    #: Integer programs: "auto", False, True, or a set of "gomory", "mir", "cover", "clique": which cuts are added.
    #: None are where an integer variable has no bounds: GLPK could add them forever.
    cuts: Union[str, bool, Collection[str]] = "auto"
    #: Integer programs: on which variable a node is divided; one of `BRANCHING`.
    branching: str = "auto"
    #: Integer programs: with which node the search goes on when a branch has ended; one of `BACKTRACKING`.
    backtracking: str = "auto"
    #: Programs whose integers are all 0 or 1: look for a first point with the feasibility pump.
    feasibility_pump: bool = False
    #: Programs whose integers are all 0 or 1: look for points near the first ones for at most so many seconds.
    #: A stop waits for the end of that: GLPK cannot be interrupted meanwhile.
    proximity_search: Optional[float] = None
    #: Integer programs: called with a `SearchContext` during branch and cut.
    callback: Optional[Callable[[Any], Any]] = None
    #: Integer programs: a `Solution`, or a mapping of variables to values, that the search begins with.
    start: Any = None
    #: Integer programs: how many of the best solutions to find; they differ in the integers.  See `Solution.pool`.
    #: The time limit is for all of them, other limits are for each.
    pool: int = 1
    #: Solve in a process of its own: what ends that process raises `SolverCrashed`, and the program is as it was.
    #: The process lives as long as the program is solved so; from the second solve on it takes only the edits.  If it
    #: ends between two solves, the next solve starts another one.  The time limit includes the start of the process,
    #: but leaves the solver at least a tenth.
    isolate: bool = False

    #: Is a run of the simplex from the last basis all that is asked for: no limit, no log, no progress?
    is_plain: bool = dataclasses.field(init=False, default=False, repr=False)
    #: Is no option but `verbose` and `solver` set?
    is_default: bool = dataclasses.field(init=False, default=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.solver, str):
            raise OptionError(
                f"solver must be the name of a solver, such as 'glpk' or 'highs', not {quoted(self.solver)}."
            )
        if self.solver not in OWN and self.solver != "auto":
            check_engine(self.solver)
        if not _is_among(METHODS, self.method):
            raise OptionError(
                f"method must be {', '.join(map(repr, METHODS[:-1]))} or {METHODS[-1]!r}, not {quoted(self.method)}."
            )
        if not isinstance(self.crossover, bool):
            raise OptionError(f"crossover must be True or False, not {quoted(self.crossover)}.")
        if not isinstance(self.isolate, bool):
            raise OptionError(f"isolate must be True or False, not {quoted(self.isolate)}.")
        if self.isolate and self.callback is not None:
            raise OptionError("A callback cannot be called from another process: leave out isolate=True, or callback.")
        for name in ("presolve", "scaling"):
            if not (isinstance(getattr(self, name), bool) or _is_among(("auto",), getattr(self, name))):
                raise OptionError(f"{name} must be True, False or 'auto', not {quoted(getattr(self, name))}.")
        self._check("time_limit", "a number of seconds that is not negative", optional=True)
        for name in ("iteration_limit", "node_limit"):
            self._check(name, "a whole number that is not negative", optional=True, whole=True)
        self._check("pool", "a whole number from 1", low=1, whole=True)
        self._check("gap", "a number that is not negative")
        self._check("absolute_gap", "a number that is not negative")
        for name in ("feasibility_tolerance", "optimality_tolerance", "integrality_tolerance"):
            self._check(name, "a number from 1e-12 to 0.1", low=1e-12, high=0.1)
        self._check("verbose", "0, 1 or 2", high=2, whole=True)
        if not (self.progress is None or isinstance(self.progress, bool) or callable(self.progress)):
            raise OptionError(
                f"progress must be True or a callable that takes a Progress, not {quoted(self.progress)}."
            )
        if not (self.cancel is None or isinstance(self.cancel, CancelToken)):
            raise OptionError(f"cancel must be a CancelToken, not {quoted(self.cancel)}.")
        self._check_search()
        if self.callback is not None and not callable(self.callback):
            raise OptionError(f"callback must be a callable that takes a SearchContext, not {quoted(self.callback)}.")
        if self.log is not None and not (callable(self.log) or isinstance(self.log, (str, os.PathLike, *_loggers()))):
            raise OptionError(f"log must be a callable, a logging.Logger or a path, not {quoted(self.log)}.")
        wishes = self.time_limit, self.iteration_limit, self.log, self.cancel
        plain = all(wish is None for wish in wishes) and not self.wants_progress and not self.verbose
        plain = plain and self.method in METHODS[:4] and self.presolve is not True and self.scaling is not False
        object.__setattr__(self, "is_plain", plain)
        given = [f for f in dataclasses.fields(self) if f.init and f.name not in ("verbose", "solver")]
        object.__setattr__(self, "is_default", all(_is_just(f.default, getattr(self, f.name)) for f in given))

    def _check_search(self) -> None:
        """The options of branch and cut."""
        is_word = isinstance(self.cuts, bool) or _is_among(("auto",), self.cuts)
        names = self.cuts if isinstance(self.cuts, (Set, list, tuple)) else [None]
        if not is_word and not all(isinstance(cut, str) and cut in CUTS for cut in names):
            raise OptionError(f"cuts must be 'auto', True, False or a set of {_listed(CUTS)}, not {quoted(self.cuts)}.")
        for name, known in (("branching", BRANCHING), ("backtracking", BACKTRACKING)):
            if not _is_among(known, getattr(self, name)):
                raise OptionError(f"{name} must be {' or '.join(map(repr, known))}, not {quoted(getattr(self, name))}.")
        if not isinstance(self.feasibility_pump, bool):
            raise OptionError(f"feasibility_pump must be True or False, not {quoted(self.feasibility_pump)}.")
        self._check("proximity_search", "a number of seconds that is not negative", optional=True)
        for name in ("feasibility_pump", "proximity_search"):
            if self.callback is not None and getattr(self, name):
                raise OptionError(
                    f"{name} cannot be used with a callback: GLPK accepts its points without asking the callback "
                    "for lazy constraints. Leave one of the two out; a callback may submit points of its own."
                )

    @property
    def wants_progress(self) -> bool:
        """Is anybody to be told of the progress?"""
        return self.progress is not None and self.progress is not False

    def _check(
        self,
        name: str,
        meaning: str,
        *,
        low: float = 0,
        high: float = float("inf"),
        optional: bool = False,
        whole: bool = False,
    ) -> None:
        value = getattr(self, name)
        if value is None and optional:
            return
        try:
            number = isinstance(value, int) if whole else hasattr(type(value), "__float__")
            good = number and low <= float(value) <= high
        except (TypeError, ValueError, OverflowError):
            good = False
        if not good:
            raise OptionError(f"{name} must be {meaning}, not {quoted(value)}.")
        if type(value) is not int and type(value) is not float:
            object.__setattr__(self, name, int(value) if whole else float(value))  # numpy's, fractions, bools

    @classmethod
    def of(cls, keywords: dict[str, Any]) -> Options:
        """The options of a solve call; raises `OptionError` for a name that there is not."""
        try:
            return cls(**keywords)
        except TypeError:
            import difflib

            known = [field.name for field in dataclasses.fields(cls) if field.init]
            unknown = next(name for name in keywords if name not in known)
            near = difflib.get_close_matches(unknown, known, 1)
            raise OptionError(
                f"There is no option {quoted(unknown)}."
                + (f" Did you mean {near[0]!r}?" if near else "")
                + f" The options are {', '.join(known)}."
            ) from None


def _loggers() -> tuple[type[logging.Logger], ...]:
    """The class of loggers; nothing where nobody has imported it, who then has no logger."""
    module = sys.modules.get("logging")
    return () if module is None else (module.Logger,)


@contextlib.contextmanager
def listeners(options: Options) -> Iterator[Callable[[Union[str, Progress]], Any]]:
    """Where the log's lines and the progress go, as one callable."""
    log, progress = options.log, options.progress
    sinks: list[Callable[[str], Any]] = []
    with contextlib.ExitStack() as stack:
        if isinstance(log, _loggers()):
            sinks.append(log.info)
        elif isinstance(log, (str, os.PathLike)):
            file = stack.enter_context(open(log, "a", encoding="utf-8"))
            sinks.append(lambda line: file.write(line + "\n"))
        elif log is not None:
            sinks.append(log)  # type: ignore[arg-type]  # it is not a logger here
        if options.verbose:
            sinks.append(lambda line: sys.stdout.write(line + "\n"))
        if progress is True:
            from pplp.engines.progress_line import ProgressLine

            progress = stack.enter_context(ProgressLine())

        def tell(news: Union[str, Progress]) -> None:
            if isinstance(news, str):
                for sink in sinks:
                    sink(news)
            elif callable(progress):
                progress(news)

        yield tell


class Engine(abc.ABC):
    """A solver that holds one problem between solves: the seam between programs and solvers.

    An engine of your own derives from this class, and has `load` and `solve`; what it leaves out is right for a
    solver that starts from nothing each time and knows no bases.  ``examples/scipy_engine.py`` is one of fifty lines.
    It gets a name, for the option `solver`, by a call of `register_engine`, or in the metadata of its package:

        [project.entry-points."pplp.engines"]
        name = "module:Class"

    What is called to make an engine takes no arguments; it is looked up when an engine of that name is first needed.
    Whether the engine does what it must is what the conformance suite says:

        pytest -p pplp.testing.plugin --pyargs pplp.testing --engine name

    It gets a `pplp.MatrixForm`, which it must not change, and gives a `pplp.solution.Outcome`: the status;
    the numbers, in the order of the form (`pplp.solution.ReadNumbers` of lists is enough), of which the duals are
    d(objective)/d(right-hand side) in the objective as written, for both senses; the objective, with its constant;
    and the bound, which is the objective where it is optimal.  Values of integer columns are integers exactly.
    An option that it does not have raises `OptionError`, with the name of an engine that has it; unless it is left as
    it is by default.
    """

    #: Does it hold one?
    loaded: bool = False
    #: Is it still at work on a solve that had to be left?  Then it is of no use any more.
    abandoned: bool = False
    #: What a solve had found when an exception ended it.
    partial: Optional[Outcome] = None
    #: Does it hand out only what it has checked against the form?  Otherwise the program checks it, and `resume`
    #: always returns None.
    verifies: bool = False

    @property
    def has_lost_basis(self) -> bool:
        """Has it lost the basis of the optimum that it was at, as with its process?"""
        return False

    @abc.abstractmethod
    def load(self, form: MatrixForm) -> None:
        """Take a whole problem, in place of any it holds; it is given to the solver with the next solve."""

    def expect(self, columns: int, nonzeros: int, options: Options) -> None:
        """A program of this size is about to be compiled, loaded and solved: what takes time to begin may begin."""

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take what changed since; `form` gives the whole of it, where an answer is checked against it."""
        self.load(form())

    @abc.abstractmethod
    def solve(self, options: Options, stop: Optional[CancelToken] = None) -> Outcome:
        """Solve what it holds, until `stop` or `options.cancel` is cancelled; never raises for an outcome.

        An exception, such as KeyboardInterrupt, may pass; what was found until then is to be in `partial`.
        """

    def send(self) -> None:
        """Give the solver now what it would be given with the next solve."""

    def resume(self, options: Options) -> Optional[float]:
        """Solve shortly, where one run from the last basis ends with an optimum; its value, or None for `solve`."""
        return None

    def outcome(self) -> Outcome:
        """All of what `resume` ended with, as long as nothing has been changed."""
        raise NotImplementedError("An engine with a resume() has an outcome(), too.")

    def basis(self) -> Optional[tuple[str, str]]:
        """The basis of the optimum of a linear program that it is at: the letters of the columns and of the rows.

        They are those of `pplp.answers.basis.Basis`; None where there is no such basis.
        """
        return None

    def start_from(self, columns: str, rows: str) -> None:
        """Have the next solve begin from this basis, where that is possible."""

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Have ``take(k, basics, factors)`` called for each nonbasic k of that basis.

        When k grows by 1, the basic ``basics[t]`` grows by ``factors[t]``.  Rows count from 0, columns after them.
        """

    def close(self) -> None:
        """Give the solver's memory back; it may be loaded again."""
        self.loaded = False

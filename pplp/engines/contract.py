"""The interface between a program and the solver engines.

An engine keeps one problem as long as it lives:

    engine = make_engine("glpk")
    engine.load(form)                     # the whole problem, as a MatrixForm
    outcome = engine.solve(options, stop)
    engine.update(edits, form)            # only what changed; form() returns the whole problem
    outcome = engine.solve(options, stop) # continues from the last basis
    engine.close()
"""

from __future__ import annotations

import abc
import contextlib
import dataclasses
import os
import sys
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Callable, Literal, Optional, Union, get_args

from pplp.engines.names import OWN, check_engine
from pplp.engines.progress import Progress
from pplp.errors import OptionError
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Outcome
from pplp.ground.descriptors import needed_to
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    import logging

__all__ = [
    "CancelToken",
    "Engine",
    "Options",
    "checked",
]

# Any: the value of an option may be of any type before it is checked.

#: The values of the option `method`; the first four are simplex methods that continue from a basis.
Method = Literal["auto", "primal", "dual", "primal-dual", "interior", "exact", "network", "pdlp"]
METHODS: tuple[Method, ...] = get_args(Method)


class CancelToken:
    """Stops every solve that it was passed to, from any thread.

    A solve that it stops ends with `Status.INTERRUPTED`; one that starts while it is cancelled ends at once.
    One token can be passed to several programs, and be used again after `reset`.

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
        #: True once it was cancelled.
        self.cancelled = False

    def cancel(self) -> None:
        """Stop every solve that it was passed to; returns at once."""
        self.cancelled = True

    def reset(self) -> None:
        """Make it usable again."""
        self.cancelled = False


#: The names that `Options.cuts` accepts.
CUTS = frozenset(["gomory", "mir", "cover", "clique"])
#: The rules that `Options.branching` accepts: the first, last, or most fractional variable; "driebeck-tomlin", which
#: is "auto": the variable for which one step of the dual simplex worsens the bound most; or "pseudocost": by the effect
#: of earlier branchings on each variable.
BRANCHING = ("auto", "first fractional", "last fractional", "most fractional", "driebeck-tomlin", "pseudocost")
#: The rules that `Options.backtracking` accepts; "auto" is the node with the best bound.
BACKTRACKING = ("auto", "depth first", "breadth first", "best bound", "best projection")


def _is_among(names: Collection[str], value: Any) -> bool:
    """True if the value is one of the names; only strings are compared with them."""
    return isinstance(value, str) and value in names


def _is_just(default: Any, value: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


Log = Union[Callable[[str], Any], "logging.Logger", str, "os.PathLike[str]"]


@dataclass(frozen=True)
class Options:
    """How to solve; every field is also a keyword of `maximize`, `minimize` and `solve`.

    Raises `OptionError` for a value outside its range, when it is made.

    >>> Options(time_limit=-1)
    Traceback (most recent call last):
    ...
    pplp.errors.OptionError: time_limit must be a nonnegative number of seconds, not -1.
    """

    #: The engine that solves: "glpk", "highs" (``pip install "pplp[highs]"``), one of another package (see `Engine`),
    #: or "auto": HiGHS if the program is large for GLPK and HiGHS is installed, else GLPK; `Solution.solver` and
    #: `Solution.solver_reason` say which and why.  The default, GLPK, is always installed and gives the same answer
    #: everywhere; `LinearProgram.solver` can change it.  An option that an engine does not support raises
    #: `OptionError`, which names an engine that does.
    solver: str = "glpk"
    #: The algorithm for linear programs and for the relaxation of integer ones.
    #: "primal" or "dual": that simplex method.  "primal-dual": the dual simplex, and the primal one if that fails.
    #: "interior": an interior-point method, for linear programs only.  "exact": a simplex in rational
    #: arithmetic, for linear programs of at most 20,000 rows; see `Solution.exact`.  "network": the network
    #: simplex, if every variable leaves at most one constraint and enters at most one (after multiplying rows by
    #: numbers); the data need not be whole.  Without the accelerator, networks with whole data are solved by OR-Tools
    #: if ``pplp[networks]`` is installed, in a process of its own.
    #: "pdlp": HiGHS's first-order method, for large linear programs; its values have about 6 correct digits.
    #: "auto": the network simplex for the first solve of a large network, else a simplex method, chosen by the
    #: program's structure and by the edits since the last solve; `Solution.method_reason` says why.
    #: If an answer is not confirmed, other methods are tried; `Solution.method` names the one that gave it.
    method: Method = "auto"
    #: With method="interior": continue to a vertex with a simplex method?  That leaves a basis for the next solve.
    #: Otherwise values and duals are the interior point's, with about 8 correct digits; if there
    #: are many optima, it lies in the middle of them.  An interior-point run that is stopped cannot be ended: its
    #: thread sleeps, and its memory is not released.
    crossover: bool = True
    #: Run presolve on a linear program?  It rules out a warm start.
    #: "auto": only if the other ways fail.
    presolve: Union[bool, Literal["auto"]] = "auto"
    #: Scale rows and columns?  "auto": yes, unless the scaled answer violates the program.
    scaling: Union[bool, Literal["auto"]] = "auto"
    #: Wall-clock time limit in seconds; None for no limit.
    time_limit: Optional[float] = None
    #: Limit on the iterations of the simplex or interior-point method; None for no limit.
    iteration_limit: Optional[int] = None
    #: Limit on the nodes of the branch-and-cut tree; None for no limit.
    node_limit: Optional[int] = None
    #: Relative optimality gap: stop when |objective - bound| / max(1e-10, |objective|) is at most this.
    #: The status is then `GAP_REACHED`, or OPTIMAL if the bound is reached.
    gap: float = 0.0
    #: Absolute optimality gap: stop when |objective - bound| is at most this.
    absolute_gap: float = 0.0
    #: How much a row or bound may be violated.
    feasibility_tolerance: float = 1e-7
    #: How much a reduced cost may have the wrong sign.
    optimality_tolerance: float = 1e-7
    #: How far an integer variable may be from an integer during the search.
    integrality_tolerance: float = 1e-5
    #: 0 is silent, 1 prints the solver's log to standard output, 2 all of it.
    verbose: int = 0
    #: The target of the solver's log, line by line: a callable, a `logging.Logger` or a path.
    log: Optional[Log] = None
    #: Called with a `Progress` at most ten times a second, in the thread that solves; True draws a live
    #: line in the terminal or notebook (needs tqdm).  An exception in a callable here or in `log` stops the solve
    #: and is raised.
    progress: Union[bool, Callable[[Progress], Any], None] = None
    #: A token that stops the solve, from any thread.
    cancel: Optional[CancelToken] = None
    #: Integer programs: the cuts to add: "auto", False, True, or a set of "gomory", "mir", "cover", "clique".
    #: None are added if an integer variable has no bounds, because GLPK could add them without limit.
    cuts: Union[str, bool, Collection[str]] = "auto"
    #: Integer programs: branching, the variable that a node is divided on; one of `BRANCHING`.
    branching: str = "auto"
    #: Integer programs: node selection, which open node is explored next; one of `BACKTRACKING`.
    backtracking: str = "auto"
    #: Programs whose integers are all 0 or 1: search for a first point with the feasibility pump.
    feasibility_pump: bool = False
    #: Programs whose integers are all 0 or 1: search near the first points for at most this many seconds.
    #: GLPK cannot be interrupted during this search, so a stop waits for its end.
    proximity_search: Optional[float] = None
    #: Integer programs: called with a `SearchContext` during branch and cut.
    callback: Optional[Callable[[Any], Any]] = None
    #: Integer programs: the start of the search, a `Solution` or a mapping of variables to values.
    start: Any = None
    #: Integer programs: the number of best solutions to find; they differ in the integers.  See `Solution.pool`.
    #: The time limit applies to all of them together, other limits to each.
    pool: int = 1
    #: Solve in a separate process: if that process dies, `SolverCrashed` is raised, and the program is unchanged.
    #: The process lives as long as the program is solved this way; from the second solve on it gets only the edits.  If
    #: it ends between two solves, the next solve starts another one.  The time limit includes the start of the process,
    #: but leaves the solver at least a tenth.
    isolate: bool = False

    #: True if a simplex run from the last basis is enough: no limit, no log, no progress.
    is_plain: bool = dataclasses.field(init=False, default=False, repr=False)
    #: True if only `verbose` and `solver` are set.
    is_default: bool = dataclasses.field(init=False, default=False, repr=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        values = self.__dict__
        given = [name for name, default in _DEFAULTS.items() if values[name] is not default]
        for name in given:
            put(self, name, checked(name, values[name]))
        if self.callback is not None:
            self._check_callback()
        plain = self.time_limit is None and self.iteration_limit is None and self.log is None and self.cancel is None
        plain = plain and not self.wants_progress and not self.verbose
        plain = plain and self.method in METHODS[:4] and self.presolve is not True and self.scaling is not False
        put(self, "is_plain", plain)
        others = [name for name in given if name not in ("verbose", "solver")]
        put(self, "is_default", all(_is_just(_DEFAULTS[name], values[name]) for name in others))

    def _check_callback(self) -> None:
        """Raise `OptionError` for what cannot be combined with a callback."""
        if self.isolate:
            raise OptionError("A callback cannot be called from another process. Leave out isolate=True, or callback.")
        for name in ("feasibility_pump", "proximity_search"):
            if getattr(self, name):
                raise OptionError(
                    f"{name} cannot be used with a callback: GLPK accepts its points without asking the callback "
                    "for lazy constraints. Leave out one of the two; a callback can submit points of its own."
                )

    @property
    def wants_progress(self) -> bool:
        """True if there is a listener for the progress."""
        return self.progress is not None and self.progress is not False

    @classmethod
    def of(cls, keywords: dict[str, Any]) -> Options:
        """The options of a solve call; raises `OptionError` for an unknown name."""
        try:
            return cls(**keywords)
        except TypeError:
            import difflib

            unknown = next(name for name in keywords if name not in _DEFAULTS)
            near = difflib.get_close_matches(unknown, _DEFAULTS, 1)
            raise OptionError(
                f"There is no option {quoted(unknown)}."
                + (f" Did you mean {near[0]!r}?" if near else "")
                + f" The options are {', '.join(_DEFAULTS)}."
            ) from None


#: The fields of `Options` and their defaults, which need no check.
_DEFAULTS = {field.name: field.default for field in dataclasses.fields(Options) if field.init}


# ---- the values of the options
def checked(name: str, value: Any) -> Any:
    """The value of an option, as `Options` has it; raises `OptionError` if it is not one."""
    known = _CHECKS.get(name)
    if known is None:
        return _number(name, value)
    is_good, meaning = known
    if not is_good(value):
        raise OptionError(f"{name} must be {meaning}, not {quoted(value)}.")
    if name == "solver" and value not in OWN and value != "auto":
        check_engine(value)
    return value


def _number(name: str, value: Any) -> Any:
    """Check a number and convert it to an int or float; it may be a numpy number, a fraction, or a bool."""
    meaning, low, high = _NUMBERS[name]
    if value is None and _DEFAULTS[name] is None:
        return value
    is_whole = name in _WHOLE
    try:
        is_number = isinstance(value, int) if is_whole else hasattr(type(value), "__float__")
        is_good = is_number and low <= float(value) <= high
    except (TypeError, ValueError, OverflowError):
        is_good = False
    if not is_good:
        raise OptionError(f"{name} must be {meaning}, not {quoted(value)}.")
    if type(value) is int or type(value) is float:
        return value
    return int(value) if is_whole else float(value)


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: _is_among(words, value)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_truth_or_auto(value: Any) -> bool:
    return isinstance(value, bool) or _is_among(("auto",), value)


def _are_cuts(value: Any) -> bool:
    if _is_truth_or_auto(value):
        return True
    return isinstance(value, (Set, list, tuple)) and all(_is_among(CUTS, cut) for cut in value)


def _is_log(value: Any) -> bool:
    return value is None or callable(value) or isinstance(value, (str, os.PathLike, *_loggers()))


def _loggers() -> tuple[type[logging.Logger], ...]:
    """The class of loggers; empty if logging was never imported, because then nobody has a logger."""
    module = sys.modules.get("logging")
    return () if module is None else (module.Logger,)


#: For each option that is a number: what it must be, and its least and greatest value.
_NUMBERS = {
    **dict.fromkeys(("time_limit", "proximity_search"), ("a nonnegative number of seconds", 0, inf)),
    **dict.fromkeys(("iteration_limit", "node_limit"), ("a nonnegative integer", 0, inf)),
    **dict.fromkeys(("gap", "absolute_gap"), ("a nonnegative number", 0, inf)),
    **dict.fromkeys(
        ("feasibility_tolerance", "optimality_tolerance", "integrality_tolerance"),
        ("a number from 1e-12 to 0.1", 1e-12, 0.1),
    ),
    "verbose": ("0, 1 or 2", 0, 2),
    "pool": ("a positive integer", 1, inf),
}
#: Those that are integers.
_WHOLE = ("iteration_limit", "node_limit", "verbose", "pool")
#: For each other option: the check of a value, and what the value must be.
_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "solver": (lambda value: isinstance(value, str), "the name of a solver, such as 'glpk' or 'highs'"),
    "method": (_one_of(*METHODS), f"{', '.join(map(repr, METHODS[:-1]))} or {METHODS[-1]!r}"),
    **dict.fromkeys(("crossover", "isolate", "feasibility_pump"), (_is_truth, "True or False")),
    **dict.fromkeys(("presolve", "scaling"), (_is_truth_or_auto, "True, False or 'auto'")),
    "log": (_is_log, "a callable, a logging.Logger or a path"),
    "progress": (
        lambda value: value is None or isinstance(value, bool) or callable(value),
        "True or a callable that takes a Progress",
    ),
    "cancel": (lambda value: value is None or isinstance(value, CancelToken), "a CancelToken"),
    "cuts": (_are_cuts, f"'auto', True, False or a set of {', '.join(map(repr, sorted(CUTS)))}"),
    "branching": (_one_of(*BRANCHING), " or ".join(map(repr, BRANCHING))),
    "backtracking": (_one_of(*BACKTRACKING), " or ".join(map(repr, BACKTRACKING))),
    "callback": (lambda value: value is None or callable(value), "a callable that takes a SearchContext"),
    "start": (lambda value: True, "a Solution or a mapping of variables to values"),
}


@contextlib.contextmanager
def listeners(options: Options) -> Iterator[Callable[[Union[str, Progress]], Any]]:
    """One callable that takes the lines of the log and the progress, and passes them to all listeners."""
    log, progress = options.log, options.progress
    sinks: list[Callable[[str], Any]] = []
    with contextlib.ExitStack() as stack:
        if isinstance(log, _loggers()):
            sinks.append(log.info)
        elif isinstance(log, (str, os.PathLike)):
            with needed_to(f"write the log {os.fspath(log)}"):
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
    """A solver that keeps one problem between solves: the interface between programs and solvers.

    An engine of your own derives from this class, and defines `load` and `solve`; the defaults of the rest suit a
    solver that starts from scratch each time and has no bases.  ``examples/scipy_engine.py`` is one of fifty lines.
    To give it a name for the option `solver`, call `register_engine`, or declare it in the metadata of its package:

        [project.entry-points."pplp.engines"]
        name = "module:Class"

    The entry point is called without arguments to make an engine; it is loaded when an engine of that name is first
    needed.  Run the conformance suite to check that the engine does what it must:

        pytest -p pplp.testing.plugin --pyargs pplp.testing --engine name

    It gets a `pplp.MatrixForm`, which it must not change, and returns a `pplp.solution.Outcome`: the status;
    the numbers, in the order of the form (a `pplp.solution.ReadNumbers` of lists is enough), where duals are
    d(objective)/d(right-hand side) in the objective as written, for both senses; the objective, with its constant;
    and the bound, which equals the objective if it is optimal.  Values of integer columns are exact integers.
    An option that it does not support, unless left at its default, raises `OptionError`, which names an engine that
    supports it.
    """

    #: True while a problem is loaded.
    loaded: bool = False
    #: True if it is still working on a solve that was abandoned: then it cannot be used anymore.
    abandoned: bool = False
    #: What a solve had found when an exception ended it; None if no exception did.
    partial: Optional[Outcome] = None
    #: True if it returns only what it has checked against the form.  Otherwise the program checks it, and `resume`
    #: always returns None.
    verifies: bool = False

    @property
    def has_lost_basis(self) -> bool:
        """True if it no longer has the basis of its last optimum, for example because its process ended."""
        return False

    @abc.abstractmethod
    def load(self, form: MatrixForm) -> None:
        """Take a whole problem in place of any other.  The solver receives it with the next solve."""

    def expect(self, columns: int, nonzeros: int, options: Options) -> None:
        """Prepare for a program of this size, which will soon be loaded: start now what takes time to start."""

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take the changes; `form` returns the whole changed problem, which answers can be checked against."""
        self.load(form())

    @abc.abstractmethod
    def solve(self, options: Options, stop: Optional[CancelToken] = None) -> Outcome:
        """Solve the problem, until `stop` or `options.cancel` is cancelled; never raises for an outcome.

        It may raise an exception such as KeyboardInterrupt; `partial` must then have what was found so far.
        """

    def send(self) -> None:
        """Pass to the solver now what it would otherwise receive with the next solve."""

    def resume(self, options: Options) -> Optional[float]:
        """Fast path for linear programs: the optimum, if one short run finds it; else None, then call `solve`."""
        return None

    def outcome(self) -> Outcome:
        """The whole outcome of the last `resume`; call it before anything is changed."""
        raise NotImplementedError("An engine that defines resume() must define outcome(), too.")

    def basis(self) -> Optional[tuple[str, str]]:
        """The optimal basis of a linear program: the letters of the columns and of the rows.

        They are those of `pplp.answers.basis.Basis`; None if there is no such basis.
        """
        return None

    def start_from(self, columns: str, rows: str) -> None:
        """Start the next solve from this basis, if possible."""

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Call ``take(k, basics, factors)`` for each nonbasic k of that basis.

        When k grows by 1, the basic ``basics[t]`` grows by ``factors[t]``.  Rows are numbered from 0, columns after
        them.
        """

    def close(self) -> None:
        """Release the solver's memory; a problem can be loaded again."""
        self.loaded = False

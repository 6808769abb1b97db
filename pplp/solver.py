"""What the program and the solver engines say to each other.

An engine holds one problem for as long as it lives:

    engine = make_engine("glpk")
    engine.load(form)                     # a MatrixForm, whole
    outcome = engine.solve(options)
    engine.update(edits, form)            # only what changed; form() gives the whole
    outcome = engine.solve(options)       # from the last basis
    engine.close()
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional, Protocol, Union

from pplp.errors import OptionError
from pplp.matrix_form import Edits, MatrixForm
from pplp.solution import Outcome

__all__ = ["Engine", "Options", "Progress", "make_engine"]


@dataclass(frozen=True)
class Progress:
    """What a `progress` callable is told, while the solver works.

    `phase` is "simplex" or "branch and cut"; numbers that are not known are None.
    """

    phase: str
    seconds: float
    iterations: int = 0
    objective: Optional[float] = None
    incumbent: Optional[float] = None
    bound: Optional[float] = None
    nodes: int = 0


Log = Union[Callable[[str], Any], logging.Logger, str, "os.PathLike[str]"]


@dataclass(frozen=True)
class Options:
    """How to solve; every field may be a keyword of `maximize`, `minimize` and `solve`.

    Raises `OptionError` for a value out of its range, when it is made.

    >>> Options(time_limit=-1)
    Traceback (most recent call last):
    ...
    pplp.errors.OptionError: time_limit must be a number of seconds that is not negative, not -1.
    """

    #: "auto", "primal" or "dual": which simplex works on a linear program.
    method: str = "auto"
    #: Wall time in seconds.
    time_limit: Optional[float] = None
    #: Simplex iterations.
    iteration_limit: Optional[int] = None
    #: Nodes of the branch-and-cut tree.
    node_limit: Optional[int] = None
    #: Stop when |objective - bound| / max(1e-10, |objective|) is at most this.
    gap: float = 0.0
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
    #: Called with a `Progress` now and then; an exception in it stops the solve and is raised.
    progress: Optional[Callable[[Progress], Any]] = None

    #: Is nothing asked for but the answer: no limit, no log, no progress?
    is_plain: bool = dataclasses.field(init=False, default=False, repr=False)
    #: Is no option but `verbose` set?
    is_default: bool = dataclasses.field(init=False, default=False, repr=False)

    def __post_init__(self) -> None:
        wishes = (self.time_limit, self.iteration_limit, self.log, self.progress, self.verbose or None)
        object.__setattr__(self, "is_plain", wishes == (None,) * len(wishes))
        given = [f for f in dataclasses.fields(self) if f.init and f.name != "verbose"]
        object.__setattr__(self, "is_default", all(getattr(self, f.name) == f.default for f in given))
        if self.method not in ("auto", "primal", "dual"):
            raise OptionError(f"method must be 'auto', 'primal' or 'dual', not {self.method!r}.")
        self._check("time_limit", "a number of seconds that is not negative", optional=True)
        for name in ("iteration_limit", "node_limit"):
            self._check(name, "a whole number that is not negative", optional=True, whole=True)
        self._check("gap", "a number that is not negative")
        for name in ("feasibility_tolerance", "optimality_tolerance", "integrality_tolerance"):
            self._check(name, "a number from 1e-12 to 0.1", low=1e-12, high=0.1)
        self._check("verbose", "0, 1 or 2", high=2, whole=True)
        if self.progress is not None and not callable(self.progress):
            raise OptionError(f"progress must be a callable that takes a Progress, not {self.progress!r}.")
        if self.log is not None and not (
            callable(self.log) or isinstance(self.log, (str, os.PathLike, logging.Logger))
        ):
            raise OptionError(f"log must be a callable, a logging.Logger or a path, not {self.log!r}.")

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
        number = isinstance(value, int) if whole else hasattr(type(value), "__float__")
        if not number or not low <= float(value) <= high:
            raise OptionError(f"{name} must be {meaning}, not {value!r}.")

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
                f"There is no option {unknown!r}."
                + (f" Did you mean {near[0]!r}?" if near else "")
                + f" The options are {', '.join(known)}."
            ) from None


@contextlib.contextmanager
def log_sink(options: Options) -> Iterator[Callable[[str], Any]]:
    """Where the solver's log goes, as one callable for a line."""
    log = options.log
    sinks: list[Callable[[str], Any]] = []
    with contextlib.ExitStack() as stack:
        if isinstance(log, logging.Logger):
            sinks.append(log.info)
        elif isinstance(log, (str, os.PathLike)):
            file = stack.enter_context(open(log, "a", encoding="utf-8"))
            sinks.append(lambda line: file.write(line + "\n"))
        elif log is not None:
            sinks.append(log)
        if options.verbose:
            sinks.append(lambda line: sys.stdout.write(line + "\n"))

        def tell(line: str) -> None:
            for sink in sinks:
                sink(line)

        yield tell


class Engine(Protocol):
    """A solver that holds one problem between solves."""

    #: Does it hold one?
    loaded: bool

    def load(self, form: MatrixForm) -> None:
        """Take a whole problem, in place of any it holds."""

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take what changed since; `form` gives the whole of it, where an answer is checked against it."""

    def solve(self, options: Options) -> Outcome:
        """Solve what it holds; never raises for an outcome."""

    def resume(self, options: Options) -> Optional[float]:
        """Solve shortly, where one run from the last basis ends with an optimum; its value, or None for `solve`."""

    def outcome(self) -> Outcome:
        """All of what `resume` ended with, as long as nothing has been changed."""

    def basis(self) -> Optional[tuple[str, str]]:
        """The basis of the optimum of a linear program that it is at: the letters of the columns and of the rows."""

    def start_from(self, columns: str, rows: str) -> None:
        """Have the next solve begin from this basis, where that is possible."""

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Have ``take(k, basics, factors)`` called for each nonbasic k of that basis.

        When k grows by 1, the basic ``basics[t]`` grows by ``factors[t]``.  Rows count from 0, columns after them.
        """

    def close(self) -> None:
        """Give the solver's memory back."""


#: name -> (module, class): engines are loaded by name, when they are first asked for.
_ENGINES = {"glpk": ("pplp.glpk", "Glpk")}


def make_engine(name: str) -> Engine:
    """A new engine; raises `OptionError` for an unknown name, `SolverMissing` where its package is."""
    if name not in _ENGINES:
        raise OptionError(f"There is no solver {name!r}. The solvers are {', '.join(_ENGINES)}.")
    module, kind = _ENGINES[name]
    engine: Engine = getattr(importlib.import_module(module), kind)()
    return engine

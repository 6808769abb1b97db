"""A problem in HiGHS: loaded in bulk, edited in place, run, and read back in bulk."""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import inf
from typing import Any, Callable, Optional

from pplp.engines.clock import Clock
from pplp.engines.contract import Options
from pplp.engines.highs.library import as_array, highs, new_model, numbers_of, places, snapped_values
from pplp.engines.progress import Progress
from pplp.errors import InvalidValue, OptionError, OutOfMemory
from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE
from pplp.form.matrix_form import Edits, MatrixForm, renumber
from pplp.form.outcome import Status
from pplp.form.scaling import Scale, are_everyday, scale_of
from pplp.form.verification import are_crossed

__all__ = ["Problem", "ReadOnce", "check_options"]

# Any: numbers and codes are highspy's, which has no types here.

_ROWWISE = 2
#: A finite bound of this size, in HiGHS's units, may make HiGHS fail on the relaxation.
_FAR = 1e12
#: The most rows, columns, or coefficients, which HiGHS counts in 32 bits.
_MOST = 2**31 - 1
_FAILED = highs.HighsStatus.kError
_CALLBACK = highs.cb.HighsCallbackType
_LOG, _SIMPLEX = _CALLBACK.kCallbackLogging, _CALLBACK.kCallbackSimplexInterrupt
_INTERIOR, _TREE = _CALLBACK.kCallbackIpmInterrupt, _CALLBACK.kCallbackMipInterrupt
_POINT = _CALLBACK.kCallbackMipImprovingSolution
_STATUS = highs.HighsModelStatus
STATUSES: dict[Any, Status] = {
    _STATUS.kOptimal: Status.OPTIMAL,
    _STATUS.kInfeasible: Status.INFEASIBLE,
    _STATUS.kUnbounded: Status.UNBOUNDED,
    _STATUS.kUnboundedOrInfeasible: Status.INFEASIBLE_OR_UNBOUNDED,
    _STATUS.kTimeLimit: Status.TIME_LIMIT,
    _STATUS.kIterationLimit: Status.ITERATION_LIMIT,
    _STATUS.kSolutionLimit: Status.NODE_LIMIT,
    _STATUS.kInterrupt: Status.INTERRUPTED,
    _STATUS.kHighsInterrupt: Status.INTERRUPTED,
}
_LETTERS = {
    highs.HighsBasisStatus.kBasic: BASIC,
    highs.HighsBasisStatus.kLower: AT_LOWER,
    highs.HighsBasisStatus.kUpper: AT_UPPER,
    highs.HighsBasisStatus.kZero: FREE,
}
#: After this many callbacks the search checks whether it can end at all.
_LONG = 1000
#: The smallest tolerance that HiGHS takes.
_LEAST_TOLERANCE = 1e-10


def check_options(options: Options, is_mip: bool) -> None:
    """Raise `OptionError` for an option that HiGHS does not support; the message names an alternative."""
    said = {
        "cuts": "chooses its cuts itself",
        "branching": "chooses its own branching",
        "backtracking": "chooses its own node selection",
        "feasibility_pump": "has no feasibility pump; its own heuristics are always on",
        "proximity_search": "has no proximity search; its own heuristics are always on",
    }
    for name, what in said.items() if is_mip else ():
        if getattr(options, name) not in ("auto", False, None) or (name == "cuts" and options.cuts is False):
            raise OptionError(f"HiGHS {what}. Leave {name} out, or solve with solver='glpk'.")
    if is_mip and options.iteration_limit is not None:
        raise OptionError(
            "HiGHS has no iteration_limit for programs with integer variables. Give a node_limit or a time_limit, or "
            "solve with solver='glpk'."
        )
    for name in ("feasibility_tolerance", "optimality_tolerance", "integrality_tolerance"):
        if getattr(options, name) < _LEAST_TOLERANCE:
            raise OptionError(
                f"HiGHS takes a {name} from {_LEAST_TOLERANCE}, not {getattr(options, name)!r}. "
                "Give a greater one, or solve with solver='glpk'."
            )
    if options.method == "network":
        raise OptionError("HiGHS has no network solver. Solve with solver='glpk', or leave method at 'auto'.")
    if is_mip and options.method in ("interior", "exact", "pdlp"):
        raise OptionError(
            f"method={options.method!r} is for linear programs; this one has integer variables. "
            "Leave method at 'auto', or solve lp.relaxed()."
        )


class ReadOnce:
    """The numbers of a solution that HiGHS returned; they become lists on demand."""

    def __init__(
        self,
        solution: Any,
        primal: Optional[list[float]] = None,
        has_duals: bool = True,
        units: Optional[Scale] = None,
    ) -> None:
        self._solution, self._has_duals, self._units = solution, has_duals, units
        self._primal = primal
        self._dual_values: Optional[tuple[list[float], list[float]]] = None

    def primal(self) -> list[float]:
        """Values of the columns."""
        if self._primal is None:
            values = self._solution.col_value
            self._primal = snapped_values(values if self._units is None else self._units.values(values))
        return self._primal

    def _read(self) -> Optional[tuple[list[float], list[float]]]:
        if self._dual_values is None and self._has_duals:
            costs, duals = self._solution.col_dual, self._solution.row_dual
            if self._units is not None:
                costs, duals = self._units.reduced_costs(costs), self._units.duals(duals)
            self._dual_values = [a + 0.0 for a in costs], [a + 0.0 for a in duals]  # no -0.0
        return self._dual_values

    def reduced_costs(self) -> Optional[list[float]]:
        """Reduced costs of the columns."""
        both = self._read()
        return both[0] if both is not None else None

    def duals(self) -> Optional[list[float]]:
        """Duals of the rows."""
        both = self._read()
        return both[1] if both is not None else None


class Callbacks:
    """The callbacks of a run.  It does not hold the model, which holds it where the garbage collector cannot see."""

    def __init__(self) -> None:
        self.clock: Optional[Clock] = None
        #: Called with each point that is better than all before.
        self.take: Optional[Callable[[Any], Any]] = None
        #: Called once in a long search; if it returns True, the search stops.
        self.is_over: Optional[Callable[[], bool]] = None
        #: The number of callbacks in the current search.
        self.looks = 0
        self._is_over = False
        self.error: Optional[BaseException] = None
        #: HiGHS's objective for an objective of 1.
        self.objective_unit = 1.0
        self._rest = ""

    def begin(self, clock: Clock) -> None:
        """Start a run."""
        self.clock, self.error, self.looks, self._is_over = clock, None, 0, False

    def __call__(self, kind: int, message: str, out: Any, into: Any, data: Any) -> None:
        # An exception cannot pass through HiGHS: keep it, end the run, and raise it afterwards.
        clock = self.clock
        if clock is None:
            return
        try:
            if kind == _LOG_NUMBER:
                *lines, self._rest = (self._rest + message).split("\n")
                for line in lines:
                    clock.log(line)
                return
            if kind == _POINT_NUMBER and self.take is not None and self.error is None:
                self.take(out)
            self._look(kind, clock, out)
        except BaseException as error:
            self.error = self.error or error
        if into is not None:  # set each time, because HiGHS keeps the flag of an earlier run
            is_ended = self._is_over or self.error is not None
            into.user_interrupt = is_ended or clock.stopping() is not None

    def _look(self, kind: int, clock: Clock, out: Any) -> None:
        if kind == _TREE_NUMBER:
            clock.phase = "branch and cut"
            clock.nodes = max(0, out.mip_node_count)
            if abs(out.mip_dual_bound) < inf:
                clock.bound = out.mip_dual_bound / self.objective_unit
            self.looks += 1
            if self.looks == _LONG and self.is_over is not None:
                self._is_over = self.is_over()
            clock.report(lambda: self._search(clock, out))
        elif clock.options.wants_progress and kind in (_SIMPLEX_NUMBER, _INTERIOR_NUMBER):
            count = out.simplex_iteration_count if kind == _SIMPLEX_NUMBER else out.ipm_iteration_count
            clock.report(lambda: Progress(clock.phase, clock.seconds, clock.iterations + max(0, count)))

    def _search(self, clock: Clock, out: Any) -> Progress:
        incumbent = out.mip_primal_bound / self.objective_unit if abs(out.mip_primal_bound) < inf else None
        return Progress(
            clock.phase,
            clock.seconds,
            clock.iterations,
            incumbent=incumbent,
            bound=clock.bound,
            nodes=clock.nodes,
        )


_LOG_NUMBER, _SIMPLEX_NUMBER, _INTERIOR_NUMBER = int(_LOG), int(_SIMPLEX), int(_INTERIOR)
_TREE_NUMBER, _POINT_NUMBER = int(_TREE), int(_POINT)


class Problem:
    """One model of HiGHS, and what is known about it."""

    def __init__(self, form: MatrixForm) -> None:
        if max(form.rows, form.columns, form.nonzeros) > _MOST:
            raise InvalidValue(f"HiGHS takes at most {_MOST:,} rows, columns and coefficients.")
        self.model = new_model()
        self.callbacks = Callbacks()
        self.model.setCallback(self.callbacks, None)
        for kind in (_LOG, _SIMPLEX, _INTERIOR, _TREE, _POINT):
            self.model.startCallback(kind)
        self.rows, self.columns = form.rows, form.columns
        #: The units in which HiGHS has the program; None for the user's own.
        self.units = scale_of(form)
        #: True once an answer had to be repaired; then every answer is checked in full.
        self.is_delicate = self.units is not None
        self.callbacks.objective_unit = 1.0 if self.units is None else self.units.objective
        self.maximize, self._offset = form.maximize, form.offset
        self.integer = bytearray(form.integer)
        self.crossed_columns: set[int] = set()
        self.crossed_rows: set[int] = set()
        #: True while a thread runs it.
        self.running = False
        self._set: dict[str, Any] = {}
        whole = form if self.units is None else self.units.form(form)
        ends = whole.column_lower, whole.column_upper, whole.row_lower, whole.row_upper
        #: True if it has finite bounds so large that HiGHS may fail to solve the relaxation.
        self.is_far = self.units is not None and any(_FAR <= abs(end) < inf for side in ends for end in side)
        self._load(whole)

    @property
    def is_mip(self) -> bool:
        """True if there is an integer column."""
        return 1 in self.integer

    # ---- in
    def _load(self, form: MatrixForm) -> None:
        lower, upper, self.crossed_columns = _uncrossed(form.column_lower, form.column_upper)
        row_lower, row_upper, self.crossed_rows = _uncrossed(form.row_lower, form.row_upper)
        said = self.model.passModel(
            *(form.columns, form.rows, form.nonzeros, _ROWWISE, -1 if form.maximize else 1, form.offset),
            *(as_array(form.cost), lower, upper, row_lower, row_upper),
            *(places(as_array(form.starts)), as_array(form.indices), as_array(form.values), places(form.integer)),
        )
        if said == _FAILED:
            raise InvalidValue("HiGHS rejects the program. Check for coefficients beyond 1e15.")

    def update(self, edits: Edits) -> None:
        """Apply what changed."""
        model = self.model
        if self.units is not None:
            edits = self.units.edits(edits)
        if edits.removed_rows or edits.removed_columns:
            self._remove(edits)
        if edits.new_columns:
            zeros, count = numbers_of([0.0] * edits.new_columns), edits.new_columns
            model.addCols(count, zeros, zeros, zeros, 0, places([0] * count), places([]), numbers_of([]))
            self.columns += count
            self.integer.extend(bytes(count))
        first = self.rows
        if edits.new_rows:
            self._add_rows(edits)
        if edits.integer:
            for j, integer in edits.integer.items():
                self.integer[j] = integer
            kinds = places(list(edits.integer.values())).astype("u1")
            model.changeColsIntegrality(len(kinds), places(list(edits.integer)), kinds)
        if edits.column_bounds:
            self._bounds(model.changeColsBounds, edits.column_bounds, self.crossed_columns)
        if edits.row_bounds:
            self._bounds(model.changeRowsBounds, edits.row_bounds, self.crossed_rows)
        for i, (indices, values) in edits.row_terms.items() if edits.row_terms else ():
            if i < first:
                self._set_row(i, indices, values)
        if edits.costs:
            model.changeColsCost(len(edits.costs), places(list(edits.costs)), numbers_of(edits.costs.values()))
        if edits.offset != self._offset:
            self._offset = edits.offset
            model.changeObjectiveOffset(edits.offset)
        if edits.maximize != self.maximize:
            self.maximize = edits.maximize
            model.changeObjectiveSense(highs.ObjSense.kMaximize if edits.maximize else highs.ObjSense.kMinimize)

    def _add_rows(self, edits: Edits) -> None:
        count, starts, indices, values = edits.new_rows, [0], list[int](), list[float]()
        for i in range(self.rows, self.rows + count):
            terms, factors = edits.row_terms.get(i, ((), ()))
            indices += terms
            values += factors
            starts.append(len(indices))
        free = numbers_of([inf] * count)
        self.model.addRows(count, -free, free, len(indices), places(starts[:-1]), places(indices), numbers_of(values))
        self.rows += count

    def _set_row(self, i: int, indices: list[int], values: list[float]) -> None:
        change, new = self.model.changeCoeff, dict(zip(indices, values))
        _, before, _ = self.model.getRowEntries(i)
        for j in before.tolist():
            if j not in new:
                change(i, j, 0.0)
        for j, a in new.items():
            change(i, j, a)

    def _bounds(self, setter: Any, bounds: Mapping[int, tuple[float, float]], crossed: set[int]) -> None:
        pairs = list(bounds.values())
        crossed.difference_update(bounds)
        if any(lower > upper for lower, upper in pairs):  # the engine answers "infeasible" while there are any
            crossed.update(k for k, (lower, upper) in bounds.items() if are_crossed(lower, upper))
            pairs = [
                (lower, max(lower, upper)) if not are_crossed(lower, upper) else (-inf, inf) for lower, upper in pairs
            ]
        lowers, uppers = numbers_of([low for low, _ in pairs]), numbers_of([high for _, high in pairs])
        setter(len(pairs), places(list(bounds)), lowers, uppers)

    def _remove(self, edits: Edits) -> None:
        for removed, delete, crossed in (
            (edits.removed_rows, self.model.deleteRows, self.crossed_rows),
            (edits.removed_columns, self.model.deleteCols, self.crossed_columns),
        ):
            if removed:
                delete(len(removed), places(removed))
                renumber(crossed, removed)
        self.rows -= len(edits.removed_rows)
        self.columns -= len(edits.removed_columns)
        for j in reversed(edits.removed_columns):
            del self.integer[j]

    def takes(self, edits: Edits) -> bool:
        """True if the edited problem still suits HiGHS's tolerances in its current units."""
        return are_everyday(edits) if self.units is None else self.units.takes(edits)

    def forget(self) -> None:
        """Drop the basis and the solution: the next run starts from scratch."""
        self.model.clearSolver()

    def close(self) -> None:
        """Release the memory; an abandoned run keeps what it needs."""
        if not self.running:
            self.model.clear()

    # ---- a run
    def set(self, **options: Any) -> None:
        """Set the options of HiGHS that differ from these."""
        for name, value in options.items():
            if self._set.get(name) != value:
                if self.model.setOptionValue(name, value) == _FAILED:
                    raise OptionError(f"HiGHS rejects {value!r} for its option {name}. Use another value.")
                self._set[name] = value

    def run(self, clock: Clock, most: float = inf) -> Status:
        """Run HiGHS in the worker's thread, until it ends, a limit is reached, or this many seconds have passed."""
        model, callbacks = self.model, self.callbacks
        stop = clock.stopping()
        if stop is not None:
            return stop
        left = clock.left
        self.set(output_flag=clock.wants_log, time_limit=model.getRunTime() + min(left, most))
        callbacks.begin(clock)
        began, self.running = time.perf_counter(), True
        try:
            failed = model.run() == _FAILED
        finally:
            self.running = False
            callbacks.clock = None
            clock.solver_seconds += time.perf_counter() - began
        error, callbacks.error = callbacks.error, None
        if error is not None:
            raise error
        status = model.getModelStatus()
        if status == _STATUS.kMemoryLimit:
            raise OutOfMemory("HiGHS ran out of memory. Give the process more, or make the program smaller.")
        info = model.getInfo()
        counts = info.simplex_iteration_count, info.ipm_iteration_count, info.crossover_iteration_count
        clock.iterations += sum(max(0, count) for count in (*counts, info.pdlp_iteration_count))
        found = STATUSES.get(status, Status.NUMERICAL)
        if found is Status.INTERRUPTED or (found is Status.TIME_LIMIT and clock.stop is not None):
            return clock.stop or found
        if found is Status.TIME_LIMIT and most < left:
            return Status.NUMERICAL
        return Status.NUMERICAL if failed and found is Status.OPTIMAL else found

    def said(self) -> str:
        """HiGHS's name for its status."""
        return str(self.model.modelStatusToString(self.model.getModelStatus()))

    # ---- out
    def in_units(self, objective: float) -> float:
        """An objective of HiGHS's in the user's units."""
        return objective if self.units is None else objective / self.units.objective

    def column_values(self) -> Optional[list[float]]:
        """Values of the columns after a run; None if there are none."""
        solution = self.model.getSolution()
        if not solution.value_valid or len(solution.col_value) != self.columns:
            return None
        return list(solution.col_value) if self.units is None else self.units.values(solution.col_value)

    def numbers(self, primal: Optional[list[float]] = None, has_duals: bool = True) -> ReadOnce:
        """All numbers after a run; `primal` replaces the values of the columns."""
        return ReadOnce(self.model.getSolution(), primal, has_duals, self.units)

    def basis(self, lower: Any, upper: Any, row_lower: Any, row_upper: Any) -> Optional[tuple[str, str]]:
        """The letters of the columns and of the rows with these bounds; None if there is no basis."""
        basis = self.model.getBasis()
        if not basis.valid:
            return None
        columns = "".join(map(_letter, basis.col_status, lower, upper))
        return columns, "".join(map(_letter, basis.row_status, row_lower, row_upper))

    def letters(self, form: MatrixForm) -> Optional[tuple[str, str]]:
        """The letters of the columns and of the rows of a program without integers; None if there is no basis."""
        return self.basis(form.column_lower, form.column_upper, form.row_lower, form.row_upper)

    def ray(self, name: str, count: int) -> Optional[list[float]]:
        """The ray that this method of HiGHS returns; None if it has none."""
        said, is_there, numbers = getattr(self.model, name)()
        found = list(map(float, numbers)) if said != _FAILED and is_there and numbers is not None else []
        if len(found) != count:
            return None
        if self.units is None:
            return found
        return self.units.duals(found) if name == "getDualRay" else self.units.values(found)

    def factorize(self, clock: Clock) -> None:
        """Have HiGHS factorize the basis that it was given, without a pivot."""
        self.set(solver="simplex", simplex_strategy=4, presolve="off", simplex_iteration_limit=0)
        self.run(clock)

    def start_from(self, columns: str, rows: str, form: MatrixForm) -> Optional[str]:
        """Set a basis; returns what is wrong with it, or None."""
        if (len(columns), len(rows)) != (self.columns, self.rows):
            return "The start basis has another shape: the solver starts from scratch."
        if (columns + rows).count(BASIC) != self.rows:
            return (
                "The start basis does not have as many basic variables and rows as there are rows: the solver starts "
                "from scratch."
            )
        basis = highs.HighsBasis()
        basis.col_status = list(map(_code, columns, form.column_lower, form.column_upper))
        basis.row_status = list(map(_code, rows, form.row_lower, form.row_upper))
        basis.valid = basis.alien = True  # alien: HiGHS checks whether it is singular, and repairs it
        if self.model.setBasis(basis) == _FAILED:
            return "HiGHS rejects the start basis: the solver starts from scratch."
        return None


def _uncrossed(lower: Any, upper: Any) -> tuple[Any, Any, set[int]]:
    """The bounds for HiGHS, and where they cross; HiGHS gets no bounds there, because it rejects crossed ones."""
    low, high = as_array(lower), as_array(upper)
    above = (low > high).nonzero()[0].tolist()
    wrong = [k for k in above if are_crossed(lower[k], upper[k])]
    if above:
        low, high = low.copy(), high.copy()
        high[above] = low[above]  # those that cross by rounding only
        low[wrong], high[wrong] = -inf, inf
    return low, high, set(wrong)


def _letter(status: Any, lower: float, upper: float) -> str:
    letter = _LETTERS.get(status)
    if letter == BASIC:
        return BASIC
    if lower == upper:
        return FIXED
    if lower == -inf and upper == inf:
        return FREE
    if letter == AT_UPPER or (letter == FREE and lower == -inf):
        return AT_UPPER if upper < inf else AT_LOWER
    return AT_LOWER if lower > -inf else AT_UPPER


def _code(letter: str, lower: float, upper: float) -> Any:
    """HiGHS's code of a letter; if that bound does not exist, the code of the one that does."""
    codes = highs.HighsBasisStatus
    if letter == BASIC:
        return codes.kBasic
    if letter == AT_UPPER and upper < inf:
        return codes.kUpper
    if lower > -inf:
        return codes.kLower
    return codes.kUpper if upper < inf else codes.kZero

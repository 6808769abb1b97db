"""A problem in GLPK: loaded in bulk, edited in place, and read back in bulk."""

from __future__ import annotations

import ctypes
import sys
import time
from array import array
from collections.abc import Iterable, Mapping
from itertools import repeat
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Optional

from pplp.engines.contract import Options
from pplp.engines.glpk.bulk import coordinates, one_based, set_bounds, set_costs
from pplp.engines.glpk.library import (
    NOTHING,
    C,
    address_of,
    calls,
    column_duals,
    column_primals,
    glpk,
    row_duals,
)
from pplp.engines.glpk.memory import check_memory
from pplp.engines.glpk.threads import Library, delete_later
from pplp.errors import InvalidValue
from pplp.form.matrix_form import Edits, MatrixForm, renumber
from pplp.form.scaling import are_everyday, scale_of
from pplp.form.verification import SMALL, are_crossed, estimated_seconds
from pplp.ground.acceleration import accelerated

if TYPE_CHECKING:
    from pplp.engines.rational import Start

__all__ = ["MANY_COLUMNS", "FormWanted", "GivenForm", "Problem"]

#: With more rows or columns than this, GLPK aborts the process.
_MOST = 100_000_000
#: GLPK's limits of time, in milliseconds, and of iterations are at most this.
_FOREVER = 2_000_000_000
_DEFAULT = Options()
#: The tolerances that GLPK gets for a small program.
_CLOSE = 1e-11
#: The residual that rounding leaves in a small program, relative to the numbers of its equations; and the most that
#: it may change the objective, relative to the objective.
_ROUNDING, _WORTH = 1e-13, 1e-10
#: GLPK represents infinity by the largest float.
_INFINITE = 1.7e308
#: With fewer columns, the simplex ends before a network is recognized, or before a process has started to solve it.
MANY_COLUMNS = 1_000 if accelerated else 5_000
_IS_PYPY = sys.implementation.name == "pypy"
#: Geometric mean, then equilibration, by powers of two.  GLPK's "auto" does not scale a matrix whose coefficients are
#: between 0.1 and 10, and steepest edge then takes a quarter more iterations.
SCALING = glpk.GLP_SF_GM | glpk.GLP_SF_EQ | glpk.GLP_SF_2N
#: The basis is factorized again after this many updates.  A run from the last basis usually ends before that, and would
#: only lose time with room for more updates.
COLD_UPDATES, WARM_UPDATES = 100, 50
#: The first call of the simplex lasts at most this many seconds.  A warm call runs in the caller's thread, where no
#: signal can interrupt it.
FIRST_SLICE = 0.1


class FormWanted(Exception):
    """A run in another thread needs the whole program, and only the caller's thread may compile it."""


class GivenForm:
    """The whole program, compiled in the caller's thread for the current solve.

    The working thread never compiles it: after Ctrl-C the user may be changing the program while that thread still
    works.
    """

    form: Optional[MatrixForm] = None

    def __call__(self) -> MatrixForm:
        form = self.form
        if form is None:
            raise FormWanted
        return form


class SimplexParameters:
    """GLPK's parameters for the simplex: a glp_smcp, at `address`."""

    _usual: ClassVar[dict[bool, SimplexParameters]] = {}

    def __init__(self, options: Options, size: int, is_mip: bool = False) -> None:
        self.options, self.size = options, size
        self._structure: Any = glpk.glp_smcp()
        self.address = int(self._structure.this)
        C.glp_init_smcp(self.address)
        self._structure.msg_lev = glpk.GLP_MSG_OFF
        is_default = options.feasibility_tolerance == options.optimality_tolerance == _DEFAULT.feasibility_tolerance
        # Small linear programs are solved to tighter tolerances than GLPK's own, because their answers are checked
        # more strictly.
        if is_default and size <= SMALL and not is_mip:
            self._structure.tol_bnd = self._structure.tol_dj = _CLOSE
        else:
            self._structure.tol_bnd = options.feasibility_tolerance
            self._structure.tol_dj = options.optimality_tolerance
        # GLPK can cycle without limit; no sound run takes this many iterations.
        self.limit(FIRST_SLICE, 2000 + 100 * size)

    @classmethod
    def of(cls, options: Options, size: int, is_mip: bool) -> SimplexParameters:
        """Parameters for a run, which must set the method, output, and limits itself.

        Those for the default options are made once and shared: only one thread at a time calls GLPK.
        """
        if not options.is_default:
            return cls(options, size, is_mip)
        is_close = size <= SMALL and not is_mip
        if is_close not in cls._usual:
            cls._usual[is_close] = cls(options, size, is_mip)
        return cls._usual[is_close]

    def set(self, method: int, ratio: int) -> None:
        """Choose the method and the ratio test."""
        self._structure.meth, self._structure.r_test = method, ratio

    def speak(self, log: bool, progress: bool) -> None:
        """Choose what GLPK writes: its whole log, only the lines with the progress, or nothing."""
        self._structure.msg_lev = glpk.GLP_MSG_ALL if log else glpk.GLP_MSG_ON if progress else glpk.GLP_MSG_OFF
        if progress:
            self._structure.out_frq = 200

    def limit(self, seconds: float, iterations: float) -> None:
        """Limit the next run."""
        self._structure.tm_lim = max(1, int(min(seconds * 1000, _FOREVER)))
        self._structure.it_lim = int(max(1, min(iterations, _FOREVER)))


class Problem:
    """One glp_prob, and what is known about it."""

    def __init__(self, form: MatrixForm) -> None:
        if max(form.rows, form.columns) > _MOST:
            raise InvalidValue(f"GLPK takes at most {_MOST:,} rows and columns.")
        #: A generous estimate of the bytes that a run of the simplex takes, besides the problem itself.
        self.memory = 2**22 + 300 * (form.rows + form.columns) + 80 * form.nonzeros
        check_memory(2 * self.memory)
        self._owner = Library.thread
        self.pointer: Any = calls.glp_create_prob()
        self.address = address_of(self.pointer)
        #: The current program, compiled on demand.
        self.form: Callable[[], MatrixForm] = lambda: form
        #: The units (scale factors) in which GLPK has the program; None for the user's own.
        self.units = scale_of(form)
        #: True once an answer had to be repaired; then every answer is checked in full.
        self.is_delicate = self.units is not None
        self.rows, self.columns = form.rows, form.columns
        self.maximize = form.maximize
        self._offset = form.offset  # in the user's units
        self.integer = bytearray(form.integer)
        self.crossed_columns: set[int] = set()
        self.crossed_rows: set[int] = set()
        self.scaled = False
        self.is_doubtful = False  # True if edits may have left a structurally singular basis
        self.updates = COLD_UPDATES  # GLPK's current limit on updates of a basis before it is factorized again
        self.is_freed = False  # True if a fixed column was freed since the engine last looked
        self.searching = False  # True during branch and cut
        self._errors, self._places = (ctypes.c_double * 2)(), (ctypes.c_int * 2)()
        number, place = ctypes.addressof(self._errors), ctypes.addressof(self._places)
        self._measures = number, place, number + 8, place + 4
        self.iterations = 0  # GLPK's own count when the last optimum was found
        self.warm_parameters: dict[str, SimplexParameters] = {}
        self.unchecked = 0  # the warm solves since the last check by GLPK
        self.simplex_seconds = 0.0  # the simplex time of these
        self.check_seconds = 0.0  # the time of that check
        self.seconds_on_trust = 0.0  # the simplex time since the last full check against the form
        self.full_check_seconds = estimated_seconds(form)
        self._load(form if self.units is None else self.units.form(form))

    def close(self) -> None:
        """Release the memory; may be called from any thread."""
        pointer, self.pointer = self.pointer, None
        if pointer is not None:
            delete_later(pointer, self._owner)

    def delete(self) -> None:
        """Release the memory at once; call this in the thread that made the problem."""
        pointer, self.pointer = self.pointer, None
        calls.glp_delete_prob(pointer)

    def __del__(self) -> None:
        pointer = getattr(self, "pointer", None)
        if pointer is not None and delete_later is not None:  # None when the interpreter has cleared this module
            delete_later(pointer, self._owner)

    @property
    def is_mip(self) -> bool:
        """True if there is an integer column."""
        return 1 in self.integer

    # ---- loading and editing
    def _load(self, form: MatrixForm) -> None:
        pointer = self.pointer
        if form.rows:
            calls.glp_add_rows(pointer, form.rows)
        if form.columns:
            calls.glp_add_cols(pointer, form.columns)
        calls.glp_set_obj_dir(pointer, glpk.GLP_MAX if form.maximize else glpk.GLP_MIN)
        calls.glp_set_obj_coef(pointer, 0, form.offset)
        for j, integer in enumerate(form.integer if self.is_mip else ()):
            if integer:
                calls.glp_set_col_kind(pointer, j + 1, glpk.GLP_IV)
        self.crossed_columns = set_bounds(pointer, "glp_set_col_bnds", form.column_lower, form.column_upper)
        self.crossed_rows = set_bounds(pointer, "glp_set_row_bnds", form.row_lower, form.row_upper)
        set_costs(pointer, form.cost)
        count = form.nonzeros
        if count:
            rows, places = coordinates(form)
            C.glp_load_matrix(self.address, count, one_based(rows), one_based(places), one_based(form.values))

    def update(self, edits: Edits) -> None:
        """Apply what changed."""
        pointer = self.pointer
        if self.units is not None:
            edits = self.units.edits(edits)
        if edits.removed_rows or edits.removed_columns:
            self._remove(edits)
        if edits.new_columns:
            calls.glp_add_cols(pointer, edits.new_columns)
            self.columns += edits.new_columns
            self.integer.extend(bytes(edits.new_columns))
        if edits.new_rows:
            calls.glp_add_rows(pointer, edits.new_rows)
            self.rows += edits.new_rows
        for j, integer in edits.integer.items() if edits.integer else ():
            self.integer[j] = integer
            calls.glp_set_col_kind(pointer, j + 1, glpk.GLP_IV if integer else glpk.GLP_CV)
        if edits.column_bounds:
            self.is_freed = self.is_freed or any(
                low < high and calls.glp_get_col_type(pointer, j + 1) == glpk.GLP_FX
                for j, (low, high) in edits.column_bounds.items()
            )
            _set_some(calls.glp_set_col_bnds, pointer, edits.column_bounds, self.crossed_columns)
        if edits.row_bounds:
            _set_some(calls.glp_set_row_bnds, pointer, edits.row_bounds, self.crossed_rows)
        is_doubtful = self.is_doubtful or bool(edits.removed_rows and edits.removed_columns)
        for i, (indices, values) in edits.row_terms.items() if edits.row_terms else ():
            if not is_doubtful and i < self.rows - edits.new_rows:
                is_doubtful = self._leaves_basic_column(i, indices)
            places, factors = array("i", [j + 1 for j in indices]), array("d", values)
            C.glp_set_mat_row(self.address, i + 1, len(indices), one_based(places), one_based(factors))
        for j, cost in edits.costs.items() if edits.costs else ():
            calls.glp_set_obj_coef(pointer, j + 1, cost)
        if edits.offset != self._offset:
            self._offset = edits.offset
            calls.glp_set_obj_coef(pointer, 0, edits.offset)
        if edits.maximize != self.maximize:
            self.maximize = edits.maximize
            calls.glp_set_obj_dir(pointer, glpk.GLP_MAX if edits.maximize else glpk.GLP_MIN)
        if edits.row_terms or edits.new_columns:
            self.scaled = False
        self.is_doubtful = is_doubtful

    def _leaves_basic_column(self, i: int, indices: Iterable[int]) -> bool:
        """True if a basic column loses its entry in row i when the row gets entries in these columns only."""
        count = calls.glp_get_mat_row(self.pointer, i + 1, NOTHING, NOTHING)
        places = array("i", bytes(4 * (count + 1)))
        C.glp_get_mat_row(self.address, i + 1, places.buffer_info()[0], None)
        lost = {place - 1 for place in places[1:]}.difference(indices)
        return any(calls.glp_get_col_stat(self.pointer, j + 1) == glpk.GLP_BS for j in lost)

    def mend_basis(self) -> None:
        """Set the slack basis if the edited one is structurally singular, because GLPK would abort the process."""
        from pplp.engines.glpk.singularity import is_structurally_singular

        form = self.form()
        basic = glpk.GLP_BS
        columns = [j for j in range(self.columns) if calls.glp_get_col_stat(self.pointer, j + 1) == basic]
        rows = [i for i in range(self.rows) if calls.glp_get_row_stat(self.pointer, i + 1) == basic]
        if len(columns) + len(rows) == self.rows and is_structurally_singular(form, columns, rows):
            C.glp_std_basis(self.address)
        self.is_doubtful = False

    def _remove(self, edits: Edits) -> None:
        for places, delete, crossed in (
            (edits.removed_rows, C.glp_del_rows, self.crossed_rows),
            (edits.removed_columns, C.glp_del_cols, self.crossed_columns),
        ):
            if places:
                numbers = array("i", [p + 1 for p in places])
                delete(self.address, len(places), one_based(numbers))
                renumber(crossed, places)
        self.rows -= len(edits.removed_rows)
        self.columns -= len(edits.removed_columns)
        for j in reversed(edits.removed_columns):
            del self.integer[j]

    def takes(self, edits: Edits) -> bool:
        """True if the edited problem still suits GLPK's tolerances in its current units."""
        return are_everyday(edits) if self.units is None else self.units.takes(edits)

    def scale(self, on: bool = True) -> None:
        """Scale the rows and columns, or remove the scaling."""
        if on and not self.scaled:
            C.glp_scale_prob(self.address, SCALING)
        elif not on:
            calls.glp_unscale_prob(self.pointer)
        self.scaled = on

    def factorize_after(self, updates: int) -> None:
        """Set how often a basis is updated before it is factorized again."""
        if updates != self.updates:
            control = glpk.glp_bfcp()
            C.glp_get_bfcp(self.address, int(control.this))
            control.nfs_max = updates
            C.glp_set_bfcp(self.address, int(control.this))
            self.updates = updates

    # ---- results
    def column_values(self) -> list[float]:
        """Values of the columns after a simplex run."""
        if self.is_mip:  # the bulk call would give the values of the integer solution
            values = list(map(calls.glp_get_col_prim, repeat(self.pointer), range(1, self.columns + 1)))
        else:
            values = column_primals(self.pointer, self.columns)
        return values if self.units is None else self.units.values(values)

    def mip_values(self) -> list[float]:
        """Values of the columns after branch and cut."""
        values = list(map(calls.glp_mip_col_val, repeat(self.pointer), range(1, self.columns + 1)))
        return values if self.units is None else self.units.values(values)

    def reduced_costs(self) -> list[float]:
        """Reduced costs of the columns after a simplex run."""
        costs = column_duals(self.pointer, self.columns)
        return costs if self.units is None else self.units.reduced_costs(costs)

    def column_bounds(self, j: int) -> tuple[float, float]:
        """The bounds of a column."""
        low, high = calls.glp_get_col_lb(self.pointer, j + 1), calls.glp_get_col_ub(self.pointer, j + 1)
        unit = 1.0 if self.units is None else self.units.columns[j]
        return low * unit if low > -_INFINITE else -inf, high * unit if high < _INFINITE else inf

    def duals(self) -> list[float]:
        """Duals of the rows after a simplex run."""
        duals = row_duals(self.pointer, self.rows)
        return duals if self.units is None else self.units.duals(duals)

    def in_units(self, objective: float) -> float:
        """An objective of GLPK's in the user's units."""
        return objective if self.units is None else objective / self.units.objective

    def objective(self) -> float:
        """The objective after a simplex run."""
        return self.in_units(calls.glp_get_obj_val(self.pointer))

    def mip_objective(self) -> float:
        """The objective of the best integer point."""
        return self.in_units(calls.glp_mip_obj_val(self.pointer))

    def set_cost(self, j: int, cost: float) -> None:
        """Change the cost of a column."""
        factor = 1.0 if self.units is None else self.units.objective * self.units.columns[j]
        calls.glp_set_obj_coef(self.pointer, j + 1, cost * factor)

    def residual(self) -> float:
        """The largest relative residual of all optimality conditions, computed by GLPK from its own data."""
        began = time.perf_counter()
        worst = max(self.primal_residual(), self.dual_residual())
        self.check_seconds = time.perf_counter() - began
        self.unchecked, self.simplex_seconds = 0, 0.0
        return worst

    def full_check_is_due(self, seconds: float = 0.0) -> bool:
        """True if a full check would take less than a fiftieth of the simplex time since the last one.

        `seconds` is added to that time.  The check counts twice, because it may need a compilation of about its length.
        """
        return 2 * self.full_check_seconds < (self.seconds_on_trust + seconds) / 50

    def is_still_feasible(self) -> bool:
        """True if the last basis is still primal feasible, although its vertex may have moved with the bounds."""
        return bool(C.glp_warm_up(self.address) == 0 and calls.glp_get_prim_stat(self.pointer) == glpk.GLP_FEAS)

    def is_feasible(self, tolerance: float) -> bool:
        """True if the current point of the simplex satisfies rows and bounds."""
        return calls.glp_get_prim_stat(self.pointer) == glpk.GLP_FEAS and self.primal_residual() <= tolerance

    def primal_residual(self) -> float:
        """The largest relative residual of rows and bounds."""
        return self._residual(glpk.GLP_KKT_PE, glpk.GLP_KKT_PB)

    def dual_residual(self) -> float:
        """The largest relative residual of the dual equations and signs."""
        return self._residual(glpk.GLP_KKT_DE, glpk.GLP_KKT_DB)

    def _residual(self, *conditions: int) -> float:
        worst = 0.0
        for condition in conditions:
            residual = self._measured(condition)[1]
            if not isfinite(residual):
                return inf
            worst = max(worst, residual)
        return worst

    def _measured(self, condition: int) -> tuple[float, float]:
        """The largest absolute and the largest relative residual of one kind of optimality condition."""
        C.glp_check_kkt(self.address, glpk.GLP_SOL, condition, *self._measures)
        return self._errors[0], self._errors[1]

    def is_within_rounding(self, objective: float) -> bool:
        """True if the residuals of the primal and dual equations are rounding errors that cannot change the objective.

        An ill-conditioned basis, with nearly parallel rows, leaves larger residuals, and its vertex may be far off.
        """
        primal, relative_primal = self._measured(glpk.GLP_KKT_PE)
        dual, relative_dual = self._measured(glpk.GLP_KKT_DE)
        if not (relative_primal <= _ROUNDING and relative_dual <= _ROUNDING):
            return False
        worth = 0.0
        if primal:
            duals = row_duals(self.pointer, self.rows)
            worth = primal * max(max(duals), -min(duals))
        if dual:
            values = column_primals(self.pointer, self.columns)
            worth += dual * max(max(values), -min(values))
        return worth <= _WORTH * abs(objective - self._offset)

    def vertex(self) -> Start:
        """What is basic, and what is at its upper bound, at the simplex's current vertex."""
        from pplp.engines.rational import Start

        columns, rows = self.statuses()
        basic = [k for k, code in enumerate(columns + rows) if code == glpk.GLP_BS]
        return Start(basic, [k for k, code in enumerate(columns + rows) if code == glpk.GLP_NU])

    def statuses(self) -> tuple[list[int], list[int]]:
        """GLPK's codes for the columns and for the rows in the simplex's current basis."""
        pointer = repeat(self.pointer)
        columns = list(map(calls.glp_get_col_stat, pointer, range(1, self.columns + 1)))
        return columns, list(map(calls.glp_get_row_stat, pointer, range(1, self.rows + 1)))

    def shortest_row(self) -> int:
        """The length of the shortest row."""
        nothing = repeat(NOTHING)
        lengths = map(calls.glp_get_mat_row, repeat(self.pointer), range(1, self.rows + 1), nothing, nothing)
        return int(min(lengths))


def _set_some(setter: Any, pointer: Any, bounds: Mapping[int, tuple[float, float]], crossed: set[int]) -> None:
    """Set the bounds of some rows or columns, given by index."""
    for place, (lower, upper) in bounds.items():
        if crossed:
            crossed.discard(place)
        if lower < upper:
            # GLP_FR, GLP_LO, GLP_UP, GLP_DB are 1, 2, 3, 4.
            setter(pointer, place + 1, 1 + (lower != -inf) + 2 * (upper != inf), lower, upper)
        elif lower == upper:
            setter(pointer, place + 1, glpk.GLP_FX, lower, upper)
        elif not are_crossed(lower, upper):  # they cross by a rounding error only
            setter(pointer, place + 1, glpk.GLP_FX, lower, lower)
        else:  # GLPK does not allow crossed bounds: the engine answers "infeasible" while there are any
            crossed.add(place)
            setter(pointer, place + 1, glpk.GLP_FR, 0.0, 0.0)

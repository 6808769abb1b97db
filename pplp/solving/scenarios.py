"""One program with many variants: a `Scenario` has the differences, and only these are sent to the workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

from pplp.answers.duals import bound_dual
from pplp.answers.frame import Frame
from pplp.answers.solution import Solution
from pplp.core.bounds import put_constraint_bounds, put_variable_bounds
from pplp.core.constraints import BoundConstraint, Constraint
from pplp.core.expressions import Variable
from pplp.core.handle import index_of, place_of, store_of
from pplp.core.journal import Journal
from pplp.core.keys import assigned
from pplp.core.objective import objective_of
from pplp.core.owner import columns_of, index_in, set_constraint_bounds, set_cost, set_variable_bounds, version_of
from pplp.core.scalars import HUGE, right_hand_side
from pplp.core.sense import Sense
from pplp.core.turns import reads
from pplp.engines.packing import PackedEdits, packed_sides, unpacked
from pplp.errors import CallbackError, ExpressionError, InvalidValue
from pplp.form.compiler import column_places, compile_edits, compile_form, row_places
from pplp.form.matrix_form import Edits, MatrixForm, edited
from pplp.ground.quoting import quoted
from pplp.solving.prepared import Prepared, framed

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable
    from pplp.form.outcome import Outcome

__all__ = ["Scenario"]

# Any: the copy's handle has the same type as the given one.


@dataclass(frozen=True)
class Scenario:
    """The differences from a program: numbers for some of its constraints and variables.

    >>> from pplp import LinearProgram, Scenario
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    >>> c = lp.add_constraint(x + 2*y >= 6)
    >>> lp.objective = 3*x + 4*y
    >>> cases = [Scenario(), Scenario(rhs={c: 9}), Scenario(cost={y: 8}, name="dear"), Scenario(ub={y: 1})]
    >>> [solution.objective for solution in lp.scenarios(cases, workers=1)]
    [12.0, 18.0, 18.0, 16.0]
    """

    #: Right-hand sides of constraints.  A key may also be an array of constraints or variables, with its numbers.
    rhs: Mapping[Any, Any] = field(default_factory=dict)
    #: Lower and upper bounds, of constraints and variables.
    lb: Mapping[Any, Any] = field(default_factory=dict)
    ub: Mapping[Any, Any] = field(default_factory=dict)
    #: Coefficients of variables in the objective.
    cost: Mapping[Any, Any] = field(default_factory=dict)
    #: A title for readers.
    name: str = ""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name != "name" and not isinstance(value, Mapping):
                raise InvalidValue(f"{each.name} must be a mapping to numbers, such as {{c: 12}}, not {quoted(value)}.")


_ROWS = frozenset([Constraint])
_NO_SIDES: dict[int, tuple[float, float]] = {}


class Sweep:
    """Turns scenarios into edits of the program's form, which is compiled once.

    The sides of rows are taken from the scenario directly.  For all other changes, a copy of the program is edited,
    compiled, and restored.
    """

    def __init__(self, program: Solvable, maximize: bool) -> None:
        self._program, self._version = program, version_of(program)
        self._maximize = maximize
        self.form = compile_form(program, maximize)
        #: The sides of constraints on one variable, in the latest scenario.
        self.sides: dict[int, tuple[float, float]] = {}
        self._places = column_places(program), row_places(program)
        rows = self._places[1]
        #: The position in the matrix of the row with an index.
        self._row_at: Any = range(rows.count) if rows.identity else {i: rows[i] for i in rows.indices()}
        self._copy: Optional[Solvable] = None

    @property
    def _twin(self) -> Solvable:
        if self._copy is None:
            if version_of(self._program) != self._version:
                raise CallbackError(
                    "The program was edited while its scenarios were solved. Solve the scenarios of a copy."
                )
            self._copy = self._program.copy()
            objective_of(self._copy).mark_sent()
        return self._copy

    def edits(self, scenario: Scenario) -> PackedEdits:
        """The edits of the form for a scenario."""
        rows = None if scenario.cost else self._rows(scenario)
        if rows is None:
            return tuple(self._edited(scenario))
        self.sides = _NO_SIDES
        return packed_sides(rows)

    def _rows(self, scenario: Scenario) -> Optional[dict[int, tuple[float, float]]]:
        """The sides of rows; None if the scenario changes anything else, or may be invalid: `_edited` handles these."""
        found: dict[int, tuple[float, float]] = {}
        lowers, uppers, places, program = self.form.row_lower, self.form.row_upper, self._row_at, self._program
        for what, mapping in (("rhs", scenario.rhs), ("lb", scenario.lb), ("ub", scenario.ub)):
            if not mapping:
                continue
            is_rhs = what == "rhs"
            for row, value in mapping.items() if _ROWS.issuperset(map(type, mapping)) else assigned(mapping, what):
                if type(row) is not Constraint or row._program is not program:
                    return None
                try:
                    i = places[index_of(row)]
                except LookupError:
                    return None
                low, high = found.get(i) or (lowers[i], uppers[i])
                if value is None or (is_rhs and low != high and (low == -inf) == (high == inf)):
                    return None
                side = value if type(value) is float and -HUGE < value < HUGE else right_hand_side(value, row)
                if what == "lb" or (is_rhs and low > -inf):
                    low = side
                if what == "ub" or (is_rhs and high < inf):
                    high = side
                found[i] = low, high
        for low, high in found.values():
            if low > high or low == inf or high == -inf:
                return None
        return found

    def _edited(self, scenario: Scenario) -> Edits:
        """The edits that result from applying the scenario to the copy."""
        twin = self._twin
        self.sides = {}
        twin._journal = Journal(len(columns_of(twin).lower), len(twin._rows.lower))
        undo: list[Callable[[], None]] = []
        try:
            for handle, (lower, upper) in self._bounds(scenario).items():
                undo.append(_restoring(twin, handle))
                change = set_variable_bounds if isinstance(handle, Variable) else set_constraint_bounds
                change(twin, handle, lower, upper)
                if isinstance(handle, BoundConstraint):
                    self.sides[index_of(handle)] = _own_bounds(handle)
            for variable, cost in assigned(scenario.cost, "cost"):
                own = self._own(variable, "cost", Variable)
                undo.append(partial(set_cost, twin, own, own.cost))
                set_cost(twin, own, cost)
            return compile_edits(twin, twin._journal, self._places, self._maximize)
        finally:
            for restore in reversed(undo):
                restore()
            objective_of(twin).mark_sent()

    def _own(self, handle: Any, what: str, *kinds: type[Any]) -> Any:
        """The handle of the copy that corresponds to a handle of the program."""
        if not isinstance(handle, kinds):
            raise ExpressionError(
                f"The scenario's {what} has the key {quoted(handle)}, which is not a "
                f"{' or '.join(k.__name__ for k in kinds)}."
            )
        own = self._twin[handle]
        index_in(self._twin, own)
        return own

    def _bounds(self, scenario: Scenario) -> dict[Any, tuple[Any, Any]]:
        """The bounds that the scenario sets, as (lower, upper) with None for a bound that stays."""
        wanted: dict[Any, tuple[Any, Any]] = {}
        for handle, value in assigned(scenario.rhs, "rhs"):
            own = self._own(handle, "rhs", Constraint)
            own.rhs  # noqa: B018 - raises for a range
            wanted[own] = (value if own.lb > float("-inf") else None, value if own.ub < float("inf") else None)
        for what, side in (("lb", 0), ("ub", 1)):
            for handle, value in assigned(getattr(scenario, what), what):
                own = self._own(handle, what, Constraint, Variable)
                pair = list(wanted.get(own, (None, None)))
                pair[side] = value
                wanted[own] = pair[0], pair[1]
        return wanted


def _own_bounds(handle: Any) -> tuple[float, float]:
    """The bounds that were set; for a variable, without those that constraints on it imply."""
    if not isinstance(handle, Variable):
        return handle.lb, handle.ub
    columns = columns_of(handle._program)
    return columns.lower[index_of(handle)], columns.upper[index_of(handle)]


def _restoring(twin: Solvable, handle: Any) -> Callable[[], None]:
    """A function that restores the bounds of a variable or constraint, and whether the variable was fixed."""
    lower, upper = _own_bounds(handle)
    if not isinstance(handle, Variable):
        return partial(put_constraint_bounds, twin, handle, store_of(handle), place_of(handle), lower, upper)
    fixed, index = columns_of(twin).fixed, index_of(handle)
    held = fixed.get(index)

    def restore() -> None:
        put_variable_bounds(twin, index, lower, upper)
        if held is not None:
            fixed[index] = held

    return restore


class _Common(NamedTuple):
    """What the scenarios of a program have in common."""

    form: MatrixForm
    frame: Frame
    sense: Sense
    solver: str
    reason: str


class _Case(Prepared):
    """A scenario that is ready for a worker; calling it returns the whole form, with the scenario's edits applied."""

    __slots__ = ("_common", "_sides")

    def __init__(self, common: _Common, edits: PackedEdits, sides: dict[int, tuple[float, float]]) -> None:
        self.form, self.edits, self._common, self._sides = common.form, edits, common, sides

    def __call__(self) -> MatrixForm:
        edits = unpacked(self.edits, self.form)
        assert edits is not None
        return edited(self.form, edits)

    def take(self, outcome: Outcome) -> Solution:
        """The solution of an outcome."""
        _, frame, sense, outcome.solver, outcome.solver_reason = self._common
        duals = partial(bound_dual, sides=self._sides) if self._sides else bound_dual
        return Solution(outcome, sense.value, Frame(*frame[:6], duals, frame.unedited, self))


@reads
def preparing(program: Solvable, sense: Sense, solver: str, reason: str) -> Callable[[Scenario], Prepared]:
    """A function that prepares each scenario for a worker; the solutions name the solver, and the reason for it."""
    frame = framed(program)
    sweep = Sweep(program, sense.is_maximize)
    common = _Common(sweep.form, frame, sense, solver, reason)

    def prepared(scenario: Scenario) -> Prepared:
        if not isinstance(scenario, Scenario):
            raise InvalidValue(f"{quoted(scenario)} is not a Scenario. Write for instance Scenario(rhs={{c: 12}}).")
        edits = sweep.edits(scenario)
        return _Case(common, edits, sweep.sides)

    return prepared

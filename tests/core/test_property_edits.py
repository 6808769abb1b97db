"""Random sequences of edits and solves: the live program is always the one that its record, made anew, would be."""

from __future__ import annotations

import contextlib
import copy
import pickle
from dataclasses import dataclass, field
from math import inf, isclose

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pplp import Basis, InvalidValue, LinearProgram, NoSolution, Status
from pplp.arrays.variables import VariableArray
from pplp.core.expressions import variable_at
from tests.support.drawn_programs import coefficients, senses
from tests.support.engines import HAS_HIGHS
from tests.support.random_programs import check_duals, check_point

places = st.integers(0, 10**6)
costs = st.integers(-5, 5)
lows, highs = st.sampled_from([0, 0, -inf, -3, -1]), st.sampled_from([inf, 4, 10, 1.5, 1])
#: What a search may take; integers have no bounds here, and it need not end.
NODES = 300


@dataclass
class Column:
    """A variable as numbers."""

    lb: float
    ub: float
    integer: bool
    cost: float = 0
    removed: bool = False
    held: tuple = ()  # the bounds from before it was fixed

    def fix(self, value):
        self.held = self.held or (self.lb, self.ub)
        self.lb = self.ub = value

    def unfix(self):
        if self.held:
            (self.lb, self.ub), self.held = self.held, ()

    @property
    def crosses(self):
        return not self.removed and self.lb > self.ub


@dataclass
class Row:
    """A constraint as numbers: a row of the matrix, or outside of it the bound of one variable, or of none."""

    terms: dict
    low: float
    high: float
    is_outside: bool
    removed: bool = False

    @property
    def is_constant(self):
        return self.is_outside and not self.terms

    @property
    def crosses(self):
        return not self.removed and self.low > self.high


@dataclass
class Record:
    """A program as numbers, with what was removed from it."""

    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    offset: float = 0

    def made(self):
        """A new program of it: what is removed, and rows that lost their terms, only stand there for a while."""
        lp = LinearProgram()
        xs = [lp.Var() if c.removed else (lp.IntVar if c.integer else lp.Var)(lb=c.lb, ub=c.ub) for c in self.columns]
        lp.objective = sum(c.cost * x for c, x in zip(self.columns, xs)) + self.offset
        extra = [lp.Var(), lp.Var()]
        for row in self.rows:
            if not row.removed and not row.is_constant:
                e = sum(a * xs[j] for j, a in row.terms.items())
                lp.add_constraint((row.low, e if row.is_outside else e + extra[0] + extra[1], row.high))
        lp.remove(*extra, *(x for x, c in zip(xs, self.columns) if c.removed))
        return lp


class Edits(RuleBasedStateMachine):
    """All edits that there are; places count the living ones."""

    solver = "glpk"

    def __init__(self):
        super().__init__()
        self.lp = LinearProgram(solver=self.solver)
        self.record = Record()
        self.xs, self.rows = [], []
        self.bases = []

    def living(self, things, place):
        """The number of a living one."""
        found = [k for k, thing in enumerate(things) if not thing.removed]
        return found[place % len(found)]

    def several(self, first, count):
        """The numbers of some living variables, and an array of them."""
        found = [j for j, column in enumerate(self.record.columns) if not column.removed]
        chosen = sorted({found[(first + 7 * k) % len(found)] for k in range(count)})
        return chosen, VariableArray(self.lp, [self.xs[j]._index for j in chosen], (len(chosen),))

    def crosses(self):
        """Is the program in the midst of an edit, so that nobody may read it?"""
        return any(thing.crosses for thing in [*self.record.columns, *self.record.rows])

    def refused(self, read):
        """Does the program say that bounds cross?  It has to, where they do."""
        if not self.crosses():
            return False
        with pytest.raises(InvalidValue, match=r"The lower bound .* is above its upper bound .*Set both together"):
            read()
        return True

    def made_row(self, i):
        """Constraint i is a row of the matrix from now on, the last one."""
        row = self.record.rows[i]
        if row.is_outside:
            row.is_outside = False
            self.record.rows.append(self.record.rows.pop(i))
            self.rows.append(self.rows.pop(i))

    def has(kind):
        """A rule that needs a living variable or constraint."""
        return precondition(lambda self: any(not thing.removed for thing in getattr(self.record, kind)))

    # ---- variables
    @rule(lb=lows, ub=highs, integer=st.booleans(), cost=costs)
    def var(self, lb, ub, integer, cost):
        x = (self.lp.IntVar if integer else self.lp.Var)(lb=lb, ub=ub)
        if cost:
            x.cost = cost
        self.xs.append(x)
        self.record.columns.append(Column(lb, ub, integer, cost))

    @rule(count=st.integers(1, 3))
    def several_variables(self, count):
        self.xs.extend(self.lp.Vars(count, lb=0, ub=6))
        self.record.columns += [Column(0, 6, False) for _ in range(count)]

    @has("columns")
    @rule(place=places, lb=lows, ub=highs, how=st.sampled_from(["lb", "ub", "lb ub", "ub lb", "bounds"]))
    def bounds(self, place, lb, ub, how):
        """One side alone may cross the other."""
        j = self.living(self.record.columns, place)
        x, column = self.xs[j], self.record.columns[j]
        if how == "bounds":
            x.bounds = lb, ub
            column.lb, column.ub, column.held = lb, ub, ()
            return
        for side in how.split():
            if column.held:
                with pytest.raises(InvalidValue, match=r"is fixed at .*\.unfix\(\)"):
                    setattr(x, side, lb if side == "lb" else ub)
            else:
                setattr(x, side, lb if side == "lb" else ub)
                setattr(column, side, lb if side == "lb" else ub)

    @has("columns")
    @rule(place=places, value=st.integers(-3, 12), order=st.booleans())
    def both_sides_to_a_value(self, place, value, order):
        """In either order, whatever stood there."""
        j = self.living(self.record.columns, place)
        x, column = self.xs[j], self.record.columns[j]
        if not column.held:
            if order:
                x.lb = x.ub = value
            else:
                x.ub = x.lb = value
            column.lb = column.ub = value

    @has("columns")
    @rule(place=places, value=st.integers(-2, 12))
    def fix(self, place, value):
        j = self.living(self.record.columns, place)
        self.xs[j].fix(value)
        self.record.columns[j].fix(value)

    @has("columns")
    @rule(place=places)
    def unfix(self, place):
        j = self.living(self.record.columns, place)
        self.xs[j].unfix()
        self.record.columns[j].unfix()

    # ---- arrays of variables
    @has("columns")
    @rule(first=places, values=st.lists(st.integers(-2, 9), min_size=1, max_size=4), scalar=st.booleans())
    def fix_array(self, first, values, scalar):
        chosen, array = self.several(first, len(values))
        given = [values[0]] * len(chosen) if scalar else values[: len(chosen)]
        array.fix(values[0] if scalar else given)
        for j, value in zip(chosen, given):
            self.record.columns[j].fix(value)

    @has("columns")
    @rule(first=places, count=st.integers(1, 5))
    def unfix_array(self, first, count):
        chosen, array = self.several(first, count)
        array.unfix()
        for j in chosen:
            self.record.columns[j].unfix()

    @has("columns")
    @rule(first=places, bounds=st.lists(st.tuples(lows, highs), min_size=1, max_size=4), how=st.integers(0, 2))
    def array_bounds(self, first, bounds, how):
        chosen, array = self.several(first, len(bounds))
        columns = [self.record.columns[j] for j in chosen]
        lower, upper = ([pair[side] for pair in bounds[: len(chosen)]] for side in (0, 1))
        if how == 2:
            array.bounds = lower, upper
            for column, low, high in zip(columns, lower, upper):
                column.lb, column.ub, column.held = low, high, ()
            return
        name, values = ("lb", lower) if how == 0 else ("ub", upper)
        if any(column.held for column in columns):
            with pytest.raises(InvalidValue, match="is fixed at"):
                setattr(array, name, values)
            return
        setattr(array, name, values)
        for column, value in zip(columns, values):
            setattr(column, name, value)

    @has("columns")
    @rule(first=places, values=st.lists(costs, min_size=1, max_size=4), integer=st.booleans())
    def array_costs_and_kinds(self, first, values, integer):
        chosen, array = self.several(first, len(values))
        array.cost = values[: len(chosen)]
        array.integer = integer
        for j, value in zip(chosen, values):
            self.record.columns[j].cost, self.record.columns[j].integer = value, integer

    @has("columns")
    @rule(first=places, count=st.integers(1, 3))
    def remove_array(self, first, count):
        chosen, array = self.several(first, count)
        self.lp.remove(array)
        self.forget(chosen)

    @has("columns")
    @rule(place=places)
    def kind(self, place):
        j = self.living(self.record.columns, place)
        column = self.record.columns[j]
        self.xs[j].integer = column.integer = not column.integer

    @has("columns")
    @rule(place=places)
    def remove_variable(self, place):
        j = self.living(self.record.columns, place)
        self.lp.remove(self.xs[j])
        self.forget([j])

    def forget(self, chosen):
        """These variables are removed, and with them what bounds them alone."""
        for j in chosen:
            column = self.record.columns[j]
            column.removed, column.cost = True, 0
            for row in self.record.rows:
                if row.is_outside and j in row.terms:
                    row.removed = True

    # ---- the objective
    @has("columns")
    @rule(place=places, cost=costs)
    def cost(self, place, cost):
        j = self.living(self.record.columns, place)
        self.xs[j].cost = self.record.columns[j].cost = cost

    @rule(factors=st.lists(costs, max_size=8), offset=costs)
    def objective(self, factors, offset):
        total = 0
        for column in self.record.columns:
            column.cost = 0
        for j, a in enumerate(factors[: len(self.xs)]):
            if not self.record.columns[j].removed:
                total += a * self.xs[j]
                self.record.columns[j].cost = a
        self.lp.objective = total + offset
        self.record.offset = offset

    @has("columns")
    @rule(place=places, cost=costs, offset=costs)
    def objective_plus(self, place, cost, offset):
        j = self.living(self.record.columns, place)
        self.lp.objective += cost * self.xs[j] + offset
        self.record.columns[j].cost += cost
        self.record.offset += offset

    # ---- constraints
    @has("columns")
    @rule(
        terms=st.lists(st.tuples(places, coefficients), min_size=1, max_size=5),
        b=st.integers(-8, 12),
        width=st.integers(0, 4),
        form=st.sampled_from(["<=", ">=", "==", "range", "two sides", "row"]),
    )
    def constraint(self, terms, b, width, form):
        total, e = {}, 0
        for place, a in terms:
            j = self.living(self.record.columns, place)
            total[j] = total.get(j, 0) + a
            e = e + a * self.xs[j]
        total = {j: a for j, a in total.items() if a}
        self.add(total, e, b, width, form)

    def add(self, total, e, b, width, form):
        low, high = {"<=": (-inf, b), "row": (-inf, b), ">=": (b, inf), "range": (b, b + width)}.get(form, (b, b))
        relation = {
            "<=": lambda: e <= b,
            ">=": lambda: e >= b,
            "==": lambda: e == b,
            "range": lambda: b <= e <= b + width,
            "two sides": lambda: e + 3 == 3 + b + 0 * e,
            "row": lambda: e <= b,
        }[form]()
        if not total and form != "row" and not low <= 0 <= high:  # all cancelled
            with pytest.raises(InvalidValue):
                self.lp.add_constraint(relation)
            return
        self.rows.append(self.lp.add_constraint(relation, row=form == "row"))
        self.record.rows.append(Row(total, low, high, len(total) < 2 and form != "row"))

    @rule(b=st.integers(-8, 12), row=st.booleans())
    def constraint_of_nothing(self, b, row):
        """A triple without variables, that columns fill."""
        if not row and b < 0:
            with pytest.raises(InvalidValue):
                self.lp.add_constraint((-inf, 0, b))
            return
        self.rows.append(self.lp.add_constraint((-inf, 0, b), row=row))
        self.record.rows.append(Row({}, -inf, b, not row))

    @has("rows")
    @rule(entries=st.lists(st.tuples(places, coefficients), min_size=1, max_size=3), cost=costs)
    def column(self, entries, cost):
        """A variable with its coefficients in one call."""
        chosen = {self.living(self.record.rows, place): a for place, a in entries}
        cs = [(self.rows[i], self.record.rows[i], a) for i, a in chosen.items()]
        self.xs.append(self.lp.Var(lb=0, ub=5, cost=cost, column={c: a for c, _, a in cs}))
        self.record.columns.append(Column(0, 5, False, cost))
        for c, row, a in cs:
            if a:
                self.made_row(self.rows.index(c))
                row.terms[len(self.xs) - 1] = a

    @has("rows")
    @rule(place=places, b=st.integers(-8, 12), side=st.sampled_from(["lb", "ub"]))
    def row_bounds(self, place, b, side):
        i = self.living(self.record.rows, place)
        row = self.record.rows[i]
        low, high = (b, row.high) if side == "lb" else (row.low, b)
        if row.is_constant and not low <= 0 <= high:
            with pytest.raises(InvalidValue):
                setattr(self.rows[i], side, b)
            return
        setattr(self.rows[i], side, b)
        row.low, row.high = low, high

    @has("rows")
    @rule(place=places, b=st.integers(-8, 12), how=st.sampled_from(["lb ub", "ub lb", "bounds"]))
    def both_row_bounds(self, place, b, how):
        """In either order, whatever stood there."""
        i = self.living(self.record.rows, place)
        row, c = self.record.rows[i], self.rows[i]
        if row.is_constant:
            return
        if how == "bounds":
            c.bounds = b, b + 2
            row.low, row.high = b, b + 2
        else:
            for side in how.split():
                setattr(c, side, b)
            row.low = row.high = b

    @has("rows")
    @rule(place=places, b=st.integers(-8, 12))
    def rhs(self, place, b):
        i = self.living(self.record.rows, place)
        row = self.record.rows[i]
        if row.low != row.high and (row.low == -inf) == (row.high == inf):
            with pytest.raises(InvalidValue):
                self.rows[i].rhs = b
            return
        if row.is_constant and not (row.low == -inf or b <= 0) & (row.high == inf or b >= 0):
            with pytest.raises(InvalidValue):
                self.rows[i].rhs = b
            return
        self.rows[i].rhs = b
        row.low, row.high = b if row.low > -inf else -inf, b if row.high < inf else inf

    @has("rows")
    @has("columns")
    @rule(place=places, other=places, a=st.sampled_from([0, 1, -2, 3]))
    def coefficient(self, place, other, a):
        i, j = self.living(self.record.rows, place), self.living(self.record.columns, other)
        row = self.record.rows[i]
        c = self.rows[i]
        c.set_coefficient(self.xs[j], a)
        if (a and {*row.terms} != {j}) or (not a and j in row.terms):
            self.made_row(i)
        assert c.coefficient(self.xs[j]) == a
        if a:
            row.terms[j] = a
        else:
            row.terms.pop(j, None)

    @has("rows")
    @rule(place=places, several=st.integers(1, 3))
    def remove_constraints(self, place, several):
        found = [i for i, row in enumerate(self.record.rows) if not row.removed]
        chosen = {found[(place + k) % len(found)] for k in range(several)}
        self.lp.remove(*(self.rows[i] for i in sorted(chosen)))
        for i in chosen:
            self.record.rows[i].removed = True

    # ---- the whole program
    @rule(how=st.sampled_from(["copy", "deepcopy", *range(pickle.HIGHEST_PROTOCOL + 1)]))
    def copy(self, how):
        """The work goes on with a copy."""
        lp = self.lp
        if how in ("copy", "deepcopy"):
            self.lp = lp.copy() if how == "copy" else copy.deepcopy(lp)
            self.xs = [variable_at(self.lp, x._index) for x in self.xs]
            self.rows = [self.lp[c] for c in self.rows]
        else:
            self.lp, self.xs, self.rows = pickle.loads(pickle.dumps((lp, self.xs, self.rows), how))

    @rule(sense=senses, bounded=st.booleans())
    def solve_in_passing(self, sense, bounded):
        """An answer that nobody compares: it leaves the engine somewhere."""
        if self.refused(lambda: self.lp.solve(sense)):
            return
        if self.solver == "highs" and any(x.integer for x in self.lp.variables):
            bounded = False  # there it has no such limit
        solution = self.lp.solve(sense, node_limit=3, iteration_limit=2 if bounded else None)
        assert solution.status in Status

    @rule(sense=senses, presolve=st.booleans(), method=st.sampled_from(["primal", "dual", "primal-dual", "interior"]))
    def solve_by_another_method(self, sense, presolve, method):
        if method == "interior" and any(c.integer for c in self.record.columns if not c.removed):
            method = "auto"
        if self.refused(getattr(self.lp, sense)):
            return
        self.lp.solve(sense, presolve=presolve, method=method, node_limit=NODES)

    @rule()
    def keep_basis(self):
        try:
            self.bases.append(self.lp.basis)
        except NoSolution:
            return
        assert Basis(self.bases[-1].variables, self.bases[-1].rows) == self.bases[-1]

    @precondition(lambda self: self.bases)
    @rule(place=places)
    def start_from_basis(self, place):
        try:
            self.lp.basis = self.bases[place % len(self.bases)]
        except InvalidValue:
            return

    @rule(sense=senses, plain=st.booleans())
    def solve(self, sense, plain):
        """The warm answer is the cold one."""
        if self.refused(self.lp.compile):
            return
        fresh = self.record.made()
        assert fresh.compile(sense) == self.lp.compile(sense)
        cold = fresh.solve(sense, node_limit=NODES)
        if plain and not any(c.integer for c in self.record.columns):
            with contextlib.suppress(NoSolution):
                getattr(self.lp, sense)()  # the shortest road
            warm = self.lp.solution
        else:
            warm = self.lp.solve(sense, node_limit=NODES)
        if Status.NODE_LIMIT in (warm.status, cold.status):
            return
        unsure = {Status.UNBOUNDED, Status.INFEASIBLE, Status.INFEASIBLE_OR_UNBOUNDED}
        if Status.INFEASIBLE_OR_UNBOUNDED in (warm.status, cold.status):
            assert {warm.status, cold.status} <= unsure
            return
        assert warm.status is cold.status
        if warm.status is Status.OPTIMAL:
            assert isclose(warm.objective, cold.objective, rel_tol=1e-7, abs_tol=1e-7)
            check_point(self.lp)
            if not any(x.integer for x in self.lp.variables):
                check_duals(self.lp, sense)

    @invariant()
    def handles_say_what_the_record_says(self):
        assert len(self.lp.variables) == sum(not c.removed for c in self.record.columns)
        for c, row in zip(self.rows, self.record.rows):
            if not row.removed:
                assert (c.lb, c.ub) == (row.low, row.high)
                living = {j: a for j, a in row.terms.items() if not self.record.columns[j].removed}
                assert c.terms == tuple((self.xs[j], a) for j, a in living.items())
        assert {*self.lp.constraints} == {c for c, row in zip(self.rows, self.record.rows) if not row.removed}
        for x, column in zip(self.xs, self.record.columns):
            if not column.removed:
                assert (x.is_fixed, x.cost, x.integer) == (bool(column.held), column.cost, column.integer)


TestEdits = Edits.TestCase

if HAS_HIGHS:

    class EditsInHighs(Edits):
        """The same with the other engine."""

        solver = "highs"

    TestEditsInHighs = EditsInHighs.TestCase

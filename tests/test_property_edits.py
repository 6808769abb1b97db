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

from .drawn_programs import coefficients, senses
from .random_programs import check_duals, check_point

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


@dataclass
class Row:
    """A constraint as numbers: a row of the matrix, or the bound of one variable."""

    terms: dict
    low: float
    high: float
    is_bound: bool
    removed: bool = False


@dataclass
class Record:
    """A program as numbers, with what was removed from it."""

    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    offset: float = 0

    def made(self):
        """A new program of it: what is removed, and rows that lost their terms, only stand there for a while."""
        lp = LinearProgram()
        xs = [(lp.IntVar if c.integer else lp.Var)(lb=c.lb, ub=c.ub) for c in self.columns]
        lp.objective = sum(c.cost * x for c, x in zip(self.columns, xs)) + self.offset
        extra = [lp.Var(), lp.Var()]
        for row in self.rows:
            if not row.removed:
                e = sum(a * xs[j] for j, a in row.terms.items())
                lp.add_constraint((row.low, e if row.is_bound else e + extra[0] + extra[1], row.high))
        lp.remove(*extra, *(x for x, c in zip(xs, self.columns) if c.removed))
        return lp


class Edits(RuleBasedStateMachine):
    """All edits that there are; places count the living ones."""

    def __init__(self):
        super().__init__()
        self.lp = LinearProgram()
        self.record = Record()
        self.xs, self.rows = [], []
        self.bases = []

    def living(self, things, place):
        """The number of a living one."""
        found = [k for k, thing in enumerate(things) if not thing.removed]
        return found[place % len(found)]

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
    @rule(place=places, lb=lows, ub=highs)
    def bounds(self, place, lb, ub):
        j = self.living(self.record.columns, place)
        column = self.record.columns[j]
        if lb <= column.ub:
            self.xs[j].lb = column.lb = lb
        if ub >= column.lb:
            self.xs[j].ub = column.ub = ub

    @has("columns")
    @rule(place=places, value=st.integers(0, 3))
    def fix(self, place, value):
        j = self.living(self.record.columns, place)
        column = self.record.columns[j]
        if column.lb <= value:
            self.xs[j].ub = column.ub = value
            self.xs[j].lb = column.lb = value

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
        column = self.record.columns[j]
        column.removed, column.cost = True, 0
        for row in self.record.rows:
            if row.is_bound and j in row.terms:
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
        form=st.sampled_from(["<=", ">=", "==", "range", "two sides"]),
    )
    def constraint(self, terms, b, width, form):
        total, e = {}, 0
        for place, a in terms:
            j = self.living(self.record.columns, place)
            total[j] = total.get(j, 0) + a
            e = e + a * self.xs[j]
        total = {j: a for j, a in total.items() if a}
        low, high = {"<=": (-inf, b), ">=": (b, inf), "range": (b, b + width)}.get(form, (b, b))
        relation = {
            "<=": lambda: e <= b,
            ">=": lambda: e >= b,
            "==": lambda: e == b,
            "range": lambda: b <= e <= b + width,
            "two sides": lambda: e + 3 == 3 + b + 0 * self.xs[j],
        }[form]()
        if not total:  # all cancelled
            if low <= 0 <= high:
                self.lp.add_constraint(relation)
            else:
                with pytest.raises(InvalidValue):
                    self.lp.add_constraint(relation)
            return
        self.rows.append(self.lp.add_constraint(relation))
        self.record.rows.append(Row(total, low, high, len(total) == 1))

    @has("rows")
    @rule(place=places, b=st.integers(-8, 12), side=st.sampled_from(["lb", "ub"]))
    def row_bounds(self, place, b, side):
        i = self.living(self.record.rows, place)
        row = self.record.rows[i]
        if b <= row.high if side == "lb" else b >= row.low:
            setattr(self.rows[i], side, b)
            setattr(row, "low" if side == "lb" else "high", b)

    @has("rows")
    @rule(place=places, b=st.integers(-8, 12))
    def rhs(self, place, b):
        i = self.living(self.record.rows, place)
        row = self.record.rows[i]
        if row.low != row.high and (row.low == -inf) == (row.high == inf):
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
        if row.is_bound and (j not in row.terms or not a):
            with pytest.raises(InvalidValue):
                self.rows[i].set_coefficient(self.xs[j], a)
            return
        self.rows[i].set_coefficient(self.xs[j], a)
        assert self.rows[i].coefficient(self.xs[j]) == a
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
            self.xs = [self.lp._handle(x._index) for x in self.xs]
            self.rows = [self.lp[c] for c in self.rows]
        else:
            self.lp, self.xs, self.rows = pickle.loads(pickle.dumps((lp, self.xs, self.rows), how))

    @rule(sense=senses, bounded=st.booleans())
    def solve_in_passing(self, sense, bounded):
        """An answer that nobody compares: it leaves the engine somewhere."""
        solution = self.lp.solve(sense, node_limit=3, iteration_limit=2 if bounded else None)
        assert solution.status in Status

    @rule(sense=senses, presolve=st.booleans(), method=st.sampled_from(["primal", "dual", "primal-dual", "interior"]))
    def solve_by_another_method(self, sense, presolve, method):
        if method == "interior" and any(c.integer for c in self.record.columns if not c.removed):
            method = "auto"
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


TestEdits = Edits.TestCase

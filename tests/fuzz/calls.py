"""Bytes as a program of calls of the public API, with operands that nobody should pass.

`run(data)` performs them.  What may come of a call: a value, an exception of pplp's tree, a TypeError of Python itself
for operands that it cannot bring together, an OSError where a file was named, and what a callable of ours raised.
Anything else is raised as `Finding`.  An abort of the process, or no end, is for those who run this in a child process.
"""

from __future__ import annotations

import contextlib
import copy
import json
import math
import pickle
import tempfile
import warnings
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pplp
from pplp import (
    Basis,
    CancelToken,
    LinearProgram,
    MatrixForm,
    Options,
    PplpError,
    Reformulation,
    Solution,
    dot,
    maximum,
    minimum,
    piecewise,
    semicontinuous,
    sos1,
    sos2,
    truth,
)

try:
    import numpy as np
except ImportError:  # then there are none of its operands
    np = None

inf, nan = math.inf, math.nan
HOUSE = str(Path(pplp.__file__).parent)


class Finding(Exception):
    """What must not happen."""


class Ours(Exception):
    """What a callable that we passed raises."""


class NoFloat:
    """It says that it is a number."""

    def __float__(self):
        raise ValueError("no")


class StrangeFloat:
    """Its float is none."""

    def __float__(self):
        return "1"


HOSTILE = [
    nan, inf, -inf, -0.0, 1e-320, 1e-200, -1e-101, 1e-99, 1e-12, 1e-7, 1e7, 1e15, 1e16, -1e99, 1e101, 1e308,
    2**31, 2**53, 2**53 + 1, -(2**63), 10**400, True, False, None, "3", "", "x", b"x", 1j,
    Fraction(1, 3), Fraction(10**400, 7), Decimal("0.1"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"),
    Decimal("1e400"), NoFloat(),
    StrangeFloat(), object(), [], [1, 2], (), (1, 2, 3), {}, {1: 2}, set(), range(3), slice(None), int,
    Ellipsis, NotImplemented, print,
]  # fmt: skip
if np is not None:
    HOSTILE += [
        np.float64(2), np.float32(0.1), np.int64(-3), np.int8(4), np.uint8(200), np.bool_(True), np.float64(nan),
        np.float16(inf), np.longdouble(1) / 3, np.complex128(1j), np.datetime64("2020-01-01"), np.str_("3"),
        np.array(2.0), np.array([1.0, 2.0]), np.array([]), np.array([nan, 1]), np.array(["a"]), np.array([None, 1]),
        np.array([[1, 0], [0, 1]]), np.zeros((2, 0)), np.array([1e-200, 1e200]), np.array([True, False]),
        np.ma.array([1.0, 2.0], mask=[1, 0]), np.array([Fraction(1, 2), 3], object),
    ]  # fmt: skip
NAMES = ["x", "y", "row", "", "\0", "ü" * 300, "a b", "x0", "x0_", "[", "\n", "\ud800", None, None, None, 3, b"n", ()]


class Done(Exception):
    """No bytes are left."""


class Bytes:
    """Choices, read from bytes."""

    def __init__(self, data):
        self._data, self._at = data, 0

    def byte(self):
        """The next one."""
        if self._at >= len(self._data):
            raise Done
        self._at += 1
        return self._data[self._at - 1]

    def among(self, things):
        """One of several."""
        if not things:
            raise Skip
        return things[self.byte() % len(things)]

    def number(self):
        """Mostly one that may stand everywhere."""
        b = self.byte()
        if b < 190:
            return (b % 19) - 9 if b % 3 else (b % 19 - 9) / 2
        return self.among(HOSTILE)

    def sign(self):
        """Of chances that are even."""
        return self.byte() % 2 == 0


class Skip(Exception):
    """There is nothing yet that the call could be made with."""


class World:
    """What the calls have made so far."""

    def __init__(self, folder):
        self.lp, self.other = LinearProgram(name="mine"), LinearProgram(name="another's")
        self.folder = folder
        self.xs = [self.lp.Var(lb=0, ub=9), self.lp.IntVar(lb=-2, ub=5)]
        self.es, self.rs, self.cs, self.made = [], [], [], []
        self.foreign = self.other.Var("foreign", lb=0, ub=1)
        self.solutions, self.bases = [], [Basis("BL", ""), Basis("", "")]
        self.depth = 0

    def operand(self, d):
        """Anything that may be brought into an expression, and some that may not."""
        b = d.byte()
        if b < 90:
            return d.among(self.xs)
        if b < 140 and self.es:
            return d.among(self.es)
        if b < 215:
            return d.number()
        if b < 222 and self.rs:
            return d.among(self.rs)
        if b < 230 and self.made:
            return d.among(self.made)
        return self.foreign if b < 236 else d.among(HOSTILE)

    def expression(self, d):
        """Mostly an expression."""
        return d.among(self.es) if self.es and d.sign() else self.operand(d) if d.byte() > 220 else d.among(self.xs)

    def thing(self, d):
        """Anything at all."""
        return d.among(d.among([self.xs, self.es, self.rs, self.cs, self.made, self.solutions, self.bases, HOSTILE]))

    @property
    def has_integers(self):
        """Might a search not end?"""
        return any(x.integer for x in self.lp.variables)


CALLS = []


def call(function):
    """An entry of the table."""
    CALLS.append(function)
    return function


# --------------------------------------------------------------------- variables
@call
def var(w, d):
    make = d.among([w.lp.Var, w.lp.Var, w.lp.IntVar])
    bounds = {}
    if d.sign():
        bounds["lb"] = d.number()
    if d.sign():
        bounds["ub"] = d.number()
    w.xs.append(make(d.among(NAMES), **bounds))


@call
def bool_var(w, d):
    w.xs.append(w.lp.BoolVar(d.among(NAMES)))


@call
def several(w, d):
    shape = d.among([2, 3, 0, (2, 2), (1, 3), (0, 2), ["a", "b"], "ab", {"k": 1}, (), -1, (2, -1), None, 1.5, 10**12,
                     10**400, (10**5, 10**7), ["a", "a"], [[]], True, range(2)])  # fmt: skip
    bounds = {"lb": d.number()} if d.sign() else {"ub": [d.number(), d.number()]} if d.sign() else {}
    found = w.lp.Vars(shape, d.among(NAMES), integer=d.among([False, True, None]), **bounds)
    w.made.append(found)
    w.xs.extend(found.values() if hasattr(found, "values") else found.flat)


@call
def edit_variable(w, d):
    x, what = d.among(w.xs), d.among(["lb", "ub", "cost", "integer", "lb", "ub"])
    setattr(x, what, d.number())


@call
def read_variable(w, d):
    getattr(d.among(w.xs), d.among(["lb", "ub", "cost", "integer", "value", "reduced_cost", "name", "program"]))


# --------------------------------------------------------------------- operators
@call
def binary(w, d):
    a, b = w.expression(d), w.operand(d)
    if d.byte() % 3 == 0:
        a, b = b, a
    if not any(type(one).__module__.startswith("pplp") for one in (a, b)):
        raise Skip  # what Python makes of "x" * 2**53 is not our matter
    kind = d.byte() % 14
    e = (
        a + b if kind < 4 else
        a - b if kind < 6 else
        a * b if kind < 9 else
        a / b if kind < 11 else
        a @ b if kind == 11 else
        a // b if kind == 12 else
        a**b
    )  # fmt: skip
    w.es.append(e)


@call
def unary(w, d):
    a = w.operand(d)
    w.es.append(d.among([lambda: -a, lambda: +a, lambda: abs(a)])())


@call
def in_place(w, d):
    a = d.among(w.es)
    b = w.operand(d)
    if d.sign():
        a += b
    else:
        a -= b
    w.es.append(a)


@call
def sums(w, d):
    items = [w.operand(d) for _ in range(d.byte() % 40)]
    w.es.append(sum(items) if d.sign() else dot([d.number() for _ in items], items))


@call
def functions(w, d):
    kind = d.byte() % 8
    e = (
        (maximum if kind else minimum)(*[w.operand(d) for _ in range(d.byte() % 4)]) if kind < 2 else
        maximum([w.operand(d)]) if kind == 2 else
        piecewise(w.expression(d), [(d.number(), d.number()) for _ in range(d.byte() % 5)]) if kind == 3 else
        piecewise(w.expression(d), [(-20, d.number()), (0, d.number()), (30, d.number())]) if kind == 4 else
        truth(d.among(w.rs)) if kind == 5 else
        truth(w.thing(d)) if kind == 6 else
        piecewise(w.thing(d), w.thing(d))
    )  # fmt: skip
    w.es.append(e)


@call
def sets(w, d):
    kind = d.byte() % 4
    r = (
        sos1([w.expression(d) for _ in range(d.byte() % 4)]) if kind == 0 else
        sos2([w.expression(d) for _ in range(d.byte() % 4)]) if kind == 1 else
        semicontinuous(w.expression(d), d.number(), d.number()) if kind == 2 else
        d.among([sos1, sos2])(w.thing(d))
    )  # fmt: skip
    w.rs.append(r)


# --------------------------------------------------------------------- relations
@call
def compare(w, d):
    a, b = w.expression(d), w.operand(d) if d.byte() > 100 else d.number()
    if d.byte() % 4 == 0:
        a, b = b, a
    kind = d.byte() % 12
    r = (
        a <= b if kind < 4 else
        a >= b if kind < 7 else
        a == b if kind < 10 else
        a < b if kind == 10 else
        a != b
    )  # fmt: skip
    w.rs.append(r)


@call
def chain(w, d):
    a, e, b = d.number(), w.expression(d), d.number()
    kind = d.byte() % 6
    r = (
        (a <= e <= b) if kind == 0 else
        (a >= e >= b) if kind == 1 else
        (a, e, b) if kind == 2 else
        (a == e == b) if kind == 3 else
        (e <= a <= e) if kind == 4 else
        e.between(a, b) if hasattr(e, "between") else None
    )  # fmt: skip
    w.rs.append(r)


@call
def imply(w, d):
    condition = w.expression(d)
    w.rs.append((1 - condition if d.sign() else condition) >> (d.among(w.rs) if d.byte() < 200 else w.thing(d)))


@call
def constrain(w, d):
    relation = d.among(w.rs) if d.byte() < 230 else w.thing(d)
    c = w.lp.add_constraint(relation, d.among(NAMES))
    w.cs.extend(c.flat if hasattr(c, "flat") else [c])


@call
def simple_row(w, d):
    e = sum(((d.byte() % 9) - 4) * x for x in w.xs[:6])
    b = d.byte() % 30 - 10
    w.cs.append(w.lp.add_constraint(e <= b if d.sign() else e >= b))


@call
def constrain_many(w, d):
    w.cs += w.lp.add_constraints([d.among(w.rs), w.thing(d)] if d.sign() else w.thing(d))


@call
def edit_constraint(w, d):
    c, what = d.among(w.cs), d.among(["lb", "ub", "rhs"])
    if isinstance(c, Reformulation):
        raise Skip
    setattr(c, what, d.number())


@call
def set_coefficient(w, d):
    c = d.among(w.cs)
    if isinstance(c, Reformulation):
        raise Skip
    c.set_coefficient(d.among(w.xs) if d.byte() < 220 else w.foreign, d.number())


@call
def read_constraint(w, d):
    c = d.among(w.cs)
    what = d.among(["lb", "ub", "rhs", "expression", "value", "slack", "dual", "name"])
    if isinstance(c, Reformulation):
        what = d.among(["variables", "constraints"])
    getattr(c, what)


@call
def remove(w, d):
    things = [d.among(d.among([w.xs, w.cs])) for _ in range(d.byte() % 3)]
    if d.byte() > 200:
        things.append(w.thing(d))
    w.lp.remove(*things)


# --------------------------------------------------------------------- the objective
@call
def objective(w, d):
    w.lp.objective = d.among(w.es) if d.byte() < 200 else w.thing(d)


@call
def simple_objective(w, d):
    w.lp.objective = sum(((d.byte() % 9) - 4) * x for x in w.lp.variables[:6])


@call
def objective_plus(w, d):
    if d.sign():
        w.lp.objective += w.operand(d)
    else:
        w.lp.objective -= w.operand(d)


# --------------------------------------------------------------------- arrays
@call
def array(w, d):
    a = d.among([one for one in w.made if hasattr(one, "shape")])
    b = w.operand(d)
    kind = d.byte() % 20
    found = (
        a + b if kind == 0 else
        b - a if kind == 1 else
        a * b if kind == 2 else
        a / b if kind == 3 else
        a @ b if kind == 4 else
        b @ a if kind == 5 else
        a <= b if kind == 6 else
        a == b if kind == 7 else
        b <= a if kind == 8 else
        a.T if kind == 9 else
        a.reshape(-1) if kind == 10 else
        a.reshape(d.number()) if kind == 11 else
        a.sum() if kind == 12 else
        a.sum(axis=d.number()) if kind == 13 else
        a[d.number()] if kind == 14 else
        a[d.number() : d.number()] if kind == 15 else
        a[d.number(), d.number()] if kind == 16 else
        (0 <= a <= 3) if kind == 17 else
        -a if kind == 18 else
        a.flat[0] if a.size else a
    )  # fmt: skip
    (w.rs if 6 <= kind <= 8 or kind == 17 else w.made if hasattr(found, "shape") else w.es).append(found)


@call
def array_attributes(w, d):
    a = d.among([one for one in w.made if hasattr(one, "shape")])
    what = d.among(["lb", "ub", "value", "reduced_cost"])
    if d.sign() and what in ("lb", "ub") and hasattr(type(a), what):
        setattr(a, what, d.number())
    elif hasattr(type(a), what):
        getattr(a, what)


# --------------------------------------------------------------------- solving
BAD_OPTIONS = [
    "time_limit",
    "iteration_limit",
    "node_limit",
    "gap",
    "absolute_gap",
    "feasibility_tolerance",
    "presolve",
    "optimality_tolerance",
    "integrality_tolerance",
    "verbose",
    "log",
    "progress",
    "cancel",
    "cuts",
    "pool",
    "branching",
    "backtracking",
    "feasibility_pump",
    "proximity_search",
    "callback",
    "start",
    "method",
    "magic",
    "scaling",
    "crossover",
]


def options(w, d):
    """Some of them, with a limit where the search could be endless."""
    found = {}
    for _ in range(d.byte() % 3):
        kind = d.byte() % 16
        found.update(
            {"method": d.among(["primal", "dual", "primal-dual", "interior", "exact", "auto"])} if kind < 3 else
            {"presolve": d.sign()} if kind == 3 else
            {"iteration_limit": d.byte() % 5} if kind == 4 else
            {"node_limit": d.byte() % 5} if kind == 5 else
            {"time_limit": d.among([0, 1e-9, 0.01])} if kind == 6 else
            {"cuts": d.among([True, False, {"cover"}, {"gomory", "mir"}, frozenset(["clique"])])} if kind == 7 else
            {"branching": d.among(["first fractional", "pseudocost", "most fractional", "driebeck-tomlin"])}
            if kind == 8 else
            {"backtracking": d.among(["depth first", "best projection", "breadth first"])} if kind == 9 else
            {"pool": d.byte() % 4} if kind == 10 else
            {"scaling": d.sign(), "crossover": d.sign()} if kind == 11 else
            {"gap": 0.5, "feasibility_tolerance": d.among([1e-12, 0.1, 1e-9])} if kind == 12 else
            {"feasibility_pump": d.sign()} if kind == 13 else
            {"callback": callback(w, d)} if kind == 14 else
            listeners(w, d)
        )  # fmt: skip
    if d.byte() > 230:
        found[d.among(BAD_OPTIONS)] = w.thing(d)
    if d.byte() > 235:
        found["start"] = w.thing(d) if d.sign() else {d.among(w.xs): d.number() for _ in range(d.byte() % 4)}
    if found.get("verbose"):
        found["verbose"] = 0  # no flood
    if isinstance(found.get("log"), (str, bytes)):
        found["log"] = str(Path(w.folder, "log"))
    for name in ("log", "progress", "callback"):
        if any(found.get(name) is one for one in (True, int, print)):  # they draw, print, and raise what is theirs
            del found[name]
    if w.has_integers or w.lp._reformulations.variables:
        found.setdefault("node_limit", 60)
        found.setdefault("time_limit", 0.2)
    return found


def listeners(w, d):
    """A log or a progress callable, which may do what it should not."""
    deed = deeds(w, d)
    return {d.among(["log", "progress"]): lambda _: deed()}


def deeds(w, d):
    """What a callable of ours may do while a solve is under way."""

    def raising():
        raise Ours

    def silently(do):
        def deed():
            with contextlib.suppress(PplpError):
                do()

        return deed

    def solving_the_same():
        if w.depth < 2:
            w.depth += 1
            try:
                w.lp.solve(node_limit=5, time_limit=0.2)
            finally:
                w.depth -= 1

    number = d.number()
    x = d.among(w.xs)
    return silently(
        d.among(
            [
                lambda: None,
                raising,
                lambda: w.lp.stop(),
                lambda: w.lp.Var(),
                lambda: setattr(x, "ub", number),
                lambda: setattr(x, "integer", True),
                lambda: w.lp.remove(x),
                lambda: w.lp.add_constraint(x + w.xs[0] <= 3),
                lambda: w.lp.copy().solve(node_limit=5, time_limit=0.2),
                solving_the_same,
                lambda: x.value,
                lambda: str(w.lp.solution),
                lambda: w.other.minimize(),
            ]
        )
    )


def callback(w, d):
    """One that uses its context, also after its time."""
    deed, kept = deeds(w, d), []
    kind, relation, number, x = d.byte() % 12, d.among([*w.rs, None]), d.number(), d.among(w.xs)
    direction = d.among(["auto", "up", "down", "sideways", None])

    def ask(ctx):
        kept.append(ctx)
        try:
            if kind == 0:
                ctx.add_lazy(relation)
            elif kind == 1:
                ctx.add_cut(relation)
            elif kind == 2:
                ctx.submit({x: number})
            elif kind == 3:
                ctx.submit(w.solutions[-1] if w.solutions else number)
            elif kind == 4:
                ctx.branch_on(x, direction)
            elif kind == 5:
                ctx.branch_on(ctx.fractional[-1], direction)
            elif kind == 6:
                ctx.stop()
            elif kind == 7:
                deed()
            elif kind == 8:
                ctx.value(w.es[-1] if w.es else number)
            elif kind == 9:
                kept[0].value(x)
            elif kind == 10:
                return [ctx.event, ctx.objective, ctx.incumbent, ctx.bound, ctx.gap, ctx.nodes, ctx.seconds, repr(ctx)]
            else:
                ctx.add_lazy(x + w.xs[0] <= number)
        except (PplpError, TypeError) as error:
            if not is_allowed(None, error):
                raise
        return None

    return ask


def solved(w, d, how):
    """A call that solves."""
    solution = how()
    if isinstance(solution, Solution):
        w.solutions.append(solution)
    elif w.lp.solution is not None:
        w.solutions.append(w.lp.solution)


@call
def solve(w, d):
    found = options(w, d)
    sense = d.among(["minimize", "maximize", "minimize", "maximize", "max", None])
    solved(w, d, lambda: w.lp.solve(sense, **found))


@call
def optimum(w, d):
    found = options(w, d) if w.has_integers or d.byte() > 128 else {}
    solved(w, d, d.among([lambda: w.lp.minimize(**found), lambda: w.lp.maximize(**found)]))


@call
def lexicographic(w, d):
    found = options(w, d)
    goals = [w.expression(d) for _ in range(d.byte() % 3)] if d.byte() < 240 else w.thing(d)
    if goals is None:
        raise Skip
    if d.byte() > 200:
        found[d.among(["absolute_loss", "relative_loss"])] = w.thing(d) if d.sign() else d.number()
    solved(w, d, lambda: d.among([w.lp.minimize, w.lp.maximize])(goals, **found))


@call
def read_solution(w, d):
    solution = d.among(w.solutions)
    what = d.byte() % 10
    thing = w.thing(d) if what > 7 else d.among(d.among([w.xs, w.es or w.xs]))
    if what < 2:
        solution[thing]
    elif what < 4:
        solution.value(thing)
    elif what == 4:
        solution.dual(d.among(w.cs))
    elif what == 5:
        solution.reduced_cost(d.among(w.xs))
    elif what == 6:
        solution.exact(thing)
    elif what == 7:
        _ = solution.pool, solution.gap, solution.bound, solution.message, repr(solution), solution.method_reason
    elif what == 8:
        w.lp.value(thing)
    else:
        d.among([float, int, repr, bool, hash, str])(thing)


@call
def sensitivity(w, d):
    ranges = w.lp.sensitivity()
    str(ranges)
    _ = ranges[d.among(w.xs)] if d.sign() else ranges[d.among(w.cs)] if d.sign() else ranges[w.thing(d)]


@call
def certificates(w, d):
    if d.sign():
        proof = w.lp.infeasibility_certificate()
        str(proof)
        if not proof.verify():
            raise Finding("a certificate that does not hold")
        _ = proof[d.among(w.xs)]
    else:
        ray = w.lp.unbounded_ray(d.among([None, "minimize", "maximize", "max"]))
        repr(ray)
        if not ray.verify():
            raise Finding("a ray that does not hold")


# --------------------------------------------------------------------- bases, copies, forms
@call
def basis(w, d):
    w.bases.append(w.lp.basis)


@call
def set_basis(w, d):
    w.lp.basis = d.among(w.bases) if d.byte() < 200 else w.thing(d)


@call
def write_basis(w, d):
    letters = "".join(d.among("BBLUFEX") for _ in range(d.byte() % 9))
    w.bases.append(Basis(letters[:2], letters[2:]))


@call
def any_basis(w, d):
    columns, rows = len(w.lp.variables), w.lp.compile().rows
    letters = [d.among("LUFE") for _ in range(columns + rows)]
    for _ in range(rows * 3):
        if letters.count("B") < rows:
            letters[d.byte() % len(letters)] = "B"
    w.lp.basis = Basis("".join(letters[:columns]), "".join(letters[columns:]))


@call
def basis_file(w, d):
    path = Path(w.folder, "basis")
    if d.sign():
        d.among(w.bases).save(path)
    elif d.sign():
        path.write_text(json.dumps({"variables": d.among(HOSTILE[:23]), "rows": d.among([3, [], None, "BL", {}])}))
    elif path.exists():
        text = bytearray(path.read_bytes())
        for _ in range(d.byte() % 4):
            if text:
                text[d.byte() % len(text)] = d.byte()
        path.write_bytes(bytes(text))
    w.bases.append(Basis.load(path))


@call
def another(w, d):
    """The work goes on with a copy."""
    kind = d.byte() % 5
    protocol = d.byte() % (pickle.HIGHEST_PROTOCOL + 1)
    if kind == 4:
        w.lp, w.xs, w.es, w.rs, w.cs, w.bases = pickle.loads(
            pickle.dumps((w.lp, w.xs, w.es, w.rs, w.cs, w.bases), protocol)
        )
        w.made, w.solutions = [], []
        return
    twin = [w.lp.copy, w.lp.relaxed, w.lp.fixed, lambda: copy.deepcopy(w.lp)][kind]()
    living = set(twin.variables)
    w.xs = [x for x in (twin[x] for x in w.xs) if x in living] or [twin.Var()]
    w.cs = [twin[c] for c in w.cs]
    w.lp, w.es, w.rs, w.made = twin, [], [], []


@call
def pickled(w, d):
    thing = d.among(d.among([w.xs, w.es, w.rs, w.cs, w.made, w.solutions, w.bases]))
    repr(pickle.loads(pickle.dumps(thing, d.byte() % (pickle.HIGHEST_PROTOCOL + 1))))


@call
def form(w, d):
    found = w.lp.compile(d.among(["minimize", "maximize", 3]))
    if not isinstance(found, MatrixForm) or any(v != v for v in found.values):
        raise Finding("a form with NaN in it")
    if any(not 1e-101 < abs(v) < 1e110 for v in found.values):
        raise Finding("a form with a coefficient out of range")
    if any(not abs(v) < 1e110 for v in found.cost):
        raise Finding("a form with a cost out of range")


@call
def text(w, d):
    str(w.lp), repr(w.lp), w.lp.status, w.lp.variables, w.lp.constraints, repr(w.lp.objective)
    repr(w.thing(d))


@call
def set_options(w, d):
    Options(**{d.among(BAD_OPTIONS[:-3]): w.thing(d)})


@call
def cancelled(w, d):
    token = CancelToken()
    token.cancel()
    w.lp.solve(cancel=token)
    if d.sign():
        w.lp.stop()


@call
def remember(w, d):
    """A look-up of variables."""
    _ = {x: k for k, x in enumerate(w.xs)}[d.among(w.xs)], d.among(w.xs) in w.xs, d.among(w.cs) in w.cs


@call
def verify(w, d):
    report = w.lp.verify(d.among(w.solutions)) if d.byte() < 200 else w.lp.verify(w.thing(d))
    repr(report), str(report)
    _ = d.among(w.solutions).quality


# --------------------------------------------------------------------- running
WITH_FILES = {basis_file, solve, optimum, lexicographic}
CONTAINERS = {array: IndexError, remember: KeyError}


def is_allowed(function, error):
    """May the call have raised it?"""
    if isinstance(error, (PplpError, Ours)):
        return True
    if function in WITH_FILES and isinstance(error, OSError):
        return True
    if isinstance(error, CONTAINERS.get(function, ())):
        return True
    trace, is_theirs = error.__traceback__, True
    while trace is not None:
        is_theirs &= not trace.tb_frame.f_code.co_filename.startswith(HOUSE)
        trace = trace.tb_next
    # The interpreter's, or numpy's, between operands that pplp did not accept or that are none of its own.
    return is_theirs and isinstance(error, (TypeError, ValueError, ArithmeticError, AttributeError))


def run(data, say=None):
    """Perform the calls; `say` is told the name of each and what it raised."""
    d = Bytes(data)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = World(folder)
        try:
            while True:
                perform(w, d, d.among(CALLS), say)
        except Done:
            pass
        for last in (text, form):
            perform(w, Bytes(b"\0" * 9), last, say)
        w.lp.copy()
        perform(w, d, lambda w, d: w.lp.solve(node_limit=20, time_limit=0.2), say)


def perform(w, d, function, say):
    """One call."""
    try:
        function(w, d)
    except (Done, Finding):
        raise
    except Skip:
        return
    except Exception as error:
        if say is not None:
            say(f"{function.__name__}: {type(error).__name__}: {str(error)[:150]}")
        if not is_allowed(function, error):
            raise Finding(f"{function.__name__} raised {type(error).__name__}: {error}") from error
    else:
        if say is not None:
            say(function.__name__)

"""Count what a million operations of each kind leave behind: ``python -m tests.support.references 1000000``.

These are the blocks of memory, the objects that the garbage collector knows, and on a debug build of CPython
(``python3-dbg``) all references to all objects.  What is lost once in a call would show as a million; a handful comes
from caches of the interpreter.
"""

from __future__ import annotations

import gc
import pickle
import sys
from contextlib import suppress
from typing import Callable

import pplp
from pplp import LinearProgram, PplpError, dot
from pplp.core.expressions import LinearExpression
from pplp.solver import make_engine

#: What may be left in the end: caches grow now and then.
_FEW = 500
#: Rows or columns of a program; it is dropped afterwards.
_BLOCK = 1000


class Half(Exception):
    """Ends a sum in the middle."""


def _program(columns: int) -> tuple[LinearProgram, list[pplp.Variable]]:
    lp = LinearProgram()
    return lp, [lp.Var(lb=0, ub=k + 1) for k in range(columns)]


def _stopping(xs: list[pplp.Variable]):
    yield from (2 * x for x in xs)
    raise Half


# ---- one function for each kind: it does `count` operations, and keeps nothing
def variables(count: int) -> None:
    """`lp.Var` of all kinds of bounds, with and without a name, and some that are refused."""
    for _ in range(0, count, _BLOCK):
        lp = LinearProgram()
        for k in range(_BLOCK // 4):
            lp.Var()
            lp.Var(lb=0, ub=k)
            lp.Var(f"x{k}", lb=-1.5)
            with suppress(PplpError):
                lp.Var(lb=k + 1, ub=k)


def terms(count: int) -> None:
    """Products with numbers of all kinds, and negation."""
    _, (x, y) = _program(2)
    for k in range(count // 5):
        2 * x, y * 2.5, -x, k * y
        3 * (2 * x)


def sums(count: int) -> None:
    """`+`, `-`, `sum`, `dot`, and products of sums, whose terms are read as lists now and then."""
    _, xs = _program(12)
    x, y, z, *_ = xs
    for k in range(count // 10):
        s = 2 * x + 3 * y - z
        t = sum(xs) + s
        u = t - s + k
        3 * u, 5 - u, dot([1, 2.0, k + 1], [x, y, z])
        t += y
        if k % 7 == 0:
            assert isinstance(u, LinearExpression) and len(u._parts()[0]) == 18
            repr(t), hash(x), s == 3


def relations(count: int) -> None:
    """All comparisons, chains too, of one program and of two."""
    lp, (x, y) = _program(2)
    s, t = x + y, 2 * x - y
    for k in range(count // 6):
        s <= k, s >= 2.5, s == t, x <= y
        2 <= s <= k + 2
        lp.add_constraint(0 <= x <= 5)


def rows(count: int) -> None:
    """`add_constraint` of all kinds."""
    for _ in range(0, count, _BLOCK):
        lp, (x, y, z) = _program(3)
        for k in range(_BLOCK // 5):
            lp.add_constraint(2 * x + 3 * y <= k)
            lp.add_constraint(x + y + z == 4, name=f"c{k}")
            lp.add_constraint(1 <= x - y <= 2)
            lp.add_constraint(x + x + y <= 7)
            with suppress(PplpError):
                lp.add_constraint(k)


def errors(count: int) -> None:
    """Operators that are refused, sums that end in the middle, and the handling of what is not plain."""
    _, xs = _program(12)
    _, (foreign,) = _program(1)
    x, y = xs[:2]
    big = sum(xs)
    for _ in range(count // 8):
        for call in (
            lambda: x * y, lambda: big + "a", lambda: x + foreign, lambda: big * float("nan"), lambda: big <= None,
            lambda: sum(_stopping(xs)), lambda: dot([1, 2], [x, foreign]), lambda: bool(big <= 5),
        ):  # fmt: skip
            with suppress(PplpError, TypeError, Half):
                call()


def compiled(count: int) -> None:
    """Rows of compiled forms, with edits before each."""
    lp, xs = _program(100)
    for k in range(100):
        lp.add_constraint(sum(xs[: k + 2]) <= k)
    for k in range(count // 100):
        xs[k % 100].ub = k + 1
        lp.compile()


def loaded(count: int) -> None:
    """Rows that GLPK holds."""
    lp, xs = _program(100)
    for k in range(_BLOCK):
        lp.add_constraint(xs[k % 100] + 2 * xs[(7 * k + 1) % 100] <= k)
    form = lp.compile("maximize")
    for _ in range(0, count, _BLOCK):
        engine = make_engine("glpk")
        engine.load(form)
        engine.send()


def answers(count: int) -> None:
    """Values that are read after each solve."""
    lp, xs = _program(100)
    row = lp.add_constraint(sum(xs) <= 50)
    lp.objective = dot(list(range(100)), xs)
    for k in range(count // _BLOCK):
        row.ub = k % 50 + 1
        lp.maximize()
        for _ in range(_BLOCK // 100):
            assert sum(x.value for x in xs) <= 51


def pickles(count: int) -> None:
    """Expressions, relations, and whole programs, written and read."""
    lp, xs = _program(5)
    things = lp, xs, sum(xs), xs[0] <= 3 * xs[1], lp.add_constraint(xs[0] + xs[1] <= 1)
    text = pickle.dumps(things)
    for k in range(count // 100):
        pickle.loads(text if k % 2 else pickle.dumps(things))


#: swiglpk keeps one block for each structure of parameters, one an engine.  A release build of it returns None without
#: counting it, so that each of its calls takes one from the references.
THROUGH_SWIGLPK = (loaded, answers)
KINDS: tuple[Callable[[int], None], ...] = (
    variables, terms, sums, relations, rows, errors, compiled, loaded, answers, pickles,
)  # fmt: skip


def counts() -> dict[str, int]:
    """What there is now, after all that can be collected was."""
    for _ in range(3):
        gc.collect()
    found = {"objects": len(gc.get_objects()), "blocks": sys.getallocatedblocks()}
    references = getattr(sys, "gettotalrefcount", None)
    return {**found, "references": references()} if references else found


def grown(kind: Callable[[int], None], count: int) -> dict[str, int]:
    """What `count` operations left behind, once caches are warm."""
    kind(max(count // 20, 2 * _BLOCK))
    before = counts()
    kind(count)
    after = counts()
    return {name: after[name] - number for name, number in before.items()}


def main() -> int:
    """The exit status is 1 where something was left behind."""
    count = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    print(
        f"{sys.version.split()[0]}, {'accelerated' if pplp.accelerated else 'pure'}, {count:,} operations of each kind"
    )
    failed = False
    for kind in KINDS:
        left = grown(kind, count)
        few = _FEW + (2 * count // _BLOCK if kind in THROUGH_SWIGLPK else 0)
        bad = any(number > few for number in left.values())
        bad |= left.get("references", 0) < -few and kind not in THROUGH_SWIGLPK
        failed |= bad
        print(f"{kind.__name__:10} left {left}{' TOO MANY' if bad else ''}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())

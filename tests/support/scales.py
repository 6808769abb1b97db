"""Programs far from the everyday scale, their answers by an exact simplex of our own, and a count of wrong ones.

    python -m tests.support.scales 20000            # so many programs on each engine
    python -m tests.support.scales 2000 --seed 7 --engine highs --integer

A program is either a small one of integers whose rows, columns, objective and bounds are multiplied by powers of ten,
or one whose numbers are each of a size of their own.  The exact simplex knows nothing of pplp: it takes each float as
the decimal that was written.  Where the binary numbers of the floats have another answer, both are right.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import inf
from typing import Callable, Optional

from pplp import LinearProgram
from pplp.errors import PplpError

__all__ = ["Drawn", "Truth", "built", "judged", "programs", "truth"]

Row = tuple[float, dict[int, float], float]


@dataclass(frozen=True)
class Drawn:
    """A program as plain numbers: lower <= terms <= upper for each row."""

    maximize: bool
    cost: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    rows: tuple[Row, ...]
    kind: str = ""
    integer: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Truth:
    """The answer: "optimal", "infeasible" or "unbounded"."""

    status: str
    objective: Fraction = Fraction(0)
    point: tuple[Fraction, ...] = ()


# ---- the oracle
def decimal(number: float) -> Fraction:
    """What was written."""
    return Fraction(repr(number))


def truth(drawn: Drawn, read: Callable[[float], Fraction] = decimal) -> Truth:
    """The answer by a dense two-phase simplex after Bland, over the rationals."""
    sign = -1 if drawn.maximize else 1
    columns: list[tuple[int, Fraction, Fraction]] = []  # variable = sum of (way * column) + shift
    shift = []
    limits = []
    for j, (low, high) in enumerate(zip(drawn.lower, drawn.upper)):
        if low > high:
            return Truth("infeasible")
        if low > -inf:
            shift.append(read(low))
            columns.append((j, Fraction(1), Fraction(0)))
            if high < inf:
                limits.append((len(columns) - 1, read(high) - read(low)))
        elif high < inf:
            shift.append(read(high))
            columns.append((j, Fraction(-1), Fraction(0)))
        else:
            shift.append(Fraction(0))
            columns += [(j, Fraction(1), Fraction(0)), (j, Fraction(-1), Fraction(0))]
    of: dict[int, list[tuple[int, Fraction]]] = {}
    for k, (j, way, _) in enumerate(columns):
        of.setdefault(j, []).append((k, way))
    equations: list[tuple[dict[int, Fraction], Fraction]] = []
    n = len(columns)
    for low, terms, high in drawn.rows:
        row: dict[int, Fraction] = {}
        constant = Fraction(0)
        for j, a in terms.items():
            constant += read(a) * shift[j]
            for k, way in of[j]:
                row[k] = row.get(k, Fraction(0)) + way * read(a)
        if low == high:
            equations.append((row, read(low) - constant))
            continue
        for bound, slack in ((low, -1), (high, 1)):
            if abs(bound) < inf:
                equations.append(({**row, n: Fraction(slack)}, read(bound) - constant))
                n += 1
    for k, most in limits:
        equations.append(({k: Fraction(1), n: Fraction(1)}, most))
        n += 1
    m = len(equations)
    table = []
    for i, (row, right) in enumerate(equations):
        turn = -1 if right < 0 else 1
        line = [Fraction(0)] * (n + m + 1)
        for k, a in row.items():
            line[k] = turn * a
        line[n + i], line[-1] = Fraction(1), turn * right
        table.append(line)
    basis = list(range(n, n + m))
    first = [Fraction(0)] * (n + m + 1)
    for line in table:
        for k in (*range(n), n + m):
            first[k] -= line[k]
    _simplex(table, basis, first, n)
    if first[-1] != 0:
        return Truth("infeasible")
    cost = [Fraction(0)] * (n + m + 1)
    for k, (j, way, _) in enumerate(columns):
        cost[k] = sign * way * read(drawn.cost[j])
    for i, b in enumerate(basis):  # artificial ones at 0 leave, where a column of the row is there
        if b >= n:
            k = next((k for k in range(n) if table[i][k]), None)
            if k is not None:
                _pivot(table, basis, first, i, k)
    for i, b in enumerate(basis):
        if b < n and cost[b]:
            factor = cost[b]
            cost = [c - factor * a for c, a in zip(cost, table[i])]
    if not _simplex(table, basis, cost, n):
        return Truth("unbounded")
    values = [Fraction(0)] * (n + m)
    for i, b in enumerate(basis):
        values[b] = table[i][-1]
    point = [*shift]
    for k, (j, way, _) in enumerate(columns):
        point[j] += way * values[k]
    return Truth("optimal", sum((read(c) * x for c, x in zip(drawn.cost, point)), Fraction(0)), tuple(point))


def _pivot(table: list[list[Fraction]], basis: list[int], cost: list[Fraction], i: int, k: int) -> None:
    pivot = table[i][k]
    table[i] = [a / pivot for a in table[i]]
    for line in (*table[:i], *table[i + 1 :], cost):
        factor = line[k]
        if factor:
            for t, a in enumerate(table[i]):
                if a:
                    line[t] -= factor * a
    basis[i] = k


def _simplex(table: list[list[Fraction]], basis: list[int], cost: list[Fraction], n: int) -> bool:
    """To the optimum; False where there is none."""
    while True:
        k = next((k for k in range(n) if cost[k] < 0), None)
        if k is None:
            return True
        best: Optional[tuple[Fraction, int, int]] = None
        for i, line in enumerate(table):
            if line[k] > 0:
                found = line[-1] / line[k], basis[i], i
                best = found if best is None or found < best else best
        if best is None:
            return False
        _pivot(table, basis, cost, best[2], k)


# ---- the programs
def small(r: random.Random) -> Drawn:
    """Two to five variables, a few rows, small integers; five in six have a point."""
    n, m = r.randint(2, 5), r.randint(1, 5)
    lower, upper = [], []
    for _ in range(n):
        low = r.choice([0.0, 0.0, 0.0, 0.0, -inf, -3.0, 1.0])
        lower.append(low)
        upper.append(r.choice([inf, 4.0, 10.0, low if low > -inf else 5.0, 12.0]))
    point = [r.randint(int(max(low, -9.0)), int(min(high, 9.0))) for low, high in zip(lower, upper)]
    is_feasible = r.random() < 5 / 6
    maximize = r.random() < 0.5
    rows: list[Row] = []
    for _ in range(m):
        terms = {j: float(r.choice([-3, -2, -1, 1, 2, 3, 5])) for j in r.sample(range(n), r.randint(1, n))}
        value = sum(a * point[j] for j, a in terms.items())
        b, slack = (value if is_feasible else float(r.randint(-8, 12))), r.choice([0, 0, 1, 2, 7])
        rows.append(
            r.choice([(-inf, terms, b + slack), (b - slack, terms, inf), (b, terms, b), (b - slack, terms, b + 3)])
        )
    cost = tuple(float(r.randint(-3, 5) * (-1 if not maximize and r.random() < 0.2 else 1)) for _ in range(n))
    return Drawn(maximize, cost, tuple(lower), tuple(upper), tuple(rows), "everyday")


def times(number: float, power: int) -> float:
    """number * 10^power, as the nearest float of the decimal."""
    return number if number in (inf, -inf) else float(Fraction(repr(number)) * Fraction(10) ** power)


def multiplied(drawn: Drawn, objective: int, rows: Sequence[int], columns: Sequence[int], bounds: int) -> Drawn:
    """The same program in other units: powers of ten for the objective, each row, each column, and all bounds."""
    return Drawn(
        drawn.maximize,
        tuple(times(c, objective - k) for c, k in zip(drawn.cost, columns)),
        tuple(times(low, k + bounds) for low, k in zip(drawn.lower, columns)),
        tuple(times(high, k + bounds) for high, k in zip(drawn.upper, columns)),
        tuple(
            (times(low, i + bounds), {j: times(a, i - columns[j]) for j, a in terms.items()}, times(high, i + bounds))
            for i, (low, terms, high) in zip(rows, drawn.rows)
        ),
        "other units",
    )


def uneven(r: random.Random) -> Drawn:
    """A small program whose numbers are each of a size of their own."""
    base, wide = small(r), r.choice([3, 6, 9])
    what = r.choice(["costs", "bounds", "coefficients", "all"])

    def of(kind: str, number: float) -> float:
        return times(number, r.randint(-wide, wide)) if what in (kind, "all") and r.random() < 0.6 else number

    lower, upper = [], []
    for low, high in zip(base.lower, base.upper):
        ends = sorted((of("bounds", low), of("bounds", high))) if low < high else [of("bounds", low)] * 2
        lower.append(ends[0])
        upper.append(ends[1])
    rows = []
    for low, terms, high in base.rows:
        ends = sorted((of("bounds", low), of("bounds", high))) if low < high else [of("bounds", low)] * 2
        rows.append((ends[0], {j: of("coefficients", a) for j, a in terms.items()}, ends[1]))
    cost = tuple(of("costs", c) for c in base.cost)
    return Drawn(base.maximize, cost, tuple(lower), tuple(upper), tuple(rows), f"uneven {what}")


def whole(r: random.Random) -> Drawn:
    """A small program, most variables of which are integers; these have bounds."""
    base = small(r)
    integer = [r.random() < 0.7 for _ in base.cost]
    lower, upper = list(base.lower), list(base.upper)
    for j, is_whole in enumerate(integer):
        if is_whole:
            lower[j] = max(lower[j], -4.0)
            upper[j] = min(upper[j], lower[j] + 6.0)
    return replace(base, lower=tuple(lower), upper=tuple(upper), integer=tuple(integer))


def whole_truth(drawn: Drawn) -> Truth:
    """The answer by every point of the integers, with an exact simplex for the rest."""
    grids = [
        range(int(low), int(high) + 1) if is_whole else (None,)
        for low, high, is_whole in zip(drawn.lower, drawn.upper, drawn.integer)
    ]
    best = Truth("infeasible")
    for point in product(*grids):
        lower = tuple(low if x is None else float(x) for x, low in zip(point, drawn.lower))
        upper = tuple(high if x is None else float(x) for x, high in zip(point, drawn.upper))
        found = truth(replace(drawn, lower=lower, upper=upper))
        if found.status == "unbounded":
            return found
        better = found.objective > best.objective if drawn.maximize else found.objective < best.objective
        if found.status == "optimal" and (best.status == "infeasible" or better):
            best = found
    return best


def at_origin(drawn: Drawn, answer: Truth) -> tuple[Drawn, Truth]:
    """The program moved so that its answer is the origin, its objective a sum of zeros; else as it is."""
    if answer.status != "optimal" or any(x != decimal(float(x)) for x in answer.point):
        return drawn, answer

    def less(number: float, by: Fraction) -> float:
        return number if abs(number) == inf else float(decimal(number) - by)

    rows = []
    for low, terms, high in drawn.rows:
        there = sum((decimal(a) * answer.point[j] for j, a in terms.items()), Fraction(0))
        rows.append((less(low, there), terms, less(high, there)))
    lower = tuple(map(less, drawn.lower, answer.point))
    upper = tuple(map(less, drawn.upper, answer.point))
    zeros = tuple(Fraction(0) for _ in answer.point)
    return replace(drawn, rows=tuple(rows), lower=lower, upper=upper), Truth("optimal", Fraction(0), zeros)


def whole_programs(seed: int, count: int) -> Iterator[tuple[Drawn, Truth]]:
    """So many programs with integers, in several units of the objective, the rows and the continuous variables."""
    r = random.Random(seed)
    made = 0
    while made < count:
        base = whole(r)
        answer = whole_truth(base)
        if r.random() < 0.4:
            base, answer = at_origin(base, answer)
        for _ in range(8):
            if made == count:
                return
            wide = r.choice([3, 6, 9])
            objective = r.randint(-wide, wide)
            rows = [r.randint(-wide, wide) * r.choice([0, 1]) for _ in base.rows]
            columns = [0 if is_whole else r.randint(-wide, wide) * r.choice([0, 1]) for is_whole in base.integer]
            drawn = replace(multiplied(base, objective, rows, columns, 0), integer=base.integer, kind="integers")
            point = tuple(x * Fraction(10) ** k for x, k in zip(answer.point, columns))
            yield drawn, replace(answer, objective=answer.objective * Fraction(10) ** objective, point=point)
            made += 1


def programs(seed: int, count: int) -> Iterator[tuple[Drawn, Truth]]:
    """So many programs, with their answers; the same ones for the same seed."""
    r = random.Random(seed)
    made = 0
    while made < count:
        base = small(r)
        answer = truth(base)
        for _ in range(r.randint(1, 4)):
            if made == count:
                return
            wide = r.choice([3, 6, 9])
            objective, bounds = r.randint(-wide, wide), r.choice([0, 0, r.randint(-wide, wide)])
            rows = [r.randint(-wide, wide) * r.choice([0, 1]) for _ in base.rows]
            columns = [r.randint(-wide, wide) * r.choice([0, 1]) for _ in base.cost]
            drawn = multiplied(base, objective, rows, columns, bounds)
            factor = Fraction(10) ** (objective + bounds)
            point = tuple(x * Fraction(10) ** (k + bounds) for x, k in zip(answer.point, columns))
            yield drawn, replace(answer, objective=answer.objective * factor, point=point)
            made += 1
        for _ in range(2):
            if made < count:
                drawn = uneven(r)
                yield drawn, truth(drawn)
                made += 1


# ---- the answers
def built(drawn: Drawn, **options: object) -> LinearProgram:
    """The program."""
    lp = LinearProgram(trace=False, **options)  # type: ignore[arg-type]
    whole = drawn.integer or (False,) * len(drawn.cost)
    xs = [
        (lp.IntVar if is_whole else lp.Var)(lb=low, ub=high)
        for low, high, is_whole in zip(drawn.lower, drawn.upper, whole)
    ]
    for low, terms, high in drawn.rows:
        e = sum(a * xs[j] for j, a in terms.items())
        lp.add_constraint(e == low if low == high else (low, e, high) if low > -inf else e <= high)
    lp.objective = sum(c * x for c, x in zip(drawn.cost, xs))
    return lp


def judged(drawn: Drawn, answer: Truth, lp: LinearProgram, **options: object) -> str:
    """ "right", "numerical", or what is wrong."""
    try:
        solution = lp.solve("maximize" if drawn.maximize else "minimize", **options)
    except PplpError as error:
        return f"{type(error).__name__}: {error}"
    status = solution.status.value
    if status.startswith("numerical"):
        return "numerical"
    if _agrees(drawn, answer, status, solution):
        return "right"
    binary = answer if drawn.integer else truth(drawn, Fraction)
    if _agrees(drawn, binary, status, solution):
        return "right in binary"
    said = f"{status} {solution.objective!r} {solution.method}"
    return f"wrong: {said}; true: {answer.status} {float(answer.objective)!r}"


def _agrees(drawn: Drawn, answer: Truth, status: str, solution: object) -> bool:
    if status != answer.status:
        return False
    if status != "optimal":
        return True
    objective: float = solution.objective  # type: ignore[attr-defined]
    size = max((abs(decimal(c) * x) for c, x in zip(drawn.cost, answer.point)), default=Fraction(0))
    off = abs(Fraction(objective) - answer.objective)
    return bool(off <= Fraction(1, 10**9) * abs(answer.objective) + Fraction(1, 10**12) * size)


def main() -> None:
    """Count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="")
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("--integer", action="store_true")
    given = parser.parse_args()
    for engine in [given.engine] if given.engine else ["glpk", "highs"]:
        seen: Counter[tuple[str, str]] = Counter()
        shown = 0
        began = time.process_time()
        for k, (drawn, answer) in enumerate((whole_programs if given.integer else programs)(given.seed, given.count)):
            try:
                verdict = judged(drawn, answer, built(drawn, solver=engine))
            except Exception as error:
                verdict = f"foreign {type(error).__name__}: {error}"
            word = verdict if verdict.startswith("right") or verdict == "numerical" else "wrong"
            seen[drawn.kind, word] += 1
            if not word.startswith("right") and shown < given.show:
                shown += 1
                print(k, verdict, drawn, flush=True)
        total: Counter[str] = Counter()
        for (_, word), count in seen.items():
            total[word] += count
        print(engine, dict(total), f"{time.process_time() - began:.1f} s of CPU", flush=True)
        for key in sorted(seen):
            print("   ", *key, seen[key])


if __name__ == "__main__":
    main()

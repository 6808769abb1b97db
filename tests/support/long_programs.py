"""Programs that keep a solver busy for some seconds."""

from __future__ import annotations

import threading
from random import Random
from typing import Any, Callable

from pplp import LinearProgram, Progress


def dense_mix(rows: int) -> LinearProgram:
    """Random packing rows with a sixtieth of their coefficients: some 10 s of simplex at 1,600 rows; maximise."""
    draw = Random(4)
    columns = rows * 3 // 2
    lp = LinearProgram()
    xs = lp.Vars(columns, lb=0, ub=10)
    for _ in range(rows):
        chosen = draw.sample(range(columns), max(4, columns // 60))
        lp.add_constraint(sum(draw.uniform(0.1, 5) * xs[j] for j in chosen) <= draw.uniform(50, 100))
    lp.objective = sum(draw.uniform(1, 5) * x for x in xs)
    return lp


def knapsacks(items: int = 70, rows: int = 6, seed: int = 1) -> LinearProgram:
    """Several knapsacks, prices near to weights: good points come quickly, the proof takes forever; maximise."""
    draw = Random(seed)
    lp = LinearProgram()
    xs = [lp.BoolVar() for _ in range(items)]
    weights = [[draw.randint(100, 999) for _ in xs] for _ in range(rows)]
    for row in weights:
        lp.add_constraint(sum(w * x for w, x in zip(row, xs)) <= sum(row) // 2)
    lp.objective = sum((sum(w) // rows + draw.randint(0, 99)) * x for w, x in zip(zip(*weights), xs))
    return lp


def holds(lp: LinearProgram) -> bool:
    """Do all constraints and bounds hold at the solution?"""
    rows = all(c.lb - 1e-6 <= c.value <= c.ub + 1e-6 for c in lp.constraints)
    return rows and all(x.lb <= x.value <= x.ub for x in lp.variables)


def once(act: Callable[[], Any], has_point: bool = False) -> Callable[[Progress], None]:
    """A listener of progress: as soon as the solve is at work, or has a point, `act` is called in another thread."""
    pending = [act]

    def listen(event: Progress) -> None:
        if pending and (event.incumbent is not None or not has_point):
            threading.Thread(target=pending.pop(), daemon=True).start()

    return listen

"""Finds a few conflicting rows of a large program without solving all of it."""

from __future__ import annotations

import time
from contextlib import closing
from math import fsum, inf
from operator import mul
from typing import Optional

from pplp.diagnosis.subsystem import Subsystem
from pplp.diagnosis.system import System

__all__ = ["suspects"]

#: The most passes over all rows.
_PASSES = 320


def suspects(system: System) -> Optional[list[int]]:
    """A few rows that conflict with each other and with their variables' bounds; None if none were found.

    Hildreth's method for the nearest feasible point satisfies one row after the other, each with the shortest step, and
    adds up the steps of each row.  If the program is infeasible, the sums of the conflicting rows grow without limit,
    and those of the others do not.  An engine then tests whether the rows that grow the most conflict.
    """
    form = system.form
    starts, indices, values = form.starts, form.indices.tolist(), form.values.tolist()
    rows = []
    for i in range(form.rows):
        factors = values[starts[i] : starts[i + 1]]
        norm = fsum(a * a for a in factors)
        if norm:
            rows.append((i, indices[starts[i] : starts[i + 1]], factors, 1 / norm))
    x = [min(max(0.0, low), high) for low, high in zip(system.lower, system.upper)]
    steps, bound_steps = [0.0] * form.rows, [0.0] * form.columns
    lower, upper = form.row_lower.tolist(), form.row_upper.tolist()
    limited = [(j, lo, hi) for j, (lo, hi) in enumerate(zip(system.lower, system.upper)) if lo > -inf or hi < inf]
    # Limited in CPU time of this thread: on a busy machine this is still faster than solving the whole program.
    before, give_up = steps[:], time.thread_time() + min(10.0, 0.4 * system.seconds_left())
    look = 10
    for number in range(1, _PASSES + 1):
        worst = 0.0
        for i, terms, factors, share in rows:
            value = sum(map(mul, factors, [x[j] for j in terms]))
            step = steps[i]
            # `free` is the row's value without its own steps; the new sum of steps is the least that satisfies it.
            free = value - step / share
            if free < lower[i]:
                new = (lower[i] - free) * share
            elif free > upper[i]:
                new = (upper[i] - free) * share
            elif step:
                new = 0.0
            else:
                continue
            change = new - step
            if change:
                steps[i] = new
                worst = max(worst, abs(change))
                for j, a in zip(terms, factors):
                    x[j] += change * a
        for j, lo, hi in limited:
            free = x[j] - bound_steps[j]
            new = lo - free if free < lo else hi - free if free > hi else 0.0
            if new != bound_steps[j]:
                bound_steps[j] = new
                x[j] = free + new
        if worst <= 1e-9:
            return None  # a feasible point
        if number == look:
            growth = sorted(
                ((abs(s) - abs(b), i) for s, b, i in zip(steps, before, range(form.rows)) if abs(s) > abs(b)),
                reverse=True,
            )
            for count in (12, 48, 192):
                found = [i for _, i in growth[:count]]
                if _cannot_hold(system, found):
                    return found
                if count >= len(growth):
                    break
            before, look = steps[:], 2 * look
        if time.thread_time() > give_up or not system.seconds_left():
            return None
    return None


def _cannot_hold(system: System, rows: list[int]) -> bool:
    with closing(Subsystem(system, system.with_bounds(system.sides(rows)))) as part:
        return part.is_infeasible_without(set()) is True

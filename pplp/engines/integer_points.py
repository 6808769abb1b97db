"""Completes and checks integer points, and decides by them whether an unbounded relaxation means an unbounded program.

A program may have an unbounded relaxation and still be infeasible: it is unbounded if it has any integer point.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Sequence
from math import inf
from typing import Callable, Optional

from pplp.engines.clock import Clock
from pplp.engines.contract import Options
from pplp.engines.routes import Search
from pplp.engines.tolerance import held_to
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import POINT, is_small, neat, objective_value, primal_complaint

__all__ = [
    "NODES",
    "Judged",
    "Rest",
    "best_at",
    "checked",
    "completed",
    "is_better",
    "unbounded_or_not",
]

#: A point, or None and what is wrong with it.
Judged = tuple[Optional[list[float]], Optional[str]]
#: Finds the best point of a form in which the known integers are fixed.
Rest = Callable[[MatrixForm], Judged]


def completed(form: MatrixForm, values: Sequence[Optional[float]], options: Options, rest: Rest) -> Judged:
    """A point with the given values, or None and what is wrong with them.

    Feasible values are accepted unchanged.  Otherwise the given integers are fixed, and `rest` finds the other values.
    """
    given, lower, upper = list(values), form.column_lower[:], form.column_upper[:]
    for j, value in enumerate(values):
        if value is not None and form.integer[j]:
            name, value = form.column_label(j), float(value)
            nearest = float(round(value))
            if abs(value - nearest) > options.integrality_tolerance:
                return None, f"{name} = {value!r} is not an integer"
            if not lower[j] <= nearest <= upper[j]:
                return None, f"{name} = {nearest!r} is outside its bounds [{lower[j]}, {upper[j]}]"
            given[j] = lower[j] = upper[j] = nearest
    whole = [value for value in given if value is not None]
    if len(whole) == len(given):
        complaint = primal_complaint(form, whole, held_to(options, form))
        if complaint is None or all(form.integer):
            return (whole, None) if complaint is None else (None, complaint)
    point, complaint = rest(dataclasses.replace(form, column_lower=lower, column_upper=upper))
    if point is None:
        return None, complaint
    for j, integer in enumerate(form.integer):
        if integer:
            if abs(point[j] - round(point[j])) > options.integrality_tolerance:
                name = form.column_label(j)
                return None, f"no value was given for {name}, and the best one, {point[j]!r}, is not an integer"
            point[j] = float(round(point[j]))
    complaint = primal_complaint(form, point, max(POINT, held_to(options, form)))
    return (neat(form, point, held_to(options, form)), None) if complaint is None else (None, complaint)


def checked(form: MatrixForm, values: list[float], options: Options, rest: Rest) -> Judged:
    """The point of a search with its integers rounded to exact ones, or None and what it violates.

    A point within the integrality tolerance of integers may violate rows with large coefficients once the integers are
    rounded; then the continuous variables are solved for again.
    """
    for j, integer in enumerate(form.integer):
        if integer:
            values[j] = float(round(values[j]))
    complaint = primal_complaint(form, values, held_to(options, form))
    if complaint is None:
        return neat(form, values, held_to(options, form)), None
    given = [value if integer else None for value, integer in zip(values, form.integer)]
    return completed(form, given, options, rest)[0], complaint


def best_at(form: MatrixForm, values: list[float], options: Options, rest: Rest) -> list[float]:
    """The point of a small program, with the best continuous values for its integers.

    A search may end with worse values, because its tolerance does not depend on the size of the objective.
    """
    costs = zip(form.cost, form.integer, form.column_lower, form.column_upper)
    if not is_small(form) or not any(cost and not whole and low < high for cost, whole, low, high in costs):
        return values
    given = [value if whole else None for value, whole in zip(values, form.integer)]
    found = completed(form, given, options, rest)[0]
    return values if found is None or not is_better(form, found, values) else found


def is_better(form: MatrixForm, one: Sequence[float], other: Sequence[float]) -> bool:
    """True if the one point has a better objective than the other, by more than rounding."""
    ours, theirs = objective_value(form, one), objective_value(form, other)
    return (ours > theirs if form.maximize else ours < theirs) and abs(ours - theirs) > 1e-13 * abs(theirs)


def _without_objective(form: MatrixForm) -> MatrixForm:
    """The form with all costs 0."""
    return dataclasses.replace(form, cost=array("d", bytes(8 * form.columns)))


def _of_unbounded_relaxation(route: str, found: Search, nodes: int) -> Optional[Search]:
    """The verdict on a program with an unbounded relaxation, from a search without objective; None if undecided.

    With rational data the program is unbounded, too, if it has any integer point (Meyer, 1974).
    """
    if found.values is not None:
        way = f"{route}, and an integer point"
        return Search(Status.UNBOUNDED, way, nodes=nodes, is_proved=found.is_proved)
    if found.status is Status.INFEASIBLE:
        way = f"{route}, and a search without objective"
        return Search(Status.INFEASIBLE, way, found.message, nodes=nodes, is_proved=found.is_proved)
    return None


def unbounded_or_not(
    form: MatrixForm, clock: Clock, route: str, feasible: Callable[[MatrixForm, int], Search]
) -> Search:
    """Decide whether a program with an unbounded relaxation is unbounded, too: it is if it has any integer point.

    `feasible` searches for a point without objective, with at most this many nodes.  In an unbounded region the search
    may not end, so the integers are first restricted to ranges near their bounds, which grow.  If no point is found,
    infeasibility is looked for: first with the integers without both bounds made continuous, then with all of them
    kept, in case rows bound them, as 2 <= 3 x <= 4 does.
    """
    nodes = 0
    for width, most in _WIDTHS.items():
        found = feasible(_boxed(form, width), most)
        nodes += found.nodes
        if found.values is not None:
            return _of_unbounded_relaxation(route, found, nodes) or found
        if clock.stopping() is not None:
            return Search(clock.stopping() or found.status, route, nodes=nodes)
    for whole, most in ((_with_bounded_integers(form), NODES), (_boxed(form, inf), _FEW_NODES)):
        found = feasible(whole, most)
        nodes += found.nodes
        if found.status is Status.INFEASIBLE:
            return _of_unbounded_relaxation(route, found, nodes) or found
        if clock.stopping() is not None:
            break
    return Search(clock.stopping() or Status.INFEASIBLE_OR_UNBOUNDED, route, nodes=nodes)


#: The limits on nodes of a search for an integer point: usually, and where the search may not end.
NODES, _FEW_NODES = 5000, 40
#: The largest distance of the integers from their bounds, or from 0, and the limit on nodes of that search.
_WIDTHS = {30.0: NODES, 1e4: NODES, 1e8: _FEW_NODES, 1e12: _FEW_NODES}


def _boxed(form: MatrixForm, width: float) -> MatrixForm:
    """The program without objective, with its integers within this distance of a bound, or of 0."""
    lower, upper = form.column_lower[:], form.column_upper[:]
    for j, (integer, low, high) in enumerate(zip(form.integer, lower, upper)):
        if integer:
            lower[j] = max(low, high - width if high < inf else -width) if low == -inf else low
            upper[j] = min(high, (low if low > -inf else 0.0) + width) if high == inf else high
    return dataclasses.replace(_without_objective(form), column_lower=lower, column_upper=upper)


def _with_bounded_integers(form: MatrixForm) -> MatrixForm:
    """The program without objective; integers without both bounds are continuous."""
    integer = bytes(
        flag and -inf < low and high < inf
        for flag, low, high in zip(form.integer, form.column_lower, form.column_upper)
    )
    return dataclasses.replace(_without_objective(form), integer=integer)

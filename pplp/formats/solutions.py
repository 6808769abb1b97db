"""Solutions as text, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from math import nan
from typing import TYPE_CHECKING, Any

from pplp.answers.listing import Listing
from pplp.answers.solution import frame_of, numbers_of, primal_of
from pplp.core.owner import row_names_of, rows_of
from pplp.core.sense import Sense
from pplp.errors import OptionError, StaleSolution
from pplp.form.compiler import column_places, compile_form, row_places
from pplp.form.verification import activities

if TYPE_CHECKING:
    from pplp.answers.solution import Solution

__all__ = ["columns_of", "csv_of", "json_of", "text_of"]

#: A longer name shifts only the numbers on its own line.
_WIDEST = 40


def _tables(solution: Solution) -> tuple[list[tuple[str, Any, Any]], list[tuple[str, Any]]]:
    """(name, value, reduced cost) of the variables and (name, dual) of the rows; None if unknown."""
    listing = Listing(solution)
    return list(map(listing.variable, range(listing.variables))), list(map(listing.row, range(listing.rows)))


def columns_of(solution: Solution, of: str) -> dict[str, list[Any]]:
    """The numbers of the "variables" or of the "constraints", in columns; NaN for unknown reduced costs and duals."""
    if of not in ("variables", "constraints"):
        raise OptionError(f"There are tables of 'variables' and 'constraints', not of {of!r}.")
    primal_of(solution)  # raises the error that says why there is none
    if of == "constraints":
        return _constraint_columns(solution)
    names, values, costs = (
        ([*column] for column in zip(*_tables(solution)[0])) if frame_of(solution).at_column.count else ([],) * 3
    )
    if not all(isinstance(value, int) for value in values):
        values = [float(value) for value in values]
    return {"name": names, "value": values, "reduced_cost": [nan if cost is None else cost for cost in costs]}


def _constraint_columns(solution: Solution) -> dict[str, list[Any]]:
    """Name, value, dual, slack and bounds: of the rows, then of constraints on one variable and of constant rows."""
    program = frame_of(solution).program_now()
    if program is None:
        raise StaleSolution(
            "The table of constraints was not read before the program was edited or dropped, or the solution pickled. "
            "Read solution.dual(c), which still works."
        )
    if frame_of(solution).form is not None:
        raise StaleSolution("A scenario's solution has no table of constraints. Read solution.dual(c).")
    form, rows = compile_form(program, Sense.of(solution.sense).is_maximize), row_places(program).indices()
    values = activities(form, solution.values_at(column_places(program).indices()))
    lower, upper = [*form.row_lower], [*form.row_upper]
    names = [rows_of(program).label(row, row_names_of(program)) for row in rows]
    numbers, at_row = numbers_of(solution), frame_of(solution).at_row
    duals = numbers.duals() if numbers is not None else None
    prices = [nan] * len(rows) if duals is None else [duals[at_row[row]] + 0.0 for row in rows]
    for constraint in program.constraints[len(rows) :]:
        names.append(constraint.name)
        values.append(constraint._value_in(solution))
        lower.append(constraint.lb)
        upper.append(constraint.ub)
        prices.append(nan if duals is None else solution.dual(constraint))
    slacks = [min(value - low, high - value) for value, low, high in zip(values, lower, upper)]
    columns = {"value": [value + 0.0 for value in values], "dual": prices, "slack": slacks, "lb": lower, "ub": upper}
    return {"name": names, **columns}


def _facts(solution: Solution) -> dict[str, Any]:
    """The facts about the solve."""
    return {
        "status": str(solution.status),
        "sense": solution.sense,
        "objective": solution.objective if solution.has_solution else None,
        "bound": solution.bound if solution.bound != solution.objective else None,
        "gap": solution.gap or None,
        "nodes": solution.nodes or None,
        "method": solution.method or None,
        "message": solution.message or None,
    }


def text_of(solution: Solution) -> Iterator[str]:
    """A readable report."""
    for key, fact in _facts(solution).items():
        if fact is not None:
            yield f"{key:<9}  {fact}\n"
    variables, rows = _tables(solution)
    if not variables and not rows:
        return
    width = min(_WIDEST, max([8, *(len(name) for name, *_ in variables), *(len(name) for name, _ in rows)]))
    priced = any(cost is not None for _, _, cost in variables)
    yield f"\n{'variable':<{width}}  {'value':>17}" + (f"  {'reduced cost':>18}\n" if priced else "\n")
    for name, value, cost in variables:
        yield f"{_line(name):<{width}}  {value!r:>17}" + (f"  {cost!r:>18}\n" if priced else "\n")
    if rows:
        yield f"\n{'row':<{width}}  {'dual':>17}\n"
    for name, dual in rows:
        yield f"{_line(name):<{width}}  {dual!r:>17}\n"


def _line(name: str) -> str:
    """A name on one line."""
    return name if name.isprintable() else json.dumps(name)


def csv_of(solution: Solution) -> Iterator[str]:
    """One table: kind, name, value, dual; the first row has the status and the objective."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    variables, rows = _tables(solution)
    writer.writerow(["kind", "name", "value", "dual"])
    writer.writerow(["objective", solution.status, repr(solution.objective) if solution.has_solution else "", ""])
    for name, value, cost in variables:
        writer.writerow(["variable", name, repr(value), "" if cost is None else repr(cost)])
    for name, dual in rows:
        writer.writerow(["row", name, "", repr(dual)])
    yield buffer.getvalue()


def json_of(solution: Solution) -> Iterator[str]:
    """An object with everything; null for unknown numbers."""
    variables, rows = _tables(solution)
    facts = {
        **{"format": "pplp solution", "version": 1},
        **_facts(solution),
        **{"bound": solution.bound, "gap": solution.gap, "nodes": solution.nodes},
        **{"iterations": solution.iterations, "seconds": solution.seconds},
        "variables": [{"name": name, "value": value, "reduced_cost": cost} for name, value, cost in variables],
        "rows": [{"name": name, "dual": dual} for name, dual in rows],
    }
    yield json.dumps(facts, indent=1) + "\n"  # ASCII, which is JSON in every encoding

"""Statistics of a program before it is solved."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any, Optional

from pplp.core.sense import Sense
from pplp.form.matrix_form import MatrixForm

__all__ = ["facts_of"]


def facts_of(form: MatrixForm) -> dict[str, Any]:
    """The facts about a program: sizes, kinds of rows and variables, ranges of absolute values, structure."""
    columns, rows = form.columns, form.rows
    lengths = [b - a for a, b in zip(form.starts, form.starts[1:])]
    of_column = [0] * columns
    for j in form.indices:
        of_column[j] += 1
    bounds = list(zip(form.column_lower, form.column_upper))
    kinds = {
        "continuous": columns - sum(form.integer),
        "integer": sum(flag and end != (0.0, 1.0) for flag, end in zip(form.integer, bounds)),
        "binary": sum(flag and end == (0.0, 1.0) for flag, end in zip(form.integer, bounds)),
        "free": sum(end == (-inf, inf) for end in bounds),
        "fixed": sum(low == high for low, high in bounds),
        "in no row": of_column.count(0),
    }
    sides = [_kind(low, high) for low, high in zip(form.row_lower, form.row_upper)]
    row_kinds = {kind: sides.count(kind) for kind in ("<=", ">=", "=", "ranges", "free")}
    row_kinds["empty"] = lengths.count(0)
    return {
        "sense": Sense.from_bool(form.maximize).value,
        "variables": columns,
        "of these": kinds,
        "rows": rows,
        "of the rows": row_kinds,
        "nonzeros": form.nonzeros,
        "density": form.nonzeros / (rows * columns) if rows and columns else None,
        "longest row": max(lengths, default=0),
        "longest column": max(of_column, default=0),
        "|coefficients|": _range(form.values),
        "|costs|": _range(form.cost),
        "|bounds|": _range(end for pair in bounds for end in pair),
        "|sides|": _range([*form.row_lower, *form.row_upper]),
        "structure": _structure(form),
    }


def _kind(low: float, high: float) -> str:
    if low == high:
        return "="
    if low == -inf:
        return "free" if high == inf else "<="
    return ">=" if high == inf else "ranges"


def _range(numbers: Iterable[float]) -> Optional[list[float]]:
    """[least, greatest] of the absolute values, leaving out 0 and infinity."""
    sizes = [abs(number) for number in numbers if number and abs(number) < inf]
    return [min(sizes), max(sizes)] if sizes else None


def _structure(form: MatrixForm) -> Optional[str]:
    """A network, where every column has at most one 1 and at most one -1."""
    seen = bytearray(form.columns)
    for j, a in zip(form.indices, form.values):
        sign = 1 if a == 1.0 else 2 if a == -1.0 else 3
        if seen[j] & sign or sign == 3:
            return None
        seen[j] |= sign
    return "network: every variable enters at most one row and leaves at most one" if form.nonzeros else None

"""Programs as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import TYPE_CHECKING

from pplp.core.scalars import counted

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["program_text"]

#: So many rows, and so many bounds, are a screenful.
_SCREENFUL = 20


def program_text(program: Solvable) -> str:
    """The whole program, abbreviated past a screenful.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram(name="plan")
    >>> x, n = lp.Var("x", lb=0), lp.IntVar("n", lb=0, ub=40)
    >>> lp.objective = 3*x - 2*n + 5
    >>> _ = lp.add_constraint(0 <= 2*x + n <= 40, name="steel")
    >>> print(lp)
    LinearProgram 'plan': 2 variables (1 integer), 1 constraint
      objective: 3 x - 2 n + 5
      steel: 0 <= 2 x + n <= 40
      x in [0, inf]
      n in [0, 40] integer
    """
    columns, rows = program._columns, program._rows
    variables, constraints = len(columns) - len(columns.removed), len(rows) - len(rows.removed)
    title = f"LinearProgram {program.name!r}" if program.name else "LinearProgram"
    return "\n".join(
        [
            f"{title}: {counted(variables, 'variable')} ({columns.integers} integer), "
            f"{counted(constraints, 'constraint')}",
            f"  objective: {program.objective}",
            *_screenful(f"  {constraint!r}" for constraint in program.constraints),
            *_screenful(_bounds(program)),
        ]
    )


def _bounds(program: Solvable) -> Iterator[str]:
    columns = program._columns
    for x in program.variables:
        lower, upper = columns.lower[x._index], columns.upper[x._index]
        if x.integer or (lower, upper) != (-inf, inf):
            yield f"  {x.name} in [{lower:g}, {upper:g}]{' integer' if x.integer else ''}"


def _screenful(lines: Iterable[str]) -> list[str]:
    shown: list[str] = []
    count = 0
    for count, line in enumerate(lines, 1):
        if count <= _SCREENFUL:
            shown.append(line)
    return [*shown, f"  ... {count - _SCREENFUL} more"] if count > _SCREENFUL else shown

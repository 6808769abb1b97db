"""Programs as text."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from pplp.core.handle import index_of
from pplp.core.owner import columns_of, rows_of
from pplp.ground.words import counted, screenful

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable
    from pplp.core.expressions import Variable

__all__ = ["program_text"]


def program_text(program: Solvable) -> str:
    """The whole program, shortened past a screenful.

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
    columns, rows = columns_of(program), rows_of(program)
    variables, constraints = len(columns) - len(columns.removed), len(rows) - len(rows.removed)
    own = [(x, columns.lower[index_of(x)], columns.upper[index_of(x)]) for x in program.variables]
    title = f"LinearProgram {program.name!r}" if program.name else "LinearProgram"
    return "\n".join(
        [
            f"{title}: {counted(variables, 'variable')} ({columns.integers} integer), "
            f"{counted(constraints, 'constraint')}",
            f"  objective: {program.objective}",
            *screenful(program.constraints, write=repr),
            *screenful([its for its in own if its[0].integer or its[1:] != (-inf, inf)], write=_limits),
        ]
    )


def _limits(its: tuple[Variable, float, float]) -> str:
    x, lower, upper = its
    return f"{x.name} in [{lower:g}, {upper:g}]{' integer' if x.integer else ''}"

"""A basis: which variables and rows are basic at a vertex, and the bounds that the others are at."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Optional, Union

from pplp.answers.solution import error_with, no_duals, numbers_of, outcome_of, primal_of
from pplp.answers.solvable import current_solution, session_of
from pplp.core.constraints import Constraint
from pplp.core.expressions import Variable
from pplp.core.handle import index_of, owner_of, place_of, store_of
from pplp.core.owner import family_of, index_in, rows_of, title_of
from pplp.errors import ExpressionError, InvalidValue, NoDuals, RemovedObject
from pplp.form.compiler import Places, column_places, row_places
from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE
from pplp.ground.descriptors import needed_to
from pplp.ground.files import replacing
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable
    from pplp.core.owner import Owner

__all__ = ["STATUSES", "Basis"]

#: letter -> status
STATUSES = {BASIC: "basic", AT_LOWER: "lower", AT_UPPER: "upper", FREE: "free", FIXED: "fixed"}

#: What `Basis.save` writes.  A general JSON reader would accept nesting, numbers and escapes, which can cost more than
#: the length of the file.
_FILE = re.compile(r'\s*\{\s*"(variables|rows)"\s*:\s*"([^"\\]*)"\s*,\s*"(variables|rows)"\s*:\s*"([^"\\]*)"\s*\}\s*')
#: A longer file is not a basis: GLPK allows at most 100,000,000 rows, and as many columns.
_LONGEST = 200_001_000


@dataclass(frozen=True)
class Basis:
    """The status of each variable and row: "basic", or the bound that it is at.

    `variables` and `rows` have one letter each, in the program's order: B basic, L at the lower bound, U at the
    upper bound, F free and at 0, E fixed (equal bounds).  The number of basic ones is the number of rows.
    Two bases are equal if their letters are; a basis can be pickled, and saved to a file.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0, ub=9)
    >>> steel = lp.add_constraint(x + y <= 4)
    >>> lp.objective = 3*x + 2*y
    >>> lp.maximize()
    12.0
    >>> lp.basis
    Basis(variables='BL', rows='U')
    >>> lp.basis[x], lp.basis[y], lp.basis[steel]
    ('basic', 'lower', 'upper')
    >>> twin = lp.copy()
    >>> twin.basis = lp.basis
    >>> twin.solve("maximize").iterations
    0
    """

    variables: str
    rows: str
    _family: bytes = field(default=b"", repr=False, compare=False)
    _at_column: Optional[Places] = field(default=None, repr=False, compare=False)
    _at_row: Optional[Places] = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        for letters in (self.variables, self.rows):
            unknown = set(letters) - set(STATUSES) if isinstance(letters, str) else {repr(letters)}
            if unknown:
                raise InvalidValue(
                    f"{', '.join(sorted(unknown)[:9])} is not the letter of a status in a basis. The letters are "
                    + ", ".join(f"{letter} {status}" for letter, status in STATUSES.items())
                    + "."
                )

    def __getitem__(self, thing: Union[Variable, Constraint]) -> str:
        """The status of a variable or of a row: "basic", "lower", "upper", "free" or "fixed".

        Raises `RemovedObject` for one that is not part of this basis, and `InvalidValue` for a constraint on one
        variable, which is a bound of that variable, not a row.
        """
        if not isinstance(thing, (Variable, Constraint)):
            raise ExpressionError(f"A basis has a status for variables and constraints, not for {quoted(thing)}.")
        row = place_of(thing) if isinstance(thing, Constraint) else index_of(thing)
        if isinstance(thing, Constraint) and store_of(thing) is not rows_of(owner_of(thing)):
            raise InvalidValue(f"{thing} is a bound of its variable, not a row. Read the status of the variable.")
        index_in(owner_of(thing), thing)
        is_variable = isinstance(thing, Variable)
        letters = self.variables if is_variable else self.rows
        at = self._places(owner_of(thing))[0 if is_variable else 1]
        if row not in at or at.count != len(letters):
            raise RemovedObject(
                f"{thing} is not part of this basis: it was added later or removed before, or the basis is "
                "that of another program."
            )
        return STATUSES[letters[at[row]]]

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Write the basis to a JSON file, which `Basis.load` reads; if that fails, an existing file is unchanged."""
        import json  # imported late: programs seldom need it

        with replacing(path) as file:
            json.dump({"variables": self.variables, "rows": self.rows}, file)
            file.write("\n")

    @classmethod
    def load(cls, path: Union[str, os.PathLike[str]]) -> Basis:
        """The basis in a file that `save` wrote; raises `InvalidValue` for any other file.

        The file need not be trusted: nothing in it is executed, and no more is read than the basis of the largest
        program has.
        """
        name = os.fspath(path)
        with needed_to(f"read {name}"), open(path, encoding="ascii") as file:
            try:
                text = file.read(_LONGEST + 1)
            except ValueError as error:
                raise InvalidValue(f"{name} is not a basis file: {error}.") from None
        if len(text) > _LONGEST:
            raise InvalidValue(f"{name} is not a basis file: it has more than {_LONGEST} characters.")
        found = _FILE.fullmatch(text)
        if found is None or found[1] == found[3]:
            raise InvalidValue(
                f'{name} is not a basis file, which is {{"variables": "...", "rows": "..."}}, with a letter for each.'
            )
        letters = {found[1]: found[2], found[3]: found[4]}
        return cls(letters["variables"], letters["rows"])

    @classmethod
    def of(cls, program: Solvable) -> Basis:
        """Implements reading `LinearProgram.basis`."""
        return cls(
            *optimal_letters(program, "basis", "basis statuses"), family_of(program), *session_of(program).places
        )

    def carried_to(self, program: Solvable) -> Basis:
        """The basis for the program as it is now: new rows are basic, new variables are at a bound.

        Matched by index for the program that it came from and its copies, by position for all others, whose shape must
        be the same: else it raises `InvalidValue`.
        """
        now, before = (column_places(program), row_places(program)), self._places(program)
        variables = self._carried(self.variables, before[0], now[0], AT_LOWER, program, "variables")
        rows = self._carried(self.rows, before[1], now[1], BASIC, program, "rows")
        return Basis(variables, rows, family_of(program), *now)

    @staticmethod
    def _carried(letters: str, before: Places, now: Places, new: str, program: Solvable, what: str) -> str:
        if before.count != len(letters):
            raise InvalidValue(
                f"The basis has {len(letters)} {what}, but {title_of(program)} has {before.count}. "
                "Use a basis of the same shape."
            )
        if before.identity and now.identity and before.count == now.count:
            return letters
        return "".join(letters[before[i]] if i in before else new for i in now.indices())

    def _places(self, program: Owner) -> tuple[Places, Places]:
        if self._at_column is not None and self._at_row is not None and self._family == family_of(program):
            return self._at_column, self._at_row
        return column_places(program), row_places(program)


def optimal_letters(program: Solvable, what: str, of_duals: str) -> tuple[str, str]:
    """The letters of the variables and rows at the current optimum; raises if there is no such basis."""
    solution = current_solution(program, what)
    primal_of(solution)
    engine = session_of(program).engine if outcome_of(solution).own_objective else None
    letters = engine.basis() if engine is not None else None
    numbers = numbers_of(solution)
    has_duals = numbers is not None and numbers.duals() is not None
    if letters is None and has_duals and engine is not None and engine.has_lost_basis:
        raise error_with(
            solution,
            NoDuals,
            f"The {of_duals} are gone with the process that solved the program. Solve it again.",
        )
    if letters is None:
        raise no_duals(solution, of_duals)
    return letters


def start_of(program: Solvable, value: Any) -> Optional[Basis]:
    """Checks the value that `LinearProgram.basis` is set to."""
    if value is None:
        return None
    if not isinstance(value, Basis):
        raise InvalidValue(
            f"basis must be a Basis, not {quoted(value)}. Use the .basis of a program, or Basis.load(path)."
        )
    basis = value.carried_to(program)
    basic, rows = basis.variables.count(BASIC) + basis.rows.count(BASIC), len(basis.rows)
    if basic != rows:
        raise InvalidValue(
            f"A basis of {title_of(program)} must have as many basic variables and rows as there are rows, {rows}; "
            f"this one has {basic}."
        )
    return basis

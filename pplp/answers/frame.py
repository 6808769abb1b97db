"""What a solution knows about its program: its identity, and the positions of its variables and rows in the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

from pplp.core.expressions import Variable
from pplp.core.handle import index_of, owner_of
from pplp.core.owner import family_of, index_in
from pplp.errors import ExpressionError, RemovedObject
from pplp.form.compiler import Places
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.constraints import Constraint
    from pplp.core.model import Model
    from pplp.core.owner import Owner
    from pplp.form.matrix_form import MatrixForm

__all__ = ["Frame"]


class Frame(NamedTuple):
    """A program as it was solved, for its solutions; it does not keep the program alive."""

    key: int  # the program's id; 0 after unpickling
    family: bytes  # shared by a program and its copies
    at_column: Places
    at_row: Places
    integer: bytes  # 1 for each integer column, by position; empty if there are none
    names: tuple[dict[int, str], dict[int, str]]  # of variables and rows, by index; only those the user gave
    bound_duals: Callable[[Any, Any], float]  # (constraint, solution) -> dual, for a constraint that is not a row
    unedited: Optional[Callable[[], Optional[Model]]] = None  # the program, unless it was edited since
    form: Optional[Callable[[], MatrixForm]] = None  # the form that a scenario made of the program

    @classmethod
    def of_former(
        cls,
        key: Any,
        at_column: Any,
        at_row: Places,
        integer: bytes,
        bound_duals: Any,
        family: bytes = b"",
        unedited: None = None,
        quality: Any = None,
        names: Any = None,
    ) -> tuple[Frame, Any]:
        """(frame, quality) of the pickle of a solution of former days, which had all of them one by one."""
        return cls(key, family, at_column, at_row, integer, names or ({}, {}), bound_duals), quality

    def knows(self, program: Owner) -> bool:
        """True if it is of this program; after unpickling, of this one or one that it is a copy of."""
        return id(program) == self.key or (not self.key and family_of(program) == self.family)

    @property
    def zero(self) -> float:
        """The zero that turns -0.0 into 0.0; in a program with integer variables it keeps ints ints."""
        return 0 if self.integer else 0.0

    def program_now(self) -> Optional[Model]:
        """The program, unless it was edited since it was solved."""
        return None if self.unedited is None else self.unedited()

    def pickled(self) -> Frame:
        """The same frame without the program."""
        names = dict(self.names[0]), dict(self.names[1])
        return self._replace(key=0, names=names, unedited=None, form=None)

    def place_of(self, variable: Variable) -> int:
        """The variable's position in the matrix; raises if it was not a variable of this program at that time."""
        if not isinstance(variable, Variable):
            raise ExpressionError(
                f"{quoted(variable)} is not a variable. Write solution.value(...) for an expression, "
                "solution.dual(...) for a "
                "constraint."
            )
        at, index, program = self.at_column, index_of(variable), owner_of(variable)
        if (id(program) != self.key and not self.knows(program)) or index not in at:
            index_in(program, variable)  # raises for a removed one
            raise RemovedObject(
                f"{variable} is not part of this solution: it is of another program, "
                "or was added later, or removed before."
            )
        return index if at.identity else at[index]

    def row_of(self, constraint: Constraint) -> int:
        """The constraint's position in the matrix; raises `RemovedObject` if it was not there."""
        if not self.knows(owner_of(constraint)) or index_of(constraint) not in self.at_row:
            raise RemovedObject(f"The constraint {quoted(constraint)} is not part of this solution.")
        return self.at_row[index_of(constraint)]

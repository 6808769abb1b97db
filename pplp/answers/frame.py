"""What a solution knows of its program: which one it is, and where its variables and rows are in the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

from pplp.core.handle import index_of, owner_of
from pplp.core.owner import family_of, index_in
from pplp.errors import ExpressionError, RemovedObject
from pplp.form.compiler import Places
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.constraints import Constraint
    from pplp.core.expressions import Variable
    from pplp.core.model import Model
    from pplp.core.owner import Owner
    from pplp.form.matrix_form import MatrixForm

__all__ = ["Frame"]


class Frame(NamedTuple):
    """A program as it was solved, for the solutions of it; it does not keep the program alive."""

    key: int  # the program's id; 0 after a pickle
    family: bytes  # the program shares it with its copies
    at_column: Places
    at_row: Places
    integer: bytes  # 1 for each integer column, by place; empty where there are none
    names: tuple[dict[int, str], dict[int, str]]  # of variables and rows, by index: the program's own
    bound_duals: Callable[[Any, Any], float]  # of (constraint, solution), for a constraint that is not a row
    unedited: Optional[Callable[[], Optional[Model]]] = None  # the program, as long as it was not edited
    form: Optional[Callable[[], MatrixForm]] = None  # what a scenario made of the program

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
        """Is it of this program?  After a pickle: of this one, or one that it is a copy of."""
        return id(program) == self.key or (not self.key and family_of(program) == self.family)

    @property
    def zero(self) -> float:
        """What is added to a value, so that it is not -0.0: an int stays one in a program with integer variables."""
        return 0 if self.integer else 0.0

    def program_now(self) -> Optional[Model]:
        """The program, as long as it is as it was solved."""
        return None if self.unedited is None else self.unedited()

    def pickled(self) -> Frame:
        """The same without the program."""
        names = dict(self.names[0]), dict(self.names[1])
        return self._replace(key=0, names=names, unedited=None, form=None)

    def place_of(self, variable: Variable) -> int:
        """Where the variable is in the matrix; raises for what is not a variable of this program at that time."""
        if not getattr(variable, "_is_variable", False):
            raise ExpressionError(
                f"{quoted(variable)} is not a variable. Write solution.value(...) for an expression, "
                "solution.dual(...) for a "
                "constraint."
            )
        at, index, program = self.at_column, index_of(variable), owner_of(variable)
        if (id(program) != self.key and not self.knows(program)) or index not in at:
            index_in(program, variable)  # a removed one says so itself
            raise RemovedObject(
                f"{variable} is not part of this solution: it is of another program, "
                "or was added later, or removed before."
            )
        return index if at.identity else at[index]

    def row_of(self, constraint: Constraint) -> int:
        """Where the constraint is in the matrix; raises `RemovedObject` for one that was not there."""
        if not self.knows(owner_of(constraint)) or index_of(constraint) not in self.at_row:
            raise RemovedObject(f"The constraint {quoted(constraint)} is not part of this solution.")
        return self.at_row[index_of(constraint)]

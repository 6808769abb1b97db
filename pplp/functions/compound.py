"""Constraints that need several rows, and possibly variables of their own; a program gets all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Optional

from pplp.core.callers import no_truth
from pplp.core.columns import check_name
from pplp.core.constraints import same_program
from pplp.core.expressions import LinearExpression, parts_of
from pplp.core.owner import Owned, check_living, columns_of, reformulations_of, row_names_of
from pplp.core.relations import Several, no_row
from pplp.core.special import Special
from pplp.functions.builder import Builder
from pplp.ground.pickles import Pickled

if TYPE_CHECKING:
    from pplp.core.model import Model
    from pplp.core.reformulation import Reformulation

__all__ = ["Compound", "reformulate"]

# Any: of several constraints there is an array of records, which is made above this floor.


class Compound(Pickled, Several, Owned):
    """A constraint that needs several rows, and possibly variables of its own; `add_constraint` writes them."""

    __slots__ = ()

    def _each(self, name: Optional[str]) -> Iterable[tuple[Compound, Optional[str]]]:
        """The single constraints that it consists of, each with its name."""
        return [(self, name)]

    def _add_to(self, program: Any, name: Optional[str], rows_only: bool) -> Any:
        if rows_only:
            raise no_row(self)
        return reformulate(program, self, name)

    def _handles(self, records: list[Reformulation]) -> Any:
        """What `add_constraint` returns, made of the records of the single ones."""
        return records[0]

    def _operands(self) -> Sequence[Any]:
        """The linear expressions in it, and possibly numbers."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _write(self, builder: Builder) -> None:
        """All its rows."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _special(self) -> Optional[Special]:
        """What it says, for file formats with a section for it."""
        return None

    def _refused(self, *_: Any) -> NoReturn:
        raise no_truth(
            f"The constraint {self} has no truth value and cannot be compared again. Pass it to add_constraint() "
            "whole; write a chain as two constraints."
        )

    __bool__ = __le__ = __ge__ = __lt__ = __gt__ = __eq__ = __ne__ = _refused
    __hash__ = object.__hash__


def reformulate(program: Model, compound: Compound, name: Optional[str]) -> Any:
    """Add a compound constraint, or an array of them, to its program; all or nothing.

    Raises `ForeignObject` and `RemovedObject` for foreign and removed variables, `InvalidValue` for a missing
    bound, a big-M that is too large, a constraint that can never hold, and a name that is taken.
    """
    same_program(program, compound)
    if name is not None:
        check_name(name, (), "constraint")
    builders: list[Builder] = []
    others = 0
    for one, title in compound._each(name):
        for e in one._operands():
            if isinstance(e, LinearExpression):
                check_living(program, parts_of(e)[0])
        builder = Builder(program, one, title, others)
        one._write(builder)
        builders.append(builder)
        others += len(builder.made)
    if name is not None:
        _check_names(program, builders)
    done: list[Any] = []
    before = len(reformulations_of(program))
    try:
        return compound._handles([builder.commit(done) for builder in builders])
    except BaseException:
        program.remove(*reversed(done))
        reformulations_of(program).remove({*range(before, len(reformulations_of(program)))})
        raise


def _check_names(program: Model, builders: Sequence[Builder]) -> None:
    """Raise `InvalidValue` for a name that is taken, by the program or by another builder."""
    taken: tuple[set[str], set[str]] = set(), set()
    for builder in builders:
        check_name(builder.name, row_names_of(program), "constraint")
        kinds = ("variable", columns_of(program).by_name), ("constraint", row_names_of(program))
        for names, others, (kind, present) in zip(builder.names(), taken, kinds):
            for one in names:
                check_name(one, present, kind)
                check_name(one, others, kind)
                others.add(one)

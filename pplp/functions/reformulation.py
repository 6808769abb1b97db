"""From a compound constraint to rows: new variables, big-M from bounds, and the record of all that was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Optional

from pplp.core.columns import check_name
from pplp.core.constraints import same_program
from pplp.core.expressions import LinearExpression
from pplp.functions.builder import Builder
from pplp.functions.compound import Compound

if TYPE_CHECKING:
    from pplp.program import LinearProgram

__all__ = ["reformulate"]


def reformulate(program: LinearProgram, compound: Compound, name: Optional[str]) -> Any:
    """Add a compound constraint, or an array of them, to its program; all or nothing.

    Raises `ForeignObject` and `RemovedObject` for variables of others and removed ones, `InvalidValue` for a bound
    that is missing, a big-M that is too large, a constraint that can never hold, and a name that is taken.
    """
    same_program(program, compound)
    if name is not None:
        check_name(name, (), "constraint")
    builders: list[Builder] = []
    others = 0
    for one, title in compound._each(name):
        for e in one._operands():
            if isinstance(e, LinearExpression):
                program._check_living(e._parts()[0])
        builder = Builder(program, one, title, others)
        one._write(builder)
        builders.append(builder)
        others += len(builder._made)
    if name is not None:
        _check_names(program, builders)
    done: list[Any] = []
    before = len(program._reformulations)
    try:
        return compound._handles([builder.commit(done) for builder in builders])
    except BaseException:
        program.remove(*reversed(done))
        program._reformulations.remove({*range(before, len(program._reformulations))})
        raise


def _check_names(program: LinearProgram, builders: Sequence[Builder]) -> None:
    """Raise `InvalidValue` for a name that is taken, by the program or by another builder."""
    taken: tuple[set[str], set[str]] = set(), set()
    for builder in builders:
        check_name(builder._name, program._row_names, "constraint")
        kinds = ("variable", program._columns.by_name), ("constraint", program._row_names)
        for names, others, (kind, present) in zip(builder.names(), taken, kinds):
            for one in names:
                check_name(one, present, kind)
                check_name(one, others, kind)
                others.add(one)

"""Constraints that take several rows, and perhaps variables of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Optional

from pplp.core.callers import no_truth
from pplp.functions.builder import Builder
from pplp.functions.special import Special
from pplp.ground.pickles import Pickled

if TYPE_CHECKING:
    from pplp.functions.record import Reformulation
    from pplp.program import LinearProgram

__all__ = ["Compound"]


class Compound(Pickled):
    """A constraint that takes several rows, and perhaps variables of its own; `add_constraint` writes them."""

    __slots__ = ()
    _program: LinearProgram

    def _each(self, name: Optional[str]) -> Iterable[tuple[Compound, Optional[str]]]:
        """The single constraints that it consists of, each with the name that it gets."""
        return [(self, name)]

    def _handles(self, records: list[Reformulation]) -> Any:
        """What `add_constraint` returns, of the records of the single ones."""
        return records[0]

    def _operands(self) -> Sequence[Any]:
        """The linear expressions in it, and perhaps numbers."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _write(self, builder: Builder) -> None:
        """All its rows."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _special(self) -> Optional[Special]:
        """What it says, where file formats have a section for it."""
        return None

    def _refused(self, *_: Any) -> NoReturn:
        raise no_truth(
            f"The constraint {self} has no truth value and cannot be compared again. Give it to add_constraint() "
            "whole; write a chain as two constraints."
        )

    __bool__ = __le__ = __ge__ = __lt__ = __gt__ = __eq__ = __ne__ = _refused
    __hash__ = object.__hash__

"""Packs edits and outcomes for a pipe, into few objects that are pickled fast and unpacked only when they are read.

Thousands of them are in flight or kept at a time, and more objects would be more work for the garbage collector.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Numbers, Outcome, ReadNumbers

__all__ = ["PackedEdits", "PackedNumbers", "compact", "packed_sides", "portable", "restored", "unpacked"]

#: Bytes if only the bounds of rows are edited; else the fields of `Edits`.
PackedEdits = Union[bytes, tuple[Any, ...]]
#: The bytes of one row: its number and its two bounds.
_SIDE = 20


def packed_sides(sides: Mapping[int, tuple[float, float]]) -> bytes:
    """Edits of the bounds of rows alone, as bytes."""
    if not sides:
        return b""
    count, (lowers, uppers) = len(sides), zip(*sides.values())
    return struct.pack(f"={count}i{2 * count}d", *sides, *lowers, *uppers)


def unpacked(packed: Optional[PackedEdits], form: MatrixForm) -> Optional[Edits]:
    """The edits that were packed; None if there are none."""
    if type(packed) is not bytes:
        return None if packed is None else Edits(*packed)
    count = len(packed) // _SIDE
    its = struct.unpack(f"={count}i{2 * count}d", packed)
    sides = dict(zip(its[:count], zip(its[count : 2 * count], its[2 * count :])))
    return Edits(row_bounds=sides, offset=form.offset, maximize=form.maximize)


class PackedNumbers:
    """The numbers of an outcome in one bytes object, unpacked on first use."""

    __slots__ = ("_its",)

    def __init__(self, packed: tuple[bytes, int, int, int]) -> None:
        #: (bytes, counts of values, reduced costs and duals, where -1 stands for None); once unpacked, the numbers.
        self._its: Union[tuple[bytes, int, int, int], ReadNumbers] = packed

    def _read(self) -> ReadNumbers:
        its = self._its
        if isinstance(its, ReadNumbers):
            return its
        data, *counts = its
        parts: list[Any] = []
        begin = 0
        for count in counts:
            end = begin + 8 * max(count, 0)
            parts.append(None if count < 0 else array("d", data[begin:end]))
            begin = end
        read = self._its = ReadNumbers(*parts)
        return read

    def primal(self) -> Sequence[float]:
        """Values of the columns."""
        return self._read().primal()

    def reduced_costs(self) -> Optional[Sequence[float]]:
        """Reduced costs of the columns."""
        return self._read().reduced_costs()

    def duals(self) -> Optional[Sequence[float]]:
        """Duals of the rows."""
        return self._read().duals()


def portable(outcome: Outcome) -> Outcome:
    """The outcome, with its numbers copied to arrays of doubles; exact numbers stay as they are."""
    numbers = outcome.numbers
    if numbers is not None and not hasattr(numbers, "exact"):
        outcome.numbers = ReadNumbers(
            array("d", numbers.primal()), _doubles(numbers.reduced_costs()), _doubles(numbers.duals())
        )
    return outcome


def _doubles(numbers: Optional[Sequence[float]]) -> Optional[array[float]]:
    return None if numbers is None else array("d", numbers)


def compact(outcome: Outcome) -> Union[Outcome, tuple[Any, ...]]:
    """The outcome as a tuple that is pickled fast; if it has more than the tuple's fields, a portable outcome."""
    numbers = outcome.numbers
    if hasattr(numbers, "exact") or outcome.others or outcome.lazy_constraints or not outcome.own_objective:
        return portable(outcome)
    return (
        outcome.status,
        None if numbers is None else _packed(numbers),
        outcome.objective,
        outcome.bound,
        outcome.iterations,
        outcome.nodes,
        outcome.seconds,
        outcome.method,
        outcome.message,
        outcome.reason,
    )


def _packed(numbers: Numbers) -> tuple[bytes, int, int, int]:
    values, costs, duals = numbers.primal(), numbers.reduced_costs(), numbers.duals()
    n, k, m = len(values), -1 if costs is None else len(costs), -1 if duals is None else len(duals)
    all_of_them = [*values, *(() if costs is None else costs), *(() if duals is None else duals)]
    return struct.pack(f"={len(all_of_them)}d", *all_of_them), n, k, m


def restored(made: Any) -> Outcome:
    """The outcome from what `compact` returned."""
    if isinstance(made, Outcome):
        return made
    status, packed, *fields = made
    return Outcome(status, None if packed is None else PackedNumbers(packed), *fields)

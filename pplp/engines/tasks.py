"""What a worker is given and gives back: programs as forms and edits of forms, in few bytes, and their outcomes."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from pplp.engines.contract import Options
from pplp.errors import PplpError
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Outcome, ReadNumbers, Status

__all__ = ["Task", "compact", "failed", "portable", "restored", "sendable"]

#: What an option holds that only this process can use.
_OWN = ("log", "progress", "cancel", "callback", "isolate")


class Task(NamedTuple):
    """Programs of one form, with the same options."""

    #: None for that of the task before, where a worker is given several.
    form: Optional[MatrixForm]
    #: Of each program; None for the form as it is.
    edits: list[Optional[Edits]]
    options: Options


def failed(error: BaseException) -> Outcome:
    """The outcome of what could not be solved."""
    said = str(error) if isinstance(error, PplpError) else f"{type(error).__name__}: {error}"
    return Outcome(Status.FAILED, message=said)


def portable(outcome: Outcome) -> Outcome:
    """An outcome whose numbers are here, in as few bytes as may be."""
    numbers = outcome.numbers
    if numbers is not None and not hasattr(numbers, "exact"):
        outcome.numbers = ReadNumbers(*map(_doubles, (numbers.primal(), numbers.reduced_costs(), numbers.duals())))
    return outcome


def _doubles(numbers: Optional[Sequence[float]]) -> Any:
    return None if numbers is None else array("d", numbers)


#: What an outcome has besides its numbers.
_FIELDS = tuple(name for name in Outcome.__slots__ if name != "numbers")


def compact(outcome: Outcome) -> Any:
    """A portable outcome as what is soon made into bytes."""
    numbers = outcome.numbers
    if numbers is not None and type(numbers) is not ReadNumbers:
        return outcome
    read = (None, None, None) if numbers is None else (numbers.primal(), numbers.reduced_costs(), numbers.duals())
    return tuple(map(_bytes, read)), [getattr(outcome, name) for name in _FIELDS]


def _bytes(numbers: Any) -> Optional[bytes]:
    return None if numbers is None else numbers.tobytes()


def restored(made: Any) -> Outcome:
    """The outcome that was made compact."""
    if isinstance(made, Outcome):
        return made
    (primal, reduced_costs, duals), fields = made
    outcome = Outcome.__new__(Outcome)
    for name, value in zip(_FIELDS, fields):
        setattr(outcome, name, value)
    outcome.numbers = None
    if primal is not None:
        outcome.numbers = ReadNumbers(array("d", primal), _of_bytes(reduced_costs), _of_bytes(duals))
    return outcome


def _of_bytes(data: Optional[bytes]) -> Any:
    return None if data is None else array("d", data)


def sendable(options: Options) -> Options:
    """The options without what stays here; `log` and `progress` are then True or None."""
    fields = {f.name: getattr(options, f.name) for f in dataclasses.fields(options) if f.init and f.name not in _OWN}
    if not isinstance(options.cuts, (str, bool)):
        fields["cuts"] = frozenset(options.cuts)  # it may be the keys of a dictionary
    return Options(**fields)

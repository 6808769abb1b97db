"""What a worker is given and gives back: programs as forms and edits of forms, in few bytes, and their outcomes."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from pplp.engines.contract import CancelToken, Engine, Options, answer
from pplp.errors import OutOfThreads, PplpError
from pplp.form.matrix_form import Edits, MatrixForm, edited
from pplp.form.outcome import Outcome, ReadNumbers, Status

__all__ = ["Task", "Worker", "compact", "failed", "portable", "restored", "sendable"]

#: What an option holds that only this process can use.
_OWN = ("log", "progress", "cancel", "callback", "isolate")


class Task(NamedTuple):
    """Programs of one form, with the same options."""

    #: None for that of the task before, where a worker is given several.
    form: Optional[MatrixForm]
    #: Of each program; None for the form as it is.
    edits: list[Optional[Edits]]
    options: Options


class Worker:
    """An engine that goes from program to program, and from edits to edits of one form."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._form: Optional[MatrixForm] = None
        self._at: Optional[Edits] = None

    def close(self) -> None:
        """Give the engine back."""
        self._engine.close()

    def solved(
        self, form: MatrixForm, edits: Optional[Edits], options: Options, stop: Optional[CancelToken] = None
    ) -> Outcome:
        """The outcome of a program: `Status.FAILED` where something was raised.

        Raises `OutOfThreads` where the engine cannot work in this process: that is no fault of the program.
        """
        try:
            return self._solved(form, edits, options, stop)
        except BaseException as error:
            self._form = None
            if isinstance(error, OutOfThreads) or not isinstance(error, Exception):
                raise
            return failed(error)

    def _solved(
        self, form: MatrixForm, edits: Optional[Edits], options: Options, stop: Optional[CancelToken]
    ) -> Outcome:
        engine = self._engine
        if engine.abandoned:
            engine = self._engine = type(engine)()
        if self._form is not form or not engine.loaded:
            engine.load(form)
            self._form, self._at = form, None

        def whole() -> MatrixForm:
            return form if edits is None else edited(form, edits)

        if edits is not None or self._at is not None:
            engine.update(_step(form, self._at, edits), whole)
            self._at = edits
        return answer(engine, options, stop, whole)


def _step(form: MatrixForm, before: Optional[Edits], after: Optional[Edits]) -> Edits:
    """From the form with some edits of bounds and costs to the form with others."""
    step = Edits()
    step.maximize, step.offset = form.maximize, form.offset
    columns, rows, costs = dict(step.column_bounds), dict(step.row_bounds), dict(step.costs)
    if before is not None:
        columns = {j: (form.column_lower[j], form.column_upper[j]) for j in before.column_bounds}
        rows = {i: (form.row_lower[i], form.row_upper[i]) for i in before.row_bounds}
        costs = {j: form.cost[j] for j in before.costs}
    if after is not None:
        columns.update(after.column_bounds)
        rows.update(after.row_bounds)
        costs.update(after.costs)
        step.offset = after.offset
    step.column_bounds, step.row_bounds, step.costs = columns, rows, costs
    return step


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

"""An engine that solves one program after another, in a process or thread that works for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from pplp.engines.confirmation import answer
from pplp.engines.contract import CancelToken, Engine, Options
from pplp.engines.tasks import failure
from pplp.errors import OutOfThreads
from pplp.form.matrix_form import Edits, MatrixForm, edited
from pplp.form.outcome import Outcome

__all__ = ["Worker"]


_Ends = Mapping[int, tuple[float, float]]
_NONE = Edits()


class Worker:
    """An engine that solves programs in sequence; between edits of the same form, it is only updated."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._form: Optional[MatrixForm] = None
        self._at: Optional[Edits] = None

    def close(self) -> None:
        """Release the engine."""
        self._engine.close()

    def solve(
        self, form: MatrixForm, edits: Optional[Edits], options: Options, stop: Optional[CancelToken] = None
    ) -> Outcome:
        """The outcome of a program; `Status.FAILED` if an error was raised.

        Raises `OutOfThreads` if the engine cannot work in this process, because that does not depend on the program.
        """
        try:
            return self._solve(form, edits, options, stop)
        except BaseException as error:
            self._form = None
            if isinstance(error, OutOfThreads) or not isinstance(error, Exception):
                raise
            return failure(error)

    def _solve(
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
    """The edits that turn the form with some edits of bounds and costs into the form with others."""
    before, after, offset = before or _NONE, after or _NONE, form.offset if after is None else after.offset
    return Edits(
        column_bounds=_ends(form.column_lower, form.column_upper, before.column_bounds, after.column_bounds),
        row_bounds=_ends(form.row_lower, form.row_upper, before.row_bounds, after.row_bounds),
        costs={**{j: form.cost[j] for j in before.costs}, **after.costs} if before.costs else after.costs,
        offset=offset,
        maximize=form.maximize,
    )


def _ends(lower: Sequence[float], upper: Sequence[float], before: _Ends, after: _Ends) -> _Ends:
    """The edited bounds; and the original bounds of what was edited before, but is not anymore."""
    if not before:
        return after
    back = {i: (lower[i], upper[i]) for i in before}
    back.update(after)
    return back

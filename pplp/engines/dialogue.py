"""The messages of a search to a callback: an event, and its point."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any, Callable, Literal, Optional

from pplp.engines.clock import Clock
from pplp.form.matrix_form import MatrixForm
from pplp.form.verification import objective_value

__all__ = ["Dialogue", "Event"]

#: Why a callback is called; "" where none is called just now.
Event = Literal["", "relaxation", "candidate", "incumbent", "branch"]


class Dialogue(abc.ABC):
    """One callback, over all the runs of one solve.

    The fields and methods without an underscore are for the program's side (`Moment` in `pplp.solving.search`).
    """

    def __init__(self, form: MatrixForm, clock: Clock) -> None:
        self.event: Event = ""
        self.point: Sequence[float] = ()
        self.form = form
        self.stopping = False  # True if the search was told to stop
        self.bound: Optional[float] = None
        self.nodes = 0
        self._clock = clock
        self._ask: Optional[Callable[[Dialogue], Any]] = clock.options.callback

    @property
    def seconds(self) -> float:
        """Since the solve began."""
        return self._clock.seconds

    @property
    def objective(self) -> float:
        """The objective at the point."""
        return objective_value(self.form, self.point)

    @property
    @abc.abstractmethod
    def incumbent(self) -> Optional[float]:
        """The objective of the best point so far."""

    @abc.abstractmethod
    def add(self, indices: Sequence[int], values: Sequence[float], lower: float, upper: float, lazy: bool) -> bool:
        """Take a row, for the node and for all others; False if it exists already."""

    @abc.abstractmethod
    def submit(self, values: Sequence[Optional[float]]) -> Optional[str]:
        """Take a point, as the incumbent if possible; else return what is wrong with it."""

    @abc.abstractmethod
    def fractional(self) -> list[int]:
        """The indices of the columns that the node can be divided on."""

    @abc.abstractmethod
    def branch(self, place: int, direction: str) -> None:
        """Divide the node on this column, and continue in one direction."""

    def _say(self, event: Event, point: Sequence[float]) -> bool:
        """Call the callback, unless the search has to stop; returns whether it was called."""
        if self._ask is None or self.stopping or self._clock.stop is not None:
            return False
        self.event, self.point = event, point
        try:
            self._ask(self)
        finally:
            self.event = ""
        return True

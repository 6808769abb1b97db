"""What each peer answers: how it states the workloads, and when its solver has them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Callable, Protocol

from benchmarks.workloads.instances import DenseProblem, FlowNetwork, Problem, ShortRows, SparseProblem

__all__ = ["Peer", "ReSolver", "peer_of"]


class ReSolver(Protocol):
    """A program of W5 that was stated, and can be changed and solved again."""

    def change(self, kind: str, place: int, value: float) -> None:
        """Set a "right-hand side", the upper "bound" of a column, or a "cost"."""

    def solve(self) -> float:
        """The optimal value."""


class Peer:
    """One form of one library.  What it does not state raises `NotImplementedError`.

    The clock runs from plain Python lists to the solver holding the program in memory: it is started before
    `flow`, `dense` or `short_rows`, and stopped after `load`.
    """

    #: The distribution whose version is reported.
    distribution = ""
    #: What `load` does.
    loading = "the solver has each row as it is added"

    def prepare(self, problem: Problem) -> None:
        """What is not to be timed: a file to be read, an import put off until the first use."""

    def flow(self, network: FlowNetwork) -> Any:
        """State W1; returns the model."""
        raise NotImplementedError

    def dense(self, problem: DenseProblem) -> Any:
        """State W2; returns the model."""
        raise NotImplementedError

    def short_rows(self, problem: ShortRows) -> Any:
        """State W3; returns the model."""
        raise NotImplementedError

    def load(self, model: Any) -> Any:
        """Have the solver hold the model; what it returns is kept as long as the model."""

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value; only asked at small sizes, to see that all peers mean the same."""
        raise NotImplementedError

    def variables(self, count: int) -> Sequence[Any]:
        """So many variables for W4, in one model that they keep alive."""
        raise NotImplementedError

    def sum(self, variables: Sequence[Any]) -> Any:
        """The sum of all variables, by the library's own helper."""
        raise NotImplementedError

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """State W5."""
        raise NotImplementedError

    def state(self, workload: str, problem: Any) -> Any:
        """State a workload by its name."""
        statements: dict[str, Callable[[Any], Any]] = {"W1": self.flow, "W2": self.dense, "W3": self.short_rows}
        return statements[workload](problem)


def peer_of(module: str, key: str) -> Peer:
    """The peer of a module of this folder; raises `ImportError` where its library is not installed."""
    forms: dict[str, type[Peer]] = importlib.import_module(f"benchmarks.peers.{module}").FORMS
    return forms[key]()

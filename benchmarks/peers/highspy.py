"""highspy, HiGHS's own package: its expressions in Python, and whole matrices at once."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

import highspy
import numpy as np

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, Problem, ShortRows, SparseProblem


def new_model() -> Any:
    """A silent one."""
    model = highspy.Highs()
    model.silent()
    return model


def optimum(model: Any) -> float:
    """Solve it."""
    model.run()
    value: float = model.getObjectiveValue()
    return value


class ByQsum(Peer):
    """The default form."""

    distribution = "highspy"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        model = new_model()
        qsum = model.qsum
        x = [model.addVariable(0, capacity) for capacity in network.capacities]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            model.addConstr(qsum(x[a] for a in out) - qsum(x[a] for a in into) == supply)
        self.minimize(model, network.costs, x)
        return model

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = new_model()
        x = [model.addVariable(0, 1) for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            model.addConstr(model.qsum(a * v for a, v in zip(row, x)) <= right)
        self.minimize(model, problem.costs, x)
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = new_model()
        x = [model.addVariable(0, 10) for _ in problem.costs]
        for i, j, k, right in problem.rows:
            model.addConstr(2 * x[i] + 3 * x[j] - x[k] <= right)
        self.minimize(model, problem.costs, x)
        return model

    def minimize(self, model: Any, costs: Sequence[float], x: Sequence[Any]) -> None:
        """Set the objective."""
        model.setObjective(model.qsum(c * v for c, v in zip(costs, x)), highspy.ObjSense.kMinimize)

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        return optimum(model)

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        self.model = new_model()
        return [self.model.addVariable(-highspy.kHighsInf) for _ in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its qsum."""
        return highspy.Highs.qsum(variables)

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ByMatrix(Peer):
    """A HighsLp made of arrays."""

    distribution = "highspy"
    loading = "Highs.passModel"

    def prepare(self, problem: Problem) -> None:
        """Import scipy."""
        import benchmarks.peers.matrices  # noqa: F401

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        from benchmarks.peers.matrices import flow_matrices

        return self._model(flow_matrices, network)

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        from benchmarks.peers.matrices import dense_matrices

        return self._model(dense_matrices, problem)

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        from benchmarks.peers.matrices import short_row_matrices

        return self._model(short_row_matrices, problem)

    def _model(self, matrices: Callable[[Any], Any], problem: Any) -> Any:
        given = matrices(problem)
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = given.matrix.shape
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = given.costs, np.zeros(len(given.costs)), given.upper
        lp.row_lower_, lp.row_upper_ = given.row_lower, given.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = given.matrix.indptr
        lp.a_matrix_.index_ = given.matrix.indices
        lp.a_matrix_.value_ = given.matrix.data
        return lp

    def load(self, model: Any) -> Any:
        """Into HiGHS."""
        highs = new_model()
        highs.passModel(model)
        return highs

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        return optimum(loaded)


class ReSolver:
    """W5."""

    def __init__(self, problem: SparseProblem) -> None:
        self.model = model = new_model()
        x = [model.addVariable(0, upper, cost) for upper, cost in zip(problem.upper, problem.costs)]
        for columns, coefficients, right in zip(problem.columns, problem.coefficients, problem.right_hand_sides):
            model.addConstr(model.qsum(a * x[j] for j, a in zip(columns, coefficients)) <= right)

    def change(self, kind: str, place: int, value: float) -> None:
        """One call each."""
        if kind == "right-hand side":
            self.model.changeRowBounds(place, -highspy.kHighsInf, value)
        elif kind == "bound":
            self.model.changeColBounds(place, 0, value)
        else:
            self.model.changeColCost(place, value)

    def solve(self) -> float:
        """From the last basis."""
        return optimum(self.model)


FORMS = {"": ByQsum, "matrix": ByMatrix}

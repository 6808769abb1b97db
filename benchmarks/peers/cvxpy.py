"""CVXPY, over HiGHS: as matrices, which its documentation advises, and a constraint for each row."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

import cvxpy
import numpy as np
import scipy.sparse

from benchmarks.peers.matrices import dense_matrices, flow_matrices, short_row_matrices
from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows, SparseProblem


class ByMatrix(Peer):
    """One vector variable with bounds, and one constraint."""

    distribution = "cvxpy"
    loading = "Problem.get_problem_data: the solver's matrices"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        return self._model(flow_matrices, network)

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        return self._model(dense_matrices, problem)

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        return self._model(short_row_matrices, problem)

    def _model(self, matrices: Callable[[Any], Any], problem: Any) -> Any:
        given = matrices(problem)
        x = cvxpy.Variable(len(given.costs), bounds=[0, given.upper])
        activities = given.matrix @ x
        rows = activities == given.row_upper if given.equalities else activities <= given.row_upper
        return cvxpy.Problem(cvxpy.Minimize(given.costs @ x), [rows])

    def load(self, model: Any) -> Any:
        """Canonical form."""
        return model.get_problem_data(cvxpy.HIGHS)

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        return float(model.solve(solver=cvxpy.HIGHS))

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ByRows(ByMatrix):
    """Its nearest thing to a statement row by row: each constraint takes its part of the vector."""

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        x = cvxpy.Variable(network.arcs, bounds=[0, np.array(network.capacities)])
        rows = []
        for out, into, supply in zip(network.out, network.into, network.supplies):
            left = cvxpy.sum(x[out]) if out else 0
            rows.append((left - cvxpy.sum(x[into]) if into else left) == supply)
        return cvxpy.Problem(cvxpy.Minimize(np.array(network.costs) @ x), rows)

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        x = cvxpy.Variable(len(problem.costs), bounds=[0, 1])
        rows = [np.array(row) @ x <= right for row, right in zip(problem.rows, problem.right_hand_sides)]
        return cvxpy.Problem(cvxpy.Minimize(np.array(problem.costs) @ x), rows)

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        x = cvxpy.Variable(len(problem.costs), bounds=[0, 10])
        rows = [2 * x[i] + 3 * x[j] - x[k] <= right for i, j, k, right in problem.rows]
        return cvxpy.Problem(cvxpy.Minimize(np.array(problem.costs) @ x), rows)

    def variables(self, count: int) -> Sequence[Any]:
        """Parts of one vector."""
        x = cvxpy.Variable(count)
        return [x[j] for j in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its sum, of a vector."""
        return cvxpy.sum(cvxpy.hstack(variables))


class ReSolver:
    """W5 by parameters: the canonical form is kept, and HiGHS starts anew."""

    def __init__(self, problem: SparseProblem) -> None:
        count = len(problem.costs)
        ends = np.cumsum([0, *map(len, problem.columns)])
        values, places = np.concatenate(problem.coefficients), np.concatenate(problem.columns)
        matrix = scipy.sparse.csr_array((values, places, ends), shape=(count, count))
        x = cvxpy.Variable(count)
        given = {
            "right-hand side": problem.right_hand_sides,
            "bound": problem.upper,
            "cost": problem.costs,
        }
        self.parameters = {kind: cvxpy.Parameter(count, value=np.array(values)) for kind, values in given.items()}
        rows = [matrix @ x <= self.parameters["right-hand side"], x >= 0, x <= self.parameters["bound"]]
        self.model = cvxpy.Problem(cvxpy.Minimize(self.parameters["cost"] @ x), rows)

    def change(self, kind: str, place: int, value: float) -> None:
        """A parameter's array, assigned again."""
        values = self.parameters[kind].value
        values[place] = value
        self.parameters[kind].value = values

    def solve(self) -> float:
        """The optimal value."""
        return float(self.model.solve(solver=cvxpy.HIGHS))


FORMS = {"matrix": ByMatrix, "rows": ByRows}

"""gurobipy: expressions in C; its free license solves up to 2,000 rows and columns, and builds any size."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

import gurobipy

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, Problem, ShortRows, SparseProblem


def new_model() -> Any:
    """A silent one."""
    return gurobipy.Model(env=gurobipy.Env(params={"OutputFlag": 0, "Threads": 1}))


class ByQuicksum(Peer):
    """The default form."""

    distribution = "gurobipy"
    loading = "Model.update, which takes in the rows that wait"

    def prepare(self, problem: Problem) -> None:
        """Open the license once."""
        new_model().dispose()

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        model = new_model()
        quicksum = gurobipy.quicksum
        x = [model.addVar(0, capacity) for capacity in network.capacities]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            model.addConstr(quicksum(x[a] for a in out) - quicksum(x[a] for a in into) == supply)
        model.setObjective(quicksum(c * v for c, v in zip(network.costs, x)))
        return model

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = new_model()
        x = [model.addVar(0, 1) for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            model.addConstr(gurobipy.quicksum(a * v for a, v in zip(row, x)) <= right)
        model.setObjective(gurobipy.quicksum(c * v for c, v in zip(problem.costs, x)))
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = new_model()
        x = [model.addVar(0, 10) for _ in problem.costs]
        for i, j, k, right in problem.rows:
            model.addConstr(2 * x[i] + 3 * x[j] - x[k] <= right)
        model.setObjective(gurobipy.quicksum(c * v for c, v in zip(problem.costs, x)))
        return model

    def load(self, model: Any) -> Any:
        """Take in what waits."""
        model.update()

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        model.optimize()
        value: float = model.ObjVal
        return value

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        self.model = new_model()
        x = [self.model.addVar(-gurobipy.GRB.INFINITY) for _ in range(count)]
        self.model.update()
        return x

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its quicksum."""
        return gurobipy.quicksum(variables)

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ByLinExpr(ByQuicksum):
    """A list of coefficients and one of variables make an expression."""

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = new_model()
        x = [model.addVar(0, 1) for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            model.addLConstr(gurobipy.LinExpr(row, x), gurobipy.GRB.LESS_EQUAL, right)
        model.setObjective(gurobipy.LinExpr(problem.costs, x))
        return model


class ByMatrix(ByQuicksum):
    """An MVar and a sparse matrix."""

    def prepare(self, problem: Problem) -> None:
        """Import scipy."""
        import benchmarks.peers.matrices  # noqa: F401

        super().prepare(problem)

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
        model = new_model()
        x = model.addMVar(len(given.costs), lb=0, ub=given.upper)
        activities = given.matrix @ x
        model.addConstr(activities == given.row_upper if given.equalities else activities <= given.row_upper)
        model.setObjective(given.costs @ x)
        return model


class ReSolver:
    """W5."""

    def __init__(self, problem: SparseProblem) -> None:
        self.model = model = new_model()
        self.x = x = [model.addVar(0, upper, cost) for upper, cost in zip(problem.upper, problem.costs)]
        self.rows = [
            model.addConstr(gurobipy.quicksum(a * x[j] for j, a in zip(columns, coefficients)) <= right)
            for columns, coefficients, right in zip(problem.columns, problem.coefficients, problem.right_hand_sides)
        ]

    def change(self, kind: str, place: int, value: float) -> None:
        """One attribute each."""
        if kind == "right-hand side":
            self.rows[place].RHS = value
        elif kind == "bound":
            self.x[place].UB = value
        else:
            self.x[place].Obj = value

    def solve(self) -> float:
        """From the last basis."""
        self.model.optimize()
        value: float = self.model.ObjVal
        return value


FORMS = {"": ByQuicksum, "LinExpr": ByLinExpr, "matrix": ByMatrix}

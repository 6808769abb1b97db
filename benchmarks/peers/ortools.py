"""OR-Tools: pywraplp, its older layer over C++, and its newer model builder."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ortools.linear_solver import pywraplp
from ortools.linear_solver.python import model_builder

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows, SparseProblem


class ByPywraplp(Peer):
    """Over GLOP.  It gives the model to the solver inside Solve, from which that cannot be taken apart."""

    distribution = "ortools"
    loading = "Solve with a limit of a millisecond"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        solver = pywraplp.Solver.CreateSolver("GLOP")
        x = [solver.NumVar(0, capacity, "") for capacity in network.capacities]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            solver.Add(solver.Sum([x[a] for a in out]) - solver.Sum([x[a] for a in into]) == supply)
        solver.Minimize(solver.Sum([c * v for c, v in zip(network.costs, x)]))
        return solver

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        solver = pywraplp.Solver.CreateSolver("GLOP")
        x = [solver.NumVar(0, 1, "") for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            solver.Add(solver.Sum([a * v for a, v in zip(row, x)]) <= right)
        solver.Minimize(solver.Sum([c * v for c, v in zip(problem.costs, x)]))
        return solver

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        solver = pywraplp.Solver.CreateSolver("GLOP")
        x = [solver.NumVar(0, 10, "") for _ in problem.costs]
        for i, j, k, right in problem.rows:
            solver.Add(2 * x[i] + 3 * x[j] - x[k] <= right)
        solver.Minimize(solver.Sum([c * v for c, v in zip(problem.costs, x)]))
        return solver

    def load(self, model: Any) -> Any:
        """Start to solve."""
        model.SetTimeLimit(1)
        model.Solve()
        model.SetTimeLimit(0)

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        model.Solve()
        return float(model.Objective().Value())

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        infinity = self.solver.infinity()
        return [self.solver.NumVar(-infinity, infinity, "") for _ in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its Sum."""
        return self.solver.Sum(variables)

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ByModelBuilder(Peer):
    """Its model is in C++; a solver gets it as a protocol buffer."""

    distribution = "ortools"
    loading = "the protocol buffer that a solver takes"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        model = model_builder.Model()
        total = model_builder.LinearExpr.sum
        x = [model.new_num_var(0, capacity, "") for capacity in network.capacities]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            model.add(total([x[a] for a in out]) - total([x[a] for a in into]) == supply)
        model.minimize(model_builder.LinearExpr.weighted_sum(x, network.costs))
        return model

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = model_builder.Model()
        x = [model.new_num_var(0, 1, "") for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            model.add(model_builder.LinearExpr.weighted_sum(x, row) <= right)
        model.minimize(model_builder.LinearExpr.weighted_sum(x, problem.costs))
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = model_builder.Model()
        x = [model.new_num_var(0, 10, "") for _ in problem.costs]
        for i, j, k, right in problem.rows:
            model.add(2 * x[i] + 3 * x[j] - x[k] <= right)
        model.minimize(model_builder.LinearExpr.weighted_sum(x, problem.costs))
        return model

    def load(self, model: Any) -> Any:
        """Export it."""
        return model.export_to_proto()

    def solve(self, model: Any, loaded: Any) -> float:
        """By GLOP."""
        solver = model_builder.Solver("GLOP")
        solver.solve(model)
        return float(solver.objective_value)

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        self.model = model_builder.Model()
        return [self.model.new_num_var(float("-inf"), float("inf"), "") for _ in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its LinearExpr.sum."""
        return model_builder.LinearExpr.sum(variables)


class ReSolver:
    """W5 over GLOP, which goes on from its last basis."""

    def __init__(self, problem: SparseProblem) -> None:
        self.solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        self.x = x = [solver.NumVar(0, upper, "") for upper in problem.upper]
        self.rows = [
            solver.Add(solver.Sum([a * x[j] for j, a in zip(columns, coefficients)]) <= right)
            for columns, coefficients, right in zip(problem.columns, problem.coefficients, problem.right_hand_sides)
        ]
        solver.Minimize(solver.Sum([c * v for c, v in zip(problem.costs, x)]))
        self.objective = solver.Objective()

    def change(self, kind: str, place: int, value: float) -> None:
        """One call each."""
        if kind == "right-hand side":
            self.rows[place].SetUb(value)
        elif kind == "bound":
            self.x[place].SetUb(value)
        else:
            self.objective.SetCoefficient(self.x[place], value)

    def solve(self) -> float:
        """The optimal value."""
        self.solver.Solve()
        return float(self.objective.Value())


FORMS = {"pywraplp": ByPywraplp, "model builder": ByModelBuilder}

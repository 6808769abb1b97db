"""PuLP: Python, and from version 4 on a core in Rust; a solver gets the model as a file, or HiGHS row by row."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import Any

import pulp

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows, SparseProblem


def adder(model: Any) -> Any:
    """What makes a variable from a name and two bounds: in version 4 the model, before that the class."""
    return getattr(model, "add_variable", pulp.LpVariable)


class ByFile(Peer):
    """For GLPK: an LP file, which GLPK then has to read."""

    distribution = "PuLP"
    loading = "writing an LP file, and GLPK reading it"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        model = pulp.LpProblem("flow", pulp.LpMinimize)
        variable = adder(model)
        x = [variable(f"x{a}", 0, capacity) for a, capacity in enumerate(network.capacities)]
        model += pulp.lpSum(c * v for c, v in zip(network.costs, x))
        for out, into, supply in zip(network.out, network.into, network.supplies):
            model += pulp.lpSum(x[a] for a in out) - pulp.lpSum(x[a] for a in into) == supply
        return model

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = pulp.LpProblem("dense", pulp.LpMinimize)
        variable = adder(model)
        x = [variable(f"x{j}", 0, 1) for j in range(len(problem.costs))]
        model += pulp.lpSum(c * v for c, v in zip(problem.costs, x))
        for row, right in zip(problem.rows, problem.right_hand_sides):
            model += pulp.lpSum(a * v for a, v in zip(row, x)) <= right
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = pulp.LpProblem("short_rows", pulp.LpMinimize)
        variable = adder(model)
        x = [variable(f"x{j}", 0, 10) for j in range(len(problem.costs))]
        model += pulp.lpSum(c * v for c, v in zip(problem.costs, x))
        for i, j, k, right in problem.rows:
            model += 2 * x[i] + 3 * x[j] - x[k] <= right
        return model

    def load(self, model: Any) -> Any:
        """Write the file and read it."""
        from benchmarks.peers.lp_file import read_lp

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.lp")
            model.writeLP(path)
            return read_lp(path)

    def solve(self, model: Any, loaded: Any) -> float:
        """By what GLPK read."""
        from benchmarks.peers.swiglpk import ByRows

        return ByRows().solve(loaded, None)

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        self.model = pulp.LpProblem("sum", pulp.LpMinimize)
        variable = adder(self.model)
        return [variable(f"x{j}") for j in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its lpSum."""
        return pulp.lpSum(variables)

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ByHighs(ByFile):
    """For HiGHS: through highspy."""

    loading = "HiGHS.buildSolverModel"

    def load(self, model: Any) -> Any:
        """Row by row."""
        solver = pulp.HiGHS(msg=False)
        solver.createAndConfigureSolver(model)
        solver.buildSolverModel(model)
        return solver

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        loaded.callSolver(model)
        return float(model.solverModel.getObjectiveValue())


class ReSolver:
    """W5 with CBC, its default solver: a file is written and a new process started each time."""

    def __init__(self, problem: SparseProblem) -> None:
        self.model = model = pulp.LpProblem("re_solve", pulp.LpMinimize)
        variable = adder(model)
        self.x = x = [variable(f"x{j}", 0, upper) for j, upper in enumerate(problem.upper)]
        model += pulp.lpSum(c * v for c, v in zip(problem.costs, x))
        self.rows = []
        for columns, coefficients, right in zip(problem.columns, problem.coefficients, problem.right_hand_sides):
            row = pulp.lpSum(a * x[j] for j, a in zip(columns, coefficients)) <= right
            model += row
            self.rows.append(row)
        self.costs = list(problem.costs)
        self.is_new = hasattr(model, "add_variable")
        if self.is_new:
            self.rows = list(model.constraints())
        self.solver = pulp.COIN_CMD(msg=False) if self.is_new else pulp.PULP_CBC_CMD(msg=False)

    def change(self, kind: str, place: int, value: float) -> None:
        """One attribute each, but for a cost in version 4: there is a new objective."""
        if kind == "right-hand side":
            self.rows[place].changeRHS(value)
        elif kind == "bound":
            self.x[place].upBound = value
        elif self.is_new:
            self.costs[place] = value
            self.model.setObjective(pulp.lpSum(c * v for c, v in zip(self.costs, self.x)))
        else:
            self.model.objective[self.x[place]] = value

    def solve(self) -> float:
        """The optimal value."""
        self.model.solve(self.solver)
        return float(pulp.value(self.model.objective))


FORMS = {"": ByFile, "HiGHS": ByHighs}

"""Pyomo: pure Python; a solver gets the model as a file."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import Any

import pyomo.environ as pyo

from benchmarks.peers.lp_file import read_lp
from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows, SparseProblem


def columns_of(bounds: Any, costs: Sequence[float], rows: int) -> Any:
    """A model with its variables, its objective and the numbers of its rows."""
    model = pyo.ConcreteModel()
    model.columns = pyo.RangeSet(0, len(costs) - 1)
    model.rows = pyo.RangeSet(0, rows - 1)
    model.x = pyo.Var(model.columns, bounds=bounds)
    model.objective = pyo.Objective(expr=pyo.quicksum(c * v for c, v in zip(costs, model.x.values())))
    return model


class ByRules(Peer):
    """The default form: a rule for each family of constraints."""

    distribution = "pyomo"
    loading = "writing an LP file, and GLPK reading it"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        model = columns_of(lambda _, a: (0, network.capacities[a]), network.costs, network.nodes)
        x, out, into = model.x, network.out, network.into

        def balance(_: Any, v: int) -> Any:
            return pyo.quicksum(x[a] for a in out[v]) - pyo.quicksum(x[a] for a in into[v]) == network.supplies[v]

        model.balance = pyo.Constraint(model.rows, rule=balance)
        return model

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = columns_of((0, 1), problem.costs, len(problem.rows))
        x = list(model.x.values())

        def row(_: Any, i: int) -> Any:
            return pyo.quicksum(a * v for a, v in zip(problem.rows[i], x)) <= problem.right_hand_sides[i]

        model.row = pyo.Constraint(model.rows, rule=row)
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = columns_of((0, 10), problem.costs, len(problem.rows))
        x = model.x

        def row(_: Any, number: int) -> Any:
            i, j, k, right = problem.rows[number]
            return 2 * x[i] + 3 * x[j] - x[k] <= right

        model.row = pyo.Constraint(model.rows, rule=row)
        return model

    def load(self, model: Any) -> Any:
        """Write the file and read it."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.lp")
            model.write(path, io_options={"symbolic_solver_labels": False})
            return read_lp(path)

    def solve(self, model: Any, loaded: Any) -> float:
        """By what GLPK read."""
        from benchmarks.peers.swiglpk import ByRows

        return ByRows().solve(loaded, None)

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        self.model = pyo.ConcreteModel()
        self.model.x = pyo.Var(range(count))
        return list(self.model.x.values())

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its quicksum."""
        return pyo.quicksum(variables)

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


_CHECKS = (
    "check_for_new_or_removed_constraints",
    "check_for_new_or_removed_vars",
    "check_for_new_or_removed_params",
    "check_for_new_objective",
    "update_constraints",
    "update_named_expressions",
    "update_objective",
    "update_vars",
)


class ReSolver:
    """W5 by its persistent HiGHS, with mutable parameters for what changes, and told that nothing else does."""

    def __init__(self, problem: SparseProblem) -> None:
        from pyomo.contrib.solver.solvers.highs import Highs

        self.model = model = pyo.ConcreteModel()
        places = range(len(problem.costs))
        model.x = pyo.Var(places, bounds=lambda _, j: (0, problem.upper[j]))
        model.cost = pyo.Param(places, initialize=dict(enumerate(problem.costs)), mutable=True)
        model.right = pyo.Param(places, initialize=dict(enumerate(problem.right_hand_sides)), mutable=True)
        model.objective = pyo.Objective(expr=pyo.quicksum(model.cost[j] * model.x[j] for j in places))

        def row(_: Any, i: int) -> Any:
            terms = (a * model.x[j] for j, a in zip(problem.columns[i], problem.coefficients[i]))
            return pyo.quicksum(terms) <= model.right[i]

        model.row = pyo.Constraint(places, rule=row)
        self.solver = Highs()
        self.solved = False
        for name in _CHECKS:
            if name in self.solver.config.auto_updates:
                self.solver.config.auto_updates[name] = False

    def change(self, kind: str, place: int, value: float) -> None:
        """A parameter, or a bound that the solver is told of."""
        if kind == "right-hand side":
            self.model.right[place] = value
        elif kind == "bound":
            self.model.x[place].setub(value)
            self.solver.update_variables([self.model.x[place]])
        else:
            self.model.cost[place] = value

    def solve(self) -> float:
        """From the last basis."""
        return float(self.solver.solve(self.model).incumbent_objective)


FORMS = {"": ByRules}

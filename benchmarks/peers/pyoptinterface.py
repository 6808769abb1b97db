"""PyOptInterface over HiGHS: expressions in C++, by `quicksum`, by its faster `ExprBuilder`, and as matrices."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

import numpy as np  # also so that quicksum's first call does not import it
import pyoptinterface as poi
from pyoptinterface import highs

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, Problem, ShortRows, SparseProblem


def new_model() -> Any:
    """A silent one."""
    model = highs.Model()
    model.set_model_attribute(poi.ModelAttribute.Silent, True)
    return model


def optimum(model: Any) -> float:
    """Solve it."""
    model.optimize()
    value: float = model.get_model_attribute(poi.ModelAttribute.ObjectiveValue)
    return value


class ByQuicksum(Peer):
    """The default form."""

    distribution = "pyoptinterface"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        model = new_model()
        x = [model.add_variable(lb=0, ub=capacity) for capacity in network.capacities]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            balance = poi.quicksum(x[a] for a in out) - poi.quicksum(x[a] for a in into)
            model.add_linear_constraint(balance, poi.Eq, supply)
        self.minimize(model, network.costs, x)
        return model

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = new_model()
        x = [model.add_variable(lb=0, ub=1) for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            model.add_linear_constraint(poi.quicksum(a * v for a, v in zip(row, x)), poi.Leq, right)
        self.minimize(model, problem.costs, x)
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = new_model()
        x = [model.add_variable(lb=0, ub=10) for _ in problem.costs]
        for i, j, k, right in problem.rows:
            model.add_linear_constraint(2 * x[i] + 3 * x[j] - x[k] <= right)
        self.minimize(model, problem.costs, x)
        return model

    def minimize(self, model: Any, costs: Sequence[float], x: Sequence[Any]) -> None:
        """Set the objective."""
        model.set_objective(poi.quicksum(c * v for c, v in zip(costs, x)), poi.ObjectiveSense.Minimize)

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        return optimum(model)

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        self.model = new_model()
        return [self.model.add_variable() for _ in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its quicksum."""
        return poi.quicksum(variables)

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ByBuilder(ByQuicksum):
    """Terms are added one by one to an expression that is changed in place."""

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        model = new_model()
        x = [model.add_variable(lb=0, ub=capacity) for capacity in network.capacities]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            balance = poi.ExprBuilder()
            for a in out:
                balance.add_affine_term(x[a], 1.0)
            for a in into:
                balance.add_affine_term(x[a], -1.0)
            model.add_linear_constraint(balance, poi.Eq, supply)
        self.minimize(model, network.costs, x)
        return model

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = new_model()
        x = [model.add_variable(lb=0, ub=1) for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            model.add_linear_constraint(self.product(row, x), poi.Leq, right)
        self.minimize(model, problem.costs, x)
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = new_model()
        x = [model.add_variable(lb=0, ub=10) for _ in problem.costs]
        for i, j, k, right in problem.rows:
            row = poi.ExprBuilder()
            row.add_affine_term(x[i], 2.0)
            row.add_affine_term(x[j], 3.0)
            row.add_affine_term(x[k], -1.0)
            model.add_linear_constraint(row, poi.Leq, right)
        self.minimize(model, problem.costs, x)
        return model

    def product(self, coefficients: Sequence[float], x: Sequence[Any]) -> Any:
        """The expression of a row."""
        expression = poi.ExprBuilder()
        for a, v in zip(coefficients, x):
            expression.add_affine_term(v, a)
        return expression

    def minimize(self, model: Any, costs: Sequence[float], x: Sequence[Any]) -> None:
        """Set the objective."""
        model.set_objective(self.product(costs, x), poi.ObjectiveSense.Minimize)


class ByMatrix(ByQuicksum):
    """Rows as a sparse matrix; columns and costs it takes one by one."""

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
        model = new_model()
        x = np.array([model.add_variable(lb=0.0, ub=upper) for upper in given.upper.tolist()], dtype=object)
        model.add_m_linear_constraints(given.matrix, x, poi.Eq if given.equalities else poi.Leq, given.row_upper)
        self.minimize(model, problem.costs, list(x))
        return model


class ReSolver:
    """W5, as equalities with a slack column each: changing the right side of an inequality makes it an equality."""

    def __init__(self, problem: SparseProblem) -> None:
        self.model = model = new_model()
        self.x = x = [model.add_variable(lb=0, ub=upper) for upper in problem.upper]
        self.rows = []
        for columns, coefficients, right in zip(problem.columns, problem.coefficients, problem.right_hand_sides):
            row = poi.quicksum(a * x[j] for j, a in zip(columns, coefficients)) + model.add_variable(lb=0)
            self.rows.append(model.add_linear_constraint(row, poi.Eq, right))
        model.set_objective(poi.quicksum(c * v for c, v in zip(problem.costs, x)), poi.ObjectiveSense.Minimize)

    def change(self, kind: str, place: int, value: float) -> None:
        """One call each."""
        if kind == "right-hand side":
            self.model.set_normalized_rhs(self.rows[place], value)
        elif kind == "bound":
            self.model.set_variable_attribute(self.x[place], poi.VariableAttribute.UpperBound, value)
        else:
            self.model.set_objective_coefficient(self.x[place], value)

    def solve(self) -> float:
        """From the last basis."""
        return optimum(self.model)


FORMS = {"": ByQuicksum, "builder": ByBuilder, "matrix": ByMatrix}

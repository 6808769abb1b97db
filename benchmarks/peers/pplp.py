"""pplp, by its operators and Python's own `sum`; and W2 with `dot`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pplp
import pplp.engines.glpk  # which the first load would import
from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows, SparseProblem
from pplp.solver import Options, make_engine


class ByOperators(Peer):
    """The default form."""

    distribution = "pplp"
    loading = "lp.compile() and loading that into GLPK"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        lp = pplp.LinearProgram()
        x = [lp.Var(lb=0, ub=capacity) for capacity in network.capacities]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            lp.add_constraint(sum(x[a] for a in out) - sum(x[a] for a in into) == supply)
        lp.objective = sum(cost * v for cost, v in zip(network.costs, x))
        return lp

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        lp = pplp.LinearProgram()
        x = [lp.Var(lb=0, ub=1) for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            lp.add_constraint(sum(a * v for a, v in zip(row, x)) <= right)
        lp.objective = sum(cost * v for cost, v in zip(problem.costs, x))
        return lp

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        lp = pplp.LinearProgram()
        x = [lp.Var(lb=0, ub=10) for _ in problem.costs]
        for i, j, k, right in problem.rows:
            lp.add_constraint(2 * x[i] + 3 * x[j] - x[k] <= right)
        lp.objective = sum(cost * v for cost, v in zip(problem.costs, x))
        return lp

    def load(self, model: Any) -> Any:
        """What `minimize` does before it solves."""
        engine = make_engine("glpk")
        engine.load(model.compile("minimize"))
        engine.send()  # which a solve would do first
        return engine

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        objective: float = loaded.solve(Options()).objective
        return objective

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        lp = pplp.LinearProgram()
        return [lp.Var() for _ in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """There is no helper but `dot`; Python's `sum` is the way."""
        return pplp.dot([1.0] * len(variables), variables)

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ByDot(ByOperators):
    """A row of coefficients times a list of variables."""

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        lp = pplp.LinearProgram()
        x = [lp.Var(lb=0, ub=1) for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            lp.add_constraint(pplp.dot(row, x) <= right)
        lp.objective = pplp.dot(problem.costs, x)
        return lp


class ByMatrix(ByOperators):
    """Arrays of variables and the operators of numpy."""

    def prepare(self, problem: Any) -> None:
        """Import numpy, scipy.sparse and what pplp does with them."""
        import numpy  # noqa: F401
        import scipy.sparse  # type: ignore[import-untyped,unused-ignore]  # noqa: F401

        import pplp.arrays.relation_arrays  # noqa: F401

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        import numpy as np
        from scipy import sparse

        lp = pplp.LinearProgram()
        x = lp.Vars(network.arcs, lb=0, ub=network.capacities)
        arcs, ends = np.tile(np.arange(network.arcs), 2), np.concatenate((network.tails, network.heads))
        signs = np.repeat([1.0, -1.0], network.arcs)
        incidence = sparse.csr_array((signs, (ends, arcs)), shape=(network.nodes, network.arcs))
        lp.add_constraint(incidence @ x == network.supplies)
        lp.objective = np.array(network.costs) @ x
        return lp

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        import numpy as np

        lp = pplp.LinearProgram()
        x = lp.Vars(len(problem.costs), lb=0, ub=1)
        lp.add_constraint(np.array(problem.rows) @ x <= problem.right_hand_sides)
        lp.objective = np.array(problem.costs) @ x
        return lp

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        import numpy as np

        lp = pplp.LinearProgram()
        x = lp.Vars(len(problem.costs), lb=0, ub=10)
        i, j, k, right = np.array(problem.rows, np.int32).T
        lp.add_constraint(2 * x[i] + 3 * x[j] - x[k] <= right)
        lp.objective = np.array(problem.costs) @ x
        return lp


class ReSolver:
    """W5 by the handles of variables and constraints."""

    def __init__(self, problem: SparseProblem) -> None:
        self.lp = lp = pplp.LinearProgram()
        self.x = x = [lp.Var(lb=0, ub=upper) for upper in problem.upper]
        self.rows = [
            lp.add_constraint(pplp.dot(coefficients, [x[j] for j in columns]) <= most)
            for columns, coefficients, most in zip(problem.columns, problem.coefficients, problem.right_hand_sides)
        ]
        lp.objective = pplp.dot(problem.costs, x)

    def change(self, kind: str, place: int, value: float) -> None:
        """One attribute each."""
        if kind == "right-hand side":
            self.rows[place].ub = value
        elif kind == "bound":
            self.x[place].ub = value
        else:
            self.x[place].cost = value

    def solve(self) -> float:
        """From the last basis."""
        return self.lp.minimize()


FORMS = {"": ByOperators, "dot": ByDot, "matrix": ByMatrix}

"""python-mip over the CBC that comes with it."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mip
import mip.cbc  # so that loading its library is not timed

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows, SparseProblem


def new_model() -> Any:
    """A silent one."""
    model = mip.Model(sense=mip.MINIMIZE, solver_name=mip.CBC)
    model.verbose = 0
    return model


class ByXsum(Peer):
    """The default form."""

    distribution = "mip"
    loading = "asking for the number of nonzeros, which empties CBC's buffers into its matrix"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        model = new_model()
        x = [model.add_var(lb=0, ub=capacity) for capacity in network.capacities]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            model += mip.xsum(x[a] for a in out) - mip.xsum(x[a] for a in into) == supply
        model.objective = mip.xsum(c * v for c, v in zip(network.costs, x))
        return model

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = new_model()
        x = [model.add_var(lb=0, ub=1) for _ in problem.costs]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            model += mip.xsum(a * v for a, v in zip(row, x)) <= right
        model.objective = mip.xsum(c * v for c, v in zip(problem.costs, x))
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = new_model()
        x = [model.add_var(lb=0, ub=10) for _ in problem.costs]
        for i, j, k, right in problem.rows:
            model += 2 * x[i] + 3 * x[j] - x[k] <= right
        model.objective = mip.xsum(c * v for c, v in zip(problem.costs, x))
        return model

    def load(self, model: Any) -> Any:
        """Empty the buffers."""
        return model.num_nz

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        model.optimize()
        return float(model.objective_value)

    def variables(self, count: int) -> Sequence[Any]:
        """Free ones."""
        self.model = new_model()
        return [self.model.add_var(lb=-mip.INF) for _ in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its xsum."""
        return mip.xsum(variables)

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ReSolver:
    """W5; CBC starts anew each time."""

    def __init__(self, problem: SparseProblem) -> None:
        self.model = model = new_model()
        self.x = x = [model.add_var(lb=0, ub=upper, obj=cost) for upper, cost in zip(problem.upper, problem.costs)]
        self.rows = [
            model.add_constr(mip.xsum(a * x[j] for j, a in zip(columns, coefficients)) <= right)
            for columns, coefficients, right in zip(problem.columns, problem.coefficients, problem.right_hand_sides)
        ]

    def change(self, kind: str, place: int, value: float) -> None:
        """One attribute each."""
        if kind == "right-hand side":
            self.rows[place].rhs = value
        elif kind == "bound":
            self.x[place].ub = value
        else:
            self.x[place].obj = value

    def solve(self) -> float:
        """The optimal value."""
        self.model.optimize()
        return float(self.model.objective_value)


FORMS = {"": ByXsum}

"""CVXOPT's modeling module: sparse matrices, and a constraint for each row."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cvxopt import matrix, modeling, spmatrix

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows


def column(values: Sequence[float]) -> Any:
    """A dense column."""
    return matrix(values, (len(values), 1), "d")


class ByMatrix(Peer):
    """One vector variable, and a sparse (or, for W2, dense) matrix times it."""

    distribution = "cvxopt"
    loading = "op._inmatrixform: the matrices that solve() makes for a solver"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        x = modeling.variable(network.arcs)
        arcs = list(range(network.arcs))
        values = [1.0] * network.arcs + [-1.0] * network.arcs
        balance = spmatrix(values, network.tails + network.heads, arcs + arcs, (network.nodes, network.arcs))
        rows = [balance * x == column(network.supplies), x >= 0, x <= column(network.capacities)]
        return modeling.op(modeling.dot(column(network.costs), x), rows)

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        x = modeling.variable(len(problem.costs))
        rows = [matrix(problem.rows, tc="d").T * x <= column(problem.right_hand_sides), x >= 0, x <= 1]
        return modeling.op(modeling.dot(column(problem.costs), x), rows)

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        x = modeling.variable(len(problem.costs))
        count = len(problem.rows)
        numbers = [i for i in range(count) for _ in range(3)]
        places = [j for row in problem.rows for j in row[:3]]
        table = spmatrix([2.0, 3.0, -1.0] * count, numbers, places, (count, len(problem.costs)))
        rows = [table * x <= column([row[3] for row in problem.rows]), x >= 0, x <= 10]
        return modeling.op(modeling.dot(column(problem.costs), x), rows)

    def load(self, model: Any) -> Any:
        """The solver's matrices."""
        return model._inmatrixform("sparse")

    def solve(self, model: Any, loaded: Any) -> float:
        """By its bridge to GLPK: its own solver needs independent equality rows, which those of W1 are not."""
        model.solve("sparse", solver="glpk", options={"glpk": {"msg_lev": "GLP_MSG_OFF"}})
        return float(model.objective.value()[0])


class ByRows(ByMatrix):
    """Each constraint takes its part of the vector."""

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        x = modeling.variable(network.arcs)
        rows = [x >= 0, x <= column(network.capacities)]
        for out, into, supply in zip(network.out, network.into, network.supplies):
            left = modeling.sum(x[out]) if out else 0
            rows.append((left - modeling.sum(x[into]) if into else left) == supply)
        return modeling.op(modeling.dot(column(network.costs), x), rows)

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        x = modeling.variable(len(problem.costs))
        rows = [x >= 0, x <= 1]
        for row, right in zip(problem.rows, problem.right_hand_sides):
            rows.append(modeling.dot(column(row), x) <= right)
        return modeling.op(modeling.dot(column(problem.costs), x), rows)

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        x = modeling.variable(len(problem.costs))
        rows = [x >= 0, x <= 10]
        for i, j, k, right in problem.rows:
            rows.append(2 * x[i] + 3 * x[j] - x[k] <= right)
        return modeling.op(modeling.dot(column(problem.costs), x), rows)

    def variables(self, count: int) -> Sequence[Any]:
        """Vectors of one."""
        return [modeling.variable() for _ in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """Its sum."""
        return modeling.sum(variables)


FORMS = {"matrix": ByMatrix, "rows": ByRows}

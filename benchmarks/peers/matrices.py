"""The workloads as numpy and scipy arrays, for peers that take matrices.  Making them of lists is in their time."""

# mypy: disable-error-code="import-not-found,import-untyped,no-any-unimported"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import scipy.sparse

from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows

__all__ = ["Matrices", "dense_matrices", "flow_matrices", "short_row_matrices"]


class Matrices(NamedTuple):
    """Minimize costs . x over row_lower <= matrix x <= row_upper, 0 <= x <= upper."""

    matrix: Any
    row_lower: Any
    row_upper: Any
    upper: Any
    costs: Any

    @property
    def equalities(self) -> bool:
        """Are all rows equalities?"""
        return self.row_lower is self.row_upper


def flow_matrices(network: FlowNetwork) -> Matrices:
    """W1: one entry of 1 and one of -1 in each column."""
    arcs = np.arange(network.arcs)
    places = np.concatenate((np.array(network.tails), np.array(network.heads))), np.concatenate((arcs, arcs))
    values = np.repeat([1.0, -1.0], network.arcs)
    matrix = scipy.sparse.csr_array((values, places), shape=(network.nodes, network.arcs))
    supplies = np.array(network.supplies, float)
    return Matrices(matrix, supplies, supplies, np.array(network.capacities, float), np.array(network.costs, float))


def dense_matrices(problem: DenseProblem) -> Matrices:
    """W2."""
    right = np.array(problem.right_hand_sides)
    matrix = scipy.sparse.csr_array(np.array(problem.rows))
    columns = len(problem.costs)
    return Matrices(matrix, np.full(len(right), -np.inf), right, np.ones(columns), np.array(problem.costs, float))


def short_row_matrices(problem: ShortRows) -> Matrices:
    """W3: the rows are given as numbers of columns."""
    table = np.array(problem.rows)
    rows, columns = len(table), len(problem.costs)
    places = table[:, :3].astype(np.int32).ravel(), np.arange(0, 3 * rows + 1, 3, dtype=np.int32)
    matrix = scipy.sparse.csr_array((np.tile([2.0, 3.0, -1.0], rows), *places), shape=(rows, columns))
    return Matrices(
        matrix,
        np.full(rows, -np.inf),
        table[:, 3].astype(float),
        np.full(columns, 10.0),
        np.array(problem.costs, float),
    )

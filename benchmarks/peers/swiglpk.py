"""swiglpk, the floor: GLPK's own calls, row by row; in bulk from numpy; and GLPK's C reader of network files."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

import swiglpk as glpk

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, Problem, ShortRows, SparseProblem, write_dimacs

glpk.glp_term_out(glpk.GLP_OFF)


def columns_of(rows: int, upper: Iterable[float], costs: Sequence[float]) -> Any:
    """A problem with so many rows, still empty, and its columns."""
    problem = glpk.glp_create_prob()
    glpk.glp_add_rows(problem, rows)
    glpk.glp_add_cols(problem, len(costs))
    for j, (bound, cost) in enumerate(zip(upper, costs), 1):
        glpk.glp_set_col_bnds(problem, j, glpk.GLP_DB, 0, bound)
        glpk.glp_set_obj_coef(problem, j, cost)
    return problem


class _Glpk(Peer):
    distribution = "swiglpk"

    def solve(self, model: Any, loaded: Any) -> float:
        """By the primal simplex, its default."""
        control = glpk.glp_smcp()
        glpk.glp_init_smcp(control)
        return simplex(model, control)


def simplex(problem: Any, control: Any) -> float:
    """The optimal value; raises `RuntimeError` where there is none."""
    code = glpk.glp_simplex(problem, control)
    if code or glpk.glp_get_status(problem) != glpk.GLP_OPT:
        raise RuntimeError(f"glp_simplex returned {code}, status {glpk.glp_get_status(problem)}")
    value: float = glpk.glp_get_obj_val(problem)
    return value


class ByRows(_Glpk):
    """As the manual has it: two arrays filled item by item, and a call for each row."""

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        problem = columns_of(network.nodes, network.capacities, network.costs)
        places, values = glpk.intArray(network.arcs + 1), glpk.doubleArray(network.arcs + 1)
        for v, (out, into, supply) in enumerate(zip(network.out, network.into, network.supplies), 1):
            glpk.glp_set_row_bnds(problem, v, glpk.GLP_FX, supply, supply)
            count = 0
            for arcs, sign in ((out, 1.0), (into, -1.0)):
                for arc in arcs:
                    count += 1
                    places[count] = arc + 1
                    values[count] = sign
            glpk.glp_set_mat_row(problem, v, count, places, values)
        return problem

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        columns = len(problem.costs)
        model = columns_of(len(problem.rows), [1.0] * columns, problem.costs)
        places, values = glpk.intArray(columns + 1), glpk.doubleArray(columns + 1)
        for j in range(1, columns + 1):
            places[j] = j
        for i, (row, right) in enumerate(zip(problem.rows, problem.right_hand_sides), 1):
            glpk.glp_set_row_bnds(model, i, glpk.GLP_UP, 0, right)
            for j, value in enumerate(row, 1):
                values[j] = value
            glpk.glp_set_mat_row(model, i, columns, places, values)
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = columns_of(len(problem.rows), [10.0] * len(problem.costs), problem.costs)
        places, values = glpk.intArray(4), glpk.doubleArray(4)
        values[1], values[2], values[3] = 2.0, 3.0, -1.0
        for row, (i, j, k, right) in enumerate(problem.rows, 1):
            glpk.glp_set_row_bnds(model, row, glpk.GLP_UP, 0, right)
            places[1], places[2], places[3] = i + 1, j + 1, k + 1
            glpk.glp_set_mat_row(model, row, 3, places, values)
        return model

    def re_solver(self, problem: SparseProblem) -> ReSolver:
        """W5."""
        return ReSolver(problem)


class ReSolver:
    """W5: the dual simplex after a change of bounds, the primal one at first and after a change of costs."""

    def __init__(self, problem: SparseProblem) -> None:
        count = len(problem.costs)
        self.model = model = columns_of(count, problem.upper, problem.costs)
        places, values = glpk.intArray(count + 1), glpk.doubleArray(count + 1)
        for i, (columns, coefficients) in enumerate(zip(problem.columns, problem.coefficients)):
            self.change("right-hand side", i, problem.right_hand_sides[i])
            for k, (j, value) in enumerate(zip(columns, coefficients), 1):
                places[k], values[k] = j + 1, value
            glpk.glp_set_mat_row(model, i + 1, len(columns), places, values)
        self.control = glpk.glp_smcp()
        glpk.glp_init_smcp(self.control)
        glpk.glp_scale_prob(model, glpk.GLP_SF_AUTO)
        self.costs_changed = True

    def change(self, kind: str, place: int, value: float) -> None:
        """One call each."""
        if kind == "right-hand side":
            glpk.glp_set_row_bnds(self.model, place + 1, glpk.GLP_UP, 0, value)
        elif kind == "bound":
            glpk.glp_set_col_bnds(self.model, place + 1, glpk.GLP_DB, 0, value)
        else:
            glpk.glp_set_obj_coef(self.model, place + 1, value)
        self.costs_changed = kind == "cost"

    def solve(self) -> float:
        """From the last basis."""
        self.control.meth = glpk.GLP_PRIMAL if self.costs_changed else glpk.GLP_DUALP
        return simplex(self.model, self.control)


class ByNumpy(_Glpk):
    """Triplets made by numpy and copied into GLPK's arrays as blocks of memory."""

    loading = "done when stated, by one glp_load_matrix"

    def prepare(self, problem: Problem) -> None:
        """Import numpy."""
        import numpy  # noqa: F401

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        import numpy as np

        model = columns_of(network.nodes, network.capacities, network.costs)
        arcs = np.arange(1, network.arcs + 1, dtype=np.int32)
        rows = np.concatenate((np.array(network.tails, np.int32), np.array(network.heads, np.int32))) + np.int32(1)
        self._rows(model, glpk.GLP_FX, network.supplies)
        return self._matrix(model, rows, np.concatenate((arcs, arcs)), np.repeat([1.0, -1.0], network.arcs))

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        import numpy as np

        count, columns = len(problem.rows), len(problem.costs)
        model = columns_of(count, [1.0] * columns, problem.costs)
        rows = np.repeat(np.arange(1, count + 1, dtype=np.int32), columns)
        places = np.tile(np.arange(1, columns + 1, dtype=np.int32), count)
        self._rows(model, glpk.GLP_UP, problem.right_hand_sides)
        return self._matrix(model, rows, places, np.array(problem.rows).ravel())

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        import numpy as np

        table = np.array(problem.rows, np.int32)
        count = len(table)
        model = columns_of(count, [10.0] * len(problem.costs), problem.costs)
        self._rows(model, glpk.GLP_UP, table[:, 3].tolist())
        rows = np.repeat(np.arange(1, count + 1, dtype=np.int32), 3)
        return self._matrix(model, rows, (table[:, :3] + np.int32(1)).ravel(), np.tile([2.0, 3.0, -1.0], count))

    def _rows(self, model: Any, kind: int, sides: Sequence[float]) -> None:
        for i, side in enumerate(sides, 1):
            glpk.glp_set_row_bnds(model, i, kind, side, side)

    def _matrix(self, model: Any, rows: Any, columns: Any, values: Any) -> Any:
        count = len(values)
        filled = []
        for kind, items in ((glpk.intArray, rows), (glpk.intArray, columns), (glpk.doubleArray, values)):
            target = kind(count + 1)
            ctypes.memmove(int(target.this) + items.itemsize, items.ctypes.data, items.nbytes)  # item 0 is not used
            filled.append(target)
        glpk.glp_load_matrix(model, count, *filled)
        return model


class ByReader(_Glpk):
    """GLPK reads the network from a DIMACS file and makes the program of it, all in C."""

    loading = "glp_mincost_lp; before it, glp_read_mincost"

    def prepare(self, problem: Problem) -> None:
        """Write the file."""
        assert isinstance(problem, FlowNetwork)
        handle, self.path = tempfile.mkstemp(suffix=".min")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            write_dimacs(problem, file)

    def flow(self, network: FlowNetwork) -> Any:
        """W1: a graph."""
        graph = glpk.glp_create_graph(8, 24)
        code = glpk.glp_read_mincost(graph, 0, 0, 8, 16, self.path)
        os.unlink(self.path)
        if code:
            raise RuntimeError("GLPK could not read the network.")
        return graph

    def load(self, model: Any) -> Any:
        """The program of it."""
        problem = glpk.glp_create_prob()
        glpk.glp_mincost_lp(problem, model, glpk.GLP_OFF, 0, 0, 8, 16)
        return problem

    def solve(self, model: Any, loaded: Any) -> float:
        """Of the program."""
        return super().solve(loaded, None)


FORMS = {"rows": ByRows, "numpy": ByNumpy, "GLPK's reader": ByReader}

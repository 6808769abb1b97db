"""linopy, over HiGHS: labeled arrays, for which it was made, and its rules for one row at a time."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

import linopy
import numpy as np
import pandas
import xarray
from linopy.io import to_highspy

from benchmarks.peers.peer import Peer
from benchmarks.workloads.instances import DenseProblem, FlowNetwork, ShortRows


def labels(name: str, count: int) -> Any:
    """An axis."""
    return pandas.RangeIndex(count, name=name)


def along(axis: Any, values: Any) -> Any:
    """Numbers along an axis."""
    return xarray.DataArray(np.array(values, float), coords=[axis])


class ByArrays(Peer):
    """The default form; W1 on its sparse path, since groupby otherwise pads each node's row to the longest."""

    distribution = "linopy"
    loading = "to_highspy"

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""
        linopy.options["semantics"] = "v1"
        model = linopy.Model(sparse=True)
        arcs, nodes = labels("arc", network.arcs), labels("node", network.nodes)
        x = model.add_variables(lower=0, upper=along(arcs, network.capacities), coords=[arcs], name="x")
        net = self._at_nodes(x, network.tails, arcs, nodes) - self._at_nodes(x, network.heads, arcs, nodes)
        model.add_constraints(net == along(nodes, network.supplies), name="balance")
        model.add_objective((x * along(arcs, network.costs)).sum())
        return model

    def _at_nodes(self, x: Any, ends: list[int], arcs: Any, nodes: Any) -> Any:
        """The sum of x at each node.  reindex(fill_value=0) would leave the sparse path, silently."""
        grouped = (1 * x).groupby(pandas.Series(ends, index=arcs, name="node")).sum()
        return grouped.reindex(node=nodes).fillna(0)

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""
        model = linopy.Model()
        columns, rows = labels("column", len(problem.costs)), labels("row", len(problem.rows))
        x = model.add_variables(lower=0, upper=1, coords=[columns], name="x")
        table = xarray.DataArray(np.array(problem.rows), coords=[rows, columns])
        model.add_constraints((table * x).sum("column") <= along(rows, problem.right_hand_sides), name="row")
        model.add_objective((x * along(columns, problem.costs)).sum())
        return model

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""
        model = linopy.Model()
        columns, rows = labels("column", len(problem.costs)), labels("row", len(problem.rows))
        x = model.add_variables(lower=0, upper=10, coords=[columns], name="x")
        table = np.array(problem.rows)

        def at(k: int) -> Any:
            return (1 * x.sel(column=xarray.DataArray(table[:, k], coords=[rows]))).drop_vars("column")

        model.add_constraints(2 * at(0) + 3 * at(1) - at(2) <= along(rows, table[:, 3]), name="row")
        model.add_objective((x * along(columns, problem.costs)).sum())
        return model

    def load(self, model: Any) -> Any:
        """Into HiGHS."""
        return to_highspy(model)

    def solve(self, model: Any, loaded: Any) -> float:
        """The optimal value."""
        loaded.setOptionValue("output_flag", False)
        loaded.run()
        return float(loaded.getObjectiveValue())


class ByRules(ByArrays):
    """A function of the model and the row's number makes each row."""

    def flow(self, network: FlowNetwork) -> Any:
        """W1."""

        def balance(x: Any, v: int) -> Any:
            terms = [x.at[a] for a in network.out[v]] + [-1 * x.at[a] for a in network.into[v]]
            return sum(terms) == network.supplies[v]

        return self._model(network.capacities, network.costs, network.nodes, balance)

    def dense(self, problem: DenseProblem) -> Any:
        """W2."""

        def row(x: Any, i: int) -> Any:
            return sum(a * x.at[j] for j, a in enumerate(problem.rows[i])) <= problem.right_hand_sides[i]

        return self._model([1.0] * len(problem.costs), problem.costs, len(problem.rows), row)

    def short_rows(self, problem: ShortRows) -> Any:
        """W3."""

        def row(x: Any, number: int) -> Any:
            i, j, k, right = problem.rows[number]
            return 2 * x.at[i] + 3 * x.at[j] - 1 * x.at[k] <= right

        return self._model([10.0] * len(problem.costs), problem.costs, len(problem.rows), row)

    def _model(self, upper: Sequence[float], costs: Sequence[float], rows: int, rule: Callable[[Any, int], Any]) -> Any:
        model = linopy.Model()
        columns = labels("column", len(costs))
        x = model.add_variables(lower=0, upper=along(columns, upper), coords=[columns], name="x")
        model.add_constraints(lambda _, i: rule(x, i), coords=(labels("row", rows),), name="row")
        model.add_objective((x * along(columns, costs)).sum())
        return model

    def variables(self, count: int) -> Sequence[Any]:
        """Scalars of one array."""
        self.model = linopy.Model()
        self.x = self.model.add_variables(coords=[labels("column", count)], name="x")
        return [self.x.at[j] for j in range(count)]

    def sum(self, variables: Sequence[Any]) -> Any:
        """The array's own sum: it has no helper for scalars."""
        return self.x.sum()


FORMS = {"": ByArrays, "scalar": ByRules}

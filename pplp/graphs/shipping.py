"""Bipartite problems: transportation and assignment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from math import inf
from typing import Any, Optional

from pplp.answers.solution import Solution
from pplp.answers.solvable import current_solution
from pplp.arrays.variables import indices_of
from pplp.core.constraints import BoundConstraint, Constraint
from pplp.core.dot import dot
from pplp.core.expressions import Variable, sum_from
from pplp.core.handle import index_of, store_of
from pplp.core.owner import bound_rows_of
from pplp.core.sense import Sense
from pplp.errors import InvalidValue
from pplp.graphs.flow import Number, are_whole, as_int
from pplp.graphs.names import name_constraints, name_variables
from pplp.graphs.network import Network, by_label, checked
from pplp.program import LinearProgram

__all__ = ["Assignment", "Transportation"]

# Any: axes are those of matplotlib, which has no types here.


class _Bipartite:
    """A program on two sides of items, with a variable for each allowed pair of one item from each side."""

    _sense = Sense.MINIMIZE.value
    _what = "ship"

    def __init__(
        self, pairs: list[tuple[Any, Any]], costs: list[Any], sides: tuple[Sequence[Any], Sequence[Any]], capacity: Any
    ) -> None:
        self._network = network = Network(([i for i, _ in pairs], [j for _, j in pairs]))
        network._keys = pairs  # items of the two sides may share a name; pairs are never parallel
        network.is_multigraph = False
        known = [set(side) for side in sides]
        for pair in pairs:
            for name, names in zip(pair, known):
                if name not in names:
                    raise InvalidValue(f"The pair {pair!r} has a cost, but {name!r} is not on its side.")
        weights = network.of_arcs(costs, 0, "cost", finite=True)
        capacities = network.capacities(capacity, "pair")
        #: The program; you can add constraints to it.
        self.lp = lp = LinearProgram(name=type(self).__name__)
        #: The variables of the pairs, in order.
        self.x = lp.Vars(len(pairs), lb=0, ub=list(capacities))
        name_variables(self.x, self._what, lambda: pairs)
        self._sides = sides
        self._rows: list[list[Constraint]] = []
        self._whole = are_whole(capacities)
        lp.objective = dot(weights, self.x)

    def _limited(self, side: int, what: str, least: Sequence[Number], most: Sequence[Number]) -> list[Constraint]:
        """least <= the sum over the pairs of each item of a side <= most; `what` is the name of the constraints."""
        columns: dict[Any, list[int]] = {name: [] for name in self._sides[side]}
        for k, pair in enumerate(self._network.keys):
            columns[pair[side]].append(k)
        rows = []
        for (name, some), low, high in zip(columns.items(), least, most):
            if not some and not low <= 0 <= high:
                raise InvalidValue(
                    f"{name!r} needs {low if low > 0 else high}, but no pair has it. Add a pair with {name!r}."
                )
            rows.append(self.lp.add_constraint((low, sum_from(self.lp, some, [1.0] * len(some), 0.0), high)))
        self._rows.append(rows)
        name_constraints(rows.__getitem__, what, self._sides[side])
        return rows

    @property
    def arc(self) -> Mapping[Any, Variable]:
        """The variable of each pair: ``arc[i, j]``."""
        x = self.x
        return self._network.by_arc(lambda place: x[place])

    def solve(self, **options: Any) -> Solution:
        """Solve with the fields of `Options` as keywords; never raises for an outcome, like `LinearProgram.solve`."""
        return self.lp.solve(self._sense, **options)

    @property
    def cost(self) -> float:
        """The cost of all pairs.  Raises what reading a value raises: `NotSolved`, `Infeasible` and so on."""
        return current_solution(self.lp, "cost").objective_or_raise()

    def _amounts(self) -> list[Number]:
        return [as_int(value, self._whole) for value in current_solution(self.lp, "flow").values_at(indices_of(self.x))]

    @property
    def flow(self) -> dict[Any, dict[Any, Any]]:
        """The amount of each pair: ``{i: {j: amount}}``.  Raises what `cost` raises."""
        found: dict[Any, dict[Any, Number]] = {i: {} for i in self._sides[0]}
        for (i, j), amount in zip(self._network.keys, self._amounts()):
            found[i][j] = amount
        return found

    def plot(self, ax: Any = None) -> Any:
        """Draw the two sides and the shipments between them with matplotlib; returns the axes.  See `Flow.plot`."""
        from pplp.graphs.drawing import Picture, sides_plot

        picture = Picture(self.lp, self._network, None, ax)
        return sides_plot(picture, self._sides, self._amounts, (x.ub for x in self.x), [*self._rows[0], *self._rows[1]])

    @property
    def reduced_cost(self) -> dict[Any, float]:
        """How much the cost rises per unit that a pair is forced to carry beyond its bound."""
        solution = current_solution(self.lp, "price")
        found = [solution.reduced_cost(x) for x in self.x]
        # The row of an item with one pair is stored as a bound on the pair's variable, so its dual is part of the
        # variable's reduced cost.  But it belongs to the item.
        for row in chain.from_iterable(self._rows):
            if type(row) is BoundConstraint and store_of(row) is bound_rows_of(self.lp):
                found[bound_rows_of(self.lp).column[index_of(row)]] -= solution.dual(row)
        return dict(zip(self._network.keys, found))

    def __repr__(self) -> str:
        sizes = " x ".join(str(len(side)) for side in self._sides)
        return f"<{type(self).__name__}: {sizes}, {len(self._network)} pairs, {self.lp.status}>"


class Transportation(_Bipartite):
    """The cheapest way to ship from sources to sinks.

        minimize  sum of costs[i, j] x[i, j]   subject to   x >= 0,
                  sum over j of x[i, j] <= supply[i],   sum over i of x[i, j] >= demand[j]

    `costs` is a matrix, as nested lists or a numpy array (None and infinity for missing pairs), with sequences
    `supply` and `demand`; or a mapping {(i, j): cost}, or a networkx graph whose edges have a weight, with mappings.
    `capacity` limits the pairs: a number for all, a sequence in their order, or a mapping.

    >>> from pplp.graphs import Transportation
    >>> plan = Transportation([[4, 6], [5, 3]], supply=[10, 10], demand=[6, 8])
    >>> plan.solve().objective, plan.flow
    (48.0, {0: {0: 6, 1: 0}, 1: {0: 0, 1: 8}})
    >>> plan.supply[1].dual, plan.demand[1].dual
    (0.0, 3.0)
    """

    def __init__(self, costs: Any, supply: Any, demand: Any, *, capacity: Any = None, weight: str = "weight") -> None:
        pairs, numbers, (rows, columns) = _pairs(costs, weight)
        sources, sinks = _side(supply, "supply", rows, "rows"), _side(demand, "demand", columns, "columns")
        super().__init__(pairs, numbers, (list(sources), list(sinks)), capacity)
        have = checked(list(sources.values()), lambda k: f"the supply of {list(sources)[k]!r}", True)
        need = checked(list(sinks.values()), lambda k: f"the demand of {list(sinks)[k]!r}", True)
        self._whole = self._whole and are_whole(have, need)
        #: The constraint of each source; its dual is d(cost)/d(supply), never positive.
        self.supply = dict(zip(sources, self._limited(0, "supply", [-inf] * len(have), have)))
        #: The constraint of each sink; its dual is d(cost)/d(demand), never negative.
        self.demand = dict(zip(sinks, self._limited(1, "demand", need, [inf] * len(need))))


class Assignment(_Bipartite):
    """The cheapest assignment of agents to tasks, one to one.

        minimize  sum of costs[i, j] x[i, j]   subject to   x >= 0,
                  each item of the smaller side is in exactly one pair, each item of the other side in at most one

    `costs` is a matrix (None and infinity for missing pairs), a mapping {(i, j): cost}, or a networkx graph
    whose edges have a weight; for an undirected one, name the `agents`.  With `maximize`, the costs are gains.  The
    vertices of the program are integer; if side constraints change that, pass ``integer=True``.

    >>> from pplp.graphs import Assignment
    >>> work = Assignment([[4, 1, 3], [2, 3, 5]])
    >>> work.solve().objective, work.pairs
    (3.0, {0: 1, 1: 0})
    >>> work = Assignment({("ann", "mow"): 3, ("ann", "dig"): 1, ("bob", "dig"): 2})
    >>> work.solve().objective, work.pairs
    (5.0, {'ann': 'mow', 'bob': 'dig'})
    """

    _what = "assign"

    def __init__(
        self,
        costs: Any,
        *,
        agents: Optional[Sequence[Any]] = None,
        maximize: bool = False,
        integer: bool = False,
        weight: str = "weight",
    ) -> None:
        pairs, numbers, (rows, columns) = _pairs(costs, weight, agents)
        if rows is not None and columns is not None:
            sides = rows, columns
        elif isinstance(costs, Mapping):
            sides = list(dict.fromkeys(i for i, _ in pairs)), list(dict.fromkeys(j for _, j in pairs))
        else:
            first = set(agents) if agents is not None else {i for i, _ in pairs}
            sides = [n for n in costs if n in first], [n for n in costs if n not in first]
        super().__init__(pairs, numbers, sides, None)
        counts = len(sides[0]), len(sides[1])
        fewer, more = counts[0] <= counts[1], counts[1] <= counts[0]
        #: The constraint of each agent, and of each task; the dual is what one more of it costs.
        self.agents = dict(zip(sides[0], self._limited(0, "agent", [int(fewer)] * counts[0], [1] * counts[0])))
        self.tasks = dict(zip(sides[1], self._limited(1, "task", [int(more)] * counts[1], [1] * counts[1])))
        for x in self.x if integer else ():
            x.integer = True
        self._sense = Sense.from_bool(maximize).value

    @property
    def pairs(self) -> dict[Any, Any]:
        """The task of each agent that has one.  Raises what `cost` raises."""
        return {i: j for (i, j), amount in zip(self._network.keys, self._amounts()) if amount > 0.5}

    @property
    def matching(self) -> dict[Any, Any]:
        """The pairs in networkx's form, in both directions.  Raises what `cost` raises."""
        pairs = self.pairs
        return {**pairs, **{j: i for i, j in pairs.items()}}


#: The row and column labels of a table of costs.
_Labels = tuple[Optional[list[Any]], Optional[list[Any]]]


def _pairs(
    costs: Any, weight: str, agents: Optional[Sequence[Any]] = None
) -> tuple[list[tuple[Any, Any]], list[Any], _Labels]:
    """The pairs, the cost of each, and the labels of rows and columns if the costs have them."""
    if hasattr(costs, "is_multigraph"):
        if costs.is_multigraph():
            raise InvalidValue("A graph with parallel edges has several costs for a pair. Give a Graph or DiGraph.")
        known = None if agents is None else set(agents)
        if known is None and not costs.is_directed():
            raise InvalidValue("An undirected graph does not say which nodes are the agents. Name them: agents=[...].")
        edges = [(u, v, data.get(weight, 1)) for u, v, data in costs.edges(data=True)]
        found = [(u, v, cost) if known is None or u in known else (v, u, cost) for u, v, cost in edges]
        return [(u, v) for u, v, _ in found], [cost for *_, cost in found], (None, None)
    if isinstance(costs, Mapping):
        odd = next((pair for pair in costs if not isinstance(pair, tuple) or len(pair) != 2), None)
        if odd is not None:
            raise InvalidValue(f"The keys of the costs must be pairs (from, to), not {odd!r}.")
        return list(costs), list(costs.values()), (None, None)
    first, second, rows = _table(costs)
    kept = [
        (i, j, cost)
        for i, row in zip(first, rows)
        for j, cost in zip(second, row)
        if cost is not None and cost != inf and not (_is_frame(costs) and cost != cost)
    ]
    return [(i, j) for i, j, _ in kept], [cost for *_, cost in kept], (first, second)


def _is_frame(costs: Any) -> bool:
    """True if it is a data frame with labels for rows and columns."""
    return hasattr(costs, "columns") and hasattr(costs, "index") and hasattr(costs, "to_numpy")


def _table(costs: Any) -> tuple[list[Any], list[Any], list[list[Any]]]:
    """The labels of the rows and of the columns, and the rows, which all have the same length."""
    if _is_frame(costs):
        for labels, what in ((costs.index, "rows"), (costs.columns, "columns")):
            if not labels.is_unique:
                raise InvalidValue(f"Two {what} of the costs have the same label. Make them differ.")
        return list(costs.index), list(costs.columns), costs.to_numpy().tolist()
    if hasattr(costs, "columns"):
        raise InvalidValue(
            f"A {type(costs).__name__} has no row labels. Give costs.to_numpy(), or a mapping {{(i, j): cost}}."
        )
    try:
        rows = [list(row) for row in (costs.tolist() if hasattr(costs, "tolist") else costs)]
    except TypeError:
        raise InvalidValue(
            f"{costs!r} is not a matrix of costs. Give rows of numbers, {{(i, j): cost}}, or a networkx graph."
        ) from None
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise InvalidValue(
                f"Row {i} of the costs has {len(row)} numbers, but row 0 has {len(rows[0])}. Write None for a missing "
                "pair."
            )
    return list(range(len(rows))), list(range(len(rows[0]) if rows else 0)), rows


def _side(amounts: Any, what: str, names: Optional[list[Any]], called: str) -> dict[Any, Any]:
    """The amount of each item of a side, by name; a sequence is in the order of the rows or columns of the costs."""
    amounts = by_label(amounts, names=set(names or ()))
    if isinstance(amounts, Mapping):
        return dict(amounts)
    try:
        given = list(amounts.tolist() if hasattr(amounts, "tolist") else amounts)
    except TypeError:
        raise InvalidValue(f"The {what} must be a sequence of numbers or a mapping by name, not {amounts!r}.") from None
    if names is not None and len(names) != len(given):
        raise InvalidValue(
            f"The {what} has {len(given)} numbers, but the costs have {len(names)} {called}. Give one for each."
        )
    return dict(zip(range(len(given)) if names is None else names, given))

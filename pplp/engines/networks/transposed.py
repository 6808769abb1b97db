"""Programs whose rows are differences of two variables, such as schedules.

The dual of such a program is a flow: every row is an arc, and every column a node.  The dual is built as a separate
program, and recognized as a network like any other.  Its flow gives the duals of the rows, and its duals give the
values of the columns.
"""

from __future__ import annotations

from array import array
from math import inf
from typing import Optional

from pplp.engines.networks.form import NetworkForm
from pplp.engines.networks.network import Flow, Network
from pplp.engines.networks.structure import NotANetwork
from pplp.engines.networks.tree import Tree
from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE
from pplp.form.matrix_form import MatrixForm

__all__ = ["TransposedForm"]


class TransposedForm:
    """A program whose dual is a network; the constructor raises `NotANetwork` if it is not one.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> begin, end = lp.Var(lb=0), lp.Var(lb=0)
    >>> lp.objective = end
    >>> _ = lp.add_constraint(end - begin >= 3)
    >>> TransposedForm(lp.compile()).network.nodes
    3
    """

    def __init__(self, form: MatrixForm) -> None:
        if form.nonzeros > 2 * form.rows:
            raise NotANetwork("a constraint has more than two variables")
        self._sign = -1.0 if form.maximize else 1.0
        self._sizes = _sizes(form)
        #: For each row, then for each column: the dual program's variables for its lower and for its upper bound.
        self._places: list[tuple[Optional[int], Optional[int]]] = []
        self._form = form
        #: The dual as a network.
        self.dual = NetworkForm(self._make_dual())

    def _make_dual(self) -> MatrixForm:
        form, sign = self._form, self._sign
        entries: list[list[tuple[int, float]]] = [[] for _ in range(form.columns)]
        costs: list[float] = []
        free: list[bool] = []

        def add(cost: float, pairs: list[tuple[int, float]], is_free: bool = False) -> int:
            for j, factor in pairs:
                entries[j].append((len(costs), factor))
            costs.append(cost)
            free.append(is_free)
            return len(costs) - 1

        def bounded(low: float, high: float, pairs: list[tuple[int, float]]) -> None:
            if low == high:
                place = add(-low, pairs, True)
                self._places.append((place, place))
                return
            below = add(-low, pairs) if low > -inf else None
            above = add(high, [(j, -factor) for j, factor in pairs]) if high < inf else None
            self._places.append((below, above))

        for i, size in enumerate(self._sizes):
            pairs = [(j, a / size) for j, a in zip(*form.row(i))]
            bounded(form.row_lower[i] / size, form.row_upper[i] / size, pairs)
        for j, (low, high) in enumerate(zip(form.column_lower, form.column_upper)):
            bounded(low, high, [(j, 1.0)])
        starts = array("q", [0])
        for each in entries:
            starts.append(starts[-1] + len(each))
        supplies = array("d", [sign * cost for cost in form.cost])
        return MatrixForm(
            False,
            0.0,
            array("d", costs),
            array("d", [-inf if is_free else 0.0 for is_free in free]),
            array("d", [inf]) * len(costs),
            bytes(len(costs)),
            supplies,
            supplies,
            starts,
            array("i", [k for each in entries for k, _ in each]),
            array("d", [factor for each in entries for _, factor in each]),
        )

    @property
    def network(self) -> Network:
        """The network in integers; raises `NotANetwork` if its numbers are not whole."""
        return self.dual.network

    def complaint(self, flow: Flow) -> Optional[str]:
        """What is wrong with a flow and its duals, in exact arithmetic; None if they prove each other optimal."""
        return self.dual.complaint(flow)

    def solution(self, flow: Flow, tree: Tree) -> tuple[list[float], list[float], list[float], tuple[str, str]]:
        """The values, reduced costs, duals, and basis letters of the program that belong to a flow and its tree."""
        form = self._form
        values = [-price for price in self.dual.duals(tree.prices)]
        pushes = self.dual.values(flow.flows)
        of_pushes, of_nodes = self.dual.letters(flow.flows, tree.arcs, tree.nodes)
        prices, letters = [], []
        for below, above in self._places:
            if below is not None and below == above:
                prices.append(self._sign * pushes[below])
                letters.append(FIXED if of_pushes[below] == BASIC else BASIC)
                continue
            push = (pushes[below] if below is not None else 0.0) - (pushes[above] if above is not None else 0.0)
            prices.append(self._sign * push)
            at_low = below is not None and of_pushes[below] == BASIC
            letters.append(
                AT_LOWER if at_low else AT_UPPER if above is not None and of_pushes[above] == BASIC else BASIC
            )
        rows = form.rows
        for j, letter in enumerate(of_nodes):
            if letter == BASIC:
                letters[rows + j] = FREE
        for j, letter in enumerate(letters[rows:]):  # nonbasic columns are exactly at a bound, however sums are rounded
            if letter in (AT_LOWER, AT_UPPER, FIXED):
                values[j] = form.column_upper[j] if letter == AT_UPPER else form.column_lower[j]
        duals = [price / size for price, size in zip(prices, self._sizes)]
        return values, prices[rows:], duals, ("".join(letters[rows:]), "".join(letters[:rows]))


def _sizes(form: MatrixForm) -> list[float]:
    """The absolute value that all coefficients of a row have in common, for each row."""
    sizes: list[float] = []
    for i in range(form.rows):
        values = {*map(abs, form.values[form.starts[i] : form.starts[i + 1]])} or {1.0}
        if len(values) > 1 or form.starts[i + 1] - form.starts[i] > 2:
            raise NotANetwork(f"{form.row_label(i)} is not a difference of two variables")
        sizes += values
    return sizes

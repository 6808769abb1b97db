"""The primal network simplex, for numbers of any kind: floats, ints beyond 2**53, fractions.

A basis is a spanning tree.  The last node is its root.  At the start, an artificial arc connects each other node with
the root: to the root if the node has a supply, else from the root.  Artificial arcs cost more than all others together
(big M).  What they contribute to the dual of a node is the node's *level*; it is stored apart from the rest of the
dual (called `price` here), which would otherwise lose its last digits.

Block pricing chooses the entering arc: arcs are scanned in blocks, and the arc with the most negative reduced cost in
the first block that has one enters the tree.  Of the arcs that block the step, the leaving arc is the last one on the
cycle, in the direction of the flow, starting at the apex, where the two paths to the root meet.  This keeps the tree
*strongly feasible*: a positive amount of flow could be sent from every node to the root.  So the method cannot cycle,
although many pivots are degenerate (Cunningham, 1976).

`network_simplex_core.c` makes the same pivots on floats.  `loops` has it if it is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from math import frexp, inf, isqrt
from typing import Any

from pplp.ground.acceleration import compiled_module

__all__ = ["GOES_ON", "NOISE", "OPTIMAL", "UNBOUNDED", "Simplex", "level_above", "loops"]

# Any: numbers are of any kind, and the compiled class has no types.

#: What `Simplex.run` returns: more pivots are needed, the flow is optimal, or a cycle gains without limit.
GOES_ON, OPTIMAL, UNBOUNDED = range(3)
#: With floats, a reduced cost below this share of the numbers that it is the sum of is a rounding error.
NOISE = 1e-12
_LEAST_BLOCK = 20

#: The compiled class and loops; None where there is no accelerator.
loops: Any = compiled_module("pplp.engines.networks.network_simplex_core", "network_simplex_core.c")


def level_above(costs: Sequence[Any], nodes: int) -> Any:
    """A power of two above the cost of any path: the cost of an artificial arc.  An int for ints, else a float."""
    most = max(max(costs, default=0), -min(costs, default=0))
    if isinstance(most, float):
        return 2.0 ** min(1023, frexp(most or 1.0)[1] + (4 * nodes + 8).bit_length())
    return 1 << ((most.__ceil__() + 1) * (4 * nodes + 8)).bit_length()


class Simplex:
    """A network and a spanning tree of it; `run` makes pivots until the tree is optimal.

    >>> s = Simplex([0, 0, 1], [1, 2, 2], [4, 9, 9], [1, 5, 1], [6, 0], level=64)
    >>> s.run(100) == OPTIMAL, s.flows(), s.missed(), s.prices(), s.levels()
    (True, [4, 2, 4], [0, 0], [5, 1], [0, 0])
    """

    def __init__(
        self,
        tails: Sequence[int],
        heads: Sequence[int],
        capacities: Sequence[Any],
        costs: Sequence[Any],
        supplies: Sequence[Any],
        level: Any,
        tolerance: float = 0.0,
    ) -> None:
        """`supplies` leaves out the root, which balances the others; `level` is greater than the cost of any path."""
        count, root = len(costs), len(supplies)
        self._count, self._root, self._tolerance = count, root, tolerance
        self._supplies = list(supplies)
        gives = [supply >= 0 for supply in self._supplies]
        self._tails = [*tails, *(v if up else root for v, up in enumerate(gives))]
        self._heads = [*heads, *(root if up else v for v, up in enumerate(gives))]
        self._costs: list[Any] = [*costs, *[level] * root]
        self._capacities: list[Any] = [*capacities, *[inf] * root]
        self._flows: list[Any] = [*[0] * count, *map(abs, self._supplies)]
        self._signs = [int(capacity > 0) for capacity in capacities]
        self._full = bytearray(count)
        self._parent = [root] * root + [-1]
        self._over = [*range(count, count + root), -1]
        self._rises = [*gives, False]
        self._depth = [1] * root + [0]
        # The children in the order in which they were attached, because sums of floats depend on the order.
        self._kids: list[dict[int, None]] = [{} for _ in range(root)] + [dict.fromkeys(range(root))]
        self._price: list[Any] = [0] * (root + 1)
        self._level: list[Any] = [level if up else -level for up in gives] + [0]
        self._block = max(_LEAST_BLOCK, isqrt(count))
        self._next = 0
        self._is_fresh = False
        self._entering = -1
        self._status = GOES_ON
        #: The number of pivots so far, and how many arcs and nodes were looked at for them.
        self.pivots = self.work = 0

    def start_from(self, over: Sequence[int], full: Sequence[int]) -> bool:
        """Continue from the tree of another simplex on the same arcs; False if its flow exceeds the capacities here."""
        count, root = self._count, self._root
        self._over, self._full = [*over, -1], bytearray(full)
        self._rises = [self._tails[a] == v for v, a in enumerate(over)] + [False]
        self._parent = [self._heads[a] if up else self._tails[a] for a, up in zip(over, self._rises)] + [-1]
        self._kids = [{} for _ in range(root + 1)]
        for v in range(root):
            self._kids[self._parent[v]][v] = None
        tree = set(over)
        self._signs = [
            0 if a in tree or capacity <= 0 else -1 if is_full else 1
            for a, (capacity, is_full) in enumerate(zip(self._capacities[:count], self._full))
        ]
        self._flows[:count] = [most if is_full else 0 for most, is_full in zip(self._capacities, self._full)]
        self._flows[count:] = [0] * root
        order = [root]
        for v in order:
            for kid in self._kids[v]:
                self._depth[kid] = self._depth[v] + 1
                order.append(kid)
        return self._refresh()

    # ---- pivots
    def run(self, pivots: int) -> int:
        """Make at most this many pivots; returns `GOES_ON`, `OPTIMAL` or `UNBOUNDED`."""
        while pivots > 0 and self._status == GOES_ON:
            entering = self._find()
            if entering >= 0:
                self._status = self._pivot(entering)
            elif self._is_fresh:
                self._status = OPTIMAL
            else:
                self._refresh()
            pivots -= 1
        return self._status

    def _find(self) -> int:
        """The entering arc: the one that gains most in the first block with an arc that gains; -1 if no arc gains."""
        count, begin, block, seen = self._count, self._next, self._block, 0
        tails, heads, costs, signs = self._tails, self._heads, self._costs, self._signs
        price, level = self._price, self._level
        best = -1
        while seen < count:
            end = min(count, begin + block)
            gains = [
                sign * (((c - price[t]) + price[h]) + (level[h] - level[t]))
                for sign, c, t, h in zip(signs[begin:end], costs[begin:end], tails[begin:end], heads[begin:end])
            ]
            least = min(gains)
            if least < 0:
                best = begin + gains.index(least)
                if not self._is_significant(best, least):
                    best, least = -1, 0
                    for a, gain in enumerate(gains, begin):
                        if gain < least and self._is_significant(a, gain):
                            best, least = a, gain
            seen += end - begin
            self.work += end - begin
            begin = 0 if end == count else end
            if best >= 0:
                break
        self._next = begin
        return best

    def _is_significant(self, a: int, gain: Any) -> bool:
        if not self._tolerance:
            return True
        size = (abs(self._costs[a]) + abs(self._price[self._tails[a]])) + abs(self._price[self._heads[a]])
        return bool(-gain > self._tolerance * size)

    def _pivot(self, entering: int) -> int:
        flows, capacities, over, rises = self._flows, self._capacities, self._over, self._rises
        way = self._signs[entering]
        first, second = self._tails[entering], self._heads[entering]
        if way < 0:
            first, second = second, first
        paths = self._paths(first, second)
        # Of the blocking arcs, the last one leaves, in the direction of the flow around the cycle from the apex.
        step, leaving, is_first = capacities[entering], -1, False
        for v in paths[0]:
            room = flows[over[v]] if rises[v] else capacities[over[v]] - flows[over[v]]
            if room < step:
                step, leaving, is_first = room, v, True
        for v in paths[1]:
            room = capacities[over[v]] - flows[over[v]] if rises[v] else flows[over[v]]
            if room <= step:
                step, leaving, is_first = room, v, False
        if step == inf:
            self._entering = entering
            return UNBOUNDED
        self.pivots += 1
        self._is_fresh = False
        if step > 0:
            flows[entering] += step if way > 0 else -step
            for v in paths[0]:
                flows[over[v]] += -step if rises[v] else step
            for v in paths[1]:
                flows[over[v]] += step if rises[v] else -step
        if leaving < 0:
            self._signs[entering] = -way
            self._full[entering] = way > 0
            flows[entering] = capacities[entering] if way > 0 else 0
            return GOES_ON
        leaver = over[leaving]
        is_full = rises[leaving] != is_first
        flows[leaver] = capacities[leaver] if is_full else 0
        if leaver < self._count:
            self._full[leaver] = is_full
            self._signs[leaver] = 0 if capacities[leaver] <= 0 else -1 if is_full else 1
        self._full[entering] = self._signs[entering] = 0
        top, under = (first, second) if is_first else (second, first)
        self._move(leaving, top, under, entering)
        return GOES_ON

    def _paths(self, a: int, b: int) -> tuple[list[int], list[int]]:
        """The nodes from each of two up to the apex, where their paths to the root meet; the apex is left out."""
        depth, parent = self._depth, self._parent
        from_a: list[int] = []
        from_b: list[int] = []
        while a != b:
            if depth[a] > depth[b]:
                from_a.append(a)
                a = parent[a]
            elif depth[b] > depth[a]:
                from_b.append(b)
                b = parent[b]
            else:
                from_a.append(a)
                from_b.append(b)
                a, b = parent[a], parent[b]
        return from_a, from_b

    def _move(self, leaving: int, top: int, under: int, entering: int) -> None:
        """Hang the subtree of `leaving` below the node `under` by the entering arc; `top` becomes its root."""
        parent, over, rises, kids, depth = self._parent, self._over, self._rises, self._kids, self._depth
        v, to, by, up = top, under, entering, self._tails[entering] == top
        while True:
            old = parent[v], over[v], rises[v]
            del kids[old[0]][v]
            kids[to][v] = None
            parent[v], over[v], rises[v] = to, by, up
            if v == leaving:
                break
            to, by, up, v = v, old[1], not old[2], old[0]
        price, level, cost = self._price, self._level, self._costs[entering]
        shift = (price[under] + cost if rises[top] else price[under] - cost) - price[top]
        rise = level[under] - level[top]
        moved = [top]
        depth[top] = depth[under] + 1
        for v in moved:
            if kids[v]:
                below = depth[v] + 1
                for kid in kids[v]:
                    depth[kid] = below
                moved.extend(kids[v])
        self.work += len(moved)
        for v in moved:
            price[v] += shift
        if rise:
            for v in moved:
                level[v] += rise

    def _refresh(self) -> bool:
        """Compute prices and flows again from the tree, free of accumulated rounding errors.

        Returns True if all flows are within the capacities.
        """
        price, level, costs, over, parent, rises = (
            self._price, self._level, self._costs, self._over, self._parent, self._rises,
        )  # fmt: skip
        order = [self._root]
        for v in order:
            order.extend(reversed(self._kids[v]))
        for v in order[1:]:
            a, above = over[v], parent[v]
            if a < self._count:
                price[v] = price[above] + costs[a] if rises[v] else price[above] - costs[a]
                level[v] = level[above]
            else:
                price[v] = 0
                level[v] = costs[a] if rises[v] else -costs[a]
        net: list[Any] = [*self._supplies, 0]
        for a in compress(range(self._count), self._full):
            net[self._tails[a]] -= self._capacities[a]
            net[self._heads[a]] += self._capacities[a]
        is_inside = True
        for v in order[:0:-1]:
            f = net[v] if rises[v] else -net[v]
            net[parent[v]] += net[v]
            is_inside = is_inside and 0 <= f <= self._capacities[over[v]]
            self._flows[over[v]] = min(max(f, 0), self._capacities[over[v]])
        self._is_fresh = True
        return is_inside

    # ---- results
    def flows(self) -> list[Any]:
        """The flow on each arc."""
        return self._flows[: self._count]

    def missed(self) -> list[Any]:
        """The flow left on the artificial arc of each node but the root: the supply or demand that is not met."""
        return self._flows[self._count :]

    def prices(self) -> list[Any]:
        """The dual of each node but the root, whose dual is 0.

        Artificial arcs count with a cost that is just high enough to keep the tree optimal.
        """
        dear = self._dearness()
        steps = map(self._sign_of, self._level[: self._root])
        return [price + step * dear for price, step in zip(self._price, steps)]

    def levels(self) -> list[int]:
        """The sign of what artificial arcs contribute to the dual of each node; 0 if its path to the root has none."""
        return list(map(self._sign_of, self._level[: self._root]))

    @staticmethod
    def _sign_of(level: Any) -> int:
        return int(level > 0) - int(level < 0)

    def _dearness(self) -> Any:
        """The least cost of an artificial arc for which no arc gains; twice that for floats."""
        most: Any = 0
        level, price = self._level, self._price
        for sign, t, h, cost in zip(self._signs, self._tails, self._heads, self._costs):
            if sign and level[t] != level[h]:
                excess = (cost - price[t]) + price[h]
                steps = self._sign_of(level[h]) - self._sign_of(level[t])
                if (excess > 0) != (steps > 0):
                    most = max(most, -(-abs(excess) // abs(steps)) if not self._tolerance else abs(excess) / abs(steps))
        return 2 * most if self._tolerance else most

    def over(self) -> list[int]:
        """The arc between each node and its parent; artificial arcs are numbered after all others."""
        return self._over[: self._root]

    def full(self) -> bytearray:
        """1 for each arc that is full and not in the tree."""
        return self._full

    def ray(self) -> list[int]:
        """The arcs of the cycle that gains without limit; ~a if the flow goes against the direction of arc a."""
        entering, rises, over = self._entering, self._rises, self._over
        way = self._signs[entering] > 0
        ends = self._tails[entering], self._heads[entering]
        first, second = self._paths(*(ends if way else ends[::-1]))
        return [
            entering if way else ~entering,
            *(~over[v] if rises[v] else over[v] for v in first),
            *(over[v] if rises[v] else ~over[v] for v in second),
        ]

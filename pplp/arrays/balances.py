"""The balances of the nodes of a network, as one array of relations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Optional

from pplp.arrays.expression_arrays import ExpressionArray
from pplp.arrays.relation_arrays import RelationArray
from pplp.ground.numeric import np

if TYPE_CHECKING:
    from pplp.core.owner import Owner

__all__ = ["balances"]


def balances(
    program: Owner,
    first: int,
    ends: tuple[Sequence[int], Sequence[int]],
    gains: Optional[Sequence[float]],
    least: Sequence[float],
    most: Sequence[float],
) -> RelationArray:
    """At each node of a network: least <= what arrives less what leaves <= most.

    Arc k runs from node ends[0][k] to ends[1][k] and carries the variable of index first + k; gains[k] of a unit that
    leaves arrives, or 1 where there are no gains.
    """
    count, nodes = len(least), np.empty((len(ends[0]), 2), np.int64)
    nodes[:, 0], nodes[:, 1] = ends
    values = np.empty(nodes.shape)
    values[:, 0] = -1.0
    values[:, 1] = 1.0 if gains is None else gains
    order = np.argsort(nodes.ravel(), kind="stable")  # so that the columns of a node rise
    starts = np.zeros(count + 1, np.int64)
    np.bincount(nodes.ravel(), minlength=count).cumsum(out=starts[1:])
    columns = (first + (order >> 1)).astype(np.int32)
    array = ExpressionArray(program, (count,), starts, columns, values.ravel()[order])
    return RelationArray(None, array, np.array(least, float), np.array(most, float))

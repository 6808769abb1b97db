"""Copies the numbers of a form into a GLPK problem in bulk: with the accelerator, numpy, or `map`."""

from __future__ import annotations

import struct
import sys
from array import array
from collections import deque
from collections.abc import Iterable
from itertools import islice, repeat
from math import inf
from operator import ge, mul, sub
from typing import Any

from pplp.engines.glpk.library import address_of, calls, entry_of, glpk
from pplp.form.matrix_form import MatrixForm
from pplp.form.verification import are_crossed
from pplp.ground.acceleration import loops
from pplp.ground.loading import loaded_numpy

__all__ = ["coordinates", "one_based", "set_bounds", "set_costs"]

_IS_PYPY = sys.implementation.name == "pypy"


def set_bounds(problem: Any, setter: str, lower: array[float], upper: array[float]) -> set[int]:
    """Set the bounds of all rows or columns; returns the indices where they cross.  GLPK gets these as free."""
    if loops is None:
        types, crossed = _bound_types(lower, upper)
        _exhaust(map(getattr(calls, setter), repeat(problem), range(1, len(lower) + 1), types, lower, upper))
        return crossed
    above = loops.set_bounds(entry_of(setter), address_of(problem), lower, upper)
    crossed = {i for i in above if are_crossed(lower[i], upper[i])}
    for i in crossed:
        getattr(calls, setter)(problem, i + 1, glpk.GLP_FR, 0.0, 0.0)
    return crossed


def set_costs(problem: Any, costs: array[float]) -> None:
    """Set the costs of all columns."""
    if loops is not None:
        loops.set_costs(entry_of("glp_set_obj_coef"), address_of(problem), costs)
    elif any(costs):
        _exhaust(map(calls.glp_set_obj_coef, repeat(problem), range(1, len(costs) + 1), costs))


def one_based(items: array[Any]) -> int:
    """The address to pass to GLPK for an array: GLPK counts from 1, so it is that of the item before the first.

    The caller must keep a reference to the array until the call has returned.
    """
    return items.buffer_info()[0] - items.itemsize


def coordinates(form: MatrixForm) -> tuple[array[int], array[int]]:
    """The row and the column of each coefficient, numbered from 1."""
    if loops is None:
        return _row_numbers(form), _one_more(form.indices)
    rows = array("i", [0]) * len(form.indices)
    columns = rows[:]
    loops.coordinates(form.starts, form.indices, rows, columns)
    return rows, columns


def _row_numbers(form: MatrixForm) -> array[int]:
    """The row of each coefficient, numbered from 1."""
    numbers = array("i", range(1, form.rows + 1))
    numpy = loaded_numpy()
    if numpy is not None:
        lengths = numpy.diff(numpy.frombuffer(form.starts, numpy.int64))
        return array("i", numpy.repeat(numpy.frombuffer(numbers, numpy.intc), lengths).tobytes())
    each = struct.unpack(f"{numbers.itemsize}s" * form.rows, numbers.tobytes())
    lengths = map(sub, islice(form.starts, 1, None), form.starts)
    return array("i", b"".join(map(mul, each, lengths)))


def _one_more(indices: array[int]) -> array[int]:
    """Each index plus 1.

    Without numpy, the array is read as one long integer, and an integer with a 1 in each item's place is added to it.
    No item overflows into the next, and no Python object is made for an index.  In CPython this takes a third of the
    time of a loop; in PyPy the loop is fast.
    """
    if _IS_PYPY:
        return array("i", [index + 1 for index in indices])
    numpy = loaded_numpy()
    if numpy is not None:
        return array("i", (numpy.frombuffer(indices, numpy.intc) + numpy.intc(1)).tobytes())
    ones = array("i", [1]) * len(indices)
    total = int.from_bytes(indices.tobytes(), sys.byteorder) + int.from_bytes(ones.tobytes(), sys.byteorder)
    return array("i", total.to_bytes(len(indices) * indices.itemsize, sys.byteorder))


def _exhaust(calls_to_make: Iterable[Any]) -> None:
    """Consume a `map`, so that its calls are made."""
    if _IS_PYPY:
        for _ in calls_to_make:
            pass
    else:
        deque(calls_to_make, maxlen=0)


def _bound_type(lower: float, upper: float) -> int:
    """GLPK's type code for a pair of bounds, by which of them are finite."""
    if lower >= upper:  # fixed: GLPK then ignores the upper bound
        return int(glpk.GLP_FX)
    # GLP_FR, GLP_LO, GLP_UP, GLP_DB are 1, 2, 3, 4.
    return 1 + (lower != -inf) + 2 * (upper != inf)


def _bound_types(lower: array[float], upper: array[float]) -> tuple[Iterable[int], set[int]]:
    """GLPK's type code for each pair of bounds, and the indices where they cross; these get the code for free."""
    numpy = loaded_numpy()
    if numpy is not None:
        low, high = numpy.frombuffer(lower), numpy.frombuffer(upper)
        codes = 1 + (low != -inf) + 2 * (high != inf)
        codes[low >= high] = glpk.GLP_FX  # GLPK then ignores the upper bound
        crossed = {i for i in numpy.flatnonzero(low > high).tolist() if are_crossed(lower[i], upper[i])}
        codes[sorted(crossed)] = glpk.GLP_FR
        return codes.tolist(), crossed
    if -inf not in lower and inf not in upper and not any(map(ge, lower, upper)):
        return repeat(glpk.GLP_DB), set()
    if lower == upper:
        return repeat(glpk.GLP_FX), set()
    types = list(map(_bound_type, lower, upper))
    crossed = {i for i, (low, high) in enumerate(zip(lower, upper)) if are_crossed(low, high)}
    return [glpk.GLP_FR if i in crossed else t for i, t in enumerate(types)] if crossed else types, crossed

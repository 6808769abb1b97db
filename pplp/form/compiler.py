"""Compiles a program's columns, rows, and objective into a `MatrixForm`, or into the `Edits` since the last one.

Removed variables and constraints keep their index in the program, but have no position in the matrix.  `Places` maps
indices to positions, for compiling here, and for reading values in a solution.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Optional, Union

from pplp.core.bounds import check_sides
from pplp.core.entries import Kept, living
from pplp.core.objective import objective_of
from pplp.core.owner import bound_rows_of, columns_of, crossed_of, rows_of
from pplp.core.rows import packed
from pplp.core.scalars import integral
from pplp.core.turns import reads
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.ground.pickles import Pickled

if TYPE_CHECKING:
    from pplp.core.columns import Columns
    from pplp.core.journal import Journal
    from pplp.core.model import Model
    from pplp.core.owner import Owner

__all__ = ["Places", "column_places", "compile_edits", "compile_form", "row_places"]


class Places(Pickled):
    """Index in the program -> position in the matrix, for the columns or for the rows."""

    __slots__ = ("_places", "count")

    def __init__(self, entries: Union[Sequence[Any], Kept[Any]], removed: Set[int]) -> None:
        self.count = len(entries) - len(removed)
        self._places: Optional[dict[int, int]] = None
        if removed:
            self._places = {index: place for place, index in enumerate(living(entries, removed))}

    def __getitem__(self, index: int) -> int:
        return index if self._places is None else self._places[index]

    def __contains__(self, index: int) -> bool:
        return 0 <= index < self.count if self._places is None else index in self._places

    @property
    def identity(self) -> bool:
        """True if every position equals the index."""
        return self._places is None

    def indices(self) -> list[int]:
        """The indices in the order of their positions."""
        return list(range(self.count)) if self._places is None else list(self._places)


def column_places(program: Owner) -> Places:
    """The position of each living variable in the matrix."""
    return Places(columns_of(program).lower, columns_of(program).removed)


def row_places(program: Owner) -> Places:
    """The position of each living row in the matrix."""
    return Places(rows_of(program).lower, rows_of(program).removed)


@reads
def compile_form(program: Model, maximize: bool) -> MatrixForm:
    """The whole program as arrays, which later edits of the program do not change."""
    if crossed_of(program):
        check_sides(program)
    columns, rows, bound_rows = columns_of(program), rows_of(program), bound_rows_of(program)
    all_indices, all_values = rows.share()  # must come first: it removes what an interrupted call left behind
    at_column, at_row = column_places(program), row_places(program)
    cost, lower, upper = (
        _doubles(entries, at_column) for entries in (objective_of(program).costs(program), columns.lower, columns.upper)
    )
    divided: dict[int, tuple[tuple[float, float, float], ...]] = {}
    for column in bound_rows.of_column:
        if column in at_column:
            j = at_column[column]
            rows_of_it = bound_rows.divided(column, lower[j], upper[j])
            if rows_of_it and not columns.is_integer(column):  # the bounds of integers are rounded to integers below
                divided[j] = rows_of_it
            lower[j], upper[j] = bound_rows.tightened(column, lower[j], upper[j])
    integer = _flags(columns, at_column)
    if 1 in integer:
        for j, is_integer in enumerate(integer):
            if is_integer:
                lower[j], upper[j] = integral(lower[j], upper[j])
    row_lower, row_upper = _doubles(rows.lower, at_row), _doubles(rows.upper, at_row)
    if rows.untouched() and at_column.identity:
        starts, indices, values = packed("q", rows.starts), all_indices, all_values
    else:
        indices, values, lengths = array("i"), array("d"), []
        for i in at_row.indices():
            terms, coefficients = placed_terms(program, at_column, i)
            indices.extend(terms)
            values.extend(coefficients)
            lengths.append(len(terms))
        starts = array("q", accumulate(lengths, initial=0))
    return MatrixForm(
        maximize,
        objective_of(program).offset,
        cost,
        lower,
        upper,
        integer,
        row_lower,
        row_upper,
        starts,
        indices,
        values,
        _names(columns.names, at_column),
        _names(rows.names, at_row),
        divided,
    )


def _names(names: dict[int, str], places: Places) -> dict[int, str]:
    """The names by position."""
    return dict(names) if places.identity else {places[k]: name for k, name in names.items() if k in places}


def _flags(columns: Columns, places: Places) -> bytes:
    """1 for each integer column, by position."""
    if places.identity and not isinstance(columns.integer, Kept):
        return bytes(columns.integer) + bytes(places.count - len(columns.integer))
    return bytes(map(columns.is_integer, places.indices()))


def _doubles(entries: Any, places: Places) -> array[float]:
    """Numbers by index as an array by position; fast if all are the same, as bounds often are."""
    if places.identity and isinstance(entries, array):
        return entries[:]
    numbers = entries if places.identity else [entries[k] for k in places.indices()]
    if numbers and numbers.count(numbers[0]) == len(numbers):
        return array("d", numbers[:1]) * len(numbers)
    return packed("d", numbers)


def placed_terms(program: Model, at_column: Places, row: int) -> tuple[list[int], list[float]]:
    """The terms of a row, by position in the matrix, without those of removed variables."""
    indices, values = rows_of(program).terms(row)
    if at_column.identity:
        return indices, values
    kept = [(at_column[j], a) for j, a in zip(indices, values) if j in at_column]
    return [j for j, _ in kept], [a for _, a in kept]


@reads
def compile_edits(program: Model, journal: Journal, before: tuple[Places, Places], maximize: bool) -> Edits:
    """The changes since `journal` was opened; `before` are the (column, row) positions at that time."""
    if crossed_of(program):
        check_sides(program)
    columns, rows, objective = columns_of(program), rows_of(program), objective_of(program)
    removed_rows: Sequence[int] = ()
    removed_columns: Sequence[int] = ()
    new_rows = new_columns = 0
    if journal.removed_rows or journal.removed_columns:
        removed_rows = sorted(before[1][i] for i in journal.removed_rows if i < journal.rows)
        removed_columns = sorted(before[0][j] for j in journal.removed_columns if j < journal.columns)
    at_column, at_row = before
    if len(columns.lower) != journal.columns or journal.removed_columns:
        at_column = column_places(program)
        new = [j for j in range(journal.columns, len(columns)) if j in at_column]
        new_columns = len(new)
        journal.bounds.update(new)
        journal.kinds.update(j for j in new if columns.is_integer(j))
    if len(rows.lower) != journal.rows or journal.removed_rows:
        at_row = row_places(program)
        added = [i for i in range(journal.rows, len(rows)) if i in at_row]
        new_rows = len(added)
        journal.row_bounds.update(added)
        journal.terms.update(added)
    # Each kind of edit is skipped if there is none of it: this function runs with every re-solve.
    column_bounds: dict[int, tuple[float, float]] = {}
    if journal.bounds:
        direct, of_column = at_column._places is None, bound_rows_of(program).of_column
        for j in [j for j in journal.bounds if j in at_column] if journal.removed_columns else journal.bounds:
            bounds = columns.lower[j], columns.upper[j]
            if j in of_column:
                bounds = bound_rows_of(program).tightened(j, *bounds)
            if columns.integer and columns.is_integer(j):
                bounds = integral(*bounds)
            column_bounds[j if direct else at_column[j]] = bounds
    integer: dict[int, bool] = {}
    if journal.kinds:
        integer = {at_column[j]: columns.is_integer(j) for j in sorted(journal.kinds) if j in at_column}
    row_bounds: dict[int, tuple[float, float]] = {}
    if journal.row_bounds:
        direct = at_row._places is None
        for i in [i for i in journal.row_bounds if i in at_row] if journal.removed_rows else journal.row_bounds:
            row_bounds[i if direct else at_row[i]] = rows.lower[i], rows.upper[i]
    terms: dict[int, tuple[list[int], list[float]]] = {}
    if journal.terms:
        kept = [i for i in sorted(journal.terms) if i in at_row]
        terms = {at_row[i]: placed_terms(program, at_column, i) for i in kept}
    costs: dict[int, float] = {}
    if objective.is_dirty:
        costs = objective.edits(program)
        if at_column._places is not None:
            costs = {at_column[j]: cost for j, cost in costs.items() if j in at_column}
    return Edits(
        removed_rows,
        removed_columns,
        new_columns,
        new_rows,
        column_bounds,
        integer,
        row_bounds,
        terms,
        costs,
        objective.offset,
        maximize,
    )

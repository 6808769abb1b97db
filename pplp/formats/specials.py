"""Special constraints in files: indicators, special ordered sets and semicontinuous variables.

When reading, a format passes them to its `Draft`: `Draft.conditions`, `Draft.ordered_sets`, `Draft.semicontinuous`.
When writing, `stated_form` splits a program into a `MatrixForm` and its `Specials`:

    rows       the last rows of the form are those of the indicators, in the order in which they were added;
               `Specials.conditions` gives for each the binary column and the value at which it must hold
    sets       `Specials.ordered_sets`: name, kind and members, the most important first
    ranges     the bounds of a semicontinuous column in the form are its range; `Specials.semicontinuous` has its
               name and the variable's other bounds

The rows and variables made for these constraints are not in that form.  A constraint is written as the rows made for
it if the user changed one of them, or uses one of its variables elsewhere.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import NamedTuple, Optional

from pplp.answers.solvable import Solvable
from pplp.core.constraints import Constraint
from pplp.core.owner import reformulations_of, rows_of
from pplp.core.special import Indicator, OrderedSet, SemicontinuousRange, Stated
from pplp.form.compiler import Places, column_places, row_places
from pplp.form.matrix_form import MatrixForm

__all__ = ["NO_SPECIALS", "Range", "Set", "Specials", "stated_form"]


class Set(NamedTuple):
    """A special ordered set, of columns of the form."""

    name: Optional[str]
    kind: int
    members: list[int]


class Range(NamedTuple):
    """The name of a semicontinuous constraint, and the other bounds of its variable."""

    name: Optional[str]
    lower: float
    upper: float


@dataclass(frozen=True)
class Specials:
    """The special constraints of a form."""

    #: row -> (column, value): the row must hold if the binary column has this value, 0 or 1
    conditions: dict[int, tuple[int, int]] = field(default_factory=dict)
    ordered_sets: list[Set] = field(default_factory=list)
    #: by column; its range is in the bounds of the form
    semicontinuous: dict[int, Range] = field(default_factory=dict)


#: For a program without any.
NO_SPECIALS = Specials()


def stated_form(program: Solvable, sense: str) -> tuple[MatrixForm, Specials]:
    """The program without what was made for its special constraints, and these constraints."""
    form = program.compile(sense)
    store = reformulations_of(program)
    if not store.stated:
        return form, NO_SPECIALS
    at_column, at_row = column_places(program), row_places(program)
    uses = Counter(form.indices)
    taken_columns: set[int] = set()
    taken_rows: set[int] = set()
    found: list[Stated] = []
    ranges: set[int] = set()  # columns that have one already
    for index, stated in store.stated.items():
        rows = [i for kind, i in store.constraints[index] if kind is Constraint]
        columns = store.variables[index]
        if not _is_whole(program, form, stated, rows, columns, at_column, uses):
            continue
        if isinstance(stated.special, SemicontinuousRange):
            column = at_column[stated.special.column]
            if column in ranges or not _has_room(form, column, stated.special):
                continue
            ranges.add(column)
        found.append(stated)
        taken_columns.update(at_column[j] for j in columns)
        taken_rows.update(at_row[i] for i in rows)
    return _put_in(
        _without(form, taken_columns, taken_rows), found, Places(form.column_lower, taken_columns), at_column
    )


def _is_whole(
    program: Solvable,
    form: MatrixForm,
    stated: Stated,
    rows: Sequence[int],
    columns: Sequence[int],
    at_column: Places,
    uses: Counter[int],
) -> bool:
    """True if everything made for the constraint is unchanged, and its variables are used nowhere else."""
    store = rows_of(program)
    if any(j not in at_column for j in (*columns, *_mentioned(stated))) or any(i in store.removed for i in rows):
        return False
    made = [row for row in stated.rows if len(row[0]) > 1]  # others are bounds, which stay
    if len(made) != len(rows):
        return False
    own: Counter[int] = Counter()
    for i, (indices, coefficients, lower, upper) in zip(rows, made):
        if (store.lower[i], store.upper[i]) != (lower, upper):
            return False
        if store.terms(i) != (list(indices), list(coefficients)):
            return False
        own.update(indices)
    for j, (lower, upper, integer) in zip(columns, stated.variables):
        place = at_column[j]
        bounds = form.column_lower[place], form.column_upper[place]
        if bounds != (lower, upper) or form.integer[place] != integer:
            return False
        if form.cost[place] or uses[place] != own[j]:
            return False
    return True


def _mentioned(stated: Stated) -> Sequence[int]:
    """The user's variables in it."""
    special = stated.special
    if isinstance(special, OrderedSet):
        return special.members
    if isinstance(special, Indicator):
        return (special.column, *special.indices)
    return (special.column,)


def _has_room(form: MatrixForm, column: int, special: SemicontinuousRange) -> bool:
    """True if the variable's own bounds allow 0, and its range.  A file has one pair of numbers for both."""
    lower, upper = form.column_lower[column], form.column_upper[column]
    return lower <= 0 <= upper and max(lower, special.lower) <= min(upper, special.upper)


def _without(form: MatrixForm, columns: set[int], rows: set[int]) -> MatrixForm:
    """The form without these rows and columns, which no other rows use."""
    at = Places(form.column_lower, columns)
    kept_columns = at.indices()
    kept_rows = [i for i in range(form.rows) if i not in rows]
    starts, indices, values = form.starts, array("i"), array("d")
    lengths = []
    for i in kept_rows:
        start, end = starts[i], starts[i + 1]
        indices.extend(form.indices[start:end] if at.identity else [at[j] for j in form.indices[start:end]])
        values.extend(form.values[start:end])
        lengths.append(end - start)
    return replace(
        form,
        cost=array("d", [form.cost[j] for j in kept_columns]),
        column_lower=array("d", [form.column_lower[j] for j in kept_columns]),
        column_upper=array("d", [form.column_upper[j] for j in kept_columns]),
        integer=bytes(form.integer[j] for j in kept_columns),
        row_lower=array("d", [form.row_lower[i] for i in kept_rows]),
        row_upper=array("d", [form.row_upper[i] for i in kept_rows]),
        starts=array("q", accumulate(lengths, initial=0)),
        indices=indices,
        values=values,
        column_names={at[j]: name for j, name in form.column_names.items() if j in at},
        row_names={k: form.row_names[i] for k, i in enumerate(kept_rows) if i in form.row_names},
        divided={},
    )


def _put_in(form: MatrixForm, found: Sequence[Stated], at: Places, at_column: Places) -> tuple[MatrixForm, Specials]:
    """Add the rows of the indicators to a form, and put the ranges in its bounds."""
    specials = Specials()
    names = {*form.row_names.values()}
    for stated in found:
        special, name = stated.special, None if stated.name in names else stated.name
        if isinstance(special, OrderedSet):
            members = [at[at_column[j]] for j in special.members]
            specials.ordered_sets.append(Set(name, special.kind, members))
        elif isinstance(special, SemicontinuousRange):
            j = at[at_column[special.column]]
            lower, upper = form.column_lower[j], form.column_upper[j]
            specials.semicontinuous[j] = Range(name, lower, upper)
            form.column_lower[j], form.column_upper[j] = max(lower, special.lower), min(upper, special.upper)
        else:
            row = form.rows
            specials.conditions[row] = at[at_column[special.column]], special.value
            form.indices.extend(at[at_column[j]] for j in special.indices)
            form.values.extend(special.coefficients)
            form.starts.append(len(form.indices))
            form.row_lower.append(special.lower)
            form.row_upper.append(special.upper)
            if name is not None:
                form.row_names[row] = name
    return form, specials

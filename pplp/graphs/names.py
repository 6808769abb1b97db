"""Names of the variables and constraints of a network, from its nodes and arcs, for messages, files and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable

from pplp.arrays.variable_arguments import label
from pplp.arrays.variables import VariableArray, indices_of
from pplp.core.constraints import Constraint
from pplp.core.handle import owner_of, place_of, store_of
from pplp.core.owner import Owner, columns_of, row_names_of
from pplp.core.rows import name_row
from pplp.core.turns import edits

__all__ = ["name_constraints", "name_variables"]

#: Only up to this many variables or constraints get names: more would cost time and memory, and nobody would read them.
_NAMED = 10_000


def name_variables(variables: VariableArray, what: str, keys: Callable[[], Iterable[tuple[Any, ...]]]) -> None:
    """Name them ``what[key]``; name none if there are too many, or if two names would be the same."""
    if len(variables) <= _NAMED:
        _name_them(owner_of(variables), variables, what, keys())


@edits
def _name_them(program: Owner, variables: VariableArray, what: str, keys: Iterable[Any]) -> None:
    columns = columns_of(program)
    for index, name in zip(indices_of(variables), _names(what, keys, columns.by_name)):
        columns.names[index] = name
        columns.by_name[name] = index


def name_constraints(at: Callable[[int], Constraint], what: str, keys: Sequence[Any]) -> None:
    """Name the constraints at 0, 1, ... ``what[key]``, as `name_variables` does."""
    if 0 < len(keys) <= _NAMED:
        program = owner_of(at(0))
        for place, name in enumerate(_names(what, keys, row_names_of(program))):
            constraint = at(place)
            name_row(store_of(constraint), place_of(constraint), name, row_names_of(program))


def _names(what: str, keys: Iterable[Any], taken: Mapping[str, int]) -> list[str]:
    names = [label(what, key) for key in keys]
    return names if len({*names}) == len(names) and taken.keys().isdisjoint(names) else []

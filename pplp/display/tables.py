"""Tables of a program, an array, a solution: the contents of their cells, in any notation.

A table longer than a screenful shows its head and its tail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from pplp.answers.listing import Listing
from pplp.core.bulk import Aligned, labels_of, unlabelled
from pplp.core.constraints import Constraint
from pplp.display.excerpt import Excerpt, excerpt
from pplp.display.notation import Notation, domains, name_of, sense_of

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.answers.solvable import Solvable

__all__ = [
    "Answer",
    "ByLabel",
    "answer",
    "by_label",
    "dual_rows",
    "element_rows",
    "grid",
    "grid_rows",
    "left_out_row",
    "program_rows",
    "value_rows",
]

# Any: the elements of an array are of its kind: variables, expressions, relations or constraints.


class ByLabel(NamedTuple):
    """Elements with labels, ready for a table: the names of the levels, and (labels of an element, the element)."""

    names: Sequence[str]
    elements: Excerpt


def by_label(array: Any) -> Optional[ByLabel]:
    """The head and the tail of a labeled array or a mapping of variables; None for other objects."""
    if isinstance(array, Mapping):
        return ByLabel([""], excerpt(list(array)).made(lambda key: ((_key(key),), array[key])))
    if not isinstance(array, Aligned):
        return None
    labels, elements = labels_of(array), unlabelled(array)
    levels = range(len(labels.names))

    def labelled(place: int) -> tuple[tuple[str, ...], Any]:
        return tuple(str(labels.at(place, [k])) for k in levels), _element(elements, place)

    names = ["" if name is None else str(name) for name in labels.names]
    return ByLabel(names, excerpt(range(len(labels))).made(labelled))


def _key(key: Any) -> str:
    """The label as it appears in the names of variables."""
    return ",".join(map(str, key)) if isinstance(key, tuple) else str(key)


def grid(array: Any) -> Optional[list[list[Any]]]:
    """An array by rows, None for elements left out; None if it is empty or has more than two dimensions."""
    shape = array.shape
    if not 1 <= len(shape) <= 2 or 0 in shape:
        return None
    width = shape[1] if len(shape) == 2 else 1
    down, right = excerpt(range(shape[0]), 8, 2), excerpt(range(width), 5, 1)
    rows: list[list[Any]] = []
    for part, those in enumerate((down.head, down.tail)):
        if part and down.missing:
            rows.append([None] * (len(right.head) + len(right.tail) + bool(right.missing)))
        for i in those:
            cells = [_element(array, i * width + j) for j in right.head]
            if right.missing:
                cells.append(None)
            rows.append([*cells, *(_element(array, i * width + j) for j in right.tail)])
    return rows


def _element(array: Any, place: int) -> Any:
    """An element by its index in row order, without making the others."""
    return array._alone(place)


class Answer(NamedTuple):
    """A solution, ready for a table: (name, value, reduced cost) and (name, dual)."""

    variables: Excerpt
    rows: Excerpt
    has_duals: bool


def answer(solution: Solution) -> Answer:
    """The head and the tail of a solution's values and duals; no dual rows if there are no duals."""
    listing = Listing(solution)
    variables, rows = excerpt(range(listing.variables)), excerpt(range(listing.rows))
    return Answer(variables.made(listing.variable), rows.made(listing.row), listing.has_duals)


# --------------------------------------------------------------------- rows of cells
def program_rows(program: Solvable, notation: Notation) -> list[tuple[str, str, str]]:
    """(what, name, formula) of objective, constraints and variables, abbreviated."""

    def constraint(one: Constraint) -> tuple[str, str, str]:
        name = name_of(one)
        return "", notation.label(name) if name else "", notation.formula(one)

    def left_out(missing: int) -> tuple[str, str, str]:
        return "", "", notation.formulas_left_out(missing)

    what = notation.maximize if sense_of(program).is_maximize else notation.minimize
    lines = [(what, "", notation.linear(program.objective))]
    lines += excerpt(program.constraints).lines(constraint, left_out)
    lines += excerpt(domains(program)).lines(lambda its: ("", "", notation.domain(its)), left_out)
    if len(lines) > 1:
        lines[1] = (notation.subject_to, *lines[1][1:])
    return lines


def element_rows(its: ByLabel, notation: Notation) -> list[list[str]]:
    """Labels and formula of each element."""
    return its.elements.lines(
        lambda one: [*map(notation.label, one[0]), notation.element(one[1])],
        lambda missing: left_out_row(missing, len(its.names) + 1, notation),
    )


def grid_rows(cells: Sequence[Sequence[Any]], notation: Notation) -> list[list[str]]:
    """The formulas of a grid, with dots for those left out."""
    rows = []
    for row in cells:
        dots = notation.below if all(cell is None for cell in row) else notation.dots
        rows.append([dots if cell is None else notation.element(cell) for cell in row])
    return rows


def value_rows(its: Answer, notation: Notation, with_costs: bool) -> list[list[str]]:
    """Name and value of each variable, and its reduced cost."""
    return its.variables.lines(
        lambda one: [
            notation.symbol(one[0]),
            notation.number(one[1]),
            *([_price(one[2], notation)] if with_costs else []),
        ],
        lambda missing: left_out_row(missing, 2 + with_costs, notation),
    )


def dual_rows(its: Answer, notation: Notation) -> list[list[str]]:
    """Name and dual of each constraint."""
    return its.rows.lines(
        lambda one: [notation.label(one[0]), _price(one[1], notation)],
        lambda missing: left_out_row(missing, 2, notation),
    )


def left_out_row(missing: int, width: int, notation: Notation) -> list[str]:
    """A row of this many cells that stands for rows left out."""
    return [notation.left_out(missing), *[""] * (width - 1)]


def _price(price: Optional[float], notation: Notation) -> str:
    return "" if price is None else notation.number(price)

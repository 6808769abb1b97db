"""A small program written by hand, which can be edited and reports its edits."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, Optional, Union

from pplp.form.matrix_form import Edits, MatrixForm

__all__ = ["Column", "Model", "Row", "between", "eq", "ge", "le", "maximize", "minimize"]


@dataclass
class Row:
    """lower <= sum of coefficient * column <= upper."""

    lower: float
    terms: dict[int, float]
    upper: float


@dataclass
class Column:
    """A variable."""

    cost: float = 0.0
    lower: float = 0.0
    upper: float = inf
    integer: bool = False


Coefficients = Union[Sequence[float], dict[int, float]]


def between(lower: float, coefficients: Coefficients, upper: float) -> Row:
    """A ranged row; zeros in a list are left out."""
    pairs = coefficients.items() if isinstance(coefficients, dict) else enumerate(coefficients)
    return Row(float(lower), {j: float(a) for j, a in pairs if a}, float(upper))


def le(coefficients: Coefficients, bound: float) -> Row:
    """A row with an upper bound."""
    return between(-inf, coefficients, bound)


def ge(coefficients: Coefficients, bound: float) -> Row:
    """A row with a lower bound."""
    return between(bound, coefficients, inf)


def eq(coefficients: Coefficients, value: float) -> Row:
    """An equation."""
    return between(value, coefficients, value)


@dataclass
class Model:
    """A program, and its edits since `edits` was last called."""

    maximize: bool = False
    offset: float = 0.0
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def form(self) -> MatrixForm:
        """The program in the form that an engine loads."""
        starts, indices, values = array("q", [0]), array("i"), array("d")
        for row in self.rows:
            indices.extend(row.terms)
            values.extend(row.terms.values())
            starts.append(len(indices))
        return MatrixForm(
            self.maximize,
            self.offset,
            array("d", [column.cost for column in self.columns]),
            array("d", [column.lower for column in self.columns]),
            array("d", [column.upper for column in self.columns]),
            bytes(column.integer for column in self.columns),
            array("d", [row.lower for row in self.rows]),
            array("d", [row.upper for row in self.rows]),
            starts,
            indices,
            values,
        )

    @classmethod
    def of(cls, form: MatrixForm) -> Model:
        """The program that a form describes."""
        columns = zip(form.cost, form.column_lower, form.column_upper, map(bool, form.integer))
        rows = zip(range(form.rows), form.row_lower, form.row_upper)
        return cls(
            form.maximize,
            form.offset,
            [Column(*each) for each in columns],
            [Row(lower, dict(zip(*form.row(i))), upper) for i, lower, upper in rows],
        )

    @property
    def is_mip(self) -> bool:
        """True if a column is integer."""
        return any(column.integer for column in self.columns)

    def copy(self) -> Model:
        """A copy that can be edited by itself."""
        return Model.of(self.form())

    # ---- edits: each changes the program, and returns the edits to send to an engine
    def _edits(self, **changed: Any) -> Edits:
        return Edits(offset=self.offset, maximize=self.maximize, **changed)

    def set_cost(self, j: int, cost: float) -> Edits:
        """Change the cost of a column."""
        self.columns[j].cost = cost
        return self._edits(costs={j: cost})

    def set_bounds(self, j: int, lower: float, upper: float) -> Edits:
        """Change the bounds of a column."""
        self.columns[j].lower, self.columns[j].upper = lower, upper
        return self._edits(column_bounds={j: (lower, upper)})

    def set_row_bounds(self, i: int, lower: float, upper: float) -> Edits:
        """Change the bounds of a row."""
        self.rows[i].lower, self.rows[i].upper = lower, upper
        return self._edits(row_bounds={i: (lower, upper)})

    def set_terms(self, i: int, terms: dict[int, float]) -> Edits:
        """Change the coefficients of a row."""
        self.rows[i].terms = terms
        return self._edits(row_terms={i: ([*terms], [*terms.values()])})

    def set_integer(self, j: int, integer: bool) -> Edits:
        """Make a column integer, or continuous."""
        self.columns[j].integer = integer
        return self._edits(integer={j: integer})

    def set_sense(self, maximize: bool) -> Edits:
        """Choose the sense."""
        self.maximize = maximize
        return self._edits()

    def set_offset(self, offset: float) -> Edits:
        """Change the constant of the objective."""
        self.offset = offset
        return self._edits()

    def add_row(self, row: Row) -> Edits:
        """Add a row at the end."""
        self.rows.append(row)
        i = len(self.rows) - 1
        return self._edits(
            new_rows=1, row_bounds={i: (row.lower, row.upper)}, row_terms={i: ([*row.terms], [*row.terms.values()])}
        )

    def add_column(self, column: Column, coefficients: Optional[dict[int, float]] = None) -> Edits:
        """Add a column at the end, with its coefficient in each row."""
        self.columns.append(column)
        j = len(self.columns) - 1
        for i, a in (coefficients or {}).items():
            self.rows[i].terms[j] = a
        return self._edits(
            new_columns=1,
            column_bounds={j: (column.lower, column.upper)},
            integer={j: True} if column.integer else {},
            row_terms={i: ([*self.rows[i].terms], [*self.rows[i].terms.values()]) for i in coefficients or {}},
            costs={j: column.cost},
        )

    def remove_rows(self, *places: int) -> Edits:
        """Remove rows."""
        self.rows = [row for i, row in enumerate(self.rows) if i not in places]
        return self._edits(removed_rows=sorted(places))

    def remove_columns(self, *places: int) -> Edits:
        """Remove columns."""
        left = [j for j in range(len(self.columns)) if j not in places]
        self.columns = [self.columns[j] for j in left]
        now = {j: k for k, j in enumerate(left)}
        for row in self.rows:
            row.terms = {now[j]: a for j, a in row.terms.items() if j in now}
        return self._edits(removed_columns=sorted(places))


Bounds = Union[float, Sequence[float]]


def _program(
    maximize: bool,
    cost: Sequence[float],
    rows: Iterable[Row],
    lower: Bounds,
    upper: Bounds,
    integer: Union[bool, Iterable[int]],
    offset: float,
) -> Model:
    n = len(cost)
    whole = range(n) if integer is True else () if integer is False else set(integer)
    low = lower if isinstance(lower, Sequence) else [lower] * n
    high = upper if isinstance(upper, Sequence) else [upper] * n
    columns = [Column(float(cost[j]), float(low[j]), float(high[j]), j in whole) for j in range(n)]
    return Model(maximize, float(offset), columns, list(rows))


def minimize(
    cost: Sequence[float],
    *rows: Row,
    lower: Bounds = 0.0,
    upper: Bounds = inf,
    integer: Union[bool, Iterable[int]] = False,
    offset: float = 0.0,
) -> Model:
    """A minimization; `integer` is True for all columns, or a list of their indices."""
    return _program(False, cost, rows, lower, upper, integer, offset)


def maximize(
    cost: Sequence[float],
    *rows: Row,
    lower: Bounds = 0.0,
    upper: Bounds = inf,
    integer: Union[bool, Iterable[int]] = False,
    offset: float = 0.0,
) -> Model:
    """A maximization, like `minimize`."""
    return _program(True, cost, rows, lower, upper, integer, offset)

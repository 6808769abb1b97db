"""The tools with which a compound constraint writes its rows: new variables, bounds of expressions, big-M.

A big-M is as small as interval arithmetic over the current bounds makes it, and it is valid as long as they are.

A big-M is at most `GREATEST_M`.  Solvers accept a binary within 1e-5 of an integer, and a row within 1e-7 of its
largest product: beyond 1e7 the first error amounts to more than 100 units of the row, the second to more than
one, and "switched off" no longer means anything.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Optional

from pplp.core.expressions import LinearExpression, Variable, merged, parts_of, sum_from, variable_at
from pplp.core.handle import index_of
from pplp.core.owner import bounds_at, columns_of, reformulations_of
from pplp.core.records import Reliance
from pplp.core.reformulation import Reformulation, record_at
from pplp.core.scalars import is_number
from pplp.core.special import Stated
from pplp.errors import InvalidValue

if TYPE_CHECKING:
    from pplp.core.model import Model

__all__ = ["GREATEST_M", "Builder"]

# Any: a plain expression is a number where no variable is left.

#: Beyond it a binary no longer switches a row; see above.
GREATEST_M = 1e7


class Builder:
    """The tools with which a compound constraint writes its rows.

    New variables are handles with indices that do not exist yet: nothing is added to the program before `commit`, so
    a constraint that is refused leaves nothing behind.
    """

    def __init__(self, program: Model, subject: Any, name: Optional[str], others: int = 0) -> None:
        self._program = program
        self._subject = subject
        self.name = name
        self._first = len(columns_of(program)) + others  # which other builders make and commit first
        self.made: list[tuple[str, float, float, bool]] = []
        self._rows: list[tuple[LinearExpression, float, float]] = []
        self._reliances: dict[int, Reliance] = {}

    # ---- what is made
    def variable(self, label: str, lower: float = -inf, upper: float = inf, *, integer: bool = False) -> Variable:
        """A new variable."""
        self.made.append((label, lower, upper, integer))
        return variable_at(self._program, self._first + len(self.made) - 1)

    def binary(self, label: str) -> Variable:
        """A new variable that is 0 or 1."""
        return self.variable(label, 0.0, 1.0, integer=True)

    def row(self, e: Any, lower: float, upper: float) -> None:
        """``lower <= e <= upper``; raises `InvalidValue` if that can never hold."""
        e = self.plain(e)
        if not is_number(e) and lower <= upper:
            self._rows.append((e, lower, upper))
        elif not (is_number(e) and lower <= e <= upper):
            raise InvalidValue(
                f"The constraint {self._subject} can never hold. Correct it, or a bound of its variables."
            )

    # ---- what is known of an expression
    @staticmethod
    def plain(e: Any) -> Any:
        """The expression with each variable once; a float if none is left."""
        if is_number(e):
            return e
        indices, coefficients, shift = parts_of(e)
        indices, coefficients = merged(indices, coefficients)
        return sum_from(e._program, indices, coefficients, shift) if indices else shift

    def _column(self, index: int) -> Reliance:
        """(lower bound, upper bound, integer) of a variable, possibly a new one."""
        if index >= self._first:
            return self.made[index - self._first][1:]
        return (*bounds_at(self._program, index), columns_of(self._program).is_integer(index))

    def _ends(self, e: Any, side: int) -> list[tuple[int, float, float, int]]:
        """The (variable, coefficient, its bound, side of it) that make up the lower (side 0) or upper (1) end of e."""
        ends = []
        for index, a in zip(*merged(*parts_of(e)[:2])):
            of_variable = side if a > 0 else 1 - side
            bounds = self._column(index)
            ends.append((index, a, (bounds[0], bounds[1])[of_variable], of_variable))
        return ends

    def _end(self, e: Any, side: int) -> float:
        return float(e) if is_number(e) else parts_of(e)[2] + sum(a * bound for _, a, bound, _ in self._ends(e, side))

    def low(self, e: Any) -> float:
        """The least value that the current bounds allow."""
        return self._end(e, 0)

    def high(self, e: Any) -> float:
        """The greatest value that the current bounds allow."""
        return self._end(e, 1)

    def rely_on_low(self, e: Any) -> float:
        """Like `low`, for a row that is valid only while the bounds stay as tight.

        Raises `InvalidValue`, naming variable and bound, if there is none.
        """
        return self._rely(e, 0)

    def rely_on_high(self, e: Any) -> float:
        """Like `high`, for a row that is valid only while the bounds stay as tight; raises as `rely_on_low`."""
        return self._rely(e, 1)

    def _rely(self, e: Any, side: int) -> float:
        end = self._end(e, side)
        if is_number(e):
            return end
        for index, _, bound, of_variable in self._ends(e, side):
            if not isfinite(bound):
                name, missing = columns_of(self._program).label(index), ("lower", "upper")[of_variable]
                raise InvalidValue(
                    f"{self._subject} takes binaries and a big-M, which is derived from bounds, but {name} has no "
                    f"{missing} bound. Set {name}.{missing[0]}b, as tight as you can."
                )
            self._remember(index, *(bound, inf) if of_variable == 0 else (-inf, bound), False)
        return end

    def _remember(self, index: int, lower: float, upper: float, integer: bool) -> None:
        if index < self._first:
            low, high, whole = self._reliances.get(index, (-inf, inf, False))
            self._reliances[index] = max(low, lower), min(high, upper), whole or integer

    def big_m(self, m: float, e: Any) -> float:
        """m, if a binary can switch a row by this much; raises `InvalidValue` beyond `GREATEST_M`."""
        if abs(m) <= GREATEST_M:
            return m
        widths = []
        for index, a in [] if is_number(e) else zip(*merged(*parts_of(e)[:2])):
            lower, upper, _ = self._column(index)
            widths.append((abs(a) * (upper - lower), index, lower, upper))
        _, index, lower, upper = max(widths, default=(0, 0, 0, 0))
        name = columns_of(self._program).label(index)
        wide = f" The widest variable is {name}, in [{lower:g}, {upper:g}]." if widths else ""
        raise InvalidValue(
            f"{self._subject} needs the big-M {abs(m):g}, beyond the {GREATEST_M:g} that a binary can switch reliably "
            f"within a solver's tolerances.{wide} Tighten its bounds, or change units."
        )

    def is_zero_or_one(self, e: Any) -> bool:
        """True if it is 0, 1, a binary variable b, or 1 - b."""
        e = self.plain(e)
        if is_number(e):
            return e in (0, 1)
        indices, coefficients, shift = parts_of(e)
        if len(indices) != 1 or (coefficients[0], shift) not in ((1, 0), (-1, 1)):
            return False
        lower, upper, integer = self._column(indices[0])
        if not (integer and lower >= 0 and upper <= 1):
            return False
        self._remember(indices[0], 0.0, 1.0, True)
        return True

    def rely_on_integers(self, e: LinearExpression, what: str) -> None:
        """Raise `InvalidValue` unless variables and coefficients are integers."""
        for index, a in zip(*merged(*parts_of(e)[:2])):
            name = columns_of(self._program).label(index)
            if not self._column(index)[2]:
                reason, remedy = f"{name} is continuous", "Write b >> (...) for each case, with a margin between them."
            elif a != int(a):
                reason, remedy = f"{name} has the coefficient {a!r}", "Scale it to integers."
            else:
                self._remember(index, -inf, inf, True)
                continue
            raise InvalidValue(f"{self._subject} also says {what}, which needs integers, but {reason}. {remedy}")

    # ---- the end
    def names(self) -> tuple[list[str], list[str]]:
        """The names of its variables and of its rows; none if it has no name."""
        name, made = self.name, [label for label, *_ in self.made]
        if name is None:
            return [], []
        labels = [
            f"{name}.{label}" + (f"[{made[:k].count(label)}]" if made.count(label) > 1 else "")
            for k, label in enumerate(made)
        ]
        count = len(self._rows)
        return labels, [f"{name}[{k}]" for k in range(count)] if count > 1 else [name] * count

    def commit(self, done: list[Any]) -> Reformulation:
        """Add all of it to the program, and to what is `done`."""
        program, title = self._program, str(self._subject)
        labels, titles = self.names()
        first = len(done)
        for k, (_, lower, upper, integer) in enumerate(self.made):
            make = program.IntVar if integer else program.Var
            done.append(make(labels[k] if labels else None, lb=lower, ub=upper))
        for k, (e, lower, upper) in enumerate(self._rows):
            done.append(program.add_constraint(e.between(lower, upper), titles[k] if titles else None))
        middle = first + len(self.made)
        variables = [index_of(x) for x in done[first:middle]]
        rows = [(type(row), index_of(row)) for row in done[middle:]]
        if self.name is not None:
            title = f"{self.name}: {title}"
        stated = self._stated()
        return record_at(program, reformulations_of(program).append(title, variables, rows, self._reliances, stated))

    def _stated(self) -> Optional[Stated]:
        """What the constraint says, and what was made for it, for formats with a section for it."""
        special = self._subject._special()
        if special is None:
            return None
        rows = []
        for e, lower, upper in self._rows:
            indices, coefficients, shift = parts_of(e)
            rows.append((tuple(indices), tuple(coefficients), lower - shift, upper - shift))
        return Stated(special, self.name, tuple(rows), tuple(made[1:] for made in self.made))

"""Callbacks inside branch and cut, and the start of a search.

Engines work with columns of the matrix, callbacks with variables of the program; this module translates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from math import fsum
from typing import TYPE_CHECKING, Any, Optional, Protocol, Union, overload

from pplp.answers.solution import Solution, frame_of
from pplp.core.constraints import read_relation, same_program
from pplp.core.expressions import LinearExpression, Variable, merged, parts_of, variable_at
from pplp.core.keys import assigned
from pplp.core.owner import check_living, columns_of, index_in, turns_of
from pplp.core.scalars import is_number, less, of_each, real
from pplp.engines.contract import Options
from pplp.engines.dialogue import Event
from pplp.errors import CallbackError, ExpressionError, InvalidValue, NoSolution, OptionError, RemovedObject
from pplp.form.compiler import Places, column_places
from pplp.form.outcome import relative_gap
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable
    from pplp.core.relations import Relation
    from pplp.program import LinearProgram

__all__ = ["SearchContext", "placed"]

# Any: the value of a collection is a collection of values.


class Moment(Protocol):
    """A moment of an engine's search, in terms of positions in the matrix."""

    event: Event
    point: Sequence[float]
    stopping: bool
    bound: Optional[float]
    nodes: int

    @property
    def seconds(self) -> float: ...
    @property
    def objective(self) -> float: ...
    @property
    def incumbent(self) -> Optional[float]: ...
    def add(self, indices: Sequence[int], values: Sequence[float], lower: float, upper: float, lazy: bool) -> bool: ...
    def submit(self, values: Sequence[Optional[float]]) -> Optional[str]: ...
    def fractional(self) -> list[int]: ...
    def branch(self, place: int, direction: str) -> None: ...


class SearchContext:
    """The argument of a `callback`: one moment of branch and cut, in the program's own variables.

        lp.maximize(callback=f)      calls f(ctx) repeatedly; `ctx.event` says why:

        "relaxation"   The linear program of a node is solved, and its point is not integer.
                       Allowed: add_lazy, add_cut and submit.
        "candidate"    An integer point, from a node, submit or `start`, is about to become the incumbent.
                       Allowed: add_lazy and submit.  A lazy constraint that the point violates rejects it.
        "incumbent"    There is a new best point.
        "branch"       A node is about to be divided in two.  Allowed: branch_on.

    Lazy constraints belong to the problem, but are too many to write down: f checks each point for one that it
    violates.  f must check every "candidate"; what it adds applies to the whole tree, but not to later solves.

    f runs in the thread that calls GLPK, while the thread that called `solve` waits: it may use the program's
    variables freely, and may solve other programs, including copies of this one; a solve in a
    third thread, however, waits until this one ends.  An error in f stops the search, and `solve` raises it.
    GLPK's own rounding heuristic is off, because its points would become incumbents without a callback.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.IntVar("x", lb=0, ub=4), lp.IntVar("y", lb=0, ub=4)
    >>> lp.objective = x + 2*y
    >>> def f(ctx):
    ...     if ctx.event == "candidate" and ctx.value(x + y) > 5:
    ...         ctx.add_lazy(x + y <= 5)
    >>> lp.maximize(callback=f), x.value, y.value, lp.solution.lazy_constraints
    (9.0, 1, 4, (x + y <= 5,))
    """

    __slots__ = ("_lazy", "_moment", "_places", "_program")

    def __init__(self, program: Solvable, places: Places, moment: Moment, lazy: list[Relation]) -> None:
        self._program, self._places, self._lazy = program, places, lazy
        self._moment: Optional[Moment] = moment

    def __repr__(self) -> str:
        return f"<SearchContext: {self.event if self._moment is not None else 'over'}>"

    def _now(self) -> Moment:
        if self._moment is None:
            raise CallbackError("The SearchContext is over: it can be used only until the callback returns.")
        return self._moment

    def _at(self, what: str, *events: Event) -> Moment:
        moment = self._now()
        if moment.event not in events:
            raise CallbackError(
                f"{what} is not allowed at the event {moment.event!r}, only at {' and '.join(map(repr, events))}. "
                "Check ctx.event first."
            )
        return moment

    # ---- reading
    @property
    def event(self) -> Event:
        """Why the callback is called: "relaxation", "candidate", "incumbent" or "branch"."""
        return self._now().event

    @property
    def program(self) -> LinearProgram:
        """The program that is being solved."""
        return self._program  # type: ignore[return-value]

    @overload
    def value(self, expression: Union[LinearExpression, float]) -> float: ...
    @overload
    def value(self, expression: Any) -> Any: ...
    def value(self, expression: Any) -> Any:
        """The value of a variable, expression or number at the point of this event.

        It returns a dictionary by key for keyed variables or a dictionary, and a list for a list.

        The value of an integer variable is an int at "candidate" and "incumbent", and a float at a relaxation.  Raises
        `ExpressionError`, `ForeignObject` or `RemovedObject`, the last also for variables made during the search.
        """
        moment = self._now()
        if is_number(expression):
            return real(expression, "value")
        if isinstance(expression, (list, tuple, Mapping)):
            return of_each(self.value, expression)
        if not isinstance(expression, LinearExpression):
            raise ExpressionError(f"{quoted(expression)} has no value in a program. Pass an expression.")
        same_program(self._program, expression)
        indices, coefficients, shift = parts_of(expression)
        point, places = moment.point, self._placed(indices)
        if isinstance(expression, Variable):
            value = point[places[0]] + 0.0
            whole = moment.event in ("candidate", "incumbent") and columns_of(self._program).is_integer(indices[0])
            return round(value) if whole else value
        return fsum([shift, *(a * point[place] for a, place in zip(coefficients, places))])

    @property
    def objective(self) -> float:
        """The objective at the point of this event."""
        return self._now().objective

    @property
    def incumbent(self) -> Optional[float]:
        """The objective of the best point so far; None before the first."""
        return self._now().incumbent

    @property
    def bound(self) -> Optional[float]:
        """The bound on the objective over all open nodes; None as long as nothing is proved."""
        return self._now().bound

    @property
    def gap(self) -> Optional[float]:
        """The relative gap |incumbent - bound| / max(1e-10, |incumbent|); None without either."""
        return relative_gap(self.incumbent, self.bound)

    @property
    def nodes(self) -> int:
        """The number of nodes of the tree so far."""
        return self._now().nodes

    @property
    def seconds(self) -> float:
        """Wall-clock time since the solve began, in seconds."""
        return self._now().seconds

    # ---- acting
    def add_lazy(self, relation: Any) -> None:
        """Add a constraint of the problem that was left out; at "relaxation" and "candidate".

        Every point must satisfy it from now on, in the whole tree; a point that violates it never becomes the
        incumbent.  Takes and raises what `LinearProgram.add_constraint` does.
        """
        moment = self._at("add_lazy()", "relaxation", "candidate")
        if self._add(moment, relation, lazy=True):
            self._lazy.append(relation)

    def add_cut(self, relation: Any) -> None:
        """Add a cut: a constraint that every point of the problem satisfies anyway; at "relaxation".

        It helps if it cuts off the relaxation's point.  It must not cut off any integer point: this is not
        checked, and points that it cuts off are not found.  Takes and raises what `add_constraint` does.
        """
        self._add(self._at("add_cut()", "relaxation"), relation, lazy=False)

    def _add(self, moment: Moment, relation: Any, lazy: bool) -> bool:
        """Pass the relation to the search; returns whether it was new."""
        program = self._program
        expression, lower, upper = read_relation(program, relation)
        indices, coefficients, shift = parts_of(expression)
        check_living(program, indices)
        indices, coefficients = merged(indices, coefficients)
        if indices:
            return moment.add(self._placed(indices), coefficients, less(lower, shift), less(upper, shift), lazy)
        if not less(lower, shift) <= 0 <= less(upper, shift):
            raise InvalidValue(f"The constraint {relation} has no variables left and can never hold.")
        return False

    def submit(self, start: Any) -> Optional[str]:
        """Offer a point that was found in another way; at "relaxation" and "candidate".

        Pass a `Solution` or a mapping of variables to values, not necessarily of all: the integers given are fixed, and
        the rest is the optimum of the remaining linear program.  Returns None if all constraints hold; then the point
        soon becomes a "candidate" of its own, if it is better than the incumbent.  Returns the reason, as text, if they
        do not; such a point is ignored.  Raises what `start` raises.
        """
        moment = self._at("submit()", "relaxation", "candidate")
        return moment.submit(_values(self._program, self._places, start, "submit()"))

    @property
    def fractional(self) -> list[Variable]:
        """The variables that the node can be divided on: integer ones with a fractional value; at "branch"."""
        moment = self._at("fractional", "branch")
        indices = self._places.indices()
        return [variable_at(self._program, indices[place]) for place in moment.fractional()]

    def branch_on(self, variable: Variable, direction: str = "auto") -> None:
        """Divide this node into x <= floor(value) and x >= ceil(value); at "branch".

        `direction` says which half is explored first: "up", "down", or "auto".  Raises `InvalidValue` for
        a variable that is not in `fractional`, and for an unknown direction.
        """
        moment = self._at("branch_on()", "branch")
        if not isinstance(variable, Variable):
            raise ExpressionError(f"branch_on() takes a variable, not {quoted(variable)}.")
        place = self._placed([index_in(self._program, variable)])[0]
        if direction not in ("auto", "up", "down"):
            raise InvalidValue(f"The direction must be 'auto', 'up' or 'down', not {quoted(direction)}.")
        if place not in moment.fractional():
            raise InvalidValue(
                f"The node cannot be divided on {variable}, which is {moment.point[place]!r} here. "
                "Choose one of ctx.fractional."
            )
        moment.branch(place, direction)

    def stop(self) -> None:
        """End the search; the status is "interrupted", with the current incumbent and bound."""
        self._now().stopping = True

    def _placed(self, indices: Sequence[int]) -> list[int]:
        places = self._places
        return [places[index] for index in indices if index in places or self._missing(index)]

    def _missing(self, index: int) -> bool:
        check_living(self._program, [index])
        raise RemovedObject(
            f"{columns_of(self._program).label(index)} was added after the search began. Add it before the solve."
        )


def placed(program: Solvable, options: Options) -> tuple[Options, list[Relation]]:
    """The options for an engine, with `callback` and `start` in terms of positions in the matrix.

    Also a list, to which the callback's lazy constraints will be added.
    """
    places, lazy = column_places(program), list[Any]()
    callback = options.callback
    if callback is not None and not columns_of(program).any_integer:
        raise OptionError(
            "The callback would never be called: the program has no integer variables, so it is solved without "
            "branch and cut. Add the constraints, and solve again in a loop."
        )

    def ask(moment: Moment) -> None:
        assert callback is not None
        context = SearchContext(program, places, moment, lazy)
        try:
            turns_of(program).as_guest(callback, context)
        finally:
            context._moment = None

    start = options.start
    if start is not None:
        start = _values(program, places, start, "start")
    return dataclasses.replace(options, callback=None if callback is None else ask, start=start), lazy


def _values(program: Solvable, places: Places, start: Any, what: str) -> list[Optional[float]]:
    """The values of a solution or a mapping, by position in the matrix; None for a column without a value."""
    values: list[Optional[float]] = [None] * places.count
    if isinstance(start, Solution):
        if frame_of(start).key != id(program):
            raise OptionError(f"{what} is a solution of another program. Give a mapping of variables to values.")
        if not start.has_solution:
            raise NoSolution(f"{what} is a solution without a point ({start.status}). Pass one that has a point.")
        for index in places.indices():
            if index in frame_of(start).at_column:
                values[places[index]] = start.values_at([index])[0]
        return values
    if not isinstance(start, Mapping):
        raise OptionError(f"{what} must be a Solution or a mapping of variables to values, not {quoted(start)}.")
    for variable, value in assigned(start, what):
        if not isinstance(variable, Variable):
            raise OptionError(f"{what} must have variables as its keys, not {quoted(variable)}.")
        number = real(value, "value", variable)
        if number - number != 0:
            raise InvalidValue(f"{what} has the value {number} for {variable}: it must be a finite number.")
        index = index_in(program, variable)
        if index in places:
            values[places[index]] = number
    return values

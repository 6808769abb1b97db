"""Proofs that there is no optimum, in the user's names: a Farkas certificate of infeasibility, or an unbounded ray."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING, Optional, Union

from pplp.core.bounds import Side
from pplp.core.constraints import BoundConstraint, Constraint, constraint_at
from pplp.core.expressions import Variable, variable_at
from pplp.core.handle import index_of
from pplp.core.owner import bound_rows_of, columns_of
from pplp.core.scalars import shown
from pplp.engines.proofs import Contradiction, Multipliers, bounds_of, contradiction, direction, direction_error
from pplp.errors import ForeignObject, NoCertificate, NotSolved, NumericalTrouble
from pplp.form.compiler import column_places, row_places
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.ground.quoting import quoted
from pplp.ground.words import screenful

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["FarkasCertificate", "Premise", "UnboundedRay"]

Handle = Union[Variable, Constraint]


def bound_as_written(program: Solvable, index: int, side: int) -> tuple[Handle, int, float]:
    """(source, side, bound) of the bound in force on a variable: the variable itself, or a constraint on it alone.

    A constraint comes with its own side and bound: for the lower bound that ``-x <= 3`` gives x, the side is upper and
    the bound 3.
    """
    store = bound_rows_of(program)
    own = (columns_of(program).lower, columns_of(program).upper)[side][index]
    _, row = store.tightest(index, bool(side), own)
    if row is None:
        return variable_at(program, index), side, float(own)
    its_side = side if store.factor[row] > 0 else 1 - side
    return constraint_at(program, BoundConstraint, row), its_side, (store.lower, store.upper)[its_side][row]


@dataclass(frozen=True)
class Premise:
    """One inequality of a `FarkasCertificate`: a bound of a constraint or variable, and its multiplier."""

    #: The constraint, or the variable that has the bound.
    of: Handle
    side: Side
    bound: float
    multiplier: float

    def __str__(self) -> str:
        body = self.of.name if isinstance(self.of, Variable) else repr(self.of.expression)
        name = f"{self.of.name}: " if isinstance(self.of, Constraint) else ""
        return f"{self.multiplier:g} * ({name}{body} {'>=' if self.side == 'lower' else '<='} {shown(self.bound)})"


class FarkasCertificate:
    """A proof that no point satisfies all constraints: the weighted sum of the inequalities says ``0 >= gap`` > 0.

    ``certificate[c]`` is the multiplier of a constraint, ``certificate[x]`` that of a variable's own bound: positive
    for the lower bound (``e >= b``), negative for the upper one (``e <= b``), 0 if it is not used.

    The certificate was checked against the program's data in rational arithmetic, and `verify` checks it again.  If all
    coefficients cancel exactly (`is_exact`), it rules out every point.  If they cancel only up to rounding, it rules
    out the points whose variables are all smaller than `radius` in absolute value; the radius is at least 1e9.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0)
    >>> need = lp.add_constraint(x + y >= 6, name="need")
    >>> most = lp.add_constraint(2*y - x <= 3, name="most")
    >>> lp.solve().status
    <Status.INFEASIBLE: 'infeasible'>
    >>> proof = lp.infeasibility_certificate()
    >>> print(proof)
    These cannot all hold:
      2 * (need: x + y >= 6)
      1 * (most: 2 y - x <= 3)
      3 * (x <= 2)
    Added up: 0 >= 3.
    >>> proof[need], proof[most], proof[x], proof[y], proof.is_exact
    (2.0, -1.0, -3.0, 0.0, True)
    """

    def __init__(self, program: Solvable, form: MatrixForm, found: Contradiction) -> None:
        self._program, self._form, self._found = program, form, found
        error = found.error(form)
        assert error is not None
        #: True if all coefficients cancel exactly.
        self.is_exact = error == 0
        #: No point whose variables are all smaller than this in absolute value satisfies the constraints.
        self.radius = float(1 / error) if error else inf
        #: The right-hand side of the weighted sum, ``0 >= gap``; it is positive.
        self.gap = float(found.aggregate(form)[1])
        #: The inequalities, rows first.
        self.premises = tuple(self._premises())

    @classmethod
    def of(cls, program: Solvable) -> FarkasCertificate:
        """Implements `LinearProgram.infeasibility_certificate`."""
        form = program.compile()
        found = contradiction(form)
        if found is None:
            is_infeasible, has_integers = program.status is Status.INFEASIBLE, any(form.integer)
            if is_infeasible and not has_integers:
                raise NumericalTrouble(
                    "The solver called the program infeasible, but there is a point that is feasible up to rounding. "
                    "Bring coefficients of very different size closer together."
                )
            raise NoCertificate(
                "The relaxation is feasible: the constraints do not contradict each other, only integrality makes it "
                "infeasible, which has no certificate of this kind. See explain()."
                if is_infeasible
                else f"The program {'without integrality ' * has_integers}is feasible: there is no contradiction."
            )
        return cls(program, form, found)

    def _premises(self) -> Iterator[Premise]:
        program, form = self._program, self._form
        constraints, variables = row_places(program).indices(), column_places(program).indices()
        for k in sorted({*self._found.lower, *self._found.upper}):
            for side, weights in enumerate((self._found.lower, self._found.upper)):
                if k not in weights:
                    continue
                bound, weight = bounds_of(form, k)[side], float(weights[k])
                if k < form.rows:
                    yield Premise(constraint_at(program, Constraint, constraints[k]), _SIDES[side], bound, weight)
                    continue
                of, its_side, limit = bound_as_written(program, variables[k - form.rows], side)
                if isinstance(of, Variable):
                    yield Premise(of, _SIDES[side], bound, weight)
                else:
                    yield Premise(
                        of, _SIDES[its_side], limit, weight / abs(bound_rows_of(program).factor[index_of(of)])
                    )

    def __getitem__(self, thing: Handle) -> float:
        if not isinstance(thing, (Variable, Constraint)) or thing._program is not self._program:
            raise ForeignObject(
                f"{quoted(thing)} does not belong to the program of this certificate. Use the program's own."
            )
        return (
            sum(
                (premise.multiplier if premise.side == "lower" else -premise.multiplier)
                for premise in self.premises
                if type(premise.of) is type(thing) and index_of(premise.of) == index_of(thing)
            )
            + 0.0
        )

    def verify(self) -> bool:
        """Check in rational arithmetic that the weighted sum of the inequalities is a contradiction."""
        return self._found.error(self._form) is not None

    def __str__(self) -> str:
        return "\n".join(["These cannot all hold:", *screenful(self.premises), f"Added up: 0 >= {shown(self.gap)}."])

    __repr__ = __str__


_SIDES: tuple[Side, Side] = ("lower", "upper")


class UnboundedRay(Mapping[Variable, float]):
    """A ray of the feasible region along which the objective improves: a mapping of variable -> nonzero step.

    If a point is feasible, so is ``point + t * ray`` for every t >= 0; each unit of t changes the
    objective by `slope`.  The ray was checked against the program's data in rational arithmetic, and `verify` checks it
    again.  If `is_exact` is False, the ray leaves rows slightly: `residual` says how much, and is at most 1e-9.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y, z = lp.Var("x", lb=0), lp.Var("y", lb=0), lp.Var("z", lb=0, ub=1)
    >>> c = lp.add_constraint(x - 2*y <= 3)
    >>> lp.objective = x - y + z
    >>> lp.solve("maximize").status
    <Status.UNBOUNDED: 'unbounded'>
    >>> ray = lp.unbounded_ray()
    >>> ray
    x + 2 t, y + 1 t: the objective changes by 1 t
    >>> dict(ray), ray.get(z, 0.0), ray.slope
    ({x: 2.0, y: 1.0}, 0.0, 1.0)
    """

    def __init__(self, program: Solvable, form: MatrixForm, steps: Multipliers) -> None:
        error = direction_error(form, steps)
        assert error is not None
        self._form, self._exact = form, steps
        variables = column_places(program).indices()
        self._steps = {variable_at(program, variables[j]): float(step) for j, step in sorted(steps.items())}
        #: The change in the objective per unit of t.
        self.slope = float(sum(Fraction(form.cost[j]) * step for j, step in steps.items()))
        #: True if the ray violates no row at all.
        self.is_exact = error == 0
        #: The largest violation of a row per unit of t, relative to its largest coefficient times the longest step.
        self.residual = float(error)

    @classmethod
    def of(cls, program: Solvable, sense: Optional[str]) -> UnboundedRay:
        """Implements `LinearProgram.unbounded_ray`."""
        is_known = program.status is Status.UNBOUNDED
        if sense is None:
            solution = program.solution
            if solution is None:
                raise NotSolved(
                    "The sense is unknown. Solve the program first, or call unbounded_ray('maximize') or ('minimize')."
                )
            sense = solution.sense
        is_known = is_known and program.solution is not None and program.solution.sense == sense
        form = program.compile(sense)
        steps = direction(form)
        if steps is None:
            raise NoCertificate(f"There is no direction in which the objective improves without limit ({sense}).")
        if not is_known:
            if contradiction(form) is not None:
                raise NoCertificate(
                    "The program is infeasible, so it is not unbounded. See infeasibility_certificate()."
                )
            if any(form.integer):
                raise NotSolved(f"It is unknown whether the program has an integer point. Call solve({sense!r}) first.")
        return cls(program, form, steps)

    def __getitem__(self, variable: Variable) -> float:
        return self._steps[variable]

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def verify(self) -> bool:
        """Check in rational arithmetic that the direction is feasible and improves the objective."""
        return direction_error(self._form, self._exact) is not None

    def __repr__(self) -> str:
        moves = screenful(self._steps.items(), write=_move, indent="")
        return f"{', '.join(moves)}: the objective changes by {self.slope:g} t"


def _move(step: tuple[Variable, float]) -> str:
    x, a = step
    return f"{x.name} {'-' if a < 0 else '+'} {abs(a):g} t"

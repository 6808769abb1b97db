"""Farkas certificates and unbounded rays: each is added up again here, from the handles alone."""

from __future__ import annotations

import pickle
import random
from fractions import Fraction
from math import inf

import pytest

from pplp import ForeignObject, LinearProgram, NoCertificate, NotSolved, Status, Variable
from pplp.core.expressions import variable_at
from pplp.engines.proofs import contradiction, direction, least_relaxation
from tests.support.random_programs import random_program


def check_proof(lp: LinearProgram) -> None:
    """The premises are the program's own bounds, and add up to 0 >= gap > 0."""
    proof = lp.infeasibility_certificate()
    left: dict[Variable, Fraction] = {}
    total = Fraction(0)
    for premise in proof.premises:
        assert premise.multiplier > 0
        thing, weight = premise.of, Fraction(premise.multiplier)
        assert premise.bound == (thing.lb if premise.side == "lower" else thing.ub)
        assert abs(premise.bound) < inf
        terms = {thing: 1.0} if isinstance(thing, Variable) else None
        if terms is None:
            indices, values, _ = thing.expression._parts()
            terms = {variable_at(lp, j): a for j, a in zip(indices, values)}
        sign = 1 if premise.side == "lower" else -1
        for x, a in terms.items():
            left[x] = left.get(x, Fraction(0)) + sign * weight * Fraction(a)
        total += sign * weight * Fraction(premise.bound)
    assert total > 0
    assert sum(map(abs, left.values())) <= 1e-9 * total
    assert proof.gap == pytest.approx(float(total), rel=1e-6)
    assert proof.verify()
    assert proof.radius >= 1e9 and (proof.radius == inf) == proof.is_exact


def check_ray(lp: LinearProgram, sense: str) -> None:
    """No bound or row is left, and the objective improves."""
    ray = lp.unbounded_ray()
    assert ray.verify()
    for x, step in ray.items():
        assert (x.ub if step > 0 else x.lb) == (inf if step > 0 else -inf)
    for c in lp.constraints:
        indices, values, _ = c.expression._parts()
        off = sum(Fraction(a) * Fraction(ray.get(variable_at(lp, j), 0.0)) for j, a in zip(indices, values))
        size = max(map(abs, values), default=0) * max(map(abs, ray.values()))
        assert c.ub == inf or off <= 1e-9 * size
        assert c.lb == -inf or off >= -1e-9 * size
    slope = sum(x.cost * step for x, step in ray.items())
    assert slope == pytest.approx(ray.slope)
    assert slope > 0 if sense == "maximize" else slope < 0


@pytest.mark.parametrize("whole", [True, False])
def test_random_programs(whole):
    """Whenever the solver says infeasible or unbounded there is a proof, and none otherwise."""
    r = random.Random(11 + whole)
    seen = {Status.OPTIMAL: 0, Status.INFEASIBLE: 0, Status.UNBOUNDED: 0}
    while min(seen.values()) < 25:
        lp = random_program(r, integers=False)
        if not whole:
            for c in lp.constraints:
                for x in lp.variables:
                    if c.coefficient(x):
                        c.set_coefficient(x, round(c.coefficient(x) + r.uniform(-0.3, 0.3), 2))
        sense = r.choice(["minimize", "maximize"])
        status = lp.solve(sense).status
        seen[status] += 1
        if status is Status.INFEASIBLE:
            check_proof(lp)
            with pytest.raises(NoCertificate):
                lp.unbounded_ray()
            continue
        with pytest.raises(NoCertificate, match="feasible"):
            lp.infeasibility_certificate()
        if status is Status.UNBOUNDED:
            check_ray(lp, sense)
            if whole:
                assert lp.unbounded_ray().is_exact
        else:
            with pytest.raises(NoCertificate):
                lp.unbounded_ray()


def test_small_coefficients_and_equations():
    """A system of equations whose proof has fractions: x + y/3 = 1, 3x + y = 3.5."""
    lp = LinearProgram()
    x, y = lp.Var(), lp.Var()
    lp.add_constraint(3e-4 * x + 1e-4 * y == 3e-4)
    lp.add_constraint(3e5 * x + 1e5 * y == 3.5e5)
    check_proof(lp)


def test_bounds_that_cross():
    """The two constraints that set them; for an integer, the bounds as they were rounded."""
    lp = LinearProgram()
    x = lp.Var("x", lb=0)
    low, high = lp.add_constraint(2 * x >= 10), lp.add_constraint(-x >= -3)
    proof = lp.infeasibility_certificate()
    assert (proof[low], proof[high], proof[x], proof.gap) == (0.5, 1.0, 0.0, 2.0)
    check_proof(lp)
    lp = LinearProgram()
    n = lp.IntVar("n", lb=0.2, ub=0.8)
    proof = lp.infeasibility_certificate()
    assert [(p.of, p.side, p.bound) for p in proof.premises] == [(n, "lower", 1.0), (n, "upper", 0.0)]


def test_only_what_matters_is_in_a_proof():
    """A hundred rows, two of which contradict each other."""
    lp = LinearProgram()
    xs = lp.Vars(50, lb=0, ub=10)
    for k in range(48):
        lp.add_constraint(xs[k] + xs[k + 1] + xs[k + 2] <= 20)
    a, b = lp.add_constraint(xs[3] - xs[7] >= 2), lp.add_constraint(xs[7] - xs[3] >= 1)
    proof = lp.infeasibility_certificate()
    assert {premise.of for premise in proof.premises} == {a, b}
    assert str(proof).endswith("Added up: 0 >= 3.")
    lp.remove(xs[0])
    check_proof(lp)


def test_rows_without_variables():
    """A row that lost its variables and cannot be 0."""
    lp = LinearProgram()
    x, y = lp.Var(), lp.Var()
    row = lp.add_constraint(x + y >= 4)
    lp.remove(x, y)
    proof = lp.infeasibility_certificate()
    assert (proof[row], proof.gap) == (1.0, 4.0)


def test_integer_programs():
    """Integrality alone has no certificate; an infeasible relaxation has."""
    lp = LinearProgram()
    a, b = lp.IntVar("a", lb=0, ub=9), lp.IntVar("b", lb=0, ub=9)
    odd = lp.add_constraint(2 * a + 2 * b == 7)
    assert lp.solve().status is Status.INFEASIBLE
    with pytest.raises(NoCertificate, match="relaxation is feasible"):
        lp.infeasibility_certificate()
    odd.ub = odd.lb = 40
    odd.lb = 40
    check_proof(lp)
    assert set(lp.infeasibility_certificate()[v] for v in (a, b)) == {-2.0}


def test_rays_of_integer_programs():
    """One is believed when the solver found an integer point."""
    lp = LinearProgram()
    a, b = lp.IntVar("a"), lp.IntVar("b")
    lp.add_constraint(2 * a - 2 * b == 4)
    lp.objective = a + b
    with pytest.raises(NotSolved, match="sense is unknown"):
        lp.unbounded_ray()
    with pytest.raises(NotSolved, match="integer point"):
        lp.unbounded_ray("maximize")
    assert lp.solve("maximize").status is Status.UNBOUNDED
    assert dict(lp.unbounded_ray()) == {a: 1.0, b: 1.0}
    with pytest.raises(NotSolved, match=r"solve\('minimize'\)"):
        lp.unbounded_ray("minimize")


def test_a_ray_without_a_solve_and_in_the_other_sense():
    """Only the sense is needed of a linear program."""
    lp = LinearProgram()
    x, y = lp.Var("x"), lp.Var("y", lb=0, ub=3)
    lp.add_constraint(x + y <= 5)
    lp.objective = 2 * x + y
    assert dict(lp.unbounded_ray("minimize")) == {x: -1.0}
    assert repr(lp.unbounded_ray("minimize")) == "x - 1 t: the objective changes by -2 t"
    assert y not in lp.unbounded_ray("minimize")
    with pytest.raises(NoCertificate, match="no direction"):
        lp.unbounded_ray("maximize")
    lp.add_constraint(x - y >= 7)
    lp.add_constraint(x + 2 * y <= 6)
    with pytest.raises(NoCertificate):
        lp.unbounded_ray("minimize")
    lp.objective = 0
    with pytest.raises(NoCertificate):
        lp.unbounded_ray("minimize")


def test_an_infeasible_program_with_a_ray_is_not_unbounded():
    """The direction alone proves nothing."""
    lp = LinearProgram()
    x, y, z = lp.Var(), lp.Var(lb=0), lp.Var(lb=0)
    lp.add_constraint(y + z <= -1)
    lp.objective = x
    with pytest.raises(NoCertificate, match="infeasible, so it is not unbounded"):
        lp.unbounded_ray("maximize")
    assert lp.solve("maximize").status is not Status.UNBOUNDED


def test_verify_does_not_believe_everything():
    """Wrong multipliers and wrong directions are no proof."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0), lp.Var(lb=0, ub=1)
    lp.add_constraint(x + y <= -1)
    proof = lp.infeasibility_certificate()
    assert proof.verify()
    right = dict(proof._found.upper)
    for wrong in ({0: Fraction(-1)}, {0: Fraction(1), 1: Fraction(1)}, {1: Fraction(1)}, {}):
        proof._found.upper.clear()
        proof._found.upper.update(wrong)
        assert not proof.verify(), wrong
    proof._found.upper.clear()
    proof._found.upper.update(right)
    assert proof.verify()
    proof._found.lower[1] += 1
    assert not proof.verify()
    with pytest.raises(ForeignObject):
        proof[LinearProgram().Var()]


def test_on_matrix_forms():
    """The least relaxation of x >= 3, x <= 1 as rows of two variables is 1; a bounded objective has no direction."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0), lp.Var(lb=0, ub=0)
    lp.add_constraint(x + y >= 3)
    lp.add_constraint(x - y <= 1)
    lp.objective = x
    form = lp.compile("maximize")
    relaxed, sides = least_relaxation(form)
    assert sides == [(0, 0), (1, 1)]
    assert relaxed.row(1)[1].tolist() == [1.0, -1.0, -1.0]
    found = contradiction(form)
    assert found is not None and found.error(form) == 0
    assert direction(form) is None


def test_pickle():
    """With the program that they speak of."""
    lp = LinearProgram()
    x = lp.Var("x", lb=0)
    y = lp.Var("y", lb=1)
    row = lp.add_constraint(x + y <= -1)
    proof, twin, own = pickle.loads(pickle.dumps((lp.infeasibility_certificate(), lp, row)))
    assert proof.verify() and proof[own] == -1.0 and own.program is twin
    lp.remove(row)
    lp.objective = x - y
    ray, z = pickle.loads(pickle.dumps((lp.unbounded_ray("maximize"), x)))
    assert ray.verify() and dict(ray) == {z: 1.0}

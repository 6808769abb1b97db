"""Random programs: the status and the objective are those of SciPy's HiGHS, or of a proof where the two differ."""

from __future__ import annotations

import itertools
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pplp import Infeasible, Status, Unbounded, dot
from tests.support.drawn_programs import by_enumeration, is_proved, plans, senses
from tests.support.random_programs import check_duals, check_point, highs

METHODS = ["auto", "auto", "primal", "dual", "primal-dual", "interior", "exact"]


def agree(one, other):
    """Are two (status, objective) the same?"""
    return one[0] == other[0] and (one[0] != "optimal" or isclose(one[1], other[1], rel_tol=1e-6, abs_tol=1e-6))


@given(plans(), senses, st.sampled_from(METHODS), st.sampled_from(["auto", True, False]))
def test_linear_programs(plan, sense, method, presolve):
    """By every method, with and without presolve; where HiGHS differs, a certificate decides."""
    pytest.importorskip("scipy")
    lp = plan.made()
    solution = lp.solve(sense, method=method, presolve=presolve)
    ours = str(solution.status), solution.objective if solution.has_solution else float("nan")
    if not agree(ours, highs(lp.compile(sense))):
        assert is_proved(plan, sense, *ours)
    if solution.status is Status.OPTIMAL:
        check_point(lp)
        check_duals(lp, sense)
        assert getattr(lp, sense)() == pytest.approx(ours[1], rel=1e-7, abs=1e-7)
    elif solution.status is Status.INFEASIBLE:
        with pytest.raises(Infeasible):
            getattr(lp, sense)()
        assert lp.infeasibility_certificate().verify()
    else:
        assert solution.status is Status.UNBOUNDED
        with pytest.raises(Unbounded):
            getattr(lp, sense)()
        assert lp.unbounded_ray(sense).verify()


@given(plans(integers=True, columns=5), senses, st.sampled_from(["auto", False, True, frozenset(["cover", "mir"])]))
def test_mixed_integer_programs(plan, sense, cuts):
    """With integers in small boxes; where HiGHS differs, every point of the box decides."""
    pytest.importorskip("scipy")
    lp = plan.made()
    solution = lp.solve(sense, cuts=cuts)
    ours = str(solution.status), solution.objective if solution.has_solution else float("nan")
    if ours[0] == "infeasible or unbounded":
        ours = "unbounded", ours[1]
        assert by_enumeration(plan, sense)[0] in ("infeasible", "unbounded")
    elif not agree(ours, highs(lp.compile(sense))):
        assert agree(ours, by_enumeration(plan, sense))
    if solution.status is Status.OPTIMAL:
        check_point(lp)


@given(plans(integers=True, continuous=False, columns=4), senses, st.integers(1, 6))
def test_integer_programs_and_their_best_solutions(plan, sense, count):
    """Of all points of the box the best, the second, ... are the pool."""
    lp = plan.made()
    solution = lp.solve(sense, pool=count)
    boxes = (range(lb, ub + 1) for lb, ub, _ in plan.columns)
    values = [float(plan.objective_at(point)) for point in itertools.product(*boxes) if plan.allows(point)]
    values.sort(reverse=sense == "maximize")
    if not values:
        assert solution.status is Status.INFEASIBLE
        return
    assert solution.status is Status.OPTIMAL
    found = solution.pool
    assert [one.objective for one in found] == pytest.approx(values[:count])
    points = {tuple(one[x] for x in lp.variables) for one in found}
    assert len(points) == len(found)
    assert all(plan.allows(point) for point in points)


@given(plans(columns=4, rows=4), st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), min_size=1, max_size=3))
def test_objectives_in_order(plan, goals):
    """Each is the optimum where those before it are held: one program after the other says the same."""
    lp, other = plan.made(), plan.made()

    def goal(program, factors):
        return dot(factors[: len(plan.columns)], program.variables)

    expected = []
    for factors in goals:
        other.objective = goal(other, factors)
        found = other.solve("maximize", method="exact")
        if found.status is not Status.OPTIMAL:
            with pytest.raises((Infeasible, Unbounded)):
                lp.maximize([goal(lp, factors) for factors in goals])
            return
        expected.append(found.objective)
        other.add_constraint(goal(other, factors) >= found.objective - 1e-9)
    assert lp.maximize([goal(lp, factors) for factors in goals]) == pytest.approx(tuple(expected), rel=1e-6, abs=1e-6)

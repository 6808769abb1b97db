"""A basis: read, set, saved, carried to another program, and never trusted blindly."""

from __future__ import annotations

import copy
import json
import pickle
import random

import pytest

from pplp import (
    Basis,
    ExpressionError,
    InvalidValue,
    LinearProgram,
    NoDuals,
    NotSolved,
    RemovedObject,
    StaleSolution,
    Status,
    dot,
)
from tests.support.random_programs import random_program


def sparse(seed: int, size: int = 60) -> LinearProgram:
    """A program of `size` rows and columns, the same but for its numbers whatever the seed."""
    r = random.Random(seed)
    places = random.Random(5)
    lp = LinearProgram()
    xs = [lp.Var(lb=0, ub=r.randrange(5, 21)) for _ in range(size)]
    for _ in range(size):
        lp.add_constraint(dot([r.randrange(1, 10) for _ in range(6)], places.sample(xs, 6)) <= r.randrange(20, 101))
    lp.objective = dot([r.randrange(1, 101) for _ in xs], xs)
    return lp


def test_statuses_by_hand():
    """One of each kind."""
    lp = LinearProgram()
    x, y, z = lp.Var(lb=0), lp.Var(lb=0, ub=1), lp.Var(lb=0)
    free, fixed = lp.Var(), lp.Var(lb=2, ub=2)
    a = lp.add_constraint(x + y + z <= 4)
    b = lp.add_constraint(x + fixed <= 90)
    bound = lp.add_constraint(z <= 7)
    lp.objective = 2 * x + 3 * y + z
    lp.maximize()
    basis = lp.basis
    assert [basis[v] for v in (x, y, z, free, fixed)] == ["basic", "upper", "lower", "free", "fixed"]
    assert (basis[a], basis[b]) == ("upper", "basic")
    assert (basis.variables, basis.rows) == ("BULFE", "UB")
    with pytest.raises(InvalidValue, match="Read the status of the variable"):
        basis[bound]
    with pytest.raises(ExpressionError):
        basis["x"]


@pytest.mark.parametrize("carry", ["itself", "pickle", "file", "deepcopy"])
def test_an_optimal_basis_takes_no_iteration(carry, tmp_path):
    """On a copy that has never been solved, however the basis got there."""
    lp = sparse(1)
    best = lp.solve("maximize")
    assert best.iterations > 30
    basis = lp.basis
    if carry == "file":
        basis.save(tmp_path / "plan.json")
        basis = Basis.load(tmp_path / "plan.json")
    elif carry != "itself":
        basis = copy.deepcopy(basis) if carry == "deepcopy" else pickle.loads(pickle.dumps(basis))
    assert basis == lp.basis and hash(basis) == hash(lp.basis)
    twin = lp.copy()
    twin.basis = basis
    assert twin.basis == basis
    solution = twin.solve("maximize")
    assert (solution.iterations, solution.status) == (0, Status.OPTIMAL)
    assert solution.objective == pytest.approx(best.objective, rel=1e-12)
    assert twin.basis == basis


def test_a_basis_of_another_program_of_the_same_shape():
    """Near the optimum of its like a solve is shorter than from nothing."""
    cold = warm = 0
    basis = None
    for seed in range(8):
        lp, twin = sparse(1), sparse(1)
        r = random.Random(seed)
        for x, y in zip(lp.variables, twin.variables):
            x.cost = y.cost = x.cost + r.randrange(0, 3)
        if basis is not None:
            twin.basis = basis
            found = twin.solve("maximize")
            warm += found.iterations
            assert "last basis" in found.method
        best = lp.solve("maximize")
        if basis is not None:
            cold += best.iterations
            assert found.objective == pytest.approx(best.objective, rel=1e-9)
        basis = lp.basis
    assert warm * 4 < cold


@pytest.mark.parametrize("sense", ["minimize", "maximize"])
def test_any_basis_leads_to_the_optimum(sense):
    """Bases drawn at random, singular ones among them, on random programs: the answer is that from nothing."""
    r = random.Random(8)
    singular = 0
    for _ in range(150):
        lp = random_program(r, integers=r.random() < 0.3)
        form = lp.compile()
        letters = ["B"] * form.rows + [r.choice("LUFE") for _ in range(form.columns)]
        r.shuffle(letters)
        drawn = Basis("".join(letters[form.rows :]), "".join(letters[: form.rows]))
        twin = lp.copy()
        twin.basis = drawn
        warm, cold = twin.solve(sense, node_limit=200), lp.solve(sense, node_limit=200)
        singular += "start basis" in warm.message
        if Status.NODE_LIMIT in (warm.status, cold.status):
            continue
        assert warm.status is cold.status
        if warm.has_solution:
            assert warm.objective == pytest.approx(cold.objective, rel=1e-7, abs=1e-7)
    assert singular


def test_a_singular_basis_is_passed_over_and_said():
    """In the log and in the message; the solve starts from scratch."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0), lp.Var(lb=0)
    lp.add_constraint(x + 2 * y <= 8)
    lp.add_constraint(2 * x + 4 * y <= 17)
    lp.objective = x + y
    lp.basis = Basis("BB", "UU")
    lines: list[str] = []
    solution = lp.solve("maximize", log=lines.append)
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 8.0)
    assert "singular" in solution.message and "starts from scratch" in solution.message
    assert solution.message in lines
    assert lp.solve("maximize").message == ""


def test_what_does_not_fit_is_refused_before_anything_happens():
    """Shape, count, kind; the program stays as it was."""
    lp = LinearProgram(name="plan")
    x, y = lp.Var(lb=0), lp.Var(lb=0)
    lp.add_constraint(x + y <= 8)
    lp.objective = x
    assert lp.maximize() == 8.0
    kept = lp.basis
    for wrong, said in (
        (Basis("LLL", "B"), "has 3 variables, but program 'plan' has 2"),
        (Basis("LL", "BB"), "has 2 rows"),
        (Basis("BL", "B"), "as there are rows, 1; this one has 2"),
        (Basis("LL", "U"), "this one has 0"),
        ("LL", "basis must be a Basis"),
    ):
        with pytest.raises(InvalidValue, match=said):
            lp.basis = wrong
    for letters in ("LQ", "bl"):
        with pytest.raises(InvalidValue, match="not the letter of a status"):
            Basis(letters, "B")
    with pytest.raises(InvalidValue):
        Basis(["B", "L"], "L")
    assert lp.basis == kept
    assert lp.solution[x] == 8.0
    with pytest.raises(AttributeError):
        kept.rows = "B"


def test_there_is_none_to_read():
    """Before a solve, after an edit, for integers, without an optimum."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0, ub=3), lp.Var(lb=0, ub=3)
    row = lp.add_constraint(x + y <= 4.5)
    lp.objective = x + 2 * y
    with pytest.raises(NotSolved):
        _ = lp.basis
    lp.maximize()
    old = lp.basis
    row.ub = 4
    with pytest.raises(StaleSolution):
        _ = lp.basis
    y.integer = True
    lp.maximize()
    with pytest.raises(NoDuals, match="relaxed"):
        _ = lp.basis
    assert old[x] == "basic"
    late = lp.Var()
    with pytest.raises(RemovedObject):
        old[late]
    with pytest.raises(RemovedObject):
        Basis("BLL", "U")[LinearProgram().Var()]


def test_a_basis_from_before_rows_and_variables_were_added():
    """New rows are basic, new variables at a bound; the dual simplex needs few steps."""
    lp = sparse(3)
    cold = lp.solve("maximize").iterations
    basis, twin = lp.basis, lp.copy()
    xs = twin.variables
    extra = [twin.add_constraint(xs[k] + xs[k + 7] <= 9) for k in range(5)]
    y = twin.Var(lb=0, ub=2)
    twin.basis = basis
    assert {twin.basis[c] for c in extra} == {"basic"}
    assert twin.basis[y] == "lower"
    later = twin.add_constraint(xs[1] + xs[2] <= 6)  # also after it was set
    solution = twin.solve("maximize")
    assert "last basis" in solution.method and solution.iterations < cold / 2
    fresh = twin.copy()
    assert solution.objective == pytest.approx(fresh.maximize(), rel=1e-9)
    assert twin.basis[later] in ("basic", "upper")


def test_removals_keep_handles_and_statuses_together():
    """Places move, statuses go with their things; a basis that is short of a row then is no longer one."""
    lp = sparse(4)
    lp.maximize()
    basis = lp.basis
    variables, rows = lp.variables, lp.constraints
    gone = next(c for c in rows if basis[c] == "basic")
    lp.remove(gone)
    kept = [x for x in variables if basis[x] == "basic"]
    lp.basis = basis
    assert all(lp.basis[x] == "basic" for x in kept)
    assert lp.solve("maximize").iterations == 0
    other = next(c for c in rows if c != gone and basis[c] == "upper")
    lp.remove(other)
    with pytest.raises(InvalidValue, match="as many basic"):
        lp.basis = basis
    assert lp.maximize() == pytest.approx(lp.copy().maximize(), rel=1e-9)


def test_a_start_of_a_live_program_and_its_taking_back():
    """Set on a solved program it replaces the engine's own; the old solution stays readable; None takes it back."""
    lp = sparse(6)
    solution = lp.solve("maximize")
    x = lp.variables[0]
    values, duals = [solution[v] for v in lp.variables], [solution.dual(c) for c in lp.constraints]
    slack = Basis("L" * 60, "B" * 60)
    lp.basis = slack
    assert lp.basis == slack
    again = lp.solve("maximize")
    assert again.iterations > 10 and "last basis" in again.method
    assert [solution[v] for v in lp.variables] == values and [solution.dual(c) for c in lp.constraints] == duals
    lp.basis = slack
    lp.basis = None
    assert lp.solve("maximize").iterations == 0
    lp.basis = slack
    assert lp.maximize() == pytest.approx(again.objective)  # the short way is not taken with it
    x.cost += 1
    lp.maximize()


def test_integer_programs_start_from_it():
    """The relaxation begins at the basis of the relaxed copy."""
    r = random.Random(2)
    lp = LinearProgram()
    x = [[lp.BoolVar() for _ in range(6)] for _ in range(6)]  # an assignment: the relaxation is integral
    for k in range(6):
        lp.add_constraint(sum(x[k]) == 1)
        lp.add_constraint(sum(row[k] for row in x) == 1)
    lp.objective = sum(r.randrange(1, 99) * v for row in x for v in row)
    relaxed = lp.relaxed()
    relaxed.maximize()
    twin = lp.copy()
    twin.basis = relaxed.basis
    cold, warm = lp.solve("maximize"), twin.solve("maximize")
    assert warm.objective == cold.objective
    assert warm.iterations == 0 < cold.iterations


def test_files(tmp_path):
    """JSON with two keys; anything else is refused by name."""
    path = tmp_path / "b.json"
    Basis("BL", "U").save(path)
    assert json.loads(path.read_text()) == {"variables": "BL", "rows": "U"}
    assert Basis.load(str(path)) == Basis("BL", "U")
    for text in ("", "[]", '{"rows": "U"}', '{"rows": 3, "variables": "L"}', '{"rows": "X", "variables": "L"}'):
        path.write_text(text)
        with pytest.raises(InvalidValue):
            Basis.load(path)


def test_programs_without_rows_or_variables():
    """The empty basis."""
    lp = LinearProgram()
    lp.objective = 3
    lp.minimize()
    assert lp.basis == Basis("", "")
    lp.basis = Basis("", "")
    assert lp.minimize() == 3.0
    x = lp.Var(lb=1, ub=2)
    lp.objective = x
    lp.minimize()
    assert lp.basis == Basis("L", "")
    lp.basis = Basis("U", "")
    assert lp.minimize() == 1.0


def test_edits_that_empty_a_basic_column(in_child):
    """GLPK aborts on the factorization of a basis that is a single empty place, or comes to that."""
    script = """
        from pplp import LinearProgram
        lp = LinearProgram()
        x, y = lp.Var(lb=0, ub=9), lp.Var(lb=0, ub=9)
        c = lp.add_constraint(x + y <= 4)
        lp.objective = 2*x + y
        assert (lp.maximize(), lp.basis[x]) == (8.0, "basic")
        c.set_coefficient(x, 0)
        assert lp.maximize() == 22.0

        lp = LinearProgram()
        x, y, z = lp.Var(lb=0, ub=9), lp.Var(lb=0, ub=9), lp.Var(lb=0, ub=9)
        a, b = lp.add_constraint(x + z <= 4), lp.add_constraint(y + z <= 3)
        lp.objective = 2*x + 3*y + z
        assert (lp.maximize(), lp.basis[x], lp.basis[y]) == (17.0, "basic", "basic")
        lp.remove(y, a)  # x, the basic one that is left, is not in the row that is left
        assert lp.maximize() == 21.0
        print("done")
    """
    assert in_child(script) == "done\n"


def test_edits_drawn_at_random(in_child):
    """Coefficients that come and go, rows and variables removed: the warm answer is that of a copy."""
    script = """
        import random
        from pplp import LinearProgram
        for seed in range(50):
            r = random.Random(seed)
            lp = LinearProgram()
            for _ in range(5):
                lp.Var(lb=0, ub=r.randrange(1, 9)).cost = r.randrange(-3, 9)
            for _ in range(4):
                lp.add_constraint(sum(r.randrange(0, 3) * x for x in lp.variables) + 0 <= r.randrange(0, 9))
            rows = [c for c in lp.constraints if type(c).__name__ == "Constraint"]
            for _ in range(12):
                if r.random() < 0.2 and len(rows) > 1 and len(lp.variables) > 2:
                    lp.remove(rows.pop(r.randrange(len(rows))), r.choice(lp.variables))
                elif rows:
                    r.choice(rows).set_coefficient(r.choice(lp.variables), r.choice([0, 0, 1, 2]))
                assert abs(lp.maximize() - lp.copy().maximize()) < 1e-7
        print("done")
    """
    assert in_child(script) == "done\n"


def test_no_basis_ends_the_process(in_child):
    """Thousands of wild ones, in a process that must come to its end."""
    script = """
        import random
        from pplp import Basis
        from tests.support.random_programs import random_program
        r = random.Random(1)
        for k in range(600):
            lp = random_program(r, integers=k % 5 == 0)
            form = lp.compile()
            letters = ["B"] * form.rows + [r.choice("LUFE") for _ in range(form.columns)]
            for sense in ("minimize", "maximize"):
                r.shuffle(letters)
                lp.basis = Basis("".join(letters[form.rows:]), "".join(letters[:form.rows]))
                lp.solve(sense, node_limit=100, method=r.choice(["auto", "primal", "dual"]))
                if lp.solution.has_solution and not any(form.integer):
                    lp.basis, lp.sensitivity()
        print("done")
    """
    assert in_child(script) == "done\n"

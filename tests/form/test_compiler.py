"""A program as arrays: each number where the page has it."""

from __future__ import annotations

import pickle
from math import inf

import pytest

from pplp import LinearProgram, MatrixForm
from pplp.form.matrix_form import Edits, edited


def arrays(form: MatrixForm) -> dict:
    """The fields of a form, as lists."""
    names = ("cost", "column_lower", "column_upper", "integer", "row_lower", "row_upper", "starts", "indices", "values")
    return {name: list(getattr(form, name)) for name in names}


def dense(form: MatrixForm) -> list[list[float]]:
    """The matrix, row by row."""
    rows = [[0.0] * form.columns for _ in range(form.rows)]
    for i, row in enumerate(rows):
        for j, a in zip(*form.row(i)):
            row[j] += a
    return rows


@pytest.fixture
def program():
    """A program of four variables and three rows; its variables and its rows."""
    lp = LinearProgram(name="mix")
    w, x = lp.Var("w", lb=0), lp.Var("x", lb=-5, ub=5)
    y, z = lp.IntVar("y", lb=0.5, ub=9.5), lp.BoolVar("z")
    rows = [
        lp.add_constraint(2 * w - x + 3 <= 10, "most"),
        lp.add_constraint((1, x + y + z, 4)),
        lp.add_constraint(w + 0.5 * y == 3 * z - 2, "same"),
    ]
    lp.objective = 3 * w + 2 * x - y + 7
    return lp, [w, x, y, z], rows


def test_three_rows_and_four_columns(program):
    """Constants are moved to the sides, bounds of integers are integers, equalities have equal sides."""
    lp, _, _ = program
    form = lp.compile("maximize")
    assert arrays(form) == {
        "cost": [3.0, 2.0, -1.0, 0.0],
        "column_lower": [0.0, -5.0, 1.0, 0.0],
        "column_upper": [inf, 5.0, 9.0, 1.0],
        "integer": [0, 0, 1, 1],
        "row_lower": [-inf, 1.0, -2.0],
        "row_upper": [7.0, 4.0, -2.0],
        "starts": [0, 2, 5, 8],
        "indices": [0, 1, 1, 2, 3, 0, 2, 3],
        "values": [2.0, -1.0, 1.0, 1.0, 1.0, 1.0, 0.5, -3.0],
    }
    assert dense(form) == [[2.0, -1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.5, -3.0]]
    assert (form.maximize, form.offset, lp.compile("minimize").maximize) == (True, 7.0, False)
    assert (form.column_names, form.row_names) == ({0: "w", 1: "x", 2: "y", 3: "z"}, {0: "most", 2: "same"})


def test_a_row_of_one_variable_is_a_bound(program):
    """The tightest of all, divided by its coefficient, with the side that a negative one turns round."""
    lp, (_w, x, y, _z), _ = program
    lp.add_constraint(-2 * x >= -6)
    lp.add_constraint(4 * y <= 30)
    form = lp.compile()
    assert (form.rows, form.column_upper[1], form.column_upper[2]) == (3, 3.0, 7.0)
    assert form.divided == {1: ((-5.0, 5.0, 1.0), (-6.0, inf, -2.0))}


def test_a_row_that_is_asked_for_stays_a_row(program):
    """With `row=True` one variable makes a row of the matrix."""
    lp, (w, *_), _ = program
    lp.add_constraint(4 * w >= 38, row=True)
    form = lp.compile()
    assert dense(form)[3] == [4.0, 0.0, 0.0, 0.0]
    assert (form.row_lower[3], form.row_upper[3], form.column_lower[0]) == (38.0, inf, 0.0)


def test_what_is_said_twice_is_added_up(program):
    """Each variable is once in a row; what cancels is not there."""
    lp, (w, x, y, _z), _ = program
    lp.add_constraint(w + x + 2 * w - x + y <= 3 - y)
    lp.objective = w + w - x + x
    form = lp.compile()
    assert dense(form)[3] == [3.0, 0.0, 2.0, 0.0] and form.starts[4] - form.starts[3] == 2
    assert list(form.cost) == [2.0, 0.0, 0.0, 0.0]


def test_what_was_removed_is_not_there(program):
    """The columns and rows that are left move up, with their names."""
    lp, (_w, x, _y, _z), rows = program
    lp.remove(x, rows[1])
    form = lp.compile()
    assert dense(form) == [[2.0, 0.0, 0.0], [1.0, 0.5, -3.0]]
    assert (form.column_names, form.row_names) == ({0: "w", 1: "y", 2: "z"}, {0: "most", 1: "same"})
    assert (list(form.cost), list(form.integer)) == ([3.0, -1.0, 0.0], [0, 1, 1])


def test_a_form_stays_as_it_is(program):
    """Whatever becomes of the program."""
    lp, (w, x, y, _z), rows = program
    form = lp.compile()
    before, matrix = arrays(form), dense(form)
    w.ub, rows[0].ub, x.cost = 1, 0, 99
    rows[2].set_coefficient(y, 8)
    lp.add_constraint(w + x <= 1)
    lp.Var("new")
    lp.remove(rows[1])
    assert (arrays(form), dense(form)) == (before, matrix)
    after = lp.compile()
    assert (after.column_upper[0], after.row_upper[0], after.cost[1]) == (1.0, -0.0, 99.0)
    assert dense(after) == [[2.0, -1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 8.0, -3.0, 0.0], [1.0, 1.0, 0.0, 0.0, 0.0]]


def test_nothing_at_all():
    """A program without variables has an offset."""
    lp = LinearProgram()
    lp.objective = 4
    form = lp.compile()
    assert (form.rows, form.columns, form.nonzeros, form.offset, list(form.starts)) == (0, 0, 0, 4.0, [0])


def test_arrays_make_the_same_form():
    """As the same rows one by one."""
    np = pytest.importorskip("numpy")
    matrix = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 0.0], [3.0, 4.0, 5.0]])
    forms = []
    for whole in (True, False):
        lp = LinearProgram()
        x = lp.Vars((3,), lb=0, ub=[1, 2, 3])
        if whole:
            lp.add_constraint(matrix @ x <= [4, 5, 6])
        else:
            for row, side in zip(matrix.tolist(), (4, 5, 6)):
                lp.add_constraint(sum(a * one for a, one in zip(row, x)) <= side)
        lp.objective = sum(x)
        forms.append(lp.compile())
    assert forms[0] == forms[1]
    assert dense(forms[0]) == [[1.0, 0.0, 2.0], [3.0, 4.0, 5.0]]
    assert (list(forms[0].column_lower), list(forms[0].row_upper)) == ([0.0, 0.0, 0.0], [4.0, 6.0])


def test_edits_are_values(program):
    """They cannot be changed, come back from a pickle as they were, and make of a form what was edited."""
    lp, (w, *_), _ = program
    form = lp.compile()
    edits = Edits(row_bounds={1: (2.0, 3.0)}, costs={0: 9.0}, offset=1.0)
    with pytest.raises(AttributeError):
        edits.offset = 2.0
    with pytest.raises(TypeError):
        edits.integer[0] = True
    assert not hasattr(edits.integer, "update") and Edits().integer is pickle.loads(pickle.dumps(edits)).integer
    again = pickle.loads(pickle.dumps(edits))
    assert again == edits and again.removed_rows == () and not again.column_bounds
    w.cost, lp.constraints[1].bounds = 9, (2, 3)
    lp.objective -= 6
    assert arrays(edited(form, again)) == arrays(lp.compile())

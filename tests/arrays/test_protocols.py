"""Expressions beside numpy and scipy: operators from the left, sums of many arrays, numbers read from arrays."""

from __future__ import annotations

import operator
import pickle
from fractions import Fraction

import pytest

from pplp import ExpressionError, InvalidValue, LinearProgram, NotSolved, PplpError

np = pytest.importorskip("numpy")

from pplp.arrays.expression_arrays import ExpressionArray  # noqa: E402
from pplp.arrays.readings import objects  # noqa: E402

try:
    OLD_SCIPY = __import__("scipy").__version__ < "1.9"  # its arrays look into what they multiply
except ImportError:
    OLD_SCIPY = False
FORMATS = ("csr", "csc", "coo", "lil", "dok", "dia", "bsr")


# ---- scipy.sparse
@pytest.mark.parametrize("kind", ["matrix", "array"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_sparse_matrix_leaves_its_product_to_us(lp, form, kind):
    """A @ x and x @ A in every format; everything else beside a sparse matrix is refused."""
    sparse = pytest.importorskip("scipy.sparse")
    make = getattr(sparse, f"{form}_{kind}", None)
    if make is None:
        pytest.skip("an older scipy")
    x, wide, v = lp.Vars(3, "x"), lp.Vars((3, 2), "w"), lp.Var("v")
    A = make(np.array([[1.0, 2, 0], [0, 0, 3]]))
    square = make(np.diag([1.0, 2, 3]))
    assert str(A @ x) == "[x[0] + 2 x[1], 3 x[2]]"
    assert str(A @ (2 * x)) == "[2 x[0] + 4 x[1], 6 x[2]]"
    assert str(x @ A.T) == str(A @ x)
    assert str(wide.T @ A.T) == str((A @ wide).T)
    for other in (x, 2 * x, wide[:, 0], v, 2 * v + 1):
        for act in (operator.add, operator.sub, operator.mul, operator.truediv, operator.le, operator.ge, operator.eq):
            with pytest.raises(ExpressionError):
                act(other, square)
        with pytest.raises((ExpressionError, AttributeError) if OLD_SCIPY else ExpressionError):
            square * other


def test_a_sparse_matrix_in_a_function_of_numpy(lp):
    sparse = pytest.importorskip("scipy.sparse")
    x = lp.Vars(3, "x")
    for act in (np.dot, np.multiply, np.add, np.outer, np.kron):
        with pytest.raises(PplpError):
            act(sparse.eye(3).tocsr(), x)
    assert str(np.matmul(sparse.eye(3).tocsr(), x)) == "[x[0], x[1], x[2]]"


# ---- numpy from the left
def test_numbers_of_numpy(lp):
    """Scalars and arrays without dimensions stand beside an expression as numbers do."""
    v = lp.Var("v")
    for two in (np.float64(2), np.float32(2), np.int64(2), np.int8(2), np.array(2), np.array(2.0)):
        assert [str(one) for one in (two * v, two + v, two - v, v / two)] == ["2 v", "v + 2", "-v + 2", "0.5 v"]
        assert [str(one) for one in (two <= v, two >= v, two == v)] == ["v >= 2", "v <= 2", "v == 2"]
    chain = np.float64(1) <= v <= np.float64(2)
    assert str(chain) == "1 <= v <= 2"
    with pytest.raises(InvalidValue):
        np.float64("nan") * v
    with pytest.raises(ExpressionError, match="not linear"):
        np.float64(2) / v
    with pytest.raises(ExpressionError, match=">="):
        np.float64(2) < v


def test_what_is_in_an_array_without_dimensions(lp):
    """An expression stays one: its value at a solution is not taken for it."""
    v, w = lp.Var("v", lb=2, ub=2), lp.Var("w", lb=3, ub=3)
    lp.minimize()
    box = np.array(v)
    assert str(np.subtract(box, w)) == "v - w"
    for act in (operator.add, operator.mul, operator.le):
        with pytest.raises(ExpressionError, match=r"\.item\(\)|real number"):
            act(w, box)


def test_in_place(lp):
    """An array of numbers cannot take expressions; one of objects can; a name can always."""
    x = lp.Vars(2, "x")
    total = np.zeros(2)
    with pytest.raises(ExpressionError, match=r"total = total \+ x"):
        total += x
    with pytest.raises(ExpressionError, match=r"total = total \+ x"):
        np.add(total, x, out=total)
    with pytest.raises(ExpressionError, match=r"\.value"):
        total[:] = x
    assert total.tolist() == [0, 0]
    objects = np.array(x)
    objects += x
    assert [str(one) for one in objects] == ["2 x[0]", "2 x[1]"]
    total = 0
    total += x
    total -= 2 * x
    assert str(total) == "[-x[0], -x[1]]"


def test_arrays_of_objects(lp):
    """np.array(x) holds the variables; beside arrays of expressions it is one of them; alone it is not compared."""
    x = lp.Vars((2, 2), "x")
    objects = np.array(x)
    assert objects.shape == (2, 2) and objects[1, 0] == x[1, 0] and np.asarray(x).dtype == object
    assert str(objects + x) == str(x + objects) == str(2 * x)
    assert str(objects <= 2 * x[::-1]) == str(2 * x[::-1] >= x)
    assert str((2 * objects).sum()) == str((2 * x).sum())
    assert np.array([x[0], x[1]]).shape == (2, 2)
    assert str(np.sum([x[0], x[1]])) == str(np.sum(list(x.flat))) == str(x.sum())
    for act in (operator.le, operator.ge, operator.eq, operator.lt, operator.ne):
        with pytest.raises(ExpressionError):
            act(objects, 5)
    with pytest.raises(ExpressionError):
        lp.add_constraint(objects == objects.T)
    with pytest.raises(ExpressionError, match=r"\.value"):
        np.asarray(x, float)
    with pytest.raises(NotSolved):
        np.array(list(x.flat), float)


def test_code_of_numpy_takes_no_values_for_expressions(lp):
    """After a solve a variable has a value; what numpy computes of variables is not computed of the last values."""
    x = lp.Vars(3, "x", lb=1, ub=1)
    lp.minimize()
    for act in (np.gradient, np.linalg.norm, np.floor, np.ceil, np.trunc):
        with pytest.raises(PplpError):
            act(list(x))
    assert float(x[0]) == 1.0 and np.array(x, object).shape == (3,)


@pytest.mark.parametrize("act", [operator.mul, operator.add, operator.le, operator.matmul])
def test_masked_arrays_and_matrices(lp, act):
    """What is masked is not a number; the star of numpy.matrix is not that of arrays."""
    x = lp.Vars(3, "x")
    masked = np.ma.array([1.0, 2, 3], mask=[False, True, False])
    with pytest.raises(PplpError, match="masked"):
        act(x, masked)
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.asmatrix(np.diag([1.0, 2, 3]))
    if act is operator.mul:
        for left, right in ((x, matrix), (matrix, x)):
            with pytest.raises(ExpressionError, match="@"):
                act(left, right)
    assert str(matrix @ x) == "[x[0], 2 x[1], 3 x[2]]"


def test_methods_of_ufuncs(lp):
    x = lp.Vars((2, 2), "x")
    assert str(np.add.reduce(x)) == str(x.sum(axis=0)) and str(np.add.reduce(x, 1)) == str(x.sum(axis=1))
    assert str(np.add.accumulate(x, axis=1)) == str(x.cumsum(axis=1))
    assert str(np.add.reduceat(x, [0, 1], axis=1)) == str(x)
    assert np.multiply.outer([1, 2, 3], x).shape == (3, 2, 2) and np.add.outer(x, [1, 2, 3]).shape == (2, 2, 3)
    for act in (np.multiply.reduce, np.maximum.reduce, np.logical_and.reduce):
        with pytest.raises(ExpressionError, match="not linear"):
            act(x)
    with pytest.raises(ExpressionError, match="not linear"):
        np.add.at(np.zeros(4), [0], x[0])
    with pytest.raises(ExpressionError, match="where"):
        np.add(x, 1, where=[True, False])


def test_remedies(lp):
    """Each refusal says what to write instead."""
    x, v = lp.Vars(3, "x"), lp.Var("v")
    for act, remedy in {
        np.maximum: "pplp.maximum", np.fmin: "pplp.minimum", np.multiply: "not linear", np.power: "piecewise",
        np.less: "<=", np.not_equal: "!=", np.arctan2: r"\.value", np.array_equal: "add_constraint",
    }.items():  # fmt: skip
        for one in (x, v):
            with pytest.raises(ExpressionError, match=remedy):
                act(one, one)
    for act, remedy in {
        np.abs: "abs", np.max: "pplp.maximum", np.linalg.norm: "abs", np.sort: r"\.value", np.sin: r"\.value",
        np.prod: "binaries", np.unique: r"\.value", np.all: r"\.value",
    }.items():  # fmt: skip
        for one in (x, v):
            with pytest.raises(ExpressionError, match=remedy):
                act(one)
    with pytest.raises(ExpressionError, match=r"pplp\.maximum"):
        x.max()
    with pytest.raises(ExpressionError, match="lower <= x"):
        x.clip(0, 1)


def test_two_programs(lp):
    other = LinearProgram().Vars(2)
    for act in (np.concatenate, np.stack, np.block):
        with pytest.raises(PplpError, match="program"):
            act([lp.Vars(2), other])
        with pytest.raises(PplpError, match="program"):
            act([lp.Vars(2), 2 * other])


def test_a_running_total_that_would_fill_the_memory(lp):
    with pytest.raises(InvalidValue, match=r"total\[1:\]"):
        lp.Vars(40_000).cumsum()


def test_variables_stay_variables(lp):
    """What moves variables alone gives an array of variables, with bounds and values."""
    x, y = lp.Vars(3, "x", ub=[1, 2, 3], lb=0), lp.Vars(3, "y", ub=9)
    both = np.concatenate([x[::-1], y])
    assert isinstance(both, type(x)) and both.ub.tolist() == [3, 2, 1, 9, 9, 9]
    assert isinstance(np.stack([x[0], y[1]]), type(x)) and np.take(x, 1) in x
    assert isinstance(np.where([True, False, True], x, 0), ExpressionArray)


# ---- sums of many arrays
def test_a_sum_of_many_arrays_copies_each_term_once(monkeypatch, lp):
    """Twice the arrays, twice the terms; a sum that grew while another was read is not changed."""
    copied = []
    make = ExpressionArray.__init__

    def counted(self, program, shape, starts, columns, *rest):
        copied.append(len(columns))
        make(self, program, shape, starts, columns, *rest)

    monkeypatch.setattr(ExpressionArray, "__init__", counted)
    counts = {}
    for many in (100, 200, 400):
        parts = [lp.Vars(5) for _ in range(many)]
        del copied[:]
        total = sum(parts)
        total += 1
        assert len(total._columns) == 5 * many
        counts[many] = sum(copied)
    assert counts[400] - counts[200] == 2 * (counts[200] - counts[100]) and counts[400] < 5000


def test_a_sum_of_many_arrays_is_that_of_its_elements(lp):
    """Signs, numbers, shapes and what shares the parts; to the last bit of the constants."""
    x, y, v = lp.Vars(3, "x"), lp.Vars((2, 3), "y"), lp.Var("v")
    total = x + 0.1
    steps = [total]
    for part in (2 * x, 0.2, -x, [0.1, 0.2, 0.3], v, y, x + 0.3, 1 / 3 * y):
        total = total + part
        steps.append(total)
        total = total - part
        steps.append(total)
    branches = [steps[3] + 1, steps[3] + x, steps[3] - v]
    plain = [x[k] + 0.1 for k in range(3)]
    assert [str(one) for one in steps[0]] == [str(one) for one in plain]
    for k, part in enumerate((2 * x, 0.2, -x, [0.1, 0.2, 0.3])):
        each = [part] * 3 if isinstance(part, float) else list(part)
        plain = [one + other for one, other in zip(plain, each)]
        assert [one._parts() for one in steps[2 * k + 1]] == [one._parts() for one in plain]
        plain = [one - other for one, other in zip(plain, each)]
        assert [one._parts() for one in steps[2 * k + 2]] == [one._parts() for one in plain]
    assert [one.shape for one in steps[-5:]] == [(2, 3)] * 5
    assert str(branches[1][0]) == str(steps[3][0] + x[0]) and str(branches[2][1]) == str(steps[3][1] - v)
    assert str(branches[0]) == str([one + 1 for one in steps[3]])
    twin, there = pickle.loads(pickle.dumps((lp, x + 2 * x)))
    assert str(there) == "[3 x[0], 3 x[1], 3 x[2]]" and twin is not lp
    with pytest.raises(AttributeError):
        (x + x).nothing


def test_a_sum_from_the_right(lp):
    """total = part + total is as deep as any other."""
    x = lp.Vars(2, "x")
    total = x + x
    for _ in range(2000):
        total = x + total
    assert str(total[1]) == "2002 x[1]"


# ---- numbers that are read
def test_bounds_and_sides_are_read_only(lp):
    """An assignment to one of them would change nothing of the program."""
    x = lp.Vars(2, "x", lb=0, ub=4)
    rows = lp.add_constraint(x + x[::-1] <= [3, 5])
    for numbers in (x.lb, x.ub, rows.lb, rows.ub, rows.rhs):
        with pytest.raises(ValueError, match="read-only"):
            numbers[0] = 3
    x[0].ub, rows[1].rhs = 3, 4
    assert x.ub.tolist() == [3, 4] and rows.rhs.tolist() == [3, 4]
    lp.objective = x.sum()
    lp.maximize()
    x.value[0] = rows.dual[0] = 7  # copies of the caller's own


def test_bounds_and_sides_by_label_are_read_only(lp):
    """Those of pandas are a series whose copy can be changed, and set."""
    pandas = pytest.importorskip("pandas")
    x = lp.Vars(pandas.Index(["a", "b"]), "x", lb=0, ub=4)
    rows = lp.add_constraint(x + x.sum() <= 3)
    for numbers in (x.lb, x.ub, x.cost, rows.lb, rows.ub, rows.rhs):
        with pytest.raises(ValueError, match="read-only"):
            numbers["a"] = 3
    ub = x.ub.copy()
    ub["a"] = 3
    x.ub = ub
    assert x.ub.to_dict() == {"a": 3.0, "b": 4.0}
    lp.objective = x.sum()
    lp.maximize()
    for numbers in (x.value, rows.dual):
        numbers["a"] = 7  # copies of the caller's own


def test_fractions_and_objects_of_numbers(lp):
    x = lp.Vars(2, "x")
    halves = np.array([Fraction(1, 2), 2], object)
    assert str(halves * x) == str(np.multiply(halves, x)) == "[0.5 x[0], 2 x[1]]"
    assert objects(halves) is not None

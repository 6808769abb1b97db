"""Arrays of expressions: every operation agrees with the same one done element by element."""

from __future__ import annotations

import operator
import subprocess
import sys

import pytest

import pplp
from pplp import ExpressionError, ExtraMissing, ForeignObject, InvalidValue, LinearProgram, NotSolved, RemovedObject

np = pytest.importorskip("numpy")
try:
    from scipy import sparse
except ImportError:  # there are no wheels of it for PyPy
    sparse = None

inf = float("inf")


def text(array):
    """The elements as text: equal text is an equal expression."""
    return [str(one) for one in array.flat]


def elementwise(operation, *operands):
    """The operation on each element, of arrays that numpy broadcasts."""
    boxes = []
    for one in operands:
        box = np.empty(getattr(one, "shape", np.shape(one)), object)
        flat = one.flat if hasattr(one, "flat") else [one]
        for k, item in enumerate(flat):
            box.flat[k] = item.item() if hasattr(item, "item") else item
        boxes.append(box)
    shape = np.broadcast_shapes(*[box.shape for box in boxes])
    columns = [np.broadcast_to(box, shape).ravel() for box in boxes]
    return [str(operation(*items)) for items in zip(*columns)]


def sparse_of(kind, *args, **keywords):
    """A matrix of scipy's, where scipy is installed."""
    if sparse is None:
        pytest.skip("scipy is not installed")
    return getattr(sparse, kind)(*args, **keywords)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


# ---- arithmetic
SHAPES = [((3,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((2, 3), ()), ((), (2, 2)), ((0,), (0,)), ((1,), (4,))]


@pytest.mark.parametrize("mine, theirs", [pair for pair in SHAPES if pair[0]])
@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_with_numbers(lp, rng, mine, theirs, operation):
    """Array and numbers, from either side where that is linear, shapes broadcast."""
    x = 3 * lp.Vars(mine) + 1
    numbers = rng.integers(1, 9, theirs) * 0.5
    assert text(operation(x, numbers)) == elementwise(operation, x, numbers)
    if operation is not operator.truediv:
        assert text(operation(numbers, x)) == elementwise(operation, numbers, x)


@pytest.mark.parametrize("mine, theirs", [pair for pair in SHAPES if pair[0] and pair[1]])
def test_with_arrays(lp, mine, theirs):
    """Sums and differences of two arrays, of variables and of expressions."""
    x, y = lp.Vars(mine), lp.Vars(theirs)
    for left, right in ((x, y), (2 * x - 1, y), (x, y / 2), (x + 1, 3 * y - 2)):
        assert text(left + right) == elementwise(operator.add, left, right)
        assert text(left - right) == elementwise(operator.sub, left, right)


def test_with_single_expressions(lp):
    """A variable or an expression stands beside an array like a number."""
    x, y = lp.Vars(2), lp.Var("y")
    assert text(x + y) == ["x0 + y", "x1 + y"]
    assert text(y - x) == ["-x0 + y", "-x1 + y"]
    assert text((2 * y + 1) + x) == ["x0 + 2 y + 1", "x1 + 2 y + 1"]
    assert text(x + [y, 3]) == ["x0 + y", "x1 + 3"]
    assert text(np.array([y, 2 * y]) + x) == ["x0 + y", "x1 + 2 y"]


def test_numpy_scalars_and_signs(lp):
    """Scalars of numpy on the left; unary signs."""
    x = lp.Vars(2)
    assert text(np.float64(2) * x) == text(x * 2) == ["2 x0", "2 x1"]
    assert text(-x) == ["-x0", "-x1"]
    assert +x is x
    assert text(np.int64(1) - x) == ["-x0 + 1", "-x1 + 1"]


def test_the_builtin_sum(lp):
    """Of an array's rows, and of several arrays."""
    x = lp.Vars((2, 2))
    assert text(sum(x)) == ["x0 + x2", "x1 + x3"]
    assert str(sum(lp.Vars(3))) == "x4 + x5 + x6"


# ---- products
@pytest.mark.parametrize("kind", ["array", "list", "csr_array", "coo_matrix", "csc_array"])
def test_matrix_times_vector(lp, rng, kind):
    """Dense, sparse of several kinds, nested lists: by the definition."""
    A = rng.integers(-2, 3, (4, 5))
    A[1] = 0
    matrix = A if kind == "array" else A.tolist() if kind == "list" else sparse_of(kind, A)
    x = lp.Vars(5)
    expected = [str(pplp.dot(row.tolist(), list(x))) for row in A]
    assert text(matrix @ x) == expected
    shifted = A @ (2 * x + np.arange(5))
    assert text(shifted) == [str(2 * pplp.dot(r.tolist(), list(x)) + int(r @ np.arange(5))) for r in A]


def test_matrix_products_of_two_dimensions(lp, rng):
    """A @ X, X @ A, X @ v, v @ X, with every variable fixed: numpy knows the value."""
    X = lp.Vars((3, 4), lb=0)
    numbers = rng.integers(1, 9, (3, 4)).astype(float)
    lp.add_constraint(X == numbers)
    lp.minimize()
    A, B, u, v = (rng.integers(-3, 4, shape) for shape in ((2, 3), (4, 2), (3,), (4,)))
    assert (X.value == numbers).all()
    for ours, theirs in (
        (A @ X, A @ numbers),
        (X @ B, numbers @ B),
        (X @ v, numbers @ v),
        (u @ X, u @ numbers),
        (sparse_of("csr_array", A) @ X if sparse else A @ X, A @ numbers),
        (X @ sparse_of("csr_array", B) if sparse else X @ B, numbers @ B),
        (A @ (X + 1), A @ (numbers + 1)),
        (A @ X @ B, A @ numbers @ B),
        (A @ X[:, 1:3], A @ numbers[:, 1:3]),
    ):
        assert ours.shape == theirs.shape
        assert ours.value == pytest.approx(theirs)
    assert (u @ X @ v).value == pytest.approx(u @ numbers @ v)
    assert (np.ones(3) @ X[:, 0]).value == numbers[:, 0].sum()


def test_sparse_duplicates_are_summed_and_the_matrix_stays(lp):
    """A coordinate matrix may name a place twice; nothing of the caller's is changed."""
    A = sparse_of("csr_array", (np.array([1.0, 2.0, 5.0]), np.array([0, 0, 1]), np.array([0, 2, 3])), shape=(2, 2))
    x = lp.Vars(2)
    assert text(A @ x) == ["3 x0", "5 x1"]
    assert A.nnz == 3
    product = A @ x
    A.data[:] = 7
    assert text(product) == ["3 x0", "5 x1"]


@pytest.mark.parametrize("axis", [None, 0, 1, 2, -1])
def test_sums_along_axes(lp, axis):
    """As numpy's, of the numbers that the variables are fixed at."""
    X = lp.Vars((2, 3, 4), lb=np.arange(24).reshape(2, 3, 4), ub=np.arange(24).reshape(2, 3, 4))
    lp.minimize()
    expected = np.arange(24).reshape(2, 3, 4).sum(axis)
    for ours, theirs in ((X.sum(axis), expected), ((2 * X + 1).sum(axis), (2 * X.value + 1).sum(axis))):
        value = ours.value
        assert np.shape(value) == np.shape(theirs)
        assert (value == theirs).all()


def test_indices_slices_and_shapes(lp):
    """As numpy's: integers, slices, masks, arrays, transposes, reshapes; single elements are plain expressions."""
    X, places = lp.Vars((3, 4)), np.arange(12).reshape(3, 4)
    for index in (
        (1, 2),
        (slice(None), 1),
        [2, 0],
        (..., -1),
        (places > 5),
        ([0, 1], [2, 3]),
        (slice(None, None, -1),),
    ):
        theirs = places[index]
        for ours, name in ((X[index], "x{}"), ((2 * X)[index], "2 x{}")):
            found = [str(ours)] if np.shape(theirs) == () else text(ours)
            assert found == [name.format(k) for k in np.ravel(theirs)]
    assert text(X.T) == [f"x{k}" for k in places.T.ravel()]
    assert text((X + 0.5).T) == [f"x{k} + 0.5" for k in places.T.ravel()]
    assert X.reshape(2, 6).shape == (X * 1).reshape((2, -1)).shape == (2, 6)
    assert [row.shape for row in 1 * X] == [(4,)] * 3
    with pytest.raises(IndexError, match="shape"):
        (1 * X)[5]
    with pytest.raises(InvalidValue, match="shape"):
        X.reshape(5, 5)


# ---- relations
def form_of(build):
    """The compiled program of a function that states it."""
    lp = LinearProgram()
    build(lp)
    return lp.compile()


def same(one, other):
    """Equal bit for bit?"""
    return one == other


def test_rows_are_those_of_the_single_operators(rng):
    """The compiled program is the same, bit for bit, whichever way it was stated."""
    A, b = rng.integers(0, 3, (6, 5)), rng.integers(1, 9, 6)
    A[0] = 0
    A[1] = [0, 0, 2, 0, 0]

    def whole(lp):
        x = lp.Vars(5, lb=0, ub=9)
        lp.add_constraint(A @ x + x[[0] * 6] <= b + 1)
        lp.add_constraint(-2 <= A @ x - 1)
        lp.add_constraint(1 <= x + x[::-1])
        lp.objective = np.arange(5) @ x

    def one_by_one(lp):
        x = list(lp.Vars(5, lb=0, ub=9))
        for row, right in zip(A.tolist(), b.tolist()):
            lp.add_constraint(pplp.dot(row, x) + x[0] <= right + 1)
        for row in A.tolist():
            lp.add_constraint(-2 <= pplp.dot(row, x) - 1)
        for k in range(5):
            lp.add_constraint(1 <= x[k] + x[4 - k])
        lp.objective = pplp.dot(range(5), x)

    assert same(form_of(whole), form_of(one_by_one))


def test_long_rows_with_repetitions():
    """A variable that stands in a long row twice is one term, at its first place."""

    def whole(lp):
        x = lp.Vars(40)
        lp.add_constraint((x.sum() + x[[3, 3, 7, 39]].sum() + 2 * x).sum() <= 1)
        lp.add_constraint(x[[5, 4, 3, 2, 1, 0, 9, 8, 5]].reshape(1, 9).sum(1) <= [2])

    def one_by_one(lp):
        x = list(lp.Vars(40))
        lp.add_constraint(sum(sum(x) + x[3] + x[3] + x[7] + x[39] + 2 * v for v in x) <= 1)
        lp.add_constraint(sum(x[k] for k in (5, 4, 3, 2, 1, 0, 9, 8, 5)) <= 2)

    assert same(form_of(whole), form_of(one_by_one))


def test_terms_that_cancel(lp):
    """Of x - x nothing is left: a constant row, which holds or is refused, in the user's words."""
    x = lp.Vars(3, lb=0)
    rows = lp.add_constraint(x - x[[0, 2, 1]] <= [1, 2, 3])
    assert [str(row) for row in rows] == ["0 <= 1", "x1 - x2 <= 2", "x2 - x1 <= 3"]
    before = len(lp.constraints)
    with pytest.raises(InvalidValue, match=r"\[0\] of the array can never hold"):
        lp.add_constraint(x - x[[0, 2, 1]] <= [-1, 2, 3])
    assert len(lp.constraints) == before


def test_bounds_in_bulk(lp):
    """x <= u is as many bounds, of the variables, with handles that say so."""
    x = lp.Vars(3, lb=0)
    caps = lp.add_constraint(2 * x <= [4, 6, 8])
    assert lp.compile().rows == 0
    assert x.ub.tolist() == [2, 3, 4]
    lp.objective = x.sum()
    assert lp.maximize() == 9.0
    assert caps.dual.tolist() == [0.5, 0.5, 0.5]
    caps[1].ub = 2
    assert lp.maximize() == 7.0


def test_chains_and_ranges(lp):
    """lo <= A @ x <= hi is one array of ranges; a chain of anything else is refused."""
    x = lp.Vars(2, lb=0)
    e = np.array([[1, 1], [1, -1]]) @ x
    rows = lp.add_constraint([-1, -2] <= e <= np.array([5, 6]))
    assert rows.lb.tolist() == [-1, -2]
    assert rows.ub.tolist() == [5, 6]
    assert lp.compile().rows == 2
    with pytest.raises(ExpressionError, match="truth value"):
        if e <= 3:
            pass
    with pytest.raises(ExpressionError, match="truth value"):
        lp.add_constraint(x <= e <= 4)


def test_differences(lp):
    """Relations between two arrays, and between an array and one expression."""
    x, y = lp.Vars(2, lb=0), lp.Vars(2, lb=0)
    rows = lp.add_constraint(x + 2 >= 3 * y)
    assert [str(row) for row in rows] == ["x0 - 3 x2 >= -2", "x1 - 3 x3 >= -2"]
    rows = lp.add_constraint(x == y[0])
    assert [str(row) for row in rows] == ["x0 - x2 == 0", "x1 - x2 == 0"]


def test_the_handles(lp):
    """Names, single rows, values, slacks, right-hand sides; edits of all at once."""
    X = lp.Vars((2, 2), "ship", lb=0)
    supply = lp.add_constraint(X.sum(axis=1) <= [30, 40], "supply")
    need = lp.add_constraint(X.sum(axis=0) >= [20, 25], "need")
    lp.objective = (np.array([[1, 3], [4, 1]]) * X).sum()
    assert lp.minimize() == 45.0
    assert X.value.tolist() == [[20, 0], [0, 25]]
    assert supply.slack.tolist() == [10, 15]
    assert need.value.tolist() == [20, 25]
    assert need.dual.tolist() == [1, 1]
    assert X.reduced_cost.tolist() == [[0, 2], [3, 0]]
    assert supply[1].name == "supply[1]"
    assert len(supply) == supply.size == 2
    need.rhs = [22, 26]
    assert lp.minimize() == 48.0
    supply.ub = 1000
    X.ub = [[10, 50], [50, 50]]
    assert lp.minimize() == 10 + 4 * 12 + 26
    assert X.ub.tolist() == [[10, 50], [50, 50]]
    assert repr(need[0:1]).startswith("[need[0]: ")


def test_integer_arrays(lp):
    """Values of integer variables are integers."""
    x = lp.Vars(3, lb=0, ub=[1.5, 2.5, 3.5], integer=True)
    lp.objective = [1, 1, 1] @ x
    assert lp.maximize() == 6
    assert x.value.dtype.kind == "i"
    assert x.value.tolist() == [1, 2, 3]
    assert lp.value(2 * x).tolist() == [2, 4, 6]
    assert lp.solution.value(x).tolist() == [1, 2, 3]


def test_dot_of_an_array(lp):
    """dot() takes an array of variables without making their handles."""
    x = lp.Vars(3)
    assert str(pplp.dot([1, 0, 2], x)) == str(pplp.dot(np.array([1, 0, 2]), x)) == "x0 + 2 x2"
    with pytest.raises(InvalidValue, match="2 coefficients but 3"):
        pplp.dot([1, 2], x)


def test_a_generator_of_both_kinds(lp):
    """add_constraints takes rows and arrays of rows."""
    x = lp.Vars((2, 2))
    handles = lp.add_constraints(row <= 3 for row in (x, x[0, 0] + x[1, 1]))
    assert [str(one) for one in handles[0].flat] == [f"x{k} <= 3" for k in range(4)]
    assert str(handles[1]) == "x0 + x3 <= 3"


def test_a_warm_program_takes_more_rows(lp):
    """Rows and bounds that come in bulk after a solve reach the live problem."""
    x = lp.Vars(4, lb=0, ub=10)
    lp.objective = x.sum()
    assert lp.maximize() == 40
    lp.add_constraint(np.array([[1, 1, 0, 0], [0, 0, 1, 1]]) @ x <= [5, 6])
    assert lp.maximize() == 11
    lp.add_constraint(x <= 2)
    assert lp.maximize() == 8
    y = lp.Vars(2, lb=0, ub=1)
    lp.objective += y.sum()
    assert lp.maximize() == 10


# ---- what is refused
def test_refusals(lp):
    """Each with its reason."""
    x, other = lp.Vars(3), LinearProgram().Vars(3)
    with pytest.raises(ForeignObject, match=r"belongs to an unnamed program and "):
        x + other
    with pytest.raises(ForeignObject):
        lp.add_constraint(other <= 3)
    with pytest.raises(InvalidValue, match="do not fit together"):
        x + [1, 2]
    with pytest.raises(InvalidValue, match="do not fit together"):
        np.ones((2, 2)) @ x
    with pytest.raises(ExpressionError, match="product of two expressions"):
        x * x
    with pytest.raises(ExpressionError, match="product of two expressions"):
        x @ x
    with pytest.raises(ExpressionError, match="product of two expressions"):
        x[0] * x
    with pytest.raises(InvalidValue, match="zero"):
        x / [1, 0, 2]
    with pytest.raises(InvalidValue, match="nan"):
        [1, float("nan"), 2] * x
    with pytest.raises(InvalidValue, match="NaN"):
        x <= [1, float("nan"), 2]
    with pytest.raises(InvalidValue, match="never equal inf"):
        x == [1, inf, 2]
    with pytest.raises(InvalidValue, match="never hold"):
        lp.add_constraint(x <= [1, -inf, 2])
    with pytest.raises(InvalidValue):
        np.array([1e200] * 3) * x
    for bad in (operator.lt, operator.gt, operator.ne):
        with pytest.raises(ExpressionError):
            bad(x, 3)
    with pytest.raises(TypeError):
        x + "text"
    with pytest.raises(TypeError):
        x * np.array(["a", "b", "c"])
    with pytest.raises(ExpressionError, match="not a constraint"):
        lp.add_constraint(x + 1)
    with pytest.raises(NotSolved):
        x.value
    with pytest.raises(InvalidValue, match="axis"):
        (1 * x).sum(3)
    assert lp.constraints == []


def test_removed_variables(lp):
    """An array that has a removed variable in it cannot become rows."""
    x = lp.Vars(3)
    lp.remove(x[1])
    with pytest.raises(RemovedObject):
        lp.add_constraint(x + x[0] <= 1)
    lp.add_constraint(x[[0, 2]] + x[2] <= 1)


def test_a_coefficient_without_value_is_no_term(lp):
    """Zeros in products and factors leave no trace."""
    x = lp.Vars(3)
    rows = lp.add_constraint([0, 1, 2] * (x + x[0]) <= [1, 2, 3])
    assert [str(row) for row in rows] == ["0 <= 1", "x1 + x0 <= 2", "2 x2 + 2 x0 <= 3"]


def test_an_interrupt_between_the_steps_loses_nothing(lp):
    """Half a bulk of rows, at each step that counts, is cut off by the next call."""
    x = lp.Vars(2, lb=0, ub=10)
    lp.add_constraint(x[0] + x[1] <= 12)
    before = lp.compile()
    ends, terms, factors = np.array([4]), np.array([0, 1], np.int32), np.array([1.0, 1.0])
    bulk = (ends, terms, factors, np.array([0.0]), np.array([1.0]))
    for step in range(1, 5):
        halted = [None if k == step else part for k, part in enumerate(bulk)]
        with pytest.raises(TypeError):  # the stores are filled in the order: terms, factors, bounds, ends
            lp._rows.extend(*halted)
        assert lp.compile() == before
    with pytest.raises(TypeError):
        lp._rows.extend(None, *bulk[1:])
    lp.add_constraint(x[0] - x[1] <= 4)
    lp.add_constraint([[1, 2]] @ x <= [18])
    lp.add_constraint([[3, 1]] @ x <= [30])
    lp._rows._waiting = type(lp._rows._waiting)(-1)  # as if interrupted before the last step of all
    assert [str(c) for c in lp.constraints] == ["x0 + x1 <= 12", "x0 - x1 <= 4", "x0 + 2 x1 <= 18", "3 x0 + x1 <= 30"]
    lp.objective = [1, 1] @ x
    assert lp.maximize() == pytest.approx(12)


def test_a_form_stays_as_it_was(lp):
    """What was compiled does not change with the program, however its rows come."""
    x = lp.Vars(3, lb=0)
    lp.add_constraint(x[0] + x[1] <= 1)
    first = lp.compile()
    again = lp.compile()
    lp.add_constraint([[1, 2, 3]] @ x <= [4])
    second = lp.compile()
    lp.add_constraint(x[0] + 5 * x[2] <= 1)
    lp.compile()
    assert first == again
    assert (first.indices.tolist(), first.values.tolist()) == ([0, 1], [1, 1])
    assert (second.indices.tolist(), second.values.tolist()) == ([0, 1, 0, 1, 2], [1, 1, 1, 2, 3])


def test_a_long_objective_comes_back(lp):
    """An objective of thousands of terms can be read, lengthened and edited after a solve."""
    x = lp.Vars(5000, lb=0, ub=1)
    lp.objective = sum(2 * v for v in x) + 7
    assert lp.maximize() == 10007
    assert str(lp.objective).startswith("2 x0 + 2 x1 + ")
    lp.objective += 3 * x[0]
    assert lp.maximize() == 10010
    x[1].cost = 10
    assert lp.maximize() == 10018
    lp.objective -= 10 * x[1]
    assert lp.maximize() == 10008


def test_without_numpy(lp, monkeypatch):
    """Making, indexing and summing variables needs no numpy; arithmetic says what to install."""
    import sys

    from pplp.arrays import numpy_half

    monkeypatch.setitem(sys.modules, "numpy", None)
    modules = {place.partition(":")[0] for place in numpy_half._MODULE.values()}
    for module in {"pplp.ground.numeric", *modules} & {*sys.modules}:
        monkeypatch.delitem(sys.modules, module)
    for name in numpy_half._MODULE:
        monkeypatch.delitem(vars(numpy_half), name, raising=False)
    x = lp.Vars((2, 2), lb=0, ub=1)
    assert str(x.sum()) == "x0 + x1 + x2 + x3"
    assert str(x[1, 1] + x[0][0]) == "x3 + x0"
    with pytest.raises(ExtraMissing, match=r"pplp\[numpy\]"):
        2 * x
    with pytest.raises(ExtraMissing, match=r"pplp\[numpy\]"):
        x <= 3
    for method in (lambda: x.T, lambda: x.reshape(4), lambda: x.sum(axis=0), lambda: x.item(0), lambda: x.all()):
        with pytest.raises(ExtraMissing, match=r"pplp\[numpy\]"):
            method()


def test_more_refusals(lp):
    """What is not a matrix, no number or no array of the right shape, and why."""
    x = lp.Vars(3, "x", lb=0)
    with pytest.raises(ExpressionError, match="not linear"):
        x / x
    with pytest.raises(ExpressionError, match="not linear"):
        x @ x
    with pytest.raises(InvalidValue, match="matmul"):
        np.ones((2, 2, 4)) @ x
    with pytest.raises(InvalidValue, match="matmul"):
        lp.Vars((2, 2, 3)) @ np.ones((2, 3))
    for text in ("three", [["a", "b", "c"]]):
        for deed in (operator.le, operator.truediv, operator.matmul):
            with pytest.raises(TypeError):
                deed(x, text)
        with pytest.raises(TypeError):
            text @ x
    rows = lp.add_constraint(x <= [1, 2, 3])
    with pytest.raises(InvalidValue, match=r"shape \(3,\), not \(2,\)|do not fit"):
        rows.ub = [1, 2]
    with pytest.raises(ExpressionError, match="number"):
        rows.ub = x
    rows.ub, rows.lb = [4, 5, 6], 2
    assert (rows.ub.tolist(), rows.lb.tolist()) == ([4, 5, 6], [2, 2, 2])


def test_arrays_are_shown_and_looked_through(lp):
    """Short ones in full, long ones by their shape; a member is found by identity."""
    x, y = lp.Vars(2, "x"), lp.Vars((5, 5), "y")
    assert repr(2 * x) == "[2 x[0], 2 x[1]]"
    assert repr(2 * y) == "<expressions of shape (5, 5)>"
    assert repr(x <= 1) == "[x[0] <= 1, x[1] <= 1]"
    assert repr(2 * y <= 1) == "<relations of shape (5, 5)>"
    assert repr(lp.add_constraint(2 * y <= 1)) == "<constraints of shape (5, 5)>"
    assert (2 * y <= 1).shape == (5, 5)
    row = lp.add_constraint(x + 1 <= 5)
    assert row[0] in row and lp.Var() not in row


@pytest.mark.parametrize(
    "longer",
    [
        lambda total, part: total + part,
        lambda total, part: part + total,
        lambda total, part: part + (1 + total),
        lambda total, part: 2 * part - part + total,
    ],
)
def test_a_sum_that_grows_at_either_end_is_not_copied_with_each_part(lp, monkeypatch, longer):
    """300 arrays of two elements: each term is copied a few times, and none of 300 times; no sum sees a later part."""
    from pplp.arrays import algebra, expression_arrays

    copied = []
    true = algebra.added_up
    for module in (algebra, expression_arrays):
        monkeypatch.setattr(
            module, "added_up", lambda *given: (made := true(*given), copied.append(len(made._columns)))[0]
        )
    parts = [lp.Vars(2) for _ in range(300)]
    total, half = parts[0], None
    for k, part in enumerate(parts[1:], 1):
        total = longer(total, part)
        half = total if k == 149 else half
    for array, count in ((half, 150), (total, 300)):
        assert [dict(one.terms) for one in array.flat] == [
            dict.fromkeys([part[i] for part in parts[:count]], 1.0) for i in (0, 1)
        ]
    assert sum(copied) < 20 * 2 * 300


def test_a_short_sum_keeps_its_order(lp):
    """What comes first is written first, up to 32 terms in each element."""
    x, y = lp.Vars(1, "x"), [lp.Vars(1, f"y{k}") for k in range(31)]
    assert str((x + sum(y))[0]).startswith("x[0] + y0[0] + y1[0] + ")


def test_an_old_numpy_is_refused():
    """Its object arrays answer False where a comparison of theirs raises: ``numpy.array(x) == 5`` would be no row."""
    code = (
        "import numpy; numpy.__version__ = '1.24.4'\n"
        "import pplp; x = pplp.LinearProgram().Vars(3)\n"
        "try: 2 * x\n"
        "except pplp.ExtraMissing as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "1.25.2 or later, and this is 1.24.4" in told

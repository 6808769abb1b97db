"""Every public function of numpy, and every method of its arrays, over expressions.

With all variables fixed to numbers, what a function gives has numpy's own shape and values on the numbers, or it raises
an error of pplp.  The functions are those of the installed numpy; one that this file does not know fails.
"""

from __future__ import annotations

import functools
import operator
import warnings
from collections import Counter
from copy import copy
from math import prod

import pytest

from pplp import ExpressionError, LinearProgram, PplpError
from pplp.core.relations import Relation
from pplp.functions.expressions import FunctionExpression

np = pytest.importorskip("numpy")

from pplp.arrays.operators import ArrayOperators  # noqa: E402
from pplp.arrays.relation_arrays import RelationArray  # noqa: E402
from pplp.core.expressions import LinearExpression  # noqa: E402
from tests.support.fake_tensor import Tensor  # noqa: E402


def names(text):
    return {*text.split()}


SHAPES = ((4,), (2, 3), (3, 3), (2, 2, 2))
#: Functions that compute nothing from elements: of text, of types, of files, of memory, of settings; and types.
NOT_OF_ELEMENTS = names(
    """
    array2string array_repr array_str base_repr binary_repr format_float_positional format_float_scientific
    can_cast common_type isdtype issubdtype issubsctype issubclass_ issctype isfortran min_scalar_type mintypecode
    obj2sctype promote_types require result_type sctype2char typename find_common_type maximum_sctype sctypeDict
    save savez savez_compressed savetxt load loadtxt genfromtxt fromfile fromregex recfromcsv recfromtxt
    number integer signedinteger unsignedinteger inexact floating complexfloating flexible character generic ufunc
    __array_namespace_info__ zeros ones eye identity isscalar vectorize mask_indices str0 bytes0 void0 string_ unicode_
    fromiter broadcast_shapes frombuffer from_dlpack fromstring bmat mat matrix memmap ndarray nditer ndenumerate
    nested_iters ndindex
    broadcast flatiter recarray record chararray empty empty_like busdaycalendar
    test info show_config show_runtime get_include errstate geterr seterr seterrcall seterrobj geterrobj geterrcall
    setbufsize getbufsize set_printoptions get_printoptions printoptions set_string_function set_numeric_ops source
    lookfor who disp deprecate deprecate_with_doc add_newdoc add_docstring add_newdoc_ufunc byte_bounds safe_eval
    DataSource finfo iinfo dtype str_ bytes_ void datetime64 timedelta64 compare_chararrays get_array_wrap
    datetime_as_string datetime_data tracemalloc_domain cast nbytes fastCopyAndTranspose row_stack msort alltrue
    """
)


def n(x):
    """Numbers beside x: 2, 4, 6, ..."""
    shape = np.shape(x) if isinstance(x, (LinearExpression, np.ndarray, float, list)) else getattr(x, "shape", (3,))
    return 2.0 * np.arange(1, 1 + prod(shape)).reshape(shape)


def mask(x):
    return n(x) % 4 == 0


#: How each of them is called.
CALLS = {
    "x": lambda f, x: f(x),
    "x, x": lambda f, x: f(x, x),
    "x, 1": lambda f, x: f(x, 1),
    "1, x": lambda f, x: f(1, x),
    "x, n": lambda f, x: f(x, n(x)),
    "n, x": lambda f, x: f(n(x), x),
    "[x, x]": lambda f, x: f([x, x]),
    "[x, n]": lambda f, x: f([x, n(x)]),
    "x, axis=0": lambda f, x: f(x, axis=0),
    "x, axis=-1": lambda f, x: f(x, axis=-1),
    "x, axis=9": lambda f, x: f(x, axis=9),
    "x, axis=(0, 1)": lambda f, x: f(x, axis=(0, 1)),
    "x, axis=1, keepdims": lambda f, x: f(x, axis=1, keepdims=True),
    "x, keepdims": lambda f, x: f(x, keepdims=True),
    "x, where": lambda f, x: f(x, where=mask(x)),
    "x, dtype=int": lambda f, x: f(x, dtype=int),
    "x, float": lambda f, x: f(x, float),
    "x, out": lambda f, x: f(x, out=np.zeros(np.shape(x))) if np.ndim(x) else f(x, out=3),
    "x, 0, 1": lambda f, x: f(x, 0, 1),
    "x, -1": lambda f, x: f(x, -1),
    "x, (2, 1)": lambda f, x: f(x, (2, 1)),
    "mask, x": lambda f, x: f(mask(x), x),
    "mask, x, 0": lambda f, x: f(mask(x), x, 0),
    "mask, x, x": lambda f, x: f(mask(x), x, x),
    "zeros, x": lambda f, x: f(np.zeros(np.shape(n(x)), int), x),
    "x, zeros": lambda f, x: f(x, np.zeros(np.shape(n(x)), int)),
}
#: Calls of functions that take something of their own.
EXAMPLES = {
    "append": [lambda f, x: f(x, x, axis=-1), lambda f, x: f(x, [[1, 2]])],
    "apply_along_axis": [lambda f, x: f(np.cumsum, 0, x), lambda f, x: f(lambda line: line[0] - line[-1], -1, x)],
    "apply_over_axes": [lambda f, x: f(np.sum, x, [0, -1])],
    "arange": [lambda f, x: f(0, x, 1)],
    "astype": [lambda f, x: f(np.asarray(x) if isinstance(x, float) else x, float)],
    "array_split": [lambda f, x: f(x, 3), lambda f, x: f(x, [1], axis=-1)],
    "average": [
        lambda f, x: f(x, weights=n(x)), lambda f, x: f(x, axis=0, weights=np.arange(1.0, 1 + len(x))),
        lambda f, x: f(x, axis=-1, weights=n(x), returned=True), lambda f, x: f(x, weights=x),
        lambda f, x: f(x, returned=True), lambda f, x: f(x, weights=0 * n(x)), lambda f, x: f(n(x), weights=x),
        lambda f, x: f(x, axis=0, weights=n(x), keepdims=True),
    ],
    "bincount": [
        lambda f, x: f([0, 2, 2, 1], x), lambda f, x: f([0, 0, 2, 1], weights=x, minlength=7),
        lambda f, x: f([0, 1], x),
    ],
    "block": [lambda f, x: f([[x, x], [n(x), x]]), lambda f, x: f([x, 1])],
    "broadcast_arrays": [lambda f, x: f(x, np.zeros((2, 1, 1, 1)))],
    "broadcast_shapes": [lambda f, x: f(x.shape, (1,))],
    "broadcast_to": [lambda f, x: f(x, (2, *np.shape(x))), lambda f, x: f(x, (7, 7, 7))],
    "busday_count": [lambda f, x: f("2024-01-01", x)],
    "busday_offset": [lambda f, x: f("2024-01-01", x)],
    "choose": [lambda f, x: f([0, 1], [x, n(x)], mode="clip") if np.shape(x)[-1] == 2 else f(1, [x, n(x)])],
    "clip": [lambda f, x: f(x, 1, 2), lambda f, x: f(1, x, 2)],
    "compress": [lambda f, x: f([False, True], x, axis=0), lambda f, x: f([True, False, True], x)],
    "concat": [lambda f, x: f([x, x, n(x)], axis=None), lambda f, x: f((x, n(x)), axis=-1), lambda f, x: f([x, [1]])],
    "convolve": [lambda f, x, m=m: f(x, [1, 2, 3], m) for m in ("full", "same", "valid")]
    + [lambda f, x, m=m, k=k: f(np.arange(1.0, k), x, m) for m in ("full", "same", "valid") for k in (3, 6, 7)]
    + [lambda f, x: f(x, x), lambda f, x: f(x, [])],
    "correlate": [lambda f, x, m=m: f(x, [1, 2, 3], m) for m in ("full", "same", "valid")]
    + [lambda f, x, m=m, k=k: f(np.arange(1.0, k), x, m) for m in ("full", "same", "valid") for k in (2, 3, 6, 7, 8)]
    + [lambda f, x, m=m, k=k: f(x, np.arange(1.0, k), m) for m in ("full", "same", "valid") for k in (2, 3, 6, 7, 8)],
    "copyto": [lambda f, x: f(np.zeros(np.shape(x)), x)],
    "cross": [lambda f, x: f(x[..., :2], n(x)[..., :2]), lambda f, x: f(n(x), x), lambda f, x: f(x, [1, 0, 2])],
    "cumulative_sum": [lambda f, x: f(x, axis=-1, include_initial=True)],
    "delete": [lambda f, x: f(x, [0, -1], axis=-1), lambda f, x: f(x, slice(None, None, 2))],
    "diag": [lambda f, x: f(x, 1), lambda f, x: f(x, -1)],
    "diagonal": [lambda f, x: f(x, 1), lambda f, x: f(x, axis1=-1, axis2=0)],
    "diff": [
        lambda f, x: f(x, 2), lambda f, x: f(x, 0), lambda f, x: f(x, -1), lambda f, x: f(x, prepend=0),
        lambda f, x: f(x, axis=0, append=x[:1]), lambda f, x: f(x, n=9), lambda f, x: f(n(x), prepend=x[..., :1]),
    ],
    "digitize": [lambda f, x: f(x, [1, 2])],
    "dot": [
        lambda f, x: f(np.ones((2, np.shape(x)[0])), x), lambda f, x: f(x, np.ones((np.shape(x)[-1], 2))),
        lambda f, x: f(x, np.arange(2.0 * np.shape(x)[-1]).reshape(2, -1).T),
    ],
    "dsplit": [lambda f, x: f(x, 2)],
    "ediff1d": [lambda f, x: f(x, to_end=[1, 2], to_begin=0)],
    "einsum": [
        lambda f, x: f("i->", x), lambda f, x: f("ij->ji", x), lambda f, x: f("ii", x), lambda f, x: f("ii->i", x),
        lambda f, x: f("...i->...", x), lambda f, x: f("i,i", n(x), x), lambda f, x: f("ij,kj->ik", x, np.eye(3)),
        lambda f, x: f("...i,i,i->...i", x, np.arange(np.shape(x)[-1]), n(x).ravel()[: np.shape(x)[-1]]),
        lambda f, x: f("ij,ij", x, x), lambda f, x: f(x, [0, 1], [1, 0]),
        lambda f, x: f("ijk,kj,i->k", x, n(x)[0], [1, 2]),
        lambda f, x: f("ij,jk", n(x)[:, :1], x[:1]), lambda f, x: f("i", x), lambda f, x: f("iz->zq", x),
    ],
    "einsum_path": [lambda f, x: f("i,i", x, x)],
    "expand_dims": [lambda f, x: f(x, (0, -1))],
    "extract": [lambda f, x: f([True, False, True], x)],
    "fill_diagonal": [lambda f, x: f(np.eye(2), x)],
    "flip": [lambda f, x: f(x, (0, -1))],
    "fromfunction": [lambda f, x: f(lambda i: x[0] + i, (2,), dtype=object)],
    "fromiter": [lambda f, x: f(x, float)],
    "frompyfunc": [lambda f, x: f(lambda e: 2 * e, 1, 1)(np.array(x)), lambda f, x: f(lambda e: 2 * e, 1, 1)(x)],
    "full": [lambda f, x: f((2, *np.shape(x)), x)],
    "full_like": [lambda f, x: f(x, 7), lambda f, x: f(x, x)],
    "geomspace": [lambda f, x: f(1, x, 3)],
    "gradient": [lambda f, x: f(x, 2.0), lambda f, x: f(x, axis=0, edge_order=2)],
    "histogram": [lambda f, x: f([0, 1, 2], weights=n(x)[:3].ravel()[:3] * x[0])],
    "histogram2d": [lambda f, x: f(x, x)],
    "histogramdd": [lambda f, x: f([x, x])],
    "hsplit": [lambda f, x: f(x, [1])],
    "in1d": [lambda f, x: f(x, [1])],
    "inner": [lambda f, x: f(np.ones((2, np.shape(x)[-1])), x), lambda f, x: f(x, np.arange(np.shape(x)[-1]))],
    "insert": [
        lambda f, x: f(x, 1, 5.0), lambda f, x: f(x, [0, 1], x[0], axis=-1), lambda f, x: f(x, 1, n(x)[0], axis=0),
        lambda f, x: f(x, [0, 2], [x[0], 4.0]),
    ],
    "interp": [lambda f, x: f(1.5, [0, 1, 2, 3], x), lambda f, x: f([-1, 0.5, 9], [0, 1, 2, 3], x),
        lambda f, x: f(x, [1, 9], [2, 3])],
    "ix_": [lambda f, x: f(x, x)],
    "kron": [lambda f, x: f([[1, 2], [0, 3]], x), lambda f, x: f(x, [1, 2])],
    "lexsort": [lambda f, x: f((x, x))],
    "linspace": [
        lambda f, x: f(0, x, 3), lambda f, x: f(x, n(x), 4, endpoint=False), lambda f, x: f(x, 1, 3, axis=-1),
        lambda f, x: f(x, n(x), retstep=True),
    ],
    "logspace": [lambda f, x: f(0, x, 3)],
    "matmul": [
        lambda f, x: f(np.ones((2, 4)), x), lambda f, x: f(np.ones((3, 2)), x),
        lambda f, x: f(x, np.ones(np.shape(x)[-1])),
        lambda f, x: f(np.ones((3, 2, np.shape(x)[0])), x), lambda f, x: f(x, np.ones((5, np.shape(x)[-1], 2))),
    ],
    "matrix_power": [lambda f, x: f(x, 2), lambda f, x: f(x, 1)],
    "matvec": [lambda f, x: f(np.ones((3, np.shape(x)[-1])), x), lambda f, x: f(x, np.arange(np.shape(x)[-1]))],
    "mean": [lambda f, x: f(x, axis=-1, where=mask(x)[..., :1] | True), lambda f, x: f(x, where=n(x) < 0)],
    "meshgrid": [lambda f, x: f(x, [1, 2]), lambda f, x: f(x, x, indexing="ij", sparse=True)],
    "moveaxis": [lambda f, x: f(x, 0, -1), lambda f, x: f(x, [0, 1], [1, 0])],
    "multi_dot": [lambda f, x: f([np.ones((2, 2)), x, np.ones((3, 2))]), lambda f, x: f([n(x), x])],
    "nan_to_num": [lambda f, x: f(x, nan=3.0)],
    "norm": [lambda f, x: f(x, 1)],
    "outer": [lambda f, x: f([1, 2], x), lambda f, x: f(x, [3, 4])],
    "pad": [lambda f, x, m=m: f(x, 1, m) for m in ("edge", "reflect", "symmetric", "wrap", "mean", "maximum")]
    + [
        lambda f, x: f(x, (1, 2)), lambda f, x: f(x, 1, constant_values=4),
        lambda f, x: f(x, 1, mode="constant", constant_values=x.ravel()[0]),
        lambda f, x: f(x, 1, "reflect", reflect_type="odd"),
    ],
    "partition": [lambda f, x: f(x, 1)],
    "piecewise": [lambda f, x: f(x, [n(x) > 4], [1, 2])],
    "place": [lambda f, x: f(np.zeros(np.shape(x)), mask(x), x)],
    "poly": [lambda f, x: f(x)],
    "poly1d": [lambda f, x: f(x)(2.0)],
    "polyfit": [lambda f, x: f([1, 2, 3, 4], x, 1)],
    "polyval": [lambda f, x: f(x, 2.0), lambda f, x: f([1, 2], x), lambda f, x: f([1, 2, 3], x)],
    "polyint": [lambda f, x: f(x, 2)],
    "put": [lambda f, x: f(np.zeros(4), [0], x), lambda f, x: f(x, [0], 1)],
    "put_along_axis": [lambda f, x: f(x, np.zeros(np.shape(x), int), 1, 0)],
    "putmask": [lambda f, x: f(np.zeros(np.shape(x)), mask(x), x)],
    "quantile": [lambda f, x: f(x, 0.5)],
    "percentile": [lambda f, x: f(x, 50)],
    "ravel_multi_index": [lambda f, x: f((x,), (9,))],
    "repeat": [lambda f, x: f(x, 3), lambda f, x: f(x, [1] * np.shape(x)[-1], axis=-1), lambda f, x: f(2, x)],
    "reshape": [lambda f, x: f(x, -1), lambda f, x: f(x, (-1, 2), order="F"), lambda f, x: f(x, (5, 5))],
    "resize": [lambda f, x: f(x, (3, 3)), lambda f, x: f(x[:0], (2,))],
    "roll": [lambda f, x: f(x, -1, axis=0), lambda f, x: f(x, (1, 2), axis=(0, -1))],
    "rollaxis": [lambda f, x: f(x, -1)],
    "rot90": [lambda f, x: f(x, 3), lambda f, x: f(x, axes=(1, 0))],
    "searchsorted": [lambda f, x: f([1, 2], x), lambda f, x: f(x, 3)],
    "select": [
        lambda f, x: f([mask(x), ~mask(x)], [x, n(x)]), lambda f, x: f([mask(x)], [x]),
        lambda f, x: f([mask(x)], [n(x)], default=x),
        lambda f, x: f([x], [x]),
    ],
    "sliding_window_view": [lambda f, x: f(x, 2, axis=0)],
    "solve": [lambda f, x: f(np.eye(len(x)), x)],
    "lstsq": [lambda f, x: f(np.eye(len(x)), x, rcond=None)],
    "split": [lambda f, x: f(x, 2), lambda f, x: f(x, [1, 1], axis=-1)],
    "squeeze": [lambda f, x: f(x[:1]), lambda f, x: f(x[:1], 0), lambda f, x: f(x, 0)],
    "stack": [lambda f, x: f([x, n(x), x], axis=-1)],
    "sum": [
        lambda f, x: f(x, axis=(0, -1), keepdims=True), lambda f, x: f(x, initial=5),
        lambda f, x: f(x, axis=0, where=mask(x)),
        lambda f, x: f(x, axis=-1, initial=2.0, where=mask(x)), lambda f, x: f(x, where=n(x)),
        lambda f, x: f(x, axis=(0, 0)),
        lambda f, x: f(x[:0]), lambda f, x: f(x[:0], axis=0),
    ],
    "swapaxes": [lambda f, x: f(x, 0, -1)],
    "take": [lambda f, x: f(x, [[0, -1]]), lambda f, x: f(x, 1, axis=-1), lambda f, x: f(x, [7], mode="wrap")],
    "take_along_axis": [lambda f, x: f(x, np.zeros(np.shape(x), int), -1),
        lambda f, x: f(x, n(x).astype(int) % np.shape(x)[0], 0)],
    "tensordot": [
        lambda f, x: f(x, np.ones((np.shape(x)[-1], 2)), 1), lambda f, x: f(n(x), x, axes=([0, -1], [0, -1])),
        lambda f, x: f([1, 2], x, 0), lambda f, x: f(x, n(x), ([0], [-1])),
    ],
    "tensorinv": [lambda f, x: f(x, 1)],
    "tensorsolve": [lambda f, x: f(np.eye(len(x)), x)],
    "tile": [lambda f, x: f(x, 3), lambda f, x: f(x, (2, 1, 2))],
    "trace": [lambda f, x: f(x, 1), lambda f, x: f(x, offset=-1), lambda f, x: f(x, 0, -1, 0)],
    "transpose": [lambda f, x: f(x, range(np.ndim(x))[::-1])],
    "trapezoid": [lambda f, x: f(x, dx=2.0), lambda f, x: f(x, np.arange(np.shape(x)[-1]) ** 2)],
    "trapz": [lambda f, x: f(x, dx=2.0)],
    "tri": [lambda f, x: f(3, x)],
    "tril": [lambda f, x: f(x, 1)],
    "triu": [lambda f, x: f(x, -1)],
    "unravel_index": [lambda f, x: f(x, (99,))],
    "unstack": [lambda f, x: f(x, axis=-1)],
    "vander": [lambda f, x: f(x, 2)],
    "vecdot": [lambda f, x: f(x, np.arange(np.shape(x)[-1]))],
    "vecmat": [lambda f, x: f(np.arange(np.shape(x)[0]), x), lambda f, x: f(x, np.ones((np.shape(x)[-1], 2)))],
    "vsplit": [lambda f, x: f(x, [1])],
    "where": [lambda f, x: f(mask(x), x, n(x)), lambda f, x: f(mask(x), 0, x), lambda f, x: f(x),
        lambda f, x: f(x, 1, 2)],
}  # fmt: skip
EXAMPLES["concatenate"] = EXAMPLES["concat"]
EXAMPLES["permute_dims"] = EXAMPLES["transpose"]
EXAMPLES["cumsum"] = EXAMPLES["nancumsum"] = [lambda f, x: f(x, 1)]


def public_functions():
    """The public callables of numpy, and of its parts that compute."""
    found = {}
    stride_tricks = np.lib.stride_tricks
    for place in (np, np.linalg, np.fft, stride_tricks):
        for name in sorted(place.__all__) if place is not stride_tricks else ["sliding_window_view"]:
            thing = getattr(place, name, None) if name not in NOT_OF_ELEMENTS and name[0] != "_" else None
            if callable(thing) and not (isinstance(thing, type) and issubclass(thing, BaseException)):
                found[f"{place.__name__}.{name}"] = thing
    return found


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    FUNCTIONS = public_functions()


@functools.lru_cache(None)
def variables(shape):
    """Variables of a program with a solution, whose values are other than those of `numbers_of`."""
    lp = LinearProgram(trace=False)
    x = lp.Vars(shape, "x", lb=0.25, ub=0.25)
    lp.minimize()
    return x


def numbers_of(shape):
    """The number of each variable; no two are the same."""
    size = prod(shape)
    return ((np.arange(size) * 5 + 2) % size + 1.0).reshape(shape)


#: (expressions, numbers), by what they are.
ARRAYS = {
    **{f"variables {shape}": (variables(shape), numbers_of(shape)) for shape in SHAPES},
    **{f"expressions {shape}": (2 * variables(shape) - 1, 2 * numbers_of(shape) - 1) for shape in SHAPES[1:3]},
    "a variable": (variables((4,))[0], 3.0),
    "an expression": (2 * variables((4,))[0] + 1, 7.0),
}
#: Those that numpy knows to be arrays of objects, and takes as Python's operators tell it.
OBJECTS = {
    **{f"objects {shape}": (np.array(variables(shape)), numbers_of(shape)) for shape in SHAPES[:2]},
    **{f"rows {shape}": (list(variables(shape)), list(numbers_of(shape))) for shape in SHAPES[:2]},
}


def value(thing, point):
    """What it is where the variables have these numbers."""
    if isinstance(thing, LinearExpression):
        indices, coefficients, shift = thing._parts()
        return np.float64(shift + sum(a * point[k] for k, a in zip(indices, coefficients)))
    if isinstance(thing, Relation):
        return np.bool_(thing._lower <= value(thing._expression, point) <= thing._upper)
    if isinstance(thing, FunctionExpression):  # of absolute values
        terms = [a * max(value(e, point) for e in f._items) for a, f in thing._terms[: thing._count]]
        return value(thing._linear, point) + sum(terms)
    if isinstance(thing, ArrayOperators):
        elements = thing.flat
        return np.array([value(one, point) for one in elements], float).reshape(thing.shape)
    if isinstance(thing, RelationArray):
        return np.array([value(one, point) for one in thing], bool).reshape(thing.shape)
    if isinstance(thing, np.ndarray) and thing.dtype == object:
        plain = np.asarray(thing)
        return np.array([value(one, point) for one in plain.ravel().tolist()]).reshape(plain.shape)
    if isinstance(thing, (list, tuple)):
        return [value(one, point) for one in thing]
    return thing


def same(one, other):
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    one, other = np.asarray(one), np.asarray(other)
    if one.dtype == object or other.dtype.kind not in "biuf":
        return str(one) == str(other)
    return one.shape == other.shape and np.allclose(one.astype(float), other.astype(float), equal_nan=True)


def attempted(call, function, thing):
    """(what it gives, the error)."""
    try:
        return call(function, copy(thing)), None  # a function may change it
    except Exception as error:
        return None, error


def judged(call, function, x, numbers, ours):
    """What became of one call: "right" or "refused"; None where numpy refuses it for numbers, too."""
    wanted, error = attempted(call, function, numbers)
    got, refusal = attempted(call, function, x)
    if isinstance(refusal, PplpError):
        return "refused"
    if error is not None and "dtype" in str(error):
        return None  # an array says of which type it is, and so may stand for one
    if error is not None:
        assert refusal is not None or not ours, f"numpy: {error!r}; of expressions: {got!r}"
        return None
    if refusal is not None:
        assert not ours, repr(refusal)
        return "refused"
    point = dict(enumerate(numbers_of(np.shape(numbers) or (4,)).ravel().tolist()))
    found = value(got, point)
    assert same(found, value(wanted, point)), f"{got!r} is {found!r}, and not {wanted!r}"
    return "right"


@pytest.fixture(autouse=True)
def _quiet():
    """numpy's own warnings, of what is deprecated or not a number, are not the subject."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


#: Of objects numpy makes Python's own `a and b`, which is one of the two and no truth value.
PYTHONS_OWN = {"logical_and", "logical_or"}
#: Elements that numpy leaves open where the condition does not hold; and a type, which is an object as any other.
LEFT_OPEN = {"x, where", "x, float"}
#: What is asked for as a float is the value of the last solution, as float(x) is; so are floor and ceil.
VALUES = {
    *(name for name in dir(np) if isinstance(getattr(np, name), type) and issubclass(getattr(np, name), np.inexact)),
    *("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "asarray_chkfinite"),
    *("floor", "ceil", "trunc", "fix", "bincount"),
}
TALLY: dict[str, Counter] = {}


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_a_function(name):
    """It is right or refused; and one of its calls is one that numpy takes for numbers, or one that is refused."""
    function, short = FUNCTIONS[name], name.rpartition(".")[2]
    examples = {f"example {k}": call for k, call in enumerate(EXAMPLES.get(short, []))}
    tally = TALLY.setdefault(name, Counter())
    for said, call in {**CALLS, **examples}.items():
        for what, (x, numbers) in {**ARRAYS, **OBJECTS}.items():
            ours = what in ARRAYS and "[x" not in said
            if not ours and (short in PYTHONS_OWN or said in LEFT_OPEN):
                continue
            if short in VALUES and what[0] in "aor":
                continue
            try:
                tally[judged(call, function, x, numbers, ours)] += 1
            except AssertionError as error:
                raise AssertionError(f"{name}({said}) of {what}: {error}") from None
    assert tally["right"] + tally["refused"], f"There is no example of {name}: give it one, or say that it takes none."


#: Of these at least one call is right: they are linear, and all that numpy says of their shapes holds.
LINEAR = names(
    """
    add append apply_along_axis apply_over_axes array array_split asarray atleast_1d atleast_2d atleast_3d average
    bincount block broadcast_arrays broadcast_to choose column_stack compress concatenate convolve copy correlate cross
    cumsum delete diag diagflat diagonal diff divide dot dsplit dstack ediff1d einsum equal expand_dims extract
    fft.fftshift flip fliplr flipud gradient greater_equal hsplit hstack inner insert interp kron less_equal linspace
    matmul mean meshgrid moveaxis multiply nanmean nansum negative ones_like outer pad polyval positive ravel repeat
    reshape resize roll rollaxis rot90 select shape size split squeeze stack subtract sum swapaxes take take_along_axis
    tensordot tile trace transpose tril triu vdot vsplit vstack where zeros_like linalg.multi_dot
    lib.stride_tricks.sliding_window_view
    """
)


@pytest.mark.parametrize("name", sorted(LINEAR))
def test_a_linear_function(name):
    """Of an array of variables alone, by numpy's dispatch, one call at least is right."""
    full = f"numpy.{name}"
    function, short = FUNCTIONS[full], name.rpartition(".")[2]
    calls = [*CALLS.values(), *EXAMPLES.get(short, [])]
    made = [judged(call, function, x, numbers, True) for call in calls for x, numbers in [*ARRAYS.values()][:4]]
    assert "right" in made


#: How the methods of numpy's arrays are called.
METHODS = {
    "": lambda x, name: getattr(x, name)(),
    "0": lambda x, name: getattr(x, name)(0),
    "-1": lambda x, name: getattr(x, name)(-1),
    "0, 1": lambda x, name: getattr(x, name)(0, 1),
    "1, 0": lambda x, name: getattr(x, name)(1, 0),
    "3, 3": lambda x, name: getattr(x, name)(3, 3),
    "(1, 0)": lambda x, name: getattr(x, name)((1, 0)),
    "[0, 1]": lambda x, name: getattr(x, name)([0, 1]),
    "axis=0": lambda x, name: getattr(x, name)(axis=0),
    "axis=(0, 1), keepdims": lambda x, name: getattr(x, name)(axis=(0, 1), keepdims=True),
    "numbers": lambda x, name: getattr(x, name)(np.arange(float(len(x)))),
    "float": lambda x, name: getattr(x, name)(float),
    "order": lambda x, name: getattr(x, name)(order="F"),
    "[True, False], axis": lambda x, name: getattr(x, name)([True, False], axis=0),
    "-1, order": lambda x, name: getattr(x, name)(-1, order="F"),
    "[numbers, numbers]": lambda x, name: getattr(x, name)([np.zeros(np.shape(x))] * 9),
}
#: Of memory, of types and of files; and the protocols.
NOT_METHODS = names(
    """
    byteswap dump dumps getfield setfield setflags tobytes tofile tostring view newbyteorder itemset to_device
    """
)


@pytest.mark.parametrize("name", [name for name in dir(np.ndarray) if name[0] != "_" and name not in NOT_METHODS])
def test_a_method(name):
    """As the function; attributes of memory and of types do not exist."""
    if not callable(getattr(np.ndarray, name)):
        for x, numbers in [*ARRAYS.values()][:6]:
            if hasattr(type(x), name) and name not in ("flat", "device", "dtype"):
                assert judged(lambda name, x: getattr(x, name), name, x, numbers, ours=False) != "refused" or x.ndim < 2
        return
    made = set()
    for said, call in METHODS.items():
        for what, (x, numbers) in [*ARRAYS.items()][:6]:
            try:
                made.add(judged(lambda name, x, call=call: call(x, name), name, x, numbers, ours=True))
            except AssertionError as error:
                raise AssertionError(f".{name}({said}) of {what}: {error}") from None
    assert made - {None}


def labelled(package):
    data = pytest.importorskip(package)
    index = data.Index(["a", "b", "c", "d"]) if package == "pandas" else data.Series("key", ["a", "b", "c", "d"])
    return LinearProgram(trace=False).Vars(index, "x")


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_with_labels(package):
    """No function takes their order for what belongs to what."""
    x, numbers = labelled(package), numbers_of((4,))
    for name, function in FUNCTIONS.items():
        for said in ("x", "x, x", "x, 1", "1, x", "x, axis=0", "x, n", "n, x"):
            try:
                made = judged(CALLS[said], function, x, numbers, True)
            except AssertionError as error:
                raise AssertionError(f"{name}({said}): {error}") from None
            if made == "right" and said in ("x", "x, x", "x, axis=0"):
                assert name.rpartition(".")[2] in WITH_LABELS, name


#: What numpy may do with labels: the operators, and the whole sum.
WITH_LABELS = names(
    """
    add subtract multiply divide true_divide negative positive conj conjugate deg2rad rad2deg radians degrees sum
    less_equal greater_equal equal iterable matmul vecdot shape size ndim zeros_like ones_like full_like object_
    real_if_close iscomplexobj isrealobj
    """
)


def test_by_key():
    """Keys are not taken for numbers."""
    x = LinearProgram().Vars([1, 2, 3], "x")
    for name, function in FUNCTIONS.items():
        for said in ("x", "x, x", "x, 1", "x, axis=0"):
            got, refusal = attempted(CALLS[said], function, x)
            assert refusal is not None or name.rpartition(".")[2] in {*OF_KEYS, "iterable"}, f"{name}({said}): {got!r}"


#: A mapping is a sequence of its keys, for what takes a shape and for what begins with iterating.
OF_KEYS = {"full", "indices", "hstack", "vstack", "dstack", "stack", "column_stack", "row_stack"}


@pytest.mark.parametrize("made", ["relations", "constraints"])
def test_what_is_no_expression(made):
    """An array of relations or constraints goes into no function."""
    lp = LinearProgram()
    x = lp.Vars(3, lb=0, ub=9)
    thing = x <= 4 if made == "relations" else lp.add_constraint(x + 1 <= 4)
    for name, function in FUNCTIONS.items():
        for said in ("x", "x, x", "x, 1", "x, axis=0"):
            got, refusal = attempted(CALLS[said], function, thing)
            short = name.rpartition(".")[2]
            assert refusal is not None or (made == "constraints" and got is not None) or short == "iterable", name


def test_parts_without_elements():
    """Arrays with an axis of length 0 join, add up and have values as those of numpy do."""
    lp = LinearProgram()
    x = lp.Vars((2, 3), "x", lb=1, ub=1)
    lp.minimize()
    ones = np.ones((2, 3))
    for act in (
        lambda a: np.concatenate([a[:0], a]),
        lambda a: np.vstack([a[:, :1], a[:, :0].reshape(0, 1), a[:, 1:2]]),
        lambda a: np.append(a[0], a[1][:0]),
        lambda a: a[:0],
        lambda a: a[:, :0],
        lambda a: np.cumsum(a[:, :0], axis=1),
        lambda a: np.cumsum(a[:0], axis=0),
        lambda a: np.cumsum(a[:0], axis=1),
        lambda a: np.cumsum(a[:0]),
        lambda a: a[:0].sum(axis=0) + a[:, :0].sum(axis=1)[0],
    ):
        assert act(x).shape == act(ones).shape
        assert act(x).value.tolist() == act(ones).tolist()


@pytest.mark.parametrize("place", [True, False, (True, 0), (1, False), (slice(None), True)])
def test_truth_values_are_masks(place):
    """As numpy takes them, and not the places 1 and 0."""
    lp = LinearProgram()
    x = lp.Vars((2, 3), "x")
    numbers = np.arange(6).reshape(2, 3)
    assert x[place].shape == numbers[place].shape
    assert [str(one) for one in x[place].flat] == [str(x.flat[k]) for k in numbers[place].flat]


@pytest.mark.parametrize("order", ["A", "K", "k"])
def test_expressions_have_no_order_in_memory(order):
    """numpy's order depends on how an array was made: the transposed one is read by columns."""
    x = LinearProgram().Vars((2, 3), "x")
    for act in (np.ravel, np.ndarray.flatten, np.reshape):
        with pytest.raises(ExpressionError, match="order='C'"):
            np.reshape(x.T, -1, order=order) if act is np.reshape else getattr(x.T, act.__name__)(order)
    assert str(np.ravel(a=x.T)) == str(x.T.flatten()) == str(x.ravel("F")) == str(np.ravel(x, order="F"))


@pytest.mark.parametrize("act", [operator.floordiv, operator.mod, divmod])
def test_integer_division_is_refused(act):
    lp = LinearProgram()
    for e in (lp.Var(), 2 * lp.Var() + 1, lp.Vars(2), 2 * lp.Vars((2, 2))):
        for operands in ((e, 2), (2, e), (e, np.ones(2)), (np.ones(2), e), (np.int64(2), e)):
            with pytest.raises(ExpressionError, match="not linear"):
                act(*operands)


@pytest.mark.parametrize("act", [np.dot, np.inner, np.vdot, np.outer, np.kron, np.convolve, np.concatenate])
def test_tables_and_tensors_in_functions(act):
    """A series is taken by position where its labels are positions; a tensor out of its gradient."""
    pandas = pytest.importorskip("pandas")
    x, numbers = LinearProgram().Vars(3, "x"), np.array([1.0, 2, 3])

    def both(other):
        one, two = (act([other, x]), act([x, other])) if act is np.concatenate else (act(other, x), act(x, other))
        return str(one), str(two)

    assert both(pandas.Series(numbers)) == both(numbers)
    with pytest.raises(PplpError, match="labels a, b, c"):
        both(pandas.Series(numbers, index=list("abc")))
    with pytest.raises(PplpError, match="position 1"):
        both(pandas.Series([1, None, 3]))
    assert both(Tensor(numbers.tolist(), (3,), needs_gradient=True)) == both(numbers)

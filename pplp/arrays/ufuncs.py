"""numpy's ufuncs of expressions: those that are an operator, and those that are a factor; all others are refused.

What a ufunc takes and gives depends on the ufunc.  So it is Any where it may be any of them.
"""

from __future__ import annotations

from sys import modules
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from pplp.arrays import contractions, sums
from pplp.arrays.arguments import check_options
from pplp.arrays.guard import guarded
from pplp.arrays.numpy_functions import NOT_LINEAR, through_objects
from pplp.arrays.operands import is_symbolic
from pplp.arrays.operators import ArrayOperators
from pplp.arrays.readings import objects
from pplp.core.expressions import LinearExpression
from pplp.core.protocols import asker, held
from pplp.errors import ExpressionError
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Objects

__all__ = ["call"]

#: The methods of Python's operators: of the left operand, and of the right one.
_BINARY = {
    np.add: ("__add__", "__radd__"),
    np.subtract: ("__sub__", "__rsub__"),
    np.multiply: ("__mul__", "__rmul__"),
    np.true_divide: ("__truediv__", "__rtruediv__"),
    np.matmul: ("__matmul__", "__rmatmul__"),
    np.less_equal: ("__le__", "__ge__"),
    np.greater_equal: ("__ge__", "__le__"),
    np.equal: ("__eq__", "__eq__"),
    np.less: ("__lt__", "__gt__"),
    np.greater: ("__gt__", "__lt__"),
    np.not_equal: ("__ne__", "__ne__"),
    np.power: ("__pow__", "__rpow__"),
}
_SYMBOLIC = (ArrayOperators, LinearExpression)
_NUMBERS = {np.float64, np.float32, np.int64, np.int32}
_UNARY = {np.negative: "__neg__", np.positive: "__pos__", np.conjugate: "__pos__"}
#: Changes of units.
_FACTORS = {np.deg2rad, np.radians, np.rad2deg, np.degrees}
#: Products of arrays that are not operators.
_PRODUCTS: dict[Any, Callable[..., Any]] = {
    getattr(np, name): getattr(contractions, name) for name in ("vecdot", "matvec", "vecmat") if hasattr(np, name)
}
#: Which options of theirs these products take.
_TAKEN = {"vecdot": {"axis"}}


def call(ufunc: Any, method: str, operands: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What a ufunc, or one of its methods, gives for operands of which one at least is an expression."""
    if method == "__call__" and not options:
        names = _BINARY.get(ufunc)
        if names is not None:
            return _binary(ufunc, names, *operands)
    return guarded(ufunc.__name__, _called, ufunc, method, operands, options)


def _called(ufunc: Any, method: str, operands: tuple[Any, ...], options: dict[str, Any]) -> Any:
    if method != "__call__":
        return _of_method(ufunc, method, operands, options)
    target = options.pop("out", None)
    if options.pop("where", True) is not True:
        raise ExpressionError(f"numpy's {ufunc.__name__}() with where= leaves elements open. Write numpy.where(...).")
    for ineffective in ("casting", "order", "subok"):
        options.pop(ineffective, None)
    check_options(ufunc.__name__, {"dtype": options.pop("dtype", None)})
    if target is not None:
        return _written(ufunc, operands, options, target[0])
    if ufunc in _BINARY and not options:
        return _binary(ufunc, _BINARY[ufunc], *operands)
    if ufunc in _UNARY:
        return getattr(operands[0], _UNARY[ufunc])()
    if ufunc in _FACTORS:
        return operands[0] * float(ufunc(1.0))
    if ufunc in _PRODUCTS and options.keys() <= _TAKEN.get(ufunc.__name__, set()):
        return _PRODUCTS[ufunc](*operands, **options)
    if options and (ufunc in _BINARY or ufunc in _PRODUCTS):
        raise ExpressionError(
            f"numpy's {ufunc.__name__}() of expressions does not take {next(iter(options))}=. Move the axes before, by "
            "numpy.moveaxis()."
        )
    _refuse(ufunc)


def _binary(ufunc: Any, names: tuple[str, str], left: Any, right: Any) -> Any:
    """What the operator gives: by the method of the left operand, else by that of the right one."""
    table = left if type(left) is np.ndarray else right if type(right) is np.ndarray else None
    left, right, made = _plain(left), _plain(right), NotImplemented
    if isinstance(left, _SYMBOLIC):
        made = getattr(left, names[0])(right)
    if made is NotImplemented and not isinstance(right, np.ndarray):  # which would ask us again
        made = getattr(type(right), names[1], lambda *_: NotImplemented)(right, left)
    if made is NotImplemented:
        _refuse_operands(ufunc, left, right)
    if table is None or not ("pandas" in modules or "xarray" in modules):  # no package that would hold the result
        return made
    return held(made, asker(), table.ndim)


def _plain(operand: Any) -> Any:
    """A number of numpy as Python's own, with which operators are faster; what is in an array without dimensions."""
    kind = type(operand)
    if kind in _NUMBERS or (kind is np.ndarray and not operand.ndim and operand.dtype.kind in "biufO"):
        return operand.item()
    return operand


def _written(ufunc: Any, operands: tuple[Any, ...], options: dict[str, Any], target: Any) -> Objects:
    """An array of objects takes the result, as ``objects += x``; an array of numbers cannot."""
    if not isinstance(target, np.ndarray) or target.dtype != object:
        raise ExpressionError(
            f"numpy's {ufunc.__name__}() cannot put expressions into an array of numbers, by out= or by an operator "
            "such as +=. Write total = total + x."
        )
    made = call(ufunc, "__call__", operands, options)
    if not is_symbolic(made):
        _refuse(ufunc)
    taker: Objects = target
    taker[...] = objects(made)
    return taker


def _of_method(ufunc: Any, method: str, operands: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """np.add.reduce and the like."""
    if method == "reduce" and ufunc is np.add:
        return sums.sum(operands[0], *operands[1:], **{"axis": 0, **options} if len(operands) < 2 else options)
    if method == "accumulate" and ufunc is np.add:
        return sums.cumsum(operands[0], *operands[1:], **{"axis": 0, **options} if len(operands) < 2 else options)
    if method == "reduceat" and ufunc is np.add:
        return through_objects(ufunc.reduceat, operands, options)
    if method == "outer" and ufunc in _BINARY and ufunc is not np.matmul and not options:
        left, right = (one if is_symbolic(one) else np.asarray(one) for one in operands)
        wide = (*np.shape(left), *(1,) * np.ndim(right))
        return call(ufunc, "__call__", (np.reshape(left, wide) if wide else left, right), {})
    _refuse(ufunc, method)


def _refuse_operands(ufunc: Any, *operands: Any) -> NoReturn:
    other = next(one for one in (*operands, operands[0]) if not isinstance(one, _SYMBOLIC))
    raise ExpressionError(
        f"numpy's {ufunc.__name__}() of expressions takes numbers beside them, not {quoted(other)} "
        f"({type(other).__name__})."
    )


def _refuse(ufunc: Any, method: str = "") -> NoReturn:
    name = f"{ufunc.__name__}.{method}" if method else ufunc.__name__
    raise ExpressionError(
        f"numpy's {name}() of expressions is not linear. {NOT_LINEAR.get(ufunc.__name__, NOT_LINEAR[''])}"
    )

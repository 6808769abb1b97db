"""torch tensors with expressions: what torch's functions make of both.

torch asks the operands of its functions, including operators, whether they have a `__torch_function__`, and leaves
the call to that.  Nothing here imports torch.
"""

from __future__ import annotations

from typing import Any

from pplp.errors import ExpressionError

__all__ = ["TensorOperand", "listed"]

# Any: tensors are torch's, which is not imported.

#: The name of a torch function -> the methods of an expression on its left, and on its right.
_METHODS = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "matmul": ("__matmul__", "__rmatmul__"),
    "pow": ("__pow__", "__rpow__"),
    "le": ("__le__", "__ge__"),
    "ge": ("__ge__", "__le__"),
    "eq": ("__eq__", "__eq__"),
    "lt": ("__lt__", "__gt__"),
    "gt": ("__gt__", "__lt__"),
    "ne": ("__ne__", "__ne__"),
}
_SAME = {
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "true_divide": "div",
    "less_equal": "le",
    "greater_equal": "ge",
    "less": "lt",
    "greater": "gt",
    "not_equal": "ne",
}


class TensorOperand:
    """Expressions, one or many: torch's tensors leave the operators to them."""

    __slots__ = ()

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """The operators are those of the expression; ``tensor += x``, in torch ``add_``, makes a new expression.

        Raises `ExpressionError` for any other function.
        """
        name = getattr(function, "__name__", str(function))
        plain_name = name[:-1] if name.endswith("_") and not name.startswith("_") else name
        methods = _METHODS.get(_SAME.get(plain_name, plain_name))
        if methods and len(args) == 2 and not kwargs:
            left, right = args
            if isinstance(left, TensorOperand):
                made = getattr(left, methods[0])(right)
            else:
                made = getattr(right, methods[1])(left)
            if made is not NotImplemented:
                return made
        raise ExpressionError(
            f"torch's {name}() of a {cls.__name__} is not supported: it takes tensors of numbers. "
            "Write the operators + - * / @ <= >= ==, or sum() and dot()."
        )


def listed(tensor: Any) -> Any:
    """The numbers of a tensor in nested lists, exactly: detached from the gradient, from any device and type."""
    try:
        return tensor.detach().tolist()
    except (TypeError, ValueError, RuntimeError) as error:
        of_type = getattr(tensor, "dtype", type(tensor).__name__)
        raise ExpressionError(f"A tensor of {of_type} cannot be read as numbers: {error}.") from None

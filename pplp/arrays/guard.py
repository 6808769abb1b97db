"""Functions of numpy, called with expressions: what they raise becomes an error of pplp."""

from __future__ import annotations

from typing import Any, Callable

from pplp.arrays.arguments import positioned
from pplp.arrays.expression_arrays import ExpressionArray, element_at
from pplp.errors import ExpressionError, InvalidValue, PplpError
from pplp.ground.numeric import np

__all__ = ["guarded", "through"]

#: numpy, where it is given expressions: what its functions return is ours, which its own types do not know.
through: Any = np


def guarded(name: str, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:  # as the function
    """What the function gives; its errors as errors of pplp."""
    arguments, options = positioned(arguments), positioned(options)
    try:
        made = function(*arguments, **options)
    except PplpError:
        raise
    except (ValueError, IndexError) as error:
        raise InvalidValue(f"numpy's {name}() of expressions: {error}.") from error
    except (TypeError, AttributeError, ArithmeticError) as error:
        raise ExpressionError(f"numpy's {name}() of expressions: {error}.") from error
    return made if not isinstance(made, ExpressionArray) or made.shape else element_at(made, 0)

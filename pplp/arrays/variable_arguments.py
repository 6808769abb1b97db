"""The arguments of `LinearProgram.Vars`: a count, a shape or keys, a name, and bounds for each variable."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from operator import index as whole
from typing import Any, Optional, Union

from pplp.arrays import numpy_half
from pplp.arrays.frames import package_of
from pplp.core.bounds import are_sound, checked_bounds
from pplp.core.keys import in_order_of
from pplp.core.scalars import is_number, refuse_unordered
from pplp.core.tensors import listed
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

__all__ = ["checked_lists", "keys_of", "label", "shape_of", "spread", "twice"]


def shape_of(index: Any) -> Optional[tuple[int, ...]]:
    """A count, or a tuple of them, as a shape; numpy's integers count, too.  None for anything else."""
    sizes = index if isinstance(index, tuple) else (index,)
    if sizes and all(map(_is_whole, sizes)):
        return tuple(map(whole, sizes))
    if sizes and all(is_number(size) and not getattr(size, "shape", ()) for size in sizes):
        raise InvalidValue(
            f"A count or a shape has integers in it, not {quoted(index)}. Write int(...), or keys in a list."
        )
    return None


def _is_whole(size: Any) -> bool:
    """Is it an integer of any kind?  A truth value is not, and an array may hold keys."""
    if type(size) is int:
        return True
    if isinstance(size, bool) or (hasattr(size, "shape") and (size.shape or "bool" in str(size.dtype))):
        return False
    try:
        whole(size)
    except TypeError:
        return False
    return True


def keys_of(index: Any) -> list[Any]:
    """Keys, each once, in an order that does not change from run to run."""
    if isinstance(index, bytes):
        raise InvalidValue(f"Vars() takes a count, a shape or keys first, not the bytes {quoted(index)}.")
    if isinstance(index, str):
        raise InvalidValue(
            f"Vars() takes a count, a shape or keys first, not the text {quoted(index)}. Write the name after them, "
            "as in "
            f"lp.Vars(3, {quoted(index)}); for a single key write a list."
        )
    if not isinstance(index, Mapping):  # whose keys they may be
        refuse_unordered(index, "Vars() takes keys in order")
    try:
        keys = list(listed(index) if hasattr(index, "detach") else index)
    except TypeError:
        raise InvalidValue(f"Vars() takes a count, a shape or keys, not {quoted(index)}.") from None
    try:
        unique = len(set(keys))
    except TypeError as error:
        raise InvalidValue(f"The keys of Vars() must be hashable, as those of a dict are: {error}.") from None
    if unique != len(keys):
        raise InvalidValue("Vars() was given a key twice.")
    return keys


def label(name: str, key: object) -> str:
    """The name of one of many: name[1,2]."""
    try:
        return f"{name}[{','.join(map(str, key)) if isinstance(key, tuple) else key}]"
    except Exception as error:  # of the user's own class, or of an integer too long to be written
        raise InvalidValue(
            f"The key {quoted(key)} has no text, and a name is made of it: {quoted(error, str)}. Leave the name away."
        ) from None


def twice(names: list[str]) -> str:
    """A name that occurs twice."""
    seen: set[str] = set()
    return next(one for one in names if one in seen or seen.add(one))  # type: ignore[func-returns-value]


def checked_lists(
    names: list[str], lower: Union[float, list[float]], upper: Union[float, list[float]], count: int
) -> tuple[list[float], list[float]]:
    """The bounds, each a number for all or a list; raises `InvalidValue` for NaN and crossed ones."""
    if not are_sound(lower, upper):
        low = lower if isinstance(lower, list) else [lower] * count
        high = upper if isinstance(upper, list) else [upper] * count
        pairs = [checked_bounds(*one) for one in zip(names or ["a new variable"] * count, low, high)]
        lower, upper = [low for low, _ in pairs], [high for _, high in pairs]
    both = [each if isinstance(each, list) else [each] * count for each in (lower, upper)]
    return both[0], both[1]


def spread(
    bound: Any, keys: list[Any], shape: Optional[tuple[int, ...]], count: int, what: str
) -> Any:  # what is not a number is refused later
    """One bound for each variable, in a list; or one for all."""
    if is_number(bound):
        return bound
    if isinstance(bound, Mapping) or (shape is None and hasattr(bound, "iloc") and not hasattr(bound, "columns")):
        places = keys if shape is None else range(count) if len(shape) == 1 else product(*map(range, shape))
        return in_order_of(list(places), bound, what)
    if isinstance(bound, (set, frozenset)):
        raise InvalidValue(f"{what} is a {type(bound).__name__}, which has no order. Write a list, or bounds by key.")
    if package_of(bound) or hasattr(bound, "mask"):
        bound = numpy_half.array_of(bound)
    if hasattr(bound, "detach"):
        bound = listed(bound)
    if hasattr(bound, "tolist"):
        bound = bound.tolist()
    if isinstance(bound, (list, tuple, range)):
        wanted = shape or (count,)
        flat, extent = list(bound), [len(bound)]
        while any(isinstance(part, (list, tuple)) for part in flat):
            lengths = {len(part) if isinstance(part, (list, tuple)) else -1 for part in flat}
            extent.append(lengths.pop() if len(lengths) == 1 else -1)
            flat = [item for part in flat for item in (part if isinstance(part, (list, tuple)) else [part])]
        if len(flat) != count:
            raise InvalidValue(f"{what} has {len(flat)} entries for {count} variables.")
        if len(extent) > 1 and tuple(extent) != wanted:
            raise InvalidValue(f"{what} has the shape {tuple(extent)} for variables of the shape {wanted}.")
        return flat
    if hasattr(bound, "__iter__") and not isinstance(bound, (str, bytes)):
        raise ExpressionError(f"{what} takes a number, or a list of one for each variable, not {quoted(bound)}.")
    return bound

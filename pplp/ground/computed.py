"""Attributes that are computed when they are first read."""

from __future__ import annotations

from typing import Any, Callable, Generic, Optional, TypeVar, Union, overload

__all__ = ["computed"]

_Value = TypeVar("_Value")


class computed(Generic[_Value]):
    """A method whose result replaces it in the instance.

    As `functools.cached_property`, without the lock that this has until Python 3.11: a thread that computes it twice
    does no harm, but a lock may stay locked in a forked child.
    """

    def __init__(self, function: Callable[[Any], _Value]) -> None:
        self._function, self.__doc__ = function, function.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> computed[_Value]: ...
    @overload
    def __get__(self, owner: Any, kind: type) -> _Value: ...
    def __get__(self, owner: Optional[Any], kind: type) -> Union[computed[_Value], _Value]:
        if owner is None:
            return self
        value = self._function(owner)
        vars(owner)[self._function.__name__] = value
        return value

"""A tensor of no package, which has what torch's have: `item`, `detach`, `shape`, and operators that ask first."""

from __future__ import annotations

from math import prod


class Tensor:
    """`values` in rows of `shape`; with a gradient it can only be read when it is detached, but for `item`."""

    def __init__(self, values, shape=(), needs_gradient=False):
        self._flat = values if isinstance(values, list) else [values] * prod(shape)
        self.shape, self.requires_grad, self.dtype = tuple(shape), needs_gradient, "fake.float64"

    def item(self):
        """Its only element."""
        if len(self._flat) != 1:
            raise RuntimeError(f"a tensor with {len(self._flat)} elements has no item")
        return self._flat[0]

    def detach(self):
        """The same without a gradient."""
        return Tensor(self._flat, self.shape)

    def tolist(self):
        """Nested lists."""
        flat = list(self._flat)
        for size in reversed(self.shape[1:]):
            flat = [flat[k : k + size] for k in range(0, len(flat), size)]
        return flat if self.shape else flat[0]

    def __float__(self):
        if self.requires_grad:
            raise RuntimeError("a tensor with a gradient is not converted")
        return float(self.item())

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("a tensor of this device is not converted")

    def __len__(self):
        return self.shape[0]


def _asking(name):
    def method(self, other):
        if hasattr(type(other), "__torch_function__"):
            return type(other).__torch_function__(_FUNCTIONS[name], (type(other),), (self, other))
        return NotImplemented

    return method


def _named(name):
    def function():
        """It has a name."""

    function.__name__ = name
    return function


_FUNCTIONS = {
    "__add__": _named("add"), "__sub__": _named("sub"), "__mul__": _named("mul"), "__truediv__": _named("div"),
    "__le__": _named("le"), "__ge__": _named("ge"), "__eq__": _named("eq"), "__matmul__": _named("matmul"),
}  # fmt: skip
for _name in _FUNCTIONS:
    setattr(Tensor, _name, _asking(_name))

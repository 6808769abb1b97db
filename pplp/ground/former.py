r"""Former names of modules, under which older pickles find their classes.

A former module may have become several; it then has the names of all of them.  A package with the name of a former
module has the names of its successors, too.

>>> import pickle
>>> pickle.loads(b"cpplp.expressions\nVariable\n.")
<class 'pplp.core.expressions.Variable'>
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Optional

__all__ = ["install", "successors", "successors_of"]

# Any: a former name may be a class, a function, or a value.

#: folder -> the modules that have moved into it.  "before=now" means that the name changed, too, and "before=one+two"
#: that the module became several; each is in this folder unless its name has a folder of its own.
_MOVED = {
    "ground": "decimals files interpreter loading numeric pickles quoting threads",
    "core": (
        "bounds bytecode callers calls chaining column_generation columns compaction constraints entries "
        "expressions=expressions+dot keys objective origins=origins+tracing protocols "
        "reformulation=reformulation+records+functions.builder+functions.compound relations rows "
        "scalars=scalars+ground.words special sums=adders tensors turns"
    ),
    "functions": "functions=expressions+compound+extremum+piecewise_linear+truth_values+sets",
    "arrays": (
        "affine=expression_arrays+relation_arrays+constraint_arrays array_arguments=arguments "
        "array_functions=numpy_functions array_methods=methods array_products=products+contractions "
        "array_sums=sums attributes=attributes+core.keys elements frames function_arrays groups identity "
        "key_columns keyed labelled=labelled+labelled_constraints labelled_functions labels level_order "
        "numbers_by_key pandas_index parts read_only rearrangement ufuncs"
    ),
    "form": "compiler=compiler+core.journal scaling sizes statistics vectors verification",
    "engines": (
        "child clock desk divisibility exact_search factorization glpk highs isolation judgment messages networks "
        "progress_line rational refinement routes tasks=tasks+packing+worker"
    ),
    "answers": "basis quality=residuals+quality sensitivity=sensitivity+ranges",
    "solving": "batch choice cluster crew executors feed here lexicographic pool scenarios search",
    "diagnosis": "certificates diagnosis=explanation+members+message+open_bounds+repair lint",
    "display": (
        "display=text html latex notation=notation+excerpt+tables region report=report+report_facts+report_table "
        "sparsity_pattern"
    ),
}
#: "pplp.expressions" -> ["pplp.core.expressions"]
_NOW = {
    f"pplp.{before}": [
        f"pplp.{name}" if "." in name else f"pplp.{folder}.{name}" for name in (now or before).split("+")
    ]
    for folder, modules in _MOVED.items()
    for before, _, now in (module.partition("=") for module in modules.split())
}
#: Modules that became several within their folder.
_DIVIDED = {
    "pplp.diagnosis.explanation": "members message open_bounds repair",
    "pplp.display.plots": "axes matrix_plot network_plot region_plot search_plot",
}
_NOW.update(
    (former, [f"{former.rpartition('.')[0]}.{name}" for name in now.split()]) for former, now in _DIVIDED.items()
)


#: Former packages, which have moved with their modules.
_PACKAGES = ("pplp.glpk", "pplp.highs", "pplp.networks")


def successors_of(former: str) -> list[str]:
    """The modules that replace a former one; empty if there was no module of this name."""
    package = former.rpartition(".")[0]
    return [former.replace("pplp.", "pplp.engines.", 1)] if package in _PACKAGES else _NOW.get(former, [])


def successors(former: str) -> Callable[[str], Any]:
    """A `__getattr__` for a module of this former name, which finds names in its successors."""
    return partial(_found, former)


def _found(former: str, name: str) -> Any:
    owner = None if name.startswith("__") else _owner(former, name)
    if owner is None:
        raise AttributeError(f"module {former!r} has no attribute {name!r}")
    return getattr(owner, name)


def _owner(former: str, name: str) -> Optional[ModuleType]:
    """The successor that has the name."""
    modules = (importlib.import_module(module) for module in successors_of(former))
    return next((module for module in modules if hasattr(module, name)), None)


class Former(ModuleType):
    """A module under its former name; its names are read and set in its successors."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            modules = map(importlib.import_module, successors_of(self.__name__))
            return [one for module in modules for one in getattr(module, "__all__", ())]
        return _found(self.__name__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        # Python itself sets a module as an attribute of its package.
        is_own = name.startswith("__") or isinstance(value, ModuleType)
        owner = None if is_own else _owner(self.__name__, name)
        if owner is None:
            super().__setattr__(name, value)
            return
        self.__dict__.setdefault("__replaced__", {}).setdefault(name, (owner, getattr(owner, name)))
        setattr(owner, name, value)

    def __delattr__(self, name: str) -> None:
        """Restore a name that was set: `unittest.mock.patch` deletes names that a module does not own."""
        replaced = self.__dict__.get("__replaced__", {})
        if name in replaced:
            owner, value = replaced.pop(name)
            setattr(owner, name, value)
        else:
            super().__delattr__(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__all__})


class FormerNames:
    """Python's finder and loader of modules by their former names."""

    @staticmethod
    def find_spec(
        name: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """The module spec of a former name; None for any other."""
        loader: Any = FormerNames  # it has the methods of a loader
        from importlib.util import find_spec

        now = successors_of(name)
        if not now or any(find_spec(module) is None for module in now):
            return None
        return ModuleSpec(name, loader, is_package=name in _PACKAGES)

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        """A module that forwards to its successors."""
        return Former(spec.name, importlib.import_module(successors_of(spec.name)[0]).__doc__)

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """Do nothing, because the module has no code of its own."""


def install() -> None:
    """Add the finder once, after all others, so that an existing module of a former name is found first."""
    others = [finder for finder in sys.meta_path if getattr(finder, "__qualname__", "") != FormerNames.__qualname__]
    sys.meta_path[:] = [*others, FormerNames]

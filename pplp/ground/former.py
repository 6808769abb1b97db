r"""Modules and classes under the names that they had before they stood in folders: for pickles that were made then.

A module that became several is all of these; a package that has the name of a former module is its successors, too.

>>> import pickle
>>> pickle.loads(b"cpplp.expressions\nVariable\n.")
<class 'pplp.core.expressions.Variable'>
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Optional

__all__ = ["install", "successors"]

#: folder -> the modules that stood beside it; "before=now" where the name has changed, too, or "before=one+another".
_MOVED = {
    "ground": "decimals files interpreter loading numeric pickles quoting threads",
    "core": (
        "bounds bytecode callers calls chaining column_generation columns compaction constraints entries expressions "
        "keys objective origins protocols reformulation=reformulation+records relations rows scalars special "
        "sums=adders tensors turns"
    ),
    "functions": "functions=expressions+compound+extremum+piecewise_linear+truth_values+sets",
    "arrays": (
        "affine=expression_arrays+relation_arrays+constraint_arrays array_arguments=arguments "
        "array_functions=numpy_functions array_methods=methods array_products=products array_sums=sums attributes "
        "elements frames function_arrays groups identity key_columns keyed "
        "labelled=labelled+labelled_constraints labelled_functions labels level_order numbers_by_key pandas_index "
        "parts read_only rearrangement ufuncs"
    ),
    "form": "compiler scaling sizes statistics vectors verification",
    "engines": (
        "child clock desk divisibility exact_search factorization glpk highs isolation judgment messages networks "
        "progress_line rational refinement routes tasks"
    ),
    "answers": "basis quality=residuals+quality sensitivity",
    "solving": "batch choice cluster crew executors feed here lexicographic pool scenarios search",
    "diagnosis": "certificates diagnosis=explanation lint",
    "display": "html latex notation region report sparsity_pattern",
}
#: "pplp.expressions" -> ["pplp.core.expressions"]
_NOW = {
    f"pplp.{before}": [f"pplp.{folder}.{name}" for name in (now or before).split("+")]
    for folder, modules in _MOVED.items()
    for before, _, now in (module.partition("=") for module in modules.split())
}


def successors(former: str) -> Callable[[str], Any]:
    """The `__getattr__` of a module of this former name: it finds a name in what the module has become."""
    return partial(_found, former)


def _found(former: str, name: str) -> Any:
    for module in () if name.startswith("__") else _NOW[former]:
        with suppress(AttributeError):
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module {former!r} has no attribute {name!r}")


class FormerNames:
    """Finds a module by its former name: as one of its own, which has what the module has."""

    @staticmethod
    def find_spec(
        name: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """Where `name` is, if it is a former one."""
        loader: Any = FormerNames  # it has what a loader needs
        return ModuleSpec(name, loader) if name in _NOW else None

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """A module as any other."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """Have it ask its successors."""
        module.__getattr__ = successors(module.__name__)  # type: ignore[method-assign]


def install() -> None:
    """Ask it last: what there is under a name goes before."""
    sys.meta_path.append(FormerNames)

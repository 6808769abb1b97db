r"""Modules under the names that they had before they stood in folders: for pickles that were made then.

>>> import pickle
>>> pickle.loads(b"cpplp.expressions\nVariable\n.")
<class 'pplp.core.expressions.Variable'>
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from functools import partial
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Optional

__all__ = ["install"]

#: folder -> the modules that stood beside it; "before=now" where the name has changed, too.
_MOVED = {
    "ground": "decimals files interpreter loading numeric pickles quoting threads",
    "core": (
        "bounds bytecode callers calls chaining column_generation columns compaction constraints entries expressions "
        "keys objective origins protocols relations rows scalars special sums=adders tensors turns"
    ),
    "functions": "reformulation",
    "arrays": (
        "affine=algebra array_arguments=arguments array_functions=numpy_functions array_methods=methods "
        "array_products=products array_sums=sums attributes elements frames function_arrays groups "
        "identity key_columns keyed labelled labelled_functions labels level_order numbers_by_key pandas_index parts "
        "read_only rearrangement ufuncs"
    ),
    "form": "compiler divisibility scaling sizes statistics vectors verification",
    "engines": (
        "child clock desk exact_search factorization glpk highs isolation judgment messages networks rational "
        "refinement routes tasks"
    ),
    "answers": "basis quality sensitivity",
    "solving": "batch choice cluster crew executors feed here lexicographic pool scenarios search",
    "diagnosis": "certificates lint",
    "display": "html latex notation progress_line region report sparsity_pattern",
}
#: "pplp.expressions" -> "pplp.core.expressions"
_NOW = {
    f"pplp.{before}": f"pplp.{folder}.{now or before}"
    for folder, modules in _MOVED.items()
    for before, _, now in (module.partition("=") for module in modules.split())
}


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
        """Have it ask its successor."""
        module.__getattr__ = partial(getattr, importlib.import_module(_NOW[module.__name__]))  # type: ignore[method-assign]


def install() -> None:
    """Ask it last: what there is under a name goes before."""
    sys.meta_path.append(FormerNames)

"""pplp's own modules, loaded when they are first needed: where the process has no file left to read one, it says so."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Optional

from pplp.errors import OutOfFiles

__all__ = ["OwnModules", "install", "telling"]

_OURS = __name__.partition(".")[0] + "."
_NONE_LEFT = (errno.EMFILE, errno.ENFILE)


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Raise `OutOfFiles` where the system gives no further file in the middle of an import."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NONE_LEFT or isinstance(error, OutOfFiles):
            raise
        raise OutOfFiles(
            error.errno,
            f"This process has as many files open as its system allows, and needs one more to load {name}. Close some, "
            "or raise the limit (ulimit -n).",
        ) from error


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str):  # type: ignore[no-untyped-def]
        with telling(fullname):
            return super().get_code(fullname)

    def exec_module(self, module: ModuleType) -> None:
        with telling(module.__name__):
            super().exec_module(module)


class OwnModules:
    """Finds the modules of this package."""

    @staticmethod
    def find_spec(
        name: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """Where `name` is, if it is one of ours, in a file of its own."""
        if not name.startswith(_OURS):
            return None
        with telling(name):
            spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Ask it first, and once."""
    others = [finder for finder in sys.meta_path if getattr(finder, "__qualname__", "") != OwnModules.__qualname__]
    sys.meta_path[:] = [OwnModules, *others]

"""Examples in docstrings that need a package that is not installed are skipped, and say so.

The engine of HiGHS, whose modules cannot even be imported without it, is passed over then.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

#: There are no wheels of them for every interpreter.
OPTIONAL_PACKAGES = ("pandas", "polars")
#: Where there is no highspy.
collect_ignore_glob = [] if find_spec("highspy") is not None else ["pplp/engines/highs/*"]
if any(find_spec(package) is None for package in OPTIONAL_PACKAGES):
    collect_ignore_glob.append("tests/support/labelled_models.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what cannot run here."""
    for package in [name for name in OPTIONAL_PACKAGES if find_spec(name) is None]:
        for item in items:
            examples = getattr(getattr(item, "dtest", None), "examples", ())
            if any(package in example.source for example in examples):
                item.add_marker(pytest.mark.skip(reason=f"{package} is not installed"))

"""What pyproject.toml cannot say: a Python that never runs the accelerator gets the wheel that is the same everywhere.

That is PyPy, a free-threaded build, and any Python with ``PPLP_PURE=1`` in the environment.
"""

import os
import sys
import sysconfig

from setuptools import Distribution, setup


class PurePython(Distribution):
    """Nothing to compile."""

    def has_ext_modules(self) -> bool:
        """False, so that the wheel is tagged py3-none-any."""
        return False


is_pure = (
    sys.implementation.name != "cpython"
    or bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    or os.environ.get("PPLP_PURE", "") not in ("", "0")
)
setup(distclass=PurePython if is_pure else Distribution)

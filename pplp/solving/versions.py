"""Access to one version of a program: it does not keep the program alive, and it notices edits."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Callable, Optional

from pplp.core.owner import version_of
from pplp.errors import CallbackError
from pplp.form.compiler import compile_form

if TYPE_CHECKING:
    from pplp.core.model import Model
    from pplp.core.owner import Version
    from pplp.form.matrix_form import MatrixForm

__all__ = ["form_of", "unedited"]


def form_of(program: Model, maximize: bool, version: Version) -> Callable[[], MatrixForm]:
    """A function that compiles this version of the program, for an engine; it does not keep the program alive."""
    known = weakref.ref(program)

    def form() -> MatrixForm:
        program = known()
        assert program is not None
        if version_of(program) != version:
            raise CallbackError(
                "A callable of this solve edited the program, but the solver needs it once more as it was. "
                "Solve again, and edit the program after the solve or edit a copy of it."
            )
        return compile_form(program, maximize)

    return form


def unedited(program: Model, version: Version) -> Callable[[], Optional[Model]]:
    """A function that returns the program; None once the program is gone, or was edited."""
    known = weakref.ref(program)

    def known_program() -> Optional[Model]:
        program = known()
        return program if program is not None and version_of(program) == version else None

    return known_program

"""A program on its way through the workers."""

from __future__ import annotations

import time
from typing import Any, Optional

from pplp.engines.contract import Options
from pplp.engines.packing import PackedEdits
from pplp.form.matrix_form import MatrixForm

__all__ = ["Ticket"]


class Ticket:
    """A program on its way through the workers."""

    __slots__ = ("edits", "form", "is_suspect", "key", "losses", "options", "since", "strays")

    def __init__(self, key: Any, form: MatrixForm, edits: Optional[PackedEdits], options: Options) -> None:
        #: The caller's key for the program.
        self.key = key
        self.form, self.edits, self.options = form, edits, options
        #: When it was handed over.
        self.since = time.perf_counter()
        #: How many workers died while they solved it alone; and before they came to it.
        self.losses = self.strays = 0
        #: True if a worker died while it had this program in its current portion, so that this may be the cause.
        self.is_suspect = False

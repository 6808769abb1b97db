"""What a worker gets and returns: programs as forms and edits of forms, and their outcomes."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple, Optional

from pplp.engines.contract import Options
from pplp.engines.packing import PackedEdits
from pplp.errors import PplpError
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, Status

__all__ = ["Task", "failure", "sendable"]

#: Fields of options that only this process can use.
_OWN = ("log", "progress", "cancel", "callback", "isolate")


class Task(NamedTuple):
    """Programs of one form, with the same options."""

    #: None for that of the task before, where a worker is given several.
    form: Optional[MatrixForm]
    #: Of each program, packed; None for the form as it is.
    edits: list[Optional[PackedEdits]]
    options: Options


def failure(error: BaseException) -> Outcome:
    """The outcome of a program that could not be solved."""
    said = str(error) if isinstance(error, PplpError) else f"{type(error).__name__}: {error}"
    return Outcome(Status.FAILED, message=said)


def sendable(options: Options) -> Options:
    """The options without what stays here; `log` and `progress` are then True or None."""
    fields = {f.name: getattr(options, f.name) for f in dataclasses.fields(options) if f.init and f.name not in _OWN}
    if not isinstance(options.cuts, (str, bool)):
        fields["cuts"] = frozenset(options.cuts)  # it may be the keys of a dictionary
    return Options(**fields)

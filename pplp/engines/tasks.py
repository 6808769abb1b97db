"""What workers receive and return: programs, as forms or edits of forms, and their outcomes."""

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

    #: The form; None if it is that of the worker's previous task.
    form: Optional[MatrixForm]
    #: The packed edits of each program; None for the form without edits.
    edits: list[Optional[PackedEdits]]
    options: Options


def failure(error: BaseException) -> Outcome:
    """The outcome of a program that could not be solved."""
    said = str(error) if isinstance(error, PplpError) else f"{type(error).__name__}: {error}"
    return Outcome(Status.FAILED, message=said)


def sendable(options: Options) -> Options:
    """The options without those that only this process can use, which get their defaults."""
    fields = {f.name: getattr(options, f.name) for f in dataclasses.fields(options) if f.init and f.name not in _OWN}
    if not isinstance(options.cuts, (str, bool)):
        fields["cuts"] = frozenset(options.cuts)  # it may be the keys of a dictionary
    return Options(**fields)

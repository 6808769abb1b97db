r"""Read and write programs and solutions as files.

    format       suffixes                     read   written
    lp           .lp                          yes    yes      CPLEX LP
    mps          .mps                         yes    yes      free MPS
    fixed-mps    none                         yes    yes      fixed MPS; refuses numbers of more than 12 characters
    json         .json                        yes    yes      the fields of `MatrixForm`
    dimacs       .dimacs .min .max .asn       yes    yes      minimum-cost flow, maximum flow, assignment only
    mathprog     .mod                         yes    no       GNU MathProg, a programming language: see below

Another suffix .gz, .bz2 or .xz compresses the file; when reading, compressed data is recognized by its first bytes.
"-" is standard input or output.

Writing and reading preserve the `MatrixForm` exactly: numbers are written with as many digits
as they need, in every locale.  MPS and DIMACS store columns, so the terms of a row come back in the order of
their columns.  Names of any text survive: if the format does not allow a name, another one is written, and a comment
restores the original.  Constraints on one variable are written as its bounds.  Indicators, special ordered sets and
semicontinuous variables are written in the LP and MPS sections for them; the rows and variables made for them come
last when read back.  Other reformulations (`abs`, `maximum`, `piecewise`, `truth`) are written as the rows made for
them.

LP, MPS, JSON and DIMACS files are safe to read from untrusted sources.  Lines are at most 16 million characters
long, names 4096, files 1 GiB uncompressed, unless you set `size_limit`; memory and time stay in proportion.
A MathProg file is a program.  It can read and write any file that you can, so read only files that you trust.  GLPK
translates it in a separate process, in at most 10 minutes and 4 GiB of memory unless you say otherwise; on
platforms without such limits (Windows) the memory is not limited.

>>> import io
>>> from pplp import LinearProgram
>>> lp = LinearProgram()
>>> x, y = lp.Var("x", lb=0), lp.IntVar("größe", lb=0, ub=9)
>>> lp.objective = 3*x + 2*y - 7
>>> _ = lp.add_constraint(1 <= x + 2*y <= 8.5, name="steel")
>>> file = io.StringIO()
>>> lp.write(file, "lp", sense="maximize")
>>> print(file.getvalue(), end="")
\ pplp file 1
\ pplp variable x1 is "gr\u00f6\u00dfe"
Maximize
\ pplp constant Constant
 obj: + 3 x + 2 x1 - 7 Constant
Subject To
\ pplp range steel steel_up
 steel: + x + 2 x1 >= 1
 steel_up: + x + 2 x1 <= 8.5
Bounds
 Constant = 1
 0 <= x1 <= 9
General
 x1
End
>>> _ = file.seek(0)
>>> again = LinearProgram.read(file, "lp")
>>> again.sense, again.variables, again.compile() == lp.compile("maximize")
('maximize', [x, größe], True)
>>> again.solve().objective
18.5
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar

from pplp.core.bounds import check_reliances
from pplp.errors import ExpressionError, FormatError, OptionError, OutOfMemory
from pplp.formats.source import Source, size_limit_of, unpacked_suffix
from pplp.formats.target import write_text
from pplp.ground.files import Place

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.answers.solvable import Solvable
    from pplp.core.model import Model
    from pplp.formats.draft import Draft
    from pplp.program import LinearProgram

__all__ = ["FORMATS", "SOLUTION_FORMATS", "SUFFIXES", "Place", "read", "write", "write_solution"]

_M = TypeVar("_M", bound="Model")

#: format -> (module, reader, writer)
FORMATS: dict[str, tuple[str, str, str]] = {
    "lp": ("lp", "read_lp", "written_lp"),
    "mps": ("mps", "read_mps", "written_mps"),
    "fixed-mps": ("mps", "read_fixed_mps", "written_fixed_mps"),
    "json": ("json_form", "read_json", "written_json"),
    "dimacs": ("dimacs", "read_dimacs", "written_dimacs"),
    "mathprog": ("mathprog", "", ""),
}
#: Formats with sections for indicators, special ordered sets and semicontinuous variables.
WITH_SPECIALS = {"lp", "mps", "fixed-mps"}
#: format -> writer in `pplp.formats.solutions`
SOLUTION_FORMATS = {"text": "text_of", "csv": "csv_of", "json": "json_of"}
#: suffix, without that of the compression -> format
SUFFIXES = {
    ".lp": "lp",
    ".mps": "mps",
    ".json": "json",
    ".dimacs": "dimacs",
    ".min": "dimacs",
    ".max": "dimacs",
    ".asn": "dimacs",
    ".mod": "mathprog",
}


def read(
    source: Place,
    format: Optional[str] = None,
    *,
    data: Iterable[Any] = (),
    time_limit: Optional[float] = None,
    memory_limit: Optional[float] = None,
    size_limit: Optional[float] = None,
) -> LinearProgram:
    """Read a `LinearProgram` from a path, an open file (text or bytes) or "-"; the suffix sets the default format.

    The file's sense becomes the program's attribute `sense`, which `solve` uses.  `data` are paths of MathProg
    data; `time_limit`, in seconds, and `memory_limit`, in bytes, apply to its translation: by default 600 and 4 GiB,
    `math.inf` for no limit.  `size_limit` is the largest file to read, in bytes, uncompressed: by default 1 GiB,
    `math.inf` for no limit.  If a file on disk is not valid free MPS and no format was given, it is read as fixed MPS.

    Raises `FormatError`, with file and line, for a syntax error, for what is not a linear program, for a file
    above `size_limit`, and for a translation that reaches its limits; `OutOfMemory` if the program does not fit into
    memory; `OptionError` for a format that is unknown or cannot be read; `OSError` if the file cannot be.
    """
    facade: Any = import_module("pplp.program")  # a module of an upper layer
    limits = {"time_limit": time_limit, "memory_limit": memory_limit, "size_limit": size_limit}
    program: LinearProgram = read_as(facade.LinearProgram, source, format, data=data, **limits)
    return program


def read_as(
    make: Callable[[], _M],
    source: Place,
    format: Optional[str] = None,
    *,
    data: Iterable[Any] = (),
    time_limit: Optional[float] = None,
    memory_limit: Optional[float] = None,
    size_limit: Optional[float] = None,
) -> _M:
    """Like `read`, but fills a program that `make` makes."""
    kind, size = _format(source, format), size_limit_of(size_limit)
    if kind == "mathprog":
        from pplp.formats.mathprog import read_mathprog

        return read_mathprog(make, source, data, time_limit, memory_limit, size)
    if data or time_limit is not None or memory_limit is not None:
        raise OptionError(
            f"data, time_limit and memory_limit are for MathProg only, but the format is {kind!r}. Leave them out."
        )
    try:
        return _read(make, source, kind, size)
    except FormatError as error:
        if kind != "mps" or format is not None or not _can_be_read_again(source):
            raise
        try:
            return _read(make, source, "fixed-mps", size)
        except FormatError as other:  # report the error of the attempt that got further
            raise (other if other.line > error.line else error) from None


def _can_be_read_again(place: Place) -> bool:
    """True for the path of a regular file; a pipe or a device can be read only once."""
    return isinstance(place, (str, os.PathLike)) and place != "-" and os.path.isfile(place)


def _read(make: Callable[[], _M], place: Place, kind: str, size_limit: float) -> _M:
    module, reader, _ = FORMATS[kind]
    with Source(place, size_limit) as source:
        try:
            draft: Draft = getattr(import_module(f"pplp.formats.{module}"), reader)(source)
            return draft.program(make)
        except MemoryError as error:
            if isinstance(error, OutOfMemory):
                raise
            raise OutOfMemory(
                f"There is not enough memory to read {source.name}. Free some, or read it on a larger machine."
            ) from None


def write(
    program: Solvable,
    target: Place,
    format: Optional[str] = None,
    *,
    sense: Optional[str] = None,
    as_rows: bool = False,
) -> None:
    """Write a program to a path, an open file (text or bytes) or "-"; the suffix sets the default format.

    `sense` defaults to that of the last solve, and before any solve to the program's own.  A file is replaced once the
    new one is complete: if anything fails, the old file is unchanged.

    Indicators ``b >> (...)``, special ordered sets and semicontinuous variables are written in the sections that LP and
    MPS have for them.  With ``as_rows=True``, or if you changed what was made for one of them, it is written as its
    rows and variables, which GLPK and HiGHS can also read.

    Raises `FormatError` if the format cannot express the program, `OptionError` for a format that is unknown or
    cannot be written, `InvalidValue` if a bound is now wider than the one a big-M was derived from, `OSError` if the
    file cannot be written.
    """
    kind = _format(target, format, writing=True)
    module, _, writer = FORMATS[kind]
    if not writer:
        raise OptionError(f"The format {kind!r} is read only. Choose one of {_listed(writing=True)}.")
    if sense is None:
        sense = program.solution.sense if program.solution is not None else program.sense
    written = getattr(import_module(f"pplp.formats.{module}"), writer)
    check_reliances(program)
    if kind in WITH_SPECIALS:
        from pplp.formats.specials import NO_SPECIALS, stated_form

        form, specials = (program.compile(sense), NO_SPECIALS) if as_rows else stated_form(program, sense)
        parts: Iterator[str] = written(form, specials, program.name)
    else:
        parts = written(program.compile(sense), program.name)
    write_text(target, parts)


def write_solution(solution: Solution, target: Place, format: Optional[str] = None) -> None:
    """Write a solution to a path, an open file or "-".

    The format is "text", "csv" or "json"; by default that of the suffix .txt, .sol, .csv or .json, else text.  The file
    has the status, the objective, the bound, and by name the values and reduced costs of the variables and the duals of
    the rows, as far as they are known; numbers are exact.  Raises `OptionError` and `OSError` as `write` does.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    >>> lp.objective = 3*x + 2*y
    >>> _ = lp.add_constraint(x + 2*y <= 9, name="steel")
    >>> lp.solve("maximize").write("-")
    status     optimal
    sense      maximize
    objective  27.0
    method     primal simplex from the slack basis
    <BLANKLINE>
    variable              value        reduced cost
    x                       9.0                 0.0
    y                       0.0                -4.0
    <BLANKLINE>
    row                    dual
    steel                   3.0
    """
    from pplp.formats import solutions

    name = target if isinstance(target, (str, os.PathLike)) else getattr(target, "name", "")
    kind = format or {".csv": "csv", ".json": "json"}.get(unpacked_suffix(str(name)), "text")
    if kind not in SOLUTION_FORMATS:
        raise OptionError(f"There is no format {kind!r} of solutions. Choose one of {', '.join(SOLUTION_FORMATS)}.")
    write_text(target, getattr(solutions, SOLUTION_FORMATS[kind])(solution))


def _listed(writing: bool = False) -> str:
    return ", ".join(repr(kind) for kind, (_, _, writer) in FORMATS.items() if writer or not writing)


def _format(place: Place, format: Optional[str], writing: bool = False) -> str:
    """The format, by its name or by the suffix of a path or of an open file's name."""
    if format is not None:
        if format not in FORMATS:
            raise OptionError(f"There is no format {format!r}. Choose one of {_listed(writing)}.")
        return format
    is_path = isinstance(place, (str, os.PathLike))
    if not is_path and not hasattr(place, "write" if writing else "read"):
        way = "written to" if writing else "read from"
        raise ExpressionError(f"A program can be {way} a path, an open file or '-', not {place!r}.")
    name = place if is_path else getattr(place, "name", "")
    suffix = unpacked_suffix(str(name))
    if suffix not in SUFFIXES:
        raise OptionError(
            f"The format of {str(name) or 'the stream'!r} cannot be inferred from its suffix {suffix!r}. "
            f"Set format= (on the command line {'--to' if writing else '--from'}) to one of {_listed(writing)}."
        )
    return SUFFIXES[suffix]

"""What each operator costs, in nanoseconds, beside the same text on objects whose operators do nothing."""

from __future__ import annotations

import timeit
from dataclasses import dataclass
from typing import Any

from benchmarks.measure.measurement import Request, Tell, run
from benchmarks.measure.report import Report, Table

__all__ = ["Settings", "cost"]

#: What is timed; the names stand for variables, a sum, a relation, and a program.
TEXTS = (
    ("a coefficient times a variable", "2.5*x"),
    ("a sum of two terms", "2*x + 3*y"),
    ("the third term", "2*x + 3*y - z"),
    ("a row of three terms", "lp.add_constraint(2*x + 3*y - z <= 4)"),
    ("a range of three terms", "lp.add_constraint(0 <= 2*x + 3*y - z <= 4)"),
    ("the builtin sum of ten variables", "sum(ten)"),
    ("the builtin sum of ten terms", "sum(c*v for c, v in pairs)"),
    ("the difference of two sums", "total - other"),
    ("a comparison", "total == 3"),
    ("add_constraint", "lp.add_constraint(row)"),
    ("a variable", "lp.Var(lb=0, ub=7)"),
)


class Nothing:
    """Operators that return one of their operands: what the interpreter itself takes for the calls."""

    __slots__ = ()

    def _itself(self, other: Any) -> Any:
        return self

    __add__ = __radd__ = __sub__ = __mul__ = __rmul__ = __le__ = __ge__ = add_constraint = _itself

    def __eq__(self, other: Any) -> Any:
        return self

    def Var(self, *, lb: float, ub: float) -> Any:
        """As `LinearProgram.Var`."""
        return self


class Made:
    """Operators that make an object with three attributes, and nothing else."""

    __slots__ = ("a", "b", "c")
    a: Any
    b: Any
    c: Any

    def _made(self, other: Any) -> Any:
        made = Made()
        made.a = self
        made.b = other
        made.c = 1.0
        return made

    __add__ = __sub__ = __mul__ = __rmul__ = __le__ = __ge__ = add_constraint = _made

    def __eq__(self, other: Any) -> Any:
        return self._made(other)

    def __radd__(self, other: Any) -> Any:
        return self

    def Var(self, *, lb: float, ub: float) -> Any:
        """As `LinearProgram.Var`."""
        return self._made(lb)


def nanoseconds(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the least of several times for each text."""
    import pplp

    columns: dict[str, list[float]] = {}
    for name, kind in (("nothing", Nothing), ("an object", Made), ("pplp", None)):
        tell(name)
        lp: Any = pplp.LinearProgram() if kind is None else kind()
        x, y, z = (lp.Var(lb=0, ub=1) for _ in range(3)) if kind is None else (kind() for _ in range(3))
        ten = [x, y, z, x, y, z, x, y, z, x]
        names = dict(lp=lp, x=x, y=y, z=z, ten=ten, pairs=list(zip(range(1, 11), ten)))
        names.update(total=x + y + z, other=y + z, row=(2 * x + 3 * y - z <= 4))
        count = parameters["count"]
        columns[name] = [
            min(timeit.repeat(text, globals=names, number=count, repeat=5)) / count * 1e9 for _, text in TEXTS
        ]
    return columns


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    count: int = 20_000
    python: str = ""


def cost(settings: Settings) -> tuple[Report, int]:
    """The command `operators`."""
    result = run(Request("operators:nanoseconds", {"count": settings.count}, settings.python))
    report = Report(
        "operators", "Nanoseconds for each text: of operators that do nothing, that make an object, of pplp"
    )
    report.records.append(result)
    table = Table(["what", *result, "text"])
    for k, (what, text) in enumerate(TEXTS):
        table.add(what, *(f"{column[k]:,.0f}" for column in result.values()), text)
    report.add(table)
    return report, 0

"""Runs the random functions, and compares what they built."""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections import Counter
from dataclasses import astuple, dataclass
from operator import add
from random import Random
from typing import Any, Callable, Optional

from pplp import ExpressionError, LinearProgram
from pplp.core import chaining
from tests.chains.called import CALLED
from tests.chains.tools import traced
from tests.chains.writer import Writer

__all__ = ["Result", "run", "try_one"]


@dataclass
class Result:
    """What the functions did, in numbers; `refused` counts by the way they were run."""

    functions: int = 0
    exact: int = 0
    asked: int = 0  # refused, and a relation is asked for its truth in them
    refused: int = 0  # refused without such a reason
    wrong: int = 0

    def __add__(self, other: Result) -> Result:
        return Result(*map(add, astuple(self), astuple(other)))

    def __str__(self) -> str:
        name = "PyPy" if sys.implementation.name == "pypy" else sys.implementation.name
        return (
            f"{name} {'.'.join(map(str, sys.version_info[:3]))}: {self.functions} functions, {self.exact} exact, "
            f"{self.asked} refused where a relation is asked for its truth, {self.refused} refused without need, "
            f"{self.wrong} wrong"
        )


class Recorder:
    """What a function came by, and how it ended."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.error: Optional[str] = None

    def __call__(self, thing: Any) -> None:
        self.seen.append(repr(thing))


def turns(made: Any, out: Recorder):
    """A function's result, one step after the other where it suspends itself; what it yields is sent back."""
    try:
        if not hasattr(made, "send"):
            out(made)
            return
        answer = None
        while True:
            answer = made.send(answer)
            yield
    except StopIteration as end:
        out(end.value)
    except ExpressionError as error:
        out.error = str(error)  # the error itself would keep the frames alive


def performed(writer: Writer, text: str, way: str, optimize: int) -> list[Recorder]:
    """Two calls of the function, which take turns where they suspend themselves."""
    code = compile(text, "<chains>", "exec", dont_inherit=True, optimize=optimize)
    if way == "rewritten":
        code = rewritten(text) or code
    recorders, running = [], []
    for _ in range(2):
        out = Recorder()
        recorders.append(out)
        lp = LinearProgram()
        given = {"x": lp.Var("x"), "y": lp.Var("y"), "xs": lp.Vars(2, "v"), "yes": 1, "no": 0, "out": out}
        space = {**CALLED, **given, "__name__": "chains", "__annotations__": {}}
        try:
            exec(code, space)
            if writer.kind != "module":
                for _ in range(40 if way == "hot" and not writer.suspends else 1):
                    out.seen.clear()
                    running.append(turns(space["f"](*given.values()), out))
                    if not writer.suspends:
                        for _ in running.pop():
                            pass
        except ExpressionError as error:
            out.error = str(error)
    while running:
        running = [one for one in running if not step(one, way == "threads")]
    return recorders


def step(one: Any, in_a_thread: bool) -> bool:
    """Go on to the next suspension; True at the end."""
    ended: list[bool] = []

    def go() -> None:
        ended.append(next(one, ...) is ...)

    if in_a_thread:
        thread = threading.Thread(target=go)
        thread.start()
        thread.join()
    else:
        go()
    return ended[0]


def rewritten(text: str) -> Any:
    """As pytest rewrites a module of tests; None without it."""
    try:
        from _pytest.assertion.rewrite import rewrite_asserts
    except ImportError:
        return None
    import ast

    tree = ast.parse(text)
    rewrite_asserts(tree, text.encode())
    return compile(tree, "<chains>", "exec", dont_inherit=True)


WAYS = ["plain"] * 6 + ["optimized", "settrace", "setprofile", "monitoring", "hot", "threads"]
WAYS += ["rewritten", "coverage"]


def try_one(choices: str) -> tuple[str, str]:
    """Write the function of these choices and run it: ("exact", "asked", "refused" or "wrong", what it was)."""
    random = Random(choices + " way")
    way = random.choice(WAYS)
    plain, writer = Writer(choices, False), Writer(choices, True)
    want_text, text = plain.text(), writer.text()
    optimize = random.randint(1, 2) if way == "optimized" else 0
    wanted = performed(plain, want_text, "plain", optimize)
    with traced(way):
        got = performed(writer, text, way, optimize)
    report = f"--- {choices}, {way}\n{text}"
    verdict = "exact"
    for want, have in zip(wanted, got):
        if want.error is not None and not writer.is_asked:
            return "wrong", f"{report}\nboth() raised {want.error}"
        if have.error is not None:
            verdict = "asked" if writer.is_asked else "refused"
            report += f"\nrefused: {have.error}"
            later = iter(want.seen)
            if not all(one in later for one in have.seen):
                return "wrong", f"{report}\nrecorded {have.seen}\ninstead  {want.seen}"
        elif want.error is not None or have.seen != want.seen:
            return "wrong", f"{report}\nrecorded {have.seen}\ninstead  {want.seen} {want.error or ''}"
    return left_clean(verdict, report, way)


def left_clean(verdict: str, report: str, way: str) -> tuple[str, str]:
    """Nothing of its chains is left for what comes next."""
    x = LinearProgram().Var("x")
    if chaining.pending:
        gc.collect()  # errors and tracebacks in cycles keep frames
    with contextlib.suppress(ExpressionError):
        x <= 3  # what an exception left behind is forgotten here, or told once
    if repr(x <= 3) != "x <= 3":
        return "wrong", f"{report}\na side was left for the next comparison"
    if chaining.pending and sys.implementation.name != "pypy" and way != "threads":
        left = [half.span.line(half.frame.f_code) for half in chaining.pending.values()]
        chaining.pending.clear()
        return "wrong", f"{report}\npending: the chains of the lines {left}"
    chaining.pending.clear()
    return verdict, report


def run(numbers: range, seed: str = "0", tell: Callable[[str], Any] = lambda _: None) -> Result:
    """Try the functions of these numbers; `tell` is given those that are wrong or refused without need."""
    result, told = Result(), Counter()  # type: ignore[var-annotated]
    for k in numbers:
        verdict, report = try_one(f"{seed} {k}")
        result.functions += 1
        setattr(result, verdict, getattr(result, verdict) + 1)
        if verdict in ("wrong", "refused"):
            told[verdict] += 1
            if told[verdict] <= 5:
                tell(f"{verdict}: {report}\n")
    return result

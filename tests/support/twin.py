"""The same statements run by the Python source and by the accelerator, and what each of them saw."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import warnings
from fractions import Fraction

from pplp import LinearProgram, Variable, accelerated, dot
from pplp.core.expressions import LinearExpression
from pplp.core.relations import Relation, expression_of, lower_of, upper_of

#: An address says nothing.
_ADDRESS = re.compile("0x[0-9a-f]+")


class Mine(Variable):
    """A user's subclass."""

    __slots__ = ()

    def __radd__(self, other):
        return ("mine", type(other).__name__)


class Odd:
    """Answers for itself beside an expression."""

    def __radd__(self, other):
        return "odd sum"

    def __rmul__(self, other):
        return "odd product"

    def __ge__(self, other):
        return "odd relation"


def shown(thing):
    """All that there is to see of a value: kinds, numbers with their types, and texts."""
    if isinstance(thing, LinearExpression):
        indices, coefficients, constant = thing._parts()
        return [type(thing).__name__, indices, list(map(repr, coefficients)), repr(constant), repr(thing)]
    if isinstance(thing, Relation):
        return [type(thing).__name__, shown(expression_of(thing)), repr(lower_of(thing)), repr(upper_of(thing))]
    if isinstance(thing, (list, tuple)):
        return [type(thing).__name__, *map(shown, thing)]
    return [type(thing).__name__, _ADDRESS.sub("0x", repr(thing))]


def seen(statements):
    """What each of the statements gives, or how it ends: with what error, what text, and through which frames."""
    lp, other = LinearProgram(name="one"), LinearProgram(name="two")
    xs = [lp.Var(f"x{k}", lb=0, ub=k + 1) for k in range(6)]
    mine = Mine()
    mine._program, mine._index = lp, 2
    gone = other.Var("gone")
    other.remove(gone)
    names = {
        "lp": lp, "lp2": other, "xs": xs, "y": other.Var("y"), "mine": mine, "gone": gone, "odd": Odd(), "dot": dot,
        "inf": float("inf"), "nan": float("nan"), "Fraction": Fraction, "e": list(xs), "r": [xs[0] + xs[1] <= 4],
        "c": [],
    }  # fmt: skip
    found = []
    for text in statements:
        before = len(names["e"])
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                exec(compile(text, "<statement>", "exec"), names)
        except Exception as error:
            frames, frame = [], error.__traceback__
            while frame is not None:
                frames.append(frame.tb_frame.f_code.co_name)
                frame = frame.tb_next
            found.append([type(error).__name__, _ADDRESS.sub("0x", str(error)), frames[1:]])
        else:
            found.append([shown(thing) for thing in names["e"][before:]])
        found += [[str(one.message), os.path.basename(one.filename), one.lineno] for one in warned]
        found.append([len(names["r"]), shown(names["r"][-1]), len(names["c"])])
    for place, c in enumerate(names["c"]):
        found.append([place, _ADDRESS.sub("0x", repr(c)), str(getattr(c, "origin", None)), type(c).__name__])
    for old in names["e"]:  # nothing that was built has changed
        found.append(shown(old))
    try:
        form = lp.compile()
    except Exception as error:
        found.append([type(error).__name__, str(error)])
    else:
        arrays = form.cost, form.column_lower, form.column_upper, form.row_lower, form.row_upper, form.starts
        found.append([bytes(numbers).hex() for numbers in (*arrays, form.indices, form.values)])
    return json.loads(json.dumps(found))


class Twin:
    """A process that runs the Python source."""

    def __init__(self):
        self._child = subprocess.Popen(
            [sys.executable, "-c", "from tests.support import twin; twin.serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PPLP_PURE": "1"},
        )

    def seen(self, statements):
        """What it saw."""
        self._child.stdin.write(json.dumps(statements) + "\n")
        self._child.stdin.flush()
        return json.loads(self._child.stdout.readline())

    def close(self):
        """End it."""
        self._child.stdin.close()
        self._child.wait()
        self._child.stdout.close()


def serve():
    """Be the other process."""
    assert not accelerated
    for line in sys.stdin:
        print(json.dumps(seen(json.loads(line))), flush=True)

"""Chained comparisons: ``lo <= e <= hi`` is exactly one range, or an error; no side is lost or goes elsewhere."""

from __future__ import annotations

import asyncio
import bisect
import code
import contextlib
import doctest
import functools
import gc
import io
import operator
import subprocess
import sys
import threading
import types
import weakref

import pytest

from pplp import ExpressionError, LinearProgram
from pplp.core import chaining
from pplp.core.bytecode import Graph
from tests.chains.runner import run

RANGE = "0 <= x <= 5"
PYPY = sys.implementation.name == "pypy"


@pytest.fixture
def x(lp):
    return lp.Var("x")


@pytest.fixture
def y(lp):
    return lp.Var("y")


@pytest.fixture(autouse=True)
def nothing_stays_pending():
    """Neither before a test nor, once what it kept alive is gone, after it."""
    chaining.pending.clear()
    yield
    if chaining.pending and not PYPY:  # which does not say whether a generator has ended
        gc.collect()
        with contextlib.suppress(ExpressionError):
            LinearProgram().Var() <= 3
        assert not chaining.pending


def ranged(e, lo, hi):
    """The range as a text: pytest takes the chains in an `assert` apart, which then are refused."""
    return repr(lo <= e <= hi)


class Wrap:
    """Hands comparisons on to the expression in it."""

    def __init__(self, expression):
        self.expression = expression

    def __ge__(self, other):
        return self.expression >= other

    def __le__(self, other):
        return self.expression <= other


class Kept(Wrap):
    """Compares from below, and from above answers with a relation that it has kept."""

    def __init__(self, expression):
        super().__init__(expression)
        self.kept = expression <= 5

    def __le__(self, other):
        return self.kept


class Limit:
    """A number of a stranger, which knows how to be compared with."""

    def __ge__(self, other):
        return other <= 5


# --------------------------------------------------------------------- what is exact
@pytest.mark.heavy
def test_random_functions():
    """They build what between() builds, in every way of running them; `python -m tests.chains` tries more."""
    told = []
    result = run(range(150), "suite", told.append)
    assert (result.functions, result.wrong, result.refused) == (150, 0, 0), "\n".join(told)
    assert result.exact > 120


def test_the_command():
    """It counts, and ends well."""
    command = [sys.executable, "-m", "tests.chains", "20", "a seed"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "20 functions" in done.stdout and "0 wrong" in done.stdout


def test_a_second_comparison_in_each_branch(lp):
    """Compilers copy the end of a function into the branches that lead to it."""
    x = lp.Var("x", lb=-1000)

    def rule(wide):
        return -5 <= x <= (40 if wide else 10)

    def limit(wide, loose):
        lp.add_constraint(-5 <= x <= ((40 if wide else 10) if not loose else (wide or 7)))

    assert [repr(rule(wide)) for wide in (True, False)] == ["-5 <= x <= 40", "-5 <= x <= 10"]
    limit(True, False)
    limit(True, True)
    assert [(row.lb, row.ub) for row in lp.constraints] == [(-5, 40), (-5, 1)]


TEXTS = {
    "a module": "r = 0 <= x <= 5",
    "a comprehension": "r = [0 <= x <= 5 for _ in range(2)][1]",
    "a generator expression": "r = list(0 <= x <= 5 for _ in range(2))[1]",
    "an annotation": "def f(a: 0 <= x <= 5): pass\nr = f.__annotations__['a']",
    "an annotated class": "class A:\n  a: 0 <= x <= 5\nr = A.__annotations__['a']",
    "a default": "r = (lambda r=0 <= x <= 5: r)()",
    "several lines": "r = (\n0\n<=\nx\n<=\n5\n)",
    "a far jump": "r = 0 <= x <= (" + "+".join(["k"] * 700) + ") + (5 if not k else 6)",
    "many branches": "r = 0 <= x <= (" + "".join(f"{n} if k == {n} else " for n in range(9, 300)) + "5)",
    "downwards": "r = 5 >= x >= 0",
    "nested": "r = 0 <= x <= (5 if repr(1 <= x <= 2) == '1 <= x <= 2' else 6)",
    "a comparison of its middle in between": "r = 0 <= x <= (5 if repr(x <= 2) == 'x <= 2' else 6)",
    "after a number": "r = 0 or (0 <= x <= 5)",
    "a finally": "def f():\n  try: return 0 <= x <= (5 if k == 0 else 6)\n  finally: k\nr = f()",
}
if sys.version_info >= (3, 12):
    TEXTS["a type"] = "type T = 0 <= x <= 5\nr = T.__value__"
    TEXTS["a generic function"] = "def f[T](a): return 0 <= x <= 5\nr = f(1)"
if sys.version_info >= (3, 14):
    TEXTS["a template"] = "r = t'{0 <= x <= 5}'.interpolations[0].value"


@pytest.mark.parametrize("optimize", [0, 2])
@pytest.mark.parametrize("text", list(TEXTS))
def test_texts(x, text, optimize):
    """At these places, compiled with and without -OO."""
    space = {"x": x, "k": 0}
    exec(compile(TEXTS[text], "a text", "exec", dont_inherit=True, optimize=optimize), space)
    assert repr(space["r"]) == RANGE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 <= x >= -3", "x >= 0"),
        ("0 <= x >= 3", "x >= 3"),
        ("0 <= x == 5", "x == 5"),
        ("-inf <= x <= 5", "x <= 5"),
        ("0 <= x <= inf", "x >= 0"),
    ],
)
def test_what_both_say(x, text, said):
    """A chain is both of its comparisons, whatever their directions."""
    assert repr(eval(text, {"x": x, "inf": float("inf")})) == said


def test_consoles(x):
    """doctest, and the interactive console."""
    example = ">>> 0 <= x <= 5\n0 <= x <= 5\n>>> [0 <= x <= 5 for _ in range(2)][0]\n0 <= x <= 5\n"
    test = doctest.DocTestParser().get_doctest(example, {"x": x}, "a doctest", None, 0)
    told = io.StringIO()
    assert doctest.DocTestRunner().run(test, out=told.write).failed == 0, told.getvalue()
    console = code.InteractiveConsole({"x": x})
    console.push("r = 0 <= x <= (5 if x is not None else 6)")
    assert repr(console.locals["r"]) == RANGE


def test_ipython(x):
    """Its cells."""
    shells = pytest.importorskip("IPython.core.interactiveshell")
    shell = shells.InteractiveShell()
    shell.user_ns["x"] = x
    with contextlib.redirect_stdout(io.StringIO()):
        cell = shell.run_cell("0 <= x <= 5")
    assert repr(cell.result) == RANGE


@pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="sys.monitoring is of Python 3.12")
def test_each_event_of_monitoring(x):
    """A code that is watched, for each kind of event and after it."""
    tool, events = sys.monitoring, sys.monitoring.events

    def rule(wide):
        return 0 <= x <= (5 if wide else 6)

    tool.use_tool_id(4, "a test")
    try:
        for name in dir(events):
            event = getattr(events, name)
            if not isinstance(event, int) or not event or event & (event - 1):
                continue
            tool.register_callback(4, event, lambda *_: None)
            with contextlib.suppress(ValueError):
                tool.set_local_events(4, rule.__code__, event)
            assert {repr(rule(True)) for _ in range(50)} == {RANGE}, name
            tool.set_local_events(4, rule.__code__, 0)
    finally:
        tool.free_tool_id(4)
    assert repr(rule(True)) == RANGE


# --------------------------------------------------------------------- frames that wait, and threads
def test_suspended_in_the_middle(x, y):
    """Generators and coroutines wait between the two comparisons, while others come and go."""

    def rule():
        yield (yield) <= x <= (yield)

    waiting = [rule() for _ in range(100)]
    for step in (None, 0):
        for one in waiting:
            one.send(step)
        assert ranged(y, 1, 2) == "1 <= y <= 2" and repr(y <= 3) == "y <= 3"
    assert {repr(one.send(5)) for one in reversed(waiting)} == {RANGE}

    async def later(k):
        await asyncio.sleep(0.001 * (5 - k))
        return k

    async def limit(k):
        return 0 <= x <= await later(k)

    async def all_of_them():
        return await asyncio.gather(*map(limit, range(5)))

    assert [repr(r) for r in asyncio.run(all_of_them())] == ["x == 0", *(f"0 <= x <= {k}" for k in range(1, 5))]


def test_an_error_thrown_in_and_caught_by_what_is_awaited(x):
    """The chain goes on from there, by a way that only an exception takes."""

    @types.coroutine
    def waits():
        try:
            yield
        except ValueError:
            return 5

    async def rule():
        return 0 <= x <= await waits()

    waiting = rule()
    waiting.send(None)
    with pytest.raises(StopIteration) as end:
        waiting.throw(ValueError())
    assert repr(end.value.value) == RANGE


def test_resumed_in_other_threads(x, y):
    """A chain belongs to its frame, wherever that runs."""

    def rule():
        yield (yield) <= x <= (yield)

    waiting, made = rule(), []
    next(waiting)
    for number in (0, 5):
        thread = threading.Thread(target=lambda number=number: made.append(waiting.send(number)))
        thread.start()
        thread.join()
        assert ranged(y, 1, 2) == "1 <= y <= 2"
    assert repr(made[1]) == RANGE


@pytest.fixture
def eager_threads():
    """Threads that are switched as often as can be."""
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-4 if PYPY else 1e-6)  # PyPy does nothing else then
    yield
    sys.setswitchinterval(old)


def in_threads(work, count=4):
    """What `work(k)` gave in each thread, or the error."""
    results = [None] * count

    def go(k):
        try:
            results[k] = work(k)
        except BaseException as error:
            results[k] = error

    threads = [threading.Thread(target=go, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_programs_of_their_own_in_threads(eager_threads):
    """Each thread has its rows, with both sides."""

    def build(seed):
        lp = LinearProgram()
        v = [lp.Var(f"v{k}") for k in range(30)]
        rows = [lp.add_constraint(-k - 1 <= v[k] - v[(k + seed + 1) % 30] <= k + 1) for k in range(30)]
        return lp.compile().rows, [(row.lb, row.ub) for row in rows]

    wanted = 30, [(-k - 1, k + 1) for k in range(30)]
    assert in_threads(lambda seed: [build(seed) for _ in range(20)]) == [[wanted] * 20] * 4


def test_one_expression_in_threads(eager_threads, x, y):
    """All of them compare it."""
    e = x + 2 * y
    said = in_threads(lambda k: {repr(0 <= e <= (k + 5 if n % 2 else 5 + k)) for n in range(500)})
    assert said == [{f"0 <= x + 2 y <= {k + 5}"} for k in range(4)]


def test_threads_that_end_in_the_middle(x):
    """What they leave behind does not grow without limit."""

    def rule():
        with contextlib.suppress(ZeroDivisionError):
            (lambda: 0 <= x <= 1 / 0)()

    for _ in range(chaining._MANY + 30):
        in_threads(lambda _: rule(), 1)
    assert len(chaining.pending) <= chaining._MANY
    chaining.pending.clear()


# --------------------------------------------------------------------- chains that exceptions end
def test_ended_in_this_frame(x, y):
    """It goes on, and nothing is left."""
    for k in range(50):
        try:
            0 <= y <= {}[k]
        except KeyError:
            assert repr(y <= 3) == "y <= 3"
    assert ranged(x, 0, 5) == RANGE and not chaining.pending


def test_ended_in_a_function(x, y):
    """Its frame is gone, or its traceback is still at hand."""

    def rule(k):
        return 0 <= y <= {}[k]

    for k in range(50):
        try:
            rule(k)
        except KeyError as error:
            assert error.__traceback__ is not None and repr(y <= 3) == "y <= 3"
    assert ranged(x, 0, 5) == RANGE and not chaining.pending


def test_ended_in_a_generator(x, y):
    """Closed, dropped, or with an error thrown into it that it catches."""

    def rule():
        try:
            yield 0 <= y <= (yield)
        except ValueError:
            yield 0 <= x <= 5

    first, second, third = rule(), rule(), rule()
    for one in (first, second, third):
        next(one)
    first.close()
    del second
    assert repr(third.throw(ValueError())) == RANGE
    assert ranged(x, 0, 5) == RANGE


def test_suppressed_by_a_context_manager(lp, x, y):
    """Which even builds a chain itself."""

    class Suppresses:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.made = 0 <= x <= 5
            return True

    with Suppresses() as manager:
        lp.add_constraint(0 <= y <= 1 / 0)
    assert repr(manager.made) == RANGE and lp.constraints == []


# --------------------------------------------------------------------- what is refused
REFUSED = {
    "and": lambda x, y: x >= 0 and x <= 5,
    "or": lambda x, y: (0 <= x <= 5) or 5,
    "not": lambda x, y: not (0 <= x <= 5),
    "if": lambda x, y: 1 if 0 <= x <= 5 else 2,
    "a filter": lambda x, y: [k for k in (1, 2) if 0 <= x <= 5],
    "bool()": lambda x, y: bool(0 <= x),
    "any()": lambda x, y: any(v <= 0 for v in (x, y)),
    "sorted()": lambda x, y: sorted([x, y]),
    "max()": lambda x, y: max([x, y], key=functools.cmp_to_key(lambda a, b: a <= 3)),
    "bisect": lambda x, y: bisect.bisect([x, y], 3),
    "filter()": lambda x, y: list(filter(None, map(operator.le, [x, y], [1, 2]))),
    "three comparisons": lambda x, y: 0 <= x <= y <= 5,
    "three with numbers": lambda x, y: 0 <= x <= 5 <= 7,
    "an expression at the end": lambda x, y: 0 <= x <= y,
    "expressions at both ends": lambda x, y: x <= 5 <= y,
    "an expression first": lambda x, y: x <= 5 <= 7,
    "an equation first": lambda x, y: x == 5 <= 7,
    "an equation of the middle first": lambda x, y: 5 == x <= 7,
    "an equation of variables first": lambda x, y: x == y <= 5,
    "a variable equal to itself first": lambda x, y: x == x <= 5,
    "membership": lambda x, y: 0 <= x in [x],
    "identity": lambda x, y: 0 <= x is x,
    "a strict end": lambda x, y: 0 <= x < 5,
    "a function in the middle": lambda x, y: 0 <= abs(x) <= 5,
    "a function at the end": lambda x, y: 0 <= x <= abs(y),
    "the number of a stranger": lambda x, y: 0 <= x + y <= Limit(),
    "a wrapped expression": lambda x, y: 0 <= Wrap(x) <= 5,
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refusals(x, y, case):
    """Each with an error, after which the next relation has its own sides alone."""
    with pytest.raises(ExpressionError):
        REFUSED[case](x, y)
    assert repr(x <= 3) == "x <= 3"


def test_the_error_says_what_to_write(x):
    with pytest.raises(
        ExpressionError, match=r"lo <= e <= hi, or e\.between\(lo, hi\), or add_constraint\(\(lo, e, hi"
    ):
        bool(0 <= x)


def test_truth_inside_of_other_classes(x):
    """`bool` of a relation in a method that a chain of something else calls."""

    class Compares:
        __le__ = __ge__ = lambda self, other: bool(x <= 5)

    class Asks:
        __le__ = __ge__ = lambda self, other: self
        __bool__ = lambda self: bool(x >= 0)  # noqa: E731

    class Counts:
        __le__ = __ge__ = lambda self, other: self
        __len__ = lambda self: 1 if x >= 0 else 0  # noqa: E731

    for kind in (Compares, Asks, Counts):
        with pytest.raises(ExpressionError):
            0 <= kind() <= 5


def half_read(x):
    return 0 <= Kept(x) <= 5


def half_read_and_caught(x):
    try:
        return 0 <= Kept(x) <= 5
    except ZeroDivisionError:
        return None


def half_read_by_a_generator(x):
    def halves():
        yield 0 <= Kept(x) <= 5

    (half,) = halves()
    return half


@pytest.mark.parametrize("rule", [half_read, half_read_and_caught, half_read_by_a_generator])
def test_a_chain_that_nobody_completes(lp, x, y, rule):
    """Its half is not a row: the next comparison raises, or the next constraint; after that all is well."""
    rule(x)
    line = rule.__code__.co_firstlineno + (1 if rule is half_read else 2)
    with pytest.raises(ExpressionError, match=f"in line {line} of"):
        y <= 3
    half = rule(x)
    with pytest.raises(ExpressionError, match="compares x first"):
        lp.add_constraint(half)
    assert lp.constraints == [] and repr(y <= 3) == "y <= 3" and ranged(x, 0, 5) == RANGE


def test_a_half_in_a_generator_that_waits(lp, x):
    def rule():
        yield 0 <= Kept(x) <= 5
        yield

    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        pytest.skip("without the lock, the frame of a generator is not looked at")
    waiting = rule()
    half = next(waiting)
    with pytest.raises(ExpressionError, match="second comparison"):
        lp.add_constraint(half)


def test_a_half_in_a_loop(lp, x, y):
    """Also where an exception might have led there from the chain."""
    for _ in range(3):
        try:
            with pytest.raises(ExpressionError, match="second comparison"):
                lp.add_constraint(0 <= Kept(x + y) <= 5)
        except ZeroDivisionError:
            continue
    assert lp.constraints == []


def test_a_tool_that_compares_between(x, y):
    """A trace function and a finalizer between any two instructions take nothing of the chain."""
    compared = []

    def trace(frame, event, value):
        if frame.f_code.co_name in ("rule", "finish", "begin", "_relation", "__ge__", "__le__"):
            frame.f_trace_opcodes = True
            if len(compared) % 2 == 0:
                compared.append(event)
                with contextlib.suppress(ExpressionError):
                    assert repr(y <= 3) == "y <= 3"
                compared.append(event)
        return trace

    class Ends:
        def __del__(self):
            with contextlib.suppress(ExpressionError):
                assert ranged(y, 1, 2) == "1 <= y <= 2"

    def rule(ends):
        return 0 <= x <= [ends.pop(), 5][1]

    old = sys.gettrace()
    sys.settrace(trace)
    try:
        made = rule([Ends()])
    finally:
        sys.settrace(old)
    assert repr(made) == RANGE and len(compared) > 20


def test_an_unknown_interpreter_refuses(x, monkeypatch):
    """Of a version that was not tested nothing is read; the other spellings work."""
    monkeypatch.setattr(chaining, "IS_KNOWN", False)
    chaining._spans_of.clear()
    with pytest.raises(ExpressionError, match="between"):
        eval("0 <= x <= 5", {"x": x})
    assert repr(x.between(0, 5)) == RANGE
    chaining._spans_of.clear()


def changed(code, old, new):
    """The code with the last instruction of a name changed to another."""
    import dis

    offset = [one.offset for one in dis.get_instructions(code) if one.opname == old][-1]
    text = bytearray(code.co_code)
    text[offset] = dis.opmap[new] if isinstance(new, str) else new
    return code.replace(co_code=bytes(text))


def chains_of(code):
    return list({id(span): span for span in chaining._read(code).values()}.values())


@pytest.mark.parametrize("new", ["IS_OP", "NOP", "CONTAINS_OP", "UNARY_NOT"])
def test_changed_bytecode_refuses(new):
    """One of the copies of the second comparison is another instruction: the chain is not read."""
    rule = compile("0 <= x <= (5 if wide else 6)", "a text", "eval")
    assert [span is not None for span in chains_of(rule)] == [True]
    assert chains_of(changed(rule, "COMPARE_OP", new)) == [None]


def test_unknown_instructions_refuse():
    import dis

    rule = compile("0 <= x <= -wide", "a text", "eval")
    unknown = next(number for number in range(1, 256) if dis.opname[number].startswith("<"))
    assert chains_of(changed(rule, "UNARY_NEGATIVE", unknown)) == [None]


def test_code_with_another_name_is_read(x):
    """What was changed and still is understood, is exact."""

    def rule(e):
        return 0 <= e <= 5

    assert repr(types.FunctionType(rule.__code__.replace(co_name="other"), {})(x)) == RANGE


def test_a_number_in_the_middle_after_an_exception(x):
    """An exception ends the first chain; then the same place has a number there, and the same variable at the end."""

    def end():
        raise KeyError

    made = []
    for least, middle, most in ((100, x, end), (5, 7, lambda: x)):
        with contextlib.suppress(KeyError):
            made.append(least <= middle <= most())
    assert repr(made) == "[x >= 7]"


def rows(count):
    """The text of a model as programs write it: one ranged row in each line."""
    return "\n".join(f"add({-k} <= x + {k}*y <= {k + 1})" for k in range(count))


def test_a_code_is_not_kept():
    """What was read of it goes with it: cells of a notebook and texts of `exec` are of one use."""
    lp = LinearProgram()
    code = compile(rows(20), "a cell", "exec")
    exec(code, {"add": str, "x": lp.Var(), "y": lp.Var()})
    key, of_code = id(code), weakref.ref(code)
    assert chaining._spans_of[key][0]() is code
    del code
    gc.collect()
    assert of_code() is None and key not in chaining._spans_of


@pytest.mark.skipif(PYPY, reason="PyPy counts no calls of what it compiles")
def test_a_long_text_is_read_in_linear_time():
    """Each chain costs the same, however many there are in its code."""

    def steps(count):
        """The lines of `Graph` and of the reading that are run."""
        lines = 0

        def trace(frame, event, argument):
            nonlocal lines
            if frame.f_globals.get("__name__") not in ("pplp.core.chaining", "pplp.core.bytecode"):
                return None
            lines += 1
            return trace

        code = compile(rows(count), "a model", "exec")
        old = sys.gettrace()
        sys.settrace(trace)
        try:
            chaining._read(code)
        finally:
            sys.settrace(old)
        return lines

    short, long = steps(25), steps(100)
    assert 3 * short < long < 5 * short


@pytest.mark.skipif(not hasattr(types.CodeType, "co_exceptiontable"), reason="there is no such table before 3.11")
def test_every_instruction_has_one_height():
    """In the code of the standard library, by all ways that lead to it, those of exceptions included."""

    def all_of(code):
        yield code
        for one in code.co_consts:
            if isinstance(one, types.CodeType):
                yield from all_of(one)

    count = 0
    for module in (asyncio.tasks, asyncio.streams, bisect, contextlib, doctest, functools, subprocess, weakref):
        with open(module.__file__, encoding="utf-8") as file:
            top = compile(file.read(), module.__file__, "exec", dont_inherit=True)
        for one in all_of(top):
            graph = Graph(one)
            assert set(graph.heights()) == graph.reached([0], -1), (module, one.co_name)
            count += 1
    assert count > 500


# --------------------------------------------------------------------- arrays
def test_arrays_of_objects():
    """numpy asks each relation for its truth, in the middle of a chain of its own."""
    np = pytest.importorskip("numpy")
    lp = LinearProgram()
    x, y = lp.Var("x"), lp.Var("y")
    for things in ([x, y], [x], [[x]]):
        with pytest.raises(ExpressionError):
            0 <= np.array(things, object) <= 5


def test_arrays():
    """Both comparisons, in each branch; of another first operand, or with a stranger at the end, neither."""
    np = pytest.importorskip("numpy")
    lp = LinearProgram()
    xs, y = lp.Vars(2, "x"), lp.Var("y")

    def rule(wide):
        return np.zeros(2) <= xs <= (np.array([5, 6]) if wide else 7)

    said = [repr(rule(wide)) for wide in (True, False)]
    assert said == ["[0 <= x[0] <= 5, 0 <= x[1] <= 6]", "[0 <= x[0] <= 7, 0 <= x[1] <= 7]"]
    for case in (
        lambda: xs <= np.ones(2) <= 5,
        lambda: xs == np.ones(2) <= 5,
        lambda: 0 <= xs <= Limit(),
        lambda: 0 <= xs <= abs(y),
        lambda: 0 <= Wrap(xs) <= 5,
    ):
        with pytest.raises((ExpressionError, ValueError)):
            case()
        assert repr(y <= 3) == "y <= 3"


def test_labelled_arrays():
    """By label, in each branch; never by a half."""
    pd = pytest.importorskip("pandas")
    lp = LinearProgram()
    caps = pd.Series([5.0, 6.0], index=["a", "b"])
    xs = lp.Vars(caps.index, "x")

    def rule(wide):
        return 0 * caps <= xs <= (caps[::-1] if wide else 7)

    said = [str(list(rule(wide))) for wide in (True, False)]
    assert said == ["[0 <= x[a] <= 5, 0 <= x[b] <= 6]", "[0 <= x[a] <= 7, 0 <= x[b] <= 7]"]
    for case in (lambda: xs <= caps <= 9, lambda: 0 <= xs <= Limit(), lambda: 0 <= Wrap(xs) <= 5):
        with pytest.raises((ExpressionError, ValueError)):
            case()
        assert repr(lp.Var("y") <= 3) == "y <= 3"
        lp.remove(lp.variables[-1])

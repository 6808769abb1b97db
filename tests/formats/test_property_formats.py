"""Any program that can be built is written and read again to the last bit."""

from __future__ import annotations

import io
from contextlib import suppress
from math import inf

import pytest

from pplp import InvalidValue, LinearProgram
from tests.formats.test_formats import by_columns

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

MAGNITUDES = st.floats(min_value=1e-99, max_value=9e99, allow_nan=False)
NUMBERS = st.one_of(
    st.integers(-9, 9).map(float),
    st.floats(-100, 100),
    st.builds(lambda a, b: a * b, MAGNITUDES, st.sampled_from([1, -1])),
).filter(lambda a: a == 0 or abs(a) >= 1e-99)
ENDS = st.one_of(st.none(), NUMBERS)
NAMES = st.one_of(st.none(), st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12))


@st.composite
def programs(draw) -> LinearProgram:
    lp = LinearProgram(name=draw(NAMES))
    for name in draw(st.lists(NAMES, max_size=6, unique_by=lambda name: name or object())):
        low, high = sorted([draw(ENDS), draw(ENDS)], key=lambda end: -inf if end is None else end)
        if high is not None and draw(st.booleans()):
            low, high = high, None
        make = lp.IntVar if draw(st.booleans()) else lp.Var
        make(name, lb=-inf if low is None else low, ub=inf if high is None else high)
    xs = list(lp.variables)
    if xs:
        terms = st.lists(
            st.tuples(NUMBERS, st.sampled_from(xs)), min_size=2, max_size=5, unique_by=lambda term: term[1]
        )
        for name in draw(st.lists(NAMES, max_size=5, unique_by=lambda name: name or object())) if len(xs) > 1 else []:
            e = sum(a * x for a, x in draw(terms))
            low, high = sorted([draw(ENDS), draw(ENDS)], key=lambda end: -inf if end is None else end)
            if isinstance(e, (int, float)) or not e._parts()[0]:
                continue
            with suppress(InvalidValue):  # a bound of one variable may come to more than solvers work with
                lp.add_constraint((-inf if low is None else low, e, inf if high is None else high), name=name)
        lp.objective = sum(draw(NUMBERS) * x for x in xs) + draw(NUMBERS)
    return lp


@pytest.mark.parametrize("format", ["lp", "mps", "json"])
@hypothesis.settings(max_examples=50, deadline=None, derandomize=True, database=None)
@hypothesis.given(data=st.data())
def test_programs_come_back_to_the_last_bit(format, data):
    lp = data.draw(programs())
    sense = data.draw(st.sampled_from(["minimize", "maximize"]))
    file = io.StringIO()
    lp.write(file, format, sense=sense)
    file.seek(0)
    again = LinearProgram.read(file, format)
    assert by_columns(again.compile()) == by_columns(lp.compile(sense))
    assert again.name == lp.name
    if format != "mps":
        assert again.compile() == lp.compile(sense)

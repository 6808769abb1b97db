"""The accelerator says, of everything, what the Python source says."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import tracemalloc
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pplp
from pplp import LinearProgram
from tests.support.twin import Twin, seen

needed = pytest.mark.skipif(not pplp.accelerated, reason="there is no accelerator here")

#: Operands: expressions of this program, numbers that are plain, and all that is not.
OPERANDS = (
    *(f"xs[{k}]" for k in range(6)), *(f"e[{k}]" for k in range(-1, -7, -1)), "e[-1]", "e[-2]",
    "2", "3", "0", "1", "-1", "0.5", "-2.5", "1e-3", "7.0", "0.0", "-0.0", "2**53", "2**53 + 1", "-(2**53)", "10**30",
    "1e-120", "1e101", "1e60", "inf", "-inf", "nan", "True", "False", "Fraction(1, 3)", "Fraction(4, 2)", "None", "'x'",
    "[1]", "1j", "mine", "gone", "y", "odd", "sum(xs)", "sum(xs * 8)", "sum(2 * x for x in xs)", "(3 * xs[1] + 4 * xs[2])",
    "dot([1, 2.0, 3], xs[:3])",
)  # fmt: skip
SIDES = ("4", "0", "-2", "7.5", "inf", "-inf", "nan", "2**60", "1e101", "True", "Fraction(7, 2)")

operands, sides, signs = st.sampled_from(OPERANDS), st.sampled_from(SIDES), st.sampled_from(["<=", ">=", "=="])
statements = st.lists(
    st.one_of(
        st.builds("e.append({} {} {})".format, operands, st.sampled_from("+-*/"), operands),
        st.builds("e.append({} {} {} {} {})".format, operands, st.sampled_from("+-"), operands, st.sampled_from("+-*"), operands),
        st.builds("e.append(-({}))".format, operands),
        st.builds("t = {}\nt += {}\nt -= {}\ne.append(t)".format, operands, operands, operands),
        st.builds("e.append(sum([{}, {}, {}]))".format, operands, operands, operands),
        st.builds("e.append(dot([{}, {}], [{}, {}]))".format, sides, sides, operands, operands),
        st.builds("r.append({} {} {})".format, operands, signs, operands),
        st.builds("r.append({} {} {})".format, operands, signs, sides),
        st.builds("r.append({} <= {} <= {})".format, sides, operands, sides),
        st.builds("c.append(lp.add_constraint({} {} {}))".format, operands, signs, operands),
        st.builds("c.append(lp.add_constraint({} {} {}))".format, operands, signs, sides),
        st.builds("c.append(lp.add_constraint({} <= {} <= {}))".format, sides, operands, sides),
        st.builds("c.append(lp.add_constraint({} <= {}, name={!r}))".format, operands, sides, st.sampled_from("abcd")),
        st.just("c.append(lp.add_constraint(r[-1]))"),
        st.just("c.append(lp2.add_constraint(r[-1]))"),
        st.builds("lp.objective = {}".format, operands),
        st.builds("lp.objective += {}".format, operands),
        st.builds("xs.append(lp.Var(lb={}, ub={}))\ne.append(xs[-1])".format, sides, sides),
        st.builds("xs.append(lp.Var({!r}, lb=0))\ne.append(xs[-1])".format, st.sampled_from(["", "n", "m", "x0"])),
        st.builds("lp.remove(xs[{}])".format, st.integers(0, 5)),
        st.just("lp.remove(c.pop())"),
        st.just("e.append(lp.objective)"),
        st.just("lp.trace = True"),
        st.just("lp.trace = False"),
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture(scope="module")
def twin():
    one = Twin()
    yield one
    one.close()


@needed
@given(statements)
@settings(max_examples=400, deadline=None)
def test_both_say_the_same(twin, drawn):
    """Values to the last bit, kinds, rows, origins, errors with their texts and frames."""
    assert seen(drawn) == twin.seen(drawn)


@needed
def test_long_sums_are_the_same(twin):
    """Of thousands of terms, shared by several sums, in every order."""
    random = Random(7)
    drawn = ["e.append(sum(xs * 50))", "e.append(sum(k * x for k, x in enumerate(xs * 50, 1)))"]
    for _ in range(60):
        drawn.append(f"e.append(e[{random.randrange(-8, -1)}] {random.choice('+-')} {random.choice(['e[-1]', 'xs[3]', '2 * xs[4]', '3', 'e[-2]'])})")
    drawn += [f"c.append(lp.add_constraint(e[{-k}] <= {k}))" for k in range(1, 40)]
    assert seen(drawn) == twin.seen(drawn)

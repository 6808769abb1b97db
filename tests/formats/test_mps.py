"""MPS: what the manuals leave open, what others write, and that lines in bulk are read as lines one by one."""

from __future__ import annotations

import io
import itertools
import math
import random
import sys
import warnings
from collections import Counter
from math import inf

import pytest

import pplp.formats.mps.reader
import pplp.formats.source
from pplp import FormatError, LinearProgram, semicontinuous, sos1, sos2
from pplp.formats.draft import Draft
from pplp.formats.source import Source
from pplp.formats.specials import stated_form
from tests.formats.test_formats import by_columns

START = (
    "NAME t\nROWS\n N cost\n G need\n L most\nCOLUMNS\n x cost 1 need 1\n x most 1\n y cost 2 need 1\n"
    "RHS\n r need 3 most 8\n"
)


def read(text: str, format: str = "mps") -> LinearProgram:
    return LinearProgram.read(io.StringIO(text), format)


def named(lp: LinearProgram, name: str):
    return next(x for x in lp.variables if x.name == name)


def bounds(text: str, names: str = "x") -> object:
    """(lower bound, upper bound, integer) of one variable after these lines in BOUNDS."""
    lp = read(START + "BOUNDS\n" + "".join(f" {line}\n" for line in text.split("|")) + "ENDATA\n")
    x = named(lp, names)
    return x.lb, x.ub, x.integer


# --------------------------------------------------------------------- comments and blanks
DOLLAR = """NAME          DOLLAR
ROWS
 N  COST      $ what it costs
 G  NEED      $what we need
COLUMNS
    X$        COST                 2   NEED                 1
    Y         NEED                 0   $ empty
    $Z        COST                 9   $tight
RHS           
    RHS       NEED                 3   $ three
RANGES
    RNG       NEED                 4   $ to seven
BOUNDS
 UP BND       X$                   9   $ nine
 FR BND       Y         $ no bounds
 UP BND       $Z                   5
ENDATA
"""


@pytest.mark.parametrize("format", ["mps", "fixed-mps"])
def test_a_dollar_after_the_first_name_begins_a_comment(format):
    lp = read(DOLLAR, format)
    assert [(x.name, x.lb, x.ub) for x in lp.variables] == [("X$", 0, 9), ("Y", -inf, inf), ("$Z", 0, 5)]
    assert [str(c) for c in lp.constraints] == ["NEED: 3 <= X$ <= 7"] or str(lp.constraints[0]).startswith("NEED")
    assert lp.solve().objective == 6


def test_a_name_that_begins_with_a_dollar_is_a_name():
    """As HiGHS and Gurobi have it; a word that nothing is called is a comment."""
    text = "NAME\nROWS\n N c\n G $r\nCOLUMNS\n x c 1 $r 1\n $y c 3 $q 4\n $y $r 1\nRHS\n $r 2 $ two\nENDATA\n"
    lp = read(text)
    assert str(lp.objective) == "x + 3 $y" and str(lp.constraints[0]) == "$r: x + $y >= 2"


def test_a_comment_leaves_a_line_that_is_not_complete():
    with pytest.raises(FormatError, match=":6: expected a column and one or two rows"):
        read("NAME\nROWS\n N c\n G r\nCOLUMNS\n x $ c 1\nENDATA\n")


def test_a_blank_column_of_fixed_mps_is_the_one_before():
    text = (
        "NAME          BLANKS\nROWS\n N  COST\n G  NEED\n L  MOST\nCOLUMNS\n"
        "    X         COST                 2   NEED                 1\n"
        "              MOST                 1\n"
        "    Y         COST                 1\n"
        "              MOST                 3\n"
        "RHS\n    RHS       NEED                 3   MOST                 8\nENDATA\n"
    )
    lp = read(text, "fixed-mps")
    assert [str(c) for c in lp.constraints] == ["MOST: X + 3 Y <= 8"] or len(lp.constraints) == 2
    assert lp.solve().objective == 6
    with pytest.raises(FormatError, match=":7: expected the name of a column, found blanks"):
        read(text.replace("    X     ", " " * 10), "fixed-mps")


FIXED = """NAME
ROWS
 N  obj
 G  row 1
 G  row2
COLUMNS
    MARKER                 'MARKER'                 'INTORG'
    x 1       obj                1.0   row 1     {}
    MARKER                 'MARKER'                 'INTEND'
    x 2       row2               1.0
RHS
    RHS       row 1     {}
BOUNDS
 UP BND       x 1               1e20
ENDATA
"""


@pytest.mark.parametrize("factor", ["2", "2.00000000000e0", "2.0000000000000000000", "         2.0    remark"])
@pytest.mark.parametrize("side", ["123456789012.5", "1.2345678901250E+11", "123456789012.5000000000000000000"])
def test_numbers_of_fixed_mps_may_run_on(factor, side):
    """All digits count, and the markers of MIPLIB are read wherever they stand."""
    lp = read(FIXED.format(factor, side), "fixed-mps")
    form = lp.compile()
    assert list(form.row(0)[1]) == [2.0] and form.row_lower[0] == 123456789012.5
    assert [x.integer for x in lp.variables] == [True, False]


@pytest.mark.parametrize(
    "line",
    [
        "    longname01row2      1.0",
        "    x 3       rowlonger21.0",
        "    x 3       row2      1.00000000000e3row 1     1.0",
        "    x 3       row2      1.0 0",
        "    x 3       row2      1.0            row 1longer1.0",
        "    x 3       row2      1.0            row 1     1000000.00000 00",
        " x13 row2 1.0",
        "    x 3     z row2      1.0",
    ],
)
def test_what_the_columns_of_fixed_mps_would_cut_is_refused(line):
    text = FIXED.format("2", "4").replace("RHS\n", f"{line}\nRHS\n", 1)
    with pytest.raises(FormatError, match=r":11: expected the fields in columns 2-3, .* format='mps'"):
        read(text, "fixed-mps")
    refused = text.replace(line, "").replace(" G  row2", " G row2")
    with pytest.raises(FormatError, match=r":5: expected the fields"):
        read(refused, "fixed-mps")


# --------------------------------------------------------------------- bounds
@pytest.mark.parametrize(
    "lines, expected",
    [
        ("LI b x 1|UI b x 4", (1, 4, True)),
        ("UP b x 4|LO b x 1", (1, 4, False)),
        ("UP b x 4|MI b x", (-inf, 4, False)),
        ("UP b x -2|LO b x -5", (-5, -2, False)),
        ("MI b x|UP b x -2", (-inf, -2, False)),
        ("UP b x 4|UP b x 4.0", (0, 4, False)),
        ("BV b x|FX b x 1", (1, 1, True)),
        ("FX b x 0|BV b x", (0, 0, True)),
        ("BV b x|UP b x 4", (0, 1, True)),
        ("UP b x 0|BV b x", (0, 0, True)),
        ("LO b x 0.5|BV b x", (0.5, 1, True)),
        ("FR b x|BV b x", (0, 1, True)),
        ("UP x 4", (0, 4, False)),
        ("MI x", (-inf, inf, False)),
        ("FR b x 3", (-inf, inf, False)),
        ("UP b x 1e20", (0, inf, False)),
        ("SC b x 4", (0, 4, False)),
        ("SI b x 4", (0, 4, True)),
    ],
)
def test_bounds(lines, expected):
    """Each line states sides; BV cuts what the others state, whatever the order."""
    for order in itertools.permutations(lines.split("|")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            assert bounds("|".join(order)) == expected


@pytest.mark.parametrize(
    "lines",
    ["UP b x 4|UP b x 5", "LO b x 1|LI b x 2", "FX b x 3|UP b x 5", "FX b x 1|FX b x 2", "FR b x|UP b x 4",
     "MI b x|LO b x -3", "UP b x 4|PL b x", "SC b x 4|UP b x 3", "UP a x 4|UP b x 5"],
)  # fmt: skip
def test_a_side_that_is_stated_twice_is_refused(lines):
    """HiGHS and Gurobi take the first of the two lines, SCIP the second, CPLEX and GLPK refuse them."""
    for order in itertools.permutations(lines.split("|")):
        refused = pytest.raises(FormatError, match=r":14: the (lower|upper) bound of 'x' is .* here and .* before")
        with refused, warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            bounds("|".join(order))


@pytest.mark.parametrize(
    "lines, message",
    [
        ("UP b x -2", ":13: the upper bound of 'x' is -2, but no line states its lower bound, which is read as -inf"),
        ("FX b x 0|BV b x", ":14: 'x' is BV, but has other bounds"),
        ("UP b z 4", ":13: the column 'z' is in no row and is added, because BOUNDS names it"),
        ("UP b1 x 4|UP b2 y 5", ":14: BOUNDS has several sets, 'b1' and 'b2': all of them count"),
    ],
)
def test_what_others_read_otherwise_is_a_warning(lines, message):
    with pytest.warns(RuntimeWarning, match=message):
        bounds(lines)


def test_an_upper_bound_below_0_takes_the_lower_bound_away():
    with pytest.warns(RuntimeWarning):
        assert bounds("UP b x -2") == (-inf, -2, False)


@pytest.mark.parametrize("line", ["UP b z 4", "UP z 4", "BV b z", "BV z", "FR b z", "SI b z 4"])
def test_a_column_that_only_bounds_names(line):
    with pytest.warns(RuntimeWarning, match="the column 'z' is in no row"):
        low, high, integer = bounds(line, "z")
    expected = {"UP": (0, 4, False), "BV": (0, 1, True), "FR": (-inf, inf, False), "SI": (0, 4, True)}
    assert (low, high, integer) == expected[line[:2]]


def test_semi_integer_variables():
    """x is 0, or whole and between 2 and 9; at least 2.5."""
    lp = read(
        "NAME t\nROWS\n N obj\n G need\nCOLUMNS\n x obj 1 need 1\nRHS\n r need 2.5\n"
        "BOUNDS\n LO b x 2\n SI b x 9\nENDATA\n"
    )
    assert lp.solve().objective == 3


# --------------------------------------------------------------------- sets, ranges
def test_all_sets_count():
    text = (
        "NAME\nROWS\n N c\n L r\n G s\nCOLUMNS\n x r 1 s 1\n y r 1\n"
        "RHS\n a r 5\n b s 2\nRANGES\n c r 3\n d s 4\nENDATA\n"
    )
    with pytest.warns(RuntimeWarning) as caught:
        lp = read(text)
    assert [str(one.message)[:23] for one in caught] == ["<stream>:11: RHS has se", "<stream>:14: RANGES has"]
    assert {c.name: (c.lb, c.ub) for c in lp.constraints} == {"r": (2, 5), "s": (2, 6)}
    with pytest.raises(FormatError, match=":11: expected the row 'r' once in RHS"):
        read(text.replace(" b s 2\n", " a r 4\n"))


def test_a_range_of_a_row_n_is_refused():
    with pytest.raises(FormatError, match=":10: expected a row with a range, found the row N 'n'"):
        read("NAME\nROWS\n N c\n N n\nCOLUMNS\n x c 1 n 1\nRHS\n r n 1\nRANGES\n r n 2\nENDATA\n")


# --------------------------------------------------------------------- sections
@pytest.mark.parametrize("word", ["QUADOBJ", "QMATRIX", "QSECTION obj", "QCMATRIX need", "CSECTION k 0 QUAD"])
def test_quadratic_sections_say_so(word):
    with pytest.raises(FormatError, match=rf":12: the section {word.split()[0]} cannot be read: .*quadratic|cone"):
        read(START + word + "\n x x 1\nENDATA\n")


@pytest.mark.parametrize("word", ["GENCONS", "PWLOBJ", "SCENARIOS", "SOS1", "SOS2"])
def test_other_sections_say_what_to_write(word):
    with pytest.raises(FormatError, match=f":12: the section {word} cannot be read: it .* Write "):
        read(START + word + "\n x x 1\nENDATA\n")


SETS = {
    "CPLEX": "SOS\n S1 SOS s1 5\n    SOS x 1\n    SOS y 2\n",
    "Gurobi": "SOS\n S1 s0\n    x 1\n    y 2\n",
    "SCIP": "SOS\n S1 s0\n    x:1\n    y:2\n",
    "Xpress": "SETS\n S1 s1 need\n    s1 x 1\n    s1 y 2\n",
    "named as the kind": "SOS\n S1 S1\n    S1 x 1\n    S1 y 2\n",
}


@pytest.mark.parametrize("layout", list(SETS))
def test_ordered_sets_in_the_layouts_of_others(layout):
    """Of x and y, which are 3 and 2 at most, only one is not 0: x + y <= 3."""
    text = START.replace(" need 3 most 8", " most 8") + "BOUNDS\n UP b x 3\n UP b y 2\n" + SETS[layout] + "ENDATA\n"
    lp = read(text)
    assert lp.solve("maximize").objective == 4  # x + 2 y at y = 2
    lp.objective = sum(lp.variables[:2])
    assert lp.maximize() == 3


@pytest.mark.parametrize(
    "lines, message",
    [
        (" S2 s\n  x 1\n  y 1\n", "expected a weight of 'y' that differs"),
        (" S2 s\n  x 1\n  x 2\n", "the column 'x' once in its set"),
        (" S1 s\n  x\n", "expected S1 or S2, or a column and its weight"),
        (" S1\n", "expected the name of a set after S1"),
        (" S1 s\n  q 1\n", "expected the name of a column, found 'q'"),
    ],
)
def test_sets_that_make_no_sense(lines, message):
    with pytest.raises(FormatError, match=message):
        read(START + "SOS\n" + lines + "ENDATA\n")


INDICATOR = (
    START.replace(" y cost 2 need 1\n", " y cost 2 need 1\n b cost 1\n") + "BOUNDS\n UP d x 9\n BV d b\nINDICATORS\n"
)


def test_indicators():
    """At least 3 of x where b is 0; b costs 1."""
    lp = read(INDICATOR.replace(" y cost 2 need 1\n", " y cost 2\n") + " IF need b 0\nENDATA\n")
    assert lp.solve().objective == 1 and named(lp, "b").value == 1
    lp.objective = lp.objective + 5 * named(lp, "b")
    assert lp.minimize() == 3 and named(lp, "x").value == 3


@pytest.mark.parametrize(
    "line, message",
    [
        ("IF q b 1", "expected the name of a row, found 'q'"),
        ("IF most q 1", "expected the name of a column, found 'q'"),
        ("IF most b 2", "expected IF, a row, a binary column and 0 or 1"),
        ("IF cost b 1", "expected a row L, G or E after IF, found 'cost'"),
        ("IF most x 1", "needs a binary variable, but 'x' is not binary"),
        ("IF most b 1\n IF most b 1", "the row 'most' once in INDICATORS"),
    ],
)
def test_indicators_that_make_no_sense(line, message):
    with pytest.raises(FormatError, match=message):
        read(INDICATOR + f" {line}\nENDATA\n")


def special_program(r: random.Random) -> LinearProgram:
    lp = LinearProgram(name=r.choice([None, "p", "S1"]))
    names = iter(r.sample(["x", "S1", "s2", "b c", "größe", "IF", "SOS", "$", "R0", "x3"], 6))
    xs = [lp.Var(next(names), lb=r.choice([-4, 0, 0.5]), ub=r.choice([3, 9])) for _ in range(3)]
    n, b = lp.IntVar(next(names), lb=0, ub=20), lp.BoolVar(next(names))
    z = lp.Var(next(names), lb=-9, ub=9)
    lp.objective = sum(r.randint(-3, 3) * x for x in [*xs, n, b]) + r.randint(0, 2)
    for _ in range(r.randint(0, 3)):
        row = r.choice([1, 0.1]) * xs[0] - r.randint(1, 3) * r.choice([xs[1], n])
        relation = r.choice([row <= 3, row >= -2, row == 1, row.between(-3, 0.5)])
        condition = r.choice([b, 1 - b])
        lp.add_constraint(condition >> relation, name=r.choice([None, f"row {r.randrange(10**9)}"]))
    for kind in r.choice([(), (sos1,), (sos2,), (sos1, sos2, sos1)]):
        lp.add_constraint(kind(r.sample([*xs, n], r.randint(2, 4))), name=r.choice([None, f"S{r.randrange(10**9)}"]))
    if r.random() < 0.5:
        lp.add_constraint(semicontinuous(n, 2, 7), name=r.choice([None, "batch"]))
    if r.random() < 0.5:
        lp.add_constraint(semicontinuous(z, *r.choice([(-5, -2), (3, 3), (1, 4.5)])))
    lp.add_constraint(xs[0] + n + z >= -1)
    return lp


def test_special_constraints_are_rows_where_the_user_says_so():
    r = random.Random(8)
    for _ in range(20):
        lp, file = special_program(r), io.StringIO()
        lp.write(file, "mps", as_rows=True)
        assert not {"SOS", "INDICATORS"} & {*file.getvalue().splitlines()} and " SC " not in file.getvalue()
        file.seek(0)
        assert by_columns(LinearProgram.read(file, "mps").compile()) == by_columns(lp.compile())


@pytest.mark.parametrize("format", ["mps", "fixed-mps"])
def test_special_constraints_come_back(format):
    r = random.Random(3)
    for _ in range(60):
        lp, sense = special_program(r), r.choice(["minimize", "maximize"])
        file = io.StringIO()
        lp.write(file, format, sense=sense)
        file.seek(0)
        again = LinearProgram.read(file, format)
        (form, specials), (other, others) = stated_form(lp, sense), stated_form(again, sense)
        assert by_columns(other) == by_columns(form) and others == specials
        assert again.name == lp.name


# --------------------------------------------------------------------- in bulk and one by one
def long_file(r: random.Random) -> list[str]:
    """A file with long runs of plain lines, in one of the layouts of others."""
    m, n, pairs = r.randint(3, 30), r.randint(20, 60), r.choice([1, 2])
    value = r.choice([lambda: "1", lambda: repr(r.uniform(-9, 9)), lambda: r.choice(["1", "-2.5", "0", "1e3", "3."])])
    marked = r.random() < 0.5
    lines = ["NAME t", "ROWS", " N cost", *(f" {r.choice('LGE')} r{i}" for i in range(m)), "COLUMNS"]
    for j in range(n):
        if marked and j in (5, 18):
            lines.append(f" M{j} 'MARKER' '{'INTORG' if j == 5 else 'INTEND'}'")
        rows = ["cost", *(f"r{i}" for i in sorted(r.sample(range(m), r.randint(1, min(m, 6)))))]
        for k in range(0, len(rows), pairs):
            lines.append(f" x{j}" + "".join(f"  {row} {value()}" for row in rows[k : k + pairs]))
    lines += ["RHS", *(f" rhs r{i} {r.randint(-9, 9)}" for i in range(m))]
    lines += ["RANGES", " rng r0 2", "BOUNDS"]
    for j in range(n):
        lines += r.choice(
            [
                [f" UP b x{j} 4"],
                [f" LO b x{j} 1", f" UP b x{j} 7"],
                [f" FR b x{j}"],
                [f" FX b x{j} 2"],
                [f" UI b x{j} 3"],
                [f" LI b x{j} 1"],
                [f" BV b x{j}"],
                [],
            ]
        )
    return [*lines, "ENDATA"]


PIECES = ["'MARKER'", "$", "$ c", "_", "nan", "inf", "1e-200", "1e30", "1_0", "-", "x3", "r1", "cost", "\t", "*", "RHS",
          "1D3", "0", "\xa0", "٣", "", "UP", "BV", "x" * 300, "-1"]  # fmt: skip


def outcome(text: str, bulk: bool) -> tuple:
    """What comes of it: the program or the error, and the warnings."""
    source = io.BytesIO(text.encode()) if bulk else io.StringIO(text)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            form = LinearProgram.read(source, "mps").compile()
        except FormatError as error:
            return "error", str(error), error.line
    said = [str(one.message) for one in caught]
    bounds = [list(end) for end in (form.column_lower, form.column_upper, form.row_lower, form.row_upper)]
    terms = list(form.indices), list(form.values), list(form.starts)
    return "program", said, bounds, terms, list(form.cost), form.integer, form.column_names, form.row_names, form.offset


def damaged(r: random.Random) -> str:
    """A file of many lines, with up to two changes."""
    lines = long_file(r)
    for _ in range(r.choice([0, 1, 1, 2])):
        at = r.randrange(3, len(lines))
        words = lines[at].split(" ")
        kind = r.randrange(6)
        if kind == 0:
            words[r.randrange(len(words))] = r.choice(PIECES)
        elif kind == 1:
            words.insert(r.randrange(len(words) + 1), r.choice(PIECES))
        elif kind == 2:
            del words[r.randrange(len(words))]
        elif kind == 3:
            lines.insert(r.randrange(3, len(lines)), lines[at])
        elif kind == 4:
            other = r.randrange(3, len(lines))
            lines[at], lines[other] = lines[other], lines[at]
            continue
        else:
            lines.insert(
                at, r.choice(["* comment", "", "   ", "\t", "* x r1 1", "x1 r1 2", "\tx1 r1 2", "\xa0x1 r1 2"])
            )
            continue
        lines[at] = " ".join(words)
    text = "\n".join(lines) + r.choice(["\n", "", "\nrubbish"])
    return text.replace("\n ", "\n\t") if r.random() < 0.1 else text


@pytest.mark.parametrize("seed", range(8))
def test_bulk_and_exact_are_the_same(seed, monkeypatch):
    """Whatever is changed in a file: the same program and warnings, or the same error at the same line."""
    r = random.Random(seed)
    monkeypatch.setattr(pplp.formats.source, "_BLOCK", r.choice([200, 700, 5000]))
    monkeypatch.setattr(pplp.formats.mps.reader, "_MANY", r.choice([1, 4, 16]))
    found = set()
    for _ in range(60):
        text = damaged(r)
        one = outcome(text, True)
        assert one == outcome(text, False)
        found.add(one[0])
    assert found == {"program", "error"}


@pytest.mark.parametrize("rows", [5, 70_000])
def test_entries_are_sorted_alike_with_and_without_numpy(rows, monkeypatch):
    """Also where the number of a row takes more than sixteen bits."""
    pytest.importorskip("numpy")
    r = random.Random(rows)
    entries = [(r.randrange(-1, rows), j, r.random()) for j in range(200) for _ in range(3)]
    taken = []
    for is_there in (True, False):
        if not is_there:
            monkeypatch.delitem(sys.modules, "numpy")
        draft = Draft(Source(io.StringIO()))
        costs = list(draft.transposed(rows, *map(list, zip(*entries))))
        taken.append((costs, draft.lengths, list(draft.indices), list(draft.values)))
    expected = sorted(entries, key=lambda entry: entry[0])
    assert taken[0] == taken[1]
    assert taken[0][0] == [(j, a) for i, j, a in expected if i < 0]
    assert taken[0][2:] == tuple(map(list, zip(*[(j, a) for i, j, a in expected if i >= 0])))
    counts = Counter(i for i, _, _ in entries)
    assert taken[0][1] == [counts[i] for i in range(rows)]


def test_long_files_are_read_as_highs_reads_them(tmp_path):
    highspy = pytest.importorskip("highspy")
    r = random.Random(5)
    for _ in range(10):
        text = "\n".join(long_file(r)) + "\n"
        path = tmp_path / "a.mps"
        path.write_text(text)
        form = LinearProgram.read(path).compile()
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        assert solver.readModel(str(path)) != highspy.HighsStatus.kError
        lp = solver.getLp()
        assert list(lp.col_cost_) == list(form.cost) and list(lp.col_names_) == list(form.column_names.values())
        assert list(lp.col_lower_) == list(form.column_lower) and list(lp.col_upper_) == list(form.column_upper)
        assert list(lp.row_lower_) == list(form.row_lower) and list(lp.row_upper_) == list(form.row_upper)
        entries = sorted(
            (i, j, lp.a_matrix_.value_[k])
            for j in range(lp.num_col_)
            for k in range(lp.a_matrix_.start_[j], lp.a_matrix_.start_[j + 1])
            for i in [lp.a_matrix_.index_[k]]
            if lp.a_matrix_.value_[k]
        )
        assert entries == [(i, j, a) for i in range(form.rows) for j, a in zip(*form.row(i))]


# --------------------------------------------------------------------- names of sets with blanks
@pytest.mark.parametrize("kind, bounds", [("FR", (-inf, inf)), ("MI", (-inf, inf)), ("PL", (0, inf)), ("BV", (0, 1))])
def test_a_set_with_blanks_makes_a_file_fixed(tmp_path, kind, bounds):
    path = tmp_path / "a.mps"
    path.write_text(
        "NAME\nROWS\n N  c\n G  r\nCOLUMNS\n    x         c         1.0            r         1.0\n"
        f"RHS\n    RHS       r         -7.0\nBOUNDS\n {kind} MY BND    x\nENDATA\n"
    )
    (x,) = LinearProgram.read(path).variables
    assert (x.name, x.lb, x.ub) == ("x", *bounds)


@pytest.mark.parametrize("line", ["FR b typo x", "FR b x junk", "MI b x y", "BV b y x"])
@pytest.mark.parametrize("copies", [0, 40])
def test_what_stands_behind_a_bound_without_a_number_is_a_number(line, copies):
    """Also among many lines that are plain."""
    many = "".join(f" z{k} cost 1\n" for k in range(copies))
    plain = "".join(f" MI b z{k}\n" for k in range(copies))
    text = START.replace(" y cost", f"{many} y cost") + f"BOUNDS\n FR b x 3\n{plain} {line}\nENDATA\n"
    with pytest.raises(FormatError, match=rf":{14 + 2 * copies}: expected a set and a column after {line[:2]}, found"):
        read(text)


# --------------------------------------------------------------------- OBJNAME
def test_objname_comes_before_rows():
    """There it counts; behind ROWS it would come too late, and is refused."""
    text = "NAME\n{}ROWS\n N cost\n N profit\n G c\n{}COLUMNS\n x cost 1 profit 3\n x c 1\nRHS\n b c 2\nENDATA\n"
    section = "OBJNAME\n    profit\n"
    assert read(text.format(section, "")).solve().objective == 6
    assert read(text.format("", "")).solve().objective == 2
    for late in (section, "OBJNAME profit\n"):
        with pytest.raises(FormatError, match=":6: expected OBJNAME before ROWS"):
            read(text.format("", late))


# --------------------------------------------------------------------- lines of errors and warnings
@pytest.mark.parametrize("count", [1, 40, 6000])
def test_a_warning_names_its_line_also_among_many(count):
    names = [f"z{k}" for k in range(count)]
    rest = "".join(f" {name} cost 1\n" for name in names)
    lines = "".join(f" BV b {name} 1\n" for name in names)
    text = START.replace(" y cost", f"{rest} y cost") + f"BOUNDS\n FR b x 3\n{lines} LO b {names[-1]} 1\nENDATA\n"
    with pytest.warns(RuntimeWarning, match=rf":{13 + 2 * count}: '{names[-1]}' is BV, but has other bounds"):
        read(text)


def test_the_error_of_a_file_is_that_of_the_layout_that_came_further(tmp_path):
    path = tmp_path / "a.mps"
    path.write_text(FIXED.format("2", "3").replace("    RHS       row 1", "    RHS       rwo 1"))
    with pytest.raises(FormatError, match=r":12: expected the name of a row, found 'rwo 1'"):
        LinearProgram.read(path)
    path.write_text(START.replace("r need 3", "r ned 3") + "ENDATA\n")
    with pytest.raises(FormatError, match=r":11: expected the name of a row, found 'ned'"):
        LinearProgram.read(path)


@pytest.mark.parametrize("line", ["RHS r need 5", "RANGES need 5", "BOUNDS UP x 5", "RHS need 5 most 9"])
def test_a_line_of_data_that_is_not_indented_is_refused(line):
    """It would be passed over as the title of its section."""
    section = line.split()[0]
    text = START if section != "RHS" else START[: START.index("RHS")]
    with pytest.raises(FormatError, match=rf"expected the section {section}, found '{line}'. Indent"):
        read(f"{text}{line}\nENDATA\n")
    with pytest.raises(FormatError, match=rf"expected the section {section}, found '{line}'. Indent"):
        read(f"{text}{section}\n{line}\nENDATA\n")


# --------------------------------------------------------------------- infinite sides and ranges
INFINITE = "NAME\nROWS\n N c\n {} r\nCOLUMNS\n x c -1 r 1\nRHS\n b r {}\nRANGES\n w r {}\nBOUNDS\n UP b x 5\nENDATA\n"


@pytest.mark.parametrize("kind", "LGE")
@pytest.mark.parametrize("side", ["-1e30", "-3", "3", "1e30"])
@pytest.mark.parametrize("width", ["-1e30", "-2", "2", "1e30"])
def test_no_side_is_a_sum_of_infinities(kind, side, width):
    """A row's side is never NaN; what no row can reach names the line of its number, and says what to write."""
    b, w = float(side), float(width)
    b = b if abs(b) < 1e20 else math.copysign(inf, b)
    lower, upper = (b if kind in "GE" else -inf), (b if kind in "LE" else inf)
    if kind == "L" or (kind == "E" and w < 0):
        lower = -inf if abs(w) > 1e20 else b - abs(w)
    else:
        upper = inf if abs(w) > 1e20 else b + abs(w)
    text = INFINITE.format(kind, side, width)
    if lower == inf or upper == -inf:
        with pytest.raises(FormatError, match=r":8: the row r can never hold: .* from 1e\+20 on .* smaller"):
            read(text)
        return
    form = read(text).compile()
    assert (form.row_lower[0], form.row_upper[0]) == (lower, upper)

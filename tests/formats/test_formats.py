"""Files: what is written is read again to the last bit, and what others wrote means what the manuals say."""

from __future__ import annotations

import bz2
import gzip
import io
import locale
import lzma
import os
import random
import subprocess
import sys
import warnings
from math import inf
from pathlib import Path

import pytest

from pplp import ExpressionError, FormatError, InvalidValue, LinearProgram, MatrixForm, OptionError, Status
from tests.support.counting import calls_of
from tests.support.random_programs import random_program

WRITTEN = ("lp", "mps", "json")


def read(text: str, format: str) -> LinearProgram:
    return LinearProgram.read(io.StringIO(text), format)


def written(lp: LinearProgram, format: str, sense: str | None = None) -> str:
    file = io.StringIO()
    lp.write(file, format, sense=sense)
    return file.getvalue()


def by_columns(form: MatrixForm) -> tuple:
    """Everything, with the terms of each row in the order of their columns."""
    rows = [sorted(zip(*form.row(i))) for i in range(form.rows)]
    names = form.column_names, form.row_names
    bounds = form.column_lower, form.column_upper, form.row_lower, form.row_upper
    return form.maximize, form.offset, form.cost, form.integer, bounds, rows, names


def bounds(lp: LinearProgram) -> dict[str, tuple[float, float]]:
    return {x.name: (x.lb, x.ub) for x in lp.variables}


def rows(lp: LinearProgram) -> dict[str, tuple[float, float]]:
    return {c.name: (c.lb, c.ub) for c in lp.constraints}


# --------------------------------------------------------------------- round trips
@pytest.mark.parametrize("format", WRITTEN)
def test_random_programs_come_back_to_the_last_bit(format):
    r = random.Random(7)
    for k in range(150):
        lp = random_program(r, integers=k % 2 == 1)
        sense = r.choice(["minimize", "maximize"])
        again = read(written(lp, format, sense), format)
        assert again.sense == sense
        assert by_columns(again.compile()) == by_columns(lp.compile(sense))
        if format != "mps":
            assert again.compile() == lp.compile(sense)


NAMES = [
    *("größe", "x[1,2]", "a b", "x\ny", "x7", "R1", "end", "Free", "e5", "3x", "obj", "OBJ", "inf", "名前", "😀", "\\"),
    *(
        '"',
        "'MARKER'",
        "$x",
        "*x",
        "Constant",
        "x" * 600,
        "-x",
        "a:b",
        "st",
        "s.t.",
        "\u2028",
        "x1_",
        "RHS",
        "BND",
        " ",
        "\x00",
        "x0",
    ),
]


@pytest.mark.parametrize("format", [*WRITTEN, "fixed-mps"])
def test_names_of_any_text_survive(format):
    lp = LinearProgram(name='plan "ü"\n')
    xs = [lp.Var(name, lb=0) for name in NAMES] + [lp.Var() for _ in range(10)]
    for k, name in enumerate(reversed(NAMES)):
        lp.add_constraint(xs[k] + 2 * xs[k + 1] <= k, name=name)
    lp.add_constraint(xs[0] + xs[1] >= 1)
    again = read(written(lp, format), format)
    assert again.compile() == lp.compile()
    assert again.name == lp.name


@pytest.mark.parametrize("format", WRITTEN)
def test_numbers_of_any_size_survive(format):
    lp = LinearProgram()
    numbers = [1 / 3, 0.1, 1e-99, 9.9e99, -1e30, 1e20, 5e-324 + 1.0, 2.0**52 + 0.5, -7.0, 1e22, 123456789.123456789]
    xs = [lp.Var(lb=-abs(a), ub=abs(a) + 1) for a in numbers]
    for a, b in zip(numbers, reversed(numbers)):
        lp.add_constraint((min(a, b), sum(a * x for x in xs), max(a, b)))
    lp.objective = sum(a * x for a, x in zip(numbers, xs)) - 1 / 7
    assert read(written(lp, format), format).compile() == lp.compile()


@pytest.mark.parametrize("format", WRITTEN)
def test_the_smallest_and_the_oddest_programs(format):
    empty = LinearProgram()
    constant = LinearProgram()
    constant.objective = -2.5
    unused = LinearProgram()
    unused.Vars(3)
    unused.IntVar(lb=0)
    unused.IntVar(lb=-inf, ub=-3)
    unused.Var(ub=0)
    unused.Var(lb=0, ub=-0.0)
    backwards = LinearProgram()
    x, y, z = (backwards.Var(lb=0) for _ in range(3))
    backwards.add_constraint(z + y >= 1)
    backwards.add_constraint((-inf, x + y, inf))
    backwards.add_constraint(y + x == -1)
    hollow = LinearProgram()
    a, b = hollow.Var(lb=5), hollow.BoolVar()
    hollow.add_constraint(a + b <= 9, name="gone")
    hollow.add_constraint(a <= 3)  # crosses the lower bound: infeasible
    hollow.remove(b)
    rows_alone = hollow.copy()
    rows_alone.remove(*rows_alone.variables)
    for lp in (empty, constant, unused, backwards, hollow, rows_alone):
        assert by_columns(read(written(lp, format), format).compile()) == by_columns(lp.compile())


@pytest.mark.parametrize("format", WRITTEN)
def test_constants_of_the_objective_up_to_the_largest(format):
    lp = LinearProgram()
    lp.objective = lp.Var() - 1e100
    text = written(lp, format)
    assert read(text, format).compile() == lp.compile()
    assert "1e+100" in text
    with pytest.raises(FormatError, match=r"1e\+202|up to 1e\+100"):
        read(text.replace("1e+100", "1e+202"), format)


def test_remarks_that_make_no_sense_are_errors():
    text = "\\ pplp file 1\nMin\n x\nst\n\\ pplp sides r {}\n r: x + y >= 1\nend"
    assert rows(read(text.format("-1.5 inf"), "lp")) == {"r": (-1.5, inf)}
    for wrong in ("nan 1", "1 x", "1e200 inf"):
        with pytest.raises(FormatError, match=":5: expected two numbers after the row"):
            read(text.format(wrong), "lp")
    with pytest.raises(FormatError, match=r":6: .*can never hold"):
        read(text.format("2 1").replace("y >= 1\nend", "y >= 1 \\ pplp\nend"), "lp")
    for wrong in ('""', "3", "x", '"a'):
        with pytest.raises(FormatError, match=":2: expected a name in double quotes"):
            read("\\ pplp file 1\n\\ pplp variable x is " + wrong + "\nMin\n x\nst\nend", "lp")


def test_a_row_of_zeros_with_two_sides():
    lp = read("Min\n x + 0 y\nst\n r: 10 >= 0 y >= -1E+2\nend", "lp")
    assert rows(lp) == {"r": (-100, 10)}
    assert read(written(lp, "lp"), "lp").compile() == lp.compile()


def test_ranges_that_mps_rounds_are_exact_by_a_comment():
    lp = LinearProgram()
    x, y = lp.Var(), lp.Var()
    r = random.Random(3)
    for _ in range(400):
        low = -r.random()
        lp.add_constraint((low, x + y, r.random() * r.choice([1, 2, 1e-9, 1e9])))
    text = written(lp, "mps")
    assert "* pplp sides " in text
    assert read(text, "mps").compile() == lp.compile()


def test_fixed_mps_is_exact_or_refused():
    lp = LinearProgram()
    x = lp.Var("length of x", lb=0.12345678901, ub=1e25)
    lp.objective = 0.1 * x + 3
    lp.add_constraint(x + lp.Var("y") <= -1.25e-07)
    text = written(lp, "fixed-mps", "maximize")
    assert "    x0        OBJ                0.1\n" in text and " LO BND       x0        .12345678901\n" in text
    assert read(text, "fixed-mps").compile() == lp.compile("maximize")
    lp.objective = x / 3
    with pytest.raises(FormatError, match=r"0\.333.*more than the 12 characters.*format=\"mps\""):
        written(lp, "fixed-mps")


def test_the_sense_is_that_of_the_last_solve_or_of_the_file(tmp_path):
    lp = LinearProgram()
    x = lp.Var("x", lb=0, ub=3)
    lp.objective = x
    assert written(lp, "lp").count("Minimize") == 1
    lp.maximize()
    lp.write(tmp_path / "a.mps")
    again = LinearProgram.read(tmp_path / "a.mps")
    assert again.sense == "maximize" and again.copy().sense == "maximize"
    assert again.solve().objective == 3
    assert again.solve("minimize").objective == 0
    assert again.minimize() == 0
    assert "Minimize" in written(again, "lp")


def test_locale_and_precision_do_not_matter(tmp_path):
    before = locale.setlocale(locale.LC_NUMERIC)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_NUMERIC, name)
        except locale.Error:
            continue
        lp = LinearProgram()
        lp.objective = lp.Var(lb=0.5) / 3
        assert read(written(lp, "mps"), "mps").compile() == lp.compile()
    locale.setlocale(locale.LC_NUMERIC, before)


# --------------------------------------------------------------------- places
@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("format", WRITTEN)
def test_paths_plain_and_compressed(tmp_path, format, suffix):
    lp = random_program(random.Random(5), integers=True)
    path = tmp_path / f"größe.{format}{suffix}"
    lp.write(path)
    unpack = {"": bytes, ".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}[suffix]
    assert unpack(path.read_bytes()).decode() == written(lp, format)
    assert by_columns(LinearProgram.read(str(path)).compile()) == by_columns(lp.compile())
    with open(path, "rb") as file:
        assert by_columns(LinearProgram.read(file, format).compile()) == by_columns(lp.compile())
        assert not file.closed
    assert list(tmp_path.iterdir()) == [path]


def test_open_files_of_bytes_and_text():
    lp = random_program(random.Random(6), integers=True)
    file = io.BytesIO()
    lp.write(file, "lp")
    assert file.getvalue().decode() == written(lp, "lp")
    file.seek(0)
    assert LinearProgram.read(file, "lp").compile() == lp.compile()
    packed = io.BytesIO(b"\xef\xbb\xbf" + written(lp, "lp").replace("\n", "\r\n").encode())
    assert LinearProgram.read(packed, "lp").compile() == lp.compile()


def test_standard_input_and_output():
    script = (
        "import sys; from pplp import LinearProgram; "
        "lp = LinearProgram.read('-', 'mps'); lp.write('-', 'lp'); sys.stderr.write(repr(lp.solve().objective))"
    )
    text = " N c\n G r\nCOLUMNS\n x c 2 r 1\n y c 1 r 0.5\nRHS\n b r 3\nENDATA\n"
    done = subprocess.run(
        [sys.executable, "-c", script], input=gzip.compress(("ROWS\n" + text).encode()), capture_output=True, check=True
    )
    assert done.stderr == b"6.0"
    assert read(done.stdout.decode(), "lp").solve().objective == 6


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.mps"
    path.write_text("old")
    lp = LinearProgram()
    lp.objective = lp.Var() / 3
    with pytest.raises(FormatError):
        lp.write(path, "fixed-mps")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.mps"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has such a device")
def test_a_full_disk_is_an_error():
    lp = LinearProgram()
    lp.Vars(3)
    with pytest.raises(OSError, match="No space left"):
        lp.write("/dev/full", "lp")


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
def test_modes_and_links_stay(tmp_path):
    lp = LinearProgram()
    real, link = tmp_path / "real.lp", tmp_path / "link.lp"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    lp.write(link)
    assert link.is_symlink() and real.read_text() == written(lp, "lp")
    assert real.stat().st_mode & 0o777 == 0o640


def test_formats_are_named_or_follow_from_the_suffix(tmp_path):
    lp = LinearProgram()
    known = r"one of 'lp', 'mps', 'fixed-mps', 'json', 'dimacs'\."
    with pytest.raises(OptionError, match=rf"'.xls'.*Set format= .*--to.* {known}"):
        lp.write(tmp_path / "a.xls")
    with pytest.raises(OptionError, match="no format 'gams'"):
        LinearProgram.read("a.lp", "gams")
    with pytest.raises(OptionError, match="'mathprog' is read only"):
        lp.write(tmp_path / "a.mod")
    with pytest.raises(OptionError, match="--from"):
        LinearProgram.read("-")
    with pytest.raises(OptionError, match="for MathProg"):
        LinearProgram.read("a.lp", data=["b"])
    with pytest.raises(FileNotFoundError):
        LinearProgram.read(tmp_path / "none.lp")


# --------------------------------------------------------------------- CPLEX LP
LP = r"""\ a comment: max
MAXIMISE
 profit: 3x+2 y -7.5 \ and another
   + 1e1 z
Such That
 c1: x + y
   + z <= 40   c2: -1 <= x - 2 * y <= 4
 x + 3 >= 2 y + 0
 10 >= y + z
 c5: z - y =< +inf
 c6: - x - x + 0 y => -1E+2
BOUNDS
 -4 <= x <= 8
 y <= -2
 z free
 w >= -infinity
 v = 3
 2 <= u
Generals
 y
 v
Binaries
 t
End
"""


def test_a_range_wider_than_any_number_comes_back():
    """From -6e99 to 6e99 it is 1.2e100 wide, which no reader takes for a number."""
    lp = LinearProgram()
    x, y = lp.Var("x"), lp.Var("y")
    lp.add_constraint(-6e99 <= x + y <= 6e99, name="wide")
    file = io.StringIO()
    lp.write(file, "mps")
    form = LinearProgram.read(io.StringIO(file.getvalue()), "mps").compile()
    assert (form.row_lower[0], form.row_upper[0]) == (-6e99, 6e99)


def test_lp_sections_signs_and_ranges():
    with pytest.raises(FormatError, match=r"<stream>:8: .* right-hand side, found 'y'"):
        read(LP, "lp")
    lp = read(LP.replace(">= 2 y + 0", ">= 2"), "lp")
    assert lp.sense == "maximize"
    assert str(lp.objective) == "3 x + 2 y + 10 z - 7.5"
    assert [str(c) for c in lp.constraints][:2] == ["c1: x + y + z <= 40", "c2: -1 <= x - 2 y <= 4"]
    assert [(c.lb, c.ub) for c in lp.constraints][2:6] == [(-1, inf), (-inf, 10), (-inf, inf), (-100, inf)]
    assert [str(c.expression) for c in lp.constraints][2:6] == ["x", "y + z", "z - y", "-2 x"]
    assert bounds(lp) == {
        **{"x": (-4, 8), "y": (0, -2), "z": (-inf, inf), "w": (-inf, inf), "v": (3, 3), "u": (2, inf), "t": (0, 1)},
    }
    assert [x.name for x in lp.variables if x.integer] == ["y", "v", "t"]
    assert lp.solve().status is Status.INFEASIBLE  # y has the bounds 0 and -2, as the format has it


def test_lp_sets_and_semicontinuous_variables():
    text = """Maximize
 x + 2 y + 3 z + s
Subject To
 r: x + y + z + s <= 20
Bounds
 x <= 4
 y <= 5
 z <= 6
 3 <= s <= 10
Semi-Continuous
 s
SOS
 first: S1:: x:1 y:2 z:3
End
"""
    # the best member of the set is z (18), and s in {0} or [3, 10] adds 10
    assert read(text, "lp").solve().objective == 28
    # of s2 two neighbours: y and z; 10 + 18 + s, and 20 - 11 = 9 is left for s
    assert read(text.replace("S1", "S2"), "lp").solve().objective == 37
    # the order is that of the weights: -1, 1, 3: y, x, z; then x and z are the best pair, 4 + 18 + 10
    assert read(text.replace("S1", "S2").replace("y:2", "y:-1"), "lp").solve().objective == 32
    assert read(text.replace("<= 20", "<= 8"), "lp").solve().objective == 18  # z = 6 and s = 0, or z = 5 and s = 3
    with pytest.raises(FormatError, match=r":11: .*'s' has the range 3 to inf"):
        read(text.replace("<= s <= 10", "<= s"), "lp")
    with pytest.raises(FormatError, match=r":13: .*x.*upper bound"):
        read(text.replace(" x <= 4\n", "\n"), "lp")


def test_lp_infinities_of_others():
    lp = read("Min\n x\nst\n a: x + y <= 1e20\n b: x - y >= -1e31\nbounds\n x <= 1e30\n y >= -1e20\nend", "lp")
    assert rows(lp) == {"a": (-inf, inf), "b": (-inf, inf)}
    assert bounds(lp) == {"x": (0, inf), "y": (-inf, inf)}


@pytest.mark.parametrize(
    "text, line, message",
    [
        ("", 0, "expected Minimize or Maximize, found the end"),
        ("x + y", 1, "expected Minimize or Maximize, found 'x'"),
        ("Bounds\n", 1, "expected Minimize or Maximize before bounds"),
        ("Min\n x\nMax\n", 3, "expected one objective"),
        ("Min\n x x\nst\nend", 2, r"expected \+, - or a relation before 'x'"),
        ("Min\n x y\nst\nend", 2, r"expected \+, - or a relation before 'y'"),
        ("Min\n x + [ y ^2 ] / 2\nst\nend", 2, r"found '\[', which begins a quadratic term, but pplp is linear"),
        ("Min\n x^2\nst\nend", 2, "found '^', which begins a quadratic term"),
        ("Min\n 2 3 x\nst\nend", 2, "expected a variable after 2.0, found '3'"),
        ("Min\n x <= 3\nst\nend", 2, "expected Subject To before a relation"),
        ("Min\n x +\nst\nend", 3, "expected a number or a variable after the sign"),
        ("Min\n x\nst\n r: x + y\nend", 4, "expected <=, >= or = in the row 'r'"),
        ("Min\n x\nst\n r: x + y <=\nend", 4, "expected a number after the relation in the row 'r'"),
        ("Min\n x\nst\n r: x <= 3\n r: y <= 4\nend", 5, "there is a row 'r' already"),
        ("Min\n x\nst\n 3 <= x + y <= 2\nend", 4, "can never hold: its sides are 3 and 2"),
        ("Min\n x\nst\n 3 <= x + y <= 4 <= 5\nend", 4, "expected the end of the row"),
        ("Min\n x\nst\n x + y <= 1e-200 z\nend", 4, "right-hand side"),
        ("Min\n 1e-200 x\nst\nend", 2, "out of the range"),
        ("Min\n 1_0 x\nst\nend", 2, r"expected \+, - or a relation before 'x'"),
        ("Min\n x\nst\n x <= 4 - y\nend", 4, "expected the end of the line after the right-hand side, found '-'"),
        ("Min\n x\nst\n x <= 4 3 y >= 2\nend", 4, "expected the end of the line after the right-hand side, found '3'"),
        ("Min\n x\nst\nBounds\n x <= 1 2\nend", 5, "expected a bound such as"),
        ("Min\n x\nst\nBounds\n x <= nan\nend", 5, "expected a bound such as"),
        ("Min\n x\nst\nBounds\n x >= inf\nend", 5, "expected a lower bound of 'x' below infinity"),
        ("Min\n x\nst\nGeneral\n x 3\nend", 5, "expected the name of a variable, found '3'"),
        ("Min\n x\nst\nSOS\n s: S3:: x:1\nend", 5, "expected 'S1 ::' or 'S2 ::'"),
        ("Min\n x\nst\nSOS\n x:1\nend", 5, "expected a set"),
        ("Min\n x\nst\nSOS\n s: S1:: x y\nend", 5, "expected a variable and its weight"),
        ("Min\n x\nst\nend\n y", 5, "expected nothing after End"),
        ("Min\n" + "x" * 5000 + "\nst\nend", 2, "more than 4096 characters"),
    ],
)
def test_lp_errors_say_where_and_what(text, line, message):
    with pytest.raises(FormatError, match=message.replace("^2", r"\^2").replace("'^'", r"'\^'")) as caught:
        read(text, "lp")
    assert (caught.value.file, caught.value.line) == ("<stream>", line)
    assert str(caught.value).startswith(f"<stream>:{line}: " if line else "<stream>: ")
    assert isinstance(caught.value, ValueError)


# --------------------------------------------------------------------- MPS
MPS = """* a comment
NAME          corner cases
ROWS
 N  COST
 N  SECOND
 L  LESS
 G  MORE
 E  SAME
 E  ABOVE
 E  BELOW
 G  WIDE
COLUMNS
    A         COST              1.   LESS              2.
    A         MORE             -1.   SECOND            4.
    B         COST             1D0   SAME            1.5E0
    MARK      'MARKER'                 'INTORG'
    I         ABOVE              1
    J         BELOW              1
    K         WIDE               1
    L         WIDE               2
    MARK      'MARKER'                 'INTEND'
    C         LESS               1   MORE               1
    D         LESS               1
    E         LESS               1
    F         LESS               1
    G         LESS               1
    H         LESS               1
    M         LESS               1
RHS
    RHS       COST            -10.   LESS               4
    RHS       MORE               1   SAME               2
    RHS       ABOVE              5   BELOW              5
RANGES
    RNG       LESS              -3   MORE              -2
    RNG       ABOVE              2   BELOW             -2
    RNG       WIDE              1e30
BOUNDS
 UP BND       A                 -1
 MI BND       B
 UP BND       B                  0
 LO BND       J                  2
 UP BND       K                  9
 FR BND       C
 BV BND       D
 LI BND       E                  3
 UI BND       F                  7
 FX BND       G                2.5
 UP BND       H                1e30
 SC BND       M                  8
 LO BND       M                  2
ENDATA
"""


def aligned(text: str) -> str:
    """The fields in the columns of fixed MPS."""
    lines = []
    for line in text.splitlines():
        fields = line.split()
        if line.startswith(" ") and "MARKER" not in line:
            fields = [*([""] if line.startswith("    ") else []), *fields, "", "", "", ""]
            line = " {:<2} {:<8}  {:<8}  {:>12}   {:<8}  {:>12}".format(*fields).rstrip()
        lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("format", ["mps", "fixed-mps"])
def test_mps_corner_cases_by_the_book(format):
    with pytest.warns(RuntimeWarning, match="upper bound of 'A' is -1, but no line states its lower bound"):
        lp = read(MPS if format == "mps" else aligned(MPS), format)
    assert lp.name == "corner cases" and lp.sense == "minimize"
    assert str(lp.objective) == "A + B + 10"  # the right-hand side of the objective is minus its constant
    expected = {
        "SECOND": (-inf, inf),
        "LESS": (1, 4),
        "MORE": (1, 3),
        "SAME": (2, 2),
        "ABOVE": (5, 7),
        "BELOW": (3, 5),
        "WIDE": (0, inf),
    }
    assert {name: ends for name, ends in rows(lp).items() if name in expected} == expected
    found = bounds(lp)
    del found["x13"]  # the binary of M
    assert found == {
        **{"A": (-inf, -1), "B": (-inf, 0), "I": (0, 1), "J": (2, inf), "K": (0, 9), "L": (0, 1)},
        **{"C": (-inf, inf), "D": (0, 1), "E": (3, inf), "F": (0, 7), "G": (2.5, 2.5), "H": (0, inf), "M": (0, 8)},
    }
    assert {x.name for x in lp.variables if x.integer} == {"I", "J", "K", "L", "D", "E", "F", "x13"}


def test_mps_semicontinuous_and_sets():
    text = """NAME
OBJSENSE MAX
ROWS
 N c
 L r
COLUMNS
 x c 1 r 1
 y c 2 r 1
 s c -1 r 1
RHS
 b r 9
BOUNDS
 UP bnd x 4
 UP bnd y 5
 SC bnd s 8
 LO bnd s 2
SOS
 S1 SOS one 1
 SOS x 1
 SOS y 2
ENDATA
"""
    assert read(text, "mps").solve().objective == 10  # y = 5, x = 0, s = 0
    assert read(text.replace(" UP bnd x 4\n", " FX bnd x 1\n"), "mps").solve().objective == 1  # x = 1, so y = 0
    assert read(text.replace("s c -1", "s c 1").replace("SC bnd s 8", "SC bnd s 3.5"), "mps").solve().objective == 13.5


def test_mps_sections_in_other_spellings():
    text = "NAME a b\nOBJSENSE\n  MAXIMIZE\nOBJNAME\n  q\nROWS\n N p\n N q\n L r\nLAZYCONS\n G z\nCOLUMNS\n"
    text += " x p 1 q 2\n x r 1\n y z 1 r 1\nRHS\n r 3 q -1\nRANGES\n r 1\nBOUNDS\n UP x 4\n BV y\nENDATA\nrubbish"
    lp = read(text, "mps")
    assert lp.sense == "maximize" and str(lp.objective) == "2 x + 1"
    assert rows(lp) == {"p": (-inf, inf), "r": (2, 3), "z": (0, inf)}
    assert bounds(lp) == {"x": (0, 4), "y": (0, 1)}
    assert lp.solve().objective == 7


def test_fixed_mps_names_may_have_blanks(tmp_path):
    text = """NAME          BLANKS
ROWS
 N  THE COST
 L  A ROW
COLUMNS
    A B       THE COST            -2   A ROW                1
    A C       THE COST            -1   A ROW                1
RHS
              A ROW              7
BOUNDS
 UP           A B                4
ENDATA
"""
    lp = read(text, "fixed-mps")
    assert bounds(lp) == {"A B": (0, 4), "A C": (0, inf)} and lp.solve().objective == -11
    (tmp_path / "blanks.mps").write_text(text)
    assert LinearProgram.read(tmp_path / "blanks.mps").compile() == lp.compile()
    with pytest.raises(FormatError, match=r":3: expected N, L, G or E and the name of a row"):
        read(text, "mps")


ROWS = "ROWS\n N c\n L r\n G g\nCOLUMNS\n x c 1 r 1\n"


@pytest.mark.parametrize(
    "text, line, message",
    [
        ("", 0, "expected ENDATA, found the end"),
        ("ROWS\n N c\nENDATA", 3, "expected COLUMNS before ENDATA"),
        ("ENDATA", 1, "expected ROWS before ENDATA"),
        ("hello", 1, "expected a section"),
        (" N c", 1, "expected a section"),
        ("COLUMNS", 1, "expected ROWS before COLUMNS"),
        ("ROWS\n N c\nRHS", 3, "expected COLUMNS before RHS"),
        ("ROWS\nROWS", 2, "a second one"),
        ("ROWS\n Q c", 2, "expected N, L, G or E"),
        ("ROWS\n L c\n G c", 3, "there is a row 'c' already"),
        ("OBJSENSE\n UP\nROWS", 2, "expected MAX or MIN, found 'UP'"),
        (ROWS + " x r 2", 7, "the column 'x' once in the row 'r'"),
        (ROWS + " x c 2", 7, "the column 'x' once in the row 'c'"),
        (ROWS + " y g 2\n x g 1", 8, "the column 'x' in one piece"),
        (ROWS + " y q 2", 7, "expected the name of a row, found 'q'"),
        (ROWS + " y g 2,5", 7, "expected a number, found '2,5'"),
        (ROWS + " y g nan", 7, "expected a number, found 'nan'"),
        (ROWS + " y g inf", 7, "out of the range"),
        (ROWS + " y g 1_0", 7, "expected a number, found '1_0'"),
        (ROWS + " y g", 7, "expected a column and one or two rows"),
        (ROWS + " M 'MARKER' 'INTER'", 7, "expected 'INTORG' or 'INTEND'"),
        (ROWS + "QMATRIX", 7, "QMATRIX cannot be read: it makes the objective quadratic"),
        (ROWS + "RHS\n b q 1", 8, "expected the name of a row, found 'q'"),
        (ROWS + "RHS\n b r 1\n b r 1", 9, "the row 'r' once in RHS"),
        (ROWS + "RANGES\n b c 1", 8, "found the objective 'c'"),
        (ROWS + "BOUNDS\n UP b x", 8, "expected a number, found 'x'"),
        (ROWS + "BOUNDS\n XX b x 1", 8, "expected UP, LO, FX"),
        (ROWS + "BOUNDS\n LO b x 1e20", 8, "leave the column 'x' no value"),
        (ROWS + "BOUNDS\n LO b x 3\n SC b x 1e30\nENDATA", 9, "range 3 to inf"),
        (ROWS + "SOS\n x 1", 8, "expected S1 or S2"),
    ],
)
def test_mps_errors_say_where_and_what(text, line, message):
    with pytest.raises(FormatError, match=message) as caught:
        read(text, "mps")
    assert caught.value.line == line


# --------------------------------------------------------------------- JSON
@pytest.mark.parametrize(
    "change, message",
    [
        (("{", "[1,"), "expected JSON"),
        (('"pplp"', '"lp"'), "expected an object"),
        (('"minimize"', '"min"'), '"sense"'),
        (('"offset": 1.0', '"offset": NaN'), "expected a finite number, found NaN"),
        (('"offset": 1.0', '"offset": true'), '"offset", found .True'),
        (('"offset": 1.0', f'"offset": {"9" * 5000}'), '"offset"'),
        (('"indices": [0, 1]', '"indices": [0, 2]'), "from 0 to 1"),
        (('"indices": [0, 1]', '"indices": [1, 1]'), "every variable once"),
        (('"indices": [0, 1]', '"indices": [1]'), "expected 1 entries"),
        (('"starts": [0, 2]', '"starts": [0, 1]'), "to rise from 0 to 2"),
        (('"values": [1.0, 2.0]', '"values": [1.0, 0]'), 'no 0 in "values"'),
        (('"values": [1.0, 2.0]', '"values": [1.0, 1e-200]'), "out of the range"),
        (('{"0": "x"}', '{"5": "x"}'), "places below 2"),
        (('{"0": "x"}', '{"0": 1}'), "names by place"),
        (('{"0": "x"}', '{"0": "x", "1": "x"}'), "two variables are named 'x'"),
        (('"integer": [0, 0]', '"integer": [0, 2]'), "0 or 1"),
        (('"row_upper": [null]', '"row_upper": [0.5]'), "can never hold"),
    ],
)
def test_json_is_checked(change, message):
    lp = LinearProgram()
    x, y = lp.Var("x"), lp.Var()
    lp.add_constraint(x + 2 * y >= 1)
    lp.objective = x + 1
    text = written(lp, "json")
    assert change[0] in text
    with pytest.raises(FormatError, match=message):
        read(text.replace(*change, 1), "json")
    with pytest.raises(FormatError, match="expected"):
        read("[" * 100_000, "json")


# --------------------------------------------------------------------- DIMACS
def test_dimacs_minimum_cost_flow():
    # the example of the DIMACS challenge: 2 by 1-2-4 (cost 5 each) and 2 by 1-3-4 (3 each) is 16; 1-2-3-4 costs 4 each,
    # so 2 by 1-2-3-4 and 2 by 1-3-4 is 14
    text = "c example\np min 4 5\nn 1 4\nn 4 -4\na 1 2 0 4 2\na 1 3 0 2 2\na 2 3 0 2 1\na 2 4 0 3 3\na 3 4 0 5 1\n"
    lp = read(text, "dimacs")
    assert lp.sense == "minimize" and lp.solve().objective == 14
    assert rows(lp) == {"node[1]": (4, 4), "node[4]": (-4, -4), "node[2]": (0, 0), "node[3]": (0, 0)}
    assert [x.name for x in lp.variables] == ["x[1,2]", "x[1,3]", "x[2,3]", "x[2,4]", "x[3,4]"]
    nx = pytest.importorskip("networkx")
    g = nx.DiGraph()
    for line in text.splitlines():
        kind, *fields = line.split()
        if kind == "a":
            tail, head, _, capacity, cost = map(int, fields)
            g.add_edge(tail, head, capacity=capacity, weight=cost)
        if kind == "n":
            g.add_node(int(fields[0]), demand=-int(fields[1]))
    assert nx.min_cost_flow_cost(g) == 14


def test_dimacs_maximum_flow_and_assignment():
    text = "p max 4 6\nn 1 s\nn 4 t\na 1 2 3\na 1 3 2\na 2 4 2\na 3 4 3\na 2 3 5\na 2 1 9\n"
    lp = read(text, "dimacs")
    assert lp.sense == "maximize" and lp.solve().objective == 5
    lp = read("p asn 4 4\nn 1\nn 2\na 1 3 5\na 1 4 2\na 2 3 4\na 2 4 8\n", "dimacs")
    assert lp.solve().objective == 6
    # parallel arcs and one without capacity, a loop of negative cost that is full
    lp = read("p min 2 4\nn 1 3\nn 2 -3\na 1 2 0 1 1\na 1 2 1 9 2\na 1 2 0 -1 9\na 1 1 0 5 -1", "dimacs")
    assert [x.name for x in lp.variables] == ["x[1,2]", "x[1,2,2]", "x[1,2,3]", "x[1,1]"]
    assert lp.solve().objective == 0  # 1 + 2*2 - 5


@pytest.mark.parametrize(
    "text, line, message",
    [
        ("", 0, "expected 'p min', 'p max' or 'p asn'"),
        ("a 1 2 3", 1, "first, found 'a 1 2 3'"),
        ("p min 2", 1, "nodes and arcs"),
        ("p min 2 1\np min 2 1", 2, "one line p"),
        ("p min 999999999 1", 1, "whole number up to"),
        ("p min 2 1\nn 3 1", 2, "a node from 1 to 2, found '3'"),
        ("p min 2 1\nn 1 x", 2, "a supply, found 'x'"),
        ("p min 2 1\nn 1 1\nn 1 1", 3, "a second one"),
        ("p min 2 1\na 1 2 0 1", 2, "tail, head, least flow"),
        ("p min 2 1\na 1 2 0 1 1\na 1 2 0 1 1", 3, "one more"),
        ("p min 2 1\na 1 2 0 1 1\nn 1 1", 3, "all nodes before the arcs"),
        ("p min 2 2\na 1 2 0 1 1", 2, "expected 2 arcs, found 1"),
        ("p max 2 1\nn 1 s\na 1 2 1", 3, "the target t"),
        ("p asn 2 1\na 1 2 1", 2, "from a node with a line n"),
        ("p asn 4 1\nn 1\na 1 2 1", 3, "an arc of the node 3"),
        ("p min 2 1\nx", 2, "expected a line c, p, n or a"),
        ("p min 2 1\na 1 2 1e100 4 1", 2, "the least flow below 1e"),  # a cost may be that large, a bound not
        ("p min 2 1\nn 1 -1e100", 2, "a supply below 1e"),
    ],
)
def test_dimacs_errors_say_where_and_what(text, line, message):
    with pytest.raises(FormatError, match=message) as caught:
        read(text, "dimacs")
    assert caught.value.line == line


# --------------------------------------------------------------------- MathProg
MODEL = """set CITIES;
param distance{CITIES};
var visit{i in CITIES} binary;
var total >= 0, <= 9.5;
maximize pleasure: sum{i in CITIES} visit[i] + 0.5*total + 1;
s.t. far{i in CITIES}: 2 <= total + distance[i]*visit[i] <= 12;
printf "hello from the model\\n";
"""
DATA = "data; set CITIES := 'Köln' Bonn; param distance := 'Köln' 4 Bonn 2; end;"


def test_mathprog_with_data(tmp_path):
    (tmp_path / "model.mod").write_text(MODEL)
    (tmp_path / "cities.dat").write_text(DATA)
    lp = LinearProgram.read(tmp_path / "model.mod", data=[tmp_path / "cities.dat"])
    assert lp.sense == "maximize" and str(lp.objective) == "visit['Köln'] + visit[Bonn] + 0.5 total + 1"
    assert [str(c) for c in lp.constraints] == [
        "far['Köln']: 2 <= 4 visit['Köln'] + total <= 12",
        "far[Bonn]: 2 <= 2 visit[Bonn] + total <= 12",
    ]
    assert bounds(lp) == {"visit['Köln']": (0, 1), "visit[Bonn]": (0, 1), "total": (0, 9.5)}
    # total = 8 lets both visits in: 2 + 4 + 1; total = 9.5 lets one in: 1 + 4.75 + 1
    assert lp.solve().objective == 7
    with gzip.open(tmp_path / "both.mod.gz", "wb") as file:
        file.write((MODEL + DATA).encode())
    assert LinearProgram.read(tmp_path / "both.mod.gz").compile() == lp.compile()
    assert LinearProgram.read(io.BytesIO((MODEL + DATA).encode()), "mathprog").compile() == lp.compile()


def test_mathprog_errors_name_file_and_line(tmp_path):
    path = tmp_path / "a.mod"
    path.write_text("var x >= 0;\nminimize z: x * x;\nend;\n")
    with pytest.raises(FormatError, match=r"a\.mod:2: multiplication of linear forms") as caught:
        LinearProgram.read(path)
    assert caught.value.line == 2 and caught.value.file == str(path)
    path.write_text("param n;\nvar x{1..n};\nminimize z: x[1];\nend;\n")
    with pytest.raises(FormatError, match="no value for n"):
        LinearProgram.read(path)
    with pytest.raises(FileNotFoundError):
        LinearProgram.read(tmp_path / "none.mod")
    path.write_text("var x{1..3000000};\nminimize z: sum{i in 1..3000000} i*x[i];\nend;\n")
    with pytest.raises(FormatError, match=r"within 0\.01 seconds"):
        LinearProgram.read(path, time_limit=0.01)


# --------------------------------------------------------------------- other readers
def glpk_objective(path: Path, kind: str, maximize: bool) -> float:
    """The optimum of a file by GLPK's own reader, in a process of its own."""
    script = (
        "import sys, swiglpk as g\n"
        "kind, path, most = sys.argv[1:]\n"
        "p = g.glp_create_prob(); g.glp_term_out(0)\n"
        "bad = g.glp_read_lp(p, None, path) if kind == 'lp' else g.glp_read_mps(p, g.GLP_MPS_FILE if kind == 'mps' "
        "else g.GLP_MPS_DECK, None, path)\n"
        "assert not bad\n"
        "g.glp_set_obj_dir(p, g.GLP_MAX if most == '1' else g.GLP_MIN)\n"
        "s = g.glp_smcp(); g.glp_init_smcp(s)\n"
        "g.glp_simplex(p, s)\n"
        "c = g.glp_iocp(); g.glp_init_iocp(c)\n"
        "g.glp_intopt(p, c) if g.glp_get_status(p) == g.GLP_OPT else None\n"
        "print(repr(g.glp_mip_obj_val(p)) if g.glp_mip_status(p) == g.GLP_OPT else 'none')\n"
    )
    command = [sys.executable, "-c", script, kind, str(path), str(int(maximize))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return float("nan") if done.stdout.strip() == "none" else float(done.stdout)


def test_glpk_reads_what_is_written_and_finds_the_same_optimum(tmp_path):
    r, compared = random.Random(11), 0
    while compared < 12:
        lp = random_program(r, integers=True)
        sense = r.choice(["minimize", "maximize"])
        if not lp.compile().rows or lp.solve(sense).status is not Status.OPTIMAL:
            continue
        kind = "mps" if compared % 2 else "lp"
        if kind == "mps":  # GLPK knows no OBJSENSE there, and has another sign for the objective's constant
            lp.objective = lp.objective - lp.objective._constant
            lp.solve(sense)
        path = tmp_path / f"a{compared}.{kind}"
        lp.write(path, sense="minimize" if kind == "mps" else sense)
        assert glpk_objective(path, kind, sense == "maximize") == pytest.approx(lp.solution.objective, abs=1e-6)
        compared += 1


def test_highs_reads_what_is_written(tmp_path):
    highspy = pytest.importorskip("highspy")
    r, compared = random.Random(12), 0
    while compared < 40:
        lp = random_program(r, integers=True)
        sense = r.choice(["minimize", "maximize"])
        if lp.solve(sense).status is not Status.OPTIMAL:
            continue
        path = tmp_path / f"a.{'lp' if compared % 2 else 'mps'}"
        lp.write(path)
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        assert solver.readModel(str(path)) != highspy.HighsStatus.kError
        solver.run()
        assert solver.getInfo().objective_function_value == pytest.approx(lp.solution.objective, abs=1e-6)
        compared += 1


# --------------------------------------------------------------------- files from anybody
def test_damaged_files_give_programs_or_errors():
    """Whatever bytes are changed, cut or doubled: a program, or a FormatError; nothing else, and soon."""
    samples = [
        (LP.replace(">= 2 y + 0", ">= 2"), "lp"),
        ("Min\n a: x\nst\n b: x + y >= 1\nbounds\n x <= 4\n y <= 5\nsemi\n x\nsos\n s: S2:: x:1 y:2\nend\n", "lp"),
        (MPS, "mps"),
        (aligned(MPS), "fixed-mps"),
        ("p min 4 3\nn 1 4\nn 4 -4\na 1 2 0 4 2\na 1 3 0 2 2\na 2 4 0 3 3\n", "dimacs"),
        ("p max 4 3\nn 1 s\nn 4 t\na 1 2 4\na 1 3 2\na 2 4 3\n", "dimacs"),
        (written(random_program(random.Random(1), integers=True), "json"), "json"),
        (written(random_program(random.Random(2), integers=True), "lp"), "lp"),
    ]
    r, outcomes = random.Random(99), {"program": 0, "error": 0}
    for _ in range(100):
        for text, format in samples:
            data = bytearray(text.encode())
            for _ in range(r.choice([1, 1, 2, 5])):
                at = r.randrange(len(data) + 1)
                end = min(len(data), at + r.choice([0, 1, 1, 4, 30]))
                pieces = [
                    b"",
                    bytes([r.randrange(256)]),
                    b"\n",
                    b" ",
                    b"-",
                    b"1e999",
                    b"::",
                    b"inf",
                    bytes(data[at:end]) * 2,
                ]
                data[at:end] = r.choice(pieces)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                try:
                    lp = LinearProgram.read(io.BytesIO(bytes(data)), format)
                except FormatError:
                    outcomes["error"] += 1
                    continue
            outcomes["program"] += 1
            form = lp.compile()
            assert by_columns(read(written(lp, "lp"), "lp").compile()) == by_columns(form)
    assert min(outcomes.values()) > 80


def test_damaged_packed_files_and_long_lines(tmp_path, monkeypatch):
    lp = random_program(random.Random(8), integers=True)
    for suffix in (".gz", ".bz2", ".xz"):
        path = tmp_path / f"a.lp{suffix}"
        lp.write(path)
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(FormatError, match="damaged or cut off"):
            LinearProgram.read(path)
    with pytest.raises(FormatError, match="damaged or cut off"):
        LinearProgram.read(io.BytesIO(b"BZh91AY&SY" + bytes(40)), "lp")
    from pplp.formats import source

    monkeypatch.setattr(source, "LONGEST_LINE", 100)
    with pytest.raises(FormatError, match=r":2: the line has more than 100 characters"):
        read("Min\n" + " " * 200, "lp")


def test_big_files_in_linear_time():
    """Four times the size takes about four times the work, counted in calls."""
    calls = []
    for n in (500, 2000):
        lp = LinearProgram()
        xs = lp.Vars(n, lb=0)
        for k in range(n):
            lp.add_constraint(sum((k % 7 + i) * xs[(k * 31 + i * i) % n] for i in range(1, 6)) <= k)
        calls.append(calls_of(lambda lp=lp: [read(written(lp, format), format) for format in WRITTEN]))
    assert calls[1] < 4.5 * calls[0]


def test_invalid_places():
    lp = LinearProgram()
    with pytest.raises(TypeError, match="written to a path"):
        lp.write(3, "lp")
    with pytest.raises(TypeError, match="read from a path"):
        LinearProgram.read(3, "lp")
    with pytest.raises(OptionError, match="sense must be"):
        lp.write(io.StringIO(), "lp", sense="max")
    assert issubclass(FormatError, InvalidValue.__mro__[1])


# --------------------------------------------------------------------- solutions
def test_solutions_are_written_as_text_csv_and_json(tmp_path):
    import csv
    import json
    import pickle

    lp = LinearProgram()
    x, y = lp.Var("x, y", lb=0), lp.Var("größe", lb=0)
    lp.add_constraint(x + 3 * y <= 1, name="steel")
    lp.add_constraint(2 * x + y <= 7)
    lp.objective = x / 3 + y / 7
    solution = lp.solve("maximize")
    for written_by in (solution, pickle.loads(pickle.dumps(solution))):
        for suffix in ("json", "csv.gz", "txt"):
            written_by.write(tmp_path / f"a.{suffix}")
        told = json.loads((tmp_path / "a.json").read_text("utf-8"))
        assert (told["status"], told["sense"], told["objective"]) == ("optimal", "maximize", 1 / 3)
        assert told["variables"][0] == {"name": "x, y", "value": 1.0, "reduced_cost": 0.0}
        assert told["variables"][1]["name"] == "größe" and told["variables"][1]["value"] == 0
        assert told["variables"][1]["reduced_cost"] == pytest.approx(1 / 7 - 1)
        assert told["rows"] == [{"name": "steel", "dual": 1 / 3}, {"name": "R1", "dual": 0.0}]
        with gzip.open(tmp_path / "a.csv.gz", "rt", encoding="utf-8") as file:
            table = list(csv.reader(file))
        assert table[1] == ["objective", "optimal", repr(1 / 3), ""]
        assert table[2] == ["variable", "x, y", "1.0", "0.0"] and table[4] == ["row", "steel", "", repr(1 / 3)]
        assert "größe" in (tmp_path / "a.txt").read_text("utf-8")
    lp.add_constraint(x + y >= 8)
    lp.solve().write(tmp_path / "none.json")
    told = json.loads((tmp_path / "none.json").read_text())
    assert (told["status"], told["objective"], told["variables"]) == ("infeasible", None, [])
    n = lp.IntVar("n", lb=0, ub=4)
    lp.objective = n
    lp.remove(lp.constraints[-1])
    lp.solve("maximize").write(tmp_path / "n.csv")
    assert "variable,n,4,\n" in (tmp_path / "n.csv").read_text("utf-8")
    with pytest.raises(OptionError, match="no format 'xml'"):
        solution.write(tmp_path / "a.xml", "xml")


def test_an_answer_with_a_name_that_is_half_a_letter(tmp_path):
    """A lone surrogate is spelled out in the files of solutions."""
    lp = LinearProgram()
    lp.objective = lp.Var("\ud800", lb=2)
    lp.minimize()
    for kind in ("text", "csv", "json"):
        path = tmp_path / f"answer.{kind}"
        lp.solution.write(path, kind)
        assert "\\ud800" in path.read_text("utf-8"), kind


@pytest.mark.parametrize("place", [None, 3, b"plan.lp", ["plan.lp"]])
def test_what_is_no_place_is_said_to_be_none(place):
    """Neither a path nor a file that is open."""
    lp = LinearProgram()
    for format in (None, "lp"):
        with pytest.raises(ExpressionError, match="from a path, an open file or '-', not"):
            LinearProgram.read(place, format)
    with pytest.raises(ExpressionError, match="to a path, an open file or '-', not"):
        lp.write(place)


def test_lazy_constraints_and_user_cuts_of_lp_are_rows():
    """They hold for every solution, whenever a search looks at them; in MPS they are read, too."""
    text = "Maximize\n x + y\nSubject To\n a: x + y <= 9\nLazy Constraints\n b: x - 2 y <= 0\n"
    text += "user  cuts\n c: y <= 3\nEnd\n"
    lp = LinearProgram.read(io.StringIO(text), "lp")
    assert [str(row) for row in lp.constraints] == ["a: x + y <= 9", "b: x - 2 y <= 0", "c: y <= 3"]
    assert lp.solve().objective == 9


def test_crossed_bounds_of_a_semicontinuous_variable():
    """The message says which bounds they are."""
    with pytest.raises(FormatError, match="the lower bound 0 of the semi-continuous variable 'y' is above its upper"):
        read("Minimize\n y\nSubject To\n c: y + x <= 3\nBounds\n y <= -1\nSemi-Continuous\n y\nEnd\n", "lp")

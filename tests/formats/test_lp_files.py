"""LP files as other programs write and read them: sections, special constraints, names, plain lines."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import warnings
from itertools import permutations, product
from math import inf

import pytest

import pplp.formats.source
from pplp import FormatError, InvalidValue, LinearProgram, Status, semicontinuous, sos1, sos2
from pplp.formats import lp_plain, lp_reader, lp_rows, lp_words
from pplp.formats.specials import stated_form
from tests.formats.test_formats import read, rows, written


def refused(text: str) -> str:
    """The message of the error."""
    with pytest.raises(FormatError) as caught:
        read(text, "lp")
    return str(caught.value)


# --------------------------------------------------------------------- Binary and Bounds
SECTIONS = {"Bounds": " x = 0\n y >= 1\n z <= 7\n v free\n 0.25 <= w\n", "Binary": " x y z v w\n", "General": " z\n"}


@pytest.mark.parametrize("order", list(permutations(SECTIONS)), ids="-".join)
def test_binary_cuts_the_bounds_in_any_order_of_the_sections(order):
    """The bounds of a binary are those of Bounds within 0 and 1."""
    sections = "".join(f"{title}\n{SECTIONS[title]}" for title in order)
    with pytest.warns(
        RuntimeWarning, match="'z' is binary, but has the bounds 0 and 7, and 1 more: it is limited by both"
    ):
        lp = read(f"Max\n x + y + z + v + w\nst\n room: x + y + z + v + w <= 9\n{sections}End\n", "lp")
    form = lp.compile()
    assert [lp.variables[j].integer for j in range(5)] == [True] * 5
    assert list(zip(form.column_lower, form.column_upper)) == [(0, 0), (1, 1), (0, 1), (0, 1), (1, 1)]
    assert lp.solve().objective == 4


@pytest.mark.parametrize("bound, status", [("x >= 2", "INFEASIBLE"), ("x <= -1", "INFEASIBLE"), ("x >= -1", "OPTIMAL")])
def test_a_binary_with_bounds_outside_is_infeasible(bound, status):
    with pytest.warns(RuntimeWarning, match="'x' is binary, but has the bounds .*: it is limited by both"):
        lp = read(f"Max\n x\nst\n r: x + y <= 9\nBinary\n x\nBounds\n {bound}\n y <= 3\nEnd\n", "lp")
    assert lp.solve().status is Status[status]


# --------------------------------------------------------------------- names that look like sections
WORDS = ["scenario", "Scenarios", "GENCON", "gencons", "g.c.", "Quadratic", "PWLOBJ", "st", "general", "free"]


@pytest.mark.parametrize("word", WORDS)
def test_names_that_are_words_of_the_format_come_back(word):
    """Wherever a variable or a row stands."""
    lp = LinearProgram()
    x, odd = lp.IntVar(word, lb=0, ub=9), lp.Var("y", lb=-inf)
    lp.objective = 2 * x + odd
    lp.add_constraint(x + odd >= 2.5, word)
    again = read(written(lp, "lp"), "lp")
    assert [v.name for v in again.variables] == [word, "y"] and rows(again) == {word: (2.5, inf)}
    assert again.solve().objective == 2.5


@pytest.mark.parametrize("word", ["scenario", "GenCon", "gencons", "g.c.", "Quadratic", "pwlobj"])
def test_a_known_variable_is_no_section(word):
    """In rows of many lines, in Bounds and in General."""
    lp = read(
        f"Min\n obj: {word} + x\nst\n c: x +\n {word} >= 2.5\n d: x - {word}\n >= -9\n"
        f"Bounds\n {word} <= 7\n x free\n{word} >= 1\nGeneral\n {word}\nEnd\n",
        "lp",
    )
    assert (lp.variables[0].lb, lp.variables[0].ub, lp.variables[0].integer) == (1, 7, True)
    assert lp.solve().objective == 2.5
    assert read(f"Min\n obj: x\nst\n c: {word} + x\n + 1 y +\n {word} >= 2\nEnd\n", "lp").solve().objective == 0
    assert read(f"Min\n obj: x + {word}\nBounds\n {word} free\n x <= 1\nEnd\n", "lp").variables[1].lb == -inf
    assert "found the section" in refused(f"Min\n obj: x\nst\n c: x >= 1\n{word} x\nEnd\n")


def test_indicators_keep_the_order_and_names_of_variables():
    """A condition mentions its variable before the row does."""
    r = random.Random(3)
    for _ in range(40):
        lp = LinearProgram()
        columns = [lp.BoolVar(r.choice([None, f"v{j}"])) for j in range(6)]
        lp.objective = sum(columns[: r.randrange(4)])
        for k in range(5):
            row, others = columns[k] + columns[k + 1] <= 1, columns[:k] + columns[k + 2 :]
            lp.add_constraint((r.choice(others) >> row) if r.random() < 0.5 else row, f"row{k}")
        again = read(written(lp, "lp"), "lp")
        assert [x.name for x in again.variables] == [x.name for x in lp.variables]


# --------------------------------------------------------------------- comments
def test_a_comment_ends_a_line_as_its_end_does():
    """Few rows or many, in the objective, in rows, and without a blank before the comment."""
    r = random.Random(8)
    found = set()
    for _ in range(60):
        lines = [
            "min",
            " obj: x + 2 y + 3",
            "+ 1 z",
            "st",
            *(f" r{k}: x + y\n + z >= {k}" for k in range(r.choice([1, 9]))),
        ]
        broken = (
            r.choice(["", " obj: 5 x + 3", " c: x + 2 y", " c: x + y >= 1"]),
            r.choice(["0 z", "5 >= 30", " + 4 z"]),
        )
        if broken[0]:
            at = 1 if "obj" in broken[0] else 4
            lines[at : at + 1] = broken
        plain = "\n".join(lines) + "\nend\n"
        text = "\n".join(line + r.choice(["", "\\ note", " \\", "\\"]) for line in plain.split("\n"))
        outcomes = []
        for one in (plain, text):
            try:
                outcomes.append(written(read(one, "lp"), "lp"))
            except FormatError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]
        found.add("End" in outcomes[0])
    assert found == {True, False}


def test_the_error_of_an_indicator_names_its_place_once():
    message = refused("max\n obj: x + b\nst\n c: b = 1 -> x <= 2\nbounds\n x <= 9\nend\n")
    assert message == "<stream>:4: the condition of an indicator needs a binary variable, but 'b' is not binary"


def test_less_than_minus_is_an_arrow_behind_a_condition_alone():
    text = "min\n obj: x\nst\n c: - x <- 5\n{}general\n x\nbinary\n b\nend\n"
    assert rows(read(text.format(""), "lp"))["c"] == (-inf, -5)
    assert rows(read(text.format(" d: - x <-5\n - 9 <- x\n"), "lp"))["d"] == (-inf, -5)
    lp = read(text.format(" x <= 9\n e: b = 1 <- x <= 6\n"), "lp")
    assert lp.solve().objective == 5 and lp.variables[1].value == 1


@pytest.mark.parametrize("format", ["lp", "mps", "fixed-mps", "json"])
def test_names_of_any_length_come_back(format):
    lp = LinearProgram()
    x, y = lp.Var("a" * 5000, lb=0), lp.Var("y", lb=0)
    lp.objective = x + y
    lp.add_constraint(x + y >= 1, "r" * 5000)
    again = read(written(lp, format), format)
    assert [v.name for v in again.variables] == ["a" * 5000, "y"] and [*rows(again)] == ["r" * 5000]


# --------------------------------------------------------------------- rows without terms, files without objective
def test_rows_without_terms():
    lp = read("Min\n obj: x\nst\n c1: x >= 1\n c2: = 0\n c3: <= 5\n c4: 3 >= 2\n c5: >= -1\n\nEnd\n", "lp")
    assert rows(lp) == {"c1": (1, inf), "c2": (0, 0), "c3": (-inf, 5), "c4": (-1, inf), "c5": (-1, inf)}
    assert lp.compile().starts.tolist() == [0, 1, 1, 1, 1, 1]
    assert lp.solve().objective == 1


def test_a_row_without_terms_that_cannot_hold_makes_the_program_infeasible():
    assert read("Min\n x\nst\n c1: x >= 1\n c2: >= 2\nEnd\n", "lp").solve().status is Status.INFEASIBLE
    assert "expected an expression before '<='" in refused("Min\n x\nst\n <= 5\nEnd\n")


def test_a_file_without_objective():
    lp = read("Subject To\n c1: x >= 1\nBounds\n x <= 4\nEnd\n", "lp")
    assert (lp.sense, lp.solve().objective, rows(lp)) == ("minimize", 0, {"c1": (1, inf)})


@pytest.mark.parametrize("relation", [">=", "="])
@pytest.mark.parametrize("number", ["1e30", "infinity", "1e20"])
def test_a_right_hand_side_beyond_reach_is_named(relation, number):
    message = refused(f"Min\n obj: x\nst\n c1: x + y {relation} {number}\n c2: x <= 4\nEnd\n")
    assert message.startswith("<stream>:4: the right-hand side ") and "'c1' counts as infinite" in message


@pytest.mark.parametrize(
    "text, line",
    [
        ("Min\n obj: x + [ x ^ 2 ] / 2\nst\n c: x >= 1\nEnd\n", 2),
        ("Min\n x\nst\n c: x + [ x * y ] >= 1\nEnd\n", 4),
        ("Min\n x\nst\n c: x * y >= 1\nEnd\n", 4),
        ("Min\n x\nst\n c: x ^ 2 >= 1\nEnd\n", 4),
        ("Min\n x\nst\n c: x >= 1\nPWLObj\n x: (0, 0) (1, 2)\nEnd\n", 5),
        ("Min\n x\nst\n c: x >= 1\nGeneral Constraints\n g: r = MAX ( x , y )\nEnd\n", 5),
        ("Minimize multi-objectives\n o1: Priority=1\n x\nst\n c: x >= 1\nEnd\n", 1),
    ],
)
def test_what_is_not_linear_is_said_to_be_so(text, line):
    message = refused(text)
    assert message.startswith(f"<stream>:{line}: found ")
    assert "pplp is linear" in message or "pplp reads linear programs" in message


# --------------------------------------------------------------------- special constraints
HEAD = "Maximize\n obj: x + y + 2 b\nSubject To\n cap: x + y <= 9\n"
TAIL = "Bounds\n x <= 5\n y <= 6\nBinary\n b\nEnd\n"


@pytest.mark.parametrize(
    "row, best",
    [
        ("i: b = 1 -> x + y <= 3", 9.0),  # 3 + 2 against 9
        ("i: b = 0 -> x + y <= 3", 11.0),
        ("b = 1 -> x + y <= 3", 9.0),
        ("i: b=1->x+y<=3", 9.0),
        ("i: b = 1 -> x = 4", 11.0),  # 4 + 5 + 2
        ("i: b = 1 ->\n  + x + y\n  >= 10", 9.0),
        ("i: b = 1 <-> x >= 4", 11.0),
        ("i: b = 1 <- x >= 4", 11.0),
        ("i: 1 b = 1 -> x + y + b <= 3.5", 9.0),
    ],
)
def test_indicators_are_read(row, best):
    tail = TAIL.replace("Binary", "General\n x\n y\nBinary") if "<-" in row else TAIL
    lp = read(f"{HEAD} {row}\n{tail}", "lp")
    assert lp.solve().objective == pytest.approx(best)
    assert [x.name for x in lp.variables[:3]] == ["x", "y", "b"]


def test_an_indicator_equivalence_works_both_ways():
    text = "{}\n b\nst\n i: b = 1 <-> n >= 4\nBounds\n n {}\nGeneral\n n\nBinary\n b\nEnd\n"
    assert read(text.format("Min", "= 4"), "lp").solve().objective == 1
    assert read(text.format("Max", "= 3"), "lp").solve().objective == 0
    implied = text.replace("<->", "->")
    assert read(implied.format("Min", "= 4"), "lp").solve().objective == 0
    assert read(implied.format("Max", "= 3"), "lp").solve().objective == 0
    implying = text.replace("<->", "<-")
    assert read(implying.format("Min", "= 4"), "lp").solve().objective == 1
    assert read(implying.format("Max", "= 3"), "lp").solve().objective == 1


def test_a_row_of_one_variable_is_the_bound_that_an_indicator_needs():
    lp = read("Max\n x + b\nst\n c1: 2 x <= 6\n i1: b = 1 -> x <= 1\nBinary\n b\nEnd\n", "lp")
    assert [str(c) for c in lp.constraints] == ["i1: x + 2 b <= 3", "c1: 2 x <= 6"]
    assert lp.solve().objective == 3


@pytest.mark.parametrize(
    "row, message",
    [
        ("i: b = 1 -> z <= 1", ":5: b >> (z <= 1) takes binaries and a big-M"),
        ("i: x = 1 -> y <= 1", ":5: the condition of an indicator needs a binary variable, but 'x' is not binary"),
        ("i: b = 2 -> x <= 1", ":5: expected a condition such as 'b = 1' before '->'"),
        ("i: 2 b = 1 -> x <= 1", ":5: expected a condition"),
        ("i: b >= 1 -> x <= 1", ":5: expected a condition"),
        ("i: b = -1 -> x <= 1", ":5: expected a condition"),
        ("i: x + b = 1 -> x <= 1", ":5: expected a condition"),
        ("i: b = 1 -> b = 1 -> x <= 1", ":5: expected a condition"),
        ("i: b = 1 -> x", ":5: expected <=, >= or = in the row 'i'"),
        ("-> x <= 3", ":5: expected a condition"),
    ],
)
def test_indicators_that_make_no_sense(row, message):
    assert message in refused(f"{HEAD} {row}\n{TAIL}")


def special_program(r: random.Random) -> LinearProgram:
    """A random program with special constraints among its rows."""
    lp = LinearProgram()
    name = iter([f"name{k}" if r.random() < 0.5 else f"a name {k}" for k in range(99)])

    def sometimes():
        return next(name) if r.random() < 0.5 else None

    xs = [lp.Var(sometimes(), lb=-r.randint(0, 5), ub=r.randint(1, 9)) for _ in range(4)]
    xs += [lp.IntVar(sometimes(), lb=0, ub=r.randint(2, 9)) for _ in range(2)]
    frees = [lp.Var(sometimes()), lp.IntVar(sometimes()), lp.Var(sometimes(), lb=0)]
    bs = [lp.BoolVar(sometimes()) for _ in range(2)]
    lp.objective = sum(r.randint(-4, 4) * x for x in [*xs, *bs]) + sum(-x for x in frees) + r.choice([0, 2.5])
    for _ in range(r.randint(2, 7)):
        kind = r.randrange(7)
        some = r.sample(xs, r.randint(1, 3))
        e = sum(r.choice([1, -1, 2.5, 3]) * x for x in some)
        low = r.randint(-9, 5)
        between = r.choice([(low, low + 3), (-inf, low), (low, inf), (low, low)])
        if kind < 2:
            lp.add_constraint(sum(xs) + r.randint(2, 5) * bs[0] <= r.randint(5, 30), name=sometimes())
        elif kind < 4:
            b = r.choice(bs)
            lp.add_constraint(r.choice([b, 1 - b]) >> (e + 0).between(*between), name=sometimes())
        elif kind == 4 and frees:
            low = r.choice([1, 2, -4])
            lp.add_constraint(semicontinuous(frees.pop(), low, low + 3), name=sometimes())
        elif kind == 5:
            lp.add_constraint(sos1(some), name=sometimes())
        else:
            lp.add_constraint(sos2(r.sample(xs, 3)), name=sometimes())
    return lp


@pytest.mark.parametrize("seed", range(30))
def test_special_constraints_come_back(seed):
    """Written and read again: the same variables, rows and special constraints, and the same optimum."""
    r = random.Random(seed)
    lp = special_program(r)
    sense = r.choice(["minimize", "maximize"])
    text = written(lp, "lp", sense)
    again = read(text, "lp")
    assert stated_form(again, sense) == stated_form(lp, sense)
    assert written(again, "lp", sense) == text
    solution = lp.solve(sense)
    twin = again.solve(sense)
    assert twin.status is solution.status
    if solution.has_solution:
        assert twin.objective == pytest.approx(solution.objective)
    plain = read(written_as_rows(lp, sense), "lp")
    assert plain.compile(sense) == lp.compile(sense)


def written_as_rows(lp: LinearProgram, sense: str) -> str:
    file = io.StringIO()
    lp.write(file, "lp", sense=sense, as_rows=True)
    return file.getvalue()


def test_constraints_that_come_last_give_the_same_matrix():
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=9), lp.Var("y", lb=0, ub=8)
    z, b = lp.Var("z"), lp.BoolVar("b")
    lp.objective = x + y + z
    lp.add_constraint(x + y + z <= 20, name="cap")
    lp.add_constraint(b >> (x + y <= 3), name="only")
    lp.add_constraint(sos1([x, y]), name="one")
    text = written(lp, "lp", "maximize")
    assert " only: b = 1 -> + x + y <= 3\n" in text and " one: S1:: x:1 y:2\n" in text
    assert read(text, "lp").compile() == lp.compile("maximize")


@pytest.mark.parametrize("change", ["row", "objective", "elsewhere", "removed", "bounds", "relaxed", "none"])
def test_a_constraint_whose_parts_were_changed_is_written_as_rows(change):
    lp = LinearProgram()
    x, b = lp.Var("x", lb=0, ub=60), lp.BoolVar("b")
    lp.objective = -x
    batch = lp.add_constraint(semicontinuous(x, 10, 50), name="batch")
    implied = lp.add_constraint(b >> (x <= 30), name="small")
    on = batch.variables[0]
    if change == "row":
        implied.constraints[0].ub = 70
        batch.constraints[1].ub = 4
    elif change == "objective":
        lp.objective += 3 * on
    elif change == "elsewhere":
        lp.add_constraint(on + b <= 1)
    elif change == "removed":
        lp.remove(batch.constraints[1])
    elif change == "bounds":
        on.ub = 0
    elif change == "relaxed":
        lp = lp.relaxed()
    text = written(lp, "lp")
    assert ("Semi-Continuous" in text) == (change == "none")
    assert ("->" in text) == (change not in ("row", "relaxed"))
    again = read(text, "lp")
    assert again.solve("minimize").objective == lp.solve("minimize").objective
    assert again.solve("maximize").objective == lp.solve("maximize").objective


def test_a_program_that_has_outgrown_its_big_m_is_not_written(tmp_path):
    lp = LinearProgram()
    x, b = lp.Var("x", lb=0, ub=60), lp.BoolVar("b")
    lp.add_constraint(b >> (x <= 30))
    path = tmp_path / "a.lp"
    lp.write(path)
    before = path.read_text()
    x.ub = 100
    with pytest.raises(InvalidValue, match="was written for x <= 60"):
        lp.write(path)
    assert path.read_text() == before


def test_a_copy_and_a_pickle_know_their_special_constraints():
    import pickle

    lp = special_program(random.Random(5))
    text = written(lp, "lp")
    assert written(lp.copy(), "lp") == text
    assert written(pickle.loads(pickle.dumps(lp)), "lp") == text


def test_a_name_that_is_taken_is_left_out():
    text = "Max\n x + y\nst\n s: x + y <= 9\nBounds\n x <= 5\n y <= 6\nSOS\n s: S1:: x:1 y:2\nEnd\n"
    lp = read(text, "lp")
    assert lp.solve().objective == 6
    assert read(written(lp, "lp"), "lp").solve().objective == 6


# --------------------------------------------------------------------- other readers
def glpk_reads(path) -> list[str]:
    """The names of the columns that GLPK reads."""
    swiglpk = pytest.importorskip("swiglpk")
    swiglpk.glp_term_out(swiglpk.GLP_OFF)
    problem = swiglpk.glp_create_prob()
    try:
        assert swiglpk.glp_read_lp(problem, None, str(path)) == 0
        return [swiglpk.glp_get_col_name(problem, j + 1) for j in range(swiglpk.glp_get_num_cols(problem))]
    finally:
        swiglpk.glp_delete_prob(problem)


def highs_reads(path) -> list[str]:
    highspy = pytest.importorskip("highspy")
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    return list(solver.getLp().col_names_)


MARKS = "!\"#$%&'(),;?@_`{}~"


@pytest.mark.parametrize("reads", [glpk_reads, highs_reads])
def test_names_with_marks_are_written_as_they_are(reads, tmp_path):
    """Those that CPLEX allows, at any place: tuples as PuLP writes them, quotes, braces."""
    names = ["ship('A','B')", 'say"so"', "a;b", "@home", "{set}", "`x`", "x'"]
    names += [mark + "ab" for mark in MARKS] + ["a" + mark + "b" for mark in MARKS] + ["ab" + mark for mark in MARKS]
    # HiGHS before 1.16 takes what follows a semicolon at the beginning of a name for a comment.
    names = [name for name in dict.fromkeys(names) if name[0] != ";"]
    lp = LinearProgram()
    xs = [lp.Var(name, lb=0) for name in names]
    lp.objective = sum(xs)
    lp.add_constraint(sum(xs) >= 1, name="ship('A','B')")
    path = tmp_path / "names.lp"
    lp.write(path)
    assert "pplp variable" not in path.read_text()
    assert reads(path) == names
    assert [x.name for x in LinearProgram.read(path).variables] == names


@pytest.mark.parametrize("reads", [glpk_reads, highs_reads])
def test_a_name_that_begins_with_a_semicolon_has_another_one_in_the_file(reads, tmp_path):
    """All others read each variable, and pplp its name."""
    lp = LinearProgram()
    x, y = lp.Var(";x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y >= 1, ";row")
    path = tmp_path / "a.lp"
    lp.write(path)
    assert len(reads(path)) == 2
    again = LinearProgram.read(path)
    assert ([v.name for v in again.variables], [c.name for c in again.constraints]) == ([";x", "y"], [";row"])


@pytest.mark.parametrize("reads", [glpk_reads, highs_reads])
def test_a_program_without_objective_is_read_by_others(reads, tmp_path):
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y >= 1)
    path = tmp_path / "a.lp"
    lp.write(path)
    assert reads(path) == ["x", "y"]
    assert LinearProgram.read(path).compile() == lp.compile()


# --------------------------------------------------------------------- plain lines and exact ones
def exactly(text: str, monkeypatch) -> str:
    """What is read token by token, with no line taken at once: the program as text, or the error."""
    with monkeypatch.context() as patch:
        patch.setattr(lp_reader._Reader, "_take", lambda self, *_: None)
        patch.setattr(lp_rows.LpRows, "take_terms", lambda self, text: False)
        return outcome(text)


def outcome(text: str) -> str:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            lp = read(text, "lp")
        except FormatError as error:
            return str(error)
    return repr(lp.compile()) + repr(lp.variables) + repr(lp.constraints) + "".join(str(one.message) for one in said)


TERMS = [
    "+ 3 x",
    "- 1e+2 y",
    "\t+ 2e-3 v3",
    "- 2.5 y",
    "+ x",
    "- y",
    "+4 z",
    "-z",
    "+ 0 x",
    "+ 1e-3 w",
    "- .5 v1",
    "+ 7. v2",
    "+ 2 free",
    "+ e5",
    "+ 3\nx",
]
ODD = [
    *("3x", "+ + 2 x", "- - y", "+ 1_0 x", "+ nan x", "+ inf", "2 3", "x y", "+", "-", "+ 4", "e- 5", "+ 1e400 x"),
    *("<= 4", "= 3", ">=", "->", "[", "^ 2", "*", "2 * x", ":", "x: 3", "::", "\t+ x", "+\tx", "é", "+ ٣ x", "- 1d5 x"),
    *(
        "+ 1e-200 x",
        "+ st",
        "st",
        "end",
        "bounds",
        "\\ a comment",
        "+ 2e 3",
        "+ 1 x[1]",
        "- x/2",
        "\n",
        "\x0b",
        "\t+ 2e-3 w",
    ),
    *(
        "<= 1e30",
        ">= -1e20",
        "<= - 5",
        "<= +4",
        "= -0",
        "<= 1_0",
        "<= inf",
        "<= nan",
        "<= ٣",
        "=< 3",
        "<3",
        "c1: y >= 2",
    ),
    *(
        "<-",
        "3+x",
        "x-y",
        "free",
        "-inf",
        "+inf",
        "inf",
        "infinity",
        "int",
        "gen",
        "\n st\n",
        "\nGeneral\n",
        "\n Bounds \n",
        "0 <= x <= 3",
        "x = 4",
    ),
]


SIDES = ["<= 9", ">= -3.5", "= 2", "<= 1e3", ">= - 4", "<= 1e20", "= +5", "\n <= 3", "<=\n 3", "<= 1e-200"]
NAMES = ["x", "y", "z", "w", "v1", "v2", "v3", "free", "e5", "new"]
BOUNDS = [
    *("0 <= {} <= 9", "{} <= 4", "{} free", "-2 <= {} <= 8.5", "{} >= -1", "{} = 3", "-inf <= {} <= 7", "{} >= -inf"),
    *("{} <= inf", "2 <= {}", "{} <= 1e20", "-Infinity <= {} <= +inf", "{} < 5", "{} FREE", "{} <= 1e-3"),
]


def random_file(r: random.Random) -> str:
    """A file of mostly plain lines."""
    lines = [r.choice(["Minimize", "max"]), " obj:" if r.random() < 0.8 else ""]
    lines += [" " + " ".join(r.choices(TERMS, k=4)) for _ in range(r.randint(0, 3))]
    lines.append("Subject To")
    if r.random() < 0.2:
        lines.insert(0, "\\ pplp file 1")
    style = r.choice(["", "", "glued", "unsigned", "ones", "wide", "alike"])
    alike = r.randint(1, 4)
    for k in range(r.randint(1, 14)):
        label = r.choice([f" c{k}: ", f"c{k}:\t", f" c{k} : ", f" c{k}:\n", ""] + [f" c{k}: "] * 9)
        terms = r.sample(TERMS, alike if style == "alike" else r.randint(1, 5))
        if style == "unsigned" or r.random() < 0.05:
            terms[0] = terms[0].lstrip("+- ")
        if style == "glued":
            terms = [term.replace("+ ", "+").replace("- ", "-") for term in terms]
        if style == "ones":
            terms = [f"{term.split()[0]} {term.split()[-1]}" for term in terms]
        if style == "wide":
            terms = [term.replace(" ", "  ") for term in terms]
        if style == "alike":
            lines.append(f" c{k}: " + " ".join(terms) + " <= 9")
            continue
        if r.random() < 0.2:
            terms.insert(r.randint(1, len(terms)), "\n")
        if r.random() < 0.2:
            at = r.randrange(len(terms))
            terms[at] = terms[at].replace(" ", "\n")
        if r.random() < 0.1:
            terms += r.sample(terms, 1)
        side = r.choice(SIDES if r.random() < 0.05 else ["<= 9", ">= -3.5", "= 2", "<= 1e3", ">= 0", "= -0"])
        lines.append(label + " ".join(terms) + " " + side)
    shapes = r.choice([BOUNDS[:1], BOUNDS[:3], BOUNDS])
    names = [r.choice(NAMES) if r.random() < 0.99 else "st" for _ in range(r.randint(0, 12))]
    lines += ["Bounds", *(" " + r.choice(shapes).format(name) for name in names)]
    for heading in r.sample(["General", "Binary", "Semi-continuous"], r.randint(0, 3)):
        lines += [heading, *(" " + " ".join(r.choices(NAMES, k=r.randint(1, 3))) for _ in range(r.randint(0, 5)))]
    if "Semi-continuous" in lines:
        lines += ["Bounds", *(f" {name} <= 50" for name in NAMES)]
    return "\n".join([*lines, "End"]) + "\n"


def mutated(text: str, r: random.Random) -> str:
    words = text.split(" ")
    for _ in range(r.randint(1, 3)):
        place = r.randrange(len(words))
        words[place : place + r.randint(0, 1)] = [r.choice(ODD)]
    return " ".join(words)


@pytest.mark.parametrize("many, block, long", [(1, 1 << 16, 16), (2, 300, 1), (5, 60, 100), (1, 120, 4)])
def test_plain_lines_are_read_as_the_exact_reader_does(many, block, long, monkeypatch, count=400):
    """The same programs, errors on lines, and warnings, of random files and of files with odd words in them."""
    monkeypatch.setattr(lp_reader, "_MANY", many)
    monkeypatch.setattr(pplp.formats.source, "_BLOCK", block)
    monkeypatch.setattr(lp_plain, "_LONG", long)
    monkeypatch.setattr(lp_plain, "_SHORT", long // 4)
    monkeypatch.setattr(lp_rows, "_LONG", 10)
    r, programs = random.Random(many + block), 0
    for _ in range(count):
        text = random_file(r)
        if r.random() < 0.6:
            text = mutated(text, r)
        found = outcome(text)
        assert found == exactly(text, monkeypatch), text
        programs += found.startswith("Matrix")
    assert count // 4 < programs < count * 3 // 4


@pytest.mark.parametrize("name", ["st", "END", "Free", "inf", "x"])
@pytest.mark.parametrize("between", [" ", "\n ", "\n"])
@pytest.mark.parametrize("first", ["", "+ st", "+ 3 Bounds"])
def test_variables_that_are_called_like_sections(name, between, first, monkeypatch):
    """A line begins a section or goes on with a row, as the exact reader has it, also where the name is known."""
    rows = [f" c{k}: + 2 y{k} - 3{between if k == 40 else ' '}{name} + 4 z <= {k}" for k in range(80)]
    text = "\n".join(["Minimize", f" obj: {first} + y", "Subject To", *rows, "End"]) + "\n"
    assert outcome(text) == exactly(text, monkeypatch)


@pytest.mark.parametrize("terms", range(1, 7))
def test_rows_of_one_length(terms, monkeypatch):
    """A variable that is twice in one of many rows of the same length counts twice; rows beside each other share it."""
    r = random.Random(terms)
    for twice in (False, True):
        drawn = [r.sample(range(12), terms) for _ in range(60)]
        if twice:
            drawn[30][r.randrange(terms)] = drawn[30][0]
        rows = [
            f" c{k}:" + "".join(f" {r.choice('+-')} {j + 1} x{j}" for j in row) + " >= 1" for k, row in enumerate(drawn)
        ]
        text = "\n".join(["Minimize", " obj: x0", "Subject To", *rows, "End"]) + "\n"
        assert outcome(text) == exactly(text, monkeypatch)
        assert outcome(text).startswith("Matrix")


@pytest.mark.parametrize("number", ["", "1 ", "14.5 ", "-3 ", "0 ", "1e-120 "])  # 14.5 has the byte of a minus sign
@pytest.mark.parametrize("odd", ["", "z", "x0", "x9"])
def test_rows_of_the_same_variables(number, odd, monkeypatch):
    """Each has the signs that are its own; one may have another variable, or one of them twice."""
    r = random.Random(number + odd)
    rows, signs = [], [[r.choice("+-") for _ in range(6)] for _ in range(50)]
    for k, row in enumerate(signs):
        names = [odd if odd and k == 30 and j == 4 else f"x{j}" for j in range(6)]
        rows.append(f" c{k}: " + " ".join(f"{sign} {number}{name}" for sign, name in zip(row, names)) + f" <= {k}")
    text = "\n".join(["Minimize", " obj: x0", "Subject To", *rows, "End"]) + "\n"
    assert outcome(text) == exactly(text, monkeypatch)
    if number in ("1 ", "14.5 ") and odd in ("", "z"):
        form = read(text, "lp").compile()
        assert list(form.values) == [float(f"{sign}{number}") for row in signs for sign in row]
        assert form.columns == 7 - (odd == "")


@pytest.mark.parametrize(
    "odd", ["0 <= x30 <= 1", "0 <= new <= 1", "0  <= x30 <= 1", "0 <= x3 <= 1", "0 <= x30 <= 2", "", "st"]
)
@pytest.mark.parametrize(
    "lower, upper", [("0", "1"), ("-inf", "2.5"), ("1", "1e30"), ("inf", "inf"), ("0", "-inf"), ("1_0", "9")]
)
def test_bounds_of_the_same_numbers(odd, lower, upper, monkeypatch):
    """Many lines with the same two bounds, all but one of them."""
    lines = [f" {lower} <= x{k} <= {upper}" for k in range(60)]
    lines[30] = f" {odd}"
    objective = " + ".join(f"x{k}" for k in range(60))
    text = "\n".join(["Minimize", f" obj: {objective}", "Subject To", " c: x0 >= 0", "Bounds", *lines, "End"]) + "\n"
    assert outcome(text) == exactly(text, monkeypatch)
    if odd == "0 <= x30 <= 1" and lower == "0" and upper == "1":
        assert list(read(text, "lp").compile().column_upper) == [1.0] * 60


@pytest.mark.parametrize("format", ["lp", "mps"])
@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 2345])
def test_names_that_nobody_gave(format, count):
    """They are not read as names, however many there are; one that was given comes back."""
    for named in (-1, 0, count // 2, count - 1):
        lp = LinearProgram()
        lp.objective = sum(lp.Var(f"x{count}" if place == named else None, lb=0) for place in range(count))
        found = read(written(lp, format), format).compile()
        assert found == lp.compile()
        assert found.column_names == ({} if named < 0 else {named: f"x{count}"})


@pytest.mark.parametrize("behind", ["-> x <= 3", "<= 3", "x >= 2", "+ x >= 2", "5 <= x", "= 2"])
def test_rows_go_on_behind_comments(behind, monkeypatch):
    """Whether the row before the comment was one of many, or was read by itself."""
    rows = "".join(f" c{k}: + 2 x + 3 y >= {k}\n" for k in range(40))
    text = f"Min\n x\nst\n{rows} {'i' * 1500}: + 1 b = 1\n\\ a comment\n {behind}\nBinary\n b\nBounds\n x <= 9\nEnd\n"
    assert outcome(text) == exactly(text, monkeypatch)


@pytest.mark.parametrize(
    "sign", ["*", "/", "^", "[", "]", "2", ".", "<", "=", "+", "-", "->", "x/", "x*", "x-", "x[", "&"]
)
def test_what_is_put_before_a_label(sign, monkeypatch):
    """Where it is not a name, the error is that of the exact reader, also in the midst of plain rows."""
    rows = [f" {sign if k == 50 else ''}c{k}: + 2 x + 3 y >= {k}" for k in range(80)]
    text = "\n".join(["Minimize", " obj: x", "Subject To", *rows, "End"]) + "\n"
    assert outcome(text) == exactly(text, monkeypatch)


@pytest.mark.parametrize("section", ["Bounds\n{} <= 3", "st\n c{}: {} >= 1", "Generals\n {}", "Binary\n {}"])
def test_nothing_comes_after_the_end(section, monkeypatch):
    """Not even many plain lines at once."""
    heading, line = section.split("\n")
    lines = "".join(line.format(*[f"x{k}"] * 2) + "\n" for k in range(40))
    objective = " + ".join(f"x{k}" for k in range(40))
    text = f"Min\n obj: {objective}\nst\n c: x1 >= 0\nEnd\n{heading}\n{lines}"
    with pytest.raises(FormatError, match=":7: expected nothing after End"):
        read(text, "lp")
    assert outcome(text) == exactly(text, monkeypatch)


def test_plain_lines_are_taken_at_once(monkeypatch):
    """Not a single token of a large plain file goes through the exact reader."""
    lp = LinearProgram()
    xs = lp.Vars(40, "x", lb=0)
    for k in range(200):
        lp.add_constraint(sum((i % 3 - 1.5) * xs[(k + i) % 40] for i in range(30)) <= k)
    lp.objective = sum(xs) + 2 * xs[3]
    text = written(lp, "lp")
    taken = []
    exact = lp_rows.LpRows.terms
    monkeypatch.setattr(lp_rows.LpRows, "terms", lambda self, tokens: taken.append(tokens) or exact(self, tokens))
    assert read(text, "lp").compile() == lp.compile()
    assert len(taken) <= 5  # the last row, which might have gone on


# --------------------------------------------------------------------- warnings
def test_warnings_about_files_name_the_line_of_the_file(tmp_path):
    path = tmp_path / "two.mps"
    path.write_text("ROWS\n N c\n L r\n L s\nCOLUMNS\n x c -1 r 1\n x s 1\nRHS\n one r 1\n two s 2\nENDATA\n")
    done = subprocess.run(
        [sys.executable, "-m", "pplp", "solve", str(path)], capture_output=True, text=True, check=False
    )
    assert done.stderr.startswith(f"pplp: {path}:10: RHS has several sets")
    assert len(done.stderr.splitlines()) == 1
    with pytest.warns(RuntimeWarning, match=":10: RHS has several sets") as caught:
        LinearProgram.read(path)
    assert caught[0].filename == __file__


def test_all_pairs_of_relations_and_signs():
    """``lower <= e <= upper`` and its mirror images."""
    for left, right in product(["<=", "=<", "<"], [" 4", "4", "+4", " + 4"]):
        assert rows(read(f"Min\n x\nst\n c: 1 {left} x + y {left}{right}\nEnd\n", "lp")) == {"c": (1, 4)}


@pytest.mark.parametrize("bounds, range_", [("", (0, inf)), ("x >= -3", (-3, inf)), ("x free", (-inf, inf))])
def test_semicontinuous_without_an_upper_bound(bounds, range_):
    """0 or at least 0 is at least 0: no rows are needed for that; 0 or at least 3 cannot be stated by rows."""
    text = f"Minimize\n x\nSubject To\n c: x + y >= 1\nBounds\n {bounds}\nSemi-Continuous\n x\nEnd\n"
    x = read(text, "lp").variables[0]
    assert (x.lb, x.ub) == range_
    with pytest.raises(FormatError, match="range 3 to inf"):
        read(text.replace(f"Bounds\n {bounds}", "Bounds\n x >= 3"), "lp")


@pytest.mark.parametrize(
    "title",
    [
        *(
            "minimize",
            "Minimise",
            "minimum",
            "MIN",
            "maximize",
            "Maximise",
            "maximum",
            "max",
            "subject to",
            "such that",
        ),
        *("st", "s.t.", "st.", "lazy constraints", "user cuts", "bound", "bounds", "general", "generals", "gen"),
        *("integer", "integers", "int", "binary", "binaries", "bin", "semi-continuous", "semi", "semis", "sos", "sos1"),
        *("sos2", "end", "general constraints", "gencon", "gencons", "g.c.", "pwlobj", "multi-objective"),
        *("multi-objectives", "scenario", "quadratic constraints"),
    ],
)
def test_the_words_of_sections(title):
    """The exact reader knows the title; lines that begin with its first word are never taken in bulk."""
    assert lp_reader._SECTION.match(title) or lp_reader._REFUSED.match(title)
    assert title.lower().split()[0] in lp_words.SECTION_WORDS

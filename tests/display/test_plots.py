"""Pictures: what is drawn, and where; the corners, counts and values are worked out by hand."""

from __future__ import annotations

import doctest
import io
import subprocess
import sys
from math import hypot, inf

import pytest

from pplp import ExtraMissing, InvalidValue, LinearProgram, OptionError, Progress
from pplp.graphs import (
    Assignment,
    Flow,
    MaximumFlow,
    MinimumCostFlow,
    MinimumCut,
    MulticommodityFlow,
    ShortestPath,
    Transportation,
)
from tests.support.long_programs import knapsacks

pytest.importorskip("matplotlib", reason="pictures are drawn with matplotlib, which is not installed")

from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from pplp import plots


def plan(integer: bool = True) -> LinearProgram:
    """The optimum is 2200 at (24, 14), where wood and work cross."""
    lp = LinearProgram()
    chairs, tables = ((lp.IntVar if integer else lp.Var)(name, lb=0) for name in ("chairs", "tables"))
    lp.objective = 45 * chairs + 80 * tables
    lp.add_constraint(5 * chairs + 20 * tables <= 400, name="wood")
    lp.add_constraint(10 * chairs + 15 * tables <= 450, name="work")
    lp.add_constraint(2 <= chairs - tables <= 30)
    return lp


def named(ax, label):
    """What was drawn under this label."""
    found = [thing for thing in ax.get_children() if thing.get_label() == label]
    assert len(found) == 1, f"{len(found)} things are labelled {label!r}"
    return found[0]


def labels(ax):
    """The labels of everything drawn."""
    return [thing.get_label() for thing in ax.get_children()]


def said(ax):
    """The texts beside the title."""
    return [text.get_text() for text in ax.texts if text.get_text()]


def title(ax):
    return ax.get_title(loc="left").split("\n")


def corners(ax):
    """Of the area, as pairs."""
    return {(round(float(x), 9), round(float(y), 9)) for x, y in named(ax, "feasible region").get_xy()}


def overlapping(ax):
    """Pairs of texts whose boxes cover each other, and texts that stand out of the figure."""
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts if text.get_text()]
    pairs = [
        (one, other)
        for k, (one, box) in enumerate(boxes)
        for other, beside in boxes[:k]
        if min(box.x1, beside.x1) - max(box.x0, beside.x0) > 1 and min(box.y1, beside.y1) - max(box.y0, beside.y0) > 1
    ]
    page = ax.figure.bbox
    return pairs + [one for one, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > page.x1 or box.y1 > page.y1]


# ---- two variables
def test_the_region_and_its_optimum():
    """The polygon, the mark, what is written."""
    lp = plan()
    lp.maximize()
    ax = lp.plot()
    assert corners(ax) == {(2, 0), (30, 0), (36, 6), (24, 14), (17.6, 15.6)}
    assert named(ax, "optimum").get_offsets().tolist() == [[24, 14]]
    assert sorted(said(ax)) == [
        "chairs - tables <= 30",
        "chairs - tables >= 2",
        "optimum\nchairs = 24\ntables = 14\nobjective 2200",
        "wood",
        "work",
    ]
    assert title(ax) == ["maximize 45 chairs + 80 tables"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("chairs", "tables")
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert -5 < left < 0 < 36 < right < 50
    assert -3 < bottom < 0 < 15.6 < top < 22
    assert overlapping(ax) == []


def test_lines_lie_where_the_constraints_do():
    """Both ends of each line satisfy the constraint as an equation, at the frame."""
    ax = plan().plot()
    for label, a, b, value in (("wood", 5, 20, 400), ("work", 10, 15, 450), ("chairs - tables >= 2", 1, -1, 2)):
        xs, ys = named(ax, label).get_data()
        assert len(xs) == 2
        for x, y in zip(xs, ys):
            assert a * x + b * y == pytest.approx(value)
            at_frame = [abs(x - end) < 1e-9 for end in ax.get_xlim()] + [abs(y - end) < 1e-9 for end in ax.get_ylim()]
            assert any(at_frame)


def test_integer_points():
    """As many as can be counted by hand, each feasible."""
    ax = plan().plot()
    found = named(ax, "feasible integer points").get_offsets().tolist()
    expected = [
        [i, j]
        for i in range(60)
        for j in range(30)
        if 5 * i + 20 * j <= 400 and 10 * i + 15 * j <= 450 and 2 <= i - j <= 30
    ]
    assert sorted(found) == expected
    assert not [label for label in labels(plan(integer=False).plot()) if "integer" in str(label)]


def test_one_integer_variable():
    """Lines stand for it: at x = 0, 1, 2 the height of the triangle is 4, 2 and 0."""
    lp = LinearProgram()
    x, y = lp.IntVar("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(2 * x + y <= 4)
    ax = lp.plot()
    slices = [line for line in ax.lines if line.get_label() in ("feasible integer points", "_more")]
    assert [sorted(zip(*line.get_data())) for line in slices] == [[(0, 0), (0, 4)], [(1, 0), (1, 2)], [(2, 0)]]


@pytest.mark.parametrize("sense", ["maximize", "minimize"])
@pytest.mark.parametrize("is_solved", [True, False])
def test_the_objective(sense, is_solved):
    """The arrow leads to where it gets better, at a right angle to the level line on the page."""
    lp = plan()
    if is_solved:
        lp.solve(sense)
    ax = lp.plot(sense=None if is_solved else sense)
    arrow, level = named(ax, "objective"), named(ax, "level line")
    (x, y), (a, b) = arrow.xyann, arrow.xy
    rise = 45 * (a - x) + 80 * (b - y)
    assert rise > 0 if sense == "maximize" else rise < 0
    assert ax.get_xlim()[0] <= a <= ax.get_xlim()[1]
    assert ax.get_ylim()[0] <= b <= ax.get_ylim()[1]
    values = [45 * p + 80 * q for p, q in zip(*level.get_data())]
    assert values[0] == pytest.approx(values[1])
    if is_solved:
        assert values[0] == pytest.approx(lp.solution.objective)
    (tail, tip), (p, q) = (ax.transData.transform(ends) for ends in (((x, y), (a, b)), list(zip(*level.get_data()))))
    across, along = tip - tail, q - p
    assert abs(across @ along) < 1e-6 * hypot(*across) * hypot(*along)
    assert title(ax)[0].startswith(sense)


def test_without_an_objective():
    """There is no arrow."""
    lp = LinearProgram()
    lp.Var("x", lb=0, ub=1), lp.Var("y", lb=0, ub=1)
    ax = lp.plot()
    assert title(ax) == ["no objective"]
    assert "objective" not in labels(ax)
    assert sorted(said(ax)) == ["x <= 1", "y <= 1"]


def test_a_region_without_end():
    """It is cut at the frame, which the title says; all that is seen of it is filled."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y >= 2, name="need")
    lp.objective = x + 3 * y
    assert lp.minimize() == 2
    ax = lp.plot()
    assert title(ax)[1] == "the region is unbounded: right, above"
    right, top = round(ax.get_xlim()[1], 9), round(ax.get_ylim()[1], 9)
    assert corners(ax) == {(2, 0), (right, 0), (right, top), (0, top), (0, 2)}
    assert min(right, top) > 3
    for free in (LinearProgram(), LinearProgram()):
        u, v = free.Var("u"), free.Var("v")
        free.objective = u + v
        assert len(corners(free.plot())) == 4


def test_integers_without_end():
    """A few points of an unbounded lattice are seen, however near to each other the corners are."""
    lp = LinearProgram()
    x, y = lp.IntVar("x"), lp.IntVar("y")
    lp.add_constraint(x + y <= 3)
    lp.add_constraint(x - y <= 2)
    lp.objective = x
    assert lp.maximize() == 2
    points = named(lp.plot(), "feasible integer points").get_offsets().tolist()
    assert len(points) > 9
    assert all(i + j <= 3 and i - j <= 2 for i, j in points)


def test_an_empty_region():
    """The lines that contradict are seen, and the title says so, solved or not."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0)
    lp.add_constraint(x + y >= 6, name="need")
    lp.add_constraint(2 * y - x <= 3, name="most")
    for _ in range(2):
        ax = lp.plot()
        assert title(ax)[-1] == "no point satisfies all constraints"
        assert "feasible region" not in labels(ax)
        assert {"need", "most", "x <= 2"} <= set(said(ax))
        lp.solve("minimize")


def test_equations():
    """One leaves a segment, two a point."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(3 * x + 2 * y == 18, name="exact")
    ax = lp.plot()
    assert sorted(zip(*named(ax, "feasible region").get_data())) == [(0, 9), (6, 0)]
    assert said(ax) == ["exact"]
    lp.add_constraint(x == 2, name="two")
    ax = lp.plot()
    assert list(zip(*named(ax, "feasible region").get_data())) == [(2, 6)]
    assert sorted(said(ax)) == ["exact", "two"]


def test_constraints_out_of_sight():
    """The title names them."""
    lp = plan(integer=False)
    lp.add_constraint(lp.variables[0] + lp.variables[1] <= 1000, name="far")
    ax = lp.plot()
    assert title(ax)[-1] == "not in the picture: far"
    assert "far" not in said(ax)


def test_a_slice():
    """Variables with lb == ub are constants."""
    lp = LinearProgram()
    x, y, z = (lp.Var(name, lb=0) for name in "xyz")
    lp.add_constraint(x + y + 2 * z <= 10, name="sum")
    lp.objective = x + 2 * y + z
    lp.maximize()
    with pytest.raises(InvalidValue, match=r"has 3 variables that can vary: x, y, z\. .*\.lb and \.ub"):
        lp.plot()
    z.lb = z.ub = 3
    ax = lp.plot()
    assert corners(ax) == {(0, 0), (4, 0), (0, 4)}
    assert title(ax)[1] == "where z = 3"
    lp.maximize()
    assert named(lp.plot(), "optimum").get_offsets().tolist() == [[0, 4]]
    y.lb = y.ub = 1
    with pytest.raises(InvalidValue, match=r"has 1 variable that can vary: x\. Give it two"):
        lp.plot()
    with pytest.raises(InvalidValue, match="0 variables"):
        LinearProgram().plot()


def test_two_variables_may_be_fixed():
    """Where there are just two, they are the axes."""
    lp = LinearProgram()
    lp.Var("x", lb=1, ub=1), lp.Var("y", lb=0, ub=2)
    assert sorted(zip(*named(lp.plot(), "feasible region").get_data())) == [(1, 0), (1, 2)]


def test_only_a_current_solution_is_marked():
    """Not one from before an edit, nor where there is none."""
    lp = plan()
    assert "optimum" not in labels(lp.plot())
    lp.maximize()
    lp.constraints[0].ub = 300
    assert "optimum" not in labels(lp.plot())
    lp.objective = -lp.variables[0]
    lp.constraints[0].ub, lp.variables[0].lb = 400, 100
    lp.solve("minimize")
    assert "optimum" not in labels(lp.plot())
    lp.variables[0].lb = 0
    assert lp.solve("minimize", iteration_limit=0).status.value == "iteration limit"
    assert "optimum" not in labels(lp.plot())


def test_names_are_not_formulas():
    """Dollars and backslashes are drawn as they stand."""
    lp = LinearProgram()
    x, y = lp.Var("$x_1", lb=0), lp.Var(r"\y^$ %", lb=0)
    lp.add_constraint(x + y <= 4, name=r"$\frac$ {")
    lp.objective = x + 2 * y
    lp.maximize()
    for ax in (lp.plot(), lp.spy()):
        ax.figure.savefig(io.BytesIO(), format="png")
    assert r"$\frac$ {" in said(lp.plot())


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_files(kind):
    """Of every format, without a window."""
    file = io.BytesIO()
    plan().plot().figure.savefig(file, format=kind)
    assert len(file.getvalue()) > 3000


def test_axes_that_are_given():
    """They are drawn on, and returned; the style is theirs."""
    with style.context("dark_background"):
        left, right = Figure(figsize=(9, 4)).subplots(1, 2)
        assert plan().plot(left) is left
        assert plan().spy(right) is right
        assert len(left.figure.axes) == 2
    assert to_hex(named(left, "feasible region").get_facecolor()) == "#0072b2"


def test_errors_of_options():
    """Another sense is refused."""
    with pytest.raises(OptionError, match="'best'"):
        plan().plot(sense="best")


def test_without_matplotlib(monkeypatch):
    """The error says what to install."""
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for draw in (plan().plot, plan().spy):
        with pytest.raises(ExtraMissing, match=r'pip install "pplp\[plot\]"'):
            draw()


def test_no_state_of_pyplot():
    """Nothing imports it."""
    script = "import sys; from tests.display.test_plots import plan; plan().plot()"
    script += "; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.stdout == "False\n", done.stderr


# ---- the matrix
def test_spy():
    """A square of the right colour for each coefficient, bars for integers and equations."""
    lp = LinearProgram()
    x, y, b = lp.Var("x"), lp.Var("y", lb=0), lp.BoolVar("b")
    lp.add_constraint(x - 2 * y == 3, name="one")
    lp.add_constraint(y + 5 * b <= 3, name="two")
    lp.add_constraint(x <= 4)
    ax = lp.spy()
    assert title(ax) == ["2 rows, 3 columns, 4 coefficients", "1 integer column, 1 equality row"]

    def cells(label):
        return {tuple(path.vertices[:4].mean(axis=0).round(6)) for path in named(ax, label).get_paths()}

    assert cells("positive") == {(0.5, 0.5), (1.5, 1.5), (2.5, 1.5)}
    assert cells("negative") == {(1.5, 0.5)}
    (integer,), (equality,) = named(ax, "integer column").get_paths(), named(ax, "equality row").get_paths()
    assert {x for x, _ in integer.vertices} == {2, 3}
    assert all(y < 0 for _, y in integer.vertices)
    assert {y for _, y in equality.vertices} == {0, 1}
    assert all(x < 0 for x, _ in equality.vertices)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["x", "y", "b"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["one", "two"]
    assert (ax.get_xlim()[1], ax.get_ylim()[0]) == (3, 2)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["positive", "negative", "integer column", "equality row"]


def test_spy_of_a_big_matrix():
    """Each cell of the grid has its share: here two diagonals of a square."""
    lp = LinearProgram()
    xs, size = lp.Vars(1600, lb=0), 1600
    for i in range(size):
        lp.add_constraint(xs[i] + xs[size - 1 - i] >= 1)
    ax = lp.spy()
    (image,) = ax.images
    data = image.get_array()
    assert data.shape == (400, 400)
    assert data.count() == 800  # 4 x 4 coefficients fall into each cell, and 4 of them are there
    assert {round(float(share), 9) for share in data.compressed()} == {0.25}
    assert not data.mask[0, 0]
    assert data.mask[0, 1]
    ax.figure.canvas.draw()


def test_spy_of_little():
    """Of nothing, of variables alone."""
    lp = LinearProgram()
    assert title(lp.spy()) == ["0 rows, 0 columns, 0 coefficients"]
    lp.BoolVar("b")
    ax = lp.spy()
    assert title(ax) == ["0 rows, 1 column, 0 coefficients", "1 integer column"]
    ax.figure.canvas.draw()


# ---- the search
def test_search_progress():
    """Steps of the bound and the incumbent; the solution ends them; the gap is between."""
    history = [
        Progress("simplex", 0.05, 40, objective=21.0),
        Progress("branch and cut", 0.1, bound=20.0),
        Progress("branch and cut", 0.2, incumbent=12.0, bound=18.0, nodes=9),
        Progress("branch and cut", 0.4, incumbent=15.0, bound=16.0, nodes=310),
    ]
    ax = plots.search_progress(history)
    assert [list(line) for line in named(ax, "bound").get_data()] == [[0.1, 0.2, 0.4], [20, 18, 16]]
    assert [list(line) for line in named(ax, "best point").get_data()] == [[0.2, 0.4], [12, 15]]
    assert title(ax) == ["gap 6.67% after 0.4 s, 310 nodes"]
    assert sorted(said(ax)) == ["best point 15", "bound 16"]
    assert named(ax, "gap").get_datalim(ax.transData).extents.tolist() == pytest.approx([0.2, 12, 0.4, 18])
    again = [Progress("branch and cut", 0.1, incumbent=3.0, bound=3.0, nodes=1)]
    ax = plots.search_progress(history + again)
    assert title(ax) == ["gap 0.00% after 0.1 s, 1 node"]
    assert overlapping(ax) == []


def test_progress_of_a_search():
    """What a search told, and how it ended."""
    lp, history = knapsacks(), []
    solution = lp.solve("maximize", node_limit=150, progress=history.append)
    ax = plots.search_progress(history, solution)
    times, bounds = named(ax, "bound").get_data()
    assert list(times) == sorted(times)
    assert list(bounds) == sorted(bounds, reverse=True)
    assert bounds[-1] == solution.bound
    assert named(ax, "best point").get_data()[1][-1] == solution.objective
    assert f"{solution.gap:.2%}" in title(ax)[0]
    ax = plots.search_progress([], solution)
    assert said(ax) == [f"best point {solution.objective:.6g}", f"bound {solution.bound:.6g}"]
    assert overlapping(ax) == []


def test_no_search():
    """The simplex alone has no bound, nor has an infeasible program."""
    with pytest.raises(InvalidValue, match=r"progress=history\.append"):
        plots.search_progress([Progress("simplex", 0.05, 40, objective=21.0)])
    lp = LinearProgram()
    lp.add_constraint(lp.IntVar(lb=0) + lp.IntVar(lb=0) <= -1)
    with pytest.raises(InvalidValue, match="no event"):
        plots.search_progress([], lp.solve("minimize"))


# ---- flows
TAILS, HEADS = ["mine", "mine", "mill", "mill", "depot"], ["mill", "port", "port", "depot", "port"]


def freight(**options):
    """4 go straight, 3 by the mill, and the last by the depot: 16 + 9 + 5 = 30."""
    demand = {"mine": -8, "port": 8}
    return MinimumCostFlow((TAILS, HEADS), demand=demand, capacity=[9, 4, 3, 9, inf], weight=[1, 4, 2, 1, 3], **options)


def arrows(ax):
    """(label, line width, colour) of each arc, from the thinnest."""
    return [(p.get_label(), round(p.get_linewidth(), 6), to_hex(p.get_edgecolor())) for p in ax.patches]


def test_a_flow():
    """Arcs say flow and capacity, full ones are of another colour, nodes say what they send and cost."""
    shipping = freight()
    assert shipping.solve().objective == 30
    ax = shipping.plot()
    texts = said(ax)
    assert sorted(text for text in texts if text[0].isdigit()) == ["1", "1/9", "3/3", "4/4", "4/9"]
    assert {"mine", "mill", "depot", "port"} <= set(texts)
    prices = shipping.price
    notes = ["sends 8\nprice {mine:g}", "price {mill:g}", "price {depot:g}", "receives 8\nprice {port:g}"]
    assert {note.format(**prices) for note in notes} <= set(texts)
    assert title(ax) == ["optimal, objective 30"]
    drawn = arrows(ax)
    assert sorted(label for label, *_ in drawn) == ["at capacity", "at capacity", "flow", "flow", "flow"]
    assert {color for label, _, color in drawn if label == "at capacity"} == {"#d55e00"}
    assert sorted(width for _, width, _ in drawn) == pytest.approx([1.6, 1.6, 3.2, 4, 4])  # 0.8 + 3.2 flow / 4
    assert overlapping(ax) == []


def test_a_flow_that_is_not_known():
    """Before it is solved arcs have capacities and nodes demands; an infeasible one says so."""
    shipping = freight()
    ax = shipping.plot()
    assert title(ax) == ["not solved"]
    assert {"has 8", "needs 8", "≤ 9", "≤ 4", "≤ 3"} <= set(said(ax))
    assert {label for label, *_ in arrows(ax)} == {"without flow"}
    shipping.lp.add_constraint(shipping.arc["mine", "port"] + shipping.arc["mill", "port"] >= 8)
    shipping.solve()
    assert title(shipping.plot()) == ["infeasible"]
    assert {"has at most 8", "needs at least 8"} <= set(said(freight(disposal=True).plot()))


def test_axes_that_are_none():
    """A number, a figure, or axes that are round are not what is drawn on."""
    figure = Figure()
    for draw in (plan().plot, plan().spy, freight().plot):
        for ax in (3, figure, [figure.add_subplot()], figure.add_subplot(projection="polar")):
            with pytest.raises(InvalidValue, match="ax must be plain matplotlib axes"):
                draw(ax=ax)


def test_a_history_that_is_none():
    """What is no event, or no solution, is said to be none."""
    event = Progress("branch and cut", 0.1, bound=20.0)
    solution = plan().solve()
    for history in (None, [1, 2], "abc", solution, [event, None]):
        with pytest.raises(InvalidValue, match=r"history = \[\], then lp.solve"):
            plots.search_progress(history)
    with pytest.raises(InvalidValue, match="what lp"):
        plots.search_progress([event], "x")


def test_a_cut():
    """The two sides have a colour each, and what is cut is drawn as full; before it is solved the ends are known."""
    arcs = ["s", "s", "a", "a", "b", "c"], ["a", "b", "b", "c", "t", "t"]
    cut = MinimumCut(arcs, "s", "t", capacity=[4, 2, 3, 1, 3, 9])
    assert title(cut.plot()) == ["not solved"] and {"source", "sink", "≤ 9"} <= set(said(cut.plot()))
    cut.solve()
    ax = cut.plot()
    assert title(ax) == ["optimal, objective 4"]
    assert sorted(text for text in said(ax) if "/" in text) == ["0/2", "0/3", "0/4", "0/9", "1/1", "3/3"]
    colors = {text.get_text(): text.get_bbox_patch().get_facecolor() for text in ax.texts if text.get_bbox_patch()}
    assert colors["s"] == colors["a"] == colors["b"] != colors["c"] == colors["t"]
    assert sorted(label for label, *_ in arrows(ax)) == ["at capacity"] * 2 + ["without flow"] * 4
    assert cut.plot(pos={node: (k, 0) for k, node in enumerate("sabct")}).texts
    with pytest.raises(InvalidValue, match="has no position"):
        cut.plot(pos={"s": (0, 0)})


def test_positions():
    """Layers from the left to the right; or where they are given."""
    shipping = freight()
    ax = shipping.plot()
    place = {text.get_text(): text.get_position() for text in ax.texts}
    assert [place[node][0] for node in ("mine", "mill", "depot", "port")] == [0, 1, 2, 3]
    given = {"mine": (0, 0), "mill": (5, 1), "depot": (5, -1), "port": (9, 0)}
    ax = shipping.plot(pos=given)
    place = {text.get_text(): text.get_position() for text in ax.texts}
    assert {node: place[node] for node in given} == given
    with pytest.raises(InvalidValue, match="'depot' has no position"):
        shipping.plot(pos={node: given[node] for node in ("mine", "mill", "port")})
    with pytest.raises(InvalidValue, match="'mill' must be a pair of numbers, not 5"):
        shipping.plot(pos={**given, "mill": 5})
    with pytest.raises(InvalidValue, match="attribute 'place'"):
        shipping.plot(pos="place")
    with pytest.raises(InvalidValue, match="must be a mapping"):
        shipping.plot(pos=[(0, 0)] * 4)


def test_positions_of_networkx():
    """Its layouts are taken as they are, and attributes of nodes by name."""
    nx = pytest.importorskip("networkx", reason="networkx is not installed")
    graph = nx.DiGraph()
    graph.add_edge("a", "b", capacity=2, weight=1)
    graph.add_node("a", demand=-1, pos=(3, 4))
    graph.add_node("b", demand=1, pos=(5, 6))
    flow = MinimumCostFlow(graph)
    layout = nx.circular_layout(graph)
    for pos, expected in (("pos", {"a": (3, 4), "b": (5, 6)}), (layout, layout)):
        place = {text.get_text(): text.get_position() for text in flow.plot(pos=pos).texts}
        assert place["a"] == pytest.approx(tuple(expected["a"]))
        assert place["b"] == pytest.approx(tuple(expected["b"]))


def test_an_arc_keeps_clear_of_other_nodes():
    """Where the straight line leads through a node, the arc is bent."""
    flow = MinimumCostFlow((["a", "b", "a"], ["b", "c", "c"]), demand={"a": -3, "c": 3}, capacity=[1, 1, 3])
    ax = flow.plot(pos={"a": (0, 0), "b": (1, 0), "c": (2, 0)})
    node = ax.transData.transform((1, 0))
    reach = [
        min(
            hypot(*(point - node)) for point in p.get_transform().transform_path(p.get_path()).interpolated(40).vertices
        )
        for p in ax.patches
    ]
    assert sorted(reach)[2] > 20  # pixels; the other two end there


def test_arcs_between_the_same_nodes_part():
    """Parallel ones, opposite ones, and one that leads back to its node."""
    ends = ["a", "a", "b", "b"], ["b", "b", "a", "b"]
    flow = MinimumCostFlow(ends, demand={"a": -3, "b": 3}, capacity=[2, 2, 2, 5], weight=[1, 2, 1, -1])
    assert flow.solve().objective == -1
    ax = flow.plot()
    ways = {tuple(p.get_transform().transform_path(p.get_path()).vertices[1].round(2)) for p in ax.patches}
    assert len(ways) == len(ax.patches) == 3
    assert "_at capacity" in labels(ax)
    assert overlapping(ax) == []


def test_an_undirected_graph():
    """An edge is drawn once, the way that it is used."""
    nx = pytest.importorskip("networkx", reason="networkx is not installed")
    graph = nx.path_graph(4)
    path = ShortestPath(graph, 3, 1)
    path.solve()
    ax = path.plot()
    assert sorted(label for label, *_ in arrows(ax)) == ["flow", "flow", "without flow"]
    assert {"sends 1\nprice 0", "receives 1\nprice 2"} & set(said(ax)) or "1" in said(ax)
    assert len(ax.patches) == 3


def test_a_large_network_has_no_texts():
    """Nodes are points, arcs are lines."""
    count = 100
    ends = list(range(count - 1)), list(range(1, count))
    flow = MinimumCostFlow(ends, demand=[-1] + [0] * (count - 2) + [1])
    flow.solve()
    ax = flow.plot()
    assert said(ax) == []
    assert len(ax.patches) == count - 1


def test_other_flows():
    """From source to sink, of one of several goods, without prices where there are integers."""
    pipes = MaximumFlow((["s", "s", "a", "b"], ["a", "b", "t", "t"]), "s", "t", capacity=[4, 2, 3, 5])
    pipes.solve()
    notes = {text.split("\n")[0] for text in said(pipes.plot())}
    assert {"sends 5", "receives 5", "3/4", "2/2", "3/3", "2/5"} <= notes
    roads = ["a", "a", "b", "c"], ["b", "c", "c", "b"]
    both = MulticommodityFlow(roads, {"oil": ("a", "b", 3), "gas": {"a": -2, "c": 2}}, capacity=4, weight=[1, 2, 1, 1])
    both.solve()
    assert {"sends 3", "receives 3"} <= {text.split("\n")[0] for text in said(both.commodity["oil"].plot())}
    shipping = freight()
    for x in shipping.x:
        x.integer = True
    shipping.solve()
    assert "sends 8" in said(shipping.plot())


def test_two_sides():
    """Sources at the left, sinks at the right, also where their names are the same."""
    goods = Transportation([[4, 6, 9], [5, 3, 2]], supply=[10, 10], demand=[6, 8, 5])
    assert goods.solve().objective == 67  # 4 * 6 + 6 * 3 + 3 * 5 + 2 * 5
    ax = goods.plot()
    assert sorted(text for text in said(ax) if text in "01236789") == ["0", "0", "1", "1", "2", "3", "6"]
    assert {"sends 9\nprice 0", "sends 10\nprice -3", "receives 8\nprice 6"} <= set(said(ax))
    assert sorted(label for label, *_ in arrows(ax)) == ["flow"] * 4 + ["without flow"] * 2
    work = Assignment([[4, 1, 3], [2, 3, 5]])
    assert {"has at most 1", "has 1"} & set(said(work.plot()))
    work.solve()
    ax = work.plot()
    assert sum(label == "flow" for label, *_ in arrows(ax)) == 2


# ---- examples
@pytest.mark.parametrize("thing", [LinearProgram.plot, LinearProgram.spy, Flow.plot, plots.search_progress])
def test_the_examples_of_the_docstrings(thing):
    """They are left out of the other doctests, which run without matplotlib, too."""
    (found,) = doctest.DocTestFinder(recurse=False).find(thing, thing.__name__, globs={})
    skipped = [example for example in found.examples if example.options.pop(doctest.SKIP, None)]
    assert skipped
    assert doctest.DocTestRunner().run(found).failed == 0

"""Pictures: of a program of two variables, of the matrix, of the search, of a flow.  The only import of matplotlib.

All of them draw on the axes that they are given, or on a figure of their own, and return the axes.  Nothing goes
through `matplotlib.pyplot`: no window opens, no state is kept.

    lp.plot().figure.savefig("region.svg")      # in a notebook:  %matplotlib inline, then  lp.plot().figure
    lp.spy(ax)

Colours tell apart for every kind of sight; text, frame and background are those of matplotlib's style, dark or light.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, groupby
from math import atan2, ceil, cos, degrees, floor, hypot, inf, sin
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from pplp.core.constraints import ConstantConstraint
from pplp.core.relations import show_row
from pplp.display.region import Region, View
from pplp.errors import ExtraMissing, InvalidValue, NoSolution, OptionError
from pplp.ground.loading import whole_import

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.answers.solvable import Solvable
    from pplp.core.expressions import Variable
    from pplp.engines.progress import Progress
    from pplp.form.matrix_form import MatrixForm

__all__ = ["Arc", "matrix_plot", "network_plot", "region_plot", "search_progress"]

# The palette of Okabe and Ito.
_BLUE, _ORANGE, _VERMILION, _GREEN = "#0072B2", "#E69F00", "#D55E00", "#009E73"
_GREY = "#808080"
_SMALL = 8.5

_Pixel = tuple[float, float]


def _axes(ax: Any, width: float, height: float) -> Any:
    """The axes given, or those of a new figure of this size in inches."""
    if ax is not None:
        if getattr(ax, "name", None) != "rectilinear":  # such as a figure, or axes that are polar or 3D
            raise InvalidValue(
                f"ax must be plain axes of matplotlib, such as plt.subplots()[1], not {ax!r}. Or leave it out."
            )
        return ax
    try:
        with whole_import():
            from matplotlib.figure import Figure
    except ImportError as error:
        raise ExtraMissing(
            f'Pictures need matplotlib ({error}). Install it with: python -m pip install "pplp[plot]"'
        ) from error
    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def _titled(ax: Any, *lines: str) -> None:
    """A title at the left; names in it are no formulas."""
    ax.set_title("\n".join(filter(None, lines)), loc="left", fontsize=10, parse_math=False)


def _bare(ax: Any) -> None:
    ax.spines[["top", "right"]].set_visible(False)


def _short(text: str, most: int = 48) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _number(value: float) -> str:
    return f"{value:.6g}"


# ------------------------------------------------------------------------------------------------ room for labels
class _Room:
    """What is drawn on the page, in pixels, so that labels keep clear of it."""

    def __init__(self, ax: Any) -> None:
        ax.figure.draw_without_rendering()  # the layout settles
        self._ax = ax
        self.dot = ax.figure.dpi / 72
        box = ax.get_window_extent()
        self.box: tuple[float, float, float, float] = (box.x0, box.x1, box.y0, box.y1)
        self._segments: list[tuple[_Pixel, _Pixel, float]] = []

    def at(self, x: float, y: float) -> _Pixel:
        """The pixel of a point of the data."""
        across, up = self._ax.transData.transform((x, y))
        return float(across), float(up)

    def take(self, ends: Sequence[_Pixel], clearance: float = 0.0) -> None:
        """Somebody draws a segment here; labels keep so many points away from it."""
        self._segments.append((ends[0], ends[-1], clearance * self.dot))

    def strip(self, middle: _Pixel, text: str, size: float, angle: float = 0.0) -> tuple[_Pixel, _Pixel, float]:
        """The middle line of a text there, and half its height."""
        lines = text.split("\n")
        half = 0.28 * size * max(map(len, lines)) * self.dot
        along = half * cos(angle), half * sin(angle)
        ends = (middle[0] - along[0], middle[1] - along[1]), (middle[0] + along[0], middle[1] + along[1])
        return *ends, 0.62 * size * len(lines) * self.dot

    def out(self, x: float, y: float, margin: float = 0.0) -> float:
        """How far a pixel is out of the axes, or nearer to their frame than `margin`."""
        left, right, bottom, top = self.box
        return max(left + margin - x, x + margin - right, bottom + margin - y, y + margin - top, 0.0)

    def cost(self, start: _Pixel, end: _Pixel, half: float) -> float:
        """How much a label in this strip would cover, or stand out of the axes."""
        count = max(2, int(hypot(end[0] - start[0], end[1] - start[1]) / (6 * self.dot)))
        total = 0.0
        for k in range(count + 1):
            x = start[0] + (end[0] - start[0]) * k / count
            y = start[1] + (end[1] - start[1]) * k / count
            total += 4 * self.out(x, y, half)
            for p, q, clearance in self._segments:
                total += max(0.0, half + clearance + 2 * self.dot - _distance((x, y), p, q))
        return total / (count + 1)


def _distance(point: _Pixel, start: _Pixel, end: _Pixel) -> float:
    """From a point to a segment."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy
    share = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / square if square else 0.0
    share = min(1.0, max(0.0, share))
    return hypot(point[0] - start[0] - share * dx, point[1] - start[1] - share * dy)


def _put(ax: Any, pixel: _Pixel, text: str, **style: Any) -> Any:
    """A text around a pixel, that stays with the data there."""
    x, y = ax.transData.inverted().transform(pixel)
    style = {"ha": "center", "va": "center", "fontsize": _SMALL, "parse_math": False, **style}
    return ax.text(float(x), float(y), text, **style)


def _halo(ax: Any, width: float = 3.0) -> list[Any]:
    """A rim of the background's colour, which keeps text readable over lines."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=width, foreground=ax.get_facecolor())]


# ------------------------------------------------------------------------------------------- two variables
class _Line(NamedTuple):
    """``lower <= a x + b y <= upper``, with the labels of its two borders."""

    a: float
    b: float
    lower: float
    upper: float
    labels: tuple[str, str]

    def borders(self) -> list[tuple[float, int, str]]:
        """(value, the side on which points are outside, label) of each border."""
        if self.lower == self.upper:
            return [(self.upper, 1, self.labels[1])]
        both = (self.lower, -1, self.labels[0]), (self.upper, 1, self.labels[1])
        return [border for border in both if -inf < border[0] < inf]


def region_plot(program: Solvable, ax: Any = None, sense: Optional[str] = None) -> Any:
    """Region, constraints, integer points, objective, optimum of two variables.  See `LinearProgram.plot`."""
    x, y = _two_of(program)
    fixed = {v._index: v.lb for v in program.variables if v not in (x, y)}
    solution = _current(program)
    sense = sense or (solution.sense if solution is not None else program.sense)
    if sense not in ("minimize", "maximize"):
        raise OptionError(f"The sense must be 'minimize' or 'maximize', not {sense!r}.")
    lines = _lines(program, x, y, fixed)
    region = Region(line[:4] for line in lines)
    optimum = None
    if solution is not None and solution.has_solution:
        optimum = float(solution[x]), float(solution[y])
    view = _view(region, lines, [optimum] if optimum else [], (x.integer, y.integer))

    ax = _axes(ax, 6.4, 4.8)
    ax.set_xlim(view.left, view.right)
    ax.set_ylim(view.bottom, view.top)
    ax.set_xlabel(_short(x.name), parse_math=False)
    ax.set_ylabel(_short(y.name), parse_math=False)
    _bare(ax)
    borders = [(line, *border) for line in lines for border in line.borders()]
    ends = [Region([]).chord(view, line.a, line.b, value) for line, value, _, _ in borders]
    hidden = [label for (*_, label), seen in zip(borders, ends) if label and len(seen) < 2]
    costs = program._cost_of(x), program._cost_of(y)
    slice_of = ", ".join(f"{program._columns.label(j)} = {_number(value)}" for j, value in fixed.items())
    _titled(
        ax,
        _short(f"{sense} {program.objective}", 72) if any(costs) else "no objective",
        f"where {_short(slice_of, 66)}" if fixed else "",
        _said(region, solution),
        f"not in the picture: {_short(', '.join(hidden), 54)}" if hidden else "",
    )
    room = _Room(ax)
    _draw_region(ax, region, view)
    _draw_lattice(ax, region, view, x.integer, y.integer)
    for (*_, label), seen in zip(borders, ends):
        if len(seen) == 2:
            style = {"linewidth": 1.1, "alpha": 0.9} if label else {"linewidth": 0.8, "alpha": 0.5}
            ax.plot(*zip(*seen), color=_GREY, zorder=2, label=label or "_bound", **style)
            room.take([room.at(*end) for end in seen])
    _draw_objective(ax, room, region, view, costs, sense, optimum)
    if optimum is not None and solution is not None:
        word = "optimum" if solution.is_optimal else "best point found"
        _draw_optimum(ax, room, optimum, word, (x, y), program.value(program.objective))
    for (line, _, side, label), seen in sorted(zip(borders, ends), key=lambda pair: -len(pair[0][3])):
        if label and len(seen) == 2:
            _label_line(ax, room, line, side, _short(label, 36), [room.at(*end) for end in seen])
    return ax


def _two_of(program: Solvable) -> tuple[Variable, Variable]:
    """The two variables of the picture; raises `InvalidValue` where there are more, or fewer."""
    variables = program.variables
    free = variables if len(variables) == 2 else [v for v in variables if v.lb != v.ub]
    if len(free) == 2:
        return free[0], free[1]
    count = f"{len(free)} variable{'s' * (len(free) != 1)} that may vary"
    names = f": {', '.join(_short(v.name, 20) for v in free[:4])}{', ...' * (len(free) > 4)}" if free else ""
    remedy = (
        "Give it two" if len(free) < 2 else "For a slice set .lb and .ub of all but two, in lp.copy(), to one value"
    )
    raise InvalidValue(f"A picture has two axes, and {program._title()} has {count}{names}. {remedy}; or see lp.spy().")


def _current(program: Solvable) -> Optional[Solution]:
    """The solution, if it is of the program as it is now."""
    try:
        return program._current("picture")
    except NoSolution:
        return None


def _lines(program: Solvable, x: Variable, y: Variable, fixed: Mapping[int, float]) -> list[_Line]:
    """Every constraint and every own bound of the two variables."""
    lines = []
    for constraint in program.constraints:
        if isinstance(constraint, ConstantConstraint):
            continue
        terms = dict(zip(*constraint.expression._parts()[:2]))
        shift = sum(a * fixed[j] for j, a in terms.items() if j in fixed)
        lower, upper = constraint.lb, constraint.ub
        store, row = constraint._store(), constraint._row
        name, text = store.names.get(row), repr(constraint.expression)
        if -inf < lower < upper < inf:
            labels = f"{name or text} >= {_number(lower)}", f"{name or text} <= {_number(upper)}"
        else:
            labels = (name or show_row(text, lower, upper),) * 2
        a, b = terms.get(x._index, 0.0), terms.get(y._index, 0.0)
        lines.append(_Line(a, b, lower - shift, upper - shift, labels))
    columns = program._columns
    for variable, (a, b) in ((x, (1.0, 0.0)), (y, (0.0, 1.0))):
        lower, upper = columns.lower[variable._index], columns.upper[variable._index]
        labels = f"{variable.name} >= {_number(lower)}" if lower else "", f"{variable.name} <= {_number(upper)}"
        if lower == upper:
            labels = "", f"{variable.name} == {_number(upper)}"
        lines.append(_Line(a, b, lower, upper, labels))
    return lines


def _view(region: Region, lines: Sequence[_Line], marks: Sequence[_Pixel], integer: tuple[bool, bool]) -> View:
    """What is shown: the corners of the region, with a margin, and more of it where it has no end."""
    points = [*region.corners, *marks] or _crossings(lines) or [(0.0, 0.0)]
    ends = [(min(along), max(along)) for along in zip(*points)]
    spans = [high - low for low, high in ends]
    sides: list[float] = []
    for k, (low, high) in enumerate(ends):
        span = spans[k] or spans[1 - k] or max(2.0, abs(low) / 2)
        more = max(0.7 * span, 3.0 * integer[k])  # of integers some points are to be seen
        beyond = [more if region.open_sides[2 * k + end] else 0.0 for end in (0, 1)]
        below = 0.06 if low == 0 and not beyond[0] and spans[k] else 0.15
        sides += [low - beyond[0] - below * span, high + beyond[1] + 0.22 * span]
    return View(*sides)


def _crossings(lines: Sequence[_Line], most: int = 60) -> list[_Pixel]:
    """Where lines cross each other, or the nearest to the origin where none do: of an empty region, or a half plane."""
    borders = [(line.a, line.b, value) for line in lines for value, *_ in line.borders() if line.a or line.b][:most]
    found = []
    for (a, b, c), (d, e, f) in combinations(borders, 2):
        determinant = a * e - b * d
        if abs(determinant) > 1e-9 * hypot(a, b) * hypot(d, e):
            found.append(((c * e - b * f) / determinant, (a * f - c * d) / determinant))
    return found or [(a * c / (a * a + b * b), b * c / (a * a + b * b)) for a, b, c in borders]


def _said(region: Region, solution: Optional[Solution]) -> str:
    """What the region is, where it is not a polygon."""
    if region.is_empty:
        return "no point satisfies all constraints"
    if not region.is_bounded:
        words = [word for word, is_open in zip(("left", "right", "below", "above"), region.open_sides) if is_open]
        return f"the region goes on for ever: {', '.join(words)}"
    if solution is not None and not solution.has_solution:
        return str(solution.status)
    return ""


def _draw_region(ax: Any, region: Region, view: View) -> None:
    """The part that is seen: an area, a segment or a point."""
    corners = region.within(view)
    if len(corners) > 2:
        from matplotlib.patches import Polygon

        ax.add_patch(Polygon(corners, facecolor=_BLUE, alpha=0.17, edgecolor="none", zorder=1, label="feasible region"))
        for k, corner in enumerate(corners):
            edge = list(zip(corners[k - 1], corner))
            if not any(a == b and a in (view[2 * i], view[2 * i + 1]) for i, (a, b) in enumerate(edge)):
                ax.plot(*edge, color=_BLUE, alpha=0.65, linewidth=1.4, zorder=2.5, label="_rim")
    elif corners:
        marker = "o" if len(corners) == 1 else None
        ax.plot(*zip(*corners), color=_BLUE, linewidth=3.5, marker=marker, zorder=2.5, label="feasible region")


def _draw_lattice(ax: Any, region: Region, view: View, x_integer: bool, y_integer: bool, most: int = 2500) -> None:
    """The points that integer variables leave of the region, as far as they can be told apart."""
    xs = range(ceil(view.left), floor(view.right) + 1) if x_integer else range(0)
    ys = range(ceil(view.bottom), floor(view.top) + 1) if y_integer else range(0)
    size = 18.0 if len(xs) * len(ys) <= 400 else 7.0
    if x_integer and y_integer and len(xs) * len(ys) <= most:
        points = [(i, j) for i in xs for j in ys]
        for inside, color, area, label in ((True, _BLUE, size, "feasible"), (False, _GREY, size / 4, "infeasible")):
            some = [point for point in points if region.has(*point) is inside]
            if some:
                style = {"s": area, "color": color, "alpha": 1.0 if inside else 0.45, "linewidths": 0}
                ax.scatter(*zip(*some), **style, zorder=2.7 if inside else 1.5, label=f"{label} integer points")
    elif x_integer is not y_integer and len(xs) + len(ys) <= 200:
        label = "feasible integer points"
        for k in xs or ys:
            chord = region.chord(view, float(x_integer), float(y_integer), float(k))
            if chord:
                marker = "o" if len(chord) == 1 else None
                ax.plot(*zip(*chord), color=_BLUE, linewidth=1.6, marker=marker, markersize=4, zorder=2.7, label=label)
                label = "_more"


def _draw_objective(
    ax: Any, room: _Room, region: Region, view: View, costs: _Pixel, sense: str, optimum: Optional[_Pixel]
) -> None:
    """An arrow to where the objective gets better, at a right angle to the level line on the page."""
    if not any(costs):
        return
    corners = region.within(view)
    shown = corners or [(view.left, view.bottom), (view.right, view.top)]
    x, y = optimum or (sum(x for x, _ in shown) / len(shown), sum(y for _, y in shown) / len(shown))
    level = Region([]).chord(view, *costs, costs[0] * x + costs[1] * y)
    if len(level) == 2 and (optimum or corners):
        ax.plot(*zip(*level), color=_VERMILION, linewidth=1.2, linestyle=(0, (5, 3)), zorder=3, label="level line")
    origin, right, up = room.at(0, 0), room.at(1, 0), room.at(0, 1)
    pull = costs[0] / (right[0] - origin[0]), costs[1] / (up[1] - origin[1])
    sign = (1 if sense == "maximize" else -1) / hypot(*pull)
    length = 0.12 * min(room.box[1] - room.box[0], room.box[3] - room.box[2])
    step = sign * length * pull[0], sign * length * pull[1]
    ends = [room.at(*end) for end in level] if len(level) == 2 else [room.at(x, y)] * 2
    (px, py), (qx, qy) = ends
    shares = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88)
    tails = [room.at(x, y), *((px + share * (qx - px), py + share * (qy - py)) for share in shares)]
    tail = min(tails, key=lambda tail: room.out(tail[0] + step[0], tail[1] + step[1]))
    tip = tail[0] + step[0], tail[1] + step[1]
    start, end = (tuple(ax.transData.inverted().transform(pixel).tolist()) for pixel in (tail, tip))
    arrow = {"arrowstyle": "-|>", "color": _VERMILION, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops=arrow, zorder=4, annotation_clip=False).set_label("objective")
    room.take([tail, tip], 4)
    if len(level) == 2:
        room.take(ends)


def _draw_optimum(
    ax: Any, room: _Room, point: _Pixel, word: str, variables: Sequence[Variable], objective: float
) -> None:
    """A mark, and the values beside it where there is most room."""
    ax.scatter(*([value] for value in point), s=46, color=_VERMILION, zorder=5, clip_on=False, label=word)
    names = [f"{_short(v.name, 24)} = {_number(value)}" for v, value in zip(variables, point)]
    text = "\n".join([word, *names, f"objective {_number(objective)}"])
    pixel = room.at(*point)
    start, end, half = room.strip(pixel, text, _SMALL)
    wide, room_for = end[0] - pixel[0] + 9 * room.dot, []
    for across in (1.0, -1.0, 0.0):
        for up in (0.0, 1.0, -1.0, 0.5, -0.5):
            if across or abs(up) == 1:
                shift = across * wide, up * (half + 9 * room.dot)
                strip = (start[0] + shift[0], start[1] + shift[1]), (end[0] + shift[0], end[1] + shift[1])
                room_for.append((room.cost(*strip, half), strip))
    _, (start, end) = min(room_for)
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    _put(ax, middle, text, zorder=6, path_effects=_halo(ax), linespacing=1.25)
    for shift_up in (-0.6, 0.0, 0.6):
        room.take([(start[0], start[1] + shift_up * half), (end[0], end[1] + shift_up * half)], 4)
    room.take([pixel, pixel], 6)


def _label_line(
    ax: Any, room: _Room, line: _Line, side: int, label: str, ends: Sequence[_Pixel], gap: float = 8.0
) -> None:
    """The name of a constraint along its line, outside of the region where there is room."""
    (px, py), (qx, qy) = sorted(ends)
    angle = atan2(qy - py, qx - px)
    if degrees(angle) < -89.9:
        angle = -angle
    origin, right, up = room.at(0, 0), room.at(1, 0), room.at(0, 1)
    normal = side * line.a / (right[0] - origin[0]), side * line.b / (up[1] - origin[1])
    size = hypot(*normal)
    outward = normal[0] / size * gap * room.dot, normal[1] / size * gap * room.dot
    best: tuple[float, _Pixel] = (inf, (px, py))
    for way in (1, -1):
        for k in range(2, 39):
            share = k / 40
            middle = px + share * (qx - px) + way * outward[0], py + share * (qy - py) + way * outward[1]
            start, end, half = room.strip(middle, label, _SMALL, angle)
            half *= 0.8
            cost = room.cost(start, end, half) + (1.5 if way < 0 else 0.0) + abs(share - 0.5)
            best = min(best, (cost, middle))
    text = _put(
        ax, best[1], label, rotation=degrees(angle), rotation_mode="anchor", color=_GREY, path_effects=_halo(ax, 2.5)
    )
    text.set_zorder(4)
    start, end, _ = room.strip(best[1], label, _SMALL, angle)
    room.take([start, end], 6)


# ------------------------------------------------------------------------------------------- the matrix
#: Up to so many rows, and so many columns, each coefficient is seen by itself.
_CELLS = 400
#: Up to so many are named.
_NAMED = 30


def matrix_plot(program: Solvable, ax: Any = None) -> Any:
    """Where the matrix has coefficients.  See `LinearProgram.spy`."""
    form = program.compile()
    ax = _axes(ax, *(min(most, max(1.0, 0.42 * n) + 2.2) for n, most in ((form.columns, 6.8), (form.rows, 6.2))))
    is_small = form.rows <= _CELLS and form.columns <= _CELLS
    integers = sum(form.integer)
    equalities = [low == high for low, high in zip(form.row_lower, form.row_upper)]
    _titled(
        ax,
        ", ".join(
            _counted(count, what)
            for count, what in ((form.rows, "row"), (form.columns, "column"), (form.nonzeros, "coefficient"))
        ),
        ", ".join(
            _counted(count, what)
            for count, what in ((integers, "integer column"), (sum(equalities), "equality row"))
            if count
        ),
    )
    cells = (_draw_signs if is_small else _draw_density)(ax, form)
    ax.set_xlim(-0.04 * form.columns if any(equalities) else 0, max(1, form.columns))
    ax.set_ylim(max(1, form.rows), -0.04 * form.rows if integers else 0)
    ax.set_xlabel("columns")
    ax.set_ylabel("rows")
    ax.spines[:].set_color(_GREY)
    ax.tick_params(length=0, labelsize=_SMALL)
    for counted, names, axis in (
        (form.columns, [_short(v.name, 16) for v in program.variables], ax.xaxis),
        (form.rows, [_short(c.name, 16) for c in program.constraints[: form.rows]], ax.yaxis),
    ):
        if 0 < counted <= _NAMED:
            axis.set_ticks([k + 0.5 for k in range(counted)], names[:counted], parse_math=False)
        else:
            from matplotlib.ticker import MaxNLocator

            axis.set_major_locator(MaxNLocator(6, integer=True))
    if 0 < form.columns <= _NAMED and max(len(v.name) for v in program.variables) * form.columns > 60:
        ax.tick_params(axis="x", rotation=90)
    handles = [*cells, *_draw_marks(ax, form, equalities)]
    if handles:
        ax.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(1.02, 1.0),
            frameon=False,
            fontsize=_SMALL,
            handlelength=1,
        )
    return ax


def _draw_signs(ax: Any, form: MatrixForm) -> list[Any]:
    """A square for each coefficient: one colour for each sign."""
    from matplotlib.collections import PolyCollection

    rim = 0.06 if max(form.rows, form.columns) <= 60 else 0.0
    drawn = []
    for label, color, sign in (("positive", _BLUE, 1), ("negative", _VERMILION, -1)):
        squares = []
        for i in range(form.rows):
            for j, value in zip(*form.row(i)):
                if value * sign > 0:
                    a, b, c, d = j + rim, j + 1 - rim, i + rim, i + 1 - rim
                    squares.append([(a, c), (b, c), (b, d), (a, d)])
        if squares:
            found = PolyCollection(squares, facecolor=color, edgecolor="none", zorder=2, label=label)
            drawn.append(ax.add_collection(found, autolim=False))
    return drawn


def _draw_density(ax: Any, form: MatrixForm) -> list[Any]:
    """Of a big matrix: how many coefficients there are in each cell of a grid."""
    from matplotlib.colors import LogNorm

    down, across = (min(_CELLS, max(1, count)) for count in (form.rows, form.columns))
    counts = [[0] * across for _ in range(down)]
    starts, indices, columns = form.starts, form.indices, form.columns
    for i in range(form.rows):
        row = counts[i * down // form.rows]
        for k in range(starts[i], starts[i + 1]):
            row[indices[k] * across // columns] += 1
    area = (form.rows / down) * (form.columns / across)
    shares = [[count / area if count else float("nan") for count in row] for row in counts]
    found = [share for row in shares for share in row if share == share]
    most, least = max(found, default=1.0), min(found, default=1.0)
    picture = ax.imshow(
        shares,
        extent=(0, form.columns, form.rows, 0),
        aspect="auto",
        interpolation="nearest",
        cmap="viridis_r",
        norm=LogNorm(least, most if most > least else 2 * least),
        zorder=1,
    )
    ends = sorted({least, most})
    bar = ax.figure.colorbar(picture, ax=ax, location="bottom", shrink=0.45, aspect=30, anchor=(0.0, 1.0))
    bar.set_label("share of the entries that are not 0", fontsize=_SMALL)
    bar.set_ticks(ends, labels=[f"{end:.2g}" for end in ends])
    bar.minorticks_off()
    bar.ax.tick_params(labelsize=_SMALL)
    return []


def _draw_marks(ax: Any, form: MatrixForm, equalities: Sequence[bool]) -> list[Any]:
    """Bars above the integer columns, and to the left of the equality rows."""
    from matplotlib.collections import PolyCollection

    wide, high = -0.04 * form.columns, -0.04 * form.rows
    drawn = []
    for flags, color, label in ((form.integer, _GREEN, "integer column"), (equalities, _ORANGE, "equality row")):
        bars: list[list[_Pixel]] = []
        place = 0
        for flag, members in groupby(flags):
            a, b = place, place + len(list(members))
            if flag and label == "integer column":
                bars.append([(a, 0.75 * high), (b, 0.75 * high), (b, 0.2 * high), (a, 0.2 * high)])
            elif flag:
                bars.append([(0.75 * wide, a), (0.75 * wide, b), (0.2 * wide, b), (0.2 * wide, a)])
            place = b
        if bars:
            found = PolyCollection(bars, facecolor=color, edgecolor="none", zorder=2, label=label)
            drawn.append(ax.add_collection(found, autolim=False))
    return drawn


# ------------------------------------------------------------------------------------------- the search
def _events(history: Any) -> list[Progress]:
    """The events, each of which is one."""
    from pplp.engines.progress import Progress

    try:
        events = list(history)
    except TypeError:
        events = [history]
    for event in events:
        if not isinstance(event, Progress):
            raise InvalidValue(
                f"The history is a list of events of the type Progress, and {event!r} is none. Record it: "
                "history = [], then lp.solve(progress=history.append)."
            )
    return events


def search_progress(history: Iterable[Progress], solution: Optional[Solution] = None, ax: Any = None) -> Any:
    """Branch and cut over time: the best point found, the bound, and the gap between them.

    `history` are the events that a solve told: ``progress=history.append``.  They come at most ten times a second, so
    give the `solution` too: it is the end of the curves.  Of the events of several solves the last one is drawn.
    Returns matplotlib's axes: those given, or those of a new figure.

    Raises `InvalidValue` where neither tells of a bound or an integer point, and for what is neither; `ExtraMissing`
    without matplotlib.

    >>> from pplp import Progress
    >>> from pplp.display.region_plot import search_progress
    >>> history = [Progress("branch and cut", 0.1, bound=20.0),
    ...            Progress("branch and cut", 0.2, incumbent=12.0, bound=18.0),
    ...            Progress("branch and cut", 0.4, incumbent=15.0, bound=16.0, nodes=310)]
    >>> ax = search_progress(history)  # doctest: +SKIP
    >>> ax.get_title(loc="left")  # doctest: +SKIP
    'gap 6.67% after 0.4 s, 310 nodes'
    """
    points: list[tuple[float, Optional[float], Optional[float]]] = []
    nodes, before = 0, 0.0
    events = _events(history)
    from pplp.answers.solution import Solution

    if solution is not None and not isinstance(solution, Solution):
        raise InvalidValue(f"solution must be what lp.solve() returned, or left out, not {solution!r}.")
    for event in events:
        if event.seconds < before:
            points.clear()
        before = event.seconds
        if event.phase == "branch and cut" and (event.incumbent is not None or event.bound is not None):
            points.append((event.seconds, event.incumbent, event.bound))
            nodes = event.nodes
    if solution is not None and (solution.has_solution or solution.bound is not None):
        found = solution.objective if solution.has_solution else None
        points.append((max(before, solution.seconds), found, solution.bound))
        nodes = solution.nodes
    if not points:
        raise InvalidValue(
            "There is no event of branch and cut in the history. Record one with an integer program, "
            "solution = lp.solve(progress=history.append), and give the solution too: a short search tells nothing."
        )
    end, incumbent, bound = points[-1]
    ax = _axes(ax, 6.4, 3.8)
    both = [point for point in points if point[1] is not None and point[2] is not None]
    if both:
        ax.fill_between(*zip(*both), step="post", color=_GREY, alpha=0.18, linewidth=0, label="gap")
    for k, (label, color) in enumerate((("best point", _VERMILION), ("bound", _BLUE)), 1):
        known = [(point[0], point[k]) for point in points if point[k] is not None]
        if not known:
            continue
        times, values = zip(*known)
        ax.step(times, values, where="post", color=color, linewidth=1.8, label=label, zorder=3)
        news = [known[0], *(now for last, now in zip(known, known[1:]) if now[1] != last[1])]
        if k == 1 or len(known) == 1:
            ax.scatter(*zip(*news), s=16, color=color, zorder=4, label=f"_{label}")
        other = points[-1][3 - k]
        is_above = other is None or values[-1] > other or (values[-1] == other and k == 1)
        ax.annotate(
            f"{label} {_number(values[-1])}",
            (times[-1], values[-1]),
            xytext=(5, 2 if is_above else -2),
            textcoords="offset points",
            va="bottom" if is_above else "top",
            color=color,
            fontsize=_SMALL,
            annotation_clip=False,
        )
    ax.set_xlabel("seconds")
    ax.set_ylabel("objective")
    ax.margins(x=0.02, y=0.12)
    ax.set_xlim(left=0)
    ax.ticklabel_format(axis="y", useOffset=False)
    _bare(ax)
    gap = ""
    if incumbent is not None and bound is not None:
        gap = f"gap {abs(incumbent - bound) / max(1e-10, abs(incumbent)):.2%} "
    _titled(ax, f"{gap}after {end:.3g} s, {_counted(nodes, 'node')}")
    return ax


# ------------------------------------------------------------------------------------------- flows
class Arc(NamedTuple):
    """What is drawn of an arc: places of nodes, the flow (None where it is not known), its limits."""

    tail: int
    head: int
    amount: Optional[float]
    lower: float
    upper: float
    is_directed: bool = True


#: More nodes are points without names, more arcs lines without numbers.
_WRITTEN = 60
#: The radius of such a point.
_DOT = 2.5


def network_plot(
    nodes: Sequence[Any],
    notes: Sequence[str],
    surplus: Sequence[float],
    arcs: Sequence[Arc],
    places: Any,
    title: str,
    ax: Any,
) -> Any:
    """A network with what flows on it.

    `surplus` is what arrives at each node more than leaves, which colours it; `notes` stand under the nodes, and
    `places` are their positions.  An arc is as wide as its flow, and of another colour at its capacity.
    """
    width = max((x for x, _ in places), default=0.0) - min((x for x, _ in places), default=0.0)
    height = max((y for _, y in places), default=0.0) - min((y for _, y in places), default=0.0)
    ax = _axes(ax, 7.2, min(7.0, max(3.2, 7.2 * (height + 0.6) / (width + 1.0))))
    ax.set_axis_off()
    _titled(ax, title)
    ax.set_xlim(*_padded([x for x, _ in places], 0.1))
    ax.set_ylim(*_padded([y for _, y in places], 0.22))
    room = _Room(ax)
    is_written = len(nodes) <= _WRITTEN and len(arcs) <= 2 * _WRITTEN
    texts = [_short(str(node), 14) for node in nodes]
    at = [room.at(*place) for place in places]
    radii = []
    for text in texts:
        radii.append((max(9.0, 0.31 * 9 * len(text) + 5), 9.0) if is_written else (_DOT, _DOT))
    for pixel, (wide, high) in zip(at, radii):
        dot = room.dot
        room.take([(pixel[0] - (wide - high) * dot, pixel[1]), (pixel[0] + (wide - high) * dot, pixel[1])], high)
    most = max((abs(arc.amount) for arc in arcs if arc.amount), default=1.0)
    bends = _bends(arcs, at, radii, room)
    labels = []
    for arc, bend in sorted(zip(arcs, bends), key=lambda pair: abs(pair[0].amount or 0.0)):
        middle = _draw_arc(ax, room, arc, bend, places, at, radii, most)
        if is_written and arc.tail != arc.head:
            labels.append((arc, middle))
    for k, (x, y) in enumerate(places):
        color = _BLUE if surplus[k] < 0 else _GREEN if surplus[k] > 0 else _GREY
        if is_written:
            box = {"boxstyle": f"round,pad=0.45,rounding_size={0.9 if len(texts[k]) < 3 else 0.7}"}
            box.update(facecolor=color, edgecolor="none")
            ax.text(
                x,
                y,
                texts[k],
                ha="center",
                va="center",
                fontsize=9,
                color="white",
                bbox=box,
                zorder=5,
                parse_math=False,
            )
            if notes[k]:
                _note(ax, room, at[k], radii[k][1], notes[k])
        else:
            ax.scatter([x], [y], s=14, color=color, zorder=5)
    for arc, curve in labels:
        _label_arc(ax, room, arc, curve)
    return ax


def _note(ax: Any, room: _Room, pixel: _Pixel, high: float, text: str) -> None:
    """What there is to say of a node, below or above it."""
    size = _SMALL - 1
    reach = high + 3 + 0.62 * size * (text.count("\n") + 1)
    spots = [(pixel[0], pixel[1] - way * reach * room.dot) for way in (1, -1)]
    costs = [room.cost(*room.strip(spot, text, size)) + 2 * k for k, spot in enumerate(spots)]
    spot = spots[costs.index(min(costs))]
    _put(ax, spot, text, fontsize=size, zorder=6, linespacing=1.15, path_effects=_halo(ax))
    start, end, half = room.strip(spot, text, size)
    room.take([start, end], half / room.dot)


def _padded(values: Sequence[float], share: float) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=0.0)
    pad = share * (high - low) or 0.5
    return low - pad, high + pad


def _curve(start: _Pixel, end: _Pixel, bend: float) -> list[_Pixel]:
    """Points of the arc that matplotlib draws with ``arc3,rad=bend``."""
    control = (start[0] + end[0]) / 2 + bend * (end[1] - start[1]), (start[1] + end[1]) / 2 - bend * (end[0] - start[0])
    points = []
    for k in range(13):
        t = k / 12
        weights = (1 - t) ** 2, 2 * t * (1 - t), t * t
        across, up = (sum(w * p[i] for w, p in zip(weights, (start, control, end))) for i in (0, 1))
        points.append((across, up))
    return points


def _bends(arcs: Sequence[Arc], at: Sequence[_Pixel], radii: Sequence[_Pixel], room: _Room) -> list[float]:
    """How much each arc is bent, so that arcs between the same nodes part and none leads through a third node."""
    between: dict[frozenset[int], int] = {}
    for arc in arcs:
        ends = frozenset((arc.tail, arc.head))
        between[ends] = between.get(ends, 0) + 1
    taken: dict[tuple[int, int], int] = {}
    bends = []
    is_small = len(arcs) * len(at) <= 4 * _WRITTEN * _WRITTEN

    def covered(arc: Arc, bend: float) -> float:
        """How far the arc leads into other nodes."""
        path = _curve(at[arc.tail], at[arc.head], bend) if bend else [at[arc.tail], at[arc.head]]
        total = 0.0
        for k, node in enumerate(at):
            if k not in (arc.tail, arc.head):
                near = min(_distance(node, p, q) for p, q in zip(path, path[1:]))
                total += max(0.0, 1.6 * radii[k][0] * room.dot - near)
        return total

    for arc in arcs:
        way = arc.tail, arc.head
        rank = taken[way] = taken.get(way, -1) + 1
        is_alone = between[frozenset(way)] == 1
        if not is_alone:
            bends.append(0.16 + 0.2 * rank)
        elif not is_small or not covered(arc, 0.0):
            bends.append(0.0)
        else:
            bends.append(min((0.18, -0.18, 0.32, -0.32, 0.5, -0.5), key=lambda bend: covered(arc, bend) + abs(bend)))
    return bends


def _draw_arc(
    ax: Any, room: _Room, arc: Arc, bend: float, places: Any, at: Sequence[_Pixel], radii: Sequence[_Pixel], most: float
) -> list[_Pixel]:
    """An arrow between the rims of two nodes; returns points along it."""
    from matplotlib.patches import FancyArrowPatch

    amount = abs(arc.amount or 0.0)
    is_full = arc.amount is not None and arc.upper < inf and arc.amount >= arc.upper - 1e-9 * max(1.0, abs(arc.upper))
    color = _GREY if not amount else _VERMILION if is_full else _BLUE
    label = "without flow" if not amount else "at capacity" if is_full else "flow"
    is_written = radii[arc.tail][1] > _DOT
    width = (0.8 + 3.2 * amount / most if is_written else 0.8 + 1.4 * amount / most) if amount else 0.8
    if arc.tail == arc.head:
        from matplotlib.transforms import ScaledTranslation

        lift = ScaledTranslation(0, radii[arc.tail][1] / 72 + 7 / 72, ax.figure.dpi_scale_trans)
        ring = {"marker": "o", "markersize": 16, "fillstyle": "none", "linestyle": "", "markeredgewidth": width}
        x, y = places[arc.tail]
        ax.plot([x], [y], transform=ax.transData + lift, color=color, zorder=2, label=f"_{label}", **ring)
        return []
    path = _curve(at[arc.tail], at[arc.head], bend)
    shrink = [
        _rim(radii[node], path[inner][0] - at[node][0], path[inner][1] - at[node][1])
        for node, inner in ((arc.tail, 2), (arc.head, -3))
    ]
    arrow = FancyArrowPatch(
        tuple(places[arc.tail]),
        tuple(places[arc.head]),
        arrowstyle="-|>,head_length=0.36,head_width=0.2" if arc.is_directed or amount else "-",
        connectionstyle=f"arc3,rad={bend}",
        shrinkA=shrink[0],
        shrinkB=shrink[1] + width * bool(amount),
        mutation_scale=14 if is_written else 8,
        linestyle="-" if amount or arc.amount is None or not is_written else (0, (4, 3)),
        joinstyle="miter",
        capstyle="butt",
        label=label,
        color=color,
        linewidth=width,
        zorder=3 if amount else 2,
        alpha=0.9 if amount else 0.6 if is_written else 0.35,
    )
    ax.add_patch(arrow)
    for start, end in zip(path, path[1:]):
        room.take([start, end], width / 2)
    return path


def _rim(radii: _Pixel, dx: float, dy: float) -> float:
    """From the middle of a box to its rim, in this direction."""
    wide, high = radii
    length = hypot(dx, dy) or 1.0
    across, up = abs(dx) / length, abs(dy) / length
    return min(wide / across if across else inf, high / up if up else inf) + 1.0


def _label_arc(ax: Any, room: _Room, arc: Arc, path: Sequence[_Pixel]) -> None:
    """Flow and capacity, beside the middle of the arc or where there is room."""
    limit = f"/{_number(arc.upper)}" if arc.upper < inf else ""
    if arc.amount is None:
        text = f"{_number(arc.lower) + ' to' if arc.lower else '≤'} {limit[1:]}" if limit else ""
    else:
        text = f"{_number(arc.amount)}{limit}" if arc.amount or limit else ""
    if not text:
        return
    wide = 0.28 * _SMALL * len(text)
    best: tuple[float, _Pixel] = (inf, path[0])
    for k in (6, 5, 7, 4, 8, 3, 9):
        (ax_, ay), (bx, by) = path[k - 1], path[k + 1]
        length = hypot(bx - ax_, by - ay) or 1.0
        across, up = -(by - ay) / length, (bx - ax_) / length
        for way in (1, -1):
            gap = (abs(across) * wide + abs(up) * 0.6 * _SMALL + 4.5) * room.dot * way
            middle = path[k][0] + gap * across, path[k][1] + gap * up
            cost = room.cost(*room.strip(middle, text, _SMALL)) + 0.3 * abs(k - 6)
            best = min(best, (cost, middle))
    style = {"color": _GREY} if not arc.amount else {}
    _put(ax, best[1], text, zorder=6, path_effects=_halo(ax), **style)
    start, end, half = room.strip(best[1], text, _SMALL)
    room.take([start, end], half / room.dot)

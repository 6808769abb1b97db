"""The plot of a program of two variables: region, constraints, integer points, objective, optimum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import atan2, ceil, degrees, floor, hypot, inf
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from pplp.answers.solvable import current_solution
from pplp.core.constraints import ConstantConstraint
from pplp.core.expressions import parts_of
from pplp.core.handle import index_of, place_of, store_of
from pplp.core.owner import columns_of, cost_in, title_of
from pplp.core.relations import show_row
from pplp.core.sense import Sense
from pplp.display.axes import BLUE, GREY, SMALL, VERMILION, Pixel, Room, axes_for, bare, filled, halo, put, titled
from pplp.display.region import Region, View
from pplp.errors import InvalidValue, NoSolution
from pplp.ground.words import brief, counted, shortened

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.answers.solvable import Solvable
    from pplp.core.expressions import Variable

__all__ = ["region_plot"]

# Any: axes are those of matplotlib, which has no types here.


class _Line(NamedTuple):
    """``lower <= a x + b y <= upper``, with the labels of its two borders."""

    a: float
    b: float
    lower: float
    upper: float
    labels: tuple[str, str]

    def borders(self) -> list[tuple[float, int, str]]:
        """(value, the side on which points are outside, label) for each border."""
        if self.lower == self.upper:
            return [(self.upper, 1, self.labels[1])]
        both = (self.lower, -1, self.labels[0]), (self.upper, 1, self.labels[1])
        return [border for border in both if -inf < border[0] < inf]


def region_plot(program: Solvable, ax: Any = None, sense: Optional[str] = None) -> Any:
    """Plot region, constraints, integer points, objective and optimum of two variables.  See `LinearProgram.plot`."""
    x, y = _two_of(program)
    fixed = {index_of(v): v.lb for v in program.variables if v not in (x, y)}
    solution = _current(program)
    chosen = Sense.of(sense or (solution.sense if solution is not None else program.sense))
    lines = _lines(program, x, y, fixed)
    region = Region(line[:4] for line in lines)
    optimum = None
    if solution is not None and solution.has_solution:
        optimum = float(solution[x]), float(solution[y])
    view = _view(region, lines, [optimum] if optimum else [], (x.integer, y.integer))

    ax = axes_for(ax, 6.4, 4.8)
    ax.set_xlim(view.left, view.right)
    ax.set_ylim(view.bottom, view.top)
    ax.set_xlabel(shortened(x.name, 48), parse_math=False)
    ax.set_ylabel(shortened(y.name, 48), parse_math=False)
    bare(ax)
    borders = [(line, *border) for line in lines for border in line.borders()]
    ends = [Region([]).chord(view, line.a, line.b, value) for line, value, _, _ in borders]
    hidden = [label for (*_, label), seen in zip(borders, ends) if label and len(seen) < 2]
    costs = cost_in(program, x), cost_in(program, y)
    slice_of = ", ".join(f"{columns_of(program).label(j)} = {brief(value)}" for j, value in fixed.items())
    titled(
        ax,
        shortened(f"{chosen} {program.objective}", 72) if any(costs) else "no objective",
        f"where {shortened(slice_of, 66)}" if fixed else "",
        _said(region, solution),
        f"not in the picture: {shortened(', '.join(hidden), 54)}" if hidden else "",
    )
    room = Room(ax)
    _draw_region(ax, region, view)
    _draw_lattice(ax, region, view, x.integer, y.integer)
    for (*_, label), seen in zip(borders, ends):
        if len(seen) == 2:
            style = {"linewidth": 1.1, "alpha": 0.9} if label else {"linewidth": 0.8, "alpha": 0.5}
            ax.plot(*zip(*seen), color=GREY, zorder=2, label=label or "_bound", **style)
            room.take([room.at(*end) for end in seen])
    _draw_objective(ax, room, region, view, costs, chosen, optimum)
    if optimum is not None and solution is not None:
        word = "optimum" if solution.is_optimal else "best point found"
        _draw_optimum(ax, room, optimum, word, (x, y), program.value(program.objective))
    for (line, _, side, label), seen in sorted(zip(borders, ends), key=lambda pair: -len(pair[0][3])):
        if label and len(seen) == 2:
            _label_line(ax, room, line, side, shortened(label, 36), [room.at(*end) for end in seen])
    return ax


def _two_of(program: Solvable) -> tuple[Variable, Variable]:
    """The two variables to plot; raises `InvalidValue` if more or fewer can vary."""
    variables = program.variables
    free = variables if len(variables) == 2 else [v for v in variables if v.lb != v.ub]
    if len(free) == 2:
        return free[0], free[1]
    count = f"{counted(len(free), 'variable')} that can vary"
    names = f": {', '.join(shortened(v.name, 20) for v in free[:4])}{', ...' * (len(free) > 4)}" if free else ""
    remedy = "Give it two" if len(free) < 2 else "For a slice, set .lb and .ub of all but two to one value in lp.copy()"
    raise InvalidValue(f"A plot has two axes, but {title_of(program)} has {count}{names}. {remedy}; or see lp.spy().")


def _current(program: Solvable) -> Optional[Solution]:
    """The solution, if the program was not edited since."""
    try:
        return current_solution(program, "picture")
    except NoSolution:
        return None


def _lines(program: Solvable, x: Variable, y: Variable, fixed: Mapping[int, float]) -> list[_Line]:
    """Every constraint and every bound of the two variables."""
    lines = []
    for constraint in program.constraints:
        if isinstance(constraint, ConstantConstraint):
            continue
        terms = dict(zip(*parts_of(constraint.expression)[:2]))
        shift = sum(a * fixed[j] for j, a in terms.items() if j in fixed)
        lower, upper = constraint.lb, constraint.ub
        store, row = store_of(constraint), place_of(constraint)
        name, text = store.names.get(row), repr(constraint.expression)
        if -inf < lower < upper < inf:
            labels = f"{name or text} >= {brief(lower)}", f"{name or text} <= {brief(upper)}"
        else:
            labels = (name or show_row(text, lower, upper),) * 2
        a, b = terms.get(index_of(x), 0.0), terms.get(index_of(y), 0.0)
        lines.append(_Line(a, b, lower - shift, upper - shift, labels))
    columns = columns_of(program)
    for variable, (a, b) in ((x, (1.0, 0.0)), (y, (0.0, 1.0))):
        lower, upper = columns.lower[index_of(variable)], columns.upper[index_of(variable)]
        labels = f"{variable.name} >= {brief(lower)}" if lower else "", f"{variable.name} <= {brief(upper)}"
        if lower == upper:
            labels = "", f"{variable.name} == {brief(upper)}"
        lines.append(_Line(a, b, lower, upper, labels))
    return lines


def _view(region: Region, lines: Sequence[_Line], marks: Sequence[Pixel], integer: tuple[bool, bool]) -> View:
    """The visible range: the corners of the region with a margin, wider where it is unbounded."""
    points = [*region.corners, *marks] or _crossings(lines) or [(0.0, 0.0)]
    ends = [(min(along), max(along)) for along in zip(*points)]
    spans = [high - low for low, high in ends]
    sides: list[float] = []
    for k, (low, high) in enumerate(ends):
        span = spans[k] or spans[1 - k] or max(2.0, abs(low) / 2)
        more = max(0.7 * span, 3.0 * integer[k])  # leaves room for some integer points
        beyond = [more if region.open_sides[2 * k + end] else 0.0 for end in (0, 1)]
        below = 0.06 if low == 0 and not beyond[0] and spans[k] else 0.15
        sides += [low - beyond[0] - below * span, high + beyond[1] + 0.22 * span]
    return View(*sides)


def _crossings(lines: Sequence[_Line], most: int = 60) -> list[Pixel]:
    """Where lines cross, or the point nearest to the origin if none do: for an empty region, or a half plane."""
    borders = [(line.a, line.b, value) for line in lines for value, *_ in line.borders() if line.a or line.b][:most]
    found = []
    for (a, b, c), (d, e, f) in combinations(borders, 2):
        determinant = a * e - b * d
        if abs(determinant) > 1e-9 * hypot(a, b) * hypot(d, e):
            found.append(((c * e - b * f) / determinant, (a * f - c * d) / determinant))
    return found or [(a * c / (a * a + b * b), b * c / (a * a + b * b)) for a, b, c in borders]


def _said(region: Region, solution: Optional[Solution]) -> str:
    """A description of a region that is not a polygon."""
    if region.is_empty:
        return "no point satisfies all constraints"
    if not region.is_bounded:
        words = [word for word, is_open in zip(("left", "right", "below", "above"), region.open_sides) if is_open]
        return f"the region is unbounded: {', '.join(words)}"
    if solution is not None and not solution.has_solution:
        return str(solution.status)
    return ""


def _draw_region(ax: Any, region: Region, view: View) -> None:
    """The visible part: an area, a segment or a point."""
    corners = region.within(view)
    if len(corners) > 2:
        filled(ax, corners, facecolor=BLUE, alpha=0.17, zorder=1, label="feasible region")
        for k, corner in enumerate(corners):
            edge = list(zip(corners[k - 1], corner))
            if not any(a == b and a in (view[2 * i], view[2 * i + 1]) for i, (a, b) in enumerate(edge)):
                ax.plot(*edge, color=BLUE, alpha=0.65, linewidth=1.4, zorder=2.5, label="_rim")
    elif corners:
        marker = "o" if len(corners) == 1 else None
        ax.plot(*zip(*corners), color=BLUE, linewidth=3.5, marker=marker, zorder=2.5, label="feasible region")


def _draw_lattice(ax: Any, region: Region, view: View, x_integer: bool, y_integer: bool, most: int = 2500) -> None:
    """The integer points of the region, if there is room to tell them apart."""
    xs = range(ceil(view.left), floor(view.right) + 1) if x_integer else range(0)
    ys = range(ceil(view.bottom), floor(view.top) + 1) if y_integer else range(0)
    size = 18.0 if len(xs) * len(ys) <= 400 else 7.0
    if x_integer and y_integer and len(xs) * len(ys) <= most:
        points = [(i, j) for i in xs for j in ys]
        for inside, color, area, label in ((True, BLUE, size, "feasible"), (False, GREY, size / 4, "infeasible")):
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
                ax.plot(*zip(*chord), color=BLUE, linewidth=1.6, marker=marker, markersize=4, zorder=2.7, label=label)
                label = "_more"


def _draw_objective(
    ax: Any, room: Room, region: Region, view: View, costs: Pixel, sense: Sense, optimum: Optional[Pixel]
) -> None:
    """An arrow in the direction in which the objective improves, perpendicular to the level line on the page."""
    if not any(costs):
        return
    corners = region.within(view)
    shown = corners or [(view.left, view.bottom), (view.right, view.top)]
    x, y = optimum or (sum(x for x, _ in shown) / len(shown), sum(y for _, y in shown) / len(shown))
    level = Region([]).chord(view, *costs, costs[0] * x + costs[1] * y)
    if len(level) == 2 and (optimum or corners):
        ax.plot(*zip(*level), color=VERMILION, linewidth=1.2, linestyle=(0, (5, 3)), zorder=3, label="level line")
    origin, right, up = room.at(0, 0), room.at(1, 0), room.at(0, 1)
    pull = costs[0] / (right[0] - origin[0]), costs[1] / (up[1] - origin[1])
    sign = (1 if sense.is_maximize else -1) / hypot(*pull)
    length = 0.12 * min(room.box[1] - room.box[0], room.box[3] - room.box[2])
    step = sign * length * pull[0], sign * length * pull[1]
    ends = [room.at(*end) for end in level] if len(level) == 2 else [room.at(x, y)] * 2
    (px, py), (qx, qy) = ends
    shares = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88)
    tails = [room.at(x, y), *((px + share * (qx - px), py + share * (qy - py)) for share in shares)]
    tail = min(tails, key=lambda tail: room.out(tail[0] + step[0], tail[1] + step[1]))
    tip = tail[0] + step[0], tail[1] + step[1]
    start, end = (tuple(ax.transData.inverted().transform(pixel).tolist()) for pixel in (tail, tip))
    arrow = {"arrowstyle": "-|>", "color": VERMILION, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops=arrow, zorder=4, annotation_clip=False).set_label("objective")
    room.take([tail, tip], 4)
    if len(level) == 2:
        room.take(ends)


def _draw_optimum(
    ax: Any, room: Room, point: Pixel, word: str, variables: Sequence[Variable], objective: float
) -> None:
    """A marker, with the values next to it where there is most room."""
    ax.scatter(*([value] for value in point), s=46, color=VERMILION, zorder=5, clip_on=False, label=word)
    names = [f"{shortened(v.name, 24)} = {brief(value)}" for v, value in zip(variables, point)]
    text = "\n".join([word, *names, f"objective {brief(objective)}"])
    pixel = room.at(*point)
    start, end, half = room.strip(pixel, text, SMALL)
    wide, room_for = end[0] - pixel[0] + 9 * room.dot, []
    for across in (1.0, -1.0, 0.0):
        for up in (0.0, 1.0, -1.0, 0.5, -0.5):
            if across or abs(up) == 1:
                shift = across * wide, up * (half + 9 * room.dot)
                strip = (start[0] + shift[0], start[1] + shift[1]), (end[0] + shift[0], end[1] + shift[1])
                room_for.append((room.cost(*strip, half), strip))
    _, (start, end) = min(room_for)
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    put(ax, middle, text, zorder=6, path_effects=halo(ax), linespacing=1.25)
    for shift_up in (-0.6, 0.0, 0.6):
        room.take([(start[0], start[1] + shift_up * half), (end[0], end[1] + shift_up * half)], 4)
    room.take([pixel, pixel], 6)


def _label_line(
    ax: Any, room: Room, line: _Line, side: int, label: str, ends: Sequence[Pixel], gap: float = 8.0
) -> None:
    """The name of a constraint along its line, outside the region if there is room."""
    (px, py), (qx, qy) = sorted(ends)
    angle = atan2(qy - py, qx - px)
    if degrees(angle) < -89.9:
        angle = -angle
    origin, right, up = room.at(0, 0), room.at(1, 0), room.at(0, 1)
    normal = side * line.a / (right[0] - origin[0]), side * line.b / (up[1] - origin[1])
    size = hypot(*normal)
    outward = normal[0] / size * gap * room.dot, normal[1] / size * gap * room.dot
    best: tuple[float, Pixel] = (inf, (px, py))
    for way in (1, -1):
        for k in range(2, 39):
            share = k / 40
            middle = px + share * (qx - px) + way * outward[0], py + share * (qy - py) + way * outward[1]
            start, end, half = room.strip(middle, label, SMALL, angle)
            half *= 0.8
            cost = room.cost(start, end, half) + (1.5 if way < 0 else 0.0) + abs(share - 0.5)
            best = min(best, (cost, middle))
    text = put(
        ax, best[1], label, rotation=degrees(angle), rotation_mode="anchor", color=GREY, path_effects=halo(ax, 2.5)
    )
    text.set_zorder(4)
    start, end, _ = room.strip(best[1], label, SMALL, angle)
    room.take([start, end], 6)

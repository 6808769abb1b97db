"""The plot of a search: the best point and the bound over time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Optional

from pplp.display.axes import BLUE, GREY, SMALL, VERMILION, axes_for, bare, titled
from pplp.errors import InvalidValue
from pplp.form.outcome import relative_gap
from pplp.ground.words import brief, counted

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.engines.progress import Progress

__all__ = ["search_progress"]

# Any: axes are those of matplotlib, which has no types here.


def _events(history: Any) -> list[Progress]:
    """The history, checked: each item must be an event."""
    from pplp.engines.progress import Progress

    try:
        events = list(history)
    except TypeError:
        events = [history]
    for event in events:
        if not isinstance(event, Progress):
            raise InvalidValue(
                f"The history must be a list of Progress events, not of {event!r}. Record it with "
                "history = [], then lp.solve(progress=history.append)."
            )
    return events


def search_progress(history: Iterable[Progress], solution: Optional[Solution] = None, ax: Any = None) -> Any:
    """Plot branch and cut over time: the best point found, the bound, and the gap between them.

    `history` is the list of events of a solve: ``progress=history.append``.  Events come at most ten times a second, so
    pass the `solution` too: it is the end of the curves.  If the events are of several solves, the last one is plotted.
    Returns matplotlib's axes: those given, or those of a new figure.

    Raises `InvalidValue` if neither has a bound or an integer point, and for arguments of another type; `ExtraMissing`
    without matplotlib.

    >>> from pplp import Progress
    >>> from pplp.plots import search_progress
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
        raise InvalidValue(
            f"solution must be a Solution, not {solution!r}. Pass what lp.solve() returned, or leave it out."
        )
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
            "The history has no event of branch and cut. Record one with an integer program, "
            "solution = lp.solve(progress=history.append), and pass the solution too: a short search has no events."
        )
    end, incumbent, bound = points[-1]
    ax = axes_for(ax, 6.4, 3.8)
    both = [point for point in points if point[1] is not None and point[2] is not None]
    if both:
        ax.fill_between(*zip(*both), step="post", color=GREY, alpha=0.18, linewidth=0, label="gap")
    for k, (label, color) in enumerate((("best point", VERMILION), ("bound", BLUE)), 1):
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
            f"{label} {brief(values[-1])}",
            (times[-1], values[-1]),
            xytext=(5, 2 if is_above else -2),
            textcoords="offset points",
            va="bottom" if is_above else "top",
            color=color,
            fontsize=SMALL,
            annotation_clip=False,
        )
    ax.set_xlabel("seconds")
    ax.set_ylabel("objective")
    ax.margins(x=0.02, y=0.12)
    ax.set_xlim(left=0)
    ax.ticklabel_format(axis="y", useOffset=False)
    bare(ax)
    gap = relative_gap(incumbent, bound)
    said = f"gap {gap:.2%} " if gap is not None else ""
    titled(ax, f"{said}after {end:.3g} s, {counted(nodes, 'node', ',')}")
    return ax

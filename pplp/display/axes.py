"""Axes, colors and label placement for all plots.  The only module that imports matplotlib.

Each plot draws on the axes it is given, or on a new figure, and returns the axes.  Nothing goes
through `matplotlib.pyplot`: no window opens, and no state is kept.

    lp.plot().figure.savefig("region.svg")      # in a notebook:  %matplotlib inline, then  lp.plot().figure
    lp.spy(ax)

The colors are safe for color-blind readers; text, frame and background follow matplotlib's style, dark or light.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, sin
from typing import Any

from pplp.errors import ExtraMissing, InvalidValue
from pplp.ground.loading import whole_import

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "SMALL",
    "VERMILION",
    "Pixel",
    "Room",
    "arrow",
    "axes_for",
    "bare",
    "distance",
    "filled",
    "halo",
    "lifted",
    "logarithmic",
    "polygons",
    "put",
    "set_whole_ticks",
    "titled",
]

# Any: axes are those of matplotlib, which has no types here.

# The palette of Okabe and Ito.
BLUE, ORANGE, VERMILION, GREEN = "#0072B2", "#E69F00", "#D55E00", "#009E73"
GREY = "#808080"
#: The size of most text, in points.
SMALL = 8.5

#: Horizontally and vertically.
Pixel = tuple[float, float]


def axes_for(ax: Any, width: float, height: float) -> Any:
    """The axes given, or those of a new figure of this size in inches."""
    if ax is not None:
        if getattr(ax, "name", None) != "rectilinear":  # such as a figure, or polar or 3D axes
            raise InvalidValue(
                f"ax must be plain matplotlib axes, not {ax!r}. Pass plt.subplots()[1], or leave it out."
            )
        return ax
    try:
        with whole_import():
            from matplotlib.figure import Figure
    except ImportError as error:
        raise ExtraMissing(
            f'Plots need matplotlib ({error}). Install it with: python -m pip install "pplp[plot]"'
        ) from error
    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def titled(ax: Any, *lines: str) -> None:
    """A title at the left; names in it are not typeset as formulas."""
    ax.set_title("\n".join(filter(None, lines)), loc="left", fontsize=10, parse_math=False)


def bare(ax: Any) -> None:
    """Hide the frame at the top and at the right."""
    ax.spines[["top", "right"]].set_visible(False)


# ------------------------------------------------------------------------------------------------ shapes
def filled(ax: Any, corners: Sequence[Pixel], **style: Any) -> None:
    """A polygon."""
    from matplotlib.patches import Polygon

    ax.add_patch(Polygon(corners, edgecolor="none", **style))


def polygons(ax: Any, those: Sequence[Sequence[Pixel]], color: str, label: str) -> list[Any]:
    """Draw many polygons of one color; returns a list of artists, empty if there are no polygons."""
    from matplotlib.collections import PolyCollection

    drawn = [PolyCollection(those, facecolor=color, edgecolor="none", zorder=2, label=label)] if those else []
    return [ax.add_collection(one, autolim=False) for one in drawn]


def arrow(ax: Any, start: Pixel, end: Pixel, **style: Any) -> None:
    """Draw an arrow between two points in data coordinates."""
    from matplotlib.patches import FancyArrowPatch

    ax.add_patch(FancyArrowPatch(start, end, joinstyle="miter", capstyle="butt", **style))


def lifted(ax: Any, inches: float) -> Any:
    """The transform to pixels for what is placed above its data point."""
    from matplotlib.transforms import ScaledTranslation

    return ax.transData + ScaledTranslation(0, inches, ax.figure.dpi_scale_trans)


def logarithmic(least: float, most: float) -> Any:
    """A color scale by powers of ten."""
    from matplotlib.colors import LogNorm

    return LogNorm(least, most)


def set_whole_ticks(axis: Any, most: int = 6) -> None:
    """A few ticks, at whole numbers."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(most, integer=True))


# ------------------------------------------------------------------------------------------------ room for labels
class Room:
    """The occupied parts of the page, in pixels, so that labels avoid them."""

    def __init__(self, ax: Any) -> None:
        ax.figure.draw_without_rendering()  # lets the layout settle
        self._ax = ax
        self.dot = ax.figure.dpi / 72
        box = ax.get_window_extent()
        self.box: tuple[float, float, float, float] = (box.x0, box.x1, box.y0, box.y1)
        self._segments: list[tuple[Pixel, Pixel, float]] = []

    def at(self, x: float, y: float) -> Pixel:
        """The pixel of a point in data coordinates."""
        across, up = self._ax.transData.transform((x, y))
        return float(across), float(up)

    def take(self, ends: Sequence[Pixel], clearance: float = 0.0) -> None:
        """Register a segment that will be drawn; labels keep this many points away from it."""
        self._segments.append((ends[0], ends[-1], clearance * self.dot))

    def strip(self, middle: Pixel, text: str, size: float, angle: float = 0.0) -> tuple[Pixel, Pixel, float]:
        """The middle line of a text there, and half its height."""
        lines = text.split("\n")
        half = 0.28 * size * max(map(len, lines)) * self.dot
        along = half * cos(angle), half * sin(angle)
        ends = (middle[0] - along[0], middle[1] - along[1]), (middle[0] + along[0], middle[1] + along[1])
        return *ends, 0.62 * size * len(lines) * self.dot

    def out(self, x: float, y: float, margin: float = 0.0) -> float:
        """How far a pixel is outside the axes, or nearer to their frame than `margin`."""
        left, right, bottom, top = self.box
        return max(left + margin - x, x + margin - right, bottom + margin - y, y + margin - top, 0.0)

    def cost(self, start: Pixel, end: Pixel, half: float) -> float:
        """How much a label in this strip would cover, or stick out of the axes."""
        count = max(2, int(hypot(end[0] - start[0], end[1] - start[1]) / (6 * self.dot)))
        total = 0.0
        for k in range(count + 1):
            x = start[0] + (end[0] - start[0]) * k / count
            y = start[1] + (end[1] - start[1]) * k / count
            total += 4 * self.out(x, y, half)
            for p, q, clearance in self._segments:
                total += max(0.0, half + clearance + 2 * self.dot - distance((x, y), p, q))
        return total / (count + 1)


def distance(point: Pixel, start: Pixel, end: Pixel) -> float:
    """The distance from a point to a segment."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy
    share = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / square if square else 0.0
    share = min(1.0, max(0.0, share))
    return hypot(point[0] - start[0] - share * dx, point[1] - start[1] - share * dy)


def put(ax: Any, pixel: Pixel, text: str, **style: Any) -> Any:
    """Draw text around a pixel; it stays with the data there."""
    x, y = ax.transData.inverted().transform(pixel)
    style = {"ha": "center", "va": "center", "fontsize": SMALL, "parse_math": False, **style}
    return ax.text(float(x), float(y), text, **style)


def halo(ax: Any, width: float = 3.0) -> list[Any]:
    """An outline in the background's color, which keeps text readable over lines."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=width, foreground=ax.get_facecolor())]

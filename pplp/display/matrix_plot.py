"""The plot of a matrix: where its coefficients are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pplp.display.axes import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SMALL,
    VERMILION,
    Pixel,
    axes_for,
    logarithmic,
    polygons,
    set_whole_ticks,
    titled,
)
from pplp.ground.words import counted, shortened

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable
    from pplp.form.matrix_form import MatrixForm

__all__ = ["matrix_plot"]

# Any: axes are those of matplotlib, which has no types here.

#: Up to this many rows and columns, each coefficient is drawn by itself.
_CELLS = 400
#: Up to this many are labeled.
_NAMED = 30


def matrix_plot(program: Solvable, ax: Any = None) -> Any:
    """Plot where the matrix has coefficients.  See `LinearProgram.spy`."""
    form = program.compile()
    ax = axes_for(ax, *(min(most, max(1.0, 0.42 * n) + 2.2) for n, most in ((form.columns, 6.8), (form.rows, 6.2))))
    is_small = form.rows <= _CELLS and form.columns <= _CELLS
    integers = sum(form.integer)
    equalities = [low == high for low, high in zip(form.row_lower, form.row_upper)]
    titled(
        ax,
        ", ".join(
            counted(count, what, ",")
            for count, what in ((form.rows, "row"), (form.columns, "column"), (form.nonzeros, "coefficient"))
        ),
        ", ".join(
            counted(count, what, ",")
            for count, what in ((integers, "integer column"), (sum(equalities), "equality row"))
            if count
        ),
    )
    cells = (_draw_signs if is_small else _draw_density)(ax, form)
    ax.set_xlim(-0.04 * form.columns if any(equalities) else 0, max(1, form.columns))
    ax.set_ylim(max(1, form.rows), -0.04 * form.rows if integers else 0)
    ax.set_xlabel("columns")
    ax.set_ylabel("rows")
    ax.spines[:].set_color(GREY)
    ax.tick_params(length=0, labelsize=SMALL)
    for length, names, axis in (
        (form.columns, [shortened(v.name, 16) for v in program.variables], ax.xaxis),
        (form.rows, [shortened(c.name, 16) for c in program.constraints[: form.rows]], ax.yaxis),
    ):
        if 0 < length <= _NAMED:
            axis.set_ticks([k + 0.5 for k in range(length)], names[:length], parse_math=False)
        else:
            set_whole_ticks(axis)
    if 0 < form.columns <= _NAMED and max(len(v.name) for v in program.variables) * form.columns > 60:
        ax.tick_params(axis="x", rotation=90)
    handles = [*cells, *_draw_marks(ax, form, equalities)]
    if handles:
        ax.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(1.02, 1.0),
            frameon=False,
            fontsize=SMALL,
            handlelength=1,
        )
    return ax


def _draw_signs(ax: Any, form: MatrixForm) -> list[Any]:
    """A square for each coefficient, with a color for each sign."""
    rim = 0.06 if max(form.rows, form.columns) <= 60 else 0.0
    drawn: list[Any] = []
    for label, color, sign in (("positive", BLUE, 1), ("negative", VERMILION, -1)):
        squares = []
        for i in range(form.rows):
            for j, value in zip(*form.row(i)):
                if value * sign > 0:
                    a, b, c, d = j + rim, j + 1 - rim, i + rim, i + 1 - rim
                    squares.append([(a, c), (b, c), (b, d), (a, d)])
        drawn += polygons(ax, squares, color, label)
    return drawn


def _draw_density(ax: Any, form: MatrixForm) -> list[Any]:
    """For a large matrix: the number of coefficients in each cell of a grid."""
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
        norm=logarithmic(least, most if most > least else 2 * least),
        zorder=1,
    )
    ends = sorted({least, most})
    bar = ax.figure.colorbar(picture, ax=ax, location="bottom", shrink=0.45, aspect=30, anchor=(0.0, 1.0))
    bar.set_label("share of nonzero entries", fontsize=SMALL)
    bar.set_ticks(ends, labels=[f"{end:.2g}" for end in ends])
    bar.minorticks_off()
    bar.ax.tick_params(labelsize=SMALL)
    return []


def _draw_marks(ax: Any, form: MatrixForm, equalities: Sequence[bool]) -> list[Any]:
    """Bars above the integer columns, and to the left of the equality rows."""
    wide, high = -0.04 * form.columns, -0.04 * form.rows
    drawn: list[Any] = []
    for flags, color, label in ((form.integer, GREEN, "integer column"), (equalities, ORANGE, "equality row")):
        bars: list[list[Pixel]] = []
        place = 0
        for flag, members in groupby(flags):
            a, b = place, place + len(list(members))
            if flag and label == "integer column":
                bars.append([(a, 0.75 * high), (b, 0.75 * high), (b, 0.2 * high), (a, 0.2 * high)])
            elif flag:
                bars.append([(0.75 * wide, a), (0.75 * wide, b), (0.2 * wide, b), (0.2 * wide, a)])
            place = b
        drawn += polygons(ax, bars, color, label)
    return drawn

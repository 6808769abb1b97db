"""Draw the published figures of the benchmarks: a hook of MkDocs.

    ![...](speed-light.svg#only-light)      the time to state and load W1, against its size, for a light page
    ![...](speed-dark.svg#only-dark)        the same for a dark one

The figures are in `benchmarks/published`, one file for each interpreter; the newest is drawn.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

PUBLISHED = Path(__file__).parents[2] / "benchmarks" / "published"

#: Form -> (what the chart calls it, its color on light, and on dark).  pplp is drawn thicker.
SHOWN = {
    "pplp (matrix)": ("pplp, arrays", "#0b6e4f", "#4fd1a5"),
    "pplp": ("pplp, operators", "#0b6e4f", "#4fd1a5"),
    "pyoptinterface": ("PyOptInterface", "#8a5a00", "#e0b050"),
    "linopy": ("linopy", "#6b3fa0", "#b794f4"),
    "gurobipy": ("gurobipy", "#b3261e", "#f28b82"),
    "highspy": ("highspy", "#1f5fbf", "#8ab4f8"),
    "python-mip": ("python-mip", "#5f6368", "#bdc1c6"),
    "pulp": ("PuLP", "#00707a", "#66d9e8"),
    "pyomo": ("Pyomo", "#a8327d", "#f3a6d8"),
}
#: name -> (text, lines of the grid, which color of a form)
THEMES = {"light": ("#24292f", "#d0d7de", 1), "dark": ("#e6edf3", "#3d444d", 2)}


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Called with all files of the site."""
    figures = newest()
    for theme in THEMES:
        files.append(
            File.generated(
                config, f"speed-{theme}.svg", content=chart(figures, theme)
            )
        )
    return files


def newest(folder: Path = PUBLISHED) -> dict[str, Any]:
    """The figures of the newest interpreter."""
    found = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("W1-*.json")
    ]
    return max(
        found,
        key=lambda one: [
            int(part) for part in one["interpreter"].split()[-1].split(".")
        ],
    )


def chart(figures: dict[str, Any], theme: str) -> bytes:
    """Time against size, both in logarithms, as SVG; the name of each form is at the end of its line."""
    import matplotlib
    from matplotlib.figure import Figure

    text, grid, place = THEMES[theme]
    style = {
        "svg.hashsalt": "pplp",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "text.color": text,
    }
    with matplotlib.rc_context(
        {**style, "axes.labelcolor": text, "xtick.color": text, "ytick.color": text}
    ):
        figure = Figure(figsize=(8.4, 5.2), layout="constrained")
        axes = figure.add_subplot(
            xscale="log", yscale="log", xlabel="variables", ylabel="seconds"
        )
        ends = []
        for peer, shown in SHOWN.items():
            line = sorted(
                (one["nonzeros"] / 2, one["seconds"])
                for one in figures["lines"]
                if one["peer"] == peer
            )
            if line:
                is_own = peer.startswith("pplp")
                form = {
                    "linewidth": 2.6 if is_own else 1.3,
                    "linestyle": "--" if "matrix" in peer else "-",
                }
                axes.plot(
                    *zip(*line),
                    marker="o",
                    markersize=4,
                    color=shown[place],
                    **form,
                )
                ends.append((*line[-1], shown[0], shown[place], is_own))
        name_the_ends(axes, ends)
        sizes = sorted({one["nonzeros"] / 2 for one in figures["lines"]})
        axes.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(True, color=grid, linewidth=0.6)
        for side in axes.spines.values():
            side.set_color(grid)
        file = io.BytesIO()
        figure.savefig(
            file, format="svg", transparent=True, metadata={"Date": None}
        )
    return file.getvalue()


def name_the_ends(
    axes: Any, ends: list[tuple[float, float, str, str, bool]]
) -> None:
    """Write each name right of the last point, names that would overlap one above the other."""
    import math

    low, high = axes.get_ylim()
    gap = (math.log(high) - math.log(low)) / 24
    at = -math.inf
    for x, y, name, color, is_own in sorted(ends, key=lambda end: end[1]):
        at = max(math.log(y), at + gap)
        weight = "bold" if is_own else "normal"
        axes.annotate(
            f"{name} {y:.2g} s", (x, math.exp(at)), (8, 0), textcoords="offset points", va="center", color=color,
            weight=weight, annotation_clip=False,
        )  # fmt: skip

"""What policies trade, as plots: work that is lost to the right, speed upwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from taskpar_ml.domain.backtest import Backtest
from taskpar_ml.reports.backtest_frontier import Frontier, Traded, frontier_of
from taskpar_ml.reports.backtest_text import WATCHED
from taskpar_ml.reports.label_places import Box, Spot, label_places
from taskpar_ml.reports.plots import (
    INK,
    WIDTH,
    Draw,
    Plot,
    inline_svg,
    legend,
    legend_height,
    look,
    png_file,
    svg_file,
)
from taskpar_ml.reports.text import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANEL: Final = 3.4
"""Inches that a row of panels needs."""
_LINES: Final = (":", "--", "-.")
_LEADER: Final[dict[str, Any]] = {
    "arrowstyle": "-",
    "color": INK,
    "linewidth": 0.5,
    "shrinkA": 0,
    "shrinkB": 5,
}
_LETTER: Final = 9.0
"""Points of the letters of a label."""
_MARK: Final = 9.0
"""Points of a mark, with what should stay free around it."""
_RING: Final = 18.0
"""The same of the ring around what is recommended."""
_FAR: Final = 9.0
"""Points between a mark and its label from which a line leads to it."""
_SAME: Final = 4.0
"""Points within which two marks have one label."""


def frontier_plot(found: Backtest, workers: int) -> Plot:
    """Return the plot of one number of workers, a panel for each way to watch."""
    panels = [frontier_of(found, workers, way) for way in found.watching]
    plot = _described(f"Speed-up and work lost with {counted(workers, 'worker')}", panels)
    drawn = inline_svg(f"frontier {workers}", _size(panels), _drawing(found.model, panels))
    return plot._replace(svg=drawn)


def frontier_file(found: Backtest, ending: str) -> bytes:
    """Return the plots of all numbers of workers as one file that ends in ``.svg`` or ``.png``."""
    numbers = [each.workers for each in found.oracle]
    panels = [frontier_of(found, *each) for each in product(numbers, found.watching)]
    return frontiers_file(panels, ending, model=found.model)


def frontiers_file(panels: Sequence[Frontier], ending: str, *, model: str) -> bytes:
    """Return panels, at least one, as one file that ends in ``.svg`` or ``.png``."""
    plot = _described("Speed-up and work lost", panels)
    write = png_file if ending.lower() == ".png" else svg_file
    return write(plot, _size(panels), _drawing(model, panels))


def _described(title: str, panels: Sequence[Frontier]) -> Plot:
    return Plot(title, " ".join((f"{title}.", *map(_panel_words, panels))), "")


def _panel_words(panel: Frontier) -> str:
    hit = "; ".join(
        f"{each.policy} {each.speed_up:.2f} times as fast as one by one, {each.lost:.1%} lost"
        for each in (*panel.planner, *panel.others)
    )
    bounds = ", ".join(f"{each.policy} {each.speed_up:.2f}" for each in panel.bounds)
    return f"{_panel_title(panel)}: {hit}. Nothing lost: {bounds}."


def _panel_title(panel: Frontier) -> str:
    return f"{WATCHED[panel.watching]}, {counted(panel.workers, 'worker')}"


def _columns(panels: Sequence[Frontier]) -> int:
    return min(2, len(panels))


def _size(panels: Sequence[Frontier]) -> tuple[float, float]:
    rows = ceil(len(panels) / _columns(panels))
    entries = 2 + max(len(each.others) + len(each.bounds) for each in panels)
    return WIDTH, 0.5 + _PANEL * rows + legend_height(entries)


def _drawing(model: str, panels: Sequence[Frontier]) -> Draw:
    return lambda figure: _draw(figure, model, panels)


def _draw(figure: Figure, model: str, panels: Sequence[Frontier]) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    columns = _columns(panels)
    # In inches, so that titles keep away from the numbers above them.
    figure.set_layout_engine("constrained", h_pad=0.08)
    grid = figure.subplots(
        ceil(len(panels) / columns), columns, sharex=True, sharey=True, squeeze=False
    )
    every: list[Axes] = list(grid.flat)
    for axes in every[len(panels) :]:
        axes.remove()
    shown: dict[str, Any] = {}
    for axes, panel in zip(every, panels, strict=False):
        shown.update(_draw_panel(axes, model, panel))
        axes.set_title(_panel_title(panel), loc="left", fontsize=10)
        axes.tick_params(labelbottom=True, labelleft=True)
    for axes in every[: len(panels)][-columns:]:
        axes.set_xlabel("work lost, share of the minutes of all tasks")
    for axes, *_ in grid:
        axes.set_ylabel("speed-up")
    points = [each for panel in panels for each in (*panel.planner, *panel.others)]
    every[0].set_xlim(*_room([0.0, *(each.lost for each in points)]))
    bounds = [each for panel in panels for each in panel.bounds]
    every[0].set_ylim(*_room([each.speed_up for each in (*points, *bounds)]))
    every[0].xaxis.set_major_locator(MaxNLocator(5))
    every[0].xaxis.set_major_formatter(PercentFormatter(1.0))
    legend(figure, list(shown.values()), list(shown))
    # Only now is it known where the points come to lie.
    figure.draw_without_rendering()
    for axes, panel in zip(every, panels, strict=False):
        _label(axes, panel)


def _draw_panel(axes: Axes, model: str, panel: Frontier) -> Iterator[tuple[str, Any]]:
    """Yield what is drawn, each with its name."""
    if panel.planner:
        spots = [(each.lost, each.speed_up) for each in panel.planner]
        (line,) = axes.plot(*zip(*spots, strict=True), **look(0), linewidth=1.2)
        yield f"{model}, by threshold", line
    for number, each in enumerate(panel.others, start=1):
        # Who does the same as another lies upon it: the first are larger.
        style = {**look(number), "markersize": max(5, 11 - 3 * (number - 1)), "linestyle": ""}
        (line,) = axes.plot([each.lost], [each.speed_up], **style)
        yield each.policy, line
    for each in panel.planner:
        if each.policy == panel.recommended:
            ring: dict[str, Any] = {
                "marker": "o",
                "markersize": 13,
                "markerfacecolor": "none",
                "linestyle": "",
            }
            (line,) = axes.plot([each.lost], [each.speed_up], **ring, color=INK)
            yield "recommended", line
    for number, each in enumerate(panel.bounds):
        kind = _LINES[number % len(_LINES)]
        line = axes.axhline(each.speed_up, color=INK, linewidth=0.9, linestyle=kind, zorder=1)
        yield each.policy, line


def _room(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis that leaves some room around what it shows."""
    low, high = min(values), max(values)
    edge = 0.06 * max(high - low, 0.01)
    return low - edge, high + edge


def _label(axes: Axes, panel: Frontier) -> None:
    """Write the thresholds beside the marks of the planner."""
    spots = [_place(axes, each) for each in panel.planner]
    labels = list(_merged(panel.planner, spots))
    taken = [Box.around(each, _MARK, _MARK) for each in _between(spots)]
    ringed = [each for each in panel.planner if each.policy == panel.recommended]
    taken += [Box.around(_place(axes, each), _RING, _RING) for each in ringed]
    taken += [Box.around(_place(axes, each), _MARK, _MARK) for each in panel.others]
    frame = axes.get_window_extent()
    within = Box(*(_points(axes, each) for each in frame.extents))
    for each in panel.bounds:
        _, height = _place(axes, each)
        taken.append(Box(within.left, height - 1, within.right, height + 1))
    sizes = [_size_of(text) for text, _, _ in labels]
    places = label_places([spot for _, _, spot in labels], sizes, taken=taken, within=within)
    for (text, point, _), offset in zip(labels, places, strict=True):
        note = axes.annotate(
            text,
            (point.lost, point.speed_up),
            xytext=offset,
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=_LETTER,
            arrowprops=_LEADER if _is_far(text, offset) else None,
        )
        note.set_in_layout(False)


def _size_of(text: str) -> Spot:
    return 0.6 * _LETTER * len(text), 1.1 * _LETTER


def _is_far(text: str, offset: Spot) -> bool:
    width, height = _size_of(text)
    return max(abs(offset[0]) - width / 2, abs(offset[1]) - height / 2) > _FAR


def _merged(planner: Sequence[Traded], spots: Sequence[Spot]) -> Iterator[tuple[str, Traded, Spot]]:
    """Yield labels; marks that lie upon each other have one."""
    rest = list(zip(planner, spots, strict=True))
    while rest:
        point, spot = rest[0]
        same = [each for each in rest if _are_near(each[1], spot)]
        rest = [each for each in rest if each not in same]
        yield ", ".join(f"{each.threshold:g}" for each, _ in same), point, spot


def _are_near(one: Spot, other: Spot) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) < _SAME


def _between(spots: Sequence[Spot]) -> Iterable[Spot]:
    """Yield the spots, and some on the lines between them."""
    yield from spots
    for (x, y), (to_x, to_y) in pairwise(spots):
        steps = ceil(max(abs(to_x - x), abs(to_y - y)) / _MARK)
        for step in range(1, steps):
            yield x + (to_x - x) * step / steps, y + (to_y - y) * step / steps


def _place(axes: Axes, point: Traded) -> Spot:
    """Return where a point lies, in typographic points."""
    x, y = axes.transData.transform((point.lost, point.speed_up))
    return _points(axes, x), _points(axes, y)


def _points(axes: Axes, dots: float) -> float:
    return float(dots) * 72 / axes.figure.dpi

"""Tables and curves of how growth went, as means over repositories."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from growth_ways import (
    EARLY,
    THRESHOLDS,
    USUAL_PROMISE,
    Ran,
    Way,
    ceilings,
    guarded,
    promises,
    rivals,
)

from taskpar_ml.backtest.windows import FLOOR
from taskpar_ml.domain.watching import Watch, Watching
from taskpar_ml.reports.plots import (
    COLOURS,
    WIDTH,
    Plot,
    legend,
    legend_height,
    png_file,
    svg_file,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLASSES: Final = ("benign", "average", "hard")
MEANS: Final = (f"width, first {EARLY}", "width, last half", "landings to full width")
COLUMNS: Final = (*MEANS, "hits", "of a forecast's")
AT_EQUAL_HITS: Final = (
    *("", "b0", "alpha", "hits"),
    *(f"{MEANS[0]}: growing", "window"),
    *(f"{MEANS[1]}: growing", "window"),
    *("of a forecast's: growing", "window", "threshold and window"),
)
_SHOWN: Final = 500
"""Landings that curves show."""


@dataclass(frozen=True)
class Grown:
    """What every way came to in one repository, and how many of its pairs conflict."""

    slug: str
    conflicts: float
    rows: dict[tuple[int, Watching, Way], Ran]


def table(found: Sequence[Grown], workers: int, watch: Watch) -> Iterator[list[str]]:
    """Yield what every way came to."""
    for way in (*promises(workers), *rivals()):
        those = [each.rows[workers, watch.mode, way] for each in found]
        broken = "" if way.alpha is None else str(sum(each.broken for each in those))
        yield [*_promise(way), *_cells(those, workers), broken]


def by_class(found: Sequence[Grown], workers: int, watch: Watch) -> Iterator[list[str]]:
    """Yield the usual promise and its rivals for repositories of each kind."""
    for name, those in _classes(found):
        for way in (*promises(workers), *rivals()):
            if way.alpha is None or (way.b0, way.alpha) == USUAL_PROMISE:
                cells = [each.rows[workers, watch.mode, way] for each in those]
                yield [name, way.name, *_cells(cells, workers)]


def at_equal_hits(found: Sequence[Grown], workers: int, watch: Watch) -> Iterator[list[str]]:
    """Yield what rivals come to that are hit as often as growth is.

    In each repository the rival's ceiling, or its planner's threshold, is the one (between those
    that were replayed: the line between the two next to it) at which as many are hit as with the
    promise.
    """

    def rows(each: Grown, ways: Sequence[Way]) -> list[Ran]:
        return [each.rows[workers, watch.mode, way] for way in ways]

    for way in promises(workers):
        ours = [each.rows[workers, watch.mode, way] for each in found]
        windows = [rows(each, ceilings(workers)) for each in found]
        planned = [rows(each, [guarded(least) for least in THRESHOLDS]) for each in found]
        told = [*_promise(way), f"{_mean(ours, _hits):.1%}"]
        for measure in (_early, _late, _share):
            told.append(f"{_mean(ours, measure):.2f}")
            told.append(f"{_equal(ours, windows, measure):.2f}")
        yield [*told, f"{_equal(ours, planned, _share):.2f}"]


def _equal(
    ours: Sequence[Ran], rival: Sequence[Sequence[Ran]], measure: Callable[[Ran], float]
) -> float:
    """Return a measure of a rival where it is hit as often as we are, mean over repositories."""
    each = []
    for own, settings in zip(ours, rival, strict=True):
        ordered = sorted(settings, key=_hits)
        hits, reached = map(_hits, ordered), map(measure, ordered)
        each.append(np.interp(own.hits, list(hits), list(reached)))
    return float(np.mean(each))


def curves_file(found: Sequence[Grown], workers: int, watch: Watch, ending: str) -> bytes:
    """Return width by landings as a file that ends in ``.svg`` or ``.png``.

    A panel for repositories of each kind; a line for each promise of the usual ``b0``, and one for
    the windows of merge queues.
    """
    panels = list(_classes(found))
    lines = [way for way in promises(workers) if way.b0 == USUAL_PROMISE[0] and way.levels]
    lines += [way for way in rivals() if way.name == f"window from {FLOOR}"]
    title = "Width as tasks land"
    said = " ".join(
        f"{name}, {_label(way)}: {_mean(rows, _early):.1f} over the first {EARLY} landings, "
        f"{_mean(rows, _late):.1f} over the last half."
        for name, those in panels
        for way in lines
        for rows in [[each.rows[workers, watch.mode, way] for each in those]]
    )

    def draw(figure: Figure) -> None:
        figures = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        shown = []
        for axes, (name, those) in zip(figures, panels, strict=True):
            shown = [
                axes.step(
                    np.arange(_SHOWN),
                    _curve([each.rows[workers, watch.mode, way] for each in those]),
                    where="post",
                    color=COLOURS[place],
                    linewidth=1.3,
                )[0]
                for place, way in enumerate(lines)
            ]
            axes.set_title(name.replace(": ", "\n"), fontsize=9)
            axes.set_xlabel("tasks that landed")
            axes.set_ylim(0, workers + 0.4)
            axes.set_xlim(0, _SHOWN)
        figures[0].set_ylabel(f"how many may run, of {workers}")
        legend(figure, shown, list(map(_label, lines)))

    write = png_file if ending.lower() == ".png" else svg_file
    size = (WIDTH, 3.2 + legend_height(len(lines)))
    return write(Plot(title, said, ""), size, draw)


def _curve(rows: Sequence[Ran]) -> list[float]:
    """Return the mean width after each landing, as far as any repository goes."""
    return [
        float(np.mean(those)) if (those := [r.widths[at] for r in rows if at < len(r.widths)])
        else float("nan")
        for at in range(_SHOWN)
    ]  # fmt: skip


def _label(way: Way) -> str:
    return way.name if way.alpha is None else f"b0 {way.b0:g}, alpha {way.alpha:g}"


def _classes(found: Sequence[Grown]) -> Iterator[tuple[str, Sequence[Grown]]]:
    """Yield thirds of the repositories by how many pairs conflict, with their names."""
    ordered = sorted(found, key=lambda each: each.conflicts)
    third = max(len(ordered) // len(CLASSES), 1)
    for place, name in enumerate(CLASSES):
        those = ordered[place * third : (place + 1) * third]
        if those:
            told = (f"{each.slug.rpartition('/')[2]} {each.conflicts:.1%}" for each in those)
            yield f"{name}: {', '.join(told)}", those


def _promise(way: Way) -> list[str]:
    return [
        way.name,
        "" if way.b0 is None else f"{way.b0:g}",
        "" if way.alpha is None else f"{way.alpha:g}",
    ]


def _cells(those: Sequence[Ran], workers: int) -> list[str]:
    return [
        f"{_mean(those, _early):.2f}",
        f"{_mean(those, _late):.2f}",
        f"{_mean(those, lambda each: each.full(workers)):.0f}",
        f"{_mean(those, _hits):.1%}",
        f"{_mean(those, _share):.2f}",
    ]


def _mean(those: Sequence[Ran], measure: Callable[[Ran], float]) -> float:
    return float(np.mean([measure(each) for each in those]))


def _early(each: Ran) -> float:
    return each.early


def _late(each: Ran) -> float:
    return each.late


def _hits(each: Ran) -> float:
    return each.hits


def _share(each: Ran) -> float:
    return each.share

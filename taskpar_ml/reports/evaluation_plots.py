"""Plots of an evaluation as SVG to be put into a page: the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from taskpar_ml.domain.evaluation import ALL, Evaluation, Measure
from taskpar_ml.reports.evaluation_tables import learned_of
from taskpar_ml.reports.plots import (
    COLOURS,
    INK,
    WIDTH,
    Plot,
    inline_svg,
    legend,
    legend_height,
    look,
    short_name,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW: Final = 0.32
"""Inches that a row needs."""


class Curve(NamedTuple):
    """Deciles of one repository: shares that were told, and shares that there were."""

    repository: str
    told: tuple[float, ...]
    observed: tuple[float, ...]


class Point(NamedTuple):
    """A number of a row, with its interval where there is one."""

    row: str
    value: float
    low: float
    high: float


def evaluation_plots(found: Evaluation, known: str) -> Iterator[Plot]:
    """Yield the plots of what is known in one way: AUC, advantages, reliability.

    Nothing is drawn of what was not measured.
    """
    models = list(dict.fromkeys(each.model for each in found.judged if each.known == known))
    values = {name: auc_of(found, known, name) for name in models}
    if any(values.values()):
        yield _auc(known, values)
    for model in learned_of(found):
        auc, ap = (advantage_points(found, known, model, name) for name in ("auc", "ap"))
        if auc and ap:
            yield _advantages(known, model, auc, ap)
    for model in learned_of(found):
        curves = reliability_curves(found, known, model)
        if curves:
            yield _reliability(known, model, curves)


def auc_of(found: Evaluation, known: str, model: str) -> dict[str | None, float]:
    """Return the AUC on all pairs by repository, the mean of all under None."""
    chosen = (
        each for each in found.judged if (each.known, each.pairs, each.model) == (known, ALL, model)
    )
    values = {each.repository: each.measures["AUC"].value for each in chosen}
    return {name: value for name, value in values.items() if value is not None}


def advantage_points(found: Evaluation, known: str, model: str, measure: str) -> list[Point]:
    """Return the mean differences on all pairs, ``auc`` or ``ap``, by the other model."""
    points = []
    for each in found.advantages:
        value: Measure = getattr(each, measure)
        if (
            (each.known, each.model) == (known, model)
            and (each.pairs, each.repository) == (ALL, None)
            and value.value is not None
        ):
            low, high = (
                value.value if bound is None else bound for bound in (value.low, value.high)
            )
            points.append(Point(each.other, value.value, low, high))
    return points


def reliability_curves(found: Evaluation, known: str, model: str) -> list[Curve]:
    """Return the deciles of a model, repository by repository, the least risky tenth first."""
    own = [each for each in found.deciles if (each.known, each.model) == (known, model)]
    return [
        Curve(
            name,
            tuple(each.expected / each.pairs for each in own if each.repository == name),
            tuple(each.observed / each.pairs for each in own if each.repository == name),
        )
        for name in dict.fromkeys(each.repository for each in own)
    ]


def _auc(known: str, values: Mapping[str, Mapping[str | None, float]]) -> Plot:
    names = list(dict.fromkeys(name for each in values.values() for name in each if name))
    title = f"AUC of every model, known: {known}"

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        shown = []
        for number, name in enumerate(names):
            own = [(each[name], row) for row, each in enumerate(values.values()) if name in each]
            (line,) = axes.plot(*zip(*own, strict=True), **look(number), linestyle="")
            shown.append(line)
        means = [(each[None], row) for row, each in enumerate(values.values()) if None in each]
        if means:
            (line,) = axes.plot(
                *zip(*means, strict=True), color=INK, marker="|", markersize=18, linestyle=""
            )
            shown.append(line)
        axes.axvline(0.5, color=INK, linewidth=0.8, linestyle=":")
        _rows(axes, list(values))
        axes.set_xlabel("AUC on all pairs; 0.5 is chance")
        legend(figure, shown, [*names, *(["mean"] if means else [])])

    best = [f"{name} {each[None]:.3f}" for name, each in values.items() if None in each]
    said = f"{title}. A point per repository, and the mean of all: {', '.join(best) or 'none'}."
    height = 1.2 + _ROW * len(values) + legend_height(len(names) + 1)
    return Plot(title, said, inline_svg(f"auc {known}", (WIDTH, height), draw))


def _advantages(known: str, model: str, auc: Sequence[Point], ap: Sequence[Point]) -> Plot:
    title = f"Advantages of {model}, known: {known}"

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, 2, sharey=True)
        names = list(dict.fromkeys(each.row for each in (*auc, *ap)))
        for axes, points, name in zip(panels, (auc, ap), ("AUC", "AP"), strict=True):
            for each in points:
                row = names.index(each.row)
                colour = COLOURS[0] if each.low > 0 else COLOURS[6]
                axes.plot([each.low, each.high], [row, row], color=colour)
                axes.plot([each.value], [row], color=colour, marker="o")
            axes.axvline(0, color=INK, linewidth=0.8, linestyle=":")
            axes.set_xlabel(f"difference in {name}")
        _rows(panels[0], names)

    said = ". ".join(
        f"Over {each.row}: {each.value:+.3f} ({each.low:+.3f} to {each.high:+.3f})" for each in ap
    )
    told = f"{title}. Differences with 95 % intervals, mean over repositories. AP: {said}."
    return Plot(
        title, told, inline_svg(f"advantages {model} {known}", (WIDTH, 1 + _ROW * len(auc)), draw)
    )


def _reliability(known: str, model: str, curves: Sequence[Curve]) -> Plot:
    title = f"Reliability of {model}, known: {known}"
    most = max(share for each in curves for share in (*each.told, *each.observed))
    # Most probabilities are small: a root of them leaves more room than they themselves.
    top = max(most, 1e-6) * 1.1

    def draw(figure: Figure) -> None:
        import numpy as np

        axes = figure.subplots()
        axes.set_xlim(0, top)
        axes.set_ylim(0, top)
        scale: Any = (lambda share: np.sqrt(np.maximum(share, 0)), np.square)
        axes.set_xscale("function", functions=scale)
        axes.set_yscale("function", functions=scale)
        axes.plot([0, top], [0, top], color=INK, linewidth=0.8, linestyle=":")
        shown = [
            axes.plot(each.told, each.observed, **look(number), linewidth=1.2)[0]
            for number, each in enumerate(curves)
        ]
        axes.set_xlabel("conflicts expected, share of the pairs of a decile")
        axes.set_ylabel("conflicts observed, share")
        legend(figure, shown, [each.repository for each in curves])

    said = ". ".join(
        f"{each.repository}: of the riskiest tenth {each.told[-1]:.1%} expected, "
        f"{each.observed[-1]:.1%} observed"
        for each in curves
    )
    size = (WIDTH * 0.7, 4.5 + legend_height(len(curves)))
    told = f"{title}. A curve per repository over deciles of the probability told. {said}."
    return Plot(title, told, inline_svg(f"reliability {model} {known}", size, draw))


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [short_name(each) for each in names])
    axes.set_ylim(len(names) - 0.5, -0.5)

"""How a bank grew, as a plot: tasks that landed to the right, width and hits upwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskpar_ml.domain.budget import Budget
from taskpar_ml.reports.plots import (
    COLOURS,
    INK,
    WIDTH,
    Plot,
    legend,
    legend_height,
    png_file,
    svg_file,
)
from taskpar_ml.reports.text import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HEIGHT: Final = 4.2
"""Inches of the plot without its legend."""


def growth_file(found: Budget, ending: str) -> bytes:
    """Return how a bank grew as a file that ends in ``.svg`` or ``.png``."""
    bank = found.bank
    widest = max(each.width for each in found.grown)
    title = f"How bank {bank.name} grew"
    said = (
        f"{title}: {counted(bank.landed, 'task')} landed, {counted(bank.hits, 'hit')} of "
        f"{found.allowed:g} allowed; width {found.grown[0].width} at first, {widest} at most, "
        f"{bank.width} now."
    )
    write = png_file if ending.lower() == ".png" else svg_file
    return write(
        Plot(title, said, ""),
        (WIDTH, _HEIGHT + legend_height(3)),
        lambda figure: _draw(figure, found),
    )


def _draw(figure: Figure, found: Budget) -> None:
    from matplotlib.ticker import MaxNLocator

    axes = figure.subplots()
    bank = found.bank
    landed = [each.landed for each in found.grown]
    hits = [each.hits for each in found.grown]
    widths = [each.width for each in found.grown]
    lines = [
        *axes.step(landed, widths, where="post", color=COLOURS[0], linewidth=1.6),
        *axes.step(landed, hits, where="post", color=COLOURS[1], linewidth=1.2),
        *axes.plot(
            [0, max(bank.landed, 1)],
            [bank.b0, bank.b0 + bank.alpha * max(bank.landed, 1)],
            color=INK,
            linewidth=0.9,
            linestyle="--",
        ),
    ]
    axes.set_xlabel("tasks that landed")
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    legend(figure, lines, ["width", "hits", "hits that are allowed"])

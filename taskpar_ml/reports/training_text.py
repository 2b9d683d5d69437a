"""What a model has learned from a repository, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType

from taskpar_ml.domain.training import TrainingReport
from taskpar_ml.reports.text import counted, plain


def draw_training(report: TrainingReport) -> RenderableType:
    """Return what was learned from, and how the model was adapted."""
    return Group(*_parts(report))


def _parts(report: TrainingReport) -> Iterator[RenderableType]:
    yield plain(f"{report.model}, out of {report.general}: {report.way}.", style="bold")
    yield plain(
        f"{report.history} up to {report.until[:12]}: {counted(report.tasks, 'task')} among "
        f"{counted(report.landings, 'landing')}."
    )
    if report.batches:
        seen = f", {report.observed:,} of them seen to run together" if report.observed else ""
        yield plain(
            f"Learned from {counted(report.pairs, 'pair')} in {report.batches:,} batches{seen}; "
            f"{counted(report.conflicts, 'conflict')}."
        )
    yield plain(report.regime)
    for each in report.tried:
        if each.difference or each.error:
            yield plain(
                f"  {each.way}: log loss {each.difference:+.4f} (standard error {each.error:.4f}) "
                "against the general model, on later parts of the history",
                style="dim",
            )

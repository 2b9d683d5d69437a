"""What a run of the miner did, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType

from taskpar_ml.domain.mining import MiningReport
from taskpar_ml.reports.text import counted, plain


def draw_mining(report: MiningReport) -> RenderableType:
    """Return what is new in the store, and what is left out."""
    return Group(*_parts(report))


def _parts(report: MiningReport) -> Iterator[RenderableType]:
    yield plain(
        f"{report.name}: {counted(report.pairs, 'pair')} of {counted(report.tasks, 'task')} "
        f"replayed; {counted(report.landings, 'new landing')} among "
        f"{counted(report.commits, 'commit')}.",
        style="bold",
    )
    if report.is_short:
        yield plain(
            "There is nothing to replay yet: the first tasks of a history serve as memory only."
        )
    if report.texts:
        yield plain(f"{counted(report.texts, 'text')} of issues joined to tasks.")
    if report.abandoned:
        yield plain(
            f"{counted(report.abandoned, 'landing')} left out from now on: the history was "
            "rewritten, or another branch is mined under this name."
        )
    if report.postponed:
        yield plain("The newest push waits for the next run: later ones may belong to it.")
    if report.is_cut:
        yield plain("The clone is cut: what landed before its oldest commits is not mined.")
    for notice in report.notices:
        yield plain(notice, style="dim")

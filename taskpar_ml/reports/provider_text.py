"""What came of asking footprint providers, and what is known of them, as a person reads it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.provided import AskingReport, ProviderRecord
from taskpar_ml.reports.text import counted, plain

_FAILURES: Final = 5
"""Failures that are shown."""
_COLUMNS: Final = (
    "provider",
    "answers",
    "tried on",
    "precision",
    "recall",
    "recall@10 without",
    "with",
    "named",
    "unnamed",
)


def draw_records(records: Sequence[ProviderRecord]) -> RenderableType:
    """Return a table of providers, or a sentence where there are none."""
    if not records:
        return plain("No provider has answered yet.")
    table = Table(box=box.SIMPLE_HEAD)
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name == "provider" else "right")
    for each in records:
        table.add_row(
            plain(each.provider),
            f"{each.answers:,}",
            f"{each.tasks:,}",
            *(_share(value) for value in (each.precision, each.recall)),
            *(_share(value) for value in (each.recall_without, each.recall_with)),
            _odds(each.named),
            _odds(-each.unnamed),
        )
    return Group(table, *(plain(said) for said in _verdicts(records)))


def draw_asking(report: AskingReport) -> RenderableType:
    """Return how many tasks were asked about, what came of it, and what is known now."""
    return Group(*map(plain, _lines(report)), draw_records([report.record]))


def _lines(report: AskingReport) -> Iterator[str]:
    kind = "past task" if report.past else "open task"
    asked = f"{report.provider}: asked about {report.asked:,} of {counted(report.tasks, kind)}"
    yield f"{asked}; {counted(report.answered, 'answer')}, {report.known:,} known before."
    if report.empty:
        yield f"{counted(report.empty, 'answer')} named nothing and say nothing."
    if report.refused:
        yield f"{counted(report.refused, 'word')} of the answers were no paths of the repository."
    for task, why in report.failures[:_FAILURES]:
        yield f"{task}: no answer. {why}"
    if len(report.failures) > _FAILURES:
        yield f"and {counted(len(report.failures) - _FAILURES, 'more task')} without an answer."


def _verdicts(records: Sequence[ProviderRecord]) -> Iterator[str]:
    for each in records:
        if not each.counts:
            why = f"tried on too few past tasks with {each.model}"
            yield f"{each.provider} does not count yet: {why}."
        elif not each.named and not each.unnamed:
            why = f"its record says no more than {each.model} does"
            yield f"{each.provider} changes nothing: {why}."


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _odds(shift: float) -> str:
    """Return what a shift of log odds multiplies the odds by."""
    return f"odds x {math.exp(shift):.2f}"

"""What a shadow knows, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.backtest import Measured
from taskpar_ml.domain.shadow import (
    Beforehand,
    DispatchResult,
    ShadowPair,
    ShadowReport,
    Tally,
    Waiting,
)
from taskpar_ml.domain.watching import Watching
from taskpar_ml.reports.text import counted, plain

_SHORT: Final = 12
"""Characters of a commit's id."""
_TITLE: Final = 60
"""Characters of a title."""
_WATCHED: Final = {
    Watching.NEVER: "nobody watching",
    Watching.TRIAL_MERGES: "with trial merges",
    Watching.CHECKPOINTS: "with checkpoints",
    Watching.AT_ONCE: "with syncs at once",
}


def draw_shadow(found: ShadowReport) -> RenderableType:
    """Return what the predictions came to, and what is waited for."""
    return Group(*_parts(found))


def shadow_line(found: ShadowReport) -> str:
    """Return what a pass did and what is known after it, on one line."""
    said = [
        f"{found.name}: {counted(found.mined, 'new task')}, "
        f"{counted(found.recorded, 'new prediction')}"
    ]
    if found.batches is not None:
        said.append(
            f"{counted(found.batches.sets, 'batch', 'batches')}: "
            f"{found.batches.kept_apart} of {counted(found.batches.conflicts, 'conflict')} kept "
            f"apart, {counted(found.batches.for_nothing, 'pair')} for nothing"
        )
    return "; ".join([*said, waiting_words(found.waiting, is_first=found.batches is None)])


def waiting_words(waiting: Waiting, *, is_first: bool) -> str:
    """Say what the next batch waits for.

    Examples
    --------
    >>> waiting_words(Waiting(memory=0, landed=7, needed=20), is_first=True)
    '7 of 20 tasks of the first batch have landed.'
    """
    if waiting.memory:
        return (
            f"The first tasks of a history teach only: {counted(waiting.memory, 'more task')} must "
            "land before the first batch begins."
        )
    which = "first" if is_first else "next"
    return f"{waiting.landed} of {waiting.needed} tasks of the {which} batch have landed."


def _parts(found: ShadowReport) -> Iterator[RenderableType]:
    yield plain(
        f"{found.name}: in the shadow since {_day(found.since_time)} "
        f"({found.since[:_SHORT]}); {counted(found.landed, 'task')} landed since.",
        style="bold",
    )
    if found.batches is not None:
        yield plain("")
        yield plain("Predictions made as of before the batch", style="bold")
        yield plain(_opening(found, found.batches))
        yield from _tally(found.batches)
        yield _dispatch(found)
        yield from _wrong(found.batches)
    if found.beforehand is not None:
        yield plain("")
        yield plain("Predictions made before the work landed", style="bold")
        yield from _beforehand(found.beforehand)
    yield plain("")
    if found.unjudged:
        yield plain(
            f"{counted(found.unjudged, 'batch', 'batches')} predicted, and not judged yet: their "
            "tasks were not replayed against their neighbours."
        )
    yield plain(waiting_words(found.waiting, is_first=found.batches is None))


def _opening(found: ShadowReport, tally: Tally) -> str:
    return (
        f"On the {tally.tasks:,} tasks of {counted(tally.sets, 'batch', 'batches')} that landed "
        f"since {_day(found.since_time)} taskpar ({found.model}, threshold {found.threshold:g}, "
        f"told by {found.text}) would have kept apart {tally.kept_apart:,} of the "
        f"{counted(tally.conflicts, 'pair')} that conflict, and let {tally.let_through:,} through."
    )


def _tally(tally: Tally) -> Iterator[RenderableType]:
    harmless = tally.pairs - tally.conflicts
    yield plain(
        f"Of the {counted(harmless, 'pair')} that do not conflict, {tally.for_nothing:,} would "
        f"have been kept apart for nothing. {counted(tally.unscored, 'pair')} could not be scored, "
        f"and of {tally.unknown:,} it is not known whether they conflict."
    )
    if tally.expected is not None:
        of = tally.expected
        inside = of.low <= of.seen <= of.high
        yield plain(
            f"Its probabilities add up to {of.mean:.1f} conflicts (95 % of the time {of.low} to "
            f"{of.high}); {of.seen} were seen"
            + ("." if inside else ": it is off by more than chance explains.")
        )
    brier = "-" if tally.brier is None else f"{tally.brier:.4f}"
    auc = "-" if tally.auc is None else _shown(tally.auc, places=3)
    yield plain(f"Brier score {brier} (0 is best); AUC {auc} (0.5 is guessing, 1 is best).")


def _dispatch(found: ShadowReport) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(
        f"{counted(found.workers, 'worker')}, {_WATCHED[found.watching]}", overflow="fold"
    )
    for name in ("speed-up", "redone", "work lost", "kept apart"):
        table.add_column(name, justify="right")
    for each in found.dispatch:
        table.add_row(*_row(each))
    return table


def _row(result: DispatchResult) -> tuple[RenderableType, ...]:
    return (
        plain(result.policy),
        _shown(result.speed_up),
        _shown(result.redone, percent=True),
        _shown(result.lost, percent=True),
        f"{result.kept_apart:.1%}",
    )


def _wrong(tally: Tally) -> Iterator[RenderableType]:
    if tally.misses:
        yield _pairs(
            "Conflicts it would have let through, those held for the safest first", tally.misses
        )
    if tally.false_alarms:
        yield _pairs(
            "Pairs kept apart for nothing, those that cost most time first", tally.false_alarms
        )


def _pairs(title: str, pairs: Sequence[ShadowPair]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    table.add_column("risk", justify="right")
    table.add_column("first to land", overflow="fold")
    table.add_column("then", overflow="fold")
    table.add_column("minutes", justify="right")
    for each in pairs:
        table.add_row(
            "-" if each.risk is None else f"{each.risk:.3f}",
            plain(f"{each.first[:_SHORT]} {each.first_title}", most=_TITLE),
            plain(f"{each.second[:_SHORT]} {each.second_title}", most=_TITLE),
            f"{each.minutes:,}",
        )
    return table


def _beforehand(found: Beforehand) -> Iterator[RenderableType]:
    yield plain(
        f"{counted(found.pairs, 'pair')} of {counted(found.tasks, 'open task')} recorded; "
        f"{found.landed:,} of these tasks have landed."
    )
    if found.joint:
        yield plain(f"{counted(found.joint, 'pair')} landed as one: nothing can be said of them.")
    if found.distant:
        yield plain(
            f"{counted(found.distant, 'pair')} landed too far from each other to be replayed."
        )
    tally = found.tally
    if tally is None:
        yield plain("No two of them have landed near each other yet: there is nothing to judge.")
        return
    yield plain(
        f"Of {counted(tally.pairs, 'pair')} that landed, {tally.conflicts:,} conflict: "
        f"{tally.kept_apart:,} would have been kept apart, {tally.let_through:,} let through."
    )
    yield from _tally(tally)
    yield from _wrong(tally)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B} {moment.year}"


def _shown(of: Measured, *, percent: bool = False, places: int = 2) -> str:
    """Return a mean with its interval where there is one."""
    scale, sign, places = (100, "%", 1) if percent else (1, "", places)
    mean = f"{of.mean * scale:.{places}f}{sign}"
    if of.low is None or of.high is None or of.low == of.high:
        return mean
    return f"{mean} ({of.low * scale:.{places}f}-{of.high * scale:.{places}f})"

"""The tables of a backtest, as its page shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from taskpar_ml.domain.backtest import Backtest, Measured, PolicyResult
from taskpar_ml.domain.watching import Watching
from taskpar_ml.reports.backtest_frontier import results_of
from taskpar_ml.reports.backtest_text import WATCHED
from taskpar_ml.reports.report_tables import Cell, ReportTable, bounds_of, number_cell
from taskpar_ml.reports.text import counted

BESIDE: Final = (
    "Added: beside all-parallel dispatch that is watched the same way, batch by batch; "
    "* the whole interval is better."
)
"""What the last columns and the mark of a cell mean."""
_NONE: Final = Cell("-")
_SHORT: Final = 12
"""Letters that are enough to find a commit."""
_COLUMNS: Final = (
    "policy",
    "speed-up",
    "of oracle's",
    "of forecast's",
    "redone",
    "hits / task",
    "work lost",
    "kept apart",
)
_ADDED: Final = ("added speed-up", "added loss")
_DONE: Final = {
    Watching.NEVER: "A collision shows when the later task is to land; all of its run is lost.",
    Watching.TRIAL_MERGES: "Running tasks are merged on trial with each other and with what has "
    "landed. As soon as two collide, the one with less work behind it is parked.",
    Watching.CHECKPOINTS: "Trial merges, and at its next checkpoint a running task takes over what "
    "has landed.",
    Watching.AT_ONCE: "Trial merges, and whatever lands is taken over by all that run in the same "
    "moment: a bound, for no agent can be interrupted at any moment.",
}


def assumed_words(found: Backtest) -> Iterator[str]:
    """Say what was taken for granted."""
    size = (
        "A task takes as long as the square root of the lines it changed says, times luck"
        if found.sized
        else "All tasks take equally long but for luck"
    )
    yield f"{size}; luck of seed {found.seed}. Pairs of which nothing is known do not conflict."
    if any(way is not Watching.NEVER for way in found.watching):
        yield (
            f"Taking over what has landed costs {found.sync_cost:.0%} of a task's minutes; a "
            f"parked task loses {found.lost_share:.0%} of its work."
        )


def ways_table(found: Backtest) -> ReportTable:
    """Return the ways in which running tasks were watched."""
    rows = tuple((Cell(WATCHED[way]), Cell(_DONE[way])) for way in found.watching)
    return ReportTable("How running tasks were watched", ("way", "what happens"), rows, texts=2)


def policy_tables(found: Backtest, workers: int) -> Iterator[ReportTable]:
    """Yield what every policy came to with so many workers, a table for each way to watch."""
    for way in found.watching:
        rows = tuple(_policy(found, each, way) for each in results_of(found, workers, way))
        title = f"{WATCHED[way]}, {counted(workers, 'worker')}"
        yield ReportTable(title, (*_COLUMNS, *_ADDED), rows)


def batch_table(found: Backtest) -> ReportTable:
    """Return the batches, oldest first."""
    columns = ("base", "first task", "last task", "tasks", "minutes of work", "conflicts")
    rows = tuple(
        (
            *(Cell(text[:_SHORT]) for text in (each.base, each.first, each.last)),
            *(Cell(f"{n:,}") for n in (each.tasks, each.work, each.conflicts)),
            *(Cell(f"{n:,}") for n in (each.unknown, each.unscored)),
        )
        for each in found.batches
    )
    title = counted(len(found.batches), "batch", "batches")
    return ReportTable(title, (*columns, "unknown pairs", "unscored pairs"), rows, texts=3)


def _policy(found: Backtest, result: PolicyResult, way: Watching) -> tuple[Cell, ...]:
    of = result.measures
    return (
        Cell(result.policy),
        *(_cell(each, _two) for each in (of.speed_up, of.efficiency, of.of_forecast)),
        _cell(of.redone, _percent),
        _cell(of.hits, _three),
        _cell(of.lost, _percent),
        Cell(_percent(result.kept_apart)),
        *_beside(found, result, way),
    )


def _beside(found: Backtest, result: PolicyResult, way: Watching) -> tuple[Cell, Cell]:
    # What nothing can hit is held against all-parallel dispatch as it is watched first.
    if result.watching is None and way is not found.watching[0]:
        return _NONE, _NONE
    beside = result.beside_all_parallel
    faster, lost = (bounds_of(each.low, each.high) for each in (beside.speed_up, beside.lost))
    return (
        _difference(beside.speed_up, _signed, is_better=faster is not None and faster[0] > 0),
        _difference(beside.lost, _signed_percent, is_better=lost is not None and lost[1] < 0),
    )


def _cell(value: Measured, form: Callable[[float], str]) -> Cell:
    return number_cell(value.mean, bounds_of(value.low, value.high), form)


def _difference(value: Measured, form: Callable[[float], str], *, is_better: bool) -> Cell:
    bounds = bounds_of(value.low, value.high)
    return number_cell(value.mean, bounds, form, between=" to ", is_marked=is_better)


def _two(value: float) -> str:
    return f"{value:.2f}"


def _three(value: float) -> str:
    return f"{value:.3f}"


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _signed(value: float) -> str:
    return f"{value:+z.2f}"


def _signed_percent(value: float) -> str:
    return f"{value:+z.1%}"

"""A replay of the past in numbers, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.backtest import Backtest, Measured, OracleProof, PolicyResult, Recommendation
from taskpar_ml.domain.watching import Watching
from taskpar_ml.reports.text import counted, plain

WATCHED: Final = {
    Watching.NEVER: "Nobody watching",
    Watching.TRIAL_MERGES: "With trial merges",
    Watching.CHECKPOINTS: "With checkpoints",
    Watching.AT_ONCE: "With syncs at once",
}
"""Ways to watch, as sentences begin."""
_COLUMNS: Final = ("speed-up", "of the oracle's", "redone", "work lost", "kept apart")


def draw_backtest(found: Backtest) -> RenderableType:
    """Return what every policy came to, with 95 % intervals of the means over batches."""
    return Group(*_parts(found))


def _parts(found: Backtest) -> Iterator[RenderableType]:
    whole, pairs = replayed_words(found)
    yield plain(whole, style="bold")
    yield plain(pairs)
    for proof in found.oracle:
        of_workers = [each for each in found.results if each.workers == proof.workers]
        if len(found.watching) == 1:
            yield _table(of_workers, proof.workers)
        else:
            yield _brief_table(of_workers, proof.workers, found.watching)
        doubt = doubt_words(proof, batches=len(found.batches))
        if doubt is not None:
            yield plain(doubt, style="dim")
    for each in found.recommended:
        yield plain(recommendation_words(each))


def replayed_words(found: Backtest) -> tuple[str, str]:
    """Say what was replayed, and what is known of its pairs."""
    batches = counted(len(found.batches), "batch", "batches")
    return (
        f"{counted(found.tasks, 'past task')} in {batches}, told by {found.text}; "
        f"durations of seed {found.seed}.",
        f"Of {found.pairs:,} pairs {found.conflicts:.1%} conflict; of {found.unknown:.1%} that is "
        f"not known, and {found.unscored:.1%} cannot be scored.",
    )


def doubt_words(proof: OracleProof, *, batches: int) -> str | None:
    """Say what is not proved of the oracle's schedules of so many batches; None if all is."""
    doubted = batches - proof.proved
    if not doubted:
        return None
    return (
        "The oracle's schedule is not proved to be the shortest in "
        f"{counted(doubted, 'batch', 'batches')}; it is at most {proof.gap:.1%} too long."
    )


def recommendation_words(found: Recommendation) -> str:
    """Say how to run tasks that are watched in one way."""
    of = found.measures
    words = (
        f"{WATCHED[found.watching]}: {counted(found.workers, 'worker')} at {found.threshold:g} "
        f"would have been {of.speed_up.mean:.1f}x as fast, with {of.redone.mean:.1%} of the tasks "
        f"redone and {of.lost.mean:.1%} of the work lost; promise at most "
        f"{counted(found.b0, 'hit')} up front and {found.alpha:.0%} of what lands "
        f"(b0 {found.b0}, alpha {found.alpha:g})."
    )
    if found.is_tolerable:
        return words
    return f"{words} More than the {found.tolerated:.1%} of hits that were to be borne."


def _table(results: Sequence[PolicyResult], workers: int) -> Table:
    """Return a table with intervals, of results that were all watched in one way."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(counted(workers, "worker"), overflow="fold")
    for name in _COLUMNS:
        table.add_column(name, justify="right")
    for result in results:
        of = result.measures
        table.add_row(
            plain(result.policy),
            _shown(of.speed_up),
            _shown(of.efficiency),
            _shown(of.redone, percent=True),
            _shown(of.lost, percent=True),
            f"{result.kept_apart:.1%}",
        )
    return table


def _brief_table(
    results: Sequence[PolicyResult], workers: int, watching: Sequence[Watching]
) -> Table:
    """Return a table of means: speed-up, share of tasks redone, and of work lost."""
    table = Table(box=box.SIMPLE_HEAD, caption="speed-up, tasks redone, work lost", expand=False)
    table.add_column(counted(workers, "worker"), overflow="fold")
    for mode in watching:
        table.add_column(mode.value, justify="right")
    by_policy: dict[str, dict[Watching | None, PolicyResult]] = {}
    for result in results:
        by_policy.setdefault(result.policy, {})[result.watching] = result
    for policy, by_mode in by_policy.items():
        cells = [by_mode.get(mode, by_mode.get(None)) for mode in watching]
        table.add_row(plain(policy), *("" if cell is None else _brief(cell) for cell in cells))
    return table


def _brief(result: PolicyResult) -> str:
    of = result.measures
    speed = f"{of.speed_up.mean:.2f}"
    if result.watching is None:
        return f"{speed}{'':14}"
    return f"{speed} {of.redone.mean:>6.1%} {of.lost.mean:>6.1%}"


def _shown(value: Measured, *, percent: bool = False) -> str:
    """Return a mean with its interval, where there is one that says more."""
    mean, low, high = (
        None if each is None else f"{100 * each:.1f}" if percent else f"{each:.2f}"
        for each in (value.mean, value.low, value.high)
    )
    sign = "%" if percent else ""
    return f"{mean}{sign}" if low in (None, high) else f"{mean}{sign} ({low}-{high})"

"""Counting what a log of landings holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from taskpar_ml.domain.landing import Landing, LandingShape
from taskpar_ml.domain.landing_overview import (
    AutomationCount,
    HotFile,
    LandingOverview,
    ShapeCount,
)
from taskpar_ml.history.landings import LandingLog
from taskpar_ml.history.statistics import HistoryStatistics

_EXAMPLES: Final = 3
_HOT_FILES: Final = 10
_YEAR_3000: Final = 32_503_680_000
"""Seconds since 1970 beyond which a clock was certainly wrong."""


def overview_of(log: LandingLog, paths: Iterable[str]) -> LandingOverview:
    """Return the numbers of a log.

    Parameters
    ----------
    paths
        Files of the snapshot at the log's newest commit, of which the hottest are named.
    """
    times = [each.landed_at for each in log.tasks if 0 <= each.landed_at < _YEAR_3000]
    statistics = HistoryStatistics.of(log.landings, paths)
    return LandingOverview(
        repository=log.repository,
        commit=log.newest,
        commits=log.commits,
        landings=len(log.landings),
        tasks=len(log.tasks),
        joined=sum(len(task.commits) > 1 for task in log.tasks),
        authors=len({task.author for task in log.tasks}),
        first_at=datetime.fromtimestamp(min(times), UTC) if times else None,
        last_at=datetime.fromtimestamp(max(times), UTC) if times else None,
        shapes=tuple(_shapes(log.landings)),
        automation=tuple(_automation(log.landings)),
        hot_files=tuple(
            HotFile(path=spot.path, tasks=spot.landings, weight=spot.weight)
            for spot in statistics.hot_spots(_HOT_FILES)
        ),
        notices=tuple(_notices(log)),
    )


def _shapes(landings: Sequence[Landing]) -> Iterator[ShapeCount]:
    """Yield the counts of every shape that occurs, in the order of the shapes."""
    of_all = Counter(landing.shape for landing in landings)
    of_tasks = Counter(landing.shape for landing in landings if landing.is_task)
    for shape in LandingShape:
        if of_all[shape]:
            yield ShapeCount(shape=shape.value, landings=of_all[shape], tasks=of_tasks[shape])


def _automation(landings: Sequence[Landing]) -> Iterator[AutomationCount]:
    """Yield the counts of every rule that applied, most landings first."""
    titles: dict[str, list[str]] = {}
    for landing in reversed(landings):
        if landing.automation is not None:
            titles.setdefault(landing.automation, []).append(landing.title)
    for rule, found in sorted(titles.items(), key=lambda each: (-len(each[1]), each[0])):
        examples = tuple(dict.fromkeys(found))[:_EXAMPLES]
        yield AutomationCount(rule=rule, landings=len(found), examples=examples)


def _notices(log: LandingLog) -> Iterator[str]:
    yield from map(str, log.lacks)
    if log.is_cut and not log.lacks:
        yield (
            f"{log.repository}: history ends at an object that is missing or damaged. "
            "`git fsck` names it."
        )
    if log.unread:
        number = f"{log.unread:,} commits are" if log.unread > 1 else "1 commit is"
        yield (
            f"{log.repository}: {number} left out because their directories cannot be read. "
            "`git fetch --refetch --no-filter` brings what a partial clone lacks."
        )

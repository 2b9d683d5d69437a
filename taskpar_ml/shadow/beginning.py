"""Where a shadow begins, and which batches have landed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.domain.prediction import ShadowStart
from taskpar_ml.domain.shadow import Waiting
from taskpar_ml.errors import ReplayError, UnknownLandingError
from taskpar_ml.history.batches import BATCH_SIZE, MEMORY_ONLY, TaskBatch, task_batches
from taskpar_ml.history.store.reader import HistoryReader
from taskpar_ml.history.store.repo_history import RepoHistory


def begun(history: RepoHistory, *, since: str | None, now: datetime) -> ShadowStart:
    """Return where the shadow of a history begins; it begins now if it never did.

    Parameters
    ----------
    since
        Commit after which it shall begin, which may differ from where it began so far; if None,
        where it began last, or else the newest landing.
    now
        What is noted as the beginning.

    Raises
    ------
    UnknownLandingError
        If ``since`` is part of no landing.
    ReplayError
        If nothing has landed, or the commit it began at is no longer on the line.
    """
    if since is not None:
        history.position_of(since)
        history.begin_shadow(ShadowStart(commit=since, started_at=now))
    with history.at_one_moment() as reader:
        starts, newest = reader.shadows(), reader.newest()
    if since is not None:
        return next(each for each in starts if each.commit == since)
    if not starts:
        if newest is None:
            raise ReplayError(
                history.place,
                "nothing has landed that a shadow could begin at.",
                "Run it again when something has.",
            )
        start = ShadowStart(commit=newest.landing.id, started_at=now)
        history.begin_shadow(start, only_first=True)
        with history.at_one_moment() as reader:
            starts = reader.shadows()
    return starts[-1]


class Landed(NamedTuple):
    """What has landed, seen from where a shadow began.

    Attributes
    ----------
    placed
        All landings, oldest first.
    first
        Landing from which on things landed since, as a place among them.
    batches
        Whole batches of what landed since, oldest first.
    waiting
        How far the next batch has come.
    """

    placed: Sequence[PlacedLanding]
    first: int
    batches: Sequence[TaskBatch]
    waiting: Waiting

    @property
    def tasks(self) -> int:
        """How many tasks landed since."""
        return sum(each.landing.is_task for each in self.placed[self.first :])


def landed_since(
    reader: HistoryReader, start: ShadowStart, *, place: str, until: str | None = None
) -> Landed:
    """Return what has landed since a shadow began.

    Batches are of consecutive tasks; which tasks stand in one does not depend on what landed after
    it. The first tasks of a history stand in none: there is too little to predict them from.

    Parameters
    ----------
    reader, start
        What is looked at, and from where.
    place
        How messages name the history.
    until
        Newest commit that counts; all that is known if None, or if it is part of no landing yet.

    Raises
    ------
    ReplayError
        If the commit where it began is no longer on the line.
    """
    try:
        number = reader.position_of(start.commit).number
    except UnknownLandingError:
        raise ReplayError(
            place,
            f"the shadow began at {start.commit[:12]}, which is no longer on the line: the history "
            "was rewritten, or mined anew up to an earlier commit.",
            "Begin again with --since REV; what was recorded stays.",
        ) from None
    last = _number(reader, until)
    placed = [each for each in reader.landings() if last is None or each.number <= last]
    first = next((at for at, each in enumerate(placed) if each.number > number), len(placed))
    landings = [each.landing for each in placed]
    before = sum(landing.is_task for landing in landings[:first])
    total = before + sum(landing.is_task for landing in landings[first:])
    begin = max(MEMORY_ONLY, before)
    waiting = Waiting(
        memory=max(begin - total, 0),
        landed=max(total - begin, 0) % BATCH_SIZE,
        needed=BATCH_SIZE,
    )
    return Landed(placed, first, task_batches(landings, memory_only=begin), waiting)


def _number(reader: HistoryReader, commit: str | None) -> int | None:
    if commit is None:
        return None
    try:
        return reader.position_of(commit).number
    except UnknownLandingError:
        return None

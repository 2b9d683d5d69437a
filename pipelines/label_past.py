"""Replays a past as mining does and keeps all in memory: what the study of labels samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.history.landings import landings_of
from taskpar_ml.history.line import whole_line
from taskpar_ml.history.replay.branches import branches
from taskpar_ml.history.replay.stretches import Stretch, Work
from taskpar_ml.history.replay.workers import replay_stretches
from taskpar_ml.history.view import HistoryView
from taskpar_ml.policy.automation import AutomationRules

WINDOW = 20
STRETCH = 50
"""Tasks of a stretch."""


@dataclass(frozen=True)
class Past:
    """A repository with the pairs that replaying its newest tasks gave.

    Attributes
    ----------
    name, place
        How tables call it, and its directory.
    bases
        Landing to the commit before it.
    pairs
        Every pair within the window.
    """

    name: str
    place: str
    bases: dict[str, str]
    pairs: list[PairFinding]


def replayed_past(place: str, *, tasks: int, cache: Path, workers: int) -> Past:
    """Replay the newest tasks of ``path`` or ``path@revision``."""
    path, _, revision = place.partition("@")
    works = list(_works(path, revision or "HEAD", cache))
    paired = [at for at, work in enumerate(works) if work.is_paired and work.base is not None]
    chosen = paired[-tasks:]
    stretches = _stretches(works, paired, chosen)
    pairs = [
        pair
        for _, mined in replay_stretches(path, path, stretches, workers=workers)
        for task in mined
        for pair in task.pairs
    ]
    bases = {work.id: work.base for work in works if work.base is not None}
    return Past(_name(path), path, bases, pairs)


def _works(path: str, revision: str, cache: Path) -> Iterator[Work]:
    view = HistoryView.at(path, revision)
    line, _ = whole_line(view.reader, view.commit)
    places = {oid.hex(): place for place, oid in enumerate(line.ids)}
    brought = list(branches(view.reader, line, first=0))
    facts = DiskFactCache(cache)
    for landing in landings_of(view, line, cache=facts, rules=AutomationRules()):
        place = places[landing.id]
        yield Work.of(landing, place, brought[place], is_paired=landing.is_task)


def _stretches(works: list[Work], paired: list[int], chosen: list[int]) -> Iterator[Stretch]:
    for start in range(0, len(chosen), STRETCH):
        part = chosen[start : start + STRETCH]
        oldest = paired[max(paired.index(part[0]) - WINDOW, 0)]
        ids = frozenset(works[at].id for at in part)
        yield Stretch(tuple(works[oldest : part[-1] + 1]), ids, WINDOW)


def _name(path: str) -> str:
    """Return the last telling part of a path."""
    parts = [part for part in Path(path).parts if part not in ("repo", ".git")]
    return parts[-1].removesuffix(".git").rpartition("+")[2]

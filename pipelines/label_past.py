"""Mines a past into a temporary store and keeps what it found: what the study of labels samples."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.history.landings import landings_of
from taskpar_ml.history.line import whole_line
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import WINDOW, MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.view import HistoryView
from taskpar_ml.policy.automation import AutomationRules


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
        Every pair within the window, by the place of the later task, the nearest earlier one first.
    """

    name: str
    place: str
    bases: dict[str, str]
    pairs: list[PairFinding]


def replayed_past(place: str, *, tasks: int, cache: Path, workers: int) -> Past:
    """Replay the newest tasks of ``path`` or ``path@revision``, as far as mining lines goes.

    The newest landing is left out where it is a push that may still grow.
    """
    path, _, revision = place.partition("@")
    until, facts = revision or "HEAD", DiskFactCache(cache)
    # Their windows reach back further, and the newest push may wait.
    others = _tasks(path, until, facts) - tasks - WINDOW - 1
    recipe = MiningRecipe(memory_only=max(others, 0))
    with (
        tempfile.TemporaryDirectory() as folder,
        HistoryStore.open(f"{folder}/history.sqlite") as store,
    ):
        history = store.history("past", create=True)
        mine(
            path,
            history,
            until=until,
            recipe=recipe,
            cache=facts,
            workers=workers,
            detectors=(),
        )
        landings = [placed.landing for placed in history.landings()]
        bases = {each.id: each.base for each in landings if each.base is not None}
        return Past(name_of(path), path, bases, _pairs(history, tasks))


def _tasks(path: str, until: str, facts: FactCache) -> int:
    """Return how many tasks landed."""
    view = HistoryView.at(path, until)
    line, _ = whole_line(view.reader, view.commit)
    landings = landings_of(view, line, cache=facts, rules=AutomationRules())
    return sum(landing.is_task for landing in landings)


def _pairs(history: RepoHistory, tasks: int) -> list[PairFinding]:
    """Return the pairs of the newest tasks."""
    mined = history.mined()
    on_the_line = (placed.landing.id for placed in history.landings())
    newest = frozenset([each for each in on_the_line if each in mined][-tasks:])
    windows = groupby(history.pairs(), key=lambda pair: pair.later)
    return [pair for later, window in windows if later in newest for pair in reversed(list(window))]


def name_of(path: str) -> str:
    """Return the last telling part of a path."""
    parts = [part for part in Path(path).parts if part not in ("repo", ".git")]
    return parts[-1].removesuffix(".git").rpartition("+")[2]

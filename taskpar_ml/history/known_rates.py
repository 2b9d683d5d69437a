"""What a mined history knows, at a commit, of how often tasks conflict in which file."""

from __future__ import annotations

import pygit2

from taskpar_ml.domain.position import Position
from taskpar_ml.errors import UnknownLandingError
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.replay.recipe import window_of
from taskpar_ml.history.store.reader import HistoryReader
from taskpar_ml.history.store.repo_history import RepoHistory


def rates_at(history: RepoHistory, git: pygit2.Repository, commit: str) -> ConflictRates | None:
    """Return the rates of what had landed with a commit.

    Parameters
    ----------
    history
        The mined history.
    git
        The repository that it is of.
    commit
        Id of the commit: one of the mined line, or one that the whole line led to.

    Returns
    -------
    ConflictRates or None
        None of a commit that the mined line says nothing of, on another branch for one.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    with history.at_one_moment() as reader:
        known, before = _end(reader, git, commit)
        if not known:
            return None
        landings = list(reader.landings(before=before))
        pairs = reader.pairs(before=before, shared_only=True)
        window = window_of(reader.recipe())
        return ConflictRates.counted(landings, pairs, mined=reader.mined(), window=window)


def _end(
    reader: HistoryReader, git: pygit2.Repository, commit: str
) -> tuple[bool, Position | None]:
    """Return whether the line leads to a commit, and the position that bounds what is known."""
    try:
        position = reader.position_of(commit)
    except UnknownLandingError:
        newest = reader.newest()
        if newest is None or newest.landing.id not in git:
            return False, None
        return git.descendant_of(commit, newest.landing.id), None
    # What is before a position does not include it.
    return True, Position(position.number + 1, position.time + 1)

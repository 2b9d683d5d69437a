"""What had become of the answers of providers, as far as a commit knows."""

from __future__ import annotations

from collections.abc import Sequence

import pygit2

from taskpar_ml.domain.provided import Trial
from taskpar_ml.history.line import Cut, first_parent_line
from taskpar_ml.history.store.reader import HistoryReader
from taskpar_ml.repo.objects import ObjectReader


def trials_at(
    reader: HistoryReader, git: pygit2.Repository, commit: str, *, place: str
) -> Sequence[Trial]:
    """Return the trials on what had landed with a commit, that commit included.

    What landed later, or on another line, is not known there. The history need not be mined.

    Parameters
    ----------
    reader
        Of the history that holds the trials.
    git
        The repository.
    commit
        Id of the commit.
    place
        How messages name the repository.
    """
    trials = list(reader.trials())
    missing = {each.landing for each in trials}
    known: set[str] = set()
    for step in first_parent_line(ObjectReader(git, place=place), pygit2.Oid(hex=commit)):
        if isinstance(step, Cut) or not missing:
            break
        if str(step.id) in missing:
            missing.discard(str(step.id))
            known.add(str(step.id))
    return [each for each in trials if each.landing in known]

"""Light features of two branches that git tells, for pairs whose work is known.

Source: Owhadi-Kareshk, Nadi and Rubin, "Predicting Merge Conflicts in Collaborative Software
Development" (2019): nine feature sets, and norm 1 to combine what both branches have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from statistics import fmean, median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.landing import ChangeStatus, Landing
from taskpar_ml.evaluation.own_work import OwnWork
from taskpar_ml.evaluation.shared_files import SharedFiles
from taskpar_ml.history.batches import TaskBatch

WORDS: Final = (
    "fix",
    "bug",
    "feature",
    "improve",
    "document",
    "refactor",
    "update",
    "add",
    "remove",
    "use",
    "delete",
    "change",
)
"""Words that are counted in messages, parts of longer words included."""

GIT_FEATURES: Final[Mapping[str, str]] = {
    "shared_files": "paths that both tasks touched",
    "commits": "own commits of both",
    "commits_last_week": "those written within a week before the newest of the same task",
    "files_added": "files that one of them added, counted for each",
    "files_modified": "files modified, likewise",
    "files_deleted": "files deleted, likewise",
    "files_renamed": "files renamed, likewise",
    "lines_added": "lines added by both",
    "lines_deleted": "lines deleted by both",
    "developers": "authors of the commits of each, added up",
    **{f"word_{word}": f"how often {word!r} stands in the messages of both" for word in WORDS},
    "message_min": "characters of the shortest message of each, added up",
    "message_max": "characters of the longest, likewise",
    "message_mean": "characters of a message on average, likewise",
    "message_median": "median characters of a message, likewise",
    "hours": "hours from the first to the last commit of each, added up",
}
"""Names of the columns with their meanings."""

_HOUR: Final = 3600
_WEEK: Final = 7 * 24 * _HOUR


def git_features(batch: TaskBatch, works: Mapping[str, OwnWork]) -> NDArray[np.float64]:
    """Return :data:`GIT_FEATURES` of every pair, shape ``(n_pairs, len(GIT_FEATURES))``.

    Parameters
    ----------
    batch
        Its pairs stand in the order of a pair table.
    works
        The work of each of its tasks, by id.

    Notes
    -----
    All are 0 or more and none is unknown. What each of two tasks has is added up, which is norm 1
    of two numbers that are not negative, so that no task is the first.

    A history does not offer all that the paper has. Left out are copied files, which landings do
    not tell from added ones. Files are those that a landing keeps of a mass change. A review that
    was squashed is one commit by one author, without duration. Commits are dated by when they
    were written, since rebasing dates them anew; work begins with the first of them and not where
    the branch was forked, which a landing does not say.
    """
    own = np.array(
        [_features(task, works[task.id]) for task in batch.tasks], dtype=np.float64
    ).reshape(len(batch.tasks), len(GIT_FEATURES) - 1)
    one, two = np.triu_indices(len(batch.tasks), k=1)
    shared = SharedFiles.of_batch(batch).shared.astype(np.float64)
    return np.column_stack([shared, own[one] + own[two]])


def _features(task: Landing, work: OwnWork) -> list[float]:
    """Return what one task has, in the order of the columns after the first."""
    files = Counter(change.status for change in task.changes)
    times = [commit.written_at for commit in work.commits]
    messages = [commit.message.casefold() for commit in work.commits]
    lengths = [len(commit.message) for commit in work.commits]
    return [
        len(times),
        sum(max(times) - time <= _WEEK for time in times),
        files[ChangeStatus.ADDED],
        files[ChangeStatus.MODIFIED],
        files[ChangeStatus.DELETED],
        files[ChangeStatus.RENAMED],
        *work.lines,
        len({commit.author for commit in work.commits}),
        *(sum(message.count(word) for message in messages) for word in WORDS),
        min(lengths),
        max(lengths),
        fmean(lengths),
        median(lengths),
        (max(times) - min(times)) / _HOUR,
    ]

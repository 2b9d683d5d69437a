"""The rule of ConE: two pull requests overlap widely, or in files that seldom meet.

Source: Maddila et al., "ConE: A Concurrent Edit Detection Tool for Large Scale Software
Development" (2021), sections 4.1 to 4.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.landing import Landing
from taskpar_ml.evaluation.shared_files import SharedFiles
from taskpar_ml.history.batches import BATCH_SIZE, TaskBatch
from taskpar_ml.survey.layers import is_source

EXTENT: Final = 0.5
"""Least extent of overlap. Half of the pull requests that overlap at all have less (table 5)."""
OVERLAPPING_FILES: Final = 2
"""Least shared files beside that extent: the default threshold of section 4.3."""
RARE_FILES: Final = 2
"""Least shared files that are rarely edited concurrently: the default threshold there."""
RARE_SECONDS: Final = 90 * 24 * 60 * 60
"""How far back it is asked which files those are: three months."""


def cone_rule(batch: TaskBatch) -> NDArray[np.float64]:
    """Return 1 for each pair that ConE would tell about, else 0, shape ``(n_pairs,)``.

    It tells where the extent of overlap is at least 50 % and at least two files are shared, or
    where at least two of the shared files are rarely edited concurrently.

    Notes
    -----
    What is taken from the paper, and how it is fitted to a history of landings:

    - Files are source files alone, by the endings of their names; the paper's own list of endings
      is that of its company, and says that others need another. They count by every name that a
      task touched them under.
    - The extent of overlap is the share of the files of a reference pull request that another one
      edits too. Each of two pull requests is a reference once, so that here the larger of both
      extents counts: shared files over those of the smaller change.
    - The paper says "more than two" shared files as well as that the threshold is two; two are
      enough here.
    - Which files are rarely edited concurrently: :func:`rarely_concurrent_files`, of what landed
      before the batch. The list is as new as the batch, not up to a week old.

    What only keeps people from being told twice is left out: pull requests that are older than 30
    days, or that the author already takes part in. So is the order in which people are told.
    """
    sources = [{path for path in task.touched if is_source(path)} for task in batch.tasks]
    files = SharedFiles.of(sources)
    rare = rarely_concurrent_files(batch.before)
    seldom = SharedFiles.of([own & rare for own in sources])
    wide = (files.shared >= OVERLAPPING_FILES) & (files.shared >= EXTENT * files.fewer)
    return (wide | (seldom.shared >= RARE_FILES)).astype(np.float64)


def rarely_concurrent_files(
    before: Sequence[Landing], *, seconds: int = RARE_SECONDS, window: int = BATCH_SIZE
) -> frozenset[str]:
    """Return the source files that were changed lately, but never by two tasks at one time.

    Parameters
    ----------
    before
        What landed before, oldest first.
    seconds
        What landed longer than that before the newest of them is not looked at.
    window
        Two tasks count as done at one time if they stand in a row of so many tasks.

    Notes
    -----
    In the paper these are the files that were edited in pull requests of the last three months,
    less those in which two pull requests overlap that were open at one time. A landing does not
    say when its work began; tasks that might stand in one batch are imagined to be done at one
    time everywhere else, so they are here. Automation is left out. A file that was not changed
    lately is not among them, as in the paper: nothing is known of it.
    """
    since = before[-1].landed_at - seconds if before else 0
    tasks = (each for each in before if each.is_task and each.landed_at >= since)
    last: dict[str, int] = {}
    met: set[str] = set()
    for number, task in enumerate(tasks):
        for path in set(task.touched):
            if number - last.get(path, -window) < window:
                met.add(path)
            last[path] = number
    return frozenset(path for path in last.keys() - met if is_source(path))

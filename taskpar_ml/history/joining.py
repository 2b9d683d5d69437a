"""Joining the direct pushes of one author: a task in pieces.

A person who pushes without reviews pushes often. Taken one by one, most conflicts of such a
history would be of a person with himself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from taskpar_ml.domain.landing import Landing, LandingShape
from taskpar_ml.history.extraction import MESSAGE_CHARACTERS
from taskpar_ml.history.line import LineCommit
from taskpar_ml.history.net_changes import net_changes
from taskpar_ml.history.people import author_of
from taskpar_ml.history.subjects import read_subject
from taskpar_ml.history.texts import body_of
from taskpar_ml.policy.automation import AutomationRules
from taskpar_ml.policy.automation_settings import AutomationRule
from taskpar_ml.repo.messages import message_of

MAX_GAP: Final = 8 * 60 * 60
"""Longest time between neighbours, in seconds: a working day. See decision 0014."""

MAX_RUN: Final = 20
"""Most pushes in one landing; longer runs are divided, the oldest twenty first."""


def may_join(earlier: LineCommit, later: LineCommit) -> bool:
    """Whether two neighbours on the line may be one task, as far as the commits alone tell.

    Joining never goes beyond this: pushes that are automation stay apart besides.
    """
    return (
        len(later.parents) == 1
        and len(earlier.parents) < 2
        and abs(later.content.commit_time - earlier.content.commit_time) <= MAX_GAP
        and author_of(later.content).key == author_of(earlier.content).key
        and _is_direct(later)
        and _is_direct(earlier)
    )


def join_pushes(landings: Iterable[Landing], rules: AutomationRules) -> Iterator[Landing]:
    """Yield landings with runs of direct pushes joined.

    Parameters
    ----------
    landings
        Landings of one commit each, oldest first. The oldest of a run must be among them.
    """
    for run in _runs(landings):
        for start in range(0, len(run), MAX_RUN):
            yield _joined(run[start : start + MAX_RUN], rules)


def _runs(landings: Iterable[Landing]) -> Iterator[list[Landing]]:
    run: list[Landing] = []
    for landing in landings:
        if run and not _continues(run[-1], landing):
            yield run
            run = []
        run.append(landing)
    if run:
        yield run


def _continues(earlier: Landing, later: Landing) -> bool:
    return (
        later.base == earlier.id
        and later.author == earlier.author
        and _is_piece(later)
        and _is_piece(earlier)
        and abs(later.landed_at - earlier.landed_at) <= MAX_GAP
    )


def _is_piece(landing: Landing) -> bool:
    """Whether a landing may be a part of one: a direct push whose changes are all known."""
    return (
        landing.shape == LandingShape.DIRECT
        and landing.is_task
        and landing.changed == len(landing.changes)
    )


def _joined(run: Sequence[Landing], rules: AutomationRules) -> Landing:
    first, newest = run[0], run[-1]
    if len(run) == 1:
        return first
    changes = net_changes(landing.changes for landing in run)
    texts = [first.body, *(f"{each.title}\n\n{each.body}" for each in run[1:])]
    automation = AutomationRule.LARGE.value if rules.is_large(len(changes)) else None
    return replace(
        first,
        commits=tuple(landing.id for landing in run),
        landed_at=newest.landed_at,
        body=body_of(texts, title=first.title),
        changes=changes,
        changed=len(changes),
        automation=automation if changes else AutomationRule.NO_CHANGE.value,
    )


def _is_direct(commit: LineCommit) -> bool:
    message = message_of(commit.content)[:MESSAGE_CHARACTERS]
    subject = read_subject(message, merge=False)
    return subject.shape == LandingShape.DIRECT

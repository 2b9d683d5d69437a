"""The log of landings before a position of a history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pygit2

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.history.assembly import landing_of
from taskpar_ml.history.extraction import line_facts
from taskpar_ml.history.facts import CommitFacts
from taskpar_ml.history.joining import MAX_RUN, join_pushes, may_join
from taskpar_ml.history.line import Cut, LineCommit, first_parent_line
from taskpar_ml.history.view import HistoryView
from taskpar_ml.policy.automation import AutomationRules

DEFAULT_LIMIT: Final = 5_000
"""How many landings are kept: what is older says little about what comes next."""

ENDLESS_RUN: Final = 20_000
"""Pushes of one author, hours apart, after which a run is divided from where reading ends."""


@dataclass(frozen=True)
class LandingLog:
    """The newest landings before a position, automation included.

    Attributes
    ----------
    repository
        As the caller named it.
    newest
        Id of the newest commit that the log covers, ``None`` where there is none.
    landings
        Oldest first.
    commits
        How many first-parent commits were looked at.
    unread
        How many of them are left out because their files could not be read.
    is_cut
        Whether the log begins where the clone is cut, not at the root of the history.
    lacks
        What the clone cannot tell of its history.
    """

    repository: str
    newest: str | None
    landings: tuple[Landing, ...] = ()
    commits: int = 0
    unread: int = 0
    is_cut: bool = False
    lacks: tuple[Notice, ...] = ()

    @property
    def tasks(self) -> tuple[Landing, ...]:
        """The landings that are no automation, oldest first."""
        return tuple(landing for landing in self.landings if landing.is_task)


def landings_before(
    repo: str | Path,
    commit: str,
    *,
    limit: int = DEFAULT_LIMIT,
    cache: FactCache = NO_CACHE,
    rules: AutomationRules | None = None,
) -> LandingLog:
    """Return what had landed before a commit of the first-parent line, the commit excluded.

    Parameters
    ----------
    repo
        Any directory of a repository.
    commit
        A revision; the line that leads to it counts, whatever comes after it.
    limit
        How many landings are kept, the newest.
    cache
        Remembers facts of commits between calls; without one all are read again.
    rules
        What counts as automation; the shipped rules by default.

    Raises
    ------
    RepositoryError
        One of its leaves if the repository or the commit cannot be read.

    Notes
    -----
    The answer depends on nothing that landed later: a run of joined pushes ends at the position.
    """
    view = HistoryView.at(repo, commit)
    read = view.reader.commit(view.commit)
    parents = read.parent_ids if read is not None else []
    return _log(view, parents[0] if parents else None, limit, cache, rules)


def landings_until(
    repo: str | Path,
    commit: str = "HEAD",
    *,
    limit: int = DEFAULT_LIMIT,
    cache: FactCache = NO_CACHE,
    rules: AutomationRules | None = None,
) -> LandingLog:
    """Return what had landed up to a commit, the commit included.

    That is what a snapshot at the commit may know. See :func:`landings_before`.
    """
    view = HistoryView.at(repo, commit)
    return _log(view, view.commit, limit, cache, rules)


def landings_of(
    view: HistoryView, line: Sequence[LineCommit], *, cache: FactCache, rules: AutomationRules
) -> Iterator[Landing]:
    """Yield the landings of a stretch of the first-parent line, oldest first.

    Parameters
    ----------
    line
        The stretch, oldest first. Where it begins within a run of pushes of one author, the run
        is divided from there.
    cache
        Remembers facts of commits between calls.
    rules
        What counts as automation.

    Notes
    -----
    Commits whose files cannot be read are left out.
    """
    return _landings(line_facts(view, line, cache), rules)


def _landings(facts: Iterable[CommitFacts | None], rules: AutomationRules) -> Iterator[Landing]:
    return join_pushes((landing_of(each, rules) for each in facts if each is not None), rules)


def _log(
    view: HistoryView,
    newest: pygit2.Oid | None,
    limit: int,
    cache: FactCache,
    rules: AutomationRules | None,
) -> LandingLog:
    if newest is None:
        return LandingLog(view.place, None, lacks=view.lacks)
    line: list[LineCommit] = []
    is_cut = False
    for step in _enough(first_parent_line(view.reader, newest), limit):
        if isinstance(step, Cut):
            is_cut = True
        else:
            line.append(step)
    line.reverse()
    facts = list(line_facts(view, line, cache))
    landings = list(_landings(facts, rules or AutomationRules()))
    return LandingLog(
        repository=view.place,
        newest=str(newest),
        landings=tuple(landings[max(len(landings) - limit, 0) :]),
        commits=len(line),
        unread=facts.count(None),
        is_cut=is_cut,
        lacks=view.lacks,
    )


def _enough(line: Iterator[LineCommit | Cut], limit: int) -> Iterator[LineCommit | Cut]:
    """Yield commits, newest first, until they are sure to hold so many whole landings.

    A run of pushes that may be joined is read to its oldest, because that is where its division
    into landings begins.
    """
    landings = run = 0
    later: LineCommit | None = None
    for step in line:
        if isinstance(step, LineCommit):
            if later is None or not may_join(step, later):
                landings += -(-run // MAX_RUN)
                run = 0
            if landings >= limit or run >= ENDLESS_RUN:
                return
            run += 1
            later = step
        yield step

"""Joining what a tracker holds to the landings that name it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import pygit2

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.issue_text import IssueText
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.history.extraction import line_facts
from taskpar_ml.history.facts import CommitFacts
from taskpar_ml.history.line import whole_line
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.view import HistoryView
from taskpar_ml.repo.objects import ObjectReader

MAX_NAMED: Final = 20
"""Most entries that one commit may name: more are a list of changes, not a task."""

_MAX_OWN: Final = 1_000
"""Most commits of one branch of which the oldest is looked for."""

_NAMED: Final = re.compile(r"(?<![\w/#&-])(?:gh-|#)(?P<number>[1-9]\d{0,8})\b", re.IGNORECASE)
_AT_ONCE: Final = 1_000


def join_texts(
    repo: str | Path,
    history: RepoHistory,
    issues: Sequence[IssueText],
    *,
    until: str = "HEAD",
    cache: FactCache = NO_CACHE,
) -> int:
    """Store the texts of issues with the tasks whose messages name them.

    A text counts only if it was written before the task's work began: before its oldest commit
    was written. The review as which a task came in is no issue, for its text is written after the
    work. An entry that was joined before and reads otherwise now, though its tracker tells no time
    of an edit, keeps its first wording: the nearer one to the time that it tells.

    Parameters
    ----------
    repo
        The repository.
    history
        Where its landings are stored.
    issues
        What the tracker holds.
    until
        Newest commit that is looked at.
    cache
        Remembers facts of commits between calls.

    Returns
    -------
    int
        How many texts were joined to tasks.

    Raises
    ------
    RepositoryError
        If the repository cannot be read.
    StoreError
        If the store cannot be read or written.
    """
    view = HistoryView.at(repo, until)
    line, _ = whole_line(view.reader, view.commit)
    known = {issue.reference: issue for issue in issues}
    facts = (each for each in line_facts(view, line, cache) if each is not None)
    named = {each.commit: found for each in facts if (found := _named(each, known))}
    joined = _joined(view.reader, history, known, named, frozenset(line.ids))
    stored = {_key(each) for each in history.texts()}
    count = 0
    while piece := list(islice(joined, _AT_ONCE)):
        history.append_texts([each for each in piece if _key(each) not in stored])
        count += len(piece)
    return count


def _named(facts: CommitFacts, known: Mapping[str, IssueText]) -> list[str]:
    """Return the issues that the messages of a commit name, each once."""
    messages = (facts.message, *facts.own)
    numbers = [found["number"] for each in messages for found in _NAMED.finditer(each)]
    references = dict.fromkeys(f"#{number}" for number in numbers)
    return [] if len(references) > MAX_NAMED else [each for each in references if each in known]


def _joined(
    reader: ObjectReader,
    history: RepoHistory,
    known: Mapping[str, IssueText],
    named: Mapping[str, Sequence[str]],
    on_line: Collection[bytes],
) -> Iterator[TaskText]:
    for placed in history.landings():
        landing = placed.landing
        references = dict.fromkeys(
            each for commit in landing.commits for each in named.get(commit, ())
        )
        references.pop(landing.reference or "", None)
        if not landing.is_task or not references:
            continue
        began = _began(reader, landing, on_line)
        for reference in references:
            issue = known[reference]
            if issue.written_at < began:
                yield TaskText(landing.id, issue.title, issue.body, issue.written_at, issue.source)


def _key(text: TaskText) -> tuple[str, str, int]:
    """Return what tells a text apart from others, whatever it says."""
    return text.task, text.source, text.written_at


def _began(reader: ObjectReader, landing: Landing, on_line: Collection[bytes]) -> int:
    """Return when the oldest commit of a landing was written, in seconds since 1970."""
    times = []
    for name in landing.commits:
        commit = reader.commit(pygit2.Oid(hex=name))
        if commit is None:
            return 0
        times.append(commit.author.time)
        times += [each.author.time for each in _own(reader, commit, on_line)]
    return min(times)


def _own(
    reader: ObjectReader, merge: pygit2.Commit, on_line: Collection[bytes]
) -> Iterator[pygit2.Commit]:
    """Yield the commits of a merged branch along first parents, until it meets the line."""
    for tip in merge.parent_ids[1:]:
        here = tip
        for _ in range(_MAX_OWN):
            commit = None if here.raw in on_line else reader.commit(here)
            if commit is None:
                break
            yield commit
            if not commit.parent_ids:
                break
            here = commit.parent_ids[0]

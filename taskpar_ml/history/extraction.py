"""Reading the facts of first-parent commits, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import pygit2

from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.errors import MissingObjectError
from taskpar_ml.history.changed_files import changed_files
from taskpar_ml.history.facts import KIND, CommitFacts, unpacked
from taskpar_ml.history.line import Cut, LineCommit, cut_of
from taskpar_ml.history.own_commits import own_commits
from taskpar_ml.history.people import Person, author_of
from taskpar_ml.history.view import HistoryView
from taskpar_ml.repo.messages import message_of

MESSAGE_CHARACTERS: Final = 8_000
"""How much of a message is kept, and how much of all messages of own commits together."""

OWN_MESSAGES: Final = 100
"""How many messages of own commits are kept."""

_AT_ONCE: Final = 500
"""How many facts are handed to the cache at once."""


def line_facts(
    view: HistoryView, line: Sequence[LineCommit], cache: FactCache
) -> Iterator[CommitFacts | None]:
    """Yield the facts of a stretch of the first-parent line, in its order.

    Parameters
    ----------
    line
        The stretch without gaps, oldest first. It is gone through piece by piece, so that it need
        not be held in memory.
    cache
        Asked first; told what it did not know. Facts that could not be read completely are not
        remembered, for the next fetch may bring what is missing.

    Yields
    ------
    CommitFacts or None
        ``None`` for a commit whose changes could not be read.
    """
    brought: Iterator[tuple[LineCommit, list[pygit2.Oid]]] | None = None
    cut: Cut | None = None
    for begin in range(0, len(line), _AT_ONCE):
        piece = line[begin : begin + _AT_ONCE]
        known = _remembered(view, piece, cache)
        fresh: dict[bytes, bytes] = {}
        for at, commit in enumerate(piece):
            if brought is None and commit.id not in known:
                # What is older than the first unknown commit matters to nobody but that commit.
                cut = cut_of(view.reader, commit.parents[0]) if commit.parents else None
                brought = own_commits(view.reader, line[begin + at :], cut=cut)
            own = [] if brought is None else next(brought)[1]
            if commit.id in known:
                continue
            facts, complete = _read(view, commit, own)
            # Damage that cuts the line is no part of the key, unlike what bends the history.
            complete = complete and (cut is None or bool(view.bend) or len(commit.parents) < 2)
            known[commit.id] = facts
            if facts is not None and complete:
                fresh[view.key(commit.id)] = facts.packed()
        if fresh:
            cache.put(KIND, fresh)
        for commit in piece:
            yield known[commit.id]


def _remembered(
    view: HistoryView, line: Sequence[LineCommit], cache: FactCache
) -> dict[pygit2.Oid, CommitFacts | None]:
    keys = {commit.id: view.key(commit.id) for commit in line}
    packed = cache.get(KIND, list(keys.values())) if keys else {}
    found: dict[pygit2.Oid, CommitFacts | None] = {}
    for commit in line:
        raw = packed.get(keys[commit.id])
        facts = raw and unpacked(
            raw, commit=str(commit.id), parents=tuple(map(str, commit.parents))
        )
        if facts:
            found[commit.id] = facts
    return found


def _read(
    view: HistoryView, commit: LineCommit, brought: Sequence[pygit2.Oid]
) -> tuple[CommitFacts | None, bool]:
    """Return the facts of a commit, and whether they are complete."""
    reader = view.reader
    parent = reader.commit(commit.parents[0]) if commit.parents else None
    trees = parent and parent.tree_id.raw, commit.content.tree_id.raw
    try:
        changes, changed = changed_files(reader, *trees, place=view.place)
    except MissingObjectError:
        return None, False
    commits = [reader.commit(oid) for oid in brought]
    own = [each for each in commits if each is not None]
    work = [each for each in own if len(each.parent_ids) < 2]
    facts = CommitFacts(
        commit=str(commit.id),
        parents=tuple(map(str, commit.parents)),
        author=_main_author(work or own) or author_of(commit.content),
        committed_at=commit.content.commit_time,
        message=message_of(commit.content)[:MESSAGE_CHARACTERS],
        own=tuple(_messages(work)),
        changes=changes,
        changed=changed,
    )
    return facts, None not in commits


def _main_author(commits: Sequence[pygit2.Commit]) -> Person | None:
    """Return who wrote most of the commits; of several, who wrote the newest."""
    counted = Counter(map(author_of, commits))
    return max(counted, key=counted.__getitem__) if counted else None


def _messages(commits: Sequence[pygit2.Commit]) -> Iterator[str]:
    room = MESSAGE_CHARACTERS
    for commit in commits[:OWN_MESSAGES]:
        message = message_of(commit)[:room]
        room -= len(message)
        yield message

"""What the work of a task consisted of: its own commits, and the lines that they changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import pygit2

from taskpar_ml.domain.landing import Landing
from taskpar_ml.errors import UnknownRevisionError
from taskpar_ml.history.changed_lines import LineCounts, line_counts
from taskpar_ml.history.line import LineCommit, cut_of, first_parent_line
from taskpar_ml.history.own_commits import own_commits
from taskpar_ml.history.people import author_of
from taskpar_ml.history.view import HistoryView
from taskpar_ml.repo.messages import message_of


class OwnCommit(NamedTuple):
    """One commit of a task: who wrote it, when (in seconds since 1970), and what it says."""

    author: str
    written_at: int
    message: str

    @classmethod
    def of(cls, commit: pygit2.Commit) -> Self:
        """Return what a commit tells of itself."""
        return cls(author_of(commit).key, commit.author.time, message_of(commit))


@dataclass(frozen=True)
class OwnWork:
    """The work of one task.

    Attributes
    ----------
    commits
        At least one, in no particular order. Those that came in with a merge, merges among them
        left out; a squashed review is one commit, however many it once was; joined pushes are one
        commit each.
    lines
        What was added and deleted from the task's base to its end.
    """

    commits: tuple[OwnCommit, ...]
    lines: LineCounts


def own_works(view: HistoryView, tasks: Sequence[Landing]) -> dict[str, OwnWork]:
    """Return the work of every task by the id of its landing.

    Parameters
    ----------
    view
        The history of a commit at which all of them have landed.
    tasks
        Landings of that history, in any order.

    Raises
    ------
    UnknownRevisionError
        If a commit of a landing is not on the first-parent line of that history.
    MissingObjectError
        If the clone lacks a file, a directory or a commit of the line that is needed.

    Notes
    -----
    An own commit that is missing or damaged is left out.
    """
    wanted = {commit for task in tasks for commit in task.commits}
    brought = dict(_brought(view, wanted))
    return {
        task.id: OwnWork(
            tuple(each for commit in task.commits for each in brought[commit]),
            line_counts(view, task),
        )
        for task in tasks
    }


def _brought(view: HistoryView, wanted: set[str]) -> Iterator[tuple[str, tuple[OwnCommit, ...]]]:
    """Yield each wanted commit of the line with the work that came in with it."""
    line = _stretch(view, wanted)
    parents = line[0].parents if line else ()
    cut = cut_of(view.reader, parents[0]) if parents else None
    for commit, ids in own_commits(view.reader, line, cut=cut):
        if str(commit.id) in wanted:
            found = [each for each in map(view.reader.commit, ids) if each is not None]
            work = [each for each in found if len(each.parent_ids) < 2]
            yield str(commit.id), tuple(map(OwnCommit.of, work or found or [commit.content]))


def _stretch(view: HistoryView, wanted: set[str]) -> list[LineCommit]:
    """Return the line from the oldest commit that is wanted, oldest first."""
    left = set(wanted)
    line = []
    for step in first_parent_line(view.reader, view.commit) if left else ():
        if isinstance(step, LineCommit):
            line.append(step)
            left.discard(str(step.id))
        if not left:
            break
    if left:
        raise UnknownRevisionError(
            view.place,
            f"{min(left)} is not on the first-parent line of {view.commit}.",
            "Take landings of this history, and a commit after them.",
        )
    return line[::-1]

"""What replay finds out about the landings of a small main line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict, MinedTask, PairFinding
from taskpar_ml.domain.overlap import FileConflictKind
from taskpar_ml.history.landings import landings_of
from taskpar_ml.history.line import whole_line
from taskpar_ml.history.replay.branches import branches
from taskpar_ml.history.replay.stretches import Stretch, Work
from taskpar_ml.history.replay.workers import replay_stretches
from taskpar_ml.history.view import HistoryView
from taskpar_ml.policy.automation import AutomationRules
from taskpar_ml.policy.labels import LabelPolicy
from tests.support.histories import History
from tests.support.merging import Content

Edit: TypeAlias = Callable[[str], str]
Step: TypeAlias = Mapping[str, Content | Edit | None]
"""Path to new content, to what becomes of the old one, or to ``None`` for a file that goes."""


def sets(*at: int, to: str = "changed") -> Edit:
    """Return an edit that replaces lines, counted from 0."""

    def edit(old: str) -> str:
        lines = old.splitlines(keepends=True)
        for each in at:
            lines[each] = f"{to} {each}\n"
        return "".join(lines)

    return edit


def inserts(at: int, *new: str) -> Edit:
    """Return an edit that puts lines before a line."""

    def edit(old: str) -> str:
        lines = old.splitlines(keepends=True)
        lines[at:at] = [f"{each}\n" for each in new]
        return "".join(lines)

    return edit


def drops(start: int, end: int) -> Edit:
    """Return an edit that deletes lines, the last one excluded."""

    def edit(old: str) -> str:
        lines = old.splitlines(keepends=True)
        del lines[start:end]
        return "".join(lines)

    return edit


def clean(path: str, *, created: bool = False) -> FileFinding:
    """Return the finding of a merge without conflict."""
    return FileFinding(path, FileVerdict.CLEAN, created=created)


def conflict(path: str, kind: str = "content", *, created: bool = False) -> FileFinding:
    """Return the finding of a merge with a conflict."""
    return FileFinding(path, FileVerdict.CONFLICT, kind=FileConflictKind(kind), created=created)


def by_hunks(path: str, verdict: str, *, created: bool = False) -> FileFinding:
    """Return a finding of mapped hunks."""
    return FileFinding(path, FileVerdict(verdict), DecidedBy.HUNKS, created=created)


def unknown(path: str) -> FileFinding:
    """Return the finding that nothing could decide."""
    return FileFinding(path, FileVerdict.UNKNOWN, DecidedBy.NOTHING)


def lands(history: History, *steps: Step) -> list[str]:
    """Commit steps onto the main line, each a landing of its own; return their ids."""
    made = []
    for number, step in enumerate(steps):
        files = {} if history.repository.head_is_unborn else history.files[history.head]
        change = {path: _content(new, files.get(path)) for path, new in step.items()}
        made.append(history.commit(f"Step {number}", change))
    return made


def _content(new: Content | Edit | None, old: Content | None) -> Content | None:
    if not callable(new):
        return new
    if isinstance(old, str):
        return new(old)
    assert isinstance(old, bytes)
    return new(old.decode()).encode()


def replayed(history: History, base: Step, *steps: Step) -> tuple[FileFinding, ...]:
    """Return the findings of the first and the last of some steps that land upon a base."""
    _, first, *_, last = lands(history, base, *steps)
    return pairs_of(history.place)[first, last].files


def kinds_of(pair: PairFinding) -> set[str]:
    """Return the kinds of a pair's label under the shipped policy."""
    return {str(each) for each in LabelPolicy().kinds(pair)}


def pairs_of(place: Path, **chosen: object) -> dict[tuple[str, str], PairFinding]:
    """Return what replay finds about every pair of landings, by their ids."""
    mined = mined_tasks(place, **chosen)
    return {(pair.earlier, pair.later): pair for task in mined for pair in task.pairs}


def mined_tasks(
    place: Path, *, revision: str = "HEAD", window: int = 20, cut_every: int = 100, workers: int = 1
) -> list[MinedTask]:
    """Replay a whole line, in stretches of so many tasks."""
    works = list(works_of(place, revision))
    stretches = stretches_of(works, window=window, cut_every=cut_every)
    done = replay_stretches(place, "the line", stretches, workers=workers)
    return [task for _, tasks in done for task in tasks]


def works_of(place: Path, revision: str = "HEAD") -> Iterator[Work]:
    """Yield the landings of a line as replay wants them."""
    view = HistoryView.at(place, revision)
    line, _ = whole_line(view.reader, view.commit)
    places = {oid.hex(): at for at, oid in enumerate(line.ids)}
    brought = list(branches(view.reader, line, first=0))
    for each in line_landings(view):
        at = places[each.id]
        yield Work.of(each, at, brought[at], is_paired=each.is_task and each.base is not None)


def line_landings(view: HistoryView) -> Iterator[Landing]:
    """Yield the landings of a whole line, oldest first."""
    line, _ = whole_line(view.reader, view.commit)
    return landings_of(view, line, cache=NO_CACHE, rules=AutomationRules())


def stretches_of(works: Sequence[Work], *, window: int, cut_every: int) -> Iterator[Stretch]:
    """Yield stretches that hold every task that is paired."""
    paired = [at for at, work in enumerate(works) if work.is_paired]
    for start in range(0, len(paired), cut_every):
        part = paired[start : start + cut_every]
        oldest = paired[max(start - window, 0)]
        ids = frozenset(works[at].id for at in part)
        yield Stretch(tuple(works[oldest : part[-1] + 1]), ids, window)

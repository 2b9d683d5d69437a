"""Holds mapped hunks against merges, and looks at how the lines of conflicting tasks meet."""

from __future__ import annotations

import random
from collections import Counter
from enum import StrEnum

import pygit2
from label_past import Past

from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict, PairFinding
from taskpar_ml.history.replay.done import DoneTask, done_task
from taskpar_ml.history.replay.hunks import mapped
from taskpar_ml.history.replay.overwritten import OverwrittenFiles
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.repo.attributes import carry_attributes
from taskpar_ml.repo.git import open_repository
from taskpar_ml.repo.line_spans import changed_spans
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import scratch_repository
from taskpar_ml.repo.similarity import is_binary


def hunks_against_merges(past: Past, most: int, *, seed: int) -> Counter[tuple[bool, bool]]:
    """Count files by whether they conflict by mapped hunks, and by the merge.

    Files are those that a merge decided, that the earlier task did not create, and that had one
    name all the while.
    """
    counts: Counter[tuple[bool, bool]] = Counter()
    with scratch_repository(open_repository(past.place), place=past.place) as scratch:
        reader = ObjectReader(scratch, place=past.place)
        overwritten = OverwrittenFiles(scratch, reader, place=past.place)
        attributes_of = None
        for pair, finding in _drawn(past, most, seed):
            earlier, later = (
                done_task(reader, each, past.bases[each], place=past.place)
                for each in (pair.earlier, pair.later)
            )
            if not _is_comparable(finding.path, earlier, later):
                continue
            if attributes_of != pair.later:
                scratch.index.clear()
                carry_attributes(scratch, reader, later.base, place=past.place)
                attributes_of = pair.later
            said = overwritten.finding(finding.path, (finding.path,), earlier, later)
            if said.verdict != FileVerdict.UNKNOWN and not said.created:
                counts[_conflicts(said), _conflicts(finding)] += 1
    return counts


def _drawn(past: Past, most: int, seed: int) -> list[tuple[PairFinding, FileFinding]]:
    files = [
        (at, finding)
        for at, pair in enumerate(past.pairs)
        for finding in pair.files
        if finding.decided_by == DecidedBy.MERGE and not finding.created
    ]
    drawn = random.Random(seed).sample(range(len(files)), min(most, len(files)))
    return [(past.pairs[files[each][0]], files[each][1]) for each in sorted(drawn)]


def _is_comparable(path: str, earlier: DoneTask, later: DoneTask) -> bool:
    mine = earlier.forward.changes.files.get(path)
    theirs = later.forward.changes.files.get(path)
    return bool(mine and mine.before and mine.after and theirs and theirs.before)


def _conflicts(finding: FileFinding) -> bool:
    return finding.verdict == FileVerdict.CONFLICT


class Meeting(StrEnum):
    """How what two tasks did to a file meets."""

    UPON = "the later one changes only what the earlier one wrote"
    BESIDE = "they change neighbouring lines"
    BOTH = "they change the same lines and others"
    WHOLE = "names, kinds of files, binary contents"


def meetings(past: Past) -> Counter[frozenset[Meeting]]:
    """Count the pairs with a textual label by how their lines meet in the files in conflict."""
    policy = LabelPolicy()
    git = open_repository(past.place)
    counts: Counter[frozenset[Meeting]] = Counter()
    for pair in past.pairs:
        files = [each for each in pair.files if each.verdict == FileVerdict.CONFLICT]
        kinds = {_meeting(git, past, pair, f) for f in files if not policy.is_trivial(f.path)}
        if kinds:
            counts[frozenset(kinds)] += 1
    return counts


def _meeting(
    git: pygit2.Repository, past: Past, pair: PairFinding, finding: FileFinding
) -> Meeting:
    if finding.created:
        return Meeting.UPON
    commits = past.bases[pair.earlier], pair.earlier, past.bases[pair.later], pair.later
    texts = [_text(git, commit, finding.path) for commit in commits]
    if any(text is None for text in texts):
        return Meeting.WHOLE
    before, wrote, since, after = (text or b"" for text in texts)
    between = changed_spans(wrote, since, ignore_space=True)
    mine = [mapped(each.new, between) for each in changed_spans(before, wrote)]
    theirs = [each.old for each in changed_spans(since, after)]
    meeting = [each for each in theirs if any(one.meets(each) for one in mine)]
    if not meeting:
        return Meeting.WHOLE
    if all(
        each.start < each.end
        and any(one.start <= each.start and each.end <= one.end for one in mine)
        for each in meeting
    ):
        return Meeting.UPON
    shared = any(one.start < each.end and each.start < one.end for each in meeting for one in mine)
    return Meeting.BOTH if shared else Meeting.BESIDE


def _text(git: pygit2.Repository, commit: str, path: str) -> bytes | None:
    """Return a file that has lines, under this name."""
    try:
        found = git[git[commit].tree[path].id]
    except (KeyError, ValueError):
        return None
    content = found.data if isinstance(found, pygit2.Blob) else None
    return None if content is None or is_binary(content) else content

"""Holds the rule of mapped hunks against the merge, in files about which both say something."""

from __future__ import annotations

import random
from collections import Counter

from label_past import Past

from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict, PairFinding
from taskpar_ml.history.replay.done import DoneTask, done_task
from taskpar_ml.history.replay.overwritten import OverwrittenFiles
from taskpar_ml.repo.attributes import carry_attributes
from taskpar_ml.repo.git import open_repository
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import scratch_repository


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

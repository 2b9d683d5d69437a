"""Samples pairs of a replayed past and holds what replay says about them against git."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from label_git import GitFailedError, GitReplayer, GitVerdict, without_suffix
from label_past import Past

from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict, PairFinding


class Stratum(StrEnum):
    """By what a pair is drawn."""

    CONFLICT = "some file conflicts"
    SHARED = "a file is shared, none conflicts"
    APART = "no file is shared"


SHARES = {Stratum.CONFLICT: 0.45, Stratum.SHARED: 0.45, Stratum.APART: 0.1}


class Said(StrEnum):
    """What becomes of a file."""

    CLEAN = "clean"
    CONFLICT = "conflict"
    OVERWRITTEN = "overwritten"
    """The earlier task cannot be taken back in it: git has no more to say."""


class FileSays(NamedTuple):
    """One file, as replay and as git have it."""

    path: str
    ours: Said
    git: Said
    finding: FileFinding | None
    by_patience: Said | None = None
    """What git says where it aligns lines by patience; asked for where it disagrees only."""


@dataclass
class Compared:
    """A pair that was redone.

    Attributes
    ----------
    files
        Every file that either side says something about.
    failure
        Why git gave up, if it did.
    """

    past: Past
    pair: PairFinding
    stratum: Stratum
    files: list[FileSays] = field(default_factory=list)
    failure: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether both say the same about every file."""
        return all(each.ours == each.git for each in self.files)


def stratum_of(pair: PairFinding) -> Stratum:
    """Return by what a pair is drawn."""
    if any(each.verdict == FileVerdict.CONFLICT for each in pair.files):
        return Stratum.CONFLICT
    return Stratum.SHARED if pair.files else Stratum.APART


def sample(past: Past, most: int, *, seed: int) -> list[tuple[Stratum, PairFinding]]:
    """Return pairs drawn from every stratum, in the order of the later task."""
    chance = random.Random(seed)
    by_stratum: dict[Stratum, list[int]] = {each: [] for each in Stratum}
    for at, pair in enumerate(past.pairs):
        by_stratum[stratum_of(pair)].append(at)
    drawn = sorted(
        (at, stratum)
        for stratum, share in SHARES.items()
        for at in chance.sample(
            by_stratum[stratum], min(round(share * most), len(by_stratum[stratum]))
        )
    )
    return [(stratum, past.pairs[at]) for at, stratum in drawn]


def compared(
    past: Past, pairs: Sequence[tuple[Stratum, PairFinding]], git: GitReplayer
) -> Iterator[Compared]:
    """Yield pairs redone by git."""
    for stratum, pair in pairs:
        result = Compared(past, pair, stratum)
        earlier = past.bases[pair.earlier], pair.earlier
        later = past.bases[pair.later], pair.later
        try:
            result.files = _files(pair.files, git.replay(earlier, later))
            if not result.agrees:
                again = _files(pair.files, git.replay_by_patience(earlier, later))
                said = {each.path: each.git for each in again}
                result.files = [
                    each._replace(by_patience=said.get(each.path, Said.CLEAN))
                    for each in result.files
                ]
        except GitFailedError as error:
            result.failure = str(error)
        yield result


def _files(findings: Sequence[FileFinding], git: GitVerdict) -> list[FileSays]:
    conflicts = {*git.conflicts, *map(without_suffix, git.conflicts)}
    overwritten = {*git.overwritten, *map(without_suffix, git.overwritten)}
    files: list[FileSays] = []
    seen: set[str] = set()
    for finding in findings:
        names = git.names_of(finding.path)
        seen |= names
        said = Said.CLEAN
        if not names.isdisjoint(overwritten):
            said = Said.OVERWRITTEN
        elif not names.isdisjoint(conflicts):
            said = Said.CONFLICT
        files.append(FileSays(finding.path, _ours(finding), said, finding))
    for path, same in sorted(git.conflicts.items()):
        if not _is_seen(path, seen, git):
            known = [at for at, each in enumerate(files) if _is_one(each, same, git)]
            for at in known:
                files[at] = files[at]._replace(git=Said.CONFLICT)
            if not known:
                files.append(FileSays(path, Said.CLEAN, Said.CONFLICT, None))
            seen |= git.names_of(path)
    return files


def _is_one(file: FileSays, same: frozenset[str], git: GitVerdict) -> bool:
    """Whether a conflict of ours is one of git's, which stands at another path there."""
    return file.ours == Said.CONFLICT and not same.isdisjoint(git.names_of(file.path))


def _is_seen(path: str, seen: set[str], git: GitVerdict) -> bool:
    name = without_suffix(path)
    # A file that git moved aside is one conflict with the files in whose way it was.
    is_aside = name != path and any(each.startswith(f"{name}/") for each in seen)
    return is_aside or name in seen or not git.names_of(path).isdisjoint(seen)


def _ours(finding: FileFinding) -> Said:
    if finding.decided_by == DecidedBy.MERGE:
        return Said(finding.verdict.value)
    return Said.OVERWRITTEN

"""What comes next of a line of candidates: which commit is verified, how many land, who fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from taskpar_ml.domain.landing_steps import Candidate, VerifyEnded


class Verify(NamedTuple):
    """A commit has to be verified."""

    commit: str


class Land(NamedTuple):
    """So many candidates pass, from the beginning of the line."""

    many: int


class Blame(NamedTuple):
    """The first candidate does not pass."""

    candidate: Candidate


Next: TypeAlias = Verify | Land | Blame


def next_of(line: Sequence[Candidate], verdicts: Mapping[str, VerifyEnded]) -> Next:
    """Return what comes next of a line.

    The whole line is verified at once. Where it does not pass, the half before what is known not to
    pass is, and so on: what passes lands, until the first candidate that is left does not. Of ``n``
    candidates one that fails is found by ``1 + ceil(log2(n))`` verifications, as by ``git bisect``.

    Parameters
    ----------
    line
        One candidate at least, each on top of the one before.
    verdicts
        What is known of commits.

    Source: the batches of bors-ng, which are bisected where they fail.
    """
    known = [verdicts.get(each.commit) for each in line]
    passing = [
        number for number, verdict in enumerate(known, start=1) if verdict and verdict.passed
    ]
    if passing:
        return Land(passing[-1])
    failing = [number for number, verdict in enumerate(known) if verdict]
    if not failing:
        return Verify(line[-1].commit)
    if failing[0] == 0:
        return Blame(line[0])
    return Verify(line[(failing[0] - 1) // 2].commit)

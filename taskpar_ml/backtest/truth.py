"""Which past tasks truly conflict, and when each would have written what they collide over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from taskpar_ml.backtest.chance import chance
from taskpar_ml.domain.mined import FileVerdict, PairFinding
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.simulation.trace import Part

_NO_FILE: Final = ""
"""Stands for what two tasks collide over where that is no file."""


def truth_of(
    pairs: Iterable[PairFinding], policy: LabelPolicy | None = None
) -> dict[frozenset[str], bool | None]:
    """Return what findings about pairs of landings come to.

    Parameters
    ----------
    policy
        Says which of them count as a conflict; the shipped one by default.
    """
    judge = policy or LabelPolicy()
    return {
        frozenset((pair.earlier, pair.later)): judge.is_positive(judge.kinds(pair))
        for pair in pairs
    }


def parts_of(
    pairs: Iterable[PairFinding], *, seed: int, policy: LabelPolicy | None = None
) -> dict[tuple[str, str], tuple[Part, ...]]:
    """Return when the two sides of each conflicting pair write what they collide over.

    Parameters
    ----------
    seed
        Another seed, other moments; see :func:`written_share`.
    policy
        Says which files count, as for :func:`truth_of`.
    """
    judge = policy or LabelPolicy()
    found = {}
    for pair in pairs:
        if judge.is_positive(judge.kinds(pair)):
            ends = pair.earlier, pair.later
            found[ends] = tuple(
                (written_share(ends[0], path, seed=seed), written_share(ends[1], path, seed=seed))
                for path in _collided(pair, judge) or (_NO_FILE,)
            )
    return found


def _collided(pair: PairFinding, judge: LabelPolicy) -> list[str]:
    """Return the files that would not have merged and that matter."""
    return [
        file.path
        for file in pair.files
        if file.verdict is FileVerdict.CONFLICT and not judge.is_trivial(file.path)
    ]


def written_share(task: str, path: str, *, seed: int) -> float:
    """Return after which share of its run a task has written its part of a file, in (0, 1).

    Uniform, drawn from the seed, the task and the path alone: the same on every machine, and the
    same whichever pair it is asked for.
    """
    return chance(seed, task, path)

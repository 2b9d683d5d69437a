"""Answers of a check in short."""

from __future__ import annotations

from taskpar_ml.domain.overlap import PairOverlap


def verdicts(pairs: tuple[PairOverlap, ...]) -> dict[tuple[str, str], str]:
    """Return the verdict of every pair."""
    return {(pair.a, pair.b): pair.verdict.value for pair in pairs}

"""Decisions about pairs in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import networkx as nx

from taskpar_ml.domain.pairs import shortened
from taskpar_ml.domain.plan import Because, PairReason
from taskpar_ml.domain.scored import ScoredPairs
from taskpar_ml.planner.decisions import PairDecisions

_LIKELY: Final = 0.25
"""P(touch) of both sides from which on a meeting is called likely."""


def pair_reason(row: int, scored: ScoredPairs, decisions: PairDecisions) -> PairReason:
    """Return the decision about one pair as a person reads it.

    Parameters
    ----------
    row
        Position of the pair; ``scored`` and ``decisions`` share their rows.
    """
    decider = decisions.deciders[decisions.decider[row]]
    p_conflict = _known(float(scored.estimates.p_conflict[row]))
    score = _known(float(scored.estimates.score[row]))
    text = decider.meaning
    if decider.because in (Because.RISK, Because.LOW_RISK):
        text = f"{_risk(p_conflict, score)}: {_common(row, scored)}"
    elif decider.because == Because.LIKELY_MEETING:
        text = _common(row, scored)
    elif decider.because == Because.UNSCORED:
        text = _unscored(scored.codes(row))
    return PairReason(
        task_a=scored.pairs.ids[scored.pairs.a[row]],
        task_b=scored.pairs.ids[scored.pairs.b[row]],
        together=decider.together,
        because=decider.because,
        rule=decider.name,
        p_conflict=p_conflict,
        score=score,
        reasons=scored.codes(row),
        text=text,
    )


def after_words(order: nx.DiGraph[str], before: str, task: str) -> str:
    """Say that a task waits for another one, and why."""
    return f"after {before} ({order.edges[before, task]['why']})"


def apart_words(other: str, reason: PairReason) -> str:
    """Say that a task stays apart from another one, and why."""
    return f"apart from {other} [{reason.rule}]: {reason.text}"


def crowded_words(hit: float, threshold: float, other: str, reason: PairReason) -> str:
    """Say that a task's risks beside several others add up to too much."""
    return (
        f"beside all that run it is hit, or hits one, with probability {hit:.2f}, and "
        f"{threshold:g} is too much; most of it is {other}: {reason.text}"
    )


def loss_words(other: str, reason: PairReason) -> str:
    """Say that a task would make others lose more work than it does."""
    return f"would cost more work than it does; most of it is {other}: {reason.text}"


def busy_words(workers: int | None) -> str:
    """Say that nobody is free to take a task."""
    return f"all {workers} workers are busy"


def room_words(in_flight: int) -> str:
    """Say that the bank can reserve for nobody else."""
    return f"the bank has no room for more than the {in_flight} in flight"


def stranger_words(tasks: Sequence[str]) -> str:
    """Say that something runs of which nothing is known."""
    return f"{shortened(tasks)} in flight and in no file read here: record what became of it"


def longer_words(duration: float, longest: float) -> str:
    """Say that a task would make the wave before its own longer."""
    return f"takes {duration:.3g}, and would make a wave of {longest:.3g} longer"


def wasteful_words(other: str, reason: PairReason) -> str:
    """Say that a task would lose more in the wave before its own than it would save there."""
    return (
        f"more is expected to be lost beside the wave before than saved; most of it with {other}: "
        f"{reason.text}"
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _risk(p_conflict: float | None, score: float | None) -> str:
    return f"p_conflict {p_conflict:.2f}" if p_conflict is not None else f"score {score or 0:.2f}"


def _common(row: int, scored: ScoredPairs) -> str:
    """Name what the two are likely to meet in."""
    meetings = [
        f"{shared.items[shared.top[row]]} ({shared.p_a[row]:.2f}, {shared.p_b[row]:.2f})"
        for shared in scored.shared
        if shared.top[row] >= 0
    ]
    if meetings:
        likely = any(
            shared.top[row] >= 0 and min(shared.p_a[row], shared.p_b[row]) >= _LIKELY
            for shared in scored.shared
        )
        verb = "both are likely to touch" if likely else "they come closest in"
        return f"{verb} {' and '.join(meetings[:3])}{_past(scored.codes(row))}"
    similar = [code for code in scored.codes(row) if code.startswith("text:")]
    if similar:
        return f"no common file is known; their texts are similar ({similar[0][5:]})"
    return "nothing in common is known"


def _past(codes: tuple[str, ...]) -> str:
    """Say how tasks that met in that file before fared."""
    for code in codes:
        if code.startswith("collided:"):
            hits, _, together = code.removeprefix("collided:").partition("/")
            return f"; {hits} of {together} pairs of past tasks that both changed it collided"
    return ""


def _unscored(codes: tuple[str, ...]) -> str:
    """Say what is missing, and how to supply it."""
    unknown = [code.removeprefix("unknown:") for code in codes if code.startswith("unknown:")]
    if unknown:
        return (
            f"cannot be scored: nothing says what {' and '.join(unknown)} will touch. "
            "Name files in its text or give it `modifies`"
        )
    return "cannot be scored: neither files nor endpoints nor tables are known of both"

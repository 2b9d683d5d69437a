"""What comes of work that is archived: asked again, ended, landed by others, or left to wait."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple, TypeAlias

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.landing_steps import CollisionSeen, ConflictMet
from taskpar_ml.domain.outcome import Ending
from taskpar_ml.domain.runs import Role, RoundEnd
from taskpar_ml.execution.attempts import Phase, Round, RunAttempt
from taskpar_ml.execution.run_state import RunState

CANCELLED: Final = "It was cancelled."
_WORDS: Final = {
    RoundEnd.FAILED: "exited with status {code}",
    RoundEnd.TIMED_OUT: "took too long, and was ended",
    RoundEnd.STOPPED: "used up too much room, and was ended",
    RoundEnd.LOST: "was interrupted",
}


class AskAgain(NamedTuple):
    """Its agent is asked for something."""

    role: Role
    why: str


class End(NamedTuple):
    """Nothing more comes of it."""

    ending: Ending
    why: str = ""
    hit: bool = False
    because_of: tuple[str, ...] = ()


class HandedBack(NamedTuple):
    """Whoever was to land it has ended."""

    how: RoundEnd


Decision: TypeAlias = AskAgain | End | HandedBack
"""What comes of archived work; None where it waits."""


def decision(known: RunAttempt, state: RunState, *, is_cancelled: bool) -> Decision | None:
    """Return what comes of the archived work of an attempt; None where it waits to land."""
    if known.landed_as is not None:
        return End(Ending.RESOLVED if known.conflicts or known.is_hit else Ending.MERGED)
    if known.attempt in _landing(state):
        return None
    last = known.rounds[-1]
    if last.role is Role.LAND and last.ended and known.is_handed_over and not known.complaint:
        return HandedBack(last.ended.how)
    if is_cancelled:
        return End(Ending.FAILED, CANCELLED)
    is_done = last.ended is None or last.ended.how is RoundEnd.DONE
    if known.held is not None and not is_done:
        others = {each.attempt.task for each in state.in_flight()}
        waits = others.intersection(known.held.because_of)
        words = f"{_collision_words(known.held)}\n{known.complaint}".strip()
        return None if waits else AskAgain(Role.WORK, words)
    if not is_done and last.role is not Role.LAND:
        return after_failure(known, state)
    if not known.complaint:
        return None
    if known.asked(Role.REPAIR) < state.plan.limits.repairs:
        return AskAgain(Role.REPAIR, known.complaint)
    return given_over(known, state, known.complaint)


def given_over(known: RunAttempt, state: RunState, why: str) -> End:
    """Return how an attempt ends whose agent could not do it: anew or parked if others hit it."""
    if not known.conflicts and not known.is_hit:
        return End(Ending.FAILED, why)
    forgiven = state.forgiven.get(known.attempt.task, 0)
    endings = [
        each.ended.ending for each in state.of_task(known.attempt.task)[forgiven:] if each.ended
    ]
    is_left = endings.count(Ending.REDONE) < state.plan.limits.redos
    ending = Ending.REDONE if is_left else Ending.PARKED
    return End(ending, why, known.is_hit, known.because_of)


def conflict_words(conflict: ConflictMet) -> str:
    """Return what an agent is told of a conflict."""
    files = ", ".join(f"`{name}`" for name in conflict.files)
    because = f" Landed meanwhile: {', '.join(conflict.because_of)}." if conflict.because_of else ""
    return f"In conflict: {files}.{because}"


def given_up(state: RunState) -> set[str]:
    """Return tasks that are not to start: cancelled, failed or parked, and nobody forgave them."""
    found = set(state.cancelled)
    seen: Counter[str] = Counter()
    for known in state.attempts.values():
        task = known.attempt.task
        is_over = known.ended is not None and known.ended.ending in (Ending.FAILED, Ending.PARKED)
        if is_over and seen[task] >= state.forgiven.get(task, 0):
            found.add(task)
        seen[task] += 1
    return found


def is_settled(state: RunState) -> bool:
    """Whether nothing is in flight, or on its way into the history."""
    over = (Phase.GONE, Phase.RECORDED)
    busy = any(each.phase not in over for each in state.attempts.values())
    return state.opened is not None and not busy


def _collision_words(collision: CollisionSeen) -> str:
    """Return what an agent is told that was stopped because of another one."""
    files = ", ".join(f"`{name}`" for name in collision.files)
    others = ", ".join(collision.because_of)
    return (
        f"You have begun this before, and were stopped: {others} changed the same lines of "
        f"{files}. What has landed since is merged into this directory: see `git status`, resolve "
        "what conflicts so that both hold, and go on with the task."
    )


def _landing(state: RunState) -> set[Attempt]:
    """Return attempts that are on their way onto the target."""
    return {each.attempt for each in state.line[: state.landing]}


def after_failure(known: RunAttempt, state: RunState) -> AskAgain | End:
    """Return what comes of an attempt whose last command did not end well: again, or its end."""
    last = known.rounds[-1]
    is_landing = last.role is Role.LAND
    said = _ending_words("Landing it" if is_landing else "The agent", last)
    failures = sum(
        each.role is last.role
        and not each.was_held
        and each.ended is not None
        and each.ended.how is not RoundEnd.DONE
        for each in known.rounds
    )
    if failures > state.plan.limits.retries:
        return given_over(known, state, said)
    why = last.why if is_landing else f"{said} Go on from what is there.\n{last.why}".strip()
    return AskAgain(last.role, why)


def _ending_words(who: str, round_: Round) -> str:
    """Say how a command ended that did not end well."""
    ended = round_.ended
    if ended is None:
        return ""
    words = f"{who} {_WORDS[ended.how].format(code=ended.code)}"
    return f"{words}: {ended.said}" if ended.said else f"{words}."

"""The state of a run in words and numbers."""

from __future__ import annotations

from taskpar_ml.domain.run_report import AttemptStatus, RunStatus
from taskpar_ml.execution.attempts import RunAttempt
from taskpar_ml.execution.deciding import given_up
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.execution.workshop import archived_as


def status_of(state: RunState, *, run: str) -> RunStatus:
    """Return how a run stands.

    Raises
    ------
    RunError
        If it was never opened.
    """
    plan = state.plan
    return RunStatus(
        run=run,
        base=plan.base,
        target=plan.target,
        tip=state.tip,
        mode=plan.mode,
        bank=plan.bank,
        is_paused=state.is_paused,
        rolled_back=state.rolled_back,
        landed=tuple(attempt.task for attempt, _ in state.landed),
        given_up=tuple(sorted(given_up(state))),
        verifying=tuple(each.task for each in state.line) if state.verifying else (),
        attempts=tuple(_attempt(each, run) for each in state.attempts.values()),
    )


def _attempt(known: RunAttempt, run: str) -> AttemptStatus:
    task, number = known.attempt
    cost = known.cost
    files = (name for conflict in known.conflicts for name in conflict.files)
    return AttemptStatus(
        task=task,
        attempt=number,
        phase=known.phase.value,
        rounds=len(known.rounds),
        asked_for=known.rounds[-1].role.value if known.rounds else None,
        base=known.base,
        begun_at=known.begun_at,
        since=known.rounds[-1].begun_at if known.rounds else known.begun_at,
        ended_at=known.ended_at,
        ending=known.ended.ending if known.ended else None,
        why=known.ended.why if known.ended else known.complaint,
        hit=known.is_hit,
        because_of=known.because_of,
        conflicts=tuple(dict.fromkeys(files)),
        mended=known.mended,
        waits_for=known.held.because_of if known.held and known.is_in_flight else (),
        refused=len(known.refusals),
        tokens=cost.tokens if cost else None,
        money=float(cost.money) if cost and cost.money is not None else None,
        currency=cost.currency if cost else None,
        landed_as=known.landed_as,
        work=f"{archived_as(run, known.attempt)}/work" if known.kept else None,
    )

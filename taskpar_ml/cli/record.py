"""``taskpar record``: what really happened to tasks that ran."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Name, Repo, StateDir, Store


def record(
    outcomes: Annotated[
        typer.FileBinaryRead,
        typer.Argument(
            metavar="OUTCOMES", help="JSON lines, one attempt each; - for standard input."
        ),
    ],
    repo: Repo = Path(),
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Record what became of attempts: merged, resolved, parked, redone, reverted or broken.

    All of a file or nothing of it is recorded. Recording the same twice changes nothing. Attempts
    that `taskpar ready --start` started end by it, and the bank that started them learns from it.
    """
    from datetime import UTC, datetime

    from taskpar_ml.admitting.recording import recorded
    from taskpar_ml.cli.banks import check_not_elsewhere
    from taskpar_ml.cli.output import print_json, say, show
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.reports.text import counted, plain
    from taskpar_ml.tasks.outcome_reports import read_outcomes

    reports = read_outcomes(outcomes, place=outcomes.name, at=datetime.now(UTC))
    check_not_elsewhere(repo, store=store, name=name, state=state)
    with open_history(repo, store=store, name=name, state=state, create=True) as history:
        before = sum(1 for _ in history.outcomes())
        recording = recorded(history, reports)
        after = sum(1 for _ in history.outcomes())
    for attempt, running in recording.unknown:
        say(
            f"Attempt {attempt.number} at {attempt.task} never started in a bank; attempt "
            f"{running} is in flight there. Say with `attempt` which one is meant."
        )
    ended = sum(len(each.ended) for each in recording.settled.values())
    corrected = sum(len(each.corrected) for each in recording.settled.values())
    if as_json:
        print_json(
            {
                "read": len(reports),
                "attempts": after,
                "new": after - before,
                "ended": ended if recording.settled else None,
                "corrected": corrected if recording.settled else None,
            }
        )
        return
    said = f"{counted(len(reports), 'outcome')} read; {counted(after - before, 'new attempt')}"
    for bank, settled in recording.settled.items():
        if settled.ended or settled.corrected or len(recording.settled) == 1:
            said += f"; {counted(len(settled.ended), 'attempt')} of bank {bank} ended"
        if settled.corrected:
            said += f", {counted(len(settled.corrected), 'attempt')} corrected"
    show(plain(f"{said}."))

"""``taskpar record``: what really happened to tasks that ran."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Bank, Name, Repo, StateDir, Store


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
    bank: Bank = None,
    as_json: AsJson = False,
) -> None:
    """Record what became of attempts: merged, resolved, parked, redone, reverted or broken.

    All of a file or nothing of it is recorded. Recording the same twice changes nothing. Attempts
    that `taskpar ready --start` started end by it, and the bank learns from them.
    """
    from datetime import UTC, datetime

    from taskpar_ml.admitting.book import AdmissionBook
    from taskpar_ml.admitting.recording import recorded
    from taskpar_ml.cli.output import print_json, say, show
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.domain.growth import MAIN
    from taskpar_ml.errors import AdmissionError
    from taskpar_ml.reports.text import counted, plain
    from taskpar_ml.tasks.outcome_reports import read_outcomes

    reports = read_outcomes(outcomes, place=outcomes.name, at=datetime.now(UTC))
    named = MAIN if bank is None else bank
    with open_history(repo, store=store, name=name, state=state, create=True) as history:
        has_bank = named in history.bank_journals.names()
        if bank is not None and not has_bank:
            raise AdmissionError(
                f"bank {bank}", "there is none of that name.", "Name one that started tasks."
            )
        before = sum(1 for _ in history.outcomes())
        settled = None
        if has_bank:
            settled = recorded(AdmissionBook(history, named), reports)
        else:
            history.append_outcomes(reports)
        after = sum(1 for _ in history.outcomes())
    for attempt in () if settled is None else settled.unknown:
        say(
            f"Attempt {attempt.number} at {attempt.task} never started in bank {named}; another "
            "one is in flight there. Say which is meant by `attempt`."
        )
    if as_json:
        ended = None if settled is None else len(settled.ended)
        print_json({"read": len(reports), "attempts": after, "new": after - before, "ended": ended})
        return
    said = f"{counted(len(reports), 'outcome')} read; {counted(after - before, 'new attempt')}"
    if settled is not None:
        said += f"; {counted(len(settled.ended), 'attempt')} of bank {named} ended"
        if settled.corrected:
            said += f", {counted(len(settled.corrected), 'attempt')} corrected"
    show(plain(f"{said}."))

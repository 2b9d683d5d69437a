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

    All of a file or nothing of it is recorded. Recording the same twice changes nothing.
    """
    from datetime import UTC, datetime

    from taskpar_ml.cli.output import print_json, show
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.reports.text import counted, plain
    from taskpar_ml.tasks.outcome_reports import read_outcomes

    reports = read_outcomes(outcomes, place=outcomes.name, at=datetime.now(UTC))
    with open_history(repo, store=store, name=name, state=state, create=True) as history:
        before = sum(1 for _ in history.outcomes())
        history.append_outcomes(reports)
        after = sum(1 for _ in history.outcomes())
    if as_json:
        print_json({"read": len(reports), "attempts": after, "new": after - before})
    else:
        new = counted(after - before, "new attempt")
        show(plain(f"{counted(len(reports), 'outcome')} read; {new}."))

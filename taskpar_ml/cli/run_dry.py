"""``taskpar run --dry-run``: what would start, where, and as what it would land."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from taskpar_ml.cli.running import begins_at, chosen_run

if TYPE_CHECKING:
    from taskpar_ml.admitting.book import AdmissionBook
    from taskpar_ml.domain.runs import Opened
    from taskpar_ml.execution.local_run import RunOptions
    from taskpar_ml.workspace import Workspace


def foretell(
    book: AdmissionBook | None,
    which: str | None,
    options: RunOptions,
    read: Callable[[str], Workspace],
    *,
    repo: Path,
    as_json: bool,
) -> None:
    """Print which tasks would start now, and what would become of them; nothing is changed.

    Parameters
    ----------
    book
        The bank; None where there is none yet.
    which
        The run that is meant; None for the one that would be taken up, or a new one.
    read
        Reads the tasks at a commit.

    Raises
    ------
    TaskparError
        If the run would be refused: its tasks, its target, its bank.
    """
    from dataclasses import replace

    from taskpar_ml.cli.banks import answered
    from taskpar_ml.cli.output import print_json, show
    from taskpar_ml.cli.run_tasks import FollowedTasks
    from taskpar_ml.execution.deciding import given_up
    from taskpar_ml.execution.local_run import check_can_run
    from taskpar_ml.execution.run_book import RunBook
    from taskpar_ml.execution.run_state import RunState
    from taskpar_ml.repo.git import common_directory, open_repository
    from taskpar_ml.reports.readiness_text import draw_readiness
    from taskpar_ml.reports.text import plain

    name = chosen_run(None if book is None else book.history, which)
    state = RunState() if book is None else RunBook(book.history, name).read()
    base = begins_at(repo, options.target) if state.opened is None else state.opened.base
    target = f"taskpar/{name}" if options.target is None else options.target
    if state.opened is None:
        check_can_run(common_directory(open_repository(repo)), name, options)
    workspace = FollowedTasks(lambda: read(base))()
    tasks = workspace.task_set.with_set_aside(given_up(state))
    readiness = answered(replace(workspace, task_set=tasks), None, book, start=False)
    if as_json:
        print_json(
            {
                "run": name,
                "is_new": state.opened is None,
                "base": base,
                "target": target if state.opened is None else state.opened.target,
                "agent": list(options.words),
                "ready": readiness.model_dump(),
            }
        )
        return
    for line in _lines(name, state.opened, options, base=base, target=target):
        show(plain(line))
    show(draw_readiness(readiness))


def _lines(
    name: str, opened: Opened | None, options: RunOptions, *, base: str, target: str
) -> Iterator[str]:
    """Yield what a run would do."""
    if opened is not None:
        yield f"{name} would go on, from {opened.base[:10]} onto {opened.target}."
    else:
        yield f"{name} would begin at {base[:10]}, and land on {target}."
    yield f"Agent: {' '.join(options.words)}"
    if options.setup:
        yield f"Before it, in each worktree: {options.setup}"
    if options.verify:
        yield f"Nothing lands unless this passes: {options.verify}"
    how = f"by {options.landing}" if options.landing else f"by {options.mode.value}"
    yield f"Work lands {how}. Nothing was started or changed."

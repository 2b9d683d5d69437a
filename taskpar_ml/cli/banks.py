"""The bank that a command asks, where there is one."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from taskpar_ml.domain.taskset import Notice

if TYPE_CHECKING:
    from taskpar_ml.admitting.book import AdmissionBook
    from taskpar_ml.domain.explanation import Explanation
    from taskpar_ml.domain.plan import Plan
    from taskpar_ml.domain.readiness import Readiness
    from taskpar_ml.errors import AdmissionError
    from taskpar_ml.workspace import Workspace


@contextmanager
def open_book(
    bank: str | None,
    *,
    repo: Path,
    store: str | None,
    name: str | None,
    state: Path | None,
    create: bool = False,
    makes: bool = False,
    is_advice: bool = False,
) -> Iterator[AdmissionBook | None]:
    """Yield the bank of a repository; None where there is none and nobody named or makes one.

    Parameters
    ----------
    bank
        What it is called; None for the usual one, if there is one.
    create
        Whether store, history and the usual bank are made if there are none.
    makes
        Whether those of any name are: a name that is mistyped must not be another promise.
    is_advice
        Whether nothing starts by the answer: a store that nobody named, and that cannot be read, is
        then none.

    Raises
    ------
    StoreError
        If there is a store and it cannot be read: who cannot ask the bank must start nothing.
    AdmissionError
        If there is no bank of that name, or the store keeps banks for other repositories and none
        for this one.
    """
    from taskpar_ml.cli.stores import has_store, open_history
    from taskpar_ml.domain.growth import MAIN
    from taskpar_ml.errors import StoreError, UnknownHistoryError

    named = MAIN if bank is None else bank
    may_make = makes or (create and named == MAIN)
    if not has_store(repo, store=store, state=state) and not may_make:
        if bank is not None:
            raise no_bank(bank, ())
        yield None
        return
    # Loads the store, which takes a while, only where there is one.
    from taskpar_ml.admitting.book import AdmissionBook

    if not is_advice and not (makes and name is not None):
        check_not_elsewhere(repo, store=store, name=name, state=state)
    with ExitStack() as stack:
        known: Sequence[str] = ()
        try:
            opened = open_history(repo, store=store, name=name, state=state, create=may_make)
            history = stack.enter_context(opened)
            known = history.bank_journals.names()
        except StoreError as error:
            is_unknown = isinstance(error, UnknownHistoryError)
            if may_make or name is not None or not (is_unknown or (is_advice and store is None)):
                raise
        if bank is not None and bank not in known and not may_make:
            raise no_bank(bank, known)
        yield AdmissionBook(history, named) if may_make or named in known else None


def no_bank(name: str, known: Sequence[str]) -> AdmissionError:
    """Return the error that says that there is no bank of a name, and what makes it."""
    from taskpar_ml.domain.pairs import shortened
    from taskpar_ml.errors import AdmissionError

    there = f" Known: {shortened(known)}." if known else ""
    return AdmissionError(
        f"bank {name}",
        f"there is none.{there}",
        f"`taskpar budget --bank {shlex.quote(name)} --b0 2 --alpha 0.1` makes it.",
    )


def check_not_elsewhere(
    repo: Path, *, store: str | None, name: str | None, state: Path | None
) -> None:
    """Refuse a store that keeps banks under other names, and nothing under this one.

    A clone in a directory of another name would get a second bank without anybody noticing.

    Raises
    ------
    AdmissionError
        If it does.
    """
    from taskpar_ml.cli.stores import has_store, name_of, store_url

    if not has_store(repo, store=store, state=state):
        return
    from taskpar_ml.domain.pairs import shortened
    from taskpar_ml.errors import AdmissionError, UnusableStoreError
    from taskpar_ml.history.store.history_store import HistoryStore

    try:
        url = store_url(store, repo=repo, state=state)
        with HistoryStore.open(url, create=False) as opened:
            known = [each.name for each in opened.histories()]
            kept = [each for each in known if opened.history(each).bank_journals.names()]
    except UnusableStoreError:
        return  # whoever opens it next says why
    own = name or name_of(repo)
    if kept and own not in known:
        raise AdmissionError(
            f"history {own}",
            f"the store has none, and keeps banks for {shortened(kept)}.",
            "Say with --name which repository this is; `taskpar budget --name NAME --b0 2 "
            "--alpha 0.1` makes a bank for another one.",
        )


def answered(
    workspace: Workspace,
    running: Mapping[str, float] | None,
    book: AdmissionBook | None,
    *,
    start: bool,
    by: str | None = None,
) -> Readiness:
    """Return which tasks may start, as far as there is a bank within what it allows.

    Parameters
    ----------
    running
        How long tasks have run that somebody says run; those that their files call in progress
        if None. What has landed does not run, whatever anybody says.
    start
        Whether they start.
    by
        Who starts them.
    """
    from taskpar_ml.readying import ready_question, ready_tasks, running_tasks

    if book is None:
        return ready_tasks(workspace, running)
    from taskpar_ml.admitting.asking import asked, started

    known = book.read()
    workspace = replace(workspace, task_set=workspace.task_set.with_done(known.landed))
    if running is not None:
        running = {task: told for task, told in running.items() if task not in known.landed}
    open_tasks = {task.id for task in workspace.task_set.work}
    # Whoever runs for another bank runs, and this one knows nothing of it.
    others = dict.fromkeys(sorted(book.elsewhere().keys() & open_tasks), 0.0)
    beside = {**others, **running_tasks(workspace, running)}
    question = ready_question(workspace, [*beside, *known.in_flight])
    return started(book, question, beside, by=by) if start else asked(book, question, beside)


def planned(
    workspace: Workspace, book: AdmissionBook | None, previous: Mapping[str, int] | None
) -> Plan:
    """Return the plan, as far as there is a bank within what it allows; what landed is done.

    Parameters
    ----------
    previous
        The number of each task's wave in an earlier plan.
    """
    if book is None:
        return workspace.plan(previous)
    from taskpar_ml.admitting.asking import grown_to

    known = book.read()
    if known.growth is None:
        return workspace.plan(previous)
    tasks = workspace.task_set.with_done(known.landed).with_started(known.in_flight)
    workspace = replace(workspace, task_set=tasks)
    said = f"waves are no wider than the bank lets run at once now, {known.growth.bank.width}."
    notice = Notice(f"bank {book.name}", f"{said} `taskpar budget` says what widens it.")
    workspace = replace(workspace, notices=(*workspace.notices, notice))
    return workspace.plan(previous, grown=grown_to(known))


def explained(
    workspace: Workspace, first: str, second: str, book: AdmissionBook | None
) -> Explanation:
    """Return what is known of a pair, decided within what the bank allows if there is one."""
    if book is None:
        return workspace.explain(first, second)
    from taskpar_ml.admitting.asking import grown_to

    known = book.read()
    grown = None if known.growth is None else grown_to(known)
    return workspace.explain(first, second, grown=grown)

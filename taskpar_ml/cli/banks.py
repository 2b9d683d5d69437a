"""The bank that a command asks, where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from taskpar_ml.domain.taskset import Notice

if TYPE_CHECKING:
    from taskpar_ml.admitting.book import AdmissionBook
    from taskpar_ml.domain.plan import Plan
    from taskpar_ml.domain.readiness import Readiness
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
    is_advice: bool = False,
) -> Iterator[AdmissionBook | None]:
    """Yield the bank of a repository; None where there is none and nobody named or makes one.

    Parameters
    ----------
    bank
        What it is called; None for the usual one, if there is one.
    create
        Whether store, history and bank are made if there are none.
    is_advice
        Whether nothing starts by the answer: a store that nobody named, and that cannot be read, is
        then none.

    Raises
    ------
    StoreError
        If there is a store and it cannot be read: who cannot ask the bank must start nothing.
    AdmissionError
        If the store keeps a bank for another repository and none for this one, and nobody said
        that this is another one.
    """
    from taskpar_ml.cli.stores import has_store, open_history
    from taskpar_ml.domain.growth import MAIN
    from taskpar_ml.errors import StoreError, UnknownHistoryError

    if not create and bank is None and not has_store(repo, store=store, state=state):
        yield None
        return
    # Loads the store, which takes a while, only where there is one.
    from taskpar_ml.admitting.book import AdmissionBook

    named = MAIN if bank is None else bank
    if store is not None and name is None and not is_advice:
        check_not_elsewhere(store, repo, named)
    with ExitStack() as stack:
        try:
            opened = open_history(repo, store=store, name=name, state=state, create=create)
            history = stack.enter_context(opened)
            is_there = create or bank is not None or MAIN in history.bank_journals.names()
        except StoreError as error:
            unheard = (is_advice and store is None) or isinstance(error, UnknownHistoryError)
            if create or bank is not None or name is not None or not unheard:
                raise
            is_there = False
        yield AdmissionBook(history, named) if is_there else None


def check_not_elsewhere(store: str, repo: Path, bank: str) -> None:
    """Refuse a store that keeps such a bank under other names, and none under this one.

    A clone in a directory of another name would get a second bank without anybody noticing.

    Raises
    ------
    AdmissionError
        If it does.
    """
    from taskpar_ml.cli.stores import name_of
    from taskpar_ml.domain.pairs import shortened
    from taskpar_ml.errors import AdmissionError, UnusableStoreError
    from taskpar_ml.history.store.history_store import HistoryStore

    try:
        with HistoryStore.open(store, create=False) as opened:
            known = [each.name for each in opened.histories()]
            kept = [each for each in known if bank in opened.history(each).bank_journals.names()]
    except UnusableStoreError:
        return  # whoever opens it next says why
    own = name_of(repo)
    if kept and own not in known:
        raise AdmissionError(
            f"bank {bank}",
            f"the store keeps one for {shortened(kept)}, and none for {own}.",
            "Say with --name which repository this is.",
        )


def answered(
    workspace: Workspace,
    running: Mapping[str, float] | None,
    book: AdmissionBook | None,
    *,
    start: bool,
) -> Readiness:
    """Return which tasks may start, as far as there is a bank within what it allows.

    Parameters
    ----------
    running
        How long tasks have run that somebody says run; those that their files call in progress
        if None. What has landed does not run, whatever anybody says.
    start
        Whether they start.
    """
    from taskpar_ml.readying import ready_question, ready_tasks, running_tasks

    if book is None:
        return ready_tasks(workspace, running)
    from taskpar_ml.admitting.asking import asked, started

    known = book.read()
    workspace = replace(workspace, task_set=workspace.task_set.with_done(known.landed))
    if running is not None:
        running = {task: told for task, told in running.items() if task not in known.landed}
    beside = running_tasks(workspace, running)
    question = ready_question(workspace, [*beside, *known.in_flight])
    return started(book, question, beside) if start else asked(book, question, beside)


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
    workspace = replace(workspace, task_set=workspace.task_set.with_done(known.landed))
    said = f"waves are no wider than the bank lets run at once now, {known.growth.bank.width}."
    notice = Notice(f"bank {book.name}", f"{said} `taskpar budget` says what widens it.")
    workspace = replace(workspace, notices=(*workspace.notices, notice))
    return workspace.plan(previous, grown=grown_to(known))

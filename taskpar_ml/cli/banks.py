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
    """
    from taskpar_ml.cli.stores import has_store, open_history
    from taskpar_ml.domain.growth import MAIN
    from taskpar_ml.errors import StoreError, UnknownHistoryError

    if not create and bank is None and not has_store(repo, store=store, state=state):
        yield None
        return
    # Loads the store, which takes a while, only where there is one.
    from taskpar_ml.admitting.book import AdmissionBook

    with ExitStack() as stack:
        try:
            opened = open_history(repo, store=store, name=name, state=state, create=create)
            history = stack.enter_context(opened)
            is_there = create or bank is not None or MAIN in history.banks()
        except StoreError as error:
            unheard = (is_advice and store is None) or isinstance(error, UnknownHistoryError)
            if create or bank is not None or name is not None or not unheard:
                raise
            is_there = False
        yield AdmissionBook(history, MAIN if bank is None else bank) if is_there else None


def answered(
    workspace: Workspace,
    running: Mapping[str, float],
    book: AdmissionBook | None,
    *,
    start: bool,
) -> Readiness:
    """Return which tasks may start, as far as there is a bank within what it allows.

    Parameters
    ----------
    running
        How long tasks have run that somebody says run.
    start
        Whether they start.
    """
    from taskpar_ml.readying import ready_question

    if book is None:
        return ready_question(workspace, running).answer(running)
    from taskpar_ml.admitting.asking import asked, started

    known = book.read()
    workspace = replace(workspace, task_set=workspace.task_set.with_done(known.landed))
    question = ready_question(workspace, [*running, *known.in_flight])
    return started(book, question, running) if start else asked(book, question, running)


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

"""The bank that a command asks, where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taskpar_ml.admitting.book import AdmissionBook
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
) -> Iterator[AdmissionBook | None]:
    """Yield the bank of a repository; None where there is none and nobody named or makes one.

    Parameters
    ----------
    bank
        What it is called; None for the usual one, if there is one.
    create
        Whether store, history and bank are made if there are none.

    Raises
    ------
    StoreError
        If there is a store and it cannot be read: who cannot ask the bank must start nothing.
    """
    from taskpar_ml.cli.stores import has_store, open_history
    from taskpar_ml.domain.growth import MAIN
    from taskpar_ml.errors import UnknownHistoryError

    if not create and bank is None and not has_store(repo, store=store, state=state):
        yield None
        return
    # Loads the store, which takes a while, only where there is one.
    from taskpar_ml.admitting.book import AdmissionBook

    try:
        opened = open_history(repo, store=store, name=name, state=state, create=create)
        with opened as history:
            book = AdmissionBook(history, MAIN if bank is None else bank)
            is_there = create or bank is not None or MAIN in history.banks()
            yield book if is_there else None
    except UnknownHistoryError:
        if create or bank is not None or name is not None:
            raise
        yield None


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
    if book is None:
        return workspace.ready_question(running).answer(running)
    from taskpar_ml.admitting.asking import asked, started

    known = book.read()
    workspace = replace(workspace, task_set=workspace.task_set.with_done(known.landed))
    question = workspace.ready_question([*running, *known.in_flight])
    return started(book, question, running) if start else asked(book, question, running)

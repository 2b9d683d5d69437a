"""What commands about runs share: which run is meant, and where it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from taskpar_ml.execution.run_place import RunPlace
    from taskpar_ml.history.store.repo_history import RepoHistory

Run = Annotated[
    str | None,
    typer.Option("--run", metavar="NAME", help="Which run.", show_default="the newest"),
]


@contextmanager
def open_run(
    run: str | None,
    *,
    repo: Path,
    store: str | None,
    name: str | None,
    state: Path | None,
    create: bool = False,
) -> Iterator[RunPlace]:
    """Yield the run that is meant.

    Parameters
    ----------
    run
        What it is called; None for the newest.
    create
        Whether it is made: without a name the newest if something is left to do in it, and
        otherwise a new one.

    Raises
    ------
    RunError
        If there is none.
    """
    from taskpar_ml.cli.banks import check_not_elsewhere
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.errors import RunError, UnusableStoreError
    from taskpar_ml.execution.run_place import RunPlace
    from taskpar_ml.repo.git import common_directory, open_repository
    from taskpar_ml.repo.state_place import find_state

    git = open_repository(repo)
    found = find_state(git, chosen=state)
    if found.directory is None:
        reasons = " ".join(notice.text for notice in found.notices)
        raise UnusableStoreError("--state", f"there is no place for runs: {reasons}", "Name one.")
    check_not_elsewhere(repo, store=store, name=name, state=state)
    with open_history(repo, store=store, name=name, state=state, create=create) as history:
        known = history.run_journals.names()
        chosen = chosen_run(history, run) if create else run or _newest(known)
        if chosen is None or (not create and chosen not in known):
            there = f" Known: {', '.join(known)}." if known else ""
            place = f"run {chosen}" if chosen else "runs"
            raise RunError(place, f"there is none.{there}", "`taskpar run` begins one.")
        common = common_directory(git)
        yield RunPlace(history, common, Path(found.directory) / "runs", chosen)


def chosen_run(history: RepoHistory | None, run: str | None) -> str:
    """Return the run that is taken up, or begins, where a name is given or none.

    Without one that is the newest if something is left to do in it, and otherwise a new one.
    """
    if run is not None:
        return run
    newest = None if history is None else _newest(history.run_journals.names())
    if history is not None and newest is not None and not _is_done(history, newest):
        return newest
    return f"run-{_number(newest) + 1}"


def begins_at(repo: Path, target: str | None) -> str:
    """Return the commit that a new run begins at: what its target ends with, else ``HEAD``.

    Raises
    ------
    RepositoryError
        If there is none.
    """
    from contextlib import suppress

    from taskpar_ml.errors import UnknownRevisionError
    from taskpar_ml.repo.git import open_repository, resolve_commit

    git = open_repository(repo)
    for place in ("heads", "remotes") if target else ():
        with suppress(UnknownRevisionError):
            return str(resolve_commit(git, f"refs/{place}/{target}").id)
    return str(resolve_commit(git, "HEAD").id)


def _newest(known: list[str]) -> str | None:
    """Return the run of the highest number, None where there is none."""
    return max(known, key=lambda name: (_number(name), name), default=None)


def _number(name: str | None) -> int:
    digits = (name or "").rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def _is_done(history: RepoHistory, name: str) -> bool:
    """Whether nothing of a run is left to be done."""
    from taskpar_ml.admitting.book import AdmissionBook
    from taskpar_ml.execution.deciding import is_settled
    from taskpar_ml.execution.run_book import RunBook

    state = RunBook(history, name).read()
    waiting = {
        task
        for task, many in state.forgiven.items()
        if (attempts := state.of_task(task))
        and many == len(attempts)
        and attempts[-1].landed_as is None
    }
    if not is_settled(state) or state.is_paused or waiting:
        return False
    known = AdmissionBook(history, state.plan.bank).read()
    return all(known.attempts[each].by != name for each in known.in_flight.values())

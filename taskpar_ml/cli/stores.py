"""Which store of histories a command works on, and which history in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from taskpar_ml.domain.taskset import Notice
    from taskpar_ml.footprints.provided import ProvidedFootprints
    from taskpar_ml.history.conflict_rates import ConflictRates
    from taskpar_ml.history.recorded_durations import RecordedDuration
    from taskpar_ml.history.store.history_store import HistoryStore
    from taskpar_ml.history.store.repo_history import RepoHistory

STORE_FILE: Final = "history.sqlite"
"""The store that is used where none is named, in the directory of state."""


def store_url(store: str | None, *, repo: Path, state: Path | None) -> str:
    """Return the store that was named, or else that of the repository's state.

    Raises
    ------
    UnusableStoreError
        If none was named, and there is no place for state.
    """
    from taskpar_ml.errors import UnusableStoreError
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.state_place import find_state

    if store is not None:
        return store
    found = find_state(open_repository(repo), chosen=state)
    if found.directory is None:
        reasons = " ".join(notice.text for notice in found.notices)
        raise UnusableStoreError("--store", f"there is no place for one: {reasons}", "Name a file.")
    return str(found.directory / STORE_FILE)


def open_store(
    store: str | None, *, repo: Path, state: Path | None, create: bool = False
) -> HistoryStore:
    """Open the store that a command works on; close it afterwards."""
    from taskpar_ml.history.store.history_store import HistoryStore

    return HistoryStore.open(store_url(store, repo=repo, state=state), create=create)


def chosen_history(store: HistoryStore, name: str | None) -> RepoHistory:
    """Return the history of a name; without a name, the only one.

    Raises
    ------
    UnknownHistoryError
        If there is none of that name, or several and none was named.
    """
    from taskpar_ml.domain.pairs import shortened
    from taskpar_ml.errors import UnknownHistoryError

    known = [summary.name for summary in store.histories()]
    if name is None and len(known) != 1:
        said = f"Name one with --name: {shortened(known)}." if known else "Mine one first."
        raise UnknownHistoryError(store.name, f"it holds {len(known)} histories.", said)
    return store.history(known[0] if name is None else name)


@contextmanager
def open_history(
    repo: Path,
    *,
    store: str | None,
    name: str | None,
    state: Path | None,
    create: bool = False,
) -> Iterator[RepoHistory]:
    """Open the history of a repository in a store.

    Parameters
    ----------
    name
        What it is called there; by default as the repository's directory is.
    create
        Whether store and history are made if there are none.

    Raises
    ------
    StoreError
        If the store or the history in it cannot be opened.
    """
    with open_store(store, repo=repo, state=state, create=create) as opened:
        yield opened.history(name or name_of(repo), create=create)


def rates_for(
    repo: Path, commit: str, *, store: str | None, name: str | None, state: Path | None
) -> tuple[ConflictRates | None, Sequence[Notice]]:
    """Return what the mined history of a repository knows of conflicts in files at a commit.

    Without a history nothing is known, and that is no error unless the store was named.

    Raises
    ------
    StoreError
        If a store was named, and cannot be read or holds no such history.
    """
    from taskpar_ml.domain.taskset import Notice
    from taskpar_ml.errors import StoreError
    from taskpar_ml.repo.git import open_repository

    if not has_store(repo, store=store, state=state):
        return None, ()
    # Loads the store, which takes a while, only where there is one.
    from taskpar_ml.history.known_rates import rates_at

    try:
        with open_history(repo, store=store, name=name, state=state) as history:
            rates = rates_at(history, open_repository(repo), commit)
            known = history.place
    except StoreError as error:
        if store is not None or name is not None:
            raise
        return None, (Notice("mined history", f"{error} Conflicts of the past are left out."),)
    if rates is None:
        said = f"{known} knows nothing of {commit[:12]}: conflicts of the past are left out."
        return None, (Notice("mined history", f"{said} `taskpar mine` reads on."),)
    return rates, ()


def recorded_for(
    repo: Path, *, store: str | None, name: str | None, state: Path | None
) -> Sequence[RecordedDuration]:
    """Return how long earlier tasks took, as far as somebody recorded it.

    What cannot be read is told where conflicts of the past are asked for.

    Raises
    ------
    StoreError
        If a store was named, and cannot be read or holds no such history.
    """
    from taskpar_ml.errors import StoreError

    if not has_store(repo, store=store, state=state):
        return ()
    from taskpar_ml.history.recorded_durations import recorded_durations

    try:
        with open_history(repo, store=store, name=name, state=state) as history:
            return recorded_durations(history)
    except StoreError:
        if store is not None or name is not None:
            raise
        return ()


def provided_for(
    repo: Path,
    commit: str,
    *,
    model: str,
    store: str | None,
    name: str | None,
    state: Path | None,
) -> tuple[ProvidedFootprints | None, Sequence[Notice]]:
    """Return what footprint providers answered, believed as far as is known of them at a commit.

    Parameters
    ----------
    model
        Who ranks files.

    Raises
    ------
    StoreError
        If a store was named, and cannot be read or holds no such history.
    """
    from taskpar_ml.domain.taskset import Notice
    from taskpar_ml.errors import StoreError
    from taskpar_ml.repo.git import open_repository

    if not has_store(repo, store=store, state=state):
        return None, ()
    from taskpar_ml.footprints.provided import ProvidedFootprints
    from taskpar_ml.history.known_trials import trials_at

    try:
        with (
            open_history(repo, store=store, name=name, state=state) as history,
            history.at_one_moment() as reader,
        ):
            answers = list(reader.answers())
            if not answers:
                return None, ()
            trials = trials_at(reader, open_repository(repo), commit, place=str(repo))
    except StoreError as error:
        if store is not None or name is not None:
            raise
        return None, (Notice("providers", f"{error} Their answers are left out."),)
    return ProvidedFootprints.of(answers, trials, model=model), ()


def has_store(repo: Path, *, store: str | None, state: Path | None) -> bool:
    """Whether there is a store to look into: one that was named, or that of the state."""
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.state_place import find_state

    if store is not None:
        return True
    place = find_state(open_repository(repo), chosen=state).directory
    return place is not None and (place / STORE_FILE).exists()


def would_make(store: str, *, repo: Path, state: Path | None) -> bool:
    """Whether a store that was named is a file that is not there, and nothing stands in for it."""
    from taskpar_ml.history.store.location import StoreLocation

    file = StoreLocation.parse(store).file
    is_there = file is None or file.exists()
    return not is_there and not has_store(repo, store=None, state=state)


def name_of(repo: Path) -> str:
    """Return what a repository is called: its directory's name, without ``.git``."""
    from taskpar_ml.repo.git import common_directory, open_repository

    common = Path(common_directory(open_repository(repo)))
    named = common.parent if common.name == ".git" else common
    return named.name.removesuffix(".git") or "root"

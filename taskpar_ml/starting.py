"""The first step in a repository: a task file, the settings, a place for state."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from taskpar_ml.errors import NotARepositoryError, OutputError
from taskpar_ml.policy.settings import SETTINGS_FILE
from taskpar_ml.policy.settings_template import SETTINGS_TEMPLATE
from taskpar_ml.private_directory import make_private
from taskpar_ml.repo.git import common_directory, open_repository
from taskpar_ml.repo.state_place import refusal
from taskpar_ml.state import beside
from taskpar_ml.tasks import INIT_TASKS_YAML

_IGNORE_ALL: Final = "# State of taskpar: local to this machine.\n*\n"


@dataclass(frozen=True, slots=True)
class Step:
    """A file of the first step: where it is, and whether it was made or had been there."""

    path: Path
    created: bool


def start_project(place: Path) -> list[Step]:
    """Write a commented task file and the settings into a checkout, and make room for state.

    State lies beside the common git directory, one for all worktrees, and ignores itself; where
    that directory is not called ``.git``, state stays in the user's own. Nothing that exists is
    changed.

    Raises
    ------
    RepositoryError
        If there is no git checkout at the place.
    OutputError
        If a file cannot be written, or the room for state is not the user's own.
    """
    repository = open_repository(place)
    if repository.workdir is None:
        raise NotARepositoryError(
            str(place), "the repository is bare.", "Run `taskpar init` in a checkout of it."
        )
    root = Path(repository.workdir)
    state = beside(common_directory(repository))
    if state is not None and os.path.lexists(state):
        reason = refusal(state)
        if reason is not None:
            raise OutputError(str(state), f"{reason}.", "Remove it, then run this again.")
    try:
        return list(_steps(root, state))
    except OSError as error:
        raise OutputError(
            str(error.filename), f"{error.strerror}.", "Make the directory writable."
        ) from None


def _steps(root: Path, state: Path | None) -> Iterator[Step]:
    yield _written(root / "tasks.yaml", INIT_TASKS_YAML)
    yield _written(root / SETTINGS_FILE, SETTINGS_TEMPLATE)
    if state is not None:
        make_private(state)
        yield _written(state / ".gitignore", _IGNORE_ALL)


def _written(path: Path, text: str) -> Step:
    """Write a file unless something bears its name, a dangling link included."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return Step(path, created=False)
    return Step(path, created=True)

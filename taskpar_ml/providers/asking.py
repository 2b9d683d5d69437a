"""Asking a provider about tasks, and keeping every answer as soon as it is given."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from taskpar_ml.domain.provided import ProviderAnswer, ToldTask
from taskpar_ml.domain.task import Task
from taskpar_ml.errors import ProviderError, SettingsError
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.providers.answer import read_answer
from taskpar_ml.providers.command import command_environment, run_command
from taskpar_ml.repo.export import export_files
from taskpar_ml.repo.scratch import temporary_directory
from taskpar_ml.repo.snapshot import RepoSnapshot

PATIENCE: Final = 5
"""Tasks in a row without an answer after which nobody is asked any more."""

_NAME: Final = re.compile(r"\w[\w.-]{0,63}")


@dataclass(frozen=True)
class Provider:
    """A command that prints which files a task will touch.

    Attributes
    ----------
    name
        Under which its answers are kept.
    command
        From :func:`~taskpar_ml.providers.command.resolved_command`.
    timeout
        Seconds it may take for one task.
    """

    name: str
    command: tuple[str, ...]
    timeout: float

    def ask(self, task: Task, snapshot: RepoSnapshot) -> ProviderAnswer:
        """Run the command in a checkout of its own that is gone afterwards.

        Parameters
        ----------
        task
            What it is told, as JSON.
        snapshot
            At a commit: whose files it sees.

        Raises
        ------
        ProviderError
            If it gives no answer.
        OutputError
            If there is no room for a checkout.
        """
        told = ToldTask.of(task)
        with temporary_directory() as made:
            within = os.path.realpath(made)
            directory = os.path.join(within, "checkout")
            os.mkdir(directory)
            export_files(snapshot, directory)
            printed = run_command(
                self.command,
                directory=directory,
                told=json.dumps(told.model_dump()).encode("ascii") + b"\n",
                environment=command_environment(
                    os.environ, within=within, task=task.id, arguments=self.command[1:]
                ),
                timeout=self.timeout,
            )
            named = read_answer(printed, snapshot, directory=directory)
        return ProviderAnswer(
            provider=self.name,
            told=told,
            commit=str(snapshot.commit),
            asked_at=datetime.now(UTC),
            **named._asdict(),
        )


@dataclass
class Asking:
    """Asks about tasks that are not answered yet.

    Attributes
    ----------
    provider
        Who is asked.
    history
        Where answers are kept, each as soon as it is given.
    again
        Whether tasks are asked about that are answered already.
    progress
        Is told what is done.
    asked, answered, empty, known, refused
        How many were asked; how many of them were answered, and how many of those with nothing;
        how many had been answered before; how many words of the answers were no paths.
    failures
        Task and what went wrong.
    """

    provider: Provider
    history: RepoHistory
    again: bool = False
    progress: Callable[[str], None] = lambda said: None
    asked: int = 0
    answered: int = 0
    empty: int = 0
    known: int = 0
    refused: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    _answers: dict[tuple[str, str], ProviderAnswer] = field(default_factory=dict)
    _in_vain: int = 0

    def __post_init__(self) -> None:
        for answer in self.history.answers():
            if answer.provider == self.provider.name:
                self._answers[answer.text, answer.commit] = answer

    @property
    def has_given_up(self) -> bool:
        """Whether so many in a row came to nothing that more would, too."""
        return self._in_vain >= PATIENCE

    def ask(self, tasks: Sequence[Task], snapshot: RepoSnapshot) -> None:
        """Ask about tasks at a commit, unless it is answered, or hopeless."""
        commit = str(snapshot.commit)
        fresh: set[str] = set()
        for task in tasks:
            key = ToldTask.of(task).key
            is_known = (key, commit) in self._answers and not self.again
            if self.has_given_up:
                return
            if is_known or key in fresh:
                self.known += 1
                continue
            fresh.add(key)
            self._ask(task, snapshot)

    def answer(self, task: Task, commit: str) -> ProviderAnswer | None:
        """Return the answer about a task at a commit, None where there is none."""
        return self._answers.get((ToldTask.of(task).key, commit))

    def _ask(self, task: Task, snapshot: RepoSnapshot) -> None:
        self.asked += 1
        self.progress(f"Asking {self.provider.name}: {self.asked} asked, {self.answered} answered")
        try:
            answer = self.provider.ask(task, snapshot)
        except ProviderError as error:
            self.failures.append((task.id, str(error)))
            self._in_vain += 1
            return
        self.history.append_answers([answer])
        self._answers[answer.text, answer.commit] = answer
        self._in_vain = 0
        self.answered += 1
        self.empty += answer.is_empty
        self.refused += answer.refused


def checked_name(name: str) -> str:
    """Return the name of a provider.

    Raises
    ------
    SettingsError
        If answers cannot be kept under it.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(
            "--as",
            f"{name[:80]!r} is no name.",
            "Take 1 to 64 letters, digits, '.', '_' or '-', the first a letter, a digit or '_'.",
        )
    return name

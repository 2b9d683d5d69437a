"""What footprint providers answer, and what became of their answers."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from taskpar_ml.domain.task import Task

_DIGEST_BYTES: Final = 16

Row = Annotated[int, Field(ge=0)]


class _Noun(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToldTask(_Noun):
    """All that a provider is told of a task: what stands in :class:`~taskpar_ml.domain.task.Task`.

    ``writes`` and ``reads`` are the paths that it declares.
    """

    id: str
    title: str
    description: str = ""
    acceptance_criteria: tuple[str, ...] = ()
    context: str = ""
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    @classmethod
    def of(cls, task: Task) -> Self:
        """Return what is told of a task."""
        return cls(**{name: getattr(task, name) for name in cls.model_fields})

    @property
    def key(self) -> str:
        """What stands for all of it but the id, 32 hexadecimal digits.

        Examples
        --------
        >>> one, other = (ToldTask(id=name, title="Round taxes") for name in "ab")
        >>> one.key == other.key, len(one.key)
        (True, 32)
        """
        said = json.dumps(self.model_dump(exclude={"id"}), sort_keys=True)
        return hashlib.blake2b(said.encode("ascii"), digest_size=_DIGEST_BYTES).hexdigest()

    def as_task(self) -> Task:
        """Return the task again, as far as it was told."""
        told = self.model_dump()
        return Task(**{**told, "modifies": told.pop("writes")})


class ProviderAnswer(_Noun):
    """The files that a provider expects one task to touch.

    Attributes
    ----------
    provider
        Who answers.
    told
        What it was told of the task.
    commit
        Id of the commit whose files the provider saw.
    asked_at
        When it had answered.
    files
        Files named that were there at the commit, in order, each once.
    new
        Paths named at which there was nothing yet, the same way.
    refused
        How many other things were named: what is no path, or leads out of the repository.
    """

    provider: str
    told: ToldTask
    commit: str
    asked_at: AwareDatetime
    files: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    refused: int = 0

    @property
    def text(self) -> str:
        """What stands for what the task said: :attr:`ToldTask.key`."""
        return self.told.key

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing. Then it says nothing, not that nothing will be touched."""
        return not self.files and not self.new


class Trial(_Noun):
    """One past task: what a provider named, beside what was predicted without and what happened.

    Rows are files: first those that were predicted, the likeliest first, then those that only the
    provider named.

    Attributes
    ----------
    provider
        Who answered.
    model
        Who ranked files without knowing the answer.
    landing
        Id of the landing that did the task: from there on its outcome is known.
    text, commit, asked_at
        Of the answer.
    gained
        Log odds that each row had gained over the chance by all evidence but the answer.
    predicted
        How many of the rows were predicted.
    named, touched
        Rows that the provider named, and rows that the task changed; both ascending.
    changed
        Files that the task changed and that were there before, changelogs left out.
    new, made
        New files that the provider named, and how many of them the task did make.
    """

    provider: str
    model: str
    landing: str
    text: str
    commit: str
    asked_at: AwareDatetime
    gained: tuple[float, ...]
    predicted: Row
    named: tuple[Row, ...]
    touched: tuple[Row, ...]
    changed: Row
    new: Row = 0
    made: Row = 0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if max((self.predicted - 1, *self.named, *self.touched)) >= len(self.gained):
            raise ValueError("rows are named that are not there")
        return self


class ProviderRecord(_Noun):
    """What is known of a provider, as people and programs read it.

    Attributes
    ----------
    provider
        Who.
    model
        Who ranks files without it.
    answers
        Answers that are kept, the newest to each text at each commit.
    tasks
        Past tasks on which it was tried with this model.
    counts
        Whether these are enough for its answers to count.
    named, unnamed
        Log odds that a file gains by being named, and loses by not being named.
    created
        P(a new file that it names is made).
    files, right
        Files that it named for past tasks, and how many of them were changed.
    precision, recall
        Of the files named and of the files changed, means over tasks; None where there are none.
    recall_without, recall_with
        Share of the changed files among the ten that are ranked first, without it and with it, as
        learned from the other half of the tasks; None where no task is known.
    gain_without, gain_with
        NDCG of these ten, the same way.
    """

    provider: str
    model: str
    answers: int
    tasks: int
    counts: bool
    named: float
    unnamed: float
    created: float
    files: int
    right: int
    precision: float | None
    recall: float | None
    recall_without: float | None
    recall_with: float | None
    gain_without: float | None
    gain_with: float | None


class AskingReport(_Noun):
    """What came of asking a provider.

    Attributes
    ----------
    provider
        Who was asked.
    past
        Whether about past tasks.
    tasks
        How many there were to ask about.
    asked, answered
        How many of them it was asked about this time, and how many it answered.
    empty
        Answers that named nothing: they say nothing.
    known
        Tasks that were answered before, or say the same as another.
    refused
        Words of answers that were no path of the repository.
    failures
        Task and what went wrong.
    has_given_up
        Whether so many in a row came to nothing that the rest was not asked about.
    record
        What is known of it now.
    """

    provider: str
    past: bool
    tasks: int
    asked: int
    answered: int
    empty: int
    known: int
    refused: int
    failures: tuple[tuple[str, str], ...]
    has_given_up: bool
    record: ProviderRecord

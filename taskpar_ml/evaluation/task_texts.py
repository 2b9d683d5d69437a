"""Past tasks told by what a tracker said of them before their work began."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.domain.task import Task
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.evaluation.unlearned import unlearned_scores
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.wordings import UNTITLED, Wording, as_task
from taskpar_ml.training.candidate_rows import memory_before
from taskpar_ml.training.pair_rows import served_features
from taskpar_ml.training.tellings import Telling, task_id

TASK_TEXT: Final = "task text"
"""Pairs of two tasks that are both told by a tracker's text."""
TEXT_OR_TITLE: Final = "task text or title"
"""Pairs of which one task at least is told by a tracker's text, the other by that or its title."""
TITLE_INSTEAD: Final = "title instead of task text"
"""The pairs of the first, both tasks told by their titles."""
TEXT_TELLINGS: Final = (TASK_TEXT, TEXT_OR_TITLE, TITLE_INSTEAD)
"""Tellings of a history that texts were joined to."""


@dataclass(frozen=True)
class TaskTexts:
    """The texts of some batches, each written before the base of its batch.

    Attributes
    ----------
    batches
        The batches.
    known
        Of each batch the texts of its tasks by id, those of one task by age; none of most tasks.
    """

    batches: Sequence[TaskBatch]
    known: Sequence[Mapping[str, Sequence[TaskText]]]

    @classmethod
    def of(cls, history: RepoHistory, batches: Sequence[TaskBatch]) -> Self:
        """Read the texts that were joined to tasks of a history.

        A text that was written after the base of a batch, though before the work on its own task
        began, was not known when the batch could be planned, and is left out.

        Raises
        ------
        StoreError
            If the store cannot be read.
        """
        with history.at_one_moment() as reader:
            texts = list(reader.texts())
            known: list[dict[str, list[TaskText]]] = [{} for _ in batches]
            if texts:
                begun = [reader.position_of(batch.base).time for batch in batches]
                place = {task.id: n for n, batch in enumerate(batches) for task in batch.tasks}
                for text in texts:
                    number = place.get(text.task)
                    if number is not None and text.written_at < begun[number]:
                        known[number].setdefault(text.task, []).append(text)
        return cls(batches, known)

    @property
    def has_any(self) -> bool:
        """Whether any task has a text."""
        return any(self.known)

    def telling(self, number: int) -> Telling:
        """Return a batch whose tasks are told by their texts, those without one by their titles."""
        texts = self.known[number]
        tasks = [
            _told(texts[task.id], id=task_id(row))
            if task.id in texts
            else as_task(task, Wording.TITLE, id=task_id(row))
            for row, task in enumerate(self.batches[number].tasks)
        ]
        return Telling(TEXT_OR_TITLE, tasks)

    @property
    def told(self) -> NDArray[np.bool_]:
        """Which tasks have a text, shape ``(n_batches, n_tasks)``."""
        both = zip(self.batches, self.known, strict=True)
        return np.array([[task.id in texts for task in batch.tasks] for batch, texts in both])

    @property
    def pairs(self) -> Mapping[str, NDArray[np.bool_]]:
        """Which pairs each of :data:`TEXT_TELLINGS` is about, shape ``(n_batches, n_pairs)``."""
        told = self.told
        a, b = np.array(list(combinations(range(told.shape[1]), 2))).T
        both, any_of = told[:, a] & told[:, b], told[:, a] | told[:, b]
        return {TASK_TEXT: both, TEXT_OR_TITLE: any_of, TITLE_INSTEAD: both}


def _told(texts: Sequence[TaskText], *, id: str) -> Task:
    """Return a task that says what all of its texts say, each in its newest wording.

    The oldest one gives the title.
    """
    newest = {text.source: text for text in texts}
    first, *others = sorted(newest.values(), key=lambda text: (text.written_at, text.source))
    parts = [first.body, *(part for each in others for part in (each.title, each.body))]
    title = " ".join(first.title.split()) or UNTITLED
    return Task(id=id, title=title, description="\n\n".join(part for part in parts if part))


def text_scores(
    place: Path,
    texts: TaskTexts,
    models: Mapping[str, LearnedModel],
    *,
    rates: PastRates,
    cache: FactCache,
    progress: Callable[[int], None] = lambda batch: None,
) -> Mapping[str, NDArray[np.float64]]:
    """Return what everybody says of batches whose tasks are told by their texts.

    Parameters
    ----------
    place
        The repository.
    texts
        The batches with their texts.
    models
        Who is judged, by name: all with one ranker of files, and one who sizes changes.
    rates
        The replayed history.
    cache
        What reading the repository found before.
    progress
        Told the number of each batch that is done.

    Returns
    -------
    mapping
        By name of a model or baseline, shape ``(n_batches, n_pairs)`` each; NaN in batches
        without any text.
    """
    first = next(iter(models.values()))
    size = len(texts.batches[0].tasks)
    found: dict[str, NDArray[np.float64]] = {}
    for number, batch in enumerate(texts.batches):
        if not texts.known[number]:
            continue
        memory = memory_before(place, batch, cache=cache, rates=rates.before(batch))
        telling = texts.telling(number)
        features = served_features(telling, memory, ranker=first.ranker, sizer=first.effort)
        said = {name: _estimated(model, features) for name, model in models.items()}
        for name, score in {**said, **unlearned_scores(telling.tasks, memory)}.items():
            shape = len(texts.batches), size * (size - 1) // 2
            found.setdefault(name, np.full(shape, np.nan))[number] = score
        progress(number)
    return found


def _estimated(model: LearnedModel, features: PairFeatures) -> NDArray[np.float64]:
    return model.pairs.estimate(features).p_conflict

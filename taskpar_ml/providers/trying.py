"""Trying a provider on past tasks: what it names, beside what is predicted and what happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from taskpar_ml.domain.footprint import Footprints
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.provided import ProviderAnswer, Trial
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.matrices import MOST_MATCHED
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.pooling import gains_of
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.retrieval import findable
from taskpar_ml.footprints.written import writes_a_file
from taskpar_ml.history.batches import BATCH_SIZE, MEMORY_ONLY, TaskBatch, task_batches
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.providers.asking import Asking
from taskpar_ml.training.candidate_rows import changed_files, memory_before

_SHORT: Final = 20
"""First tasks that serve as memory only, where a history is too short for more."""


class Done(NamedTuple):
    """A task that was done, the answer about it, and what it changed.

    ``landing`` is the id of the commit with which it was done; ``touched`` holds every path that
    it changed, under the names from before and after.
    """

    task: Task
    answer: ProviderAnswer
    landing: str
    touched: frozenset[str]


def try_on_past(
    asking: Asking,
    landings: Sequence[Landing],
    *,
    repo: Path,
    predictor: FootprintPredictor,
    most: int,
    wording: Wording = Wording.FULL,
    cache: FactCache,
) -> int:
    """Ask about the newest past tasks, and keep what became of each answer.

    Tasks stand in batches; each is asked about at the commit before its batch, where it is
    imagined to begin. Whoever is asked sees the files of that commit, and none of its history.

    Parameters
    ----------
    asking
        Whom to ask, and where to keep it.
    landings
        The history, oldest first.
    repo
        The repository.
    predictor
        Who predicts without the answers.
    most
        Past tasks.
    wording
        How much of their texts is told.
    cache
        Remembers facts about contents.

    Returns
    -------
    int
        How many past tasks there were to ask about.
    """
    n_tasks = 0
    for batch in past_batches(landings, most):
        n_tasks += len(batch.tasks)
        if asking.has_given_up:
            continue
        memory = memory_before(repo, batch, cache=cache)
        tasks = [
            as_task(each, wording, id=f"past-{row:03}") for row, each in enumerate(batch.tasks)
        ]
        asking.ask(tasks, memory.snapshot)
        done = list(_answered(asking, batch, tasks))
        keep_trials(asking.history, done, memory, predictor)
    return n_tasks


def past_batches(landings: Sequence[Landing], most: int) -> Iterator[TaskBatch]:
    """Yield batches with so many of the newest tasks in whole batches, the newest first.

    Of the oldest batch only the newest tasks are taken. Of a history shorter than most, fewer
    tasks at its beginning serve as memory only.
    """
    n_tasks = sum(each.is_task for each in landings)
    memory_only = MEMORY_ONLY if n_tasks >= MEMORY_ONLY + 2 * BATCH_SIZE else _SHORT
    for batch in reversed(task_batches(landings, memory_only=memory_only)):
        taken = batch.tasks[-most:] if most > 0 else ()
        if taken:
            yield replace(batch, tasks=taken)
        most -= len(taken)


def keep_trials(
    history: RepoHistory, done: Sequence[Done], memory: RepoMemory, predictor: FootprintPredictor
) -> None:
    """Keep what became of answers, unless that is known already.

    Answers that name nothing say nothing, and nothing becomes of them.

    Parameters
    ----------
    history
        Where they are kept.
    done
        The answers, all at one commit.
    memory
        What was known at that commit.
    predictor
        Who predicts without the answers.
    """
    model = predictor.ranked_by
    known = {
        (each.provider, each.landing, each.asked_at)
        for each in history.trials()
        if each.model == model
    }
    new = [
        each
        for each in done
        if not each.answer.is_empty
        and (each.answer.provider, each.landing, each.answer.asked_at) not in known
    ]
    if new:
        history.append_trials(list(trials_of(new, memory, predictor)))


def trials_of(
    done: Sequence[Done], memory: RepoMemory, predictor: FootprintPredictor
) -> Iterator[Trial]:
    """Yield what became of answers, in the order given.

    Parameters
    ----------
    done
        Tasks, whatever their ids.
    memory
        What was known at the commit of the answers; answers that it holds are left out.
    predictor
        Who predicts.
    """
    everything = FootprintPredictor(predictor.finders, ranker=predictor.ranker, enough=0.0)
    tasks = [each.task.model_copy(update={"id": f"t{row:06}"}) for row, each in enumerate(done)]
    footprints = everything.predict(tasks, replace(memory, provided=None))
    gained = _gained(footprints, memory)
    place = {path: file for file, path in enumerate(memory.snapshot.paths.paths)}
    may_be = findable(memory).tolist()
    wanted = {path for path, found in zip(place, may_be, strict=True) if found}
    for row, each in enumerate(done):
        own = {file: gain for file, gain in gained[row].items() if gain > 0 and may_be[file]}
        predicted = [file for _, file in sorted((-gain, file) for file, gain in own.items())]
        named = {place[path] for path in each.answer.files if path in wanted}
        touched = {place[path] for path in each.touched if path in wanted}
        files = [*predicted, *sorted(named - own.keys())]
        yield Trial(
            provider=each.answer.provider,
            model=predictor.ranked_by,
            landing=each.landing,
            text=each.answer.text,
            commit=each.answer.commit,
            asked_at=each.answer.asked_at,
            gained=tuple(own.get(file, 0.0) for file in files),
            predicted=len(predicted),
            named=tuple(at for at, file in enumerate(files) if file in named),
            touched=tuple(at for at, file in enumerate(files) if file in touched),
            changed=len(touched),
            new=len(each.answer.new),
            made=len(each.touched & set(each.answer.new)),
        )


def _answered(asking: Asking, batch: TaskBatch, tasks: Sequence[Task]) -> Iterator[Done]:
    for task, landing in zip(tasks, batch.tasks, strict=True):
        answer = asking.answer(task, batch.base)
        if answer is not None:
            made = frozenset(landing.paths)
            yield Done(task, answer, landing.id, made | changed_files(landing))


def _gained(footprints: Footprints, memory: RepoMemory) -> list[dict[int, float]]:
    """Return, of every task, the log odds that files gain by all that counts."""
    found: list[dict[int, float]] = [defaultdict(float) for _ in footprints.tasks]
    retrieved = footprints.retrieved
    columns = (each.tolist() for each in (retrieved.task, retrieved.file, retrieved.gained))
    for task, file, gain in zip(*columns, strict=True):
        found[task][file] += gain
    position = {task: row for row, task in enumerate(footprints.tasks)}
    gains = gains_of(np.array([row.probability for row in footprints.evidence], dtype=np.float64))
    for place, (row, gain) in enumerate(zip(footprints.evidence, gains.tolist(), strict=True)):
        if place in footprints.weighed or not writes_a_file(row):
            continue
        hits = memory.snapshot.paths.matching(row.item)
        for file in hits.tolist() if len(hits) <= MOST_MATCHED else ():
            found[position[row.task]][file] += gain
    return found

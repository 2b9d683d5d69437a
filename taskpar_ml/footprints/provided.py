"""Files that footprint providers name, believed as far as their record goes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import (
    Access,
    Evidence,
    EvidenceSource,
    RetrievedTouches,
    Surface,
)
from taskpar_ml.domain.provided import ProviderAnswer, ToldTask, Trial
from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.footprints.pooling import CHANCE, exact_gains, gains_of, probability_of
from taskpar_ml.footprints.reliability import (
    ENOUGH_TASKS,
    MOST_GAIN,
    MOST_LOSS,
    Reliability,
)
from taskpar_ml.repo.path_index import PathIndex

_SIGNS: Final = re.compile(r"([\\*?\[\]{}])")


@dataclass(frozen=True)
class ProvidedFootprints:
    """The answers of providers, and what is known of these.

    Attributes
    ----------
    answers
        What a task says (:attr:`~taskpar_ml.domain.provided.ToldTask.key`) to the newest answer of
        every provider, by provider.
    known
        What was learned of every provider that answers.
    """

    answers: Mapping[str, tuple[ProviderAnswer, ...]]
    known: Mapping[str, Reliability]

    @classmethod
    def of(cls, answers: Iterable[ProviderAnswer], trials: Sequence[Trial], *, model: str) -> Self:
        """Learn from trials how far the answers are to be believed.

        Parameters
        ----------
        answers
            In any order.
        trials
            Those of landings whose outcome may be known here, in any order.
        model
            Who ranks.
        """
        newest: defaultdict[str, dict[str, ProviderAnswer]] = defaultdict(dict)
        for answer in sorted(answers, key=lambda each: (each.asked_at, each.commit)):
            newest[answer.text][answer.provider] = answer
        told = {
            text: tuple(own[provider] for provider in sorted(own)) for text, own in newest.items()
        }
        providers = {answer.provider for own in told.values() for answer in own}
        known = {each: Reliability.learned(each, model, trials) for each in sorted(providers)}
        return cls(told, known)

    def about(self, task: Task) -> tuple[ProviderAnswer, ...]:
        """Return what providers said of a task, whatever it is called."""
        return self.answers.get(ToldTask.of(task).key, ())

    def rows(self, tasks: Iterable[Task], paths: PathIndex) -> Iterator[Evidence]:
        """Yield what providers name, task by task and provider by provider.

        New files are left out where the provider does not count, so that nothing follows from
        them; so are files that are no longer there.
        """
        for task in tasks:
            for answer in self.about(task):
                yield from _rows(task, answer, self.known[answer.provider], paths)

    def corrected(
        self,
        retrieved: RetrievedTouches,
        tasks: Sequence[Task],
        paths: PathIndex,
        *,
        findable: NDArray[np.bool_],
    ) -> RetrievedTouches:
        """Return what was retrieved with the answers counted, the likeliest files of each first.

        Named files gain what their providers are worth, all of them together
        :data:`~taskpar_ml.footprints.reliability.MOST_GAIN` at most; of those who do not name a
        file the one speaks that is worth most. A file that was not retrieved starts from the
        chance.

        Parameters
        ----------
        retrieved
            Rows of the tasks by position.
        tasks
            The tasks.
        paths
            Those that the files of the rows are positions in.
        findable
            Which files a text may be about, shape ``(n_files,)``.
        """
        found = retrieved
        for position, task in enumerate(tasks):
            counting = [each for each in self.about(task) if self._counts(each)]
            if counting:
                found = self._with(found, position, counting, paths, findable)
        if found is retrieved:
            return retrieved
        order = np.lexsort((found.file, -found.gained, found.task))
        return _rows_of(found, order)

    def notices(self, tasks: Iterable[Task], *, model: str) -> Iterator[Notice]:
        """Yield whose answers about these tasks do not count, and what would change that."""
        asked = Counter(each.provider for task in tasks for each in self.about(task))
        for provider in sorted(asked):
            known = self.known[provider]
            if not known.counts:
                yield Notice(
                    f"provider {provider}",
                    f"its answers about {asked[provider]} of the tasks are shown and do not count: "
                    f"it was tried on {known.tasks} past tasks with {model}, and {ENOUGH_TASKS} "
                    f"are needed. `taskpar provide --as {provider} --past 50 -- COMMAND` tries it.",
                )

    def _counts(self, answer: ProviderAnswer) -> bool:
        return self.known[answer.provider].counts and not answer.is_empty

    def _with(
        self,
        found: RetrievedTouches,
        position: int,
        answers: Sequence[ProviderAnswer],
        paths: PathIndex,
        findable: NDArray[np.bool_],
    ) -> RetrievedTouches:
        """Return what was retrieved with the answers about one task counted."""
        named = [_named(answer, paths, findable) for answer in answers]
        worth = [self.known[answer.provider] for answer in answers]
        rows = np.flatnonzero(found.task == position)
        others = np.flatnonzero(found.task != position)
        new = np.setdiff1d(np.concatenate(named), found.file[rows])
        file = np.concatenate([found.file[rows], new])
        gain, loss = np.zeros(len(file)), np.zeros(len(file))
        for files, known in zip(named, worth, strict=True):
            names = np.isin(file, files)
            gain += np.where(names, known.named, 0.0)
            loss = np.maximum(loss, np.where(names, 0.0, known.unnamed))
        before = np.concatenate([found.gained[rows], np.zeros(len(new))])
        after = before + np.minimum(gain, MOST_GAIN) - np.minimum(loss, MOST_LOSS)
        gained = exact_gains(np.maximum(after, 0.0))
        widened = _widened(found, position, new)
        added = np.arange(len(found.task), len(found.task) + len(new))
        own = np.concatenate([rows, added])
        widened.gained[own] = gained
        # At the chance nothing speaks for a file any more.
        return _rows_of(widened, np.concatenate([others, own[gained > 0]]))


def _named(
    answer: ProviderAnswer, paths: PathIndex, findable: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the positions of the named files that are there, in order."""
    hits = [
        paths.matching(_pattern(path)) for path in (*answer.files, *answer.new) if path in paths
    ]
    found = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *hits]))
    return np.asarray(found[findable[found]], dtype=np.int64)


def _widened(found: RetrievedTouches, position: int, new: NDArray[np.int64]) -> RetrievedTouches:
    """Return what was retrieved and files that were not, which have gained nothing yet."""
    size = len(new)
    nothing = ("",) * len(found.sources)
    return replace(
        found,
        task=np.concatenate([found.task, np.full(size, position, dtype=np.int64)]),
        file=np.concatenate([found.file, new]),
        gains=np.concatenate([found.gains, np.zeros((size, found.gains.shape[1]))]),
        gained=np.concatenate([found.gained, np.zeros(size)]),
        quotes=(*found.quotes, *[nothing] * size) if found.quotes else (),
    )


def _rows_of(found: RetrievedTouches, rows: NDArray[np.int64]) -> RetrievedTouches:
    return replace(
        found,
        task=found.task[rows],
        file=found.file[rows],
        gains=found.gains[rows],
        gained=found.gained[rows],
        quotes=tuple(found.quotes[row] for row in rows.tolist()) if found.quotes else (),
    )


def _pattern(path: str) -> str:
    r"""Return the pattern that names a path and no other.

    Examples
    --------
    >>> print(_pattern("app/[id]/page.tsx"))
    app/\[id\]/page.tsx
    """
    return _SIGNS.sub(r"\\\1", path)


def _rows(
    task: Task, answer: ProviderAnswer, known: Reliability, paths: PathIndex
) -> Iterator[Evidence]:
    there = [path for path in (*answer.files, *answer.new) if path in paths]
    absent = [path for path in answer.new if path not in paths]
    for path in sorted(there):
        probability = float(probability_of(np.array(known.named if known.counts else 0.0)))
        yield _evidence(task, answer, path, probability, _record(known), creates=False)
    if known.counts and float(gains_of(np.array(known.created))) > 0:
        for path in sorted(absent):
            yield _evidence(task, answer, path, known.created, "as a new file", creates=True)


def _evidence(
    task: Task,
    answer: ProviderAnswer,
    path: str,
    probability: float,
    why: str,
    *,
    creates: bool,
) -> Evidence:
    return Evidence(
        task=task.id,
        surface=Surface.FILE,
        item=_pattern(path),
        access=Access.WRITE,
        probability=max(probability, CHANCE),
        source=EvidenceSource.PROVIDER,
        creates=creates,
        quote=f"{answer.provider} names it {why}",
    )


def _record(known: Reliability) -> str:
    """Say what a provider's record is."""
    if not known.counts:
        return f"(tried on {known.tasks} past tasks: does not count)"
    return f"({known.right} of {known.files} files that it named before were changed)"

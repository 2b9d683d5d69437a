"""What models and baselines say of the pairs of one history, beside what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.mined import mined_findings
from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.evaluation.cone import cone_rule
from taskpar_ml.evaluation.git_features import git_features
from taskpar_ml.evaluation.git_forest import GitForest
from taskpar_ml.evaluation.own_work import own_works
from taskpar_ml.evaluation.shared_files import shared_file_jaccard, two_shared_files
from taskpar_ml.evaluation.task_texts import (
    TASK_TEXT,
    TEXT_OR_TITLE,
    TITLE_INSTEAD,
    TaskTexts,
    text_scores,
)
from taskpar_ml.evaluation.unlearned import unlearned_scores
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.view import HistoryView
from taskpar_ml.history.wordings import Wording
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.training.adapting import adapted
from taskpar_ml.training.candidate_rows import memory_before
from taskpar_ml.training.general import PairMaterial
from taskpar_ml.training.pair_labels import PairLabels
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.recall import TaskRecalls, task_recalls
from taskpar_ml.training.repository_rows import RepositoryRows
from taskpar_ml.training.tellings import ALL_SEEN, TELLINGS, tellings

LEARNED: Final = "learned, unseen"
"""The model as it is handed in."""
ADAPTED: Final = "learned, own history"
"""The same, calibrated by the batches before the tested ones."""
JACCARD: Final = "shared files, Jaccard"
TWO_SHARED: Final = "two shared files"
CONE: Final = "ConE's rule"
FOREST: Final = "git-feature forest"
OBSERVED: Final = (JACCARD, TWO_SHARED, CONE, FOREST)
"""Baselines of pairs of which all files are known."""
FIXED_RULE: Final = "fixed rule"
TESTED: Final = 0.7
"""Share of the batches that stand before the tested ones."""


@dataclass(frozen=True)
class HistoryScores:
    """The tested batches of one history.

    Attributes
    ----------
    name
        What the history is called.
    tasks
        Tasks in all its batches.
    textual, counted, one_author, concurrent
        As in :class:`~taskpar_ml.training.pair_labels.PairLabels`, of tested batches, shape
        ``(n_tested, n_pairs)``.
    scores
        By telling and model, same shape.
    recalls
        By wording and ranker.
    told
        Which pairs a telling is about, same shape; one that is not named is about all of them.
    texts
        Tasks of the tested batches that a tracker's text tells of.
    """

    name: str
    tasks: int
    textual: NDArray[np.float32]
    counted: NDArray[np.float32]
    one_author: NDArray[np.bool_]
    concurrent: NDArray[np.bool_]
    scores: Mapping[str, Mapping[str, NDArray[np.float64]]]
    recalls: Mapping[str, Mapping[str, TaskRecalls]]
    told: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    texts: int = 0

    def judged(self, known: str) -> NDArray[np.bool_]:
        """Return the pairs that a telling is about and whose outcome is known."""
        judged: NDArray[np.bool_] = ~np.isnan(self.textual)
        return judged & self.told[known] if known in self.told else judged


@dataclass(frozen=True)
class Gathering:
    """How the rows of a history are gathered, or found where they were kept.

    Attributes
    ----------
    place
        The repository.
    history
        Its mined history.
    model
        Who is judged.
    policy
        What counts as a conflict.
    tasks
        Newest tasks that are looked at.
    cache
        What reading the repository found before.
    kept
        Directory of rows that were gathered for this model before, if any; those of other
        batches, or of pairs of which something else is known by now, are gathered anew.
    progress
        Told what is being done.
    """

    place: Path
    history: RepoHistory
    model: LearnedModel
    policy: LabelPolicy
    tasks: int
    cache: FactCache
    kept: Path | None = None
    progress: Callable[[str], None] = lambda said: None

    @cached_property
    def mined(self) -> tuple[list[TaskBatch], list[PairFinding]]:
        """Batches, oldest first, and what is known of their pairs.

        Raises
        ------
        TaskparError
            If the history was not mined, or holds no whole batch.
        """
        return mined_findings(self.history, tasks=self.tasks)

    @cached_property
    def labels(self) -> tuple[PairLabels, ...]:
        """What became of the pairs of each batch; raises as :attr:`mined` does."""
        batches, found = self.mined
        return tuple(PairLabels.of(batch.tasks, found, self.policy) for batch in batches)

    @property
    def conflicts(self) -> int:
        """How many of the tested pairs conflict; raises as :attr:`mined` does."""
        first = int(len(self.labels) * TESTED)
        return sum(int(np.nansum(each.textual)) for each in self.labels[first:])

    def material(self) -> tuple[Sequence[TaskBatch], PairMaterial]:
        """Return the batches with everything that can be learned from them.

        Raises
        ------
        TaskparError
            If the history was not mined, or the repository cannot be read.
        OSError
            If rows cannot be kept.
        """
        batches, found = self.mined
        rows = RepositoryRows.load(self._file("npz")) if self.kept else None
        if rows is None or not self._are_of_now(rows):
            if self.kept:
                # They are of the same batches as the rows beside them, or not there.
                self._file("pairs.npz").unlink(missing_ok=True)
            rows = RepositoryRows.gathered(
                self.place,
                batches,
                found,
                policy=self.policy,
                cache=self.cache,
                links=self.model.ranker.links,
                encoder=self.model.ranker.encoder,
                progress=self.told("files", len(batches)),
            )
            if self.kept:
                rows.save(self._file("npz"))
        pairs = PairRows.load(self._file("pairs.npz")) if self.kept else None
        if pairs is None or len(pairs.values) != len(batches):
            pairs = PairRows.gathered(
                self.place,
                batches,
                ranker=self.model.ranker,
                sizer=self.model.effort,
                cache=self.cache,
                rates=PastRates.read(self.history),
                progress=self.told("pairs", len(batches)),
            )
            if self.kept:
                pairs.save(self._file("pairs.npz"))
        return batches, PairMaterial(pairs, rows)

    def _are_of_now(self, rows: RepositoryRows) -> bool:
        """Return whether rows are of these batches, and of what is known of their pairs."""
        return all(
            np.array_equal(
                getattr(rows, name),
                np.stack([getattr(each, name) for each in self.labels]),
                equal_nan=True,
            )
            for name in (each.name for each in fields(PairLabels))
        )

    def _file(self, ending: str) -> Path:
        assert self.kept is not None
        return self.kept / f"{self.history.name.replace('/', '+')}.{ending}"

    def told(self, what: str, size: int) -> Callable[[int], None]:
        """Return who is told the number of each batch that is done."""
        return lambda batch: self.progress(
            f"{self.history.name}: {what} of batch {batch + 1} of {size}"
        )


def history_scores(gathering: Gathering) -> HistoryScores:
    """Score the tested pairs of a history by everybody.

    Raises
    ------
    TaskparError
        If the history was not mined, or the repository cannot be read.
    """
    batches, material = gathering.material()
    labels, first = material.labels, int(len(batches) * TESTED)
    own = gathering.model
    if own.pairs.own is None:
        own = adapted(own, material.pairs, labels.counted, until=TESTED).model
    scores: dict[str, dict[str, NDArray[np.float64]]] = {}
    for place, telling in enumerate(TELLINGS):
        features = material.pairs.values[first:, place]
        scores[telling] = {
            name: _told(each, material.pairs.columns, features)
            for name, each in ((LEARNED, gathering.model), (ADAPTED, own))
        }
    for said, found in _unlearned(gathering, batches[first:]).items():
        scores[said].update(found)
    scores[ALL_SEEN].update(_observed(gathering, batches, labels, first))
    texts = TaskTexts.of(gathering.history, batches[first:])
    if texts.has_any:
        scores |= _by_texts(gathering, texts, own, titles=scores[Wording.TITLE.value])
    return HistoryScores(
        name=gathering.history.name,
        tasks=sum(len(batch.tasks) for batch in batches),
        textual=labels.textual[first:],
        counted=labels.counted[first:],
        one_author=labels.one_author[first:],
        concurrent=labels.concurrent[first:],
        scores=scores,
        recalls=_recalls(gathering.model, labels),
        told=texts.pairs if texts.has_any else {},
        texts=int(texts.told.sum()),
    )


def _told(
    model: LearnedModel, columns: Sequence[str], values: NDArray[np.float32]
) -> NDArray[np.float64]:
    flat = PairFeatures(tuple(columns), values.reshape(-1, values.shape[-1]).astype(np.float64))
    return model.pairs.estimate(flat).p_conflict.reshape(values.shape[:-1])


def _unlearned(
    gathering: Gathering, batches: Sequence[TaskBatch]
) -> Mapping[str, Mapping[str, NDArray[np.float64]]]:
    """Return the baselines of texts by telling, of some batches."""
    found: dict[str, dict[str, list[NDArray[np.float64]]]] = {}
    for number, batch in enumerate(batches):
        memory = memory_before(gathering.place, batch, cache=gathering.cache)
        for telling in tellings(gathering.place, batch):
            if not telling.observed:
                for name, score in unlearned_scores(telling.tasks, memory).items():
                    found.setdefault(telling.name, {}).setdefault(name, []).append(score)
        gathering.progress(
            f"{gathering.history.name}: baselines of batch {number + 1} of {len(batches)}"
        )
    return {
        said: {name: np.stack(rows) for name, rows in scores.items()}
        for said, scores in found.items()
    }


def _by_texts(
    gathering: Gathering,
    texts: TaskTexts,
    own: LearnedModel,
    *,
    titles: dict[str, NDArray[np.float64]],
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Return what everybody says of pairs that texts tell of, and of the same pairs by titles."""
    found = text_scores(
        gathering.place,
        texts,
        {LEARNED: gathering.model, ADAPTED: own},
        rates=PastRates.read(gathering.history),
        cache=gathering.cache,
        progress=gathering.told("task texts", len(texts.batches)),
    )
    return {TASK_TEXT: dict(found), TEXT_OR_TITLE: dict(found), TITLE_INSTEAD: titles}


def _observed(
    gathering: Gathering, batches: Sequence[TaskBatch], labels: RepositoryRows, first: int
) -> Mapping[str, NDArray[np.float64]]:
    """Return the baselines of pairs whose files are known; the forest learns as adapted models.

    One that saw no conflict, or nothing else, expects what it saw of every pair.
    """
    tested = batches[first:]
    view = HistoryView.at(gathering.place, batches[-1].tasks[-1].id)
    works = own_works(view, [task for batch in batches for task in batch.tasks])
    features = np.stack([git_features(batch, works) for batch in batches])
    end = int(len(batches) * TESTED)
    found = {
        JACCARD: np.stack([shared_file_jaccard(batch) for batch in tested]),
        TWO_SHARED: np.stack([two_shared_files(batch) for batch in tested]),
        CONE: np.stack([cone_rule(batch) for batch in tested]),
    }
    taught = labels.textual[:end].reshape(-1)
    if not (taught == 0).any() or not (taught == 1).any():
        found[FOREST] = np.full_like(found[JACCARD], float((taught == 1).any()))
    else:
        forest = GitForest.grown(
            [features[:end].reshape(-1, features.shape[-1])], [taught], balanced=False
        )
        flat = features[first:].reshape(-1, features.shape[-1])
        found[FOREST] = forest.probability(flat).reshape(features[first:].shape[:-1])
    return found


def _recalls(model: LearnedModel, rows: RepositoryRows) -> Mapping[str, Mapping[str, TaskRecalls]]:
    pooled = rows.values[:, list(CANDIDATE_COLUMNS).index("pooled")].astype(np.float64)
    rankings = {FIXED_RULE: pooled, LEARNED: model.ranker.p_touch(rows.values)}
    return {
        wording.value: {
            name: task_recalls(rows, touch, place, begin=TESTED) for name, touch in rankings.items()
        }
        for place, wording in enumerate(Wording)
    }

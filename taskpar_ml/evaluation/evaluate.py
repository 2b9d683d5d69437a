"""The tables of an evaluation, out of what everybody says of the same pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.evaluation import (
    ALL,
    CHOICES,
    CONCURRENT,
    DIFFERENT,
    Advantage,
    Decile,
    EvaluatedRepository,
    Evaluation,
    JudgedModel,
    Measure,
    PairCase,
    RankedFiles,
)
from taskpar_ml.domain.pairs import shortened
from taskpar_ml.errors import EvaluationError
from taskpar_ml.estimators.comparison import (
    MEASURES,
    RESAMPLES,
    Comparison,
    Interval,
    JudgedPairs,
    drawn_batches,
    interval_of,
)
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.pair_metrics import brier_score, calibration_error
from taskpar_ml.evaluation.history_scores import ADAPTED, FOREST, LEARNED, HistoryScores
from taskpar_ml.evaluation.task_texts import TASK_TEXT
from taskpar_ml.training.own import OWN
from taskpar_ml.training.recall import TaskRecalls

_OURS: Final = (LEARNED, ADAPTED)
_PROBABILITIES: Final = (*_OURS, FOREST)
_DECILES: Final = 10


def evaluation(
    histories: Sequence[HistoryScores],
    model: LearnedModel,
    *,
    resamples: int = RESAMPLES,
    cases: Sequence[PairCase] = (),
) -> Evaluation:
    """Return everything that can be said of a model on some histories.

    Parameters
    ----------
    histories
        At least one, of different names. One without a conflict among its tested pairs tells how
        honest probabilities are, and nothing of rankings.
    model
        Who was judged.
    resamples
        How often batches are drawn for the intervals.
    cases
        Pairs worth reading.

    Raises
    ------
    EvaluationError
        If no tested pair of any of them conflicts.
    """
    check_conflicts({each.name: int(np.nansum(each.textual)) for each in histories})
    judged: list[JudgedModel] = []
    advantages: list[Advantage] = []
    for known in dict.fromkeys(name for each in histories for name in each.scores):
        told = [each for each in histories if known in each.scores]
        for choice in CHOICES:
            chosen = [each for each in told if _pairs(each, known, choice).truth.any()]
            if not chosen:
                continue
            pairs = [_pairs(each, known, choice) for each in chosen]
            names = [each.name for each in chosen]
            compared = Comparison(pairs, resamples=resamples)
            # A probability is of any conflict that the policy counts.
            honest = [_pairs(each, known, choice, counted=True) for each in chosen]
            judged += _judged(compared, pairs, honest, names, known=known, choice=choice)
            advantages += _advantages(compared, names, known=known, choice=choice)
    return Evaluation(
        model=model.name,
        encoder=None if (encoder := model.ranker.encoder) is None else encoder.name,
        facts=dict(model.facts),
        resamples=resamples,
        repositories=tuple(_described(each, model) for each in histories),
        judged=tuple(judged),
        advantages=tuple(advantages),
        deciles=tuple(_deciles(histories, resamples)),
        files=tuple(_files(histories, resamples)),
        cases=tuple(cases),
    )


def check_conflicts(conflicts: Mapping[str, int]) -> None:
    """Refuse histories by which nobody can be judged, before any work is done.

    Parameters
    ----------
    conflicts
        Tested pairs that conflict, by history.

    Raises
    ------
    EvaluationError
        If there are none.
    """
    if not any(conflicts.values()):
        raise EvaluationError(
            shortened(conflicts),
            "no pair of the tested batches, the newest of all, is known to conflict.",
            "Ask for more tasks, or for other histories.",
        )


def _described(history: HistoryScores, model: LearnedModel) -> EvaluatedRepository:
    taught, own = model.facts.get("repositories"), model.facts.get(OWN)
    is_own = isinstance(own, Mapping) and own.get("history") == history.name
    known = ~np.isnan(history.textual)
    texts = history.judged(TASK_TEXT) if TASK_TEXT in history.told else np.zeros_like(known)
    return EvaluatedRepository(
        name=history.name,
        tasks=history.tasks,
        tested=len(history.textual),
        pairs=int(known.sum()),
        conflicts=int(np.nansum(history.textual)),
        is_taught=is_own or (isinstance(taught, Mapping) and history.name in taught),
        texts=history.texts,
        text_pairs=int(texts.sum()),
        text_conflicts=int(history.textual[texts].sum()),
    )


def _pairs(
    history: HistoryScores, known: str, choice: str, *, counted: bool = False
) -> JudgedPairs:
    truth = history.counted if counted else history.textual
    chosen = ~np.isnan(truth) & history.told.get(known, np.True_)
    if choice == DIFFERENT:
        chosen &= ~history.one_author
    elif choice == CONCURRENT:
        chosen &= history.concurrent
    batch = np.broadcast_to(np.arange(len(truth))[:, None], truth.shape)
    return JudgedPairs(
        truth[chosen] > 0,
        batch[chosen].astype(np.int64),
        {name: scores[chosen] for name, scores in history.scores[known].items()},
    )


def _judged(
    compared: Comparison,
    pairs: Sequence[JudgedPairs],
    honest: Sequence[JudgedPairs],
    names: Sequence[str],
    *,
    known: str,
    choice: str,
) -> Iterator[JudgedModel]:
    for model in compared.models:
        measures = {name: _measure(compared.value(model, name)) for name in MEASURES}
        yield JudgedModel(
            known=known,
            pairs=choice,
            repository=None,
            model=model,
            conflicts=sum(int(each.truth.sum()) for each in pairs),
            measures={**measures, **_honesty(honest, model)},
        )
        if choice == CONCURRENT:
            continue
        single = {name: compared.single(model, name) for name in MEASURES}
        for place, (repository, each) in enumerate(zip(names, pairs, strict=True)):
            measures = {name: _measure(found[place]) for name, found in single.items()}
            yield JudgedModel(
                known=known,
                pairs=choice,
                repository=repository,
                model=model,
                conflicts=int(each.truth.sum()),
                measures={**measures, **_honesty([honest[place]], model)},
            )


def _honesty(pairs: Sequence[JudgedPairs], model: str) -> Mapping[str, Measure]:
    """Return how honest probabilities are; NaN, a pair kept apart, counts as certain."""
    if model not in _PROBABILITIES:
        return {}
    told = [np.nan_to_num(each.scores[model], nan=1.0) for each in pairs]
    both = list(zip(pairs, told, strict=True))
    found = {
        "Brier": np.mean([brier_score(each.truth, said) for each, said in both]),
        "ECE": np.mean([calibration_error(each.truth, said) for each, said in both]),
    }
    return {name: Measure(value=float(value), low=None, high=None) for name, value in found.items()}


def _advantages(
    compared: Comparison, names: Sequence[str], *, known: str, choice: str
) -> Iterator[Advantage]:
    for model in _OURS:
        for other in compared.models:
            if other in _OURS and (model, other) != (ADAPTED, LEARNED):
                continue
            yield Advantage(
                known=known,
                pairs=choice,
                repository=None,
                model=model,
                other=other,
                auc=_measure(compared.difference(model, other, "AUC")),
                ap=_measure(compared.difference(model, other, "AP")),
                ap_ratio=_measure(compared.ratio(model, other, "AP")),
            )
            if choice != ALL:
                continue
            by_auc = compared.single_difference(model, other, "AUC")
            by_ap = compared.single_difference(model, other, "AP")
            ratios = compared.single_ratio(model, other, "AP")
            for place, repository in enumerate(names):
                yield Advantage(
                    known=known,
                    pairs=choice,
                    repository=repository,
                    model=model,
                    other=other,
                    auc=_measure(by_auc[place]),
                    ap=_measure(by_ap[place]),
                    ap_ratio=_measure(ratios[place]),
                )


def _deciles(histories: Sequence[HistoryScores], resamples: int) -> Iterator[Decile]:
    for history in histories:
        for known in history.scores:
            pairs = _pairs(history, known, ALL, counted=True)
            draws = drawn_batches(len(history.textual), resamples, np.random.default_rng(0))
            for model in _OURS:
                told = pairs.scores[model]
                order = np.argsort(told, kind="stable")
                parts = np.array_split(order[~np.isnan(told[order])], _DECILES)
                for place, part in enumerate(parts):
                    if len(part):
                        yield _decile(pairs, model, part, draws, place, history.name, known)


def _decile(
    pairs: JudgedPairs,
    model: str,
    part: NDArray[np.int64],
    draws: Sequence[NDArray[np.int64]],
    place: int,
    repository: str,
    known: str,
) -> Decile:
    told, truth, batch = pairs.scores[model][part], pairs.truth[part], pairs.batch[part]
    ratios = []
    for weight in (np.ones(len(part)), *(drawn[batch] for drawn in draws)):
        expected = float(weight @ told)
        ratios.append(float(weight @ truth) / expected if expected else np.nan)
    return Decile(
        known=known,
        repository=repository,
        model=model,
        decile=place + 1,
        pairs=len(part),
        expected=float(told.sum()),
        observed=int(truth.sum()),
        ratio=_measure(interval_of(np.array(ratios))),
    )


def _files(histories: Sequence[HistoryScores], resamples: int) -> Iterator[RankedFiles]:
    random = np.random.default_rng(0)
    draws = []
    for history in histories:
        size = len(history.textual)
        draws.append(np.array([np.ones(size), *drawn_batches(size, resamples, random)]))
    for known, rankers in histories[0].recalls.items():
        for name in rankers:
            found = [each.recalls[known][name] for each in histories]
            # Where all that tasks did was to add files, there was nothing to be ranked.
            both = [each for each in zip(found, draws, strict=True) if len(each[0].batch)]
            if not both:
                continue
            recall = np.mean([_mean(each, each.recall, drawn) for each, drawn in both], axis=0)
            gain = np.mean([_mean(each, each.gain, drawn) for each, drawn in both], axis=0)
            yield RankedFiles(
                known=known,
                ranker=name,
                recall=_measure(interval_of(recall)),
                gain=_measure(interval_of(gain)),
                held=float(np.mean([tasks.held.mean() for tasks, _ in both])),
            )


def _mean(
    tasks: TaskRecalls, values: NDArray[np.float64], drawn: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean over tasks under each draw of batches, NaN where it has no task."""
    weight = drawn[:, tasks.batch]
    size = weight.sum(axis=1)
    nothing = np.full(len(size), np.nan)
    return np.asarray(np.divide(weight @ values, size, out=nothing, where=size > 0))


def _measure(found: Interval) -> Measure:
    return Measure(
        **{
            name: float(value) if np.isfinite(value) else None
            for name, value in found._asdict().items()
        }
    )

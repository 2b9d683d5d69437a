"""The cases behind the figures: pairs about which a model was most wrong, to be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.evaluation import BelievedFile, CaseKind, CaseTask, PairCase
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import FileVerdict, PairFinding
from taskpar_ml.evaluation.history_scores import LEARNED, TESTED, Gathering, HistoryScores
from taskpar_ml.evaluation.task_texts import TASK_TEXT, TEXT_OR_TITLE, TITLE_INSTEAD, TaskTexts
from taskpar_ml.footprints.items import touched_items
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.wordings import Wording
from taskpar_ml.predicting import predictor_of
from taskpar_ml.reports.text import printable
from taskpar_ml.training.candidate_rows import memory_before
from taskpar_ml.training.tellings import Telling, task_id, tellings

WORST: Final = 20
"""Pairs of each kind that are shown."""
_BELIEVED: Final = 3
"""Files that are shown of what a task was believed to touch."""
_SHORT: Final = 12
"""Characters of a commit's id."""
_TITLE: Final = 100
"""Characters of a title."""

_Believed = Mapping[int, tuple[BelievedFile, ...]]


def worst_cases(
    gathering: Gathering, scores: HistoryScores, *, known: str, most: int = WORST
) -> tuple[PairCase, ...]:
    """Return the conflicts that were ranked lowest, then the other pairs that were ranked highest.

    What the tasks were believed to touch is asked again, of these tasks alone and by the code that
    serves: what is told of a task does not depend on others.

    Parameters
    ----------
    gathering
        Where the scores are from.
    scores
        What was said of the tested pairs.
    known
        How the tasks are told: a name of the scores.
    most
        Pairs of each kind at most.

    Returns
    -------
    tuple
        Where a model cannot say, it counts as having told the highest risk.

    Raises
    ------
    TaskparError
        If the repository cannot be read.
    """
    chosen = chosen_pairs(scores, known=known, most=most)
    batches, found = gathering.mined
    tested = batches[int(len(batches) * TESTED) :]
    places = list(combinations(range(len(tested[0].tasks)), 2))
    wanted: dict[int, set[int]] = defaultdict(set)
    for each in chosen:
        wanted[each.batch].update(places[each.pair])
    believed = {}
    for done, (number, rows) in enumerate(sorted(wanted.items())):
        gathering.progress(f"{scores.name}: cases of batch {done + 1} of {len(wanted)}")
        believed[number] = _believed(gathering, tested[number], sorted(rows), known=known)
    findings = {(pair.earlier, pair.later): pair for pair in found}
    cases = []
    for each in chosen:
        batch, (one, two) = tested[each.batch], places[each.pair]
        pair = findings[batch.tasks[one].id, batch.tasks[two].id]
        conflicted, shared = _files(gathering, pair)
        cases.append(
            PairCase(
                known=known,
                repository=scores.name,
                kind=each.kind,
                earlier=_task(batch.tasks[one], believed[each.batch][one]),
                later=_task(batch.tasks[two], believed[each.batch][two]),
                p_conflict=None if np.isnan(each.told) else each.told,
                riskier=each.riskier,
                conflicted=conflicted,
                shared=shared,
                one_author=bool(scores.one_author[each.batch, each.pair]),
            )
        )
    return tuple(cases)


@dataclass(frozen=True)
class ChosenPair:
    """A pair by its place among the tested ones: the batch, and the row of its pair table."""

    kind: CaseKind
    batch: int
    pair: int
    told: float
    riskier: float


def chosen_pairs(scores: HistoryScores, *, known: str, most: int) -> list[ChosenPair]:
    """Return the worst pairs of each kind, the worst first, those alike in their order.

    A pair counts as none without conflict while another kind of conflict is known or open there.
    """
    told = scores.scores[known][LEARNED]
    risk = np.nan_to_num(told, nan=np.inf)
    judged = scores.judged(known)
    missed = _first(judged & (scores.textual > 0), risk, most)
    alarms = _first(judged & (scores.textual == 0) & (scores.counted == 0), -risk, most)
    kinds = [CaseKind.MISSED] * len(missed) + [CaseKind.FALSE_ALARM] * len(alarms)
    return [
        ChosenPair(
            kind,
            int(batch),
            int(pair),
            float(told[batch, pair]),
            float((risk[judged] > risk[batch, pair]).mean()),
        )
        for kind, (batch, pair) in zip(kinds, np.concatenate([missed, alarms]), strict=True)
    ]


def _first(chosen: NDArray[np.bool_], by: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Return the places of the smallest values among the chosen, shape ``(n, 2)``."""
    places = np.argwhere(chosen)
    order = np.argsort(by[chosen], kind="stable")[:most]
    return np.asarray(places[order], dtype=np.int64)


def _believed(
    gathering: Gathering, batch: TaskBatch, rows: Sequence[int], *, known: str
) -> _Believed:
    """Return what some tasks of a batch were believed to touch, by their place in it."""
    telling = _telling(gathering, batch, known)
    memory = memory_before(gathering.place, batch, cache=gathering.cache)
    footprints = predictor_of(gathering.model).footprints.predict(
        [telling.tasks[row] for row in rows], memory, observed=telling.observed
    )
    found: dict[str, list[BelievedFile]] = defaultdict(list)
    for item in touched_items(footprints, memory.snapshot.paths, surfaces=[Surface.FILE]):
        if len(found[item.task]) < _BELIEVED:
            path = printable(item.item)
            found[item.task].append(BelievedFile(path=path, probability=item.probability))
    return {row: tuple(found[task_id(row)]) for row in rows}


def _telling(gathering: Gathering, batch: TaskBatch, known: str) -> Telling:
    if known in (TASK_TEXT, TEXT_OR_TITLE):
        return TaskTexts.of(gathering.history, [batch]).telling(0)
    name = Wording.TITLE.value if known == TITLE_INSTEAD else known
    return next(each for each in tellings(gathering.place, batch) if each.name == name)


def _files(gathering: Gathering, pair: PairFinding) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files in which a pair conflicts by what counts, and others that both changed."""
    conflicted: list[str] = []
    shared: list[str] = []
    for each in pair.files:
        counts = not gathering.policy.is_trivial(each.path)
        is_conflict = each.verdict == FileVerdict.CONFLICT and counts
        (conflicted if is_conflict else shared).append(printable(each.path))
    return tuple(sorted(conflicted)), tuple(sorted(shared))


def _task(landing: Landing, believed: tuple[BelievedFile, ...]) -> CaseTask:
    return CaseTask(
        id=landing.id[:_SHORT], title=printable(landing.title, most=_TITLE), believed=believed
    )

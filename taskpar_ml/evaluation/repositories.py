"""A model judged on several repositories: what is gathered of each, and held against the others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from taskpar_ml.domain.evaluation import Evaluation
from taskpar_ml.errors import EvaluationError
from taskpar_ml.estimators.comparison import RESAMPLES
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.evaluation.evaluate import check_conflicts, evaluation
from taskpar_ml.evaluation.history_scores import Gathering, history_scores
from taskpar_ml.evaluation.worst_cases import WORST, worst_cases
from taskpar_ml.history.wordings import Wording
from taskpar_ml.whole_files import whole_file

RANKER_FILE: Final = "ranker"
"""Beside rows that are kept: which ranker of files they were gathered with."""


def evaluated(
    gatherings: Sequence[Gathering],
    model: LearnedModel,
    *,
    resamples: int = RESAMPLES,
    worst: int = WORST,
    worst_of: Sequence[str] = (Wording.TITLE.value,),
) -> Evaluation:
    """Judge a model, and everybody that it is held against, on the same pairs.

    What can be refused is refused before anything is gathered, which takes hours.

    Parameters
    ----------
    gatherings
        At least one, each of another repository and history, all for this model.
    resamples
        How often batches are drawn for the intervals.
    worst
        Pairs of each kind about which the model is most wrong that are shown of each repository.
    worst_of
        Tellings of which they are shown, where a history is told so.

    Raises
    ------
    EvaluationError
        If a history or a repository is named twice, if no tested pair conflicts, or if rows that
        are kept were gathered with another ranker of files.
    TaskparError
        If a history was not mined, or a repository cannot be read.
    OSError
        If rows cannot be kept.
    """
    names = [each.history.name for each in gatherings]
    _check_once(names, "Give each another name: NAME=PATH.")
    _check_once([str(each.place.resolve()) for each in gatherings], "Name it once.")
    check_conflicts({each.history.name: each.conflicts for each in gatherings})
    for kept in {each.kept for each in gatherings if each.kept is not None}:
        _claim(kept, model.ranker)
    scores = [history_scores(each) for each in gatherings]
    cases = [
        case
        for gathering, said in zip(gatherings, scores, strict=True)
        for known in dict.fromkeys(worst_of if worst else ())
        if known in said.scores
        for case in worst_cases(gathering, said, known=known, most=worst)
    ]
    gatherings[-1].progress("Drawing batches for the intervals")
    return evaluation(scores, model, resamples=resamples, cases=cases)


def _check_once(names: Sequence[str], cure: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise EvaluationError(twice, "is named twice: its pairs would count twice.", cure)


def _claim(kept: Path, ranker: TouchModel) -> None:
    """Note whose rows are kept in a directory, which is made if need be; refuse those of others."""
    kept.mkdir(parents=True, exist_ok=True)
    noted, own = kept / RANKER_FILE, f"{ranker.name} {_digest(ranker)}\n"
    if not noted.exists():
        with whole_file(noted, replace=True) as beside:
            beside.write_text(own, encoding="utf-8")
    elif noted.read_text(encoding="utf-8", errors="replace") != own:
        raise EvaluationError(
            str(kept), "keeps rows that were gathered for another model.", "Name another directory."
        )


def _digest(ranker: TouchModel) -> str:
    """Return what tells rankers of one name apart."""
    said = [ranker.trees.text.encode(), repr(ranker.line).encode()]
    if ranker.links is not None:
        links = ranker.links
        said += [each.tobytes() for each in (links.terms, links.path_terms, links.lifts)]
    if ranker.seeing is not None and ranker.encoder is not None:
        said += [ranker.seeing.encoder.encode(), ranker.seeing.trees.text.encode()]
    return hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in said)).hexdigest()

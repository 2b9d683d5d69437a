"""A shop whose past one model, hardly grown, is judged by."""

from __future__ import annotations

from pathlib import Path

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.evaluation.history_scores import Gathering
from taskpar_ml.footprints.candidates import BLIND_COLUMNS
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.policy.labels import LabelPolicy
from tests.estimators.test_model_folder import grown
from tests.support.histories import History


def paint(place: Path) -> History:
    """Make a shop of 243 tasks of two persons in turns.

    Every third task writes the same lines of ``src/part0.py`` and of the changelog.
    """
    made = History(place)
    made.commit("Start", {f"src/part{n}.py": f"part = {n}\n" for n in range(4)})
    for number in range(243):
        both = ("src/part0.py", "CHANGELOG.md") if number % 3 == 0 else ()
        made.commit(
            f"Paint \x1b[31m part {number % 4}, {'long ' * 30}",
            {f"src/part{1 + number % 3}/{number}.py": "x = 1\n"}
            | dict.fromkeys(both, f"part = {number}\n"),
            author="Ann <ann@x.org>" if number % 2 else "Bob <bob@x.org>",
        )
    return made


def judged_by(place: Path, history: RepoHistory) -> Gathering:
    """Return the newest batch of a mined shop, for a model that learned next to nothing."""
    ranker = TouchModel("files-1", grown(BLIND_COLUMNS))
    model = LearnedModel(ranker, PairModel("made-1", (grown(("file", "semantic", "meet")),)), {})
    return Gathering(place, history, model, LabelPolicy(), 20, NO_CACHE)

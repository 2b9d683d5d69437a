"""Who predicts, by name, and what happens where the learned model cannot."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from taskpar_ml.domain.footprint import ObservedWork
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.errors import ModelFileError, SettingsError
from taskpar_ml.estimators import shipped
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import COLUMNS, EffortText
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.model_folder import MANIFEST, save_model
from taskpar_ml.estimators.shipped import shipped_model
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.predicting import chosen_predictor
from tests.support.code_shop import CODE_AND_SHOP
from tests.support.encoders import needs_extra
from tests.support.landings import landing
from tests.support.models import tiny_model
from tests.support.workspaces import snapshot_of, task

SHOP = RepoMemory(
    snapshot_of(CODE_AND_SHOP),
    given=[
        landing("Round the taxes", "src/billing/tax.py", "src/billing/invoice.py"),
        landing("Answer orders with the total", "src/orders/api.py", "src/billing/tax.py"),
    ],
    rates=ConflictRates(Counter({"src/billing/tax.py": 9}), Counter({"src/billing/tax.py": 7})),
)


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    effort = EffortModel("sizes-1", np.linspace(-1, 1, COLUMNS), 0.5, 1.0, {})
    return tiny_model(effort, ("file", "meet", "larger_change"))


def test_the_learned_predictor_ranks_files_and_judges_pairs_by_its_model(model, tmp_path):
    save_model(model, tmp_path)
    predictor, notices = chosen_predictor("learned", model=tmp_path)
    assert predictor.estimator.name == "tiny-1"
    assert predictor.footprints.ranker.name == "files-1"
    assert "meet" in {column.name for column in predictor.vectorizer.columns}
    assert predictor.asks_for_rates
    assert not notices
    (size,) = predictor.sizer.log_sizes_of([task("a", "Rewrite the engine")])
    (told,) = model.effort.log_sizes([EffortText("Rewrite the engine")])
    assert size == pytest.approx(told, abs=0.01)


def test_other_estimators_need_no_model(tmp_path):
    predictor, notices = chosen_predictor("fixed-weights", model=tmp_path / "none")
    assert predictor.estimator.name == "fixed-weights-1"
    assert predictor.footprints.ranker is None
    assert not predictor.asks_for_rates
    assert not notices


def test_an_unknown_estimator_is_refused():
    with pytest.raises(SettingsError, match="'psychic' is unknown"):
        chosen_predictor("psychic")


@pytest.mark.parametrize("harm", ["missing", "broken"])
def test_where_the_shipped_model_cannot_be_read_fixed_weights_speak_and_say_so(
    model, tmp_path, monkeypatch, harm
):
    if harm == "broken":
        save_model(model, tmp_path)
        (tmp_path / MANIFEST).write_text("{")
    monkeypatch.setattr(shipped, "_PLACES", (tmp_path,))
    predictor, (notice,) = chosen_predictor("learned")
    assert predictor.estimator.name == "fixed-weights-1"
    assert MANIFEST in str(notice)
    assert "Fixed weights speak in its place" in str(notice)


def test_a_model_that_was_named_and_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(ModelFileError, match="cannot be read: No such file"):
        chosen_predictor("learned", model=tmp_path / "none")


def test_the_first_place_that_is_there_is_taken(tmp_path, monkeypatch):
    places = tmp_path / "a", tmp_path / "b"
    monkeypatch.setattr(shipped, "_PLACES", places)
    assert shipped_model() == places[0]
    places[1].mkdir()
    assert shipped_model() == places[1]
    places[0].mkdir()
    assert shipped_model() == places[0]


def test_every_estimator_knows_the_threshold_of_its_own_scale(model):
    assert model.pairs.threshold == 0.2
    assert chosen_predictor("fixed-weights").predictor.estimator.threshold == 0.3
    for name, risk in (("always", 1.0), ("never", 0.0)):
        estimator = chosen_predictor(name).predictor.estimator
        assert (risk >= estimator.threshold) == (name == "always")


def scored(predictor, tasks, observed):
    """Return what is said of every pair, by its key, as bytes."""
    context = predictor.context(tasks, SHOP, observed=observed)
    pairs = PairTable.of(context.footprints.tasks)
    (found,) = predictor.score(pairs, context)
    said = np.stack([found.estimates.p_conflict, found.estimates.spread], axis=1)
    keys = zip(pairs.task_a, pairs.task_b, strict=True)
    return {key: row.tobytes() for key, row in zip(keys, said, strict=True)}


@pytest.mark.parametrize("semantic", ["off", pytest.param("on", marks=needs_extra)])
def test_by_the_shipped_model_a_pair_does_not_depend_on_the_other_tasks(semantic, monkeypatch):
    monkeypatch.setenv("TASKPAR_SEMANTIC", semantic)
    predictor, notices = chosen_predictor("learned")
    assert not notices, "the shipped model can be read"
    assert (predictor.footprints.ranker.encoder is None) == (semantic == "off")
    texts = ("Round the taxes", "Orders are late", "Fix src/billing/tax.py", "Paint", "Users table")
    tasks = [task(f"t{row}", text) for row, text in enumerate(texts)]
    observed = {"t3": ObservedWork(frozenset({"src/orders/api.py"}))}
    whole = scored(predictor, tasks, observed)
    for left in range(len(tasks)):
        few = [each for row, each in enumerate(tasks) if row != left]
        seen = {name: work for name, work in observed.items() if name != f"t{left}"}
        part = scored(predictor, few, seen)
        assert part == {key: whole[key] for key in part}
    assert len(set(whole.values())) > 3

"""Footprints from all evidence: named, retrieved, observed."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.footprint import EvidenceLevel, EvidenceSource, ObservedWork, Surface
from taskpar_ml.footprints.items import touched_items
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.written import likely_paths, written_paths
from tests.support.landings import landing
from tests.support.workspaces import SHOP, snapshot_of, task

PAST = [
    landing("Round the taxes", "src/billing/tax.py"),
    landing("Taxes with two digits", "src/billing/tax.py", "src/billing/invoice.py"),
]
TAX = "src/billing/tax.py"
MEMORY = RepoMemory(
    snapshot_of({**dict.fromkeys(SHOP, ""), TAX: "def round_taxes(): ..."}), given=PAST
)


def items(*tasks, observed=None, quoted=False, predictor=None):
    footprints = (predictor or FootprintPredictor()).predict(
        tasks, MEMORY, observed=observed or {}, quoted=quoted
    )
    return list(touched_items(footprints, MEMORY.snapshot.paths)), footprints


def test_named_and_retrieved_evidence_is_pooled():
    (named, *_), _ = items(task("a", f"Round the taxes in {TAX}"))
    (retrieved, *_), _ = items(task("a", "Round the taxes"))
    assert named.item == retrieved.item == TAX
    assert named.probability > max(retrieved.probability, 0.75)
    assert named.sources == (
        EvidenceSource.MENTION,
        EvidenceSource.RETRIEVAL,
        EvidenceSource.CO_CHANGE,
    )
    assert EvidenceSource.MENTION not in retrieved.sources


def test_reasons_are_quoted_where_asked_for():
    (first, *_), _ = items(task("a", "Round the taxes"), quoted=True)
    assert "similar task: Round the taxes" in first.quotes
    (silent, *_), _ = items(task("a", "Round the taxes"))
    assert silent.quotes == ()


def test_faint_similarities_are_no_knowledge():
    vague = task("a", "Improve two things")
    believing = FootprintPredictor(enough=0.0)
    found, footprints = items(vague, predictor=believing)
    assert 0 < found[0].probability < 1
    doubting = FootprintPredictor(enough=1.0)
    assert items(vague, predictor=doubting)[0] == []
    assert footprints.surfaces[Surface.FILE].known.tolist() == [True]


def test_a_task_that_names_a_file_is_known_however_faint_the_rest():
    found, _ = items(
        task("a", f"Fix {TAX} and the invoice"), predictor=FootprintPredictor(enough=1.0)
    )
    assert "src/billing/invoice.py" in {item.item for item in found}


def test_what_a_running_task_changed_is_certain_and_the_rest_stays_likely():
    seen = {"a": ObservedWork(frozenset(["README.md", "src/new.py"]))}
    found, footprints = items(task("a", "Round the taxes"), observed=seen)
    by_path = {item.item: item for item in found}
    assert by_path["README.md"].probability == 1.0
    assert by_path["README.md"].sources[-1] == EvidenceSource.OBSERVED
    assert by_path["src/new.py"].probability == 1.0
    assert 0 < by_path[TAX].probability < 1
    assert footprints.levels == (EvidenceLevel.PARTIAL,)


def test_of_a_finished_task_only_its_files_count():
    seen = {"a": ObservedWork(frozenset(["README.md"]), final=True)}
    found, footprints = items(
        task("a", f"Round the taxes in {TAX} on port 8080"), task("b", "taxes"), observed=seen
    )
    assert [(item.item, item.probability) for item in found if item.task == "a"] == [
        ("README.md", 1.0),
        ("port 8080", pytest.approx(0.75)),
    ]
    assert any(item.item == TAX for item in found if item.task == "b")
    assert footprints.levels == (EvidenceLevel.OBSERVED, EvidenceLevel.PREDICTED)


def test_a_broad_pattern_stays_one_item_and_a_narrow_one_names_its_files():
    paths = {f"src/f{number}.py": "" for number in range(201)}
    memory = RepoMemory(snapshot_of(paths))
    chosen = [task("a", modifies=["src/*"]), task("b", modifies=["src/f1*.py"])]
    footprints = FootprintPredictor().predict(chosen, memory)
    found = list(touched_items(footprints, memory.snapshot.paths))
    assert [item.item for item in found if item.task == "a"] == ["src/*"]
    assert len([item for item in found if item.task == "b"]) == 111


def test_items_agree_with_the_matrices():
    tasks = [task("a", f"Round the taxes in {TAX}, see README.md"), task("b", "Show the invoice")]
    found, footprints = items(*tasks)
    matrix = footprints.surfaces[Surface.FILE]
    for item in found:
        column = matrix.items.index(item.item)
        cell = matrix.touch[footprints.tasks.index(item.task), column]
        assert cell == pytest.approx(item.probability, abs=1 / 256)
    assert len(found) == matrix.touch.nnz


def test_rules_see_retrieved_files_that_are_likely_apart_from_those_named():
    footprints = FootprintPredictor().predict([task("a", "Round the taxes")], MEMORY)
    assert written_paths(footprints, MEMORY.snapshot) == {}
    likely = likely_paths(footprints, MEMORY.snapshot)
    probability = {
        item.item: item.probability for item in touched_items(footprints, MEMORY.snapshot.paths)
    }
    assert likely["a"] == [path for path in probability if probability[path] >= 0.4]
    assert np.isin(TAX, likely["a"])

"""Footprints from all evidence: named, retrieved, observed."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.footprint import EvidenceLevel, EvidenceSource, ObservedWork, Surface
from taskpar_ml.footprints.held_reasons import HeldReasons
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
NAMED = (Surface.FILE, Surface.RESOURCE)
TAX = "src/billing/tax.py"
MEMORY = RepoMemory(
    snapshot_of({**dict.fromkeys(SHOP, ""), TAX: "def round_taxes(): ..."}), given=PAST
)


def items(*tasks, observed=None, quoted=False, predictor=None):
    footprints = (predictor or FootprintPredictor()).predict(
        tasks, MEMORY, observed=observed or {}, quoted=quoted
    )
    found = touched_items(footprints, MEMORY.snapshot.paths, surfaces=NAMED)
    return list(found), footprints


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
    found = list(touched_items(footprints, memory.snapshot.paths, surfaces=NAMED))
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
        item.item: item.probability
        for item in touched_items(footprints, MEMORY.snapshot.paths, surfaces=NAMED)
    }
    assert likely["a"] == [path for path in probability if probability[path] >= 0.4]
    assert np.isin(TAX, likely["a"])


def test_what_the_files_of_a_task_hold_is_listed_with_its_file():
    footprints = FootprintPredictor().predict([task("a", "Round the taxes")], MEMORY)
    reason = HeldReasons(footprints, MEMORY).reason
    found = touched_items(footprints, MEMORY.snapshot.paths, reason=reason)
    by_surface = {item.surface: item for item in found if item.surface != Surface.FILE}
    symbol, context = by_surface[Surface.SYMBOL], by_surface[Surface.CONTEXT]
    assert symbol.item == f"{TAX}::round_taxes"
    assert (context.item, context.access.value) == ("billing", "write")
    assert symbol.quotes == context.quotes == (f"in {TAX}",)
    assert symbol.sources == (EvidenceSource.RETRIEVAL,)


def test_what_files_hold_is_listed_only_where_it_is_likely():
    many = "\n\n\n".join(f"def step_{number}():\n    ..." for number in range(60))
    memory = RepoMemory(snapshot_of({"src/many.py": many}))
    footprints = FootprintPredictor().predict([task("a", modifies=["src/many.py"])], memory)
    assert footprints.places.regions.nnz > 1
    assert not footprints.predicted[Surface.SYMBOL].items
    assert not list(touched_items(footprints, memory.snapshot.paths, surfaces=[Surface.SYMBOL]))


def test_a_test_that_is_only_about_a_file_says_so():
    files = {TAX: "def round_taxes(): ...", "tests/test_tax.py": "from src.billing import tax\n"}
    memory = RepoMemory(snapshot_of(files))
    footprints = FootprintPredictor().predict([task("a", modifies=[TAX])], memory)
    reason = HeldReasons(footprints, memory).reason
    (found,) = touched_items(
        footprints, memory.snapshot.paths, surfaces=[Surface.TEST], reason=reason
    )
    assert (found.item, found.access.value) == ("tests/test_tax.py", "read")
    assert found.quotes == (f"tests {TAX}",)


def test_a_symbol_that_is_named_counts_once_and_not_again_by_its_file():
    code = "def round_taxes(): ...\n\n\ndef round_taxes_up(): ...\n"
    memory = RepoMemory(snapshot_of({TAX: code}))
    said = task("a", f"Fix `round_taxes` in {TAX}")
    footprints = FootprintPredictor().predict([said], memory)
    (told,) = [row for row in footprints.evidence if row.surface == Surface.SYMBOL]
    held = footprints.predicted[Surface.SYMBOL]
    in_file = held.write[0, held.items.index(told.item)]
    assert told.probability < in_file < 0.9
    matrix = footprints.surfaces[Surface.SYMBOL]
    column = matrix.items.index(told.item)
    better = pytest.approx(max(told.probability, in_file), abs=1 / 256)
    assert matrix.touch[0, column] == matrix.write[0, column] == better
    found = {
        each.item: each
        for each in touched_items(footprints, memory.snapshot.paths, surfaces=[Surface.SYMBOL])
    }[told.item]
    assert found.probability == better
    assert set(found.sources) == {EvidenceSource.MENTION, EvidenceSource.RETRIEVAL}


def test_of_a_task_that_only_creates_files_it_is_known_where_it_works():
    wide = {f"src/f{number}.py": "" for number in range(201)}
    memory = RepoMemory(snapshot_of(wide))
    tasks = [
        task("a", modifies=["src/new.py"]),
        task("b", modifies=["src/*.py", "src/new.py"]),
        task("c", "Do"),
    ]
    places = FootprintPredictor().predict(tasks, memory).places
    assert places.known.tolist() == [True, False, False]
    assert not places.regions.nnz

"""Evidence becomes touch probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.footprint import Access, Evidence, EvidenceLevel, EvidenceSource, Surface
from taskpar_ml.footprints.matrices import file_matrix, named_matrix
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.mentions import Mention, TextMentions
from taskpar_ml.footprints.predictor import DEFAULT_FINDERS, FootprintPredictor
from taskpar_ml.footprints.written import written_items, written_paths
from taskpar_ml.repo.path_index import PathIndex
from tests.support.workspaces import NAMED_ONLY, SHOP, snapshot_of, task

TASKS = {"a": 0, "b": 1, "c": 2}
WRITE, READ = Access.WRITE, Access.READ


def row(name, item, *, access=WRITE, p=1.0, source=EvidenceSource.DECLARED):
    return Evidence(name, Surface.FILE, item, access, p, source)


def cells(matrix, which="touch"):
    """Return the entries of a matrix as task, item, value."""
    found = getattr(matrix, which).tocoo()
    names = list(TASKS)
    entries = zip(found.row, found.col, found.data, strict=True)
    return {
        (names[task], matrix.items[item]): float(value) for task, item, value in entries if value
    }


def test_files_that_no_pattern_tells_apart_are_one_column():
    rows = [row("a", "src/billing/*"), row("b", "src/**"), row("b", "src/billing/tax.py")]
    matrix = file_matrix(rows, TASKS, PathIndex(SHOP))
    assert dict(zip(matrix.items, matrix.size.tolist(), strict=True)) == {
        "src/auth/login.py and 3 more": 4,
        "src/billing/invoice.py and 1 more": 2,
        "src/billing/tax.py": 1,
    }
    assert matrix.known.tolist() == [True, True, False]
    assert len(cells(matrix)) == 2 + 3


def test_paths_to_be_made_are_columns_of_their_own():
    rows = [row("a", "src/new.py"), row("b", "src/**"), row("c", "docs/*.txt")]
    matrix = file_matrix(rows, TASKS, PathIndex(SHOP))
    assert matrix.items[-2:] == ("docs/*.txt (new)", "src/new.py (new)")
    assert cells(matrix, "reach") == {("b", "src/new.py (new)"): 1.0}


@pytest.mark.parametrize(
    "rows",
    [
        [row("a", "src/new.py"), row("b", "src/**", access=READ)],
        [row("a", "src/new.py"), row("b", "src/**", source=EvidenceSource.MENTION)],
        [row("a", "src/new.py"), row("b", "src/other.py")],
        [row("a", "src/new.py"), row("a", "src/**")],
    ],
    ids=["reads", "mentions", "other paths", "its own"],
)
def test_only_declared_globs_of_others_reach(rows):
    matrix = file_matrix(rows, TASKS, PathIndex(SHOP))
    assert {key for key in cells(matrix, "reach") if key[0] != "a"} == set()


def test_reads_touch_and_writes_do_both():
    rows = [row("a", "x", access=READ, p=0.5), row("a", "x", p=0.5), row("b", "x", access=READ)]
    matrix = named_matrix(rows, TASKS)
    # Odds of 1 against a chance of 0.0035, twice.
    assert cells(matrix) == {("a", "x"): 255 / 256, ("b", "x"): 1.0}
    assert cells(matrix, "write") == {("a", "x"): 0.5}
    assert matrix.size.tolist() == [1.0]


def test_a_tiny_chance_is_no_impossibility():
    assert cells(named_matrix([row("a", "x", p=1e-9)], TASKS)) == {("a", "x"): 1 / 256}


def test_of_several_mentions_of_one_item_the_strongest_counts():
    def grammar(text, snapshot):
        for word in text.split():
            yield Mention(word[0], WRITE, creates=False, quote=word, share=1 / len(word))

    said = task("a", "xxxx", description="xx yy", context="x y")
    rows = list(TextMentions(Surface.TABLE, grammar).find(said, RepoMemory(snapshot_of())))
    assert [(each.item, each.probability, each.quote) for each in rows] == [
        ("x", 0.375, "xx"),
        ("y", 0.375, "yy"),
    ]


def test_a_footprint_has_the_surfaces_that_something_is_known_on():
    tasks = [task("b", "Fix README.md"), task("a", "Paint carts")]
    footprints = NAMED_ONLY.predict(tasks, RepoMemory(snapshot_of()))
    assert footprints.tasks == ("a", "b")
    untouched = {Surface.TEST, Surface.CONTEXT}
    assert set(footprints.surfaces) == {Surface.FILE, *untouched}
    for surface in untouched:
        assert not footprints.surfaces[surface].items
        assert footprints.surfaces[surface].known.tolist() == [False, True]
    assert footprints.levels == (EvidenceLevel.PREDICTED,) * 2
    assert np.array_equal(footprints.surfaces[Surface.FILE].known, [False, True])


def test_finders_can_be_left_out():
    only_declared = FootprintPredictor(DEFAULT_FINDERS[:1])
    memory = RepoMemory(snapshot_of())
    assert not only_declared.predict([task("a", "Fix README.md")], memory).evidence


def test_written_paths_are_files_or_stand_for_those_to_be_made():
    tasks = [
        task("a", modifies=["docs/*", "src/new/*.py"], reads=["README.md"]),
        task("b", "See README.md, using port 8080"),
    ]
    footprints = NAMED_ONLY.predict(tasks, RepoMemory(snapshot_of()))
    paths = written_paths(footprints, snapshot_of())
    assert paths == {"a": ["docs/api.md", "docs/guide.md", "src/new/x.py"]}
    assert written_items(footprints, Surface.RESOURCE) == {}
    bound = NAMED_ONLY.predict([task("b", "Port 8080")], RepoMemory(snapshot_of()))
    assert written_items(bound, Surface.RESOURCE) == {"b": ["port 8080"]}

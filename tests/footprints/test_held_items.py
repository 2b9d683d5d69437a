"""From the files that tasks write to what those files hold."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from taskpar_ml.domain.code_facts import Definition, DefinitionKind, FileFacts
from taskpar_ml.domain.footprint import ObservedWork, Places, Surface
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.features.imports import ImportLinks
from taskpar_ml.features.migrations import MigrationHeads
from taskpar_ml.features.regions import RegionOverlap
from taskpar_ml.features.surfaces import API_OVERLAP, DATABASE_OVERLAP, TEST_OVERLAP
from taskpar_ml.features.vectorizer import EVIDENCE_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.held_items import extended_lines, held_items
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.spots import Spots
from taskpar_ml.predictor import ConflictPredictor
from tests.support.code_shop import CODE, CODE_AND_SHOP, touched
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import NAMED_ONLY, snapshot_of, task

MEMORY = RepoMemory(snapshot_of(CODE), given=[])
PREDICTOR = ConflictPredictor(FixedWeights(), footprints=NAMED_ONLY)


def of_files(*paths, memory=MEMORY, title="Do it"):
    """Return the footprint of a task ``a`` that was seen to write files, and no others."""
    seen = {"a": ObservedWork(frozenset(paths), final=True)}
    return FootprintPredictor().predict([task("a", title)], memory, observed=seen)


def feature(extractor, *tasks, memory=MEMORY):
    """Return the first column for the first two tasks."""
    context = PREDICTOR.context(tasks, memory)
    pairs = PairTable.chosen(context.footprints.tasks, [(tasks[0].id, tasks[1].id)])
    return extractor.extract(pairs, context)[0, 0]


def test_who_writes_a_test_writes_it_and_who_changes_what_it_is_about_reads_it():
    test = touched(of_files("tests/test_models.py"), Surface.TEST, "a")
    assert test == {"tests/test_models.py": (1.0, 1.0)}
    subject = touched(of_files("src/models.py"), Surface.TEST, "a")
    assert subject["tests/test_models.py"] == (1.0, 0.0)


def direct(probabilities, *, spots=None, code=MEMORY.code):
    """Return the items of every surface for one task, given P(write) of files."""
    paths = MEMORY.snapshot.paths.paths
    row = np.array([[probabilities.get(path, 0.0) for path in paths]])
    written = sparse.csr_array(row)
    places = Places(
        files=written,
        regions=sparse.csr_array((1, 0)),
        migrations=extended_lines(written, code),
        imports=code.imports,
        layers=np.full(len(paths), -1, dtype=np.int8),
        directories=MEMORY.file_directories,
        known=np.diff(written.indptr) > 0,
    )
    nothing = {each: sparse.csr_array((1, len(code.spots[each]))) for each in code.spots}
    return dict(
        held_items(
            places, {**nothing, **(spots or {})}, code, paths=paths, contexts=[None] * len(paths)
        )
    )


def test_a_test_about_several_files_tells_less_of_each():
    tests = direct({"src/models.py": 0.5})[Surface.TEST]
    read = dict(zip(tests.items, tests.read.toarray()[0], strict=True))
    assert read["tests/test_models.py"] == pytest.approx(0.5)
    assert read["tests/test_all.py"] == pytest.approx(0.25)
    both = direct({"src/models.py": 0.5, "src/store.py": 0.5})[Surface.TEST]
    read = dict(zip(both.items, both.read.toarray()[0], strict=True))
    assert read["tests/test_all.py"] == pytest.approx(0.5)
    assert not both.write.nnz
    sure = direct({"src/models.py": 1.0})[Surface.TEST]
    read = dict(zip(sure.items, sure.read.toarray()[0], strict=True))
    assert read["tests/test_all.py"] == pytest.approx(0.5)


@LAW
@given(
    st.dictionaries(st.sampled_from(sorted(CODE)), st.integers(1, 256).map(lambda step: step / 256))
)
def test_a_line_of_migrations_is_extended_unless_none_of_its_steps_is_pointed_to(probabilities):
    steps = [each for path, each in probabilities.items() if path.startswith("migrations/")]
    written = np.array([[probabilities.get(path, 0.0) for path in sorted(CODE)]])
    told = extended_lines(sparse.csr_array(written), MEMORY.code).toarray()
    assert told.shape == (1, 1)
    assert told[0, 0] == pytest.approx(1 - np.prod([1 - each for each in steps]), abs=1e-5)
    assert told[0, 0] < 1


def test_a_table_that_is_only_asked_is_read_and_one_that_is_made_is_written():
    asked = touched(of_files("src/store.py"), Surface.TABLE, "a")["users"]
    assert asked[0] > 0.9
    assert asked[1] == 0
    assert touched(of_files("migrations/0001_start.sql"), Surface.TABLE, "a")["users"] == (1, 1)


def test_an_endpoint_is_changed_by_who_changes_its_handler():
    told = touched(of_files("web/app.js", title="Show"), Surface.ENDPOINT, "a")
    assert set(told) == {"/users/{}", "/users"}
    assert all(touch == write > 0 for touch, write in told.values())
    assert told["/users/{}"] > told["/users"]


def test_resources_and_symbols_come_with_their_files():
    told = of_files("docker-compose.yml")
    assert set(touched(told, Surface.RESOURCE, "a")) == {"service web", "port 8080"}
    told = of_files("src/models.py")
    names = {"User", "User.save", "User.load"}
    assert set(touched(told, Surface.SYMBOL, "a")) == {f"src/models.py::{name}" for name in names}


def test_contexts_are_those_of_the_files():
    class Drawn:
        def of(self, path):
            return None if path.endswith(".md") else path.partition("/")[0]

    memory = RepoMemory(snapshot_of(CODE), given=[], drawn=Drawn())
    told = of_files("src/models.py", "web/app.js", "README.md", memory=memory)
    assert touched(told, Surface.CONTEXT, "a") == {"src": (1.0, 1.0), "web": (1.0, 1.0)}


def test_contexts_drawn_by_somebody_count_though_none_of_them_was_filled():
    class Empty(list):
        def of(self, path):
            return None

    memory = RepoMemory(snapshot_of(CODE), given=[], drawn=Empty())
    assert set(memory.file_contexts) == {None}
    assert Surface.CONTEXT not in of_files("src/models.py", memory=memory).surfaces


def test_two_tasks_in_one_directory_of_migrations_both_add_the_next_one():
    one = task("a", modifies=["migrations/0001_start.sql"])
    two = task("b", modifies=["migrations/0002_more.sql"])
    other = task("c", modifies=["src/models.py"])
    context = PREDICTOR.context([one, two, other], MEMORY)
    for name in ("a", "b"):
        told = touched(context.footprints, Surface.RESOURCE, name)
        assert told["next migration in migrations"] == (1.0, 1.0)
    assert touched(context.footprints, Surface.RESOURCE, "c") == {}
    assert feature(MigrationHeads(), one, two) == pytest.approx(1.0, abs=1e-5)
    assert feature(MigrationHeads(), one, other) == 0.0


def test_migrations_in_the_root_have_a_place_too():
    files = {"a1_start.py": 'revision = "a1"\ndown_revision = None\n'}
    told = of_files("a1_start.py", memory=RepoMemory(snapshot_of(files), given=[]))
    assert "next migration in ." in touched(told, Surface.RESOURCE, "a")


def test_no_more_than_a_hundred_items_of_a_surface_are_kept_the_likeliest():
    spots = Spots.all_of(
        SimpleNamespace(
            facts={
                "a.py": FileFacts(
                    definitions=tuple(
                        Definition(f"f{at:03}", DefinitionKind.FUNCTION, at + 1, at + 1)
                        for at in range(150)
                    )
                )
            },
            endpoints=(),
            tables=(),
        ),
        ["a.py"],
    )
    likely = np.random.default_rng(1).permutation(150) / 256
    code = replace(MEMORY.code, spots=spots)
    symbols = {Surface.SYMBOL: sparse.csr_array(likely[None])}
    told = direct({"src/models.py": 1.0}, spots=symbols, code=code)[Surface.SYMBOL]
    expected = np.sort(np.argsort(-likely)[:100])
    assert told.items == tuple(f"a.py::f{at:03}" for at in expected)
    assert np.array_equal(told.write.toarray()[0], likely[expected])


def test_a_declared_pattern_of_many_files_says_too_little_of_each():
    files = {f"src/f{at}.py": f"def f{at}(): ...\n" for at in range(201)}
    memory = RepoMemory(snapshot_of(files), given=[])
    tasks = [task("broad", modifies=["src/*"]), task("narrow", modifies=["src/f1*"])]
    told = FootprintPredictor().predict(tasks, memory)
    assert told.places.known.tolist() == [False, True]
    assert told.places.files.sum() == 111
    assert touched(told, Surface.SYMBOL, "broad") == {}
    assert len(touched(told, Surface.SYMBOL, "narrow")) == 100


@pytest.mark.parametrize("files", [{}, {"README.md": "# Nothing"}])
def test_repositories_without_facts_hold_nothing_and_nothing_is_known_there(files):
    memory = RepoMemory(snapshot_of(files), given=[])
    told = of_files(*files, memory=memory)
    assert not told.surfaces.keys() - {Surface.FILE, Surface.CONTEXT}
    assert told.places.migrations.shape == (1, 0)


def test_what_a_finished_task_says_counts_for_where_in_its_files_it_was():
    told = of_files("src/models.py", title="Change load")
    values = touched(told, Surface.SYMBOL, "a")
    assert values["src/models.py::User.load"] > values["src/models.py::User.save"]


def test_what_tells_nothing_leaves_the_surfaces_out_that_were_not_wanted():
    predictor = FootprintPredictor(without=("symbol", "test"))
    seen = {"a": ObservedWork(frozenset(["src/models.py"]), final=True)}
    told = predictor.predict([task("a")], MEMORY, observed=seen)
    assert Surface.TEST not in told.surfaces
    assert Surface.SYMBOL not in told.surfaces
    assert Surface.TABLE in told.surfaces or Surface.CONTEXT in told.surfaces


@pytest.mark.parametrize(
    ("extractor", "named", "holder"),
    [
        (API_OVERLAP, "Answer GET /orders", "web/app.js"),
        (DATABASE_OVERLAP, "Create the `orders` table", "src/store.py"),
    ],
)
def test_what_is_known_of_a_task_does_not_depend_on_what_others_hold(extractor, named, holder):
    one, two = task("a", named), task("b", modifies=["README.md"])
    other = task("c", modifies=[holder])
    alone, beside = feature(extractor, one, two), feature(extractor, one, two, other)
    assert alone == beside == 0.0
    # Where the repository is not seen to hold any, nobody knows.
    bare = RepoMemory(snapshot_of({"README.md": ""}), given=[])
    assert np.isnan(feature(extractor, one, two, memory=bare))


SHOP_MEMORY = RepoMemory(snapshot_of(CODE_AND_SHOP), given=[])


@LAW
@given(tasks=task_lists(at_least=3), data=st.data())
def test_all_evidence_of_a_pair_is_the_same_to_the_bit_whatever_other_tasks_there_are(tasks, data):
    few = data.draw(st.lists(st.sampled_from(tasks), min_size=2, unique_by=lambda each: each.id))
    predictor = ConflictPredictor(FixedWeights(), vectorizer=PairVectorizer(EVIDENCE_EXTRACTORS))

    def rows(some):
        context = predictor.context(some, SHOP_MEMORY)
        pairs = PairTable.of(context.footprints.tasks)
        values = predictor.vectorizer.transform(pairs, context).values
        keys = zip(pairs.task_a, pairs.task_b, strict=True)
        return {key: row.tobytes() for key, row in zip(keys, values, strict=True)}

    whole = rows(tasks)
    part = rows(few)
    assert part == {key: whole[key] for key in part}


def test_the_footprint_of_a_task_is_the_same_beside_seventy_others():
    words = ["load", "save", "ask", "fill", "show", "users", "port 8080", "?"]
    tasks = [task(f"t{at:02}", f"Change {words[at % 8]} {words[at % 5]}") for at in range(71)]
    together = FootprintPredictor(enough=0.0).predict(tasks, SHOP_MEMORY)
    for at in (0, 62, 63, 64, 70):
        alone = FootprintPredictor(enough=0.0).predict([tasks[at]], SHOP_MEMORY)
        assert alone.places.regions.nnz
        assert (together.places.regions[[at]] != alone.places.regions).nnz == 0
        for surface in alone.surfaces:
            if surface != Surface.FILE:
                name = tasks[at].id
                assert touched(alone, surface, name) == touched(together, surface, name)


@pytest.mark.parametrize("extractor", [RegionOverlap(), ImportLinks(), MigrationHeads()])
def test_tasks_that_create_files_share_no_part_of_those_that_exist(extractor):
    made = task("a", modifies=["src/new.py"])
    for other in (task("b", modifies=["src/models.py"]), task("b", modifies=["src/other.py"])):
        assert feature(extractor, made, other) == 0
    assert np.isnan(feature(extractor, made, task("b", "Do it")))


@pytest.mark.parametrize("extractor", [API_OVERLAP, DATABASE_OVERLAP, TEST_OVERLAP])
def test_tasks_that_are_known_to_touch_nothing_of_a_kind_share_nothing_of_it(extractor):
    one, other = (task(name, modifies=["README.md"]) for name in "ab")
    assert feature(extractor, one, other) == 0
    assert np.isnan(feature(extractor, one, task("b", "Do it")))

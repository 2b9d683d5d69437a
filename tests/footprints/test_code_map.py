"""What lies where in a snapshot: drawn, kept, and loaded again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from taskpar_ml.array_store import ArrayStore
from taskpar_ml.detectors.python_imports import PythonImports
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.footprints import code_map
from taskpar_ml.footprints.code_map import CodeMap
from taskpar_ml.survey.repo_survey import RepoSurvey
from tests.support.code_shop import CODE
from tests.support.workspaces import GivenFiles, snapshot_of

SURFACES = (Surface.SYMBOL, Surface.ENDPOINT, Surface.TABLE, Surface.RESOURCE)


def pairs(relation, rows, columns):
    return {(rows[row], columns[column]) for row, column in zip(*relation.nonzero(), strict=True)}


def same(one, other):
    assert one.places == other.places
    mine, theirs = one.arrays(), other.arrays()
    assert mine.keys() == theirs.keys()
    for name, array in mine.items():
        assert np.array_equal(array, theirs[name]), name
    for relation in ("imports", "tests", "migrations"):
        assert getattr(one, relation).shape == getattr(other, relation).shape
        assert (getattr(one, relation) != getattr(other, relation)).nnz == 0


def test_the_relations_of_files_are_those_of_the_survey():
    snapshot = snapshot_of(CODE)
    found, paths = CodeMap.of(snapshot), snapshot.paths.paths
    assert pairs(found.imports, paths, paths) == {
        ("src/store.py", "src/models.py"),
        ("tests/test_models.py", "src/models.py"),
        ("tests/test_all.py", "src/models.py"),
        ("tests/test_all.py", "src/store.py"),
    }
    assert pairs(found.tests, paths, paths) == {
        ("tests/test_models.py", "src/models.py"),
        ("tests/test_all.py", "src/models.py"),
        ("tests/test_all.py", "src/store.py"),
    }
    assert pairs(found.migrations, paths, found.places) == {
        ("migrations/0001_start.sql", "migrations"),
        ("migrations/0002_more.sql", "migrations"),
    }
    for relation in (found.imports, found.tests, found.migrations):
        assert np.all(relation.data == 1)


ROOT_MIGRATION = {"a1_start.py": 'revision = "a1"\ndown_revision = None\n'}
HOSTILE = {
    "a\nb/b2_one.py": 'revision = "b2"\ndown_revision = None\n',
    "\udcff/c\r.py": "def f():\n    pass\n",
    "package.json": '{"dependencies": {"half\\ud800": "1", "whole": "2"}}',
    "one.py": "".join(f"f{at} = lambda: {at}; " for at in range(10_000)),
}


@pytest.mark.parametrize(
    "files",
    [CODE, {}, {"README.md": "# Nothing"}, ROOT_MIGRATION, HOSTILE],
    ids=["shop", "empty", "no facts", "migrations in the root", "hostile"],
)
def test_a_map_comes_back_from_its_arrays_and_from_disk(files, tmp_path, monkeypatch):
    snapshot = snapshot_of(files)
    drawn = CodeMap.of(snapshot)
    same(CodeMap.from_arrays(drawn.arrays(), n_files=len(files)), drawn)
    keeping = replace(snapshot, arrays=ArrayStore(tmp_path))
    same(CodeMap.of(keeping), drawn)
    monkeypatch.setattr(RepoSurvey, "of", None)  # nobody reads files again
    same(CodeMap.of(keeping), drawn)


def test_migrations_in_the_root_are_a_line_of_their_own():
    found = CodeMap.of(snapshot_of(ROOT_MIGRATION))
    assert found.places == ("",)
    assert found.migrations.toarray().tolist() == [[1.0]]


def test_hostile_names_are_one_line_each():
    found = CodeMap.of(snapshot_of(HOSTILE))
    assert found.places == ("a b",)
    assert found.spots[Surface.RESOURCE].items == ("dependency half?", "dependency whole")
    assert "\udcff/c .py::f" in found.spots[Surface.SYMBOL].items


def test_the_key_names_paths_contents_and_detectors(tmp_path, monkeypatch):
    store = ArrayStore(tmp_path, keep=100)

    def kept(files):
        CodeMap.of(replace(snapshot_of(files), arrays=store))
        return len(list(tmp_path.glob("code-map-*/*")))

    assert kept({"a.py": "x = 1"}) == kept({"a.py": "x = 1"}) == 1
    assert kept({"a.py": "x = 2"}) == 2
    assert kept({"b.py": "x = 2"}) == 3
    assert kept({"b.py": "x = 2", "c.txt": ""}) == 4
    some = code_map.all_detectors()[1:]
    monkeypatch.setattr(code_map, "all_detectors", lambda: some)
    assert kept({"a.py": "x = 1"}) == 5


def test_what_changed_is_seen_though_an_earlier_map_is_kept(tmp_path):
    store = ArrayStore(tmp_path)
    for name in ("one", "two"):
        found = CodeMap.of(replace(snapshot_of({"a.py": f"{name} = 1\n"}), arrays=store))
        assert found.spots[Surface.SYMBOL].items == (f"a.py::{name}",)


@dataclass(frozen=True)
class PartlyCloned(GivenFiles):
    """Files of which the clone lacks some contents, until they are fetched."""

    missing: set[str] = field(default_factory=set)

    def read(self, path, limit):
        return None if path in self.missing else super().read(path, limit)

    def blob_size(self, identity):
        content = self.read_blob(identity, 1 << 30)
        return None if content is None else len(content)


@pytest.mark.parametrize("lacks", ["src/models.py", "web/app.js", "tsconfig.json"])
def test_a_map_with_gaps_is_not_kept_and_what_is_fetched_later_is_seen(lacks, tmp_path):
    files = {
        **CODE,
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./web/*"]}}}',
        "web/page.ts": 'import { app } from "@/app";\n',
    }
    whole = snapshot_of(files)
    source = PartlyCloned(files, {lacks})
    clone = replace(whole, arrays=ArrayStore(tmp_path), _source=source)
    gappy, complete = CodeMap.of(clone), CodeMap.of(whole)
    assert any(
        not np.array_equal(one, other)
        for one, other in zip(gappy.arrays().values(), complete.arrays().values(), strict=True)
    )
    assert list(tmp_path.glob("code-map-*/*")) == []
    source.missing.clear()
    same(CodeMap.of(clone), complete)
    assert len(list(tmp_path.glob("code-map-*/*"))) == 1


def test_a_survey_says_whether_every_content_that_it_asked_for_could_be_read():
    whole = RepoSurvey.of(snapshot_of(CODE))
    assert whole.facts
    assert whole.is_whole
    lacking = RepoSurvey.of(
        replace(snapshot_of(CODE), _source=PartlyCloned(CODE, {"src/models.py"}))
    )
    assert "src/models.py" not in lacking.facts
    assert not lacking.is_whole
    # Of files that no detector looks at nothing is asked.
    unread = RepoSurvey.of(replace(snapshot_of(CODE), _source=PartlyCloned(CODE, {"README.md"})))
    assert unread.facts
    assert unread.is_whole


def test_a_file_too_large_to_be_read_by_anybody_is_no_gap(tmp_path, monkeypatch):
    monkeypatch.setattr("taskpar_ml.survey.surveyed_files.MOST_BYTES", 20)
    files = {"a.py": "def f(): ...\n" * 9, "b.py": "def g(): ...\n"}

    class Unloadable(GivenFiles):
        def read_blob(self, identity, limit):
            content = super().read_blob(identity, 1 << 30)
            return None if len(content) > 20 and limit < 1 << 30 else content

    snapshot = replace(snapshot_of(files), arrays=ArrayStore(tmp_path), _source=Unloadable(files))
    assert CodeMap.of(snapshot).spots[Surface.SYMBOL].items == ("b.py::g",)
    assert len(list(tmp_path.glob("code-map-*/*"))) == 1


def test_a_survey_misses_settings_that_only_the_following_of_imports_reads():
    files = {"tsconfig.json": "{}", "a.py": "import b\n", "b.py": ""}
    for missing, is_whole in ((set(), True), ({"tsconfig.json"}, False)):
        snapshot = replace(snapshot_of(files), _source=PartlyCloned(files, missing))
        survey = RepoSurvey.of(snapshot, detectors=[PythonImports()])
        assert survey.imports == {"a.py": ("b.py",)}
        assert survey.is_whole == is_whole

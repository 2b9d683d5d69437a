"""Declared paths are taken at their word."""

from __future__ import annotations

import pytest

from taskpar_ml.errors import PatternError
from taskpar_ml.footprints.declared import DeclaredPaths
from taskpar_ml.footprints.memory import RepoMemory
from tests.support.workspaces import snapshot_of, task


def found(**fields):
    rows = DeclaredPaths().find(task("a", **fields), RepoMemory(snapshot_of()))
    return [(row.item, row.access.value, row.creates) for row in rows]


def test_zones_and_modifies_are_writes_and_reads_are_reads():
    declared = {"conflict_zones": ["src/**"], "modifies": ["README.md"], "reads": ["docs/api.md"]}
    assert found(**declared) == [
        ("src/**", "write", False),
        ("README.md", "write", False),
        ("docs/api.md", "read", False),
    ]


@pytest.mark.parametrize(
    ("fields", "creates"),
    [
        ({"modifies": ["src/new.py"]}, True),
        ({"modifies": ["src/new/*.py"]}, False),
        ({"modifies": ["src/billing"]}, False),
        ({"reads": ["src/new.py"]}, False),
    ],
)
def test_a_path_that_is_to_be_written_and_does_not_exist_is_created(fields, creates):
    ((_, _, found_creates),) = found(**fields)
    assert found_creates is creates


def test_every_row_is_certain():
    (row,) = DeclaredPaths().find(task("a", modifies=["src/**"]), RepoMemory(snapshot_of()))
    assert (row.probability, row.source.value, row.quote) == (1.0, "declared", "src/**")


@pytest.mark.parametrize(
    ("place", "begin"), [("", "task a: "), ("tasks.yaml:3", "tasks.yaml:3: task a: ")]
)
def test_a_pattern_that_cannot_be_meant_is_refused_with_its_place(place, begin):
    with pytest.raises(PatternError) as caught:
        found(modifies=["src/[a/*.py"], place=place)
    assert str(caught.value).startswith(f"{begin}pattern 'src/[a/*.py': ")

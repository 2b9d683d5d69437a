"""What a task may say of itself."""

from __future__ import annotations

import jsonschema
import pytest
from pydantic import ValidationError

from taskpar_ml.domain.task import (
    METADATA_SCHEMA_VERSION,
    Task,
    TaskMetadata,
    TaskStatus,
    metadata_schema,
)


def made(**fields):
    return Task.model_validate({"id": "a", "title": "A", **fields})


@pytest.mark.parametrize("value", ["7", "23.8", "T012", "bd-a1b2", "_x", "é", "a" * 128])
def test_ids_of_all_trackers_are_ids(value):
    assert made(id=value).id == value


@pytest.mark.parametrize("value", [7, 10**30])
def test_a_whole_number_is_an_id_as_text(value):
    assert made(id=value).id == str(value)


@pytest.mark.parametrize(
    "value",
    ["", " ", "a b", "-x", ".x", "a/b", "a..b", "a.", "a.lock", "a" * 129, "$x", "a\n",
     True, 1.1, None, ["a"]],
)  # fmt: skip
def test_what_could_be_read_as_something_else_is_no_id(value):
    with pytest.raises(ValidationError):
        made(id=value)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("src/a.py", "src/a.py"),
        ("./src/*", "src/*"),
        (" src ", "src"),
        ("app/[id]/*", "app/[id]/*"),
    ],
)
def test_patterns_are_relative_to_the_root(pattern, expected):
    assert made(modifies=pattern).writes == (expected,)


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("/etc/passwd", "is absolute"),
        ("~/x", "is absolute"),
        ("C:\\x", "is absolute"),
        ("../x", "leaves the repository"),
        ("a/../b", "leaves the repository"),
        ("a\\..\\b", "leaves the repository"),
        ("!a", "negates"),
        ("", "non-empty"),
        ("./", "non-empty"),
        ("a\0b", "NUL"),
    ],
)
def test_a_pattern_that_leaves_the_repository_is_refused(pattern, rule):
    with pytest.raises(ValidationError, match=rule):
        made(conflict_zones=[pattern])


def test_zones_and_modifies_are_one_set_of_writes():
    assert made(conflict_zones=["b", "a"], modifies=["a", "c"]).writes == ("b", "a", "c")


@pytest.mark.parametrize("value", [None, [], ()])
def test_nothing_is_an_empty_list(value):
    assert made(depends_on=value, labels=value).depends_on == ()


def test_one_is_a_list_of_one():
    task = made(depends_on="b", can_run_with=7, acceptance_criteria="It works")
    assert (task.depends_on, task.can_run_with) == (("b",), ("7",))
    assert task.text == "A\nIt works"


@pytest.mark.parametrize(
    ("word", "status", "is_work", "is_settled"),
    [
        ("To Do", TaskStatus.TODO, True, False),
        ("in-progress", TaskStatus.IN_PROGRESS, True, False),
        (" BLOCKED ", TaskStatus.BLOCKED, True, False),
        ("icebox", TaskStatus.DEFERRED, False, False),
        ("Closed", TaskStatus.DONE, False, True),
        ("wontfix", TaskStatus.CANCELLED, False, True),
    ],
)
def test_the_words_of_trackers_are_statuses(word, status, is_work, is_settled):
    found = made(status=word).status
    assert (found, found.is_work, found.is_settled) == (status, is_work, is_settled)


def test_an_unknown_status_is_refused_with_those_that_are_known():
    with pytest.raises(ValidationError, match=r"status 'maybe' is unknown\. Known: active, "):
        made(status="maybe")


@pytest.mark.parametrize("value", [0, -1, 2e12, 1e308, float("nan"), float("inf"), "soon"])
def test_an_estimate_is_a_positive_number_that_can_be_added_up(value):
    with pytest.raises(ValidationError):
        made(estimate=value)


def test_unknown_fields_survive():
    assert made(owner="Ada").model_dump()["owner"] == "Ada"


def test_the_schema_describes_the_metadata_and_carries_its_version():
    schema = metadata_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f":{METADATA_SCHEMA_VERSION}")
    assert set(schema["properties"]) == set(TaskMetadata.model_fields)
    assert all("description" in each for each in schema["properties"].values())
    example = {"id": "a", "title": "A", "conflict_zones": ["src/**"], "can_run_with": ["b"]}
    jsonschema.validate(example, schema)

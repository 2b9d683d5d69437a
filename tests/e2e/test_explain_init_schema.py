"""The small commands: explain, init, schema."""

from __future__ import annotations

import json
import os

import jsonschema
import pygit2
import pytest

from taskpar_ml.domain.task import TaskMetadata


def test_explain_shows_decision_components_and_evidence(taskpar, shop, backlog):
    ran = taskpar("explain", "task-2", "task-1", backlog, "--repo", shop, "--json")
    data = json.loads(ran.out)["data"]
    assert (data["decision"]["task_a"], data["decision"]["task_b"]) == ("task-1", "task-2")
    assert data["decision"]["rule"] == "declared paths"
    assert not data["decision"]["together"]
    values = {part["name"]: part["value"] for part in data["components"]}
    assert values["file"] == 0.5  # tax.py of tax.py and invoice.py
    assert values["api"] is None
    declared = {"src/billing/invoice.py", "src/billing/tax.py"}  # what src/billing/* names
    evidence = data["sides"][1]["evidence"]
    files = [row for row in evidence if row["surface"] == "file"]
    assert {row["item"] for row in files} == declared
    (held,) = (row for row in evidence if row["item"] == "src/billing/tax.py::tax")
    assert (held["surface"], held["quotes"]) == ("symbol", ["in src/billing/tax.py"])
    assert {tuple(row["sources"]) for row in files} == {("declared",)}
    assert {tuple(row["quotes"]) for row in files} == {("src/billing/*",)}
    shown = taskpar("explain", "task-1", "task-2", backlog, "--repo", shop).out
    assert "task-1 and task-2 stay apart." in shown
    assert "src/billing/tax.py" in shown


def test_explain_agrees_with_the_plan(taskpar, shop, backlog):
    plan = json.loads(taskpar("plan", backlog, "--repo", shop, "--json").out)["data"]
    for pair in plan["riskiest"]:
        ran = taskpar("explain", pair["task_a"], pair["task_b"], backlog, "--repo", shop, "--json")
        assert json.loads(ran.out)["data"]["decision"] == pair


@pytest.mark.parametrize(
    ("other", "expected"),
    [("task-7", "the task is done"), ("nobody", "there is no such task")],
)
def test_explain_refuses_tasks_that_are_no_work(taskpar, shop, backlog, other, expected):
    ran = taskpar("explain", "task-1", other, backlog, "--repo", shop)
    assert ran.status == 1
    assert expected in ran.err


def test_schema_is_versioned_and_describes_what_is_accepted(taskpar):
    schema = json.loads(taskpar("schema").out)
    assert schema["version"] == 1
    jsonschema.Draft202012Validator.check_schema(schema)
    good = {"id": "7", "title": "T", "depends_on": ["3"], "conflict_zones": ["src/*"], "x": 1}
    jsonschema.validate(good, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "no id"}, schema)
    assert set(schema["properties"]) == set(TaskMetadata.model_fields)
    assert json.loads(taskpar("schema", "--json").out)["data"] == schema


def test_init_writes_commented_files_that_work(taskpar, shop):
    ran = taskpar("init", "--repo", shop, "--json")
    steps = json.loads(ran.out)["data"]
    assert [os.path.basename(step["path"]) for step in steps] == [
        "tasks.yaml",
        "taskpar.toml",
        ".gitignore",
    ]
    assert all(step["created"] for step in steps)
    assert "#" in (shop / "tasks.yaml").read_text()
    assert taskpar("plan", "--repo", shop).status == 0
    status = pygit2.Repository(str(shop)).status()
    assert not any(path.startswith(".taskpar") for path in status)  # state ignores itself


def test_init_keeps_what_exists(taskpar, shop):
    (shop / "tasks.yaml").write_text("tasks: []  # mine\n", encoding="utf-8")
    steps = json.loads(taskpar("init", "--repo", shop, "--json").out)["data"]
    assert [step["created"] for step in steps] == [False, True, True]
    assert (shop / "tasks.yaml").read_text() == "tasks: []  # mine\n"


def test_init_does_not_follow_a_dangling_link(taskpar, shop, tmp_path):
    (shop / "tasks.yaml").symlink_to(tmp_path / "elsewhere")
    assert taskpar("init", "--repo", shop).status == 0
    assert not (tmp_path / "elsewhere").exists()


def test_init_puts_state_of_a_linked_worktree_beside_the_common_directory(taskpar, shop, tmp_path):
    pygit2.Repository(str(shop)).add_worktree("side", str(tmp_path / "side"))
    assert taskpar("init", "--repo", tmp_path / "side").status == 0
    assert (shop / ".taskpar" / ".gitignore").exists()
    assert (tmp_path / "side" / "tasks.yaml").exists()
    assert not (tmp_path / "side" / ".taskpar").exists()


def test_init_needs_a_checkout(taskpar, tmp_path):
    pygit2.init_repository(str(tmp_path / "bare.git"), bare=True)
    ran = taskpar("init", "--repo", tmp_path / "bare.git")
    assert ran.status == 1
    assert "bare" in ran.err
    assert taskpar("init", "--repo", tmp_path).status == 1
    assert not (tmp_path / "tasks.yaml").exists()

"""Task files that people really have, where they lie beside the project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

REAL = Path(__file__).parents[3] / "shared" / "task-files"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="no real task files beside the project")


@pytest.fixture
def taskmaster(tmp_path: Path) -> Path:
    """Lay the real files out as Task Master does."""
    root = tmp_path / "project" / ".taskmaster"
    (root / "tasks").mkdir(parents=True)
    (root / "reports").mkdir()
    shutil.copy(REAL / "taskmaster-tasks.json", root / "tasks" / "tasks.json")
    shutil.copy(REAL / "taskmaster-state.json", root / "state.json")
    report = "task-complexity-report_loop.json"
    shutil.copy(REAL / "taskmaster-complexity-report_loop.json", root / "reports" / report)
    return tmp_path / "project"


FAULTY = {
    "test-tag": "task 1: depends_on 16 does not exist",
    "master": "task 42.42: the id is taken",  # eight open subtasks carry one number
}


def tags() -> list[str]:
    path = REAL / "taskmaster-tasks.json"
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def open_leaves(tag: str) -> set[str]:
    """Count by hand what is left to do: leaves that are not done, parents that are not done."""
    tasks = json.loads((REAL / "taskmaster-tasks.json").read_text(encoding="utf-8"))[tag]["tasks"]
    settled = ("done", "cancelled", "deferred")
    found = set()
    for task in tasks:
        if task["status"] in settled:
            continue
        subtasks = task.get("subtasks", [])
        found |= {
            f"{task['id']}.{each['id']}" for each in subtasks if each["status"] not in settled
        }
        if not subtasks:
            found.add(str(task["id"]))
    return found


@pytest.mark.parametrize("tag", tags())
def test_every_tag_of_the_real_file_is_planned_or_refused_with_its_fault(
    taskpar, taskmaster, shop, tag
):
    ran = taskpar("plan", taskmaster, "--repo", shop, "--tag", tag, "--json")
    if tag in FAULTY:
        assert ran.status == 1
        assert FAULTY[tag] in ran.err
        return
    assert ran.status == 0, ran.err
    plan = json.loads(ran.out)["data"]
    placed = {task["id"] for task in plan["tasks"]} | {task["id"] for task in plan["held"]}
    assert placed == open_leaves(tag)


def test_the_current_tag_is_planned_by_default(taskpar, taskmaster, shop):
    by_default = taskpar("plan", taskmaster, "--repo", shop, "--json")
    named = taskpar("plan", taskmaster, "--repo", shop, "--tag", "loop", "--json")
    assert by_default.out == named.out


def test_the_real_export_of_beads_holds_back_what_waits_for_tasks_it_leaves_out(taskpar, shop):
    ran = taskpar("plan", REAL / "beads-issues.jsonl", "--repo", shop, "--json")
    assert ran.status == 0, ran.err
    plan = json.loads(ran.out)["data"]
    assert plan["tasks"]
    assert plan["held"]
    assert all("which no file holds" in task["why"] for task in plan["held"])


def test_the_real_template_of_spec_kit_is_planned_phase_by_phase(taskpar, shop):
    ran = taskpar("plan", REAL / "spec-kit-tasks.md", "--repo", shop, "--json")
    plan = json.loads(ran.out)["data"]
    wave = {task["id"]: task["wave"] for task in plan["tasks"]}
    assert max(wave[f"T{n:03}"] for n in range(1, 4)) < min(wave[f"T{n:03}"] for n in range(4, 10))

"""Planning from a task file and a repository to waves, reasons and written groups."""

from __future__ import annotations

import json

import pytest
from ruamel.yaml import YAML

from tests.support.synthetic import make_repository


def plan_of(taskpar, *arguments):
    ran = taskpar("plan", *arguments, "--json")
    assert ran.status == 0, ran.err
    answer = json.loads(ran.out)
    assert answer["schema_version"] == 1
    return answer["data"]


def wave_of(plan):
    return {task["id"]: task["wave"] for task in plan["tasks"]}


def test_a_plan_keeps_apart_what_collides_and_says_why(taskpar, shop, backlog):
    plan = plan_of(taskpar, backlog, "--repo", shop)
    wave = wave_of(plan)
    assert wave["task-1"] != wave["task-2"]  # declared zones overlap in tax.py
    assert wave["task-1"] < wave["task-4"]  # depends_on
    assert wave["task-3"] in (wave["task-1"], wave["task-2"], wave["task-4"])  # nothing in common
    assert wave["task-5"] in (wave["task-1"], wave["task-6"])  # beside whom it risks least
    assert len(plan["waves"]) == 3
    alone = [task for task, number in wave.items() if number == wave["task-6"]]
    assert set(alone) <= {"task-6", "task-5"}  # unknown: only the documentation task fits beside
    assert "task-7" not in wave  # done
    assert plan["unknown"] == ["task-6"]
    assert plan["in_waves"]["is_optimal"]
    assert plan["in_starts"]["expected"] <= plan["in_waves"]["expected"]
    why = {task["id"]: task["why_not_earlier"] for task in plan["tasks"]}
    assert "task-1" in why["task-2"]
    assert "declared paths" in why["task-2"]
    assert plan["pairs_by_reason"]["declared paths"] == 1
    assert sum(plan["pairs_by_reason"].values()) == 6 * 5 / 2


def test_a_person_sees_groups_neighbours_risks_costs_and_advice(taskpar, shop, backlog):
    shown = taskpar("plan", backlog, "--repo", shop).out
    for expected in (
        "6 open tasks",
        "expected speed-up",
        "Why neighbours may run together",
        "none are shorter",
        "What each rule and limit costs",
        "Cutting the task",
        "can start now",
        "Nothing says what 1 of 6 will touch: task-6",
    ):
        assert expected in shown


def test_estimators_bound_the_plan(taskpar, shop, backlog):
    serial = plan_of(taskpar, backlog, "--repo", shop, "--estimator", "always")
    free = plan_of(taskpar, backlog, "--repo", shop, "--estimator", "never")
    assert serial["speed_up"] == 1.0
    assert free["speed_up"] > serial["speed_up"]
    assert len(free["waves"]) <= len(plan_of(taskpar, backlog, "--repo", shop)["waves"])


def test_workers_bound_the_width(taskpar, shop, backlog):
    plan = plan_of(taskpar, backlog, "--repo", shop, "--workers", "2")
    assert max(map(len, plan["waves"])) == 2


@pytest.mark.parametrize("name", ["groups.yaml", "groups.json"])
def test_groups_are_written_to_a_new_file_that_binds_where_it_is_planned_with(
    taskpar, shop, backlog, tmp_path, name
):
    out = tmp_path / name
    assert taskpar("plan", backlog, "--repo", shop, "--out", out, "--workers", "1").status == 0
    (group,) = YAML(typ="safe").load(out)["execution_groups"]
    assert set(group["sequential"]) == {f"task-{number}" for number in range(1, 7)}
    bound = plan_of(taskpar, backlog, out, "--repo", shop)
    assert [wave for (wave,) in bound["waves"]] == group["sequential"]
    again = taskpar("plan", backlog, "--repo", shop, "--out", out)
    assert again.status == 1
    assert "exists already" in again.err


def test_writing_groups_keeps_comments_and_unknown_fields_and_does_not_freeze_the_plan(
    taskpar, shop, backlog
):
    before = plan_of(taskpar, backlog, "--repo", shop)
    backlog.write_text("# our backlog\n" + backlog.read_text(), encoding="utf-8")
    assert taskpar("plan", backlog, "--repo", shop, "--write", "--workers", "1").status == 0
    text = backlog.read_text()
    assert text.startswith("# our backlog\n")
    assert "x-owner: Ada" in text
    assert plan_of(taskpar, backlog, "--repo", shop)["waves"] == before["waves"]
    (written,) = YAML(typ="safe").load(text)["execution_groups"]
    backlog.write_text(text.replace(f"{written['sequential'][-1]}]", "]"), encoding="utf-8")
    edited = plan_of(taskpar, backlog, "--repo", shop)
    assert len(edited["waves"]) >= 5  # now a person's groups: one after the other


def test_declared_groups_order_the_plan(taskpar, shop, backlog):
    with backlog.open("a", encoding="utf-8") as file:
        file.write("execution_groups:\n  - parallel: [task-1, task-6]\n  - sequential: [task-3]\n")
    wave = wave_of(plan_of(taskpar, backlog, "--repo", shop))
    assert wave["task-1"] == wave["task-6"] < wave["task-3"]


def test_a_plan_is_made_for_a_commit_and_not_for_the_checkout(taskpar, shop, backlog):
    early = plan_of(taskpar, backlog, "--repo", shop, "--at", "HEAD~1")
    late = plan_of(taskpar, backlog, "--repo", shop)
    assert early["commit"] != late["commit"]
    (shop / "src" / "billing" / "tax.py").unlink()
    assert plan_of(taskpar, backlog, "--repo", shop) == late
    tree = plan_of(taskpar, backlog, "--repo", shop, "--working-tree")
    assert tree["commit"] is None


def test_nothing_to_plan_is_no_error(taskpar, shop, tmp_path):
    done = tmp_path / "tasks.yaml"
    done.write_text("tasks:\n  - {id: a, title: A, status: done}\n", encoding="utf-8")
    ran = taskpar("plan", done, "--repo", shop)
    assert ran.status == 0
    assert "Nothing to plan" in ran.out


def test_tasks_behind_a_deferred_one_are_listed_as_held(taskpar, shop, tmp_path):
    place = tmp_path / "tasks.yaml"
    place.write_text(
        "tasks:\n  - {id: a, title: A, status: deferred}\n"
        "  - {id: b, title: B, depends_on: [a]}\n  - {id: c, title: C, depends_on: [b]}\n"
        "  - {id: d, title: D}\n",
        encoding="utf-8",
    )
    plan = plan_of(taskpar, place, "--repo", shop)
    assert [task["id"] for task in plan["tasks"]] == ["d"]
    assert {task["id"] for task in plan["held"]} == {"b", "c"}


def test_settings_of_the_repository_are_honoured(taskpar, shop, backlog, monkeypatch):
    (shop / "taskpar.toml").write_text("[plan]\nworkers = 1\n", encoding="utf-8")
    assert plan_of(taskpar, backlog, "--repo", shop)["speed_up"] == 1.0
    monkeypatch.setenv("TASKPAR_PLAN__WORKERS", "3")
    assert plan_of(taskpar, backlog, "--repo", shop)["workers"] == 3


def test_the_examples_are_planned_against_this_repository(taskpar, examples):
    plan = plan_of(taskpar, examples, "--repo", examples.parents[1])
    assert len(plan["tasks"]) > 20
    assert plan["speed_up"] > 1.5
    assert not plan["held"]


def test_a_directory_named_in_passing_does_not_decide_what_a_task_is(taskpar, tmp_path):
    make_repository(tmp_path / "repo", 40)  # src/auth is one of eight directories
    place = tmp_path / "tasks.yaml"
    place.write_text(
        "- {id: a, title: Sort the imports of everything in src/}\n"
        "- {id: b, title: Log slow requests below src/}\n",
        encoding="utf-8",
    )
    fixed = "--estimator", "fixed-weights"  # a learned ranker takes "everything" at its word
    ran = taskpar("explain", "a", "b", place, "--repo", tmp_path / "repo", "--json", *fixed)
    for side in json.loads(ran.out)["data"]["sides"]:
        assert "security" not in side["categories"]


def test_tasks_that_only_read_are_unknown_and_stay_apart(taskpar, shop, tmp_path):
    place = tmp_path / "tasks.yaml"
    text = "See src/billing/tax.py for how it is done."
    place.write_text(
        f"- {{id: a, title: Rewrite the storage of vouchers, description: {text}}}\n"
        f"- {{id: b, title: Cache the vouchers, description: {text}}}\n",
        encoding="utf-8",
    )
    plan = plan_of(taskpar, place, "--repo", shop)
    assert plan["unknown"] == ["a", "b"]
    assert len(plan["waves"]) == 2


def test_two_documentation_tasks_that_name_no_page_stay_apart(taskpar, shop, tmp_path):
    place = tmp_path / "tasks.yaml"
    place.write_text(
        "- {id: a, title: Document the refunds}\n- {id: b, title: Document the vouchers}\n"
        "- {id: c, title: Make it faster}\n",
        encoding="utf-8",
    )
    wave = wave_of(plan_of(taskpar, place, "--repo", shop))
    assert wave["a"] != wave["b"]


def test_tasks_in_the_root_are_found_from_a_subdirectory(taskpar, shop, monkeypatch):
    (shop / "tasks.yaml").write_text("- {id: a, title: A}\n", encoding="utf-8")
    monkeypatch.chdir(shop / "src")
    assert [task["id"] for task in plan_of(taskpar)["tasks"]] == ["a"]


def test_a_commit_and_the_working_tree_exclude_each_other(taskpar, shop, backlog):
    ran = taskpar("plan", backlog, "--repo", shop, "--working-tree", "--at", "HEAD~1")
    assert ran.status == 1
    assert "exclude each other" in ran.err


def test_an_earlier_plan_is_kept_when_tasks_come_and_go(taskpar, shop, backlog, tmp_path):
    earlier = tmp_path / "plan.json"
    first = taskpar("plan", backlog, "--repo", shop, "--json")
    earlier.write_text(first.out, encoding="utf-8")
    before = json.loads(first.out)["data"]
    assert before["moved"] is None
    text = backlog.read_text(encoding="utf-8")
    text += "  - id: task-8\n    title: Name the licence in README.md\n"
    backlog.write_text(text.replace("title: Keep sessions", "title: Keep all sessions"), "utf-8")
    after = plan_of(taskpar, backlog, "--repo", shop, "--previous", earlier)
    assert after["moved"] == []
    old, new = wave_of(before), wave_of(after)
    for one in old:
        for other in old:
            assert (old[one] == old[other]) == (new[one] == new[other])
    assert "task-8" in new
    shown = taskpar("plan", backlog, "--repo", shop, "--previous", earlier).out
    assert "All tasks stay with those they shared a wave with." in shown


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("[1, 2]", "file: "),
        ("{", "Correct the JSON"),
        ('{"data": {"tasks": [{"id": "a", "wave": -1}]}}', "data.tasks.0.wave"),
        ('{"data": {"tasks": [{"id": "a", "wave": 1e9}]}}', "data.tasks.0.wave"),
        ('{"data": {"tasks": [{"id": "", "wave": 1}]}}', "data.tasks.0.id"),
        ('{"data": {"tasks": [{"id": "a", "wave": 1}, {"id": "a", "wave": 2}]}}', "twice"),
        ('{"data": {}}', "data.tasks"),
    ],
)
def test_what_is_no_earlier_plan_is_refused(taskpar, shop, backlog, tmp_path, content, says):
    earlier = tmp_path / "plan.json"
    earlier.write_text(content, encoding="utf-8")
    ran = taskpar("plan", backlog, "--repo", shop, "--previous", earlier)
    assert ran.status == 1
    assert says in ran.err
    assert "plan.json" in ran.err
    missing = taskpar("plan", backlog, "--repo", shop, "--previous", tmp_path / "none.json")
    assert missing.status == 1
    assert "none.json" in missing.err


def test_a_budget_is_an_option_and_a_setting(taskpar, shop, backlog):
    strict = plan_of(taskpar, backlog, "--repo", shop, "--budget", "0", "--threshold", "1")
    loose = plan_of(taskpar, backlog, "--repo", shop, "--threshold", "1")
    assert strict["in_waves"]["lost"] == 0
    assert strict["in_waves"]["expected"] >= loose["in_waves"]["expected"]
    (shop / "taskpar.toml").write_text("[plan]\nbudget = 0\nthreshold = 1\n", encoding="utf-8")
    assert plan_of(taskpar, backlog, "--repo", shop)["waves"] == strict["waves"]
    ran = taskpar("plan", backlog, "--repo", shop, "--budget", "-1")
    assert ran.status == 1
    assert "--budget" in ran.err

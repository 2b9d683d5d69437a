"""Scoring pairs into files that other programs read."""

from __future__ import annotations

import csv
import json
import os
from itertools import combinations

import pyarrow.parquet
import pytest

COLUMNS = [
    "task_a",
    "task_b",
    "direction",
    "p_conflict",
    "spread",
    "score",
    "kind",
    "reasons",
    "model",
]


def rows_of(path):
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["reasons"] = json.loads(row["reasons"])
        for name in ("p_conflict", "spread", "score"):
            row[name] = float(row[name]) if row[name] else None
        for name in ("direction", "kind"):
            row[name] = row[name] or None
    return rows


@pytest.fixture
def scored(taskpar, shop, backlog, tmp_path):
    def score(name, *options):
        out = tmp_path / name
        ran = taskpar("score", backlog, "--repo", shop, "--out", out, *options)
        assert ran.status == 0, ran.err
        return rows_of(out)

    return score


def test_every_pair_is_answered_once_in_key_order(scored):
    rows = scored("pairs.parquet")
    assert list(rows[0]) == COLUMNS
    ids = [f"task-{number}" for number in range(1, 7)]
    assert [(row["task_a"], row["task_b"]) for row in rows] == list(combinations(ids, 2))


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_all_formats_hold_the_same_rows(scored, ending):
    assert scored(f"pairs.{ending}") == scored("pairs.parquet")


def test_rows_carry_score_kind_direction_and_reasons(scored):
    found = scored("pairs.parquet", "--estimator", "fixed-weights")
    rows = {(row["task_a"], row["task_b"]): row for row in found}
    overlap = rows["task-1", "task-2"]
    assert overlap["p_conflict"] is None
    assert overlap["spread"] is None
    assert overlap["score"] == 0.2  # half of the files in common, no word
    assert overlap["kind"] == "textual"
    assert "file:src/billing/tax.py" in overlap["reasons"]
    assert rows["task-1", "task-4"]["direction"] == "a_first"
    unknown = rows["task-1", "task-6"]
    assert unknown["score"] is None
    assert "unknown:task-6" in unknown["reasons"]
    assert {row["model"] for row in rows.values()} == {"fixed-weights-1"}


def test_the_shipped_model_tells_probabilities_and_how_far_its_members_disagree(scored):
    rows = {(row["task_a"], row["task_b"]): row for row in scored("pairs.parquet")}
    assert {row["model"] for row in rows.values()} == {"general-3"}
    overlap = rows["task-1", "task-2"]
    assert 0 < overlap["p_conflict"] < 1
    assert overlap["score"] == overlap["p_conflict"]
    assert 0 < overlap["spread"] < 0.5
    unknown = rows["task-1", "task-6"]
    assert unknown["score"] is None, "too little is known to plan by"
    assert 0 < unknown["p_conflict"] < 0.1, "how often such pairs conflict is told"
    known = [row["p_conflict"] for row in rows.values() if row["p_conflict"] is not None]
    assert overlap["p_conflict"] == max(known)


def test_min_p_filters_and_keeps_what_cannot_be_scored(scored):
    rows = scored("pairs.csv", "--min-p", "0.2")
    assert rows
    assert all(row["score"] is None or row["score"] >= 0.2 for row in rows)
    assert len(rows) < 15
    assert any(row["score"] is None for row in rows)


def test_min_p_filters_probabilities_where_there_are_any(scored):
    assert scored("pairs.csv", "--estimator", "never", "--min-p", "0.01") == []
    assert len(scored("all.csv", "--estimator", "always", "--min-p", "1")) == 15


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_only_the_pairs_of_a_file_are_answered(scored, tmp_path, ending):
    whole = scored(f"whole.{ending}")
    chosen = scored(f"chosen.{ending}", "--pairs", tmp_path / f"whole.{ending}", "--min-p", "0.2")
    assert chosen == [row for row in whole if row["score"] is None or row["score"] >= 0.2]


def test_a_pair_may_be_named_in_either_order_and_twice(scored, tmp_path):
    asked = tmp_path / "asked.csv"
    asked.write_text("task_b,task_a\ntask-2,task-1\ntask-1,task-2\n", encoding="utf-8")
    assert [(row["task_a"], row["task_b"]) for row in scored("one.csv", "--pairs", asked)] == [
        ("task-1", "task-2")
    ]


def test_json_on_standard_output_holds_the_same_rows(taskpar, scored, shop, backlog):
    ran = taskpar("score", backlog, "--repo", shop, "--json")
    assert json.loads(ran.out) == {"schema_version": 1, "data": scored("pairs.jsonl")}


def test_a_person_sees_the_riskiest_pairs(taskpar, shop, backlog):
    shown = taskpar("score", backlog, "--repo", shop).out
    assert "15 of 15 pairs, riskiest first" in shown
    assert "cannot be scored" in shown


def test_fewer_than_two_tasks_give_an_empty_answer(taskpar, shop, tmp_path):
    single = tmp_path / "tasks.yaml"
    single.write_text("tasks:\n  - {id: a, title: A}\n", encoding="utf-8")
    for ending in ("csv", "jsonl", "parquet"):
        out = tmp_path / f"pairs.{ending}"
        assert taskpar("score", single, "--repo", shop, "--out", out).status == 0
        assert rows_of(out) == []
    ran = taskpar("score", single, "--repo", shop, "--json")
    assert json.loads(ran.out)["data"] == []


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ("task_a,task_b\ntask-1,task-99\n", "task 'task-99' is not among the open tasks"),
        ("task_a,task_b\ntask-1,task-1\n", "paired with itself"),
        ("task_a,task_b\ntask-1,task-7\n", "'task-7' is not among the open tasks"),
        ("one,two\ntask-1,task-2\n", "task_a or task_b is missing"),
    ],
)
def test_bad_pairs_are_refused_with_their_row(taskpar, shop, backlog, tmp_path, pairs, expected):
    asked = tmp_path / "asked.csv"
    asked.write_text(pairs, encoding="utf-8")
    out = tmp_path / "out.csv"
    ran = taskpar("score", backlog, "--repo", shop, "--pairs", asked, "--out", out)
    assert ran.status == 1
    assert expected in ran.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("out", "expected"),
    [("pairs.xlsx", "Use one of: .parquet, .csv, .jsonl"), ("no/where.csv", "does not exist")],
)
def test_an_impossible_output_is_refused_before_any_work(
    taskpar, shop, backlog, tmp_path, out, expected
):
    ran = taskpar("score", backlog, "--repo", shop, "--out", tmp_path / out)
    assert ran.status == 1
    assert expected in ran.err


def test_min_p_out_of_range_names_rule_value_and_cure(taskpar, shop, backlog):
    ran = taskpar("score", backlog, "--repo", shop, "--min-p", "14")
    assert (ran.status, ran.err) == (
        1,
        "error: --min-p: must be in [0, 1]. Got 14. 0.14 means 14 %.\n",
    )


def test_what_was_read_is_never_written_over(taskpar, shop, backlog, tmp_path):
    copy = tmp_path / "tasks.jsonl"
    copy.write_text('{"id": "a", "title": "A"}\n{"id": "b", "title": "B"}\n', encoding="utf-8")
    before = copy.read_bytes()
    ran = taskpar("score", copy, "--repo", shop, "--out", copy)
    assert ran.status == 1
    assert "is one of the files read" in ran.err
    assert copy.read_bytes() == before
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "elsewhere")
    assert taskpar("score", copy, "--repo", shop, "--out", link).status == 1
    assert link.is_symlink()


def test_a_pipe_of_pairs_is_refused_and_does_not_hang(taskpar, shop, backlog, tmp_path):
    os.mkfifo(tmp_path / "pairs.csv")
    ran = taskpar("score", backlog, "--repo", shop, "--pairs", tmp_path / "pairs.csv")
    assert ran.status == 1
    assert "no regular file" in ran.err

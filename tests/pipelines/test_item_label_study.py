"""The study of items: a sample to read, and what was read of it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.histories import History

PROJECT = Path(__file__).parents[2]
SQL = "CREATE TABLE t{} (a int);\n"


def study(*arguments: str | Path) -> str:
    ran = subprocess.run(
        [sys.executable, PROJECT / "pipelines" / "item_label_study.py", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    return ran.stdout


@pytest.fixture
def shop(tmp_path: Path) -> History:
    """Return a history in which four tasks add migrations."""
    history = History(tmp_path / "shop")
    history.commit("Start (#1)", {"a": "1\n"})
    for number in range(2, 6):
        step = {f"migrations/{number:04}_step.sql": SQL.format(number)}
        history.commit(f"Step (#{number})", step)
    return history


def drawn(shop: History, verdicts: Path, *options: str) -> list[dict[str, str]]:
    cache = verdicts.parent / "facts.sqlite"
    printed = study(
        "--draw", shop.place, "--cache", cache, "--verdicts", verdicts, "--tasks", "50", *options
    )
    return list(csv.DictReader(printed.splitlines()))


def test_a_sample_takes_each_task_once_and_says_what_is_known(shop, tmp_path):
    verdicts = tmp_path / "verdicts.csv"
    rows = drawn(shop, verdicts)
    assert [row["kind"] for row in rows] == ["resource", "resource"]
    assert len({row[side] for row in rows for side in ("earlier", "later")}) == 4
    assert {row["right"] for row in rows} == {""}
    assert len(drawn(shop, verdicts, "--number", "1")) == 1
    with verdicts.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerow({**rows[0], "right": "yes", "reason": "one number"})
        writer.writerow(rows[1])
    again = drawn(shop, verdicts)
    assert [(row["right"], row["reason"]) for row in again] == [("yes", "one number"), ("", "")]
    assert "| resource | 1 | 1 | 100.00% (20.7% to 100.0%) |" in study("--verdicts", verdicts)


def test_every_verdict_of_the_project_is_one():
    with (PROJECT / "data" / "label_verdicts.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["right"] for row in rows} == {"yes", "no"}
    assert all(row["reason"] and row["item"] for row in rows)
    keys = [tuple(row[name] for name in ("repository", "earlier", "later", "item")) for row in rows]
    assert len(set(keys)) == len(keys)


def test_the_table_of_the_documentation_is_that_of_the_verdicts():
    page = (PROJECT / "docs" / "labels.md").read_text(encoding="utf-8")
    for line in study().splitlines():
        assert f"\n{line}\n" in page

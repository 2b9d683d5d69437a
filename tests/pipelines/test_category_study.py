"""The study of categories on a made-up history, and the labels that its full form reads."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.policy.signs import Category
from tests.support.mined import grow_crowded

PROJECT = Path(__file__).parents[2]
LABELS = PROJECT / "data" / "task_categories.csv"


def study(*arguments: str | Path, fails: bool = False) -> str:
    ran = subprocess.run(
        [sys.executable, PROJECT / "pipelines" / "category_study.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert (ran.returncode != 0) is fails, ran.stderr
    return ran.stderr if fails else ran.stdout


def rows(printed: str, start: str) -> list[list[str]]:
    """Return the cells after the first one of every row that begins so."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")][1:]
        for line in printed.splitlines()
        if line.startswith(f"| {start} |")
    ]


@pytest.fixture(scope="module")
def printed() -> str:
    return study("--small")


def test_every_category_is_measured_by_what_is_known(printed):
    for category in Category:
        assert rows(printed, category)
    count, title, text, predicted_from_title, predicted, true = rows(printed, "backend")[0]
    assert count == "4"
    assert title == text == "- / 0.00"
    assert predicted_from_title.endswith("/ 1.00")
    assert predicted.endswith("/ 1.00")
    assert true == "1.00 / 1.00"
    assert rows(printed, "tests")[0] == ["2", *["1.00 / 1.00"] * 5]


def test_it_says_what_share_of_tasks_the_never_rules_speak_of(printed):
    truly, title, *_, true = rows(printed, "any of them")[0]
    assert truly == title == true == "20.0%"


def test_the_held_out_half_is_measured_unless_another_is_named(printed):
    assert "The newer half, drawn at random: 10 tasks." in printed
    assert "The older half, drawn at random: 10 tasks." in study("--small", "--half", "older")


def test_the_same_tasks_are_drawn_each_time_oldest_first(tmp_path):
    history = grow_crowded(tmp_path / "acme" / "shop", landings=230)
    (tmp_path / "corpus.yaml").write_text(f"dev:\n  acme/shop: {history.head}\n", encoding="utf-8")
    command = [tmp_path, "--draw", "5", "--corpus", tmp_path / "corpus.yaml"]
    command += ["--cache", tmp_path / "facts.sqlite"]
    labels = tmp_path / "labels.csv"
    header = "repository,commit,drawn,half,categories\n"
    labels.write_text(header + f"acme/shop,{'0' * 40},random,newer,\n", encoding="utf-8")
    first = study(*command, "--labels", labels).split()
    assert first == study(*command, "--labels", labels).split()
    assert len(set(first)) == 5
    log = subprocess.run(
        [
            "git",
            "-C",
            tmp_path / "acme" / "shop",
            "rev-list",
            "--first-parent",
            "--reverse",
            "main",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    places = [log.index(line.removeprefix("acme/shop,")) for line in first]
    assert places == sorted(places)
    del command[1:3]
    assert "is no landing" in study(*command, "--labels", labels, fails=True)


def test_conflicts_are_counted_by_what_both_tasks_are(tmp_path):
    history = grow_crowded(tmp_path / "shop", landings=60)
    (tmp_path / "corpus.yaml").write_text(f"dev:\n  acme/shop: {history.head}\n", encoding="utf-8")
    with HistoryStore.open(str(tmp_path / "s.sqlite")) as store:
        shop = store.history("acme/shop", create=True)
        mine(history.place, shop, recipe=MiningRecipe(memory_only=0))
        pairs = sum(1 for _ in shop.pairs())
    printed = study(
        tmp_path, "--store", tmp_path / "s.sqlite", "--corpus", tmp_path / "corpus.yaml"
    )
    ((any_two,),) = rows(printed, "any two")
    assert any_two.startswith(f"{pairs:,}: ")
    ((by_title,),) = rows(printed, "backend, by title")
    ((by_files,),) = rows(printed, "backend, by text and true files")
    assert by_title == "0"
    assert 0 < int(by_files.partition(":")[0].replace(",", "")) <= pairs


def test_labels_are_sorted_known_and_divided_by_repository():
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    corpus = YAML(typ="safe").load(PROJECT / "data" / "corpus.yaml")
    places = [(row["repository"], row["commit"]) for row in labels]
    assert places == sorted(set(places))
    assert {row["repository"] for row in labels} - set(corpus["train"]) == set(corpus["dev"])
    order = list(Category)
    for row in labels:
        found = [order.index(Category(name)) for name in row["categories"].split()]
        assert found == sorted(set(found))
        assert found
        assert row["drawn"] in ("random", "search")
    halves = Counter((row["repository"], row["half"]) for row in labels)
    for repository, _ in halves:
        assert abs(halves[repository, "older"] - halves[repository, "newer"]) <= 1
    at_random = [row for row in labels if row["drawn"] == "random"]
    assert len(at_random) == 440

"""The commands that teach: mine, history, record."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.support.grown_shop import everything
from tests.support.mined import grow_crowded

OUTCOME = {
    "task": "T1",
    "base": "abc",
    "started_at": "2024-05-01T10:00:00Z",
    "ended_at": "2024-05-01T11:00:00Z",
    "beside": ["T2"],
    "ending": "resolved",
    "hit": True,
    "because_of": ["T2"],
    "conflicts": ["src/a.py"],
    "reported_by": "ci",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with 250 landings."""
    return grow_crowded(tmp_path_factory.mktemp("mine") / "shop.git", landings=250).place


@pytest.fixture
def answer(taskpar):
    """Run a command and return its data."""

    def run(*arguments):
        ran = taskpar(*arguments, "--json")
        assert (ran.status, ran.err) == (0, "")
        assert json.loads(ran.out)["schema_version"] == 1
        return json.loads(ran.out)["data"]

    return run


def test_a_history_is_mined_once_and_shown(shop, answer, taskpar, tmp_path):
    store = tmp_path / "store.sqlite"
    before = everything(shop)
    first = answer("mine", "--repo", shop, "--store", store)
    assert first["name"] == "shop"
    assert first["commits"] == 250
    assert first["tasks"] > 20
    assert first["pairs"] > 200
    again = answer("mine", "--repo", shop, "--store", store)
    assert (again["landings"], again["tasks"], again["pairs"]) == (0, 0, 0)
    assert everything(shop) == before
    shown = answer("history", "--repo", shop, "--store", store)
    assert shown["all_pairs"]["pairs"] == first["pairs"]
    assert shown["mined"] == first["tasks"]
    assert 0 < shown["all_pairs"]["rate"] < 1
    assert len(shown["hot_spots"]) == 10
    text = taskpar("history", "--repo", shop, "--store", store).out
    assert f"{first['pairs']:,} pairs" in text
    assert shown["hot_spots"][0]["path"] in text


def test_the_store_is_private_and_in_the_state_by_default(shop, answer, tmp_path):
    state = tmp_path / "state"
    answer("mine", "--repo", shop, "--state", state)
    file = state / "history.sqlite"
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert answer("history", "--repo", shop, "--state", state)["name"] == "shop"


def test_only_what_was_known_before_a_commit_is_shown(shop, answer, tmp_path):
    store = tmp_path / "store.sqlite"
    answer("mine", "--repo", shop, "--store", store)
    whole = answer("history", "--repo", shop, "--store", store)
    part = answer("history", "--repo", shop, "--store", store, "--before", "HEAD~10")
    assert 0 < part["all_pairs"]["pairs"] < whole["all_pairs"]["pairs"]
    assert part["landings"] < whole["landings"]


def test_a_store_is_shown_without_its_repository(shop, answer, tmp_path):
    store = tmp_path / "store.sqlite"
    answer("mine", "--repo", shop, "--store", store)
    shown = answer("history", "--repo", tmp_path, "--store", store, "--name", "shop")
    assert shown["name"] == "shop"


def test_another_window_is_refused_until_it_is_mined_anew(shop, answer, taskpar, tmp_path):
    store = tmp_path / "store.sqlite"
    answer("mine", "--repo", shop, "--store", store, "--window", 5)
    refused = taskpar("mine", "--repo", shop, "--store", store)
    assert refused.status == 1
    assert "was mined with window 5; now it would be window 20." in refused.err
    assert "--again" in refused.err
    typo = taskpar("mine", "--repo", shop, "--store", store, "--again", "--until", "mian")
    assert typo.status == 1
    assert answer("history", "--repo", shop, "--store", store)["mined"] > 0
    anew = answer("mine", "--repo", shop, "--store", store, "--again")
    assert anew["tasks"] > 20


def test_a_commit_that_is_none_changes_no_store(shop, answer, taskpar, tmp_path):
    store = tmp_path / "store.sqlite"
    options = ("--repo", shop, "--store", store)
    assert "'v9' does not exist" in taskpar("mine", *options, "--until", "v9").err
    assert not store.exists()
    mined = answer("mine", *options)
    assert taskpar("mine", *options, "--until", "v9", "--again").status == 1
    assert answer("history", *options)["mined"] == mined["tasks"]


def test_what_counts_is_the_settings(answer, tmp_path):
    shop = grow_crowded(tmp_path / "shop.git", landings=230)
    checkout = tmp_path / "checkout"
    subprocess.run(["git", "clone", "-q", shop.place, checkout], check=True)
    store = tmp_path / "store.sqlite"
    answer("mine", "--repo", checkout, "--store", store)
    before = answer("history", "--repo", checkout, "--store", store)
    assert before["all_pairs"]["positive"] > 0
    (checkout / "taskpar.toml").write_text('[labels]\ntrivial_paths = ["src/**"]\n')
    after = answer("history", "--repo", checkout, "--store", store)
    assert after["all_pairs"]["positive"] == 0
    assert {each["kind"] for each in after["kinds"]} >= {"trivial"}


def test_texts_are_joined(answer, tmp_path):
    shop = grow_crowded(tmp_path / "shop.git", landings=5)
    shop.commit("Speed up\n\nFixes #900", {"src/f0.py": "fast\n"})
    shop.commit("End (#901)", {"src/f1.py": "end\n"})
    issues = tmp_path / "issues.jsonl"
    issue = {"number": 900, "title": "Slow", "created_at": "2000-01-01T00:00:00Z"}
    issues.write_text(json.dumps(issue) + "\n")
    store = tmp_path / "store.sqlite"
    mined = answer("mine", "--repo", shop.place, "--store", store, "--texts", issues)
    assert mined["texts"] == 1
    assert answer("history", "--repo", shop.place, "--store", store)["texts"] == 1


def test_a_short_history_says_why_there_is_nothing(answer, taskpar, tmp_path):
    shop = grow_crowded(tmp_path / "shop.git", landings=8)
    options = ("--repo", shop.place, "--store", tmp_path / "store.sqlite")
    assert "nothing to replay yet" in taskpar("mine", *options).out
    assert answer("mine", *options)["is_short"] is True
    assert "no pairs yet" in taskpar("history", *options).out


def test_nothing_mined_is_an_error_with_a_cure(shop, taskpar, tmp_path):
    missing = taskpar("history", "--repo", shop, "--store", tmp_path / "none.sqlite")
    assert missing.status == 1
    assert not (tmp_path / "none.sqlite").exists()
    assert "Traceback" not in missing.err


def test_outcomes_are_recorded_once(shop, answer, taskpar, tmp_path):
    store = tmp_path / "store.sqlite"
    file = tmp_path / "outcomes.jsonl"
    file.write_text(json.dumps(OUTCOME) + "\n" + json.dumps({**OUTCOME, "task": "T3"}) + "\n")
    options = ("--repo", shop, "--store", store)
    assert answer("record", file, *options) == {
        "read": 2,
        "attempts": 2,
        "new": 2,
        "ended": None,
        "corrected": None,
    }
    assert answer("record", file, *options) == {
        "read": 2,
        "attempts": 2,
        "new": 0,
        "ended": None,
        "corrected": None,
    }
    file.write_text(json.dumps({**OUTCOME, "ending": "redone"}) + "\n")
    refused = taskpar("record", file, *options)
    assert refused.status == 1
    file.write_text(json.dumps({**OUTCOME, "ending": "redone", "correction": 1}) + "\n")
    assert answer("record", file, *options)["attempts"] == 2


def test_a_bad_line_records_nothing(shop, answer, taskpar, tmp_path):
    store = tmp_path / "store.sqlite"
    file = tmp_path / "outcomes.jsonl"
    file.write_text(json.dumps(OUTCOME) + "\n{}\n")
    refused = taskpar("record", file, "--repo", shop, "--store", store)
    assert refused.status == 1
    assert "outcomes.jsonl:2: task: Field required." in refused.err
    file.write_text(json.dumps(OUTCOME) + "\n")
    said = taskpar("record", file, "--repo", shop, "--store", store).out
    assert said == "1 outcome read; 1 new attempt.\n"


def test_the_schema_of_an_outcome_describes_it(answer):
    described = answer("schema", "--of", "outcome")
    assert set(OUTCOME) <= set(described["properties"])


def test_a_name_that_cannot_be_is_refused(shop, taskpar, tmp_path):
    refused = taskpar("mine", "--repo", shop, "--store", tmp_path / "s.sqlite", "--name", "x" * 201)
    assert refused.status == 1
    assert "a name has 1 to 200 characters" in refused.err

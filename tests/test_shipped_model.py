"""The model that is shipped, and what its card says of it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from taskpar_ml.estimators.model_folder import MANIFEST, load_effort, load_model

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "models" / "general"
CARD = (PROJECT / "models" / "README.md").read_text(encoding="utf-8")
CORPUS = YAML(typ="safe").load(PROJECT / "data" / "corpus.yaml")


@pytest.fixture(scope="module")
def facts():
    return load_model(FOLDER).facts


def test_it_learned_from_train_repositories_at_their_commits_and_from_no_other(facts):
    taught = facts["repositories"]
    assert {name: each["commit"] for name, each in taught.items()} == {
        name: CORPUS["train"][name] for name in taught
    }
    assert not set(taught) & set(CORPUS["dev"])
    assert set(facts["links counted in"]) == set(CORPUS["train"])


def test_the_card_tells_what_it_learned_from(facts):
    for name, each in facts["repositories"].items():
        numbers = " | ".join(f"{each[key]:,}" for key in ("tasks", "candidates", "pairs"))
        row = f"| {name} | `{each['commit'][:12]}` | {numbers} | {each['conflicts']:,} |"
        assert row in CARD.splitlines()


def test_the_card_names_the_model(facts):
    assert load_model(FOLDER).name in CARD


def test_the_effort_model_learned_from_train_repositories_at_their_commits_alone():
    taught = load_effort(FOLDER).facts["repositories"]
    assert {name: each["commit"] for name, each in taught.items()} == CORPUS["train"]
    assert not set(taught) & set(CORPUS["dev"])
    (kept,) = FOLDER.glob("effort-*.json")
    assert kept.stat().st_size < 150_000


def test_the_wheel_holds_the_model(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as held:
        names = {name for name in held.namelist() if "/shipped_model/" in name}
        expected = {f"taskpar_ml/shipped_model/{path.name}" for path in FOLDER.iterdir()}
        assert names == expected
        shipped = held.read(f"taskpar_ml/shipped_model/{MANIFEST}")
    assert shipped == (FOLDER / MANIFEST).read_bytes()

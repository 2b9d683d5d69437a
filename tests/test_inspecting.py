"""What is seen of a repository, and how it is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from taskpar_ml.cli.app import app
from taskpar_ml.domain.contexts import ContextOrigin
from taskpar_ml.domain.inspection import InspectedKind, SeenContext, SeenFile
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.layers import Layer
from taskpar_ml.errors import PatternError
from taskpar_ml.inspecting import inspect
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.contexts import Contexts
from taskpar_ml.survey.repo_survey import RepoSurvey
from tests.support.histories import History
from tests.support.landings import landing

FILES = {
    "shop/cart/__init__.py": "",
    "shop/cart/lines.py": "from shop.money import price\n\ndef line(): ...\n",
    "shop/cart/total.py": (
        "from shop.cart.lines import line\nfrom shop.money.price import round_up\n"
    ),
    "shop/money/__init__.py": "",
    "shop/money/price.py": "def round_up(x): ...\n",
    "shop/money/test_price.py": "from shop.money.price import round_up\n",
    "README.md": "# Shop\n",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    history = History(tmp_path_factory.mktemp("inspect") / "shop.git")
    history.commit("Begin", FILES)
    return history.place


def seen(
    place: Path,
    only: Sequence[InspectedKind] = tuple(InspectedKind),
    past: Sequence[Landing] = (),
    within=None,
    most=10,
):
    snapshot = RepoSnapshot.at(place)
    contexts = Contexts(snapshot.paths.paths)
    survey = RepoSurvey.of(snapshot)
    return inspect(snapshot, survey, contexts, past=past, only=only, within=within, most=most)


def test_files_and_facts_are_counted(place):
    found = seen(place, only=())
    assert (found.files, found.looked_at) == (7, 4)
    assert found.counts["definitions"] == 2
    assert found.counts["imports"] == 4
    assert found.endpoints is None
    assert found.contexts is None


def test_contexts_come_with_the_imports_within_out_and_in(place):
    assert seen(place).contexts == (
        SeenContext(
            name="cart",
            drawn_by=(ContextOrigin.DIRECTORY,),
            files=3,
            layers={Layer.BACKEND: 3},
            imports_within=1,
            imports_out=2,
            imports_in=0,
        ),
        SeenContext(
            name="money",
            drawn_by=(ContextOrigin.DIRECTORY,),
            files=3,
            layers={Layer.BACKEND: 2, Layer.TESTS: 1},
            imports_within=1,
            imports_out=0,
            imports_in=2,
        ),
    )


def test_files_that_others_build_upon_come_with_their_tests(place):
    assert seen(place, most=1).most_imported == (
        SeenFile(path="shop/money/price.py", imported_by=3, tests=1),
    )
    assert seen(place, most=0).most_imported == ()


def test_hot_spots_are_what_most_tasks_changed_with_who_imports_it(place):
    past = [
        landing("Round up", "shop/money/price.py"),
        landing("Round down", "shop/money/price.py", "README.md"),
        landing("Gone by now", "shop/old.py"),
    ]
    spots = seen(place, past=past).hot_spots
    assert spots is not None
    assert [(each.path, each.landings, each.imported_by) for each in spots] == [
        ("shop/money/price.py", 2, 3),
        ("README.md", 1, 0),
    ]
    assert spots[0].weight > spots[1].weight > 0
    few = seen(place, past=past, within="*.md").hot_spots
    assert few is not None
    assert [each.path for each in few] == ["README.md"]


def test_a_glob_narrows_what_is_shown(place):
    found = seen(place, within="shop/cart/**")
    assert (found.files, found.looked_at) == (3, 2)
    assert found.contexts is not None
    assert [each.name for each in found.contexts] == ["cart"]
    with pytest.raises(PatternError):
        seen(place, within="/../shop")


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["inspect", *arguments])
    return result.exit_code, result.output


def test_the_command_prints_tables_or_json(place, tmp_path):
    status, text = run("--repo", str(place), "--state", str(tmp_path / "s"))
    assert status == 0
    assert "4 of 7 files hold something." in text
    assert "shop/money/price.py" in text
    status, text = run(
        "--repo", str(place), "--state", str(tmp_path / "s"), "--json", "--only", "files"
    )
    assert status == 0
    data = json.loads(text)["data"]
    assert data["most_imported"][0]["path"] == "shop/money/price.py"
    assert data["contexts"] is None
    status, text = run(
        "--repo", str(place), "--state", str(tmp_path / "s"), "--json", "--only", "hot-spots"
    )
    assert status == 0
    assert len(json.loads(text)["data"]["hot_spots"]) == 7


def test_the_command_says_where_contexts_come_from(tmp_path, monkeypatch):
    history = History(tmp_path / "owned.git")
    files = {**FILES, ".github/CODEOWNERS": "/shop/money/ @bank\n", "mail/go.mod": "module m\n"}
    files |= {"mail/send.go": "package mail\n", "tests/cart/test_lines.py": ""}
    history.commit("Begin", files)
    asked = ("--repo", str(history.place), "--state", str(tmp_path / "s"), "--only", "contexts")

    def drawn() -> dict[str, list[str]]:
        _, text = run(*asked, "--json")
        return {each["name"]: each["drawn_by"] for each in json.loads(text)["data"]["contexts"]}

    assert drawn() == {
        ".github": ["directory"],
        "@bank": ["owners"],
        "cart": ["directory"],
        "mail": ["package"],
    }
    _, text = run(*asked)
    assert "drawn by" in text
    monkeypatch.setenv("TASKPAR_RULES__CONTEXTS_BY_IMPORTS", "true")
    assert drawn()["cart"] == ["imports"]


def test_owners_that_are_no_file_own_nothing(tmp_path):
    history = History(tmp_path / "odd.git")
    history.commit(
        "Begin", {**FILES, "CODEOWNERS/a.py": "", ".gitlab/CODEOWNERS": b"\xff\xfe\0* @x"}
    )
    found = seen(history.place, only=(InspectedKind.CONTEXTS,))
    assert found.contexts is not None
    assert [each.name for each in found.contexts] == [".gitlab", "CODEOWNERS", "cart", "money"]

"""The study of labels on small histories: git says what replay says."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import WINDOW, MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.histories import BOB, History
from tests.support.listing import state
from tests.support.merging import LONG, link
from tests.support.mined import grow_crowded
from tests.support.random_lines import grow_with_branches
from tests.support.replays import inserts, lands, sets

PROJECT = Path(__file__).parents[2]
BOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"


def study(*arguments: str | Path) -> str:
    ran = subprocess.run(
        [sys.executable, PROJECT / "pipelines" / "label_study.py", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    return ran.stdout


def row(printed: str, start: str) -> list[str]:
    """Return the cells after the first one of the first row that begins so."""
    line = next(line for line in printed.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def grow(place: Path) -> None:
    """Make a history in which files are clean, in conflict, overwritten and renamed."""
    history = History(place)
    text = LONG.replace("line", "text")
    lands(
        history,
        {"a": LONG, "b": text, "c": LONG, "u.txt": LONG, ".gitattributes": "*.txt merge=union\n"},
        {"a": sets(5), "b": sets(5), "u.txt": sets(5)},
        {"a": sets(5, to="other"), "b": inserts(0, "x")},
        {"a": sets(5, to="third"), "b": None, "m/b": sets(6, to="third")(_third(text))},
        {"m/b": sets(15), "c": link("a"), "u.txt": sets(5, to="other")},
        {"c": link("b"), "a": sets(15), "weird \udcff\nname": LONG},
        {"weird \udcff\nname": sets(3), "a": sets(16)},
    )
    tip = history.branch(("Work", {"a": inserts(0, "y")(_text(history, "a"))}))
    history.commit("Push", {"a": inserts(0, "z")(_text(history, "a"))}, author=BOB)
    history.merge("Merge branch 'work'", tip, change={"a": inserts(0, "y")(_text(history, "a"))})


def _third(text: str) -> str:
    return inserts(0, "x")(sets(5)(text))


def _text(history: History, path: str) -> str:
    content = history.files[history.head][path]
    assert isinstance(content, bytes)
    return content.decode()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("study") / "made"
    grow(made)
    return made


@pytest.fixture(scope="module")
def printed(place: Path) -> str:
    """Return what the study prints, every pair redone."""
    before = state(place)
    found = study(place, "--pairs", "1000", "--cache", place.parent / "facts.sqlite")
    assert state(place) == before
    return found


def test_git_agrees_about_every_file(printed):
    pairs = [row(printed, name)[0] for name in ("some file conflicts", "no file is shared")]
    assert pairs == ["6", "3"]
    assert row(printed, "all of the sample")[1].startswith("100.00%")
    assert printed.split("Disagreements:\n")[1].split("\n")[0] == ""
    clean, conflict, overwritten = (
        row(printed, name) for name in ("clean", "conflict", "overwritten")
    )
    assert [clean[0], conflict[1], overwritten[2]] == ["11", "7", "12"]
    assert {*clean[1:], conflict[0], conflict[2], *overwritten[:2]} == {"0"}


def test_mapped_hunks_agree_with_merges(printed):
    assert row(printed, "all")[1].startswith("100.00%")


def test_concurrent_pairs_are_counted(printed):
    assert row(printed.split("| concurrent pairs")[1], "made")[:3] == ["1", "1", "1"]


@pytest.fixture
def pipelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the modules of the study be imported."""
    monkeypatch.syspath_prepend(str(PROJECT / "pipelines"))


@pytest.mark.usefixtures("pipelines")
def test_a_disagreement_is_named(place):
    """What git would say is held against a replay that is wrong about one file."""
    from label_compare import Said, compared, sample
    from label_git import git_replayer
    from label_past import replayed_past

    past = replayed_past(str(place), tasks=100, cache=place.parent / "other.sqlite", workers=1)
    drawn = next(
        (stratum, pair)
        for stratum, pair in sample(past, 1000, seed=0)
        if len(pair.files) == 1 and pair.files[0].kind is not None
    )
    blind = replace(drawn[1], files=())
    with git_replayer(past.place) as git:
        (right,) = compared(past, [drawn], git)
        (wrong,) = compared(past, [(drawn[0], blind)], git)
    assert right.agrees
    assert not wrong.agrees
    assert [(each.ours, each.git) for each in wrong.files] == [(Said.CLEAN, Said.CONFLICT)]


@pytest.mark.usefixtures("pipelines")
def test_the_newest_tasks_have_whole_windows_as_mining_found_them(tmp_path):
    from label_past import replayed_past

    history = grow_crowded(tmp_path / "shop.git", landings=60)
    history.commit("Push that may grow", {"src/f0.py": "last\n"})
    few, all_of_them = (
        replayed_past(str(history.place), tasks=tasks, cache=tmp_path / "facts", workers=1).pairs
        for tasks in (7, 1_000)
    )
    assert few == all_of_them[-7 * WINDOW :]
    with HistoryStore.open(str(tmp_path / "history.sqlite")) as store:
        shop = store.history("shop", create=True)
        mine(history.place, shop, recipe=MiningRecipe(memory_only=0))
        mined = list(shop.pairs())
    assert len(all_of_them) == len(mined) > 7 * WINDOW
    assert set(all_of_them) == set(mined)


def redone(root: Path, seed: int) -> tuple[int, int]:
    """Return how many pairs of a random history git redoes, and in how many all files agree."""
    from label_compare import compared, sample
    from label_git import git_replayer
    from label_past import replayed_past

    grown = grow_with_branches(root / f"{seed}", seed, landings=16)
    # Behind it the last push can no longer grow, and is mined.
    grown.commit("Bump a library (#1)", {"requirements.lock": "1\n"}, author=BOT)
    past = replayed_past(str(root / f"{seed}"), tasks=100, cache=root / "facts", workers=1)
    with git_replayer(past.place) as git:
        results = list(compared(past, sample(past, 1000, seed=seed), git))
    done = [each for each in results if each.failure is None]
    # git may report a conflict without leaving a file in conflict.
    assert all("implicit dir rename" in (each.failure or "implicit dir rename") for each in results)
    return len(done), sum(each.agrees for each in done)


@pytest.mark.usefixtures("pipelines")
@pytest.mark.parametrize("seed", [5, 12])
def test_git_agrees_about_random_histories(tmp_path, seed):
    pairs, agreeing = redone(tmp_path, seed)
    assert agreeing == pairs > 30


@pytest.mark.long
@pytest.mark.usefixtures("pipelines")
def test_git_agrees_about_many_random_histories(tmp_path):
    counts = [redone(tmp_path, seed) for seed in range(14)]
    pairs, agreeing = (sum(each) for each in zip(*counts, strict=True))
    assert (pairs, pairs - agreeing) == (1516, 1)


def test_the_small_form_needs_no_repository():
    printed = study("--small")
    assert int(row(printed, "all of the sample")[0]) >= 30
    assert row(printed, "small")

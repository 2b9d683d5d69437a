"""The train command: a tiny model that learns from a mined past."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from taskpar_ml.domain.moments import moment_of
from taskpar_ml.domain.outcome import Ending, Outcome, RecordedOutcome
from taskpar_ml.estimators.model_folder import load_model, save_model
from taskpar_ml.estimators.shipped import shipped_model
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from tests.e2e.test_evaluate import tiny
from tests.support.grown_shop import everything, grow
from tests.support.histories import History

TASKS = 301
BATCHES = 5


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return a shop of 301 tasks; those of one topic change the same lines."""
    return grow(tmp_path_factory.mktemp("shop") / "shop.git", rounds=75)


def mined(shop: History, place: Path, **options: str) -> Path:
    with HistoryStore.open(str(place)) as opened:
        mine(shop.place, opened.history("shop", create=True), **options)
    return place


@pytest.fixture(scope="module")
def store(shop: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mined(shop, tmp_path_factory.mktemp("mined") / "store.sqlite")


@pytest.fixture(scope="module")
def general(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    save_model(tiny(), folder)
    return folder


@pytest.fixture
def train(taskpar, shop, general):
    def run(out, *options, store, repo=shop.place):
        ran = taskpar(
            "train", "--repo", repo, "--name", "shop", "--store", store, "--model", general,
            "--out", out, "--json", *options,
        )  # fmt: skip
        return json.loads(ran.out)["data"] if ran.status == 0 else ran

    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_model_learns_from_a_mined_past(train, taskpar, shop, store, tmp_path):
    before = everything(shop.place)
    report = train(tmp_path / "own", store=store)
    assert everything(shop.place) == before
    assert (report["tasks"], report["batches"]) == (TASKS, BATCHES)
    assert report["pairs"] == BATCHES * 190
    assert 0 < report["conflicts"] < report["pairs"]
    assert (report["way"], report["tried"], report["observed"]) == ("own trees", [], 0)
    assert "could not be tried" in report["regime"]
    newest = _landings(store)[-1]
    assert report["until"] == newest
    assert report["model"] == f"made-1+shop@{newest[:12]}.{report['fingerprint'][:8]}"
    model = load_model(tmp_path / "own")
    assert model.name == report["model"]
    assert model.pairs.own is not None
    assert model.facts["own"] == report
    again = train(tmp_path / "again", store=store)
    assert again["fingerprint"] == report["fingerprint"]
    assert contents(tmp_path / "again") == contents(tmp_path / "own")


def test_what_was_learned_speaks(train, taskpar, shop, store, general, backlog, tmp_path):
    train(tmp_path / "own", store=store)
    risks = {}
    for model in (general, tmp_path / "own"):
        place = "--repo", shop.place, "--store", store, "--name", "shop", "--model", model
        ran = taskpar("score", backlog, *place, "--json")
        assert ran.status == 0, ran.err
        risks[model] = ran.out
    assert risks[general] != risks[tmp_path / "own"]


def test_what_landed_later_teaches_nothing(train, shop, store, tmp_path):
    landings = _landings(store)
    report = train(tmp_path / "then", "--until", landings[-21], store=store)
    assert (report["tasks"], report["batches"]) == (TASKS - 20, BATCHES - 1)
    # The newest push waits for the next run of the miner.
    early = mined(shop, tmp_path / "early.sqlite", until=landings[-20])
    assert train(tmp_path / "early", store=early) == report
    assert contents(tmp_path / "early") == contents(tmp_path / "then")


def test_the_newest_tasks_are_learned_from_if_fewer_are_asked_for(train, store, tmp_path):
    for most, batches in ((1, 1), (39, 1), (40, 2)):
        report = train(tmp_path / "few", "--tasks", most, store=store)
        assert (report["tasks"], report["batches"]) == (TASKS, batches)


@pytest.mark.parametrize("count", [1, 219])
def test_too_few_tasks_leave_the_model_as_it_is(train, shop, general, tmp_path, count):
    until = _landings_of(shop, tmp_path)[count]
    store = mined(shop, tmp_path / "few.sqlite", until=until)
    report = train(tmp_path / "own", store=store)
    assert (report["model"], report["way"], report["batches"]) == ("made-1", "as it is", 0)
    assert "the general model serves as it is" in report["regime"]
    learned, known = load_model(tmp_path / "own"), load_model(general)
    assert learned.pairs == known.pairs


def test_what_was_seen_to_happen_counts_beside_what_was_replayed(train, shop, tmp_path):
    store = mined(shop, tmp_path / "seen.sqlite")
    plain = train(tmp_path / "plain", store=store)
    with HistoryStore.open(str(store)) as opened:
        history = opened.history("shop")
        newest = [each.landing for each in history.landings()][-20:]
        history.append_outcomes([_ran(newest[0], newest[1]), _ran(newest[1], newest[0])])
    seen = train(tmp_path / "seen", store=store)
    assert (plain["observed"], seen["observed"]) == (0, 1)
    assert seen["fingerprint"] != plain["fingerprint"]


def _ran(landing, other) -> RecordedOutcome:
    at = moment_of(landing.landed_at)
    outcome = Outcome(
        task=f"T-{landing.id[:8]}",
        base=landing.base,
        started_at=at - timedelta(hours=1),
        ended_at=at,
        beside=[f"T-{other.id[:8]}"],
        ending=Ending.MERGED,
        landed_as=landing.id,
        reported_by="t",
    )
    return RecordedOutcome(outcome=outcome, recorded_at=at)


def _landings(store: Path) -> list[str]:
    with HistoryStore.open(str(store)) as opened:
        return [each.landing.id for each in opened.history("shop").landings()]


def _landings_of(shop: History, place: Path) -> list[str]:
    return _landings(mined(shop, place / "all.sqlite"))


def test_a_history_that_was_not_mined_is_refused(train, taskpar, tmp_path):
    place = tmp_path / "none.sqlite"
    HistoryStore.open(str(place)).close()
    ran = train(tmp_path / "own", store=place)
    assert ran.status == 1
    assert "shop" in ran.err
    with HistoryStore.open(str(place)) as opened:
        opened.history("shop", create=True)
    ran = train(tmp_path / "own", store=place)
    assert (ran.status, "Run `taskpar mine` first." in ran.err) == (1, True)
    assert not (tmp_path / "own").exists()


def test_a_folder_that_is_none_of_a_model_is_left_alone(train, store, general, tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "model.json").write_text('{"format": "layers-model"}')
    before = everything(tmp_path), everything(general)
    for out, why in (
        (tmp_path / "file", "is no folder"),
        (tmp_path / "full", "holds something that is no model"),
        (general, "holds a model that others are made from"),
        (shipped_model(), "holds a model that others are made from"),
        (tmp_path / "nowhere" / "own", "cannot be written: No such file or directory"),
        (tmp_path / "other", "holds something that is no model"),
        ("", "is empty. Name a directory"),
    ):
        ran = train(out, store=store)
        assert ran.status == 1
        assert why in ran.err
    assert (everything(tmp_path), everything(general)) == before


def test_what_an_interrupted_command_left_is_no_obstacle(train, store, tmp_path):
    train(tmp_path / "own", store=store)
    before = contents(tmp_path / "own")
    (tmp_path / "own" / "model.json").unlink()
    train(tmp_path / "own", store=store)
    assert contents(tmp_path / "own") == before


def test_a_model_learns_from_one_repository_alone(train, taskpar, shop, store, tmp_path):
    train(tmp_path / "own", store=store)
    place = "--repo", shop.place, "--name", "shop", "--store", store, "--model", tmp_path / "own"
    ran = taskpar("train", *place, "--out", tmp_path / "twice")
    assert ran.status == 1
    assert "has learned from a repository's own past already. Start from a general model" in ran.err
    assert not (tmp_path / "twice").exists()


def test_an_unknown_commit_is_refused_before_any_work(train, store, tmp_path):
    ran = train(tmp_path / "own", "--until", "nowhere", store=store)
    assert (ran.status, "nowhere" in ran.err) == (1, True)
    assert not (tmp_path / "own").exists()

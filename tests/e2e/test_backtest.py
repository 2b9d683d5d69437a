"""The backtest command: a mined past, replayed."""

from __future__ import annotations

import json

import pytest

from taskpar_ml.domain.mined import FileVerdict
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.grown_shop import everything, grow
from tests.support.histories import History
from tests.support.pages import Page

POLICIES = [
    "sequential",
    "all-parallel",
    "mentioned paths",
    "fixed-weights-1 < 0.3",
    *(f"general-3 at {threshold}" for threshold in (0.05, 0.1, 0.2, 0.3)),
    "general-3 growing",
    "perfect forecast",
    "oracle",
]
WATCHED = [each for each in POLICIES if each not in ("sequential", "perfect forecast", "oracle")]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return a shop of 261 tasks; those of one topic change the same lines."""
    return grow(tmp_path_factory.mktemp("shop") / "shop.git", rounds=65)


@pytest.fixture(scope="module")
def mined(shop: History, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """Return the options that name the shop and its mined history."""
    store = tmp_path_factory.mktemp("mined") / "store.sqlite"
    with HistoryStore.open(str(store)) as opened:
        mine(shop.place, opened.history("shop", create=True))
    return ["--repo", shop.place, "--store", store]


def conflicts_within_batches(mined: list[object]) -> int:
    """Return how many pairs of one batch have a file in conflict, by another way than ours."""
    with HistoryStore.open(str(mined[-1])) as opened:
        history = opened.history("shop")
        replayed = list(history.placed_ids())[200:260]  # 261 are no whole batch more
        batch = {task: row // 20 for row, task in enumerate(replayed)}
        return sum(
            any(file.verdict == FileVerdict.CONFLICT for file in pair.files)
            for pair in history.pairs()
            if batch.get(pair.earlier, -1) == batch.get(pair.later, -2)
        )


def test_the_past_is_replayed_under_every_policy(taskpar, mined, shop):
    before = everything(shop.place)
    ran = taskpar(
        "backtest", *mined, "--text", "title", "--workers", "3", "--workers", "6", "--json"
    )
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)["data"]
    assert (told["tasks"], told["pairs"], told["text"]) == (60, 570, "title")
    assert told["conflicts"] * 570 == pytest.approx(conflicts_within_batches(mined))
    assert told["unknown"] == 0
    ways = ["never", "trial-merges", "checkpoints", "at-once"]
    assert told["watching"] == ways
    assert [(each["policy"], each["watching"], each["workers"]) for each in told["results"]] == [
        (policy, way, workers)
        for workers in (3, 6)
        for policy, way in (
            ("sequential", None),
            *((policy, way) for way in ways for policy in WATCHED),
            ("perfect forecast", None),
            ("oracle", None),
        )
    ]
    by_policy = {
        (each["policy"], each["workers"]): each
        for each in told["results"]
        if each["watching"] in (None, "never")
    }
    assert by_policy["sequential", 3]["measures"]["speed_up"]["mean"] == 1
    for workers in (3, 6):
        oracle = by_policy["oracle", workers]["makespans"]
        for policy in POLICIES:
            result = by_policy[policy, workers]
            assert all(a >= b for a, b in zip(result["makespans"], oracle, strict=True))
        assert by_policy["all-parallel", workers]["measures"]["redone"]["mean"] > 0
    assert everything(shop.place) == before


def test_a_person_reads_a_table_per_number_of_workers(taskpar, mined):
    ran = taskpar("backtest", *mined, "--tasks", "40", "--seed", "3")
    assert (ran.status, ran.err) == (0, "")
    assert "40 past tasks in 2 batches, told by title+body; durations of seed 3." in ran.out
    for title in ("4 workers", "8 workers", *POLICIES):
        assert title in ran.out
    assert taskpar("backtest", *mined, "--tasks", "40", "--seed", "3") == ran


def test_what_landed_after_the_end_changes_nothing(taskpar, mined, shop, tmp_path):
    options = ["--workers", "4", "--tasks", "20", "--json"]
    until = taskpar("backtest", *mined, *options, "--until", "HEAD~20")
    assert until.status == 0, until.err
    # One more is needed for the last to be mined: a push may go on as long as nothing follows.
    with HistoryStore.open(str(tmp_path / "earlier.sqlite")) as opened:
        mine(shop.place, opened.history("shop", create=True), until="HEAD~19")
    earlier = ["--repo", shop.place, "--store", tmp_path / "earlier.sqlite"]
    assert taskpar("backtest", *earlier, *options) == until
    assert taskpar("backtest", *mined, *options) != until


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--text", "novel"], "--text: 'novel' is unknown. Known: 'title', 'title+body', "),
        (["--tasks", "19"], "19 of 261 tasks: they hold no batch of 20 with 200 tasks before it."),
        (["--until", "HEAD~100"], "they hold no batch"),
        (["--until", "nowhere"], "nowhere"),
        (["--workers", "0"], "greater than or equal to 1"),
        (["--name", "other"], "it holds no history of that name. Known: shop."),
    ],
)
def test_what_cannot_be_replayed_is_said(taskpar, mined, options, message):
    ran = taskpar("backtest", *mined, *options)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert message in ran.err


def test_a_page_and_the_plots_alone_are_written_beside_the_answer(taskpar, mined, tmp_path):
    page, plot = tmp_path / "page.html", tmp_path / "plot.svg"
    options = ["--tasks", "40", "--workers", "4", "--watch", "never", "--watch", "checkpoints"]
    plain = taskpar("backtest", *mined, *options, "--json")
    ran = taskpar("backtest", *mined, *options, "--json", "--html", page, "--plot", plot)
    assert (ran.status, ran.err) == (0, "")
    assert ran == plain
    shown = Page(page.read_text())
    for policy in POLICIES:
        assert policy in shown.within("th")
    assert len(shown.all("svg")) == 1
    assert plot.read_text().startswith("<?xml")
    assert sorted(tmp_path.iterdir()) == [page, plot]
    before = page.read_bytes(), plot.read_bytes()
    ran = taskpar("backtest", *mined, *options, "--html", page, "--plot", plot)
    assert (ran.status, ran.err) == (0, "")
    assert (page.read_bytes(), plot.read_bytes()) == before
    picture = tmp_path / "plot.png"
    assert taskpar("backtest", *mined, *options, "--plot", picture).status == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--html", "{store}"], "is one of the files read. Name another file."),
        (["--html", "{tmp}/no/page.html"], "its directory does not exist. Create it first."),
        (["--html", "{tmp}"], "is there and is no regular file. Name another file."),
        (["--plot", "{tmp}/no/plot.svg"], "its directory does not exist."),
        (["--plot", "{tmp}/plot.pdf"], "has no known ending. Let its name end in .svg or .png."),
        (["--plot", "{tmp}/a.svg", "--html", "{tmp}/./a.svg"], "cannot be both page and plot."),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(taskpar, mined, tmp_path, options, message):
    content = mined[-1].read_bytes()
    asked = [each.format(store=mined[-1], tmp=tmp_path) for each in options]
    ran = taskpar("backtest", *mined, *asked)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert mined[-1].read_bytes() == content
    assert not list(tmp_path.iterdir())


def test_without_a_mined_history_there_is_nothing_to_replay(taskpar, shop, tmp_path):
    ran = taskpar("backtest", "--repo", shop.place, "--store", tmp_path / "none.sqlite")
    assert ran.status == 1
    assert "none.sqlite" in ran.err
    assert not (tmp_path / "none.sqlite").exists()

"""The evaluate command: a tiny model judged on a mined past."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.model_folder import save_model
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import SeeingTrees, TouchModel
from taskpar_ml.footprints.candidates import BLIND_COLUMNS, CANDIDATE_COLUMNS
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.sentence_encoder import MINILM
from tests.estimators.test_model_folder import grown
from tests.support.encoders import needs_extra
from tests.support.grown_shop import everything, grow
from tests.support.histories import History

TELLINGS = ["title", "title+body", "title+body without names", "some seen", "all seen"]
TEXTS = [
    *("learned, unseen", "learned, own history", "fixed weights, Jaccard"),
    *("fixed weights, cosine", "fixed weights, any", "texts alone", "mentioned paths"),
]
FILES = ["shared files, Jaccard", "two shared files", "ConE's rule", "git-feature forest"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return a shop of 301 tasks; those of one topic change the same lines."""
    return grow(tmp_path_factory.mktemp("shop") / "shop.git", rounds=75)


@pytest.fixture(scope="module")
def store(shop: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("mined") / "store.sqlite"
    with HistoryStore.open(str(place)) as opened:
        mine(shop.place, opened.history("shop", create=True))
    return place


def tiny(seed: int = 0) -> LearnedModel:
    ranker = TouchModel("files-1", grown(BLIND_COLUMNS, seed))
    pairs = PairModel("made-1", (grown(("file", "semantic", "meet")),))
    return LearnedModel(ranker, pairs, {"repositories": {"shop": {"tasks": 7}}})


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    save_model(tiny(), folder)
    return folder


@pytest.fixture
def options(store: Path, model: Path) -> list[object]:
    return ["--store", store, "--model", model, "--resamples", "20"]


def test_everybody_is_judged_and_everything_is_written(taskpar, shop, options, tmp_path):
    before = everything(shop.place)
    page, tables = tmp_path / "report.html", tmp_path / "report.md"
    ran = taskpar("evaluate", shop.place, *options, "--html", page, "--markdown", tables, "--json")
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)["data"]
    assert (told["model"], told["resamples"]) == ("made-1", 20)
    (repository,) = told["repositories"]
    assert (repository["name"], repository["tasks"], repository["tested"]) == ("shop", 100, 2)
    assert repository["pairs"] == 2 * 190
    assert 0 < repository["conflicts"] < 100
    assert repository["is_taught"]
    rows = [each for each in told["judged"] if each["repository"] is None]
    assert {each["pairs"] for each in rows} == {"all"}, "one person did everything"
    assert list(dict.fromkeys(each["known"] for each in rows)) == TELLINGS
    for known in TELLINGS:
        models = [each["model"] for each in rows if each["known"] == known]
        assert models == (
            TEXTS if known.startswith("title") else TEXTS[:2] + FILES * (known == "all seen")
        )
    auc = {(each["known"], each["model"]): each["measures"]["AUC"]["value"] for each in rows}
    assert auc["all seen", "git-feature forest"] > 0.9
    assert auc["title", "learned, own history"] > auc["title", "learned, unseen"] + 0.1
    assert {each["ranker"] for each in told["files"]} == {"fixed rule", "learned, unseen"}
    # Where some work is seen, nobody else speaks whom the unseen model could be held against.
    assert page.read_text().count("<svg") == 5 * 5 - 1
    assert "git-feature forest" in page.read_text()
    assert tables.read_text().count("\n## Known: ") == 5
    assert everything(shop.place) == before


def test_what_was_kept_is_taken_and_changes_no_answer(taskpar, shop, options, tmp_path):
    kept = tmp_path / "made" / "rows"
    asked = ["evaluate", f"shop={shop.place}", *options, "--tasks", "60"]
    first = taskpar(*asked, "--keep", kept)
    assert (first.status, first.err) == (0, "")
    assert "Judged: made-1 on 1 repository; 95 % intervals of 20 resamples" in first.out
    assert "they are not unseen: shop." in first.out
    for known in TELLINGS:
        assert f"\nKnown: {known}\n" in first.out
    files = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert set(files) == {"ranker", "shop.npz", "shop.pairs.npz"}
    assert taskpar(*asked, "--keep", kept) == first
    assert {path.name: path.stat().st_mtime_ns for path in kept.iterdir()} == files


def test_the_worst_pairs_are_told_as_many_and_of_what_was_asked_for(
    taskpar, shop, options, tmp_path
):
    tables = tmp_path / "report.md"
    asked = ["evaluate", shop.place, *options, "--tasks", "20", "--keep", tmp_path / "rows"]
    asked += ["--markdown", tables]

    def cases(*more):
        ran = taskpar(*asked, *more, "--json")
        assert (ran.status, ran.err) == (0, "")
        return json.loads(ran.out)["data"]["cases"]

    usual = cases()
    assert {each["known"] for each in usual} == {"title"}
    assert [each["kind"] for each in usual] == ["missed"] * 20 + ["false alarm"] * 20
    assert all(each["conflicted"] for each in usual[:20])
    assert not any(each["conflicted"] for each in usual[20:])
    assert "Cases behind the figures" not in tables.read_text()
    chosen = cases("--worst", "2", "--worst-of", "all seen", "--worst-of", "title")
    assert [each["known"] for each in chosen] == ["all seen"] * 4 + ["title"] * 4
    assert chosen[4:] == [*usual[:2], *usual[20:22]]
    assert cases("--worst", "0") == []
    assert cases("--worst", "1", "--worst-in-markdown") == [usual[0], usual[20]]
    assert tables.read_text().count("ranked lowest") == 1
    refused = taskpar(*asked, "--worst-of", "titles")
    assert (refused.status, refused.out) == (1, "")
    assert "--worst-of: 'titles' is unknown. Known: 'title', 'title+body'," in refused.err


def test_texts_of_a_tracker_have_tables_of_their_own(
    taskpar, shop, store, model, options, tmp_path
):
    told = tmp_path / "told.sqlite"
    shutil.copy(store, told)
    with HistoryStore.open(str(told)) as opened:
        history = opened.history("shop")
        tasks = [each.landing for each in history.landings() if each.landing.is_task][-20:]
        when = history.position_of(tasks[0].base).time - 1
        texts = [TaskText(task.id, f"Ask {task.id}", "", when, "#1") for task in tasks[:8]]
        history.append_texts(texts)
    asked = ["evaluate", shop.place, *options, "--tasks", "20", "--keep", tmp_path / "rows"]
    asked += ["--worst-of", "task text"]
    usual = taskpar(*asked)
    assert (usual.status, usual.err) == (0, "")
    assert "task text" not in usual.out
    assert "Cases behind the figures" not in usual.out
    ran = taskpar(*asked, "--store", told)
    assert (ran.status, ran.err) == (0, "")
    for known in ("task text", "task text or title", "title instead of task text"):
        assert f"\nKnown: {known}\n" in ran.out
    assert "shop, task text: pairs without conflict that were ranked highest" in ran.out
    (repository,) = json.loads(taskpar(*asked, "--store", told, "--json").out)["data"][
        "repositories"
    ]
    assert (repository["texts"], repository["text_pairs"]) == (8, 28)


def test_rows_of_other_tasks_or_of_another_model_are_not_taken(
    taskpar, shop, options, store, tmp_path
):
    kept = tmp_path / "rows"
    asked = ["evaluate", shop.place, *options, "--json"]
    assert taskpar(*asked, "--tasks", "40", "--keep", kept).status == 0
    fewer = taskpar(*asked, "--tasks", "20", "--keep", kept)
    assert (fewer.status, fewer.err) == (0, "")
    assert fewer == taskpar(*asked, "--tasks", "20")
    other = tmp_path / "other"
    save_model(tiny(seed=1), other)
    refused = taskpar("evaluate", shop.place, "--store", store, "--model", other, "--keep", kept)
    assert refused.status == 1
    assert "rows: keeps rows that were gathered for another model. Name another" in refused.err
    judge = replace(tiny(), pairs=PairModel("made-2", (grown(("file",)),)))
    save_model(judge, other)  # Rows depend on who ranks files, not on who judges pairs.
    taken = taskpar(
        *("evaluate", shop.place, "--store", store, "--model", other, "--keep", kept),
        *("--tasks", "20", "--json"),
    )
    assert taken.status == 0, taken.err


@needs_extra
def test_a_model_that_asks_for_meanings_is_told_them_where_the_extra_is_installed(
    taskpar, shop, store, tmp_path, monkeypatch
):
    model = tiny()
    folder = tmp_path / "model"
    seeing = SeeingTrees(grown(tuple(CANDIDATE_COLUMNS)), MINILM)
    save_model(replace(model, ranker=replace(model.ranker, seeing=seeing)), folder)
    asked = ("evaluate", shop.place, "--store", store, "--model", folder, "--tasks", "20")
    kept = ("--keep", tmp_path / "rows")
    blind = taskpar(*asked, *kept)
    assert blind.status == 0, blind.err
    assert f"with {MINILM}" not in blind.out
    monkeypatch.setenv("TASKPAR_SEMANTIC", "on")
    refused = taskpar(*asked, *kept)
    assert refused.status == 1
    assert "keeps rows that were gathered for another model" in refused.err
    seeing = json.loads(taskpar(*asked, "--json").out)["data"]
    assert (seeing["model"], seeing["encoder"]) == ("made-1", MINILM)


def test_rows_of_pairs_of_which_something_else_is_known_by_now_are_gathered_anew(
    taskpar, shop, options, tmp_path
):
    asked = ["evaluate", shop.place, *options, "--tasks", "20", "--json", "--keep", tmp_path]
    first = taskpar(*asked)
    for name, changed in (("shop.npz", "textual"), ("shop.pairs.npz", "values")):
        with np.load(tmp_path / name) as kept:
            arrays = dict(kept)
        np.savez(tmp_path / name, **{**arrays, changed: np.ones_like(arrays[changed])})
    assert taskpar(*asked) == first


def test_a_forest_that_saw_nothing_expects_nothing(taskpar, shop, options):
    ran = taskpar("evaluate", shop.place, *options, "--tasks", "20", "--json")
    told = json.loads(ran.out)["data"]
    (forest,) = (
        each
        for each in told["judged"]
        if each["model"] == "git-feature forest" and each["repository"] is None
    )
    assert forest["measures"]["AUC"]["value"] == 0.5
    rate = told["repositories"][0]["conflicts"] / told["repositories"][0]["pairs"]
    assert forest["measures"]["Brier"]["value"] == pytest.approx(rate)


def test_a_repository_and_its_copy_have_the_mean_of_one(
    taskpar, shop, store, model, options, tmp_path
):
    shutil.copytree(shop.place, tmp_path / "copy.git")
    named = [f"acme/shop={shop.place}", f"acme/copy={tmp_path / 'copy.git'}"]
    both = tmp_path / "both.sqlite"
    exported = taskpar("store", "export", tmp_path / "out", "--name", "shop", "--store", store)
    assert exported.status == 0, exported.err
    for name in ("acme/shop", "acme/copy"):
        imported = taskpar("store", "import", tmp_path / "out", "--name", name, "--store", both)
        assert imported.status == 0, imported.err
    asked = ["--tasks", "20", "--keep", tmp_path / "rows", "--json"]
    ran = taskpar("evaluate", *named, *options, "--store", both, *asked)
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)["data"]
    assert [each["name"] for each in told["repositories"]] == ["acme/shop", "acme/copy"]
    assert {each["repository"] for each in told["judged"]} == {None, "acme/shop", "acme/copy"}
    names = {path.name for path in (tmp_path / "rows").glob("*.npz")}
    assert names == {
        f"acme+{name}.{ending}" for name in ("shop", "copy") for ending in ("npz", "pairs.npz")
    }
    one = json.loads(taskpar("evaluate", shop.place, *options, "--tasks", "20", "--json").out)[
        "data"
    ]
    for row in one["judged"]:
        if row["repository"] is None:
            (mean,) = (
                each
                for each in told["judged"]
                if all(each[key] == row[key] for key in ("known", "pairs", "repository", "model"))
            )
            for name in ("AUC", "AP"):
                expected = row["measures"][name]["value"]
                assert mean["measures"][name]["value"] == pytest.approx(expected)


def test_tasks_that_were_never_mined_judge_nobody(taskpar, shop, store, model, tmp_path):
    with (
        HistoryStore.open(str(store)) as opened,
        HistoryStore.open(str(tmp_path / "read.sqlite")) as read,
    ):
        landings = list(opened.history("shop").landings())
        read.history("shop", create=True).append_landings(landings)
    ran = taskpar("evaluate", shop.place, "--store", tmp_path / "read.sqlite", "--model", model)
    assert ran.status == 1
    assert "100 of 100 tasks were never replayed" in ran.err
    assert "Run `taskpar mine` first." in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{shop}", "{shop}"], "shop: is named twice: its pairs would count twice. Give each"),
        (["nothing={shop}"], "it holds no history of that name. Known: shop."),
        (["={shop}"], "must be PATH or NAME=PATH. Give both sides."),
        (["{shop}", "--tasks", "10"], "10 of 301 tasks: they hold no batch of 20"),
        (["{shop}", "--model", "{shop}"], "model.json: cannot be read"),
        (["{shop}", "--html", "{store}"], "is one of the files read. Name another file."),
        (["{shop}", "--markdown", "{model}/model.json"], "is one of the files read."),
        (["{shop}", "--html", "{tmp}/no/page.html"], "its directory does not exist."),
        (["{shop}", "--html", "{tmp}"], "is there and is no regular file."),
        (["{shop}", "--html", "{tmp}/a", "--markdown", "{tmp}/./a"], "cannot be both page and"),
        (["{shop}", "--keep", "{store}"], "store.sqlite: File exists."),
        (["{tmp}"], "no git repository"),
        (["{shop}", "--resamples", "0"], "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_judged_is_said(
    taskpar, shop, store, model, options, tmp_path, words, message
):
    places = {"shop": shop.place, "store": store, "model": model, "tmp": tmp_path}
    content = store.read_bytes()
    asked = [word.format(**places) for word in words]
    ran = taskpar("evaluate", *options, *asked)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert store.read_bytes() == content
    assert not list(tmp_path.iterdir())


def test_one_repository_under_two_names_is_named_twice(taskpar, shop, options, store):
    with HistoryStore.open(str(store)) as opened:
        opened.history("again", create=True)
    ran = taskpar("evaluate", shop.place, f"again={shop.place}", *options)
    assert ran.status == 1
    assert f"{shop.place}: is named twice: its pairs would count twice. Name it once." in ran.err


def test_a_past_without_conflicts_judges_nobody(taskpar, model, tmp_path):
    quiet = History(tmp_path / "quiet.git")
    for number in range(221):
        quiet.commit(f"Write page {number}", {f"pages/{number}.txt": f"{number}\n"})
    with HistoryStore.open(str(tmp_path / "store.sqlite")) as opened:
        mine(quiet.place, opened.history("quiet", create=True))
    asked = ["--store", tmp_path / "store.sqlite", "--model", model, "--keep", tmp_path / "rows"]
    ran = taskpar("evaluate", quiet.place, *asked)
    assert ran.status == 1
    assert "quiet: no pair of the tested batches, the newest of all, is known to" in ran.err
    assert not (tmp_path / "rows").exists(), "it is said before anything is gathered"


def test_without_a_mined_history_there_is_nothing_to_judge_by(taskpar, shop, model):
    ran = taskpar("evaluate", shop.place, "--model", model)
    assert ran.status == 1
    assert "there is no store yet. `taskpar mine`" in ran.err

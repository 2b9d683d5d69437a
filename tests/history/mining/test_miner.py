"""Mining: every pair once, wherever a run ends, and nothing that came later."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from taskpar_ml.domain.mined import FileVerdict
from taskpar_ml.errors import MiningError, StoreError
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import MiningRecipe
from tests.history.mining.conftest import SMALL
from tests.support.grown_shop import everything
from tests.support.histories import ADA, HOUR, History
from tests.support.mined import content, grow_crowded


class Stop(Exception):
    """Ends a run from within."""


def stop_after(tasks):
    """Return a report of progress that ends the run when some more tasks are replayed."""
    seen = []

    def report(progress):
        seen.append(progress)
        if len(seen) > tasks:
            raise Stop

    return report


def test_every_task_meets_every_earlier_one_of_its_window(crowded, whole):
    tasks = [each.id for each in landings_until(crowded.place, "HEAD").tasks]
    paired = tasks[SMALL.memory_only :]
    expected = [
        (earlier, later)
        for at, later in enumerate(paired)
        for earlier in paired[max(at - SMALL.window, 0) : at]
    ]
    assert [(each.earlier, each.later) for each in whole.pairs()] == expected
    assert whole.mined() == set(paired)


def test_tasks_for_memory_only_are_in_no_pair(crowded, whole):
    first = {each.id for each in landings_until(crowded.place, "HEAD").tasks[: SMALL.memory_only]}
    assert first.isdisjoint({side for pair in whole.pairs() for side in (pair.earlier, pair.later)})


def test_the_crowd_collides(whole):
    verdicts = {each.verdict for pair in whole.pairs() for each in pair.files}
    assert verdicts == {FileVerdict.CLEAN, FileVerdict.CONFLICT}
    assert any(pair.concurrent for pair in whole.pairs()) is False


def test_landings_are_stored_as_they_are(crowded, whole):
    stored = [placed.landing for placed in whole.landings()]
    read = landings_until(crowded.place, "HEAD").landings
    assert stored == list(read[: len(stored)])
    assert len(read) - len(stored) <= 1


def test_nothing_in_the_repository_changes(crowded, mined):
    before = everything(crowded.place)
    mined(crowded.place)
    assert everything(crowded.place) == before


def test_mining_again_adds_nothing(crowded, mined, store):
    once = content(mined(crowded.place))
    report = mine(crowded.place, store.history("shop"), recipe=SMALL)
    assert (report.landings, report.tasks, report.pairs) == (0, 0, 0)
    assert content(store.history("shop")) == once


def test_two_processes_find_what_one_finds(crowded, mined, whole):
    assert content(mined(crowded.place, workers=2)) == content(whole)


@pytest.mark.parametrize("step", [1, 7, 40])
def test_step_by_step_comes_to_the_same(crowded, mined, whole, step):
    commits = crowded.repository
    line = []
    at = commits.head.target
    while at is not None:
        line.append(str(at))
        parents = commits[at].parent_ids
        at = parents[0] if parents else None
    line.reverse()
    for end in [*range(40, len(line), step), len(line) - 1]:
        history = mined(crowded.place, until=line[end])
    assert content(history) == content(whole)


@pytest.mark.parametrize("stretches", [1, 2])
def test_an_interrupted_run_is_gone_on_with(crowded, mined, whole, store, stretches, monkeypatch):
    monkeypatch.setattr("taskpar_ml.history.replay.miner.STRETCH", 30)
    with pytest.raises(Stop):
        mined(crowded.place, report_progress=stop_after(30 * stretches))
    part = len(store.history("shop").mined())
    assert part == 30 * stretches
    report = mine(crowded.place, store.history("shop"), recipe=SMALL)
    assert report.tasks == len(whole.mined()) - part
    assert content(store.history("shop")) == content(whole)


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_moves_with_every_task(crowded, mined, whole, workers):
    seen = []
    mined(crowded.place, workers=workers, report_progress=seen.append)
    assert len(seen) == len(whole.mined()) + 1
    assert {each.total for each in seen} == {130}
    done = [each.done for each in seen]
    assert done == sorted(set(done[:-1])) + done[-1:]
    assert done[0] > 0
    assert done[-1] == 130
    assert [each.pairs for each in seen] == sorted(each.pairs for each in seen)
    assert seen[-1].pairs == len(list(whole.pairs()))


def test_progress_of_a_run_without_anything_new_is_its_end(crowded, mined):
    mined(crowded.place)
    seen = []
    mined(crowded.place, report_progress=seen.append)
    assert [(each.done - each.total, each.pairs) for each in seen] == [(0, 0)]


def test_a_finding_depends_on_nothing_later(crowded, mined, whole):
    half = landings_until(crowded.place, "HEAD").landings[80]
    history = mined(crowded.place, until=half.id)
    known = list(history.pairs())
    assert known
    assert known == list(whole.pairs())[: len(known)]


def test_a_cut_clone_is_mined_from_there_and_deepened_later(crowded, mined, whole, store, tmp_path):
    clone = tmp_path / "clone.git"
    git = ["git", "-c", "protocol.file.allow=always"]
    source = crowded.place.as_uri()
    subprocess.run([*git, "clone", "-q", "--bare", "--depth", "60", source, clone], check=True)
    part = mine(clone, store.history("shop", create=True), recipe=SMALL)
    assert part.is_cut
    assert part.notices
    assert 0 < part.tasks < len(whole.mined())
    subprocess.run([*git, "-C", clone, "fetch", "-q", "--unshallow"], check=True)
    deepened = mine(clone, store.history("shop"), recipe=SMALL)
    assert not deepened.is_cut
    assert content(store.history("shop")) == content(whole)


def test_deepening_that_was_interrupted_is_gone_on_with(
    crowded, whole, store, tmp_path, monkeypatch
):
    clone = tmp_path / "clone.git"
    git = ["git", "-c", "protocol.file.allow=always"]
    source = crowded.place.as_uri()
    subprocess.run([*git, "clone", "-q", "--bare", "--depth", "60", source, clone], check=True)
    history = store.history("shop", create=True)
    mine(clone, history, recipe=SMALL)
    subprocess.run([*git, "-C", clone, "fetch", "-q", "--unshallow"], check=True)
    monkeypatch.setattr("taskpar_ml.history.replay.miner.STRETCH", 20)
    with pytest.raises(Stop):
        mine(clone, history, recipe=SMALL, report_progress=stop_after(20))
    mine(clone, history, recipe=SMALL)
    assert content(history) == content(whole)


def test_what_was_rewritten_away_is_left_out_and_comes_back(tmp_path, mined, store):
    grown = grow_crowded(tmp_path / "shop.git", landings=60)
    fork = landings_until(grown.place, "HEAD").landings[40].id
    before = content(mined(grown.place))
    old = grown.head
    grown.repository.references.create("refs/heads/main", fork, force=True)
    for number in range(5):
        grown.commit(f"Other {number} (#9{number})", {"src/f0.py": f"other {number}\n"})
    report = mine(grown.place, store.history("shop"), recipe=SMALL)
    assert report.abandoned
    on_line = {each.id for each in landings_until(grown.place, "HEAD").landings}
    stored = {placed.landing.id for placed in store.history("shop").landings()}
    assert stored <= on_line
    with_other = mined(grown.place, name="anew")
    assert content(store.history("shop")) == content(with_other)
    assert content(mined(grown.place, until=old)) == before


def test_another_repository_is_refused(crowded, mined, tmp_path):
    mined(crowded.place)
    other = grow_crowded(tmp_path / "other.git", landings=30, files=5)
    with pytest.raises(MiningError, match=r"none of the \d+ landings.*--name"):
        mined(other.place)


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (MiningRecipe(window=6, memory_only=10), "window 5; now it would be window 6"),
        (MiningRecipe(window=5, memory_only=9), "memory only 10; now it would be memory only 9"),
    ],
)
def test_other_rules_are_refused_until_it_is_mined_anew(crowded, mined, store, recipe, said):
    history = mined(crowded.place)
    with pytest.raises(MiningError, match=said):
        mined(crowded.place, recipe=recipe)
    history.forget_mined()
    mined(crowded.place, recipe=recipe)
    fresh = store.history("fresh", create=True)
    mine(crowded.place, fresh, recipe=recipe)
    assert content(history) == content(fresh)


def test_a_push_that_may_grow_waits(tmp_path, store):
    grown = History(tmp_path / "pushes.git")
    grown.commit("Start (#1)", {"a": "1\n"})
    grown.commit("Review (#2)", {"a": "2\n"})
    first = grown.commit("Push one", {"b": "1\n"}, author=ADA)
    history = store.history("pushes", create=True)
    report = mine(grown.place, history, recipe=SMALL)
    assert report.postponed
    assert first not in history.placed_ids()
    second = grown.commit("Push two", {"b": "2\n"}, author=ADA, after=HOUR)
    grown.commit("Review (#3)", {"a": "3\n"})
    report = mine(grown.place, history, recipe=SMALL)
    assert not report.postponed
    commits = [placed.landing.commits for placed in history.landings()]
    assert (first, second) in commits


def test_numbers_grow_by_one_from_commit_to_commit(tmp_path, store):
    grown = History(tmp_path / "pushes.git")
    names = [grown.commit(f"Review (#{at})", {"a": f"{at}\n"}) for at in range(1, 6)]
    history = store.history("pushes", create=True)
    mine(grown.place, history, recipe=SMALL, until=names[2])
    mine(grown.place, history, recipe=SMALL)
    numbers = history.placed_ids()
    assert [numbers[name] - numbers[names[0]] for name in names] == [0, 1, 2, 3, 4]


def test_an_empty_window_needs_no_pair(tmp_path, store):
    grown = History(tmp_path / "one.git")
    grown.commit("Start (#1)", {"a": "1\n"})
    grown.commit("Only (#2)", {"a": "2\n"})
    history = store.history("one", create=True)
    report = mine(grown.place, history, recipe=MiningRecipe(window=5, memory_only=0))
    # The root has no base to take it back to.
    assert (report.landings, report.tasks, report.pairs) == (2, 1, 0)
    assert list(history.pairs()) == []


def test_memory_is_that_of_a_window(tmp_path, store, monkeypatch):
    """A stretch never holds more landings than its tasks and their windows need."""
    grown = grow_crowded(tmp_path / "long.git", landings=120)
    monkeypatch.setattr("taskpar_ml.history.replay.miner.STRETCH", 10)
    sizes = []
    from taskpar_ml.history.replay import miner

    whole = miner.replay_stretches

    def counted(repo, place, stretches, **options):
        def each():
            for stretch in stretches:
                sizes.append(len(stretch.works))
                yield stretch

        return whole(repo, place, each(), **options)

    monkeypatch.setattr(miner, "replay_stretches", counted)
    mine(grown.place, store.history("long", create=True), recipe=SMALL)
    assert len(sizes) > 5
    # The first stretch holds what serves as memory only besides.
    assert max(sizes[1:]) <= 10 + SMALL.window + 5


def test_a_store_that_cannot_be_written_says_so(crowded, tmp_path):
    from taskpar_ml.history.store.history_store import HistoryStore

    with pytest.raises(StoreError):
        HistoryStore.open(str(tmp_path / "missing" / "\0.sqlite"))
    assert not Path(tmp_path / "missing").exists()

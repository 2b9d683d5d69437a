"""The shadow command: a repository that grows over three passes."""

from __future__ import annotations

import json
import signal
import time

from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.grown_shop import MESSAGES, TOPICS, body, everything, grow
from tests.support.processes import start_python


def records(store):
    with HistoryStore.open(str(store)) as opened, opened.history("shop").at_one_moment() as reader:
        return list(reader.predictions())


def test_a_repository_is_followed_over_three_passes(taskpar, tmp_path):
    history = grow(tmp_path / "shop.git", rounds=55)
    store = tmp_path / "store.sqlite"
    tasks = tmp_path / "tasks.yaml"
    tasks.write_text(
        "tasks:\n  - {id: T-1, title: Round taxes}\n  - {id: T-2, title: Show the tax rate}\n"
    )

    def follow(*more):
        before = everything(history.place)
        ran = taskpar("shadow", *more, "--repo", history.place, "--store", store, "--json")
        assert (ran.status, ran.err) == (0, "")
        assert everything(history.place) == before
        return json.loads(ran.out)["data"]

    def land(rounds):
        for number in rounds:
            for topic, paths in TOPICS.items():
                word = {"billing": f"T-{number - 55}: "}.get(topic, "\x1b[31m ")
                change = {path: body(topic, path, number) for path in paths}
                history.commit(f"{word}{MESSAGES[topic][0]} ({number})", change)

    first = follow(tasks)
    assert (first["batches"], first["beforehand"]["landed"], first["recorded"]) == (None, 0, 1)
    land(range(56, 62))
    second = follow(tasks)
    assert (second["batches"]["sets"], second["batches"]["pairs"]) == (1, 190)
    assert second["beforehand"]["tally"]["conflicts"] == 1
    kept = records(store)
    again = follow(tasks)
    assert (again["recorded"], again["mined"]) == (0, 0)
    assert again["batches"] == second["batches"]
    land(range(62, 67))
    assert follow(tasks)["batches"]["sets"] == 2
    follow("--threshold", "0.5")
    assert [each for each in records(store) if each in kept] == kept
    shown = taskpar("shadow", "--repo", history.place, "--store", store)
    assert "\x1b" not in shown.out
    assert "would have kept apart" in " ".join(shown.out.split())


def said(store):
    return [(each.key, each.pairs) for each in records(store)]


def test_nothing_of_a_batch_but_its_texts_counts_nor_what_lands_later(taskpar, tmp_path):
    told = []
    for name, change in (("one", lambda path: path), ("other", lambda path: f"elsewhere/{path}")):
        (tmp_path / name).mkdir()
        history = grow(tmp_path / name / "shop.git", rounds=50)
        for number in range(51, 58 if name == "one" else 64):
            for topic, paths in TOPICS.items():
                files = {change(path): body(topic, path, number) for path in paths}
                history.commit(f"{MESSAGES[topic][0]} ({number})", files)
        store = tmp_path / name / "store.sqlite"
        since = f"HEAD~{28 if name == 'one' else 52}"
        ran = taskpar("shadow", "--repo", history.place, "--store", store, "--since", since)
        assert ran.status == 0, ran.err
        told.append(records(store)[0])
    assert told[0].base == told[1].base
    assert told[0].pairs == told[1].pairs


def test_a_killed_pass_is_gone_on_with_and_who_is_asked_to_end_does(taskpar, tmp_path):
    history = grow(tmp_path / "shop.git", rounds=65)
    options = ["shadow", "--repo", history.place, "--since", "HEAD~60", "--store"]
    assert taskpar(*options, tmp_path / "whole.sqlite").status == 0
    script = "import sys; from taskpar_ml.cli import main; sys.argv[0] = 'taskpar'; main()"
    place = tmp_path / "killed.sqlite"
    process = start_python(script, *options, place)
    time.sleep(5)
    process.kill()
    process.communicate()
    following = start_python(script, *options, place, "--every", "100")
    assert following.stdout.readline().startswith("shop: ")
    following.send_signal(signal.SIGTERM)
    assert following.communicate(timeout=60)[1].startswith("Stopped; ")
    assert following.returncode == 0
    assert said(place) == said(tmp_path / "whole.sqlite")

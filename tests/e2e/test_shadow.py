"""The shadow command: a repository that grows over three passes."""

from __future__ import annotations

import json

from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.grown_shop import MESSAGES, TOPICS, body, everything, grow


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

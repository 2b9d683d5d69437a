"""The store from the command line."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.pasts import contents, past


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "history.sqlite"
    with HistoryStore.open(str(place)) as store:
        past(1).append_to(store.history("shop", create=True))
    return place


def answer(ran):
    assert (ran.status, ran.err) == (0, "")
    return json.loads(ran.out)["data"]


def test_histories_are_listed(taskpar, path):
    (shop,) = answer(taskpar("store", "list", "--store", path, "--json"))
    told = past(1)
    assert shop.pop("written_at").endswith("+00:00")
    tasks = len(told.mined)
    newest = told.landings[-1].landing.id
    assert shop == {
        "name": "shop",
        "landings": 12,
        "tasks": tasks,
        "mined": tasks,
        "newest": newest,
    }
    shown = taskpar("store", "list", "--store", f"sqlite:///{path}").out
    assert newest[:12] in shown
    assert "shop" in shown


def test_a_history_goes_out_and_into_another_store(taskpar, path, tmp_path):
    place, other = tmp_path / "export", tmp_path / "other.sqlite"
    told = answer(taskpar("store", "export", place, "--store", path, "--json"))
    assert told == {"history": "shop", "directory": str(place)}
    told = answer(taskpar("store", "import", place, "--store", other, "--json"))
    assert told == {"history": "shop", "directory": str(place)}
    ran = taskpar("store", "import", place, "--store", other, "--name", "again")
    assert (ran.status, ran.out, ran.err) == (0, "", f"{place}: added to again\n")
    with HistoryStore.open(str(path)) as one, HistoryStore.open(str(other)) as two:
        for name in ("shop", "again"):
            assert contents(two.history(name)) == contents(one.history("shop"))
    ran = taskpar("store", "export", place, "--store", other)
    assert ran.status == 1
    assert "it holds 2 histories. Name one with --name: again, shop." in ran.err
    ran = taskpar("store", "export", place, "--store", other, "--name", "shop")
    assert (ran.status, ran.err) == (0, f"{place}: shop written\n")


def test_without_a_name_the_store_is_in_the_state_of_the_repository(taskpar, shop, tmp_path):
    state = tmp_path / "state"
    ran = taskpar("store", "list", "--repo", shop, "--state", state)
    assert ran.status == 1
    assert f"{state}/history.sqlite: there is no store yet." in ran.err
    told = answer(taskpar("store", "upgrade", "--repo", shop, "--state", state, "--json"))
    assert told == {"store": str(state / "history.sqlite"), "changed": True}
    ran = taskpar("store", "upgrade", "--repo", shop, "--state", state)
    assert ran.err == f"{state}/history.sqlite: is up to date\n"
    ran = taskpar("store", "list", "--repo", shop, "--state", state)
    assert ran.out.strip() == "The store holds no history yet."
    ran = taskpar("store", "export", tmp_path / "x", "--repo", shop, "--state", state)
    assert "it holds 0 histories. Mine one first." in ran.err


def test_the_variable_names_a_store_and_no_password_is_shown(taskpar, path, monkeypatch):
    monkeypatch.setenv("TASKPAR_STORE", str(path))
    assert len(answer(taskpar("store", "list", "--json"))) == 1
    monkeypatch.setenv("TASKPAR_STORE", "postgresql://ada:s3cret@127.0.0.1:1/tasks")
    for command in (["list"], ["upgrade"], ["export", "x"]):
        ran = taskpar("store", *command)
        assert ran.status == 1
        assert "s3cret" not in ran.out + ran.err
    monkeypatch.setenv("TASKPAR_STORE", "")
    assert taskpar("store", "list", "--store", "").status == 1


@pytest.mark.parametrize("options", [[], ["--name", "mine"]])
def test_a_directory_without_an_export_makes_no_store(taskpar, tmp_path, options):
    ran = taskpar("store", "import", tmp_path, "--store", tmp_path / "new.sqlite", *options)
    assert ran.status == 1
    assert "landings.parquet: is missing" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_is_damaged_in_the_middle_leaves_nothing_behind(taskpar, path, tmp_path):
    export, other = tmp_path / "export", tmp_path / "other.sqlite"
    answer(taskpar("store", "export", export, "--store", path, "--json"))
    damaged = export / "outcomes.parquet"
    schema = pq.read_schema(damaged)
    rows = [{**row, "report": b"{}"} for row in pq.read_table(damaged).to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), damaged)
    for store in (other, path):
        ran = taskpar("store", "import", export, "--store", store, "--name", "copy")
        assert ran.status == 1
        assert "outcomes.parquet: is damaged" in ran.err
    assert not other.exists()
    assert [
        each["name"] for each in answer(taskpar("store", "list", "--store", path, "--json"))
    ] == ["shop"]

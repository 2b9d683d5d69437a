"""The footprint command: what tasks will touch, as a table, as JSON and in files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pygit2
import pytest

from taskpar_ml.cli.footprint import Kind
from taskpar_ml.domain.footprint import Surface
from tests.conftest import Ran
from tests.support.histories import History
from tests.support.synthetic import commit

COLUMNS = ["task", "kind", "item", "probability", "evidence"]
TAX, INVOICE = "src/billing/tax.py", "src/billing/invoice.py"
Rows = list[dict[str, Any]]
Ask = Callable[..., Ran]


@pytest.fixture
def ask(taskpar: Ask, grown: History, wishes: Path) -> Ask:
    """Ask for the footprints of the wishes."""

    def run(*options: object) -> Ran:
        return taskpar("footprint", wishes, "--repo", grown.place, *options)

    return run


@pytest.fixture
def rows(ask: Ask) -> Callable[..., Rows]:
    """Return what is printed as JSON."""

    def run(*options: object) -> Rows:
        ran = ask("--json", *options)
        assert ran.status == 0, ran.err
        answer = json.loads(ran.out)
        assert answer["schema_version"] == 1
        return answer["data"]

    return run


def files_of(rows: Rows, task: str) -> dict[str, float]:
    return {
        row["item"]: row["probability"]
        for row in rows
        if (row["task"], row["kind"]) == (task, "file")
    }


def test_texts_that_name_no_file_find_the_files_that_they_are_about(rows):
    found = rows()
    for task, expected in (
        ("tax", {TAX, INVOICE}),
        ("login", {"src/auth/login.py", "src/auth/session.py"}),
        ("rank", {"src/search/ranking.py", "src/search/index.py"}),
    ):
        files = files_of(found, task)
        assert expected <= set(list(files)[:3])
        assert files.pop(next(iter(files))) > 0.7
    assert next(iter(files_of(found, "named"))) == "src/search/ranking.py"


def test_every_row_says_what_it_rests_on(rows):
    found = {(row["task"], row["item"]): row for row in rows()}
    assert list(found["tax", TAX]) == COLUMNS
    assert found["tax", TAX]["evidence"] == ["retrieval", "co-change"]
    named = found["named", "src/search/ranking.py"]
    assert named["evidence"] == ["mention", "retrieval", "co-change"]
    endpoint = found["export", "/api/exports"]
    assert (endpoint["kind"], endpoint["evidence"]) == ("endpoint", ["mention"])
    assert endpoint["probability"] == pytest.approx(0.75)


def test_the_files_of_a_task_that_declares_them_are_those(rows):
    own = [row for row in rows() if row["task"] == "guide"]
    assert own == [
        {
            "task": "guide",
            "kind": "file",
            "item": "docs/guide.md",
            "probability": 1,
            "evidence": ["declared"],
        }
    ]


def test_of_a_task_that_says_nothing_nothing_is_known(rows, ask):
    assert files_of(rows(), "vague") == {}
    assert "Nothing says what it will touch." in ask("--task", "vague").out
    assert rows("--task", "vague") == []


def test_rows_of_a_task_stand_together_the_likeliest_first(rows):
    found = rows()
    tasks = [task for task, _ in groupby(found, key=lambda row: row["task"])]
    assert tasks == sorted({row["task"] for row in found})
    for task in tasks:
        own = [row["probability"] for row in found if row["task"] == task]
        assert own == sorted(own, reverse=True)
        assert all(0 < probability <= 1 for probability in own)


def test_a_task_gets_the_same_answer_alone_as_among_others(rows):
    whole = rows()
    assert rows("--task", "tax") == [row for row in whole if row["task"] == "tax"]
    both = rows("--task", "tax", "--task", "login")
    assert both == [row for row in whole if row["task"] in ("login", "tax")]


def rows_of(path: Path) -> Rows:
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    with path.open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    return [
        {
            **row,
            "probability": float(row["probability"]),
            "evidence": json.loads(row["evidence"]),
        }
        for row in read
    ]


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_files_hold_all_rows_with_exactly_these_columns(ask, rows, tmp_path, ending):
    out = tmp_path / f"footprints.{ending}"
    ran = ask("--out", out, "--top", "1")
    expected = rows()
    assert (ran.status, f"{len(expected)} rows written to" in ran.err + ran.out) == (0, True)
    written = rows_of(out)
    assert {tuple(row) for row in written} == {tuple(COLUMNS)}
    assert written == expected


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_a_file_about_nothing_keeps_its_columns(ask, tmp_path, ending):
    out = tmp_path / f"none.{ending}"
    assert ask("--out", out, "--task", "vague").status == 0
    assert rows_of(out) == []
    if ending == "parquet":
        assert pyarrow.parquet.read_schema(out).names == COLUMNS
    if ending == "csv":
        assert out.read_text().strip().replace('"', "") == ",".join(COLUMNS)


def test_a_person_reads_the_likeliest_items_and_how_many_more_there_are(ask, rows):
    shown = ask("--task", "tax", "--top", "1").out
    likely = [row["item"] for row in rows("--task", "tax") if row["probability"] >= 0.02]
    first, *others = likely
    assert "tax: Round the taxes of an invoice to whole cents" in shown
    assert first in shown
    assert any(said in shown for said in ("lines ", "path: ", "similar task: "))
    assert f"and {len(others)} more" in shown
    assert not any(other in shown for other in others)
    assert others[0] in ask("--task", "tax", "--top", "2").out


def test_unlikely_items_are_not_shown(ask, rows):
    shown = ask("--task", "login", "--top", "50").out
    files = files_of(rows("--task", "login"), "login")
    faint = {path for path, probability in files.items() if probability < 0.02}
    assert faint
    assert {path for path in files if path in shown} == files.keys() - faint
    assert "more" not in shown


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--task", "nobody"], "error: nobody: there is no such task. Open tasks: "),
        (["--task", "old"], "error: old: the task is done. "),
        (["--top", "0"], "--top"),
        (["--out", "a.xlsx"], "unknown ending '.xlsx'"),
        (["--at", "nowhere"], "'nowhere' does not exist"),
    ],
)
def test_what_makes_no_sense_is_refused(ask, options, expected):
    ran = ask(*options)
    assert (ran.status, ran.out) == (1, "")
    assert expected in ran.err


def test_what_was_read_is_never_written_over(taskpar, grown, tmp_path):
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text('{"id": "a", "title": "Round taxes"}\n', encoding="utf-8")
    seen = tmp_path / "seen.jsonl"
    seen.write_text('{"a": ["README.md"]}', encoding="utf-8")
    for path in (tasks, seen):
        before = path.read_bytes()
        arguments = [tasks, "--repo", grown.place, "--observed", seen, "--out", path]
        ran = taskpar("footprint", *arguments)
        assert ran.status == 1
        assert "is one of the files read" in ran.err
        assert path.read_bytes() == before


def test_a_pattern_that_names_no_file_yet_stays_an_item(taskpar, grown, tmp_path):
    tasks = tmp_path / "tasks.yaml"
    tasks.write_text(
        "- {id: a, title: Add refunds, modifies: ['src/refunds/*', 'src/search/*.py']}\n",
        encoding="utf-8",
    )
    ran = taskpar("footprint", tasks, "--repo", grown.place, "--kind", "file", "--json")
    items = {row["item"] for row in json.loads(ran.out)["data"]}
    assert items == {"src/refunds/*", "src/search/index.py", "src/search/ranking.py"}


def test_what_a_running_task_changed_is_certain_and_the_rest_stays(rows, tmp_path):
    usual = files_of(rows(), "tax")
    seen = tmp_path / "seen.json"
    seen.write_text(json.dumps({"tax": ["README.md", "src/billing/rounding.py"]}))
    told = rows("--observed", seen)
    files = files_of(told, "tax")
    assert (files.pop("README.md"), files.pop("src/billing/rounding.py")) == (1, 1)
    usual.pop("README.md", None)
    assert files == usual
    (new,) = [row for row in told if row["item"] == "src/billing/rounding.py"]
    assert new["evidence"] == ["observed"]
    assert files_of(told, "login") == files_of(rows(), "login")


def test_of_a_finished_task_only_its_files_count(rows, tmp_path):
    seen = tmp_path / "seen.json"
    final = {"tax": {"paths": ["README.md"], "final": True}}
    final |= {"guide": {"paths": ["src/auth/login.py"], "final": True}}
    seen.write_text(json.dumps(final))
    told = rows("--observed", seen)
    assert files_of(told, "tax") == {"README.md": 1}
    assert files_of(told, "guide") == {"src/auth/login.py": 1}  # whatever it declared
    assert len(files_of(told, "login")) > 5


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"nobody": ["a"]}', "nobody: there is no such task"),
        ('{"tax": "a.py"}', "tax"),
        ('{"tax": ["../a"]}', "tax"),
        ("[1]", "seen.json"),
        ("{", "seen.json"),
    ],
)
def test_observed_work_of_another_form_is_refused_with_its_place(ask, tmp_path, content, expected):
    seen = tmp_path / "seen.json"
    seen.write_text(content)
    ran = ask("--observed", seen)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {seen}")
    assert expected in ran.err


def test_an_earlier_commit_knows_less(rows, grown):
    at = str(grown.repository.revparse_single("HEAD~24").id)
    early = files_of(rows("--at", at, "--task", "tax"), "tax")
    assert set(list(early)[:2]) == {TAX, INVOICE}
    assert early != files_of(rows("--task", "tax"), "tax")


def test_notices_are_told_and_control_characters_of_names_are_not_printed(
    taskpar, shop, backlog, tmp_path
):
    shown = taskpar("footprint", backlog, "--repo", shop).out
    assert "earlier tasks are known" in shown
    odd = pygit2.init_repository(str(tmp_path / "odd"), initial_head="main")
    commit(odd, {"src/cart\u009b31m.py": b"cart", "src/pay\u202e.py": b"pay"})
    place = tmp_path / "t.yaml"
    place.write_text("- {id: a, title: Change the cart, modifies: [src/*]}\n", encoding="utf-8")
    for arguments in ([], ["--json"]):
        out = taskpar("footprint", place, "--repo", tmp_path / "odd", *arguments).out
        assert "\u009b" not in out
        assert "\u202e" not in out
        assert "src/cart" in out


def test_kinds_can_be_chosen(rows):
    every = {row["kind"] for row in rows()}
    assert "symbol" in every
    assert every <= {"file", "symbol", "endpoint", "table", "resource"}
    assert {row["kind"] for row in rows("--kind", "context")} == {"context"}
    assert {row["kind"] for row in rows("--kind", "file", "--kind", "context")} == {
        "file",
        "context",
    }


def test_every_kind_of_item_can_be_asked_for():
    assert list(Kind) == list(Surface)


def test_what_a_file_holds_is_shown_with_the_file(ask):
    ran = ask("--kind", "symbol", "--task", "tax")
    assert ran.status == 0, ran.err
    assert f"in {TAX}" in ran.out


def test_a_kind_that_does_not_exist_is_an_error(ask):
    ran = ask("--kind", "galaxy")
    assert ran.status == 1
    assert "galaxy" in ran.err

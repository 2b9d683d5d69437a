"""``taskpar provide`` from the shell: asking, learning, showing, going on after an interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from taskpar_ml.cli.stores import provided_for
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.grown_shop import MESSAGES, TOPICS, everything, grow
from tests.support.provided import script

TASKS = """
tasks:
  - {id: t-lock, title: Lock accounts after failed logins}
  - {id: t-tax, title: Round taxes of an invoice to cents}
  - {id: t-done, title: Long gone, status: done}
"""
KNOWS = f"""
import json, sys
told = json.load(sys.stdin)
for topic, said in {MESSAGES!r}.items():
    if any(told["title"].startswith(each) for each in said):
        print(json.dumps({TOPICS!r}[topic][:2]))
"""
FIXED = ("--estimator", "fixed-weights")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return grow(tmp_path_factory.mktemp("grown") / "shop", rounds=11).place


@pytest.fixture
def tasks(tmp_path):
    (tmp_path / "tasks.yaml").write_text(TASKS)
    return tmp_path / "tasks.yaml"


@pytest.fixture
def where(shop, tmp_path):
    return ("--repo", shop, "--state", tmp_path / "state", *FIXED)


def data(ran):
    assert ran.status == 0, ran.err
    return json.loads(ran.out)["data"]


def test_open_tasks_are_asked_about_shown_and_do_not_count_before_it_was_tried(
    taskpar, shop, tasks, where, tmp_path
):
    knows = script(tmp_path / "code", KNOWS)
    before = everything(shop)
    report = data(taskpar("provide", tasks, *where, "--as", "planner", "--json", "--", *knows))
    counts = {"tasks": 2, "asked": 2, "answered": 2, "known": 0, "failures": [], "past": False}
    assert counts.items() <= report.items()
    assert report["record"]["counts"] is False
    shown = taskpar("footprint", tasks, *where, "--task", "t-lock")
    assert "provider" in shown.out
    assert "planner names it" in " ".join(shown.out.split())
    notice = "Notice: provider planner: its answers about 2 of the tasks are shown and do not count"
    assert notice in " ".join(shown.out.split())
    again = data(taskpar("provide", tasks, *where, "--as", "planner", "--json", "--", *knows))
    assert (again["asked"], again["known"]) == (0, 2)
    assert everything(shop) == before


def test_once_tried_on_the_past_its_answers_count_everywhere(taskpar, shop, tasks, where, tmp_path):
    def probabilities():
        rows = data(taskpar("footprint", tasks, *where, "--json", "--task", "t-tax"))
        return {row["item"]: row for row in rows}

    knows = script(tmp_path / "code", KNOWS)
    alone = probabilities()
    taskpar("provide", tasks, *where, "--as", "planner", "--", *knows)
    shown = {item: row["probability"] for item, row in probabilities().items()}
    assert {item: shown[item] for item in alone} == {
        item: row["probability"] for item, row in alone.items()
    }
    ran = taskpar("provide", *where, "--as", "planner", "--past", "20", "--", *knows)
    assert ran.status == 0
    assert "planner: asked about 20 of 20 past tasks; 20 answers, 0 known before." in ran.out
    beside = probabilities()
    tax = "src/billing/tax.py"
    assert beside[tax]["probability"] > alone[tax]["probability"]
    assert "provider" in beside[tax]["evidence"]
    explained = data(taskpar("explain", "t-lock", "t-tax", tasks, *where, "--json"))
    quotes = [
        quote for side in explained["sides"] for row in side["evidence"] for quote in row["quotes"]
    ]
    assert "planner names it (40 of 40 files that it named before were changed)" in quotes
    for command in (("plan",), ("ready",), ("score", "--json")):
        assert taskpar(*command, tasks, *where).status == 0
    assert "do not count" not in taskpar("plan", tasks, *where).out


def test_the_list_tells_what_is_known_of_everybody(taskpar, where, tmp_path, tasks):
    taskpar("provide", tasks, *where, "--as", "idle", "--", *script(tmp_path, "print('README.md')"))
    knows = script(tmp_path / "code", KNOWS)
    taskpar("provide", *where, "--as", "planner", "--past", "20", "--", *knows)
    idle, planner = data(taskpar("provide", *where, "--list", "--json"))
    assert (idle["provider"], idle["tasks"], idle["precision"]) == ("idle", 0, None)
    assert (planner["answers"], planner["tasks"], planner["counts"]) == (20, 20, True)
    assert planner["precision"] == 1
    assert planner["recall_with"] >= planner["recall_without"]
    assert planner["model"] == "the fixed rule"
    shown = taskpar("provide", *where, "--list").out
    assert "idle does not count yet" in shown
    assert "1.000" in shown
    at = data(taskpar("provide", *where, "--list", "--json", "--at", "HEAD~30"))
    assert {each["tasks"] for each in at} == {0}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as", "x"], r"no command follows"),
        (["--as", "x", "--"], r"no command follows"),
        (["--", "true"], r"--as: is missing"),
        (["--as", "a b", "--", "true"], r"is no name"),
        (["--as", "x", "--", "no-such-program"], r"there is no such program"),
        (["--list", "--as", "x"], r"--list: asks nobody"),
        (["--as", "x", "--past", "5", "--text", "nothing", "--", "true"], r"'nothing' is unknown"),
        (["--as", "x", "--past", "0", "--", "true"], r"--past"),
    ],
)
def test_what_cannot_be_asked_is_said(taskpar, where, tasks, arguments, said):
    import re

    ran = taskpar("provide", *where, *(() if "--list" in arguments else (tasks,)), *arguments)
    assert ran.status == 1
    assert re.search(said, ran.err), ran.err


def test_a_provider_without_an_answer_is_an_error_that_keeps_what_is_there(
    taskpar, where, tasks, tmp_path
):
    fails = script(tmp_path / "code", "raise SystemExit('no key')")
    ran = taskpar("provide", tasks, *where, "--as", "x", "--", *fails)
    assert ran.status == 1
    assert "t-lock: no answer." in ran.out
    assert "no key" in ran.out
    assert "x: gave no answer. Run the same command again" in ran.err
    many = taskpar("provide", *where, "--as", "x", "--past", "20", "--", *fails)
    assert many.status == 1
    assert "gave no answer 5 times in a row" in many.err


def test_a_short_past_is_said(taskpar, tmp_path, new_repository):
    place = new_repository({"a": "1"}, {"a": "2"})
    ran = taskpar(
        "provide",
        "--repo",
        place,
        "--state",
        tmp_path / "s",
        "--as",
        "x",
        "--past",
        "5",
        "--",
        "true",
    )
    assert ran.status == 1
    assert "past tasks are too few to try anybody on" in ran.err


def test_nothing_in_a_repository_names_a_command(taskpar, tasks, tmp_path, new_repository):
    place = new_repository({"taskpar.toml": '[provide]\ncommand = "touch owned"\n', "a": "1"})
    ran = taskpar("provide", tasks, "--repo", place, "--state", tmp_path / "s", "--as", "x")
    assert ran.status == 1
    assert not (place / "owned").exists()


def test_words_after_the_dashes_are_the_commands_own(taskpar, where, tasks, tmp_path):
    heard = str(tmp_path / "words")
    body = f"import sys; open({heard!r}, 'w').write(repr(sys.argv[1:])); print('README.md')"
    words = ["--as", "me", "--json", "--", "*", "$HOME; x", ""]
    ran = taskpar(
        "provide", tasks, *where, "--as", "x", "--", *script(tmp_path / "c", body), *words
    )
    assert ran.status == 0, ran.err
    assert (tmp_path / "words").read_text() == repr(words)
    assert ran.out.startswith("x: asked")


def running(arguments, state_home, tmp_path):
    code = "from taskpar_ml.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "XDG_STATE_HOME": str(state_home), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeding_interrupts,
    )


def heeding_interrupts():
    """Whoever was started in the background may have been told to ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interruption_loses_the_answer_in_progress_at_most(
    taskpar, where, shop, state_home, tmp_path, sent
):
    """The provider hangs at the fourth task; the run is ended, and another one goes on."""
    count, temporary = tmp_path / "count", tmp_path / "temporary"
    temporary.mkdir()
    body = (
        "import os, sys, time\n"
        f"open({str(count)!r}, 'a').write(str(os.getpid()) + '\\n')\n"
        f"if len(open({str(count)!r}).readlines()) == 4: time.sleep(600)\n"
        "print('README.md')\n"
    )
    command = ("provide", *where, "--as", "x", "--past", "10", "--", *script(tmp_path / "c", body))
    process = running(command, state_home, temporary)
    until = time.monotonic() + 60
    while (
        time.monotonic() < until and len((count.read_text() if count.exists() else "").split()) < 4
    ):
        time.sleep(0.05)
    time.sleep(0.2)
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    pids = [int(each) for each in count.read_text().split()]
    assert len(pids) == 4
    if sent == signal.SIGKILL:
        os.kill(pids[3], signal.SIGKILL)
    else:
        assert "interrupted" in err
        assert list(temporary.iterdir()) == []
        with pytest.raises(ProcessLookupError):
            os.kill(pids[3], 0)
    store = tmp_path / "state" / "history.sqlite"
    with HistoryStore.open(str(store)) as opened:
        assert len(list(opened.history("shop").answers())) == 3
    report = data(taskpar(*command[:1], "--json", *command[1:]))
    assert (report["asked"], report["answered"], report["known"]) == (7, 7, 3)
    assert report["record"]["tasks"] == 10


def test_without_a_store_and_with_a_damaged_one_there_are_no_answers(
    taskpar, shop, where, tasks, tmp_path
):
    found = provided_for(shop, "0" * 40, model="m", store=None, name=None, state=tmp_path / "none")
    assert found == (None, ())
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "history.sqlite").write_bytes(b"no database" * 100)
    ran = taskpar("plan", tasks, *where)
    assert ran.status == 0
    assert "Their answers are left out" in " ".join(ran.out.split())

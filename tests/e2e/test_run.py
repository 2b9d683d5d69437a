"""Tasks run from the command line, by agents that are scripts."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.support.processes import PROJECT
from tests.support.yards import Yard

BACKLOG = """\
tasks:
  - id: tax
    title: Round the taxes of an invoice
    modifies: [src/tax.py]
  - id: mail
    title: Mail accounts that were locked
    modifies: [src/mail.py]
  - id: guide
    title: Say how to pay
    modifies: [docs/guide.md]
    depends_on: [tax]
"""
AGENT = """\
#!/bin/sh
set -e
case $TASKPAR_TASK_ID in
    tax) echo "rate = 1" >src/tax.py ;;
    mail) ${MAIL:-echo "send = 1"} >src/mail.py ;;
    guide) grep -q rate src/tax.py; echo "Pay." >docs/guide.md ;;
esac
grep -q "^# $TASKPAR_TASK_ID: " "$1"
"""


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    """Return a repository with a backlog and an agent beside it."""
    yard = Yard(tmp_path / "shop", {"src/tax.py": "\n", "src/mail.py": "\n", "docs/guide.md": "\n"})
    (tmp_path / "tasks.yaml").write_text(BACKLOG)
    (tmp_path / "agent.sh").write_text(AGENT)
    (tmp_path / "agent.sh").chmod(0o755)
    return yard


@pytest.fixture
def options(tmp_path: Path, yard: Yard) -> list[str]:
    """Say which repository and store are meant."""
    return [
        "--repo",
        str(yard.place),
        "--store",
        str(tmp_path / "s.sqlite"),
        "--state",
        str(tmp_path / "state"),
    ]


@pytest.fixture
def run(taskpar: Callable[..., Ran], tmp_path: Path, options: list[str]) -> Callable[..., Ran]:
    """Run the backlog."""
    agent = f"{tmp_path / 'agent.sh'} {{prompt_file}}"

    def run(*more: object) -> Ran:
        given = ("--agent", agent, "--estimator", "never", *options)
        return taskpar("run", tmp_path / "tasks.yaml", *given, *more)

    return run


def test_a_backlog_is_done_and_landed(run, yard, taskpar, options):
    before = yard.untouched()
    ran = run("--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)["data"]
    assert sorted(told["landed"]) == ["guide", "mail", "tax"]
    assert (told["run"], told["target"], told["given_up"]) == ("run-1", "taskpar/run-1", [])
    assert yard.files("taskpar/run-1")["docs/guide.md"] == "Pay."
    assert yard.untouched() == before
    assert "run-1: tax (attempt 1) merged as" in " ".join(ran.err.split())
    assert "waits for" not in ran.err
    shown = taskpar("status", *options)
    assert "Run run-1: 3 tasks landed" in shown.out
    assert json.loads(taskpar("status", "--json", *options).out)["data"] == told
    budget = json.loads(taskpar("budget", "--json", *options[:4]).out)["data"]
    assert (budget["bank"]["landed"], budget["bank"]["hits"]) == (3, 0)


def test_what_failed_is_said_kept_and_can_be_tried_again(run, yard, taskpar, options, monkeypatch):
    monkeypatch.setenv("MAIL", "exit 7")
    ran = run()
    assert ran.status == 1
    said = " ".join(ran.out.split())
    assert "The agent exited with status 7" in said
    assert "`taskpar runs retry mail` lets it start again" in said
    monkeypatch.delenv("MAIL")
    assert taskpar("runs", "retry", "mail", "--run", "run-1", *options).status == 0
    again = json.loads(run("--json").out)["data"]
    assert again["run"] == "run-1", "the same command takes it up again"
    assert "mail" in again["landed"]
    assert again["given_up"] == []


def test_what_agents_printed_is_shown(run, taskpar, options, tmp_path):
    agent = tmp_path / "agent.sh"
    agent.write_text(AGENT.replace("set -e", "set -e\nprintf 'one\\ntwo \\033[31m\\n'"))
    run()
    told = taskpar("runs", "log", "tax", "--lines", "1", *options)
    assert told.status == 0, told.err
    head, line = told.out.splitlines()[0], told.out.splitlines()[-1]
    assert head.startswith("Attempt 1, round 1: work, done. ")
    assert line == "two \\x1b[31m"
    ran = taskpar("runs", "log", "none", *options)
    assert ran.status == 1
    assert "it has not begun task none. It has begun guide, mail, tax." in " ".join(ran.err.split())


def test_a_run_is_taken_back(run, yard, taskpar, options):
    run()
    tip = yard.git("rev-parse", "taskpar/run-1")
    told = taskpar("runs", "rollback", *options)
    assert told.status == 0, told.err
    assert yard.git("rev-parse", "taskpar/run-1") == yard.base
    assert yard.git("rev-parse", "refs/taskpar/run-1/rolled-back") == tip
    assert "It was rolled back" in taskpar("status", *options).out
    budget = json.loads(taskpar("budget", "--json", *options[:4]).out)["data"]["bank"]
    assert (budget["landed"], budget["revoked"]) == (0, 3)
    again = json.loads(run("--json").out)["data"]
    assert (again["run"], len(again["landed"])) == ("run-2", 3), "its tasks are to be done again"


def test_a_run_that_was_rolled_back_does_not_go_on(run, taskpar, options):
    run()
    taskpar("runs", "rollback", *options)
    ran = run("--run", "run-1")
    assert ran.status == 1
    assert "run run-1: it was rolled back" in " ".join(ran.err.split())


def test_only_what_a_run_knows_is_tried_again(run, taskpar, options):
    run()
    ran = taskpar("runs", "retry", "mial", *options)
    assert ran.status == 1
    assert "it has not begun task mial. Known: guide, mail, tax." in " ".join(ran.err.split())


def test_a_paused_run_with_nothing_left_ends(run, taskpar, options):
    run()
    taskpar("runs", "pause", *options)
    assert run("--run", "run-1").status == 0
    assert taskpar("runs", "rollback", *options).status == 0


def test_a_run_goes_on_as_it_was_begun(run, taskpar, options, tmp_path, monkeypatch):
    monkeypatch.setenv("MAIL", "exit 7")
    run()
    taskpar("runs", "retry", "mail", *options)
    for more, said in (
        (["--verify", "true"], "run run-1: it began without --verify"),
        (["--land", "squash"], "run run-1: it began with --land merge"),
        (["--target", "other"], "run run-1: it began with --target taskpar/run-1"),
        (["--retries", "4"], "run run-1: it began with --retries 1"),
    ):
        ran = run(*more)
        assert ran.status == 1
        assert said in " ".join(ran.err.split())
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    assert "Go on there, or begin another: --run" in run().err


def test_who_still_works_is_not_rolled_back(run, yard, taskpar, options, tmp_path):
    (tmp_path / "agent.sh").write_text("#!/bin/sh\nsleep 60\n")
    command = [
        *(sys.executable, "-c", "from taskpar_ml.cli.app import run; run()", "run"),
        *(str(tmp_path / "tasks.yaml"), "--agent", f"{tmp_path / 'agent.sh'} {{prompt_file}}"),
        *("--estimator", "never", *options),
    ]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) as process:
        while "running" not in taskpar("status", "--json", *options).out:
            time.sleep(0.1)
        process.kill()
    told = taskpar("runs", "rollback", *options)
    assert told.status == 1
    assert "something of it is still under way" in told.err
    taskpar("runs", "cancel", "tax", "mail", "guide", *options)
    (tmp_path / "agent.sh").write_text(AGENT)
    assert run().status == 1
    assert "It was cancelled" in taskpar("status", *options).out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--agent", "no-such-program {prompt_file}"], "there is no program 'no-such-program'"),
        (["--agent", "true"], "{prompt_file} stands nowhere in it"),
        (["--agent", "'"], "cannot be read"),
        (["--agent", ""], "names no command"),
        (["--target", "main"], "branch main: it is checked out in"),
        *(
            (["--target", name], f"branch {name!r}: no branch can be called that")
            for name in ("", "a b", "a..b", "HEAD", "refs/heads/x", "x.lock", "@{-1}", "-x", "a\n")
        ),
        (["--run", "../x"], "a name is 1 to 64 letters"),
        (["--bank", "mian"], "bank mian: there is none"),
        (["--regenerate", "*.lock"], "names no command"),
        (["--merge-with", "no-such-program %A"], "there is no program 'no-such-program'"),
        (["--merge-with", "true %O"], "%A stands nowhere in it"),
        (["--merge-with", "'"], "cannot be read"),
        (["--land-with", "true"], "branch taskpar/run-1: there is none"),
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["run", "dry"])
def test_what_cannot_be_is_refused_before_anything_begins(run, yard, more, said, dry):
    ran = run(*more, *dry)
    assert (ran.status, ran.out) == (1, "")
    assert said in " ".join(ran.err.split())
    assert yard.git("for-each-ref", "refs/heads", "--format=%(refname)") == "refs/heads/main"


def test_without_a_run_there_is_nothing_to_show(taskpar, options):
    ran = taskpar("status", *options)
    assert ran.status == 1
    ran = taskpar("runs", "pause", "--run", "run-9", *options)
    assert ran.status == 1


def test_whoever_is_interrupted_goes_on(run, yard, tmp_path, options, taskpar):
    slow = tmp_path / "slow.sh"
    slow.write_text("#!/bin/sh\nsleep 2\nexec " + str(tmp_path / "agent.sh") + ' "$1"\n')
    slow.chmod(0o755)
    command = [
        *(sys.executable, "-c", "from taskpar_ml.cli.app import run; run()", "run"),
        *(str(tmp_path / "tasks.yaml"), "--agent", f"{slow} {{prompt_file}}"),
        *("--estimator", "never", *options),
    ]
    with subprocess.Popen(
        command, cwd=PROJECT, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        while "running" not in taskpar("status", "--json", *options).out:
            time.sleep(0.1)
            assert process.poll() is None, process.communicate()[1]
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"Agents of run-1 go on" in err
    told = json.loads(run("--json").out)["data"]
    assert (told["run"], sorted(told["landed"])) == ("run-1", ["guide", "mail", "tax"])
    assert {each["attempt"] for each in told["attempts"]} == {1}


def test_a_run_that_waits_for_others_says_so_and_goes_on(run, taskpar, options, tmp_path):
    backlog = str(tmp_path / "tasks.yaml")
    taskpar("ready", backlog, "--estimator", "never", "--start", *options)
    command = [
        *(sys.executable, "-c", "from taskpar_ml.cli.app import run; run()", "run", backlog),
        *("--agent", f"{tmp_path / 'agent.sh'} {{prompt_file}}", "--estimator", "never", *options),
    ]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as process:
        said = next(line for line in process.stderr if "waits for" in line)
        assert "run-1 waits for tasks that others run: `taskpar budget` names them." in said
        told = {"base": "0" * 40, "ending": "failed", "reported_by": "test"}
        told |= dict.fromkeys(("started_at", "ended_at"), "2026-01-01T10:00:00Z")
        outcomes = tmp_path / "outcomes.jsonl"
        outcomes.write_text(
            "".join(f"{json.dumps({**told, 'task': task})}\n" for task in ("tax", "mail"))
        )
        assert taskpar("record", outcomes, *options).status == 0
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert "3 tasks landed" in taskpar("status", *options).out


def test_what_would_start_is_said_and_nothing_is_changed(run, yard, tmp_path):
    before = yard.git("for-each-ref")
    ran = run("--dry-run", "--verify", "make test")
    assert ran.status == 0, ran.err
    said = " ".join(ran.out.split())
    assert f"run-1 would begin at {yard.base[:10]}, and land on taskpar/run-1." in said
    assert "Nothing lands unless this passes: make test" in said
    assert "start tax" in said
    assert "wait guide" in said
    told = json.loads(run("--dry-run", "--json").out)["data"]
    assert (told["run"], told["is_new"], told["base"]) == ("run-1", True, yard.base)
    assert [each["id"] for each in told["ready"]["ready"]] == ["tax", "mail"]
    assert yard.git("for-each-ref") == before
    assert not (tmp_path / "s.sqlite").exists()
    assert not (tmp_path / "state" / "runs").exists()


def test_what_a_run_would_do_that_goes_on(run, taskpar, options, monkeypatch):
    monkeypatch.setenv("MAIL", "exit 7")
    run()
    taskpar("runs", "retry", "mail", *options)
    said = " ".join(run("--dry-run").out.split())
    assert "run-1 would go on" in said
    assert "start mail" in said
    told = json.loads(run("--dry-run", "--run", "another", "--json").out)["data"]
    assert (told["run"], told["is_new"]) == ("another", True)


def test_a_new_run_begins_where_its_target_ends(run, yard):
    yard.git("switch", "-q", "-c", "work")
    tip = yard.commit({"src/tax.py": "old = 1\n"})
    yard.git("switch", "-q", "main")
    told = json.loads(run("--target", "work", "--json").out)["data"]
    assert (told["base"], sorted(told["landed"])) == (tip, ["guide", "mail", "tax"])


def test_ids_that_differ_by_case_only_are_refused(run, tmp_path):
    (tmp_path / "tasks.yaml").write_text(BACKLOG.replace("id: mail", "id: TAX"))
    ran = run()
    assert ran.status == 1
    assert "task TAX: its id differs by case only from tax" in " ".join(ran.err.split())


def test_limits_are_as_they_are_said(run, tmp_path, monkeypatch):
    monkeypatch.setenv("MAIL", "exit 7")
    told = json.loads(run("--retries", "3", "--json").out)["data"]
    assert {each["task"]: each["rounds"] for each in told["attempts"]}["mail"] == 4


def test_on_a_terminal_a_table_moves(tmp_path, options, yard):
    slow = tmp_path / "slow.sh"
    slow.write_text("#!/bin/sh\nsleep 1\nexec " + str(tmp_path / "agent.sh") + ' "$1"\n')
    slow.chmod(0o755)
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from taskpar_ml.cli.app import run; run()", "run"),
            *(str(tmp_path / "tasks.yaml"), "--agent", f"{slow} {{prompt_file}}"),
            *("--estimator", "never", *options),
        ],
        cwd=PROJECT,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    )
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # whoever wrote to it is gone
        while more := os.read(ours, 4096):
            seen += more
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert re.search(rb"run-1: 0 landed, 2 in flight, 1 waiting", seen)
    assert re.search(rb"tax\s+works\s+0:0[01]", seen)
    assert b"run-1: tax (attempt 1) merged as" in seen
    assert b"Run run-1: 3 tasks landed" in out

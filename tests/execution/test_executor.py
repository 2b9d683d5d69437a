"""Runs with real processes: what lands, what is parked, and what a run that was killed comes to."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taskpar_ml.admitting.book import AdmissionBook
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Ending, Outcome, RecordedOutcome
from taskpar_ml.domain.runs import Ask, LandMode
from taskpar_ml.errors import RunError
from taskpar_ml.execution.attempts import Phase
from taskpar_ml.execution.crew import LocalCrew
from taskpar_ml.execution.deciding import given_up
from taskpar_ml.execution.local_run import roll_back
from taskpar_ml.execution.resolving import Resolvers
from tests.support.processes import PROJECT
from tests.support.running import Bench, agent

TASKS = {
    "one": "echo one >one.txt",
    "two": "echo two >two.txt; git add two.txt; git commit -qm two",
    "three": "mkdir -p d; echo three >d/three.txt",
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return a repository, a store, and a place for runs."""
    return Bench(tmp_path)


def endings(state):
    return {
        known.attempt.name: known.ended.ending.value
        for known in state.attempts.values()
        if known.ended
    }


def recorded(bench):
    return {(each.outcome.task, each.outcome.attempt): each.outcome for each in bench.outcomes()}


@pytest.mark.parametrize("mode", list(LandMode))
def test_all_that_do_not_meet_land(bench, mode):
    before = bench.yard.untouched()
    state = bench.run(TASKS, mode=mode)
    assert endings(state) == dict.fromkeys(("1:one", "1:two", "1:three"), "merged")
    files = bench.yard.files("taskpar/r")
    assert (files["one.txt"], files["two.txt"], files["d/three.txt"]) == ("one", "two", "three")
    assert bench.yard.untouched() == before
    outcomes = recorded(bench)
    assert {each.ending for each in outcomes.values()} == {Ending.MERGED}
    assert outcomes["two", 1].touched == ("two.txt",)
    assert outcomes["two", 1].landed_as in bench.yard.git("rev-list", "taskpar/r")
    bank = bench.bank()
    assert (bank.landed, bank.hits, len(bank.in_flight)) == (3, 0, 0)
    assert bench.run(TASKS, mode=mode) == state, "there is nothing left to do"


def test_agents_are_told_what_they_need(bench):
    script = (
        'cp "$TASKPAR_PROMPT_FILE" prompt.md; echo "$TASKPAR_TASK_ID $TASKPAR_BASE'
        ' $TASKPAR_PORT $COMPOSE_PROJECT_NAME" >env.txt; test -f ready'
    )
    bench.run({"one": script}, setup="touch ready")
    files = bench.yard.files("taskpar/r")
    *told, project = files["env.txt"].split()
    assert told[:2] == ["one", bench.yard.base]
    assert int(told[2]) % 1000 == 0
    assert re.fullmatch("taskpar-r-[0-9a-f]{6}-0", project)
    assert files["prompt.md"].startswith("# one: Do one")
    assert "It is done" in files["prompt.md"]


def test_a_conflict_is_resolved_by_its_agent(bench):
    resolve = 'grep -q "In conflict: .a.txt" "$TASKPAR_PROMPT_FILE" && echo both >a.txt'
    tasks = {
        "one": agent(work="sleep 0.2; echo one >a.txt"),
        "two": agent(work="sleep 1; echo two >a.txt", resolve=resolve),
    }
    state = bench.run(tasks)
    assert endings(state) == {"1:one": "merged", "1:two": "resolved"}
    assert bench.yard.files("taskpar/r")["a.txt"] == "both"
    outcome = recorded(bench)["two", 1]
    assert (outcome.hit, outcome.because_of, outcome.conflicts) == (True, ("one",), ("a.txt",))
    assert outcome.beside == ("one",)
    assert bench.bank().hits == 1
    assert "struck" in bench.bank_steps(), "the bank knows before the attempt ends"


def elsewhere(bench, branch, *commands):
    """Return what a user does who commits to a branch in another checkout."""
    place = bench.yard.place.parent / "elsewhere"
    return "; ".join(
        (
            f"git -C {bench.yard.place} worktree add -q {place} {branch}",
            *(f"(cd {place} && {command})" for command in commands),
            f"(cd {place} && git add . && git commit -qm user)",
            f"git -C {bench.yard.place} worktree remove --force {place}",
        )
    )


def test_a_conflict_with_what_a_user_pushed_is_nobodys_hit(bench):
    bench.yard.git("branch", "work")
    push = elsewhere(bench, "work", "echo user >a.txt")
    script = agent(work=f"echo one >a.txt; sleep 2; {push}", resolve="echo both >a.txt")
    state = bench.run({"one": script, "two": "echo two >b.txt"}, target="work")
    assert endings(state) == {"1:one": "resolved", "1:two": "merged"}
    assert bench.yard.files("work")["a.txt"] == "both"
    assert not recorded(bench)["one", 1].hit
    assert (bench.bank().hits, bench.bank().landed) == (0, 2)


def test_a_conflict_with_what_another_run_landed_is_a_hit(bench):
    bench.yard.git("branch", "work")
    tasks = {"one": agent(work="sleep 1; echo one >a.txt", resolve="echo both >a.txt")}
    bench.write(tasks)
    script = elsewhere(bench, "work", "echo other >a.txt")

    def land(state, waits):
        assert not waits
        known = state.attempts.get(Attempt("one", 1))
        if known is None or known.phase is not Phase.RUNNING or pushed:
            return
        pushed.append(subprocess.run(["/bin/sh", "-c", script], check=True))
        now = datetime.now(UTC)
        other = Outcome(
            task="other",
            base=bench.yard.base,
            started_at=now,
            ended_at=now,
            touched=("a.txt",),
            ending=Ending.MERGED,
            landed_as=bench.yard.git("rev-parse", "work"),
            reported_by="taskpar run another",
        )
        place.history.append_outcomes([RecordedOutcome(outcome=other, recorded_at=now)])

    pushed = []
    with bench.place() as place:
        AdmissionBook(place.history).promise(b0=9)
        bench.executor(place, target="work").run(look=land)
    told = recorded(bench)["one", 1]
    assert (told.ending, told.hit, told.because_of) == (Ending.RESOLVED, True, ("other",))


def test_the_agent_of_an_attempt_that_git_cannot_cope_with_ends_with_it(bench, monkeypatch):
    tasks = {"one": "sleep 43.7", "two": "sleep 0.5; echo two >two.txt"}
    usual = LocalCrew.ended

    def ended(crew, key):
        if key.attempt.task == "one":
            raise RunError("git", "cannot.", "Look why.")
        return usual(crew, key)

    monkeypatch.setattr(LocalCrew, "ended", ended)
    assert endings(bench.run(tasks)) == {"1:one": "failed", "1:two": "merged"}
    found = subprocess.run(["pgrep", "-f", "sleep 43.7"], capture_output=True, check=False)
    assert found.stdout == b""


def test_what_was_verified_is_verified_anew_when_somebody_has_pushed(bench):
    bench.yard.git("branch", "work")
    seen = bench.yard.place.parent / "seen"
    push = elsewhere(bench, "work", "echo user >user.txt")
    verify = f"ls >>{seen}; test -e {seen}.once && exit 0; touch {seen}.once; {push}"
    state = bench.run({"one": "echo one >one.txt"}, target="work", verify=verify)
    assert endings(state) == {"1:one": "merged"}
    assert {"one.txt", "user.txt"} <= bench.yard.files("work").keys()
    listed = seen.read_text().split()
    assert (listed.count("one.txt"), listed.count("user.txt")) == (2, 1)


def test_who_cannot_resolve_begins_anew_on_what_has_landed(bench):
    work = "sleep 1; cat a.txt >seen-$TASKPAR_ATTEMPT.txt; echo two >>a.txt"
    tasks = {
        "one": agent(work="sleep 0.2; echo one >a.txt"),
        "two": agent(work=work, resolve="exit 1"),
    }
    state = bench.run(tasks)
    assert endings(state) == {"1:one": "merged", "1:two": "redone", "2:two": "merged"}
    files = bench.yard.files("taskpar/r")
    assert (files["a.txt"], files["seen-2.txt"]) == ("one\ntwo", "one")
    assert bench.yard.files("refs/taskpar/r/tasks/two/1/work")["a.txt"] == "a\ntwo"


def test_who_never_can_is_parked_with_its_work_kept(bench):
    tasks = {
        "one": agent(work="sleep 0.2; echo one >a.txt"),
        "two": agent(work="sleep 1; echo two >a.txt", resolve="exit 1"),
    }
    state = bench.run(tasks, limits={"redos": 0})
    assert endings(state)["1:two"] == "parked"
    assert given_up(state) == {"two"}
    assert bench.yard.files("refs/taskpar/r/tasks/two/1/work")["a.txt"] == "two"
    assert recorded(bench)["two", 1].ending is Ending.PARKED
    bench.ask(Ask.RETRY, "two")
    state = bench.run({**tasks, "two": "echo anew >b.txt"})
    assert endings(state)["2:two"] == "merged"


def test_changelogs_are_merged_line_by_line_and_that_is_no_hit(bench):
    bench.yard.base = bench.yard.commit({"CHANGES.md": "# Changes\n\n- old\n"})
    tasks = {
        name: f"sleep {wait}; sed -i '2a - {name}' CHANGES.md"
        for name, wait in (("one", 0.2), ("two", 1))
    }
    resolvers = Resolvers(union=lambda path: path == "CHANGES.md")
    state = bench.run(tasks, resolvers=resolvers)
    assert endings(state) == {"1:one": "merged", "1:two": "merged"}
    assert sorted(bench.yard.files("taskpar/r")["CHANGES.md"].splitlines()[2:]) == [
        "- old",
        "- one",
        "- two",
    ]
    assert state.attempts[Attempt("two", 1)].mended == (("CHANGES.md", "union"),)
    assert bench.bank().hits == 0


def test_what_does_not_pass_never_lands(bench):
    tasks = {
        "good": "echo x >good.txt",
        "bad": "touch broken",
        "mended": agent(
            work="touch broken",
            repair="grep -q 'is broken' $TASKPAR_PROMPT_FILE && rm broken; echo y >m",
        ),
    }
    verify = "test ! -e broken || { echo it is broken; exit 1; }"
    state = bench.run(tasks, verify=verify)
    assert endings(state) == {"1:good": "merged", "1:bad": "failed", "1:mended": "merged"}
    for commit in bench.yard.git("rev-list", "--first-parent", "taskpar/r").split():
        assert "broken" not in bench.yard.files(commit)
    assert "it is broken" in state.attempts[Attempt("bad", 1)].ended.why


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 3", "The agent exited with status 3."),
        ("echo so; echo no such file; exit 3", "exited with status 3: no such file"),
        ("true", "Nothing was changed"),
        (
            "printf '<<<<<<< a\\n=======\\n>>>>>>> b\\n' >a.txt",
            "Conflict markers were left: a.txt:1",
        ),
        ("echo x >x; rm -rf .git", "The worktree is gone"),
        ("sleep 60", "took too long"),
    ],
)
def test_agents_that_fail_are_given_up_after_another_try(bench, script, why):
    state = bench.run({"one": script, "two": "echo two >two.txt"}, timeout=1.5)
    assert endings(state) == {"1:one": "failed", "1:two": "merged"}
    known = state.attempts[Attempt("one", 1)]
    assert why in known.ended.why
    assert len(known.rounds) == 2
    assert recorded(bench)["one", 1].ending is Ending.FAILED


def test_who_loses_its_worktree_gets_another_one_with_what_it_had_committed(bench):
    work = "echo one >one.txt; git add .; git commit -qm one; echo lost >two.txt; rm -rf .git"
    state = bench.run({"one": agent(work=work, repair="cp one.txt two.txt")})
    assert endings(state) == {"1:one": "merged"}
    assert bench.yard.files("taskpar/r")["two.txt"] == "one"


def test_what_git_cannot_cope_with_is_one_tasks_end(bench):
    tasks = {**TASKS, "one": "rm a.txt; mkfifo a.txt; echo one >one.txt"}
    state = bench.run(tasks)
    assert {name: endings(state)[f"1:{name}"] for name in ("two", "three")} == {
        "two": "merged",
        "three": "merged",
    }


def test_a_repository_that_was_added_as_such_is_not_removed_with_its_worktree(bench):
    script = (
        "git init -q in; cd in; echo i >i.txt; git add .; git -c user.name=x -c user.email=x@y"
        " commit -qm i; cd ..; git -c advice.addEmbeddedRepo=false add in; git commit -qm in"
    )
    state = bench.run({"one": script})
    assert endings(state) == {"1:one": "merged"}
    with bench.place() as place:
        tree = place.workshop().tree_of(Attempt("one", 1))
    assert (tree / "in" / "i.txt").read_text() == "i\n"
    assert bench.yard.git("log", "-1", "--format=%s", at=tree / "in") == "i"


def test_dependencies_wait_for_what_they_need_to_have_landed(bench):
    tasks = {"one": "sleep 0.3; echo one >one.txt", "two": "cp one.txt two.txt"}
    state = bench.run(tasks, depends={"two": ["one"]})
    assert endings(state) == {"1:one": "merged", "1:two": "merged"}
    assert bench.yard.files("taskpar/r")["two.txt"] == "one"


def test_what_is_cancelled_stops_and_does_not_start_again(bench):
    bench.open({"one": "sleep 60", "two": "echo two >two.txt"})
    bench.ask(Ask.CANCEL, "one")
    state = bench.run({"one": "sleep 60", "two": "echo two >two.txt"})
    assert endings(state).get("1:one", "failed") == "failed"
    assert endings(state)["1:two"] == "merged"


def test_a_user_who_commits_to_the_target_loses_nothing(bench):
    bench.yard.git("branch", "work")
    elsewhere = bench.yard.place.parent / "elsewhere"
    tasks = {
        "one": f"echo one >one.txt; git -C {bench.yard.place} worktree add -q {elsewhere} work;"
        f" cd {elsewhere}; echo u >user.txt; git add .; git commit -qm user;"
        f" git -C {bench.yard.place} worktree remove {elsewhere}"
    }
    state = bench.run(tasks, target="work")
    assert endings(state) == {"1:one": "merged"}
    assert {"one.txt", "user.txt"} <= bench.yard.files("work").keys()


def test_a_target_that_is_moved_back_stops_the_run_and_keeps_what_landed(bench):
    tasks = {
        "one": "echo one >one.txt",
        "two": f"sleep 1.5; git -C {bench.yard.place} update-ref refs/heads/taskpar/r"
        f" {bench.yard.base}; echo two >two.txt",
    }
    with pytest.raises(RunError, match="branch taskpar/r: it was moved back"):
        bench.run(tasks)
    assert bench.yard.files("refs/taskpar/r/landed")["one.txt"] == "one"


def test_a_run_is_taken_back_as_a_whole(bench):
    bench.run(TASKS)
    tip = bench.yard.git("rev-parse", "taskpar/r")
    with bench.place() as place:
        assert roll_back(place) == tip
    assert bench.yard.git("rev-parse", "taskpar/r") == bench.yard.base
    assert bench.yard.git("rev-parse", "refs/taskpar/r/rolled-back") == tip


def test_two_processes_do_not_run_one_run(bench):
    with bench.place() as place, place.alone(), pytest.raises(RunError, match="another process"):
        bench.run(TASKS)


def test_a_git_that_outlives_its_run_keeps_the_next_one_waiting(bench, tmp_path):
    bench.open({"one": "true"})
    slow = tmp_path / "slow"
    script = f"""
import os
from pathlib import Path
from tests.support.processes import PROJECT
from tests.support.running import Bench
from taskpar_ml.execution.git_runner import Git
with Bench(Path({str(tmp_path)!r})).place() as place, place.alone():
    command = "touch {slow}; sleep 2; touch {slow}.done"
    Git(Path({str(tmp_path)!r}))("-c", "alias.slow=!" + command, "slow")
"""
    process = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT)
    while not slow.exists():
        assert process.poll() is None
    process.kill()
    process.wait()
    with bench.place() as place, place.alone():
        assert Path(f"{slow}.done").exists()


@pytest.mark.parametrize("seed", range(2))
def test_to_be_killed_anywhere_comes_to_the_same(bench, seed):
    """Kill whoever runs it at random moments until it gets through."""
    tasks = {
        **TASKS,
        "four": agent(work="sleep 0.3; echo four >a.txt"),
        "five": agent(work="sleep 0.6; echo five >a.txt", resolve="echo both >a.txt"),
    }
    bench.write(tasks)
    kills = 0
    for wait in (0.9, 1.3, 1.1 + seed / 7, 1.7 + seed / 11, 0.8 + seed / 5, 1.5):
        process = bench.start_process()
        time.sleep(wait)
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills
    state = bench.run(tasks)
    assert {name: endings(state)[f"1:{name}"] for name in TASKS} == dict.fromkeys(TASKS, "merged")
    files = bench.yard.files("taskpar/r")
    assert files["a.txt"] in ("both", "four", "five", "four\nboth")
    landed = {known.attempt.task for known in state.attempts.values() if known.landed_as}
    assert landed == set(tasks)
    bank = bench.bank()
    assert (bank.landed, len(bank.in_flight)) == (5, 0)
    assert bank.is_kept
    assert bench.yard.git("fsck", "--strict", "--no-dangling") == ""
    counts = json.dumps(sorted(recorded(bench)))
    assert counts == json.dumps(sorted((a.task, a.number) for a in state.attempts))


def test_nobody_is_left_when_a_run_has_ended(bench):
    bench.run({"one": "setsid sleep 41.7 & echo one >one.txt"})
    found = subprocess.run(["pgrep", "-f", "sleep 41.7"], capture_output=True, check=False)
    assert found.stdout == b""


def test_tasks_that_need_the_same_lock_never_run_together(bench):
    scripts = {name: f"sleep 0.4; echo {name} >{name}.txt" for name in ("one", "two", "free")}
    bench.write(scripts)
    settings = bench.yard.place.parent / "taskpar.toml"
    settings.write_text('[[locks]]\nname = "device"\npaths = ["one.txt", "two.txt"]\n')
    with bench.place() as place:
        AdmissionBook(place.history).promise(b0=9)
        bench.executor(place).run()
    beside = {name: set(outcome.beside) for (name, _), outcome in recorded(bench).items()}
    assert set(beside) == set(scripts)
    assert "two" not in beside["one"]
    assert "free" in beside["one"] | beside["two"]

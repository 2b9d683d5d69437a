"""What is verified together, who is blamed if it does not pass, and what others land."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Ending
from taskpar_ml.domain.runs import Ask, LandMode
from taskpar_ml.errors import RunError
from tests.support.running import Bench, agent

NO_BROKEN = "test ! -e broken || { echo it is broken; exit 1; }"
NOT_BOTH = "test ! -e one.txt || test ! -e two.txt || { echo both; exit 1; }"
AGAIN = "test -e one.txt && git mv two.txt 2.txt && git commit -qm moved"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return a repository, a store, and a place for runs."""
    return Bench(tmp_path)


def endings(state):
    return {
        known.attempt.task: known.ended.ending.value
        for known in state.attempts.values()
        if known.ended
    }


def counted(bench, verify):
    """Return a command that counts how often it runs, and how often it has."""
    seen = bench.yard.place.parent / "verified"
    return f"echo x >>{seen}; {verify}", lambda: len(seen.read_text().split())


def outcome(bench, task, attempt=1):
    return next(
        each.outcome
        for each in bench.outcomes()
        if (each.outcome.task, each.outcome.attempt) == (task, attempt)
    )


@pytest.mark.parametrize("mode", list(LandMode))
def test_what_has_finished_meanwhile_is_verified_together(bench, mode):
    tasks = {f"t{number}": f"echo {number} >{number}.txt" for number in range(6)}
    verify, many = counted(bench, "sleep 1")
    state = bench.run(tasks, verify=verify, mode=mode)
    assert endings(state) == dict.fromkeys(tasks, "merged")
    assert many() <= 3
    assert len([each for each in bench.yard.files("taskpar/r") if each[0].isdigit()]) == 6


def test_one_by_one_if_that_is_wanted(bench):
    tasks = {f"t{number}": f"echo {number} >{number}.txt" for number in range(3)}
    verify, many = counted(bench, "true")
    bench.run(tasks, verify=verify, limits={"together": 1})
    assert many() == 3


def test_who_breaks_it_is_found_and_the_others_land(bench):
    tasks = {f"t{number}": f"sleep 0.5; echo {number} >{number}.txt" for number in range(6)}
    tasks["bad"] = agent(work="sleep 0.5; touch broken")
    verify, many = counted(bench, NO_BROKEN)
    state = bench.run(tasks, verify=verify)
    assert endings(state) == {**dict.fromkeys(tasks, "merged"), "bad": "failed"}
    told = outcome(bench, "bad")
    assert (told.ending, told.hit) == (Ending.FAILED, False)
    assert bench.bank().hits == 0
    for commit in bench.yard.git("rev-list", "--first-parent", "taskpar/r").split():
        assert "broken" not in bench.yard.files(commit)
    assert many() <= 14


def test_who_passes_alone_and_not_with_what_landed_was_hit(bench):
    """The agent that is to mend it finds what has landed in its worktree."""
    tasks = {
        "one": "echo one >one.txt",
        "two": agent(work="sleep 1; echo two >two.txt", repair=AGAIN),
    }
    state = bench.run(tasks, verify=NOT_BOTH)
    assert endings(state) == {"one": "merged", "two": "resolved"}
    told = outcome(bench, "two")
    assert (told.hit, told.because_of) == (True, ("one",))
    assert (bench.bank().hits, bench.bank().landed) == (1, 2)
    assert "struck" in bench.bank_steps()
    assert {"one.txt", "2.txt"} <= bench.yard.files("taskpar/r").keys()


def test_who_cannot_mend_that_begins_anew_where_it_can_be_seen(bench):
    work = "sleep 1; test -e one.txt && echo anew >2.txt || echo two >two.txt"
    tasks = {"one": "echo one >one.txt", "two": agent(work=work, repair="exit 1")}
    state = bench.run(tasks, verify=NOT_BOTH, limits={"retries": 0})
    assert [each.ended.ending.value for each in state.of_task("two")] == ["redone", "merged"]
    assert outcome(bench, "two").hit


def test_a_target_that_does_not_pass_is_nobodys_fault_and_stops_the_run(bench):
    bench.yard.base = bench.yard.commit({"broken": "x"})
    tasks = {"one": "echo one >one.txt", "two": "echo two >two.txt"}
    with pytest.raises(
        RunError, match=r"it does not pass by itself, at [0-9a-f]{40}: it is broken"
    ):
        bench.run(tasks, verify=NO_BROKEN)
    with bench.place() as place:
        assert not place.book().read().landed
    state = bench.run(tasks, verify="true")
    assert endings(state) == {"one": "merged", "two": "merged"}, "it is verified anew"
    assert not any(each.refusals for each in state.attempts.values()), "nobody was at fault"


def test_a_command_that_is_mended_asks_anew_and_blames_nobody(bench):
    tasks = {"one": "echo one >one.txt", "two": "echo two >two.txt"}
    with pytest.raises(RunError, match="it does not pass by itself"):
        bench.run(tasks, verify="no-such-command", limits={"repairs": 0})
    state = bench.run(tasks, verify="true", limits={"repairs": 0})
    assert endings(state) == {"one": "merged", "two": "merged"}
    assert not any(each.refusals for each in state.attempts.values())


def test_what_another_command_passed_is_verified_anew(bench):
    begun = bench.yard.place.parent / "begun"
    bench.write({"one": "touch broken"})
    process = bench.start_process(verify=f"touch {begun}; sleep 2")
    while not begun.exists():
        assert process.poll() is None
    process.kill()
    process.wait()
    state = bench.run({"one": "touch broken"}, verify=NO_BROKEN)
    assert endings(state) == {"one": "failed"}
    assert "broken" not in bench.yard.files("taskpar/r")


def test_a_setup_that_ends_well_ends_nothing_else(bench):
    tasks = {"one": "echo one >one.txt", "bad": "touch broken"}
    state = bench.run(tasks, setup="exit 0", verify=NO_BROKEN)
    assert endings(state) == {"one": "merged", "bad": "failed"}
    assert "one.txt" in bench.yard.files("taskpar/r")


def test_a_task_that_is_cancelled_while_it_is_verified_does_not_land(bench):
    tasks = {"one": "echo one >one.txt", "two": "echo two >two.txt"}
    again = bench.yard.place.parent / "again"
    cancel = f"test -e {again} || {{ touch {again}; sleep 60; }}"
    bench.write(tasks)
    process = bench.start_process(verify=cancel)
    with bench.place() as place:
        while not again.exists():
            assert process.poll() is None
        process.kill()
        process.wait()
        assert place.book().read().verifying
    bench.ask(Ask.CANCEL, "one")
    state = bench.run(tasks, verify=cancel)
    assert endings(state) == {"one": "failed", "two": "merged"}
    assert "one.txt" not in bench.yard.files("taskpar/r")


def test_setup_runs_before_what_verifies_and_what_it_leaves_is_nobodys_work(bench):
    state = bench.run({"one": "echo one >one.txt"}, setup="touch ready", verify="test -e ready")
    assert endings(state) == {"one": "merged"}
    assert "ready" not in bench.yard.files("taskpar/r")
    assert state.attempts[Attempt("one", 1)].kept.touched == ("one.txt",)


LAND = """
set -e
cd {elsewhere} && git reset -q --hard && git checkout -q --detach origin/main
git fetch -q {trees}/$TASKPAR_TASK_ID.1 HEAD && git merge -q --squash FETCH_HEAD
git commit -qm "$TASKPAR_TITLE" && git push -q origin HEAD:main
git --git-dir "$TASKPAR_REPOSITORY" fetch -q origin
"""


@pytest.fixture
def lands(bench, tmp_path):
    """Return a command that lands as people do who share a repository: elsewhere, as one commit."""
    yard = bench.yard
    yard.git("clone", "-q", "--bare", str(yard.place), str(tmp_path / "shared.git"))
    yard.git("remote", "add", "origin", str(tmp_path / "shared.git"))
    yard.git("fetch", "-q", "origin")
    yard.git("clone", "-q", str(tmp_path / "shared.git"), str(tmp_path / "elsewhere"))
    for name, value in (("user.name", "Other"), ("user.email", "other@example.org")):
        yard.git("config", name, value, at=tmp_path / "elsewhere")
    command = LAND.format(elsewhere=tmp_path / "elsewhere", trees=tmp_path / "runs/r/trees")
    return f"flock {tmp_path}/turn /bin/sh -c '{command}'"


def test_others_land_what_is_ready(bench, lands):
    before = bench.yard.untouched()
    tasks = {"one": "echo one >one.txt", "two": "echo two >two.txt"}
    state = bench.run(tasks, target="origin/main", landing=lands, verify="true")
    assert endings(state) == {"one": "merged", "two": "merged"}
    assert {"one.txt", "two.txt"} <= bench.yard.files("origin/main").keys()
    titles = bench.yard.git("log", "--format=%s", "origin/main").splitlines()
    assert sorted(titles[:2]) == ["Do one", "Do two"]
    landed = [outcome(bench, task).landed_as for task in tasks]
    assert sorted(landed) == sorted(bench.yard.git("rev-list", "-2", "origin/main").split())
    assert bench.yard.untouched() == before
    assert bench.bank().landed == 2


def test_what_others_could_not_land_is_resolved_and_landed_again(bench, lands):
    tasks = {
        "one": "sleep 0.2; echo one >a.txt",
        "two": agent(work="sleep 1; echo two >a.txt", resolve="echo both >a.txt"),
    }
    state = bench.run(tasks, target="origin/main", landing=lands)
    assert endings(state) == {"one": "merged", "two": "resolved"}
    assert bench.yard.files("origin/main")["a.txt"] == "both"


def test_what_others_refuse_is_told_to_the_agent(bench, lands):
    refuse = f"test ! -e bad || {{ echo no bad files; exit 1; }}; {lands}"
    repair = 'grep -q "no bad files" $TASKPAR_PROMPT_FILE && git rm -q bad'
    tasks = {"one": agent(work="echo one >one.txt; touch bad", repair=repair)}
    state = bench.run(tasks, target="origin/main", landing=refuse)
    assert endings(state) == {"one": "merged"}
    assert "bad" not in bench.yard.files("origin/main")
    assert [each.role.value for each in state.attempts[Attempt("one", 1)].rounds] == [
        *("work", "land", "repair", "land")
    ]


def test_who_says_that_it_landed_is_not_believed(bench, lands):
    tasks = {"one": "echo one >one.txt"}
    with pytest.raises(RunError, match="one is said to have landed, and it is not on it"):
        bench.run(tasks, target="origin/main", landing="true")


def test_a_branch_of_others_has_to_be_there(bench):
    with pytest.raises(RunError, match="branch origin/none: there is none"):
        bench.run({"one": "true"}, target="origin/none", landing="true")


def test_what_has_landed_has_landed_whatever_its_command_says(bench, lands):
    state = bench.run(
        {"one": "echo one >one.txt"}, target="origin/main", landing=f"{lands}; exit 1"
    )
    assert endings(state) == {"one": "merged"}
    assert bench.bank().landed == 1


def test_work_that_others_changed_has_landed_where_they_say(bench, lands, tmp_path):
    """As a reviewer does who amends a pull request before it is merged."""
    amend = "echo more >>one.txt; git add .; git commit -q --amend --no-edit"
    changed = lands.replace("git push -q origin", f"{amend}; git push -q origin")
    said = f"{changed} && git -C {tmp_path}/elsewhere rev-parse HEAD"
    state = bench.run({"one": "echo one >one.txt"}, target="origin/main", landing=said)
    assert endings(state) == {"one": "merged"}
    assert outcome(bench, "one").landed_as == bench.yard.git("rev-parse", "origin/main")
    assert bench.yard.files("origin/main")["one.txt"] == "one\nmore"


def test_what_others_refuse_because_of_what_landed_is_a_hit(bench, lands):
    check = "test ! -e one.txt || test ! -e two.txt"
    both = lands.replace("git commit -qm", f"({check}) || exit 1; git commit -qm")
    tasks = {
        "one": "echo one >one.txt",
        "two": agent(work="sleep 2; echo two >two.txt", repair="git mv two.txt 2.txt"),
    }
    state = bench.run(tasks, target="origin/main", landing=both)
    assert endings(state) == {"one": "merged", "two": "resolved"}
    assert (outcome(bench, "two").hit, bench.bank().hits) == (True, 1)


def test_a_branch_of_a_remote_is_not_made_here(bench, lands):
    with pytest.raises(RunError, match="branch origin/main: it is a branch of a remote"):
        bench.run({"one": "true"}, target="origin/main")

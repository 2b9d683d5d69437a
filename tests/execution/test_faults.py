"""Agents go wrong in every way that is known; nothing is lost, and the others' work lands."""

from __future__ import annotations

import subprocess

import psutil
import pytest

from taskpar_ml.admitting.book import AdmissionBook
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.errors import RunError, TargetError
from taskpar_ml.execution.crew import LocalCrew
from taskpar_ml.execution.room import room_taken
from tests.support.faults import FILES, HISTORY, REPOSITORY, Fault, Scene, endings, task_of
from tests.support.processes import bound_by_permissions, run_python

BAD = Attempt("bad", 1)
TOGETHER = {**HISTORY, **FILES}


@pytest.fixture
def scene(tmp_path, monkeypatch) -> Scene:
    """Return a run in which an agent goes wrong."""
    return Scene(tmp_path, monkeypatch)


@pytest.fixture
def counted(record_property):
    """Return what writes down how much was accounted for."""

    def count(found):
        record_property("commits", found.commits)
        record_property("blobs", found.blobs)

    return count


def limit(monkeypatch, **limits):
    """Have rounds end early that use up too much."""
    for name, value in limits.items():
        monkeypatch.setitem(LocalCrew.__init__.__kwdefaults__, name, value)


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """Return a run in which many agents go wrong, each in its own worktree, and its end."""
    with pytest.MonkeyPatch.context() as patch:
        scene = Scene(tmp_path_factory.mktemp("together"), patch)
        yield scene, scene.run_all(TOGETHER)
    # Deeper than whoever cleans up can go.
    subprocess.run(["rm", "-rf", str(scene.run_place)], check=True)


@pytest.mark.parametrize("name", TOGETHER)
def test_an_agent_that_goes_wrong_is_told_or_its_work_lands(together, name):
    _, state = together
    fault = TOGETHER[name]
    assert endings(state)[task_of(name)] == fault.comes_to
    assert fault.why in state.attempts[Attempt(task_of(name), 1)].ended.why


def test_where_many_agents_go_wrong_nothing_is_lost_and_others_land(together, counted):
    scene, state = together
    assert endings(state)["good"] == "merged"
    assert (scene.landed("g.txt"), scene.landed("good.txt")) == ("g", "good")
    counted(scene.check())
    left = {path.name for path in (scene.run_place / "trees").iterdir()}
    assert "has-a-repository-within.1" in left
    assert "goes-deeper-than-Python-does.1" not in left, "what has landed is removed"


@pytest.mark.parametrize(
    "name",
    [
        # A sample by default, all of them where there is time.
        pytest.param(name, marks=() if number % 5 == 0 else pytest.mark.long)
        for number, name in enumerate(REPOSITORY)
    ],
)
def test_whatever_becomes_of_the_repository_nothing_is_lost_and_others_land(scene, counted, name):
    fault = REPOSITORY[name]
    assert endings(scene.run(fault.script)) == {"bad": fault.comes_to, "good": "merged"}
    assert (scene.landed("g.txt"), scene.landed("good.txt")) == ("g", "good")
    counted(scene.check())


def alive(mark):
    """Return processes that were started with a word of that name."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if mark in (process.info["cmdline"] or []) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found


def test_who_hangs_and_does_not_listen_is_ended(scene, monkeypatch, counted):
    limit(monkeypatch, grace=0.3)
    state = scene.run("echo 1 >x; trap '' TERM INT HUP; sleep 61.7; sleep 61.7", timeout=1)
    assert endings(state) == {"bad": "failed", "good": "merged"}
    assert "took too long" in state.attempts[BAD].ended.why
    assert alive("61.7") == []
    counted(scene.check())


DAEMONS = {
    "session": "setsid sleep 62.7 &",
    "sessions": "(setsid sh -c 'sleep 62.7 & sleep 62.7' &) &",
    "silent": "nohup sleep 62.7 >/dev/null 2>&1 &",
    "bare": "env -i sleep 62.7 >/dev/null 2>&1 &",
    "bare-session": "env -i setsid sleep 62.7 &",
    "bare-elsewhere": "(cd / && env -i setsid sh -c '(sleep 62.7 &) &' &) &",
    "fifty": "for each in $(seq 50); do (setsid sleep 62.7 &); done",
}


def test_nothing_of_a_round_runs_when_it_has_ended(scene, counted):
    faults = {name: Fault(f"echo 1 >$n.x; {daemon}\nsleep 0.1") for name, daemon in DAEMONS.items()}
    state = scene.run_all(faults)
    assert endings(state) == dict.fromkeys((*DAEMONS, "good"), "merged")
    assert alive("62.7") == []
    counted(scene.check())


def test_who_prints_without_end_is_ended(scene, monkeypatch, counted):
    limit(monkeypatch, max_log=1 << 20)
    state = scene.run("echo 1 >x; exec yes 63.7")
    assert endings(state) == {"bad": "failed", "good": "merged"}
    assert alive("63.7") == []
    counted(scene.check())


def test_who_fills_the_disk_is_ended(scene, monkeypatch):
    limit(monkeypatch, max_room=64 << 20)
    filling = "for each in $(seq 400); do dd if=/dev/zero of=x$each bs=1M count=8 2>/dev/null; done"
    state = scene.run(f"echo '*' >.gitignore; {filling}; sleep 30")
    assert endings(state) == {"bad": "failed", "good": "merged"}
    with scene.bench.place() as place:
        taken = room_taken(place.workshop().tree_of(BAD), since=0)
    assert 64 << 20 < taken < 3 << 30


def test_who_takes_much_room_while_others_do_not_is_left_alone(scene, monkeypatch, counted):
    """What was on the disk when the round began is nothing that it wrote."""
    monkeypatch.setattr("taskpar_ml.execution.crew.free_room", lambda place: next(frees))
    frees = iter([1 << 40, 1 << 40, *[0] * 10_000])
    limit(monkeypatch, max_room=1 << 20)
    state = scene.run("echo 1 >x; sleep 0.5")
    assert endings(state) == {"bad": "merged", "good": "merged"}
    counted(scene.check())


@pytest.mark.parametrize("how", ["left", "staged", "changed"])
def test_what_is_too_large_is_not_committed_for_anybody(scene, counted, how):
    make = {
        "left": "truncate -s 101M 'big one'",
        "staged": "truncate -s 101M 'big one'; git add 'big one'",
        "changed": "echo 1 >'big one'; kept 1; truncate -s 101M 'big one'",
    }
    state = scene.run(f"echo 2 >y; {make[how]}")
    assert endings(state) == {"bad": "failed", "good": "merged"}
    why = state.attempts[BAD].ended.why
    assert "Too large to be committed for you: big one (101 MiB). Commit them yourself" in why
    with scene.bench.place() as place:
        assert (place.workshop().tree_of(BAD) / "big one").stat().st_size == 101 << 20
    assert "y" in scene.bench.yard.files("refs/taskpar/r/tasks/bad/1/work")
    counted(scene.check())


@pytest.mark.parametrize(
    "repair", ["git add .; git commit -qm big", "echo big >.gitignore", "rm big"]
)
def test_who_cures_what_is_too_large_lands(scene, repair):
    state = scene.run("echo 1 >x; truncate -s 101M big", repair=repair)
    assert endings(state) == {"bad": "merged", "good": "merged"}
    names = scene.bench.yard.git("ls-tree", "--name-only", "taskpar/r").split()
    assert ("big" in names) == ("commit" in repair)


def test_what_a_filter_makes_small_is_committed(scene, counted):
    for name, value in (("clean", "wc -c"), ("smudge", "cat")):
        scene.bench.yard.git("config", f"filter.small.{name}", value)
    state = scene.run("echo '*.q filter=small' >.gitattributes; truncate -s 101M big.q")
    assert endings(state) == {"bad": "merged", "good": "merged"}
    assert scene.landed("big.q") == str(101 << 20)


@pytest.mark.parametrize("repair", ["true", "echo 3 >z"])
def test_what_was_archived_stays_when_the_repository_goes(scene, counted, repair):
    """What a round has come to is not replaced by what is left after the next one."""
    markers = "printf '<<<<<<< a\\n=======\\n>>>>>>> b\\n' >markers"
    gone = f"mv {scene.run_place}/repository.git gone.ignored; rm -rf gone.ignored .git"
    state = scene.run(f"echo 1 >x; kept 1; {markers}; kept 2", repair=f"{gone}; {repair}")
    assert endings(state) == {"bad": "failed", "good": "merged"}
    counted(scene.check())
    kept = scene.bench.yard.git("log", "--all", "--format=%s").splitlines()
    assert {"1", "2"} <= set(kept)


def test_what_is_verified_lands_though_the_repository_goes(scene, counted):
    seen = scene.run_place.parent / "seen"
    waits = f"until test -e {seen}; do sleep 0.02; done"
    verify = f"test -e good.txt || exit 0; touch {seen}; sleep 0.6"
    state = scene.run(f"{waits}; mv $own $gone; echo 1 >x", verify=verify)
    assert endings(state) == {"bad": "merged", "good": "merged"}
    counted(scene.check())


def test_all_worktrees_may_go(scene, counted):
    state = scene.run("sleep 0.2; echo 1 >x; kept 1; cd /; rm -rf $run/trees", repair="echo r >r")
    assert endings(state)["bad"] == "merged"
    counted(scene.check())


def test_a_repository_that_is_being_deleted_stops_the_run_at_most(scene, counted):
    bad = "sleep 0.2; echo 1 >x; rm -rf $own"
    try:
        state = scene.run(bad)
    except RunError:
        state = scene.again()
    assert endings(state) == {"bad": "merged", "good": "merged"}
    counted(scene.check())


UNREADABLE = """
import sys
from pathlib import Path
from tests.support.running import Bench
Bench(Path(sys.argv[1])).run()
"""


def test_what_is_closed_is_opened_and_kept(scene, tmp_path):
    closed = "mkdir -p in/er; echo 1 >in/er/x; echo 2 >y; chmod 0 in/er/x in/er in y; echo 3 >z"
    scene.bench.write({"bad": closed, "good": "echo good >good.txt"})
    with scene.bench.place() as place:
        AdmissionBook(place.history).promise(b0=9)
    run_python(UNREADABLE, tmp_path, before=bound_by_permissions)
    assert {"in/er/x", "y", "z", "good.txt"} <= scene.bench.yard.files("taskpar/r").keys()
    scene.check()


def test_who_adds_to_the_target_only_goes_ahead(scene, counted):
    ahead = "git -C $user commit-tree -p taskpar/r -m ahead taskpar/r^{tree}"
    state = scene.run(f"git -C $user update-ref refs/heads/taskpar/r $({ahead}); echo 1 >x")
    assert endings(state) == {"bad": "merged", "good": "merged"}
    assert "ahead" in scene.bench.yard.git("log", "--format=%s", "taskpar/r")
    counted(scene.check())


@pytest.mark.parametrize(
    "how",
    [
        "update-ref refs/heads/taskpar/r $(git -C $user rev-parse HEAD)",
        "update-ref -d refs/heads/taskpar/r",
        "update-ref refs/heads/taskpar/r $(git -C $user commit-tree -m other HEAD^{tree})",
    ],
)
def test_a_target_that_was_moved_back_is_put_back_and_the_run_goes_on(scene, counted, how):
    """The error says how, and what was done meanwhile is taken as it is."""
    landed = "until git -C $user log --format=%B taskpar/r | grep -q '^Task: good'"
    bad = f"{landed}; do sleep 0.02; done; git -C $user {how}; echo 1 >x"
    with pytest.raises(TargetError, match="it was moved back") as raised:
        scene.run(bad)
    cure = raised.value.cure.split("`")[1].split()
    scene.bench.yard.git(*cure[1:])
    assert endings(scene.again()) == {"bad": "merged", "good": "merged"}
    counted(scene.check())


def test_settings_and_hooks_that_agents_give_the_user_are_in_no_runs_way(scene, counted):
    """Nobody can keep them from that; but what is done is kept, and lands."""
    settings = {
        "transfer.hideRefs": "refs/taskpar",
        "transfer.fsckObjects": "true",
        "fetch.prune": "true",
        "fetch.pruneTags": "true",
        "core.logAllRefUpdates": "false",
    }
    told = "; ".join(f"git -C $user config {name} {value}" for name, value in settings.items())
    hook = "$user/.git/hooks/reference-transaction"
    hooks = f"printf '#!/bin/sh\\nexit 1\\n' >{hook}; chmod +x {hook}"
    written = "git cat-file commit HEAD | sed 's/> /> 0/'"  # no date begins with 0
    unfit = f"$({written} | git hash-object -w --stdin --literally -t commit)"
    hooks = f"{hooks}; echo 0 >w; kept 0; git reset -q {unfit}"
    state = scene.run(f"{told}; {hooks}; echo 1 >x; sleep 0.5")
    assert endings(state) == {"bad": "merged", "good": "merged"}
    for name in settings:
        scene.bench.yard.git("config", "--unset", name)
    (scene.bench.yard.common / "hooks" / "reference-transaction").unlink()
    counted(scene.check(touched=True))


@pytest.mark.parametrize("where", ["of the repository", "of the user"])
def test_what_is_hidden_from_others_is_archived(scene, counted, monkeypatch, tmp_path, where):
    if where == "of the user":
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / ".gitconfig").write_text("[transfer]\n\thideRefs = refs/taskpar\n")
    else:
        scene.bench.yard.git("config", "transfer.hideRefs", "refs/taskpar")
    state = scene.run("echo 1 >x")
    assert endings(state) == {"bad": "merged", "good": "merged"}
    counted(scene.check())


def test_what_git_can_add_is_archived_beside_what_it_cannot(scene, counted):
    state = scene.run("rm a.txt; mkfifo a.txt; echo 1 >x")
    assert endings(state) == {"bad": "failed", "good": "merged"}
    assert scene.bench.yard.files("refs/taskpar/r/tasks/bad/1/work")["x"] == "1"
    counted(scene.check())


@pytest.mark.long
def test_very_many_files_are_kept(scene, counted):
    state = scene.run("mkdir m; (cd m; seq 100000 | split -l 1 -a 5); echo 1 >x")
    assert endings(state) == {"bad": "merged", "good": "merged"}
    counted(scene.check())


def test_many_files_are_kept(scene, counted):
    state = scene.run("mkdir m; (cd m; seq 5000 | split -l 1 -a 5); kept 1; echo 1 >x")
    assert endings(state) == {"bad": "merged", "good": "merged"}
    counted(scene.check())

"""Collisions that form while tasks run are seen, and the later one waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Ending
from taskpar_ml.domain.watching import Watching
from taskpar_ml.errors import RunError, SettingsError
from taskpar_ml.execution.executor import Executor
from taskpar_ml.execution.resolving import Resolvers
from taskpar_ml.execution.scratch import read_apart, throw_away
from taskpar_ml.execution.watcher import as_it_lies
from taskpar_ml.execution.workshop import Workshop
from tests.support.running import Bench, agent

A, B = Attempt("a", 1), Attempt("b", 1)
WATCHED = {"watch": Watching.TRIAL_MERGES, "every": 0.2}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return a repository, a store, and a place for runs."""
    return Bench(tmp_path)


def outcome(bench, task):
    return next(each.outcome for each in bench.outcomes() if each.outcome.task == task)


def rounds(state, task):
    (known,) = state.of_task(task)
    return [(each.role.value, each.ended.how.value) for each in known.rounds]


def test_what_lies_in_a_worktree_is_a_commit_and_the_worktree_stays_as_it_is(workshop, yard):
    tree = workshop.make_tree(A, yard.base)
    (tree / "new.txt").write_text("new\n")
    (tree / "a.txt").write_text("A\n")
    yard.git("add", "a.txt", at=tree)
    before = yard.git("status", "--porcelain", at=tree)
    made = as_it_lies(workshop, A)
    git, apart = workshop.git, read_apart(workshop.own)
    assert git("show", f"{made}:new.txt", environment=apart).text == "new"
    assert git("rev-parse", f"{made}^", environment=apart).text == yard.base
    assert yard.git("status", "--porcelain", at=tree) == before
    assert as_it_lies(workshop, A) == made, "the same files are the same commit"
    assert git.commit_of(made) is None, "nothing of it is kept"
    (tree / "new.txt").unlink()
    listed = git("ls-tree", "--name-only", as_it_lies(workshop, A), environment=apart).text
    assert "new.txt" not in listed
    assert as_it_lies(workshop, B) is None


def test_the_later_of_two_that_collide_waits_and_goes_on_with_what_landed(bench):
    seen = "git status --porcelain >>seen.log; grep -v '^[<=>|]' a.txt >a.new; mv a.new a.txt"
    later = f"if [ -e begun ]; then {seen}; else touch begun; echo two >>a.txt; sleep 60; fi"
    tasks = {"one": "echo one >>a.txt; sleep 3; echo 1 >one.txt", "two": agent(work=later)}
    before = bench.yard.untouched()
    state = bench.run(tasks, **WATCHED)
    assert rounds(state, "one") == [("work", "done")]
    assert rounds(state, "two") == [("work", "stopped"), ("work", "done")]
    files = bench.yard.files("taskpar/r")
    assert sorted(files["a.txt"].split()) == ["a", "one", "two"]
    assert files["one.txt"] == "1"
    assert "UU a.txt" in files["seen.log"], "the merge was under way"
    told = outcome(bench, "two")
    assert (told.ending, told.hit, told.because_of) == (Ending.RESOLVED, True, ("one",))
    assert (bench.bank().hits, bench.bank().landed) == (1, 2)
    why = state.attempts[Attempt("two", 1)].rounds[1].why
    assert "one changed the same lines of `a.txt`" in why
    assert bench.yard.untouched() == before


def test_who_waits_goes_on_when_the_other_one_comes_to_nothing(bench):
    later = (
        "if [ -e begun ]; then echo 2 >two.txt; else touch begun; echo two >>a.txt; sleep 60; fi"
    )
    tasks = {"one": "echo one >>a.txt; sleep 2; exit 1", "two": agent(work=later)}
    state = bench.run(tasks, **WATCHED)
    assert state.of_task("one")[0].ended.ending is Ending.FAILED
    assert rounds(state, "two") == [("work", "stopped"), ("work", "done")]
    assert bench.yard.files("taskpar/r")["a.txt"] == "a\ntwo"


def test_who_waits_survives_whoever_runs_it(bench):
    resolve = "grep -v '^[<=>|]' a.txt >a.new; mv a.new a.txt"
    later = f"if [ -e begun ]; then {resolve}; else touch begun; echo two >>a.txt; sleep 60; fi"
    tasks = {"one": "echo one >>a.txt; sleep 3", "two": agent(work=later)}
    bench.write(tasks)
    with bench.place() as place:
        process = bench.start_process(watch=Watching.TRIAL_MERGES)
        known = place.book().read().attempts
        while not (Attempt("two", 1) in known and known[Attempt("two", 1)].collisions):
            assert process.poll() is None
            known = place.book().read().attempts
        process.kill()
        process.wait()
    state = bench.run(tasks, **WATCHED)
    assert all(each.landed_as for each in state.attempts.values())
    assert len(state.attempts[Attempt("two", 1)].collisions) == 1


def test_nobody_is_stopped_where_nobody_watches_or_nothing_collides(bench):
    tasks = {"one": "echo one >>a.txt; sleep 1", "two": "echo two >>b.txt; sleep 1.5"}
    state = bench.run(tasks, **WATCHED)
    assert rounds(state, "one") == rounds(state, "two") == [("work", "done")]
    assert bench.bank().hits == 0


def test_agents_are_told_how_to_take_over_what_lands(bench):
    script = (
        "sleep 1.5; line=$(sed -n 's/.*`git merge \\(.*\\)`.*/\\1/p' $TASKPAR_PROMPT_FILE);"
        "git merge -q $line; cp one.txt two.txt"
    )
    tasks = {"one": "echo one >one.txt", "two": script}
    bench.run(tasks, watch=Watching.CHECKPOINTS)
    assert bench.yard.files("taskpar/r")["two.txt"] == "one"


def test_nobody_can_interrupt_at_any_moment(bench):
    with pytest.raises(SettingsError, match="at-once is a bound"):
        bench.run({"one": "true"}, watch=Watching.AT_ONCE)


def test_what_resolvers_merge_is_no_collision(bench):
    bench.yard.base = bench.yard.commit({"CHANGES.md": "# Changes\n\n- old\n"})
    tasks = {
        name: f"sed -i '2a - {name}' CHANGES.md; sleep {wait}"
        for name, wait in (("one", 1), ("two", 1.5))
    }
    resolvers = Resolvers(union=lambda path: path == "CHANGES.md")
    state = bench.run(tasks, resolvers=resolvers, **WATCHED)
    assert rounds(state, "one") == rounds(state, "two") == [("work", "done")]
    assert bench.bank().hits == 0


def test_a_hit_that_the_bank_was_not_told_of_is_told_at_the_end(bench, monkeypatch):
    """Whoever ran it was killed between the two."""
    monkeypatch.setattr(Executor, "_watch", unstruck)
    later = "touch begun; echo two >>a.txt; sleep 3"
    tasks = {
        "one": "echo one >>a.txt; sleep 2",
        "two": agent(work=f"test -e begun || {{ {later}; }}"),
    }
    bench.run(tasks, **WATCHED)
    assert "struck" in bench.bank_steps()
    assert bench.bank().hits == 1


def unstruck(executor):
    """Write collisions down, and tell nobody."""
    for collision in executor._hands.watcher.seen(executor._book.state):
        executor._book.write(collision)


def test_looks_go_on_after_what_they_wrote_was_thrown_away(workshop, yard):
    tree = workshop.make_tree(A, yard.base)
    (tree / "new.txt").write_text("new\n")
    as_it_lies(workshop, A)
    throw_away(workshop.own)
    assert as_it_lies(workshop, A) is not None


def test_a_trial_merge_that_fails_stops_nothing(bench, monkeypatch):
    usual = Workshop.merged

    def merged(*given, environment=None, **options):
        if environment:
            raise RunError("git", "cannot.", "Look why.")
        return usual(*given, **options)

    monkeypatch.setattr(Workshop, "merged", merged)
    state = bench.run({"one": "sleep 1; echo 1 >1.txt", "two": "sleep 1; echo 2 >2.txt"}, **WATCHED)
    assert all(each.landed_as for each in state.attempts.values())

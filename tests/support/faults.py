"""What agents do that nobody asked them for, and runs beside which another task is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from taskpar_ml.execution.run_state import RunState
from tests.support.accounting import Account, Witness, account
from tests.support.running import Bench, agent

GOOD = "echo g >g.txt; git add g.txt; git commit -qm g; sleep 0.4; echo good >good.txt"
"""Commits, waits for a while, and leaves a file."""
_KNOWN = """\
user={user}; run={run}; own=$(git rev-parse --git-common-dir); gone={run}/gone; n=$TASKPAR_TASK_ID
kept() {{ git add -A; git commit -qm "$1"; }}
"""


class Fault(NamedTuple):
    """What an agent does, what that comes to, and what a person is told."""

    script: str
    comes_to: str = "merged"
    why: str = ""


class Scene:
    """A run with agents that go wrong, and what must hold whatever they do."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bench = Bench(place)
        self.run_place = place / "runs" / "r"
        self._witness = Witness(monkeypatch)
        self._before = self.bench.yard.untouched()
        monkeypatch.setattr("taskpar_ml.execution.executor.TICK", 0.05)

    def script(self, text: str) -> str:
        """Return a script that knows the user's repository, the run's and how to commit."""
        return _KNOWN.format(user=self.bench.yard.place, run=self.run_place) + text

    def run(self, bad: str, *, good: str = GOOD, repair: str = "true", **options: Any) -> RunState:
        """Run an agent that goes wrong beside one that does not."""
        return self.run_all({"bad": Fault(bad)}, good=good, repair=repair, **options)

    def run_all(
        self,
        faults: Mapping[str, Fault],
        *,
        good: str = GOOD,
        repair: str = "true",
        **options: Any,
    ) -> RunState:
        """Run agents that go wrong beside one that does not; each has files of its own."""
        scripts = {
            task_of(name): agent(work=f"\n{self.script(fault.script)}\n", repair=repair)
            for name, fault in faults.items()
        }
        files = {f"{name}{ending}": name for name in scripts for ending in (".txt", ".b")}
        self.bench.yard.base = self.bench.yard.commit(files)
        self._before = self.bench.yard.untouched()
        chosen = {"limits": {"retries": 0}, "timeout": 60, **options}
        return self.bench.run({**scripts, "good": good}, **chosen)

    def again(self, **options: Any) -> RunState:
        """Say the same again."""
        chosen = {"limits": {"retries": 0}, "timeout": 60, **options}
        return self.bench.run(**chosen)

    def landed(self, name: str) -> str:
        """Return what a file of the target says."""
        return self.bench.yard.git("show", f"taskpar/r:{name}")

    def check(self, *, touched: bool = False) -> Account:
        """Hold the user's repository against what agents made, and return how much that is."""
        if not touched:
            assert self.bench.yard.untouched() == self._before
        assert self.bench.yard.git("fsck", "--connectivity-only", "--no-dangling") == ""
        assert self._witness.missing(self.bench) == []
        found = account(self.bench)
        assert found.missing == []
        return found


def task_of(name: str) -> str:
    """Return what the task of a fault is called."""
    return re.sub(r"\W+", "-", name)


def endings(state: RunState) -> Mapping[str, str]:
    """Return how each task ended at last."""
    return {
        known.attempt.task: known.ended.ending.value
        for known in state.attempts.values()
        if known.ended is not None
    }


HISTORY = {
    "amends": Fault("echo 1 >$n.x; kept 1; echo 2 >$n.x; git commit -qa --amend -m 2"),
    "rebases": Fault(
        "echo 1 >$n.x; kept 1; echo 2 >$n.y; kept 2;"
        " GIT_SEQUENCE_EDITOR='sed -i 1d' git rebase -q -i HEAD~2"
    ),
    "takes its branch off the base": Fault(
        "echo 1 >$n.x; kept 1; echo 2 >$n.y; kept 2;"
        " git update-ref HEAD $(git commit-tree -m 3 HEAD:)"
    ),
    "begins another history": Fault(
        "git checkout -q --orphan one; echo 1 >$n.x; kept o; echo 2 >$n.y"
    ),
    "begins another history with nothing": Fault(
        "echo 1 >$n.x; kept 1; git checkout -q --orphan two; git rm -rqf ."
    ),
    "filters its branch": Fault(
        "echo 1 >$n.x; kept 1; FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch -f"
        " --msg-filter 'sed s/1/one/' HEAD~1..HEAD >/dev/null 2>&1"
    ),
    "deletes its branch": Fault("echo 1 >$n.x; kept 1; git update-ref -d $(git symbolic-ref HEAD)"),
    "detaches": Fault("git checkout -q --detach; echo 1 >$n.x; kept 1"),
    "commits to another branch": Fault(
        "git checkout -qb other; echo 1 >$n.x; kept 1; git checkout -q -; echo 2 >$n.y"
    ),
    "commits in another worktree": Fault(
        "git worktree add -q ../extra -b extra; (cd ../extra; echo 1 >$n.x; kept 1); echo 2 >$n.y"
    ),
    "commits to no branch that was ever checked out": Fault(
        "echo 1 >$n.x; git add $n.x; git update-ref refs/heads/side"
        " $(git commit-tree -m s $(git write-tree)); git rm -qf $n.x; echo 2 >$n.y"
    ),
    "stashes": Fault("echo 1 >$n.txt; git stash -q; echo 2 >$n.y"),
    "leaves a lock": Fault("echo 1 >$n.x; touch $(git rev-parse --git-dir)/index.lock"),
    "spoils its index": Fault(
        "echo 1 >$n.x; kept 1; echo 2 >$n.y; echo 3 >$(git rev-parse --git-dir)/index",
        "failed",
        "Git cannot commit it",
    ),
    "changes nothing": Fault("true", "failed", "Nothing was changed"),
    "leaves markers": Fault(
        "printf '<<<<<<< a\\n=======\\n>>>>>>> b\\n' >'a \"b'; kept 1", "failed", "Conflict markers"
    ),
}
"""What agents do to history."""

REPOSITORY = {
    "adds a submodule": Fault(
        "git -c protocol.file.allow=always submodule --quiet add $user sub 2>/dev/null; echo 1 >x"
    ),
    "throws its stash away": Fault("echo 1 >$n.txt; git stash -q; git stash drop -q; echo 2 >$n.y"),
    "expires reflogs": Fault(
        "echo 1 >$n.x; kept 1; git reset -q --hard HEAD~1; git reflog expire --expire=now --all;"
        " echo 2 >$n.y"
    ),
    "collects garbage": Fault("echo 1 >$n.x; kept 1; git gc -q --prune=now; echo 2 >$n.y"),
    "leaves a lock of its branch": Fault(
        "echo 1 >$n.x; touch $own/$(git symbolic-ref HEAD).lock $own/packed-refs.lock"
    ),
    "breaks its settings": Fault("git config core.bare maybe; echo 1 >x"),
    "deletes its settings": Fault("rm -f $own/config $own/config.kept; echo 1 >x"),
    "installs hooks": Fault(
        "mkdir -p $own/hooks; for hook in pre-commit post-checkout reference-transaction; do"
        " printf '#!/bin/sh\\nexit 1\\n' >$own/hooks/$hook; chmod +x $own/hooks/$hook; done;"
        " echo 1 >x"
    ),
    "has hooks elsewhere": Fault(
        "mkdir h; printf '#!/bin/sh\\nexit 1\\n' >h/pre-commit; chmod +x h/pre-commit;"
        " git config core.hooksPath $PWD/h; echo 1 >x"
    ),
    "has everything ignored": Fault("mkdir -p $own/info; echo '*' >>$own/info/exclude; echo 1 >x"),
    "has no driver for what it merges": Fault(
        "mkdir -p $own/info; echo '* filter=no merge=no' >>$own/info/attributes; echo 1 >x"
    ),
    "borrows objects elsewhere": Fault("echo /nowhere >$own/objects/info/alternates; echo 1 >x"),
    "deletes HEAD": Fault("rm $own/HEAD; echo 1 >x"),
    "deletes references": Fault("mv $own/refs $gone; rm -f $own/packed-refs; echo 1 >x"),
    "deletes what is known of worktrees": Fault("sleep 0.2; mv $own/worktrees $gone; echo 1 >x"),
    "deletes the repository": Fault("sleep 0.2; echo 1 >x; mv $own $gone; rm -rf $gone"),
    "has a file for a repository": Fault("mv $own $gone; echo 1 >$run/repository.git; echo 1 >x"),
    "leaves references that are none": Fault("echo garbage >$own/refs/heads/junk; echo 1 >x"),
    "has a sparse worktree": Fault(
        "mkdir d; echo 1 >d/x; kept d; git sparse-checkout set d 2>/dev/null; echo 2 >d/y"
    ),
    "hides changes from git": Fault(
        "git update-index --assume-unchanged a.txt; git update-index --skip-worktree b.txt;"
        " echo 1 >a.txt; echo 2 >b.txt"
    ),
}
"""What agents do to the run's repository."""

FILES = {
    "changes modes": Fault("chmod +x $n.txt; chmod 600 $n.b"),
    "links out of the tree": Fault("ln -s /etc/passwd $n.p; ln -s .. $n.up; ln -s loop loop"),
    "has names of all kinds": Fault(
        "printf 1 >'new\nline'; printf 2 >'q\"uo'; printf 3 >./-dash; printf 4 >'tab\t';"
        " mkdir ' d '; echo 5 >' d / '; printf 6 >\"$(printf 'b\\377\\376')\"; echo 7 >':(top)'"
    ),
    "swaps files and directories": Fault(
        "rm $n.txt; mkdir $n.txt; echo 1 >$n.txt/in; mkdir $n.d; echo 2 >$n.d/x;"
        " kept 1; rm -r $n.d; echo 3 >$n.d"
    ),
    "changes case": Fault("git mv $n.txt $n.TXT; echo 1 >$n.Txt"),
    "has a repository within": Fault(
        "git init -q in; echo 1 >in/x; echo 2 >$n.y", "failed", "repositories of their own: in"
    ),
    "has a filter that fails": Fault(
        "git config filter.f.clean false; git config filter.f.required true;"
        " mkdir f; echo '*.q filter=f' >f/.gitattributes; echo 1 >f/x.q"
    ),
    "has a merge driver that fails": Fault(
        "git config merge.m.driver false; mkdir m;"
        " echo '*.m merge=m' >m/.gitattributes; echo 1 >m/x.m"
    ),
    "has files in no encoding": Fault(
        "mkdir e; echo '*.q working-tree-encoding=UTF-16' >e/.gitattributes;"
        " printf abc >e/x.q; echo 1 >$n.y",
        "failed",
        "Git cannot add all files",
    ),
    "ends lines otherwise": Fault(
        "git config core.autocrlf true; git config core.safecrlf true; printf '1\\r\\n2\\n' >$n.x"
    ),
    "has attributes for ends of lines": Fault(
        "mkdir w; echo '*.w text eol=crlf' >w/.gitattributes; printf '1\\r\\n2\\r\\n' >w/x.w"
    ),
    "has a pipe": Fault("mkfifo f; echo 1 >$n.x"),
    "has a pipe for a file": Fault(
        "rm $n.txt; mkfifo $n.txt; echo 1 >$n.x; git add $n.x; git commit -qm 1; echo 2 >$n.y",
        "failed",
        ".txt: can only add regular files",
    ),
    "has a socket": Fault(
        "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'; echo 1 >$n.x"
    ),
    "has settings of submodules that are a link": Fault(
        "echo 1 >.gitmodules; kept 1; ln -sf x .gitmodules; echo 1 >$n.x",
        "failed",
        "invalid path '.gitmodules'",
    ),
    "goes deeper than Python does": Fault(
        "mkdir -p $(yes d | head -n 1100 | paste -sd /); kept 1;"
        " cd $(yes d | head -n 1100 | paste -sd /); echo 1 >$n.x"
    ),
    "deletes its worktree": Fault(
        "echo 1 >$n.x; kept 1; echo 2 >$n.y; cd /; rm -rf $run/trees/$n.1"
    ),
    "deletes .git": Fault("echo 1 >$n.x; kept 1; echo 2 >$n.y; rm .git"),
    "has a .git that leads to the user's": Fault(
        'echo 1 >$n.x; kept 1; echo 2 >$n.y; echo "gitdir: $user/.git" >.git'
    ),
    "moves its worktree": Fault(
        "echo 1 >$n.x; kept 1; echo 2 >$n.y; git worktree move . ../moved", "failed", "trees/moved"
    ),
}
"""What agents leave in their worktrees."""

"""Real past tasks, run by scripted agents: what lands, what is lost, how long it takes.

    python pipelines/run_study.py CLONE... [--tasks N] [--back N] [--workers N] [--scale S]

Of each clone the newest first-parent landings but --back are taken off the line, and done anew from
where it stood before them: an agent waits as long as the size of its change says (--scale makes a
second of a minute), then brings in the change of the landing. Where that conflicts it takes its own
side. The same tasks are run by the planner within a bank, all at once, and one after the other.

What is printed is the table of docs/running.md: wall time, attempts and hits, agents' time that
was lost, and two checks that share no code with the executor: whether the target holds what merging
the landed work anew, in that order, comes to; and how many commits that anybody made in the run's
repository the user's lacks.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

WAYS: Final = {
    "planned, b0 2": ("--workers", "{workers}"),
    "all at once": ("--workers", "{workers}", "--estimator", "never", "--bank", "wide"),
    "one by one": ("--workers", "1"),
}
"""What each way to run adds to the command."""
_AGENT: Final = """\
set -e
sha=$(sed -n "s/^$TASKPAR_TASK_ID //p" "$2" | cut -d' ' -f1)
wait=$(sed -n "s/^$TASKPAR_TASK_ID //p" "$2" | cut -d' ' -f2)
sleep "$wait"
if [ "$TASKPAR_ROLE" = resolve ]; then
    git diff --name-only --diff-filter=U -z | xargs -0 git checkout --quiet --ours --
    git add --all
    exit 0
fi
main=$(git rev-list --parents -n 1 "$sha" | wc -w | sed 's/^[ ]*3$/-m 1/; t; s/.*//')
git cherry-pick --no-commit --strategy-option theirs $main "$sha" || git add --all
"""


class Landing(NamedTuple):
    """A landing that is done anew."""

    task: str
    commit: str
    title: str
    seconds: float


class Came(NamedTuple):
    """What a way to run came to."""

    wall: float
    landed: int
    attempts: int
    hits: int
    lost: float
    is_serial: bool
    missing: int


@dataclass(frozen=True)
class Copy:
    """A clone in which tasks are run."""

    place: Path
    base: str
    landings: Sequence[Landing]

    def git(self, *words: str, at: Path | None = None) -> str:
        """Run git there."""
        told = subprocess.run(
            ["git", "-c", "core.hooksPath=/dev/null", *words],
            cwd=at or self.place,
            capture_output=True,
            text=True,
            check=True,
            errors="surrogateescape",
        )
        return told.stdout.strip()


def copied(clone: Path, place: Path, *, tasks: int, back: int, scale: float) -> Copy:
    """Return a copy whose main line ends before the tasks."""
    subprocess.run(["git", "clone", "--quiet", str(clone), str(place)], check=True)
    copy = Copy(place, "", ())
    copy.git("config", "user.name", "Study")
    copy.git("config", "user.email", "study@example.org")
    found: list[Landing] = []
    for commit in copy.git("rev-list", "--first-parent", "HEAD").split()[back:]:
        title, _, changed = copy.git(
            "log", "-1", "-m", "--first-parent", "--format=%s", "--shortstat", commit
        ).partition("\n")
        lines = sum(int(word) for word in changed.split()[3::2] if word.isdigit())
        if lines:
            # A minute, and the more the larger; twenty at most.
            minutes = min(1 + math.sqrt(lines), 20)
            number = tasks - len(found)
            found.append(Landing(f"t{number}", commit, title, round(minutes * scale, 3)))
        if len(found) == tasks:
            break
    landings = found[::-1]
    base = copy.git("rev-parse", f"{landings[0].commit}^1")
    copy.git("checkout", "--quiet", "-B", "main", base)
    return Copy(place, base, landings)


def ran(copy: Copy, name: str, workers: int, place: Path) -> Came:
    """Run the tasks in one way, in a store of its own."""
    place.mkdir()
    tasks = [{"id": each.task, "title": each.title or each.task} for each in copy.landings]
    (place / "tasks.json").write_text(json.dumps({"tasks": tasks}))
    (place / "agent.sh").write_text(_AGENT)
    table = "".join(f"{each.task} {each.commit} {each.seconds}\n" for each in copy.landings)
    (place / "table").write_text(table)
    run = "".join(letter if letter.isalnum() else "-" for letter in name)
    where = ("--repo", copy.place, "--store", place / "s.sqlite", "--state", place / "state")
    _taskpar("budget", *where, "--bank", "wide", "--b0", str(len(tasks)))
    agent = f"/bin/sh {place / 'agent.sh'} {{prompt_file}} {place / 'table'}"
    more = [word.format(workers=workers) for word in WAYS[name]]
    begun = time.monotonic()
    told = _taskpar(
        *("run", place / "tasks.json", "--agent", agent, "--run", run, "--json", *where, *more)
    )
    wall = time.monotonic() - begun
    attempts = told["attempts"]
    spent = {each.task: each.seconds for each in copy.landings}
    lost = sum(
        spent[each["task"]] * (each["rounds"] - (each["landed_as"] is not None))
        for each in attempts
    )
    return Came(
        wall,
        len(told["landed"]),
        len(attempts),
        sum(each["hit"] for each in attempts),
        lost / sum(spent.values()),
        _is_serial(copy, told),
        len(list(_missing(copy, place / "state" / "runs" / run / "repository.git"))),
    )


def _taskpar(*words: object) -> dict[str, Any]:
    command = [str(Path(sys.executable).with_name("taskpar")), *map(str, words)]
    if words[0] == "budget":
        command.append("--json")
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode == 1 and not told.stdout:
        raise SystemExit(told.stderr)
    data: dict[str, Any] = json.loads(told.stdout)["data"]
    return data


def _is_serial(copy: Copy, told: dict[str, Any]) -> bool:
    """Whether the target holds what merging the landed work, one after the other, comes to."""
    work = {each["task"]: each["work"] for each in told["attempts"] if each["landed_as"]}
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        copy.git("worktree", "add", "--quiet", "--detach", str(tree), told["base"])
        for task in told["landed"]:
            copy.git("merge", "--quiet", "--no-edit", "--no-ff", work[task], at=tree)
        same = copy.git("rev-parse", "HEAD^{tree}", at=tree)
        copy.git("worktree", "remove", "--force", str(tree))
    return same == copy.git("rev-parse", f"{told['target']}^{{tree}}")


def _missing(copy: Copy, own: Path) -> Iterator[str]:
    """Yield commits that were made in the run's repository and are not in the user's."""
    known = set(copy.git("rev-list", "--all").split())
    for file in (own / "objects").glob("??/*"):
        name = file.parent.name + file.name
        if name in known or copy.git("cat-file", "-t", name, at=own) != "commit":
            continue
        # Merges that taskpar tried and that did not land are work of nobody.
        if "\nTask: " not in f"\n{copy.git('log', '-1', '--format=%B', name, at=own)}":
            yield name


def main() -> int:
    """Run and print; 1 where a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path, nargs="+", metavar="CLONE")
    parser.add_argument("--tasks", type=int, default=30)
    parser.add_argument("--back", type=int, default=0, metavar="N")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--scale", type=float, default=1.0, metavar="S")
    chosen = parser.parse_args()
    columns = ("", "", "wall seconds", "landed", "attempts", "hits", "lost", "serial", "missing")
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        for number, clone in enumerate(chosen.clones):
            place = Path(folder) / str(number)
            copy = copied(clone, place, tasks=chosen.tasks, back=chosen.back, scale=chosen.scale)
            for each, way in enumerate(WAYS):
                came = ran(copy, way, chosen.workers, Path(folder) / f"{number}-{each}")
                is_good &= came.is_serial and not came.missing
                cells = (
                    *(
                        clone.name,
                        way,
                        f"{came.wall:.0f}",
                        f"{came.landed} of {len(copy.landings)}",
                    ),
                    *(str(came.attempts), str(came.hits), f"{came.lost:.1%}"),
                    *("yes" if came.is_serial else "no", str(came.missing)),
                )
                print("| " + " | ".join(cells) + " |", flush=True)
            shutil.rmtree(place)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())

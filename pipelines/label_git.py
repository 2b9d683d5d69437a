"""Redoes pairs of landings with the git executable, in a temporary copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

_ENVIRONMENT: Final = {
    "PATH": os.environ.get("PATH", ""),
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    **{f"GIT_{who}_NAME": "Study" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "study@example.org" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "1700000000 +0000" for who in ("AUTHOR", "COMMITTER")},
}
_AS_STORED: Final = "* -text -eol -ident -filter -working-tree-encoding\n"
"""Attributes that keep files in the checkout as they are stored; those of merging stay in force."""

_CHECKED_OUT: Final = ".gitattributes\n"
"""All that a checkout needs to hold: rules for merging. What conflicts, git writes besides."""

_BESIDE: Final = re.compile(r"~[^/~]*$")
"""What git appends to a file that it moves out of the way of a directory."""


@dataclass(frozen=True)
class GitVerdict:
    """What git says about a pair.

    Attributes
    ----------
    overwritten
        Paths at which taking the earlier task back conflicts.
    conflicts
        Paths at which the later task conflicts with what is left, and the new or renamed files of
        the same content.
    names
        Path to every name that its file has in one of the steps, if it has several.
    """

    overwritten: frozenset[str]
    conflicts: dict[str, frozenset[str]]
    names: dict[str, frozenset[str]]

    def names_of(self, path: str) -> frozenset[str]:
        """Return every name of the file at a path."""
        return self.names.get(path, frozenset((path,)))


class _Changed(NamedTuple):
    """A file before and after, the names empty where there is none."""

    old: str
    new: str
    old_content: str
    new_content: str


class GitFailedError(Exception):
    """git gave up on a pair, with the last line that it said."""


class GitReplayer:
    """Takes a task back and merges another, with ``git cherry-pick``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._strategy: tuple[str, ...] = ()

    def replay(self, earlier: tuple[str, str], later: tuple[str, str]) -> GitVerdict:
        """Return what git says about a pair.

        Parameters
        ----------
        earlier, later
            The commit before each landing, and the landing.

        Raises
        ------
        GitFailedError
            If a step ends in anything but a merge or conflicts.
        """
        main = later[0]
        self._check_out(main)
        # Where else new files might belong is no question while a task is taken back.
        self._pick(
            self._commit(earlier[0], parent=earlier[1]), "-c", "merge.directoryRenames=false"
        )
        overwritten = self._unmerged()
        # Of files in which that conflicts, what the main line holds: where it conflicts, and where
        # the file was before git moved it there.
        moved = [
            each.old
            for each in self._changes("--cached", main)
            if not each.new
            and any(each.old_content in contents for contents in overwritten.values())
        ]
        for paths in _blocks(sorted({*overwritten, *moved})):
            self._run("reset", "-q", main, "--", *paths)
        left = self._commit(self._run("write-tree", "--missing-ok").strip(), parent=main)
        self._check_out(left)
        self._pick(self._commit(later[1], parent=main))
        conflicts = self._unmerged()
        steps = (earlier, (main, left), later)
        changes = [each for step in steps for each in self._changes(*step)]
        names = [(each.old, each.new) for each in changes if each.old and each.new]
        # Where git wants a file elsewhere, only its content tells which one it is.
        held = {
            path: frozenset(
                each.new
                for each in changes
                if each.old != each.new and each.new_content in contents
            )
            for path, contents in conflicts.items()
        }
        return GitVerdict(frozenset(overwritten), held, _joined(names))

    def replay_by_patience(self, earlier: tuple[str, str], later: tuple[str, str]) -> GitVerdict:
        """Return what git says where it aligns lines as libgit2 does here, by patience.

        Its default merge always aligns by histogram, so this is its older one, which later
        versions of git lack.
        """
        self._strategy = ("--strategy=recursive", "-X", "patience")
        try:
            return self.replay(earlier, later)
        finally:
            self._strategy = ()

    def _check_out(self, commit: str) -> None:
        self._run("reset", "-q", "--hard", commit)
        self._run("clean", "-ffdxq")

    def _commit(self, tree: str, *, parent: str) -> str:
        return self._run("commit-tree", f"{tree}^{{tree}}", "-p", parent, "-m", "step").strip()

    def _pick(self, commit: str, *options: str) -> None:
        """Merge what a commit changed into the checkout, without committing."""
        done = self._start(*options, "cherry-pick", *self._strategy, "--no-commit", commit)
        if done.returncode and not (done.returncode == 1 and self._unmerged()):
            said = (done.stdout + done.stderr).decode("utf-8", "replace").strip().split("\n")
            why = [line for line in said if line.startswith(("CONFLICT", "fatal", "error"))]
            raise GitFailedError((why or said)[0])

    def _unmerged(self) -> dict[str, set[str]]:
        """Return path in conflict to the contents that stand there."""
        found: dict[str, set[str]] = {}
        for entry in self._run("ls-files", "--unmerged", "-z").split("\0"):
            if entry:
                stage, _, path = entry.partition("\t")
                found.setdefault(path, set()).add(stage.split(" ")[1])
        return found

    def _changes(self, before: str, after: str) -> Iterator[_Changed]:
        """Yield what changed between two trees, or between the index and one."""
        command = ("diff-index",) if before == "--cached" else ("diff-tree", "-r", "-M")
        options = ("--raw", "-z", "--no-abbrev")
        fields = iter(self._run(*command, *options, before, after).split("\0"))
        for status in fields:
            if status:
                *_, old_content, new_content, kind = status.split(" ")
                old = new = next(fields)
                if kind.startswith("R"):
                    new = next(fields)
                yield _Changed(
                    old="" if kind == "A" else old,
                    new="" if kind == "D" else new,
                    old_content=old_content,
                    new_content=new_content,
                )

    def _run(self, *arguments: str) -> str:
        done = self._start(*arguments)
        if done.returncode:
            raise GitFailedError(done.stderr.decode("utf-8", "replace").strip())
        return os.fsdecode(done.stdout)

    def _start(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["git", *arguments],
            cwd=self._directory,
            env=_ENVIRONMENT,
            capture_output=True,
            check=False,
        )


@contextmanager
def git_replayer(repository: str) -> Iterator[GitReplayer]:
    """Lend a replayer over a copy of a repository's objects.

    A copy, because git renews the times of objects that it borrows; and objects only, so that no
    setting of the analysed repository counts.
    """
    source = Path(repository)
    objects = source / "objects" if (source / "objects").is_dir() else source / ".git" / "objects"
    with tempfile.TemporaryDirectory(prefix="label-study-") as folder:
        place = Path(folder)
        replayer = GitReplayer(place)
        replayer._run("init", "-q", "--template=", "-b", "study")
        shutil.copytree(objects, place / ".git" / "objects", dirs_exist_ok=True)
        (place / ".git" / "info").mkdir()
        (place / ".git" / "info" / "attributes").write_text(_AS_STORED, encoding="ascii")
        (place / ".git" / "info" / "sparse-checkout").write_text(_CHECKED_OUT, encoding="ascii")
        for name, value in (
            ("gc.auto", "0"),
            ("core.hooksPath", os.devnull),
            ("core.sparseCheckout", "true"),
            ("core.autocrlf", "false"),
            ("core.fsmonitor", "false"),
            ("core.attributesFile", os.devnull),
        ):
            replayer._run("config", name, value)
        yield replayer


def _joined(renames: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return path to every name that is joined to it by renames."""
    names: dict[str, frozenset[str]] = {}
    for old, new in renames:
        together = names.get(old, frozenset((old,))) | names.get(new, frozenset((new,)))
        names |= dict.fromkeys(together, together)
    return names


def _blocks(paths: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(paths), 500):
        yield paths[start : start + 500]


def without_suffix(path: str) -> str:
    """Return the name that a file would have had without a directory in its way."""
    return _BESIDE.sub("", path)

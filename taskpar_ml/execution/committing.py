"""What an agent left uncommitted in its worktree, committed for it as far as git can."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.execution.git_runner import Git

MAX_FILE: Final = 100 << 20
"""Bytes of a file that is committed for an agent at most: larger ones are seldom meant to be, stay
in a history for good, and are refused by the usual hosts."""
_NAMED: Final = 5
_SHOWN: Final = 300
_UNREADABLE: Final = ("Permission denied", "could not open directory")
_LOCKS: Final = ("index.lock", "HEAD.lock")


def commit_left(
    git: Git, tree: Path, attempt: Attempt, *, left_out: Sequence[str] = ()
) -> tuple[str, str]:
    """Commit what is not, and return the last commit and what is wrong with the files.

    The commit is empty where there is none: the branch of the worktree is not born yet.

    Parameters
    ----------
    git
        Runs in the worktree.
    tree
        The worktree.
    left_out
        Files that are nobody's work.

    Raises
    ------
    RunError
        If git cannot be run, or cannot commit at all.
    """
    own = Path(os.fsdecode(git("rev-parse", "--absolute-git-dir").out.rstrip(b"\n")))
    _unlock(git, own)
    _unhide(git, tree)
    merging = ("MERGE_HEAD",) if (own / "MERGE_HEAD").exists() else ()
    inner = sorted(_repositories(git))
    large = _large(git, tree, merging)
    failed = _add(git, tree, [*inner, *large, *left_out])
    if merging or git("diff", "--cached", "--quiet", fails=(1,)).status:
        subject = "Merge what has landed" if merging else f"Work on {attempt.task}"
        git(
            *("commit", "--quiet", "--no-verify", "--allow-empty", "--cleanup=verbatim"),
            *("--message", subject),
            environment=git.identity(),
        )
    wrong = []
    if inner:
        # Their files are left out, which nobody should find out later.
        wrong.append(f"It holds repositories of their own: {', '.join(inner[:_NAMED])}.")
    if large:
        wrong.append(_too_large(large))
    if failed:
        wrong.append(f"Git cannot add all files, so that they are in no commit: {failed}")
    if not wrong and any((own / name).exists() for name in ("rebase-merge", "rebase-apply")):
        wrong.append("A rebase is under way. Finish it, or abort it.")
    return git.commit_of("HEAD") or "", " ".join(wrong)


def _unlock(git: Git, own: Path) -> None:
    """Remove locks of a git that was ended: nothing runs in the worktree any more."""
    for name in _LOCKS:
        (own / name).unlink(missing_ok=True)
    branch = git("symbolic-ref", "--quiet", "HEAD", fails=(1,)).text
    common = git("rev-parse", "--path-format=absolute", "--git-common-dir").out.rstrip(b"\n")
    if branch:
        (Path(os.fsdecode(common)) / f"{branch}.lock").unlink(missing_ok=True)


def _unhide(git: Git, tree: Path) -> None:
    """Have git look at files that it was told not to look at, if they are there."""
    # Small letters are files that are taken for unchanged, S stands for those that are skipped.
    marked = [
        path
        for tag, _, path in (each.partition(" ") for each in git("ls-files", "-v", "-z").paths)
        if (tag.islower() or tag == "S") and os.path.lexists(tree / path)
    ]
    if marked:
        told = _joined(marked)
        git("update-index", "--no-assume-unchanged", "-z", "--stdin", told=told)
        git("update-index", "--no-skip-worktree", "-z", "--stdin", told=told)


def _repositories(git: Git) -> Iterator[str]:
    """Yield directories of a worktree that are repositories, and neither ignored nor submodules."""
    told = git("ls-files", "--others", "--exclude-standard", "-z")
    yield from (path.rstrip("/") for path in told.paths if path.endswith("/"))


def _large(git: Git, tree: Path, merging: Sequence[str]) -> dict[str, int]:
    """Return files that are too large to be committed for somebody, and their bytes.

    They are taken out of the index. Those that a filter makes small, as LFS does, are none.
    """
    left = git("ls-files", "--others", "--modified", "--exclude-standard", "-z", fails=(128,))
    # What another commit brings that is being merged is committed already.
    sides = [
        git("diff", "--cached", "--name-only", "-z", *side).paths
        for side in ((), *((each,) for each in merging))
    ]
    staged = set(sides[0]).intersection(*sides[1:])
    sizes = {path: size_of(tree / path) for path in {*left.paths, *staged}}
    found = {path: size for path, size in sorted(sizes.items()) if size > MAX_FILE}
    for path in _filtered(git, found):
        del found[path]
    if taken_out := sorted(staged & found.keys()):
        git(
            "reset",
            "--quiet",
            "--pathspec-from-file=-",
            "--pathspec-file-nul",
            told=_literal(taken_out),
        )
    return found


def _filtered(git: Git, paths: Iterable[str]) -> Iterator[str]:
    """Yield files that a program changes before they are committed."""
    told = git("check-attr", "-z", "--stdin", "filter", told=_joined(paths)).out
    words = [os.fsdecode(word) for word in told.split(b"\0")]
    for path, driver in zip(words[::3], words[2::3], strict=False):
        name = f"filter.{driver}"
        if any(git("config", f"{name}.{how}", fails=(1,)).text for how in ("clean", "process")):
            yield path


def _add(git: Git, tree: Path, left_out: Sequence[str]) -> str:
    """Add all that can be, and return what git says of the rest; empty where there is none."""
    add = ("add", "--all", "--ignore-errors", "--pathspec-from-file=-", "--pathspec-file-nul")
    paths = b".\0" + _literal(left_out, "exclude,")
    told = git(*add, told=paths, fails=(1, 128))
    if any(words in told.err for words in _UNREADABLE):
        _make_readable(tree)
        told = git(*add, told=paths, fails=(1, 128))
    is_whole = not told.status and not any(words in told.err for words in _UNREADABLE)
    return "" if is_whole else " ".join(told.err.split())[-_SHOWN:]


def _make_readable(tree: Path) -> None:
    """Let files and directories be read that somebody has closed: git does not keep that."""
    waiting = [tree]
    while waiting:
        place = waiting.pop()
        for each in _entries(place):
            if each.is_symlink():
                continue
            if each.is_dir(follow_symlinks=False):
                _allow(each.path, stat.S_IRWXU)
                waiting.append(Path(each.path))
            elif each.is_file(follow_symlinks=False):
                _allow(each.path, stat.S_IRUSR | stat.S_IWUSR)


def _entries(place: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as found:
            return list(found)
    except OSError:
        return []


def _allow(path: str, rights: int) -> None:
    try:
        mode = os.lstat(path).st_mode
        if mode & rights != rights:
            os.chmod(path, stat.S_IMODE(mode) | rights)
    except OSError:
        return  # somebody else's: git says so


def size_of(path: Path) -> int:
    """Return how large a plain file is; 0 for what is none."""
    try:
        found = path.lstat()
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _too_large(files: dict[str, int]) -> str:
    sizes = [f"{path} ({size >> 20} MiB)" for path, size in files.items()]
    more = f" and {len(sizes) - _NAMED} more" if len(sizes) > _NAMED else ""
    return (
        f"Too large to be committed for you: {', '.join(sizes[:_NAMED])}{more}."
        " Commit them yourself, have .gitignore name them, or delete them."
    )


def _joined(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _literal(paths: Iterable[str], how: str = "") -> bytes:
    return _joined(f":({how}literal){path}" for path in paths)

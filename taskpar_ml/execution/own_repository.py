"""The repository of a run: what it borrows from the user's, and settings that stay as they were."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from taskpar_ml.errors import RunError
from taskpar_ml.execution.git_runner import Git

_OWN_SECTIONS: Final = (
    *("extensions.", "includeif.", "include.", "gc.", "maintenance."),
    *("transfer.", "uploadpack.", "receive."),
)
_OWN_KEYS: Final = (
    *("core.bare", "core.worktree", "core.repositoryformatversion", "core.logallrefupdates"),
    *("core.sparsecheckout", "core.sparsecheckoutcone", "index.sparse"),
)
"""Settings of the user's repository that say how it lies there."""
_OURS: Final = (
    *(("core.repositoryFormatVersion", "0"), ("core.bare", "true")),
    *(("core.logAllRefUpdates", "always"), ("gc.auto", "0")),
    # Whoever collects garbage would take what others are just committing. Known to git, and
    # passed over by other programs, in version 0, too.
    ("extensions.preciousObjects", "true"),
    # What is hidden from others is fetched from here all the same.
    ("transfer.hideRefs", "!refs/taskpar"),
    # What failed must not be learned from: see resolving.py.
    *(("maintenance.auto", "false"), ("rerere.enabled", "false")),
)
_KEPT: Final = "config.kept"
_COPIED: Final = ("info/exclude", "info/attributes")
_UNSURE: Final = frozenset(b'"\\\n')


def borrow(own: Path, source: Git) -> None:
    """Make a bare repository that has the objects, and what matters of the settings, of another.

    Parameters
    ----------
    own
        An empty directory.
    source
        The git directory of the other one.

    Raises
    ------
    RunError
        If its objects cannot be shared.
    """
    Git(own)("init", "--quiet", "--bare", "--template=", ".")
    _share(own, source)
    has_path = source("config", "core.hooksPath", fails=(1,)).out
    if not has_path and (source.directory / "hooks").is_dir():
        shutil.copytree(source.directory / "hooks", own / "hooks", dirs_exist_ok=True)
    _keep_settings(own, source)
    shutil.copyfile(own / _KEPT, own / "config")


def is_whole(own: Path, source: Git) -> bool:
    """Whether a run's repository is one to git, whatever has become of its settings."""
    shared = own / "objects" / "info" / "alternates"
    is_repository = _is_file(own / "HEAD") and (own / "refs").is_dir() and _is_file(shared)
    return is_repository and shared.read_bytes() == _shared(source)


def put_back(own: Path, source: Git) -> None:
    """Put back what makes a directory that is still there the repository of a run.

    Raises
    ------
    RunError
        If its objects cannot be shared.
    """
    for name in ("objects/pack", "refs/heads", "refs/tags"):
        (own / name).mkdir(parents=True, exist_ok=True)
    if not _is_file(own / "HEAD"):
        _write(own / "HEAD", b"ref: refs/heads/main\n")
    restore(own, source)


def restore(own: Path, source: Git) -> bool:
    """Put back what a run's repository shares and is told, and return whether it was otherwise.

    What one agent has it ignore would be lost of the work of all. Git runs programs that settings
    name, when files are added or merged: those of the user, and no others. What submodules and
    large files need may be added.

    Raises
    ------
    RunError
        If its objects cannot be shared.
    """
    _share(own, source)
    kept, config = own / _KEPT, own / "config"
    if not _is_file(kept):
        _keep_settings(own, source)
    if _is_file(config) and config.read_bytes() == kept.read_bytes():
        return False
    # Not there: a repository whose settings cannot be read answers nothing.
    git = Git(own.parent)
    added = list(_harmless(git, config)) if _is_file(config) else []
    unfinished = own / "config.new"
    unfinished.unlink(missing_ok=True)
    shutil.copyfile(kept, unfinished)
    for name, value in added:
        git("config", "--file", str(unfinished), "--replace-all", name, value)
    unfinished.rename(config)
    return True


def _share(own: Path, source: Git) -> None:
    """Let a repository use the objects of another, and what else its files depend on."""
    place = source.directory
    objects = _shared(source)
    if _UNSURE & set(objects.removesuffix(b"\n")):
        cure = "Move the repository to a directory without quotes and backslashes."
        named = os.fsdecode(objects.removesuffix(b"\n"))
        raise RunError(named, "git cannot share objects of a path like this.", cure)
    _write(own / "objects" / "info" / "alternates", objects)
    for name in _COPIED:
        if (place / name).is_file():
            _write(own / name, (place / name).read_bytes())
        else:
            (own / name).unlink(missing_ok=True)
    if (place / "shallow").is_file() and not (own / "shallow").exists():
        # Agents may have fetched more since, or less.
        shutil.copyfile(place / "shallow", own / "shallow")


def _shared(source: Git) -> bytes:
    """Return what the file says that lets a repository use the objects of another."""
    return os.fsencode(os.path.realpath(source.directory / "objects")) + b"\n"


def _keep_settings(own: Path, source: Git) -> None:
    """Write down what the settings of a run's repository are."""
    unfinished = own / f"{_KEPT}.new"
    unfinished.unlink(missing_ok=True)
    git = Git(own.parent)
    for name, value in _settings(source):
        git("config", "--file", str(unfinished), "--add", name, value)
    ours = list(_OURS)
    if (source.directory / "lfs").is_dir():
        ours.append(("lfs.storage", str(source.directory / "lfs")))
    for name, value in ours:
        git("config", "--file", str(unfinished), "--replace-all", name, value)
    unfinished.rename(own / _KEPT)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _write(path: Path, text: bytes) -> None:
    """Write a file, unless it says that already."""
    if _is_file(path) and path.read_bytes() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.write_bytes(text)
    unfinished.rename(path)


def _settings(source: Git) -> Iterator[tuple[str, str]]:
    """Yield settings of a repository that are no matter of where it lies."""
    for entry in source("config", "--local", "--list", "-z", fails=(1,)).paths:
        name, _, value = entry.partition("\n")
        low = name.lower()
        is_own = low.startswith(_OWN_SECTIONS) or low in _OWN_KEYS
        if low == "extensions.partialclone" or not is_own:
            yield name, value


def _harmless(git: Git, config: Path) -> Iterator[tuple[str, str]]:
    """Yield settings that agents or their setup may add."""
    told = git("config", "--file", str(config), "--list", "-z", fails=(1, 3, 128))
    for entry in () if told.status else told.paths:
        name, _, value = entry.partition("\n")
        is_lfs = name.startswith("filter.lfs.") and (
            value.startswith("git-lfs ") or value == "true"
        )
        if is_lfs or (name.startswith("submodule.") and name.endswith((".url", ".active"))):
            yield name, value

"""The repository of a run: what it borrows from the user's, and settings that stay as they were."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from taskpar_ml.errors import RunError
from taskpar_ml.execution.git_runner import Git

_OWN_SECTIONS: Final = ("extensions.", "includeif.", "include.", "gc.", "maintenance.")
_OWN_KEYS: Final = (
    *("core.bare", "core.worktree", "core.repositoryformatversion", "core.logallrefupdates"),
    *("core.sparsecheckout", "core.sparsecheckoutcone", "index.sparse"),
)
"""Settings of the user's repository that say how it lies there."""
_OURS: Final = (
    *(("core.bare", "true"), ("core.logAllRefUpdates", "always"), ("gc.auto", "0")),
    # What failed must not be learned from: see resolving.py.
    *(("maintenance.auto", "false"), ("rerere.enabled", "false")),
)
_KEPT: Final = "config.kept"
_COPIED: Final = ("shallow", "info/exclude", "info/attributes")
_UNSURE: Final = frozenset('"\\\n')


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
    git = Git(own)
    git("init", "--quiet", "--bare", "--template=", ".")
    _share(own, source)
    for name, value in _settings(source):
        git("config", "--file", "config", "--add", name, value)
    ours = list(_OURS)
    if (source.directory / "lfs").is_dir():
        ours.append(("lfs.storage", str(source.directory / "lfs")))
    for name, value in ours:
        git("config", "--file", "config", "--replace-all", name, value)
    shutil.copyfile(own / "config", own / _KEPT)


def restore_settings(own: Path) -> None:
    """Put the settings of a run's repository back, whatever agents did to them.

    Git runs programs that settings name, when files are added or merged: those of the user, and no
    others. What submodules and large files need may be added.
    """
    kept, config = own / _KEPT, own / "config"
    is_whole = config.is_file() and not config.is_symlink()
    if is_whole and config.read_bytes() == kept.read_bytes():
        return
    # Not there: a repository whose settings cannot be read answers nothing.
    git = Git(own.parent)
    added = list(_harmless(git, config)) if is_whole else []
    unfinished = own / "config.new"
    unfinished.unlink(missing_ok=True)
    shutil.copyfile(kept, unfinished)
    for name, value in added:
        git("config", "--file", str(unfinished), "--replace-all", name, value)
    unfinished.rename(config)


def _share(own: Path, source: Git) -> None:
    """Let a new repository use the objects of another, and what else its files depend on."""
    place = source.directory
    objects = os.path.realpath(place / "objects")
    if _UNSURE & set(objects):
        cure = "Move the repository to a directory without quotes and backslashes."
        raise RunError(objects, "git cannot share objects of a path like this.", cure)
    (own / "objects" / "info").mkdir(exist_ok=True)
    (own / "objects" / "info" / "alternates").write_bytes(os.fsencode(f"{objects}\n"))
    (own / "info").mkdir(exist_ok=True)
    for name in _COPIED:
        if (place / name).is_file():
            shutil.copyfile(place / name, own / name)
    has_path = source("config", "core.hooksPath", fails=(1,)).out
    if not has_path and (place / "hooks").is_dir():
        shutil.copytree(place / "hooks", own / "hooks", dirs_exist_ok=True)


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

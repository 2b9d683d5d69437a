"""Named sets of numpy arrays, kept on disk whole and read without being copied into memory."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from taskpar_ml.array_files import plain_name, read_arrays, write_arrays
from taskpar_ml.private_directory import distrust, make_private

DEFAULT_KEPT: Final = 4
"""Sets kept per kind: a branch or two, what they grew from, and one to compare with."""

_UNFINISHED: Final = ".new-"
_DISCARDED: Final = ".old-"
_ABANDONED_SECONDS: Final = 86_400
"""Age from which on what has one of the names above belongs to a process that was killed."""


class ArrayStore:
    """Keeps sets of arrays, each under a kind and a key, as ``<root>/<kind>/<key>/<name>.npy``.

    A key must determine its arrays: the first set saved under it stays. Sets appear complete or
    not at all; what is malformed counts as absent and is replaced by the next save. Loaded arrays
    are read-only and mapped: they take memory only where they are looked at, and stay valid when
    another process deletes their files. How far damage is noticed says
    :func:`~taskpar_ml.array_files.read_arrays`.

    Processes and threads may share a directory without further care.

    Parameters
    ----------
    root
        Directory of the sets, made when first needed, private to the user.
    keep
        Most sets kept per kind; beyond that those go that were saved or loaded longest ago.
    """

    def __init__(self, root: Path, *, keep: int = DEFAULT_KEPT) -> None:
        self._root = root
        self._keep = keep

    def load(self, kind: str, key: str) -> dict[str, NDArray[Any]] | None:
        """Return the arrays of a key by name, ``None`` if they are not there or not as written.

        Raises
        ------
        ValueError
            If kind or key is no plain file name.
        """
        folder = self._folder(kind)
        target = folder / plain_name(key)
        if any(distrust(each) for each in (self._root, folder, target)):
            return None
        arrays = read_arrays(target, {"kind": kind, "key": key})
        if arrays is not None:
            with suppress(OSError):
                os.utime(target)
        return arrays

    def save(
        self, kind: str, key: str, arrays: Mapping[str, NDArray[Any]]
    ) -> dict[str, NDArray[Any]]:
        """Keep arrays, and return what would now be loaded: theirs, or those another process kept.

        Where nothing can be written, the given arrays are returned and nothing is kept.

        Raises
        ------
        ValueError
            If kind, key or a name is no plain file name, or an array holds Python objects.
        """
        folder, target = self._folder(kind), self._folder(kind) / plain_name(key)
        for name, array in arrays.items():
            if plain_name(name) and array.dtype.hasobject:
                raise ValueError(f"array {name!r} holds Python objects: they are not kept")
        with suppress(OSError):
            make_private(self._root)
            make_private(folder)
            if not distrust(self._root) and not distrust(folder):
                self._store(target, {"kind": kind, "key": key}, arrays)
                self._drop_oldest(folder, target)
        loaded = self.load(kind, key)
        return dict(arrays) if loaded is None else loaded

    def _folder(self, kind: str) -> Path:
        return self._root / plain_name(kind)

    def _store(
        self, target: Path, identity: Mapping[str, str], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        """Build the set beside its place and move it there, unless a good one came first."""
        building = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
        try:
            write_arrays(building, identity, arrays)
            _synced(building)
            try:
                building.rename(target)
            except OSError:
                if not distrust(target) and read_arrays(target, identity) is not None:
                    return
                _discard(target)
                building.rename(target)
            _synced(target.parent)
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def _drop_oldest(self, folder: Path, newest: Path) -> None:
        """Delete the sets beyond the number kept, and what killed processes left behind."""
        sets = []
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                changed = path.lstat().st_mtime
                if path.name.startswith((_UNFINISHED, _DISCARDED)):
                    if changed < time.time() - _ABANDONED_SECONDS:
                        _discard(path)
                elif path != newest:
                    sets.append((changed, path))
        sets.sort(reverse=True)
        for _, path in sets[max(self._keep - 1, 0) :]:
            _discard(path)


def _discard(path: Path) -> None:
    """Delete whatever has a name; the name is free at once, so that nobody sees half of it."""
    aside = path.with_name(f"{_DISCARDED}{secrets.token_hex(8)}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return
    if aside.is_symlink() or not aside.is_dir():
        aside.unlink(missing_ok=True)
    else:
        shutil.rmtree(aside, ignore_errors=True)


def _synced(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""One directory of arrays: ``.npy`` files and a manifest that says what they must be."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib.format import open_memmap, write_array
from numpy.typing import NDArray

from taskpar_ml.private_directory import OWNER_ONLY_FILE

MANIFEST: Final = "manifest.json"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_VERSION: Final = 1
_LARGEST_MANIFEST: Final = 1 << 20
_BLOCK: Final = 4096
_BLOCKS: Final = 16
"""Blocks of a file that enter its checksum: first, last, and evenly between; the header of the
format lies in the first."""

_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# A named pipe would block for ever without O_NONBLOCK.
_OLD: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def plain_name(name: str) -> str:
    """Return a name if it is fit for a file of any system.

    Raises
    ------
    ValueError
        If it is not: a name that leads elsewhere, for one.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} must be 1 to 128 letters, digits, '.', '-' or '_'")
    return name


def write_arrays(
    directory: Path, identity: Mapping[str, str], arrays: Mapping[str, NDArray[Any]]
) -> None:
    """Write arrays and their manifest into an empty directory, and bring both to disk.

    Parameters
    ----------
    identity
        What the arrays are, repeated in the manifest and asked for again when they are read.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    entries = {}
    for name, array in arrays.items():
        with os.fdopen(os.open(_path(directory, name), _NEW, OWNER_ONLY_FILE), "w+b") as file:
            write_array(file, np.asarray(array), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
            entries[name] = {
                "dtype": array.dtype.str,
                "shape": list(array.shape),
                "bytes": os.fstat(file.fileno()).st_size,
                "checksum": _sampled(file.fileno()),
            }
    body = {"version": _VERSION, **identity, "arrays": entries}
    manifest = {**body, "checksum": _digest(body)}
    with os.fdopen(os.open(directory / MANIFEST, _NEW, OWNER_ONLY_FILE), "wb") as file:
        file.write(json.dumps(manifest, indent=1).encode())
        file.flush()
        os.fsync(file.fileno())


def read_arrays(directory: Path, identity: Mapping[str, str]) -> dict[str, NDArray[Any]] | None:
    """Return the arrays of a directory, mapped into memory; ``None`` if anything is not right.

    Every size is compared, and a checksum over the manifest, over small files in full, and over
    16 blocks of each file above 64 KiB. A byte that changed elsewhere in a large file is not
    noticed: reading it all would cost what the mapping saves.
    """
    try:
        manifest = _manifest(directory)
        if any(manifest[name] != value for name, value in identity.items()):
            return None
        return {
            name: _mapped(_path(directory, name), entry)
            for name, entry in manifest["arrays"].items()
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # All that a manifest or a header which is not ours may lead to.
        return None


def _manifest(directory: Path) -> Any:
    """Return the manifest; ``ValueError`` if it is damaged."""
    with _opened(directory / MANIFEST) as file:
        body = json.loads(file.read(_LARGEST_MANIFEST))
    if body.pop("checksum") != _digest(body) or body["version"] != _VERSION:
        raise ValueError("the manifest is damaged or of another version")
    return body


def _mapped(path: Path, entry: Mapping[str, Any]) -> NDArray[Any]:
    """Return one array as its manifest has it; ``ValueError`` if the file differs."""
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size != entry["bytes"] or _sampled(file.fileno()) != entry["checksum"]:
            raise ValueError("the file is not as it was written")
    array = open_memmap(path, mode="r")
    if array.dtype.str != entry["dtype"] or list(array.shape) != entry["shape"]:
        raise ValueError("the file holds another array")
    return array


def _opened(path: Path) -> BinaryIO:
    """Open a regular file that belongs to the user; ``ValueError`` if it is anything else."""
    file = os.fdopen(os.open(path, _OLD), "rb")
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        file.close()
        raise ValueError("this is no file of ours")
    return file


def _path(directory: Path, name: str) -> Path:
    return directory / f"{plain_name(name)}.npy"


def _sampled(file: int) -> str:
    """Return a checksum over size and blocks of a file; over all of it where it is small."""
    size = os.fstat(file).st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=16)
    if size <= _BLOCK * _BLOCKS:
        starts = list(range(0, size, _BLOCK))
    else:
        starts = [(size - _BLOCK) * number // (_BLOCKS - 1) for number in range(_BLOCKS)]
    for start in starts:
        digest.update(os.pread(file, _BLOCK, start))
    return digest.hexdigest()


def _digest(body: Mapping[str, Any]) -> str:
    written = json.dumps(body, sort_keys=True).encode()
    return hashlib.blake2b(written, digest_size=16).hexdigest()

"""What becomes of a loose object when a disk is full, a machine stops, or somebody means harm."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

BLOB_OF_FIVE: Final = b"\x35"
"""How a loose object of git 1.4 began that holds five bytes."""


def loose_file(git_directory: Path, oid: object) -> Path:
    """Return the file of a loose object."""
    name = str(oid)
    return git_directory / "objects" / name[:2] / name[2:]


def cut(whole: bytes) -> Iterator[bytes]:
    """Yield what is left when writing ended too early, down to nothing."""
    for end in _ends(whole):
        yield whole[:end]


def zeroed(whole: bytes) -> Iterator[bytes]:
    """Yield files whose end was never written though their length was."""
    for end in _ends(whole):
        yield whole[:end].ljust(len(whole), b"\0")


def padded(whole: bytes) -> Iterator[bytes]:
    """Yield files that were cut and end in many zeros."""
    for end in _ends(whole):
        yield whole[:end] + bytes(4096)


def claiming(whole: bytes) -> Iterator[bytes]:
    """Yield objects that say they are longer or shorter than they are, whole and cut."""
    header, _, content = zlib.decompress(whole).partition(b"\0")
    kind = header.split()[0]
    for size in (len(content) + 1, len(content) + 10_000, 1 << 30, 1 << 62, 1 << 80, 0):
        lying = zlib.compress(b"%s %d\0%s" % (kind, size, content))
        if size != len(content):
            yield lying
        yield lying[:-1]
    for size_of_nothing in (b"", b"-1", b"+5", b"five"):
        yield zlib.compress(b"%s %s\0%s" % (kind, size_of_nothing, content))


def foreign(whole: bytes) -> Iterator[bytes]:
    """Yield files that are no loose object of today, or more than one."""
    yield whole + b"x"
    yield zlib.decompress(whole)
    yield BLOB_OF_FIVE
    yield BLOB_OF_FIVE + zlib.compress(b"hello")[:-1]
    yield zlib.compress(b"secret 5\0hello")
    yield zlib.compress(b"blob 5")


DAMAGES: Final[Mapping[str, Callable[[bytes], Iterator[bytes]]]] = {
    each.__name__: each for each in (cut, zeroed, padded, claiming, foreign)
}


def _ends(whole: bytes) -> list[int]:
    """Return where to cut: everywhere in short files, at telling places in long ones."""
    length = len(whole)
    if length < 200:
        return list(range(length))
    ends = {*range(100), length // 4, length // 2, 4095, 4096, 4097, *range(length - 20, length)}
    return sorted(end for end in ends if end < length)

"""Everything in a directory, to see whether anything changed."""

from __future__ import annotations

from pathlib import Path


def state(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Every file and directory with mode, time of change, inode and content."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (status.st_mode, status.st_mtime_ns, status.st_ino, content)
    return found

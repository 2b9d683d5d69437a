"""What a shallow, grafted or partial clone lacks, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pygit2

from taskpar_ml.domain.taskset import Notice
from taskpar_ml.repo.git import common_directory
from taskpar_ml.repo.git_files import GRAFTS
from taskpar_ml.repo.listing import TreeListing
from taskpar_ml.repo.objects import ObjectReader

FETCH_ALL: Final = "`git fetch --refetch --no-filter`"
_PROMISOR: Final = re.compile(r"remote\.(?P<remote>.*)\.promisor")
_TRUE: Final = frozenset(("true", "yes", "on", "1", ""))


def history_gaps(
    repository: pygit2.Repository, reader: ObjectReader, *, place: str
) -> Iterator[Notice]:
    """Yield one notice for each way in which the history may be incomplete."""
    if repository.is_shallow:
        yield Notice(
            place,
            "the clone is shallow: history ends where it was cut, so co-change and batches see "
            "only what came after. `git fetch --unshallow` brings the rest.",
        )
    grafted = (common_directory(repository) / GRAFTS).is_file()
    if grafted or reader.replacements:
        yield Notice(
            place,
            "history is grafted: `git replace` or a graft file puts other objects or parents in "
            "the place of the recorded ones, and they are followed as git does. "
            "`git replace --list` names them.",
        )


def content_gaps(
    repository: pygit2.Repository, listing: TreeListing, *, place: str
) -> Iterator[Notice]:
    """Yield one notice for each kind of thing below a commit that cannot be read."""
    filtered = promised_by(repository)
    if filtered is not None:
        yield Notice(
            place,
            f"the clone is partial ({filtered}): files that were not fetched are known by name "
            f"only. {FETCH_ALL} brings their contents.",
        )
    if listing.unread:
        cure = "Check the clone with `git fsck`, or clone again."
        if filtered is not None:
            cure = f"{FETCH_ALL} brings them."
        yield Notice(
            place,
            f"{_counted(listing.unread, 'directory', 'directories')} cannot be read, so the "
            f"files below are unknown. {cure}",
        )
    if listing.unusable:
        yield Notice(
            place,
            f"{_counted(listing.unusable, 'entry', 'entries')} cannot be checked out because of "
            "a name such as '..' or an endless path, and are left out. `git fsck` names them.",
        )


def sparse_gap(place: str) -> Notice:
    """Return the notice that a sparse checkout deserves."""
    return Notice(
        place,
        "the checkout is sparse: files that it leaves out are known by name only. "
        "`git sparse-checkout disable` brings them, and a commit holds them all.",
    )


def promised_by(repository: pygit2.Repository) -> str | None:
    """Return the filter of a partial clone, ``None`` where the clone is not partial."""
    settings = {entry.name.lower(): entry.value or "" for entry in repository.config}
    for name, value in sorted(settings.items()):
        found = _PROMISOR.fullmatch(name)
        if found and value.lower() in _TRUE:
            chosen = settings.get(f"remote.{found['remote']}.partialclonefilter")
            return chosen or "filter unknown"
    return "filter unknown" if "extensions.partialclone" in settings else None


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"

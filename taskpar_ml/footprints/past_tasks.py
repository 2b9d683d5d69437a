"""What earlier tasks said and which files they changed: the memory of a repository, as arrays."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.landing import Landing
from taskpar_ml.footprints.inverted_index import InvertedIndex
from taskpar_ml.footprints.terms import TERMS_VERSION, term_counts
from taskpar_ml.history.statistics import HistoryStatistics

ARRAYS_KIND: Final = f"past-tasks-3-{TERMS_VERSION}"
"""Under what name the arrays are kept; raise the number when their making changes."""

_TITLE_TIMES: Final = 2
_BODY_CHARACTERS: Final = 1_500
"""Beginning of a body that is read; more adds log output and co-authors' chatter."""
_TITLE_SHOWN: Final = 80
TEXT_CHARACTERS: Final = 400
"""Beginning of a title, and of what stands below it, that a sentence encoder reads: it tells what
is meant, and the longer a text, the longer it takes to encode."""
_TOLD: Final = 2_000
"""Newest tasks of which that is kept."""


@dataclass(frozen=True)
class PastTasks:
    """Tasks that have landed, oldest first, automation left out.

    Attributes
    ----------
    index
        Their texts.
    touched
        Whether a task changed a file of the snapshot, under whatever name it then had: CSR of
        ones, shape ``(n_past, n_files)``.
    titles
        Their titles, UTF-8, end to end, shape ``(n_bytes,)``.
    title_ends
        Where each title ends, shape ``(n_past,)``.
    names
        Their ids, ASCII, a line each, shape ``(n_bytes,)``.
    told
        What the newest of them said, title and beginning, UTF-8, each ended by a zero byte, shape
        ``(n_bytes,)``.
    """

    index: InvertedIndex
    touched: sparse.csr_array
    titles: NDArray[np.uint8]
    title_ends: NDArray[np.int64]
    names: NDArray[np.uint8]
    told: NDArray[np.uint8]

    @classmethod
    def of(cls, landings: Sequence[Landing], paths: Sequence[str]) -> Self:
        """Return the memory of landings that end where a snapshot with those paths was taken."""
        tasks = [landing for landing in landings if landing.is_task]
        titles = [task.title[:_TITLE_SHOWN].encode("utf-8", "replace") for task in tasks]
        return cls(
            index=InvertedIndex.of_documents([_terms(task) for task in tasks]),
            touched=HistoryStatistics.of(landings, paths).touched,
            titles=np.frombuffer(b"".join(titles), dtype=np.uint8),
            title_ends=np.cumsum([len(title) for title in titles], dtype=np.int64),
            names=np.frombuffer("\n".join(task.id for task in tasks).encode(), dtype=np.uint8),
            told=np.frombuffer(b"".join(map(_told, tasks[-_TOLD:])), dtype=np.uint8),
        )

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]], *, n_files: int) -> Self:
        """Return the memory that :meth:`arrays` held."""
        names = ("terms", "starts", "documents", "counts", "lengths")
        columns = arrays["touched"]
        return cls(
            index=InvertedIndex(**{name: arrays[name] for name in names}),
            touched=sparse.csr_array(
                (np.ones(len(columns)), columns, arrays["touched_starts"]),
                shape=(len(arrays["title_ends"]), n_files),
            ),
            titles=arrays["titles"],
            title_ends=arrays["title_ends"],
            names=arrays["names"],
            told=arrays["told"],
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the memory as arrays by name, to be kept."""
        return {
            **self.index.arrays(),
            "touched": self.touched.indices,
            "touched_starts": self.touched.indptr,
            "titles": self.titles,
            "title_ends": self.title_ends,
            "names": self.names,
            "told": self.told,
        }

    @property
    def n_past(self) -> int:
        """How many tasks are remembered."""
        return int(self.touched.shape[0])

    @cached_property
    def files_changed(self) -> NDArray[np.float64]:
        """How many files of the snapshot each task changed, shape ``(n_past,)``."""
        return np.diff(self.touched.indptr).astype(np.float64)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(self.names.tobytes().decode().split("\n")) if self.n_past else ()

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What the newest of them said: title and beginning of the body."""
        return tuple(self.told.tobytes().decode().split("\0")[:-1])

    def title(self, past: int) -> str:
        """Return the title of one past task."""
        begin = int(self.title_ends[past - 1]) if past else 0
        return self.titles[begin : int(self.title_ends[past])].tobytes().decode("utf-8", "replace")


def memory_key(newest: str, paths: Sequence[str], settings: str) -> str:
    """Return a name for the memory of a history, seen from one set of paths.

    Parameters
    ----------
    newest
        Key of the newest commit in one view of the history, from
        :meth:`taskpar_ml.history.view.HistoryView.key`.
    paths
        The paths of the snapshot.
    settings
        All else that the memory depends on.
    """
    digest = hashlib.sha256(f"{newest}\0{settings}\0".encode())
    digest.update("\0".join(paths).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:40]


def _terms(task: Landing) -> Counter[int]:
    counts = term_counts(task.body[:_BODY_CHARACTERS])
    for term, count in term_counts(task.title).items():
        counts[term] += _TITLE_TIMES * count
    return counts


def told_text(title: str, body: str) -> str:
    """Return what a sentence encoder reads of a task, whether it is to come or has landed.

    Examples
    --------
    >>> told_text("Fix login", "")
    'Fix login'
    """
    return f"{title[:TEXT_CHARACTERS]}\n{body[:TEXT_CHARACTERS]}".strip()


def _told(task: Landing) -> bytes:
    text = told_text(task.title, task.body).replace("\0", " ")
    return text.encode("utf-8", "replace") + b"\0"

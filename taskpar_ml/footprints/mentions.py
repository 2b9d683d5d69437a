"""Evidence from what a text names: one finder, one small grammar per kind of name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from taskpar_ml.domain.footprint import Access, Evidence, EvidenceSource, Surface
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.wording import passages
from taskpar_ml.repo.snapshot import RepoSnapshot


class Mention(NamedTuple):
    """Something that a text names.

    ``item`` is a path, glob or normalised name; ``share`` in (0, 1] the belief that the item is
    what the words mean, and is touched as a whole; ``quote`` the words.
    """

    item: str
    access: Access
    creates: bool
    quote: str
    share: float = 1.0


Grammar = Callable[[str, RepoSnapshot], Iterator[Mention]]
"""Reads the mentions out of a text; the snapshot says what exists."""

_LONGEST_TEXT: Final = 100_000
"""Characters of a text that are read: a log pasted into a task would take minutes."""


@dataclass(frozen=True)
class TextMentions:
    """Reads one kind of name out of the texts of a task and of its parents."""

    surface: Surface
    grammar: Grammar

    def find(self, task: Task, memory: RepoMemory) -> Iterator[Evidence]:
        """Yield one row per item and access: its strongest mention."""
        best: dict[tuple[str, Access], Evidence] = {}
        for passage in passages(task):
            for mention in self.grammar(passage.text[:_LONGEST_TEXT], memory.snapshot):
                key = mention.item, mention.access
                probability = passage.probability * mention.share
                if key not in best or probability > best[key].probability:
                    best[key] = Evidence(
                        task=task.id,
                        surface=self.surface,
                        item=mention.item,
                        access=mention.access,
                        probability=probability,
                        source=EvidenceSource.MENTION,
                        creates=mention.creates and mention.access == Access.WRITE,
                        quote=mention.quote,
                    )
        yield from best.values()

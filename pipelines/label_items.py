"""What detectors find in the past of a repository, without merging, and a sample of it to read."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from label_past import name_of

from taskpar_ml.errors import RepositoryError
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.history.items.fact_detectors import FACT_DETECTORS
from taskpar_ml.history.items.shipped import ITEM_DETECTORS
from taskpar_ml.history.landings import landings_of
from taskpar_ml.history.line import whole_line
from taskpar_ml.history.replay.done import DoneTask, done_task
from taskpar_ml.history.replay.items import ItemFinder
from taskpar_ml.history.replay.read_task import ContentFacts
from taskpar_ml.history.replay.recipe import WINDOW
from taskpar_ml.history.view import HistoryView
from taskpar_ml.policy.automation import AutomationRules


class Found(NamedTuple):
    """A thing over which two tasks would have collided.

    Attributes
    ----------
    repository
        As tables call it.
    earlier, later
        Ids of the landings.
    kind, item
        What detectors say.
    """

    repository: str
    earlier: str
    later: str
    kind: str
    item: str


def found_items(place: str, *, tasks: int, cache: Path) -> Iterator[Found]:
    """Yield what detectors find about the pairs of the newest tasks.

    Parameters
    ----------
    place
        ``path`` or ``path@revision``.
    tasks
        So many, each against those of its window among them.
    """
    path, _, revision = place.partition("@")
    view = HistoryView.at(path, revision or "HEAD")
    line, _ = whole_line(view.reader, view.commit)
    landings = landings_of(view, line, cache=DiskFactCache(cache), rules=AutomationRules())
    newest = deque((each for each in landings if each.is_task and each.base), maxlen=tasks)
    facts = ContentFacts(view.reader, place=path, detectors=FACT_DETECTORS)
    finder = ItemFinder(ITEM_DETECTORS)
    window: deque[DoneTask] = deque(maxlen=WINDOW)
    for landing in newest:
        try:
            task = done_task(view.reader, landing.id, str(landing.base), place=path)
        except RepositoryError:
            continue
        for earlier in reversed(window):
            for each in finder.find(earlier, task, facts):
                yield Found(name_of(path), earlier.id, task.id, each.kind.value, each.item)
        window.append(task)


def drawn(found: Iterable[Found], number: int, *, seed: int) -> list[Found]:
    """Return a sample of each kind: one item of a pair, and of no task more than one pair.

    Repositories take turns, so that one with many does not speak for all.

    Parameters
    ----------
    number
        Items of each kind; all of them where there are fewer.
    """
    by_kind: defaultdict[str, defaultdict[str, list[Found]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for each in sorted(found):
        by_kind[each.kind][each.repository].append(each)
    chosen: list[Found] = []
    for kind in sorted(by_kind):
        shuffled = []
        for repository in sorted(by_kind[kind]):
            those = list(by_kind[kind][repository])
            random.Random(f"{seed} {kind} {repository}").shuffle(those)
            shuffled.append(_apart(those))
        turns = [each for turn in _in_turn(shuffled) for each in turn]
        chosen += turns[:number]
    return chosen


def _apart(found: Iterable[Found]) -> list[Found]:
    seen: set[str] = set()
    chosen = []
    for each in found:
        if seen.isdisjoint((each.earlier, each.later)):
            chosen.append(each)
            seen |= {each.earlier, each.later}
    return chosen


def _in_turn(lists: list[list[Found]]) -> Iterator[list[Found]]:
    for turn in range(max(map(len, lists), default=0)):
        yield [each[turn] for each in lists if turn < len(each)]

"""Made-up pasts for stores: landings, findings, texts and outcomes with all that may occur."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.landing import ChangeStatus, FileChange, Landing, LandingShape
from taskpar_ml.domain.mined import (
    DecidedBy,
    FileFinding,
    FileVerdict,
    ItemFinding,
    MinedTask,
    PairFinding,
)
from taskpar_ml.domain.outcome import LANDED, Cost, Ending, Outcome, RecordedOutcome
from taskpar_ml.domain.overlap import FileConflictKind
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.history.store.repo_history import RepoHistory

WORDS = ("tax", "", "naïve", "caf\udce9", "nul\0", "\ud800", "日本", "a\nb", "'; DROP TABLE x")
PATHS = ("src/a.py", "src/b.py", "caf\udce9.txt", "docs/日本.md", "\udcc3\udca9", "x" * 5_000)
START = 1_700_000_000
STEP = 1_000


def commit_id(*words: object) -> str:
    """Return what looks like the id of a commit."""
    return hashlib.sha1(repr(words).encode()).hexdigest()


@dataclass(frozen=True)
class Past:
    """What there is to append."""

    landings: tuple[PlacedLanding, ...]
    mined: tuple[MinedTask, ...]
    texts: tuple[TaskText, ...]
    outcomes: tuple[RecordedOutcome, ...]

    @property
    def pairs(self) -> list[PairFinding]:
        """Every pair in the order of the line."""
        number = {each.landing.id: each.number for each in self.landings}
        pairs = [pair for task in self.mined for pair in task.pairs]
        return sorted(pairs, key=lambda pair: (number[pair.later], number[pair.earlier]))

    def append_to(self, history: RepoHistory, *, size: int = 1_000) -> None:
        """Append everything in batches."""
        for piece in pieces(self.landings, size):
            history.append_landings(piece)
        for piece in pieces(self.mined, size):
            history.append_mined(piece)
        for piece in pieces(self.texts, size):
            history.append_texts(piece)
        for piece in pieces(self.outcomes, size):
            history.append_outcomes(piece)


def pieces(things: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    """Cut into pieces."""
    return (things[start : start + size] for start in range(0, len(things), size))


def contents(history: RepoHistory) -> dict[str, object]:
    """Return everything that a history answers."""
    with history.at_one_moment() as reader:
        return {
            "recipe": reader.recipe(),
            "landings": list(reader.landings()),
            "mined": reader.mined(),
            "pairs": list(reader.pairs()),
            "texts": list(reader.texts()),
            "reports": list(reader.reports()),
            "outcomes": list(reader.outcomes()),
        }


def past(seed: int, *, landings: int = 12, window: int = 4, name: str = "") -> Past:
    """Return a past, the same for the same seed. Commit times are not in order everywhere."""
    chance = random.Random(seed)
    placed = _landings(chance, landings, name)
    tasks = [each for each in placed if each.landing.is_task]
    mined = tuple(
        MinedTask(
            task.landing.id,
            tuple(
                _pair(chance, earlier.landing.id, task.landing.id)
                for earlier in reversed(tasks[max(place - window, 0) : place])
            ),
        )
        for place, task in enumerate(tasks)
    )
    texts = tuple(
        TaskText(
            each.landing.id,
            chance.choice(WORDS),
            chance.choice(WORDS),
            each.landing.landed_at - chance.randrange(3 * STEP),
            f"https://example.org/{chance.randrange(3)}{chance.choice(WORDS)}{place}",
        )
        for place, each in enumerate(placed)
        if chance.random() < 0.6
    )
    outcomes = {_key(each): each for each in (_outcome(chance, landings) for _ in range(landings))}
    return Past(placed, mined, texts, tuple(outcomes.values()))


def _landings(chance: random.Random, count: int, name: str) -> tuple[PlacedLanding, ...]:
    number, base, placed = chance.randrange(-20, 20), None, []
    for place in range(count):
        joined = chance.choice((1, 1, 1, 2, 3))
        commits = tuple(commit_id(name, count, place, part) for part in range(joined))
        number += joined
        changes = _changes(chance)
        landing = Landing(
            commits=commits,
            base=base,
            author=f"{chance.choice('ab')}@example.org",
            landed_at=START + place * STEP - chance.choice((0, 0, 0, 5 * STEP)),
            title=chance.choice(WORDS),
            body=chance.choice(WORDS) * chance.choice((1, 400)),
            changes=changes,
            changed=len(changes) + chance.choice((0, 0, 7)),
            shape=chance.choice(list(LandingShape)),
            reference=chance.choice((None, "#12", WORDS[3])),
            automation="release" if chance.random() < 0.15 else None,
        )
        placed.append(PlacedLanding(number, landing))
        base = landing.id
    return tuple(placed)


def _changes(chance: random.Random) -> tuple[FileChange, ...]:
    chosen = sorted(chance.sample(PATHS, chance.randrange(4)))
    changes = []
    for path in chosen:
        status = chance.choice(list(ChangeStatus))
        old = f"old/{path}" if status == ChangeStatus.RENAMED else None
        changes.append(FileChange(path, status, old))
    return tuple(changes)


def _pair(chance: random.Random, earlier: str, later: str) -> PairFinding:
    if chance.random() < 0.5:
        return PairFinding(earlier, later)
    items = tuple(
        ItemFinding(kind, f"port 80{chance.choice(WORDS)}", "ports-1")
        for kind in sorted(chance.sample(list(ConflictKind), chance.choice((0, 0, 2))))
    )
    concurrent = chance.random() < 0.5
    tips = _files(chance) if concurrent and chance.random() < 0.7 else None
    return PairFinding(earlier, later, _files(chance), items, concurrent, tips)


def _files(chance: random.Random) -> tuple[FileFinding, ...]:
    return tuple(
        FileFinding(
            path,
            chance.choice(list(FileVerdict)),
            chance.choice(list(DecidedBy)),
            chance.choice((None, *FileConflictKind)),
            chance.random() < 0.3,
        )
        for path in sorted(chance.sample(PATHS, chance.choice((0, 1, 2))))
    )


def _key(recorded: RecordedOutcome) -> tuple[object, ...]:
    outcome = recorded.outcome
    return outcome.task, outcome.attempt, outcome.base, recorded.correction


def _outcome(chance: random.Random, tasks: int) -> RecordedOutcome:
    ending = chance.choice(list(Ending))
    hit = ending not in (Ending.MERGED, Ending.FAILED) and chance.random() < 0.5
    start = datetime.fromtimestamp(START + chance.randrange(20) * STEP, UTC)
    end = start + timedelta(seconds=chance.randrange(5_000), microseconds=chance.randrange(10**6))
    cost = Cost(tokens=chance.randrange(10**12), money=Decimal("1.230"), currency="EUR")
    return RecordedOutcome(
        outcome=Outcome(
            task=f"task-{chance.randrange(tasks)}",
            attempt=chance.randrange(1, 4),
            base=commit_id(chance.randrange(2)),
            started_at=start,
            ended_at=end,
            beside=("task-a", "T012"),
            touched=tuple(chance.sample(PATHS, 2)),
            ending=ending,
            hit=hit,
            because_of=("task-a",) if hit else (),
            conflicts=PATHS[2:3] if hit else (),
            cost=chance.choice((None, Cost(tokens=7), cost)),
            landed_as=commit_id("landed") if ending in LANDED else None,
            reported_by="runner-1",
        ),
        recorded_at=end + timedelta(seconds=chance.randrange(100)),
        correction=chance.choice((0, 0, 1)),
    )

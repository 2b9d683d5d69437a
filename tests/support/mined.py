"""Histories whose tasks meet, and what a store holds of one."""

from __future__ import annotations

import random
from pathlib import Path

from taskpar_ml.history.store.repo_history import RepoHistory
from tests.support.histories import ADA, BOB, HOUR, History

AUTHORS = (ADA, BOB, "Eve <eve@example.org>")


def grow_crowded(place: Path, *, landings: int, seed: int = 0, files: int = 12) -> History:
    """Make a history of reviews, branches and pushes that keep changing the same few files."""
    chance = random.Random(seed)
    history = History(place)
    texts = {f"src/f{at}.py": [f"line {line} of {at}" for line in range(12)] for at in range(files)}
    history.commit("Start (#1)", {path: _text(lines) for path, lines in texts.items()})
    for number in range(2, landings + 1):
        change = {}
        for path in chance.sample(sorted(texts), chance.randint(1, 3)):
            lines = texts[path]
            at = chance.randrange(len(lines))
            lines[at : at + chance.randint(0, 2)] = [f"line of {number}.{chance.randint(0, 9)}"]
            change[path] = _text(lines)
        if chance.random() < 0.1:
            change[f"docs/n{number}.md"] = f"note {number}\n"
        author = chance.choice(AUTHORS)
        if chance.random() < 0.3:
            tip = history.branch((f"work {number}", change), author=author)
            history.merge(f"Merge pull request #{number} from x/y\n\nChange {number}\n", tip)
        elif chance.random() < 0.3:
            history.commit(f"Change {number}", change, author=author, after=HOUR)
        else:
            history.commit(f"Change {number} (#{number})", change, author=author)
    return history


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def content(history: RepoHistory) -> tuple[object, ...]:
    """Return everything that a store holds of a mined history, numbers counted from its first."""
    landings = list(history.landings())
    first = landings[0].number if landings else 0
    return (
        [(placed.number - first, placed.landing) for placed in landings],
        list(history.pairs()),
        history.mined(),
    )

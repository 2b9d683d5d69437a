"""Small random main lines that branch, rename and clash, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from pygit2.enums import FileMode

from tests.support.clashes import STEPS, Held, add, edit
from tests.support.histories import History
from tests.support.merging import Content

_RULES = ("", "*.py merge=union\n", "a -merge\n", "* text=auto\n")

State = Mapping[str, Held]


def random_states(seed: int, *, landings: int) -> list[State]:
    """Return the files after each of some landings."""
    chance = random.Random(seed)
    files: dict[str, Held] = {}
    for _ in range(chance.randrange(3, 7)):
        add(chance, files)
    states = [dict(files)]
    for _ in range(landings):
        for _ in range(chance.choice((1, 1, 2, 3))):
            step = chance.choice((*STEPS, edit, edit, edit)) if files else add
            step(chance, files)
        if chance.random() < 0.1:
            rule = chance.choice(_RULES).splitlines()
            files[".gitattributes"] = Held(FileMode.BLOB, tuple(rule))
        states.append(dict(files))
    return states


def grow(place: Path, states: list[State]) -> tuple[History, list[str]]:
    """Commit states one after the other; return the history and the commits."""
    history = History(place)
    made = []
    before: dict[str, Content] = {}
    for number, files in enumerate(states):
        after = {path: _content(held) for path, held in files.items()}
        change: dict[str, Content | None] = dict.fromkeys(before.keys() - after.keys())
        made.append(history.commit(f"Step {number}", {**change, **after}))
        before = after
    return history, made


def grow_with_branches(place: Path, seed: int, *, landings: int) -> History:
    """Commit a random line of which some landings merge a branch begun a few landings before."""
    chance = random.Random(seed)
    states = random_states(seed, landings=landings)
    history, made = History(place), []
    before: dict[str, Content] = {}
    for number, files in enumerate(states):
        after = {path: _content(held) for path, held in files.items()}
        change = {**dict.fromkeys(before.keys() - after.keys()), **after}
        parents = None
        if made and chance.random() < 0.5:
            start = made[max(len(made) - 1 - chance.randrange(4), 0)]
            own = {path: held for path, held in after.items() if chance.random() < 0.7}
            fit = dict.fromkeys(history.files[start].keys() - own.keys())
            parents = [made[-1], history.branch((f"Work {number}", {**fit, **own}), start=start)]
        made.append(history.commit(f"Step {number}", change, parents=parents))
        before = after
    return history


def _content(held: Held) -> Content:
    if held.mode == FileMode.LINK:
        return held.mode, "\n".join(held.lines).encode()
    return held.mode, "".join(f"{line}\n" for line in held.lines).encode()

"""A repository that pipelines/run_study.py makes itself: it is known which tasks collide.

Every task adds a function to a module of its own. Those that add a feature put a line at the top
of the changelog besides, and those that register something a line at the end of a list that all
share: two that do the same of the two collide, and no others do. Every other title says so.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from itertools import combinations
from math import ceil
from pathlib import Path
from typing import Final

from run_copies import Copy, StudyTask, git, name_user, seconds_for

_PACKAGES: Final = ("pricing", "shipping", "catalog", "search", "export", "reports", "maps", "mail")
_NOUNS: Final = ("cache", "retry", "rounding", "quota", "paging", "filter", "sorting", "digest")
_CHANGELOG: Final = "CHANGELOG.md"
_REGISTRY: Final = "src/registry.py"
_PARTS: Final = ("limits", "errors", "totals", "defaults", "units", "names", "dates", "ranges")
_TITLES: Final = {
    _CHANGELOG: "Add {part} to {module}",
    _REGISTRY: "Register {part} of {module}",
    "": "Fix {part} in {module}",
}
"""How tasks are called that change a shared file, or none."""
_SHARES: Final = {_CHANGELOG: 0.25, _REGISTRY: 0.1}
"""Of all tasks, at least, those that change each of the shared files."""
_PAST: Final = 60
"""Tasks that have landed before: something to learn from."""


def generated(place: Path, *, tasks: int, seed: int, scale: float) -> Copy:
    """Make the repository, with a past of tasks like those that are to be done.

    Parameters
    ----------
    tasks
        How many are to be done.
    seed
        Another seed, other tasks.
    scale
        Seconds for a minute.
    """
    chance = random.Random(seed)
    place.mkdir(parents=True)
    git(place, "init", "--quiet", "--initial-branch=main")
    name_user(place)
    modules = [f"src/{package}/{noun}.py" for package in _PACKAGES for noun in _NOUNS]
    for module in modules:
        (place / module).parent.mkdir(parents=True, exist_ok=True)
        (place / module).write_text(f'"""{_words(module)}."""\n')
    (place / _CHANGELOG).write_text("# Changes\n")
    (place / _REGISTRY).write_text("KNOWN = [\n]\n")
    _commit(place, "Begin")
    for each in _drawn(_PAST, modules, chance, prefix="p", scale=scale):
        subprocess.run(["/bin/sh", "-ec", each.edit], cwd=place, check=True)
        _commit(place, each.title)
    wanted = tuple(_drawn(tasks, modules, chance, prefix="t", scale=scale))
    return Copy(place, git(place, "rev-parse", "HEAD"), wanted)


def known_pairs(copy: Copy) -> set[frozenset[str]]:
    """Return the pairs of tasks that collide, as the repository was made."""
    shared = {task.name: _shared_by(task.title) for task in copy.tasks}
    return {
        frozenset((one, other))
        for one, other in combinations(shared, 2)
        if shared[one] and shared[one] == shared[other]
    }


def _drawn(
    count: int, modules: list[str], chance: random.Random, *, prefix: str, scale: float
) -> Iterator[StudyTask]:
    """Yield tasks, each with a module of its own."""
    shared = [path for path, share in _SHARES.items() for _ in range(ceil(share * count))]
    shared = [*shared, *[""] * count][:count]
    chance.shuffle(shared)
    for number, (module, path) in enumerate(
        zip(chance.sample(modules, count), shared, strict=True), start=1
    ):
        lines = round(chance.lognormvariate(3.5, 1.0)) + 2
        title = _TITLES[path].format(part=chance.choice(_PARTS), module=module)
        if path and number % 2:
            title += f", with a line in {path}"
        name = f"{prefix}{number}"
        edit = _function(module, name, lines) + _line(path, f"{title} ({name})")
        yield StudyTask(name, title, seconds_for(lines, scale=scale), edit)


def _function(module: str, name: str, lines: int) -> str:
    """Return what adds a function of so many lines to a module."""
    body = "\n".join(f"    {name}_{line} = {line}" for line in range(lines - 2))
    return f"cat >>{module} <<'END'\n\ndef {name}():\n{body}\n    return None\nEND\n"


def _line(path: str, text: str) -> str:
    """Return what adds a line to a shared file: below its heading, or at the end of its list."""
    if path == _CHANGELOG:
        parts = f"sed -n 1p {path}; echo '- {text}.'; sed 1d {path}"
    elif path == _REGISTRY:
        parts = f"sed '$d' {path}; echo '    \"{text}\",'; echo ']'"
    else:
        return ""
    return f"{{ {parts}; }} >changed.new\nmv changed.new {path}\n"


def _shared_by(title: str) -> str:
    """Return the shared file that a task changes, by how its title begins; empty for none."""
    verb = title.partition(" ")[0]
    return next(path for path, words in _TITLES.items() if words.startswith(verb))


def _words(module: str) -> str:
    _, package, name = Path(module).with_suffix("").parts
    return f"{package} {name}"


def _commit(place: Path, message: str) -> None:
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", message)

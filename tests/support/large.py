"""Repositories of any size with contents and a past worth predicting from, made by fast-import."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

_AREAS = ("auth", "billing", "catalog", "search", "export", "reports", "users", "orders")
_VERBS = ("add", "fix", "refactor", "extend", "remove", "speed up", "validate", "log")
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo")
_LINES = 60
_FILES_PER_DIRECTORY = 40


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))


class LargeRepository:
    """A repository whose files have words of their own, and whose past tasks use them.

    Parameters
    ----------
    place
        Where it is made.
    files
        How many files it has.
    commits
        How many landings follow the first commit; each changes one to four files of a directory.
    """

    def __init__(self, place: Path, files: int, *, commits: int, seed: int = 3) -> None:
        self._chance = random.Random(seed)
        self.place = place
        self.paths = [self._path(number) for number in range(files)]
        vocabulary = [_word(self._chance) for _ in range(4_000)]
        self._words = {path: self._chance.sample(vocabulary, 12) for path in self.paths}
        self._common = self._chance.sample(vocabulary, 60)
        by_directory: dict[str, list[str]] = {}
        for path in self.paths:
            by_directory.setdefault(path.rpartition("/")[0], []).append(path)
        self._directories = list(by_directory.values())
        subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True)
        stream = b"".join(self._stream(commits))
        subprocess.run(["git", "fast-import", "--quiet"], cwd=place, input=stream, check=True)

    def tasks(self, place: Path, count: int) -> Path:
        """Write so many tasks that say in a title what they are about."""
        rows = [json.dumps({"id": f"t{n}", "title": self.title()[0]}) for n in range(count)]
        place.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return place

    def _path(self, number: int) -> str:
        part = number // (len(_AREAS) * _FILES_PER_DIRECTORY)
        return f"src/{_AREAS[number % 8]}/part_{part}/{_word(self._chance)}_{number}.py"

    def title(self) -> tuple[str, list[str]]:
        """Return the title of a task, and the files that it is about."""
        chance = self._chance
        chosen = chance.sample(near := chance.choice(self._directories), min(len(near), 3))
        chosen = chosen[: chance.randint(1, 3)]
        words = [chance.choice(self._words[path]) for path in chosen for _ in range(2)]
        return f"{chance.choice(_VERBS).capitalize()} the {' '.join(words)}", chosen

    def _stream(self, commits: int) -> Iterator[bytes]:
        yield self._commit(0, "Start", self.paths)
        for number in range(1, commits + 1):
            yield self._commit(number, *self.title())

    def _commit(self, number: int, message: str, paths: list[str]) -> bytes:
        said = message.encode()
        who = f"A Person <person-{number % 9}@example.org> {1_600_000_000 + 36_000 * number} +0000"
        parts = [f"commit refs/heads/main\ncommitter {who}\ndata {len(said)}\n".encode(), said]
        for path in paths:
            content = self._content(path)
            parts.append(f"\nM 100644 inline {path}\ndata {len(content)}\n".encode() + content)
        return b"".join(parts) + b"\n"

    def _content(self, path: str) -> bytes:
        chance = self._chance
        lines = []
        for _ in range(_LINES // 3):
            one, two = chance.sample(self._words[path], 2)
            other = chance.choice(self._common)
            lines.append(f"def {one}_{other}(self, {two}, value):")
            lines.append(f"    result = self.{other}.{two}(value, {chance.randint(0, 999)})")
            lines.append(f"    return {one}.{other}(result)")
        return "\n".join(lines).encode()

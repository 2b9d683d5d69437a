"""A footprint provider that needs no model: files that hold the rarest words of a task.

    taskpar provide --as search --past 100 -- python /path/to/pipelines/search_provider.py

Reads a task as JSON from standard input, looks for its words among the files of the directory in
which it runs with ``git grep --no-index``, and prints the five files that hold the rarest of them.
It stands for whatever a team would ask instead: a search, a script, a coding agent that plans.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,}")
_MOST_WORDS: Final = 25
_MOST_FILES: Final = 5
_COMMON: Final = 0.2
"""Share of the files that hold a word from which on it tells nothing."""


def holders(word: str) -> list[str]:
    """Return the files that hold a word, whatever its case."""
    command = ["git", "grep", "--no-index", "-I", "-l", "-z", "-i", "-w", "-F", "-e", word]
    found = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return [name for name in found.stdout.decode("utf-8", "surrogateescape").split("\0") if name]


def best(text: str) -> list[str]:
    """Return the files that hold the rarest words of a text."""
    words = list(dict.fromkeys(each.lower() for each in _WORD.findall(text)))[:_MOST_WORDS]
    score: Counter[str] = Counter()
    n_files = sum(len(names) for _, _, names in os.walk("."))
    for word in words:
        files = holders(word)
        if 0 < len(files) <= _COMMON * n_files:
            score.update({name: 1 / len(files) for name in files})
    return [name for name, _ in sorted(score.items(), key=lambda each: (-each[1], each[0]))]


def main() -> int:
    """Answer about the task on standard input."""
    task = json.load(sys.stdin)
    text = "\n".join((task["title"], task["description"], *task["acceptance_criteria"]))
    for name in best(text)[:_MOST_FILES]:
        print(name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

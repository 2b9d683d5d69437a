"""A shop whose history tells which words and files go together."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.support.histories import History

TOPICS: Final = {
    "auth": ("src/auth/login.py", "src/auth/session.py", "tests/auth/test_login.py"),
    "billing": ("src/billing/tax.py", "src/billing/invoice.py", "tests/billing/test_tax.py"),
    "search": ("src/search/ranking.py", "src/search/index.py", "tests/search/test_ranking.py"),
    "export": ("src/export/writer.py", "src/export/columns.py", "tests/export/test_writer.py"),
}
"""Files that change together."""

MESSAGES: Final = {
    "auth": ("Lock accounts after failed logins", "Keep sessions of a password for a week"),
    "billing": ("Round taxes of an invoice to cents", "Show the tax rate of every country"),
    "search": ("Rank search results by freshness", "Weigh synonyms of a query"),
    "export": ("Write spreadsheets of columns", "Quote commas in an exported spreadsheet"),
}
"""What is said of each of them, in turns."""

_WORDS: Final = {
    "auth": "account password session locked failed_attempts",
    "billing": "tax invoice cents rate country",
    "search": "query synonym freshness rank results",
    "export": "spreadsheet column comma quote writer",
}


def grow(place: Path, *, rounds: int = 6) -> History:
    """Make a repository of two commits and four more per round; what changes is told."""
    history = History(place)
    start = {path: body(topic, path, 0) for topic, paths in TOPICS.items() for path in paths}
    history.commit("Start the shop", {**start, "README.md": "# Shop\n"})
    history.commit("Describe how to buy", {"docs/guide.md": "Put goods into the cart, then pay.\n"})
    for number in range(1, rounds + 1):
        for topic, paths in TOPICS.items():
            said = MESSAGES[topic][number % 2]
            changed = paths[: 2 + number % 2]
            history.commit(
                f"{said} ({number})", {path: body(topic, path, number) for path in changed}
            )
    return history


def body(topic: str, path: str, number: int) -> str:
    """Return the content of a file after so many changes."""
    name = path.rpartition("/")[2].removesuffix(".py")
    lines = [f"# {word}" for word in _WORDS[topic].split()]
    lines += [f"def {name}_{step}(): ..." for step in range(number + 1)]
    return "\n".join([*lines, ""])


def everything(place: Path) -> dict[str, tuple[int, int, int, int]]:
    """Return every path below a directory with its kind, time, size and number."""
    return {
        str(path): (at.st_mode, at.st_mtime_ns, at.st_size, at.st_ino)
        for path in (place, *place.rglob("*"))
        for at in [path.lstat()]
    }

"""Text from elsewhere, made fit to be shown: task titles and paths may hold anything."""

from __future__ import annotations

from rich.text import Text


def printable(text: str, *, most: int | None = None) -> str:
    r"""Return the text on one line, without characters that could steer a terminal.

    Parameters
    ----------
    text
        Anything, lone surrogates of undecodable paths included.
    most
        Longest answer; longer text ends in an ellipsis.

    Examples
    --------
    >>> printable("red \x1b[31m alert\nhere")
    'red \\x1b[31m alert here'
    """
    line = " ".join(text.split())
    safe = "".join(char if char.isprintable() else _escaped(char) for char in line)
    return safe if most is None or len(safe) <= most else f"{safe[: most - 1]}…"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def plain(text: str, *, style: str = "", most: int | None = None) -> Text:
    """Return the text for a rich table, its brackets taken literally."""
    return Text(printable(text, most=most), style=style)


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "batch", "batches"), counted(1_200, "pair")
    ('1 batch', '1,200 pairs')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"

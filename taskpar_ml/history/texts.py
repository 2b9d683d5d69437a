"""The text of a historical task: title and body, without what was added by machines.

A message is written after the work. What gives away more than a task would have said at its
beginning is taken out: names of branches with their owners, trailers, lists of conflicting files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from taskpar_ml.history.subjects import MAX_LINE, first_line

MAX_TITLE: Final = 300
"""Longest title, in characters."""

MAX_BODY: Final = 4_000
"""Longest body, in characters: what comes later says little about where the work lies."""

_TRAILERS: Final = (
    "acked-by|approved-by|approved-at|assisted-by|author|bors|bug-url|change-id|closes-bug"
    "|co-?author(?:ed)?-by|committed-by|committer|depends-on|generated-by|git-svn-id|helped-by"
    "|merged-by|needed-by|on-behalf-of|original-author|partial-bug|pr-url|reported-by"
    "|related-bug|reviewed-at|reviewed-by|reviewed-on|signed-off|signed-off-by"
    "|sponsored-by|suggested-by|tested-by"
)
_NOISE: Final = re.compile(
    rf"[ \t*>-]{{0,9}}(?:(?:{_TRAILERS}):"
    r"|\(?cherry[- ]picked from "
    r"|see merge request |auto[- ]merge of #|merge (?:pull request|pr) #"
    r"|merged? (?:remote(?:-tracking)? )?branch(?:es)? "
    r"|\[[ x]\] "
    r"|[-=_*]{3,}[ \t]*$)",
    re.IGNORECASE,
)
"""Beginnings of lines that no author of a task wrote."""

_CONFLICTS: Final = re.compile(r"#?[ \t]*conflicts:[ \t]*$", re.IGNORECASE)
_REFERENCES: Final = re.compile(r"(?:[ \t]*\((?:[\w.-]+/[\w.-]+)?[#!]\d{1,9}\)){1,9}$")
_CUT: Final = ("…", "...")


def title_and_body(title: str | None, rest: str, own: Sequence[str]) -> tuple[str, str]:
    """Return the text of a task.

    Parameters
    ----------
    title
        What the landing's own message gives as title, ``None`` where it gives none. The newest of
        ``own`` gives it then.
    rest
        What follows the title in that message.
    own
        Messages of the task's own commits, newest first.
    """
    if title is None and own:
        title, below = first_line(own[0])
        rest, own = f"{rest}\n\n{below}", own[1:]
    name = cleaned_title(title or "")
    if name.endswith(_CUT) and rest.lstrip().startswith(_CUT):
        # GitHub breaks a long title and goes on in the body.
        head, rest = first_line(rest)
        name = cleaned_title(name.rstrip("….") + head.lstrip("…."))
    return name, body_of([rest, *reversed(own)], title=name)


def cleaned_title(line: str) -> str:
    """Return a first line without the numbers of reviews at its end.

    Examples
    --------
    >>> cleaned_title("Retry uploads (#41) (#57)")
    'Retry uploads'
    """
    line = " ".join(line[:MAX_LINE].split())
    return _REFERENCES.sub("", line)[:MAX_TITLE].rstrip()


def body_of(messages: Iterable[str], *, title: str) -> str:
    """Return messages one below the other, cleaned; what repeats earlier words is left out."""
    parts: list[str] = []
    said = {title.casefold()}
    room = MAX_BODY
    for message in messages:
        lines = []
        for line in cleaned_lines(message):
            plain = cleaned_title(line.lstrip("*- ")).casefold()
            # Short lines are repeated for good reasons, closing brackets for instance.
            if len(plain) < 9 or plain not in said:
                lines.append(line)
                said.add(plain)
        text = "\n".join(lines).strip("\n")[:room]
        if text:
            parts.append(text)
            room -= len(text) + 2
        if room <= 0:
            break
    return "\n\n".join(parts)


def cleaned_lines(message: str) -> Iterator[str]:
    """Yield the lines of a message that its author wrote, empty lines never doubled."""
    conflicts = False
    empty = True
    kept = _without_empty_headings(_without_comments(message[: 2 * MAX_BODY]).splitlines())
    for line in kept:
        line = line[:MAX_LINE].rstrip()
        if conflicts and line.startswith(("\t", "#", "    ")):
            continue
        conflicts = bool(_CONFLICTS.match(line))
        if conflicts or _NOISE.match(line):
            continue
        if line or not empty:
            yield line
        empty = not line


def _without_comments(text: str) -> str:
    """Return the text without HTML comments, of which templates are full."""
    parts = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join([*parts, text[at:]]) if parts else text


def _without_empty_headings(lines: list[str]) -> list[str]:
    """Return the lines without the headings that nothing follows, as templates leave them."""
    if not any(line.startswith("#") for line in lines):
        return lines
    kept: list[str] = []
    below = 0  # level of the heading that comes next, as seen from the end
    for line in reversed(lines):
        level = len(line) - len(line.lstrip("#"))
        if level and line[level : level + 1] == " ":
            if below <= level:
                continue
            below = level
        elif line.strip() and not _NOISE.match(line):
            below = 99
        kept.append(line)
    return kept[::-1]

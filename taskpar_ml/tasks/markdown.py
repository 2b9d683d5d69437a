"""Lines of a Markdown file that mean something: no code blocks, no comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.task import TaskStatus

_FENCE: Final = re.compile(r"[ \t]*(`{3,}|~{3,})")
_COMMENT_MARK: Final = re.compile("<!--|-->")
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_CHECKBOX: Final = re.compile(r"([ \t]*)[-*+][ \t]+\[([ xX~/-])\](\*?)[ \t]+(\S.*)")
_FRONT_END: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_BULLET: Final = re.compile(r"[-*+][ \t]+(?:\[[ xX~/-]\][ \t]+)?")
_NUMBERED: Final = re.compile(r"[0-9]{1,3}[.)][ \t]+")

_STATUS_OF_MARK: Final = {
    " ": TaskStatus.TODO,
    "x": TaskStatus.DONE,
    "-": TaskStatus.IN_PROGRESS,
    "~": TaskStatus.IN_PROGRESS,
    "/": TaskStatus.IN_PROGRESS,
}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML between ``---`` lines at the start of a file, and where the body begins."""

    yaml: str
    body_start: int
    body_line: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number, from 1, and its indentation in columns."""

    number: int
    text: str

    @property
    def indent(self) -> int:
        """Columns of white space before the text; a tab counts four."""
        lead = self.text[: len(self.text) - len(self.text.lstrip())]
        return len(lead.expandtabs(4))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Checkbox:
    """An item such as ``- [x] text``; ``starred`` for ``- [ ]* text``."""

    status: TaskStatus
    starred: bool
    text: str


def front_matter(content: str) -> FrontMatter | None:
    r"""Return the front matter of a file, or None where it has none.

    Examples
    --------
    >>> front_matter("---\nid: task-1\n---\nBody").yaml
    'id: task-1\n'
    """
    first, _, rest = content.partition("\n")
    if first.rstrip() != "---":
        return None
    end = _FRONT_END.search(rest)
    if end is None:
        return None
    start = len(first) + 1
    yaml = rest[: end.start()]
    return FrontMatter(yaml, start + end.end(), yaml.count("\n") + 2)


def meaningful_lines(content: str, *, first_line: int = 1) -> Iterator[Line]:
    r"""Yield the lines outside fenced code and HTML comments, comments within a line cut out.

    Examples
    --------
    >>> [line.text for line in meaningful_lines("a\n```\nb\n```\n<!-- c\n-->d")]
    ['a', 'd']
    """
    fence = ""
    in_comment = False
    for number, written in enumerate(content.split("\n"), start=first_line):
        line = written.rstrip("\r")
        if fence:
            closes = line.strip().startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if closes else fence
            continue
        if not in_comment and (match := _FENCE.match(line)):
            fence = match.group(1)
            continue
        text, was_in_comment = line, in_comment
        text, in_comment = _without_comments(line, in_comment=in_comment)
        if text.strip() or not (was_in_comment or text != line):
            yield Line(number, text)


def heading(line: Line) -> Heading | None:
    """Return the heading that a line is, or None."""
    match = _HEADING.fullmatch(line.text.rstrip(" \t#"))
    return Heading(len(match.group(1)), match.group(2)) if match else None


def checkbox(line: Line) -> Checkbox | None:
    """Return the checkbox item that a line is, or None."""
    match = _CHECKBOX.fullmatch(line.text.rstrip())
    if not match:
        return None
    return Checkbox(_STATUS_OF_MARK[match.group(2).lower()], bool(match.group(3)), match.group(4))


def without_bullet(text: str) -> str:
    """Return the text of a list item without its mark and box."""
    stripped = text.strip()
    return stripped[match.end() :] if (match := _BULLET.match(stripped)) else stripped


def criteria(text: str) -> tuple[str, ...]:
    r"""Return the items of a text that is a list, else the text as one item.

    Examples
    --------
    >>> criteria("- one\n- two"), criteria("One thing.\nIn two lines.")
    (('one', 'two'), ('One thing.\nIn two lines.',))
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marks = [_BULLET.match(line) or _NUMBERED.match(line) for line in lines]
    if lines and all(marks):
        items = (line[mark.end() :] for line, mark in zip(lines, marks, strict=True) if mark)
        return tuple(item for item in items if item)
    return (text.strip(),) if text.strip() else ()


def _without_comments(line: str, *, in_comment: bool) -> tuple[str, bool]:
    kept: list[str] = []
    start = 0
    for mark in _COMMENT_MARK.finditer(line):
        if in_comment is (mark.group() == "<!--"):
            continue
        if not in_comment:
            kept.append(line[start : mark.start()])
        start, in_comment = mark.end(), not in_comment
    if not in_comment:
        kept.append(line[start:])
    return "".join(kept), in_comment

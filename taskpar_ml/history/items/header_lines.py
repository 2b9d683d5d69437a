"""Names that changed lines may define, told from the lines alone.

Parsing every version of every file takes several times as long as replaying, and most changes are
of bodies. What is told here is more than what a parser finds in the end, never less, as long as
the lines that stayed mean the same as before. Where they may not (a string that runs over lines
begins or ends in between, say), everything in the file may have changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from taskpar_ml.history.items.module_names import GO, PYTHON, SCRIPT
from taskpar_ml.repo.line_spans import Hunk, changed_spans

Lines = Sequence[bytes]

_DEFINES: Final = {
    PYTHON: re.compile(
        rb"\bdef[ \t]+(\w+)|\bclass[ \t]+(\w+)[ \t]*[(:]|(?:^|[;=])[ \t]*(\w+)(?=[ \t]*[:=])"
        rb"|^[ \t]*(?:if|elif|else|try|except|finally|with|for|while)\b[^\n]*:"
        rb"[ \t]*(\w+)[ \t]*[:=]",
        re.MULTILINE,
    ),
    GO: re.compile(
        rb"^[ \t]*func[ \t]*(?:\([^)\n]*\)[ \t]*)?(\w+)"
        rb"|^[ \t]*(?:(?:type|var|const)[ \t]+)?(\w+)",
        re.MULTILINE,
    ),
    SCRIPT: re.compile(rb"([A-Za-z_$][\w$]*)"),
}
"""What may introduce a name, wherever it stands in a line."""
_LISTS: Final = {
    GO: re.compile(rb"^[ \t]*(?:(?:var|const)[ \t]+)?\w+(?:[ \t]*,[ \t]*\w+)+", re.MULTILINE),
    PYTHON: re.compile(rb"(?:^|[;=])[\w \t]*[,()\[\]*][\w \t,()\[\]*]*(?==(?!=))", re.MULTILINE),
}
"""Several names that are introduced at once."""
_WORD: Final = re.compile(rb"\w+")
_GO_WORDS: Final = frozenset(
    b"break case chan const continue default defer else fallthrough for func go goto if import"
    b" interface map package range return select struct switch type var".split()
)
_NESTS: Final = {
    PYTHON: re.compile(
        rb"^([ \t]*)(?:(?:async[ \t]+)?(def)[ \t]+\w|class[ \t]+(\w+)[ \t]*[(:])", re.MULTILINE
    ),
    GO: re.compile(rb"^([ \t]*)(?:type[ \t]+)?()(\w+)[^\n]*\binterface\b", re.MULTILINE),
    SCRIPT: re.compile(
        rb"^([ \t]*)()([^\n]*(?:\b(?:class|interface|namespace|module|enum|declare|prototype)\b"
        rb"|[=:(][ \t]*\{[ \t]*$)[^\n]*)",
        re.MULTILINE,
    ),
}
"""What others lie in: its indentation, whether it hides them, and its name."""
_TOGGLES: Final = {
    PYTHON: (b'"""', b"'''"),
    GO: (b"`", b"/*", b"*/"),
    SCRIPT: (b"`", b"/*", b"*/"),
}
"""What makes something else of the lines behind it."""
_FUNCTION: Final = (b"def ", b"async def ")
_HEADS: Final = (*_FUNCTION, b"class ")
_TUPLE: Final = (b"(", b"[")
_CLOSING: Final = (b")", b"]", b"}")
_REACH: Final = 40
"""Lines above a change among which the beginning of what it is within is looked for."""
_MAKER: Final = b"__init__"
"""What makes the objects of a class is called by the name of that."""
_CLASS: Final = re.compile(rb"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)


class Sides(NamedTuple):
    """Two versions of a file as lines, and where they differ."""

    family: str
    old: Lines
    new: Lines
    hunks: Sequence[Hunk]

    @classmethod
    def of(cls, family: str, before: bytes, after: bytes) -> Sides:
        """Compare two versions."""
        hunks = changed_spans(before, after)
        return cls(family, before.split(b"\n"), after.split(b"\n"), hunks)

    @property
    def is_bent(self) -> bool:
        """Whether lines that stayed may mean something else than before."""
        return any(
            _bends(
                b"\n".join(self.old[slice(*hunk.old)]),
                b"\n".join(self.new[slice(*hunk.new)]),
                self.family,
            )
            for hunk in self.hunks
        )


def _bends(removed: bytes, added: bytes, family: str) -> bool:
    if any(removed.count(each) % 2 != added.count(each) % 2 for each in _TOGGLES[family]):
        return True
    return family == SCRIPT and _depth(removed, b"{", b"}") != _depth(added, b"{", b"}")


def defined(text: bytes, family: str) -> set[bytes]:
    """Return the names that a text may define, without what encloses them."""
    found = {name for match in _DEFINES[family].finditer(text) for name in match.groups()}
    found.discard(None)
    if family in _LISTS:
        found.update(*(_WORD.findall(match[0]) for match in _LISTS[family].finditer(text)))
    if family == GO:
        found -= _GO_WORDS
    return found


def defined_in(text: bytes, family: str) -> set[bytes]:
    """Return the same of a whole file."""
    lines = text.split(b"\n")
    return defined(b"\n".join(_LINES[family](lines, 0, len(lines))), family)


def changed_names(sides: Sides) -> set[bytes]:
    """Return the names of definitions that may be gone, or have another signature."""
    read = _LINES[sides.family]
    gone: set[bytes] = set()
    brought: set[bytes] = set()
    for hunk in sides.hunks:
        removed = b"\n".join(read(sides.old, hunk.old.start, hunk.old.end))
        added = b"\n".join(read(sides.new, hunk.new.start, hunk.new.end))
        gone |= defined(removed, sides.family)
        brought |= defined(added, sides.family)
        if _NESTS[sides.family].findall(removed) != _NESTS[sides.family].findall(added):
            gone |= _regrouped(sides, hunk, removed, added)
    if _MAKER in gone:
        gone.update(_CLASS.findall(b"\n".join(sides.old)))
    # A name that took the place of another one is the new name of that.
    return gone | brought if gone - brought else gone


def _python_lines(lines: Lines, start: int, end: int) -> Iterator[bytes]:
    """Yield some lines, and before them the beginning of a signature that they are part of.

    Bodies of functions are left out: what is in them, no other file can name. So is what classes
    hold besides functions and classes.
    """
    yield from _begun(lines, start, b"def ")
    hidden_below, top = _around(lines, start, end)
    in_text = False
    for line in lines[start:end]:
        bare = line.lstrip()
        if not bare:
            continue
        indent = len(line) - len(bare)
        begins_in_text = in_text
        in_text ^= (line.count(b'"""') + line.count(b"'''")) % 2 == 1
        if begins_in_text:
            yield line
        elif hidden_below is None or not (indent > hidden_below or bare.startswith(_CLOSING)):
            if indent == 0:
                top = bare
            if top.startswith(_TUPLE):
                # Of several lines, only the last one says that names are set.
                line = line.partition(b"#")[0].rstrip() + b" ="
            if indent == 0 or b"def " in line or b"class " in line or not top.startswith(_HEADS):
                yield line
            hidden_below = indent if bare.startswith(_FUNCTION) else None


def _script_lines(lines: Lines, start: int, end: int) -> Iterator[bytes]:
    """Yield the same of JavaScript, where signatures begin in many ways."""
    yield from _begun(lines, start)
    yield from lines[start:end]


def _go_lines(lines: Lines, start: int, end: int) -> Iterator[bytes]:
    """Yield the same of Go, without the bodies of functions."""
    top = start
    while top > 0 and lines[top - 1][:1] in (b"", b" ", b"\t", b"/"):
        top -= 1
    in_function = top > 0 and lines[top - 1].startswith(b"func")
    if in_function and _is_open(lines[top - 1 : start]):
        yield lines[top - 1]
    elif not in_function:
        yield from _begun(lines, start)
    for line in lines[start:end]:
        if line[:1] not in (b"", b" ", b"\t"):
            in_function = line.startswith(b"func")
            yield line
        elif not in_function:
            yield line


_LINES: Final = {PYTHON: _python_lines, GO: _go_lines, SCRIPT: _script_lines}


def _around(lines: Lines, start: int, end: int) -> tuple[int | None, bytes]:
    """Return how far right the function of Python begins that the first of some lines is in.

    None if they are in no function, or if it is not sure; and the line at the margin above them.
    """
    within = _first_indent(lines, start, end)
    hidden_below = None
    for at in range(start - 1, -1, -1):
        line = lines[at]
        bare = line.lstrip()
        indent = len(line) - len(bare)
        if not bare or (indent and indent >= within) or bare.startswith((*_CLOSING, b"#")):
            continue
        if hidden_below is None and indent < within and bare.startswith(_FUNCTION):
            above = b"\n".join(lines[at:start])
            if all(above.count(sign) % 2 == 0 for sign in _TOGGLES[PYTHON]):
                hidden_below = indent
        if indent == 0:
            return hidden_below, bare
        within = indent
    return hidden_below, b""


def _first_indent(lines: Lines, start: int, end: int) -> int:
    for line in lines[start:end]:
        bare = line.lstrip()
        if bare and not bare.startswith(_CLOSING):
            return len(line) - len(bare)
    return 0


def _begun(lines: Lines, start: int, mark: bytes = b"") -> Iterator[bytes]:
    for at in range(max(start - _REACH, 0), start):
        line = lines[at]
        if mark in line and _depth(line) > 0 and _is_open(lines[at:start]):
            yield line


def _is_open(lines: Lines) -> bool:
    """Whether the parentheses of a line are still open after those that follow it."""
    depth = 0
    for line in lines:
        depth += _depth(line)
        if depth <= 0:
            return False
    return True


def _regrouped(sides: Sides, hunk: Hunk, removed: bytes, added: bytes) -> set[bytes]:
    """Return the names below a place where something begins or ends that others lie in."""
    pattern = _NESTS[sides.family]
    differ = set(pattern.findall(removed)) ^ set(pattern.findall(added))
    indent = min((len(indent) for indent, *_ in differ), default=0)
    below = (
        *_inside(sides.old, hunk.old.end, indent),
        *_inside(sides.new, hunk.new.end, indent),
    )
    return defined(b"\n".join(below), sides.family)


def _inside(lines: Lines, start: int, indent: int) -> Iterator[bytes]:
    """Yield lines up to the first one that is not further right, and ends no signature."""
    for line in lines[start:]:
        bare = line.lstrip()
        if bare and len(line) - len(bare) <= indent and not bare.startswith((b")", b"]")):
            return
        yield line


def _depth(text: bytes, opening: bytes = b"([", closing: bytes = b")]") -> int:
    return sum(text.count(opening[at : at + 1]) for at in range(len(opening))) - sum(
        text.count(closing[at : at + 1]) for at in range(len(closing))
    )

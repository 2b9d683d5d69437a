"""The glob of one name of a path: read from text, tried on names, compared with another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Final, TypeAlias

from taskpar_ml.repo.charsets import (
    ANY,
    Charset,
    as_regex,
    charset,
    intersection,
    member,
    named_ranges,
    single,
)
from taskpar_ml.repo.product import STAR, common_word

Form: TypeAlias = tuple[Charset | None, ...]
"""One way to read the glob of a name: character sets, and ``None`` for ``*``."""

_CLASS: Final = re.compile(
    r"\[(?P<negated>[!^]?)(?P<body>\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*+)\]", re.DOTALL
)
_PART: Final = re.compile(
    r"\[:(?P<named>[a-z]+):\]|(?P<low>\\.|.)(?:-(?P<high>\\.|[^\\]))?", re.DOTALL
)
_NO_NAMES: Final = frozenset((".", ".."))


class Segment:
    """The glob of one name.

    Attributes
    ----------
    forms
        How it may be read: brackets as a set of characters, and letter by letter.
    literal
        The one name that fits, ``None`` if the glob holds a wildcard.
    head
        What every name that fits begins with.
    """

    def __init__(self, forms: tuple[Form, ...]) -> None:
        heads = [_text_before_wildcard(form) for form in forms]
        self.forms = forms
        self.head = _common_beginning(heads)
        self.literal = heads[0] if len(forms) == 1 and len(heads[0]) == len(forms[0]) else None

    @property
    def is_any_name(self) -> bool:
        """Whether every name fits."""
        return self.forms[0] == (STAR,)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile("|".join(_regex(form) for form in self.forms), re.DOTALL)

    def fits(self, name: str) -> bool:
        """Whether a name fits; takes time in proportion to the name at most."""
        if self.literal is not None:
            return name == self.literal
        return self._regex.fullmatch(name) is not None


@lru_cache(maxsize=16_384)
def segment_of(forms: tuple[Form, ...]) -> Segment:
    """Return the segment of some forms, the same object for the same forms."""
    return Segment(forms)


def shared_name(first: Segment, second: Segment) -> str | None:
    """Return a name that fits both globs, ``None`` if there is none.

    Examples
    --------
    >>> from taskpar_ml.repo.globs import parsed
    >>> [left], [right] = (parsed(glob).branches[0].segments for glob in ("*.py", "test_*"))
    >>> shared_name(left, right)
    'test_x.py'
    """
    if first.literal is not None:
        return first.literal if second.fits(first.literal) else None
    if second.literal is not None:
        return second.literal if first.fits(second.literal) else None
    return _shared_glob_name(first, second)


@lru_cache(maxsize=65_536)
def _shared_glob_name(first: Segment, second: Segment) -> str | None:
    for mine in first.forms:
        for other in second.forms:
            name = _shared_form_name(mine, other)
            # "." and ".." are no names; another word must avoid a dot somewhere.
            if name in _NO_NAMES:
                others = (_shared_form_name(form, other) for form in _with_another_letter(mine))
                name = next((word for word in others if word and word not in _NO_NAMES), None)
            if name is not None:
                return name
    return None


def _shared_form_name(first: Form, second: Form) -> str | None:
    word = common_word(first, second, meet=_shared_character, alone=member, filler="x")
    return None if word is None else "".join(word)


def _shared_character(first: Charset, second: Charset) -> str | None:
    both = intersection(first, second)
    return member(both) if both else None


def _with_another_letter(form: Form) -> Iterator[Form]:
    """Yield narrower forms that together allow every name of the form with a letter but dots."""
    no_dot = charset([(ord("."), ord("."))], negated=True)
    for at, letter in enumerate(form):
        if letter is STAR:
            yield (*form[:at], STAR, no_dot, STAR, *form[at + 1 :])
        elif narrowed := intersection(letter, no_dot):
            yield (*form[:at], narrowed, *form[at + 1 :])


def read_class(text: str, at: int) -> tuple[Charset, int] | None:
    """Read a class such as ``[a-z]`` at a position.

    Returns
    -------
    tuple of Charset and int, or None
        The characters it allows and where it ends; ``None`` if it is never closed.
    """
    found = _CLASS.match(text, at)
    if found is None:
        return None
    ranges: list[tuple[int, int]] = []
    for part in _PART.finditer(found["body"]):
        if part["named"] is not None:
            known = named_ranges(part["named"])
            ranges += known if known is not None else [(ord(c), ord(c)) for c in part[0]]
        else:
            low = part["low"][-1]
            ranges.append((ord(low), ord((part["high"] or low)[-1])))
    return charset(ranges, negated=bool(found["negated"])), found.end()


def _common_beginning(texts: Sequence[str]) -> str:
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in same)


def _text_before_wildcard(form: Form) -> str:
    text = []
    for letter in form:
        if letter is STAR or len(letter) != 1 or letter[0][0] != letter[0][1]:
            break
        text.append(chr(letter[0][0]))
    return "".join(text)


def _regex(form: Form) -> str:
    """Return a regular expression that never goes back past a star.

    What stands between two stars is taken where it first occurs; a later place could not help
    the rest, which begins with a star.
    """
    chunks = _chunks(form)
    if len(chunks) == 1:
        return chunks[0]
    between = "".join(f"(?>.*?{chunk})" for chunk in chunks[1:-1])
    return f"{chunks[0]}{between}.*{chunks[-1]}"


def _chunks(form: Sequence[Charset | None]) -> list[str]:
    chunks = [""]
    for letter in form:
        if letter is STAR:
            chunks.append("")
        else:
            chunks[-1] += as_regex(letter)
    return chunks


ANY_NAME: Final = segment_of(((STAR,),))
"""The glob ``*``."""

ANY_CHARACTER: Final = ANY
"""The set of ``?``."""


def literal_segment(name: str) -> Segment:
    """Return the segment that one name alone fits."""
    return segment_of((tuple(single(character) for character in name),))

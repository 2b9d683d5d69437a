"""Tasks that decide something for others: "Decide the storage layout", "Choose the queue"."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_ALWAYS: Final = r"decide(?:\s+(?:on|upon))?|choose|agree\s+(?:on|upon)|settle\s+(?:on|upon)"
"""After these verbs anything is a decision."""
_SOMETIMES: Final = r"define|design|specify|draft"
"""After these it is one if it is what others build upon."""
_TITLE: Final = re.compile(
    rf"^\W*(?:(?P<always>{_ALWAYS})|(?P<sometimes>{_SOMETIMES}))\s+"
    r"(?:(?:which|what|the|an?|our|its|one|new|common|shared)\s+)*(?P<rest>.+)",
    re.IGNORECASE,
)
_OPEN: Final = re.compile(r"^(?:whether|if|how|when|where|why|who|to|between)\b", re.IGNORECASE)
"""Beginnings of questions that name no thing."""
_FOUNDATION_WORDS: Final = """
    api architecture contract convention format interface layout model naming protocol schema scheme
    strategy structure vocabulary
"""
"""What is agreed upon before others build with it."""
_END: Final = re.compile(
    r"\s+(?:that|which|so|to|and|or|before|because|from|with|by|at|via|using|we|is|are|should|will|"
    r"must|can)\b.*|[,;:.!?()\[\]].*|\s[-\u2013\u2014]\s.*",
    re.IGNORECASE | re.DOTALL,
)
_OF: Final = re.compile(r"\s+(?:of|for|in|on)\s+(?:the\s+|all\s+|our\s+|an?\s+)*", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_SHORTEST: Final = 4
_MOST_WORDS: Final = 4
"""A longer phrase is a sentence, and nobody repeats it."""
_VAGUE_WORDS: Final = """
    approach behavior behaviour default design library limit name next number option place scope
    service solution thing tool value version way
"""
"""Words that, alone, name nothing that another task would mean too."""


class Decided(NamedTuple):
    """What a task decides for others.

    ``name`` is the thing in the words of the title, ``phrases`` the parts of it that another text
    has to hold, each as words in their order.
    """

    name: str
    phrases: tuple[tuple[str, ...], ...]

    @property
    def is_specific(self) -> bool:
        """Whether two words in a row name it, so that nothing else will be meant."""
        return any(len(phrase) > 1 for phrase in self.phrases)

    def is_named_in(self, text: str) -> bool:
        """Whether a text names the thing decided, in any number.

        Examples
        --------
        >>> decided_by("Decide the storage layout").is_named_in("Write blobs by storage layouts")
        True
        """
        said = f" {' '.join(_words(text))} "
        return all(f" {' '.join(phrase)} " in said for phrase in self.phrases)


def decided_by(title: str) -> Decided | None:
    """Return what a title says that its task decides for others; None where it decides nothing.

    Deciding, choosing and agreeing settle anything that has a name. Defining and designing settle
    what others build upon: a contract, a schema, a layout. Questions without a thing ("how to
    cache") and words that say nothing alone ("the name") are passed over.

    Examples
    --------
    >>> decided_by("Define the API contract of orders").phrases
    (('api', 'contract'), ('order',))
    >>> decided_by("Define a helper for dates"), decided_by("Decide how to cache")
    (None, None)
    """
    found = _TITLE.match(title)
    if not found or _OPEN.match(found["rest"]):
        return None
    name = _END.sub("", found["rest"]).strip("`'\" ")
    phrases = tuple(words for part in _OF.split(name) if (words := tuple(_words(part))))
    if not phrases or not 0 < sum(map(len, phrases)) <= _MOST_WORDS:
        return None
    head = phrases[0][-1]
    if found["sometimes"] and head not in _FOUNDATIONS:
        return None
    decided = Decided(name, phrases)
    is_vague = head in _VAGUE or len(head) < _SHORTEST
    return None if is_vague and not decided.is_specific else decided


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case and in the singular."""
    return [_singular(word.lower()) for word in _WORD.findall(text)]


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


_FOUNDATIONS: Final = frozenset(_FOUNDATION_WORDS.split())
_VAGUE: Final = frozenset(_VAGUE_WORDS.split()) | _FOUNDATIONS

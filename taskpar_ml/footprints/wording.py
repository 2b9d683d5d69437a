"""How the words before a mention tell reading from writing, and changing from creating."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from taskpar_ml.domain.footprint import Access
from taskpar_ml.domain.task import Task

OWN_TEXT: Final = 0.75
"""P(touch) of something the task's own text names exactly."""
PARENT_TEXT: Final = 0.375
"""P(touch) of something that only the text of a parent task names.

Both are judgements that hold until they are learned: see docs/decisions/0004.
"""

_CREATES: Final = (
    r"creat(?:e[sd]?|ing|ion)|add(?:s|ed|ing)?|new|introduc\w*|implement\w*|scaffold\w*|"
    r"generat\w*|writ(?:es?|ten|ing)"
)
_WRITES: Final = (
    r"edit\w*|modif\w*|chang\w*|updat\w*|fix\w*|refactor\w*|remov\w*|delet\w*|drop\w*|renam\w*|"
    r"mov(?:e[sd]?|ing)|extend\w*|rewrit\w*|replac\w*|split\w*|improv\w*|insert\w*|alter\w*|"
    r"migrat\w*|document\w*|test\w*|put"
)
_READS: Final = (
    r"see|reads?|reading|us(?:e|es|ing)|imports?|importing|calls?|calling|follow\w*|like|per|"
    r"consum\w*|quer(?:y|ies|ying)|fetch\w*|loads?|loading|lists?|listing|against|mirror\w*|"
    r"select\w*|(?:unit\s+|integration\s+)?tests?\s+(?:for|of|covering)|coverage\s+(?:for|of)|"
    r"(?:similar|according|refer\w*)\s+to|(?:based|depend\w*|relies)\s+on|inspired\s+by|"
    r"(?:described|documented|defined|specified|shown|seen|listed|pattern|example)\s+(?:in|by)"
)
_CUE: Final = re.compile(
    rf"\b(?:(?P<reads>{_READS})|(?P<creates>{_CREATES})|(?P<writes>{_WRITES}))\b", re.IGNORECASE
)
_PLACE: Final = re.compile(
    r"\b(?:to|in|into|for|on|onto|of|from|with|at|by|between|under|inside|within|via|through|so|"
    r"that|which|when|where|if)\b",
    re.IGNORECASE,
)
"""After such a word a mention says where something happens, not what is made."""
_ELSEWHERE: Final = re.compile(
    r"\b(?:to|in|into|on|onto|at|inside|within|so|that|which|when|where|for|by|but|is|are)\b|"
    r"[:;(]|\s[-\u2013\u2014]\s|(?<![\w./`])[a-z]+\s*,",
    re.IGNORECASE,
)
"""After such a word or sign a mention is no longer what is read: "use a constant in src/a.py",
"imports are slow: src/a.py". A comma ends it unless it parts two paths."""
_SENTENCE_END: Final = re.compile(r"[.;!?]\s|\n")
_WINDOW: Final = 80
"""Characters before a mention that are searched for a cue."""


class Passage(NamedTuple):
    """A piece of text with the probability that a mention in it is a touch."""

    text: str
    probability: float


class Wording(NamedTuple):
    """What the words before a mention say of it.

    ``creates`` says that something is made, ``makes_it`` that it is the thing mentioned.
    """

    access: Access
    creates: bool = False
    makes_it: bool = False


def passages(task: Task) -> Iterator[Passage]:
    """Yield what the task says itself, then what its parents say."""
    yield Passage(task.text, OWN_TEXT)
    if task.context:
        yield Passage(task.context, PARENT_TEXT)


def wording_before(text: str, position: int) -> Wording:
    """Tell how the thing named at a position is met, and whether it is made.

    The nearest cue before the mention in its own sentence decides, a cue for reading only if the
    mention is its object. Without a cue the mention counts as a write, which errs towards
    keeping tasks apart.

    Examples
    --------
    >>> text = "Create src/a.py, following src/b.py"
    >>> wording_before(text, 7).makes_it, wording_before(text, 27).access
    (True, <Access.READ: 'read'>)
    >>> wording_before("Add a column to the users table", 20)
    Wording(access=<Access.WRITE: 'write'>, creates=True, makes_it=False)
    """
    begin = max(0, position - _WINDOW)
    for end in _SENTENCE_END.finditer(text, begin, position):
        begin = end.end()
    for cue in reversed(list(_CUE.finditer(text, begin, position))):
        if cue["creates"]:
            is_place = _PLACE.search(text, cue.end(), position) is not None
            return Wording(Access.WRITE, creates=True, makes_it=not is_place)
        if cue["writes"]:
            break
        if not _ELSEWHERE.search(text, cue.end(), position):
            return Wording(Access.READ)
    return Wording(Access.WRITE)

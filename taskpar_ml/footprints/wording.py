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
    r"creat\w*|add\w*|new|introduc\w*|implement\w*|scaffold\w*|generat\w*|write|writing"
)
_WRITES: Final = (
    r"edit\w*|modif\w*|chang\w*|updat\w*|fix\w*|refactor\w*|remov\w*|delet\w*|drop\w*|renam\w*|"
    r"mov\w*|extend\w*|rewrit\w*|replac\w*|split\w*|improv\w*|insert\w*|alter\w*|migrat\w*|"
    r"document\w*|test\w*|put"
)
_READS: Final = (
    r"see|reads?|reading|us(?:e|es|ing)|import\w*|call(?:s|ing)?|follow\w*|like|similar|based|"
    r"refer\w*|per|consum\w*|quer(?:y|ies|ying)|fetch\w*|load\w*|list\w*|depends|against|"
    r"according|described|mirror\w*|inspired|select\w*|pattern"
)
_CUE: Final = re.compile(
    rf"\b(?:(?P<creates>{_CREATES})|(?P<writes>{_WRITES})|(?P<reads>{_READS}))\b", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(r"[.;!?]\s|\n")
_WINDOW: Final = 80
"""Characters before a mention that are searched for a cue."""


class Passage(NamedTuple):
    """A piece of text with the probability that a mention in it is a touch."""

    text: str
    probability: float


def passages(task: Task) -> Iterator[Passage]:
    """Yield what the task says itself, then what its parents say."""
    yield Passage(task.text, OWN_TEXT)
    if task.context:
        yield Passage(task.context, PARENT_TEXT)


def access_before(text: str, position: int) -> tuple[Access, bool]:
    """Tell how the thing named at a position is met, and whether it is made.

    The nearest cue before the mention in its own sentence decides; without one the mention
    counts as a write, which errs towards keeping tasks apart.

    Examples
    --------
    >>> text = "Create src/a.py, following src/b.py"
    >>> access_before(text, 7), access_before(text, 27)
    ((<Access.WRITE: 'write'>, True), (<Access.READ: 'read'>, False))
    """
    before = text[max(0, position - _WINDOW) : position]
    sentence = _SENTENCE_END.split(before)[-1]
    cues = list(_CUE.finditer(sentence))
    if not cues:
        return Access.WRITE, False
    nearest = cues[-1]
    return (Access.READ, False) if nearest["reads"] else (Access.WRITE, bool(nearest["creates"]))

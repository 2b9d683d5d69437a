"""What a feature of a pair says, in words that a person can act on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from taskpar_ml.domain.plan import Contribution

_LEAST: Final = 0.005
"""Log odds below which a feature says nothing."""


class _Words(NamedTuple):
    """What a feature is, and what could be done where it makes a conflict likelier."""

    what: str
    cure: str = ""


_SPLIT: Final = "leave the shared part to one of them"
_NAME: Final = "name files in the text of the vaguer one"
_DIFFER: Final = "say in either text what the other does not do"
_ORDER: Final = "land one before the other"
_WORDS: Final = {
    "file": _Words("how much of the files that they touch is the same", _SPLIT),
    "api": _Words("how much of the endpoints that they touch is the same", _SPLIT),
    "database": _Words("how much of the tables that they touch is the same", _SPLIT),
    "semantic": _Words("how alike their texts are", _DIFFER),
    "region": _Words("how much of the parts of files that they write is the same", _SPLIT),
    "region_cosine": _Words("how alike the parts of files are that they write", _SPLIT),
    "symbol": _Words("how much of the definitions that they touch is the same", _SPLIT),
    "imports": _Words("files of one that import files of the other", _ORDER),
    "import_kin": _Words("files of both that import the same", _ORDER),
    "test": _Words("how much of the tests that they touch is the same", _SPLIT),
    "resource": _Words("how much of the resources that they touch is the same", _SPLIT),
    "migration": _Words("lines of migrations that both extend", _ORDER),
    "context": _Words("how much of the parts of the system is the same", _SPLIT),
    "layer": _Words("how much of what they write lies in the same layers", _SPLIT),
    "meet": _Words("the chance that both write one file", _SPLIT),
    "meet_peak": _Words("the chance that both write the file likeliest for both", _SPLIT),
    "meet_region": _Words("the chance that both write one part of a file", _SPLIT),
    "file_cosine": _Words("how alike the files are that they write", _SPLIT),
    "directory_cosine": _Words("how alike the directories are that they write in", _SPLIT),
    "narrower": _Words("files that the narrower of them writes"),
    "broader": _Words("files that the broader of them writes", "split the broader one"),
    "vaguer": _Words("how sure the likeliest file of the vaguer one is", _NAME),
    "surer": _Words("how sure the likeliest file of the surer one is"),
    "smaller_change": _Words("how large the smaller change will be", "split even the smaller one"),
    "larger_change": _Words("how large the larger change will be", "split the larger one"),
    "hot_meet": _Words("the chance of meeting where past tasks collided", _ORDER),
    "hot_share": _Words("how often past tasks collided in files that both may write", _ORDER),
    "hot_peak": _Words("how often past tasks collided in the file likeliest for both", _ORDER),
    "hot_all": _Words("how often past tasks collided in files that they shared"),
    "past_share": _Words("how alike files were of past tasks that said the same", _SPLIT),
    "past_share_close": _Words("how alike files were of past tasks that said nearly this", _SPLIT),
    "past_clash": _Words("how often past tasks that said the same collided", _ORDER),
    "past_clash_close": _Words("how often past tasks that said nearly this collided", _ORDER),
    "rarest": _Words("how rare the rarest word is that both say", _DIFFER),
    "common": _Words("words that both say, rare ones counted more", _DIFFER),
    "terse": _Words("words of the shorter text", "say more in the shorter text"),
    "wordy": _Words("words of the longer text"),
    "begun": _Words("how many of the two were seen to begin"),
    "finished": _Words("how many of the two are known to the last file"),
}


def contribution_words(said: Contribution) -> str:
    """Return how much a feature changes the odds, what it is and how large.

    A feature without words of its own is told by its name.

    Returns
    -------
    str
        Empty where it changes nothing to speak of.

    Examples
    --------
    >>> contribution_words(Contribution(feature="meet", value=0.42, adds=1.1))
    'odds x 3.00: the chance that both write one file (0.42)'
    >>> contribution_words(Contribution(feature="rarest", value=None, adds=-0.5))
    'odds x 0.61: how rare the rarest word is that both say (unknown)'
    """
    if abs(said.adds) < _LEAST:
        return ""
    words = _WORDS.get(said.feature, _Words(said.feature))
    value = "unknown" if said.value is None else f"{said.value:.2f}"
    return f"odds x {math.exp(said.adds):.2f}: {words.what} ({value})"


def cures(told: Iterable[Contribution]) -> list[str]:
    """Return what could be done about the features that make a conflict likelier, each once.

    Examples
    --------
    >>> cures([Contribution(feature="meet", value=0.4, adds=1.1)])
    ['leave the shared part to one of them']
    >>> cures([Contribution(feature="meet", value=0.1, adds=-0.7)])
    []
    """
    raising = [each.feature for each in told if each.adds >= _LEAST]
    found = (_WORDS[name].cure for name in raising if name in _WORDS)
    return list(dict.fromkeys(cure for cure in found if cure))

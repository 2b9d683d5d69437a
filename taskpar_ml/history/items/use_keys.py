"""Keys by which a changed definition and a use of it meet: family, place and name."""

from __future__ import annotations

import re
from typing import Final

from taskpar_ml.history.items.module_names import SCRIPT, place_of

_WORD: Final = re.compile(r"\w+")
_OWN: Final = "self."
_UNNAMED: Final = frozenset(("default", "module", "exports"))


def key_of(family: str, place: str, name: str) -> str:
    """Return the key of a name at a place; ``.name`` is a method of whatever class there."""
    return f"{family}:{place}:{name}"


def is_of_any_class(key: str) -> bool:
    """Whether a key means the methods of one name, whatever their class."""
    return key.split(":", 2)[2].startswith(".")


def last_word(key: str) -> bytes:
    """Return the last part of the name of a key."""
    return key.rpartition(":")[2].rpartition(".")[2].encode()


def may_mean(path: str, text: bytes, key: str) -> bool:
    """Whether a file can use what a key means: the words of the key stand in it.

    Parameters
    ----------
    path, text
        The file.

    Examples
    --------
    >>> may_mean("shop/cart.py", b"from shop import tax", "python:shop/tax:rate")
    False
    """
    family, place, name = key.split(":", 2)
    place = place.removeprefix(".")
    own = place_of(path)
    if name.startswith(_OWN):
        return place == own
    if not _is_written(text, name.lstrip("."), family):
        return False
    last = place.rpartition("/")[2]
    if place == own or family == SCRIPT or own.startswith(f"{place}/"):
        return True
    return all(word.encode() in text for word in _WORD.findall(last))


def _is_written(text: bytes, name: str, family: str) -> bool:
    owner, _, last = name.rpartition(".")
    if family == SCRIPT:
        return all(part.encode() in text for part in name.split(".") if part not in _UNNAMED)
    # An owner may have another name here, if it was imported by it.
    return name.encode() in text or (
        bool(owner) and last.encode() in text and f"{owner.rpartition('.')[2]} as ".encode() in text
    )

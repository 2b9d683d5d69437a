"""Facts as bytes: column by column, which is quick to write and to read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Final, get_type_hints

from taskpar_ml.domain.code_facts import FACT_KINDS, Fact, FileFacts

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LAYOUT: Final = 2
"""Another one for another meaning of the bytes."""


def packed(facts: FileFacts) -> bytes:
    """Return facts as JSON: for each kind its columns.

    They are not compressed: who keeps them does that. Half a character of UTF-16 becomes ``?``.
    """
    columns = [
        list(zip(*getattr(facts, name), strict=True)) or [()] * len(kind._fields)
        for name, kind in FACT_KINDS.items()
    ]
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def unpacked(raw: bytes) -> FileFacts | None:
    """Return the facts that bytes hold, None if they hold none."""
    try:
        columns = _columns().validate_json(raw)
        # Any: mypy cannot know that columns are of the types that they were checked for.
        facts: dict[str, Any] = {
            name: tuple(map(kind._make, zip(*some, strict=True)))
            for (name, kind), some in zip(FACT_KINDS.items(), columns, strict=True)
        }
    except ValueError:
        return None
    return FileFacts(**facts)


@cache
def _columns() -> TypeAdapter[Any]:
    """Return what checks that bytes are columns of the types that facts have.

    It takes a while to be built, and who only writes does not need it.
    """
    from pydantic import TypeAdapter

    whole: Any = _tuple_of(map(_columns_of, FACT_KINDS.values()))
    return TypeAdapter(whole)


def _columns_of(kind: type[Fact]) -> GenericAlias:
    hints = get_type_hints(kind)
    return _tuple_of(GenericAlias(list, hints[name]) for name in kind._fields)


def _tuple_of(types: Iterable[GenericAlias]) -> GenericAlias:
    return GenericAlias(tuple, tuple(types))

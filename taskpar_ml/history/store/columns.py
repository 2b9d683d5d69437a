"""Types of columns: text that comes back exactly as it was, and words written as small numbers."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, LargeBinary, SmallInteger, TypeDecorator


def exact_bytes(text: str) -> bytes:
    r"""Return bytes from which :func:`exact_text` makes the same text again, whatever it holds.

    UTF-8, but half surrogates are written too. They stand for the bytes of a path that is not
    UTF-8, and no database takes them in a text; PostgreSQL takes no NUL either.

    Examples
    --------
    >>> exact_text(exact_bytes("caf\udce9\0")) == "caf\udce9\0"
    True
    """
    return text.encode("utf-8", "surrogatepass")


def exact_text(stored: bytes) -> str:
    """Return the text that :func:`exact_bytes` was handed.

    Raises
    ------
    UnicodeDecodeError
        If it never made these bytes.
    """
    return stored.decode("utf-8", "surrogatepass")


class ExactText(TypeDecorator[str]):
    """Any text, as bytes. Bytes sort as the code points of the texts do."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Return what is written."""
        return None if value is None else exact_bytes(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Return what was read.

        Raises
        ------
        ValueError
            If it was never written here.
        """
        if isinstance(value, bytes | memoryview | None):
            return None if value is None else exact_text(bytes(value))
        raise ValueError(f"{value!r} is no text of ours")


class Coded(TypeDecorator[StrEnum]):
    """A word out of a short list, as its place in the list."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, members: tuple[StrEnum, ...]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> int | None:
        """Return what is written."""
        return None if value is None else self.members.index(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        """Return what was read.

        Raises
        ------
        ValueError
            If no word has that place.
        """
        if value is None:
            return None
        if not 0 <= value < len(self.members):
            raise ValueError(f"{value} stands for no word")
        word: StrEnum = self.members[value]
        return word

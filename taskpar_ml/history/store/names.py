"""What histories and banks may be called."""

from __future__ import annotations

from typing import Final

from taskpar_ml.errors import StoreError

_LONGEST: Final = 200


def check_name(name: str, *, place: str) -> None:
    """Refuse what cannot be a name.

    Raises
    ------
    StoreError
        If it has no character, or more than 200.
    """
    if not 0 < len(name) <= _LONGEST:
        raise StoreError(
            f"{place}: {name[:_LONGEST]!r}",
            f"a name has 1 to {_LONGEST} characters.",
            "Choose another one.",
        )

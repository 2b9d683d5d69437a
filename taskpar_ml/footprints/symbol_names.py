"""Symbols of a snapshot by what people call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

_MOST_FILES: Final = 3
"""A name that more files define than this names none of them (``run``, ``Meta``, ``setUp``)."""


class SymbolNames:
    """Finds symbols by their name, by the end of it, or by their module and name.

    Parameters
    ----------
    items
        The symbols: ``src/shop/tax.py::Rates.parse``.

    Examples
    --------
    >>> names = SymbolNames(["src/shop/tax.py::Rates.parse", "src/shop/tax.py::round_tax"])
    >>> names.called("Rates.parse"), names.called("src/shop/tax.py::parse")
    (('src/shop/tax.py::Rates.parse',), ('src/shop/tax.py::Rates.parse',))
    >>> names.called("shop.tax.round_tax"), names.called("cart.round_tax")
    (('src/shop/tax.py::round_tax',), ())
    """

    def __init__(self, items: Sequence[str]) -> None:
        self._by_last: defaultdict[str, list[str]] = defaultdict(list)
        for item in items:
            self._by_last[_last(item)].append(item)

    def called(self, name: str) -> tuple[str, ...]:
        """Return the symbols that a name stands for; none where more than three files define it.

        Parameters
        ----------
        name
            A name, dotted where it is a member, after the module or after the path and ``::``
            where that is known. ``Rates::parse`` is the same as ``Rates.parse``.
        """
        path, _, inner = name.partition("::")
        if inner and ("/" in path or "." in path):
            found = [item for item in self._ending(inner) if _lies_in(item, path)]
        else:
            dotted = name.replace("::", ".")
            found = self._ending(dotted) or self._in_module(dotted.split("."))
        files = {item.partition("::")[0] for item in found}
        return tuple(found) if len(files) <= _MOST_FILES else ()

    def is_taken(self, name: str) -> bool:
        """Whether some symbol bears the last part of the name."""
        return _last(name) in self._by_last

    def _ending(self, dotted: str) -> list[str]:
        """Return the symbols whose whole name is a dotted one, or ends with it after a dot."""
        return [
            item
            for item in self._by_last.get(_last(dotted), ())
            if f".{item.partition('::')[2]}".endswith(f".{dotted}")
        ]

    def _in_module(self, parts: Sequence[str]) -> list[str]:
        """Return the symbols of a module: its last part is a directory or a file of their path."""
        for cut in range(1, len(parts)):
            module, inner = parts[cut - 1], ".".join(parts[cut:])
            found = [
                item
                for item in self._by_last.get(parts[-1], ())
                if item.partition("::")[2] == inner and module in _places(item)
            ]
            if found:
                return found
        return []


def _last(name: str) -> str:
    """Return the last part of a name."""
    return name.rpartition("::")[2].rpartition(".")[2]


def _lies_in(item: str, path: str) -> bool:
    return f"/{item.partition('::')[0]}".endswith(f"/{path}")


def _places(item: str) -> list[str]:
    """Return the directories above a symbol's file and the name of the file."""
    *above, name = item.partition("::")[0].split("/")
    return [*above, name.partition(".")[0]]

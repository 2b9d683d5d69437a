"""Names as arrays of bytes, one a line: a repository has too many to keep each on its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def one_line(name: str) -> str:
    r"""Return a name without line ends: files and what is in them are called anything.

    Examples
    --------
    >>> one_line("two\nlines")
    'two lines'
    """
    return " ".join(name.splitlines())


def array_of_names(names: Iterable[str]) -> NDArray[np.uint8]:
    """Return names, none with a line end in it, as bytes, each with a line end after it.

    Examples
    --------
    >>> names_of_array(array_of_names(["", "a"]))
    ('', 'a')
    """
    text = "".join(f"{name}\n" for name in names)
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def names_of_array(array: NDArray[Any]) -> Sequence[str]:
    """Return the names that :func:`array_of_names` wrote."""
    return tuple(array.tobytes().decode("utf-8", "surrogatepass").split("\n")[:-1])

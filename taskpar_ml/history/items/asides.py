"""Files that are not part of what a project is: tests, examples, documentation."""

from __future__ import annotations

import re
from typing import Final

_ASIDE: Final = re.compile(
    r"(?:^|/)(?:tests?|__tests__|testing|testdata|test_utils|specs?|fixtures?|examples?|samples?"
    r"|demos?|docs?(?:_src)?|benchmarks?|vendor|third_party|node_modules)/"
    r"|(?:^|/)(?:test_[^/]*|conftest|tests?)\.py$|_test\.(?:go|py)$|\.(?:test|spec)\.[a-z]+$"
)


def is_aside(path: str) -> bool:
    """Whether what a file holds is there many times over, each for its own purpose.

    Examples
    --------
    >>> is_aside("tests/api/users.py"), is_aside("web/cart.spec.ts"), is_aside("shop/latest.py")
    (True, True, False)
    """
    return _ASIDE.search(path) is not None

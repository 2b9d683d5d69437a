"""API endpoints that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.footprints.mentions import Mention
from taskpar_ml.footprints.wording import wording_before
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.path_templates import path_template

_SIGN: Final = r"\w\-.~:{}<>\[\]/*"
_ROUTE: Final = rf"/[{_SIGN}]*[\w}}\]>*]"
_START: Final = rf"(?<![{_SIGN}])[`'\"]?"
_PATTERNS: Final = (
    re.compile(
        rf"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+[`'\"]?"
        rf"(?P<route>{_ROUTE}|/(?=[\s`'\",;.)?]|$))"
    ),
    re.compile(
        rf"{_START}(?P<route>/(?:api|v\d+|rest|graphql|rpc|webhooks?)(?![\w.])"
        rf"(?:[{_SIGN}]*[\w}}\]>*])?)",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:endpoint|route)s?:?\s+[`'\"]?(?P<route>{_ROUTE})", re.IGNORECASE),
    re.compile(
        rf"{_START}(?P<route>{_ROUTE})[`'\"]?\s+(?:endpoint|route|handler)s?\b", re.IGNORECASE
    ),
    re.compile(rf"\b(?:localhost|127\.0\.0\.1):\d+(?P<route>{_ROUTE})"),
)


def endpoints_in(text: str, snapshot: RepoSnapshot) -> Iterator[Mention]:
    """Read ``POST /users``, ``/api/orders/{id}`` and ``endpoint /health`` out of a text.

    The item is the path template without its method: handlers of one path live side by side.
    A route that is a path of the repository is none.
    """
    text = text.replace("**", "  ")  # bold
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            item = path_template(found["route"])
            path = item.lstrip("/")
            if path not in snapshot.paths and not snapshot.paths.is_directory(path):
                wording = wording_before(text, found.start())
                yield Mention(item, wording.access, wording.makes_it, found[0].strip())

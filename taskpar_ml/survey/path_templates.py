"""Paths of requests with their parameters made anonymous, whatever framework wrote them."""

from __future__ import annotations

import re
from typing import Final

_PARAMETER: Final = re.compile(
    r":[A-Za-z_]\w*(?:\([^()]*\))?[?+*]?"  # Express, gin, Rails
    r"|\{[^{}]*\}"  # OpenAPI, FastAPI, chi, Go, Spring
    r"|<[^<>]*>"  # Flask, Django
    r"|\[[^\[\]]*\]"  # Next.js
    r"|\*+\w*"  # the rest of the path
)
_ANCHORS: Final = re.compile(r"^(?:\\A|\^)|(?:\\Z|\\z|\$)$")
_CLASSES: Final = re.compile(r"\\[dwDW][+*]?|\\")


def path_template(path: str) -> str:
    r"""Return a path in one form, so that two ways to write it are equal.

    Every parameter is ``{}``, regular expressions give way to what they name, and there is one
    slash at the beginning and none at the end.

    Examples
    --------
    >>> path_template("/users/:id/"), path_template("users/<int:id>"), path_template("")
    ('/users/{}', '/users/{}', '/')
    >>> path_template(r"^orders/(?P<id>\d+)/(?:lines|notes)/?$")
    '/orders/{}/{}'
    """
    path = path.strip("`'\"").partition("?")[0] if "(?" not in path else path
    path = _without_groups(_ANCHORS.sub("", path.strip())).replace("/?", "/")
    parts = [_PARAMETER.sub("{}", part).replace("{}?", "{}") for part in path.split("/")]
    return "/" + "/".join(part for part in parts if part)


def _without_groups(path: str) -> str:
    """Return a regular expression with a parameter in place of each group."""
    if re.search(r":\w+\(", path):
        return path
    if "(" not in path:
        return path.replace("\\.", ".")
    parts: list[str] = []
    depth = 0
    for sign in path:
        if sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            if not depth:
                parts.append("{}")
        elif not depth:
            parts.append(sign)
    return _CLASSES.sub("", "".join(parts))

"""API endpoints that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.footprints.mentions import Mention
from taskpar_ml.footprints.wording import access_before
from taskpar_ml.repo.snapshot import RepoSnapshot

_ROUTE: Final = r"/[\w\-.~:{}<>\[\]/*]*[\w}\]>*]|/(?=[\s`'\",;)]|$)"
_WITH_METHOD: Final = re.compile(
    rf"\b(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+[`'\"]?(?P<route>{_ROUTE})"
)
_BARE: Final = re.compile(
    r"(?<![\w./:{}\]-])[`'\"]?(?P<route>/(?:api|v\d+|rest|graphql|rpc|webhooks?)"
    r"(?:/[\w\-.~:{}<>\[\]*]+)*)(?![\w/])|"
    r"\b(?:endpoint|route)s?\s+[`'\"]?(?P<named>/[\w\-.~:{}<>\[\]/*]*[\w}\]>*])",
    re.IGNORECASE,
)
_PARAMETER: Final = re.compile(r"^(?::\w+|\{[^}]*\}|<[^>]*>|\[[^\]]*\]|\*)$")


def path_template(route: str) -> str:
    """Return a route with its parameters made anonymous and its trailing slash dropped.

    Examples
    --------
    >>> path_template("/users/:id/"), path_template("/users/{user_id}")
    ('/users/{}', '/users/{}')
    """
    parts = [part for part in route.strip("`'\"").split("/") if part]
    return "/" + "/".join("{}" if _PARAMETER.match(part) else part for part in parts)


def endpoints_in(text: str, snapshot: RepoSnapshot) -> Iterator[Mention]:
    """Read ``POST /users``, ``/api/orders/{id}`` and ``endpoint /health`` out of a text.

    The item is the path template without its method: handlers of one path live side by side.
    A route that is a path of the repository is none.
    """
    for pattern in (_WITH_METHOD, _BARE):
        for found in pattern.finditer(text):
            groups = found.groupdict()
            item = path_template(groups["route"] or groups.get("named") or "")
            if item.lstrip("/") not in snapshot.paths:
                access, creates = access_before(text, found.start())
                yield Mention(item, access, creates, found[0].strip())

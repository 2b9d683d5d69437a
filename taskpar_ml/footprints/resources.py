"""Named resources that a text names: ports, services, migrations, environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.footprints.mentions import Mention
from taskpar_ml.footprints.wording import access_before
from taskpar_ml.repo.snapshot import RepoSnapshot

_PATTERNS: Final = (
    (
        "port",
        re.compile(
            r"\bports?\s+[`'\"]?(?P<name>\d{2,5})\b|"
            r"\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(?P<bound>\d{2,5})\b",
            re.IGNORECASE,
        ),
    ),
    (
        "migration",
        re.compile(
            r"\bmigrations?\s+(?:number\s+|no\.?\s*|#)?[`'\"]?(?P<name>\d{1,14})(?:_\w+)?\b|"
            r"\b(?P<bound>\d{4})_[a-z]\w+\.(?:py|sql)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "service",
        re.compile(
            r"\b(?:service|container|queue|topic|bucket|cron\s?job)\s+(?:named\s+|called\s+)?"
            r"[`'\"](?P<name>[\w][\w.-]*)[`'\"]|"
            r"[`'\"](?P<bound>[\w][\w.-]*)[`'\"]\s+(?:service|container|queue|topic|bucket)\b",
            re.IGNORECASE,
        ),
    ),
    ("variable", re.compile(r"(?<![\w$])\$?\{?(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b")),
)

_VARIABLE_SHARE: Final = 0.5
"""Most words in capitals are read, or are no variables at all."""


def resources_in(text: str, snapshot: RepoSnapshot) -> Iterator[Mention]:
    """Read what can exist only once at run time: ``port 8080``, ``migration 42``."""
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            groups = found.groupdict()
            name = groups["name"] or groups.get("bound") or ""
            item = f"{kind} {str(int(name)) if name.isdigit() else name}"
            access, creates = access_before(text, found.start())
            share = _VARIABLE_SHARE if kind == "variable" else 1.0
            yield Mention(item, access, creates, found[0].strip(), share)

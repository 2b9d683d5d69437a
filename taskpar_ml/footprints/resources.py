"""Named resources that a text names: ports, services, migrations, environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.footprints.mentions import Mention
from taskpar_ml.footprints.wording import wording_before
from taskpar_ml.repo.snapshot import RepoSnapshot

_PORT: Final = r"(?:[1-9]\d{2,4}|22|25|53|80)"
"""Two digits after "port" mostly count what is ported; these are well known."""
_KINDS_OF_SERVICE: Final = r"(?:service|container|queue|topic|bucket|cron\s?job)"
_NUMBERED: Final = {
    "port": (
        rf"\bports?(?:[ \t]*[:=][ \t]*|[ \t]+)[`'\"]?(?P<name>{_PORT})\b",
        rf"\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(?P<name>{_PORT})\b",
    ),
    "migration": (
        r"\bmigrations?[ \t]+(?:number\s+|no\.?\s*|#)?[`'\"]?(?P<name>\d{1,14})(?:_\w+)?\b",
        r"\b(?P<name>\d{3,14})_[a-z]\w*\.(?:py|sql|js|ts|rb)\b",
    ),
}
_NAMED: Final = {
    "service": (
        rf"\b{_KINDS_OF_SERVICE}\s+(?:named\s+|called\s+)?[`'\"](?P<name>\w[\w.-]*)[`'\"]",
        rf"[`'\"](?P<name>\w[\w.-]*)[`'\"]\s+{_KINDS_OF_SERVICE}\b",
    ),
}
_NUMBERS: Final = tuple(
    (kind, re.compile(text, re.IGNORECASE)) for kind, texts in _NUMBERED.items() for text in texts
)
_NAMES: Final = tuple(
    (kind, re.compile(text, re.IGNORECASE)) for kind, texts in _NAMED.items() for text in texts
)
_VARIABLE: Final = re.compile(r"(?<!\w)(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?!\w)")
_VARIABLE_SHARE: Final = 0.5
"""Most words in capitals are read, or are no variables at all."""


def resources_in(text: str, snapshot: RepoSnapshot) -> Iterator[Mention]:
    """Read what can exist only once at run time: ``port 8080``, ``migration 42``."""
    for kind, pattern in _NUMBERS:
        for found in pattern.finditer(text):
            yield _mention(f"{kind} {int(found['name'])}", text, found)
    for kind, pattern in _NAMES:
        for found in pattern.finditer(text):
            yield _mention(f"{kind} {found['name']}", text, found)
    for found in _VARIABLE.finditer(text):
        mention = _mention(f"variable {found['name']}", text, found)
        yield mention._replace(share=_VARIABLE_SHARE)


def _mention(item: str, text: str, found: re.Match[str]) -> Mention:
    wording = wording_before(text, found.start())
    return Mention(item, wording.access, wording.makes_it, found[0].strip())

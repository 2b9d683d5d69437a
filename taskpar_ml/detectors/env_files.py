"""Variables of the environment that files set for programs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final

from dotenv.parser import parse_stream

from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_FILE: Final = re.compile(
    r"(?:.*/)?(?:\.env(?:[.-][\w.-]+)?|[\w.-]+\.env|\.?env\.(?:example|sample|template|dist))"
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][\w.]*")
_CODE: Final = (".js", ".json", ".md", ".py", ".rb", ".sh", ".ts", ".yaml", ".yml")


class EnvFiles:
    """Finds the names that are set; what they are set to may be secret, and is left out."""

    name = "env-files-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file bears a name like ``.env``, ``.env.example``, ``production.env``."""
        return _FILE.fullmatch(path) is not None and not path.endswith(_CODE)

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield names with a value, an empty one included."""
        for found in parse_stream(io.StringIO(source.text.removeprefix("\ufeff"))):
            if found.error or found.key is None or found.value is None:
                continue
            if _VARIABLE.fullmatch(found.key):
                before = found.original.string.partition(found.key)[0]
                line = found.original.line + len(before.splitlines()[:-1])
                yield Resource(ResourceKind.VARIABLE, found.key, True, line)

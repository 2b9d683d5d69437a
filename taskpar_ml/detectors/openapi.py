"""Requests that descriptions of interfaces promise: OpenAPI and Swagger, in YAML or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from taskpar_ml.detectors.json_nodes import read_json
from taskpar_ml.detectors.placed_values import Value
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.yaml_nodes import documents, read_document
from taskpar_ml.domain.code_facts import Mount, Route

_YAML_SIGN: Final = re.compile(r"^[\"']?(?:openapi|swagger)[\"']?\s*:", re.M)
_JSON_SIGN: Final = re.compile(r'"(?:openapi|swagger)"\s*:\s*"\d')
_METHODS: Final = frozenset(
    {"delete", "get", "head", "options", "patch", "post", "put", "query", "trace"}
)


class OpenApi:
    """Finds the requests of a description, each answered by its ``operationId``.

    They have no router. The base path of Swagger, and of OpenAPI the path of a server if there is
    just one, is a prefix of all of them.
    """

    name = "openapi-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file may be a description."""
        return path.endswith((".yaml", ".yml", ".json"))

    def find(self, source: Source) -> Iterator[Route | Mount]:
        """Yield requests and their prefix."""
        described = _described(source)
        if described is None or not _version(described)[:1].isdigit():
            return
        prefix, line = _prefix(described)
        if prefix:
            yield Mount(prefix, "", "", line)
        for path, item in described["paths"].members.items():
            if not path.startswith("/"):
                continue
            for method, operation in item.members.items():
                if method in _METHODS:
                    handler = operation["operationId"].text
                    yield Route(method.upper(), path, handler, "", operation.line)


def _described(source: Source) -> Value | None:
    if b"paths" not in source.content:
        return None
    text = source.text.removeprefix("\ufeff")
    if text.lstrip()[:1] == "{":
        return read_json(text) if _JSON_SIGN.search(text) else None
    if not _YAML_SIGN.search(text):
        return None
    return next((read_document(part, line) for part, line in documents(text)), None)


def _version(described: Value) -> str:
    return described["openapi"].text or described["swagger"].text


def _prefix(described: Value) -> tuple[str, int]:
    """Return the prefix of all paths and its line."""
    base, servers = described["basePath"], described["servers"].items
    path, line = base.text, base.line
    if len(servers) == 1:
        url = servers[0]["url"]
        try:
            path, line = urlsplit(url.text).path, url.line
        except ValueError:
            return "", line
    path = path.rstrip("/")
    return (path if path.startswith("/") and "{" not in path else ""), line

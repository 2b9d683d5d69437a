"""What files of Docker Compose start: services, containers, ports, variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.placed_values import Value
from taskpar_ml.detectors.published_ports import numbers_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.yaml_nodes import documents, read_document
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_FILE: Final = re.compile(r"(?:.*/)?(?:[\w.-]+[-.])?compose(?:[-_.][\w.-]+)?\.ya?ml")
_SHORT_PORT: Final = re.compile(
    r"(?:(?P<address>\[[0-9a-fA-F:]*\]|[\d.]+):)?(?P<published>[\d-]+):(?P<target>[\d-]+)"
    r"(?:/(?P<protocol>\w+))?"
)
_FILLED_IN: Final = re.compile(r"\$\{(\w+)(?::?-([^{}$]*+))?[^{}]*+\}|\$(\w+)")
_VARIABLE: Final = re.compile(r"[A-Za-z_][\w.]*")


class Compose:
    """Finds services with their names and images, and what they publish and set.

    A port counts where it is published at the host, with the default of a variable where one
    decides. A variable that is filled in is needed. Values of variables are nobody's business.
    """

    name = "compose-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file bears a name that Compose looks for, or one like it."""
        return _FILE.fullmatch(path.lower()) is not None

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield what each service defines and needs."""
        if b"services" not in source.content:
            return
        needed: dict[str, int] = {}
        for text, line in documents(source.text.removeprefix("\ufeff")):
            document = read_document(text, line)
            if document is None:
                continue
            for name, service in document["services"].members.items():
                yield from _service(name, service)
                for value in (service["image"], service["container_name"], *_settings(service)):
                    for found in _FILLED_IN.finditer(value.text.replace("$$", "")):
                        needed.setdefault(found[1] or found[3], value.line)
        for name, line in needed.items():
            yield Resource(ResourceKind.VARIABLE, name, False, line)


def _settings(service: Value) -> Iterator[Value]:
    """Yield ports and values of variables as written."""
    for port in service["ports"].items:
        yield from (port, port["published"])
    environment = service["environment"]
    yield from (*environment.items, *environment.members.values())


def _service(name: str, service: Value) -> Iterator[Resource]:
    image = service["image"].text
    yield Resource(ResourceKind.SERVICE, name, True, service.line, image)
    container = service["container_name"]
    if container.text and "$" not in container.text:
        yield Resource(ResourceKind.CONTAINER, container.text, True, container.line, name)
    for port in service["ports"].items:
        yield from _ports(port, name)
    after = service["depends_on"]
    for other in after.items:
        if other.text:
            yield Resource(ResourceKind.SERVICE, other.text, False, other.line)
    for other_name, other in after.members.items():
        yield Resource(ResourceKind.SERVICE, other_name, False, other.line)
    environment = service["environment"]
    for key, value in environment.members.items():
        if _VARIABLE.fullmatch(key):
            yield Resource(ResourceKind.VARIABLE, key, bool(value.text), value.line)
    for item in environment.items:
        key, sets, _ = item.text.partition("=")
        if _VARIABLE.fullmatch(key):
            yield Resource(ResourceKind.VARIABLE, key, bool(sets), item.line)


def _ports(port: Value, service: str) -> Iterator[Resource]:
    if port.members:
        published, protocol = _filled_in(port["published"].text), port["protocol"].text
        target = port["target"].text
    else:
        found = _SHORT_PORT.fullmatch(_filled_in(port.text))
        if found is None:
            return
        published, protocol, target = found["published"], found["protocol"] or "", found["target"]
    for name in numbers_of(published, protocol):
        yield Resource(ResourceKind.PORT, name, True, port.line, f"{service}:{target}")


def _filled_in(text: str) -> str:
    """Return a text with the defaults of its variables."""
    return _FILLED_IN.sub(lambda found: found[2] or "", text)

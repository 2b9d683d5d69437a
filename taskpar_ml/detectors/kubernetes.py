"""What manifests of Kubernetes run: workloads, services, ports, variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.placed_values import Value
from taskpar_ml.detectors.published_ports import numbers_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.yaml_nodes import documents, read_document
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_WORKLOADS: Final = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
    }
)
_KINDS: Final = _WORKLOADS | {"Ingress", "List", "Service"}
_KIND: Final = re.compile(r"^(?:- |  )?kind:\s*[\"']?(\w+)", re.M)
_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*")


class Kubernetes:
    """Finds objects by kind and name, as ``deployment/web``, bound to their namespace.

    A port of a node (``nodePort``, ``hostPort``) can be taken once, and is named by its number. A
    port of a service is its own, and is named with it: ``web:80``. What a container listens to is
    needed, not decided here. Templates that are no YAML before they are filled in are left out.
    """

    name = "kubernetes-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is YAML."""
        return path.endswith((".yaml", ".yml"))

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield what each object defines and needs."""
        if b"apiVersion:" not in source.content:
            return
        for text, line in documents(source.text.removeprefix("\ufeff")):
            if "apiVersion:" not in text or not _KINDS.intersection(_KIND.findall(text)):
                continue
            document = read_document(text, line)
            if document is None:
                continue
            if document["kind"].text == "List":
                for item in document["items"].items:
                    yield from _object(item)
            else:
                yield from _object(document)


def _object(value: Value) -> Iterator[Resource]:
    kind, name = value["kind"].text, value["metadata"]["name"]
    if kind not in _KINDS or not value["apiVersion"].text or not _is_plain(name.text):
        return
    identity = f"{kind.lower()}/{name.text}"
    namespace = value["metadata"]["namespace"].text
    yield Resource(ResourceKind.SERVICE, identity, True, name.line, namespace)
    if kind == "Service":
        yield from _service_ports(value["spec"]["ports"].items, name.text)
    elif kind in _WORKLOADS:
        yield from _containers(_pod(value), identity)


def _is_plain(text: str) -> bool:
    """Whether a text holds nothing that is filled in later."""
    return bool(text) and not any(sign in text for sign in ("{{", "${", "$("))


def _pod(value: Value) -> Value:
    """Return the description of the pods that an object runs."""
    spec = value["spec"]
    if value["kind"].text == "Pod":
        return spec
    if value["kind"].text == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec["template"]["spec"]


def _service_ports(ports: list[Value], service: str) -> Iterator[Resource]:
    for port in ports:
        number, protocol = port["port"], port["protocol"].text
        for name in numbers_of(number.text, protocol):
            target = port["targetPort"].text
            yield Resource(ResourceKind.PORT, f"{service}:{name}", True, number.line, target)
        for name in numbers_of(port["nodePort"].text, protocol):
            line = port["nodePort"].line
            yield Resource(ResourceKind.PORT, name, True, line, f"{service}:{number.text}")


def _containers(pod: Value, owner: str) -> Iterator[Resource]:
    is_host = pod["hostNetwork"].text == "true"
    for container in (*pod["containers"].items, *pod["initContainers"].items):
        for port in container["ports"].items:
            inside, outside = port["containerPort"], port["hostPort"]
            protocol = port["protocol"].text
            for name in numbers_of(inside.text, protocol):
                yield Resource(ResourceKind.PORT, name, is_host, inside.line, owner)
            for name in numbers_of(outside.text, protocol):
                if not is_host:
                    yield Resource(ResourceKind.PORT, name, True, outside.line, owner)
        for variable in container["env"].items:
            name = variable["name"].text
            if _VARIABLE.fullmatch(name):
                sets = bool({"value", "valueFrom"} & variable.members.keys())
                yield Resource(ResourceKind.VARIABLE, name, sets, variable.line)

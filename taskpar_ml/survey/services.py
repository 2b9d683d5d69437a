"""Directories that are built, deployed or started on their own: services of one repository."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from posixpath import basename, dirname, join, normpath
from typing import Final

from taskpar_ml.detectors.compose import Compose
from taskpar_ml.detectors.dockerfiles import Dockerfiles
from taskpar_ml.detectors.yaml_nodes import documents, read_document

_DEPLOYMENT_NAMES: Final = """
    .docker build chart charts deploy deployment deployments docker helm k8s kubernetes kustomize
    manifests
"""
_DEPLOYMENT: Final = frozenset(_DEPLOYMENT_NAMES.split())
"""Directories that say how what lies beside them is built and run."""

_CLUSTER: Final = frozenset({"helm", "k8s", "kubernetes"})
_CLUSTER_FILES: Final = frozenset({"Chart.yaml", "kustomization.yaml", "kustomization.yml"})
_MOST_COMPOSE_FILES: Final = 20
_MOST_BYTES: Final = 1 << 16


def service_directories(
    paths: Iterable[str], read: Callable[[str, int], bytes | None]
) -> frozenset[str]:
    """Return directories with a Dockerfile, a chart or manifests of Kubernetes of their own.

    Those that Docker Compose builds from belong to them, and the programs of a Go module, as
    ``cmd/NAME``, where there are several.

    Parameters
    ----------
    paths
        Every file of the repository.
    read
        Returns the beginning of a file, None if there is none.

    Notes
    -----
    Manifests and Dockerfiles are told by their names; of contents only the first 20 files of
    Compose are read. Source: Compose Specification, "build"; golang-standards, "project-layout".
    """
    compose = Compose()
    found: set[str] = set()
    programs: defaultdict[str, set[str]] = defaultdict(set)
    composed = []
    for path in paths:
        name, place = basename(path), dirname(path)
        if _is_dockerfile(name) or name in _CLUSTER_FILES or _is_manifest(path):
            found.add(_deployed(place))
        elif "compose" in name and compose.reads(name):
            composed.append(path)
        elif name.endswith(".go") and basename(dirname(place)) == "cmd":
            programs[dirname(place)].add(place)
    for path in islice(composed, _MOST_COMPOSE_FILES):
        raw = read(path, _MOST_BYTES + 1) or b""
        if len(raw) <= _MOST_BYTES:
            found.update(_built(path, raw.decode("utf-8", "replace")))
    for several in programs.values():
        if len(several) > 1:
            found |= several
    return frozenset(found - {"", "."})


def _is_dockerfile(name: str) -> bool:
    return "file" in name.lower() and Dockerfiles().reads(name)


def _is_manifest(path: str) -> bool:
    """Whether a file is YAML in a directory that bears the name of Kubernetes."""
    return path.endswith((".yaml", ".yml")) and not _CLUSTER.isdisjoint(path.split("/")[:-1])


def _deployed(directory: str) -> str:
    """Return what a directory describes: what it lies in if it only says how that is run."""
    names = directory.split("/")
    for at, name in enumerate(names):
        if name.lower() in _DEPLOYMENT:
            return "/".join(names[:at])
    return directory


def _built(path: str, text: str) -> Iterator[str]:
    """Yield the directories that services of a file of Compose are built from."""
    for part, _ in documents(text):
        document = read_document(part)
        for service in document["services"].members.values() if document is not None else ():
            build = service["build"]
            context = build.text or build["context"].text
            if context and "$" not in context and ":" not in context:
                place = normpath(join(dirname(path), context))
                if not place.startswith((".", "/")):
                    yield place

"""The layer of a file: by its name, by what is known of its contents, by its package."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from posixpath import basename, dirname
from typing import Any, Final

from taskpar_ml.domain.code_facts import FileFacts, ResourceKind
from taskpar_ml.domain.layers import Layer
from taskpar_ml.survey.tested_files import is_test_file


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SERVER: Final = _words(
    """
    bal c cc clj cljs cpp cs cxx erl ex exs fs go graphql graphqls groovy h hpp hs java jl kt lua ml
    php pl pm prisma proto py pyi pyx rb rs scala sql swift zig
    """
)
_SCRIPTS: Final = _words("cjs cts js mjs mts ts")
_PAGES: Final = _words(
    """
    astro css ejs erb haml hbs htm html jinja jinja2 j2 jsx less liquid mustache pug sass scss
    styl svelte tsx twig vue
    """
)
_SOURCES: Final = _SERVER | _SCRIPTS | _PAGES
_TEXTS: Final = _words("adoc asciidoc markdown md mdx rst")
_TEXT_NAMES: Final = re.compile(
    r"(?:authors|changelog|changes|code_of_conduct|contributing|contributors|copying|history|"
    r"license|licence|maintainers|news|notice|readme|security)(?:\.txt)?",
    re.IGNORECASE,
)
_TEXT_DIRECTORIES: Final = _words("doc docs documentation")

_OPERATION_FILES: Final = re.compile(
    r"(?:.*[.-])?dockerfile(?:[.-].*)?|(?:.*[.-])?compose(?:[-_.].*)?\.ya?ml|.*\.(?:tf|tfvars|hcl)|"
    r"\.gitlab-ci\.ya?ml|\.travis\.ya?ml|\.?appveyor\.ya?ml|azure-pipelines.*\.ya?ml|jenkinsfile|"
    r"makefile|procfile|vagrantfile|chart\.ya?ml|kustomization\.ya?ml|skaffold\.ya?ml|"
    r"\.dockerignore|\.pre-commit-config\.ya?ml|\.readthedocs\.ya?ml|tox\.ini|noxfile\.py",
    re.IGNORECASE,
)
_OPERATION_DIRECTORIES: Final = _words(
    """
    .buildkite .ci .circleci .devcontainer .github .gitlab ansible deploy deployment deployments
    helm infra infrastructure k8s kubernetes terraform
    """
)

_SEEN: Final = _words(
    """
    assets browser client components css frontend front-end hooks pages public static styles
    ui views web webapp www
    """
)
_UNSEEN: Final = _words(
    """
    api backend back-end controllers db functions middleware middlewares migrations models
    repositories resolvers routers routes server servers services workers
    """
)
_SEEN_PACKAGES: Final = _words(
    """
    @angular/core @remix-run/react alpinejs astro ember-source jquery lit next nuxt preact react
    react-dom solid-js svelte vite vue
    """
)
_UNSEEN_PACKAGES: Final = _words(
    """
    @apollo/server @hapi/hapi @nestjs/core express fastify hono koa mongoose pg prisma restify
    sequelize typeorm
    """
)
_MOST_MANIFESTS: Final = 500
_MOST_BYTES: Final = 1 << 18


def is_source(path: str) -> bool:
    """Whether a file holds code, by the ending of its name.

    Examples
    --------
    >>> is_source("src/app.ts"), is_source("README.md")
    (True, False)
    """
    return _ending(path) in _SOURCES


class Layers:
    """Tells on which side of a system files lie.

    Parameters
    ----------
    paths
        Every file of the repository.
    read
        Returns the beginning of a file, None if there is none. Only manifests of Node are read,
        when a script is first asked about.

    Examples
    --------
    >>> manifest = b'{"dependencies": {"koa": "2"}}'
    >>> layers = Layers(["server/package.json"], lambda path, most: manifest)
    >>> layers.of("server/lib/cart.js").value, layers.of("server/lib/cart.css").value
    ('backend', 'frontend')
    >>> layers.of("lib/cart.js") is None
    True
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str, int], bytes | None]) -> None:
        manifests = sorted(
            path
            for path in paths
            if basename(path) == "package.json" and "node_modules/" not in path
        )
        self._manifests = {dirname(path): path for path in manifests[:_MOST_MANIFESTS]}
        self._read = read
        self._side: Callable[[str], Layer | None] = lru_cache(maxsize=None)(self._side_of)

    def of(self, path: str, facts: FileFacts | None = None) -> Layer | None:
        """Return the layer of a file, None where nothing tells.

        The first that tells decides: that it is a test; documentation; or about building and
        running; its ending; what detectors found in it; the innermost directory that is named
        after a side; the packages that its manifest asks for. Scripts need the last three, as
        one language is spoken on both sides.

        Parameters
        ----------
        facts
            What detectors found in the file, where that is at hand.
        """
        directories = path.lower().split("/")[:-1]
        if is_test_file(path):
            return Layer.TESTS
        if not _OPERATION_DIRECTORIES.isdisjoint(directories):
            return Layer.INFRASTRUCTURE
        if (
            _ending(path) in _TEXTS
            or _TEXT_NAMES.fullmatch(basename(path))
            or not _TEXT_DIRECTORIES.isdisjoint(directories)
        ):
            return Layer.DOCUMENTATION
        if _OPERATION_FILES.fullmatch(basename(path)) or _is_of_cluster(path, facts):
            return Layer.INFRASTRUCTURE
        if _ending(path) in _PAGES or path.lower().endswith(".blade.php"):
            return Layer.FRONTEND
        if _ending(path) in _SERVER:
            return Layer.BACKEND
        if _ending(path) in _SCRIPTS:
            return _by_facts(facts) or _by_directories(directories) or self._by_package(path)
        return None

    def _by_package(self, path: str) -> Layer | None:
        """Return the side of the package that a file is in, as far as a manifest tells."""
        directory = path
        while directory:
            directory = dirname(directory)
            if directory in self._manifests:
                return self._side(directory)
        return None

    def _side_of(self, directory: str) -> Layer | None:
        try:
            manifest: Any = json.loads(self._read(self._manifests[directory], _MOST_BYTES) or b"")
        except (RecursionError, ValueError):
            return None
        name = manifest.get("name") if isinstance(manifest, dict) else None
        asked = {name} if isinstance(name, str) else set()
        for kind in ("dependencies", "devDependencies", "peerDependencies"):
            named = manifest.get(kind) if isinstance(manifest, dict) else None
            asked |= named.keys() if isinstance(named, dict) else set()
        is_seen, is_unseen = bool(asked & _SEEN_PACKAGES), bool(asked & _UNSEEN_PACKAGES)
        if is_seen == is_unseen:
            return None
        return Layer.FRONTEND if is_seen else Layer.BACKEND


def _ending(path: str) -> str:
    stem, dot, ending = basename(path).rpartition(".")
    return ending.lower() if dot and stem else ""


def _is_of_cluster(path: str, facts: FileFacts | None) -> bool:
    """Whether a file of YAML runs something."""
    return (
        facts is not None
        and path.endswith((".yaml", ".yml"))
        and any(each.kind in (ResourceKind.SERVICE, ResourceKind.JOB) for each in facts.resources)
    )


def _by_facts(facts: FileFacts | None) -> Layer | None:
    """Return the backend for files that answer requests or ask a database."""
    if facts is not None and (
        facts.routes or facts.mounts or facts.tables or facts.models or facts.migrations
    ):
        return Layer.BACKEND
    return None


def _by_directories(directories: list[str]) -> Layer | None:
    for name in reversed(directories):
        if name in _SEEN:
            return Layer.FRONTEND
        if name in _UNSEEN:
            return Layer.BACKEND
    return None

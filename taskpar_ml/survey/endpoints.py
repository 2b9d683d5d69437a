"""The requests that a repository answers: routes below the prefixes of their routers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final, NamedTuple

from taskpar_ml.domain.code_facts import FileFacts, Import
from taskpar_ml.survey.imports import ImportResolver
from taskpar_ml.survey.path_templates import path_template

MOST_PREFIXES: Final = 20
"""Places at which one router may be mounted; what is mounted more often has not been understood."""

_MOST_STEPS: Final = 5
"""Files through which a name is followed to where it is made."""


class Endpoint(NamedTuple):
    """A request that is answered.

    Attributes
    ----------
    method
        In capitals, ``*`` for any; of GraphQL and gRPC their own words.
    path
        From the root, its parameters anonymous: ``/orders/{}/lines``.
    handler
        Name of what answers, as the file has it; may be empty.
    file, line
        Where the route is written.
    """

    method: str
    path: str
    handler: str
    file: str
    line: int


class _Router(NamedTuple):
    """Something that routes are registered on: a name of a file."""

    file: str
    name: str


class _Place(NamedTuple):
    """Where a router is mounted."""

    on: _Router
    prefix: str
    replaces: bool


class Endpoints:
    """Puts together what files say about routes.

    Parameters
    ----------
    facts
        Path to facts; files without routes, mounts and imports may be left out.
    resolver
        Follows imports.
    """

    def __init__(self, facts: Mapping[str, FileFacts], resolver: ImportResolver) -> None:
        self._facts = facts
        self._resolver = resolver
        self._own: dict[_Router, str] = {}
        self._places: defaultdict[_Router, list[_Place]] = defaultdict(list)
        for file, found in facts.items():
            for mount in found.mounts:
                on = _Router(file, mount.router)
                children = self._routers(file, mount.child)
                if not mount.router and children == [_Router(file, mount.child)]:
                    self._own[children[0]] = mount.prefix
                    continue
                for child in children:
                    self._places[child].append(_Place(on, mount.prefix, mount.replaces))

    def __iter__(self) -> Iterator[Endpoint]:
        """Yield every endpoint, file by file; a router that is mounted twice gives each twice."""
        for file, found in self._facts.items():
            for route in found.routes:
                if route.method in ("QUERY", "MUTATION", "SUBSCRIPTION", "RPC"):
                    yield Endpoint(route.method, route.path, route.handler, file, route.line)
                    continue
                for router in self._routers(file, route.router) or [_Router(file, route.router)]:
                    for prefix in self._prefixes(router, frozenset()):
                        path = path_template(_joined(prefix, route.path))
                        yield Endpoint(route.method, path, route.handler, file, route.line)

    def _prefixes(self, router: _Router, below: frozenset[_Router]) -> list[str]:
        """Return the paths at which a router is reached, the empty one if it is mounted nowhere."""
        own = self._own.get(router, "")
        if router in below or not self._places.get(router):
            return [own]
        found: dict[str, None] = {}
        for place in self._places[router]:
            inner = place.prefix if place.replaces else _joined(place.prefix, own)
            for outer in self._prefixes(place.on, below | {router}):
                found[_joined(outer, inner)] = None
                if len(found) == MOST_PREFIXES:
                    return list(found)
        return list(found)

    def _routers(self, file: str, name: str, steps: int = _MOST_STEPS) -> list[_Router]:
        """Return what a name in a file stands for; of a module, all that it does not mount itself.

        Empty if it cannot be told.
        """
        if name in self._known.get(file, ()):
            return [_Router(file, name)]
        found = self._facts.get(file)
        if found is None or not steps or not name:
            return []
        for statement in found.imports:
            for pair in statement.names:
                rest = _rest(name, pair[1])
                if rest is not None and pair[1] != "*":
                    return self._imported(file, statement, pair, rest, steps - 1)
        if "." in name or "/" in name:
            module = Import(name, (("", name),), 1)
            return self._of_files(self._resolver.targets(file, module), "", steps - 1)
        return [_Router(file, name)]

    def _imported(
        self, file: str, statement: Import, pair: tuple[str, str], rest: str, steps: int
    ) -> list[_Router]:
        taken = statement._replace(names=(pair,))
        targets = self._resolver.targets(file, taken)
        is_module = pair[0] in ("", "*", "default") or any(
            target.rpartition(".")[0].endswith(f"/{pair[0]}")
            or target.endswith(f"/{pair[0]}/__init__.py")
            for target in targets
        )
        name = rest if is_module else ".".join(part for part in (pair[0], rest) if part)
        return self._of_files(targets, name, steps)

    def _of_files(self, files: tuple[str, ...], name: str, steps: int) -> list[_Router]:
        found: list[_Router] = []
        for file in files:
            if name:
                exact = self._routers(file, name, steps)
                found += [each for each in exact if each.name in self._known.get(each.file, ())]
            if not name or not found:
                found += [_Router(file, each) for each in sorted(self._outermost.get(file, ()))]
        return found

    @cached_property
    def _known(self) -> Mapping[str, frozenset[str]]:
        """File to the names that routes or prefixes are registered on there."""
        return {
            file: frozenset(
                [each.router for each in found.routes]
                + [each.router for each in found.mounts if each.router]
                + [each.child for each in found.mounts if not each.router]
            )
            for file, found in self._facts.items()
            if found.routes or found.mounts
        }

    @cached_property
    def _outermost(self) -> Mapping[str, frozenset[str]]:
        """The same without what the file mounts on something else of its own."""
        return {
            file: names - {each.child for each in self._facts[file].mounts if each.router}
            for file, names in self._known.items()
        }


def _rest(name: str, known: str) -> str | None:
    """Return what follows a name in a dotted one, None if that begins otherwise."""
    if name == known:
        return ""
    return name[len(known) + 1 :] if known and name.startswith(known + ".") else None


def _joined(prefix: str, path: str) -> str:
    if not prefix or not path:
        return prefix or path
    return f"{prefix.rstrip('/').rstrip('$')}/{path.lstrip('^').lstrip('/')}"

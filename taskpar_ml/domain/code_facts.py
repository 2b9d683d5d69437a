"""What can be read out of one file: definitions, imports, routes, tables, resources, tests.

Lines count from 1. Names are as the file writes them; what they mean across files (which file an
import leads to, under which prefix a router is mounted) is put together elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, NamedTuple, Self, TypeAlias


class DefinitionKind(StrEnum):
    """What a definition introduces."""

    FUNCTION = "function"
    METHOD = "method"
    CLASS = "class"
    """Classes, structs, enumerations, and what else has members."""
    TYPE = "type"
    """Interfaces, traits, aliases: what has no instances of its own."""
    VARIABLE = "variable"
    """Constants and variables of a module."""


class Definition(NamedTuple):
    """Something that a file introduces under a name.

    Attributes
    ----------
    name
        Dotted through what encloses it: ``Session.commit``.
    line, end_line
        First and last line, decorators included.
    signature
        Parameters and result of a function, bases of a class, as written but for white space;
        empty where there is none. Who calls depends on nothing else.
    public
        Whether other files are meant to use it, by the customs of the language.
    """

    name: str
    kind: DefinitionKind
    line: int
    end_line: int
    signature: str = ""
    public: bool = True


class Import(NamedTuple):
    """A file or package that a file builds upon.

    Attributes
    ----------
    module
        As written: ``..models``, ``./users.js``, ``github.com/go-chi/chi/v5``.
    names
        What is taken out of it, each with the name that it gets here; ``("*", "*")`` for all.
        A module that is imported as a whole is one pair with an empty first name.
    """

    module: str
    names: tuple[tuple[str, str], ...]
    line: int


class Use(NamedTuple):
    """Something that a file calls, extends or decorates with, by its name as written.

    Once for each name, at its first line: ``session.commit``, ``BaseModel``.
    """

    name: str
    line: int


class Route(NamedTuple):
    """A request that a file answers, or promises to answer.

    Beside those of HTTP there are the methods ``QUERY``, ``MUTATION`` and ``SUBSCRIPTION``, whose
    path is the name of a field of GraphQL, and ``RPC``, with the path that gRPC sends:
    ``/package.Service/Method``.

    Attributes
    ----------
    method
        In capitals; ``*`` where any is answered.
    path
        As written, below the prefix of its router.
    handler
        Name of what answers; empty where that has none.
    router
        Name of what the route is registered on, as written: ``app``, ``router``; empty where the
        file as a whole is that.
    """

    method: str
    path: str
    handler: str
    router: str
    line: int


class Mount(NamedTuple):
    """A router put below a prefix of another.

    Attributes
    ----------
    child
        Name of what is mounted, as written: ``users.router``, or a module: ``app.urls``; empty for
        the routes of this file that have no router.
    router
        Name of what it is mounted on; empty for the router that ``child`` itself is.
    replaces
        Whether the prefix stands instead of the one that the child was made with, as in Flask.
    """

    prefix: str
    child: str
    router: str
    line: int
    replaces: bool = False


class TableAction(StrEnum):
    """What is done to a table."""

    CREATE = "create"
    ALTER = "alter"
    DROP = "drop"
    WRITE = "write"
    READ = "read"


class TableUse(NamedTuple):
    """A table of a database that a file makes, changes, fills or asks.

    Attributes
    ----------
    table
        In lower case, without its schema.
    columns
        Those that are named, in lower case, sorted.
    """

    table: str
    action: TableAction
    columns: tuple[str, ...]
    line: int


class Model(NamedTuple):
    """A class that stands for a table.

    Attributes
    ----------
    name
        Of the class.
    table
        Its table, where the file says so; empty where a custom of the framework names it.
    columns
        Its fields, sorted.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    line: int


class Migration(NamedTuple):
    """A step from one schema of a database to the next.

    Attributes
    ----------
    id
        What other steps call it; empty where the name of its file says that.
    parents
        The steps that it builds upon; as ``app.name`` where another application's.
    """

    id: str
    parents: tuple[str, ...]
    line: int


class ResourceKind(StrEnum):
    """What can exist only once where programs run together."""

    PORT = "port"
    SERVICE = "service"
    CONTAINER = "container"
    VARIABLE = "variable"
    """Of the environment."""
    JOB = "job"
    """Of continuous integration."""
    DEPENDENCY = "dependency"
    """A package that a project builds upon, with its version in a lock file."""


class Resource(NamedTuple):
    """A resource that a file defines or needs.

    Attributes
    ----------
    name
        Of a port its number, ``53/udp`` where it is not TCP, ``web:80`` where it is that of a name
        of its own in a cluster. Of an object of a cluster ``deployment/web``.
    defines
        Whether the file decides about it: a published port, a variable that is set, a package that
        is asked for. A lock file follows.
    value
        What it is bound to, a version or a target; empty where there is none. Never what a
        variable is set to: that may be secret.
    """

    kind: ResourceKind
    name: str
    defines: bool
    line: int
    value: str = ""


class TestCase(NamedTuple):
    """A test that runs on its own, dotted through what encloses it."""

    name: str
    line: int


Fact: TypeAlias = (
    Definition | Import | Use | Route | Mount | TableUse | Model | Migration | Resource | TestCase
)
"""Anything that a detector finds."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that detectors found in one file, each kind in the order of its lines."""

    definitions: tuple[Definition, ...] = ()
    imports: tuple[Import, ...] = ()
    uses: tuple[Use, ...] = ()
    routes: tuple[Route, ...] = ()
    mounts: tuple[Mount, ...] = ()
    tables: tuple[TableUse, ...] = ()
    models: tuple[Model, ...] = ()
    migrations: tuple[Migration, ...] = ()
    resources: tuple[Resource, ...] = ()
    tests: tuple[TestCase, ...] = ()

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Self:
        """Sort facts by their kind and line."""
        found: defaultdict[type[Fact], list[Fact]] = defaultdict(list)
        for fact in facts:
            found[type(fact)].append(fact)
        # Any: mypy cannot know that a list holds one kind only.
        sorted_facts: dict[str, Any] = {
            name: tuple(sorted(found[kind], key=_LINE))
            for name, kind in FACT_KINDS.items()
            if kind in found
        }
        return cls(**sorted_facts)


_LINE: Final = attrgetter("line")


FACT_KINDS: Final[dict[str, type[Fact]]] = {
    "definitions": Definition,
    "imports": Import,
    "uses": Use,
    "routes": Route,
    "mounts": Mount,
    "tables": TableUse,
    "models": Model,
    "migrations": Migration,
    "resources": Resource,
    "tests": TestCase,
}
"""What each field of :class:`FileFacts` holds."""

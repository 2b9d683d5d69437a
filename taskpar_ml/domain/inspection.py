"""What is seen of a repository, as it is shown to people."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from taskpar_ml.domain.contexts import ContextOrigin
from taskpar_ml.domain.layers import Layer


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class InspectedKind(StrEnum):
    """A part of an inspection that can be asked for on its own."""

    ENDPOINTS = "endpoints"
    TABLES = "tables"
    MIGRATIONS = "migrations"
    RESOURCES = "resources"
    CONTEXTS = "contexts"
    FILES = "files"
    HOT_SPOTS = "hot-spots"


class SeenEndpoint(_Part):
    """A request that is answered; ``path`` from the root, parameters as ``{}``."""

    method: str
    path: str
    handler: str
    file: str
    line: int


class SeenTable(_Part):
    """A table and the files that touch it, each list sorted.

    ``defined_in`` make, change or drop it, by migration, model or statement; ``written_in`` change
    rows; ``read_in`` only ask.
    """

    name: str
    defined_in: tuple[str, ...]
    written_in: tuple[str, ...]
    read_in: tuple[str, ...]


class SeenMigrations(_Part):
    """The migrations of one directory: how many, and those that none builds upon.

    ``missing`` are built upon and not there.
    """

    place: str
    steps: int
    heads: tuple[str, ...]
    missing: tuple[str, ...]


class SeenResource(_Part):
    """A resource with the files that decide about it and those that need it."""

    kind: str
    name: str
    defined_in: tuple[str, ...]
    needed_in: tuple[str, ...]


class SeenContext(_Part):
    """A part of the system: its files, and how many imports lead within it, out, and in.

    ``drawn_by`` says where it comes from: ``settings``, ``owners``, ``package``, ``service``,
    ``imports``, ``directory``; several where files belong to it for different reasons, that of most
    of them first. ``layers`` counts its files by the side of the system on which they lie, most
    first; those of no side are left out.
    """

    name: str
    drawn_by: tuple[ContextOrigin, ...]
    files: int
    layers: dict[Layer, int]
    imports_within: int
    imports_out: int
    imports_in: int


class SeenFile(_Part):
    """A file that others build upon: how many import it, and how many tests are about it."""

    path: str
    imported_by: int
    tests: int


class SeenHotSpot(_Part):
    """A file that many tasks change.

    ``landings`` counts the tasks that changed it, ``weight`` counts them decayed by age;
    ``imported_by`` files import it.
    """

    path: str
    landings: int
    weight: float
    imported_by: int


class Inspection(_Part):
    """What is seen of a repository at one moment.

    Attributes
    ----------
    repository, commit
        Where, and when; ``commit`` is None for a working tree.
    files
        How many files there are.
    looked_at
        How many of them detectors read.
    counts
        Facts by kind: definitions, imports, tests and so on.
    endpoints, tables, migrations, resources, contexts
        Each sorted by name; None where it was not asked for.
    most_imported
        The files that most others import, at most as many as asked for.
    hot_spots
        The files that most tasks changed lately, at most as many as asked for.
    """

    repository: str
    commit: str | None
    files: int
    looked_at: int
    counts: dict[str, int]
    endpoints: tuple[SeenEndpoint, ...] | None = None
    tables: tuple[SeenTable, ...] | None = None
    migrations: tuple[SeenMigrations, ...] | None = None
    resources: tuple[SeenResource, ...] | None = None
    contexts: tuple[SeenContext, ...] | None = None
    most_imported: tuple[SeenFile, ...] | None = None
    hot_spots: tuple[SeenHotSpot, ...] | None = None

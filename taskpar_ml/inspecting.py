"""What a person asks of a repository before trusting predictions about it: what is seen there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import Final

from taskpar_ml.domain.code_facts import FACT_KINDS, TableAction
from taskpar_ml.domain.contexts import ContextOrigin
from taskpar_ml.domain.inspection import (
    InspectedKind,
    Inspection,
    SeenContext,
    SeenEndpoint,
    SeenFile,
    SeenHotSpot,
    SeenMigrations,
    SeenResource,
    SeenTable,
)
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.layers import Layer
from taskpar_ml.history.statistics import HistoryStatistics
from taskpar_ml.repo.globs import matches
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.contexts import Contexts
from taskpar_ml.survey.layers import Layers
from taskpar_ml.survey.repo_survey import RepoSurvey

_DEFINING: Final = frozenset({TableAction.CREATE, TableAction.ALTER, TableAction.DROP})

Within = Callable[[str], bool]
"""Whether a file is asked about."""


def inspect(
    snapshot: RepoSnapshot,
    survey: RepoSurvey,
    contexts: Contexts,
    *,
    past: Sequence[Landing] = (),
    only: Collection[InspectedKind] = tuple(InspectedKind),
    within: str | None = None,
    most: int = 10,
) -> Inspection:
    """Return what is seen of a repository.

    Parameters
    ----------
    snapshot, survey
        The repository, and what detectors found in it.
    contexts
        Its parts.
    past
        What landed up to the snapshot, oldest first; only hot spots need it.
    only
        What is shown besides the counts.
    within
        Glob of the files that are asked about; all by default. A table or resource is shown if one
        of them touches it, then with all that do.
    most
        Files that are shown as imported by many, and as changed by many tasks.

    Raises
    ------
    PatternError
        If the glob cannot be read.
    """

    def asked(path: str) -> bool:
        return within is None or matches(within, path)

    wanted = frozenset(only)
    facts = {path: found for path, found in survey.facts.items() if asked(path)}
    shown: dict[InspectedKind, Callable[[], object]] = {
        InspectedKind.ENDPOINTS: lambda: sorted(_endpoints(survey, asked), key=_by_path),
        InspectedKind.TABLES: lambda: list(_tables(survey, asked)),
        InspectedKind.MIGRATIONS: lambda: list(_migrations(survey, asked)),
        InspectedKind.RESOURCES: lambda: list(_resources(survey, asked)),
        InspectedKind.CONTEXTS: lambda: list(_contexts(snapshot, survey, contexts, asked)),
        InspectedKind.FILES: lambda: _most_imported(survey, asked, most),
        InspectedKind.HOT_SPOTS: lambda: list(_hot_spots(snapshot, survey, past, asked, most)),
    }
    names = {kind: kind.value.replace("-", "_") for kind in shown}
    names[InspectedKind.FILES] = "most_imported"
    return Inspection.model_validate(
        {
            "repository": snapshot.repository,
            "commit": snapshot.commit,
            "files": sum(asked(path) for path in snapshot.paths.paths),
            "looked_at": len(facts),
            "counts": {
                name: sum(len(getattr(each, name)) for each in facts.values())
                for name in FACT_KINDS
            },
            **{names[kind]: make() for kind, make in shown.items() if kind in wanted},
        }
    )


def _by_path(endpoint: SeenEndpoint) -> tuple[str, str, str, int]:
    return endpoint.path, endpoint.method, endpoint.file, endpoint.line


def _endpoints(survey: RepoSurvey, asked: Within) -> Iterator[SeenEndpoint]:
    for each in survey.endpoints:
        if asked(each.file):
            yield SeenEndpoint(**each._asdict())


def _tables(survey: RepoSurvey, asked: Within) -> Iterator[SeenTable]:
    defined: defaultdict[str, set[str]] = defaultdict(set)
    written: defaultdict[str, set[str]] = defaultdict(set)
    read: defaultdict[str, set[str]] = defaultdict(set)
    for touch in survey.tables:
        if touch.action in _DEFINING:
            defined[touch.table].add(touch.file)
        elif touch.action == TableAction.WRITE:
            written[touch.table].add(touch.file)
        else:
            read[touch.table].add(touch.file)
    for name in sorted({*defined, *written, *read}):
        if any(asked(path) for path in defined[name] | written[name] | read[name]):
            yield SeenTable(
                name=name,
                defined_in=tuple(sorted(defined[name])),
                written_in=tuple(sorted(written[name])),
                read_in=tuple(sorted(read[name] - written[name])),
            )


def _migrations(survey: RepoSurvey, asked: Within) -> Iterator[SeenMigrations]:
    for line in survey.migrations:
        if any(asked(path) for path in line.steps.values()):
            yield SeenMigrations(
                place=line.place, steps=len(line.steps), heads=line.heads, missing=line.missing
            )


def _resources(survey: RepoSurvey, asked: Within) -> Iterator[SeenResource]:
    defined: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    needed: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for path, facts in survey.facts.items():
        for each in facts.resources:
            (defined if each.defines else needed)[each.kind.value, each.name].add(path)
    for kind, name in sorted({*defined, *needed}):
        files = defined[kind, name], needed[kind, name]
        if any(asked(path) for path in files[0] | files[1]):
            yield SeenResource(
                kind=kind,
                name=name,
                defined_in=tuple(sorted(files[0])),
                needed_in=tuple(sorted(files[1])),
            )


def _contexts(
    snapshot: RepoSnapshot, survey: RepoSurvey, contexts: Contexts, asked: Within
) -> Iterator[SeenContext]:
    drawn = {path: contexts.drawn(path) for path in snapshot.paths.paths}
    home = {path: None if each is None else each.name for path, each in drawn.items()}
    counted = Counter(each for path, each in drawn.items() if each is not None and asked(path))
    files: Counter[str] = Counter()
    origins: defaultdict[str, list[ContextOrigin]] = defaultdict(list)
    for each, count in sorted(counted.items(), key=lambda item: -item[1]):
        files[each.name] += count
        origins[each.name].append(each.origin)
    sides = Layers(snapshot.paths.paths, lambda path, most: snapshot.read(path, limit=most))
    layers: defaultdict[str, Counter[Layer]] = defaultdict(Counter)
    for path, name in home.items():
        layer = sides.of(path, survey.facts.get(path)) if name is not None and asked(path) else None
        if name is not None and layer is not None:
            layers[name][layer] += 1
    within: Counter[str] = Counter()
    leaving: Counter[str] = Counter()
    coming: Counter[str] = Counter()
    for path, targets in survey.imports.items():
        here = home.get(path)
        for target in targets:
            there = home.get(target)
            if here is not None and here == there:
                within[here] += 1
                continue
            if here is not None:
                leaving[here] += 1
            if there is not None:
                coming[there] += 1
    for name in sorted(files):
        yield SeenContext(
            name=name,
            drawn_by=tuple(origins[name]),
            files=files[name],
            layers=dict(layers[name].most_common()),
            imports_within=within[name],
            imports_out=leaving[name],
            imports_in=coming[name],
        )


def _hot_spots(
    snapshot: RepoSnapshot,
    survey: RepoSurvey,
    past: Sequence[Landing],
    asked: Within,
    most: int,
) -> Iterator[SeenHotSpot]:
    paths = snapshot.paths.paths
    importers = Counter(target for targets in survey.imports.values() for target in targets)
    hot = HistoryStatistics.of(past, paths).hot_spots(len(paths))
    for spot in islice((spot for spot in hot if asked(spot.path)), most):
        yield SeenHotSpot(**spot._asdict(), imported_by=importers[spot.path])


def _most_imported(survey: RepoSurvey, asked: Within, most: int) -> tuple[SeenFile, ...]:
    counted = Counter(
        target for targets in survey.imports.values() for target in targets if asked(target)
    )
    chosen = sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:most]
    return tuple(
        SeenFile(path=path, imported_by=count, tests=len(survey.tested.of_file.get(path, ())))
        for path, count in chosen
    )

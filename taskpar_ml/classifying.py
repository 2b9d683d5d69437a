"""What rules and levels need to know of tasks, from what is known of their repository."""

from __future__ import annotations

from typing import Final

from taskpar_ml.domain.contexts import ContextMap, ContextOrigin
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.features.context import PairContext
from taskpar_ml.footprints.written import likely_paths, written_items, written_paths
from taskpar_ml.policy.facts import TaskFacts, gather_facts
from taskpar_ml.policy.settings import Settings
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.contexts import Contexts
from taskpar_ml.survey.import_graph import import_graph

_ON_THEIR_OWN: Final = (ContextOrigin.PACKAGE, ContextOrigin.SERVICE)
"""Parts of a system that are built, deployed or released without the others."""


def contexts_of(snapshot: RepoSnapshot, settings: Settings) -> Contexts:
    """Return the parts of a repository, drawn as its settings say."""
    return Contexts.at(
        snapshot,
        named={name: tuple(globs) for name, globs in settings.contexts.items()},
        imports=import_graph(snapshot) if settings.rules.contexts_by_imports else None,
    )


def task_facts(
    context: PairContext, snapshot: RepoSnapshot, settings: Settings, *, contexts: ContextMap
) -> TaskFacts:
    """Return categories, contexts, services and locks of tasks.

    Parameters
    ----------
    context
        What is known of the tasks.
    snapshot
        The repository.
    settings
        Signs of the categories, and the locks.
    contexts
        Maps files to bounded contexts.
    """
    footprints = context.footprints
    return gather_facts(
        context.tasks,
        written=written_paths(footprints, snapshot),
        likely=likely_paths(footprints, snapshot),
        resources=written_items(footprints, Surface.RESOURCE),
        contexts=contexts,
        services=Contexts.at(snapshot, ways=_ON_THEIR_OWN),
        settings=settings,
    )

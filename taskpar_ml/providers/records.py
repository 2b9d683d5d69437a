"""What is known of providers: how often they answered, and how right they were."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import pygit2

from taskpar_ml.domain.provided import AskingReport, ProviderRecord, Trial
from taskpar_ml.footprints.reliability import Reliability, ranking
from taskpar_ml.history.known_trials import trials_at
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.providers.asking import Asking


def provider_records(
    history: RepoHistory, git: pygit2.Repository, commit: str, *, model: str
) -> list[ProviderRecord]:
    """Return what is known of every provider that answered or was tried, by name.

    Parameters
    ----------
    history
        With the answers.
    git
        The repository.
    commit
        Id of the commit at which it is asked: what landed later is not known there.
    model
        Who ranks files without them.
    """
    with history.at_one_moment() as reader:
        answers = Counter(answer.provider for answer in reader.answers())
        trials = trials_at(reader, git, commit, place=git.path)
    return [_record(name, model, answers[name], trials) for name in sorted(answers)]


def asking_report(
    asking: Asking, records: Sequence[ProviderRecord], *, tasks: int, past: bool, model: str
) -> AskingReport:
    """Return what came of asking.

    Parameters
    ----------
    records
        What is known of providers now.
    tasks
        How many tasks there were to ask about.
    past
        Whether they were past ones.
    model
        Who ranks files.
    """
    name = asking.provider.name
    known = next((each for each in records if each.provider == name), None)
    return AskingReport(
        provider=name,
        past=past,
        tasks=tasks,
        asked=asking.asked,
        answered=asking.answered,
        empty=asking.empty,
        known=asking.known,
        refused=asking.refused,
        failures=tuple(asking.failures),
        has_given_up=asking.has_given_up,
        record=known or _record(name, model, 0, ()),
    )


def _record(name: str, model: str, answers: int, trials: Sequence[Trial]) -> ProviderRecord:
    own = [each for each in trials if (each.provider, each.model) == (name, model)]
    known = Reliability.learned(name, model, own)
    without, beside = ranking(own)
    return ProviderRecord(
        provider=name,
        model=model,
        answers=answers,
        tasks=known.tasks,
        counts=known.counts,
        named=known.named,
        unnamed=known.unnamed,
        created=known.created,
        files=known.files,
        right=known.right,
        precision=_told(known.precision),
        recall=_told(known.recall),
        recall_without=_told(without.recall),
        recall_with=_told(beside.recall),
        gain_without=_told(without.gain),
        gain_with=_told(beside.gain),
    )


def _told(value: float) -> float | None:
    return None if math.isnan(value) else value

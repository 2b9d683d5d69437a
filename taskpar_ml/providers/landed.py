"""Answers about tasks that have been done since: recorded outcomes tell what they changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pygit2

from taskpar_ml.domain.outcome import LANDED, Outcome
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.provided import ProviderAnswer
from taskpar_ml.errors import RepositoryError
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.policy.automation import AutomationRules
from taskpar_ml.providers.trying import Done, keep_trials
from taskpar_ml.repo.git import open_repository
from taskpar_ml.repo.snapshot import RepoSnapshot


def learn_from_outcomes(
    history: RepoHistory,
    *,
    repo: Path,
    predictor: FootprintPredictor,
    cache: FactCache,
    rules: AutomationRules | None = None,
) -> int:
    """Keep what became of answers about tasks whose outcome was recorded since.

    Only outcomes count that name the files and the commit as which the task landed, and only
    answers that were given before the attempt ended, at a commit that does not hold its work.

    Parameters
    ----------
    history
        With the answers and the outcomes.
    repo
        The repository.
    predictor
        Who predicts without the answers.
    cache
        Remembers facts about contents.
    rules
        What counts as automation.

    Returns
    -------
    int
        Of how many answers that is known.
    """
    git = open_repository(repo)
    by_commit: defaultdict[str, list[Done]] = defaultdict(list)
    for done in _done(history.answers(), [each.outcome for each in history.outcomes()], git):
        by_commit[done.answer.commit].append(done)
    for commit, found in sorted(by_commit.items()):
        try:
            snapshot = RepoSnapshot.at(repo, commit, cache=cache)
        except RepositoryError:
            continue  # It may have been on a branch that is gone.
        memory = RepoMemory(snapshot, rules or AutomationRules())
        keep_trials(history, found, memory, predictor)
    return sum(map(len, by_commit.values()))


def _done(
    answers: Iterable[ProviderAnswer], outcomes: Sequence[Outcome], git: pygit2.Repository
) -> Iterator[Done]:
    """Yield the newest answer of every provider about every task that was done."""
    ended = {each.task: each for each in outcomes if each.ending in LANDED and each.touched}
    newest: dict[tuple[str, str], ProviderAnswer] = {}
    for answer in answers:
        outcome = ended.get(answer.told.id)
        if outcome is not None and answer.asked_at < outcome.ended_at:
            newest[answer.provider, outcome.task] = answer
    for (_, task), answer in sorted(newest.items()):
        landed = ended[task].landed_as
        if landed is not None and _is_later(git, landed, answer.commit):
            yield Done(answer.told.as_task(), answer, landed, frozenset(ended[task].touched))


def _is_later(git: pygit2.Repository, landing: str, commit: str) -> bool:
    """Whether a landing is known here, and is no part of what led to a commit."""
    try:
        return landing != commit and not git.descendant_of(commit, landing)
    except (ValueError, KeyError, pygit2.GitError):
        return False

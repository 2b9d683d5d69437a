"""What footprint providers are worth to the ranking of files, judged on tasks not learned from.

    python pipelines/provider_study.py CLONES --store URL [--past N] [--repository OWNER/NAME]...

CLONES holds OWNER/NAME for every repository; the store keeps answers, so that a run that was ended
goes on. A real provider, pipelines/search_provider.py, is asked about the newest N past tasks of
each repository, and beside it some that are made up out of what the tasks changed, to see what
better and worse ones would be worth. What each is worth is learned from the older half of the
tasks, and the newer half is ranked with it and without it. Prints the table of docs/experiments.md:
recall@10 and NDCG@10 are means over tasks, intervals are of the difference, of 95 %, from a
bootstrap over tasks.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.provided import ProviderAnswer, ToldTask, Trial
from taskpar_ml.estimators.comparison import RESAMPLES
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.reliability import Reliability, rankings
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.wordings import Wording, as_task, wording_named
from taskpar_ml.predicting import LEARNED, chosen_predictor
from taskpar_ml.providers.asking import Asking, Provider
from taskpar_ml.providers.command import resolved_command
from taskpar_ml.providers.trying import Done, past_batches, trials_of
from taskpar_ml.training.candidate_rows import changed_files, memory_before

REPOSITORIES: Final = ("pallets/flask", "pytest-dev/pytest", "expressjs/express")
SEARCH: Final = "search"
_NAMED: Final = 5
"""Files that made-up providers name."""
_WHEN: Final = datetime(2000, 1, 1, tzinfo=UTC)

Namer = Callable[[random.Random, Sequence[str], Sequence[str]], Sequence[str]]
"""From chance, the files that a task changed, and all others, to what is named."""


def most(chance: random.Random, changed: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    """Name four in five of the changed files, and one that was not changed."""
    return [*(each for each in changed if chance.random() < 0.8), *_drawn(chance, others, 1)]


def half(chance: random.Random, changed: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    """Name half of the changed files, and as many and one more that were not changed."""
    right = [each for each in changed if chance.random() < 0.5]
    return [*right, *_drawn(chance, others, len(right) + 1)]


def anything(chance: random.Random, changed: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    """Name any files."""
    return _drawn(chance, sorted([*changed, *others]), _NAMED)


def lies(chance: random.Random, changed: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    """Name files that were not changed."""
    return _drawn(chance, others, _NAMED)


MADE_UP: Final[Mapping[str, Namer]] = {
    "made up: four in five": most,
    "made up: half": half,
    "made up: anything": anything,
    "made up: lies": lies,
}
"""Providers that know what the tasks changed, and tell it or not."""


def _drawn(chance: random.Random, files: Sequence[str], count: int) -> list[str]:
    return chance.sample(files, min(count, len(files)))


def made_up(
    namer: Namer, name: str, landing: Landing, done: Done, memory: RepoMemory
) -> ProviderAnswer:
    """Return the answer of a made-up provider; chance depends on the landing alone."""
    paths = memory.snapshot.paths.paths
    changed = sorted(changed_files(landing) & set(paths))
    others = sorted(set(paths) - set(changed))
    named = namer(random.Random(f"{name} {landing.id}"), changed, others)
    return done.answer.model_copy(update={"provider": name, "files": tuple(sorted(named))})


def trials_by_provider(
    asking: Asking,
    batch: TaskBatch,
    memory: RepoMemory,
    *,
    ranks: FootprintPredictor,
    text: Wording,
) -> Iterator[Trial]:
    """Ask about a batch, and yield what became of every provider's answers."""
    tasks = [as_task(each, text, id=f"past-{row:03}") for row, each in enumerate(batch.tasks)]
    asking.ask(tasks, memory.snapshot)
    done, told = [], []
    for task, landing in zip(tasks, batch.tasks, strict=True):
        touched = frozenset(landing.paths) | changed_files(landing)
        empty = ProviderAnswer(
            provider=SEARCH, told=ToldTask.of(task), commit=batch.base, asked_at=_WHEN
        )
        each = Done(task, asking.answer(task, batch.base) or empty, landing.id, touched)
        done.append(each)
        told += [
            each._replace(answer=made_up(namer, name, landing, each, memory))
            for name, namer in MADE_UP.items()
        ]
    for trial in trials_of([*done, *told], memory, ranks):
        if trial.named or trial.new:
            yield trial


def gathered(
    place: Path,
    history: RepoHistory,
    *,
    ranks: FootprintPredictor,
    past: int,
    text: Wording,
    cache: FactCache = NO_CACHE,
) -> list[Trial]:
    """Return what became of all answers, the oldest task first."""
    command = (sys.executable, str(Path(__file__).with_name("search_provider.py")))
    provider = Provider(SEARCH, resolved_command(command, here=Path.cwd()), timeout=60.0)
    asking = Asking(provider, history)
    found: list[Trial] = []
    for batch in past_batches(landings_until(place, cache=cache).landings, past):
        memory = memory_before(place, batch, cache=cache)
        trials = list(trials_by_provider(asking, batch, memory, ranks=ranks, text=text))
        found = [*trials, *found]
        print(f"{history.name}: {len(found)} trials", file=sys.stderr, flush=True)
    return found


def row(name: str, provider: str, trials: Sequence[Trial], *, resamples: int) -> str:
    """Return a line of the table: learned from the older half, judged on the newer."""
    own = [each for each in trials if each.provider == provider]
    old, new = own[: len(own) // 2], own[len(own) // 2 :]
    known = Reliability.learned(provider, own[0].model, old)
    found = rankings(new, known)
    means = found.mean(axis=0)
    draws = np.random.default_rng(0).integers(0, len(found), size=(resamples, len(found)))
    cells = [
        f"{len(own)}",
        f"{known.precision:.2f}",
        f"{known.recall:.2f}",
        f"{np.exp(known.named):.1f}",
        f"{np.exp(-known.unnamed):.2f}",
    ]
    for without, beside in ((0, 2), (1, 3)):
        gained = found[:, beside] - found[:, without]
        cells += [f"{means[without]:.3f}", f"{means[beside]:.3f}", _interval(gained, draws)]
    return f"| {name} | {provider} | {' | '.join(cells)} |"


def _interval(gained: NDArray[np.float64], draws: NDArray[np.int64]) -> str:
    low, high = np.quantile(gained[draws].mean(axis=1), (0.025, 0.975))
    return f"{gained.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def table(trials: Mapping[str, Sequence[Trial]], *, resamples: int = RESAMPLES) -> Iterator[str]:
    """Yield the lines of the table, repository by repository."""
    yield (
        "| repository | provider | tasks | precision | recall | named, odds x | unnamed, odds x "
        "| recall@10 | with | difference | NDCG@10 | with | difference |"
    )
    yield f"|{'---|' * 13}"
    for name, own in trials.items():
        for provider in (SEARCH, *MADE_UP):
            yield row(name, provider, own, resamples=resamples)


def main() -> int:
    """Gather, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clones", type=Path)
    parser.add_argument("--store", required=True, help="keeps answers")
    parser.add_argument("--past", type=int, default=100, help="past tasks of each (100)")
    parser.add_argument("--text", type=wording_named, default=Wording.FULL, help="what is told")
    parser.add_argument("--repository", action="append", metavar="OWNER/NAME")
    given = parser.parse_args()
    ranks = chosen_predictor(LEARNED).predictor.footprints
    found = {}
    with (
        HistoryStore.open(given.store) as store,
        TemporaryDirectory() as kept,
        DiskFactCache(Path(kept) / "facts.sqlite") as cache,
    ):
        for name in given.repository or REPOSITORIES:
            found[name] = gathered(
                given.clones / name,
                store.history(name, create=True),
                ranks=ranks,
                past=given.past,
                text=given.text,
                cache=cache,
            )
    print("\n".join(table(found)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Times learning and scoring against LightGBM itself, and prints the tables of docs/benchmarks.md.

    .venv/bin/python tests/benchmarks/learning.py --rows DIR --repo CLONE [--runs N]
    .venv/bin/python tests/benchmarks/learning.py            on a table and repositories made up
    .venv/bin/python tests/benchmarks/learning.py --small    a sample, to see that it runs

DIR is that of pipelines/train_general.py: pairs are drawn from its rows with replacement, and
values moved by a hundredth or so. Tasks are the newest ones of CLONE in their own words, predicted
from the commit before the first of them; how often past tasks conflicted in its files is made up,
so that every feature has something to compute.

Seconds are those of the processor, in one thread, medians of runs that take turns: so other
programs on the machine disturb them least. LightGBM is given matrices that are ready, and the same
settings.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[2]))

import lightgbm
import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.task import Task
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.model_folder import load_model
from taskpar_ml.estimators.shipped import shipped_model
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints import predictor as predicting_footprints
from taskpar_ml.footprints import retrieval
from taskpar_ml.footprints.candidates import BLIND_COLUMNS, CANDIDATE_COLUMNS
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.relevance import Relevance
from taskpar_ml.history.batches import task_batches
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.predicting import predictor_of
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.training.candidate_rows import memory_before
from taskpar_ml.training.general import MEMBERS, PAIR_COLUMNS, learned_model, others
from taskpar_ml.training.lessons import PAIR_SETTINGS, RISING, pair_lesson
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.repository_rows import RepositoryRows
from tests.support.large import LargeRepository

REPOSITORIES = 14
"""Lessons of a table that is made up."""
NOISE = 0.01
RISES = [int(column in RISING) for column in PAIR_COLUMNS]
TASKS_OF_FILES = 100
"""Tasks for which files and history are doubled."""


@dataclass(frozen=True)
class Drawn:
    """What judges of pairs learn from, in place of :class:`PairMaterial`."""

    lesson: Lesson


def seconds_of(*works: Callable[[], object], runs: int) -> list[float]:
    """Return the median seconds of the processor that each work takes; runs take turns."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for place, work in enumerate(works):
            begun = time.process_time()
            work()
            found[place].append(time.process_time() - begun)
    return [statistics.median(each) for each in found]


def lessons_from(rows: Path | None, count: int) -> dict[str, Lesson]:
    """Return so many pairs, as many of every repository."""
    chance = np.random.default_rng(0)
    if rows is None:
        each = count // REPOSITORIES
        return {f"made-{number}": _made_lesson(chance, each) for number in range(REPOSITORIES)}
    slugs = sorted(path.name.removesuffix(".pairs.npz") for path in rows.glob("*.pairs.npz"))
    found = {slug: _drawn_lesson(chance, rows, slug, count // len(slugs)) for slug in slugs}
    if not found:
        sys.exit(f"{rows} holds no rows of pairs: make some with pipelines/train_general.py.")
    return found


def _made_lesson(chance: np.random.Generator, count: int) -> Lesson:
    values = chance.random((count, len(PAIR_COLUMNS)), dtype=np.float32) ** 2
    truth = values[:, 0] + values[:, 14] * values[:, 3] + chance.normal(0, 0.3, count) > 1.2
    values[chance.random(values.shape) < 0.1] = np.nan
    return Lesson.plain(values, truth.astype(np.float32))


def _drawn_lesson(chance: np.random.Generator, rows: Path, slug: str, count: int) -> Lesson:
    pairs, labels = (
        PairRows.load(rows / f"{slug}.pairs.npz"),
        RepositoryRows.load(rows / f"{slug}.npz"),
    )
    if pairs is None or labels is None:
        sys.exit(f"{rows}: rows of {slug} cannot be read. Gather them again.")
    kept = pair_lesson(pairs, labels, PAIR_COLUMNS)
    at = chance.choice(np.flatnonzero(~np.isnan(kept.truth)), count)
    moved = 1 + chance.normal(0, NOISE, (count, len(PAIR_COLUMNS)))
    return Lesson.plain(kept.values[at] * moved.astype(np.float32), kept.truth[at])


def learn_once(who: str, table: Path) -> dict[str, float]:
    """Let all judges learn once; return seconds, and the peak of memory in megabytes."""
    with np.load(table) as kept:
        names = sorted({name.partition(".")[0] for name in kept})
        lessons = {name: Lesson.plain(kept[f"{name}.x"], kept[f"{name}.y"]) for name in names}
    seconds = 0.0
    for work in (_ours if who == "ours" else _theirs)(lessons):
        begun = time.process_time()
        work()
        seconds += time.process_time() - begun
    return {"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _ours(lessons: Mapping[str, Lesson]) -> Iterator[Callable[[], object]]:
    material: Any = {name: Drawn(lesson) for name, lesson in lessons.items()}
    ranker = TouchModel("none", BoostedTrees((), ""))
    yield lambda: learned_model("timed", ranker, material, effort=None, facts={})


def _theirs(lessons: Mapping[str, Lesson]) -> Iterator[Callable[[], object]]:
    """Yield LightGBM's own training of each judge, on a matrix that is ready."""
    for group in range(MEMBERS):
        chosen = [lessons[name] for name in others(list(lessons), group, MEMBERS)]
        values = np.concatenate([each.values for each in chosen])
        truth = np.concatenate([each.truth for each in chosen])
        settings = PAIR_SETTINGS.model_copy(update={"seed": group})

        def learn(
            values: NDArray[np.float32] = values,
            truth: NDArray[np.float32] = truth,
            settings: TreeSettings = settings,
        ) -> None:
            named = {"feature_name": list(PAIR_COLUMNS), "params": {"verbosity": -1}}
            data = lightgbm.Dataset(values, truth, **named)
            lightgbm.train(settings.parameters(RISES, 1), data, num_boost_round=settings.trees)

        yield learn


def learning(rows: Path | None, sizes: Sequence[int], runs: int) -> None:
    """Print how long judges take to learn, and how that grows with the number of pairs."""
    print(
        "\n| pairs | judges s | LightGBM s | ratio | s / those of half as many "
        "| peak MiB | of LightGBM |"
    )
    print("|---" * 7 + "|")
    last = None
    for count in sizes:
        found: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
        with tempfile.TemporaryDirectory() as place:
            table = Path(place) / "table.npz"
            parts = {}
            for number, lesson in enumerate(lessons_from(rows, count).values()):
                parts |= {f"{number:03}.x": lesson.values, f"{number:03}.y": lesson.truth}
            np.savez(table, allow_pickle=False, **parts)
            del parts
            for _ in range(runs):
                for who, each in found.items():
                    each.append(_in_a_process(who, table))
        ours, theirs = (
            {name: statistics.median(one[name] for one in each) for name in each[0]}
            for each in found.values()
        )
        grown = f"{ours['seconds'] / last:.2f}" if last else ""
        last = ours["seconds"]
        print(
            f"| {count:,} | {ours['seconds']:.1f} | {theirs['seconds']:.1f} "
            f"| {ours['seconds'] / theirs['seconds']:.2f} | {grown} "
            f"| {ours['peak']:,.0f} | {theirs['peak']:,.0f} |",
            flush=True,
        )


def _in_a_process(who: str, table: Path) -> dict[str, float]:
    """Learn in a process of its own, whose peak of memory is that of learning."""
    command = [sys.executable, __file__, "--one", who, "--rows", str(table)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@dataclass(frozen=True)
class Work:
    """A repository at a commit, and tasks to be done in it."""

    name: str
    memory: RepoMemory
    tasks: Sequence[Task]


def work_in(clone: Path, count: int, facts: Path) -> Work:
    """Return the newest tasks of a clone, and what was known before the first of them."""
    landings = landings_until(clone, limit=100_000).landings
    most = min(count, sum(each.is_task for each in landings) // 2)
    batch = task_batches(landings, most_tasks=most, size=most, memory_only=0)[-1]
    rates = made_rates(batch.before)
    memory = memory_before(clone, batch, cache=DiskFactCache(facts), rates=rates)
    tasks = [as_task(each, Wording.FULL, id=f"t{n:06}") for n, each in enumerate(batch.tasks)]
    return Work(clone.name, memory, tasks)


def work_made(root: Path, files: int, commits: int, count: int) -> Work:
    """Return a repository of that size, and tasks that are about its files."""
    made = LargeRepository(root / f"{files}-{commits}", files, commits=commits)
    facts = DiskFactCache(root / f"{files}-{commits}.sqlite")
    landings = landings_until(made.place, limit=100_000).landings
    snapshot = RepoSnapshot.at(made.place, "HEAD", cache=facts)
    memory = RepoMemory(snapshot, given=landings, rates=made_rates(landings))
    tasks = [Task(id=f"t{number:06}", title=made.title()[0]) for number in range(count)]
    return Work(f"made, {files:,} files, {len(landings):,} landings", memory, tasks)


def made_rates(landings: Sequence[Landing]) -> ConflictRates:
    """Return how often tasks conflicted in files, as if one in five pairs had."""
    chance = random.Random(0)
    paths = [change.path for landing in landings for change in landing.changes]
    return ConflictRates(Counter(paths), Counter(path for path in paths if chance.random() < 0.2))


class Shares:
    """Seconds of the processor spent in parts of making footprints."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count what happens within."""
        watched = (
            ("retrieval", Relevance, "of"),
            ("candidates", retrieval, "candidates"),
            ("trees", TouchModel, "p_touch"),
            ("pinpointing", predicting_footprints, "pinpoint"),
        )
        with ExitStack() as stack:
            for name, owner, attribute in watched:
                timed = self._timed(name, getattr(owner, attribute))
                # What is asked of a class is bound already; what is asked of objects is not.
                bound = staticmethod(timed) if owner is Relevance else timed
                stack.enter_context(patch.object(owner, attribute, bound))
            yield

    def _timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            begun = time.process_time()
            try:
                return work(*given, **named)
            finally:
                self.seconds[name] += time.process_time() - begun

        return timed


def footprint_rows(
    work: Work, counts: Sequence[int], model: LearnedModel, runs: int
) -> dict[int, float]:
    """Print what a task costs; return the seconds by the number of tasks."""
    predictor = FootprintPredictor(ranker=model.ranker)
    predictor.predict(work.tasks[:2], work.memory)
    whole = dict.fromkeys(counts, 0.0)
    shares = {count: Shares() for count in counts}

    def predict(count: int) -> None:
        with shares[count].watched():
            predictor.predict(work.tasks[:count], work.memory)

    works = [lambda count=count: predict(count) for count in counts]
    last = None
    for count, seconds in zip(counts, seconds_of(*works, runs=runs), strict=True):
        whole[count] = seconds
        parts = shares[count].seconds
        spent = [f"{parts[name] / runs / seconds:.0%}" for name in PARTS]
        grown = f"{seconds / last:.2f}" if last else ""
        last = seconds
        print(
            f"| {work.name} | {count} | {1000 * seconds / count:.1f} | {grown} "
            f"| {' | '.join(spent)} |",
            flush=True,
        )
    return whole


BLIND = [list(CANDIDATE_COLUMNS).index(name) for name in BLIND_COLUMNS]
PARTS = ("retrieval", "candidates", "trees", "pinpointing")


def footprints(
    works: Sequence[Work], made: Sequence[Work], counts: Sequence[int], runs: int
) -> None:
    """Print what footprints cost by task, and how that grows."""
    model = load_model(shipped_model())
    print(f"\n| repository | tasks | ms a task | s / those of half as many | {' | '.join(PARTS)} |")
    print("|---" * 8 + "|")
    for work in works:
        footprint_rows(work, [each for each in counts if each <= len(work.tasks)], model, runs)
    for work in made:
        footprint_rows(work, [len(work.tasks)], model, runs)


def scoring(work: Work, counts: Sequence[int], runs: int) -> None:
    """Print what scoring all pairs costs beside LightGBM's predictions for them."""
    model = load_model(shipped_model())
    predictor = predictor_of(model)
    boosters = [lightgbm.Booster(model_str=each.text) for each in model.pairs.members]
    ranker = lightgbm.Booster(model_str=model.ranker.trees.text)
    for count in counts:
        tasks = work.tasks[:count]
        context = predictor.context(tasks, work.memory)
        pairs = PairTable.of(task.id for task in tasks)
        features = predictor.vectorizer.transform(pairs, context)
        places = [features.names.index(name) for name in model.pairs.columns]
        seen = np.ascontiguousarray(features.values[:, places])
        found = predictor.footprints.candidates(tasks, work.memory, links=model.ranker.links)
        asked = np.ascontiguousarray(found.values[:, BLIND])
        told = np.stack([_predict(each, seen) for each in boosters])
        if not np.array_equal(told, model.pairs.margins(seen)):
            sys.exit("judges do not say what LightGBM says.")
        made, scored, vectors, estimated, judges, touches = seconds_of(
            lambda tasks=tasks: predictor.context(tasks, work.memory),
            lambda pairs=pairs, context=context: list(predictor.score(pairs, context)),
            lambda pairs=pairs, context=context: predictor.vectorizer.transform(pairs, context),
            lambda features=features: model.pairs.estimate(features),
            lambda seen=seen: [_predict(each, seen) for each in boosters],
            lambda asked=asked: _predict(ranker, asked),
            runs=runs,
        )
        print(
            f"| {work.name} | {count:,} | {len(pairs):,} | {made:.2f} | {scored:.2f} "
            f"| {vectors:.2f} | {estimated:.2f} | {touches:.2f} | {judges:.2f} "
            f"| {(made + scored) / (touches + judges):.2f} | {estimated / judges:.2f} "
            f"| {1e6 * (made + scored) / len(pairs):.0f} |",
            flush=True,
        )


def _predict(booster: lightgbm.Booster, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    return np.asarray(booster.predict(values, raw_score=True, num_threads=1))


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=Path, help="rows of pairs that others are drawn from")
    parser.add_argument("--repo", type=Path, action="append", default=[], help="a clone of yours")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=("learning", "footprints", "scoring"))
    parser.add_argument("--small", action="store_true", help="small sizes, one run each")
    parser.add_argument("--one", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(learn_once(given.one, given.rows)))
        return
    runs = 1 if given.small else given.runs
    print(f"{os.cpu_count()} cores, one thread, median of {runs}")
    if given.only in (None, "learning"):
        sizes = (2_800, 5_600) if given.small else (250_000, 500_000, 1_000_000)
        learning(given.rows, sizes, runs)
    if given.only != "learning":
        _in_repositories(given, runs)


def _in_repositories(given: argparse.Namespace, runs: int) -> None:
    counts = (10, 20) if given.small else (50, 100, 200, 400)
    scored = (20,) if given.small else (300, 600, 1_200)
    files = 60 if given.small else 2_000
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        works = [
            work_in(clone, max(scored), root / f"{number}.sqlite")
            for number, clone in enumerate(given.repo)
        ] or [work_made(root, files // 2, files // 4, max(scored))]
        if given.only != "scoring":
            sizes = ((files, files), (2 * files, files), (files, 2 * files))
            few = 10 if given.small else TASKS_OF_FILES
            made = [work_made(root, *size, few) for size in sizes]
            footprints(works, made, counts, runs)
        if given.only != "footprints":
            print(
                "\n| repository | tasks | pairs | footprints s | scoring s | of it features "
                "| judges | LightGBM for rankers s | for judges s | all / LightGBM "
                "| judges / LightGBM | microseconds a pair |"
            )
            print("|---" * 12 + "|")
            for work in works:
                scoring(work, [each for each in scored if each <= len(work.tasks)], runs)


if __name__ == "__main__":
    main()

"""How right categories are: held against past tasks that a person read and labelled.

    python pipelines/category_study.py CLONES [--half older]
    python pipelines/category_study.py CLONES --draw 60     tasks of each repository to be labelled
    python pipelines/category_study.py CLONES --store URL   how often two of a category conflict
    python pipelines/category_study.py --small              a small made-up repository

CLONES and the store are those of pipelines/mine_corpus.py. data/task_categories.csv holds the
labels, one task a line: ``drawn`` is ``random``, or ``search`` where a broad search for rare
categories found it; signs were chosen on the ``older`` half of each repository's tasks, the
``newer`` is held out. Files are predicted as a plan predicts them, from the commit before the task
and what had landed by then. Prints the tables of docs/categories.md.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from taskpar_ml.domain.landing import Landing
from taskpar_ml.errors import TaskparError
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.written import likely_paths, written_paths
from taskpar_ml.history.batches import MEMORY_ONLY
from taskpar_ml.history.landings import DEFAULT_LIMIT, landings_until
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.policy.categories import categories_of
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.policy.settings import RuleSettings
from taskpar_ml.policy.shipped_signs import DEFAULT_SIGNS
from taskpar_ml.policy.signs import Category
from taskpar_ml.repo.snapshot import RepoSnapshot

DATA: Final = Path(__file__).parents[1] / "data"
DRAWN_FROM: Final = 2_000
"""Newest tasks that are drawn from, the first :data:`MEMORY_ONLY` left out."""
TITLE, TEXT = "title", "title, body"
TITLE_PREDICTED, PREDICTED = "title, predicted files", "title, body, predicted files"
TRUE: Final = "title, body, true files"
KNOWLEDGE: Final = (TITLE, TEXT, TITLE_PREDICTED, PREDICTED, TRUE)
"""What is known of a task when its categories are told."""

Told = Mapping[str, frozenset[Category]]
"""Categories by what is known of the task."""


@dataclass(frozen=True)
class Labelled:
    """A past task and what it was."""

    repository: str
    commit: str
    drawn: str
    half: str
    categories: frozenset[Category]


def read_labels(path: Path) -> list[Labelled]:
    """Read the labels."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Labelled(
                row["repository"],
                row["commit"],
                row["drawn"],
                row["half"],
                frozenset(Category(name) for name in row["categories"].split()),
            )
            for row in csv.DictReader(file)
        ]


def landings(place: Path, commit: str, cache: DiskFactCache) -> Sequence[Landing]:
    """Return what may be drawn, and what a plan remembers of the time before."""
    return landings_until(place, commit, limit=2 * DEFAULT_LIMIT, cache=cache).landings


def drawn(past: Sequence[Landing], slug: str, count: int) -> list[str]:
    """Return commits of tasks drawn at random, oldest first; the same ones each time."""
    tasks = [landing.id for landing in past if landing.is_task][-DRAWN_FROM:][MEMORY_ONLY:]
    chance = random.Random(f"0 {slug}")
    return [tasks[row] for row in sorted(chance.sample(range(len(tasks)), min(count, len(tasks))))]


def told(
    place: Path, past: Sequence[Landing], labels: Sequence[Labelled], cache: DiskFactCache
) -> Iterator[tuple[Labelled, Told]]:
    """Yield the categories of labelled tasks of one repository by what is known of them."""
    position = {landing.id: index for index, landing in enumerate(past)}
    for label in labels:
        if label.commit not in position:
            raise SystemExit(f"error: {place}: {label.commit} is no landing. Fetch its history.")
        at = position[label.commit]
        landing = past[at]
        title = as_task(landing, Wording.TITLE, id="title")
        text = as_task(landing, Wording.FULL, id="text")
        if landing.base is None:
            raise SystemExit(f"error: {place}: {label.commit} has nothing before it. Drop it.")
        snapshot = RepoSnapshot.at(place, landing.base, cache=cache)
        memory = RepoMemory(snapshot, given=past[max(at - DEFAULT_LIMIT, 0) : at])
        footprints = FootprintPredictor().predict([title, text], memory)
        named, likely = written_paths(footprints, snapshot), likely_paths(footprints, snapshot)
        predicted = {
            task.id: categories_of(task, named.get(task.id, ()), likely=likely.get(task.id, ()))
            for task in (title, text)
        }
        yield (
            label,
            {
                TITLE: categories_of(title, ()),
                TEXT: categories_of(text, ()),
                TITLE_PREDICTED: predicted[title.id],
                PREDICTED: predicted[text.id],
                TRUE: categories_of(text, landing.paths),
            },
        )


def quality_table(rows: Sequence[tuple[Labelled, Told]]) -> Iterator[str]:
    """Yield precision and recall of every category by what is known."""
    yield f"\n| precision / recall | tasks | {' | '.join(KNOWLEDGE)} |"
    yield "|---" * (len(KNOWLEDGE) + 2) + "|"
    for category in Category:
        cells = []
        for known in KNOWLEDGE:
            found = sum(category in said[known] for _, said in rows)
            right = sum(category in label.categories & said[known] for label, said in rows)
            count = sum(category in label.categories for label, _ in rows)
            cells.append(f"{_share(right, found)} / {_share(right, count)}")
        yield f"| {category} | {count} | {' | '.join(cells)} |"


def coverage_table(rows: Sequence[tuple[Labelled, Told]]) -> Iterator[str]:
    """Yield what share of tasks each never-rule speaks of."""
    yield f"\n| share of tasks | truly | {' | '.join(KNOWLEDGE)} |"
    yield "|---" * (len(KNOWLEDGE) + 2) + "|"
    never = RuleSettings().scopes()
    for name, kinds in (*((each.value, {each}) for each in never), ("any of them", set(never))):
        counts = [sum(bool(kinds & label.categories) for label, _ in rows)]
        counts += [sum(bool(kinds & said[known]) for _, said in rows) for known in KNOWLEDGE]
        cells = " | ".join(f"{count / len(rows):.1%}" for count in counts)
        yield f"| {name} | {cells} |"


def conflict_table(slugs: Sequence[str], url: str) -> Iterator[str]:
    """Yield how often two past tasks near each other conflict, by what both of them are.

    Categories are those of titles alone, then those of whole texts and true files.
    """
    kinds: tuple[Category | None, ...] = (None, *Category)
    yield f"\n| pairs: share that conflict | {' | '.join(_short(slug) for slug in slugs)} |"
    yield "|---" * (len(slugs) + 1) + "|"
    counts: dict[tuple[bool, Category | None], list[str]] = defaultdict(list)
    with HistoryStore.open(url, create=False) as store:
        for slug in slugs:
            for by_title in (True, False):
                pairs, conflicts = _conflicts(store.history(slug), by_title=by_title)
                for kind in kinds:
                    share = f": {conflicts[kind] / pairs[kind]:.1%}" if pairs[kind] else ""
                    counts[by_title, kind].append(f"{pairs[kind]:,}{share}")
    yield f"| any two | {' | '.join(counts[True, None])} |"
    for category in Category:
        yield f"| {category}, by title | {' | '.join(counts[True, category])} |"
        yield f"| {category}, by text and true files | {' | '.join(counts[False, category])} |"


def _conflicts(
    history: RepoHistory, *, by_title: bool
) -> tuple[Counter[Category | None], Counter[Category | None]]:
    """Count pairs and conflicts by what both tasks are; ``None`` stands for any two."""
    bears = lru_cache(maxsize=None)(lambda category, path: DEFAULT_SIGNS[category].has_path(path))
    wording = Wording.TITLE if by_title else Wording.FULL
    policy = LabelPolicy()
    pairs: Counter[Category | None] = Counter()
    conflicts: Counter[Category | None] = Counter()
    with history.at_one_moment() as reader:
        kinds = {
            placed.landing.id: categories_of(
                as_task(placed.landing, wording, id="task"),
                () if by_title else placed.landing.paths,
                has_path=bears,
            )
            for placed in reader.landings()
            if placed.landing.is_task
        }
        for pair in reader.pairs():
            conflict = policy.is_positive(policy.kinds(pair))
            if conflict is not None:
                both = (None, *(kinds[pair.earlier] & kinds[pair.later]))
                pairs.update(both)
                conflicts.update(both if conflict else ())
    return pairs, conflicts


def _short(slug: str) -> str:
    return slug.rpartition("/")[2]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def study(chosen: argparse.Namespace) -> Iterator[str]:
    """Yield the lines of all tables."""
    uses = YAML(typ="safe").load(chosen.corpus)
    if chosen.store:
        yield from conflict_table(list(uses["dev"]), chosen.store)
        return
    cache = DiskFactCache(chosen.cache)
    commits = {slug: commit for use in uses.values() for slug, commit in use.items()}
    by_repository: dict[str, list[Labelled]] = defaultdict(list)
    for label in read_labels(chosen.labels):
        if label.half == chosen.half or chosen.draw:
            by_repository[label.repository].append(label)
    rows: list[tuple[Labelled, Told]] = []
    for slug, labels in by_repository.items():
        print(f"reading {slug}", file=sys.stderr, flush=True)
        place = chosen.clones / slug
        past = landings(place, commits[slug], cache)
        if chosen.draw:
            yield from (f"{slug},{commit}" for commit in drawn(past, slug, chosen.draw))
        else:
            rows += told(place, past, labels, cache)
    if chosen.draw:
        return
    at_random = [row for row in rows if row[0].drawn == "random"]
    yield f"\nThe {chosen.half} half, drawn at random: {len(at_random)} tasks."
    yield from quality_table(at_random)
    yield from coverage_table(at_random)
    yield f"\nThe {chosen.half} half, with those searched for: {len(rows)} tasks."
    yield from quality_table(rows)


def small(folder: Path) -> dict[str, Path]:
    """Make a repository with labels, and return where all of it is."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.support.histories import History

    works = (
        ("Document the {}", "docs/{}.md", "documentation"),
        ("Add tests for the {}", "tests/test_{}.py", "tests"),
        ("Show totals of the {}", "src/{}/view.py", "backend"),
        ("Ask for a password in the {}", "src/{}/auth.py", "backend security"),
        ("Bump what the {} needs", "requirements-{}.txt", "dependencies"),
    )
    subjects = ("cart", "order", "invoice", "catalogue")
    history = History(folder / "clones" / "acme" / "shop")
    history.commit("Begin", {path.format(each): each for _, path, _ in works for each in subjects})
    lines = ["repository,commit,drawn,half,categories"]
    for turn, subject in enumerate(subjects):
        for title, path, categories in works:
            place = path.format(subject)
            commit = history.commit(title.format(subject), {place: f"{subject}\n{turn}\n"})
            half = "older" if turn < len(subjects) / 2 else "newer"
            lines.append(f"acme/shop,{commit},random,{half},{categories}")
    corpus, labels = folder / "corpus.yaml", folder / "labels.csv"
    corpus.write_text(f"dev:\n  acme/shop: {history.head}\n", encoding="utf-8")
    labels.write_text("\n".join(lines) + "\n", encoding="utf-8")
    cache = folder / "facts.sqlite"
    return {"clones": folder / "clones", "corpus": corpus, "labels": labels, "cache": cache}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", nargs="?", type=Path, metavar="CLONES")
    parser.add_argument("--small", action="store_true", help="a small made-up repository instead")
    parser.add_argument("--half", choices=("older", "newer"), default="newer")
    parser.add_argument("--draw", type=int, default=0, metavar="N", help="print N tasks of each")
    parser.add_argument("--store", metavar="URL", help="store of mined histories")
    parser.add_argument("--labels", type=Path, default=DATA / "task_categories.csv")
    parser.add_argument("--corpus", type=Path, default=DATA / "corpus.yaml")
    parser.add_argument("--cache", type=Path, default=Path(".taskpar/study.sqlite"))
    chosen = parser.parse_args()
    if chosen.small == (chosen.clones is not None):
        parser.error("name the directory of clones, or pass --small")
    with tempfile.TemporaryDirectory() as folder:
        if chosen.small:
            vars(chosen).update(small(Path(folder)))
        chosen.cache.parent.mkdir(parents=True, exist_ok=True)
        try:
            for line in study(chosen):
                print(line, flush=True)
        except TaskparError as error:
            raise SystemExit(f"error: {error}") from None


if __name__ == "__main__":
    main()

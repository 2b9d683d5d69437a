"""Facts that nothing here can check: samples to read, and the verdicts of who read them."""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Final, NamedTuple

from taskpar_ml.detectors.registry import all_detectors
from taskpar_ml.domain.code_facts import FACT_KINDS, FileFacts, Resource
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.surveyed_files import SurveyedFiles

VERDICTS: Final = Path(__file__).parents[1] / "data" / "detector_verdicts.csv"
"""Columns: repository, revision, path, line, kind, verdict (right, wrong, missed or none), note.

A line is ``missed`` or ``none`` where it holds a word of a framework and nothing was found in its
file: ``missed`` if there was something to be found.
"""

PATHS: Final = {
    "python": (".py",),
    "javascript": (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts"),
    "go": (".go",),
    "java": (".java",),
    "rust": (".rs",),
    "ruby": (".rb",),
    "php": (".php",),
}
"""Endings of files by language."""

WORDS: Final = {
    "routes-python": (
        r"@\w+\.(get|post|put|patch|delete|route)\(|\bpath\(|add_url_rule|register\(r?['\"]"
    ),
    "routes-javascript": (
        r"\b(router|app|fastify|server)\.(get|post|put|patch|delete|route|all)\("
        r"|^\s*@(Get|Post|Put|Delete|Patch)\("
    ),
    "routes-go": (
        r"\.(GET|POST|PUT|DELETE|PATCH|Get|Post|Put|Delete|Patch|HandleFunc|Handle|Group|Route)\(\""
    ),
    "routes-java": (
        r"@(Request|Get|Post|Put|Delete|Patch)Mapping\b|^\s*@(GET|POST|PUT|DELETE|PATCH)\b"
    ),
    "routes-rust": (
        r"\.route\(|\.route_service\(|web::(get|post|put|delete|patch|resource|scope)\("
        r"|^\s*#\[(utoipa::path|get|post|put|delete|patch|route)\("
    ),
    "routes-ruby": (
        r"\broutes\.(draw|append|prepend)\b"
        r"|^\s*(resources?|namespace|devise_for|mount)[ (]+[:'\"\w]"
    ),
    "routes-php": (
        r"\bRoute::(get|post|put|patch|delete|any|match|resource|apiResource|view|redirect)\("
        r"|\$router->(get|post|put|patch|delete|any)\("
    ),
    "models-java": r"^\s*@(Entity|MappedSuperclass|Document|TableName|Table)\b",
    "models-ruby": r"<\s*(ApplicationRecord|ActiveRecord::Base)\b",
    "models-php": r"\bextends\s+(Model|Authenticatable|Pivot|MorphPivot)\b",
    "models": (
        r"models\.Model\b|__tablename__|\bdb\.Model\b|@Entity\(|table=True|gorm:\"|sequelize\.define"
    ),
    "migrations": (
        r"migrations\.Migration\b|^down_revision|createTable\(|queryRunner|op\.create_table"
    ),
    "resources": (
        r"\bEXPOSE\s+\d|containerPort:|^\s*ports:|process\.env\.\w|os\.Getenv\(|os\.environ|runs-on:"
    ),
}
"""Words of frameworks in whose files something should be found, by kind of fact."""

_BOUND: Final = 0.9
_CONFIDENCE: Final = 1.959964
"""Standard deviations of a 95 % interval."""
_MOST_BYTES: Final = 1 << 19
PER_FILE: Final = 3
"""Facts of one file in a sample; what follows would be much the same."""


class Row(NamedTuple):
    """One place to read."""

    repository: str
    revision: str
    path: str
    line: int
    kind: str
    fact: str


def _wanted(kind: str, path: str) -> bool:
    language = kind.partition("-")[2]
    return path.endswith(PATHS[language]) if language in PATHS else True


def facts_of(kind: str, facts: FileFacts) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of every fact of a kind, as ``--draw`` names it."""
    name, _, group = kind.partition("-")
    for each in getattr(facts, name):
        if group not in PATHS and group and not _in_group(each, group):
            continue
        # A fact as its fields, without its line, and no longer than can be read at a glance.
        words = [str(value) for key, value in zip(each._fields, each, strict=True) if key != "line"]
        yield each.line, " ".join(words)[:160]


def _in_group(fact: object, group: str) -> bool:
    return isinstance(fact, Resource) and fact.kind.value == group


def candidates(kind: str, name: str, place: str, revision: str) -> tuple[list[Row], list[Row]]:
    """Return the facts of a kind, and the lines with words of it where nothing was found."""
    snapshot = RepoSnapshot.at(place, revision)
    commit = (snapshot.commit or "")[:12]
    paths = [path for path in snapshot.paths.paths if _wanted(kind, path)]
    facts = dict(SurveyedFiles(snapshot, all_detectors()).facts(paths))
    found: list[Row] = []
    silent: list[Row] = []
    words = re.compile(WORDS[kind]) if kind in WORDS else None
    for path in paths:
        rows = [
            Row(name, commit, path, line, kind, words_)
            for line, words_ in facts_of(kind, facts.get(path, FileFacts()))
        ]
        found += rows
        if rows or words is None or path.endswith((".md", ".rst", ".txt", ".lock")):
            continue
        text = (snapshot.read(path, limit=_MOST_BYTES) or b"").decode("utf-8", "replace")
        hits = [n for n, line in enumerate(text.splitlines(), 1) if words.search(line)]
        silent += [Row(name, commit, path, line, kind, "") for line in hits[:1]]
    return found, silent


def sample(rows: Sequence[Row], count: int, seed: int = 0, per_file: int = PER_FILE) -> list[Row]:
    """Return rows by turns of their repositories, few of one file, the same for every run."""
    shuffled = sorted(rows)
    random.Random(seed).shuffle(shuffled)
    queues: defaultdict[str, list[Row]] = defaultdict(list)
    taken: Counter[tuple[str, str]] = Counter()
    for row in shuffled:
        taken[row.repository, row.path] += 1
        if taken[row.repository, row.path] <= per_file:
            queues[row.repository].append(row)
    chosen: list[Row] = []
    while len(chosen) < count and any(queues.values()):
        for name in sorted(queues):
            if queues[name] and len(chosen) < count:
                chosen.append(queues[name].pop())
    return sorted(chosen)


def draw(
    kind: str, places: Iterable[tuple[str, str, str]], count: int, per_file: int = PER_FILE
) -> None:
    """Print a sample of what was found, then half as many lines where nothing was, as CSV.

    Raises
    ------
    SystemExit
        If there are no facts of that name.
    """
    if kind.partition("-")[0] not in FACT_KINDS:
        sys.exit(f"{kind}: no such kind. Known: {', '.join(FACT_KINDS)}, each with -LANGUAGE.")
    found: list[Row] = []
    silent: list[Row] = []
    for name, place, revision in places:
        rows, others = candidates(kind, name, place, revision)
        found += rows
        silent += others
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows(sample(found, count, per_file=per_file))
    writer.writerows(sample(silent, count // 2))


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    Source: E. B. Wilson, "Probable inference", JASA 22 (1927).

    Examples
    --------
    >>> [round(each, 3) for each in interval(9, 10)]
    [0.596, 0.982]
    """
    if not whole:
        return 0.0, 1.0
    p, z2 = part / whole, _CONFIDENCE**2 / whole
    middle = p + z2 / 2
    width = _CONFIDENCE * sqrt(p * (1 - p) / whole + z2 / whole / 4)
    return max((middle - width) / (1 + z2), 0.0), min((middle + width) / (1 + z2), 1.0)


def precision_table(path: Path) -> str:
    """Return what the verdicts of a file come to, a row for each kind."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    repositories: defaultdict[str, set[str]] = defaultdict(set)
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            counts[row["kind"]][row["verdict"]] += 1
            repositories[row["kind"]].add(row["repository"])
    lines = [
        "| kind | repositories | read | right | precision, 95 % interval "
        "| silent files read | something missed |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, found in sorted(counts.items()):
        right, read = found["right"], found["right"] + found["wrong"]
        low, high = interval(right, read)
        share = f"{right / read:.1%} ({low:.1%} to {high:.1%})" if read else "-"
        mark = " (below .9)" if read and right / read < _BOUND else ""
        silent = found["missed"] + found["none"]
        lines.append(
            f"| {kind}{mark} | {len(repositories[kind])} | {read} | {right} | {share} "
            f"| {silent} | {found['missed']} |"
        )
    return "\n".join(lines)

"""How right detectors are: held against Python's ``ast``, against SQLite, and by eye.

    python pipelines/detector_study.py REPOSITORY[@REVISION]...
    python pipelines/detector_study.py --tables REPOSITORY[@REVISION]...
    python pipelines/detector_study.py --verdicts        counts data/detector_verdicts.csv
    python pipelines/detector_study.py --draw KIND --count 60 REPOSITORY[@REVISION]...
    python pipelines/detector_study.py --small           a small repository made for it

The first form reads every Python file twice, by the detectors and by ``ast``; the second lets
SQLite run, in memory, what files of SQL create. Both print what agrees, what only detectors say
(extra) and what they leave out (missed). Nothing else of a repository is run. The others are
about facts that nothing in this environment can check: a sample is drawn, read, and counted.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import detector_python
import detector_tables
import pygit2
from detector_python import KINDS, Stated
from detector_verdicts import PER_FILE, VERDICTS, draw, precision_table

from taskpar_ml.detectors.registry import all_detectors
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import FileFacts
from taskpar_ml.errors import TaskparError
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.surveyed_files import SurveyedFiles

MOST_BYTES: Final = 1 << 20

Counts = dict[str, Counter[str]]
"""Kind of fact to how many agree, are extra, are missed."""


def python_counts(place: str, revision: str) -> tuple[Counts, list[tuple[str, Stated]]]:
    """Compare every Python file that both sides can read; return differences, too."""
    snapshot = RepoSnapshot.at(place, revision)
    paths = [path for path in snapshot.paths.paths if path.endswith((".py", ".pyi"))]
    trees = dict(_trees(snapshot, paths))
    bases = detector_python.bases_by_name(trees)
    names = _class_names(snapshot)
    facts = dict(SurveyedFiles(snapshot, all_detectors()).facts(trees))
    counts: Counts = {kind: Counter() for kind in KINDS}
    differences: list[tuple[str, Stated]] = []
    for path, tree in trees.items():
        said = set(detector_python.ours(path, facts.get(path, FileFacts())))
        true = set(detector_python.by_python(path, tree, bases, names))
        for kind, some in (("agree", said & true), ("extra", said - true), ("missed", true - said)):
            for each in some:
                counts[each.kind][kind] += 1
            if kind != "agree":
                differences += [(kind, each) for each in sorted(some)]
    return counts, differences


def _class_names(snapshot: RepoSnapshot) -> tuple[str, ...]:
    """Return how names of classes of tests begin, by the settings of pytest."""
    for path in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
        text = (snapshot.read(path, limit=MOST_BYTES) or b"").decode("utf-8", "replace")
        found = re.search(r"^python_classes\s*=\s*(\[[^\]]*\]|.+)$", text, re.M)
        if found is not None:
            return tuple(re.findall(r"[\w*]+", found[1]))
    return ("Test",)


def _trees(snapshot: RepoSnapshot, paths: Iterable[str]) -> Iterator[tuple[str, ast.Module]]:
    for path in paths:
        content = snapshot.read(path, limit=MOST_BYTES) or b""
        if not Source(content, None, ()).is_readable:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield path, ast.parse(content)
            except (SyntaxError, ValueError):
                continue


def table_counts(place: str, revision: str) -> tuple[Counter[str], list[tuple[str, Stated]]]:
    """Compare what files of SQL create with what SQLite says they create."""
    snapshot = RepoSnapshot.at(place, revision)
    paths = [path for path in snapshot.paths.paths if path.endswith(".sql")]
    facts = dict(SurveyedFiles(snapshot, all_detectors()).facts(paths))
    counts: Counter[str] = Counter()
    differences: list[tuple[str, Stated]] = []
    for path in paths:
        content = snapshot.read(path, limit=MOST_BYTES) or b""
        if not Source(content, None, ()).is_readable:
            continue
        text = content.decode("utf-8", "replace")
        run = detector_tables.executed(text)
        counts["refused"] += len(run.refused)
        true = Counter(run.tables)
        said = Counter(detector_tables.ours(facts.get(path, FileFacts()), text, run.refused))
        for kind, some in (("agree", said & true), ("extra", said - true), ("missed", true - said)):
            counts[kind] += some.total()
            if kind != "agree":
                differences += [(kind, Stated("tables", path, f"{each}")) for each in sorted(some)]
    return counts, differences


def share(part: int, whole: int) -> str:
    """Return a share in percent, a dash of nothing."""
    return f"{part / whole:.2%}" if whole else "-"


def _cells(found: Counter[str]) -> str:
    return f"{found['agree']:,} / {found['extra']:,} / {found['missed']:,}"


def print_python(places: Sequence[tuple[str, str]], shown: int) -> None:
    """Print a row for each repository, then precision and recall over all of them."""
    print("| repository | " + " | ".join(KINDS) + " |")
    print("|---" * (len(KINDS) + 1) + "|")
    totals: Counts = {kind: Counter() for kind in KINDS}
    listed: list[str] = []
    for place, revision in places:
        counts, differences = python_counts(place, revision)
        for kind in KINDS:
            totals[kind] += counts[kind]
        print(f"| {Path(place).name} | {' | '.join(_cells(counts[kind]) for kind in KINDS)} |")
        sys.stdout.flush()
        listed += _listed(Path(place).name, differences, shown)
    for name, other in (("precision", "extra"), ("recall", "missed")):
        cells = (share(totals[k]["agree"], totals[k]["agree"] + totals[k][other]) for k in KINDS)
        print(f"| {name} | {' | '.join(cells)} |")
    print("\n".join(["", *listed]))


def _listed(place: str, differences: Iterable[tuple[str, Stated]], shown: int) -> Iterator[str]:
    seen: Counter[tuple[str, str]] = Counter()
    for kind, each in differences:
        seen[kind, each.kind] += 1
        if seen[kind, each.kind] <= shown:
            yield f"- {kind} {each.kind}: {place}/{each.path}: {each.text}"


def print_tables(places: Sequence[tuple[str, str]], shown: int) -> None:
    """Print a row for each repository about the tables that its files of SQL create."""
    print("| repository | agree | extra | missed | not run |")
    print("|---|---|---|---|---|")
    totals: Counter[str] = Counter()
    listed: list[str] = []
    columns = ("agree", "extra", "missed", "refused")
    for place, revision in places:
        counts, differences = table_counts(place, revision)
        totals += counts
        cells = " | ".join(f"{counts[each]:,}" for each in columns)
        print(f"| {named(place)} | {cells} |", flush=True)
        listed += _listed(named(place), differences, shown)
    print(f"| all | {' | '.join(f'{totals[each]:,}' for each in columns)} |")
    print("\n".join(["", *listed]))


def named(place: str) -> str:
    """Return the name of a repository, whatever its clone is called."""
    path = Path(place)
    return path.parent.name.rpartition("+")[2] if path.name == "repo" else path.name


def small(place: Path) -> str:
    """Make a small repository and return its place."""
    repository = pygit2.init_repository(str(place), bare=True)
    files = {
        "shop/cart.py": (
            "import os\nfrom . import money as m\n\nSIZE = os.environ['CART_SIZE']\n\n\n"
            "class Cart(m.Sum):\n    @property\n    def total(self):\n        return sum(self)\n"
        ),
        "shop/money.py": "import os as system\n\nRATE = system.getenv('RATE')\n",
        "tests/test_cart.py": "def test_an_empty_cart():\n    assert True\n",
        "schema.sql": "CREATE TABLE cart (id int, size int);\nCREATE TABLE a (b int[] NOT);\n",
    }
    index = pygit2.Index()
    for path, text in files.items():
        blob = repository.create_blob(text.encode())
        index.add(pygit2.IndexEntry(path, blob, pygit2.enums.FileMode.BLOB))
    who = pygit2.Signature("Ada", "ada@example.org", 0, 0)
    tree = index.write_tree(repository)
    repository.create_commit("refs/heads/main", who, who, "Begin", tree, [])
    repository.set_head("refs/heads/main")
    return str(place)


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repositories", nargs="*", metavar="REPOSITORY[@REVISION]")
    parser.add_argument("--tables", action="store_true", help="tables, not Python")
    parser.add_argument("--verdicts", action="store_true", help="count what was read")
    parser.add_argument("--draw", metavar="KIND", help="a sample to read, as CSV")
    parser.add_argument("--count", type=int, default=60, help="rows of a sample")
    parser.add_argument("--per-file", type=int, default=PER_FILE, help="of them of one file")
    parser.add_argument("--shown", type=int, default=5, help="differences listed of each kind")
    parser.add_argument("--small", action="store_true")
    chosen = parser.parse_args()
    if chosen.verdicts:
        print(precision_table(VERDICTS))
        return
    places = []
    for each in chosen.repositories:
        place, _, revision = each.partition("@")
        places.append((place, revision or "HEAD"))
    if chosen.small:
        with tempfile.TemporaryDirectory() as name:
            places = [(small(Path(name) / "small.git"), "HEAD")]
            print_python(places, chosen.shown)
            print_tables(places, chosen.shown)
        return
    if not places:
        parser.error("name clones, or pass --verdicts or --small")
    try:
        if chosen.draw:
            drawn = [(named(place), place, at) for place, at in places]
            draw(chosen.draw, drawn, chosen.count, chosen.per_file)
        elif chosen.tables:
            print_tables(places, chosen.shown)
        else:
            print_python(places, chosen.shown)
    except TaskparError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

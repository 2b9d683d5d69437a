"""How right imports are followed: held against Python's own way of finding modules.

    python pipelines/seeing_study.py REPOSITORY[@REVISION][:ROOT,ROOT]...
    python pipelines/seeing_study.py --small         a small repository made for it

Every Python file of a revision is written to a temporary directory, and every import in it looked
up there by Python's path finder, from the directory of the file and from the ROOTs, which an
installation or the settings of the tests would add: the root of the repository and ``src`` unless
others are named. Nothing of the repository is run.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pygit2

from taskpar_ml.detectors.python_imports import PythonImports
from taskpar_ml.domain.code_facts import Import
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.imports import ImportResolver
from taskpar_ml.survey.surveyed_files import SurveyedFiles

MOST_BYTES = 1 << 20
SHOWN = 10
"""Disagreements that are listed for each repository."""


class Disagreement(NamedTuple):
    """An import that leads elsewhere, or that only one of the two can follow."""

    kind: str
    file: str
    written: str
    expected: str | None
    found: str | None


def compared(place: str, revision: str, roots: Sequence[str]) -> Iterator[Disagreement | None]:
    """Yield every import that either can follow: None where both agree."""
    snapshot = RepoSnapshot.at(place, revision)
    resolver = ImportResolver(
        snapshot.paths.paths, lambda path, most: snapshot.read(path, limit=most)
    )
    with tempfile.TemporaryDirectory() as name:
        top = Path(name).resolve()
        for path in snapshot.paths.paths:
            if path.endswith((".py", ".pyi")):
                (top / path).parent.mkdir(parents=True, exist_ok=True)
                (top / path).write_bytes(snapshot.read(path, limit=MOST_BYTES) or b"")
        for path, facts in SurveyedFiles(snapshot, [PythonImports()]).facts():
            for statement in facts.imports:
                for pair in statement.names:
                    single = statement._replace(names=(pair,))
                    expected = by_python(top, path, single, roots)
                    found = next(iter(resolver.targets(path, single)), None)
                    if expected is None and found is None:
                        continue
                    yield _judged(path, single, expected, found)


def _judged(
    path: str, statement: Import, expected: str | None, found: str | None
) -> Disagreement | None:
    if expected == found:
        return None
    kind = "missed" if found is None else "only ours" if expected is None else "elsewhere"
    written = f"{statement.module} {statement.names[0][0]}".strip()
    return Disagreement(kind, path, written, expected, found)


def by_python(top: Path, path: str, statement: Import, roots: Sequence[str]) -> str | None:
    """Return the file that Python would import, None outside the repository or for the same."""
    inner = statement.module.lstrip(".")
    dots = len(statement.module) - len(inner)
    here = PurePosixPath(path).parent
    if dots:
        for _ in range(dots - 1):
            here = here.parent
        search = [str(top / here)]
    else:
        search = [str(top / here), *(str(top / root) for root in roots)]
    name = statement.names[0][0]
    found = None
    if name not in ("", "*"):
        found = _module(".".join(part for part in (inner, name) if part), search)
    if found is None:
        package = top / here / "__init__.py"
        found = _module(inner, search) if inner else str(package) if package.exists() else None
    if found is None or not found.startswith(f"{top}/"):
        return None
    target = Path(found).relative_to(top).as_posix()
    return None if target == path else target


def _module(name: str, search: Sequence[str]) -> str | None:
    places: Sequence[str] | None = search
    spec: ModuleSpec | None = None
    for part in name.split("."):
        if places is None:
            return None
        spec = PathFinder.find_spec(part, list(places))
        if spec is None:
            return None
        places = spec.submodule_search_locations
    return None if spec is None else spec.origin


def study(places: Sequence[tuple[str, str, Sequence[str]]]) -> None:
    """Print a table and the disagreements."""
    print("| repository | imports within it | agree | elsewhere | missed | only ours |")
    print("|---|---|---|---|---|---|")
    listed: list[str] = []
    for place, revision, roots in places:
        counted: Counter[str] = Counter()
        for each in compared(place, revision, roots):
            counted["agree" if each is None else each.kind] += 1
            if each is not None and counted[each.kind] <= SHOWN:
                listed.append(
                    f"- {each.kind}: {each.file} imports {each.written}: Python {each.expected}, "
                    f"ours {each.found}"
                )
        kinds = ("agree", "elsewhere", "missed", "only ours")
        cells = " | ".join(f"{counted[kind]:,}" for kind in kinds)
        print(f"| {Path(place).name} | {counted.total():,} | {cells} |", flush=True)
    print("\n" + "\n".join(listed))


def small(place: Path) -> str:
    """Make a small repository and return its place."""
    repository = pygit2.init_repository(str(place), bare=True)
    files = {
        "src/shop/__init__.py": "from .cart import Cart\n",
        "src/shop/cart.py": "import os\nfrom . import money\n",
        "src/shop/money.py": "",
        "tests/test_cart.py": "from shop import Cart, money\nimport helpers\n",
        "tests/helpers.py": "from shop.cart import *\n",
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
    parser.add_argument("repositories", nargs="*", metavar="REPOSITORY[@REVISION][:ROOT,ROOT]")
    parser.add_argument("--small", action="store_true")
    chosen = parser.parse_args()
    if chosen.small:
        with tempfile.TemporaryDirectory() as name:
            study([(small(Path(name) / "small.git"), "HEAD", ("src", "."))])
        return
    if not chosen.repositories:
        parser.error("name clones, or pass --small")
    places = []
    for each in chosen.repositories:
        named, _, roots = each.partition(":")
        place, _, revision = named.partition("@")
        places.append((place, revision or "HEAD", roots.split(",") if roots else ("src", ".")))
    study(places)


if __name__ == "__main__":
    main()

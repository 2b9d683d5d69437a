"""Measures what it costs to read a repository, and prints the table of docs/seeing.md.

    .venv/bin/python tests/benchmarks/seeing.py               made-up repositories
    .venv/bin/python tests/benchmarks/seeing.py PATH...       clones, also bare ones
    .venv/bin/python tests/benchmarks/seeing.py --small       a sample, to see that it runs

Parsing is the yardstick: one parse of every source by its grammar, and of every other file in
which something was found by a parser of its format, contents in memory and nothing else done, in
as many processes at the same time. A survey is ``RepoSurvey.of(snapshot, workers=2)`` with an empty
cache of facts on the disk; it loads contents, parses them, asks all detectors, packs what they
found, writes it, and starts processes. Both count as time of processors, that of processes started
included, so that what else runs on the machine matters less; beside it stands the time by the
clock, which is what one who waits sees. Each figure is the median of several processes, each of
which does both.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import sqlglot
from ruamel.yaml import YAML

from taskpar_ml.detectors.detection import Reading
from taskpar_ml.detectors.languages import Language, language_of, parser_of
from taskpar_ml.detectors.registry import all_detectors
from taskpar_ml.detectors.source import MOST_BYTES, Source
from taskpar_ml.detectors.sql_parsing import dialect_of
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.repo_survey import RepoSurvey
from taskpar_ml.survey.surveyed_files import SurveyedFiles
from tests.support.sources import SourceRepository

ROOT: Final = str(Path(__file__).parents[2])
WORKERS: Final = 2
PARSES: Final = 3
"""Times that everything is parsed in one process; the median counts."""


def parse_yaml(content: bytes) -> None:
    for _ in YAML(typ="safe", pure=True).parse(content.decode("utf-8", "replace")):
        pass


def parse_sql(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    sqlglot.parse(text, dialect_of(text), error_level=sqlglot.ErrorLevel.IGNORE)


PARSERS: Final[dict[str, Callable[[bytes], object]]] = {
    "yml": parse_yaml,
    "yaml": parse_yaml,
    "sql": parse_sql,
    "json": json.loads,
    "toml": lambda content: tomllib.loads(content.decode()),
    "lock": lambda content: tomllib.loads(content.decode()),
}
"""What reads formats that have no grammar here."""


def processor_seconds() -> float:
    """Return what this process and those that it started have used."""
    used = (resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def sources(snapshot: RepoSnapshot, found: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """Yield what is parsed, each content once: name of the parser and content."""
    seen = set()
    for path, identity in snapshot.blob_ids().items():
        language, ending = language_of(path), path.rpartition(".")[2]
        parser = language or (ending if ending in PARSERS and path in found else "")
        if not parser or (identity, parser) in seen or Reading.of(path, all_detectors()) is None:
            continue
        seen.add((identity, parser))
        content = snapshot.read_blob(identity, limit=MOST_BYTES + 1)
        if content is not None and Source(content, None).is_readable:
            yield parser, content


def parsing_seconds(contents: dict[str, list[bytes]]) -> dict[str, float]:
    """Return the seconds of each parser for its contents, by as many processes as read them."""
    start = multiprocessing.get_context("fork")
    answers = start.SimpleQueue()
    shares = [
        {parser: some[at::WORKERS] for parser, some in contents.items()} for at in range(WORKERS)
    ]
    processes = [start.Process(target=parse_all, args=(each, answers)) for each in shares]
    for each in processes:
        each.start()
    parts = [answers.get() for _ in processes]
    for each in processes:
        each.join()
    return {parser: sum(part[parser] for part in parts) for parser in contents}


def parse_all(contents: dict[str, list[bytes]], answers: Any) -> None:
    """Put the seconds of each parser into a queue."""
    seconds = {}
    for parser, some in contents.items():
        parse = PARSERS.get(parser) or parser_of(Language(parser)).parse
        rounds = []
        for _ in range(PARSES):
            begun = time.process_time()
            for content in some:
                with suppress(Exception):
                    parse(content)
            rounds.append(time.process_time() - begun)
        seconds[parser] = statistics.median(rounds)
    answers.put(seconds)


def survey_once(place: str) -> dict[str, Any]:
    """Return the figures of one survey in this process, and of one after the next commit."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as state:
        cache = DiskFactCache(Path(state) / "facts.sqlite")
        for name, revision in (("cold", "HEAD~1"), ("second", "HEAD"), ("again", "HEAD")):
            snapshot = RepoSnapshot.at(place, revision, cache=cache)
            snapshot.blob_ids()
            begun, clock = processor_seconds(), time.perf_counter()
            RepoSurvey.of(snapshot, workers=WORKERS)
            figures[name] = processor_seconds() - begun
            figures[f"{name}_clock"] = time.perf_counter() - clock
            if name == "cold":
                figures["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
                figures["worker_memory"] = workers
                files = SurveyedFiles(snapshot, all_detectors())
                found = frozenset(path for path, _ in files.facts())
                contents = defaultdict(list)
                for parser, content in sources(snapshot, found):
                    contents[parser].append(content)
                figures["files"] = len(snapshot.paths.paths)
                figures["bytes"] = sum(len(each) for some in contents.values() for each in some)
                figures["parsing"] = parsing_seconds(contents)
        cache.close()
    return figures


def measured(place: Path, runs: int) -> dict[str, Any]:
    """Return the medians of several processes."""
    # From a main module that is no file, so that processes started import no more than they need.
    start = f"import sys; sys.path.insert(0, {ROOT!r}); from tests.benchmarks.seeing import main"
    command = [sys.executable, "-c", f"{start}; main()", "--one", str(place)]
    all_runs = []
    for _ in range(runs):
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        figures = json.loads(answer)
        figures["parsers"] = sum(figures["parsing"].values())
        figures["ratio"] = figures["parsers"] / figures["cold"]
        figures["clock_ratio"] = figures["parsers"] / figures["cold_clock"]
        figures["again_ratio"] = figures["second"] / figures["cold"]
        all_runs.append(figures)
    numbers = [name for name, value in all_runs[0].items() if isinstance(value, int | float)]
    return {name: statistics.median(each[name] for each in all_runs) for name in numbers}


def row(name: str, place: Path, runs: int) -> None:
    """Print one row of the table."""
    figures = measured(place, runs)
    columns = (
        name,
        f"{figures['files']:,.0f}",
        f"{figures['bytes'] / 1e6:.1f}",
        f"{figures['parsers']:.2f}",
        f"{figures['cold']:.2f}",
        f"{figures['ratio']:.0%}",
        f"{figures['cold_clock']:.2f}",
        f"{figures['clock_ratio']:.0%}",
        f"{figures['second']:.3f}",
        f"{figures['again_ratio']:.1%}",
        f"{figures['memory']:.0f} + {figures['worker_memory']:.0f}",
    )
    print(f"| {' | '.join(columns)} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", nargs="*", type=Path)
    parser.add_argument("--small", action="store_true", help="a small size, one run")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--files", type=int, nargs="+", default=[500, 5_000, 50_000])
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        logging.disable()
        print(json.dumps(survey_once(given.one)))
        return
    runs = 1 if given.small else given.runs
    print(f"{os.cpu_count()} cores, median of {runs}\n")
    print(
        "| repository | files | MB parsed | parsing s | survey s | parsing / survey "
        "| survey s by the clock | parsing / clock | next commit s | next / first "
        "| MiB, main + worker |"
    )
    print("|---" * 11 + "|")
    for clone in given.clones:
        row(clone.name, clone, runs)
    with tempfile.TemporaryDirectory() as folder:
        sizes = [300] if given.small else given.files
        for files in () if given.clones else sizes:
            made = SourceRepository(Path(folder) / f"made-{files}", files)
            row(f"made up, {files:,} files", made.place, runs if files < 50_000 else 1)


if __name__ == "__main__":
    main()

"""How right labels are: replayed pairs held against git, against mapped hunks and against tips.

    python pipelines/label_study.py REPOSITORY[@REVISION]...
    python pipelines/label_study.py --small         a sample, on a small history made for it

Replays the newest tasks of every repository and prints the tables of docs/labels.md: a sample of
pairs redone with the git executable in a temporary copy, with every disagreement; the hunks of the
earlier task, mapped forward, against the merge in files where both decide; and, of pairs that were
done at the same time, the merge of their tips against replay.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path

from label_compare import Compared, Said, Stratum, compared, sample
from label_git import git_replayer
from label_hunks import Meeting, hunks_against_merges, meetings
from label_past import Past, replayed_past

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import DecidedBy, FileVerdict, PairFinding
from taskpar_ml.errors import TaskparError
from taskpar_ml.policy.labels import LabelPolicy

_Z = 1.959964
"""Standard deviations of a 95 % interval."""

Outcomes = Counter[tuple[bool, bool]]
"""What the one says and what the other says, counted."""


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    Examples
    --------
    >>> low, high = wilson(9, 10)
    >>> round(low, 3), round(high, 3)
    (0.596, 0.982)
    """
    if not total:
        return 0.0, 1.0
    share, spread = hits / total, _Z**2 / total
    middle = share + spread / 2
    width = _Z * sqrt(share * (1 - share) / total + spread / total / 4)
    return max((middle - width) / (1 + spread), 0.0), min((middle + width) / (1 + spread), 1.0)


def share(hits: int, total: int) -> str:
    """Return a share with its 95 % interval, as tables print it."""
    low, high = wilson(hits, total)
    return f"{hits / total:.2%} ({low:.1%} to {high:.1%})" if total else "-"


def past_table(pasts: Sequence[Past]) -> Iterator[str]:
    """Yield how many pairs of every repository have which label."""
    policy = LabelPolicy()
    yield "\n| repository | pairs | share a file | textual | dependency | trivial only | unknown |"
    yield "|---|---|---|---|---|---|---|"
    for past in pasts:
        kinds = [policy.kinds(pair) for pair in past.pairs]
        total = max(len(kinds), 1)
        counts = (
            sum(bool(pair.files) for pair in past.pairs),
            sum(ConflictKind.TEXTUAL in each for each in kinds),
            sum(ConflictKind.DEPENDENCY in each for each in kinds),
            sum(each == {ConflictKind.TRIVIAL} for each in kinds),
            sum(ConflictKind.UNKNOWN in each for each in kinds),
        )
        cells = " | ".join(f"{count:,} ({count / total:.2%})" for count in counts)
        yield f"| {past.name} | {len(kinds):,} | {cells} |"


def verdict_table(pasts: Sequence[Past]) -> Iterator[str]:
    """Yield who decided on how many shared files, and how."""
    counts: Counter[tuple[DecidedBy, FileVerdict]] = Counter(
        (each.decided_by, each.verdict)
        for past in pasts
        for pair in past.pairs
        for each in pair.files
    )
    yield "\n| decided by | clean | conflict | unknown |\n|---|---|---|---|"
    for decider in DecidedBy:
        yield f"| {decider} | {' | '.join(f'{counts[decider, v]:,}' for v in FileVerdict)} |"


def git_tables(results: Sequence[Compared]) -> Iterator[str]:
    """Yield how often replay and git agree, and every pair about which they do not."""
    done = [each for each in results if each.failure is None]
    yield "\n| pairs in which | redone by git | agree in every file |\n|---|---|---|"
    for stratum in (*Stratum, None):
        chosen = [each for each in done if stratum in (each.stratum, None)]
        agreeing = sum(each.agrees for each in chosen)
        name = stratum or "all of the sample"
        yield f"| {name} | {len(chosen):,} | {share(agreeing, len(chosen))} |"
    files = Counter((file.ours, file.git) for each in done for file in each.files)
    agreeing = sum(count for (ours, git), count in files.items() if ours == git)
    yield f"\nFiles: {files.total():,}, agree: {share(agreeing, files.total())}."
    yield f"\n| replay \\ git | {' | '.join(Said)} |\n|---|---|---|---|"
    for ours in Said:
        yield f"| {ours} | {' | '.join(f'{files[ours, git]:,}' for git in Said)} |"
    yield "\nDisagreements:"
    for each in done:
        for file in each.files:
            if file.ours != file.git:
                kind = file.finding.kind if file.finding else "not shared"
                tasks = " ".join(
                    f"{each.past.bases[task][:12]}..{task[:12]}"
                    for task in (each.pair.earlier, each.pair.later)
                )
                said = (
                    f"replay {file.ours} ({kind}), git {file.git}, by patience {file.by_patience}"
                )
                yield f"- {each.past.name} {tasks} {file.path!r}: {said}"
    for failure, count in Counter(filter(None, (each.failure for each in results))).items():
        yield f"- git gave up on {count:,}: {failure}"


def hunk_table(counts: Sequence[tuple[str, Outcomes]]) -> Iterator[str]:
    """Yield how often mapped hunks and the merge agree about a file."""
    yield "\n| repository | files | agree | conflict by both | by hunks only | by the merge only |"
    yield "|---|---|---|---|---|---|"
    together: Outcomes = sum((each for _, each in counts), Counter())
    for name, each in (*counts, ("all", together)):
        total = each.total()
        agreeing = each[True, True] + each[False, False]
        cells = " | ".join(
            f"{each[cell]:,}" for cell in ((True, True), (True, False), (False, True))
        )
        yield f"| {name} | {total:,} | {share(agreeing, total)} | {cells} |"


def meeting_table(pasts: Sequence[Past]) -> Iterator[str]:
    """Yield how the lines of pairs with a textual label meet."""
    yield "\n| textual pairs in whose files | " + " | ".join(past.name for past in pasts) + " |"
    yield "|---" * (len(pasts) + 1) + "|"
    counts = [meetings(past) for past in pasts]
    for kind in Meeting:
        only = frozenset((kind,))
        cells = [f"{each[only] / max(each.total(), 1):.0%}" for each in counts]
        yield f"| {kind} | {' | '.join(cells)} |"
    mixed = [sum(n for kinds, n in each.items() if len(kinds) > 1) for each in counts]
    cells = [f"{n / max(each.total(), 1):.0%}" for n, each in zip(mixed, counts, strict=True)]
    yield f"| this differs from file to file | {' | '.join(cells)} |"


def tip_table(pasts: Sequence[Past]) -> Iterator[str]:
    """Yield how the merge of tips and replay label pairs that were done at the same time."""
    yield (
        "\n| repository | concurrent pairs | tips merged | positive by both | by tips only "
        "| by replay only | agree |"
    )
    yield "|---|---|---|---|---|---|---|"
    for past in pasts:
        concurrent = [pair for pair in past.pairs if pair.concurrent]
        counts = Counter(filter(None, map(_tips_and_replay, concurrent)))
        agreeing = counts[True, True] + counts[False, False]
        cells = " | ".join(
            f"{counts[cell]:,}" for cell in ((True, True), (True, False), (False, True))
        )
        total = counts.total()
        yield (
            f"| {past.name} | {len(concurrent):,} | {total:,} | {cells} "
            f"| {share(agreeing, total)} |"
        )


def _tips_and_replay(pair: PairFinding) -> tuple[bool, bool] | None:
    """Return whether tips and replay make a pair positive, None where one of them is open."""
    policy = LabelPolicy()
    by_tips = policy.kinds_of_tips(pair)
    replayed = policy.is_positive(policy.kinds(pair))
    merged = None if by_tips is None else policy.is_positive(by_tips)
    return None if merged is None or replayed is None else (merged, replayed)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repositories", nargs="*", help="path, or path@revision to end with")
    parser.add_argument("--small", action="store_true", help="a small made-up history instead")
    parser.add_argument("--tasks", type=int, default=2_000, help="newest tasks replayed")
    parser.add_argument("--pairs", type=int, default=200, help="pairs redone, per repository")
    parser.add_argument("--files", type=int, default=4_000, help="files compared by hunks, each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path(".taskpar/study.sqlite"))
    chosen = parser.parse_args()
    if chosen.small == bool(chosen.repositories):
        parser.error("name repositories, or pass --small")
    with tempfile.TemporaryDirectory() as folder:
        if chosen.small:
            chosen.repositories, chosen.pairs = [_small(Path(folder) / "small")], 40
            chosen.cache = Path(folder) / "facts.sqlite"
        try:
            lines = list(_study(chosen))
        except TaskparError as error:
            raise SystemExit(f"error: {error}") from None
    print("\n".join(lines))


def _study(chosen: argparse.Namespace) -> Iterator[str]:
    """Replay the repositories and yield the lines of all tables."""
    chosen.cache.parent.mkdir(parents=True, exist_ok=True)
    pasts: list[Past] = []
    results: list[Compared] = []
    hunks: list[tuple[str, Outcomes]] = []
    for place in chosen.repositories:
        print(f"replaying {place}", file=sys.stderr, flush=True)
        past = replayed_past(place, tasks=chosen.tasks, cache=chosen.cache, workers=chosen.workers)
        pasts.append(past)
        hunks.append((past.name, hunks_against_merges(past, chosen.files, seed=chosen.seed)))
        print("redoing pairs with git", file=sys.stderr, flush=True)
        with git_replayer(past.place) as git:
            results += compared(past, sample(past, chosen.pairs, seed=chosen.seed), git)
    yield from past_table(pasts)
    yield from verdict_table(pasts)
    yield from git_tables(results)
    yield from hunk_table(hunks)
    yield from meeting_table(pasts)
    yield from tip_table(pasts)


def _small(place: Path) -> str:
    """Grow a history as the tests do, and return where it is."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.support.random_lines import grow_with_branches

    grow_with_branches(place, 3, landings=30)
    return str(place)


if __name__ == "__main__":
    main()

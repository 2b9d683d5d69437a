"""What branches and checkouts have in common, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from taskpar_ml.domain.overlap import (
    CheckedSide,
    FileConflict,
    HowChanged,
    OverlapReport,
    PairOverlap,
    Relation,
    SharedFile,
    Touch,
    Verdict,
)
from taskpar_ml.reports.text import plain

_PAIRS: Final = 40
_FILES: Final = 8
_STYLE: Final = {Verdict.CONFLICT: "red", Verdict.OVERLAP: "yellow", Verdict.APART: "green"}
_ORDER: Final = (Verdict.CONFLICT, Verdict.OVERLAP, Verdict.APART)
_RELATION: Final = {
    Relation.A_CONTAINS_B: "{a} has all of {b}",
    Relation.B_CONTAINS_A: "{b} has all of {a}",
    Relation.SAME: "both at one commit",
    Relation.UNRELATED: "no commit in common",
}


def draw_check(report: OverlapReport) -> RenderableType:
    """Return the pairs with their verdicts and files, worst first, and one line that sums up."""
    return Group(*_sides(report), *_pairs(report), *_notices(report.notices), _verdict(report))


def _sides(report: OverlapReport) -> Iterator[RenderableType]:
    number = len(report.sides)
    yield plain(
        f"{number} {'side' if number == 1 else 'sides'} to land on {report.onto} "
        f"({report.onto_commit[:12]})"
    )
    worktrees = [side for side in report.sides if side.directory is not None]
    for side in worktrees[:_PAIRS]:
        yield plain(f"  {side.name}: {_place(side)}", style="dim")
    if len(worktrees) > _PAIRS:
        yield plain(f"  and {len(worktrees) - _PAIRS} more checkouts", style="dim")


def _place(side: CheckedSide) -> str:
    branch = f"on {side.branch}" if side.branch else f"at {(side.commit or 'no commit')[:12]}"
    return f"{branch}, {side.uncommitted} uncommitted in {side.directory}"


def _pairs(report: OverlapReport) -> Iterator[RenderableType]:
    pairs = sorted((*report.landings, *report.pairs), key=lambda pair: _ORDER.index(pair.verdict))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("pair", "verdict", "conflicting files", "files that both changed"):
        table.add_column(name, overflow="fold")
    for pair in pairs[:_PAIRS]:
        table.add_row(
            plain(f"{pair.a} + {pair.b}"),
            Text(pair.verdict, style=_STYLE[pair.verdict]),
            _lines([_conflict(each) for each in pair.conflicts]),
            _lines([*_relation(pair, report), *map(_shared, _only_shared(pair))]),
        )
    yield table
    if len(pairs) > _PAIRS:
        yield plain(f"and {len(pairs) - _PAIRS} more pairs; --json has them all", style="dim")


def _only_shared(pair: PairOverlap) -> list[SharedFile]:
    """Return the shared files that are not named as conflicts."""
    named = {each.path for each in pair.conflicts}
    return [each for each in pair.shared if not named & {each.path, each.a.path, each.b.path}]


def _relation(pair: PairOverlap, report: OverlapReport) -> list[str]:
    known = _RELATION.get(pair.relation)
    # Whoever starts from the line to land on has all of it.
    usual = pair.relation == Relation.A_CONTAINS_B and pair in report.landings
    return [] if known is None or usual else [f"({known.format(a=pair.a, b=pair.b)})"]


def _conflict(conflict: FileConflict) -> str:
    places = {conflict.path_a, conflict.path_b} - {conflict.path, None}
    elsewhere = f" [{', '.join(sorted(filter(None, places)))}]" if places else ""
    return f"{conflict.path}{elsewhere}: {conflict.kind}"


def _shared(file: SharedFile) -> str:
    if file.a.how == file.b.how == HowChanged.MODIFIED:
        return file.path
    return f"{file.path}: {_touch(file.a, file.path)}, {_touch(file.b, file.path)}"


def _touch(touch: Touch, path: str) -> str:
    if touch.how != HowChanged.RENAMED:
        return touch.how
    if touch.path == path:
        return f"renamed from {touch.old_path}"
    return f"renamed to {touch.path}"


def _lines(lines: Sequence[str]) -> Text:
    shown = [plain(line) for line in lines[:_FILES]]
    if len(lines) > _FILES:
        shown.append(plain(f"and {len(lines) - _FILES} more", style="dim"))
    return Text("\n").join(shown)


def _notices(notices: Sequence[str]) -> Iterator[RenderableType]:
    if notices:
        yield Text("Notices", style="bold")
        yield from (plain(f"- {notice}") for notice in notices)


def _verdict(report: OverlapReport) -> RenderableType:
    pairs = (*report.landings, *report.pairs)
    counts = {verdict: sum(pair.verdict == verdict for pair in pairs) for verdict in _ORDER}
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    style = _STYLE[report.verdict]
    return Text(f"{report.verdict}: of {len(pairs)} pairs {summary}", style=f"bold {style}")

"""A plan as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from taskpar_ml.domain.pairs import shortened
from taskpar_ml.domain.plan import (
    Because,
    Forecast,
    PairReason,
    Plan,
    PlannedTask,
    ScheduleValue,
)
from taskpar_ml.reports.contribution_text import contribution_words, cures
from taskpar_ml.reports.text import plain, printable

_SHOWN: Final = 10
_TITLE: Final = 60


def draw_plan(plan: Plan) -> RenderableType:
    """Return the whole plan: waves, why, the riskiest pairs, costs, what would help."""
    parts = [
        *_headline(plan),
        *_waves(plan),
        *_neighbours(plan),
        *_pairs("Riskiest pairs", plan.riskiest),
        *_costs(plan),
        *_splits(plan),
        *_suggested(plan),
        *_advice(plan),
        *_list("Not in the plan", [f"{task.id}: {task.why}" for task in plan.held]),
        *_list("Notices", plan.notices),
    ]
    return Group(*parts)


def _headline(plan: Plan) -> Iterator[RenderableType]:
    at = f"commit {plan.commit[:12]}" if plan.commit else "the working tree"
    yield plain(f"{len(plan.tasks)} open tasks, {printable(plan.repository)} at {at}")
    if not plan.tasks:
        yield Text("Nothing to plan: every task is done, cancelled or held back.", style="bold")
        return
    yield Text(
        f"Waiting for no other task: {len(plan.startable)} of {len(plan.tasks)}. "
        f"Waves of up to {plan.workers} at a time: {len(plan.waves)}, "
        f"expected speed-up {plan.speed_up:.1f}x "
        f"({plan.sequential_duration:g} in sequence, {plan.makespan:g} in waves).",
        style="bold",
    )
    if plan.in_waves and plan.in_starts:
        yield plain(_value_words(plan.in_waves, plan.in_starts))
    if plan.moved is not None:
        words = "All tasks stay with those they shared a wave with."
        if plan.moved:
            words = f"{len(plan.moved)} tasks leave their wave: {shortened(plan.moved)}."
        yield plain(words)
    if plan.expected:
        yield plain(_forecast_words(plan.expected, plan.one_more_worker))
    yield plain(f"Risks by {plan.model}; together below {plan.threshold:g}.", style="dim")


def _value_words(waves: ScheduleValue, starts: ScheduleValue) -> str:
    """Say how good the schedules are, and how much of the work they are expected to lose."""
    found = "none are shorter" if waves.is_optimal else f"none are shorter than {waves.bound:.3g}"
    lost = f", {waves.lost:.3g} of work lost" if waves.lost else ""
    return (
        f"Waves expected to take {waves.expected:.3g}{lost}; {found}. "
        f"Each at its own time: {starts.expected:.3g}."
    )


def _forecast_words(found: Forecast, one_more: float | None) -> str:
    """Say what starting tasks as soon as they may is expected to come to."""
    speed = found.speed_up
    words = (
        f"Each started as soon as it may: {speed.mean:.1f}x as fast "
        f"({speed.low:.1f} to {speed.high:.1f}), {found.lost.mean:.1%} of the work lost"
    )
    if one_more is None:
        return f"{words}."
    return f"{words}; one more worker would save {max(one_more, 0):.0%} of the time."


def _waves(plan: Plan) -> Iterator[RenderableType]:
    placed: dict[int, list[PlannedTask]] = {}
    for task in plan.tasks:
        placed.setdefault(task.wave, []).append(task)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("wave", "task", "what", "why not earlier"):
        table.add_column(name, overflow="fold", no_wrap=name == "wave")
    for wave, tasks in placed.items():
        for row, task in enumerate(tasks):
            table.add_row(
                str(wave + 1) if row == 0 else "",
                plain(task.id, style="bold"),
                plain(task.title, most=_TITLE),
                plain(task.why_not_earlier, style="dim"),
                end_section=row == len(tasks) - 1,
            )
    if placed:
        yield table


def _neighbours(plan: Plan) -> Iterator[RenderableType]:
    if not plan.neighbours:
        return
    together = [pair for pair in plan.neighbours if pair.because != Because.LOW_RISK]
    low = len(plan.neighbours) - len(together)
    yield from _pairs("Why neighbours may run together", plan.neighbours)
    if low > _SHOWN:
        yield plain(f"{low} pairs of neighbours in all have a low risk.", style="dim")


def _pairs(title: str, pairs: Sequence[PairReason]) -> Iterator[RenderableType]:
    """Draw pairs with their risk, what decided and why."""
    if not pairs:
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in ("pair", "risk", "may", "decided by", "because"):
        table.add_column(name, overflow="fold")
    for pair in pairs[:_SHOWN]:
        risk = pair.p_conflict if pair.p_conflict is not None else pair.score
        table.add_row(
            plain(f"{pair.task_a} + {pair.task_b}"),
            "?" if risk is None else f"{risk:.2f}",
            Text("together", style="green") if pair.together else Text("apart", style="red"),
            plain(pair.rule),
            _because(pair),
        )
    yield table


def _because(pair: PairReason) -> Text:
    """Return why, below it what changes the odds most, and what could be done about that."""
    told = [words for each in pair.speaks if (words := contribution_words(each))]
    # Whoever must wait anyway gains nothing by lower odds.
    advice = cures(pair.speaks) if pair.because != Because.ORDER else []
    if advice:
        told.append(f"To lower them: {'; '.join(advice)}.")
    return Text("\n").join(plain(line, style="dim") for line in (pair.text, *told))


def _costs(plan: Plan) -> Iterator[RenderableType]:
    if not (plan.rule_costs or plan.limit_costs):
        return
    title = "What each rule and limit costs"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in ("rule", "pairs kept apart", "waves", "share of the makespan", "meaning"):
        table.add_column(name, overflow="fold")
    rows = [
        (
            cost.makespan_share,
            cost.rule,
            str(cost.pairs),
            f"{cost.waves:+d}" if cost.waves else "0",
            cost.meaning,
        )
        for cost in plan.rule_costs
    ]
    rows += [(cost.makespan_share, cost.limit, "", "", cost.meaning) for cost in plan.limit_costs]
    for share, name, pairs, waves, meaning in sorted(rows, key=lambda row: -row[0]):
        table.add_row(plain(name), pairs, waves, f"{share:.0%}", plain(meaning, style="dim"))
    yield table


def _splits(plan: Plan) -> Iterator[RenderableType]:
    lines = [
        f"Cutting the {each.what} {each.name} in two saves {each.makespan_share:.0%}"
        + ("." if each.what == "task" else f"; {len(each.tasks)} tasks meet there.")
        for each in plan.splits
    ]
    yield from _list("What would buy more parallel work", lines)


def _suggested(plan: Plan) -> Iterator[RenderableType]:
    lines = [
        f"{each.before} before {each.after}: {each.why}"
        + ("" if each.followed else " (not followed: it would close a cycle)")
        for each in plan.suggested_dependencies
    ]
    yield from _list("Suggested dependencies (nobody declared them)", lines)


def _advice(plan: Plan) -> Iterator[RenderableType]:
    lines = []
    if plan.startable and plan.waves:
        lines.append(
            f"{len(plan.waves[0])} of {len(plan.tasks)} can start now: {shortened(plan.waves[0])}."
        )
    lines += [
        f"Landing {each.task} first frees {len(each.frees)} more: {shortened(each.frees)}."
        for each in plan.opportunities
    ]
    if plan.unknown:
        lines.append(
            f"Nothing says what {len(plan.unknown)} of {len(plan.tasks)} will touch: "
            f"{shortened(plan.unknown)}. Name files in the text, or give `modifies`, and their "
            "pairs can be judged."
        )
    yield from _list("What would help", lines)


def _list(title: str, lines: Sequence[str]) -> Iterator[RenderableType]:
    if not lines:
        return
    yield Text(f"\n{title}", style="bold")
    for line in lines:
        yield plain(f"- {line}")

"""What a shadow knows, put together from the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from taskpar_ml.backtest.durations import imagined_minutes
from taskpar_ml.backtest.truth import parts_of, truth_of
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.moments import moment_of
from taskpar_ml.domain.prediction import PredictedTask, Prediction, PredictionKind, ShadowStart
from taskpar_ml.domain.shadow import Beforehand, ShadowReport
from taskpar_ml.domain.watching import Watch
from taskpar_ml.errors import UnknownLandingError
from taskpar_ml.history.changed_lines import changed_lines
from taskpar_ml.history.store.reader import HistoryReader
from taskpar_ml.history.view import HistoryView
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.shadow.beginning import Landed, landed_since
from taskpar_ml.shadow.dispatching import PredictedTrace, dispatch_results
from taskpar_ml.shadow.landed import landings_of
from taskpar_ml.shadow.recording import Recorder
from taskpar_ml.shadow.tallying import JudgedPair, tally_of
from taskpar_ml.simulation.trace import Trace

_SEED = 0
"""Which durations tasks are given."""


@dataclass(frozen=True)
class Terms:
    """How predictions are judged.

    Attributes
    ----------
    policy
        What counts as a conflict.
    workers
        Most tasks at the same time.
    watch
        How running tasks would have been watched.
    """

    policy: LabelPolicy
    workers: int
    watch: Watch


def shadow_report(
    recorder: Recorder,
    start: ShadowStart,
    terms: Terms,
    *,
    until: str | None,
    mined: int,
    recorded: int,
) -> ShadowReport:
    """Return what the shadow knows: recorded predictions beside what happened.

    Parameters
    ----------
    recorder
        Whose predictions are judged.
    start
        Where the shadow began.
    terms
        How.
    until
        Newest commit that counts; all that is known if None.
    mined, recorded
        What this pass did.

    Raises
    ------
    ReplayError
        If the commit where the shadow began is no longer on the line.
    RepositoryError
        One of its leaves if the repository lacks what is needed.
    StoreError
        If the store cannot be read.
    """
    with recorder.history.at_one_moment() as reader:
        return _Judge(recorder, start, terms, reader, until).report(mined=mined, recorded=recorded)


@dataclass(frozen=True)
class _Judge:
    recorder: Recorder
    start: ShadowStart
    terms: Terms
    reader: HistoryReader
    until: str | None

    def report(self, *, mined: int, recorded: int) -> ShadowReport:
        landed, judged = self.landed, self._batches
        began = landed.placed[landed.first - 1].landing if landed.first else None
        said = [pair for group, each in enumerate(judged) for pair in self._of_batch(each, group)]
        dispatched = dispatch_results(
            judged,
            model=self.recorder.model,
            threshold=self.recorder.threshold,
            workers=self.terms.workers,
            watch=self.terms.watch,
        )
        return ShadowReport(
            name=self.recorder.history.name,
            model=self.recorder.model,
            text=self.recorder.wording.value,
            threshold=self.recorder.threshold,
            since=self.start.commit,
            since_time=moment_of(0 if began is None else began.landed_at),
            started_at=self.start.started_at,
            newest=landed.placed[-1].landing.id if landed.placed else self.start.commit,
            landed=landed.tasks,
            mined=mined,
            recorded=recorded,
            batches=tally_of(said) if judged else None,
            unjudged=len(self._predicted) - len(judged),
            workers=self.terms.workers,
            watching=self.terms.watch.mode,
            dispatch=tuple(dispatched) if judged else (),
            beforehand=self._beforehand(len(judged)),
            waiting=landed.waiting,
        )

    @cached_property
    def landed(self) -> Landed:
        """What has landed since."""
        return landed_since(
            self.reader, self.start, place=self.recorder.history.place, until=self.until
        )

    @cached_property
    def _said(self) -> list[Prediction]:
        """Predictions of the recorder's kind, the one that was recorded first before all others."""
        return [each for each in self.reader.predictions() if self.recorder.wanted(each)]

    @cached_property
    def _landings(self) -> Mapping[str, Landing]:
        return {each.landing.id: each.landing for each in self.landed.placed}

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {each.landing.id: each.number for each in self.landed.placed}

    @cached_property
    def _findings(self) -> Sequence[PairFinding]:
        """What is known of pairs of which something was said: labels are looked at here first."""
        chosen = {task for each in self._predicted for task in _ids(each)}
        chosen |= {landing.id for landing in self._found.values()}
        return [
            pair for pair in self.reader.pairs() if pair.earlier in chosen and pair.later in chosen
        ]

    @cached_property
    def _truth(self) -> Mapping[frozenset[str], bool | None]:
        return truth_of(self._findings, self.terms.policy)

    @cached_property
    def _minutes(self) -> Mapping[str, int]:
        """How long tasks are imagined to take."""
        view = self._view
        chosen = {task for each in self._judgeable for task in _ids(each)}
        chosen |= {landing.id for landing in self._found.values()}
        lines = {each: changed_lines(view, self._landings[each]) for each in sorted(chosen)}
        return imagined_minutes(lines, seed=_SEED)

    @cached_property
    def _view(self) -> HistoryView:
        return HistoryView.at(self.recorder.repo, self.landed.placed[-1].landing.id)

    @cached_property
    def _predicted(self) -> list[Prediction]:
        """Predictions of the batches as they stand on the line, oldest first."""
        told: dict[tuple[str, ...], Prediction] = {}
        for each in self._said:
            if each.kind is PredictionKind.AS_OF and each.since == self.start.commit:
                told.setdefault(_ids(each), each)
        batches = [tuple(task.id for task in batch.tasks) for batch in self.landed.batches]
        return [told[ids] for ids in batches if ids in told]

    @cached_property
    def _judgeable(self) -> list[Prediction]:
        """Those of which every task was replayed against its neighbours."""
        mined = self.reader.mined()
        return [each for each in self._predicted if mined.issuperset(_ids(each))]

    @cached_property
    def _batches(self) -> list[PredictedTrace]:
        parts = parts_of(self._findings, seed=_SEED, policy=self.terms.policy)
        return [
            PredictedTrace(
                Trace.of(_ids(said), minutes=self._minutes, truth=self._truth, parts=parts), said
            )
            for said in self._judgeable
        ]

    def _of_batch(self, batch: PredictedTrace, group: int) -> Iterator[JudgedPair]:
        said = batch.said
        for at, (a, b) in enumerate(said.pair_keys):
            truth = self._truth.get(frozenset((a.id, b.id)))
            yield self._judged(said, at, self._landings[a.id], self._landings[b.id], truth, group)

    def _judged(
        self,
        said: Prediction,
        at: int,
        one: Landing,
        other: Landing,
        truth: bool | None,
        group: int,
    ) -> JudgedPair:
        pair = said.pairs[at]
        first, second = sorted((one, other), key=lambda each: self._numbers[each.id])
        return JudgedPair(
            first=first,
            second=second,
            risk=float("nan") if pair.risk is None else pair.risk,
            is_probability=said.is_probability,
            together=pair.together,
            truth=truth,
            group=group,
            minutes=min(self._minutes[first.id], self._minutes[second.id]),
        )

    @cached_property
    def _open(self) -> list[tuple[Prediction, int]]:
        """Predictions of open tasks, with the number of the commit at which each was made.

        One that was made at a commit which is not on the line cannot be placed, and is left out.
        """
        placed = []
        for each in self._said:
            if each.kind is PredictionKind.BEFOREHAND:
                try:
                    placed.append((each, self.reader.position_of(each.base).number))
                except UnknownLandingError:
                    # The newest push is no landing yet: what lands next will tell.
                    continue
        return placed

    @cached_property
    def _found(self) -> dict[PredictedTask, Landing]:
        """As which landing each open task landed."""
        first: dict[PredictedTask, int] = {}
        for said, number in self._open:
            for task in said.tasks:
                first[task] = min(first.get(task, number), number)
        return landings_of(first, self.landed.placed, self._view) if first else {}

    def _beforehand(self, groups: int) -> Beforehand | None:
        """Return what became of predictions of open tasks."""
        made = [each for each in self._said if each.kind is PredictionKind.BEFOREHAND]
        if not made:
            return None
        judged: list[JudgedPair] = []
        done: set[tuple[PredictedTask, PredictedTask]] = set()
        joint = distant = 0
        for group, (said, number) in enumerate(self._open, start=groups):
            for at, (a, b) in enumerate(said.pair_keys):
                one, other = self._found.get(a), self._found.get(b)
                if one is None or other is None or (a, b) in done:
                    continue
                if min(self._numbers[one.id], self._numbers[other.id]) <= number:
                    continue
                done.add((a, b))
                both = frozenset((one.id, other.id))
                if one.id == other.id:
                    joint += 1
                elif both not in self._truth:
                    distant += 1
                else:
                    judged.append(self._judged(said, at, one, other, self._truth[both], group))
        return Beforehand(
            pairs=len({pair for each in made for pair in each.pair_keys}),
            tasks=len({task for each in made for task in each.tasks}),
            landed=len(self._found),
            joint=joint,
            distant=distant,
            tally=tally_of(judged) if judged else None,
        )


def _ids(said: Prediction) -> tuple[str, ...]:
    return tuple(task.id for task in said.tasks)

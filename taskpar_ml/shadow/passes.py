"""One pass of a shadow: mine what landed, predict it, hold what was predicted against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from taskpar_ml.domain.mining import MiningProgress
from taskpar_ml.domain.shadow import ShadowReport
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import MiningRecipe, digest_of, window_of
from taskpar_ml.policy.automation import AutomationRules
from taskpar_ml.shadow.beginning import begun, landed_since
from taskpar_ml.shadow.recording import Recorder
from taskpar_ml.shadow.reporting import Terms, shadow_report
from taskpar_ml.workspace import Workspace


@dataclass(frozen=True)
class Shadow:
    """Follows one repository, which is read and never written to.

    Laws, each a test:

    - What is predicted of a batch depends on nothing that landed after its base but the texts of
      its tasks.
    - It is written down before anybody looks at what happened, and never altered.
    - A pass after which nothing landed changes nothing.
    - Wherever a pass ends, the next one goes on there.

    Attributes
    ----------
    recorder
        Who predicts, and where that is written down.
    terms
        How it is judged.
    rules
        What counts as automation.
    processes
        Processes that mine at the same time.
    """

    recorder: Recorder
    terms: Terms
    rules: AutomationRules
    processes: int = 1

    def run(
        self,
        *,
        until: str,
        since: str | None = None,
        workspace: Callable[[], Workspace] | None = None,
        report_progress: Callable[[MiningProgress], None] = lambda progress: None,
    ) -> ShadowReport:
        """Make one pass, and return what is known after it.

        Parameters
        ----------
        until
            Id of the newest commit that is looked at.
        since
            Id of the commit after which the shadow begins; where it began, if None.
        workspace
            Opens what open tasks are scored with, once all that has landed is mined; without it no
            open task is predicted.
        report_progress
            Called while mining.

        Raises
        ------
        RepositoryError
            One of its leaves if the repository lacks what is needed.
        MiningError
            If the history in the store is another one, or was mined by other rules.
        ReplayError
            If nothing has landed, or the commit where the shadow began is gone.
        UnknownLandingError
            If ``since`` is part of no landing.
        StoreError
            If the store cannot be read or written.
        """
        recorder = self.recorder
        history = recorder.history
        recipe = MiningRecipe(window=window_of(history.recipe), automation=digest_of(self.rules))
        mined = mine(
            recorder.repo,
            history,
            until=until,
            recipe=recipe,
            rules=self.rules,
            cache=recorder.cache,
            workers=self.processes,
            report_progress=report_progress,
        )
        start = begun(history, since=since, now=recorder.now())
        with history.at_one_moment() as reader:
            landed = landed_since(reader, start, place=history.place, until=until)
        recorded = recorder.record_batches(landed.batches, start)
        if workspace is not None:
            recorded += recorder.record_open(workspace())
        return shadow_report(
            recorder, start, self.terms, until=until, mined=mined.tasks, recorded=recorded
        )

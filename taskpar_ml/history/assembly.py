"""From the facts of one first-parent commit to the landing that it is by itself."""

from __future__ import annotations

from taskpar_ml.domain.landing import Landing
from taskpar_ml.history.facts import CommitFacts
from taskpar_ml.history.subjects import first_line, read_subject
from taskpar_ml.history.texts import cleaned_title, title_and_body
from taskpar_ml.policy.automation import AutomationRules, LandingSigns
from taskpar_ml.policy.automation_settings import AutomationRule


def landing_of(facts: CommitFacts, rules: AutomationRules) -> Landing:
    """Return the landing that consists of one commit."""
    tip = facts.own[0] if facts.own else ""
    subject = read_subject(facts.message, merge=len(facts.parents) > 1, tip=tip)
    line, _ = first_line(facts.message)
    title, body = title_and_body(subject.title, subject.rest, facts.own)
    automation = rules.name_of(
        LandingSigns(
            subject=line,
            title=title,
            message=tip if len(facts.own) == 1 else "" if facts.own else facts.message,
            author=facts.author.email,
            author_name=facts.author.name,
            paths=tuple(_touched(facts)),
            changed=facts.changed,
        )
    )
    if not title or automation == AutomationRule.BRANCH_MERGE:
        # Whatever came in with a merge of branches is no text of this landing.
        title, body = cleaned_title(line), body if not title else ""
    return Landing(
        commits=(facts.commit,),
        base=facts.parents[0] if facts.parents else None,
        author=facts.author.key,
        landed_at=facts.committed_at,
        title=title,
        body=body,
        changes=facts.changes,
        changed=facts.changed,
        shape=subject.shape,
        reference=subject.reference,
        automation=automation,
    )


def _touched(facts: CommitFacts) -> list[str]:
    paths = [change.path for change in facts.changes]
    paths += [change.old_path for change in facts.changes if change.old_path is not None]
    return paths

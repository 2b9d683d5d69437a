"""GitHub issues as ``gh issue list --json number,title,body,labels,state,...`` prints them.

Task lists in the body become acceptance criteria, or nest where they name an issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice, TaskDocument
from taskpar_ml.errors import InvalidTaskError
from taskpar_ml.tasks.building import build_task, place_of, task_label
from taskpar_ml.tasks.markdown import checkbox, meaningful_lines
from taskpar_ml.tasks.native import listed
from taskpar_ml.tasks.source import Source
from taskpar_ml.tasks.tree import Fields, quoted

_ISSUE_LINK: Final = re.compile(
    r"(?:#|https://github\.com/[\w.-]{1,100}/[\w.-]{1,100}/issues/)([0-9]{1,9})\b.*"
)
_TELLING: Final = frozenset(
    ["body", "state", "url", "stateReason", "state_reason", "labels", "createdAt"]
)
_READ_FIELDS: Final = frozenset(
    [
        "id",
        "number",
        "title",
        "body",
        "labels",
        "state",
        "stateReason",
        "state_reason",
        "blockedBy",
        "blocking",
        "subIssues",
        "parent",
    ]
)


class GitHub:
    """Reads issues; closed ones are history."""

    name: Final = "GitHub issues"
    holds_groups: Final = False

    def recognises(self, source: Source) -> bool:
        """Whether the objects have a number, a title and something else that issues have."""
        return any(
            isinstance(item, dict)
            and {"number", "title"} <= item.keys()
            and ("id" not in item or not _TELLING.isdisjoint(item))
            for item in _objects(source)
        )

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return one task per issue, called by its number.

        Raises
        ------
        InvalidTaskError
            If an issue breaks a rule.
        """
        found = [_issue(source, item) for item in _objects(source)]
        issues = [issue for issue in found if not issue.get("pull_request")]
        notices = []
        if len(issues) < len(found):
            count = len(found) - len(issues)
            notices.append(Notice(source.name, f"pull requests passed over: {count}."))
        parents = _parents(source, issues)
        return TaskDocument(
            path=source.path,
            format=self.name,
            tasks=tuple(_task(source, issue, parents) for issue in issues),
            missing_ok=frozenset(
                number
                for issue in issues
                for field in ("blockedBy", "blocking")
                for number, is_closed in _linked(source, issue, field)
                if is_closed
            ),
            notices=tuple(notices),
        )


def _objects(source: Source) -> Sequence[Any]:
    return source.items or (source.values if source.is_json_lines else ())


def _issue(source: Source, item: Any) -> Fields:
    if isinstance(item, Fields):
        return item
    raise InvalidTaskError(
        source.name, f"an issue must be an object. Got {quoted(item)}.", "Export the issues again."
    )


def _linked(source: Source, issue: Fields, field: str) -> Iterator[tuple[str, bool]]:
    """Yield the number of every linked issue, and whether the link itself says it is closed."""
    written = issue.get(field)
    entries = written["nodes"] if isinstance(written, dict) and "nodes" in written else written
    for entry in listed(entries):
        number = entry.get("number") if isinstance(entry, dict) else entry
        if not isinstance(number, str) or not number.isdigit():
            raise InvalidTaskError(
                f"{place_of(source.path, issue.line)}: {task_label(issue.get('number'))}",
                f"{field}: an entry must be the number of an issue. Got {quoted(entry)}.",
                "Export the issues again.",
            )
        state = entry.get("state") if isinstance(entry, dict) else None
        yield number, isinstance(state, str) and state.upper() == "CLOSED"


def _parents(source: Source, issues: Sequence[Fields]) -> dict[str, str]:
    """Return the parent of every issue that has one here.

    What the child says counts before ``subIssues`` of the parent, and that before task lists.
    """
    numbers = {issue.get("number") for issue in issues}
    parents: dict[str, str] = {}
    for issue in issues:
        for number, _ in _linked(source, issue, "parent"):
            parents.setdefault(str(issue.get("number")), number)
    for issue in issues:
        for number, _ in _linked(source, issue, "subIssues"):
            parents.setdefault(number, str(issue.get("number")))
    for issue in issues:
        for text in _checklist(issue.get("body")):
            if link := _ISSUE_LINK.fullmatch(text):
                parents.setdefault(link.group(1), str(issue.get("number")))
    return {
        child: parent
        for child, parent in parents.items()
        if child in numbers and parent in numbers and child != parent
    }


def _checklist(body: Any) -> Iterator[str]:
    for line in meaningful_lines(body if isinstance(body, str) else ""):
        if box := checkbox(line):
            yield box.text


def _task(source: Source, issue: Fields, parents: Mapping[str, str]) -> Task:
    body = issue.get("body")
    number = issue.get("number")
    unknown = {name: value for name, value in issue.items() if name not in _READ_FIELDS}
    return build_task(
        {
            "id": number,
            "title": issue.get("title"),
            "description": _description(body) if isinstance(body, str) else body,
            "acceptance_criteria": [t for t in _checklist(body) if not _ISSUE_LINK.fullmatch(t)],
            "depends_on": [blocker for blocker, _ in _linked(source, issue, "blockedBy")],
            "blocks": [blocked for blocked, _ in _linked(source, issue, "blocking")],
            "labels": [
                label.get("name") if isinstance(label, dict) else label
                for label in listed(issue.get("labels"))
            ],
            "status": _status(issue),
            "parent": parents.get(str(number)),
        },
        path=source.path,
        line=issue.line,
        unknown=unknown,
    )


def _description(body: str) -> str:
    """Return the body without its task lists, which are kept apart."""
    lines = body.replace("\r\n", "\n").split("\n")
    boxes = {line.number for line in meaningful_lines(body) if checkbox(line)}
    kept = (line for number, line in enumerate(lines, start=1) if number not in boxes)
    return "\n".join(kept).strip()


def _status(issue: Fields) -> Any:
    """Return the reason for which an issue was closed, else its state."""
    state = issue.get("state")
    reason = issue.get("stateReason") or issue.get("state_reason")
    if isinstance(state, str) and state.upper() == "CLOSED" and reason:
        return reason
    return state

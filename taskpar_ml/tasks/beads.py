"""beads: the JSON Lines export of its issues, ``.beads/issues.jsonl``.

``blocks`` and ``waits-for`` order work: the issue waits for what it depends on.
``parent-child`` nests: the issue is the child. Other types order nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice, TaskDocument
from taskpar_ml.errors import InvalidTaskError
from taskpar_ml.tasks.building import build_task, joined, place_of, task_label
from taskpar_ml.tasks.markdown import criteria
from taskpar_ml.tasks.native import listed
from taskpar_ml.tasks.source import Source
from taskpar_ml.tasks.tree import Fields, quoted

_ORDERING: Final = frozenset({"blocks", "waits-for"})
_NESTING: Final = "parent-child"
_NO_WORK: Final = frozenset(
    [
        "message",
        "event",
        "agent",
        "role",
        "rig",
        "convoy",
        "slot",
        "gate",
        "merge-request",
        "molecule",
    ]
)
"""Types that beads keeps beside work: mail, workers, queues."""

_SETTLED: Final = frozenset({"closed", "tombstone"})
_READ_FIELDS: Final = frozenset(
    [
        "id",
        "title",
        "description",
        "design",
        "acceptance_criteria",
        "status",
        "priority",
        "labels",
        "dependencies",
    ]
)


class _Edge(NamedTuple):
    """``issue`` depends on ``on``."""

    issue: str
    on: str
    type: str


class Beads:
    """Reads issues; closed ones are history, messages and the like are passed over."""

    name: Final = "beads"
    holds_groups: Final = False

    def recognises(self, source: Source) -> bool:
        """Whether the objects have an issue type, or dependencies in the form of beads."""
        return any(isinstance(item, dict) and _is_issue(item) for item in _objects(source))

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return the issues that are work or history.

        Raises
        ------
        InvalidTaskError
            If an issue breaks a rule.
        """
        issues = [_issue(source, item) for item in _objects(source)]
        edges = [edge for issue in issues for edge in _edges(source, issue)]
        ids = {issue.get("id") for issue in issues}
        settled = {issue.get("id") for issue in issues if _is_settled(issue)}
        # A closed issue may name ids that were deleted or never exported: history, no order.
        edges = [edge for edge in edges if edge.on in ids or edge.issue not in settled]
        awaited = {edge.on for edge in edges if edge.type in _ORDERING}
        work = [issue for issue in issues if _is_work(issue) or issue.get("id") in awaited]
        notices = []
        if len(work) < len(issues):
            count = len(issues) - len(work)
            text = f"issues that are no work (messages, events and the like) passed over: {count}."
            notices.append(Notice(source.name, text))
        read = {issue.get("id") for issue in work}
        edges = [edge for edge in edges if edge.on in read or edge.on not in ids]
        by_issue: dict[str, list[_Edge]] = {}
        for edge in edges:
            by_issue.setdefault(edge.issue, []).append(edge)
        return TaskDocument(
            path=source.path,
            format=self.name,
            tasks=tuple(_task(source, issue, by_issue) for issue in work),
            notices=tuple(notices),
        )


def _objects(source: Source) -> Sequence[Any]:
    return source.values if source.is_json_lines else source.items


def _is_issue(item: Mapping[str, Any]) -> bool:
    dependencies = item.get("dependencies")
    return "issue_type" in item or (
        isinstance(dependencies, list)
        and any(isinstance(entry, dict) and "depends_on_id" in entry for entry in dependencies)
    )


def _issue(source: Source, item: Any) -> Fields:
    if isinstance(item, Fields):
        return item
    raise InvalidTaskError(
        source.name, f"an issue must be an object. Got {quoted(item)}.", "Export the issues again."
    )


def _is_settled(issue: Fields) -> bool:
    return issue.get("status") in _SETTLED


def _is_work(issue: Fields) -> bool:
    return issue.get("issue_type") not in _NO_WORK


def _edges(source: Source, issue: Fields) -> Iterator[_Edge]:
    for entry in listed(issue.get("dependencies")):
        on = entry.get("depends_on_id") if isinstance(entry, dict) else None
        if not isinstance(on, str):
            raise InvalidTaskError(
                f"{place_of(source.path, issue.line)}: {task_label(issue.get('id'))}",
                f"dependencies: an entry must name depends_on_id. Got {quoted(entry)}.",
                "Export the issues again.",
            )
        yield _Edge(str(entry.get("issue_id", issue.get("id"))), on, str(entry.get("type")))


def _task(source: Source, issue: Fields, edges: Mapping[str, Sequence[_Edge]]) -> Task:
    own = edges.get(str(issue.get("id")), ())
    parents = [edge.on for edge in own if edge.type == _NESTING]
    written = issue.get("acceptance_criteria")
    unknown = {name: value for name, value in issue.items() if name not in _READ_FIELDS}
    return build_task(
        {
            "id": issue.get("id"),
            "title": issue.get("title"),
            "description": joined(issue.get("description"), issue.get("design")),
            "acceptance_criteria": criteria(written) if isinstance(written, str) else written,
            "depends_on": list(dict.fromkeys(e.on for e in own if e.type in _ORDERING)),
            "labels": issue.get("labels"),
            "priority": issue.get("priority"),
            "status": _status(issue.get("status")),
            "parent": parents[0] if parents else None,
        },
        path=source.path,
        line=issue.line,
        unknown=unknown,
    )


def _status(written: Any) -> Any:
    """Return the status; a tombstone is what beads leaves of a deleted issue."""
    return "cancelled" if written == "tombstone" else written

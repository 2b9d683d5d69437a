"""Jobs of GitLab's continuous integration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.yaml_nodes import documents, read_document
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_KEYWORDS: Final = frozenset(
    {
        "after_script",
        "before_script",
        "cache",
        "default",
        "image",
        "include",
        "services",
        "spec",
        "stages",
        "variables",
        "workflow",
    }
)
"""Source: GitLab, "CI/CD YAML syntax reference", global keywords and those that were once."""
_OF_JOBS: Final = frozenset({"extends", "needs", "parallel", "run", "script", "stage", "trigger"})


class GitlabJobs:
    """Finds jobs, bound to their stage; hidden ones are there to be extended only."""

    name = "gitlab-jobs-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file bears the name that GitLab looks for, or ends like it."""
        return path.endswith((".gitlab-ci.yml", ".gitlab-ci.yaml"))

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield jobs."""
        for text, line in documents(source.text.removeprefix("\ufeff")):
            pipeline = read_document(text, line)
            if pipeline is None:
                continue
            for name, job in pipeline.members.items():
                is_job = name not in _KEYWORDS and not name.startswith(".")
                if is_job and _OF_JOBS & job.members.keys():
                    yield Resource(ResourceKind.JOB, name, True, job.line, job["stage"].text)

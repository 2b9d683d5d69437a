"""Jobs of GitHub Actions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.yaml_nodes import documents, read_document
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_FILE: Final = re.compile(r"(?:.*/)?\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml")


class GithubJobs:
    """Finds the jobs of a workflow; one that another workflow describes is bound to that."""

    name = "github-jobs-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is a workflow."""
        return _FILE.fullmatch(path) is not None

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield jobs by the names that others wait for."""
        if b"jobs" not in source.content:
            return
        for text, line in documents(source.text.removeprefix("\ufeff")):
            workflow = read_document(text, line)
            if workflow is not None:
                for name, job in workflow["jobs"].members.items():
                    yield Resource(ResourceKind.JOB, name, True, job.line, job["uses"].text)

"""``taskpar init``: a first task file, the settings, and a place for state."""

from __future__ import annotations

from pathlib import Path

from taskpar_ml.cli.options import AsJson, Repo


def init(repo: Repo = Path(), as_json: AsJson = False) -> None:
    """Write a commented tasks.yaml and taskpar.toml; existing files are left alone."""
    from taskpar_ml.cli.output import print_json, say
    from taskpar_ml.starting import start_project

    steps = start_project(repo)
    if as_json:
        print_json([{"path": str(step.path), "created": step.created} for step in steps])
    else:
        for step in steps:
            say(f"{step.path}: {'created' if step.created else 'kept as it is'}")

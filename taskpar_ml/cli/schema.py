"""``taskpar schema``: the JSON Schema of the task metadata."""

from __future__ import annotations

from taskpar_ml.cli.options import AsJson


def schema(as_json: AsJson = False) -> None:
    """Print the versioned JSON Schema of the task metadata."""
    import json

    from taskpar_ml.cli.output import print_json
    from taskpar_ml.domain.task import metadata_schema

    if as_json:
        print_json(metadata_schema())
    else:
        print(json.dumps(metadata_schema(), indent=2))

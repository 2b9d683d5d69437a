"""``taskpar schema``: the JSON Schemas of what is read."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson


class Described(StrEnum):
    """What there is a schema of."""

    METADATA = "metadata"
    OUTCOME = "outcome"


def schema(
    of: Annotated[
        Described, typer.Option("--of", help="The task metadata, or a line for taskpar record.")
    ] = Described.METADATA,
    as_json: AsJson = False,
) -> None:
    """Print the versioned JSON Schema of the task metadata, or of a recorded outcome."""
    import json

    from taskpar_ml.cli.output import print_json
    from taskpar_ml.domain.task import metadata_schema
    from taskpar_ml.tasks.outcome_reports import OutcomeReport

    described = metadata_schema()
    if of == Described.OUTCOME:
        described = OutcomeReport.model_json_schema()
    if as_json:
        print_json(described)
    else:
        print(json.dumps(described, indent=2))

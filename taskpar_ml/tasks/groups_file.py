"""A plan in a file of its own: nothing but execution groups."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.errors import OutputError
from taskpar_ml.whole_files import whole_file

_ENDINGS: Final = (".yaml", ".yml", ".json")


def write_groups_file(path: Path, groups: Sequence[ExecutionGroup]) -> None:
    """Write groups to a new YAML or JSON file; planned together with the tasks, they bind.

    The file appears complete or not at all, and never in the place of another.

    Raises
    ------
    OutputError
        If the file exists, its ending is unknown, or it cannot be written.
    """
    if path.suffix not in _ENDINGS:
        raise OutputError(
            str(path), f"unknown ending {path.suffix!r}.", f"Use one of: {', '.join(_ENDINGS)}."
        )
    content = {"execution_groups": [group.written() for group in groups]}
    try:
        with whole_file(path, replace=False) as beside, beside.open("w", encoding="utf-8") as file:
            if path.suffix == ".json":
                json.dump(content, file, indent=2, ensure_ascii=False)
                file.write("\n")
            else:
                YAML(typ="safe", pure=True).dump(content, file)
    except FileExistsError:
        raise OutputError(
            str(path), "exists already.", "Name a new file, or use --write for a task file."
        ) from None
    except OSError as error:
        raise OutputError(str(path), f"{error.strerror}.", "Choose another place.") from None

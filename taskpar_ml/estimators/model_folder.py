"""Models on disk: trees as LightGBM's text, all else as JSON, with checksums.

A folder holds ``model.json``, which names every other file with its checksum. Nothing in it is
executed when it is read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators.boosting import BoostedTrees
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.footprints.terms import TERMS_VERSION
from taskpar_ml.footprints.word_links import STEPS, WordLinks
from taskpar_ml.whole_files import whole_file

MANIFEST: Final = "model.json"
FORMAT: Final = 1
"""Version of the folder's form; raise it when what is read changes."""

_RANKER: Final = "ranker.txt"
_LINKS: Final = "links.json"
_LARGEST: Final = 1 << 28
"""Bytes of a file of a model; a larger one is none of ours."""
_AGAIN: Final = "Take the folder again from where it was made."


def save_touch_model(model: TouchModel, folder: Path) -> None:
    """Write a ranker of files into a folder, which is made if it is not there.

    The manifest is written last: a folder whose writing was interrupted is refused.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = {_RANKER: model.trees.text.encode()}
    if model.links is not None:
        parts[_LINKS] = _packed(model.links)
    body = {
        "format": FORMAT,
        "name": model.name,
        "terms": TERMS_VERSION,
        "columns": list(model.trees.columns),
        "line": [model.line.intercept, model.line.slope],
        "parts": {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()},
    }
    for name, content in {**parts, MANIFEST: json.dumps(body, indent=1).encode()}.items():
        with whole_file(folder / name, replace=True) as beside:
            beside.write_bytes(content)


def load_touch_model(folder: Path) -> TouchModel:
    """Read a ranker of files.

    Raises
    ------
    ModelFileError
        If a file is missing, is not what was written, or belongs to another version: to another
        form of the folder, other columns, or other terms.
    """
    body = _manifest(folder)
    columns = _columns(folder, body)
    parts = {name: _part(folder, name, told) for name, told in body["parts"].items()}
    try:
        links = _unpacked(parts[_LINKS]) if _LINKS in parts else None
        intercept, slope = (float(number) for number in body["line"])
        return TouchModel(
            name=str(body["name"]),
            trees=BoostedTrees(columns, parts[_RANKER].decode()),
            links=links,
            line=LogitLine(intercept, slope),
        )
    except (LookupError, TypeError, ValueError, zlib.error) as error:
        raise ModelFileError(str(folder), f"cannot be understood: {error!r}.", _AGAIN) from error


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        body = json.loads(_content(path))
    except (ValueError, RecursionError) as error:
        raise ModelFileError(str(path), f"is no JSON: {error}.", _AGAIN) from error
    if not isinstance(body, dict) or not isinstance(body.get("parts"), dict):
        raise ModelFileError(str(path), "does not describe a model.", _AGAIN)
    for key, own in (("format", FORMAT), ("terms", TERMS_VERSION)):
        if body.get(key) != own:
            raise ModelFileError(
                str(path),
                f"{key} must be {own}. Got {body.get(key)!r}.",
                "Train the model again with this version of taskpar.",
            )
    return body


def _columns(folder: Path, body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of the ranker if they are those of candidates."""
    found = body.get("columns")
    known = list(CANDIDATE_COLUMNS)
    if found != known:
        other = _first_difference(found if isinstance(found, list) else [], known)
        raise ModelFileError(
            str(folder / MANIFEST),
            f"its columns are not those of this version: {other}.",
            "Train the model again with this version of taskpar.",
        )
    return tuple(known)


def _first_difference(found: Sequence[Any], known: Sequence[str]) -> str:
    for place, name in enumerate(known):
        if place >= len(found) or found[place] != name:
            got = repr(found[place]) if place < len(found) else "nothing"
            return f"column {place + 1} must be {name!r}, got {got}"
    return f"{len(found)} columns in place of {len(known)}"


def _part(folder: Path, name: str, told: object) -> bytes:
    if name not in (_RANKER, _LINKS):
        raise ModelFileError(str(folder / MANIFEST), f"names an unknown file {name!r}.", _AGAIN)
    content = _content(folder / name)
    if hashlib.sha256(content).hexdigest() != told:
        raise ModelFileError(
            str(folder / name), "is not the file that the model was saved with.", _AGAIN
        )
    return content


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise ModelFileError(str(path), f"cannot be read: {error.strerror}.", _AGAIN) from error
    if len(content) > _LARGEST:
        raise ModelFileError(str(path), "is larger than any model.", _AGAIN)
    return content


def _packed(links: WordLinks) -> bytes:
    steps = np.rint(links.lifts * STEPS).astype(np.int8)
    arrays: dict[str, NDArray[Any]] = {
        "terms": links.terms,
        "path_terms": links.path_terms,
        "steps": steps,
    }
    return json.dumps(
        {
            name: base64.b64encode(zlib.compress(array.tobytes(), 9)).decode("ascii")
            for name, array in arrays.items()
        },
        indent=1,
    ).encode()


def _unpacked(content: bytes) -> WordLinks:
    packed = json.loads(content)
    terms, names = (_array(packed[key], "<u4") for key in ("terms", "path_terms"))
    steps = _array(packed["steps"], "i1").reshape(len(terms), len(names))
    return WordLinks(terms, names, (steps / STEPS).astype(np.float32))


def _array(packed: str, kind: str) -> NDArray[Any]:
    # What is read has the checksum that the manifest tells: it is as large as it was made.
    return np.frombuffer(zlib.decompress(base64.b64decode(packed)), dtype=kind)

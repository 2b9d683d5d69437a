"""Models on disk: trees as LightGBM's text, all else as JSON, with checksums.

A folder holds ``model.json``, which names every other file with its checksum. Nothing in it is
executed when it is read. Other files carry part of their checksum in their names, so that a model
can be written over an older one: until the last moment ``model.json`` speaks of the old files.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from taskpar_ml.errors import ModelError, ModelFileError
from taskpar_ml.estimators.boosting import BoostedTrees
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.effort_file import packed_effort, unpacked_effort
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import SeeingTrees, TouchModel
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.candidates import BLIND_COLUMNS, CANDIDATE_COLUMNS
from taskpar_ml.footprints.terms import TERMS_VERSION
from taskpar_ml.footprints.word_links import STEPS, WordLinks
from taskpar_ml.whole_files import whole_file

MANIFEST: Final = "model.json"
FORMAT: Final = 5
"""Version of the folder's form; raise it when what is read changes."""

_LARGEST: Final = 1 << 26
"""Bytes of a file of a model, packed or not; a larger one is none of ours."""
_MOST_MEMBERS: Final = 64
_AGAIN: Final = "Take the folder again from where it was made."
_TRAIN: Final = "Train the model again with this version of taskpar."


class _Part(BaseModel):
    """A file of the folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(pattern=r"^[a-z]+-[0-9a-f]{12}\.(txt|json)$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class _Line(BaseModel):
    """A calibration."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    intercept: float
    slope: float

    @property
    def line(self) -> LogitLine:
        return LogitLine(self.intercept, self.slope)


class _Seeing(BaseModel):
    """Who ranks files where it is told what texts mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: str
    columns: tuple[str, ...]
    trees: _Part


class _Ranker(BaseModel):
    """Who ranks files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    columns: tuple[str, ...]
    calibration: _Line
    trees: _Part
    links: _Part | None
    seeing: _Seeing | None


class _Pairs(BaseModel):
    """Who judges pairs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: tuple[str, ...]
    calibration: _Line
    members: tuple[_Part, ...] = Field(min_length=1, max_length=_MOST_MEMBERS)
    own: _Part | None


class _Manifest(BaseModel):
    """What ``model.json`` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    terms: int
    name: str
    ranker: _Ranker
    effort: _Part | None
    pairs: _Pairs
    facts: dict[str, JsonValue]


def save_model(model: LearnedModel, folder: Path) -> None:
    """Write a model into a folder, which is made if it is not there.

    Files of an older model are removed at the end. Who is interrupted leaves the older model or
    the new one, and maybe files of which neither speaks.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, bytes] = {}

    def part(stem: str, ending: str, content: bytes) -> _Part:
        digest = hashlib.sha256(content).hexdigest()
        named = _Part(file=f"{stem}-{digest[:12]}.{ending}", sha256=digest)
        parts[named.file] = content
        return named

    ranker, pairs = model.ranker, model.pairs
    links = None if ranker.links is None else part("links", "json", _packed(ranker.links))
    effort = model.effort and part("effort", "json", packed_effort(model.effort))
    seeing = ranker.seeing and _Seeing(
        encoder=ranker.seeing.encoder,
        columns=ranker.seeing.trees.columns,
        trees=part("seeing", "txt", ranker.seeing.trees.text.encode()),
    )
    body = _Manifest(
        format=FORMAT,
        terms=TERMS_VERSION,
        name=pairs.name,
        ranker=_Ranker(
            name=ranker.name,
            columns=ranker.trees.columns,
            calibration=_Line(intercept=ranker.line.intercept, slope=ranker.line.slope),
            trees=part("ranker", "txt", ranker.trees.text.encode()),
            links=links,
            seeing=seeing,
        ),
        effort=effort,
        pairs=_Pairs(
            columns=pairs.columns,
            calibration=_Line(intercept=pairs.line.intercept, slope=pairs.line.slope),
            members=tuple(part("pairs", "txt", each.text.encode()) for each in pairs.members),
            own=pairs.own and part("own", "txt", pairs.own.text.encode()),
        ),
        facts=dict(model.facts),
    )
    parts[MANIFEST] = (body.model_dump_json(indent=1) + "\n").encode()
    for name, content in parts.items():
        with whole_file(folder / name, replace=True) as beside:
            beside.write_bytes(content)
    for path in folder.iterdir():
        if path.name not in parts and is_part(path.name):
            with suppress(OSError):
                path.unlink()


def load_model(folder: Path) -> LearnedModel:
    """Read a model.

    Raises
    ------
    ModelFileError
        If a file is missing, is not what was written, or belongs to another version: to another
        form of the folder, other columns, or other terms.
    """
    body = _manifest(folder)
    place = str(folder / MANIFEST)
    _check_columns(place, "the ranker", body.ranker.columns, BLIND_COLUMNS)
    seeing = body.ranker.seeing
    if seeing is not None:
        who = "the ranker that is told what texts mean"
        _check_columns(place, who, seeing.columns, tuple(CANDIDATE_COLUMNS))
    known = [column.name for column in PairVectorizer(LEARNED_EXTRACTORS).columns]
    missing = sorted(set(body.pairs.columns) - set(known))
    if missing:
        said = f"it asks for features that this version does not know: {', '.join(missing[:3])}."
        raise ModelFileError(place, said, _TRAIN)
    links, own = body.ranker.links, body.pairs.own
    effort = None if body.effort is None else _effort(folder, body.effort)
    try:
        model = LearnedModel(
            ranker=TouchModel(
                name=body.ranker.name,
                trees=BoostedTrees(body.ranker.columns, _text(folder, body.ranker.trees)),
                links=None if links is None else _unpacked(_content(folder, links)),
                line=body.ranker.calibration.line,
                seeing=None if seeing is None else _seeing(folder, seeing),
            ),
            pairs=PairModel(
                name=body.name,
                members=tuple(
                    BoostedTrees(body.pairs.columns, _text(folder, each))
                    for each in body.pairs.members
                ),
                line=body.pairs.calibration.line,
                own=None if own is None else BoostedTrees(body.pairs.columns, _text(folder, own)),
            ),
            effort=effort,
            facts=body.facts,
        )
    except (LookupError, TypeError, ValueError, zlib.error) as error:
        raise ModelFileError(str(folder), f"cannot be understood: {error!r}.", _AGAIN) from error
    ranker, pairs = model.ranker, model.pairs
    told = () if ranker.seeing is None else (ranker.seeing.trees,)
    try:
        for trees in filter(None, (ranker.trees, *told, *pairs.members, pairs.own)):
            trees.check()
    except ModelError as error:
        raise ModelFileError(str(folder), f"cannot be used: {error}", _AGAIN) from error
    return model


def load_effort(folder: Path) -> EffortModel:
    """Read of a model only who says how large changes will be.

    Raises
    ------
    ModelFileError
        If a file is missing, is not what was written, or belongs to another version, or if nobody
        in the model says that.
    """
    effort = _manifest(folder).effort
    if effort is None:
        said = "nobody in it says how large changes will be."
        raise ModelFileError(str(folder / MANIFEST), said, _TRAIN)
    return _effort(folder, effort)


def _effort(folder: Path, found: _Part) -> EffortModel:
    return unpacked_effort(_content(folder, found), str(folder / found.file))


def _manifest(folder: Path) -> _Manifest:
    path = folder / MANIFEST
    try:
        body = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise ModelFileError(str(path), f"is no JSON: {error}.", _AGAIN) from error
    if not isinstance(body, dict):
        raise ModelFileError(str(path), "does not describe a model.", _AGAIN)
    for key, own in (("format", FORMAT), ("terms", TERMS_VERSION)):
        if body.get(key) != own:
            said = f"{key} must be {own}. Got {body.get(key)!r}."
            raise ModelFileError(str(path), said, _TRAIN)
    try:
        return _Manifest.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        said = f"does not describe a model: {where}: {first['msg']}."
        raise ModelFileError(str(path), said, _AGAIN) from error


def _check_columns(place: str, who: str, found: Sequence[str], known: Sequence[str]) -> None:
    if tuple(found) == tuple(known):
        return
    other = f"{len(found)} columns in place of {len(known)}"
    for at, name in enumerate(known):
        if at >= len(found) or found[at] != name:
            got = repr(found[at]) if at < len(found) else "nothing"
            other = f"column {at + 1} must be {name!r}, got {got}"
            break
    said = f"the columns of {who} are not those of this version: {other}."
    raise ModelFileError(place, said, _TRAIN)


def _seeing(folder: Path, found: _Seeing) -> SeeingTrees:
    return SeeingTrees(BoostedTrees(found.columns, _text(folder, found.trees)), found.encoder)


def _text(folder: Path, part: _Part) -> str:
    return _content(folder, part).decode()


def _content(folder: Path, part: _Part) -> bytes:
    content = _read(folder / part.file)
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise ModelFileError(
            str(folder / part.file), "is not the file that the model was saved with.", _AGAIN
        )
    return content


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise ModelFileError(str(path), f"cannot be read: {error.strerror}.", _AGAIN) from error
    if len(content) > _LARGEST:
        raise ModelFileError(str(path), "is larger than any model.", _AGAIN)
    return content


def is_part(name: str) -> bool:
    """Whether a file is called as one of those of which a model consists, beside its manifest."""
    with suppress(ValidationError):
        return bool(_Part(file=name, sha256="0" * 64))
    return False


def _packed(links: WordLinks) -> bytes:
    steps = np.rint(links.lifts * STEPS).astype(np.int8)
    arrays: dict[str, NDArray[Any]] = {
        "terms": links.terms,
        "path_terms": links.path_terms,
        "steps": steps,
    }
    return json.dumps(dict(_encoded(arrays)), indent=1).encode()


def _encoded(arrays: dict[str, NDArray[Any]]) -> Iterator[tuple[str, str]]:
    for name, array in arrays.items():
        yield name, base64.b64encode(zlib.compress(array.tobytes(), 9)).decode("ascii")


def _unpacked(content: bytes) -> WordLinks:
    packed = json.loads(content)
    terms, names = (_array(packed[key], "<u4") for key in ("terms", "path_terms"))
    steps = _array(packed["steps"], "i1").reshape(len(terms), len(names))
    return WordLinks(terms, names, (steps / STEPS).astype(np.float32))


def _array(packed: str, kind: str) -> NDArray[Any]:
    bounded = zlib.decompressobj()
    content = bounded.decompress(base64.b64decode(packed), _LARGEST)
    if bounded.unconsumed_tail:
        raise ValueError("links are larger than any model's")
    return np.frombuffer(content, dtype=kind)

"""What running tasks were seen to change, as a file."""

from __future__ import annotations

import re

import pytest

from taskpar_ml.domain.footprint import EvidenceLevel, ObservedWork
from taskpar_ml.errors import InvalidTaskError, UnreadableTaskFileError
from taskpar_ml.tasks.observed_work import read_observed


def read(tmp_path, content):
    place = tmp_path / "observed.json"
    place.write_text(content, encoding="utf-8")
    return read_observed(place)


def test_lists_and_objects_are_read(tmp_path):
    found = read(tmp_path, '{"1.10": ["./src/a.py"], "b": {"paths": ["b"], "final": true}}')
    assert found == {
        "1.10": ObservedWork(frozenset(["src/a.py"])),
        "b": ObservedWork(frozenset(["b"]), final=True),
    }
    assert found["1.10"].level == EvidenceLevel.PARTIAL
    assert found["b"].level == EvidenceLevel.OBSERVED


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('["a"]', "observed.json: file: .*dictionary"),
        ('{"a": 3}', "observed.json: a: what a task has changed is a list"),
        ('{"a": ["src/*"]}', r"observed.json: a: 'src/\*' is no file"),
        ('{"a": ["."]}', "is no file"),
        ('{"a": {"paths": [], "final": true}}', "changed nothing"),
        ('{"a": ["/etc/passwd"]}', "a: pattern '/etc/passwd' is absolute"),
        ('{"a": ["../x"]}', "leaves the repository"),
        ('{"../a": []}', "a task id is"),
        ('{"a": {"paths": ["b"], "finally": true}}', "Extra inputs"),
        ('{"a": []} {"b": []}', "after the end"),
        ('{"a": []}\n{"b": []}', "must be one JSON object"),
        ('{"a": [], "a": []}', "occurs twice|twice"),
    ],
)
def test_other_forms_are_refused_with_place_and_cure(tmp_path, content, message):
    with pytest.raises((InvalidTaskError, UnreadableTaskFileError), match=message) as caught:
        read(tmp_path, content)
    assert re.search(r"observed\.json", str(caught.value))

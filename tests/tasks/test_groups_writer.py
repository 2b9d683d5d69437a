"""Writing groups changes nothing else, in one step or not at all."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.errors import OutputError, TaskFileError
from taskpar_ml.tasks import groups_writer, read_document, read_tasks, write_groups
from taskpar_ml.tasks.native import groups_digest
from taskpar_ml.tasks.yaml_output import yaml_scalar

from .conftest import Write

GROUPS = (ExecutionGroup(sequential=("a", "1.10")), ExecutionGroup(parallel=("b", "no")))
DIGEST = groups_digest(GROUPS)

YAML_GROUPS = 'execution_groups:\n  - sequential: [a, "1.10"]\n  - parallel: [b, "no"]\n'
YAML_DIGEST = f"execution_groups_digest: {yaml_scalar(DIGEST)}\n"


def written(write: Write, name: str, content: str) -> str:
    path = write(name, content)
    write_groups(path, GROUPS)
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "# head\ntasks:  # ours\n  - id: a\n    cost: 1e400\n    n: 1.10   # kept\n",
            "# head\ntasks:  # ours\n  - id: a\n    cost: 1e400\n    n: 1.10   # kept\n"
            + YAML_GROUPS
            + f"metadata:\n  taskpar:\n    {YAML_DIGEST}",
        ),
        (
            "execution_groups: # old\n- sequential: [x]\n# between\ntask-1: {title: é}\n\n"
            "metadata:\n    who: me  # c\n\n# tail\n",
            "execution_groups: # old\n" + YAML_GROUPS.partition("\n")[2] + "# between\n"
            "task-1: {title: é}\n\nmetadata:\n    who: me  # c\n"
            f"    taskpar:\n      {YAML_DIGEST}\n# tail\n",
        ),
        (
            "tasks:\n- {id: a}\nmetadata:\n  taskpar:\n    seed: 7\n"
            "    execution_groups_digest: old # d\n  other: 1",
            "tasks:\n- {id: a}\nmetadata:\n  taskpar:\n    seed: 7\n"
            f"    {YAML_DIGEST[:-1]} # d\n  other: 1\n" + YAML_GROUPS[:-1],
        ),
        (
            "---\r\ntasks:\r\n- id: a\r\n...\r\n",
            "---\r\ntasks:\r\n- id: a\r\n"
            + (YAML_GROUPS + f"metadata:\n  taskpar:\n    {YAML_DIGEST}").replace("\n", "\r\n")
            + "...\r\n",
        ),
        (
            "metadata:\ntasks: []\nexecution_groups:",
            f"metadata:\n  taskpar:\n    {YAML_DIGEST}tasks: []\n" + YAML_GROUPS[:-1],
        ),
        (
            "{tasks: [{id: a}]}\n",
            '{tasks: [{id: a}], "execution_groups": [{"sequential": ["a", "1.10"]}, '
            '{"parallel": ["b", "no"]}], '
            f'"metadata": {{"taskpar": {{"execution_groups_digest": "{DIGEST}"}}}}}}\n',
        ),
    ],
)
def test_yaml_keeps_all_else(write: Write, before: str, after: str) -> None:
    assert written(write, "t.yaml", before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{"tasks":[{"id":1.10,"x":1e400,"t":"é\\u00e9"}]}',
            '{"tasks":[{"id":1.10,"x":1e400,"t":"é\\u00e9"}], "execution_groups": '
            '[{"sequential": ["a", "1.10"]}, {"parallel": ["b", "no"]}], '
            '"metadata": {"taskpar": {"execution_groups_digest": "DIGEST"}}}',
        ),
        (
            '{\n\t"tasks": [\n\t\t{"id": 1.10}\n\t],\n\t"metadata": {}\n}\n',
            '{\n\t"tasks": [\n\t\t{"id": 1.10}\n\t],\n\t"metadata": {\n\t\t"taskpar": {\n'
            '\t\t\t"execution_groups_digest": "DIGEST"\n\t\t}\n\t},\n\t"execution_groups": [\n'
            '\t\t{"sequential": ["a", "1.10"]},\n\t\t{"parallel": ["b", "no"]}\n\t]\n}\n',
        ),
        (
            '{\n  "execution_groups": [],\n  "metadata": {"taskpar": {"k": 1}},\n  "tasks": []\n}',
            '{\n  "execution_groups": [\n    {"sequential": ["a", "1.10"]},\n'
            '    {"parallel": ["b", "no"]}\n  ],\n  "metadata": {"taskpar": {"k": 1, '
            '"execution_groups_digest": "DIGEST"}},\n  "tasks": []\n}',
        ),
    ],
)
def test_json_keeps_all_else(write: Write, before: str, after: str) -> None:
    assert written(write, "t.json", before) == after.replace("DIGEST", DIGEST)


def test_task_master_gets_nothing_but_metadata(write: Write) -> None:
    before = (
        '{\n  "b": {\n    "tasks": [{"id": 1, "title": "x", "dependencies": []}],\n'
        '    "metadata": {\n      "created": "then"\n    }\n  },\n'
        '  "c": {\n    "tasks": [],\n    "metadata": {"created": "then"}\n  }\n}\n'
    )
    path = write("tasks.json", before)
    write_groups(path, GROUPS, tag="b")
    assert path.read_text() == before.replace(
        '      "created": "then"\n    }',
        '      "created": "then",\n      "taskpar": {\n        "execution_groups": [\n'
        '          {"sequential": ["a", "1.10"]},\n          {"parallel": ["b", "no"]}\n'
        f'        ],\n        "execution_groups_digest": "{DIGEST}"\n      }}\n    }}',
    )
    assert read_document(path, tag="b").groups == ()
    changed = path.read_text().replace('["b", "no"]', '["no", "b"]')
    path.write_text(changed)
    assert read_document(path, tag="b").groups[1] == ExecutionGroup(parallel=("no", "b"))


@pytest.mark.parametrize(
    "name", ["tasks.yaml", "groups/tasks.yaml", ".taskmaster/tasks/tasks.json"]
)
def test_examples_survive(examples: Path, write: Write, name: str) -> None:
    original = (Path(__file__).parents[2] / "data/examples" / name).read_text(encoding="utf-8")
    path = write(name, original)
    before = read_document(path)
    write_groups(path, GROUPS)
    after = read_document(path)
    assert after.groups == ()
    assert [t.model_dump(exclude={"place"}) for t in after.tasks] == [
        t.model_dump(exclude={"place"}) for t in before.tasks
    ]
    once = path.read_text(encoding="utf-8")
    new_lines = {line.rstrip(",") for line in once.splitlines()}
    lost = [line for line in original.splitlines() if line.rstrip(",") not in new_lines]
    assert all(line.startswith("  - sequential") or "parallel" in line for line in lost)
    write_groups(path, GROUPS[:1])
    write_groups(path, GROUPS)
    assert path.read_text(encoding="utf-8") == once


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "t.jsonl",
            '{"id": "a"}\n',
            "t.jsonl: a file of the format taskpar JSON Lines has no room for execution groups. "
            "Write the plan to a new native file, such as tasks.yaml.",
        ),
        (
            "t.md",
            "- [ ] T001 a\n",
            "t.md: a file of the format Spec Kit has no room for execution groups. "
            "Write the plan to a new native file, such as tasks.yaml.",
        ),
        (
            "t.json",
            '[{"number": 1, "title": "x"}]',
            "t.json: a file of the format GitHub issues has no room for execution groups. "
            "Write the plan to a new native file, such as tasks.yaml.",
        ),
        (
            "t.yaml",
            "- id: a\n",
            "t.yaml: is a bare list of tasks and has no room for execution groups. "
            "Put the tasks under 'tasks'. "
            "Write the plan to a new native file, such as tasks.yaml.",
        ),
        (
            "t.yaml",
            "tasks: [{id: a}]\nmetadata: mine\n",
            "t.yaml:1:1: metadata is no mapping. Rename it, or write to a new file.",
        ),
        (
            "t.yaml",
            "x: &m {a: 1}\nmetadata: *m\ntasks: [{id: a}]\n",
            "t.yaml: is written in a way that cannot be changed without touching something else. "
            "Write the plan to a new native file, such as tasks.yaml.",
        ),
        (
            "t.yaml",
            "tasks: [{id: a}]\nnote: |+\n  x\n\n\n",
            "t.yaml: is written in a way that cannot be changed without touching something else. "
            "Write the plan to a new native file, such as tasks.yaml.",
        ),
    ],
)
def test_what_cannot_be_written(write: Write, name: str, content: str, message: str) -> None:
    path = write(name, content)
    with pytest.raises(OutputError) as caught:
        write_groups(path, GROUPS)
    assert str(caught.value) == message
    assert path.read_text() == content


def test_permissions_links_and_marks_are_kept(write: Write) -> None:
    target = write("real/tasks.json", b'\xef\xbb\xbf{"tasks": []}')
    target.chmod(0o640)
    Path("link.json").symlink_to(target)
    write_groups("link.json", GROUPS)
    assert Path("link.json").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert target.read_bytes().startswith(b'\xef\xbb\xbf{"tasks": [], "exec')
    assert os.listdir("real") == ["tasks.json"]


def test_a_failure_leaves_the_file_as_it_was(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("t.json", '{"tasks": []}')

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError) as caught:
        write_groups(path, GROUPS)
    assert str(caught.value) == (
        "t.json: cannot be written: No space left on device. "
        "Write the plan to a new native file, such as tasks.yaml."
    )
    assert path.read_text() == '{"tasks": []}'
    assert os.listdir(".") == ["t.json"]


def test_a_read_only_file_is_left_alone(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("t.json", '{"tasks": []}')
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="is read-only"):
        write_groups(path, GROUPS)


def test_somebody_elses_change_is_not_overwritten(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("t.json", '{"tasks": []}')
    real = groups_writer.with_members

    def change_meanwhile(*arguments: object) -> str:
        path.write_text('{"tasks": [{"id": "new"}]}')
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(groups_writer, "with_members", change_meanwhile)
    with pytest.raises(OutputError, match="was changed by somebody else meanwhile"):
        write_groups(path, GROUPS)
    assert "new" in path.read_text()


def test_a_file_that_is_missing(write: Write) -> None:
    with pytest.raises(TaskFileError, match="does not exist"):
        write_groups("nope.yaml", GROUPS)


def test_the_same_groups_do_not_touch_the_file(write: Write) -> None:
    path = write("t.json", '{"tasks": []}')
    write_groups(path, GROUPS)
    before = path.stat()
    write_groups(path, GROUPS)
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


plain_values = st.recursive(
    st.none() | st.booleans() | st.text("ab é:#-'\"\n{}[],&*", max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc:#", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    extra=st.dictionaries(st.sampled_from(["note", "x", "metadata", "z"]), plain_values),
    metadata=st.none() | st.dictionaries(st.sampled_from(["a", "taskpar"]), st.just({"k": 1})),
    indent=st.sampled_from([None, 1, 4, "\t"]),
    ascii_only=st.booleans(),
    names=st.lists(st.sampled_from("abcd"), min_size=1, unique=True),
)
def test_unknown_fields_survive_in_json(
    write: Write,
    extra: dict[str, object],
    metadata: dict[str, object] | None,
    indent: int | str | None,
    ascii_only: bool,
    names: list[str],
) -> None:
    content = {**extra, "metadata": metadata, "tasks": [{"id": name, **extra} for name in names]}
    text = json.dumps(content, indent=indent, ensure_ascii=ascii_only)
    path = write("p.json", text)
    groups = [ExecutionGroup(parallel=tuple(names))]
    write_groups(path, groups)
    after = json.loads(path.read_text(encoding="utf-8"))
    own = after["metadata"].pop("taskpar")
    assert own.pop("execution_groups_digest") == groups_digest(groups)
    assert after.pop("execution_groups") == [{"parallel": names}]
    expected = json.loads(text)
    kept = (expected["metadata"] or {}).pop("taskpar", {})
    assert own == kept
    assert after == expected | {"metadata": expected["metadata"] or {}}
    assert read_tasks(path).groups == ()

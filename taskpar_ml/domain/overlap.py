"""What branches and checkouts really have in common: shared files, and trial merges."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, computed_field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SideKind(StrEnum):
    """What takes part in a check."""

    REVISION = "revision"
    """A branch, a tag or a commit."""
    WORKTREE = "worktree"
    """A checkout, with what is not committed in it."""


class HowChanged(StrEnum):
    """What one side did to a file."""

    ADDED = "added"
    MODIFIED = "modified"
    """Content, mode or kind of file."""
    DELETED = "deleted"
    RENAMED = "renamed"
    """And perhaps modified."""


class FileConflictKind(StrEnum):
    """Why a file cannot be merged."""

    CONTENT = "content"
    """Both changed the same lines, or lines next to each other."""
    BOTH_ADDED = "both-added"
    """Both added a file of this name, with different content."""
    DELETE_MODIFY = "delete-modify"
    """One deleted what the other modified."""
    RENAME_DELETE = "rename-delete"
    """One renamed what the other deleted."""
    RENAME_RENAME = "rename-rename"
    """Both renamed one file, to different names."""
    RENAME_ADD = "rename-add"
    """One renamed a file to a name at which the other added or renamed another one."""
    DIRECTORY_FILE = "directory-file"
    """A file of one has the name of a directory of the other."""
    DIRECTORY_RENAME = "directory-rename"
    """One renamed a directory to which the other added the file."""
    BINARY = "binary"
    """Both changed a file that is binary, or too large to be merged."""
    SUBMODULE = "submodule"
    """Both moved a submodule to different commits."""
    SYMLINK = "symlink"
    """Both changed where a symbolic link leads."""
    TYPE = "type"
    """File, symbolic link or submodule: the sides differ in what it is."""
    MODE = "mode"
    """The sides differ in whether it is executable."""


class Verdict(StrEnum):
    """What a trial merge of two sides says."""

    CONFLICT = "conflict"
    """The merge needs a person or an agent."""
    OVERLAP = "overlap"
    """Both changed the same file, and the merge is clean."""
    APART = "apart"
    """They changed no file in common, and the merge is clean."""


class Relation(StrEnum):
    """How the histories of two sides lie to each other."""

    DIVERGED = "diverged"
    """Each has commits that the other lacks."""
    A_CONTAINS_B = "a-contains-b"
    """The first has every commit of the second."""
    B_CONTAINS_A = "b-contains-a"
    """The second has every commit of the first."""
    SAME = "same"
    """Both stand at one commit."""
    UNRELATED = "unrelated"
    """They have no commit in common; the trial merge starts from nothing."""


class CheckedSide(_Part):
    """One branch or checkout that takes part."""

    name: str
    """As it was named; a checkout by its directory, with a slash at the end."""
    kind: SideKind
    commit: str | None
    """The commit it stands at; null for a checkout before its first commit."""
    branch: str | None = None
    """The branch that a checkout is on; null where HEAD is detached."""
    directory: str | None = None
    """Where a checkout lies."""
    changed: int
    """Files changed since the merge base with the line to land on; a renamed one counts as two."""
    uncommitted: int = 0
    """Of a checkout: files that differ from its commit."""


class Touch(_Part):
    """What one side did to a shared file."""

    how: HowChanged
    path: str
    """Where the side has the file, or had it before it deleted it."""
    old_path: str | None = None
    """Where it was before, if it was renamed."""


class SharedFile(_Part):
    """A file that both sides changed."""

    path: str
    """Its path at the merge base; for a new file, where it is."""
    a: Touch
    b: Touch


class FileConflict(_Part):
    """A file that a trial merge could not settle."""

    path: str
    """Where the conflict is; for a file that both renamed, its path at the merge base."""
    kind: FileConflictKind
    path_a: str | None
    """Where the first side has it; null where it does not."""
    path_b: str | None
    """Where the second side has it; null where it does not."""


class PairOverlap(_Part):
    """Two sides: what both changed, and what a trial merge says."""

    a: str
    b: str
    verdict: Verdict
    relation: Relation
    bases: tuple[str, ...] = ()
    """Ids of the merge bases, newest first. From several one is merged first, as git does."""
    shared: tuple[SharedFile, ...] = ()
    """By path. Changes are counted from each side's merge base with the line to land on."""
    conflicts: tuple[FileConflict, ...] = ()
    """By path."""


class OverlapReport(_Part):
    """Everything that a check found."""

    repository: str
    onto: str
    """The revision of the line to land on, as it was named."""
    onto_commit: str
    sides: tuple[CheckedSide, ...]
    landings: tuple[PairOverlap, ...]
    """Each side, as ``a``, against the line to land on, as ``b``."""
    pairs: tuple[PairOverlap, ...]
    """Every two sides, in the order in which they were named."""
    notices: tuple[str, ...] = ()

    # mypy knows no decorators above a property; pydantic's own documentation ignores this too.
    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> Verdict:
        """The worst of all verdicts."""
        found = {each.verdict for each in (*self.landings, *self.pairs)}
        order = (Verdict.CONFLICT, Verdict.OVERLAP)
        return next((each for each in order if each in found), Verdict.APART)

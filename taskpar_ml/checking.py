"""What branches and checkouts really have in common: every pair of them, merged on trial."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import pygit2

from taskpar_ml.domain.overlap import (
    CheckedSide,
    FileConflict,
    OverlapReport,
    PairOverlap,
    Relation,
    SideKind,
    Verdict,
)
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import MissingObjectError, SettingsError
from taskpar_ml.repo.attributes import carry_attributes
from taskpar_ml.repo.base_trees import BaseTrees
from taskpar_ml.repo.changes import tree_changes
from taskpar_ml.repo.checkouts import Checkout, list_checkouts
from taskpar_ml.repo.gaps import history_gaps
from taskpar_ml.repo.git import open_repository, resolve_commit
from taskpar_ml.repo.merge_bases import merge_bases
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.renames import RenameFinder
from taskpar_ml.repo.scratch import scratch_repository
from taskpar_ml.repo.shared import shared_files
from taskpar_ml.repo.stages import SideChanges
from taskpar_ml.repo.trial import TrialMerger, may_meet
from taskpar_ml.repo.uncommitted import checkout_tree

MAX_SIDES: Final = 300
"""Most branches and checkouts of one check: 44,850 pairs."""

_KEPT_CHANGES: Final = 5_000
"""How many comparisons of two trees are kept in memory."""


def check_overlap(
    repo: str | Path, revisions: Sequence[str], *, onto: str = "HEAD", worktrees: bool = False
) -> OverlapReport:
    """Compare branches and checkouts with each other and with the line they are to land on.

    Nothing in the repository is written; merges happen beside it.

    Parameters
    ----------
    repo
        The repository, or a checkout of it.
    revisions
        Branches, tags or commits.
    onto
        The line that all of them are meant to land on.
    worktrees
        Let every checkout take part, with what is not committed in it.

    Raises
    ------
    SettingsError
        If nothing, one thing twice, or more than :data:`MAX_SIDES` are named.
    RepositoryError
        If the repository, a revision, a checkout or an object cannot be read.
    """
    _check_names(revisions, worktrees)
    place = os.fspath(repo)
    repository = open_repository(repo)
    target = resolve_commit(repository, onto, place=place).id
    tips = [(name, resolve_commit(repository, name, place=place).id) for name in revisions]
    checkouts, notices = list_checkouts(repository, place=place) if worktrees else ([], [])
    with scratch_repository(repository, place=place) as scratch:
        check = _Check(scratch, place)
        sides = [check.revision(name, commit) for name, commit in tips]
        sides += [check.checkout(name, each) for name, each in _named(checkouts)]
        _check_number(len(sides))
        return check.report(sides, check.revision(onto, target), notices)


@dataclass(frozen=True)
class _Side:
    """One branch or checkout, resolved."""

    shown: CheckedSide
    commit: pygit2.Oid | None
    tree: bytes | None


class _Check:
    """One check: everything that is read or merged once and used for many pairs."""

    def __init__(self, scratch: pygit2.Repository, place: str) -> None:
        self._scratch = scratch
        self._place = place
        self._reader = ObjectReader(scratch, place=place)
        self._merger = TrialMerger(scratch, self._reader, place=place)
        self._bases_of = BaseTrees(scratch, self._reader, place=place)
        self._changes: dict[tuple[bytes | None, bytes | None], SideChanges] = {}
        self._cut_short = False
        self._rules: bytes | None = None
        self._notices: list[Notice] = []

    def revision(self, name: str, commit: pygit2.Oid) -> _Side:
        """Return the side that a commit is."""
        shown = CheckedSide(name=name, kind=SideKind.REVISION, commit=str(commit), changed=0)
        return _Side(shown, commit, self._bases_of.of_commit(commit))

    def checkout(self, name: str, checkout: Checkout) -> _Side:
        """Return the side that a checkout is, with what is not committed in it."""
        head = checkout.head
        tree = None if head is None else self._bases_of.of_commit(head)
        found = checkout_tree(checkout, self._scratch, self._reader, tree, place=checkout.root)
        self._notices += found.notices
        shown = CheckedSide(
            name=name,
            kind=SideKind.WORKTREE,
            commit=None if head is None else str(head),
            branch=checkout.branch,
            directory=checkout.root,
            changed=0,
            uncommitted=len(found.paths),
        )
        return _Side(shown, head, found.tree)

    def report(
        self, sides: Sequence[_Side], target: _Side, notices: Collection[Notice]
    ) -> OverlapReport:
        """Compare all sides."""
        place = self._place
        self._rules = target.tree
        groups = [() if side.commit is None else (side.commit,) for side in (*sides, target)]
        bases = merge_bases(self._reader, groups, place=place)
        last = len(sides)
        changed = [
            self._changed(self._base(bases.get((at, last), ())), side.tree)
            for at, side in enumerate(sides)
        ]
        landings = [
            self._pair(side, target, bases.get((at, last), ()), changed[at], None)
            for at, side in enumerate(sides)
        ]
        pairs = [
            self._pair(sides[at], sides[to], bases.get((at, to), ()), changed[at], changed[to])
            for at, to in combinations(range(last), 2)
        ]
        return OverlapReport(
            repository=place,
            onto=target.shown.name,
            onto_commit=str(target.commit),
            sides=tuple(
                side.shown.model_copy(update={"changed": len(each.changes.files)})
                for side, each in zip(sides, changed, strict=True)
            ),
            landings=tuple(landings),
            pairs=tuple(pairs),
            notices=tuple(map(str, (*notices, *self._all_notices()))),
        )

    def _pair(
        self,
        a: _Side,
        b: _Side,
        bases: tuple[pygit2.Oid, ...],
        changed_a: SideChanges,
        changed_b: SideChanges | None,
    ) -> PairOverlap:
        """Compare two sides; without the changes of the second, it is the line to land on."""
        relation = _relation(a, b, bases)
        if relation == Relation.UNRELATED and self._scratch.is_shallow:
            raise MissingObjectError(
                self._place,
                f"{a.shown.name} and {b.shown.name} have no commit in common within this shallow "
                "clone.",
                "`git fetch --unshallow` brings the rest of the history.",
            )
        base = self._base(bases)
        changed_b = changed_b or self._changed(base, b.tree)
        shared = tuple(shared_files(changed_a, changed_b))
        self._cut_short |= changed_a.finder.cut_short or changed_b.finder.cut_short
        conflicts = self._conflicts(base, a, b)
        verdict = Verdict.OVERLAP if shared else Verdict.APART
        return PairOverlap(
            a=a.shown.name,
            b=b.shown.name,
            verdict=Verdict.CONFLICT if conflicts else verdict,
            relation=relation,
            bases=tuple(map(str, bases)),
            shared=shared,
            conflicts=conflicts,
        )

    def _conflicts(self, base: bytes | None, a: _Side, b: _Side) -> tuple[FileConflict, ...]:
        # Nothing to merge where one side changed nothing, or both the same.
        if a.tree in (base, b.tree) or b.tree == base:
            return ()
        left, right = self._changed(base, a.tree), self._changed(base, b.tree)
        if not may_meet(left, right):
            return ()
        self._follow_attributes()
        conflicts = self._merger.conflicts(left, right)
        self._cut_short |= left.finder.cut_short or right.finder.cut_short
        return tuple(conflicts)

    def _base(self, bases: tuple[pygit2.Oid, ...]) -> bytes | None:
        """Return the tree that two sides are merged from."""
        if len(bases) > 1:
            self._follow_attributes()
        return self._bases_of.tree(bases)

    def _follow_attributes(self) -> None:
        """Let merges follow the attributes of the line to land on, before the first of them."""
        if self._rules is not None:
            carry_attributes(self._scratch, self._reader, self._rules, place=self._place)
            self._rules = None

    def _changed(self, base: bytes | None, tip: bytes | None) -> SideChanges:
        """Return what differs between two trees."""
        if (base, tip) not in self._changes:
            if len(self._changes) >= _KEPT_CHANGES:
                self._changes.clear()
            changes = tree_changes(self._reader, base, tip, place=self._place)
            finder = RenameFinder(changes, self._reader, place=self._place)
            self._changes[base, tip] = SideChanges(changes, finder)
        return self._changes[base, tip]

    def _all_notices(self) -> Iterator[Notice]:
        yield from history_gaps(self._scratch, self._reader, place=self._place)
        yield from self._notices
        if self._cut_short:
            yield Notice(
                self._place,
                "so many files were deleted and added that not all of their contents were "
                "compared: renames were followed where the content or the file name stayed.",
            )


def _check_names(revisions: Sequence[str], worktrees: bool) -> None:
    if not revisions and not worktrees:
        raise SettingsError(
            "BRANCH", "nothing to check was named.", "Name branches, or pass --worktrees."
        )
    twice = [name for name, times in Counter(revisions).items() if times > 1]
    if twice:
        raise SettingsError("BRANCH", f"{twice[0]!r} is named twice.", "Name each side once.")
    _check_number(len(revisions))


def _check_number(sides: int) -> None:
    if sides > MAX_SIDES:
        raise SettingsError(
            "BRANCH", f"{sides} sides are more than {MAX_SIDES}.", "Check fewer at a time."
        )


def _named(checkouts: Sequence[Checkout]) -> Iterator[tuple[str, Checkout]]:
    """Yield checkouts with the names of their directories, or their paths where those are equal."""
    names = Counter(os.path.basename(each.root) for each in checkouts)
    for each in checkouts:
        name = os.path.basename(each.root)
        yield f"{name if names[name] == 1 else each.root}/", each


def _relation(a: _Side, b: _Side, bases: tuple[pygit2.Oid, ...]) -> Relation:
    if not bases:
        return Relation.UNRELATED
    if a.commit == b.commit:
        return Relation.SAME
    if bases == (b.commit,):
        return Relation.A_CONTAINS_B
    return Relation.B_CONTAINS_A if bases == (a.commit,) else Relation.DIVERGED

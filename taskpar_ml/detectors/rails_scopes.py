"""Where a statement of Rails' routes stands: prefix, module, controller and resource."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.ruby_syntax import literal, literals, options_of
from taskpar_ml.domain.plurals import plural, singular

_PLURAL_ACTIONS: Final = ("index", "create", "new", "edit", "show", "update", "destroy")
_SHORTHAND: Final = re.compile(r"/?[-\w]+/[-\w/]+")
"""Paths that name a controller and an action. Source: Rails, ``using_match_shorthand?``."""


class RailsResource(NamedTuple):
    """What ``resources`` or ``resource`` makes.

    Attributes
    ----------
    member, nested
        Paths of one of them: for its own actions, and for what is nested within.
    """

    path: str
    member: str
    nested: str
    controller: str
    actions: tuple[str, ...]
    names: dict[str, str]


class RailsScope(NamedTuple):
    """The scope of a statement. Source: Rails, ``ActionDispatch::Routing::Mapper::Scope``.

    Attributes
    ----------
    level
        ``resources``, ``resource``, ``member``, ``collection`` or nothing.
    shallow
        Whether members of nested resources are reached without what they are nested in.
    only, excepted
        What resources are confined to, None if they are not, and what they do without.
    """

    path: str = ""
    module: str = ""
    controller: str = ""
    level: str = ""
    resource: RailsResource | None = None
    shallow: bool = False
    shallow_path: str = ""
    only: tuple[str, ...] | None = None
    excepted: tuple[str, ...] = ()

    def below(self, path: str) -> RailsScope:
        """Return the scope below a path."""
        return self._replace(path=joined(self.path, path))

    def inner(self) -> RailsScope:
        """Return the scope of what is nested in a resource."""
        if self.resource is None or self.level not in ("resources", "resource"):
            return self
        # The outermost resource lies below the path itself, which then is the shallow one.
        base = self.shallow_path if self.shallow else self.path
        return self._replace(
            path=joined(base, self.resource.nested), level="", only=None, excepted=()
        )

    def member(self) -> RailsScope:
        """Return the scope of the actions of one of a resource."""
        if self.resource is None:
            return self
        base = self.shallow_path if self.shallow else self.path
        return self._replace(path=joined(base, self.resource.member), level="member")

    def collection(self) -> RailsScope:
        """Return the scope of the actions of all of a resource."""
        if self.resource is None:
            return self
        return self._replace(path=joined(self.path, self.resource.path), level="collection")

    def handler(self, controller: str, action: str) -> str:
        """Return the name of an action: ``admin/users#index``; nothing if a part is not known."""
        if controller.startswith("/"):
            whole = controller[1:]
        else:
            whole = "/".join(part for part in (self.module, controller) if part)
        return f"{whole}#{action}" if whole and action else ""


def joined(prefix: str, path: str) -> str:
    """Return a path below a prefix, with one slash before each of its parts."""
    inner = path.strip("/").replace("/(", "(/")
    if not inner:
        return prefix
    return f"{prefix}{inner}" if inner.startswith("(") else f"{prefix}/{inner}"


def shorthand(path: str) -> tuple[str, str]:
    """Return the controller and the action that a path names, nothing for others.

    Examples
    --------
    >>> shorthand("/admin/users/lock-all"), shorthand("about")
    (('admin/users', 'lock_all'), ('', ''))
    """
    written = path.removesuffix("(.:format)")
    if not _SHORTHAND.fullmatch(written):
        return "", ""
    controller, _, action = written.removeprefix("/").replace("-", "_").rpartition("/")
    return controller, action


def resource_of(name: str, call: Node, scope: RailsScope, *, one: bool) -> RailsResource | None:
    """Return what ``resources :name`` makes, or ``resource`` if ``one``; None if unclear."""
    options = {each.key: each.value for each in options_of(call)}
    path, param, controller = name, "id", plural(name) if one else name
    if "path" in options:
        written = literal(options["path"])
        if written is None:
            return None
        path = written
    if "param" in options:
        param = literal(options["param"]) or "id"
    if "controller" in options:
        controller = literal(options["controller"]) or ""
    actions: tuple[str, ...] = _PLURAL_ACTIONS[1:] if one else _PLURAL_ACTIONS
    if "api" in options:
        actions = tuple(each for each in actions if each not in ("new", "edit"))
    only, excepted = scope.only, scope.excepted
    if "only" in options or "except" in options:
        only = tuple(literals(options["only"])) if "only" in options else None
        excepted = tuple(literals(options.get("except")))
    if only is not None:
        actions = tuple(each for each in actions if each in only)
    actions = tuple(each for each in actions if each not in excepted)
    names = {}
    if "path_names" in options:
        for each in options_of(options["path_names"]):
            names[each.key] = literal(each.value) or each.key
    if one:
        return RailsResource(path, path, path, controller, actions, names)
    # What is nested is called after the resource, not after its path.
    of = singular(name.replace("/", "_"))
    nested = f"{path}/:{of}_{param}"
    return RailsResource(path, f"{path}/:{param}", nested, controller, actions, names)

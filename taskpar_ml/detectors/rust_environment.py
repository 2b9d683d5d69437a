"""Variables of the environment that Rust code reads and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_USED: Final = re.compile(
    rb"\b(?:(?:env|dotenv|dotenvy)::(?P<call>var|var_os|set_var|remove_var)\(\s*"
    rb"|(?:option_)?env!\(\s*"
    rb"|env\s*=\s*)"
    rb"\"(?P<name>[A-Za-z_][A-Za-z0-9_]*)\""
)
"""Source: ``std::env``; clap, ``Arg::env``."""
_WORDS: Final = (b"env::", b"env!(", b"dotenv", b"env =")
_COMMENTS: Final = frozenset({"block_comment", "doc_comment", "line_comment"})
_SETTING: Final = (b"remove_var", b"set_var")
_OF_CARGO: Final = ("CARGO", "OUT_DIR")
"""What Cargo sets itself."""


class RustEnvironment(OfLanguages):
    """Finds variables whose name is written down, those of arguments of clap included."""

    name = "rust-environment-1"
    pattern = ""
    languages = frozenset({Language.RUST})

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield variables, once for reading and once for setting, each at its first line."""
        if source.tree is None or not any(word in source.content for word in _WORDS):
            return
        found = list(_USED.finditer(source.content))
        places = [each.start("name") for each in found]
        seen: set[tuple[str, bool]] = set()
        for each, node in zip(found, nodes_at(source.tree, places, before=0, after=1), strict=True):
            name, defines = each["name"].decode(), each["call"] in _SETTING
            is_meant = not name.startswith(_OF_CARGO) and node.type not in _COMMENTS
            if is_meant and (name, defines) not in seen:
                seen.add((name, defines))
                yield Resource(ResourceKind.VARIABLE, name, defines, line_of(node))

"""Values of YAML and JSON files with the lines where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Value:
    """A value, and the line where its key or it itself begins.

    Attributes
    ----------
    text
        Of a scalar, as written but for quotes; empty for all else.
    members
        Of a mapping; those with keys that are no scalars are left out.
    items
        Of a list.
    """

    line: int
    text: str = ""
    members: dict[str, Value] = field(default_factory=dict)
    items: list[Value] = field(default_factory=list)

    def __getitem__(self, key: str) -> Value:
        """Return a member; a value without anything where there is none."""
        return self.members.get(key) or Value(self.line)

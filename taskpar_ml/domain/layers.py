"""Architectural layers."""

from __future__ import annotations

from enum import StrEnum


class Layer(StrEnum):
    """The side of a system on which a file lies; named as the category of work that stays there."""

    FRONTEND = "frontend"
    BACKEND = "backend"
    INFRASTRUCTURE = "infrastructure"
    DOCUMENTATION = "documentation"
    TESTS = "tests"

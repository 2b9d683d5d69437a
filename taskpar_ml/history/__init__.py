"""Landings from git: the tasks of the past, and what their files had in common."""

from taskpar_ml.history.landings import LandingLog, landings_before, landings_until

__all__ = ["LandingLog", "landings_before", "landings_until"]

"""Asking footprint providers, and trying them on the past: the only room that runs commands."""

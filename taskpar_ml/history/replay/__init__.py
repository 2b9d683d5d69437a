"""Replaying the past: what would have happened had two landed tasks been done at once."""

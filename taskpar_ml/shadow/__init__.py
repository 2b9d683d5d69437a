"""Follows a repository: predicts what lands, keeps that, and holds it against what happened."""

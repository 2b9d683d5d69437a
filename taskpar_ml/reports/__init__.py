"""Draws what it is handed, for terminals and files; computes nothing and knows only the domain."""

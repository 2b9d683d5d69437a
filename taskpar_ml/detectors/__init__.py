"""Reads facts out of files: one detector per file, each behind :class:`~.contract.Detector`."""

"""Predict which coding tasks will collide, and plan as much parallel work as the evidence allows.

Nothing is imported here: each door of the package pays only for what it opens.
"""

__version__ = "0.1.0"

"""Replaying past tasks under policies of dispatch: what parallel work would have brought."""

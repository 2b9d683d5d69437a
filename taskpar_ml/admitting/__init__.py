"""Admission that schedulers share: a bank in the store, and who asks it."""

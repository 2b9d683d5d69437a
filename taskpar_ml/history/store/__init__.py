"""The history store: what was mined and what was observed, for many repositories, in one database.

Nothing is imported here, so that whoever needs no store pays for none.
"""

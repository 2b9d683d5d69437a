"""The nouns of the problem, without input or output.

What people write and read is pydantic; what comes in millions is columns.
"""

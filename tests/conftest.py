"""Settings of the whole test suite: repeatable examples, and no limit on their time."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("repeatable")

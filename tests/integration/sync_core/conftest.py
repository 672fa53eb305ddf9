"""Property-based tests repeat the same examples in each run, and take the time that a busy machine needs."""

from hypothesis import settings

settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")

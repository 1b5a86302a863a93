from hypothesis import settings

# A test never asserts a time, least of all on a machine shared with others.
settings.register_profile("college", deadline=None)
settings.load_profile("college")

"""The portal's web door with the programme ``trial`` of the tests, whose calls a benchmark fills."""

from portal.wsgi import application
from tests.factories import intake

__all__ = ["application", "intake"]

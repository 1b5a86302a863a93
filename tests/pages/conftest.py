"""The public site with its first pages."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command


@pytest.fixture
def pages(db: None) -> None:
    """The home pages in Korean and English."""
    call_command("load_pages", stdout=StringIO())
